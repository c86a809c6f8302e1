import unicodedata

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from methodology.languages import Told, say, speaking
from methodology.tables.overview import in_both_languages, overview, render_html, render_text


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def made(**cells: list[str]):
    names = list(cells)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    return overview(rows, names, ["a legend"])


def test_chinese_characters_count_double_so_that_columns_align():
    lines = render_text(made(name=["水", "water"], unit=["m3", "t"])).splitlines()
    starts = [width(line[: line.index(sign)]) for line, sign in zip(lines[:2], ("unit", "m3"), strict=True)]
    assert starts == [7, 7]


def test_the_text_form_is_complete_where_pandas_would_cut():
    table = made(name=[f"row {n}" for n in range(100)], text=["x" * 200] * 100)
    assert repr(table).count("x" * 200) == 100


def test_a_slice_keeps_form_and_legend():
    part = made(name=["a", "b"], value=["1", "2"]).head(1)
    assert repr(part).splitlines() == ["name  value", "a         1", "a legend"]


def test_signs_of_recalled_and_assumed_values_are_explained():
    rows = [{"name": "a", "value": "5†"}, {"name": "b", "value": "6‡"}]
    text = repr(overview(rows, ["name", "value"]))
    assert "† recalled" in text
    assert "‡ assumed" in text
    with speaking("zh"):
        assert "† 凭记忆引用，未核对原文" in repr(overview(rows, ["name", "value"]))
    assert "†" not in repr(made(name=["a"], value=["5"]))


def test_numbers_stand_right_and_sentences_left():
    html = render_html(
        made(name=["a", "b"], value=["1.5", "20"], text=["no lower limit exists with n = 20", "3"])
    )
    assert html.count("text-align:right") == 3  # header and two cells of one column


def test_a_table_without_rows_is_the_sentence_that_says_so():
    nothing = overview([], ["plant", "reason"], ["no plant is left out"])
    assert "<table" not in render_html(nothing)
    assert "no plant is left out" in render_html(nothing)


def test_a_table_longer_than_an_indicator_system_is_folded_and_loses_no_row():
    open_one, folded = (render_html(made(name=["x"] * rows, value=["1"] * rows)) for rows in (24, 25))
    assert "<details>" not in open_one
    assert folded.startswith("<details><summary>")
    assert "25行" in folded
    assert "all 25 rows" in folded
    assert folded.count("<tr>") == open_one.count("<tr>") + 1
    behind_a_figure = made(name=["x"], value=["1"]).fold()
    assert render_html(behind_a_figure).startswith("<details>")
    assert render_html(behind_a_figure.head(1)).startswith("<details>")


def test_repeated_names_are_written_once():
    rows = [{"name": "a", "level": level, "value": "1"} for level in ("I", "II")]
    assert overview(rows, ["name", "level", "value"], once=["name"]).index.tolist() == ["a", ""]


def test_markup_in_a_cell_is_text_in_html():
    html = render_html(made(name=["<script>alert(1)</script>"], value=['"><img src=x>']))
    assert "<script" not in html
    assert "<img" not in html


@given(st.text(), st.text())
def test_no_cell_can_break_the_lines_of_a_table_or_move_the_cursor(name, cell):
    lines = render_text(pd.DataFrame({"column": [cell]}, index=[name])).split("\n")
    assert len(lines) == 2
    assert all(sign.isprintable() for line in lines for sign in line)


def test_a_table_without_rows_is_its_header():
    assert render_text(overview([], ["plant", "reason"], ["none"])).splitlines() == ["plant  reason", "none"]


@in_both_languages
def reached(share: str):
    rows = [
        {"level": level, "reached by": say("{plants} of {known}", plants=2, known=30), "share": share}
        for level in "I"
    ]
    return overview(rows, ["level", "reached by", "share"], [say("nothing to note")])


def test_a_table_is_told_in_the_language_that_is_spoken_and_found_by_its_english_heads():
    table = reached("5 %")
    assert table.loc["I", "reached by"] == "2 of 30"
    assert repr(table).splitlines() == [
        "level  reached by  share",
        "I         2 of 30    5 %",
        "nothing to note",
    ]
    with speaking("zh"):
        assert repr(table.head(1)).splitlines() == ["级  达到的企业  比例", "Ⅰ    30家中2家   5 %", "无"]


def test_html_holds_both_languages_where_they_differ_and_one_text_where_they_agree():
    zh, en = '<span lang="zh-CN">30家中2家</span>', '<span lang="en">2 of 30</span>'
    for language, pair in (("zh", zh + en), ("en", en + zh)):  # the language that is spoken stands first
        with speaking(language):
            html = render_html(reached("5 %"))
        assert pair in html
        assert '<span lang="zh-CN">无</span>' in html
        assert html.count("5 %") == 1


def test_markup_in_either_language_is_text():
    told = pd.DataFrame({"a": pd.Series([Told("<b>甲</b>", "<i>one</i>")], dtype=object)})
    assert "<b>" not in render_html(told)
    assert "<i>" not in render_html(told)


def test_a_plant_at_no_level_is_told_so_in_chinese_and_a_choice_of_nothing_stays_nothing():
    with speaking("zh"):
        told = overview([{"plant": "P1", "level": "none", "none": say("none")}], ["plant", "level", "none"])
        assert repr(told).splitlines() == ["企业  级      未达级", "P1    未达级  无"]
