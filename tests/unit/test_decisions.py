"""Values that a working group decides otherwise than a run."""

import json
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import docx
import pytest
from evidence_toys import toy_run, toy_tables

from methodology.documents.explanation import write_explanation
from methodology.errors import DataError
from methodology.evaluation import evaluate, reaches
from methodology.findings.contents import read_run
from methodology.parameters import Footing, Parameters, Project
from methodology.proposal import proposal_thresholds
from methodology.proposal.decisions import _faults, with_decisions
from methodology.results.records import Decision
from methodology.runs.decisions import decide

RUN = toy_tables()
FOOTING = Footing(corrected=True)
BY = {"reason": "领先企业已经达到", "role": "编制组第三次会议", "date": "2026-12-01"}
FILE = """\
system: toy
decisions:
  - {indicator: energy, level: I, value: 385, reason: 领先企业已经达到, role: 编制组第三次会议, date: "2026-12-01"}
"""


def decided(*decisions, document=None):
    judge = partial(evaluate, RUN.sample, RUN.system, weights=RUN.weights)
    made = [{**BY, **one} for one in decisions]
    document = json.loads(json.dumps(document or RUN.proposal, default=float))
    return with_decisions(document, made, RUN.sample, RUN.system, footing=FOOTING, evaluation=judge)


def level_of(document, indicator, level):
    return next(entry for entry in document["indicators"] if entry["id"] == indicator)["levels"][level]


def test_a_decided_value_is_proposed_recounted_and_carries_its_reason():
    made = decided({"indicator": "energy", "level": "I", "value": 385})
    told, before = level_of(made, "energy", "I"), level_of(RUN.proposal, "energy", "I")
    reached = reaches(RUN.sample.values["energy"], RUN.sample.states["energy"], 385.0).sum()
    assert (told["proposed"], told["attained"]) == (385, reached)
    assert told["decided"] == {
        **BY,
        "indicator": "energy",
        "level": "I",
        "value": 385.0,
        "before": before["proposed"],
    }
    assert "编制组第三次会议于2026-12-01决定" in told["reason_zh"]
    assert "Decided by 编制组第三次会议" in told["reason"]
    assert level_of(made, "energy", "II") == level_of(RUN.proposal, "energy", "II")


def test_the_whole_standard_and_the_comparators_are_judged_again():
    both = ({"indicator": "energy", "level": level, "value": 401} for level in ("I", "II"))
    bounds = [{"bound": "proposed", "level": g, "plants": 0, "attained": 0.0} for g in ("I", "II", "III")]
    looser = decided(*both, document=RUN.proposal | {"bounds": bounds})
    levels = evaluate(RUN.sample, RUN.system, proposal_thresholds(looser), RUN.weights)["level"]
    assert looser["joint_plants"]["I"] == (levels == "I").sum()
    assert {row["level"]: row["plants"] for row in looser["bounds"]} == looser["joint_plants"]
    assert level_of(looser, "energy", "I")["comparators"][1]["finding"] == "looser"
    assert ("energy", "I", "looser-than-in-force") in {
        (one["indicator"], one["level"], one["kind"]) for one in looser["warnings"]
    }


def test_decisions_that_cannot_be_taken_over_are_named_all_at_once():
    with pytest.raises(DataError) as fault:
        decided(
            {"indicator": "nothing", "level": "I", "value": 1},
            {"indicator": "audit", "level": "I", "value": 1},
            {"indicator": "slag_use", "level": "I", "value": -5},
            {"indicator": "energy", "level": "I", "value": 385},
            {"indicator": "energy", "level": "I", "value": 386},
        )
    for text in ("'nothing' is no indicator", "'audit' is described", "beyond the scale", "decided twice"):
        assert text in str(fault.value)


@pytest.mark.parametrize("value", [-5, 1, 1e6])
def test_a_value_that_no_plant_can_have_is_refused(value):
    system = Project(Path(__file__).parents[2]).system("ironmaking")
    one = {"indicator": "process_energy", "level": "I", "value": value}
    (fault,) = _faults([one], {"process_energy": {}}, system)
    assert "is no value of 'process_energy'" in str(fault) or "beyond the scale" in str(fault)


def test_a_decision_that_makes_a_level_looser_than_the_next_is_refused():
    with pytest.raises(DataError, match="level I of 'energy' \\(500\\) is looser than level II"):
        decided({"indicator": "energy", "level": "I", "value": 500})


@pytest.fixture
def asked(tmp_path):
    file, run = tmp_path / "decisions.yaml", toy_run(tmp_path / "toy-run")
    project = SimpleNamespace(system=lambda _: RUN.system)
    parameters = Parameters(system="toy", why="a run of the toy system")

    def ask(text):
        file.write_text(text, encoding="utf-8")
        return decide(run, tmp_path / "copy" / "toy-run", file, parameters, project)

    return SimpleNamespace(ask=ask, copy=tmp_path / "copy" / "toy-run")


def test_a_file_of_decisions_is_read_into_a_copy_whose_documents_tell_them(asked):
    assert asked.ask(FILE) == [{**BY, "indicator": "energy", "level": "I", "value": 385.0}]
    contents = read_run(asked.copy, RUN.system).public(lambda *_: False)
    assert contents.proposal["decisions"][0]["value"] == 385
    made = docx.Document(str(write_explanation(contents, {}, asked.copy / "explanation.docx")))
    said = "\n".join(paragraph.text for paragraph in made.paragraphs)
    assert "2026-12-01，编制组第三次会议决定能耗Ⅰ级取385" in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FILE.replace("value: 385", "value: '385'"), "value"),
        (FILE.replace("2026-12-01", "2026-13-01"), "date"),
        (FILE.replace("role:", "who:"), "who"),
        (FILE.replace("toy", "ironmaking"), "decides values of 'ironmaking'"),
        (FILE.replace("level: I", "level: IV"), "level"),
        ("- 1", "decisions.yaml"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_with_the_place(asked, text, told):
    with pytest.raises(DataError, match=told):
        asked.ask(text)
    assert not asked.copy.exists()


def test_a_reason_in_two_lines_is_told_in_either_language():
    said = {"role": "编制组\nthe group", "reason": "领先企业已经达到。\nLeading plants reach it."}
    record = Decision(indicator="energy", level="I", value=385.0, date="2026-12-01", **said)
    told = level_of(decided(record.model_dump()), "energy", "I")
    assert told["reason_zh"].endswith("编制组于2026-12-01决定，原拟定值为380。理由：领先企业已经达到。")
    assert told["reason"].endswith(
        "Decided by the group on 2026-12-01, in place of 380: Leading plants reach it."
    )
    with pytest.raises(ValueError, match="more than two lines"):
        Decision(
            indicator="energy", level="I", value=385.0, date="2026-12-01", **said | {"reason": "a\nb\nc\nd"}
        )
