"""Nothing vacuous or backward passes in silence: each is flagged with its reason and what would change it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_chain_shipped_systems import run_of
from test_proposal_document import comparator, level, made, make_system, thresholds

from methodology import chain, tables
from methodology.parameters import Parameters
from methodology.parameters.model import ProposalChoices, ThresholdChoices
from methodology.proposal import propose
from methodology.proposal.reasons import Reached, rounded
from methodology.proposal.warning import KINDS, Outlook, warnings_of
from methodology.tables.warning import summary_sentences

APART = thresholds(x=(103.3, 106.3, 108.3), y=(78.3, 76.3, 73.3))
"""Plants that reach x do not reach y."""
HALF = set("(),;:!?\"'")


@pytest.fixture
def sample():
    k = np.arange(1, 21)
    table = pd.DataFrame({"x": 100.3 + k, "y": 60.3 + k, "q": ["I"] * 5 + ["II"] * 5 + ["III"] * 10})
    table.index = pd.Index([f"P{i:02d}" for i in k], name="plant")
    return table


def flagged(document, kind, indicator="x"):
    return {
        item["level"]: item
        for item in document["warnings"]
        if item["kind"] == kind and item["indicator"] in (indicator, "")
    }


def chained(sample, system, tables_, promise="marginal", **proposal):
    choices = Parameters(
        system="made",
        why="a test of warnings",
        thresholds=ThresholdChoices(promise=promise),
        proposal=ProposalChoices(**proposal),
    )
    return chain.propose(tables_, system.weights, sample, system, choices)


def test_a_plain_proposal_has_nothing_to_flag(sample):
    system = make_system(x={"step": 0.5}, y={"step": 0.5})
    table = thresholds(x=(103.3, 106.3, 112.3), y=(78.3, 75.3, 69.3))
    assert made(sample.assign(q=["I"] * 19 + ["none"]), system, table)["warnings"] == []


def test_a_value_that_all_plants_reach_is_flagged_with_its_count(sample):
    document = made(sample, table=thresholds(x=(103.3, 106.3, 120.3)), disclosure_minimum=1)
    found = flagged(document, "reached-by-all")
    assert list(found) == ["III"]
    assert "all 20 reporting plants reach the value" in found["III"]["en"]
    assert "填报的20家企业全部达到" in found["III"]["zh"]


def test_a_value_that_fewer_plants_miss_than_the_guard_asks_for_stands_at_the_dirtiest(sample):
    near = made(sample, table=thresholds(x=(103.3, 106.3, 118.3)))
    assert "all but 2 of the 20 reporting plants reach it" in flagged(near, "reached-by-all")["III"]["en"]
    far = made(sample, table=thresholds(x=(103.3, 106.3, 116.3)))
    assert flagged(far, "reached-by-all") == {}
    free = made(sample, table=thresholds(x=(103.3, 106.3, 118.3)), disclosure_minimum=1)
    assert flagged(free, "reached-by-all") == {}


def test_a_described_level_that_all_plants_reach_is_flagged_too(sample):
    assert "III" in flagged(made(sample), "reached-by-all", "q")


def test_the_end_of_the_scale_is_flagged_within_one_step(sample):
    share = {"unit": "%", "bounds": {"low": 0, "high": 100}}
    zero = sample.assign(y=[0.0] * 8 + [k + 0.5 for k in range(12)])
    system = make_system(y=share)
    at_end = made(zero, system, thresholds(y=(9.5, 7.5, 0.0)), disclosure_minimum=1)
    assert "asks for nothing" in flagged(at_end, "end-of-scale", "y")["III"]["en"]
    by_a_step = made(zero, system, thresholds(y=(9.5, 7.5, 1.5)))
    assert "one step from the end" in flagged(by_a_step, "end-of-scale", "y")["III"]["en"]
    assert flagged(made(zero, system, thresholds(y=(9.5, 7.5, 2.5))), "end-of-scale", "y") == {}


def test_a_share_that_is_better_low_ends_at_a_hundred(sample):
    loose = sample.assign(x=[70.5 + k for k in range(17)] + [100.0] * 3)
    system = make_system(x={"unit": "%"})
    document = made(loose, system, thresholds(x=(75.5, 80.5, 100.0)))
    assert list(flagged(document, "end-of-scale")) == ["III"]


def test_a_value_looser_than_the_index_or_norm_in_force_is_flagged(sample):
    old = comparator(110, kind="index_2014", label="2014 index", level="III", status="RECALLED")
    abroad = comparator(90, kind="eu_bat_ael", label="BAT-AEL")
    other = comparator(90, kind="energy_norm", label="another basis", comparable=False)
    document = made(sample, make_system([old, abroad, other]))
    found = flagged(document, "looser-than-in-force")
    assert list(found) == ["III"]
    assert "112 kg/t is looser than what is in force: 2014 index (110† kg/t)" in found["III"]["en"]
    assert "宽于现行要求" in found["III"]["zh"]
    assert "BAT-AEL" not in found["III"]["en"]


def test_levels_that_twelve_plants_cannot_tell_apart_are_flagged_and_no_others():
    run, system, everyone, _ = run_of("ironmaking")
    sample = everyone.take(list(everyone.plants[:12]))
    choices = run.model_copy(update={"thresholds": ThresholdChoices(promise="marginal")})
    both = chain.calibrate_both(
        sample, system, system.weights, choices.thresholds, footing=chain.Footing.of(choices)
    )
    document = chain.propose(both, system.weights, sample, system, choices)
    same = [
        item for item in document["warnings"] if item["kind"] == "same-as-next-level" and item["level"] == "I"
    ]
    equal = [
        entry["id"]
        for entry in document["indicators"]
        if entry["kind"] == "quantitative"
        and entry["levels"]["I"]["proposed"] == entry["levels"]["II"]["proposed"]
    ]
    assert [item["indicator"] for item in same] == equal
    assert equal
    said = summary_sentences(document)
    assert any(f"Level I has the value of level II for {len(equal)} of 17 indicators" in en for en, _ in said)


def test_the_number_of_plants_that_tells_levels_apart_is_the_smallest_that_does():
    from methodology.thresholds import quantile_threshold
    from methodology.thresholds.planning import plants_to_publish, plants_to_tell_apart

    def apart(n):
        values = np.arange(1.0, n + 1)
        return max(quantile_threshold(values, 0.05), 3.0) < quantile_threshold(values, 0.2)

    told = plants_to_tell_apart(0.05, 0.2, 3)
    assert apart(told)
    assert not any(apart(n) for n in range(3, told))
    assert plants_to_publish(0.05, 3) == next(
        n for n in range(1, 99) if quantile_threshold(np.arange(n), 0.05) >= 2
    )


@pytest.mark.parametrize(
    ("enough", "more"), [(None, ""), (30, ""), (60, ", from 60 on level I needs no widening")]
)
def test_levels_the_guard_made_equal_name_the_plants_that_tell_them_apart_and_those_that_need_no_widening(
    sample, enough, more
):
    system = make_system([comparator(104, binds=["II"])])
    document = made(sample, system, thresholds(x=(101.3, 103.3, 110.3)))
    outlook = Outlook(3, apart={"I": 40}, enough={"I": enough})
    document["warnings"] = warnings_of(document, system, outlook)
    said = flagged(document, "same-as-next-level")["I"]["en"]
    assert said.endswith(f"20 plants cannot tell them; 40 plants do{more}.")


def test_levels_that_the_law_makes_equal_are_not_blamed_on_the_guard(sample):
    document = made(sample, make_system([comparator(104, binds=["III"])]))
    found = flagged(document, "same-as-next-level")
    assert set(found) == {"I", "II"}
    assert "guard" not in found["II"]["en"]


@pytest.mark.parametrize(("before", "blamed"), [(106.0, True), (106.3, False)])
def test_rounding_is_blamed_for_two_levels_with_one_value_only_where_they_had_two(sample, before, blamed):
    system = make_system()
    document = made(sample, system, table=thresholds(x=(103.3, 106.0, 106.3)))
    (entry,) = (one for one in document["indicators"] if one["id"] == "x")
    strict, loose = entry["levels"]["II"], entry["levels"]["III"]
    strict |= {"proposed": loose["proposed"], "calibrated": before, "moves": ["rounding"], "step": 1.0}
    found = {
        item["level"]: item for item in warnings_of(document, system, Outlook(1)) if item["indicator"] == "x"
    }
    assert ("rounding in steps of 1" in found["II"]["en"]) is blamed


def test_a_value_outside_the_interval_beside_it_says_what_moved_it(sample):
    table = thresholds(x=(101.3, 105.3, 111.3)).assign(lower=np.nan, upper=np.nan)
    table.loc[0, "upper"] = 101.9
    found = flagged(made(sample, table=table), "outside-interval")
    assert list(found) == ["I"]
    assert "the disclosure guard (3 plants) moved it" in found["I"]["en"]
    assert "101.9" not in found["I"]["en"]


def test_rounding_goes_to_the_side_that_keeps_the_promise_nearest_and_says_by_how_much_it_misses(sample):
    crowded = sample.assign(x=[101.1, 102.1, 103.1, 104.1, 105.1, 105.3, 105.5, *np.arange(107.2, 120, 1.0)])
    told = level(chained(crowded, make_system(), thresholds(x=(103.1, 105.1, 112.2))), "x", "II")
    assert (told["proposed"], told["attained"]) == (105, 4)
    assert "to the strict side in steps of 1" in told["reason"]
    assert "points" not in told["reason"]
    other = level(chained(crowded, make_system(), thresholds(x=(103.1, 105.5, 112.2))), "x", "III")
    assert "2.0 points" not in other["reason"]
    assert "than the 50.0 % it is to let through" in other["reason"]
    assert "多" in other["reason_zh"]


@pytest.mark.parametrize(
    ("reached", "said", "zh"),
    [
        (Reached(4, 3), ", 5.0 points fewer than the 20.0 % it is to let through: ", "少5.0个百分点。"),
        (
            Reached(2, 2, ("order", "silence")),
            ", 10.0 points fewer than the 20.0 % it is to let through, through the order of levels and "
            "unreported cells",
            "少10.0个百分点，由各级的次序、未填报的数据所致",
        ),
        (
            Reached(2, 3, ("order",)),
            "5.0 points fewer than the 20.0 % it is to let through (+5.0 by rounding, −10.0 by the order of levels)",
            "（修约+5.0，各级的次序−10.0）",
        ),
    ],
)
def test_a_share_that_is_missed_is_laid_to_all_that_miss_it_and_not_to_rounding_alone(reached, said, zh):
    why = rounded("1 mg", "loose", reached, 20, 0.2)
    assert said.removesuffix(": ") in why.en
    assert zh in why.zh


def test_the_causes_of_a_missed_share_are_read_off_the_plants_the_levels_and_the_bounds():
    run, system, sample, _ = run_of("ironmaking")
    rules = chain.Footing.of(run, folds=0)
    both = chain.calibrate_both(sample, system, system.weights, run.thresholds, footing=rules)
    document = chain.propose(both, system.weights, sample, system, run, footing=rules)
    for name, row, causes in (
        ("hot_blast_temperature", "I", "the disclosure guard and law or the index that is revised"),
        ("process_energy", "I", "unreported cells"),
        ("process_energy", "III", "keeping values off the dirtiest plants"),
    ):
        told = level(document, name, row)["reason"]
        assert f"by {causes})" in told or f"let through, through {causes}." in told


def test_rounding_that_moves_more_than_one_plant_is_flagged_where_only_one_side_is_admissible(sample):
    close = sample.assign(x=[101.1, 102.1, 103.1, 103.2, 103.3, 103.4, *np.arange(107.2, 121, 1.0)])
    document = chained(close, make_system(), thresholds(x=(103.1, 107.2, 112.2)))
    assert level(document, "x", "I")["proposed"] == 104
    found = flagged(document, "rounding-moves-attainment")
    assert "from 3 of 20 (15.0 %) to 6 of 20 (30.0 %), where 5.0 % are promised" in found["I"]["en"]
    assert "the stricter step would be reached by 2 of 20 (10.0 %)" in found["I"]["en"]
    assert "由3家变为6家" in found["I"]["zh"]


def test_the_shipped_case_of_process_energy_keeps_its_promise_on_the_strict_side():
    run, system, sample, _ = run_of("ironmaking")
    choices = run.model_copy(update={"thresholds": ThresholdChoices(promise="marginal")})
    rules = chain.Footing.of(choices)
    both = chain.calibrate_both(sample, system, system.weights, choices.thresholds, footing=rules)
    document = chain.propose(both, system.weights, sample, system, choices, footing=rules)
    told = level(document, "process_energy", "II")
    assert told["attained"] == 5
    assert "5 of 27 reach it, 1.5 points fewer than the 20.0 % it is to let through" in told["reason"]
    assert "II" not in flagged(document, "rounding-moves-attainment", "process_energy")


def test_a_level_wider_than_wanted_names_the_guard_and_the_plants_it_lacks(sample):
    document = chained(sample, make_system(), thresholds(x=(101.3, 104.3, 110.3)))
    found = flagged(document, "wider-by-guard")
    assert (
        "reached by 3 of 20 (15.0 %) instead of 5.0 %, because fewer than 3 plants stand there"
        in found["I"]["en"]
    )
    assert "41 plants" in found["I"]["en"]
    assert any("Level I of" in en and "instead of 5.0 %" in en for en, _ in summary_sentences(document))


def test_a_standard_nobody_attains_says_so_and_what_to_do(sample):
    document = chained(sample, make_system(), APART)
    assert document["joint_plants"] == {"I": 0, "II": 0, "III": 0}
    found = flagged(document, "nobody-attains", "")
    assert list(found) == ["I", "II", "III"]
    assert "the joint promise calibrates the whole standard" in found["III"]["en"]
    first = summary_sentences(document)[0][0]
    assert (
        first == "No plant reaches any level; --set thresholds.promise=joint calibrates the whole standard."
    )


def test_under_the_joint_promise_the_advice_is_another_one(sample):
    document = chained(sample, make_system(), APART, promise="joint")
    text = flagged(document, "nobody-attains", "")["III"]["en"]
    assert "promise=joint" not in text
    assert "share wanted at level III" in text


def test_the_value_of_the_other_promise_stands_beside_a_flagged_one(sample):
    system = make_system([comparator(110, kind="index_2014", level="III")])
    both = {"marginal": thresholds(), "joint": thresholds(x=(103.3, 106.3, 118.3))}
    document = chained(sample, system, both, promise="joint", bound_by_index=False)
    assert document["promise"] == "joint"
    beside = document["promises"]["marginal"]["proposed"]["x"]["III"]
    assert (
        f"(under the marginal promise: {beside:g} kg/t)"
        in flagged(document, "looser-than-in-force")["III"]["en"]
    )


def test_both_promises_are_carried_to_the_end_and_one_is_proposed(sample):
    system = make_system()
    both = {"marginal": thresholds(), "joint": thresholds(x=(103.3, 106.3, 118.3))}
    for promise, other in (("marginal", "joint"), ("joint", "marginal")):
        document = chained(sample, system, both, promise=promise)
        alone = chained(sample, system, {other: both[other]})
        entry = document["indicators"][0]["levels"]["III"]
        assert entry["proposed"] == document["promises"][promise]["proposed"]["x"]["III"]
        assert document["promises"][other] == alone["promises"][other]
        assert document["joint_attainment"] == document["promises"][promise]["attainment"]
        assert set(document["promises"]["joint"]) == {
            *("calibrated", "proposed", "attainment", "calibrated_attainment", "each_alone")
        }


def test_described_indicators_are_among_each_indicator_alone(sample):
    document = chained(sample.assign(q="I"), make_system(), thresholds())
    assert document["promises"]["marginal"]["each_alone"]["I"]["highest"] == 1.0


def test_a_promise_without_values_is_refused(sample):
    from methodology.errors import MethodError

    system = make_system()
    with pytest.raises(MethodError, match="'both'; there are values of marginal"):
        propose({"marginal": thresholds()}, system.weights, sample, system, ProposalChoices(), promise="both")


def test_an_earlier_draft_guards_the_values_of_both_promises(sample):
    system = make_system()
    both = {"marginal": thresholds(), "joint": thresholds(x=(103.3, 106.3, 118.3))}
    choices = Parameters(system="made", why="a test of drafts", thresholds=ThresholdChoices(promise="joint"))
    first = chain.propose(both, system.weights, sample.iloc[:19], system, choices)
    moved = {name: table.assign(value=table["value"] + 1) for name, table in both.items()}
    second = chain.propose(moved, system.weights, sample, system, choices, earlier=first)
    for promise in both:
        assert second["promises"][promise]["proposed"]["x"] == first["promises"][promise]["proposed"]["x"]


@pytest.mark.parametrize("promise", ["marginal", "joint"])
def test_every_warning_is_of_a_known_kind_in_both_languages_the_gravest_first(promise):
    run, system, sample, _ = run_of("coking")
    choices = run.model_copy(update={"thresholds": ThresholdChoices(promise=promise)})
    both = chain.calibrate_both(
        sample, system, system.weights, choices.thresholds, footing=chain.Footing.of(choices)
    )
    document = chain.propose(both, system.weights, sample, system, choices)
    places = [KINDS.index(item["kind"]) for item in document["warnings"]]
    assert places == sorted(places)
    assert len(places) > 2
    labels = [item.label for indicator in system.indicators for item in indicator.comparators]
    for item in document["warnings"]:
        assert item["en"].endswith(".")
        assert item["zh"].endswith("。")
        text = item["zh"]
        for label in labels:
            text = text.replace(label, "")
        assert not HALF & set(text), text
    assert 0 < len(summary_sentences(document)) <= 6
    shown = tables.warnings_overview(document, system)
    assert len(shown) == len(document["warnings"])
    assert "of 51 proposed values" in shown.legend[0]


def test_warnings_are_made_of_the_document_alone(sample):
    system = make_system()
    document = made(sample, system, thresholds(x=(103.3, 106.3, 120.3)))
    assert warnings_of(document, system, Outlook(3)) == document["warnings"]


@pytest.mark.parametrize(
    ("count", "said"), [(1, "Level I of 1 indicator is"), (2, "Level I of 2 indicators is")]
)
def test_one_indicator_is_not_spoken_of_as_many(count, said):
    level = {"attainment": 0.1}
    names = [f"i{k}" for k in range(count)]
    entries = [{"id": name, "kind": "quantitative", "levels": {"I": level}} for name in names]
    warned = [
        {"indicator": name, "level": "I", "kind": "wider-by-guard", "en": "", "zh": ""} for name in names
    ]
    document = {"indicators": entries, "targets": {"I": 0.05}, "warnings": warned, "promise": "joint"}
    assert any(said in en for en, _ in summary_sentences(document))


def test_a_value_that_the_index_sets_is_not_said_to_be_the_guards(sample):
    system = make_system([comparator(102.5, kind="index_2014", level="I")])
    document = chained(sample, system, thresholds(x=(102.3, 106.3, 110.3), y=(78.3, 76.3, 73.3)), "joint")
    told = next(entry for entry in document["indicators"] if entry["id"] == "x")["levels"]["I"]
    assert (told["proposed"], told["moves"][:2]) == (102.5, ["guard", "law"])
    assert "I" not in flagged(document, "wider-by-guard")
