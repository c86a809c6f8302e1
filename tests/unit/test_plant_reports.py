"""What one plant is told, and what it is not told of the others."""

from __future__ import annotations

import re

import docx
import numpy as np
import pandas as pd
import pytest
from docx.oxml.ns import qn
from evidence_toys import toy_system, toy_tables
from reading import ENGLISH

from methodology.documents.chinese import setting
from methodology.errors import DataError
from methodology.evaluation import evaluate
from methodology.evidence.plant_reports import FEWEST, _likes, _place, write_plant_reports
from methodology.findings.corrections import covariates_in_words
from methodology.indicators import as_sample
from methodology.languages import Words

RUN = toy_tables()
HOW = (RUN.system, RUN.thresholds, RUN.weights)


def text(page: str) -> str:
    return re.sub(r"<[^>]*>", " ", page[page.index("<body>") :])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("reports") / "new"
    write_plant_reports(made, RUN.sample, *HOW)
    return made


def test_every_plant_has_a_page_and_a_word_file_that_tell_its_level(folder):
    levels = evaluate(RUN.sample, *HOW).set_index("plant")["level"]
    for plant in RUN.sample.plants:
        wanted = "未达级" if levels[plant] == "none" else f"{['Ⅰ', 'Ⅱ', 'Ⅲ'][len(levels[plant]) - 1]}级"
        page = (folder / f"{plant}.html").read_text(encoding="utf-8")
        assert f"评定结果：{wanted}。" in page
        word = "\n".join(part.text for part in docx.Document(str(folder / f"{plant}.docx")).paragraphs)
        assert f"评定结果：{wanted}。" in word


@pytest.mark.parametrize(
    ("first", "before", "behind"),
    [("zh", "首先改进", "What to improve first"), ("en", "What to improve first", "首先改进")],
)
def test_a_word_file_tells_all_in_one_language_on_a_page_and_in_the_other_on_the_next(
    tmp_path, first, before, behind
):
    write_plant_reports(tmp_path / "new", RUN.sample, *HOW, language=first)
    body = docx.Document(str(tmp_path / "new" / "P8.docx")).element.body
    breaks = [(place, part.find(f".//{qn('w:pageBreakBefore')}")) for place, part in enumerate(body)]
    (turn,) = [place for place, found in breaks if found is not None and found.get(qn("w:val")) != "0"]
    pages = [
        "\n".join(node.text or "" for part in half for node in part.iter(qn("w:t")))
        for half in (body[:turn], body[turn:])
    ]
    assert before in pages[0]
    assert behind not in pages[0]
    assert behind in pages[1]
    chinese = pages[first == "en"]
    assert not [line for line in chinese.split("\n") if ENGLISH.search(line)]


def test_a_page_stands_alone_and_opens_in_chinese(folder):
    page = (folder / "P1.html").read_text(encoding="utf-8")
    assert 'data-language="zh"' in page
    assert not re.search(r'(src|href)="', page)


def test_what_blocks_and_what_to_improve_first_are_named_with_the_value_to_reach(folder):
    page = text((folder / "P8.html").read_text(encoding="utf-8"))
    assert "Limiting indicators that bar the level: Energy." in page
    first = page[page.index("What to improve first") :]
    limit = RUN.thresholds.set_index(["indicator", "level"]).loc[("energy", "II"), "value"]
    assert "450 kgce/t" in first
    assert f"≤{limit:g} kgce/t" in first


def test_an_indicator_that_does_not_apply_has_no_level(tmp_path):
    values = RUN.sample.values.astype(object)
    values.loc["P1", "dust"] = "n/a"
    write_plant_reports(tmp_path / "new", as_sample(values, RUN.system), *HOW)
    page = (tmp_path / "new" / "P1.html").read_text(encoding="utf-8")
    row = next(part for part in page.split("<tr>") if "不适用" in part and "Dust" in part)
    assert "未达级" not in row
    assert row.count("–") == 2


def test_no_report_holds_the_figure_of_another_plant(folder):
    limits = {f"{value:g}" for value in RUN.thresholds["value"]}
    figures = {
        plant: {f"{value:g}" for value in RUN.sample.values.loc[plant] if np.isfinite(value) and value > 4}
        for plant in RUN.sample.plants
    }
    for plant, own in figures.items():
        shown = set(
            re.findall(
                r"(?<![\d.])\d+(?:\.\d+)?(?![\d.])", text((folder / f"{plant}.html").read_text("utf-8"))
            )
        )
        others = set().union(*figures.values()) - own - limits - {"10", "20"}
        assert not shown & others, plant


def test_a_place_among_comparable_plants_is_told_in_tenths_and_never_among_few():
    values = np.array([1.0, *np.linspace(2, 3, FEWEST)])
    everywhere = np.ones(len(values), dtype=bool)

    def told(place, values, applies):
        likes = [(Words("全部", "all"), np.arange(len(values)) != place)]
        return _place(place, values, applies, likes)

    assert told(0, values, everywhere) == ("100 %（全部）", "100 % (all)")
    assert told(len(values) - 1, values, everywhere).en == "0 % (all)"
    assert told(5, values, everywhere).en == "50 % (all)"
    assert told(0, values[:FEWEST], everywhere[:FEWEST]) == "–"
    assert told(0, np.where(values == 1, np.nan, values), everywhere) == "–"
    assert told(0, values, everywhere & (values != 1)) == "–"


def test_a_plant_is_set_among_its_stratum_where_that_is_large_enough():
    """Ten more large plants, all dirtier; two small ones, both cleaner: among its likes the first is the best."""
    count = FEWEST + 3
    table = pd.DataFrame(
        {
            "energy": [400.0, *np.linspace(500, 600, FEWEST), 300.0, 310.0],
            **{name: ["1"] * count for name in ("dust", "slag_use")},
            "audit": ["I"] * count,
            "capacity_class": ["large"] * (FEWEST + 1) + ["small"] * 2,
        },
        index=[f"P{at}" for at in range(count)],
    )
    system = toy_system().model_copy(
        update={"strata": ("capacity_class",), "attributes": {"capacity_class": "large|small"}}
    )
    sample = as_sample(table, system)
    values, everywhere = sample.values["energy"].to_numpy(), np.ones(count, dtype=bool)
    own = _place(0, values, everywhere, _likes(0, sample, system))
    assert own == ("100 %（大型）", "100 % (large)")
    assert (
        _place(count - 1, values, everywhere, _likes(count - 1, sample, system)).en
        == "90 % (all plants here)"
    )


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path):
    (tmp_path / "old").write_text("old", encoding="utf-8")
    with pytest.raises(DataError, match="holds something already"):
        write_plant_reports(tmp_path, RUN.sample, *HOW)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_names_that_no_file_can_bear_become_names_of_files_each_its_own(tmp_path):
    cells = {
        "energy": ["380", "390", "395"],
        "dust": ["<5", "6", "7"],
        "slag_use": ["99", "98", "97"],
        "audit": ["I", "I", "II"],
    }
    sample = as_sample(pd.DataFrame(cells, index=["../x", "..\\x", "<b>"]), toy_system())
    names = {path.name for path in write_plant_reports(tmp_path / "new", sample, *HOW)}
    assert len(names) == 6
    assert all(re.fullmatch(r"[\w-]+\.(html|docx)", name) for name in names)
    assert "<b>：" not in "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "new").glob("*.html")
    )


def test_a_hostile_stratum_stays_text_on_the_page_and_in_word(tmp_path):
    count = FEWEST + 1
    table = RUN.sample.values.iloc[[0] * count].set_axis([f"P{at}" for at in range(count)])
    table = table.astype(str).assign(audit="I", capacity_class="<script>x</script>=1+1")
    system = RUN.system.model_copy(
        update={"strata": ("capacity_class",), "attributes": {"capacity_class": "text"}}
    )
    sample = as_sample(table, system)
    write_plant_reports(tmp_path / "new", sample, system, RUN.thresholds, RUN.weights)
    page = (tmp_path / "new" / "P0.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;x&lt;/script&gt;=1+1" in page
    assert "<script>x" not in page
    tables = docx.Document(str(tmp_path / "new" / "P0.docx")).tables
    assert any(
        "<script>x</script>=1+1" in cell.text for part in tables for row in part.rows for cell in row.cells
    )


@pytest.mark.parametrize("chosen", [[], [{"indicator": "energy", "by": "dust"}]])
def test_values_that_move_are_named_in_either_language_or_not_at_all(chosen):
    told = covariates_in_words(chosen, RUN.system)
    assert len(told.split("\n")) == (2 if chosen else 1)
    assert bool(told) == bool(chosen)
    assert "\n" not in setting(told)
