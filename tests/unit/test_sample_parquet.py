"""A Parquet table is read as a sheet would be, and what is none is one message."""

import datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sample_toys import toy_system

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.sample import read_sample

SYSTEM = toy_system()
TABLE = {
    "plant": ["A", "B", "C"],
    "process_energy": [400.0, 380.5, None],
    "dust": ["4.5", "<2", ""],
    "slag_use [%]": [99, 97, 95],
    "furnace_class": ["I", "none", "n/a"],
}


def written(folder, **columns):
    path = folder / "plants.parquet"
    pd.DataFrame(TABLE | columns).to_parquet(path)
    return path


def test_numbers_limits_and_gaps_are_read_as_stored(tmp_path):
    written(tmp_path)
    sample = read_sample(tmp_path, SYSTEM)
    assert sample.values["process_energy"].iloc[:2].tolist() == [400, 380.5]
    assert sample.states.loc["C", "process_energy"] == CellState.NOT_REPORTED
    assert sample.states.loc["B", "dust"] == CellState.BELOW_LIMIT
    assert sample.states.loc["C", "furnace_class"] == CellState.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([datetime.date(2024, 3, 12)] * 3, "is a date"),
        ([True, False, True], "TRUE/FALSE"),
        ([[1.0], [2.0], [3.0]], "lists, maps or bytes"),
        ([b"1", b"2", b"3"], "lists, maps or bytes"),
        ([float("inf")] * 3, "not a finite number"),
    ],
)
def test_what_is_no_number_is_a_fault(tmp_path, cells, said):
    with pytest.raises(DataError, match=said):
        read_sample(written(tmp_path, process_energy=cells), SYSTEM)


@pytest.mark.parametrize("keep", [4, 100, 900])
def test_a_damaged_file_is_one_message(tmp_path, keep):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"plants\.parquet is damaged"):
        read_sample(path, SYSTEM)


@pytest.mark.parametrize("kind", ["float32", "float16"])
def test_short_numbers_are_the_ones_they_were_written_for(tmp_path, kind):
    """1.7 in 32 bits is 1.70000005 in 64: another number than the one that was meant."""
    dust = pd.Series([1.7, 6.3, None]).to_numpy(kind)
    table = pa.table(TABLE | {"dust": pa.array(dust, from_pandas=True)})
    pq.write_table(table, tmp_path / "plants.parquet")
    sample = read_sample(tmp_path, SYSTEM)
    assert sample.values["dust"].iloc[:2].tolist() == [1.7, 6.3]
    assert sample.states.loc["C", "dust"] == CellState.NOT_REPORTED
