"""What a draft cites and for whom it stands: every reference has its sentence, and a part of an industry is said."""

from types import SimpleNamespace

import docx
import pandas as pd
import pytest
from document_toys import outside, texts, written
from evidence_toys import toy_run, toy_tables
from shipped import ROOT

from methodology.documents.correction_clauses import purpose
from methodology.documents.explanation import _coverage
from methodology.documents.references import bibliography, cited, references
from methodology.findings.contents import read_run
from methodology.parameters import Project

PROJECT = Project.around(ROOT)
STANDARDS = pd.read_csv(ROOT / "data" / "reference" / "standards.csv").fillna("")
SERIES = sorted(path.stem for path in (ROOT / "data" / "judgements").iterdir())


def said(clauses) -> str:
    return "\n".join("".join(map(str, clause.pieces)) for clause in clauses)


@pytest.mark.parametrize("name", SERIES)
def test_every_normative_reference_is_cited_by_a_clause_and_no_other_document_is(name):
    contents = SimpleNamespace(system=PROJECT.system(name), standards=STANDARDS)
    listed = [clause.pieces[0].split("　")[2] for clause in references(contents) if clause.kind == "plain"]
    sentences = said(cited(contents))
    assert listed
    assert all(number in sentences for number in listed)
    assert sentences.count("、") + len(cited(contents)) == len(listed)
    assert "指标体系2018" not in said(bibliography(contents))


def test_where_a_factor_does_not_apply_it_is_one_and_an_addend_nought():
    system = PROJECT.system("electric_steelmaking")
    told = {c.factor is None: purpose(c, system) for c in system.corrections if c.where and c.computable}
    assert told[False] == "生产条件修正系数，仅用于不锈钢为“全部不锈钢”的企业，其他企业为1"
    heated = PROJECT.system("rolling")
    addends = [purpose(c, heated) for c in heated.corrections if c.where and c.factor is None]
    assert all(text.endswith(("其他企业为0", "级时采用")) for text in addends)


@pytest.fixture
def of_a_part(tmp_path):
    """A run of one route of an industry of two."""
    run = toy_tables()
    system = run.system.model_copy(
        update={"strata": ("route", "size"), "attributes": {"route": "all-scrap|hot-metal"}}
    )
    contents = read_run(toy_run(tmp_path / "toy-run", run=run), run.system)
    rows = [
        ("all-scrap / large", 4, 5, 40, 50),
        ("all-scrap / small", 4, 11, 10, 50),
        ("hot-metal / large", 0, 64, 0, 900),
    ]
    table = pd.DataFrame(rows, columns=["stratum", "plants", "known", "capacity", "known_capacity"])
    whole = {"stratum": "all", "plants": 8, "known": 80, "share": 0.1, "capacity": 50, "known_capacity": 1000}
    table = pd.concat([table, pd.DataFrame([whole | {"capacity_share": 0.05}])], ignore_index=True)
    object.__setattr__(contents, "system", system)
    object.__setattr__(contents, "coverage", table)
    contents.proposal["parameters"]["sample"] = {"stratum": "route=all-scrap"}
    return contents


def test_a_standard_made_of_one_part_of_an_industry_is_for_that_part(of_a_part):
    draft = "".join(texts(docx.Document(str(written(outside(of_a_part))))))
    assert "本文件的基准值由工艺路线为全废钢的企业测算，只适用于这类企业。" in draft
    del of_a_part.proposal["parameters"]["sample"]
    assert "只适用于这类企业" not in "".join(
        texts(docx.Document(str(written(outside(of_a_part), "whole.docx"))))
    )


def test_a_sample_of_one_part_is_held_against_that_part(of_a_part):
    told = _coverage(of_a_part)
    assert (told["known"], told["share"], told["capacity_share"]) == ("16", "50 %", "50 %")
    assert (told["parts"], told["empty_parts"]) == ("2", "")
    del of_a_part.proposal["parameters"]["sample"]
    told = _coverage(of_a_part)
    assert (told["known"], told["share"], told["empty_parts"]) == ("80", "10 %", "1")
