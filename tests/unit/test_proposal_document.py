import json

import numpy as np
import pandas as pd
import pytest

from methodology import chain
from methodology.errors import DataError, MethodError
from methodology.evaluation import attainment_of_whole, evaluate
from methodology.evaluation.attainment import attainment
from methodology.indicators import IndicatorSystem
from methodology.parameters import Footing, Parameters
from methodology.parameters.model import ProposalChoices
from methodology.proposal import proposal_thresholds, propose
from methodology.proposal.bounds import value_bounds
from methodology.proposal.reading import proposal_weights, public


def comparator(value, **more):
    basic = {"kind": "mandatory_limit", "label": "GB 1", "value": value, "unit": "kg/t", "basis": "annual"}
    return basic | {"source": "law", "status": "SEEN"} | more


def make_system(comparators=(), **changes):
    """x lower, y higher, q described; changes by indicator id."""
    described = {level: {"zh": f"{level}级", "en": f"level {level}"} for level in ("I", "II", "III")}
    rows = []
    for name in "xyq":
        row = {"id": name, "group": "g", "name_zh": f"指标{name}", "name_en": name, "kind": "quantitative"}
        row |= {"unit": "kg/t", "direction": "higher" if name == "y" else "lower", "weight": 1 / 3, "step": 1}
        row |= {"definition": "d", "boundary": "b", "limiting": name == "x"}
        if name == "q":
            row |= {"kind": "qualitative", "unit": "level", "levels": described, "step": None}
        rows.append(row | changes.get(name, {}))
    rows[0]["comparators"] = list(comparators)
    content = {"id": "made", "name_zh": "例", "name_en": "made", "functional_unit": "t", "indicators": rows}
    content["groups"] = [{"id": "g", "name_zh": "g", "name_en": "g", "weight": 1, "status": "ASSUMED"}]
    return IndicatorSystem.model_validate(content | {"sources": {"law": {"title": "law", "status": "SEEN"}}})


@pytest.fixture
def sample():
    k = np.arange(1, 21)
    table = pd.DataFrame({"x": 100.3 + k, "y": 60.3 + k, "q": ["I"] * 5 + ["II"] * 5 + ["III"] * 10})
    table.index = pd.Index([f"P{i:02d}" for i in k], name="plant")
    return table


def thresholds(x=(102.3, 105.3, 111.3), y=(79.3, 76.3, 70.3)):
    rows = [
        (n, lv, v)
        for n, three in (("x", x), ("y", y))
        for lv, v in zip(("I", "II", "III"), three, strict=True)
    ]
    return pd.DataFrame(rows, columns=["indicator", "level", "value"])


def made(sample, system=None, table=None, **choices):
    system = system or make_system()
    table = thresholds() if table is None else table
    return propose(table, system.weights, sample, system, ProposalChoices(**choices))


def level(document, indicator="x", name="I"):
    (entry,) = (e for e in document["indicators"] if e["id"] == indicator)
    return entry["levels"][name]


def test_it_holds_what_the_plan_asks_for_and_is_json(sample):
    system = make_system()
    document = propose(
        thresholds().assign(
            lower=np.nan, upper=110.0, interval="order-statistic", confidence=0.96, flag="a; b"
        ),
        system.weights,
        sample,
        system,
        ProposalChoices(),
        run="r1",
        parameters={"system": "made"},
        targets={"I": 0.05, "II": 0.2, "III": 0.5},
        evaluation=lambda table: evaluate(sample, system, table, system.weights),
    )
    json.dumps(document, allow_nan=False)
    assert {"system", "run", "parameters", "joint_attainment", "indicators"} <= set(document)
    entry = document["indicators"][0]
    assert {"id", "names", "unit", "direction", "limiting", "weight", "levels"} <= set(entry)
    told = entry["levels"]["II"]
    wanted = {"proposed", "calibrated", "lower", "upper", "attainment", "comparators", "reason"}
    assert wanted <= set(told)
    assert (told["lower"], told["upper"], told["flags"]) == (None, 110.0, ["a", "b"])


def test_rounding_goes_to_the_loose_side_and_is_counted_again(sample):
    document = made(sample)
    assert level(document, "x", "II")["proposed"] == 106
    assert level(document, "y", "II")["proposed"] == 76
    assert level(document, "x", "II")["attained"] == 5
    assert level(document, "x", "II")["attainment"] == 0.25
    assert "loose side in steps of 1" in level(document, "x", "II")["reason"]


def test_attainment_equals_a_recount_of_the_proposed_values(sample):
    system = make_system()
    document = made(sample, system)
    recount = attainment(sample, system, proposal_thresholds(document)).set_index(["indicator", "level"])
    for entry in document["indicators"]:
        for name, told in entry["levels"].items():
            assert told["attained"] == recount.loc[(entry["id"], name), "attained"]


def test_without_rounding_values_stay_as_calibrated(sample):
    document = made(sample, rounding="none", disclosure_minimum=1)
    assert level(document, "x", "II")["proposed"] == 105.3


def test_the_joint_attainment_is_that_of_the_rounded_standard(sample):
    system = make_system()
    parameters = Parameters(system="made", why="a test of proposals")
    document = chain.propose(thresholds(), system.weights, sample, system, parameters)
    table = evaluate(sample, system, proposal_thresholds(document), proposal_weights(document))
    assert document["joint_attainment"] == attainment_of_whole(table)
    assert document["joint_plants"]["III"] == round(document["joint_attainment"]["III"] * 20)
    assert document["targets"] == {"I": 0.05, "II": 0.2, "III": 0.5}


def test_a_value_is_not_looser_than_the_law(sample):
    system = make_system([comparator(110.5, binds=["I", "II", "III"])])
    told = level(made(sample, system), "x", "III")
    assert told["proposed"] == 110.5
    assert told["attained"] == 10
    assert "May not be looser than GB 1" in told["reason"]
    assert told["comparators"][0]["relation"] == "binds"
    assert told["comparators"][0]["finding"] == "equal"


def test_rounding_turns_strict_where_the_loose_side_breaks_the_law(sample):
    system = make_system([comparator(111.5, binds=["III"])])
    told = level(made(sample, system), "x", "III")
    assert told["proposed"] == 111
    assert "strict side" in told["reason"]


def test_the_law_can_be_left_out(sample):
    system = make_system([comparator(110.5, binds=["I", "II", "III"])])
    assert level(made(sample, system, bound_by_law=False), "x", "III")["proposed"] == 112


def test_a_tightened_level_pulls_the_stricter_ones_along(sample):
    system = make_system([comparator(104, binds=["III"])])
    document = made(sample, system)
    assert [level(document, "x", name)["proposed"] for name in ("I", "II", "III")] == [104, 104, 104]
    assert "looser than level III" in level(document, "x", "II")["reason"]


def test_comparators_on_another_basis_are_shown_and_not_compared(sample):
    system = make_system(
        [
            comparator(120, label="hourly", comparable=False),
            comparator(0.12, label="other unit", unit="t/t"),
            comparator((100, 105), label="range", level="I"),
            comparator(90, label="before corrections", before_corrections=True),
            comparator(90, label="key regions", where={"region": "key"}),
        ]
    )
    relations = {
        c["label"]: (c["relation"], c["finding"]) for c in level(made(sample, system))["comparators"]
    }
    assert relations == {
        "hourly": ("shown, not compared", ""),
        "other unit": ("shown, not compared", ""),
        "range": ("compared", "within"),
        "before corrections": ("shown, not compared", ""),
        "key regions": ("shown, not compared", ""),
    }
    for entry in level(made(sample, system))["comparators"]:
        assert all(entry[key] for key in ("unit", "basis", "source", "status"))


def test_a_limit_of_key_regions_binds_only_there():
    system = make_system([comparator(90, where={"region": "key"}, binds=["I"]), comparator(100, binds=["I"])])
    assert value_bounds(system, Footing(bound_by_law=True))[0, 0] == 100
    assert value_bounds(system, Footing(bound_by_law=True, stratum={"region": "key"}))[0, 0] == 90


def test_a_norm_before_corrections_binds_corrected_values_only():
    system = make_system([comparator(90, before_corrections=True, comparable=False, binds=["III"])])
    assert np.isnan(value_bounds(system, Footing(bound_by_law=True))).all()
    assert value_bounds(system, Footing(bound_by_law=True, corrected=True))[2, 0] == 90


def test_of_a_range_the_looser_end_binds():
    system = make_system([comparator((90, 120), binds=["I"])])
    assert value_bounds(system, Footing(bound_by_law=True))[0, 0] == 120


def test_the_guard_acts_before_a_value_is_published(sample):
    told = level(made(sample, disclosure_minimum=4))
    assert (told["proposed"], told["attained"], told["disclosure"]) == (105, 4, "round")
    assert "fewer than 4" in told["reason"]


def test_a_withheld_value_is_none_and_the_next_level_stands_in(sample):
    document = made(sample, disclosure_minimum=3, disclosure_rule="withhold")
    told = level(document)
    assert told["proposed"] is told["attained"] is told["attainment"] is None
    table = proposal_thresholds(document).set_index(["indicator", "level"])
    assert table.loc[("x", "I"), "value"] == table.loc[("x", "II"), "value"] == 106
    assert "withheld" in table.loc[("x", "I"), "flag"]


def test_nothing_published_at_all_cannot_evaluate_plants(sample):
    document = made(sample, disclosure_minimum=20, disclosure_rule="withhold")
    with pytest.raises(DataError, match="'x' has no published value at level III"):
        proposal_thresholds(document)


def test_one_more_plant_than_in_an_earlier_draft_keeps_its_value(sample):
    system = make_system()
    finer = ProposalChoices(rounding="none", disclosure_minimum=1)
    first = propose(thresholds(), system.weights, sample.iloc[:19], system, finer)
    moved = thresholds(x=(103.3, 106.3, 112.3))
    second = propose(moved, system.weights, sample, system, ProposalChoices(), earlier=first)
    assert level(second, "x", "III")["proposed"] == level(first, "x", "III")["proposed"] == 111.3
    assert level(second, "x", "III")["disclosure"] == "keep-earlier"


def test_what_leaves_the_house_holds_no_single_plants_figure(sample):
    document = public(made(sample))
    told = level(document, "x", "II")
    assert told["calibrated"] is told["lower"] is told["upper"] is None
    assert "105.3" not in json.dumps(document, ensure_ascii=False)
    assert told["proposed"] == 106
    assert level(document, "q")["proposed"] == 1


def test_described_levels_are_passed_on_with_their_words(sample):
    (entry,) = (e for e in made(sample)["indicators"] if e["id"] == "q")
    assert entry["descriptions"]["I"] == {"zh": "I级", "en": "level I"}
    assert [entry["levels"][name]["attained"] for name in ("I", "II", "III")] == [5, 10, 20]


def test_an_indicator_without_a_step_gets_one_from_its_spread(sample):
    system = make_system(x={"step": None})
    assert level(made(sample, system), "x", "II")["step"] == 0.2


def test_a_proposal_evaluates_plants_through_json(sample):
    system = make_system()
    document = json.loads(json.dumps(made(sample, system)))
    out = evaluate(sample, system, proposal_thresholds(document, system), proposal_weights(document, system))
    assert set(out["level"]) <= {"I", "II", "III", "none"}
    assert proposal_weights(document)["local_weight"].sum() == pytest.approx(1)


def test_a_proposal_of_another_system_is_refused(sample):
    document = made(sample)
    other = make_system().model_copy(update={"id": "other"})
    with pytest.raises(DataError, match="made for system 'made', not for 'other'"):
        proposal_thresholds(document, other)


@pytest.mark.parametrize(
    "broken", [{}, {"indicators": []}, {"indicators": [{"id": "x"}]}, {"indicators": [3]}]
)
def test_what_is_no_proposal_is_refused(broken):
    with pytest.raises(DataError):
        proposal_thresholds(broken)


def test_a_missing_calibrated_value_is_refused(sample):
    with pytest.raises(MethodError, match="'y' has no calibrated value for level II"):
        made(sample, table=thresholds(y=(79.3, np.nan, 70.3)))


def test_only_values_that_promise_the_whole_standard_are_turned_to_its_side(sample):
    system = make_system()

    def proposed(promise, **more):
        document = propose(
            thresholds(x=(102.1, 105.1, 111.1), y=(79.5, 76.5, 70.5)),
            system.weights,
            sample,
            system,
            ProposalChoices(bound_by_law=False),
            promise=promise,
            **more,
        )
        return [level(document, name, at)["proposed"] for name in "xy" for at in ("I", "II", "III")]

    whole = {"evaluation": lambda values: evaluate(sample, system, values, system.weights)}
    whole |= {"targets": {"I": 0.2, "II": 0.4, "III": 0.9}}
    assert proposed("marginal", **whole) == proposed("marginal")
    assert proposed("joint", **whole) != proposed("joint")
