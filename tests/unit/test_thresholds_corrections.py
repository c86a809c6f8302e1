import numpy as np
import pandas as pd
import pytest

from methodology.errors import ParameterError, SystemDefinitionError
from methodology.indicators import CellState, IndicatorSystem
from methodology.sample import correct


def system_with(*corrections, direction="lower", **more):
    words = {
        "group": "g",
        "name_zh": "能",
        "name_en": "n",
        "definition": "d",
        "boundary": "b",
        "unit": "kgce/t",
    }
    rows = [
        {"id": "energy", "direction": direction, "weight": 0.5, "kind": "quantitative", **words, **more},
        {"id": "grade", "direction": "higher", "weight": 0.5, "kind": "quantitative", **words},
    ]
    source = {"source": "S", "status": "ASSUMED", "target": ["energy"]}
    return IndicatorSystem.model_validate(
        {
            "id": "tiny",
            "name_zh": "小",
            "name_en": "Tiny",
            "functional_unit": "1 t",
            "sources": {"S": {"title": "t", "status": "ASSUMED"}},
            "groups": [{"id": "g", "name_zh": "组", "name_en": "G", "weight": 1.0, "status": "ASSUMED"}],
            "indicators": rows,
            "attributes": {"ore": "%", "steel": "a|b", "oxygen": "%", "age": "text"},
            "corrections": [{"id": f"c{k}", **source, **c} for k, c in enumerate(corrections)],
        }
    )


def plants(**columns):
    size = len(next(iter(columns.values())))
    base = {"energy": [400.0] * size, "grade": [60.0] * size}
    return pd.DataFrame({**base, **columns}, index=[f"P{k}" for k in range(size)], dtype=object)


BURDEN = {"addend": "3.61*min(5, max(0, 62-grade))"}


def test_burden_grade_as_gb21256_prints_it():
    # 57.7 % grade: + 15.523 on the threshold, and nothing is deducted above 62 %.
    found = correct(plants(grade=[57.7, 62.0, 64.0, 50.0]), system_with(BURDEN))
    assert found.sample.values["energy"].tolist() == [384.477, 400.0, 400.0, 381.95]
    assert not found.sample.by_level
    assert found.raw.values["energy"].tolist() == [400.0] * 4


def test_raw_and_corrected_values_stand_side_by_side():
    found = correct(plants(grade=[57.7]), system_with(BURDEN)).terms
    assert list(found.columns) == ["plant", "indicator", "level", "reported", "factor", "addend", "corrected"]
    assert found["addend"].tolist() == [15.523] * 3
    assert (found["reported"] - found["addend"] - found["corrected"]).abs().max() < 1e-9


def test_a_table_reads_the_text_of_an_attribute():
    system = system_with({"attribute": "steel", "table": {"a": 0, "b": 8}})
    assert correct(plants(steel=["a", "b"]), system).sample.values["energy"].tolist() == [400.0, 392.0]


def test_points_are_interpolated_and_held_outside():
    system = system_with({"attribute": "ore", "points": [[21, -8.3], [23, 0], [22, -4.2]]})
    found = correct(plants(ore=[20, 21, 21.5, 23, 30]), system).terms
    assert found[found["level"] == "I"]["addend"].tolist() == [-8.3, -8.3, -6.25, 0.0, 0.0]


def test_factors_apply_to_the_base_value_and_addends_come_on_top():
    system = system_with({"where": {"steel": "a"}, "factor": 1.1}, {"addend": "-0.8*ore"})
    found = correct(plants(steel=["a", "b"], ore=[30, 30], energy=[86.0, 86.0]), system)
    # (86 + 24) / 1.1 and 86 + 24
    assert found.sample.values["energy"].tolist() == [100.0, 110.0]
    one = found.terms[found.terms["plant"] == "P0"].set_index("level")
    assert one[["factor", "addend"]].to_numpy().tolist() == [[1.1, -24.0]] * 3  # a base of 60 becomes 42


def test_a_conversion_changes_the_value_and_no_threshold():
    system = system_with({"where": {"steel": "a"}, "value": "value*(21-16)/(21-oxygen)"})
    found = correct(plants(steel=["a", "b"], oxygen=[18.5, None], energy=["<6", 10.0]), system)
    assert found.sample.values["energy"].tolist() == [12.0, 10.0]
    assert found.sample.states["energy"].tolist() == [CellState.BELOW_LIMIT, CellState.MEASURED]
    assert found.terms["addend"].eq(0).all()
    assert found.terms["reported"].tolist() == [12.0, 10.0] * 3


def test_silence_about_an_attribute_is_not_rewarded():
    system = system_with({"addend": "-0.8*ore"})
    found = correct(plants(ore=[30, None]), system)
    assert found.sample.states["energy"].tolist() == [CellState.MEASURED, CellState.NOT_REPORTED]
    assert found.missing.values.tolist() == [["P1", "energy", "c0", "ore"]]
    assert found.sample.notes["plant"].tolist() == ["P1"]
    kept = correct(plants(ore=[30, None]), system, missing="uncorrected")
    assert kept.sample.values["energy"].tolist() == [424.0, 400.0]


def test_a_cell_nobody_stated_needs_no_attribute():
    found = correct(plants(ore=[30, None], energy=[400.0, None]), system_with({"addend": "ore"}))
    assert found.missing.empty
    assert found.sample.notes.empty


def test_not_knowing_whether_a_correction_applies_is_a_gap_too():
    found = correct(plants(steel=["a", "b", ""]), system_with({"where": {"steel": "a"}, "addend": "10"}))
    assert found.sample.values["energy"].tolist()[:2] == [390.0, 400.0]
    assert found.missing["plant"].tolist() == ["P2"]


def test_one_unknown_term_is_not_forgotten_over_a_known_one():
    system = system_with({"addend": "ore"}, {"addend": "0.5"})
    found = correct(plants(ore=[None, 3]), system)
    assert found.sample.states["energy"].tolist() == [CellState.NOT_REPORTED, CellState.MEASURED]
    assert found.terms["corrected"].isna().tolist() == [True, False] * 3


def test_an_unknown_text_in_a_table_is_a_gap():
    system = system_with({"attribute": "steel", "table": {"a": 0, "b": 8}})
    assert correct(plants(steel=["a", "?"]), system).missing["plant"].tolist() == ["P1"]


def test_a_value_below_its_limit_corrects_nobody():
    assert correct(plants(grade=["<57"]), system_with(BURDEN)).missing["attribute"].tolist() == ["grade"]


def test_a_correction_without_its_column_is_skipped_by_name():
    found = correct(
        plants(energy=[400.0]), system_with({"addend": "ore"}, {"computable": False, "addend": "ore"})
    )
    assert found.skipped == ("c0: the sample has no column ore", "c1: stated but not quantified")
    assert found.sample.values.equals(found.raw.values)
    assert found.terms.empty


def test_a_correction_of_one_level_is_made_at_this_level_alone():
    system = system_with({"addend": "ore"}, {"addend": "10", "levels": ["III"]})
    found = correct(plants(ore=[5]), system)
    assert found.partial == ("c1: granted at level III only",)
    assert found.sample.values.loc["P0", "energy"] == 395
    judged = [found.sample.at(level).values.loc["P0", "energy"] for level in ("I", "II", "III")]
    assert judged == [395, 395, 385]
    assert found.terms.set_index("level")["corrected"].to_dict() == {"I": 395, "II": 395, "III": 385}


def test_silence_about_an_attribute_of_one_level_is_silence_at_this_level():
    system = system_with({"attribute": "steel", "table": {"a": 4, "b": 0}, "levels": ["I", "III"]})
    found = correct(plants(steel=["a", "b", None], energy=[400, "<300", 350]), system).sample
    states = [found.at(level).states["energy"].tolist() for level in ("I", "II", "III")]
    assert states == [[0, 1, 2], [0, 1, 0], [0, 1, 2]]
    assert found.at("III").values["energy"].tolist()[:2] == [396, 300]
    assert found.notes.iloc[0][["plant", "what"]].tolist() == [
        "P2",
        "counted as not reported at level I, III",
    ]
    assert found.take(["P1"]).at("I").values["energy"].tolist() == [300]
    kept = correct(plants(steel=[None]), system, missing="uncorrected").sample
    assert kept.at("I").values["energy"].tolist() == [400]


def test_what_is_no_plain_number_cannot_be_corrected():
    with pytest.raises(SystemDefinitionError, match="correction 'c0' targets 'energy'"):
        correct(plants(ore=[1]), system_with({"addend": "ore"}, direction="interval", target=[1.0, 2.0]))
    with pytest.raises(ParameterError, match="missing is 'zero'"):
        correct(plants(ore=[1]), system_with({"addend": "ore"}), missing="zero")


def test_the_sample_handed_in_is_left_as_it_was():
    cells = plants(grade=[57.7, 60.0])
    before = cells.copy()
    found = correct(cells, system_with(BURDEN))
    pd.testing.assert_frame_equal(cells, before)
    np.testing.assert_array_equal(found.raw.values["energy"], [400.0, 400.0])


def test_a_value_that_a_correction_drives_out_of_its_bounds_counts_as_not_reported_in_every_table():
    system = system_with({"addend": "10*ore"}, bounds={"low": 250, "high": 600})
    found = correct(plants(ore=[2.0, 50.0, 0.0]), system)
    assert found.sample.states["energy"].tolist() == [
        CellState.MEASURED,
        CellState.NOT_REPORTED,
        CellState.MEASURED,
    ]
    assert found.sample.values["energy"].isna().tolist() == [False, True, False]
    assert found.terms.loc[found.terms["plant"] == "P1", "corrected"].isna().all()
    assert found.sample.notes["reason"].str.contains("corrected value lies outside the bounds").tolist() == [
        True
    ]
