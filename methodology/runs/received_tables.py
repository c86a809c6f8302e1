"""Read the tables of a run that anybody may have sent, within bounds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from methodology.errors import DataError, harmless
from methodology.indicators import CellState, Sample
from methodology.indicators.plain_files import LARGEST
from methodology.results.csv_text import from_csv
from methodology.results.results import Results
from methodology.runs.hashing import entries_below

MOST_PLACES, MOST_TEXT = 500_000, 20_000_000
"""Cells or leaves of a file, and characters of them, that are read; of a file with more, or of more bytes than
`plain_files.LARGEST`, a comparison says no more than that it differs."""
_ROWS_AT_A_TIME = 16


def ordinary_files(folder: Path) -> list[str]:
    """Names of the files of a run; one that holds links is not compared, since they may lead anywhere."""
    files, strange = entries_below(folder)
    links = [name for name in strange if (folder / name).is_symlink() or not (folder / name).is_dir()]
    if links:
        raise DataError(
            f"{folder.name!r} holds links or devices, which are not followed: {', '.join(map(harmless, links[:5]))}."
        )
    return files


def read_table(path: Path) -> pd.DataFrame:
    """A CSV or Parquet file of a run."""
    if path.suffix == ".parquet":
        return _read_parquet(path)
    text = path.read_text(encoding="utf-8")
    _refuse_many(text.count(",") + text.count("\n"), path)
    return from_csv(text)


def _refuse_many(cells: int, path: Path) -> None:
    if cells > MOST_PLACES:
        raise ValueError(f"{path.name} has more than {MOST_PLACES:,} cells")


def _read_parquet(path: Path) -> pd.DataFrame:
    """A table as a run writes it: unpacked, of numbers and short texts, whatever its pages claim."""
    from pyarrow import types
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path, pre_buffer=False) as file:
        about, fields = file.metadata, file.schema_arrow
        _refuse_many(max(about.num_rows, about.num_row_groups, 1) * about.num_columns, path)
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
        packed = any(
            g.column(n).compression != "UNCOMPRESSED" for g in groups for n in range(about.num_columns)
        )
        texts = [
            field.name for field in fields if types.is_string(field.type) or types.is_large_string(field.type)
        ]
        if packed or any(not types.is_primitive(f.type) for f in fields if f.name not in texts):
            raise ValueError(f"{path.name} is no table as a run writes it")
        left = MOST_TEXT
        for name in texts:  # a page can spell one long text in every row
            for batch in file.iter_batches(_ROWS_AT_A_TIME, columns=[name]):
                left -= batch.nbytes
                if left < 0:
                    raise ValueError(f"{path.name} holds more than {MOST_TEXT:,} characters")
        return file.read().to_pandas()


def received_sample(run: Path) -> Sample:
    """
    The plants of a run that anybody may have sent: read within the bounds of what is received.

    Raises
    ------
    DataError
        If a table of the run is larger than any run's or is none, or if the folder holds links.
    """
    try:
        for name in ordinary_files(run):
            path = run / name
            if name.startswith("results/") and path.suffix in (".csv", ".parquet"):
                if path.stat().st_size > LARGEST:
                    raise ValueError(f"{name} has more than {LARGEST / 1e6:g} MB")
                read_table(path)
        sample: Sample = Results(run).load("sample")
        _refuse_strange(sample)
    except DataError:
        raise
    except Exception as fault:  # whatever is wrong with a file that anybody may have written
        what = harmless(" ".join(str(fault).split()))[:200]
        raise DataError(
            f"The plants of {run.name!r} cannot be read as a run writes them: {what}. Fetch the run again, or make it."
        ) from fault
    return sample


def _refuse_strange(sample: Sample) -> None:
    """Refuse plants whose cells are none: numbers that are texts, states that do not exist."""
    numbers = all(pd.api.types.is_float_dtype(kind) for kind in sample.values.dtypes)
    if not numbers or not sample.states.isin([int(state) for state in CellState]).all(axis=None):
        raise ValueError("a cell holds no number, or is in no state that there is")
