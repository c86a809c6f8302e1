"""What sample.yaml and the system say of columns, attributes and tables."""

import pytest
from pydantic import ValidationError
from sample_toys import HEADER, TABLE, folder_with, problems_of, toy_system

from methodology.errors import DataError
from methodology.sample import read_sample

SYSTEM = toy_system()


def test_units_of_the_sidecar_apply_where_the_header_states_none(tmp_path):
    sidecar = "units: {process_energy: GJ/t}\n"
    table = "\n".join((HEADER, "A,11.72304,4.5,99,I")) + "\n"
    sample = read_sample(folder_with(tmp_path, table, sidecar=sidecar), SYSTEM)
    assert sample.values.loc["A", "process_energy"] == pytest.approx(400.0)


def test_header_and_sidecar_may_not_disagree_about_a_unit(tmp_path):
    table = TABLE.replace("process_energy", "process_energy [GJ/t]")
    (problem,) = problems_of(folder_with(tmp_path, table, sidecar="units: {process_energy: kgce/t}\n"))
    assert "GJ/t" in problem.what
    assert "kgce/t" in problem.what


def test_attributes_are_typed_by_the_system(tmp_path):
    table = f"{HEADER},region,capacity,works\nA,400,1,99,I,North,2500,W1\n"
    public = "public: true\nsource: a yearbook\n"
    sample = read_sample(folder_with(tmp_path, table, sidecar=public), SYSTEM)
    assert sample.attributes.loc["A"].tolist() == ["north", 2500.0, "W1"]


def test_a_choice_that_does_not_exist_is_refused(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, f"{HEADER},region\nA,400,1,99,I,east\n"))
    assert "Write north, south" in problem.fix


def test_an_attribute_has_no_detection_limit(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, f"{HEADER},capacity\nA,400,1,99,I,<5\n"))
    assert "below a limit" in problem.what


def test_the_sidecar_may_rename_ignore_and_declare(tmp_path):
    sidecar = "columns: {能耗: process_energy}\nignore: [remark]\nattributes: {owner: a|b}\nindex: firm\n"
    table = "firm,能耗,dust,slag_use,furnace_class,remark,owner\nA,400,1,99,I,=1+1,b\n"
    sample = read_sample(folder_with(tmp_path, table, sidecar=sidecar), SYSTEM)
    assert sample.values.loc["A", "process_energy"] == 400
    assert list(sample.attributes) == ["owner"]


def test_a_misspelt_key_of_the_sidecar_is_refused(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, sidecar="unit: {dust: mg/m3}\n"))
    assert problem.file == "sample.yaml"
    assert "units" in problem.fix


@pytest.mark.parametrize("sidecar", ["units: {process_enrgy: GJ/t}\n", "columns: {x: process_enrgy}\n"])
def test_a_name_in_the_sidecar_that_means_no_column_is_refused(tmp_path, sidecar):
    (problem,) = problems_of(folder_with(tmp_path, sidecar=sidecar))
    assert problem.file == "sample.yaml"
    assert "'process_energy'" in problem.fix


def test_a_unit_of_the_sidecar_that_cannot_be_converted_is_refused(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, sidecar="units: {process_energy: mg/m3}\n"))
    assert "'mg/m3' in sample.yaml" in problem.what


def test_a_sidecar_about_another_table_is_left_alone(tmp_path):
    folder_with(tmp_path, sidecar="units: {process_energy: GJ/t}\n")
    (tmp_path / "other.csv").write_text(TABLE, encoding="utf-8")
    assert read_sample(tmp_path / "other.csv", SYSTEM).values.loc["A", "process_energy"] == 400


def test_a_sample_of_another_system_is_refused(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, sidecar="system: sintering\n"))
    assert "'sintering', not 'toy'" in problem.what


BOUNDED = toy_system(
    attributes={"capacity": "kt/a", "ore_pct": "%", "oxygen": "%", "gas_share": "t/t", "inlet": "degC"},
    attribute_bounds={"oxygen": {"low": 0, "high": 20.9}},
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("capacity", -5),
        ("capacity", 0),
        ("ore_pct", 500),
        ("ore_pct", -1),
        ("oxygen", 21),
        ("oxygen", 25),
        ("gas_share", 1.2),
    ],
)
def test_an_attribute_outside_its_bounds_is_refused(tmp_path, name, value):
    folder = folder_with(tmp_path, f"{HEADER},{name}\nP1,400,4.5,99,I,{value}\n")
    with pytest.raises(DataError, match=rf"row 2, column '{name}'.*'{value}' lies outside"):
        read_sample(folder, BOUNDED)


@pytest.mark.parametrize(
    ("name", "value"), [("capacity", 0.1), ("ore_pct", 100), ("oxygen", 20.9), ("inlet", -30)]
)
def test_an_attribute_within_its_bounds_is_kept(tmp_path, name, value):
    folder = folder_with(tmp_path, f"{HEADER},{name}\nP1,400,4.5,99,I,{value}\n")
    assert read_sample(folder, BOUNDED).attributes.loc["P1", name] == value


def test_bounds_of_an_attribute_that_is_none_are_refused():
    with pytest.raises(ValidationError, match="'oxygen' is no attribute with a unit"):
        toy_system(attribute_bounds={"oxygen": {"low": 0, "high": 20.9}})
