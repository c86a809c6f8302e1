"""The calibration frontier: what the whole standard attains at every strictness, and both promises on it."""

import numpy as np
import pandas as pd
import pytest
from shipped import ROOT, SERIES
from test_chain_joint import make_system, plants

from methodology import chain
from methodology.chain import Footing, Setting, bands, frontier, frontier_band_coverage
from methodology.chain.bands import around_curve, drawn_counts, exact_binomial
from methodology.chain.common_share import common_shares
from methodology.chain.joint import read_targets
from methodology.chain.sorted_sample import spread_on
from methodology.errors import ParameterError
from methodology.parameters import Project
from methodology.series.reading import read_member

COLUMNS = ["level", "strictness", "attained", "lower", "upper", "cross_validated", "industry"]
RIG = ("I", "II", "III")


@pytest.fixture(scope="module")
def system():
    return make_system("abcdef", limiting="a")


@pytest.fixture(scope="module", params=SERIES)
def shipped(request):
    """A shipped system, its frontier and both promises as a run calibrates them."""
    member = read_member(Project.around(ROOT), request.param)
    run, definitions = member.parameters, member.system
    setting = Setting.of(run, industry=member.industry, population=member.population)
    how = {"resamples": 20, "seed": run.seed, "setting": setting}
    found = frontier(member.sample, definitions, definitions.weights, **how)
    tables = chain.calibrate_both(
        member.sample, definitions, definitions.weights, run.thresholds, footing=chain.Footing.of(run)
    )
    both = chain.both_promises(
        tables, member.sample, definitions, definitions.weights, industry=member.industry
    )
    both["point"] = both["promise"].replace({"joint": "proposed"})
    return found, both


def curve(found, level):
    return found[found["level"] == level].set_index("strictness")


def test_the_columns_are_those_of_the_plan_and_all_levels_share_one_scale(system):
    out = frontier(plants(), system, system.weights, resamples=10, seed=1)
    assert list(out.columns) == [*COLUMNS, "unbounded", "finite_lower", "finite_upper"]
    scales = [tuple(curve(out, level).index) for level in RIG]
    assert scales[0] == scales[1] == scales[2]
    assert out["industry"].isna().all()
    assert list(
        frontier(plants(), system, system.weights, levels=["II"], resamples=5, seed=1)["level"].unique()
    ) == ["II"]


def test_both_points_have_the_numbers_of_the_calibration(shipped):
    found, both = shipped
    points = found.points[found.points["point"] != "joint"].reset_index(drop=True)
    assert points["point"].tolist() == both["point"].tolist()
    assert points["level"].tolist() == both["level"].tolist()
    for mine, theirs in (("attained", "whole_share"), ("target", "target"), ("industry", "industry")):
        assert points[mine].tolist() == both[theirs].tolist(), mine
    assert (1 - points["strictness"]).tolist() == pytest.approx(both["marginal_share"].tolist(), abs=2e-9)
    joint = points["point"] == "proposed"
    assert points["cross_validated"][joint].tolist() == both["cross_validated"][joint].tolist()


def test_both_points_lie_on_the_curves(shipped):
    found, both = shipped
    points = found.points[found.points["point"] != "joint"]
    for point, told in zip(points.itertuples(), both["explanation"], strict=True):
        rows = curve(found, point.level)
        if point.point == "proposed":
            here, stricter = (
                rows.loc[point.strictness, "attained"],
                rows.loc[rows.index > point.strictness, "attained"],
            )
            if "One step of the common share" in told:
                assert stricter.iloc[0] <= point.attained <= here
            else:
                assert point.attained == here


def test_the_joint_point_is_the_joint_promise_within_law_alone():
    member = read_member(Project.around(ROOT), "sintering")
    run, definitions = member.parameters, member.system
    found = frontier(
        member.sample, definitions, definitions.weights, resamples=2, seed=1, setting=Setting.of(run)
    )
    lawful = Footing.of(run, bound_by_index=False, minimum=1, seed=1)
    table = chain.joint_thresholds(
        member.sample, definitions, definitions.weights, targets=run.thresholds.shares, footing=lawful
    )
    rows = found.points[found.points["point"] == "joint"].set_index("level")
    assert rows["attained"].to_dict() == table.attainment
    assert rows["cross_validated"].to_dict() == table.cross_validated
    assert rows.loc["III", "attained"] > found.points.query("point == 'proposed'")["attained"].iloc[2]


@pytest.mark.parametrize("level", [0, 1, 2])
def test_no_level_waits_for_another(system, level):
    spread = spread_on(plants(n=40), system, system.weights, Footing())
    targets = [(5, 20, 50), (5, 35, 50), (5, 20, 80), (15, 20, 50)]
    found = [
        common_shares(spread, read_targets([share / 100 for share in one])).levels[level] for one in targets
    ]
    same = [one.share for one, own in zip(found, targets, strict=True) if own[level] == targets[0][level]]
    assert len(same) == 3
    assert len(set(same)) == 1
    assert len({one.share for one in found}) == 2


def test_the_kth_plant_from_the_dirty_end_bounds_every_value():
    alone = make_system("a")
    for n, minimum, k in ((20, 1, 1), (20, 5, 2), (50, 3, 3), (50, 9, 5)):
        setting = Setting(footing=Footing(minimum=minimum))
        out = frontier(plants(n=n, names="a"), alone, alone.weights, resamples=5, seed=1, setting=setting)
        loosest = curve(out, "III").iloc[0]
        assert loosest["attained"] == (n - k + 1) / n
        assert loosest["unbounded"] == 1.0


@pytest.mark.parametrize("kind", ["law", "index"])
def test_no_value_is_looser_than_law_nor_than_the_index_unless_a_decision_says_so(kind):
    sample = plants(n=20, names="a")
    tenth = float(np.sort(sample["a"])[9])
    stated = {"kind": "index_2014", "label": "old", "value": tenth, "unit": "kg/t", "basis": "yearly"}
    stated |= {"source": "law", "status": "SEEN"} | ({"binds": ["I", "II", "III"]} if kind == "law" else {})
    bound = make_system("a", comparators=[("a", stated)])
    asked = Footing(bound_by_law=kind == "law", bound_by_index=kind == "index")
    released = asked.changed(looser=frozenset({("a", "III")}))
    for footing, attained in ((Footing(), 1.0), (asked, 0.5), (released, 0.5 if kind == "law" else 1.0)):
        setting = Setting(footing=footing)
        out = frontier(sample, bound, bound.weights, resamples=5, seed=1, setting=setting)
        assert curve(out, "III").iloc[0]["attained"] == attained


def test_the_same_seed_gives_the_same_bits_and_another_moves_the_band_alone(system):
    sample = plants(n=25)
    one, same, other = (
        frontier(sample, system, system.weights, resamples=60, seed=seed) for seed in (7, 7, 8)
    )
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(same), check_exact=True)
    pd.testing.assert_frame_equal(one.points, same.points, check_exact=True)
    assert one["attained"].equals(other["attained"])
    assert not one[["lower", "upper"]].equals(other[["lower", "upper"]])


def test_each_resample_has_a_stream_of_its_own():
    assert np.array_equal(drawn_counts(12, 9, 3)[:4], drawn_counts(12, 4, 3))
    assert (drawn_counts(12, 9, 3).sum(axis=1) == 12).all()


def test_samples_too_many_for_one_go_give_what_one_go_gives(system, monkeypatch):
    whole = frontier(plants(), system, system.weights, resamples=40, seed=2)
    monkeypatch.setattr("methodology.chain.critical._CELLS", 1000)
    pd.testing.assert_frame_equal(
        pd.DataFrame(whole), pd.DataFrame(frontier(plants(), system, system.weights, resamples=40, seed=2))
    )


def test_the_share_chosen_again_keeps_the_promise_on_the_plants_it_was_chosen_on():
    alone = make_system("a")
    sample = plants(n=30, names="a")
    out = frontier(sample, alone, alone.weights, resamples=200, seed=1, setting=Setting(footing=Footing()))
    joint = out.points.query("point == 'proposed' and level == 'II'").iloc[0]
    assert joint["strictest"] >= joint["strictness"] >= joint["loosest"]
    assert joint["rechosen_lower"] <= joint["attained"] <= joint["rechosen_upper"]
    assert joint["rechosen_lower"] < joint["rechosen_upper"]


def test_the_uncertainty_of_what_left_out_plants_attain_holds_what_other_samples_show(system):
    found = [
        frontier(plants(n=30, seed=seed), system, system.weights, levels=["II"], resamples=1, seed=seed)
        .points.query("point == 'proposed'")
        .iloc[0]
        for seed in range(24)
    ]
    usual = np.mean([one["cross_validated"] for one in found])
    held = [one["crossed_lower"] <= usual <= one["crossed_upper"] for one in found]
    assert np.mean(held) >= 0.95 - 2 * (0.95 * 0.05 / 24) ** 0.5
    assert all(one["crossed_lower"] <= one["cross_validated"] <= one["crossed_upper"] for one in found)


def test_plants_left_out_attain_less_than_those_that_set_the_values(system):
    shares = [
        frontier(plants(n=24, seed=seed), system, system.weights, levels=["III"], resamples=2, seed=seed)[
            ["attained", "cross_validated"]
        ].mean()
        for seed in range(12)
    ]
    assert np.mean([one["cross_validated"] for one in shares]) < np.mean([one["attained"] for one in shares])


def test_the_band_holds_the_whole_curve_of_the_population_at_the_stated_rate():
    system = make_system("abcd", limiting="a")
    everyone = plants(n=400, names="abcd", seed=11)
    how = {"setting": Setting(confidence=0.9), "samples": 40, "seed": 5}
    found = frontier_band_coverage(everyone, system, system.weights, **how)
    error = 2 * (0.9 * 0.1 / 40) ** 0.5
    assert (found["whole"] >= 0.9 - 2 * error).all(), found
    assert (found["each"] >= found["whole"]).all()


def test_the_error_of_the_rate_is_twice_that_of_so_many_samples():
    system = make_system("abcd", limiting="a")
    everyone = plants(n=200, names="abcd", seed=11)
    how = {"setting": Setting(confidence=0.3), "samples": 12, "seed": 5, "resamples": 3}
    found = frontier_band_coverage(everyone, system, system.weights, **how)
    assert found["whole"].between(0, 1, inclusive="neither").any(), found
    spread = found["whole"] * (1 - found["whole"]) / (found["samples"] - 1)
    np.testing.assert_allclose(found["error"], 2 * spread**0.5)


def test_the_band_is_the_narrowest_tried_that_holds_the_stated_share_of_whole_resamples(monkeypatch):
    rng = np.random.default_rng(3)
    steps = np.sort(rng.integers(0, 31, (400, 40)), axis=1)
    attained = np.sort(rng.integers(0, 31, 40))
    low, high = around_curve(attained, steps, 30, 0.9)
    within = ((low <= steps / 30) & (steps / 30 <= high)).all(axis=1)
    assert within.mean() >= 0.9
    used = next(k for k in range(len(bands.TAILS)) if _alone(monkeypatch, k, attained, steps)[1] >= 0.9)
    assert np.array_equal(_alone(monkeypatch, used, attained, steps)[0], [low, high])
    assert used > 0


def _alone(monkeypatch, place, attained, steps):
    """The band at one of the tails, and the share of the resamples it holds."""
    with monkeypatch.context() as patch:
        patch.setattr(bands, "TAILS", bands.TAILS[place : place + 1])
        low, high = around_curve(attained, steps, 30, 0.9)
    return [low, high], ((low <= steps / 30) & (steps / 30 <= high)).all(axis=1).mean()


@pytest.mark.slow
def test_the_band_holds_the_curve_of_a_shipped_population():
    member = read_member(Project.around(ROOT), "rolling")
    setting = Setting.of(member.parameters, population=None)
    how = {"setting": setting, "samples": 40, "seed": 5}
    found = frontier_band_coverage(member.industry, member.system, member.system.weights, **how)
    assert (found["whole"] >= 0.95 - 2 * 2 * (0.95 * 0.05 / 40) ** 0.5).all(), found
    assert (found["each"] >= 0.95).all(), found


def test_a_coverage_of_one_sample_is_refused():
    system = make_system("a")
    with pytest.raises(ParameterError, match="samples is 1"):
        frontier_band_coverage(plants(names="a"), system, system.weights, setting=Setting(), samples=1)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"levels": ["IV"]}, "levels are"),
        ({"levels": []}, "levels are"),
        ({"resamples": 0}, "resamples is 0"),
        ({"setting": Setting(confidence=1.0)}, "confidence is 1.0"),
        ({"setting": Setting(targets={"I": 0.5, "II": 0.2, "III": 0.6})}, "shares must rise"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_value(system, how, said):
    with pytest.raises(ParameterError, match=said):
        frontier(plants(), system, system.weights, **({"resamples": 5} | how))


def test_the_exact_binomial_interval_turns_at_its_tail():
    from scipy.stats import binom

    counts = np.arange(21)
    low, high = exact_binomial(counts, 20, 0.9)
    assert binom.sf(counts[1:] - 1, 20, low[1:]) == pytest.approx(0.05, abs=1e-6)
    assert binom.cdf(counts[:-1], 20, high[:-1]) == pytest.approx(0.05, abs=1e-6)
    assert (low[0], high[-1]) == (0, 1)


@pytest.mark.slow
def test_thirty_plants_and_a_thousand_resamples_take_less_than_ten_seconds():
    from time import perf_counter

    member = read_member(Project.around(ROOT), "ironmaking")
    start = perf_counter()
    frontier(
        member.sample,
        member.system,
        member.system.weights,
        resamples=1000,
        setting=Setting.of(member.parameters),
    )
    assert perf_counter() - start < 10
