"""Intervals of joint values include the choice of their share, and hold what they state."""

import numpy as np
import pandas as pd
import pytest
from shipped import ROOT
from test_chain_joint import make_system, plants

from methodology.chain import Footing, joint_interval_coverage, joint_thresholds
from methodology.chain.common_share import _first, common_shares
from methodology.chain.critical import share_ends
from methodology.chain.interval_coverage import merit_intervals
from methodology.chain.joint import left_out, read_targets
from methodology.chain.sorted_sample import spread_on
from methodology.errors import ParameterError
from methodology.parameters import Project
from methodology.series.reading import read_member
from methodology.thresholds.level_intervals import shared_tail
from methodology.thresholds.order_statistics import rank_interval

TARGETS = {"I": 0.1, "II": 0.3, "III": 0.6}


@pytest.fixture(scope="module")
def system():
    return make_system("abcd", limiting="a")


def test_the_coverage_is_within_its_error_of_what_is_stated_or_above(system):
    everyone = plants(n=400, names="abcd", seed=3)
    found = joint_interval_coverage(
        everyone, system, system.weights, targets=TARGETS, sizes=(15, 30), samples=60, seed=1
    )
    assert (found["held"] + found["error"] >= 0.95).all(), found
    assert (found["samples"] == 60).all()


def test_an_interval_that_takes_the_share_as_given_holds_less_than_it_states(system):
    everyone, targets = plants(n=400, names="abcd", seed=3), read_targets({"I": 0.05, "II": 0.2, "III": 0.5})
    whole = spread_on(everyone, system, system.weights, Footing())
    truth, given = common_shares(whole, targets).limits, []
    for seed in range(80):
        drawn = whole.subset(np.random.default_rng(seed).integers(0, 400, 60))
        ranks = rank_interval(60, float(common_shares(drawn, targets).levels[0].share))
        for column in range(4):
            cells = drawn.at(0).ordered(column)
            low = cells[ranks.strict - 1] if ranks.strict else -np.inf
            high = cells[ranks.loose - 1] if ranks.loose else np.inf
            given.append(low <= truth[0, column] <= high)
    own = joint_interval_coverage(
        everyone, system, system.weights, targets={"I": 0.05, "II": 0.2, "III": 0.5}, sizes=(60,), samples=80
    )
    assert np.mean(given) < 0.9
    assert own.query("level == 'I'")["held"].item() >= 0.94


def test_the_table_has_the_intervals_the_study_counts(system):
    sample = plants(n=30, names="abcd", seed=5)
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0)
    spread = spread_on(sample, system, system.weights, Footing())
    answer = common_shares(spread, read_targets(TARGETS))
    low, high = merit_intervals(spread, system, answer, read_targets(TARGETS), 0.95)
    table = out.pivot(index="level", columns="indicator", values=["lower", "upper"])
    assert np.array_equal(table["lower"].to_numpy(), np.where(np.isinf(low), np.nan, low), equal_nan=True)
    assert np.array_equal(table["upper"].to_numpy(), np.where(np.isinf(high), np.nan, high), equal_nan=True)


def test_the_share_lies_between_its_ends_and_the_value_within_its_interval(system):
    for seed in range(10):
        sample = plants(n=25, names="abcd", seed=seed)
        spread = spread_on(sample, system, system.weights, Footing())
        answer, ends = common_shares(spread, read_targets(TARGETS)), share_ends(spread, read_targets(TARGETS))
        for found, (strict, loose) in zip(answer.levels, ends, strict=True):
            assert (strict or 0) <= found.share <= (loose or 1)
        out = pd.DataFrame(joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0))
        assert not (out["value"] < out["lower"]).any()
        assert not (out["value"] > out["upper"]).any()


@pytest.mark.parametrize(("interval", "narrower"), [("order-statistic", False), ("finite-population", True)])
def test_share_and_value_are_bracketed_as_of_one_and_the_same_industry(system, interval, narrower):
    sample, free = plants(n=30, names="abcd", seed=5), {"targets": TARGETS, "folds": 0}
    unlimited = joint_thresholds(sample, system, system.weights, **free)
    known = joint_thresholds(sample, system, system.weights, interval=interval, population=33, **free)
    wide, narrow = (one["upper"] - one["lower"] for one in (unlimited, known))
    assert (narrow.mean() < 0.8 * wide.mean()) == narrower
    assert narrower or pd.DataFrame(known).equals(pd.DataFrame(unlimited))


def test_two_errors_of_like_size_share_the_tail():
    assert shared_tail(0.95) == pytest.approx(0.0829, abs=1e-4)
    assert shared_tail(0.5) > shared_tail(0.9) > 0.05


def test_a_study_of_one_sample_is_refused(system):
    with pytest.raises(ParameterError, match="samples is 1"):
        joint_interval_coverage(plants(), system, system.weights, targets=TARGETS, samples=1)


@pytest.mark.parametrize("near", [0, 1, 2, 3])
def test_where_the_search_begins_changes_no_value(system, near):
    samples = [plants(n=n, names="abcd", seed=seed) for n, seed in ((30, 5), (30, 6), (80, 7), (7, 8))]
    spreads = [spread_on(sample, system, system.weights, Footing()) for sample in samples]
    targets = [read_targets(TARGETS), read_targets({"I": 0.01, "II": 0.6, "III": 0.99})]
    begun = common_shares(spreads[near], targets[near % 2])
    for spread in spreads:
        for wanted in targets:
            plain, hinted = common_shares(spread, wanted), common_shares(spread, wanted, near=begun)
            assert hinted.limits.tolist() == plain.limits.tolist()
            assert [one.share for one in hinted.levels] == [one.share for one in plain.levels]


def test_a_close_start_looks_at_few_shares():
    looked_at = []

    def holds(place):
        looked_at.append(place)
        return place >= 700

    assert _first(holds, 1000, 700) == 700
    assert len(looked_at) == 2
    assert all(_first(holds, 1000, near) == 700 for near in (None, -5, 0, 699, 701, 999, 5000))


@pytest.mark.slow
@pytest.mark.parametrize("size", [15, 30, 60])
def test_intervals_of_the_shipped_promise_hold_what_they_state_at_every_size_of_the_study(size):
    member = read_member(Project.around(ROOT), "ironmaking")
    shares, how = member.parameters.thresholds.shares, {"sizes": (size,), "samples": 100, "seed": 20261122}
    found = joint_interval_coverage(
        member.industry, member.system, member.system.weights, targets=shares, **how
    )
    assert (found["samples"] == 100).all()
    assert (found["held"] + found["error"] >= 0.95).all(), found
    assert (found["held"] < 1).any(), found  # intervals that always hold would be none


def test_the_error_of_a_coverage_is_that_of_the_share_held(system):
    everyone = plants(n=400, names="abcd", seed=3)
    drawn = {"sizes": (6,), "samples": 12, "seed": 4}
    found = joint_interval_coverage(
        everyone, system, system.weights, targets=TARGETS, confidence=0.8, **drawn
    )
    first = found.set_index("level").loc["I"]
    assert first["strict_open"] == 1  # in every sample: its own error is nothing
    assert 0 < first["held"] < 1
    assert first["error"] > 0


def test_a_limit_below_which_a_plant_lies_is_a_cell_it_states(system):
    sample = plants(n=12, names="abcd", seed=5).astype(object)
    sample.iloc[0, 0] = "<0.5"
    assert spread_on(sample, system, system.weights, Footing()).at(0).stated.tolist() == [12] * 4


def test_plants_can_be_left_out_by_halves(system):
    spread = spread_on(plants(n=12, names="abcd", seed=5), system, system.weights, Footing())
    wanted = read_targets(TARGETS)
    found = left_out(spread, lambda rest: common_shares(rest, wanted).limits, folds=2, seed=0)
    assert list(found) == ["I", "II", "III"]
