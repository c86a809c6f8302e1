"""Names that are markup, formulas, Markdown or control codes: they are shown as they are and do nothing."""

import json
import re
import shutil
import zipfile
from html.parser import HTMLParser
from types import SimpleNamespace
from xml.etree import ElementTree

import openpyxl
import pytest
from evidence_toys import toy_run, toy_system, toy_tables
from jinja2 import TemplateNotFound

from methodology.documents.score_sheet import SHEET
from methodology.errors import DataError, StageError
from methodology.evidence.build import build_evidence
from methodology.evidence.front import front_page
from methodology.evidence.notebooks import page_of
from methodology.findings.contents import read_run

SCRIPT = "<script>alert(1)</script>"
PLANTS = {
    "P1": SCRIPT,
    "P2": '=cmd|" /C calc"!A0',
    "P3": "+1+1",
    "P4": "@SUM(1)",
    "P5": "-2",
    "P6": "```\n<b>out</b>\n```{raw} html",
    "P7": "bell\x07 and nul\x00",
    "P8": '</script>]]>&#x3c;i&#x3e;<!--{{7*7}}\u2028\u202e=HYPERLINK("http://x")..\\\\\uffff',
}
FENCE = "```\n\n<iframe src='http://elsewhere'></iframe>\n\n```{include} /etc/passwd\n```"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))


def tags_of(text: str) -> list[tuple[str, dict]]:
    parser = Tags()
    parser.feed(text)
    return parser.seen


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    system = toy_system(
        name_en=f"Energy {SCRIPT}",
        name_zh="=1+1",
        comparators=[
            {"kind": "energy_norm", "label": "=HYPERLINK(1)", "value": 3, "unit": "kgce/t", "basis": FENCE}
            | {"source": "MEM", "status": "SEEN"}
        ],
    )
    tables = toy_tables(system)
    proposal = json.loads(json.dumps(tables.proposal, default=float))
    proposal["parameters"]["why"] = FENCE
    proposal["run"] = f"run {SCRIPT}"
    run = SimpleNamespace(**{**vars(tables), "proposal": proposal})
    made = toy_run(tmp_path_factory.mktemp("runs") / "toy-run", run=run, plants=PLANTS)
    build_evidence(made, system)
    return made


def test_markup_in_a_name_is_text_on_every_page(folder):
    for page in folder.glob("*/site/*.html"):
        text = page.read_text(encoding="utf-8")
        assert "alert(1)" not in re.sub(
            r"&lt;script&gt;alert\(1\)&lt;/script&gt;|onerror=alert\(1\)&gt;"
            r"|\\u003cscript\\u003ealert\(1\)\\u003c/script\\u003e|onerror=alert\(1\)\\u003e",
            "",
            text,
        )
        for tag, attributes in tags_of(text):
            assert tag not in ("iframe", "i")
            assert not any(name.startswith("on") for name in attributes)
            assert (
                tag != "script"
                or attributes.get("src", "").startswith("_static/")
                or (page.stem == "search" and attributes.get("src") == "search_data.js")
                or (page.stem == "what_if" and attributes.get("type") in ("application/json", "module"))
            )


def test_markup_in_a_name_is_text_in_every_drawing(folder):
    said: list[str] = []
    for path in sorted(folder.glob("*/site/_images/*.svg")):
        root = ElementTree.fromstring(path.read_bytes())  # noqa: S314 - drawn a moment ago
        tags = {one.tag.rpartition("}")[2] for one in root.iter()}
        assert tags <= {"svg", "title", "defs", "style", "g", "path", "use", "text", "clipPath", "rect"}
        assert not [key for one in root.iter() for key in one.attrib if key.startswith("on")]
        said += [one.text or "" for one in root.iter()]
    assert any("<script>" in text for text in said)


def test_a_fence_in_a_text_neither_closes_its_part_nor_opens_another(folder):
    index = (folder / "internal" / "site" / "index.html").read_text(encoding="utf-8")
    assert "&lt;iframe src=" in index
    assert "root:x:" not in index


def test_no_text_becomes_a_formula_in_the_workbook(folder):
    book = openpyxl.load_workbook(folder / "internal" / "proposal.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.hyperlink]
    live = [cell for cell in cells if cell.data_type == "f"]
    assert {cell.parent.title for cell in live} == {SHEET}
    assert not [
        cell.value
        for cell in live
        if "script" in cell.value or "+1+1" in cell.value or "SUM(1)" in cell.value
    ]
    assert {"+1+1", "@SUM(1)", "-2", "=1+1"} <= {cell.value for cell in cells}


@pytest.mark.parametrize("name", ["standard.docx", "explanation.docx"])
def test_a_word_file_is_well_formed_and_holds_the_names_as_text(folder, name):
    with zipfile.ZipFile(folder / "internal" / name) as archive:
        text = archive.read("word/document.xml")
    ElementTree.fromstring(text)  # noqa: S314 - our own file
    assert b"&lt;script&gt;alert(1)" in text
    assert b"\x07" not in text


def test_markup_in_a_heading_of_a_notebook_is_text_on_the_front_page(tmp_path):
    tables = toy_tables()
    folder = toy_run(tmp_path / "toy-run")
    path = folder / "notebooks" / "01_sample.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][0]["source"] = f"# {SCRIPT} `x`"
    path.write_text(json.dumps(content), encoding="utf-8")
    front = front_page(read_run(folder, tables.system), [page_of(path)]).html
    assert SCRIPT not in front


def test_a_plant_named_like_a_command_moves_no_cursor():
    from methodology.tables import evaluation_overview
    from methodology.tables.overview import render_text

    evaluation = toy_tables().evaluation.assign(
        plant=["\x1b[2J", "a\nb", "\u202eevil", "d", "e", "f", "g", "h"]
    )
    lines = render_text(evaluation_overview(evaluation)).split("\n")
    assert all(sign.isprintable() for line in lines for sign in line)
    assert len(lines) == 11


def test_a_damaged_notebook_is_named(tmp_path):
    folder = toy_run(tmp_path / "toy-run")
    (folder / "notebooks" / "03_thresholds.ipynb").write_text('{"cells": [', encoding="utf-8")
    with pytest.raises(StageError, match="03_thresholds"):
        build_evidence(folder, toy_system())


def test_a_proposal_that_is_none_is_refused(tmp_path):
    folder = toy_run(tmp_path / "toy-run")
    (folder / "results" / "proposal.json").write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(DataError, match="is not a proposal"):
        build_evidence(folder, toy_system())


def test_a_failed_build_leaves_the_old_site_as_it_was(tmp_path, monkeypatch):
    from methodology.evidence import site

    folder = toy_run(tmp_path / "toy-run")
    (folder / "public" / "site").mkdir(parents=True)
    (folder / "public" / "site" / "index.html").write_text("old", encoding="utf-8")
    shutil.copytree(site.THEME / "static", tmp_path / "theme" / "static")
    monkeypatch.setattr(site, "THEME", tmp_path / "theme")
    with pytest.raises(TemplateNotFound, match=r"page\.html"):
        build_evidence(folder, toy_system())
    assert (folder / "public" / "site" / "index.html").read_text(encoding="utf-8") == "old"
