"""A Parquet table is read as a sheet would be, and what is none is one message."""

import datetime
import decimal
import io
import re
import sys
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sample_toys import toy_system

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.sample import read_sample
from methodology.spreadsheets import calamine_process
from methodology.spreadsheets.workbooks import read_parquet

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


@pytest.mark.parametrize(
    ("kind", "largest", "shortest"),
    [("float32", 3.4028235e38, 3.4028235e38), ("float16", 65504.0, 65500.0)],
    ids=["float32", "float16"],
)
def test_the_largest_short_number_is_read_as_the_shortest_it_stands_for(kind, largest, shortest):
    column = pa.array(pd.Series([largest, -largest]).to_numpy(kind))
    assert read_parquet(table_of(column), "plants.parquet").rows[1:] == ((shortest,), (-shortest,))


@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is told on Linux")
def test_the_reader_reserves_half_of_what_it_may_have_for_a_small_table(monkeypatch, tmp_path):
    told = tmp_path / "reader.py"
    told.write_text(
        Path(calamine_process.__file__).read_text()
        + '\nprint(open("/proc/self/status").read(), file=open(__file__ + ".status", "w"))\n'
    )
    monkeypatch.setattr(calamine_process, "__file__", str(told))
    read_parquet(table_of(pa.array(pd.Series([1.0]).to_numpy("float16"))), "plants.parquet")
    status = Path(f"{told}.status").read_text()
    assert int(re.search(r"VmPeak:\s+(\d+) kB", status)[1]) * 1024 < calamine_process.MOST_MEMORY / 2


def table_of(column, **how):
    """A file with one column of values that are all alike, as small as Parquet can make it."""
    file = io.BytesIO()
    pq.write_table(pa.table({"plant": column}), file, compression="zstd", store_schema=False, **how)
    return file.getvalue()


MANY = pa.array([0] * 99_000, "int32")
BOMBS = {
    "dictionary": lambda: table_of(pa.DictionaryArray.from_arrays(MANY, pa.array(["x" * 100_000]))),
    "delta": lambda: table_of(
        pa.array(["x" * 2_000] * 99_000), use_dictionary=False, column_encoding="DELTA_BYTE_ARRAY"
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is bounded on Linux")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_few_bytes_that_spell_one_long_text_in_every_row_are_refused(tmp_path, bomb):
    path = tmp_path / "plants.parquet"
    path.write_bytes(BOMBS[bomb]())
    assert path.stat().st_size < 100_000
    with pytest.raises(DataError, match="unpacks to far more than any sample"):
        read_sample(path, SYSTEM)


def test_more_rows_than_any_sample_has_are_refused_unread(tmp_path):
    path = tmp_path / "plants.parquet"
    path.write_bytes(table_of(pa.array(["P01"] * 1_000_001)))
    with pytest.raises(DataError, match="at most 100,000 rows are read"):
        read_sample(path, SYSTEM)


ODD = {
    "a zone that is none": pa.array([0] * 3, pa.timestamp("us", "Mars/Olympus")),
    "a time beyond time": pa.array([2**60] * 3, pa.timestamp("ms")),
    "a text that is none": pa.Array.from_buffers(
        pa.string(), 3, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"\xff" * 3)]
    ),
    "a float of sixteen bits": pa.array([1.5] * 3, pa.float16()),
    "a decimal of seventy digits": pa.array([decimal.Decimal("1" + "0" * 60)] * 3, pa.decimal256(70, 2)),
    "texts by number": pa.array(["380"] * 3).dictionary_encode(),
    "bytes of one length": pa.array([b"abcd"] * 3, pa.binary(4)),
    "nothing": pa.nulls(3),
    "a duration": pa.array([datetime.timedelta(1)] * 3),
}


@pytest.mark.parametrize("kind", ODD)
def test_whatever_a_column_holds_is_a_sample_or_one_message(tmp_path, kind):
    table = pa.Table.from_pandas(pd.DataFrame(TABLE), preserve_index=False)
    at = table.schema.get_field_index("dust")
    path = tmp_path / "plants.parquet"
    pq.write_table(table.set_column(at, "dust", ODD[kind]), path)
    with suppress(DataError):
        read_sample(path, SYSTEM)
