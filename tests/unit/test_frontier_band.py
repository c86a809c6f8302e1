"""The band of the frontier holds the curve of the population at the stated rate, where resamples say nothing too."""

from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, hypergeom
from shipped import ROOT, SERIES
from test_chain_joint import make_system, plants

from methodology.chain import Footing, Setting, frontier, frontier_band_coverage
from methodology.chain.bands import a_plant_wider, around_curve, drawn_counts, exact_hypergeometric
from methodology.chain.delivered import industry_expected
from methodology.errors import ParameterError
from methodology.parameters import Project
from methodology.parameters.model import ThresholdChoices
from methodology.series.reading import read_member

PLANTS = 30
FINITE = ("finite_lower", "finite_upper")
COUNTS = np.arange(PLANTS + 1)


@cache
def flat_bands():
    """Ends of the band of a curve that is the same count at every step, for every count."""
    grid = (np.arange(400) + 0.5) / 400
    found = []
    for count in COUNTS:
        again = np.repeat(binom.ppf(grid, PLANTS, count / PLANTS)[:, None], 3, axis=1).astype(int)
        low, high = around_curve(np.full(3, count), again, PLANTS, 0.95)
        found.append((low[0], high[0]))
    return np.array(found).T


def at_strictness(first, second, third):
    """A setting whose point is chosen by strictness."""
    told = {"strictness_I": first, "strictness_II": second, "strictness_III": third}
    return Setting(choices=ThresholdChoices(promise="strictness", point_reason="the group chose it", **told))


@pytest.mark.parametrize("share", [0.01, 0.03, 0.07, 0.1, 0.5, 0.9, 0.93, 0.97, 0.99])
def test_a_count_that_no_resample_leaves_is_bounded_by_the_exact_interval(share):
    low, high = flat_bands()
    held = (low <= share) & (share <= high)
    assert binom.pmf(COUNTS, PLANTS, share)[held].sum() >= 0.95


def test_past_the_loosest_point_the_stricter_levels_stay_where_it_leaves_them():
    system = make_system("abcd", limiting="a")
    sample, setting = plants(n=30, names="abcd"), at_strictness(0.8, 0.5, 0.2)
    found = frontier(sample, system, system.weights, resamples=2, setting=setting)
    third = found.along.query("level == 'III'")
    past = third[third["strictness"] < 0.2]
    assert past["strictness_II"].unique() == pytest.approx([0.5])
    assert past["strictness_I"].unique() == pytest.approx([0.8])
    looser = found.along.query("level == 'I' and strictness == 0")
    assert (looser["strictness_III"] == 0).all()


def test_the_curve_of_level_three_ends_alike_whether_its_point_is_the_end_or_just_before():
    system = make_system("abcdefgh", limiting="a", qualitative="h")
    sample = plants(n=30, names="abcdefgh", seed=2)
    sample["h"] = ["II", "none"] * 15  # half of the plants meet no full score, whatever the values
    ends = []
    for third in (0.0, 1e-6):
        setting = at_strictness(0.8, 0.5, third)
        found = frontier(sample, system, system.weights, resamples=2, setting=setting)
        ends.append(found.query("level == 'III'")["attained"].iloc[0])
    assert ends[0] == ends[1]


@pytest.mark.slow
def test_the_band_holds_the_own_curve_of_a_population_whose_point_lies_elsewhere():
    member = read_member(Project.around(ROOT), "pelletizing")
    setting, size = Setting.of(member.parameters, population=None), len(member.sample.plants)
    how = {"setting": setting, "size": size, "samples": 60, "seed": 5}
    found = frontier_band_coverage(member.industry, member.system, member.system.weights, **how)
    assert (found["whole"] >= 0.95 - 2 * (0.95 * 0.05 / 60) ** 0.5).all(), found


@pytest.mark.parametrize("name", ["frontier_band", "frontier_band_finite"])
def test_the_counted_bands_hold_what_they_state_on_every_shipped_population(name):
    table = pd.read_csv(ROOT / "benchmarks" / "results" / f"{name}.csv")
    assert set(table["system"]) == set(SERIES)
    assert (table.groupby("system").size() == 3).all()
    assert (table["samples"] == 200).all()
    short = table[table["whole"] < binom.ppf(0.025, 200, 0.95) / 200]
    assert not len(short), short


def of_industry(known, **more):
    """A frontier of 30 plants of an industry of so many."""
    system = make_system("abcd", limiting="a")
    setting = Setting(footing=Footing(minimum=3, population=known), **more)
    return frontier(
        plants(n=30, names="abcd"), system, system.weights, resamples=200, seed=1, setting=setting
    )


@pytest.mark.parametrize(("drawn", "population"), [(30, 80), (17, 18), (5, 400)])
def test_the_exact_interval_of_a_known_industry_turns_at_its_tail(drawn, population):
    counts, tail = np.arange(drawn + 1), 0.025
    low, high = (
        np.round(population * end).astype(int)
        for end in exact_hypergeometric(counts, drawn, 1 - 2 * tail, population)
    )
    assert (hypergeom.sf(counts - 1, population, low, drawn) > tail).all()
    assert (hypergeom.cdf(counts, population, high, drawn) > tail).all()
    rarer, likelier = low[low > 0], high[high < population]
    assert (hypergeom.sf(counts[low > 0] - 1, population, rarer - 1, drawn) <= tail).all()
    assert (hypergeom.cdf(counts[high < population], population, likelier + 1, drawn) <= tail).all()


def test_the_band_of_a_known_industry_narrows_as_the_sample_nears_the_whole_and_a_census_has_none():
    known = (3000, 120, 60, 40, 30)
    found = [of_industry(one) for one in known]
    width = [(one["finite_upper"] - one["finite_lower"]).mean() for one in found]
    assert all(more > less for more, less in pairwise(width)), width
    census = found[-1]
    assert (census["finite_lower"] == census["attained"]).all()
    assert (census["finite_upper"] == census["attained"]).all()
    told = census.points
    for name in ("expected", "expected_lower", "expected_upper"):
        assert told[name].tolist() == pytest.approx(told["attained"].tolist())


def test_what_is_known_of_the_industry_moves_nothing_that_is_told_of_an_unlimited_one():
    alone, beside = of_industry(None), of_industry(60)
    same = [name for name in alone if not name.startswith("finite")]
    pd.testing.assert_frame_equal(pd.DataFrame(alone)[same], pd.DataFrame(beside)[same])
    assert alone[["finite_lower", "finite_upper"]].isna().all().all()
    assert alone.points[["known", "expected", "expected_lower", "expected_upper"]].isna().all().all()
    wide, narrow = (beside[high] - beside[low] for low, high in (("lower", "upper"), FINITE))
    assert wide.mean() > narrow.mean()
    assert (beside["finite_lower"] <= beside["attained"]).all()
    assert (beside["attained"] <= beside["finite_upper"]).all()


def test_an_industry_smaller_than_its_sample_is_refused():
    with pytest.raises(ParameterError, match="30 plants and the population 29"):
        of_industry(29)
    assert (drawn_counts(30, 4, 1, 30) == 1).all()


@pytest.mark.parametrize("size", [30, 57])
def test_the_band_of_a_known_industry_holds_its_whole_curve_at_the_stated_rate(size):
    """Near a census too, where a share asks as many plants less one of other whole numbers."""
    system = make_system("abcd", limiting="a")
    everyone = plants(n=60, names="abcd", seed=11)
    setting = Setting(confidence=0.9, footing=Footing(population=60))
    how = {"setting": setting, "size": size, "samples": 40, "seed": 5}
    found = frontier_band_coverage(everyone, system, system.weights, **how)
    assert (found["whole"] >= 0.9 - 2 * (0.9 * 0.1 / 40) ** 0.5).all(), found


def test_a_band_a_plant_wider_is_that_of_one_plant_less_and_one_more_at_every_step():
    shares = [Fraction(k, 10) for k in range(1, 11)]
    low, high = np.arange(10) / 10, (np.arange(10) + 2) / 12
    below, above = a_plant_wider(low, high, shares, 5)  # one of five plants is two of these steps
    assert below.tolist() == [0, 0, *low[:-2]]
    assert above.tolist() == [*high[2:], high[-1], high[-1]]


def test_what_is_expected_of_the_industry_holds_what_it_attains_at_the_stated_rate():
    system, held = make_system("abcd", limiting="a"), []
    everyone = plants(n=60, names="abcd", seed=11)
    for seed in range(40):
        rows = np.random.default_rng(seed).choice(60, 30, replace=False)
        setting = Setting(footing=Footing(population=60), confidence=0.9, industry=everyone)
        how = {"resamples": 1, "seed": seed, "setting": setting}
        points = frontier(everyone.iloc[rows], system, system.weights, **how).points
        own = points[points["point"] == "proposed"]
        held.append((own["expected_lower"] <= own["industry"]) & (own["industry"] <= own["expected_upper"]))
    assert np.mean(held) >= 0.9 - 2 * (0.9 * 0.1 / 40) ** 0.5


def test_the_expected_share_counts_asked_plants_as_they_are_and_the_others_like_plants_left_out():
    middle, low, high = industry_expected(6, 3, 30, 90, 0.95)
    assert middle == (6 + 60 * 3 / 30) / 90
    assert 6 / 90 <= low <= middle <= high <= (6 + 60) / 90
