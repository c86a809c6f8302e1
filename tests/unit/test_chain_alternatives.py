"""Every choice changed alone."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from methodology.chain import calibrate, robustness
from methodology.errors import ParameterError, WorkbenchError
from methodology.evaluation import evaluate
from methodology.forms import read_judgements
from methodology.indicators.display import places_of, total
from methodology.parameters import Footing, Parameters, Project
from methodology.parameters.loading import section_class
from methodology.parameters.model import STAGES, ThresholdChoices
from methodology.sample import read_sample
from methodology.weights import derive_weights

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "params" / "alternatives.yaml"


def run_with(**weights):
    alone = ThresholdChoices(promise="marginal")
    run = Parameters(system="ironmaking", why="a run made by a test", thresholds=alone)
    return run.model_copy(update={"weights": run.weights.model_copy(update=weights)})


@pytest.fixture(scope="module")
def case():
    project = Project.around(ROOT)
    system = project.system("ironmaking")
    sample = read_sample(project.sample_folder("ironmaking"), system)
    return run_with(method="system"), sample, system


@pytest.fixture(scope="module")
def outcomes(case):
    return robustness.Outcomes(case[1], case[2], None)


def test_every_choice_of_a_run_is_tried_or_left_out_with_a_reason(case):
    tried, left = robustness.load_alternatives(FILE, case[0]), robustness.left_out(FILE)
    choices = {f"{stage}.{name}" for stage in STAGES for name in section_class(stage).model_fields}
    choices |= set(Parameters.model_fields) - set(STAGES)
    assert choices == set(tried) | set(left)
    assert not set(tried) & set(left)
    assert all(tried.values())
    assert all(len(reason) > 20 for reason in left.values())


def test_the_alternatives_leave_out_what_the_run_does_itself(case):
    found = robustness.load_alternatives(FILE, case[0])
    assert "marginal" not in found["thresholds.promise"]
    assert "system" not in found["weights.method"]


def test_an_alternative_that_is_listed_twice_is_tried_once(case, tmp_path):
    path = tmp_path / "alternatives.yaml"
    both = "{weights.combine_with: critic, weights.expert_share: 0.5}"
    path.write_text(
        f"thresholds.share_I: [0.1, 0.10, 0.03]\nweights.combine_with: [{both}, {both}]\n", encoding="utf-8"
    )
    found = robustness.load_alternatives(path, case[0])
    assert found["thresholds.share_I"] == [0.1, 0.03]
    assert len(found["weights.combine_with"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "left out: {thresholds: a whole stage is no choice}\n",
        "thresholds.shareI: [0.1]\n",
        "thresholds.shares: [0.1]\n",
        "thresholds.share_I: [2]\n",
        "thresholds.share_I: 0.1\n",
        "no.such: [1]\n",
        "seed: [1]\n",
        "weights.combine_with: [{weights.combined: critic}]\n",
        "thresholds.share_I: [0.1]\nleft out: {thresholds.share_I: it is listed as well}\n",
        "left out: {thresholds.shareI: no such field}\n",
        "left out: {thresholds.share_I: }\n",
        "left out: [thresholds.share_I]\n",
    ],
)
def test_a_file_of_alternatives_with_a_fault_is_refused_on_load(case, tmp_path, text):
    path = tmp_path / "alternatives.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError):
        robustness.load_alternatives(path, case[0])


def test_an_alternative_that_only_this_run_cannot_have_is_kept_and_refused_by_name(case, outcomes, tmp_path):
    run = robustness.changed(case[0], "thresholds.share_III", 0.25)
    path = tmp_path / "alternatives.yaml"
    path.write_text("thresholds.share_II: [0.30]\n", encoding="utf-8")
    effects = robustness.one_at_a_time(run, robustness.load_alternatives(path, run), outcomes).set_index(
        "choice"
    )
    assert "thresholds.share_II" in effects.loc["thresholds.share_II", "refused"]


def test_the_run_itself_comes_first_and_moves_nobody(case, outcomes):
    effects = robustness.one_at_a_time(case[0], {}, outcomes)
    assert list(effects["choice"]) == [""]
    assert effects.loc[0, "moved"] == 0


def test_the_joint_promise_moves_plants_and_a_refused_choice_says_why(case, outcomes):
    tried = {"thresholds.promise": ["joint"], "weights.method": ["ahp"]}
    effects = robustness.one_at_a_time(case[0], tried, outcomes).set_index("choice")
    assert effects.loc["thresholds.promise", "moved"] > 0
    assert "judgements" in effects.loc["weights.method", "refused"]


def test_the_joint_promise_refuses_a_method_that_does_not_count_plants(case, outcomes):
    run = robustness.changed(case[0], "thresholds.method", "harrell-davis")
    effects = robustness.one_at_a_time(run, {"thresholds.promise": ["joint"]}, outcomes)
    assert "counts plants" in effects.loc[1, "refused"]


def test_an_alternative_can_change_two_choices_together(case, outcomes):
    both = {"weights.combine_with": "critic", "weights.expert_share": 0.5}
    effects = robustness.one_at_a_time(case[0], {"weights.combine_with": [both]}, outcomes)
    assert effects.loc[1, "value"] == "critic + 0.5"
    assert effects.loc[1, "mean_Y_II"] != effects.loc[0, "mean_Y_II"]


def test_a_tornado_row_spans_the_run_and_its_alternatives(case, outcomes):
    effects = robustness.one_at_a_time(case[0], {"thresholds.share_II": [0.1, 0.4]}, outcomes)
    table, base = robustness.tornado_table(effects, "mean_Y_II")
    row = table.iloc[0]
    assert row["at_low"] < base < row["at_high"]
    assert (row["low"], row["high"]) == ("0.1", "0.4")


def levels_under(run, sample, system, judgements, *, population=None):
    """Weights, benchmark values and levels, stage by stage: nothing kept."""
    weights = derive_weights(system, judgements, sample, run.weights).published
    footing = Footing.of(run, population=population, folds=0)
    values = calibrate(sample, system, weights, run.thresholds, footing=footing)
    rule = run.evaluation
    return evaluate(sample, system, values, weights, level_one=rule.level_one, cut=rule.cut)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thresholds.promise", "joint"),
        ("thresholds.method", "mean-of-best"),
        ("thresholds.below_limit", "half-limit"),
        ("thresholds.share_III", 0.7),
        ("thresholds.interval", "lognormal"),
        ("weights.method", "entropy"),
        ("weights.decimals", 2),
        ("evaluation.cut", 60.0),
        ("evaluation.level_one", "limiting-and-rest-at-two"),
        ("both", {"thresholds.promise": "joint", "evaluation.level_one": "limiting-and-rest-at-two"}),
        ("all", {"thresholds.promise": "joint", "evaluation.cut": 70.0, "weights.method": "equal"}),
    ],
)
def test_what_is_derived_once_equals_the_stages_one_by_one(case, outcomes, name, value):
    run, sample, system = case
    other = robustness.changed(run, name, value)
    found, table = outcomes.decided(other), levels_under(other, sample, system, None)
    assert [("I", "II", "III", "none")[code] for code in found.levels] == list(table["level"])
    assert (found.scores == table[["Y_I", "Y_II", "Y_III"]].to_numpy().T).all()


@pytest.fixture(scope="module")
def judged(case):
    _, sample, system = case
    place = Project.around(ROOT).judgements_folder("ironmaking")
    return robustness.Outcomes(sample, system, read_judgements(place, system))


SPECIAL = {"stratum": "furnace_class=large", "source": "elsewhere", "expert_reason": "because"}
SPECIAL |= {"exclude": ({"plant": "P01", "reason": "a test"},), "point_reason": "because the group said so"}
SPECIAL |= {"covariates": ({"indicator": "co2_intensity", "by": "fuel_ratio"},)}
SPECIAL |= {"given": ({"indicator": "process_energy", "I": 380.0, "II": 390.0, "III": 400.0},)}
SPECIAL |= {"looser": ({"indicator": "process_energy", "level": "I", "reason": "a test"},)}


def others(section, name):
    """Another value of a choice, made from its type: a new choice is tried without being listed here."""
    field, value = type(section).model_fields[name], getattr(section, name)
    options = [option for option in get_args(field.annotation) if option != value]
    if options and all(isinstance(option, str) for option in options):
        return options[-1:]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1 if isinstance(value, int) else value * 0.9 + 0.05]
    return [SPECIAL[name]]


EVERY = [
    (f"{stage}.{name}", value)
    for stage in STAGES
    for name in section_class(stage).model_fields
    for value in others(getattr(Parameters(system="ironmaking", why="every choice"), stage), name)
]


@pytest.mark.parametrize("promise", ["marginal", "joint"])
def test_whichever_choice_changes_what_is_kept_gives_way_to_what_the_stages_find(judged, promise):
    """A choice that moves levels and is forgotten in what things are kept by would give those of the run."""
    run = robustness.changed(run_with(), "thresholds.promise", promise)
    base, moved = judged.decided(run), set()
    for name, value in EVERY:
        try:
            other = robustness.changed(run, name, value)
            found = judged.decided(other)
        except WorkbenchError:
            continue  # a choice beside which this run cannot be made
        given = (other, judged.sample, judged.system, judged.judgements)
        table = levels_under(*given, population=100)
        assert [("I", "II", "III", "none")[code] for code in found.levels] == list(table["level"]), name
        assert (found.scores == table[["Y_I", "Y_II", "Y_III"]].to_numpy().T).all(), name
        if (found.scores != base.scores).any() or (found.levels != base.levels).any():
            moved.add(name)
    assert {"weights.method", "weights.aggregation", "thresholds.share_II"} <= moved
    assert ("evaluation.cut" in moved) == (promise == "joint")
    assert ("thresholds.below_limit" in moved) == (promise == "marginal")
    assert not moved & {"thresholds.interval", "thresholds.confidence", "proposal.rounding"}


def test_a_panel_is_heard_once_for_all_blends_of_its_weights_and_again_for_another_reading(judged):
    plain, other = run_with().weights, run_with(aggregation="AIP-geometric").weights
    blend = run_with(combine_with="entropy", expert_share=0.5).weights
    assert judged.derived(blend).panel is judged.derived(plain).panel
    assert not judged.derived(blend).table["weight"].equals(judged.derived(plain).table["weight"])
    assert judged.derived(other).panel is not judged.derived(plain).panel


def test_blended_weights_are_those_derived_alone(judged):
    choices = run_with(combine_with="critic", combination="game").weights
    alone = derive_weights(judged.system, judged.judgements, judged.sample, choices)
    assert judged.derived(choices).table.equals(alone.table)
    assert judged.derived(choices).sources.equals(alone.sources)


def test_weights_differ_by_rounding_alone_and_are_derived_once(judged):
    fine, coarse = run_with(decimals=4).weights, run_with(decimals=2).weights
    assert judged.derived(fine) is judged.derived(coarse)
    assert places_of(judged.weights(coarse)["weight"]) == 2
    assert places_of(judged.weights(fine)["weight"]) == 4
    assert total(judged.weights(coarse)["weight"]) == 1
