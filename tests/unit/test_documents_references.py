"""What a draft cites and for whom it stands: every reference has its sentence, and a part of an industry is said."""

import re
from types import SimpleNamespace

import docx
import pandas as pd
import pytest
from document_toys import outside, texts, written
from evidence_toys import toy_run, toy_tables
from reading import CODE
from shipped import ROOT

from methodology.documents.clauses import Ref
from methodology.documents.correction_clauses import correction_clauses, purpose
from methodology.documents.definitions import definition_clauses, symbols_of
from methodology.documents.equations import Symbol, arithmetic
from methodology.documents.explanation import _coverage
from methodology.documents.explanation_findings import _cut
from methodology.documents.explanation_tables import reasons, sources
from methodology.documents.references import bibliography, cited, references
from methodology.findings.compared import with_titles
from methodology.findings.contents import read_run
from methodology.findings.corrections import correction_notes
from methodology.indicators import Kind
from methodology.indicators.expressions import parse
from methodology.indicators.questionnaire_words import conventions
from methodology.parameters import Project

PROJECT = Project.around(ROOT)
X = {"x": Symbol("z")}
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


@pytest.mark.parametrize("name", SERIES)
def test_every_formula_and_table_of_a_draft_has_a_name_of_its_own(name):
    """Two values that move with the same attribute, as a run calibrates them, are two formulas."""
    system = PROJECT.system(name)
    by = next(key for key, unit in system.attributes.items() if "|" not in unit and unit != "text")
    line = {
        "id": by,
        "attribute": by,
        "unit": "kg/t",
        "source": "calibrated",
        "status": "DERIVED",
        "reference": 1.0,
    }
    line |= {"points": [(0.0, 2.0), (10.0, -8.0)]}
    already = {target for c in system.corrections for target in c.target}
    measured = [i.id for i in system.indicators if i.kind is Kind.QUANTITATIVE and i.id not in already]
    system = system.with_calibrated([line | {"target": [target]} for target in measured[:2]])
    contents = SimpleNamespace(system=system)
    corrected = dict.fromkeys(target for c in system.corrections if c.computable for target in c.target)
    told = [*definition_clauses(contents, corrected), *correction_clauses(contents, corrected)]
    names = [clause.name for clause in told if clause.name]
    assert sorted(names) == sorted(set(names))
    referred = {piece.name for clause in told for piece in clause.pieces if isinstance(piece, Ref)}
    assert referred - {"described", "corrections"} == set(names)


@pytest.mark.parametrize("name", SERIES)
def test_no_key_of_a_source_is_printed(name):
    system = PROJECT.system(name)
    contents = SimpleNamespace(system=system, about={"corrected": True})
    told = [(text, place) for pair in correction_notes(contents).values() for place, text in enumerate(pair)]
    found = [with_titles(system, text, place) for text, place in told]
    found += [str(cell) for row in sources(contents).rows for cell in row]
    found += ["".join(row) for row in conventions(system)]
    key = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, system.sources))})(?![\w-])")
    assert not [text for text in found if key.search(text) or CODE.search(text)]


def test_quantities_are_called_by_the_letter_of_their_kind_and_unit():
    iron = PROJECT.system("ironmaking")
    letters = {
        name: symbol.letter
        for item in iron.indicators
        if item.formula
        for name, symbol in symbols_of(parse(item.formula), iron).items()
    }
    units = {q.id: (q.kind, q.unit) for q in iron.quantities}
    found = {units[name]: letter for name, letter in letters.items() if name in units}
    assert (found["material", "%"], found["operation", "C"], found["energy", "kJ/m3"]) == ("w", "t", "Q")
    assert (found["material", "t"], found["energy", "万kWh"]) == ("M", "E")


def test_no_comma_between_two_numbers_reads_as_a_decimal_sign():
    assert 'sepChr m:val="，"' in arithmetic(parse("max(0, 62-x)"), X)


def test_a_negative_factor_in_front_stands_without_brackets_and_elsewhere_with_them():
    assert "<m:d>" not in arithmetic(parse("-0.8*x"), X)
    assert "<m:d>" in arithmetic(parse("3 - (-0.8*x)"), X)
    assert "<m:d>" in arithmetic(parse("x*(-0.8)"), X)


def test_a_single_cut_is_no_range():
    table = pd.DataFrame({"cut": [84.0, 85.0, 86.0], "changed": [1, 0, 2]})
    assert _cut(table) == {"cut_only": "85"}
    assert _cut(table.assign(changed=0)) == {"cut_from": "84", "cut_to": "86"}
    assert _cut(table.assign(changed=1)) == {}


def test_a_sign_in_a_reason_is_explained_below_the_table(tmp_path):
    contents = read_run(toy_run(tmp_path / "toy-run"), toy_tables().system)
    assert any("‡" in str(cell) for row in reasons(contents).rows for cell in row)
    assert reasons(contents).notes[-1] == "‡　起草者设定。"


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
    assert (told["known"], told["share"], told["capacity_share"]) == ("16", "50.0 %", "50.0 %")
    assert (told["parts"], told["empty_parts"]) == ("2", "")
    del of_a_part.proposal["parameters"]["sample"]
    told = _coverage(of_a_part)
    assert (told["known"], told["share"], told["empty_parts"]) == ("80", "10.0 %", "1")
