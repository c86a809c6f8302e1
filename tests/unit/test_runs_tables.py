"""`Results` and its CSV: what is written is what is read, and nothing malformed passes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodology.errors import DataError
from methodology.indicators import Sample
from methodology.results import Results
from methodology.results.csv_text import from_csv, to_csv

WEIGHTS = pd.DataFrame(
    {"group": ["g", "g"], "indicator": ["a", "b"], "weight": [0.4, 0.6], "local_weight": [0.4, 0.6]}
)
THRESHOLDS = pd.DataFrame(
    {
        "indicator": ["a", "a"],
        "level": ["I", "II"],
        "value": [1.0, 0.1 + 0.2],
        "lower": [np.nan, 0.5],
        "upper": [2.0, np.nan],
        "interval": "order-statistic",
        "confidence": [0.95, np.nan],
        "attained": [2, 6],
        "n": [30, 30],
        "attainment": [2 / 30, 0.2],
        "unit": "kg/t",
        "direction": "lower",
        "flag": ["", "extrapolated; short"],
    }
)
SAMPLE = Sample(
    pd.DataFrame({"a": [1.5, np.nan], "b": [0.1, 4.0]}, index=["P1", "NA"]),
    pd.DataFrame({"a": [0, 2], "b": [1, 0]}, index=["P1", "NA"], dtype="int8"),
    pd.DataFrame({"region": ["north", 3], "capacity": [1.0, 2.5]}, index=["P1", "NA"]),
    pd.DataFrame({"plant": ["P3"], "reason": ["=closed in 2023"]}),
)


def test_a_table_reads_back_exactly(tmp_path):
    Results(tmp_path).save("thresholds", THRESHOLDS)
    pd.testing.assert_frame_equal(
        Results(tmp_path).load("thresholds"), THRESHOLDS.astype({"flag": "str"}), check_exact=True
    )


def test_a_sample_reads_back_with_states_attributes_and_exclusions(tmp_path):
    Results(tmp_path).save("sample", SAMPLE)
    read = Results(tmp_path).load("sample")
    pd.testing.assert_frame_equal(read.values, SAMPLE.values.rename_axis("plant"), check_exact=True)
    assert (read.states.to_numpy() == SAMPLE.states.to_numpy()).all()
    assert read.states.dtypes.eq("int8").all()
    assert read.attributes["region"].tolist() == ["north", "3"]
    assert read.attributes["capacity"].tolist() == [1.0, 2.5]
    assert read.excluded.to_numpy().tolist() == [["P3", "=closed in 2023"]]


@pytest.mark.parametrize(("name", "table"), [("thresholds", THRESHOLDS), ("sample", SAMPLE)])
def test_the_same_table_gives_the_same_bytes(tmp_path, name, table):
    paths = [Results(tmp_path / folder).save(name, table) for folder in ("one", "two")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert b"\r" not in paths[0].read_bytes()[:200]


def test_text_that_a_spreadsheet_would_execute_is_neutralised_and_restored(tmp_path):
    texts = ["=1+1", "+1", "-m", "@SUM(1)", "'=kept", "plain", "\tcmd", "'quoted'"]
    path = Results(tmp_path).save("notes", pd.DataFrame({"reason": texts, "=x": 1.0}))
    cells = [line.split(",")[0].strip('"') for line in path.read_text(encoding="utf-8").splitlines()]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    read = Results(tmp_path).load("notes")
    assert read["reason"].tolist() == texts
    assert list(read) == ["reason", "=x"]


def test_negative_numbers_stay_numbers():
    assert to_csv(pd.DataFrame({"value": [-1.5]})) == "value\n-1.5\n"


def test_a_plant_named_like_a_number_or_a_missing_value_keeps_its_name():
    read = from_csv(
        to_csv(pd.DataFrame({"plant": ["001", "NA", "nan"], "n": [1, 2, 3], "ok": [True, False, True]}))
    )
    assert read["plant"].tolist() == ["001", "NA", "nan"]
    assert read["n"].dtype == "int64"
    assert read["ok"].dtype == bool


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=20))
def test_every_float_survives_csv_bit_for_bit(values):
    read = from_csv(to_csv(pd.DataFrame({"value": pd.Series(values, dtype=float)})))
    np.testing.assert_array_equal(read["value"].to_numpy(float), np.array(values))


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=10))
def test_every_text_survives_csv(texts):
    assert from_csv(to_csv(pd.DataFrame({"reason": texts})))["reason"].tolist() == texts


def test_a_named_index_becomes_the_first_column(tmp_path):
    table = pd.DataFrame({"first": [0.1]}, index=pd.Index(["share"], name="factor"))
    Results(tmp_path).save("sensitivity/sobol", table)
    assert list(Results(tmp_path).load("sensitivity/sobol")) == ["factor", "first"]


def test_an_empty_table_keeps_its_columns():
    assert list(from_csv(to_csv(pd.DataFrame(columns=["plant", "reason"])))) == ["plant", "reason"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"weight": [0.4, 0.5]}, "do not sum to 1"),
        ({"weight": [0.4, "x"]}, "not a column of numbers"),
        ({"indicator": ["a", "a"]}, "more than once"),
        ({"local_weight": [0.4, 0.5]}, "local weights of a group"),
        ({"other": [1, 2]}, "no column of this table"),
        ({"weight": [0.4, np.nan]}, "is missing: nan in row 3"),
        ({"weight": [1.5, -0.5]}, "lies outside 0 to 1: 1.5 in row 2, -0.5 in row 3"),
    ],
)
def test_weights_that_break_their_schema_are_refused_with_the_reason(tmp_path, change, word):
    with pytest.raises(DataError, match=word):
        Results(tmp_path).save("weights", WEIGHTS.assign(**change))
    assert not (tmp_path / "results").exists()


def test_all_faults_of_a_table_are_named_at_once(tmp_path):
    with pytest.raises(DataError) as caught:
        Results(tmp_path).save(
            "weights", WEIGHTS.assign(weight=[0.4, 1.5], indicator="a").drop(columns="group")
        )
    assert {problem.column for problem in caught.value.problems} == {"weight", "indicator", "group"}


EVALUATION = pd.DataFrame(
    {
        "plant": ["P1", "P2"],
        "Y_I": [10.0, 20.0],
        "Y_II": [20.0, 30.0],
        "Y_III": [30.0, 100.0],
        "level": ["III", "none"],
        "limiting_failed": "",
    }
)


@pytest.mark.parametrize(
    ("name", "table", "change", "word"),
    [
        ("evaluation", EVALUATION, {"Y_I": [25.0, 20.0]}, "scores fall"),
        ("evaluation", EVALUATION, {"Y_III": [30.0, 101.0]}, "outside 0 to 100"),
        ("evaluation", EVALUATION, {"level": ["III", "IV"]}, "none of I, II, III, none"),
        ("evaluation", EVALUATION, {"plant": "P1"}, "more than once"),
        ("thresholds", THRESHOLDS, {"attained": [2, 31]}, "more plants attained"),
        ("thresholds", THRESHOLDS, {"level": "I"}, "a level more than once"),
        ("thresholds", THRESHOLDS, {"value": [1.0, np.nan]}, "is missing"),
        ("thresholds", THRESHOLDS, {"direction": "down"}, "none of lower, higher, interval"),
    ],
)
def test_tables_that_break_a_rule_of_the_design_are_refused(tmp_path, name, table, change, word):
    Results(tmp_path).save(name, table)
    with pytest.raises(DataError, match=word):
        Results(tmp_path).save(name, table.assign(**change))


def test_columns_out_of_order_are_refused(tmp_path):
    with pytest.raises(DataError, match="not in the order group, indicator"):
        Results(tmp_path).save("weights", WEIGHTS[["indicator", "group", "weight", "local_weight"]])


def test_a_damaged_file_is_refused_on_loading(tmp_path):
    path = Results(tmp_path).save("weights", WEIGHTS)
    path.write_text(path.read_text().replace("0.6", "0.7"))
    with pytest.raises(DataError, match=r"results/weights\.csv"):
        Results(tmp_path).load("weights")


def test_a_missing_stage_is_named_with_what_to_run(tmp_path):
    with pytest.raises(DataError, match="Run 02_weights first"):
        Results(tmp_path).load("weights")


@pytest.mark.parametrize("name", ["../weights", "/etc/passwd", "Weights", "a/b/c", "", "weights.csv"])
def test_a_name_cannot_leave_the_folder(tmp_path, name):
    with pytest.raises(DataError, match="no name for a table"):
        Results(tmp_path).save(name, WEIGHTS)


def test_json_holds_numpy_numbers_and_chinese_and_refuses_nan(tmp_path):
    path = Results(tmp_path).save("proposal", {"n": np.int64(3), "name": "工序能耗", "v": (np.float64(0.5),)})
    assert Results(tmp_path).load("proposal") == {"n": 3, "name": "工序能耗", "v": [0.5]}
    assert "工序能耗" in path.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="JSON"):
        Results(tmp_path).save("proposal", {"v": float("nan")})


def test_the_run_is_named_by_its_folder(tmp_path):
    assert Results(tmp_path / "abc").run == "abc"
