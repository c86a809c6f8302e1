"""Who reads a finished run in one language meets no other, no name of the code, and units as they are set."""

from __future__ import annotations

from pathlib import Path

import pytest
from printed_pages import needs_a_printer, page_faults
from reading import CODE, ENGLISH, HALF_WIDTH, NUMERAL, PER_CENT, UNSET, faults, judged, page, uneven
from shipped import ROOT

from methodology.evidence.notebooks import page_of
from methodology.evidence.site import single_page
from methodology.parameters import Project


@pytest.fixture(scope="module")
def run(run_shipped) -> Path:
    return Path(run_shipped("joint").stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("which", ["public", "internal"])
def test_no_text_of_a_run_is_in_the_other_language_or_in_names_of_the_code(run, which):
    assert list(faults(run / which)) == []


@needs_a_printer
@pytest.mark.parametrize("which", ["public", "internal"])
@pytest.mark.parametrize("name", ["standard.docx", "explanation.docx"])
def test_no_printed_page_of_a_run_is_short_ends_with_a_heading_or_leaves_chinese(run, which, name, tmp_path):
    assert list(page_faults(run / which / name, tmp_path)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_text_of_a_stored_notebook_is_in_the_other_language_or_in_names_of_the_code(path, tmp_path):
    shown = tmp_path / "page.html"
    shown.write_text(single_page(page_of(path), "zh"), encoding="utf-8")
    for language in ("zh", "en"):
        assert list(judged(path.stem, page(shown, language), chinese=language == "zh")) == []


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        (ENGLISH, "来源：second hand copy", "数据见Owen（2014）"),
        (ENGLISH, "eigenvector", "Harrell-Davis"),
        (CODE, "见thresholds.share_III", "见thresholds.csv"),
        (CODE, "process_energy的数值", "GB/T 1.1-2020"),
        (CODE, "RECALLED_M", "凭记忆"),
        (HALF_WIDTH, "样本, 企业", "样本，企业"),
        (HALF_WIDTH, "企业(样本)", "企业（样本）"),
        (HALF_WIDTH, "不存在下限 (97.5 %)", "不存在下限（97.5 %）"),
        (PER_CENT, "不低于60%", "不低于60 %"),
        (NUMERAL, "II、III", "Ⅱ、Ⅲ"),
        (NUMERAL, "指标体系I级", "综合评价指数Y_I"),
        (UNSET, "20 mg/m3", "20 mg/m³"),
        (UNSET, "1180 C", "1180 °C"),
        (UNSET, "按CO2计", "按CO₂计"),
    ],
)
def test_the_rules_tell_wrong_from_right(rule, wrong, right):
    assert rule.search(wrong)
    assert not rule.search(right)


def test_a_page_is_read_in_one_language_with_what_stands_in_its_attributes(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(
        '<html lang="zh-CN"><p><span lang="zh-CN">燃料比</span><span lang="en">fuel ratio</span> 500</p>'
        '<td data-zh="级" data-en="level">I</td><pre>code_name</pre><img alt="图">',
        encoding="utf-8",
    )
    assert page(path, "zh") == ["燃料比 500", "级", "I", "图"]
    assert page(path, "en") == ["fuel ratio 500", "level", "I", "图"]


def test_texts_of_a_drawing_are_read_in_its_language(tmp_path):
    drawn = '<svg xmlns="http://www.w3.org/2000/svg"><g><text>燃料比, <tspan>kg/t</tspan></text></g></svg>'
    for name in ("values.svg", "values_en.svg"):
        (tmp_path / name).write_text(drawn, encoding="utf-8")
    assert list(faults(tmp_path)) == [("values.svg", "half-width", "燃料比, kg/t")]


def test_texts_that_stand_in_a_drawing_inside_a_page_are_read(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<svg><text>below the bound</text><text>燃料比</text></svg>", encoding="utf-8")
    assert list(faults(tmp_path)) == [("a.html zh", "English", "below the bound")]


@pytest.mark.parametrize("which", ["public", "internal"])
def test_shares_that_stand_beside_each_other_have_as_many_decimals(run, which):
    system = Project.around(ROOT).system("ironmaking")
    measured = {
        name for item in system.indicators if item.unit == "%" for name in (item.name_zh, item.name_en)
    }
    pages = sorted((run / which / "site").glob("*.html"))
    assert len(pages) > 30
    told = [
        fault for path in pages for language in ("zh", "en") for fault in uneven(path, language, measured)
    ]
    assert told == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("<table><tr><th>a</th></tr><tr><td>69 %</td></tr><tr><td>70.4 %</td></tr></table>",) * 2,
        ("<p>Promised 20 %, kept 23.3 %.</p>", "<p>Promised 20.0 %, kept 23.3 % (95 % confidence).</p>"),
        ("<p>10.3 | 50 % and 7 %</p>", "<p>10.3 | 50.0 % and 7.0 %</p>"),
        ("<p>Promised 20 %, kept 23.3 %.</p>", "<p>Slag use 97 %, reached by 23.3 %.</p>"),
    ],
)
def test_a_share_without_its_decimal_is_seen(tmp_path, wrong, right):
    right = right.replace("69 %", "69.0 %")
    for name, text, faulty in (("wrong", wrong, True), ("right", right, False)):
        (tmp_path / name).write_text(f"<html>{text}</html>", encoding="utf-8")
        assert bool(list(uneven(tmp_path / name, "en", ["Slag use"]))) == faulty
