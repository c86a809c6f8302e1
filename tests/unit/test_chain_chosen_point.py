"""A group chooses the point that is proposed: a strictness of each level, or values."""

import numpy as np
import pytest
from pydantic import ValidationError
from test_chain_joint import make_system, plants

from methodology import chain
from methodology.chain import Footing, Setting, frontier, joint_thresholds
from methodology.errors import ParameterError
from methodology.parameters import Parameters
from methodology.parameters.model import GivenValue, ProposalChoices, ThresholdChoices

TARGETS = {"I": 0.05, "II": 0.2, "III": 0.5}


@pytest.fixture(scope="module")
def system():
    return make_system("abcd", limiting="a")


def strictness(first=0.7, second=0.5, third=0.2):
    levels = {"strictness_I": first, "strictness_II": second, "strictness_III": third}
    return ThresholdChoices(promise="strictness", point_reason="the group's choice", **levels)


def given(**values):
    told = tuple(
        GivenValue(indicator=name, **dict(zip(("I", "II", "III"), own, strict=True)))
        for name, own in values.items()
    )
    return ThresholdChoices(promise="values", given=told, point_reason="the group's choice")


def test_a_strictness_lets_its_share_of_plants_through_every_indicator(system):
    sample = plants(n=40, names="abcd")
    out = chain.calibrate(sample, system, system.weights, strictness(), folds=4)
    for level, share in (("I", 0.3), ("II", 0.5), ("III", 0.8)):
        assert (out[out["level"] == level]["attained"] == 40 * share).all()
        assert out.marginal_share[level] == pytest.approx(share)
    assert out.attainment["I"] <= out.attainment["II"] <= out.attainment["III"]
    assert set(out.cross_validated) == {"I", "II", "III"}


def test_given_values_stand_as_given_and_the_others_keep_the_joint_promise(system):
    sample = plants(n=40, names="abcd")
    joint = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0)
    out = chain.calibrate(sample, system, system.weights, given(b=(90.0, 95.0, 120.0)), folds=0)
    assert out[out["indicator"] == "b"]["value"].tolist() == [90.0, 95.0, 120.0]
    rest = out["indicator"] != "b"
    assert out[rest]["value"].tolist() == joint[rest]["value"].tolist()
    assert all(np.isnan(share) for share in out.marginal_share.values())


def test_the_frontier_marks_the_chosen_point_at_its_strictness(system):
    setting = Setting(TARGETS, Footing(folds=0), choices=strictness())
    points = frontier(
        plants(n=40, names="abcd"), system, system.weights, resamples=5, seed=1, setting=setting
    ).points
    own = points[points["point"] == "proposed"]
    assert own["strictness"].tolist() == pytest.approx([0.7, 0.5, 0.2])
    assert own["attained"].tolist() == own["admissible"].tolist()
    assert own["strictest"].isna().all()


@pytest.mark.parametrize("choices", [strictness(), given(b=(90.0, 95.0, 120.0))])
def test_a_chosen_point_is_proposed_beside_both_promises_and_its_reason_is_recorded(system, choices):
    sample = plants(n=40, names="abcd")
    run = Parameters(system="made", why="a test of chosen points", thresholds=choices)
    tables = chain.calibrate_both(sample, system, system.weights, choices, footing=Footing.of(run))
    assert list(tables) == ["marginal", "joint", choices.promise]
    document = chain.propose(tables, system.weights, sample, system, run, record=run.model_dump(mode="json"))
    assert document["promise"] == choices.promise
    assert document["parameters"]["thresholds"]["point_reason"] == "the group's choice"
    again = chain.taken_apart(chain.stacked(tables))
    assert (
        chain.propose(again, system.weights, sample, system, run)["joint_plants"] == document["joint_plants"]
    )
    both = chain.both_promises(tables, sample, system, system.weights, chosen=choices.promise)
    assert both["chosen"].sum() == 3


def test_given_values_that_are_not_admissible_are_moved_and_the_reason_says_so(system):
    sample = plants(n=40, names="abcd")
    dirtiest = float(np.sort(sample["b"])[-1])
    choices = given(b=(90.0, 95.0, dirtiest + 5))
    run = Parameters(system="made", why="a test of chosen points", thresholds=choices)
    tables = chain.calibrate_both(sample, system, system.weights, choices, footing=Footing.of(run))
    document = chain.propose(tables, system.weights, sample, system, run)
    told = next(entry for entry in document["indicators"] if entry["id"] == "b")["levels"]["III"]
    assert told["calibrated"] == dirtiest + 5
    assert told["attained"] == 38
    assert "on the loose side too few plants would fail it" in told["reason"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"promise": "strictness", "strictness_I": 0.5}, "state its reason"),
        ({"promise": "strictness", "strictness_III": 0.5, "point_reason": "why"}, "may not rise"),
        ({"promise": "values", "point_reason": "why"}, "at least one indicator"),
    ],
)
def test_a_point_without_a_reason_or_an_order_is_refused(content, said):
    with pytest.raises(ValidationError, match=said):
        ThresholdChoices.model_validate(content)


def test_values_of_no_indicator_or_out_of_order_are_refused_with_what_would_do(system):
    for choices, said in (
        (given(z=(1.0, 2.0, 3.0)), "it calibrates a, b, c, d"),
        (given(b=(9.0, 5.0, 7.0)), "9, 5, 7"),
    ):
        with pytest.raises(ParameterError, match=said):
            chain.calibrate(plants(names="abcd"), system, system.weights, choices)


def test_a_footing_is_read_off_a_run_and_refuses_what_it_does_not_know():
    release = {"indicator": "a", "level": "I", "reason": "a decision"}
    proposal = ProposalChoices.model_validate({"looser": [release], "disclosure_minimum": 4})
    run = Parameters(system="made", why="a test of footings", seed=7, proposal=proposal)
    footing = Footing.of(run, population=80)
    assert (footing.looser, footing.minimum, footing.seed) == (frozenset({("a", "I")}), 4, 7)
    assert footing.population == 80
    with pytest.raises(ParameterError, match="strata is nothing a calibration stands on"):
        footing.changed(strata=1)
    with pytest.raises(ParameterError, match="minimum is 0"):
        footing.changed(minimum=0)


def test_a_decision_about_an_indicator_that_does_not_exist_is_refused(system):
    footing = Footing(bound_by_index=True, looser=frozenset({("z", "I")}))
    with pytest.raises(ParameterError, match=r"proposal\.looser names z"):
        joint_thresholds(plants(names="abcd"), system, system.weights, targets=TARGETS, footing=footing)
