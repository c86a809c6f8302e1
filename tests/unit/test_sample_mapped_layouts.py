"""Foreign layouts become samples by a mapping and no code; every trap is a fault at the cell that was sent."""

from __future__ import annotations

import math

import pytest
import xlsxwriter
from sample_toys import indicator, toy_system

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.pseudonyms import make_key
from methodology.sample import account, load, read_sample
from methodology.sample.exclusion import AllPlants

SYSTEM = toy_system(
    attributes={"region": "north|south", "capacity": "kt/a"},
    indicators=[
        indicator("nox", unit="ng/J", weight=0.5, bounds={"low": 0, "high": 1e6}),
        indicator("dust", unit="mg/m3", weight=0.5, bounds={"low": 0, "high": 1e6}),
    ],
)
PLAIN = "plant,NOx [ng/J],dust,remark\nA,100,4,x\nB,200,5,y\nC,150,6,z\n"


@pytest.fixture
def read(tmp_path):
    """Read a table through a mapping; faults raise."""

    def reading(table, mapping, *, system=SYSTEM, **choices):
        (tmp_path / "plants.csv").write_text(table, encoding="utf-8")
        (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
        (tmp_path / "sample.yaml").write_text("public: true\nsource: a test\n", encoding="utf-8")
        return read_sample(tmp_path, system, choices=AllPlants(**choices))

    return reading


def mapping(nox="{column: NOx}", dust="{column: dust}", more="ignore: rest"):
    return f"id: plant\ncolumns:\n  nox: {nox}\n  dust: {dust}\n{more}\n"


def faults_of(read, *given, **more):
    with pytest.raises(DataError) as caught:
        read(*given, **more)
    return caught.value.problems


def test_plain_columns_pass_on_as_they_stand(read):
    sample = read(PLAIN, mapping())
    assert list(sample.values["nox"]) == [100, 200, 150]
    assert list(sample.values["dust"]) == [4, 5, 6]


def test_a_column_nobody_mapped_is_a_fault_unless_the_rest_is_ignored(read):
    (fault,) = faults_of(read, PLAIN, mapping(more="ignore: []"))
    assert (fault.column, fault.row) == ("remark", 1)
    assert read(PLAIN, mapping(more="ignore: [remark]")).values.shape == (3, 2)


def test_a_ratio_in_units_of_ones_own_is_brought_to_the_unit_of_the_system(read):
    table = "plant,mass,heat,dust\nA,2000,1000,4\nB,50,100,5\nC,30,100,<6\n"
    own = (
        "ignore: rest\nunits:\n  lb: {equals: 0.45359237 kg, derivation: pound of 1959}\n"
        "  MMBtu: {equals: 1.05505585262 GJ, derivation: a million Btu of the international table}\n"
    )
    nox = "{column: mass, unit: lb, per: {column: heat, unit: MMBtu}}"
    sample = read(table, mapping(nox, more=own))
    pound_per_million_btu = 0.45359237e12 / 1.05505585262e9  # ng per J, by hand
    assert sample.values.loc["A", "nox"] == pytest.approx(2 * pound_per_million_btu, rel=1e-12)
    assert sample.values.loc["B", "nox"] == pytest.approx(0.5 * pound_per_million_btu, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "factor"), [("lb/GJ", 453.59237), ("kg/MMBtu", 1e12 / 1.05505585262e9), ("lb/MMBtu", 429.922614)]
)
def test_one_column_in_a_unit_of_ones_own_is_converted(read, unit, factor):
    own = (
        "ignore: rest\nunits:\n  lb: {equals: 0.45359237 kg, derivation: pound}\n"
        "  MMBtu: {equals: 1.05505585262 GJ, derivation: a million Btu}\n"
    )
    sample = read("plant,NOx,dust\nA,1,4\nB,3,5\n", mapping(f"{{column: NOx, unit: {unit}}}", more=own))
    assert sample.values.loc["B", "nox"] == pytest.approx(3 * factor, rel=1e-8)


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ("{lb: {equals: 0.5 kg, derivation: a slip}}", "0.5 kg here, and 0.453592 kg everywhere else"),
        ("{lb: {equals: heavy, derivation: a slip}}", "write a number and a unit"),
        ("{lb: {equals: 0 kg, derivation: a slip}}", "write a number and a unit"),
        ("{heap: {equals: 0e5 kg, derivation: a slip}}", "write a number and a unit"),
        ("{heap: {equals: 1e99 kg, derivation: a slip}}", "write a number and a unit"),
        ("{lb: {equals: 2 stone, derivation: a slip}}", "no known unit"),
        ("{kg: {equals: 2 t, derivation: a slip}}", "known already"),
    ],
)
def test_a_unit_of_ones_own_that_is_no_unit_is_refused_with_both_readings(read, units, said):
    (fault,) = faults_of(read, PLAIN, mapping(more=f"ignore: rest\nunits: {units}"))
    assert said in fault.what


def test_an_id_of_two_columns_tells_units_of_one_plant_apart(read):
    table = "plant,unit,NOx,dust\nA,1,100,4\nA,2,200,5\nB,1,150,6\n"
    assert list(read(table, mapping().replace("id: plant", "id: [plant, unit]")).plants) == [
        "A 1",
        "A 2",
        "B 1",
    ]


OUTLETS = "plant,flow,NOx,dust,t\nA,100,100,4,1\nA,300,100,8,2\nB,50,200,5,3\nC,10,150,6,9\n"


@pytest.mark.parametrize(
    ("dust", "wanted"),
    [
        ("{column: dust, over: mean}", 6.0),
        ("{column: dust, over: mean, weight: flow}", 7.0),
        ("{column: dust, over: sum}", 12.0),
    ],
)
def test_outlets_become_one_number_of_the_plant(read, dust, wanted):
    sample = read(OUTLETS, mapping("{column: NOx, over: same}", dust))
    assert sample.values.loc["A", "dust"] == pytest.approx(wanted)
    assert list(sample.plants) == ["A", "B", "C"]


def test_rows_that_nobody_said_how_to_join_are_a_fault_with_both_rows(read):
    (fault,) = faults_of(read, OUTLETS, mapping("{column: NOx, over: same}"))
    assert (fault.row, fault.column, fault.plant) == (3, "dust", "A")
    assert "(row 2)" in fault.what
    assert "over: sum" in fault.fix


def test_rows_that_should_say_the_same_and_do_not_are_a_fault(read):
    (fault,) = faults_of(read, OUTLETS, mapping("{column: NOx, over: same}", "{column: dust, over: same}"))
    assert "differs between rows" in fault.what


def test_a_flag_beside_a_number_makes_it_a_limit_and_a_mean_with_one_lies_below(read):
    table = "plant,NOx,dust,flag\nA,100,4,\nB,200,5,ND\nC,150,6,\nC,150,2,nd\n"
    dust = "{column: dust, over: mean, below_limit: {flag: [ND]}}"
    sample = read(table, mapping("{column: NOx, over: same}", dust))
    assert list(sample.states["dust"]) == [CellState.MEASURED, CellState.BELOW_LIMIT, CellState.BELOW_LIMIT]
    assert list(sample.values["dust"]) == [4, 5, 4]


def test_a_sum_without_one_of_its_parts_is_not_reported(read):
    table = "plant,NOx,coarse,fine\nA,100,4,1\nB,200,5,\nC,150,<2,1\n"
    sample = read(table, mapping(dust="{column: [coarse, fine]}"))
    assert sample.values.loc["A", "dust"] == 5
    assert sample.states.loc["B", "dust"] == CellState.NOT_REPORTED
    assert (sample.values.loc["C", "dust"], sample.states.loc["C", "dust"]) == (3, CellState.BELOW_LIMIT)


def test_a_long_table_is_read_by_what_its_rows_say(read):
    table = "plant,what,value,unit\nA,NOx,100,ng/J\nA,dust,4,mg/m3\nB,NOx,0.2,kg/GJ\nB,dust,5000,ug/m3\nB,noise,1,1\n"
    row = "{{column: value, unit_column: unit, where: {{what: {}}}}}"
    sample = read(table, mapping(row.format("NOx"), row.format("dust")))
    assert sample.values.loc["B"].to_dict() == pytest.approx({"nox": 200, "dust": 5})


def test_codes_become_words_and_several_values_of_a_stratum_are_kept(read):
    table = "plant,NOx,dust,code\nA,100,4,331110\nB,200,5,331200\nC,150,6,900\n"
    more = "  region: {column: code, codes: {north: 3311*, south: 3312*}, other: ''}\nignore: rest"
    sample = read(table, mapping(more=more), stratum="region=north|south")
    assert list(sample.attributes["region"]) == ["north", "south"]
    assert list(sample.excluded["plant"]) == ["C"]


def test_rows_outside_the_part_that_is_kept_are_left_out(read):
    table = "plant,kind,NOx,dust\nA,mill,100,4\nB,shop,200,5\nC,mill,150,6\n"
    assert list(read(table, mapping(more="ignore: rest\nkeep: {kind: mill}")).plants) == ["A", "C"]


def test_a_table_of_years_keeps_each_and_lets_the_run_choose(read):
    table = "plant,Jahr,NOx,dust\nA,2022,100,4\nA,2023,200,6\nB,2023,300,5\nB,2021,100,<1\nC,2022,50,3\n"
    by_year = mapping(more="ignore: rest\nyear: Jahr")
    assert read(table, by_year).values["nox"].to_dict() == {"C": 50, "A": 200, "B": 300}
    mean = read(table, by_year, years="mean", least_years=2)
    assert mean.values["nox"].to_dict() == {"A": 150, "B": 200}
    assert mean.states.loc["B", "dust"] == CellState.BELOW_LIMIT
    assert list(mean.excluded["reason"]) == ["has 1 of the 2 years wanted"]


def test_a_mean_over_years_may_be_taken_by_the_mapping(read):
    table = "plant,Jahr,NOx,dust\nA,2022,100,4\nA,2023,200,6\nB,2023,300,5\n"
    sample = read(table, mapping("{column: NOx, over: mean}", "{column: dust, over: mean}"))
    assert sample.values.loc["A"].to_dict() == {"nox": 150, "dust": 5}


def test_two_units_stated_for_a_column_are_a_fault_that_names_both(read):
    (fault,) = faults_of(read, PLAIN, mapping("{column: NOx, unit: kg/GJ}"))
    assert "'ng/J'" in fault.what
    assert "'kg/GJ'" in fault.what


def test_a_header_with_a_unit_nobody_knows_is_a_fault_until_the_mapping_says_it(read):
    table = PLAIN.replace("ng/J", "lbs/hr")
    (fault,) = faults_of(read, table, mapping())
    assert "'lbs/hr'" in fault.what
    assert list(read(table, mapping("{column: NOx, unit: ng/J}")).values["nox"]) == [100, 200, 150]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1,385", "comma"),
        ("oops", "not a number"),
        ("35%", "after the number"),
        ("3-12", "date"),
        ("-5", "outside"),
    ],
)
def test_a_cell_that_is_no_number_is_a_fault_in_a_computed_column_too(read, cell, said):
    table = f'plant,NOx,heat,dust\nA,100,"{cell}",4\nB,200,2,5\n'
    nox = "{column: NOx, unit: ng, per: {column: heat, unit: J}}"
    faults = faults_of(read, table, mapping(nox))
    assert [(f.row, f.column, f.plant) for f in faults] == [(2, "heat", "A")]
    assert said in faults[0].what or cell == "-5"


def test_a_total_below_the_table_is_asked_about_and_a_note_is_skipped(read):
    table = PLAIN + "合计,450,15,\n注：由企业填报,,,\n"
    (fault,) = faults_of(read, table, mapping())
    assert "summary" in fault.what
    assert fault.row == 5
    assert list(read(PLAIN + "注：由企业填报,,,\n", mapping()).plants) == ["A", "B", "C"]


def test_a_row_without_an_id_is_a_fault_in_a_long_table(read):
    table = "plant,what,value\nA,NOx,1\nA,dust,1\n,NOx,7\n"
    row = "{{column: value, where: {{what: {}}}}}"
    (fault,) = faults_of(read, table, mapping(row.format("NOx"), row.format("dust")))
    assert "no plant id" in fault.what


@pytest.mark.parametrize(
    "text",
    [
        "id: plant\ncolumns: {}\n",
        "id: plant\ncolumns: {nox: {column: NOx, eval: x}}\n",
        "id: plant\ncolumns: {nox: {column: NOx, over: median}}\n",
        "id: plant\ncolumns: {nox: {column: NOx, weight: x}}\n",
        "id: !!python/object/apply:os.system [true]\n",
        "a: &a [x]\nb: *a\n",
        "header: [9999999]\nid: plant\ncolumns: {nox: {column: NOx}}\n",
        "system: other\nid: plant\ncolumns: {nox: {column: NOx}, dust: {column: dust}}\nignore: rest\n",
    ],
)
def test_a_mapping_that_is_none_is_refused_by_name(read, text):
    with pytest.raises(DataError, match=r"mapping\.yaml"):
        read(PLAIN, text)


def test_a_missing_header_is_named_with_the_one_that_is_near(read):
    (fault,) = faults_of(read, PLAIN.replace("dust", "dusts"), mapping())
    assert "'dust' is missing" in fault.what
    assert "'dusts'" in fault.fix


def test_an_indicator_the_table_says_nothing_about_is_declared(read):
    text = "id: plant\ncolumns: {nox: {column: NOx}}\nignore: rest\n"
    (fault,) = faults_of(read, PLAIN, text)
    assert "'dust' has no column" in fault.what
    sample = read(PLAIN, f"{text}absent: dust\n".replace("absent: dust", "absent: [dust]"))
    assert (sample.states["dust"] == CellState.NOT_REPORTED).all()


def workbook(path, cells, merges=()):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("数据")
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            sheet.write(row, column, cell)
    for merge, text in merges:
        sheet.merge_range(merge, text)
    book.close()


def test_a_header_of_two_rows_with_merged_cells_is_joined(tmp_path):
    rows = [["", "", ""], ["", "NOx", "颗粒物"], ["甲", 100, 4], ["乙", 200, 5]]
    workbook(tmp_path / "plants.xlsx", rows, [("A1:A2", "企业"), ("B1:C1", "排放浓度 2024")])
    text = (
        "sheet: 数据\nheader: [1, 2]\nid: 企业\ncolumns:\n"
        "  nox: {column: 排放浓度 2024 NOx}\n  dust: {column: 排放浓度 2024 颗粒物}\n"
    )
    (tmp_path / "mapping.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "sample.yaml").write_text("public: true\nsource: a test\n", encoding="utf-8")
    sample = read_sample(tmp_path, SYSTEM)
    assert sample.values["dust"].to_dict() == {"甲": 4, "乙": 5}


def test_an_id_merged_over_outlets_is_theirs_and_a_merged_value_is_a_fault(tmp_path):
    rows = [["plant", "NOx", "dust"], ["", 100, 4], ["", 100, ""], ["B", 200, 6]]
    workbook(tmp_path / "plants.xlsx", rows, [("A2:A3", "A")])
    (tmp_path / "mapping.yaml").write_text(
        mapping("{column: NOx, over: same}", "{column: dust, over: mean}"), encoding="utf-8"
    )
    assert read_sample(tmp_path, SYSTEM).values.loc["A", "dust"] == 4
    workbook(tmp_path / "plants.xlsx", rows, [("A2:A3", "A"), ("C2:C3", 4)])
    assert all("is merged (C2:C3)" in problem.what for problem in load(tmp_path, SYSTEM).problems)


def test_what_was_read_is_said_with_rows_and_states(tmp_path):
    (tmp_path / "plants.csv").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(mapping(), encoding="utf-8")
    said = account(tmp_path, SYSTEM, named=True)
    assert (said.header, said.used, said.states["measured"]) == ("1", "2-4", 6)


def test_names_and_texts_of_a_foreign_table_stay_in_the_house(tmp_path):
    table = PLAIN.replace("\nA,", "\n江南钢铁有限公司,").replace(",x\n", ",联系人王某某\n")
    (tmp_path / "plants.csv").write_text(table, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(mapping(dust="{column: dust, unit: t}"), encoding="utf-8")
    (tmp_path / "sample.yaml").write_text("key: toy.key\n", encoding="utf-8")
    make_key(tmp_path / "toy.key")
    with pytest.raises(DataError) as caught:
        read_sample(tmp_path, SYSTEM)
    assert "江南" not in str(caught.value)
    (tmp_path / "mapping.yaml").write_text(mapping(), encoding="utf-8")
    sample = read_sample(tmp_path, SYSTEM)
    assert "江南" not in " ".join([*sample.plants, *sample.notes.to_csv(), *sample.attributes.to_csv()])
    assert math.isfinite(sample.values.to_numpy().sum())
