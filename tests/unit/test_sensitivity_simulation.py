"""Counts of levels over draws: exact without noise, every drawn cell decided as the exact evaluation decides it."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from ladder_toys import LADDER, ladder

from methodology.evaluation.level_arrays import level_inputs
from methodology.sensitivity import simulate_levels
from methodology.sensitivity.plan import Noise, Plan, Room
from methodology.sensitivity.random_streams import fill_cuts, start_chunk
from methodology.sensitivity.seeds import root


def exact_level(
    codes: list[int | None],
    weights: list[Fraction],
    groups: list[int],
    limiting: list[bool],
    *,
    rest_at_two: bool = False,
    cut: Fraction = Fraction(85, 100),
) -> int:
    """Level 0..3 of one plant from the best level (0..3) it reaches in each indicator, None where not applicable."""

    def score(level: int) -> Fraction:
        total = Fraction(0)
        got = Fraction(0)
        for group in set(groups):
            members = [j for j in range(len(codes)) if groups[j] == group]
            whole = sum((weights[j] for j in members), Fraction(0))
            applying = sum((weights[j] for j in members if codes[j] is not None), Fraction(0))
            if applying:
                total += whole
                reached = sum(
                    (weights[j] for j in members if codes[j] is not None and codes[j] <= level), Fraction(0)
                )
                got += whole * reached / applying
        return got / total

    def free(level: int) -> bool:
        return all(
            code is None or not stop or code <= level for code, stop in zip(codes, limiting, strict=True)
        )

    rest = not rest_at_two or all(code is None or code <= 1 for code in codes)
    if score(0) >= cut and free(0) and rest:
        return 0
    if score(1) >= cut and free(1):
        return 1
    return 2 if score(2) == 1 else 3


def cells(codes: np.ndarray) -> np.ndarray:
    """Values that reach exactly the levels of `codes` (0..3) on `LADDER`."""
    return codes * 10.0 + 10.0


def first_chunk(plan: Plan) -> Room:
    """What the first chunk of a simulation draws: weights and cuts."""
    room = Room.of(plan)
    start_chunk(plan.key, 0, room.streams, plan.shapes, room.drawn)
    fill_cuts(room.streams, plan.cuts, room.cuts)
    return room


def one_hot(levels: list[int], draws: int) -> list[list[int]]:
    return [[draws if level == column else 0 for column in range(4)] for level in levels]


def test_a_plant_a_hair_from_the_cut_is_decided_by_what_it_reaches_and_no_more() -> None:
    """On the 16-bit grid both weights hit the cut; the first plant that a cut does not let through reaches nothing."""
    values = [[10, 10], [10, 40]]
    short = simulate_levels(values, ladder(2), [0.84999999, 0.15000001], draws=32, seed=1)
    assert short.level_counts.tolist() == one_hot([0, 3], 32)
    enough = simulate_levels(values, ladder(2), [0.85000001, 0.14999999], draws=32, seed=1)
    assert enough.level_counts.tolist() == one_hot([0, 0], 32)


def test_stated_weights_are_redistributed_over_what_applies_and_not_drawn() -> None:
    result = simulate_levels(
        [[10, 40, np.nan]], ladder(3), [0.5, 0.3, 0.2], applicable=[[True, True, False]], draws=32, seed=1
    )
    assert result.level_counts.tolist() == one_hot([3], 32)


def test_the_worked_case_of_the_guideline_is_level_two_in_every_draw() -> None:
    values = [[10, 20, 30, 10, 20, 20, np.nan]]
    applies = np.array([[True, True, True, True, True, True, False]])
    result = simulate_levels(
        values,
        ladder(7),
        [0.5 * 0.4, 0.5 * 0.3, 0.5 * 0.3, 0.3 * 0.6, 0.3 * 0.4, 0.2 * 0.5, 0.2 * 0.5],
        groups=list("AAABBCC"),
        limiting=[0, 3],
        draws=7,
        seed=1,
        applicable=applies,
    )
    assert result.level_counts.tolist() == [[0, 7, 0, 0]]


def test_a_score_of_exactly_the_cut_reaches_the_level_and_one_step_less_does_not() -> None:
    weights = [0.15] + [0.05] * 17
    values = np.full((2, 18), 10.0)
    values[0, 0] = values[1, 1] = values[1, 2] = values[1, 3] = 15.0
    values[1, 4] = 15.0
    result = simulate_levels(values, ladder(18), weights, draws=3, seed=1)
    assert result.level_counts.tolist() == [[3, 0, 0, 0], [0, 3, 0, 0]]


def test_a_score_one_millionth_below_the_cut_is_told_from_the_cut() -> None:
    weights = [0.849999, 0.000001, 0.15]
    values = [[10.0, 99.0, 99.0], [10.0, 10.0, 99.0]]
    fixed = simulate_levels(values, ladder(3), weights, draws=5, seed=1)
    assert fixed.level_counts.tolist() == [[0, 0, 0, 5], [5, 0, 0, 0]]


def test_drawn_scores_nearer_to_the_cut_than_the_grid_are_told_apart() -> None:
    draws = 400_000
    fair = simulate_levels(
        [[10.0, 99.0]], ladder(2), [0.85, 0.15], draws=draws, weight_concentration=1e9, seed=1
    )
    assert abs(fair.probabilities[0, 0] - 0.5) < 5 * 0.5 / np.sqrt(draws)


def test_a_whole_group_that_does_not_apply_leaves_full_marks_within_reach() -> None:
    values = [[30.0, 30.0, np.nan]]
    result = simulate_levels(
        values, ladder(3), [0.4, 0.4, 0.2], groups=["a", "a", "b"], draws=2, seed=1,
        applicable=[[True, True, False]],
    )  # fmt: skip
    assert result.level_counts.tolist() == [[0, 0, 2, 0]]


def test_silence_is_not_rewarded() -> None:
    values = [[30.0, 30.0, np.nan]]
    result = simulate_levels(values, ladder(3), [0.4, 0.4, 0.2], groups=["a", "a", "b"], draws=2, seed=1)
    assert result.level_counts.tolist() == [[0, 0, 0, 2]]


@pytest.mark.parametrize("rest_at_two", [False, True])
@pytest.mark.parametrize("decimals", [1, 2, 3, 6])
def test_without_noise_counts_are_the_exact_evaluation_of_random_plants(
    decimals: int, rest_at_two: bool
) -> None:
    rng = np.random.default_rng(decimals)
    for case in range(15):
        m = int(rng.integers(2, 12))
        scale = 10**decimals
        parts = rng.multinomial(scale, np.ones(m) / m)
        weights = [Fraction(int(part), scale) for part in parts]
        groups = rng.integers(0, 3, m).tolist()
        limiting = rng.random(m) < 0.2
        codes = np.minimum(rng.integers(0, 4, (60, m)), rng.integers(0, 4, (60, m)))
        applies = rng.random((60, m)) > 0.15
        applies[:, int(np.argmax(parts))] = True
        result = simulate_levels(
            cells(codes),
            ladder(m),
            [float(weight) for weight in weights],
            groups=groups,
            limiting=limiting,
            applicable=applies,
            draws=2,
            seed=case,
            level_one="limiting-and-rest-at-two" if rest_at_two else "limiting",
        )
        expected = [
            exact_level(
                [code if apply else None for code, apply in zip(row, mask, strict=True)],
                weights,
                groups,
                limiting.tolist(),
                rest_at_two=rest_at_two,
            )
            for row, mask in zip(codes.tolist(), applies.tolist(), strict=True)
        ]
        assert result.level_counts.tolist() == one_hot(expected, 2)


def test_every_drawn_cell_is_decided_as_in_the_exact_evaluation_of_that_draw() -> None:
    rng = np.random.default_rng(5)
    plants, m, draws = 25, 9, 80
    values = rng.lognormal(0, 0.3, (plants, m)) * 11
    applies = rng.random((plants, m)) > 0.1
    groups = [0, 0, 0, 1, 1, 1, 2, 2, 2]
    limiting = [True] + [False] * 8
    thresholds = ladder(m) * 1.2
    weights = rng.dirichlet(np.full(m, 3.0))
    result = simulate_levels(
        values, thresholds, weights, groups=groups, limiting=limiting, applicable=applies,
        draws=draws, weight_concentration=20, threshold_cv=0.1, seed=11, cut=70, central_weights=True,
    )  # fmt: skip

    inputs = level_inputs(
        values,
        thresholds,
        weights,
        better="lower",
        groups=groups,
        limiting=limiting,
        applicable=applies,
        cut=70,
    )
    plan = Plan.of(inputs, Noise(20, 0.1), root(11))
    assert plan.laws is not None
    room = first_chunk(plan)
    expected = np.zeros((plants, 4), int)
    for draw in range(draws):
        vector = [Fraction(weight) for weight in room.drawn[:, draw]]
        for plant in range(plants):
            reached = room.cuts[:, draw].reshape(3, m) > plan.laws.ranks[plant]
            codes = [3 - int(reached[:, j].sum()) if applies[plant, j] else None for j in range(m)]
            expected[plant, exact_level(codes, vector, groups, limiting, cut=Fraction(7, 10))] += 1
    assert result.level_counts.tolist() == expected.tolist()
    assert 0 < expected[:, 0].sum() < expected.sum()


@pytest.mark.parametrize("concentration", [1e9, 1e11])
def test_cells_nearer_to_the_cut_than_the_grid_are_counted_as_fractions_of_the_drawn_weights_say(
    concentration: float,
) -> None:
    """
    Three plants fail sets that weigh 15 % on average: the drawn weights alone say on which side of 85 a score lies.

    On the 16-bit grid of the first count hardly any of these cells is decided.
    """
    weights = np.array([0.40, 0.30, 0.15, 0.10, 0.03, 0.02])
    failing = np.array([[0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0]], bool)
    values = np.where(failing, 40.0, 10.0)
    draws = 1000
    result = simulate_levels(
        values, ladder(6), weights, draws=draws, weight_concentration=concentration, seed=17, threads=2
    )
    plan = Plan.of(level_inputs(values, ladder(6), weights, better="lower"), Noise(concentration), root(17))
    drawn = first_chunk(plan).drawn.T
    exact = [[Fraction(weight) for weight in row] for row in drawn[:draws].tolist()]
    shares = [
        [sum(w for w, bad in zip(row, plant, strict=True) if bad) / sum(row) for row in exact]
        for plant in failing
    ]
    levels_one = [sum(share <= Fraction(15, 100) for share in plant) for plant in shares]
    assert result.level_counts[:, 0].tolist() == levels_one
    near = sum(
        abs(share - Fraction(15, 100)) < Fraction(4 * 15, 100 * 65_000)
        for plant in shares[:2]
        for share in plant
    )
    assert near > 0.5 * draws
    assert 0 < levels_one[0] < draws
    assert 0 < levels_one[1] < draws
    assert levels_one[2] == draws


def test_memory_does_not_grow_with_the_number_of_draws() -> None:
    values = np.random.default_rng(3).lognormal(0, 0.3, (60, 12)) * 15

    def peak(draws: int) -> int:
        tracemalloc.start()
        simulate_levels(
            values, ladder(12), np.full(12, 1 / 12), draws=draws, weight_concentration=50, threshold_cv=0.05,
            seed=1, threads=1,
        )  # fmt: skip
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(200_000) < 1.2 * peak(10_000)


def test_a_million_draws_of_a_thousand_plants_and_forty_indicators_need_little_memory() -> None:
    """Tables do not grow with the draws: what one thread needs for a few of them it needs for a million."""
    rng = np.random.default_rng(1)
    values = rng.lognormal(0, 0.3, (1000, 40)) * 15
    for changes in ({"threshold_cv": 0.05}, {"threshold_cv": 0.05, "measurement_cv": 0.02}):
        tracemalloc.start()
        simulate_levels(
            values,
            ladder(40),
            np.full(40, 1 / 40),
            draws=1100,
            weight_concentration=50,
            seed=1,
            threads=2,
            **changes,
        )
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 50e6


def test_counts_of_a_plant_and_shares_of_a_level_sum_to_the_draws() -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(0, 0.3, (7, 4)) * 20
    result = simulate_levels(values, ladder(4), np.full(4, 0.25), draws=3001, threshold_cv=0.2, seed=1)
    assert result.level_counts.dtype == np.int64
    assert result.level_counts.sum(axis=1).tolist() == [3001] * 7
    assert result.share_counts.sum(axis=0).tolist() == [3001] * 4
    np.testing.assert_array_equal(np.arange(8) @ result.share_counts, result.level_counts.sum(axis=0))
    assert result.shares().loc["none", "mean"] == pytest.approx(result.probabilities[:, 3].mean())


def test_higher_is_better_mirrors_lower_is_better() -> None:
    rng = np.random.default_rng(6)
    values = rng.lognormal(0, 0.3, (30, 4)) * 20
    common = {"draws": 4000, "threshold_cv": 0.1, "weight_concentration": 4, "seed": 9, "cut": 60}
    lower = simulate_levels(values, ladder(4), np.full(4, 0.25), better="lower", **common)
    higher = simulate_levels(-values, -ladder(4), np.full(4, 0.25), better=["higher"] * 4, **common)
    assert lower.level_counts.tolist() == higher.level_counts.tolist()


def test_a_benchmark_value_that_does_not_exist_is_reached_by_nobody() -> None:
    result = simulate_levels([[1.0]], [[np.nan, np.nan, 30.0]], [1.0], draws=10, threshold_cv=0.1, seed=1)
    assert result.level_counts.tolist() == [[0, 0, 10, 0]]


def test_more_plants_than_short_ranks_can_number_are_counted_too() -> None:
    values = np.linspace(0, 40, 40_001)[:, None]
    result = simulate_levels(values, LADDER, [1.0], draws=3, seed=1)
    assert result.level_counts.sum(axis=0).tolist() == [3 * 10_001, 3 * 10_000, 3 * 10_000, 3 * 10_000]
