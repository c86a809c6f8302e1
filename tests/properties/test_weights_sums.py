from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from methodology.errors import MethodError
from methodology.indicators.display import places_of
from methodology.weights import best_worst, critic, entropy, kendall_w
from methodology.weights.consensus import consensus
from methodology.weights.derive import game_theoretic, multiplicative
from methodology.weights.rounding import largest_remainder, publish

sides = arrays.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=6)
tables = sides.flatmap(lambda shape: arrays.arrays(float, shape, elements=st.integers(1, 200).map(float)))
positive = st.lists(st.floats(0.01, 100), min_size=1, max_size=9).map(lambda v: np.array(v) / sum(v))
order = st.randoms(use_true_random=False)


def weigh(method, table, **keywords):
    try:
        return method(table, **keywords)
    except MethodError:
        assume(False)


@settings(deadline=None, max_examples=60)
@given(tables, st.sampled_from([entropy, critic]))
def test_data_weights_are_not_negative_and_sum_to_one(table, method):
    weights = weigh(method, table)
    assert (weights >= 0).all()
    assert abs(weights.sum() - 1) < 1e-9


@settings(deadline=None, max_examples=60)
@given(tables, st.lists(st.sampled_from([0.001, 0.0293076, 12.0, 1000.0]), min_size=6, max_size=6))
def test_a_change_of_units_changes_no_data_weight(table, factors):
    scaled = table * np.array(factors)[: table.shape[1]]
    for method in (entropy, critic):
        np.testing.assert_allclose(weigh(method, scaled), weigh(method, table), atol=1e-7)


@settings(deadline=None, max_examples=60)
@given(tables, order)
def test_the_order_of_plants_and_indicators_does_not_matter(table, random):
    rows, columns = list(range(table.shape[0])), list(range(table.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    for method in (entropy, critic):
        shuffled = weigh(method, table[np.ix_(rows, columns)])
        np.testing.assert_allclose(shuffled, weigh(method, table).to_numpy()[columns], atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(tables)
def test_turning_every_column_and_direction_changes_no_data_weight(table):
    np.testing.assert_allclose(
        weigh(critic, -table, better="lower"), weigh(critic, table, better="higher"), atol=1e-9
    )
    np.testing.assert_allclose(
        weigh(entropy, 300 - table, better="lower", scale="range"),
        weigh(entropy, table, better="higher", scale="range"),
        atol=1e-9,
    )


@st.composite
def answers(draw):
    size = draw(st.integers(2, 8))
    top = draw(st.integers(2, 9))
    to_others = draw(st.lists(st.integers(1, top), min_size=size, max_size=size))
    to_worst = draw(st.lists(st.integers(1, top), min_size=size, max_size=size))
    to_others[0], to_worst[0], to_others[-1], to_worst[-1] = 1, top, top, 1
    return np.array(to_others, dtype=float), np.array(to_worst, dtype=float)


@settings(deadline=None, max_examples=60)
@given(answers(), st.sampled_from(["linear", "nonlinear"]), order)
def test_best_worst_weights_sum_to_one_and_follow_their_labels(pair, model, random):
    to_others, to_worst = pair
    assume((to_others == 1).sum() == (to_worst == 1).sum() == 1)
    result = best_worst(to_others, to_worst, model=model)
    assert (result.weights >= 0).all()
    assert abs(result.weights.sum() - 1) < 1e-9
    assert (result.lower <= result.weights + 1e-9).all()
    assert (result.weights <= result.upper + 1e-9).all()
    shuffled = list(range(len(to_others)))
    random.shuffle(shuffled)
    other = best_worst(to_others[shuffled], to_worst[shuffled], model=model)
    np.testing.assert_allclose(other.weights, result.weights[shuffled], atol=1e-8)
    assert abs(other.xi - result.xi) < 1e-9


@settings(deadline=None, max_examples=60)
@given(positive, st.sampled_from(["linear", "nonlinear"]))
def test_consistent_answers_give_their_weights_back(weights, model):
    to_others, to_worst = weights.max() / weights, weights / weights.min()
    result = best_worst(to_others, to_worst, model=model)
    np.testing.assert_allclose(result.weights, weights, rtol=1e-6)
    assert result.xi < 1e-9 * max(1, to_others.max() ** 2)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.integers(0, 6))
def test_rounded_weights_sum_to_exactly_one(values, decimals):
    assume(sum(values) > 1e-6)
    rounded = largest_remainder(values, decimals)
    assert sum(rounded) == 1
    unit = Decimal(1).scaleb(-decimals)
    shares = np.array(values) / sum(values)
    assert all(abs(float(r) - s) < float(unit) + 1e-9 for r, s in zip(rounded, shares, strict=True))


group = st.lists(st.one_of(st.just(0.0), st.floats(0.001, 1)), min_size=1, max_size=6)


def table_of(groups):
    whole = sum(map(sum, groups))
    assume(whole > 0)
    rows = [
        (f"g{g}", f"i{g}_{k}", weight / whole, weight / sum(own) if sum(own) else 1 / len(own))
        for g, own in enumerate(groups)
        for k, weight in enumerate(own)
    ]
    return pd.DataFrame(rows, columns=["group", "indicator", "weight", "local_weight"])


def test_the_dust_of_a_sum_gives_no_unit_to_the_later_of_two_equal_weights():
    once, again = [0.5, 3.25, 3.25], [0.5, 3.25, 3.25 + 5e-16]
    assert once != again
    assert (
        largest_remainder(once, 2)
        == largest_remainder(again, 2)
        == list(map(Decimal, ("0.07", "0.47", "0.46")))
    )


@settings(deadline=None, max_examples=200)
@given(st.lists(group, min_size=1, max_size=8).map(table_of), st.integers(2, 6))
def test_published_weights_add_up_to_their_group_and_to_exactly_one(table, decimals):
    printed = publish(table, decimals, finer=True)
    exact = printed["weight"].map(lambda weight: Decimal(repr(weight)))
    places = max(decimals, places_of(exact))
    groups = table.groupby("group", sort=False)["weight"].sum()
    assert exact.sum() == 1
    assert list(exact.groupby(table["group"], sort=False).sum()) == largest_remainder(groups, places)
    assert ((exact > 0) == (table["weight"] > 0)).all()
    assert (abs(exact.astype(float) - table["weight"]) < 2 * 0.1**places + 1e-12).all()


@settings(deadline=None, max_examples=100)
@given(st.lists(group, min_size=1, max_size=8).map(table_of), st.integers(2, 6))
def test_a_local_weight_is_the_quotient_of_two_printed_weights(table, decimals):
    printed = publish(table, decimals, finer=True)
    quotients = printed["weight"] / printed.groupby("group")["weight"].transform("sum")
    np.testing.assert_allclose(
        printed["local_weight"], quotients.fillna(table["local_weight"]), rtol=1e-12, atol=1e-15
    )


@settings(deadline=None, max_examples=100)
@given(st.lists(group, min_size=1, max_size=8).map(table_of), st.integers(2, 3))
def test_weights_are_refused_where_they_need_more_decimals_and_only_there(table, decimals):
    finer = publish(table, decimals, finer=True)
    if places_of(finer["weight"]) > decimals:
        with pytest.raises(MethodError, match="would be printed as 0"):
            publish(table, decimals)
    else:
        pd.testing.assert_frame_equal(publish(table, decimals), finer)


@settings(deadline=None, max_examples=60)
@given(positive, st.integers(1, 5))
def test_identical_experts_are_in_full_consensus(weights, experts):
    assert abs(consensus(np.tile(weights, (experts, 1))) - 1) < 1e-9


@settings(deadline=None, max_examples=60)
@given(
    st.integers(2, 5).flatmap(lambda n: arrays.arrays(float, (3, n), elements=st.integers(1, 20).map(float))),
    order,
)
def test_concordance_lies_between_zero_and_one_whoever_comes_first(scores, random):
    assume(any(len(set(row)) > 1 for row in scores.tolist()))
    result = kendall_w(scores)
    assert -1e-12 <= result.w <= 1 + 1e-12
    raters = [0, 1, 2]
    random.shuffle(raters)
    assert abs(kendall_w(scores[raters]).w - result.w) < 1e-12


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 7).flatmap(
        lambda n: st.tuples(*[st.lists(st.floats(0.01, 1), min_size=n, max_size=n)] * 2)
    )
)
def test_combined_weights_are_weights(pair):
    one, other = (np.array(values) / sum(values) for values in pair)
    mixed, shares = game_theoretic(one, other)
    assert abs(mixed.sum() - 1) < 1e-9
    assert (mixed >= 0).all()
    assert (shares >= 0).all()
    assert abs(multiplicative(one, other).sum() - 1) < 1e-9
