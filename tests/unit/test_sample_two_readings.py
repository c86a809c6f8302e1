"""No number is read as another one: what can be read in two ways is a fault that names both."""

import pytest
from sample_toys import HEADER, TABLE, folder_with, indicator, toy_system

from methodology.errors import DataError, UnitError
from methodology.sample import check_sample, read_sample
from methodology.units import parse

SYSTEM = toy_system()
FREE = toy_system(
    indicators=[
        indicator("process_energy", unit="kgce/t", weight=0.5),
        indicator("slag_use", unit="%", direction="higher", bounds={"low": 0, "high": 100}),
        indicator("sulphur", unit="%", bounds={"low": 0, "high": 0.3}),
    ]
)


def said_of(folder, system):
    with pytest.raises(DataError) as caught:
        read_sample(folder, system)
    return [problem.what for problem in caught.value.problems]


def free(tmp_path, energy, slag=("97", "98", "99"), head="slag_use"):
    rows = [f"P{n},{e},{s},0.02" for n, (e, s) in enumerate(zip(energy, slag, strict=True))]
    return folder_with(tmp_path, "\n".join([f"plant,process_energy,{head},sulphur", *rows]) + "\n")


def test_a_comma_before_three_digits_is_named_with_both_readings(tmp_path):
    (said,) = said_of(folder_with(tmp_path, TABLE.replace("400,", '"1,385",', 1)), SYSTEM)
    assert "1385" in said
    assert "1.385" in said


@pytest.mark.parametrize(
    "energy", [("950", "1.149", "980"), ("1.149", "1.205", "2.310"), ("1.149", "<1.205", "")]
)
def test_a_point_before_three_digits_is_named_with_both_readings(tmp_path, energy):
    (said,) = said_of(free(tmp_path, energy), FREE)
    assert "1149 (point of thousands)" in said
    assert "1.149 (decimal point)" in said


@pytest.mark.parametrize(
    "energy",
    [("0.950", "1.149", "0.98"), ("1.149", "1.2", "2.310"), ("0.149", "1.205", "2"), ("1149", "1.205", "2")],
)
def test_a_column_that_writes_other_decimals_has_decimal_points(tmp_path, energy):
    assert list(read_sample(free(tmp_path, energy), FREE).values["process_energy"]) == [
        float(e) for e in energy
    ]


def test_whoever_knows_says_that_points_are_decimal_points(tmp_path):
    folder = free(tmp_path, ("1.149", "1.205", "2.310"))
    (folder / "sample.yaml").write_text("decimals: point\n", encoding="utf-8")
    assert read_sample(folder, FREE).values["process_energy"].iloc[0] == 1.149


def test_a_value_that_is_possible_with_a_decimal_point_alone_is_read_so(tmp_path):
    table = "\n".join([HEADER, "A,400,4.500,1.125,I", "B,380,3.125,2.250,I"]) + "\n"
    assert list(read_sample(folder_with(tmp_path, table), SYSTEM).values["slag_use"]) == [1.125, 2.25]


def test_shares_where_per_cent_are_asked_and_no_unit_is_stated_are_named_with_both_readings(tmp_path):
    (said,) = said_of(free(tmp_path, ("950", "980", "990"), ("0.97", "0.98", "1")), FREE)
    assert "1 % or, with the sign left out, as 100 %" in said


@pytest.mark.parametrize(("head", "first"), [("slag_use [%]", 0.97), ("slag_use [1]", 97)])
def test_a_stated_unit_leaves_one_reading(tmp_path, head, first):
    folder = free(tmp_path, ("950", "980", "990"), ("0.97", "0.98", "1"), head)
    assert read_sample(folder, FREE).values["slag_use"].iloc[0] == pytest.approx(first)


@pytest.mark.parametrize("unit", ["ton", "kg/ton", "tons"])
def test_a_ton_is_short_or_metric_and_the_message_names_both(unit):
    with pytest.raises(UnitError, match=r"short ton \(907\.18 kg\) or as a tonne"):
        parse(unit)


@pytest.mark.parametrize(
    ("unit", "one", "other"),
    [
        ("MT/a", "metric ton", "million tonnes"),
        ("cal/kg", "calorie", "kilocalorie"),
        ("kg/斤", "half a kilogram", "a kilogram"),
        ("wt", "ten thousand tonnes", "by weight"),
    ],
)
def test_other_words_for_two_units_are_refused_with_both(unit, one, other):
    with pytest.raises(UnitError, match=rf"two ways: as .*{one}.* or as .*{other}"):
        parse(unit)


ENERGY = ["A,12.1,4.5,99,I", "B,11.9,2,97.5,II", "C,13.2,5,98,III", "D,12.6,6,96,I", "E,11.4,4,95,II"]
IN_KGCE = [line.replace(",1", ",41", 1) for line in ENERGY]


@pytest.mark.parametrize(
    ("head", "rows", "read", "meant"),
    [
        ("process_energy", ENERGY, "kgce/t", "GJ/t"),
        ("process_energy [GJ/t]", IN_KGCE, "GJ/t", "kgce/t"),
        ("process_energy", [*ENERGY[:4], "E,1.4,4,95,II"], "kgce/t", "GJ/t"),
    ],
)
def test_a_column_that_fits_another_unit_and_not_its_own_is_a_fault_that_names_both(
    tmp_path, head, rows, read, meant
):
    table = "\n".join([HEADER.replace("process_energy", head), *rows]) + "\n"
    (said,) = said_of(folder_with(tmp_path, table), SYSTEM)
    assert said.startswith(f"read in {read}, none of 5 values")
    assert f"read in {meant}, " in said


def test_a_cell_a_thousand_times_off_is_a_doubt_and_the_sample_is_read(tmp_path):
    """A-93: a person decides about one plant; the samples that are shipped hold such slips on purpose."""
    slip = "\n".join([HEADER, *IN_KGCE, "F,0.412,4,95,II"]) + "\n"
    problems, doubts = check_sample(folder_with(tmp_path, slip), SYSTEM)
    assert problems == []
    assert any("below the bound" in doubt.what for doubt in doubts)


def test_a_header_and_the_row_below_it_that_state_two_units_are_a_fault_that_names_both(tmp_path):
    table = "\n".join(
        [HEADER.replace("process_energy", "process_energy [kgce/t]"), ",GJ/t,mg/m3,%,", *ENERGY]
    )
    assert "the column says 'kgce/t' in its header and 'GJ/t' in the row below." in said_of(
        folder_with(tmp_path, table), SYSTEM
    )
