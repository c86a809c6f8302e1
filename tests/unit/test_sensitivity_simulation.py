"""Counts of levels over draws: exact without noise, right in law with it, the same on any number of threads."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import norm

from methodology.errors import DataError, MethodError
from methodology.sensitivity import simulate_levels
from methodology.sensitivity.inputs import level_inputs
from methodology.sensitivity.kernel import LANES
from methodology.sensitivity.plan import Plan
from methodology.sensitivity.seeds import child, root
from methodology.sensitivity.streams import draw_weights, fill_cuts, state_of

LADDER = np.array([[10.0, 20.0, 30.0]])
"""Benchmark values of one lower-is-better indicator."""


def ladder(count: int) -> np.ndarray:
    return np.repeat(LADDER, count, axis=0)


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


def one_hot(levels: list[int], draws: int) -> list[list[int]]:
    return [[draws if level == column else 0 for column in range(4)] for level in levels]


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
    plan = Plan.of(inputs, 20, 0.1, None, central=False)
    state = state_of(child(root(11), 0))
    drawn = draw_weights(state, plan.shapes, (plan.chunk // LANES, m, LANES))
    cuts = np.empty((plan.chunk // LANES, 3, m, LANES), np.int16)
    assert plan.laws is not None
    fill_cuts(state, plan.laws.fixed, plan.laws.steps, plan.laws.guide, plan.laws.noisy, cuts)
    expected = np.zeros((plants, 4), int)
    for draw in range(draws):
        block, lane = divmod(draw, LANES)
        vector = [Fraction(weight) for weight in drawn[block, :, lane]]
        for plant in range(plants):
            reached = cuts[block, :, :, lane] > plan.laws.ranks[plant]
            codes = [3 - int(reached[:, j].sum()) if applies[plant, j] else None for j in range(m)]
            expected[plant, exact_level(codes, vector, groups, limiting, cut=Fraction(7, 10))] += 1
    assert result.level_counts.tolist() == expected.tolist()
    assert 0 < expected[:, 0].sum() < expected.sum()


@pytest.mark.parametrize("concentration", [1e7, 1e10])
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
    draws = 1500
    result = simulate_levels(
        values, ladder(6), weights, draws=draws, weight_concentration=concentration, seed=17, threads=2
    )
    state = state_of(child(root(17), 0))
    plan = Plan.of(
        level_inputs(values, ladder(6), weights, better="lower"), concentration, None, None, central=False
    )
    drawn = (
        draw_weights(state, plan.shapes, (plan.chunk // LANES, 6, LANES)).transpose(0, 2, 1).reshape(-1, 6)
    )
    exact = [[Fraction(weight) for weight in row] for row in drawn[:draws].tolist()]
    shares = [
        [sum(w for w, bad in zip(row, plant, strict=True) if bad) / sum(row) for row in exact]
        for plant in failing
    ]
    levels_one = [sum(share <= Fraction(15, 100) for share in plant) for plant in shares]
    assert result.level_counts[:, 0].tolist() == levels_one
    near = sum(
        abs(share - Fraction(15, 100)) < Fraction(6, 32_000) for plant in shares[:2] for share in plant
    )
    assert near > 0.5 * draws
    assert 0 < levels_one[0] < draws
    assert 0 < levels_one[1] < draws
    assert levels_one[2] == draws


@pytest.mark.parametrize("reading", ["limiting", "limiting-and-rest-at-two"])
def test_probabilities_are_those_of_a_plain_loop_over_draws(reading: str) -> None:
    """Groups, cells that do not apply or are silent, both directions, other scores: one draw after another."""
    rng = np.random.default_rng(12)
    plants, m, draws = 25, 8, 4000
    groups, limiting = np.array([0, 0, 0, 1, 1, 2, 2, 2]), np.array([1, 0, 0, 0, 0, 0, 0, 1], bool)
    signs = np.where(np.arange(m) % 3 == 0, -1.0, 1.0)
    values = signs * (100 + rng.normal(0, 8, (plants, m)) + rng.normal(0, 8, (plants, 1)))
    limits = signs[:, None] * (np.array([[97.0, 104.0, 112.0]]) + rng.normal(0, 1, (m, 1)))
    limits = np.sort(limits * signs[:, None], axis=1) * signs[:, None]
    values[rng.random(values.shape) < 0.04] = np.nan
    applies = rng.random(values.shape) > 0.1
    applies[:5, groups == 1] = False
    weights, scores = rng.dirichlet(np.full(m, 4.0)), (80.0, 70.0, 90.0)
    counts = np.zeros((plants, 4))
    for _ in range(draws):
        drawn = rng.dirichlet(30 * weights)
        noisy = limits + 0.03 * np.abs(limits) * rng.standard_normal(limits.shape)
        reached = [(values * signs <= noisy[:, level] * signs) & applies for level in range(3)]
        reached = [np.logical_or.reduce(reached[: level + 1]) for level in range(3)]
        local = np.zeros((3, plants))
        whole = np.zeros(plants)
        for group in range(3):
            own = groups == group
            inside = applies[:, own] @ drawn[own]
            share = drawn[own].sum() * (inside > 0)
            whole += share
            for level in range(3):
                got = reached[level][:, own] @ drawn[own]
                local[level] += share * np.divide(got, inside, out=np.zeros(plants), where=inside > 0)
        score = 100 * local / whole
        free = [(reached[level] | ~applies)[:, limiting].all(axis=1) for level in range(2)]
        rest = (reached[1] | ~applies).all(axis=1) if reading != "limiting" else np.ones(plants, bool)
        held = [
            (score[0] >= scores[0]) & free[0] & rest,
            (score[1] >= scores[1]) & free[1],
            score[2] >= scores[2],
        ]
        counts[np.arange(plants), np.select(held, [0, 1, 2], 3)] += 1
    found = simulate_levels(
        values, limits, weights, better=np.where(signs < 0, "higher", "lower"), groups=groups, limiting=limiting,
        applicable=applies, level_one=reading, scores=scores, draws=200_000, weight_concentration=30,
        threshold_cv=0.03, seed=3,
    ).probabilities  # fmt: skip
    room = 5 * np.sqrt(np.maximum(found * (1 - found), 1e-3) / draws)
    assert (np.abs(counts / draws - found) < room).all()
    assert (found.mean(axis=0) > 0.02).all()


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


def test_a_threshold_with_noise_is_reached_as_often_as_the_normal_law_says() -> None:
    values = np.array([[9.0], [10.0], [10.5], [19.0], [33.0]])
    draws = 200_000
    result = simulate_levels(values, LADDER, [1.0], draws=draws, threshold_cv=[[0.05, 0.1, 0.1]], seed=3)
    first = norm.sf(values[:, 0], 10, 0.5)
    second = 1 - (1 - first) * norm.cdf(values[:, 0], 20, 2)
    third = 1 - (1 - second) * norm.cdf(values[:, 0], 30, 3)
    expected = np.column_stack([first, second - first, third - second, 1 - third])
    np.testing.assert_allclose(result.probabilities, expected, atol=5 * np.sqrt(0.25 / draws))


@pytest.mark.parametrize("error", [0.0, 1e-9])
def test_whoever_reaches_the_drawn_value_of_one_level_reaches_the_looser_ones(error: float) -> None:
    values = np.array([[9.5], [10.6], [12.0]])
    draws = 200_000
    result = simulate_levels(
        values, [[10.0, 10.5, 11.0]], [1.0], draws=draws, threshold_cv=0.1, measurement_cv=error, seed=5
    )
    own = norm.sf(values, [[10.0, 10.5, 11.0]], [[1.0, 1.05, 1.1]])
    reached = 1 - np.cumprod(1 - own, axis=1)
    expected = np.diff(reached, axis=1, prepend=0, append=1)
    np.testing.assert_allclose(result.probabilities, expected, atol=5 * np.sqrt(0.25 / draws))


def test_measurement_error_moves_a_plant_as_the_normal_law_says() -> None:
    values = np.array([[9.0], [10.0], [19.0], [40.0]])
    draws = 100_000
    result = simulate_levels(
        values, LADDER, [1.0], draws=draws, measurement_cv=0.1, threshold_cv=0.05, seed=4
    )
    one = norm.sf(0, values[:, 0] - 10, np.hypot(0.1 * values[:, 0], 0.5))
    np.testing.assert_allclose(result.probabilities[:, 0], 1 - one, atol=5 * np.sqrt(0.25 / draws))


def test_without_error_of_measurement_both_ways_of_counting_agree() -> None:
    rng = np.random.default_rng(8)
    values = rng.lognormal(0, 0.4, (40, 6)) * 20
    applies = rng.random((40, 6)) > 0.2
    applies[:, 0] = True
    common = {
        "groups": [0, 0, 1, 1, 2, 2], "limiting": [0], "applicable": applies, "draws": 3, "seed": 1, "cut": 60.0,
    }  # fmt: skip
    plain = simulate_levels(values, ladder(6), np.full(6, 1 / 6), **common)
    tiny = simulate_levels(values, ladder(6), np.full(6, 1 / 6), measurement_cv=[1e-12] + [0] * 5, **common)
    assert plain.level_counts.tolist() == tiny.level_counts.tolist()


@pytest.mark.parametrize("error", [None, 0.02])
def test_the_same_seed_gives_the_same_counts_on_one_two_and_three_threads(error: float | None) -> None:
    rng = np.random.default_rng(2)
    values = rng.lognormal(0, 0.3, (12, 5)) * 20
    runs = [
        simulate_levels(
            values, ladder(5), np.full(5, 0.2), draws=9000, weight_concentration=5, threshold_cv=0.05,
            seed=21, threads=threads, measurement_cv=error, central_weights=True, cut=60,
        )
        for threads in (1, 2, 3)
    ]  # fmt: skip
    for other in runs[1:]:
        assert np.array_equal(runs[0].level_counts, other.level_counts)
        assert np.array_equal(runs[0].share_counts, other.share_counts)
        assert np.array_equal(runs[0].central_weights, other.central_weights, equal_nan=True)


def test_another_seed_gives_other_counts() -> None:
    runs = [
        simulate_levels([[10.0]], LADDER, [1.0], draws=5000, threshold_cv=0.1, seed=seed) for seed in (1, 2)
    ]
    assert runs[0].level_counts.tolist() != runs[1].level_counts.tolist()


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


def test_central_weights_average_the_draws_that_lead_to_a_level() -> None:
    result = simulate_levels(
        [[10.0, 99.0]], ladder(2), [0.5, 0.5], draws=50_000, weight_concentration=2, seed=1, cut=50,
        central_weights=True,
    )  # fmt: skip
    assert result.central_weights is not None
    np.testing.assert_allclose(result.central_weights[0, 0], [0.75, 0.25], atol=0.005)
    np.testing.assert_allclose(result.central_weights[0, 3], [0.25, 0.75], atol=0.005)
    assert np.isnan(result.central_weights[0, 1:3]).all()


def test_a_benchmark_value_that_does_not_exist_is_reached_by_nobody() -> None:
    result = simulate_levels([[1.0]], [[np.nan, np.nan, 30.0]], [1.0], draws=10, threshold_cv=0.1, seed=1)
    assert result.level_counts.tolist() == [[0, 0, 10, 0]]


def test_more_plants_than_short_ranks_can_number_are_counted_too() -> None:
    values = np.linspace(0, 40, 40_001)[:, None]
    result = simulate_levels(values, LADDER, [1.0], draws=3, seed=1)
    assert result.level_counts.sum(axis=0).tolist() == [3 * 10_001, 3 * 10_000, 3 * 10_000, 3 * 10_000]


def test_all_faults_of_the_arrays_are_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        simulate_levels(
            np.ones((2, 3)), np.ones((2, 3)), [0.5, 0.5], limiting=None, groups=["a"], draws=1, seed=1
        )
    message = str(caught.value)
    assert "thresholds" in message
    assert "weights" in message
    assert "groups" in message


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"weights": [0.4, 0.4]}, "sum to 0.8"),
        ({"weights": [1.5, -0.5]}, "weight is -0.5"),
        ({"better": ["lower", "less"]}, "'less'"),
        ({"limiting": [2]}, "position 2"),
        ({"limiting": [True]}, "mask of shape"),
        ({"threshold_cv": -0.1}, "-0.1"),
        ({"threshold_cv": [0.1, 0.2, 0.3, 0.4]}, "(4,)"),
        ({"values": [[-np.inf, 1.0]]}, "-inf"),
        ({"applicable": [[False, False]]}, "nothing is left"),
    ],
)
def test_an_input_at_fault_is_refused_with_its_value(changes: dict[str, object], says: str) -> None:
    given = {
        "values": [[1.0, 1.0]],
        "thresholds": ladder(2),
        "weights": [0.5, 0.5],
        "draws": 1,
        "seed": 1,
        **changes,
    }
    with pytest.raises(DataError, match=None) as caught:
        simulate_levels(**given)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"draws": 0}, "`draws` is 0"),
        ({"draws": 2.5}, "2.5"),
        ({"threads": 0}, "`threads`"),
        ({"weight_concentration": 0}, "concentration"),
        ({"weight_concentration": float("nan")}, "nan"),
        ({"cut": 120}, "120"),
        ({"level_one": "strict"}, "'strict'"),
    ],
)
def test_a_choice_out_of_range_is_refused_with_its_value(changes: dict[str, object], says: str) -> None:
    with pytest.raises(MethodError) as caught:
        simulate_levels(
            **{"values": [[1.0]], "thresholds": LADDER, "weights": [1.0], "draws": 1, "seed": 1, **changes}
        )
    assert says in str(caught.value)
