"""Every filled row of a table is a plant, a named exclusion, or a fault."""

from __future__ import annotations

import pytest
from sample_toys import ROWS, TABLE, folder_with, toy_system

from methodology.errors import DataError
from methodology.sample import load, read_sample
from methodology.sample.rows import EXAMPLE, NOTE, ONLY_AN_ID, REPEATED, reads_like_a_summary

PUBLIC = "public: true\nsource: made up\n"
FIGURES = "390,4.1,98,I"
WORDS = [
    *(
        "合计",
        "合计：",
        "总计(万吨)",
        "行业平均",
        "均值",
        "最大值",
        "最小",
        "最高",
        "检出限",
        "排放限值",
        "Ⅱ级基准值",
        "国家标准",
        "其中：1号高炉",
    ),
    *(
        "标准差",
        "P50分位",
        "中位数",
        "样本数",
        "较上年增减",
        "全行业",
        "总量",
        "单位：",
        "注：含1号机",
        "备注",
        "审核人",
        "Total",
        "TOTALS",
    ),
    *(
        "Sub-total",
        "grand_total",
        "Avg",
        "Ave.",
        "Minimum",
        "max.",
        "LOD",
        "Benchmark",
        "Gesamtsumme",
    ),
    *(
        "Moyenne",
        "Итого",
        "合 计",
        "合\u3000计",
        "小 计",
        "平 均：",
        "T o t a l",
        "Average (n=20)",
        "weighted mean",
    ),
    *(
        "Detection limit",
        "St. dev.",
        "75th percentile",
        "n = 20",
        "of which: No. 1",
        "national standard",
    ),
    *(
        "Level II",
        "Note: estimated",
    ),
]


def read(folder, table=TABLE, sidecar=PUBLIC):
    """The plants of a table, or the fault."""
    return list(read_sample(folder_with(folder, table, sidecar=sidecar), toy_system()).plants)


def skipped(folder, table):
    """Row as the spreadsheet counts it -> why it was skipped."""
    loaded = load(folder_with(folder, table, sidecar=PUBLIC), toy_system())
    assert loaded.rows is not None
    assert not loaded.problems
    return {row + 1: why for row, why in loaded.rows.skipped.items()}


@pytest.mark.parametrize(
    "words",
    WORDS,
)
def test_totals_means_limits_and_notes_with_figures_are_refused_in_any_wording(tmp_path, words):
    with pytest.raises(DataError, match=r"row 5, column 'plant'.*reads like a summary or a note"):
        read(tmp_path, f"{TABLE}{words},{FIGURES}\n")


@pytest.mark.parametrize(
    "name",
    [
        "P01",
        "W-12",
        "Q3",
        "马钢",
        "首钢京唐",
        "某某钢铁总厂",
        "Gary Works",
        "National Steel",
        "Standard Steel",
        "Maxton",
        "17",
        "A&B",
    ],
)
def test_names_and_codes_of_plants_are_not_asked_about(name):
    assert not reads_like_a_summary(name)


def test_a_plant_whose_name_holds_such_a_word_is_asked_about_and_read_once_it_is_confirmed(tmp_path):
    table = f"{TABLE}均安钢铁,{FIGURES}\n"
    with pytest.raises(DataError, match=r"if it is a plant, list it under `plants:`"):
        read(tmp_path, table)
    assert read(tmp_path, table, f"{PUBLIC}plants: [均安钢铁]\n") == ["A", "B", "C", "均安钢铁"]


def test_a_heading_repeated_on_each_page_is_skipped_and_said_and_no_plant_is_lost(tmp_path):
    header, *rows = TABLE.strip().splitlines()
    table = "\n".join([header, rows[0], header, *rows[1:], header]) + "\n"
    assert read(tmp_path, table) == ["A", "B", "C"]
    assert skipped(tmp_path, table) == {3: REPEATED, 6: REPEATED}


def test_forms_pasted_below_each_other_are_all_read(tmp_path):
    form = [
        "某省调查表,,,,",
        "企业,Process energy,Dust,Slag use,Furnace class",
        *TABLE.splitlines()[:1],
        "单位,kgce/t,mg/m3,%,",
    ]
    table = "\n".join(line for row in ROWS for line in [*form, row]) + "\n"
    assert read(tmp_path, table) == ["A", "B", "C"]
    assert set(skipped(tmp_path, table).values()) == {REPEATED}


@pytest.mark.parametrize(
    "second",
    [
        "plant,dust,process_energy,slag_use,furnace_class",
        "企业,工序能耗,Dust,Slag use,Furnace class",
        "plant,process_energy,Staub,slag_use,x",
    ],
)
def test_a_second_header_that_differs_is_refused_wherever_it_stands(tmp_path, second):
    below = f"{TABLE}{second}\nD,{FIGURES}\n"
    with pytest.raises(DataError, match="row 5, column 'plant': the row names columns: a second table"):
        read(tmp_path, below)


def test_plants_above_the_header_that_is_read_are_refused(tmp_path):
    page = "plant,energy,dust,slag_use,furnace_class\nX,401,4.4,98,I\n"
    with pytest.raises(
        DataError, match="row 2: the row holds 3 figures and stands above the header in row 3"
    ):
        read(tmp_path, page + TABLE)


def test_notes_signatures_and_lone_ids_are_skipped_with_the_reason(tmp_path):
    tail = (
        "注：数据由企业填报,,,,\n填表人：张三,,审核人：李四,,\n,备注：见附件,,,\nD,,,,\nNote: audited,,,,\n"
    )
    assert read(tmp_path, TABLE + tail) == ["A", "B", "C"]
    assert skipped(tmp_path, TABLE + tail) == {5: NOTE, 6: NOTE, 7: NOTE, 8: ONLY_AN_ID, 9: NOTE}


@pytest.mark.parametrize("word", ["例", "示例：", "Example", "example plant"])
def test_a_copied_example_row_is_left_out_and_said(tmp_path, word):
    table = f"{TABLE}{word},{FIGURES}\n"
    assert read(tmp_path, table) == ["A", "B", "C"]
    assert skipped(tmp_path, table) == {5: EXAMPLE}


@pytest.mark.parametrize("word", ["其中：", "其中", "of which", "Including:"])
def test_a_row_that_announces_parts_of_a_plant_is_refused_and_not_passed_over(tmp_path, word):
    """The plant and its furnaces below it would be counted as plants side by side."""
    table = f"{TABLE}{word},,,,\n1号炉,{FIGURES}\n2号炉,{FIGURES}\n"
    with pytest.raises(DataError, match=r"row 5, column 'plant'.*announces parts of the plant above"):
        read(tmp_path, table)


def test_a_note_with_fewer_commas_than_the_header_is_a_note_and_no_cut_row(tmp_path):
    assert skipped(tmp_path, f"{TABLE}填表人：张三,,审核人：李四\n") == {5: NOTE}


def test_another_unit_between_the_parts_of_a_table_is_refused(tmp_path):
    header, *rows = TABLE.strip().splitlines()
    with pytest.raises(DataError, match="row 3, column 'plant': '单位：GJ/t' reads like a summary or a note"):
        read(tmp_path, "\n".join([header, rows[0], "单位：GJ/t,,,,", header, *rows[1:]]) + "\n")


def test_a_year_above_the_header_is_no_figure_of_a_plant(tmp_path):
    assert read(tmp_path, f"统计年度,2024,2025,,\n{TABLE}") == ["A", "B", "C"]


@pytest.mark.parametrize("word", ["mean", "total", "least", "largest"])
def test_a_row_that_sums_up_the_others_is_refused_whatever_it_is_called(tmp_path, word):
    rows = [(400, 3, 90), (380, 4, 80), (410, 5, 85), (395, 6, 95), (405, 7, 70)]
    columns = list(zip(*rows, strict=True))
    form = {"mean": lambda c: sum(c) / 5, "total": sum, "least": min, "largest": max}[word]
    last = ",".join(f"{form(column):.6g}" for column in columns)
    lines = [f"P{i},{a},{b},{c},I" for i, (a, b, c) in enumerate(rows)]
    system = toy_system()
    table = "\n".join(["plant,process_energy,dust,slag_use,furnace_class", *lines, f"三十家,{last},"]) + "\n"
    folder = folder_with(tmp_path, table, sidecar=PUBLIC)
    with pytest.raises(
        DataError, match=rf"row 7, column 'plant'.*each figure of the row is the {word} of the other"
    ):
        read_sample(folder, system)
    assert (
        "三十家"
        in read_sample(folder_with(tmp_path, table, sidecar=f"{PUBLIC}plants: [三十家]\n"), system).plants
    )
