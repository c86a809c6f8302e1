"""Counts of levels over noisy draws: right in law, the same on any number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ladder_toys import LADDER, ladder
from scipy.stats import norm

from methodology.sensitivity import simulate_levels


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


DIGEST = """
import hashlib
import numpy as np
from methodology.sensitivity import simulate_levels

rng = np.random.default_rng(5)
found = hashlib.sha256()
values = 100 * np.exp(rng.normal(0, 0.2, (60, 9)) + rng.normal(0, 0.15, (60, 1)))
limits = np.quantile(values, [0.6, 0.75, 0.95], axis=0).T
applies = rng.random(values.shape) > 0.1
applies[:, 0] = True
for concentration in (None, 4.0, 100.0, 1e9):
    for error in (None, 0.02):
        result = simulate_levels(
            values, limits, np.full(9, 1 / 9), groups=list("aaabbbccc"), limiting=[0], applicable=applies, draws=3000,
            weight_concentration=concentration, threshold_cv=0.05, measurement_cv=error, central_weights=True, seed=3,
        )
        found.update(result.level_counts.tobytes() + result.share_counts.tobytes())
        found.update(result.central_weights.tobytes())
print(found.hexdigest())
"""


@pytest.mark.slow
def test_code_for_another_processor_gives_the_same_counts(tmp_path: Path) -> None:
    """The plainest instructions of this architecture, and all that this processor has."""
    digests = []
    for name, changes in (("own", {}), ("plain", {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""})):
        environment = {
            **os.environ,
            "PYTHONPATH": os.getcwd(),
            "NUMBA_CACHE_DIR": str(tmp_path / name),
            **changes,
        }
        answer = subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
        )
        digests.append(answer.stdout)
    assert digests[0] == digests[1]


def test_another_seed_gives_other_counts() -> None:
    runs = [
        simulate_levels([[10.0]], LADDER, [1.0], draws=5000, threshold_cv=0.1, seed=seed) for seed in (1, 2)
    ]
    assert runs[0].level_counts.tolist() != runs[1].level_counts.tolist()


def test_central_weights_average_the_draws_that_lead_to_a_level() -> None:
    result = simulate_levels(
        [[10.0, 99.0]], ladder(2), [0.5, 0.5], draws=50_000, weight_concentration=2, seed=1, cut=50,
        central_weights=True,
    )  # fmt: skip
    assert result.central_weights is not None
    np.testing.assert_allclose(result.central_weights[0, 0], [0.75, 0.25], atol=0.005)
    np.testing.assert_allclose(result.central_weights[0, 3], [0.25, 0.75], atol=0.005)
    assert np.isnan(result.central_weights[0, 1:3]).all()


@pytest.mark.parametrize("noise", ["threshold_cv", "measurement_cv"])
def test_a_value_near_0_of_an_indicator_that_changes_its_sign_has_noise_too(noise: str) -> None:
    """Three plants at 0 and at both ends of the scale: noise is relative to their mean size, 20 / 3 * 2."""
    values, draws = np.array([[0.0], [-20.0], [20.0]]), 100_000
    sizes = [40 / 3]
    result = simulate_levels(
        values, [[0.0, 1.0, 2.0]], [1.0], draws=draws, seed=4, noise_sizes=sizes, **{noise: 0.1}
    )
    size = 0.1 * sizes[0]
    if noise == "measurement_cv":
        expected = norm.cdf([0.0, 1.0, 2.0], 0, size)
    else:
        expected = 1 - np.cumprod(norm.cdf(0.0, [0.0, 1.0, 2.0], size))
    np.testing.assert_allclose(result.probabilities[0, :3].cumsum(), expected, atol=5 * np.sqrt(0.25 / draws))


def test_noise_of_an_indicator_of_one_sign_stays_relative_to_each_value() -> None:
    result = simulate_levels(
        [[0.0], [100.0]], [[0.0, 0.0, 99.0]], [1.0], draws=1000, seed=4, threshold_cv=0.1, measurement_cv=0.1
    )
    assert result.level_counts[0].tolist() == [1000, 0, 0, 0]
    assert 0 < result.level_counts[1, 2] < 1000
