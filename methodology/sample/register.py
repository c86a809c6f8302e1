"""The register of all known plants of an industry, beside which a sample is judged."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.sample.spreadsheets.grid import LARGEST_FILE


def read_register(path: Path) -> pd.DataFrame | None:
    """
    Read a register of plants.

    Parameters
    ----------
    path : Path
        CSV with one row per known plant: plant, strata, capacity.

    Returns
    -------
    DataFrame or None
        None where no register is known.

    Raises
    ------
    DataError
        If it is too large, has no column `plant`, or lists a plant twice.
    """
    if not path.is_file():
        return None
    if path.stat().st_size > LARGEST_FILE:
        raise DataError(f"{path.name} has {path.stat().st_size} bytes; at most {LARGEST_FILE} are read.")
    try:
        table = pd.read_csv(path, dtype={"plant": str}, keep_default_na=True)
    except (ValueError, pd.errors.ParserError) as fault:
        raise DataError(f"{path.name} is not a table: {fault}.") from fault
    if "plant" not in table:
        raise DataError(f"{path.name} has no column 'plant'. Its columns: {', '.join(table.columns)}.")
    twice = table["plant"][table["plant"].duplicated()].unique()
    problems = [Problem("is listed more than once", file=path.name, plant=str(name)) for name in twice]
    raise_problems(DataError, "The register of plants cannot be used.", problems)
    return table
