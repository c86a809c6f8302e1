from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from methodology.errors import ParameterError
from methodology.thresholds import coverage_study
from methodology.thresholds.coverage import true_value
from methodology.thresholds.order_statistics import rank_coverage, rank_interval

# Coverage found with 400 repetitions, lognormal data (sigma .5); reference/calibration.md, section 2.
PUBLISHED = {
    (8, 0.05): (0.995, 0.34, 0.34, 0.955),
    (20, 0.05): (0.988, 0.60, 0.61, 0.940),
    (40, 0.05): (0.992, 0.84, 0.86, 0.952),
    (20, 0.20): (0.985, 0.95, 0.94, 0.948),
    (40, 0.20): (0.940, 0.91, 0.90, 0.932),
    (40, 0.50): (0.982, 0.96, 0.97, 0.958),
}
METHODS = ("order-statistic", "bootstrap-percentile", "bootstrap-bca", "lognormal")


@pytest.fixture(scope="module")
def study():
    found = coverage_study(
        plants=(8, 20, 40),
        methods=METHODS,
        populations=("lognormal",),
        repetitions=400,
        resamples=399,
        seed=7,
    )
    return found.set_index(["n", "share", "method"])


def test_the_published_coverages_are_found_again_within_monte_carlo_error(study):
    for (plants, share), row in PUBLISHED.items():
        for method, expected in zip(METHODS, row, strict=True):
            if method == "order-statistic" and plants == 40:
                continue  # found with other ranks, see below
            found = study.loc[(plants, share, method), "coverage"]
            error = np.sqrt(2 * max(expected * (1 - expected), 0.01) / 400)
            assert found == pytest.approx(expected, abs=4 * error), (plants, share, method)


@pytest.mark.parametrize(
    ("share", "published", "theirs"),
    [(0.05, 0.992, (None, 6)), (0.20, 0.940, (4, 14)), (0.50, 0.982, (14, 27))],
)
def test_published_order_statistics_of_forty_plants_used_ranks_that_need_not_be_ours(
    share, published, theirs
):
    # .05: half the error on the open interval; .20: the shorter of two intervals that cover enough.
    exact = rank_coverage(40, share, *theirs)
    assert published == pytest.approx(exact, abs=3 * np.sqrt(exact * (1 - exact) / 400))
    assert rank_interval(40, share).confidence >= 0.95


def test_order_statistics_agree_with_their_exact_coverage(study):
    for (plants, share, method), row in study.iterrows():
        if method == "order-statistic":
            exact = rank_interval(plants, share).confidence
            error = np.sqrt(exact * (1 - exact) / 400)
            assert row["coverage"] == pytest.approx(exact, abs=4 * error)
            assert row["open_strict"] == float(rank_coverage(plants, share, 1, None) < 0.975)


def test_no_bootstrap_rescues_a_top_five_percent_value(study):
    for plants in (8, 20, 40):
        for method in ("bootstrap-percentile", "bootstrap-bca"):
            row = study.loc[(plants, 0.05, method)]
            assert row["coverage"] < 0.92
            assert row["missed_strict"] > row["missed_loose"]


def test_parts_add_up(study):
    whole = study["coverage"] + study["missed_strict"] + study["missed_loose"]
    np.testing.assert_allclose(whole, 1)
    assert (study["repetitions"] == 400).all()


def test_contamination_breaks_the_model_and_not_the_order_statistics():
    found = coverage_study(
        plants=(80,),
        shares=(0.5,),
        methods=("order-statistic", "lognormal"),
        populations=("contaminated",),
        repetitions=600,
    ).set_index("method")["coverage"]
    assert found["order-statistic"] > 0.93
    assert found["lognormal"] < 0.90


def test_finite_population_intervals_hold_their_confidence_where_they_apply():
    found = coverage_study(
        plants=(20, 40),
        methods=("order-statistic", "finite-population"),
        populations=("finite",),
        repetitions=500,
    ).set_index(["n", "share", "method"])
    for (plants, share, method), row in found.iterrows():
        assert row["coverage"] > 0.92
        if method == "finite-population":
            exact = rank_interval(plants, share, population=80).confidence
            assert row["coverage"] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 500) + 0.002)


def test_the_same_seed_gives_the_same_bits_however_the_tasks_are_run():
    choices = {"plants": (8, 12), "shares": (0.2,), "repetitions": 230, "resamples": 49, "seed": 3}
    alone = coverage_study(**choices)
    with ThreadPoolExecutor(2) as pool:
        shared = coverage_study(**choices, mapper=pool.map)
    pd.testing.assert_frame_equal(alone, shared)
    other = coverage_study(**{**choices, "seed": 4})
    assert not alone["coverage"].equals(other["coverage"])


def test_true_values_are_quantiles_of_the_populations():
    rng = np.random.default_rng(0)
    values = rng.lognormal(0, 0.5, 400_000)
    mixed = values * np.where(rng.random(values.size) < 0.1, 4.0, 1.0)
    for share in (0.05, 0.2, 0.5, 0.95):
        assert true_value("lognormal", share) == pytest.approx(np.quantile(values, share), rel=0.01)
        assert true_value("contaminated", share) == pytest.approx(np.quantile(mixed, share), rel=0.01)


def test_choices_at_fault_are_refused():
    for choice in ({"methods": ["wald"]}, {"populations": ["steel"]}, {"confidence": 1.5}, {"plants": (2,)}):
        with pytest.raises(ParameterError, match=next(iter(choice))):
            coverage_study(**choice)
    with pytest.raises(ParameterError, match="the finite population has 80"):
        coverage_study(plants=(100,), populations=("finite",))
