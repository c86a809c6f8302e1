"""Nothing of a single plant in the public set: wherever it is hidden, at whatever precision, the file is refused."""

import io
import json
import shutil
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import docx
import pandas as pd
import pytest
import xlsxwriter
from evidence_toys import toy_run, toy_tables
from PIL import Image, PngImagePlugin
from trees import tree_of

from methodology import figures
from methodology.errors import StageError
from methodology.evidence import build
from methodology.evidence.build import DRAWN, EvidenceOf, build_evidence
from methodology.evidence.guard import findings, inspect_table
from methodology.evidence.secrets import read_secrets
from methodology.findings.contents import read_run
from methodology.findings.drawn import draw
from methodology.indicators.comparators import Bounds
from methodology.parameters import Project

ENERGY = ("380.37", "390.12", "395.48", "401.53", "410.29", "420.61", "433.77", "450.94")
RUN = toy_tables(energy=ENERGY)
FIGURE = "395.48"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy_run(tmp_path_factory.mktemp("runs") / "toy-run", run=RUN)


@pytest.fixture(scope="module")
def sets(folder):
    """Both sets of the evidence, by name."""
    return build_evidence(folder, RUN.system)


@pytest.fixture(scope="module")
def secrets(folder):
    return read_secrets(folder, RUN.system, RUN.proposal)


@pytest.fixture
def undrawn(monkeypatch):
    """What figures do not show is judged without them; drawing takes most of a build."""
    monkeypatch.setattr(build, "_draw", lambda *_: {})


def page(body: str) -> bytes:
    return f"<html><head><title>t</title></head><body>{body}</body></html>".encode()


def word(write) -> bytes:
    document, buffer = docx.Document(), io.BytesIO()
    write(document)
    document.save(buffer)
    return buffer.getvalue()


def book(write) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        write(made, made.add_worksheet("sheet"))
    return buffer.getvalue()


def with_cells(made, sheet, *rows):
    for place, row in enumerate((("indicator", "I"), *rows)):
        sheet.write_row(place, 0, row)


def picture() -> bytes:
    told, buffer = PngImagePlugin.PngInfo(), io.BytesIO()
    told.add_text("Description", f"energy at {FIGURE}")
    Image.new("1", (1, 1)).save(buffer, "png", pnginfo=told)
    return buffer.getvalue()


HIDDEN = {
    "text.html": page(f"<p>测算值{FIGURE} kgce/t</p>"),
    "row.html": page(f"<table><tr><th>Energy</th><td>{FIGURE}</td></tr></table>"),
    "continued.html": page("<table><tr><th>Energy</th><td></td></tr><tr><th></th><td>395</td></tr></table>"),
    "section.html": page("<h2>Energy</h2><p>read off at 395</p>"),
    "tooltip.html": page(f'<span title="calibrated {FIGURE}">x</span>'),
    "alt.html": page(f'<img alt="Level I at {FIGURE}">'),
    "data.html": page(f'<b data-label="{FIGURE}">x</b>'),
    "comment.html": page(f"<!-- {FIGURE} -->"),
    "script.html": page(f"<script>var at = {FIGURE};</script>"),
    "split.html": page(f"<p>{FIGURE[:2]}<b>{FIGURE[2:]}</b></p>"),
    "axis.svg": f"<svg><title>axis to {FIGURE}</title></svg>".encode(),
    "text.svg": f"<svg><text>Energy</text><text>{FIGURE}</text><text>20</text></svg>".encode(),
    "style.svg": f"<svg><style>text{{content:'{FIGURE}'}}</style></svg>".encode(),
    "text.png": picture(),
    "searchindex.js": f'Search.setIndex({{"titles": {{"Level I at {FIGURE}": [[0]]}}}})'.encode(),
    "value.json": json.dumps(
        {"indicators": [{"id": "energy", "levels": {"I": {"calibrated": 395.48}}}]}
    ).encode(),
    "short.json": json.dumps({"promises": {"joint": {"lower": {"dust": {"II": 9.5}}}}}).encode(),
    "sentence.json": json.dumps({"reason": f"Calibrated {FIGURE} kgce/t."}).encode(),
    "paragraph.docx": word(lambda made: made.add_paragraph(f"at {FIGURE}")),
    "header.docx": word(lambda made: made.sections[0].header.paragraphs[0].add_run(FIGURE)),
    "property.docx": word(lambda made: setattr(made.core_properties, "comments", f"run at {FIGURE}")),
    "cell.docx": word(lambda made: setattr(made.add_table(1, 1).cell(0, 0), "text", FIGURE)),
    "number.xlsx": book(lambda made, sheet: with_cells(made, sheet, ("energy", 395.48))),
    "few_digits.xlsx": book(lambda made, sheet: with_cells(made, sheet, ("dust", 9.5))),
    "text.xlsx": book(lambda made, sheet: with_cells(made, sheet, ("energy", f"at {FIGURE}"))),
    "note.xlsx": book(lambda _, sheet: sheet.write_comment(0, 0, f"read off {FIGURE}")),
    "name.xlsx": book(lambda made, _: made.define_name("start", f"={FIGURE}")),
    "header.xlsx": book(lambda _, sheet: sheet.set_header(f"&L{FIGURE}")),
    "property.xlsx": book(lambda made, _: made.set_properties({"comments": FIGURE})),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_plants_figure_is_found_wherever_it_is_hidden(secrets, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(HIDDEN[name])
    found = {indicator for _, _, indicator in findings(path, secrets)}
    assert found == {"dust" if name in ("short.json", "few_digits.xlsx") else "energy"}


@pytest.mark.parametrize(
    "text", ["395.48", "395.5", "395.480", "−395.48", "≤395.48kgce/t", "(395.5)", "为395.5。"]
)
def test_it_is_found_at_every_precision_it_may_be_printed_with(secrets, text):
    assert list(secrets.said(f"somewhere {text} stands", frozenset()))


@pytest.mark.parametrize(
    "text", ["395", "12.5 %", "0.300", "2013", "480", "6 of 8", "run toy-run 1.2.3", "10 | 28.6 %"]
)
def test_published_values_shares_weights_and_counts_are_innocent(secrets, text):
    assert not list(secrets.said(text, frozenset()))


def test_the_interval_of_a_share_is_read_as_shares(secrets):
    interval = ("12.5 % (395.5 – 57.1 %)", "12.5 %（395.5～57.1 %）")
    found = [list(secrets.said(text, frozenset())) for text in interval]
    assert found == [[], []]


def test_a_share_of_plants_does_not_excuse_a_value_of_the_same_digits(tmp_path):
    tables = toy_tables(energy=("28.6", *ENERGY[1:]))
    folder = toy_run(tmp_path / "toy-run", run=tables)
    own = read_secrets(folder, tables.system, tables.proposal)
    assert not list(own.said("reached by 28.6 % of the plants", frozenset()))
    assert list(own.said("calibrated 28.6 kgce/t", frozenset()))


def test_a_share_in_the_title_of_an_inspected_figure_is_excused_and_no_value_with_it(tmp_path):
    tables = toy_tables()
    read = read_secrets(toy_run(tmp_path / "toy-run", run=tables), tables.system, tables.proposal)
    own = replace(read, steps={}, innocent={})
    claim = "The 3 heaviest carry 98.5 % of the weight"
    assert list(own.said(claim, frozenset())) == [("98.5", "slag_use")]
    assert not list(own.excusing([claim]).said(claim, frozenset()))
    assert list(own.excusing([claim]).said("Slag use at 98.5", frozenset({"slag_use"})))


def test_the_share_of_the_industry_that_a_sample_is_is_excused_and_neither_a_part_of_it_nor_a_value(tmp_path):
    tables = toy_tables()
    folder = toy_run(tmp_path / "toy-run", run=tables)
    rows = [("large", 0.5, 0.97), ("all", 0.4, 0.985)]
    coverage = pd.DataFrame(rows, columns=["stratum", "share", "capacity_share"])
    coverage.to_csv(folder / "results" / "coverage.csv", index=False)
    own = replace(read_secrets(folder, tables.system, tables.proposal), steps={}, innocent={})
    assert not list(own.said("98.5 % of the capacity", frozenset()))
    assert list(own.said("Slag use at 98.5", frozenset({"slag_use"}))) == [("98.5", "slag_use")]
    assert "97" not in own.shares


def test_a_count_is_excused_by_its_counter_and_a_bound_of_another_indicator_by_its_system(secrets):
    assert not list(secrets.said(f"{FIGURE}家企业，{FIGURE}项数据，相差{FIGURE}个百分点", frozenset()))
    assert list(secrets.said(f"{FIGURE} kgce/t，共3家企业", frozenset()))
    bounded = RUN.system.model_copy(
        update={
            "indicators": [
                one.model_copy(update={"bounds": Bounds(low=0.0, high=float(FIGURE))})
                for one in RUN.system.indicators
            ]
        }
    )
    known = replace(secrets, system=bounded)
    assert not list(known.said(f"IF(N31>{FIGURE},1,0)", frozenset()))
    assert list(known.said(f"IF(N31>{FIGURE},1,0)", frozenset({"energy"})))


def test_a_remark_that_mentions_another_indicator_does_not_take_the_row_from_its_own(secrets, tmp_path):
    proposed = f"{RUN.proposal['indicators'][0]['levels']['II']['proposed']:.0f}"
    table = "<table><tr><th>Energy</th><td>{}</td><td>corrected by dust, which is scored as well</td></tr></table>"
    path = tmp_path / "page.html"
    path.write_text(table.format(proposed), encoding="utf-8")
    assert not list(findings(path, secrets))
    path.write_text(table.format("395"), encoding="utf-8")
    assert [name for _, _, name in findings(path, secrets)] == ["energy"]


def test_on_the_page_of_an_indicator_every_number_is_held_to_be_its_own(secrets, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<h1>Energy</h1><h2>What is proposed</h2><p>close to 395</p>", encoding="utf-8")
    assert [name for _, _, name in findings(path, secrets)] == ["energy"]
    path.write_text(
        '<h1>Energy</h1><p><span lang="zh-CN">3</span><span lang="en">95.48</span></p>', encoding="utf-8"
    )
    assert not list(findings(path, secrets))


def test_a_finished_build_prints_no_secret_and_its_internal_set_does(sets, secrets):
    found = {name: [(path.name, *hit) for path in place.rglob("*") if path.is_file() and "_static" not in path.parts
                    for hit in findings(path, secrets)] for name, place in sets.items()}  # fmt: skip
    assert found["public"] == []
    assert {
        "index.html",
        "indicator-energy.html",
        "explanation.docx",
        "proposal.xlsx",
        "proposal.json",
    } <= {hit[0] for hit in found["internal"]}


def test_one_calibrated_value_in_a_public_reason_stops_the_build_and_leaves_what_was_there(undrawn, tmp_path):
    proposal = json.loads(json.dumps(RUN.proposal, default=float))
    told = {"en": f"Close to {FIGURE} kgce/t.", "zh": f"接近{FIGURE} kgce/t。", "public": True}
    level = proposal["indicators"][0]["levels"]["II"]
    level["reasons"].append(told)
    folder = toy_run(tmp_path / "toy-run", run=SimpleNamespace(**{**vars(RUN), "proposal": proposal}))
    (folder / "public").mkdir()
    (folder / "public" / "old").write_text("old", encoding="utf-8")
    with pytest.raises(
        StageError, match=r"public/explanation\.docx, column 'energy', word/document\.xml"
    ) as fault:
        build_evidence(folder, RUN.system)
    for file in ("proposal.json", "proposal.xlsx", "site/indicator-energy.html"):
        assert f"public/{file}" in str(fault.value)
    assert [path.name for path in (folder / "public").iterdir()] == ["old"]
    assert not (folder / "internal").exists()


def test_a_figure_of_a_plant_in_the_reason_of_the_run_is_refused_too(undrawn, tmp_path):
    proposal = {
        **RUN.proposal,
        "parameters": {**RUN.proposal["parameters"], "why": "because P3 reports 395.48"},
    }
    folder = toy_run(tmp_path / "toy-run", run=SimpleNamespace(**{**vars(RUN), "proposal": proposal}))
    halves, (public, internal) = EvidenceOf(Project.around(), RUN.system).steps
    for draw_half in halves:
        draw_half(folder)
    internal(folder)
    with pytest.raises(StageError, match=r"395\.48 is a plant's figure"):
        public(folder)
    assert not (folder / "public").exists()


def test_evidence_in_steps_has_the_bytes_of_evidence_at_once_whoever_is_first(sets, folder, tmp_path):
    again = shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns(*sets))
    for tasks in EvidenceOf(Project.around(), RUN.system).steps:
        for task in reversed(tasks):
            task(again)
    shutil.rmtree(again / DRAWN)
    assert tree_of(again) == tree_of(folder)


def test_who_was_left_out_and_why_stays_inside(undrawn, tmp_path):
    chosen = {
        **RUN.proposal["parameters"],
        "sample": {"exclude": [{"plant": "P9", "reason": "sold to Works 7"}]},
    }
    folder = toy_run(
        tmp_path / "toy-run",
        run=SimpleNamespace(**{**vars(RUN), "proposal": {**RUN.proposal, "parameters": chosen}}),
    )
    made = build_evidence(folder, RUN.system)
    pages = {
        name: (place / "site" / "index.html").read_text(encoding="utf-8") for name, place in made.items()
    }
    assert "sold to Works 7" in pages["internal"]
    assert "Works 7" not in pages["public"]
    assert "1 家，理由见内部资料" in pages["public"]


def test_data_of_a_figure_are_inspected_before_it_is_drawn(secrets):
    shown = pd.DataFrame({"indicator": ["energy"], "level": ["I"], "value": [395.48]})
    with pytest.raises(StageError, match=r"figure 'ladder', column 'energy': 395.48"):
        inspect_table(shown, "figure 'ladder'", secrets)
    inspect_table(shown.assign(value=396.0), "figure 'ladder'", secrets)
    numbers_of_rows = shown.assign(value=396.0, indicator="dust").set_axis([12])
    inspect_table(numbers_of_rows, "figure 'ladder'", secrets)


def test_a_figure_that_shows_plants_is_never_public(folder, monkeypatch):
    monkeypatch.setattr(figures, "weights_spread", lambda *_: figures.sample_spread(RUN.sample, RUN.system))
    public = read_run(folder, RUN.system).public(lambda *_: False)
    with pytest.raises(StageError, match="shows single plants"):
        draw(public, lambda *_: None)


def test_a_value_that_was_not_rounded_is_withheld_from_the_public_set_alone(tmp_path):
    proposal = json.loads(json.dumps(RUN.proposal, default=float))
    proposal["indicators"][0]["levels"]["I"] |= {"proposed": 380.37, "step": None}
    folder = toy_run(tmp_path / "toy-run", run=SimpleNamespace(**{**vars(RUN), "proposal": proposal}))
    made = build_evidence(folder, RUN.system)
    public, internal = (
        json.loads((made[name] / "proposal.json").read_text(encoding="utf-8"))["indicators"][0]["levels"]["I"]
        for name in ("public", "internal")
    )
    assert (public["proposed"], internal["proposed"]) == (None, 380.37)
    assert "Withheld" in public["reason"]


def test_the_internal_file_for_machines_is_marked_and_the_public_one_holds_no_calibrated_value(sets):
    public, internal = (
        json.loads((sets[name] / "proposal.json").read_text(encoding="utf-8"))
        for name in ("public", "internal")
    )
    assert internal["marking"] == "内部资料 internal"
    assert "marking" not in public
    levels = [level for entry in public["indicators"][:3] for level in entry["levels"].values()]
    assert {level[key] for level in levels for key in ("calibrated", "lower", "upper")} == {None}


def test_an_office_file_with_a_part_nobody_can_search_is_refused(secrets, tmp_path):
    path = tmp_path / "odd.xlsx"
    path.write_bytes(HIDDEN["number.xlsx"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"395.48")
    with pytest.raises(ValueError, match=r"vbaProject\.bin"):
        list(findings(path, secrets))
