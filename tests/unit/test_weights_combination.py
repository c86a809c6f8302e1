from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from methodology.errors import MethodError
from methodology.weights.derive import combine, convex, game_theoretic, multiplicative
from methodology.weights.rounding import largest_remainder, publish

ONE, TWO = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.2, 0.6])


def table(*rows):
    return pd.DataFrame(rows, columns=["group", "indicator", "weight", "local_weight"])


EXPERTS = table(("a", "x", 0.42, 0.6), ("a", "y", 0.28, 0.4), ("b", "z", 0.3, 1.0))
DATA = table(("b", "z", 0.5, 1.0), ("a", "y", 0.1, 0.2), ("a", "x", 0.4, 0.8))


def test_convex_mixes_by_share():
    np.testing.assert_allclose(convex(ONE, TWO, 0.25), 0.25 * ONE + 0.75 * TWO)
    with pytest.raises(MethodError, match="between 0 and 1"):
        convex(ONE, TWO, 1.2)


def test_multiplicative_is_the_scaled_product():
    np.testing.assert_allclose(multiplicative(ONE, TWO), ONE * TWO / (ONE @ TWO))
    with pytest.raises(MethodError, match="0 everywhere"):
        multiplicative(np.array([1.0, 0]), np.array([0, 1.0]))


def test_game_solves_its_first_order_conditions():
    mixed, shares = game_theoretic(ONE, TWO)
    products = np.array([[ONE @ ONE, ONE @ TWO], [ONE @ TWO, TWO @ TWO]])
    solution = np.linalg.solve(products, np.diag(products))
    np.testing.assert_allclose(shares, solution / solution.sum())
    np.testing.assert_allclose(mixed, shares @ [ONE, TWO])


def test_identical_sources_share_the_game_equally():
    mixed, shares = game_theoretic(ONE, ONE, ONE)
    np.testing.assert_allclose(mixed, ONE)
    np.testing.assert_allclose(shares, 1 / 3)


def test_a_source_with_a_negative_coefficient_takes_no_part():
    near, far, other = np.array([0.4, 0.35, 0.25]), np.array([0.9, 0.05, 0.05]), np.array([0.1, 0.1, 0.8])
    products = np.array([[a @ b for b in (near, far, other)] for a in (near, far, other)])
    assert np.linalg.solve(products, np.diag(products))[0] < 0
    mixed, shares = game_theoretic(near, far, other)
    without, theirs = game_theoretic(far, other)
    np.testing.assert_allclose(mixed, without)
    np.testing.assert_allclose(shares, [0, *theirs])


def test_a_game_needs_two():
    with pytest.raises(MethodError, match="at least two"):
        game_theoretic(ONE)


@pytest.mark.parametrize(
    ("how", "local"),
    [("convex", 0.5 * 0.6 + 0.5 * 0.8), ("multiplicative", 0.48 / 0.56), ("game", None)],
)
def test_groups_keep_their_weight_and_locals_are_blended(how, local):
    mixed = combine(EXPERTS, DATA, how, share=0.5).set_index("indicator")
    if local is None:
        local = game_theoretic(np.array([0.6, 0.4]), np.array([0.8, 0.2]))[0][0]
    assert mixed.loc["x", "local_weight"] == pytest.approx(local)
    assert mixed.loc[["x", "y"], "weight"].sum() == pytest.approx(0.7)
    assert mixed["weight"].sum() == pytest.approx(1)
    assert list(mixed.index) == ["x", "y", "z"]


def test_tables_that_do_not_fit_are_refused():
    with pytest.raises(MethodError, match="same indicators"):
        combine(EXPERTS, DATA.iloc[:2], "convex")
    with pytest.raises(MethodError, match="convex, multiplicative or game"):
        combine(EXPERTS, DATA, "mean")
    opposite = table(("a", "x", 0, 0.0), ("a", "y", 0.7, 1.0), ("b", "z", 0.3, 1.0))
    with pytest.raises(MethodError, match="Group 'a'"):
        combine(
            opposite, table(("a", "x", 0.7, 1.0), ("a", "y", 0, 0.0), ("b", "z", 0.3, 1.0)), "multiplicative"
        )


def test_largest_remainder_sums_to_exactly_one():
    assert largest_remainder([1, 1, 1], 2) == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]
    assert largest_remainder([0.286, 0.286, 0.286, 0.142], 2) == [
        Decimal(t) for t in ("0.29", "0.29", "0.28", "0.14")
    ]
    assert sum(largest_remainder([1 / 7] * 7, 3)) == 1
    assert largest_remainder([2.0], 3) == [Decimal("1.000")]
    assert largest_remainder([0.05, 0.95], 3) == [Decimal("0.050"), Decimal("0.950")]


@pytest.mark.parametrize(
    ("weights", "decimals"), [([1, -1], 2), ([0, 0], 2), ([float("nan"), 1], 2), ([1], 16)]
)
def test_what_cannot_be_published_is_refused(weights, decimals):
    with pytest.raises(MethodError):
        largest_remainder(weights, decimals)


def test_printed_weights_add_up_to_their_group_and_local_weights_are_quotients():
    thirds = table(*[("a", n, 2 / 9, 1 / 3) for n in "xyz"], *[("b", n, 1 / 9, 1 / 3) for n in "uvw"])
    printed = publish(thirds, 2)
    assert printed["weight"].tolist() == [0.23, 0.22, 0.22, 0.11, 0.11, 0.11]
    assert printed["local_weight"].tolist() == [23 / 67, 22 / 67, 22 / 67, 1 / 3, 1 / 3, 1 / 3]


def test_a_positive_weight_is_never_printed_as_0_without_a_word():
    crowded = table(("a", "x", 0.991, 1.0), ("b", "y", 0.006, 2 / 3), ("b", "z", 0.003, 1 / 3))
    with pytest.raises(
        MethodError, match=r"With 2 decimals the weight of 'z' \(0.003\) .* `weights.decimals` to 3"
    ):
        publish(crowded, 2)
    assert publish(crowded, 3)["weight"].tolist() == [0.991, 0.006, 0.003]
    assert publish(crowded, 2, finer=True)["weight"].tolist() == [0.991, 0.006, 0.003]


def test_a_weight_of_0_and_a_group_of_0_stay_what_they_are():
    without = table(("a", "x", 1.0, 1.0), ("a", "y", 0.0, 0.0), ("b", "z", 0.0, 1.0))
    pd.testing.assert_frame_equal(publish(without, 2), without)


def test_rounding_moves_no_weight_by_more_than_a_unit():
    printed = publish(EXPERTS, 3)
    np.testing.assert_allclose(printed["weight"], EXPERTS["weight"], atol=2e-3)
    pd.testing.assert_frame_equal(printed, EXPERTS)
