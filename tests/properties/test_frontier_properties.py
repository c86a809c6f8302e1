"""What the frontier promises for every sample: a recount at every strictness, whoever is drawn and judged."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from test_chain_properties import READINGS, cells, judged, standard

from methodology.chain import frontier
from methodology.chain.common_share import attainable_shares, limits_at
from methodology.chain.critical import Curves
from methodology.chain.sorted_sample import spread_of
from methodology.evaluation import evaluate


def spreads(seed, reading, by_level=False):
    rng = np.random.default_rng(seed)
    system = standard(rng, [f"i{k}" for k in range(int(rng.integers(2, 7)))])
    sample = cells(rng, system, int(rng.integers(8, 30)))
    if by_level:
        sample = judged(rng, system, sample)
    return rng, system, sample, spread_of(sample, system, system.weights, level_one=reading)


def path_of(spread):
    steps = attainable_shares(spread)
    own = [steps[k] for k in range(len(steps))]
    return (
        [share * Fraction(4, 5) for share in own],
        own,
        [min(Fraction(1), share * Fraction(5, 4)) for share in own],
    )


LEVELS = ["I", "II", "III"]


def values_at(spread, path, step):
    return limits_at(spread, [shares[step] for shares in path])


def favoured_values(spread, path, step):
    asked = [spread.asked_ranks(shares[step]) for shares in path]
    return np.stack([spread.limits(row, ranks, favoured=True) for row, ranks in enumerate(asked)])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from(READINGS), st.sampled_from([1, 3]), st.booleans())
def test_first_steps_say_at_every_step_what_reading_the_values_anew_says(seed, reading, minimum, by_level):
    rng, _, _, spread = spreads(seed, reading, by_level)
    spread = replace(spread, minimum=minimum)
    rows = rng.integers(0, spread.plants, spread.plants)
    drawn, again = np.bincount(rows, minlength=spread.plants)[None], spread.subset(rows)
    path = path_of(spread)
    for row in range(3):
        first = Curves(spread, spread).first_steps(row, path, drawn)[0]
        chosen = Curves(spread, spread.favoured, favoured=True).own_steps(row, path, drawn)[0]
        for step in range(0, len(path[row]), 5):
            limits = values_at(again, path, step)
            assert ((first <= step) == spread.at_or_better(row, limits)).all()
            assert ((chosen <= step) == spread.favoured.holds(row, favoured_values(again, path, step))).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from(READINGS), st.booleans())
def test_each_count_is_the_evaluations_own(seed, reading, by_level):
    _, system, sample, spread = spreads(seed, reading, by_level)
    path = path_of(spread)
    signs = np.array([-1.0 if one.better == "higher" else 1.0 for one in system.indicators])
    once = np.ones((1, spread.plants), dtype=np.int64)
    first = [Curves(spread, spread).first_steps(row, path, once)[0] for row in range(3)]
    for step in range(0, len(path[0]), 9):
        limits = values_at(spread, path, step) * signs
        cells_of = [(i, g, limits[r, k]) for k, i in enumerate(system.ids) for r, g in enumerate(LEVELS)]
        table = pd.DataFrame(cells_of, columns=["indicator", "level", "value"])
        if np.isfinite(table["value"]).all():
            level = evaluate(sample, system, table, system.weights, level_one=reading)["level"]
            for row in range(3):
                assert (first[row] <= step).sum() == level.isin(LEVELS[: row + 1]).sum()


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32))
def test_shares_never_rise_with_strictness_and_the_band_holds_the_count(seed):
    _, system, sample, _ = spreads(seed, "limiting")
    out = frontier(sample, system, system.weights, resamples=20, seed=seed % 1000)
    for _, rows in out.groupby("level"):
        assert rows["strictness"].is_monotonic_increasing
        for name in ("attained", "lower", "upper", "cross_validated", "unbounded"):
            assert rows[name].is_monotonic_decreasing, name
        assert (rows["lower"] <= rows["attained"]).all()
        assert (rows["attained"] <= rows["upper"]).all()
        assert (rows["attained"] <= rows["unbounded"]).all()


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32))
def test_the_order_of_plants_and_a_change_of_unit_move_nothing(seed):
    rng, system, sample, _ = spreads(seed, "limiting")
    one = frontier(sample, system, system.weights, resamples=20, seed=5)
    turned = sample.sample(frac=1, random_state=int(rng.integers(1000)))
    scaled = turned.copy()
    scaled[system.ids[0]] = scaled[system.ids[0]].astype(float) * 1000
    again = frontier(scaled, system, system.weights, resamples=20, seed=5)
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(again), check_exact=True)
    # The folds are those of the joint promise, which go by the order of the table.
    left = ["cross_validated", "crossed_lower", "crossed_upper"]
    pd.testing.assert_frame_equal(one.points.drop(columns=left), again.points.drop(columns=left))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from(READINGS))
def test_a_plant_that_gets_cleaner_never_leaves_a_level_at_any_strictness(seed, reading):
    rng, system, sample, spread = spreads(seed, reading)
    better = sample.copy()
    column = system.ids[0]
    plant = better.index[int(rng.integers(len(better)))]
    better.loc[plant, column] -= 3 * (1 if system[column].better == "lower" else -1)
    moved = spread_of(better, system, system.weights, level_one=reading)
    path, once = path_of(spread), np.ones((1, spread.plants), dtype=np.int64)
    place = list(better.index).index(plant)
    both = [replace(one, minimum=3) for one in (spread, moved)]
    for row in range(3):
        before, after = (Curves(s, s).first_steps(row, path, once)[0, place] for s in both)
        assert after <= before
