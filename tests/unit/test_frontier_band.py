"""The band of the frontier holds the curve of the population at the stated rate, where resamples say nothing too."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from shipped import ROOT, SERIES
from test_chain_joint import make_system, plants

from methodology.chain import Setting, frontier, frontier_band_coverage
from methodology.chain.bands import around_curve
from methodology.parameters import Project
from methodology.parameters.model import ThresholdChoices
from methodology.series.reading import read_member

PLANTS = 30
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
    setting, size = Setting.of(member.parameters), len(member.sample.plants)
    how = {"setting": setting, "size": size, "samples": 60, "seed": 5}
    found = frontier_band_coverage(member.industry, member.system, member.system.weights, **how)
    assert (found["whole"] >= 0.95 - 2 * (0.95 * 0.05 / 60) ** 0.5).all(), found


def test_the_counted_bands_hold_what_they_state_on_every_shipped_population():
    table = pd.read_csv(ROOT / "benchmarks" / "results" / "frontier_band.csv")
    assert set(table["system"]) == set(SERIES)
    assert (table.groupby("system").size() == 3).all()
    assert (table["samples"] == 200).all()
    short = table[table["whole"] < table["stated"] - 2 * (0.95 * 0.05 / 200) ** 0.5]
    assert not len(short), short
