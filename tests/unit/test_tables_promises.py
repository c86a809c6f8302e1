"""Both promises of a proposal beside each other, and what a run says last."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
from evidence_toys import SHARES, toy_tables

from methodology import chain, tables
from methodology.cli.running import _report
from methodology.parameters import Parameters
from methodology.parameters.model import ThresholdChoices
from methodology.runs.schedule import Outcome
from methodology.tables.warning import summary_sentences

RUN = toy_tables()
CHOICES = Parameters(
    system="toy", why="a test of summaries", language="en", thresholds=ThresholdChoices(promise="joint")
)
WORDS = {"marginal": "each indicator alone", "joint": "the whole standard"}
BOTH = chain.calibrate_both(RUN.sample, RUN.system, RUN.weights, CHOICES.thresholds, folds=0)


def proposed(promise="joint"):
    choices = CHOICES.model_copy(update={"thresholds": ThresholdChoices(promise=promise)})
    record = choices.model_dump(mode="json")
    return chain.propose(BOTH, RUN.weights, RUN.sample, RUN.system, choices, record=record)


@pytest.mark.parametrize("promise", ["marginal", "joint"])
def test_the_proposed_promise_stands_first_and_the_other_beside_it(promise):
    document = proposed(promise)
    table = tables.proposal_promises(document, RUN.system)
    other = {"marginal": "joint", "joint": "marginal"}[promise]
    assert [name for name in table.index if name] == [
        f"{WORDS[promise]}, proposed",
        f"{WORDS[other]}, beside it",
    ]
    assert table["level"].tolist() == ["Level I", "Level II", "Level III"] * 2
    shown = table["whole standard, as proposed"].tolist()
    assert shown[:3] == [_percent(document["joint_attainment"][level]) for level in SHARES]
    assert shown[3:] == [_percent(document["promises"][other]["attainment"][level]) for level in SHARES]


def test_what_left_out_plants_attain_stands_with_its_interval_where_a_run_sums_up():
    document = proposed()
    shown = tables.proposal_promises(document, RUN.system)["plants left out"].tolist()
    assert shown[3:] == [""] * 3
    for level, text in zip(SHARES, shown, strict=False):
        low, high = (_percent(document[f"crossed_{end}"][level]) for end in ("lower", "upper"))
        assert text == f"{_percent(document['cross_validated'][level])} ({low.removesuffix(' %')} – {high})"


def _percent(share):
    return f"{100 * share:.1f} %"


def test_each_indicator_alone_is_counted_with_the_described_ones():
    document = proposed("marginal")
    audit = next(entry for entry in document["indicators"] if entry["id"] == "audit")
    for entry in document["indicators"]:
        for told in entry["levels"].values():
            told["attainment"] = 0.9 if entry is audit else 0.1
    alone = {
        "indicators": document["indicators"],
        "targets": SHARES,
        "joint_attainment": document["joint_attainment"],
    }
    assert (
        tables.proposal_promises(alone, RUN.system)["single indicator"].tolist()
        == ["10.0 | 10.0 | 90.0 %"] * 3
    )


def test_an_older_proposal_shows_the_promise_it_knows():
    document = {
        key: value for key, value in proposed().items() if key not in ("promise", "promises", "warnings")
    }
    table = tables.proposal_promises(document, RUN.system)
    assert table["level"].tolist() == ["Level I", "Level II", "Level III"]
    assert summary_sentences(document) == []
    assert tables.warnings_overview(document, RUN.system).legend[0] == "nothing is flagged"


def test_a_run_says_what_surprises_then_what_to_open_and_its_folder_last(tmp_path, capsys):
    folder = tmp_path / "toy" / "0123456789ab"
    (folder / "results").mkdir(parents=True)
    document = proposed("marginal")
    (folder / "results" / "proposal.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    for name in ("public/site/index.html", "public/explanation.docx", "internal/site/index.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")
    project = SimpleNamespace(system={"toy": RUN.system}.get, stated={})
    _report([Outcome(CHOICES, folder)], project, tmp_path)
    lines = capsys.readouterr().out.rstrip().splitlines()
    assert lines[-1] == str(folder)
    assert [line.rpartition(": ")[2] for line in lines[-4:-1]] == [
        str(folder / name)
        for name in ("public/site/index.html", "public/explanation.docx", "internal/site/index.html")
    ]
    said = [line for line in lines if line.startswith("- ")]
    assert said == [f"- {en}" for en, _ in summary_sentences(document)]
    assert 0 < len(said) <= 6
    assert any("Audit" in line for line in lines)


LONG = "Reheating/heat-treatment furnace NOx (as NO₂) concentration"
LONG_ZH = "加热炉、热处理炉烟气氮氧化物（以NO₂计）排放浓度"


@pytest.mark.parametrize(("language", "name"), [("zh", LONG_ZH), ("en", LONG)])
def test_a_terminal_shows_whole_names_in_the_language_of_the_run_and_says_what_its_columns_mean(
    tmp_path, capsys, language, name
):
    folder = tmp_path / "toy" / "0123456789ab"
    (folder / "results").mkdir(parents=True)
    (folder / "results" / "proposal.json").write_text(json.dumps(proposed()), encoding="utf-8")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    content = RUN.system.model_dump(mode="json")
    content["indicators"][0] |= {"name_en": LONG, "name_zh": LONG_ZH}
    system = type(RUN.system).model_validate(content)
    project = SimpleNamespace(system={"toy": system}.get, stated={})
    _report([Outcome(CHOICES.model_copy(update={"language": language}), folder)], project, tmp_path)
    said = capsys.readouterr().out
    assert name in said
    assert "…" not in said
    assert {"zh": "达到", "en": "reached by: share of the plants that reach"}[language] in said
    table = said.split("\n\n")[0]
    assert bool(re.search("[一-鿿]", table)) is (language == "zh")
    assert bool(re.search("[a-z]{5,}", re.sub(r"kgce\S*", "", table))) is (language == "en")


@pytest.mark.parametrize(("concerned", "values"), [("law", 6), ("energy", 3)])
def test_values_of_described_indicators_are_counted_where_one_of_them_is_warned_of(concerned, values):
    kinds = {"energy": "quantitative", "law": "qualitative"}
    warning = {"kind": "reached-by-all", "indicator": concerned, "level": "I", "en": "all do", "zh": "全部"}
    document = {
        "indicators": [{"id": name, "kind": kind} for name, kind in kinds.items()],
        "warnings": [warning],
    }
    ((en, zh),) = summary_sentences(document | {"promise": "joint"})
    assert en == f"1 of {values} values is reached by all, or nearly all, e.g. all do"
    assert zh == f"{values}个数值中1个几乎所有企业均达到，例如全部"
