from fractions import Fraction
from math import ceil

import numpy as np
import pandas as pd
import pytest

from methodology.chain import (
    both_promises,
    calibrate,
    calibrate_both,
    joint_thresholds,
    stacked,
    taken_apart,
)
from methodology.chain.common_share import common_shares
from methodology.chain.joint import read_targets
from methodology.chain.sorted_sample import spread_on
from methodology.errors import DataError, MethodError, ParameterError
from methodology.evaluation import attainment_of_whole, evaluate
from methodology.indicators import IndicatorSystem
from methodology.parameters import Footing
from methodology.parameters.model import ThresholdChoices
from methodology.thresholds import quantile_threshold

TARGETS = {"I": 0.05, "II": 0.2, "III": 0.5}


def make_system(names, *, limiting=(), higher=(), qualitative=(), comparators=()):
    described = {level: {"zh": level, "en": level} for level in ("I", "II", "III")}
    indicators = []
    for name in names:
        row = {
            "id": name,
            "group": "g",
            "name_zh": name,
            "name_en": name,
            "kind": "quantitative",
            "unit": "kg/t",
        }
        row |= {"direction": "higher" if name in higher else "lower", "limiting": name in limiting}
        row |= {"weight": 1 / len(names), "definition": "d", "boundary": "b"}
        if name in qualitative:
            row |= {"kind": "qualitative", "unit": "level", "levels": described}
        row["comparators"] = [c for n, c in comparators if n == name]
        indicators.append(row)
    content = {
        "id": "made",
        "name_zh": "例",
        "name_en": "made",
        "functional_unit": "t",
        "indicators": indicators,
    }
    content["groups"] = [{"id": "g", "name_zh": "g", "name_en": "g", "weight": 1, "status": "ASSUMED"}]
    return IndicatorSystem.model_validate(content | {"sources": {"law": {"title": "law", "status": "SEEN"}}})


def plants(n=40, names="abcdef", seed=1, rho=0.6):
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n, 1))
    values = 100 + 10 * (np.sqrt(rho) * latent + np.sqrt(1 - rho) * rng.normal(size=(n, len(names))))
    index = pd.Index([f"P{k:02d}" for k in range(n)], name="plant")
    return pd.DataFrame(np.round(values, 2), index=index, columns=list(names))


@pytest.fixture
def system():
    return make_system("abcdef", limiting="a")


def recounted(sample, system, table, **choices):
    return attainment_of_whole(evaluate(sample, system, table, system.weights, **choices))


def test_the_table_is_a_thresholds_table_with_the_findings_attached(system):
    out = joint_thresholds(plants(), system, system.weights, targets=TARGETS)
    assert list(out.columns[:3]) == ["indicator", "level", "value"]
    assert len(out) == 18
    assert list(out.marginal_share) == list(out.attainment) == ["I", "II", "III"]
    assert out["attainment"].between(0, 1).all()
    assert isinstance(out[["value"]], pd.DataFrame)
    assert out.summary()["level"].tolist() == ["I", "II", "III"]


def test_the_stated_attainment_is_a_recount_by_the_evaluation(system):
    sample = plants()
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS)
    assert recounted(sample, system, out) == out.attainment


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_standard_is_within_one_plant_of_the_target(system, seed):
    sample = plants(n=41, seed=seed)
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0)
    for level, target in TARGETS.items():
        assert 0 <= out.attainment[level] * 41 - target * 41 <= 1 + 1e-9, level
    assert recounted(sample, system, out) == out.attainment


def test_without_a_note_every_value_is_the_attainment_quantile_at_the_common_share(system):
    sample = plants()
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS)
    for row in out.itertuples():
        if "off the common share" not in row.flag:
            share = out.marginal_share[row.level]
            assert row.value == quantile_threshold(sample[row.indicator].to_numpy(), share)


def test_the_common_share_is_the_smallest_that_serves(system):
    sample = plants(seed=3)
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0)
    n = len(sample)
    below = {level: (ceil(out.marginal_share[level] * n) - 1) / n - 1e-6 for level in ("I", "II", "III")}
    rows = [(i, lv, quantile_threshold(sample[i].to_numpy(), below[lv])) for i in sample for lv in below]
    stricter = pd.DataFrame(rows, columns=["indicator", "level", "value"])
    shares = recounted(sample, system, stricter)
    assert all(shares[level] < TARGETS[level] for level in ("I", "II"))


def test_levels_stay_ordered(system):
    out = joint_thresholds(plants(seed=5), system, system.weights, targets=(0.3, 0.31, 0.32))
    wide = out.pivot(index="indicator", columns="level", values="value")
    assert (wide["I"] <= wide["II"]).all()
    assert (wide["II"] <= wide["III"]).all()
    assert out.marginal_share["I"] <= out.marginal_share["II"] <= out.marginal_share["III"]


def test_higher_is_better_is_calibrated_from_the_other_end():
    sample = plants()
    lower, higher = make_system("abcdef"), make_system("abcdef", higher="abcdef")
    one = joint_thresholds(sample, lower, lower.weights, targets=TARGETS)
    other = joint_thresholds(-sample, higher, higher.weights, targets=TARGETS)
    assert other["value"].tolist() == (-one["value"]).tolist()
    assert other.attainment == one.attainment


def test_the_newer_reading_of_level_one_is_calibrated_too(system):
    sample = plants(seed=8)
    newer = {"level_one": "limiting-and-rest-at-two"}
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS, **newer)
    assert recounted(sample, system, out, **newer) == out.attainment
    assert out.attainment["I"] >= 0.05


def test_one_step_that_moves_many_plants_is_split_over_the_indicators():
    # Seven triples whose ranks are cyclic in three indicators: each triple enters at once.
    ranks = np.array([[1, 2, 3], [2, 3, 1], [3, 1, 2]])
    values = np.vstack([ranks + 3 * k for k in range(7)]).astype(float)
    sample = pd.DataFrame(values, columns=list("abc"), index=[f"P{k}" for k in range(21)])
    system = make_system("abc")
    out = joint_thresholds(sample, system, system.weights, targets={"I": 0.045, "II": 0.19, "III": 0.476})
    assert out.attainment == {"I": 1 / 21, "II": 4 / 21, "III": 10 / 21}
    assert recounted(sample, system, out) == out.attainment
    assert all("moves 3 plants at once" in text for text in out.explanation.values())
    assert out["flag"].str.contains("off the common share").any()


def test_ties_that_leave_no_choice_are_explained():
    sample = pd.DataFrame({"a": [1.0] * 10 + [2.0] * 10}, index=[f"P{k}" for k in range(20)])
    system = make_system("a")
    out = joint_thresholds(sample, system, system.weights, targets={"I": 0.1, "II": 0.2, "III": 0.3})
    assert out.attainment == {"I": 0.5, "II": 0.5, "III": 0.5}
    assert "10 plants are at level I" in out.explanation["I"]


def test_a_limiting_indicator_that_is_not_reported_keeps_plants_out_and_loosens_nothing(system):
    sample = plants().astype(object)
    whole = joint_thresholds(sample, system, system.weights, targets=TARGETS)
    sample.loc[sample.index[:30], "a"] = ""
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS)
    assert out.attainment["III"] < whole.attainment["III"]
    assert all(out.marginal_share[level] <= whole.marginal_share[level] for level in TARGETS)
    told = out.explanation["III"].split(": ", 1)[1].split("; ")
    assert told[0] == "16 more if their unreported cells were reached, which loosens nothing"
    assert told[1].startswith("2 more if values were read off the plants that report alone.")
    assert "Silent: a* not reported by" in out.explanation["III"]


def test_the_order_of_levels_is_named_where_it_keeps_plants_out(system):
    spread = spread_on(plants(), system, system.weights, Footing())
    second, _, third = (Fraction(share) for share in ("0.1", "0.2", "0.5"))
    answer = common_shares(spread, (third, second, third))
    assert answer.attained[0] < answer.levels[0].wanted
    told = answer.explanation(0)
    assert "more if values could be looser than those of the next looser level" in told
    assert "unreported" not in told


def test_silent_limiting_indicators_are_named_first_and_by_how_many():
    system = make_system("abcdef", limiting="c")
    sample = plants().astype(object)
    for name, silent in {"a": 3, "b": 30, "c": 25, "d": 20, "e": 10, "f": 5}.items():
        sample.loc[sample.index[:silent], name] = ""
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0)
    named = out.explanation["III"].split("Silent: ")[1].split("; ")
    assert [text.split()[0] for text in named] == ["c*", "b", "d", "e"]


def test_a_level_that_only_silence_empties_stays_empty_and_loosens_nothing(system):
    sample = plants(n=20).astype(object)
    footing = Footing(minimum=3, folds=0)
    strict = joint_thresholds(sample, system, system.weights, targets=TARGETS, footing=footing)
    best = evaluate(sample, system, strict, system.weights).query("level == 'I'")["plant"]
    sample.loc[list(best), "a"] = ""
    empty = joint_thresholds(sample, system, system.weights, targets=TARGETS, footing=footing)
    assert empty.attainment["I"] == 0
    assert (empty["value"] <= strict["value"]).all()


@pytest.mark.parametrize(
    ("n", "minimum", "wanted"),
    [(19, 3, 3), (20, 3, 3), (21, 3, 2), (41, 3, 3), (19, 1, 1), (20, 1, 1), (2, 3, 2)],
)
def test_a_target_of_no_more_than_one_plant_is_calibrated_for_as_many_as_the_guard_asks(
    system, n, minimum, wanted
):
    targets, sample = {"I": 0.05, "II": 0.5, "III": 0.9}, plants(n=n)
    footing = Footing(minimum=minimum, folds=0)
    answer = common_shares(spread_on(sample, system, system.weights, footing), read_targets(targets))
    assert answer.levels[0].wanted == wanted


def test_a_described_level_makes_a_target_unreachable():
    system = make_system("abq", qualitative="q", limiting="q")
    sample = plants(names="ab").assign(q=["I"] * 2 + ["II"] * 6 + ["none"] * 32)
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS)
    assert out.attainment == {"I": 0.05, "II": 0.2, "III": 0.2}
    assert "q* described level missed by 32" in out.explanation["III"]
    assert (
        "8 of 40 plants (20.0 %) would meet the condition of level III, not the 20 wanted"
        in out.explanation["III"]
    )


def test_a_binding_limit_makes_a_target_unreachable_and_is_named():
    law = {"kind": "mandatory_limit", "label": "law", "value": 95, "unit": "kg/t", "basis": "annual"}
    law |= {"source": "law", "status": "SEEN", "binds": ["I", "II", "III"]}
    system = make_system("abcdef", limiting="a", comparators=[("a", law)])
    sample = plants()
    free = joint_thresholds(sample, system, system.weights, targets=TARGETS)
    bound = joint_thresholds(sample, system, system.weights, targets=TARGETS, bound_by_law=True)
    assert "bound by law" not in free.explanation["III"]
    assert "a* bound by law" in bound.explanation["III"]
    at_iii = bound[(bound.indicator == "a") & (bound.level == "III")].iloc[0]
    assert at_iii.value == 95
    assert "bound by law" in at_iii.flag
    assert recounted(sample, system, bound) == bound.attainment


def test_a_bound_of_level_three_binds_the_stricter_levels_too():
    law = {"kind": "mandatory_limit", "label": "law", "value": 85, "unit": "kg/t", "basis": "annual"}
    law |= {"source": "law", "status": "SEEN", "binds": ["III"]}
    system = make_system("abcdef", comparators=[("a", law)])
    out = joint_thresholds(plants(), system, system.weights, targets=TARGETS, bound_by_law=True)
    assert (out.loc[out["indicator"] == "a", "value"] <= 85).all()


def test_seven_percent_of_a_hundred_plants_are_seven():
    system = make_system("a")  # .07 * 100 is 7.000000000000001 in floating point
    sample = pd.DataFrame({"a": np.arange(100.0)}, index=[f"P{k}" for k in range(100)])
    out = joint_thresholds(sample, system, system.weights, targets=(0.07, 0.14, 0.28))
    assert out["attained"].tolist() == [7, 14, 28]


def test_left_out_plants_attain_less_than_the_plants_that_set_the_values():
    system = make_system("abcdef", limiting="ab")
    gaps = []
    for seed in range(15):
        out = joint_thresholds(plants(n=30, seed=seed), system, system.weights, targets=TARGETS, folds=5)
        gaps.append(out.attainment["III"] - out.cross_validated["III"])
    assert np.mean(gaps) > 0


def test_the_folds_depend_on_the_seed_alone(system):
    sample = plants(n=30)
    runs = [
        joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=3, seed=s).cross_validated
        for s in (1, 1, 2, 3, 4)
    ]
    assert runs[0] == runs[1]
    assert any(run != runs[0] for run in runs[2:])


@pytest.mark.parametrize(
    "targets",
    [
        {"I": 0.2, "II": 0.1, "III": 0.5},
        {"I": 0.1, "II": 0.2},
        (0.1, 0.2),
        (0, 0.2, 0.5),
        (0.1, 0.2, 1),
        None,
        0.5,
        "0.1",
        (0.1, float("nan"), 0.5),
        ("a", 0.2, 0.5),
        (None, 0.2, 0.5),
    ],
)
def test_targets_must_rise_between_zero_and_one(system, targets):
    with pytest.raises(ParameterError):
        joint_thresholds(plants(), system, system.weights, targets=targets)


@pytest.mark.parametrize("folds", [1, -3, 2.5])
def test_a_number_of_folds_that_leaves_nobody_out_is_refused(system, folds):
    with pytest.raises(ParameterError, match=f"folds is {folds}"):
        joint_thresholds(plants(), system, system.weights, targets=TARGETS, folds=folds)


def test_a_single_plant_has_nobody_to_be_validated_by(system):
    alone = joint_thresholds(plants(n=1), system, system.weights, targets=TARGETS)
    assert alone.attainment == {"I": 1.0, "II": 1.0, "III": 1.0}
    assert alone.cross_validated == {}


def test_the_industry_beside_the_sample_is_counted_under_both_promises(system):
    everyone = plants(n=80, seed=4)
    sample, choices = everyone[:30], ThresholdChoices()
    both = calibrate_both(sample, system, system.weights, choices, folds=0)
    table = both_promises(both, sample, system, system.weights, industry=everyone)
    joint = joint_thresholds(everyone[:30], system, system.weights, targets=TARGETS, folds=0)
    counted = recounted(everyone, system, joint)
    assert table.query("promise == 'joint'")["industry"].tolist() == list(counted.values())
    assert both_promises(both, sample, system, system.weights)["industry"].isna().all()


def test_an_indicator_nobody_states_is_refused(system):
    with pytest.raises(DataError, match="no plant states"):
        joint_thresholds(plants().assign(c=np.nan), system, system.weights, targets=TARGETS)


def test_calibrate_follows_the_promise_of_the_run(system):
    sample = plants()
    marginal = calibrate(sample, system, system.weights, ThresholdChoices(promise="marginal"))
    joint = calibrate(sample, system, system.weights, ThresholdChoices(promise="joint"))
    assert (marginal.loc[marginal["level"] == "II", "attained"] == 8).all()
    assert joint.attainment["II"] == 0.2


def test_the_joint_promise_is_refused_to_methods_that_do_not_count_plants(system):
    choices = ThresholdChoices(promise="joint", method="lognormal")
    with pytest.raises(MethodError, match="'lognormal'"):
        calibrate(plants(), system, system.weights, choices)


def test_an_unknown_promise_is_refused(system):
    with pytest.raises(MethodError, match="marginal, joint"):
        calibrate(plants(), system, system.weights, ThresholdChoices(), promise="both")


def test_both_promises_stand_side_by_side(system):
    sample = plants()
    both = calibrate_both(sample, system, system.weights, ThresholdChoices())
    table = both_promises(both, sample, system, system.weights, chosen="joint")
    assert table["chosen"].tolist() == [False] * 3 + [True] * 3
    assert table["promise"].tolist() == ["marginal"] * 3 + ["joint"] * 3
    marginal, joint = table[:3], table[3:]
    assert marginal["marginal_share"].tolist() == [0.05, 0.2, 0.5]
    assert (marginal["whole_share"] < marginal["target"]).all()
    assert (joint["whole_share"] >= joint["target"]).all()
    assert (joint["marginal_share"] > joint["target"]).all()


def test_no_plants_no_share():
    with pytest.raises(DataError):
        attainment_of_whole(pd.DataFrame({"level": []}))


def test_both_promises_go_into_one_table_and_come_back(system):
    sample = plants()
    both = calibrate_both(sample, system, system.weights, ThresholdChoices(), folds=0)
    back = taken_apart(stacked(both))
    assert list(back) == ["marginal", "joint"]
    for promise, table in both.items():
        pd.testing.assert_frame_equal(
            back[promise].drop(columns="share"), pd.DataFrame(table), check_frame_type=False
        )
    shares = back["joint"].drop_duplicates("level").set_index("level")["share"].to_dict()
    assert shares == both["joint"].marginal_share


def test_the_values_of_the_run_are_those_of_the_promise_it_chooses(system):
    sample = plants()
    for promise in ("marginal", "joint"):
        choices = ThresholdChoices(promise=promise)
        alone = calibrate(sample, system, system.weights, choices, folds=0)
        both = calibrate_both(sample, system, system.weights, choices, folds=0)
        assert both[promise]["value"].tolist() == alone["value"].tolist()


def test_a_smooth_method_leaves_joint_values_to_plants_that_are_counted(system):
    sample, smooth = plants(), ThresholdChoices(promise="marginal", method="lognormal")
    both = calibrate_both(sample, system, system.weights, smooth, folds=0)
    joint = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0)
    assert both["joint"]["value"].tolist() == joint["value"].tolist()
    with pytest.raises(MethodError, match="'lognormal'"):
        calibrate_both(sample, system, system.weights, ThresholdChoices(method="lognormal"))
