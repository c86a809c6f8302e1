"""A sample may hold years: which of them speak, how far they spread, and what jumps."""

import numpy as np
import pandas as pd
import pytest
from sample_toys import TABLE, folder_with, toy_system

from methodology.errors import DataError
from methodology.indicators import CellState, Sample
from methodology.pseudonyms import make_key
from methodology.results import Results
from methodology.sample import account, check_sample, read_sample, years_spread
from methodology.sample.exclusion import AllPlants
from methodology.tables import years_spread as shown

SYSTEM = toy_system()
HEAD = "企业,年份,process_energy,dust,slag_use,furnace_class"
ROWS = (
    "A,2022年,400,4,99,I",
    "A,2023,420,<2,98,II",
    "B,2023,380,,97,II",
    "B,2022,390,5,n/a,I",
    "C,2023,300,1,96,I",
)


def years_of(folder, rows=ROWS, **choices):
    folder_with(folder, "\n".join((HEAD, *rows)) + "\n")
    return read_sample(folder, SYSTEM, choices=AllPlants(**choices))


def test_the_latest_row_speaks_for_a_plant_and_every_year_stays_beside(tmp_path):
    sample = years_of(tmp_path)
    assert sample.values["process_energy"].to_dict() == {"A": 420, "B": 380, "C": 300}
    assert sample.states.loc["B", "dust"] == CellState.NOT_REPORTED
    assert sorted(sample.years) == [2022, 2023]
    assert list(sample.years[2022].plants) == ["A", "B"]


def test_the_mean_of_the_years_lies_below_its_limit_where_one_of_them_does(tmp_path):
    sample = years_of(tmp_path, years="mean")
    assert sample.values["process_energy"].to_dict() == {"A": 410, "B": 385, "C": 300}
    assert (sample.values.loc["A", "dust"], sample.states.loc["A", "dust"]) == (3, CellState.BELOW_LIMIT)
    assert (sample.values.loc["B", "dust"], sample.states.loc["B", "dust"]) == (5, CellState.MEASURED)
    assert sample.values.loc["A", "furnace_class"] == 2


def test_plants_with_too_few_years_are_excluded_by_name(tmp_path):
    sample = years_of(tmp_path, least_years=2)
    assert list(sample.plants) == ["A", "B"]
    told = sample.excluded[["plant", "reason"]].to_dict("records")
    assert told == [{"plant": "C", "reason": "has 1 of the 2 years wanted"}]


def test_years_are_asked_of_a_sample_that_has_none_in_vain(tmp_path):
    with pytest.raises(DataError, match="no column `year`"):
        read_sample(folder_with(tmp_path, TABLE), SYSTEM, choices=AllPlants(least_years=2))


def test_a_plant_stands_once_in_a_year(tmp_path):
    with pytest.raises(DataError, match="row 2 already, for 2022"):
        years_of(tmp_path, ("A,2022,400,4,99,I", "A,2022,420,4,99,I"))


@pytest.mark.parametrize("year", ["23", "", "2023-05", "1.5", "3023"])
def test_what_is_no_year_is_a_fault(tmp_path, year):
    with pytest.raises(DataError, match="is no year"):
        years_of(tmp_path, (f"A,{year},400,4,99,I",))


def test_bounds_are_held_in_every_year(tmp_path):
    rows = ("A,2022,4000,4,99,I", "A,2023,420,4,98,II")
    assert years_of(tmp_path, rows, years="mean").values.loc["A", "process_energy"] == 420
    notes = [note for note in check_sample(tmp_path, SYSTEM)[1] if "bound of" in note.what]
    assert [note.row for note in notes] == [2]


def test_an_indicator_of_all_years_in_long_form(tmp_path):
    long = years_of(tmp_path).yearly("dust")
    assert list(long.columns) == ["plant", "year", "value", "below_limit"]
    assert long.to_numpy().tolist() == [
        ["A", 2022, 4, False],
        ["B", 2022, 5, False],
        ["A", 2023, 2, True],
        ["C", 2023, 1, False],
    ]
    single = read_sample(folder_with(tmp_path, TABLE), SYSTEM).yearly("dust")
    assert list(single["year"]) == [0, 0]


def test_years_survive_on_disk_and_under_pseudonyms(tmp_path):
    make_key(tmp_path / "toy.key")
    (tmp_path / "sample.yaml").write_text("key: toy.key\n", encoding="utf-8")
    sample = years_of(tmp_path, [row.replace("A,", "江南钢铁,") for row in ROWS])
    Results(tmp_path).save("sample", sample)
    again = Results(tmp_path).load("sample")
    pd.testing.assert_frame_equal(again.yearly("dust"), sample.yearly("dust"), check_dtype=False)
    assert again.years[2022].states.dtypes.eq("int8").all()
    assert set(again.yearly("dust")["plant"]) <= {"P01", "P02", "P03"}


def test_what_was_read_counts_every_year(tmp_path):
    years_of(tmp_path)
    read = account(tmp_path, SYSTEM, named=True)
    assert (read.years, read.plants, sum(read.states.values())) == (2, 3, 20)
    assert "in 2 years" in str(read)


def made(within, between, drift=0.0, plants=40, years=(2020, 2021, 2022)):
    """Plants with a known spread within and between, and the same drift for all."""
    rng = np.random.default_rng(7)
    level = 400 + between * rng.standard_normal(plants)
    names = pd.Index([f"P{n}" for n in range(plants)], dtype=object)
    parts = {}
    for year in years:
        energy = level + within * rng.standard_normal(plants) + drift * (year - 2021)
        values = pd.DataFrame(
            {"process_energy": energy, "dust": 5.0, "slag_use": 90.0, "furnace_class": 1.0}, index=names
        )
        parts[year] = Sample(values, pd.DataFrame(0, index=names, columns=values.columns, dtype="int8"))
    last = parts[years[-1]]
    return Sample(last.values, last.states, years=parts)


def test_spread_within_and_between_plants_are_told_apart():
    row = years_spread(made(within=5, between=30), SYSTEM).loc["process_energy"]
    assert row["within"] == pytest.approx(5, rel=0.2)
    assert row["between"] == pytest.approx(30, rel=0.3)
    assert row["share"] == pytest.approx(25 / 925, rel=0.6)


def test_a_common_drift_is_found():
    assert years_spread(made(1, 30, drift=-4), SYSTEM).loc["process_energy", "drift"] == pytest.approx(
        -4, abs=0.4
    )


def test_too_few_plants_give_no_figure_and_one_year_no_table(tmp_path):
    few = years_spread(made(5, 30, plants=2), SYSTEM, at_least=3)
    assert few[["between", "within", "drift"]].isna().all().all()
    assert len(years_spread(read_sample(folder_with(tmp_path, TABLE), SYSTEM), SYSTEM)) == 0
    assert "one year" in str(shown(years_spread(made(1, 1, years=(2022,)), SYSTEM), SYSTEM).legend)


def test_a_jump_from_year_to_year_is_shown_at_its_row(tmp_path):
    rows = [f"P{n},{year},{400 + n + year - 2022},4,99,I" for n in range(9) for year in (2022, 2023)]
    rows[1] = "P0,2023,260,4,99,I"
    years_of(tmp_path, rows)
    found = [note for note in check_sample(tmp_path, SYSTEM)[1] if "jumps from 2022 to 2023" in note.what]
    assert [(note.plant, note.row, note.column) for note in found] == [("P0", 3, "process_energy")]
