"""Plants, years and runs kept apart."""

import numpy as np
import pytest
from scipy.stats import norm

from methodology.errors import DataError
from methodology.thresholds import threshold_interval
from methodology.thresholds.hierarchical import _diagnostics, hierarchical_lognormal

RNG = np.random.default_rng(11)
PLANTS = np.repeat([f"P{k:02d}" for k in range(12)], 3)
LOGS = 1.0 + np.repeat(0.6 * RNG.standard_normal(12), 3) + 0.2 * RNG.standard_normal(36)
VALUES = np.exp(LOGS)
FITTED = hierarchical_lognormal(VALUES, PLANTS, draws=1500)


def test_chains_that_began_far_apart_agree() -> None:
    assert FITTED.converged
    assert (FITTED.convergence["effective"] > 400).all()


def test_spread_between_plants_is_told_from_spread_within() -> None:
    assert np.median(FITTED.between) == pytest.approx(0.6, abs=0.2)
    assert np.median(FITTED.within) == pytest.approx(0.2, abs=0.06)


def test_another_unit_scales_values_and_nothing_else() -> None:
    other = hierarchical_lognormal(1000 * VALUES, PLANTS, draws=1500)
    assert other.benchmark(0.2) == pytest.approx([1000 * end for end in FITTED.benchmark(0.2)], rel=1e-9)
    assert other.between == pytest.approx(FITTED.between)


def test_the_same_seed_gives_the_same_draws() -> None:
    again = hierarchical_lognormal(VALUES, PLANTS, draws=1500)
    assert (again.centre == FITTED.centre).all()
    assert again.predictive(0.9, future=3, seed=1) == FITTED.predictive(0.9, future=3, seed=1)


def test_order_statistics_of_the_plants_means_check_the_model() -> None:
    means = np.exp(LOGS.reshape(12, 3).mean(axis=1))
    model, ranks = FITTED.benchmark(0.5), threshold_interval(means, 0.5)
    assert ranks.lower <= model[0] <= ranks.upper
    assert model[1] <= np.median(means) <= model[2]


def test_a_higher_is_better_indicator_is_read_from_the_other_end() -> None:
    assert FITTED.benchmark(0.2, better="higher") == FITTED.benchmark(0.8)
    assert FITTED.predictive(0.2, better="higher") == FITTED.predictive(0.8)


def test_one_future_year_scatters_more_than_a_plant_and_an_average_less_than_a_year() -> None:
    plant, year, average = FITTED.benchmark(0.9)[0], FITTED.predictive(0.9), FITTED.predictive(0.9, future=20)
    assert plant < year
    assert average < year


def test_values_known_only_to_lie_below_a_huge_limit_say_nothing() -> None:
    more, names = np.append(VALUES, np.full(6, 1e9)), np.append(PLANTS, np.repeat("P00", 6))
    below = np.arange(42) >= 36
    found = hierarchical_lognormal(more, names, below_limit=below, draws=1500)
    assert found.benchmark(0.5)[0] == pytest.approx(FITTED.benchmark(0.5)[0], rel=0.04)
    assert np.median(found.within) == pytest.approx(np.median(FITTED.within), rel=0.06)


def test_values_below_their_limits_are_not_taken_for_the_limits() -> None:
    limit = float(np.exp(0.8))
    seen, below = np.maximum(VALUES, limit), limit > VALUES
    as_limits = hierarchical_lognormal(seen, PLANTS, draws=1500)
    censored = hierarchical_lognormal(seen, PLANTS, below_limit=below, draws=1500)
    assert censored.benchmark(0.05)[0] < as_limits.benchmark(0.05)[0]
    assert censored.benchmark(0.05)[1] <= FITTED.benchmark(0.05)[0] <= censored.benchmark(0.05)[2]


def test_strata_are_pooled_and_their_plants_share_one_benchmark() -> None:
    strata = {name: ("large" if int(name[1:]) < 6 else "small") for name in PLANTS}
    apart = VALUES * np.where([strata[name] == "small" for name in PLANTS], 4.0, 1.0)
    found = hierarchical_lognormal(apart, PLANTS, strata=strata, draws=1500)
    whole = hierarchical_lognormal(apart, PLANTS, draws=1500)
    assert found.weights.tolist() == [0.5, 0.5]
    assert np.median(found.between) < np.median(whole.between)
    large, small = np.median(found.centre, axis=(0, 1))
    assert large < np.log(found.benchmark(0.5)[0]) < small


def test_chains_that_do_not_agree_are_called_so() -> None:
    chains = np.random.default_rng(2).standard_normal((4, 1000))
    assert _diagnostics(chains)[0] < 1.01
    assert _diagnostics(chains + np.arange(4)[:, None])[0] > 1.1
    assert _diagnostics(chains * np.array([1, 1, 1, 4])[:, None])[0] > 1.1


def test_correlated_draws_count_as_fewer() -> None:
    chains = np.zeros((4, 4000))
    noise = np.random.default_rng(0).standard_normal((4, 4000))
    for k in range(1, 4000):
        chains[:, k] = 0.8 * chains[:, k - 1] + noise[:, k]
    assert _diagnostics(chains)[1] == pytest.approx(16_000 * 0.2 / 1.8, rel=0.2)


def test_too_little_is_refused_with_what_is_missing() -> None:
    with pytest.raises(DataError, match="2 plants are given"):
        hierarchical_lognormal([1.0, 2, 3, 4], list("AABB"))
    with pytest.raises(DataError, match="None of 3 plants has two measured values"):
        hierarchical_lognormal([1.0, 2, 3], list("ABC"))
    with pytest.raises(DataError, match="needs positive values"):
        hierarchical_lognormal([1.0, -2, 3, 4], list("ABCC"))


@pytest.mark.slow
def test_intervals_of_benchmarks_hold_those_of_the_plants_that_were_simulated() -> None:
    between, within, samples = 0.4, 0.2, 80
    limit = np.exp(np.hypot(between, within) * norm.ppf(1 / 7))
    held, reached = dict.fromkeys((0.05, 0.2, 0.5), 0), []
    for seed in range(samples):
        rng = np.random.default_rng([1, seed])
        levels = np.repeat(between * rng.standard_normal(10), 3)
        values = np.exp(levels + within * rng.standard_normal(30))
        found = hierarchical_lognormal(
            np.maximum(values, limit),
            np.repeat(np.arange(10), 3),
            below_limit=values < limit,
            draws=1000,
            seed=seed,
        )
        for share in held:
            _, low, high = found.benchmark(share)
            held[share] += low <= np.exp(between * norm.ppf(share)) <= high
        reached.append(norm.cdf(np.log(found.predictive(0.9)) / np.hypot(between, within)))
    error = 2 * (0.95 * 0.05 / samples) ** 0.5
    assert all(count / samples >= 0.95 - error for count in held.values()), held
    assert np.mean(reached) == pytest.approx(0.9, abs=0.04)
