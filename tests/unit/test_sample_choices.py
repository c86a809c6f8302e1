from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sample_toys import HEADER, folder_with, toy_system

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.pseudonyms import make_key, pseudonymise, pseudonyms, refuse_real_names
from methodology.sample import read_sample
from methodology.sample.exclusion import AllPlants, out_of_bounds

SYSTEM = toy_system()
KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
ROWS = [f"P{n},{400 + n},{n + 1},{90 + n},II,{'north' if n % 2 else 'south'},W{n}" for n in range(14)]
TABLE = "\n".join((f"{HEADER},region,works", *ROWS)) + "\n"


def read(tmp_path, table=TABLE, sidecar="", **choices):
    if "key:" in sidecar and not (tmp_path / "toy.key").exists():
        make_key(tmp_path / "toy.key")
    return read_sample(folder_with(tmp_path, table, sidecar=sidecar), SYSTEM, choices=AllPlants(**choices))


def test_an_excluded_plant_is_listed_with_its_reason(tmp_path):
    who = {"by": "the secretariat", "date": "2026-03-01"}
    sample = read(tmp_path, exclude=({"plant": "P3", "reason": "idle for most of the year", **who},))
    assert "P3" not in sample.plants
    assert sample.excluded.to_dict("records") == [
        {"plant": "P3", "reason": "idle for most of the year", **who}
    ]


def test_one_value_can_be_set_aside_by_somebody_and_the_plant_stays(tmp_path):
    who = {"reason": "the meter was broken", "by": "the secretariat", "date": "2026-03-01"}
    sample = read(tmp_path, exclude=({"plant": "P3", "indicator": "process_energy", **who},))
    assert sample.states.loc["P3", "process_energy"] == CellState.NOT_REPORTED
    assert np.isnan(sample.values.loc["P3", "process_energy"])
    assert sample.states.loc["P3", "dust"] == CellState.MEASURED
    assert sample.notes[["plant", "what", "reason"]].to_numpy().tolist() == [
        ["P3", "set aside", "the meter was broken (the secretariat, 2026-03-01)"]
    ]


def test_a_value_that_no_plant_has_cannot_be_set_aside(tmp_path):
    item = {"plant": "P3", "indicator": "proces_energy", "reason": "the meter was broken"}
    with pytest.raises(DataError, match=r"'proces_energy'.* is no indicator.*'process_energy'"):
        read(tmp_path, exclude=(item,))


def test_choices_may_come_as_the_models_of_a_run(tmp_path):
    item = SimpleNamespace(plant="P3", reason="idle for most of the year")
    choices = SimpleNamespace(bounds="flag", exclude=(item,), stratum="", years="latest", least_years=1)
    sample = read_sample(folder_with(tmp_path, TABLE), SYSTEM, choices=choices)
    assert len(sample.plants) == 13


def test_a_stratum_keeps_its_plants_and_says_who_is_outside(tmp_path):
    sample = read(tmp_path, stratum="region=north")
    assert len(sample.plants) == 7
    assert set(sample.excluded["reason"]) == {
        "不在所选分层内：所在区域 = north\nnot in the stratum Region = north"
    }
    assert (sample.attributes["region"] == "north").all()


def test_all_faults_of_the_choices_come_at_once(tmp_path):
    exclude = ({"plant": "P99", "reason": "gone"}, {"plant": "P1", "reason": " "})
    with pytest.raises(DataError) as caught:
        read(tmp_path, exclude=exclude, stratum="colour=red")
    text = str(caught.value)
    assert "'P99'" in text
    assert "without a reason" in text
    assert "'colour'" in text


def test_a_stratum_that_is_empty_names_those_there_are(tmp_path):
    with pytest.raises(DataError, match=r"'north' \(7\), 'south' \(7\)|'south' \(7\), 'north' \(7\)"):
        read(tmp_path, stratum="region=east")


def test_excluding_every_plant_is_refused(tmp_path):
    with pytest.raises(DataError, match="All 1 plants"):
        read(tmp_path, TABLE.split("P1,")[0], exclude=({"plant": "P0", "reason": "a test"},))


def test_flagged_cells_keep_their_value(tmp_path):
    sample = read(tmp_path, TABLE.replace("P0,400", "P0,4000"), bounds="flag")
    assert sample.values.loc["P0", "process_energy"] == 4000
    assert sample.notes["what"].tolist() == ["flagged"]


def test_an_unknown_treatment_of_bounds_is_refused(tmp_path):
    with pytest.raises(DataError, match="'drop'"):
        read(tmp_path, bounds="drop")


def test_only_a_limit_above_the_bounds_counts_as_outside(tmp_path):
    table = TABLE.replace("P0,400", "P0,<100").replace("P1,401", "P1,<900")
    sample = read(tmp_path, table, bounds="flag")
    assert out_of_bounds(sample, SYSTEM)["plant"].tolist() == ["P1"]


def test_a_value_on_the_bound_is_inside(tmp_path):
    table = TABLE.replace("P0,400", "P0,250").replace("P1,401", "P1,560")
    sample = read(tmp_path, table)
    assert sample.values["process_energy"].iloc[:2].tolist() == [250, 560]
    assert not len(sample.notes)


def test_pseudonyms_depend_on_key_and_names_alone():
    names = [f"works {n}" for n in range(30)]
    codes = pseudonyms(names, KEY)
    assert codes == pseudonyms(reversed(names), KEY)
    assert codes != pseudonyms(names, OTHER)
    assert sorted(codes.values()) == [f"P{n:02d}" for n in range(1, 31)]


def test_a_code_is_never_another_plants_id():
    codes = pseudonyms(["P01", "P02", "P03"], KEY)
    assert not set(codes.values()) & set(codes)


@pytest.mark.parametrize("key", [7, 0, -5, True, None, "secret", b"", bytes(15)])
def test_what_can_be_tried_out_is_no_key(key):
    with pytest.raises(DataError, match="at least 16 random bytes"):
        pseudonyms(["P01"], key)


def test_a_key_in_the_sidecar_hides_names_and_free_text(tmp_path):
    table = TABLE.replace("P5,405", "P5,4050").replace("P", "Mill ").replace("Mill rocess", "Process")
    exclude = ({"plant": "Mill 3", "reason": "idle for most of the year"},)
    sample = read(tmp_path, table, "key: toy.key\n", exclude=exclude)
    assert "works" not in sample.attributes
    tables = (sample.values, sample.attributes, sample.excluded, sample.notes)
    everything = "".join(table.to_csv() for table in tables)
    assert "Mill" not in everything
    assert not any(f"W{n}" in everything for n in range(14))
    refuse_real_names(sample, SYSTEM)


def test_values_follow_their_plant_into_its_code(tmp_path):
    plain = read(tmp_path)
    codes = pseudonyms(plain.plants, KEY)
    hidden = pseudonymise(plain, SYSTEM, codes)
    assert list(hidden.plants) == sorted(codes.values())
    for plant, code in codes.items():
        assert hidden.values.loc[code].equals(plain.values.loc[plant])
        assert hidden.attributes.loc[code, "region"] == plain.attributes.loc[plant, "region"]


def test_a_plant_may_be_excluded_by_its_code(tmp_path):
    first = read(tmp_path, sidecar="key: toy.key\n")
    code = first.plants[4]
    second = read(tmp_path, sidecar="key: toy.key\n", exclude=({"plant": code, "reason": "a test"},))
    assert code not in second.plants
    assert second.values.equals(first.values.drop(code))


def test_a_sample_with_names_is_not_published(tmp_path):
    named = read(tmp_path, TABLE.replace("P0,", "武钢,"), "public: true\nsource: a yearbook\n")
    with pytest.raises(DataError, match="workbench key"):
        refuse_real_names(named, SYSTEM)
    with pytest.raises(DataError, match="'works'"):
        refuse_real_names(read(tmp_path, sidecar="public: true\nsource: a yearbook\n"), SYSTEM)


def test_setting_cells_aside_leaves_the_given_sample_as_it_was(tmp_path):
    flagged = read(tmp_path, TABLE.replace("P0,400", "P0,4000"), bounds="flag")
    from methodology.sample.exclusion import within_bounds

    aside = within_bounds(flagged, SYSTEM, "exclude")
    assert aside.states.loc["P0", "process_energy"] == CellState.NOT_REPORTED
    assert flagged.values.loc["P0", "process_energy"] == 4000
    assert isinstance(flagged.notes, pd.DataFrame)
