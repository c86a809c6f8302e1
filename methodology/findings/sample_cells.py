"""Cells of the sample: how many are measured or silent, and from which cell of which file each value came."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from methodology.indicators import CellState, IndicatorSystem
from methodology.results.csv_text import read_csv


def origins_of_values(path: Path, sample: pd.DataFrame) -> pd.DataFrame:
    """Where every value came from, and the value; nothing where an older run has no such file."""
    if not path.is_file():
        return pd.DataFrame()
    table = read_csv(path)
    kept = [
        p in sample.index and name in sample
        for p, name in zip(table["plant"], table["indicator"], strict=True)
    ]
    table = table[kept]
    values = [sample.loc[p, name] for p, name in zip(table["plant"], table["indicator"], strict=True)]
    return table.assign(value=values)


UNCORRECTED = "UNCORRECTED"
"""Column of cells that count as not reported because what a correction reads is missing."""


def cells_by_state(sample: pd.DataFrame, system: IndicatorSystem, path: Path) -> pd.DataFrame:
    """Cells of every indicator by state, and those not reported only because they could not be corrected."""
    names = [name for name in system.ids if f"state:{name}" in sample]
    corrected = (
        read_csv(path) if path.is_file() else pd.DataFrame(columns=["plant", "indicator", "corrected"])
    )
    left = corrected[corrected["corrected"].isna()].groupby("indicator")["plant"].nunique()
    states = pd.DataFrame(
        {
            state.name: [int((sample[f"state:{name}"] == state).sum()) for name in names]
            for state in CellState
        },
        index=pd.Index(names, name="indicator"),
    )
    return states.assign(**{UNCORRECTED: left.reindex(names, fill_value=0).to_numpy()})
