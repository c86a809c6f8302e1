from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sample_toys import HEADER, folder_with, indicator, toy_system

from methodology.indicators import as_sample, load_system
from methodology.parameters import Project
from methodology.parameters.model import SampleChoices
from methodology.sample import account, check_sample, read_sample
from methodology.sample.doubtful_values import explained, suspicions
from methodology.sample.exclusion import AllPlants, out_of_bounds

ROOT = Path(__file__).resolve().parents[2]
CHECK = {"id": "balance", "expression": "dust <= process_energy", "severity": "error", "en": "Dust is less"}
SLIPS = [
    {"error": "kg_vs_t", "affects": ["process_energy"], "factors": [0.001, 1000.0]},
    {"error": "month_vs_year", "affects": ["dust"], "factors": [0.0833333, 12.0]},
    {"error": "wet_vs_dry", "affects": ["dust"], "factors": [0.88]},
]
LIMIT = {"kind": "ultra_low", "label": "limit", "value": 10, "unit": "mg/m3", "basis": "h", "source": "MEM"}
DUST = indicator(
    "dust",
    unit="mg/m3",
    bounds={"low": 0, "high": 1e6},
    censoring={"possible": True, "typical_lod": 1.0},
    comparators=[LIMIT | {"status": "RECALLED"}],
)
BASE = toy_system().model_dump()
SYSTEM = toy_system(
    consistency_checks=[CHECK],
    reporting_errors=SLIPS,
    indicators=[BASE["indicators"][0], DUST, *BASE["indicators"][2:]],
)


def table(energy=(), dust=()):
    rows = []
    for n in range(12):
        e = dict(energy).get(n, 400 + 3 * n)
        d = dict(dust).get(n, 5 + 0.3 * n)
        rows.append(f"P{n},{e},{d},99,I")
    return "\n".join((HEADER, *rows)) + "\n"


def doubts(tmp_path, **cells):
    sample = read_sample(folder_with(tmp_path, table(**cells)), SYSTEM, choices=AllPlants(bounds="flag"))
    return suspicions(sample, SYSTEM)


def test_a_sound_sample_has_neither_problem_nor_warning(tmp_path):
    assert check_sample(folder_with(tmp_path, table()), SYSTEM) == ([], [])


def test_a_slip_of_a_thousand_is_named_with_its_cell(tmp_path):
    problems, warnings = check_sample(folder_with(tmp_path, table(energy={4: 0.412})), SYSTEM)
    assert not problems
    slip = next(w for w in warnings if "kilogram and tonne" in w.what)
    assert (slip.row, slip.column, slip.plant) == (6, "process_energy", "P4")


def test_a_value_outside_the_bounds_is_a_warning_with_its_row(tmp_path):
    _, warnings = check_sample(folder_with(tmp_path, table(energy={4: 900})), SYSTEM)
    assert any(w.row == 6 and "above the bound of 560" in w.what for w in warnings)


def test_a_month_over_a_year_is_recognised(tmp_path):
    found = doubts(tmp_path, dust={3: 5.9 * 12})
    assert found["check"].tolist() == ["month_vs_year"]
    assert found["plant"].tolist() == ["P3"]


def test_small_factors_are_not_guessed_at(tmp_path):
    assert not len(doubts(tmp_path, dust={3: 5.9 * 0.88}))


def test_a_relation_that_does_not_hold_names_the_plant(tmp_path):
    found = doubts(tmp_path, dust={7: 500})
    row = found[found["check"] == "balance"].iloc[0]
    assert (row["plant"], row["severity"]) == ("P7", "error")


def test_a_relation_with_a_missing_value_is_not_broken(tmp_path):
    assert not len(doubts(tmp_path, dust={7: "<500"}))
    assert not len(doubts(tmp_path, energy={7: ""}))


def test_zeros_where_nothing_was_detected_are_doubted(tmp_path):
    found = doubts(tmp_path, dust={1: 0, 2: 0})
    assert "2 plants report exactly 0" in found["what"].iloc[0]


def test_ties_at_half_the_detection_limit_are_noticed(tmp_path):
    found = doubts(tmp_path, dust={1: 0.5, 2: 0.5, 3: 0.5})
    assert any("half of it" in what for what in found["what"])


def test_ties_at_a_limit_of_law_are_noticed_from_three_plants_on(tmp_path):
    assert not len(doubts(tmp_path, dust={1: 10, 2: 10}))
    found = doubts(tmp_path, dust={1: 10, 2: 10, 3: 10})
    assert found["check"].tolist() == ["rounding_to_norm"]


def test_doubts_repeat_no_value_of_a_plant(tmp_path):
    found = doubts(tmp_path, energy={4: 0.412})
    assert len(found)
    assert "0.412" not in found.to_csv()


def test_a_sample_with_problems_is_checked_as_far_as_it_can_be_read(tmp_path):
    broken = table(energy={2: "oops", 4: 900})
    problems, warnings = check_sample(folder_with(tmp_path, broken), SYSTEM)
    assert [p.row for p in problems] == [4]
    assert any(w.row == 6 for w in warnings)


def test_a_file_that_cannot_be_opened_is_one_problem(tmp_path):
    problems, warnings = check_sample(tmp_path / "nowhere.csv", SYSTEM)
    assert len(problems) == 1
    assert not warnings


def test_an_unknown_stratum_is_a_problem(tmp_path):
    problems, _ = check_sample(folder_with(tmp_path, table()), SYSTEM, choices=AllPlants(stratum="a=b"))
    assert "'a'" in problems[0].what


def test_a_column_nobody_filled_is_named(tmp_path):
    empty = table(dust=dict.fromkeys(range(12), ""))
    _, warnings = check_sample(folder_with(tmp_path, empty), SYSTEM)
    assert any(w.column == "dust" and "no plant reports it" in w.what for w in warnings)


def test_a_limit_where_none_is_known_is_doubted(tmp_path):
    _, warnings = check_sample(folder_with(tmp_path, table(energy={1: "<300"})), SYSTEM)
    assert any(w.column == "process_energy" and "no detection limit" in w.what for w in warnings)


@pytest.mark.parametrize("scale", [1.0, -1.0])
def test_slips_are_found_on_either_side_of_zero(scale):
    values = scale * np.array([20.0, 21, 19, 22, 20, 0.0205])
    assert explained(values, [0.001, 1000.0]) == [(5, 0.001)]


def test_a_lost_minus_sign_is_found():
    values = np.array([-20.0, -21, -19, -22, -20, 20.5])
    assert explained(values, [-1.0]) == [(5, -1.0)]


def test_too_few_plants_say_nothing():
    assert explained(np.array([1.0, 1.1, 1000.0, np.nan]), [1000.0]) == []


def test_a_far_value_no_slip_explains_is_left_alone():
    assert explained(np.array([20.0, 21, 19, 22, 20, 200]), [0.001, 1000.0]) == []


def test_of_two_slips_the_one_that_explains_best_is_named():
    values = np.array([400.0, 410, 390, 395, 405, 400 * 0.0293])
    assert explained(values, [0.0833333, 0.0293076]) == [(5, 0.0293076)]


SAMPLES = sorted(file.parent for file in (ROOT / "data" / "samples").glob("*/errors.csv"))


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_planted_slips_are_found_and_sound_cells_are_left_alone(folder):
    system = load_system(ROOT / "params" / "systems" / f"{folder.name}.yaml")
    planted = pd.read_csv(folder / "errors.csv")
    factors = planted["reported"] / planted["true"]
    large = planted[np.isfinite(factors) & ((factors < 0) | (factors < 1 / 50) | (factors > 50))]
    sample = read_sample(folder, system, choices=AllPlants(bounds="flag"))
    found = suspicions(sample, system)
    slips = {
        (row.plant, row.indicator)
        for row in found.itertuples()
        if row.indicator and row.plant and row.check != "outlier"
    }
    outside = {(row.plant, row.indicator) for row in out_of_bounds(sample, system).itertuples()}
    assert {(row.plant, row.indicator) for row in large.itertuples()} <= slips | outside
    assert len(slips - {(row.plant, row.indicator) for row in planted.itertuples()}) <= 1


SHIPPED = (
    "coking",
    "converter_steelmaking",
    "electric_steelmaking",
    "integrated_works",
    "ironmaking",
    "pelletizing",
    "rolling",
    "sintering",
)
LARGE_SLIP = 10
HARD_TO_SEE = {
    ("electric_steelmaking", "P30", "dust_compliant_recovery"),  # nothing recovered is a true answer there
    ("sintering", "P26", "waste_heat_recovery"),  # as small as a strand that recovers hardly any heat
}


@pytest.mark.parametrize("name", SHIPPED)
def test_bounds_set_aside_slips_and_nothing_else(name):
    project = Project.around(ROOT)
    system, place = project.system(name), project.sample_folder(name)
    slips = pd.read_csv(place / "errors.csv")
    kept = read_sample(place, system, choices=SampleChoices(bounds="flag"))
    outside = set(map(tuple, out_of_bounds(kept, system)[["plant", "indicator"]].to_numpy()))
    assert outside <= set(map(tuple, slips[["plant", "indicator"]].to_numpy()))
    slips = slips[slips["true"] != 0]
    factors = slips["reported"] / slips["true"]
    large = slips[(factors > LARGE_SLIP) | (factors < 1 / LARGE_SLIP)]
    doubted = set(map(tuple, suspicions(kept, system)[["plant", "indicator"]].to_numpy()))
    for slip in large.itertuples():
        if (name, slip.plant, slip.indicator) not in HARD_TO_SEE:
            assert (slip.plant, slip.indicator) in outside | doubted
    table = pd.read_csv(place / "population.csv", dtype=str, keep_default_na=False).set_index("plant")
    assert out_of_bounds(as_sample(table[list(system.ids)], system), system).empty


def test_a_fraction_for_a_percentage_does_not_become_a_benchmark_value():
    project = Project.around(ROOT)
    for name, column in (("converter_steelmaking", "slag_utilisation"), ("rolling", "reheating_fuel")):
        system, place = project.system(name), project.sample_folder(name)
        kept = read_sample(place, system, choices=SampleChoices())
        bounds = system[column].bounds
        assert kept.values[column].min() >= bounds.low > 0


def test_an_indicator_without_bounds_is_said_to_be_unchecked_and_its_zeros_are_counted(tmp_path):
    unbounded = indicator("dust", unit="mg/m3")
    system = toy_system(indicators=[BASE["indicators"][0], unbounded, *BASE["indicators"][2:]])
    folder = folder_with(tmp_path, table(dust={0: 0, 4: 0.0}))
    said = [str(note) for note in check_sample(folder, system, named=True)[1]]
    assert any(
        "column 'dust': no bounds are known: nothing about its values is checked" in text for text in said
    )
    assert any("2 of 12 values are exactly 0 and are read as measured" in text for text in said)


def test_a_unit_that_stands_above_the_table_is_said_not_to_be_read(tmp_path):
    folder = folder_with(tmp_path, f"某省能耗表,,单位：GJ/t,,\n{table()}")
    (note,) = check_sample(folder, SYSTEM, named=True)[1]
    assert note.row == 1
    assert "stands above the table and is not read as the unit of a column" in note.what


def test_the_account_says_where_which_rows_and_how_many_cells_of_each_state(tmp_path):
    tail = f"{HEADER}\nP20,<9,,n/a,II\n注：由企业填报,,,,\nP21,,,,\n"
    read = account(folder_with(tmp_path, f"某省,,,,\n{table()}{tail}"), SYSTEM, named=True)
    assert (read.file, read.header, read.used, read.plants) == ("plants.csv", "2", "3-14, 16", 13)
    assert read.skipped == {
        "repeats the heading": "15",
        "is a note or a signature": "17",
        "holds nothing but an id": "18",
    }
    assert read.states == {"measured": 49, "below a limit": 1, "not reported": 1, "not applicable": 1}
    assert str(read) == (
        "read plants.csv: header in row 2, 13 plants in rows 3-14, 16; rows 15 skipped: each repeats the heading; "
        "rows 17 skipped: each is a note or a signature; rows 18 skipped: each holds nothing but an id; cells: "
        "49 measured, 1 below a limit, 1 not reported, 1 not applicable."
    )


@pytest.mark.parametrize(
    ("shift", "left", "found"), [(2, 0.14, True), (2, 0.16, False), (0.3, 0.0, True), (0.24, 0.0, False)]
)
def test_a_slip_explains_what_is_five_spreads_off_and_comes_within_three(shift, left, found):
    """All others are alike, so that the spread is the smallest there is, 0.05 of the logarithm."""
    values = np.array([1.0] * 9 + [np.exp(shift + left)])
    assert explained(values, [float(np.exp(shift))]) == ([(9, float(np.exp(shift)))] if found else [])


@pytest.mark.parametrize(("factor", "found"), [(1.9, False), (2.0, True), (3.0, True), (1 / 3, True)])
def test_slips_by_less_than_a_factor_of_two_are_not_looked_for(factor, found):
    slip = SYSTEM.reporting_errors[0]
    name = slip.affects[0]
    own = SYSTEM.model_copy(
        update={"reporting_errors": (slip.model_copy(update={"factors": (factor,), "affects": (name,)}),)}
    )
    index = pd.Index([f"P{k:02d}" for k in range(10)], name="plant")
    cells = pd.DataFrame({item: [""] * 10 for item in own.ids}, index=index)
    cells[name] = [str(400.0 + k) for k in range(9)] + [str(404.0 * factor)]
    doubted = suspicions(as_sample(cells, own), own)
    assert ("P09" in set(doubted.loc[doubted["check"] == slip.error, "plant"])) is found
