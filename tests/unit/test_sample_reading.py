import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_toys import HEADER, ROWS, TABLE, folder_with, problems_of, toy_system

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.sample import read_sample

SYSTEM = toy_system()


def test_the_four_states_arrive_unmerged(tmp_path):
    sample = read_sample(folder_with(tmp_path), SYSTEM)
    assert list(sample.plants) == ["A", "B", "C"]
    assert sample.values.loc["B", "dust"] == 2.0
    assert sample.states["dust"].tolist() == [
        CellState.MEASURED,
        CellState.BELOW_LIMIT,
        CellState.NOT_REPORTED,
    ]
    assert sample.states.loc["C", "slag_use"] == CellState.NOT_APPLICABLE
    assert sample.values["furnace_class"].tolist() == [1, 2, 4]


def test_a_table_is_read_by_itself_as_well_as_in_its_folder(tmp_path):
    folder_with(tmp_path)
    by_file, by_folder = read_sample(tmp_path / "plants.csv", SYSTEM), read_sample(str(tmp_path), SYSTEM)
    assert by_file.values.equals(by_folder.values)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_chinese_headers_are_read_in_every_encoding_excel_writes(tmp_path, encoding):
    table = TABLE.replace("process_energy", "工序能耗").replace("plant", "企业")
    sample = read_sample(folder_with(tmp_path, table, encoding=encoding), SYSTEM)
    assert sample.values["process_energy"].tolist() == [400, 380, 410]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_from_the_header(tmp_path, delimiter):
    sample = read_sample(folder_with(tmp_path, TABLE.replace(",", delimiter)), SYSTEM)
    assert sample.values.shape == (3, 4)


@pytest.mark.parametrize(
    "header", ["Process energy", "PROCESS_ENERGY", " process  energy ", "ｐrocess_energy"]
)
def test_names_are_found_whatever_their_case_and_spaces(tmp_path, header):
    sample = read_sample(folder_with(tmp_path, TABLE.replace("process_energy", header)), SYSTEM)
    assert sample.values["process_energy"].notna().all()


@pytest.mark.parametrize("header", ["process_energy [GJ/t]", "process_energy (GJ/t)", "工序能耗（GJ/t）"])
def test_a_unit_in_the_header_is_converted_and_noted(tmp_path, header):
    table = TABLE.replace("process_energy", header).replace("400", "11.72304")
    sample = read_sample(folder_with(tmp_path, table.replace("380", "11").replace("410", "12")), SYSTEM)
    assert sample.values.loc["A", "process_energy"] == pytest.approx(400.0)
    assert "converted from GJ/t to kgce/t" in sample.notes["what"].tolist()


def test_a_row_of_units_below_the_header_is_understood(tmp_path):
    table = "\n".join((HEADER, "单位,GJ/t,mg/m3,%,", "A,11.72304,4.5,99,I")) + "\n"
    sample = read_sample(folder_with(tmp_path, table), SYSTEM)
    assert sample.values.loc["A", "process_energy"] == pytest.approx(400.0)


@pytest.mark.parametrize(
    "header",
    [
        "工序能耗（千克标准煤／吨）",
        "工序能耗/(kgce/t)",
        "工序能耗(单位：kgce/t)",
        "工序能耗【千克标准煤每吨】",
        "process_energy [kgce/t产品]",
        "工序能耗 kgce/t",
        "工序能耗：千克标准煤/吨",
        "process_energy ;  kgce/t产品",
    ],
)
def test_a_header_states_its_unit_the_way_chinese_tables_do(tmp_path, header):
    sample = read_sample(folder_with(tmp_path, TABLE.replace("process_energy", header)), toy_system())
    assert sample.values["process_energy"].tolist() == [400, 380, 410]
    assert not sample.notes["what"].str.contains("converted").any()


def test_percentages_are_percentages_in_words_too(tmp_path):
    table = TABLE.replace("slag_use", "slag_use(百分比)").replace("97.5", "97.5%")
    sample = read_sample(folder_with(tmp_path, table), toy_system())
    assert sample.values["slag_use"].tolist()[:2] == [99, 97.5]


def test_a_unit_per_tonne_of_another_product_is_refused(tmp_path):
    table = TABLE.replace("process_energy", "process_energy(kgce/t钢)")
    (problem,) = problems_of(folder_with(tmp_path, table), toy_system(functional_unit="t hot metal"))
    assert "per tonne of crude steel; asked is one t hot metal" in problem.what
    own = TABLE.replace("process_energy", "process_energy(kgce/t铁水)")
    sample = read_sample(folder_with(tmp_path, own), toy_system(functional_unit="t hot metal"))
    assert sample.values["process_energy"].tolist() == [400, 380, 410]


def test_a_limit_is_converted_like_a_value(tmp_path):
    table = TABLE.replace("dust", "dust [ug/m3]").replace("4.5", "4500").replace("<2", "<2000")
    sample = read_sample(folder_with(tmp_path, table), SYSTEM)
    assert sample.values.loc["B", "dust"] == pytest.approx(2.0)
    assert sample.states.loc["B", "dust"] == CellState.BELOW_LIMIT


def test_a_unit_that_cannot_be_converted_is_refused(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, TABLE.replace("process_energy", "process_energy [mg/m3]")))
    assert (problem.row, problem.column) == (1, "process_energy [mg/m3]")
    assert "'mg/m3'" in problem.what
    assert "'kgce/t'" in problem.what


def test_every_fault_is_listed_at_once_with_row_and_column(tmp_path):
    table = "\n".join(
        ("plant,proces_energy,dust,slag_use,furnace_class", "A,400,x,99,I", "B,380,<2,97.5,V", "A,1,1,1,I")
    )
    found = {(p.row, p.column): p.what for p in problems_of(folder_with(tmp_path, table))}
    assert set(found) == {
        (1, "proces_energy"),
        (1, "process_energy"),
        (2, "dust"),
        (3, "furnace_class"),
        (4, "plant"),
    }
    assert "missing" in found[1, "process_energy"]


def test_a_misspelt_header_is_met_with_the_name_it_resembles(tmp_path):
    problems = problems_of(folder_with(tmp_path, TABLE.replace("process_energy", "proces_energy")))
    assert "Did you mean 'process_energy'?" in str(problems[0])


def test_rows_are_counted_as_the_spreadsheet_counts_them(tmp_path):
    table = "\n".join(("a title", "", HEADER, "A,400,4.5,99,I", "", "B,oops,<2,97.5,II"))
    (problem,) = problems_of(folder_with(tmp_path, table))
    assert problem.row == 6


def test_a_cell_with_a_line_break_counts_as_one_row(tmp_path):
    table = HEADER.replace("dust", '"dust\n[mg/m3]"') + "\n" + "\n".join((ROWS[0], "B,oops,<2,97.5,II"))
    (problem,) = problems_of(folder_with(tmp_path, table))
    assert (problem.row, problem.column) == (3, "process_energy")


def test_a_comma_that_split_a_cell_is_one_problem_and_not_six(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, TABLE.replace("A,400,", "A,1,400,")))
    assert problem.row == 2
    assert "longer than the header" in problem.what


@pytest.mark.parametrize("name", ["合计", "Mean", "average", "平均"])
def test_a_summary_row_is_no_plant(tmp_path, name):
    (problem,) = problems_of(folder_with(tmp_path, TABLE + f"{name},400,4,98,\n"))
    assert "summary" in problem.what


HIDDEN = "\u202e\u202a\u2066\u2069\u200e\u200b\u200d\u00ad\u061c\u2060\u3164\u2800\ufe0f\U000e0041"


@pytest.mark.parametrize("sign", HIDDEN, ids=ascii)
def test_a_plant_id_holds_no_sign_that_nobody_sees(tmp_path, sign):
    (problem,) = problems_of(folder_with(tmp_path, TABLE + f"P{sign}9,400,4,98,I\n"))
    assert (problem.row, f"U+{ord(sign):04X}" in problem.what) == (5, True)
    assert "\u202e" not in str(problem)


@pytest.mark.parametrize("name", ["A", "a", " A ", "Ａ"])
def test_a_plant_may_stand_in_one_row_only(tmp_path, name):
    (problem,) = problems_of(folder_with(tmp_path, TABLE + f"{name},400,4,98,I\n"))
    assert problem.row == 5
    assert "row 2 already" in problem.what


def test_a_row_with_data_and_no_plant_is_refused(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, TABLE + ",400,4,98,I\n"))
    assert "no plant id" in problem.what


def test_a_column_named_twice_is_refused(tmp_path):
    table = "plant,dust,process_energy,dust,slag_use,furnace_class\nA,1,400,2,99,I\n"
    (problem,) = problems_of(folder_with(tmp_path, table))
    assert "again, after column B" in problem.what


def test_data_under_no_header_are_refused(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, HEADER + ",\n" + ROWS[0] + ",7\n"))
    assert "longer than the header" in problem.what


def test_a_gap_in_the_header_is_refused(tmp_path):
    table = "plant,,process_energy,dust,slag_use,furnace_class\nA,7,400,2,99,I\n"
    (problem,) = problems_of(folder_with(tmp_path, table))
    assert "column B holds data and has no header" in problem.what


def test_many_faults_of_one_column_are_counted_after_the_first_twenty(tmp_path):
    rows = "\n".join(f"P{n},oops,1,99,I" for n in range(50))
    problems = problems_of(folder_with(tmp_path, f"{HEADER}\n{rows}\n"))
    assert len(problems) == 21
    assert any("30 more cells" in problem.what for problem in problems)


@pytest.mark.parametrize("content", [b"", b"   \n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(tmp_path, content):
    (tmp_path / "plants.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"empty|none of the first"):
        read_sample(tmp_path, SYSTEM)


def test_a_header_without_plants_says_so(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, HEADER + "\n"))
    assert "no plant below the header" in problem.what


def test_a_table_of_something_else_is_one_message_and_not_thirty(tmp_path):
    with pytest.raises(DataError, match="none of the first 30 rows names a column") as caught:
        read_sample(folder_with(tmp_path, "date,price\n2024-01-01,7\n"), SYSTEM)
    assert "workbench template toy" in str(caught.value)


def test_two_tables_in_a_folder_need_a_choice(tmp_path):
    folder_with(tmp_path)
    (tmp_path / "plants.xlsx").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"plants\.csv and plants\.xlsx"):
        read_sample(tmp_path, SYSTEM)


def test_the_only_table_of_a_folder_is_read_whatever_it_is_called(tmp_path):
    (tmp_path / "企业数据 2025.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "~$plants.csv").write_text("", encoding="utf-8")
    assert list(read_sample(tmp_path, SYSTEM).plants) == ["A", "B", "C"]
    (tmp_path / "more.csv").write_text(TABLE, encoding="utf-8")
    with pytest.raises(DataError, match="holds no table of plants"):
        read_sample(tmp_path, SYSTEM)


def test_a_line_above_a_header_of_strange_names_is_no_row_of_figures(tmp_path):
    text = "2024年单位：t,,\nplant,strange,foreign\nA,1,2\n"
    with pytest.raises(DataError) as caught:
        read_sample(folder_with(tmp_path, text), SYSTEM)
    assert "figures" not in str(caught.value)


def test_a_folder_without_table_says_what_belongs_there(tmp_path):
    with pytest.raises(DataError, match=r"plants\.csv"):
        read_sample(tmp_path, SYSTEM)


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no file or folder .*nowhere"):
        read_sample(tmp_path / "nowhere", SYSTEM)


def test_values_outside_the_bounds_are_set_aside_with_a_note(tmp_path):
    sample = read_sample(folder_with(tmp_path, TABLE.replace("400", "0.4")), SYSTEM)
    assert np.isnan(sample.values.loc["A", "process_energy"])
    assert sample.states.loc["A", "process_energy"] == CellState.NOT_REPORTED
    (note,) = sample.notes.to_dict("records")
    assert note["plant"] == "A"
    assert note["indicator"] == "process_energy"
    assert "0.4" not in note["reason"]


CELLS = st.one_of(
    st.floats(250, 560).map(repr),
    st.floats(0.01, 500).map(lambda limit: f"<{limit!r}"),
    st.sampled_from(["", "n/a"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(CELLS, min_size=1, max_size=12))
def test_any_column_of_cells_survives_writing_and_reading(tmp_path, cells):
    rows = [f"P{n},{cell},1,99,I" for n, cell in enumerate(cells)]
    sample = read_sample(folder_with(tmp_path, "\n".join((HEADER, *rows)) + "\n"), SYSTEM)
    sample.cells(SYSTEM).to_csv(tmp_path / "plants.csv")
    again = read_sample(tmp_path, SYSTEM)
    assert again.values.equals(sample.values)
    assert again.states.equals(sample.states)


def test_reading_back_the_cells_gives_the_same_sample(tmp_path):
    sample = read_sample(folder_with(tmp_path), SYSTEM)
    again = tmp_path / "again"
    again.mkdir()
    sample.cells(SYSTEM).to_csv(again / "plants.csv")
    assert read_sample(again, SYSTEM).values.equals(sample.values)
    assert read_sample(again, SYSTEM).states.equals(sample.states)


def test_a_text_row_that_ends_early_is_refused_and_not_read_as_silence(tmp_path):
    folder = folder_with(tmp_path, f"{HEADER}\nP1,400,4.5,99,I\nP2,390\n")
    with pytest.raises(DataError, match="row 3: the row ends after 2 of 5 columns"):
        read_sample(folder, SYSTEM)
