"""Executed notebooks as pages: prose told apart by language, formulas drawn, tables led back to their cells."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from methodology.errors import StageError
from methodology.evidence.mathtext import formula_svg
from methodology.evidence.notebooks import given_values, page_of, prose
from methodology.evidence.pages import Page
from methodology.figures import canvas, level_shares
from methodology.findings.addresses import makers
from methodology.languages import Words, apart


def test_a_formula_beyond_matplotlib_is_shown_as_its_source():
    assert formula_svg(r"\begin{cases} a <b \end{cases}") == r"<code>\begin{cases} a &lt;b \end{cases}</code>"


def test_an_inline_formula_stands_on_the_line():
    assert "vertical-align:-0.000em" in formula_svg("x").replace(
        "vertical-align:0.000em", "vertical-align:-0.000em"
    )
    assert re.search(r"vertical-align:-0\.[1-9]", formula_svg("y_{g}"))


def test_headings_paragraphs_and_items_of_a_notebook_are_told_apart_by_their_letters():
    made = prose(
        "## 企业不同 Plants differ\n\n企业之间差别很大。\n\nPlants differ a lot.\n\n- 甲项\n- item A\n\nalone"
    )
    assert '<p lang="zh-CN">企业之间差别很大。</p>' in made
    assert '<p lang="en">Plants differ a lot.</p>' in made
    assert '<li lang="zh-CN">甲项</li>' in made
    assert '<li lang="en">item A</li>' in made
    assert "<p>alone</p>" in made, "what has no sibling is shown in every language"


def test_markup_in_a_notebook_is_text():
    assert "&lt;b&gt;" in prose("a <b>bold</b> word")


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("热风温度 Hot-blast temperature", "热风温度", "Hot-blast temperature"),
        ("热风炉烟气NOx(以NO2计) Hot-stove NOx (as NO2)", "热风炉烟气NOx(以NO2计)", "Hot-stove NOx (as NO2)"),
        (
            "3. 基准值在哪里？ Where should each level begin?",
            "3. 基准值在哪里？",
            "3. Where should each level begin?",
        ),
        ("GB 21256-2025", "GB 21256-2025", "GB 21256-2025"),
        ("Level I", "Level I", "Level I"),
    ],
)
def test_a_text_in_two_languages_is_cut_behind_the_last_chinese_letter(text, zh, en):
    assert apart(text) == Words(zh, en)


def test_a_table_leads_to_the_cell_that_made_it(tmp_path):
    cells = ["a = 1", "made = {'thresholds': a}", "b = a", "results.save('proposal', b)"]
    content = {
        "cells": [{"cell_type": "code", "id": f"c{at}", "source": text} for at, text in enumerate(cells)]
    }
    path = tmp_path / "06_proposal.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert makers([path]) == {
        "thresholds": "06_proposal.html#cell-c0",
        "proposal": "06_proposal.html#cell-c2",
    }


def page_with(output: dict, folder: Path) -> Page:
    cell = {"cell_type": "code", "source": "f()", "outputs": [{"output_type": "execute_result", **output}]}
    path = folder / "01_sample.ipynb"
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    return page_of(path)


def test_a_figure_is_shown_as_lines_and_words_in_the_language_of_the_page(tmp_path):
    figure = level_shares(pd.DataFrame({"I": [1], "II": [1], "III": [2], "none": [0]}, index=["<b>&these"]))
    data, metadata = figure._repr_mimebundle_()
    page = page_with({"data": data | {"image/png": "AAAA"}, "metadata": metadata}, tmp_path)
    zh, en = page.html.split('<div lang="en">')
    shown = {
        "zh": re.search(r"_images/([0-9a-f]+\.svg)", zh)[1],
        "en": re.search(r"_images/(\w+\.svg)", en)[1],
    }
    told = {language: figure.told(language) for language in shown}
    assert page.pictures == {shown[language]: one.svg() for language, one in told.items()}
    assert f'alt="{told["zh"].claim}" width="800"' in zh
    assert f'alt="{told["en"].claim}" width="800"' in en


def test_a_figure_that_is_none_of_ours_is_the_picture_it_is(tmp_path):
    data = {"image/png": "BBBB", "text/plain": "<Figure: Plants differ | data x>"}
    page = page_with({"data": data}, tmp_path)
    assert [name.rpartition(".")[2] for name in page.pictures] == ["png"]
    assert 'alt="Plants differ"' in page.html


@pytest.mark.parametrize("drawings", [{"zh": {}}, "SVG", {"zh": {"svg": "AAAA", "claim": ""}, "en": {}}])
def test_a_notebook_whose_drawings_are_damaged_is_named(tmp_path, drawings):
    data = {"image/png": "BBBB", canvas.DRAWINGS: drawings}
    with pytest.raises(StageError, match=r"01_sample\.ipynb is no executed notebook"):
        page_with({"data": data}, tmp_path)


def test_only_plain_assignments_are_taken_for_given_values():
    source = "a = 1\nb = open('x')\nc, d = 1, 2\nimport os\ne = [1, 'x']\n"
    assert given_values(source) == {"a": 1, "e": [1, "x"]}
    assert given_values("not python (") == {}
