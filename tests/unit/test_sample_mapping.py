import shutil

import pytest
from sample_toys import indicator, toy_system

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.pseudonyms import make_key
from methodology.sample import check_sample, read_sample
from methodology.sample.exclusion import AllPlants

SYSTEM = toy_system(
    attributes={"route": "mill|other"},
    indicators=[
        indicator("nox", unit="kg/tCO2", weight=0.5),
        indicator("voc", unit="kg/tCO2", weight=0.5, bounds={"low": 0.001, "high": 10}),
    ],
)
SIDECAR = "table: folder/inventory.csv\nreal_data: true\n"
PER = "per: {column: how_much, unit_column: unit, into: t, where: {what: CO2, who: G}}"
MAPPING = f"""
id: id
columns:
  nox: {{column: how_much, unit_column: unit, where: {{what: NOx, who: N}}, {PER}}}
  voc: {{column: how_much, unit_column: unit, where: {{what: VOC, who: N}}, {PER}}}
  route: {{column: code, where: {{what: CO2, who: G}}, codes: {{mill: 331*}}, other: other}}
ignore: rest
"""
HEAD = "name,id,what,who,how_much,unit,code"
ROWS = (
    "Red,1,CO2,G,2000000,kg,331110",
    "Red,1,NOx,N,4000,kg,33",
    "Red,1,NOx,T,9999,kg,33",
    "Red,1,VOC,N,0,kg,33",
    "Blue,2,CO2,G,5000,t,331110",
    "Blue,2,NOx,N,2.5,t,331110",
    "Grey,3,CO2,G,1000,kg,212210",
    "Green,4,NOx,N,7,kg,331110",
    "Pink,5,CO2,G,9000,kg,3312",
    "Pink,5,NOx,N,18,kg,3312",
    "Pink,5,VOC,N,9,kg,3312",
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    real = tmp_path / "real" / "folder"
    real.mkdir(parents=True)
    sample = tmp_path / "toy_inventory"
    sample.mkdir()
    (sample / "sample.yaml").write_text(SIDECAR, encoding="utf-8")
    (sample / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_REAL_DATA", str(tmp_path / "real"))

    def write(rows=ROWS, head=HEAD):
        (real / "inventory.csv").write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
        return sample

    return write


def test_amounts_are_divided_in_their_units_and_from_one_source(place):
    sample = read_sample(place(), SYSTEM, choices=AllPlants(bounds="flag"))
    assert sample.values.loc["1", "nox"] == pytest.approx(2.0)
    assert sample.values.loc["2", "nox"] == pytest.approx(0.5)
    assert sample.values.loc["5", "voc"] == pytest.approx(1.0)


def test_unreported_is_not_zero(place):
    sample = read_sample(place(), SYSTEM)
    assert sample.states.loc["2", "voc"] == CellState.NOT_REPORTED


def test_a_stated_zero_is_flagged_and_kept_unless_the_bounds_exclude_it(place):
    kept = read_sample(place(), SYSTEM, choices=AllPlants(bounds="flag"))
    assert kept.values.loc["1", "voc"] == 0
    assert kept.states.loc["1", "voc"] == CellState.MEASURED
    assert any("exactly zero" in reason for reason in kept.notes["reason"])
    assert read_sample(place(), SYSTEM).states.loc["1", "voc"] == CellState.NOT_REPORTED


def test_facilities_are_excluded_with_the_reason(place):
    reasons = read_sample(place(), SYSTEM).excluded.set_index("plant")["reason"]
    assert set(reasons.index) == {"3", "4"}
    assert reasons["3"] == "reports none of the indicators"
    assert reasons["4"] == "reports no amount to divide by"


def test_the_stratum_follows_the_code_beside_the_denominator(place):
    sample = read_sample(place(), SYSTEM, choices=AllPlants(stratum="route=mill"))
    assert list(sample.plants) == ["1", "2", "5"]
    with pytest.raises(DataError, match="no plant has route = 'other'"):
        read_sample(place(), SYSTEM, choices=AllPlants(stratum="route=other"))


def test_without_the_real_data_the_message_says_what_to_set(place, monkeypatch):
    folder = place()
    monkeypatch.delenv("WORKBENCH_REAL_DATA")
    with pytest.raises(DataError, match=r"WORKBENCH_REAL_DATA.*inventory\.csv"):
        read_sample(folder, SYSTEM)
    problems, _ = check_sample(folder, SYSTEM)
    assert "WORKBENCH_REAL_DATA" in problems[0].what


def test_a_folder_without_the_table_is_named(place, tmp_path):
    folder = place()
    shutil.rmtree(tmp_path / "real" / "folder")
    with pytest.raises(DataError, match="holds no"):
        read_sample(folder, SYSTEM)


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "C:\\\\x.csv", "a/../../b.csv"])
def test_the_table_may_not_lie_outside_the_real_data(place, path):
    folder = place()
    (folder / "sample.yaml").write_text(
        SIDECAR.replace("folder/inventory.csv", f'"{path}"'), encoding="utf-8"
    )
    with pytest.raises(DataError, match="inside the folder"):
        read_sample(folder, SYSTEM)


def test_every_fault_of_the_table_comes_with_its_row(place):
    rows = (
        *ROWS,
        "Red,1,NOx,N,4000,kg,33",
        "Grey,3,VOC,N,oops,kg,33",
        "Grey,3,NOx,N,7,m3,33",
        "Green,4,CO2,G,-4,kg,331110",
    )
    with pytest.raises(DataError) as caught:
        read_sample(place(rows), SYSTEM)
    faults = {p.row: p.what for p in caught.value.problems}
    assert set(faults) == {13, 14, 15, 16}
    assert "twice" in faults[13]
    assert "'m3'" in faults[15]


def test_a_missing_column_is_named(place):
    with pytest.raises(DataError, match="'how_much' is missing"):
        read_sample(place(head=HEAD.replace("how_much", "sum")), SYSTEM)


def test_pseudonyms_stand_for_facilities_in_every_table(place):
    folder = place()
    with (folder / "sample.yaml").open("a", encoding="utf-8") as sidecar:
        sidecar.write("key: toy.key\n")
    make_key(folder / "toy.key")
    sample = read_sample(folder, SYSTEM)
    names = [*sample.plants, *sample.excluded["plant"], *sample.notes["plant"]]
    assert set(names) <= {f"P{n:02d}" for n in range(1, 6)}


def test_the_mapping_must_name_a_column_for_every_indicator(place):
    folder = place()
    (folder / "mapping.yaml").write_text(MAPPING.replace("  voc:", "  nmvoc:"), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_sample(folder, SYSTEM)
    assert {p.what.split("'")[1] for p in caught.value.problems} == {"voc", "nmvoc"}


@pytest.mark.parametrize("mark", ["0", "0.0", "-999"])
def test_a_declared_mark_among_amounts_is_no_amount(place, mark):
    sample = place([row.replace("VOC,N,0,kg", f"VOC,N,{mark},kg") for row in ROWS])
    (sample / "sample.yaml").write_text(
        f"{SIDECAR}marks: {{not_reported: ['{float(mark):g}']}}\n", encoding="utf-8"
    )
    read = read_sample(sample, SYSTEM, choices=AllPlants(bounds="flag"))
    assert read.states.loc["1", "voc"] == CellState.NOT_REPORTED
    assert read.values.loc["5", "voc"] == pytest.approx(1.0)
    assert not len(read.notes)


def test_zeros_that_are_flagged_are_among_the_notes_of_a_check(place):
    assert any(
        "an amount of exactly zero is stated" in note.what for note in check_sample(place(), SYSTEM)[1]
    )
