"""What the series notebook prints, for every test that recomputes it."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from series_pages import LABELS, amount, tables_of


@pytest.fixture(scope="module")
def shown() -> Callable[[str], pd.DataFrame]:
    """The table of the notebook that has a column of this name, repeated cells filled in."""
    found = tables_of("series")

    def pick(column: str, *repeated: str) -> pd.DataFrame:
        (table,) = [table for table in found if column in table.columns]
        table[list(repeated)] = table[list(repeated)].replace("", np.nan).ffill()
        return table

    return pick


@pytest.fixture(scope="module")
def values(shown) -> dict[tuple[str, str], dict[str, float]]:
    """(system, English name) -> proposed value per promise and level, as the notebook prints them."""
    table = shown("marginal: I | II | III", "system")
    found = {}
    for row in table.to_dict("records"):
        name = re.sub(r"[*†‡]+$", "", row["indicator"])
        for promise in ("marginal", "joint"):
            numbers = [amount(text, name) for text in row[f"{promise}: I | II | III"].split(" | ")]
            for level, number in zip(("I", "II", "III"), numbers, strict=True):
                found.setdefault((LABELS[row["system"]], name), {})[f"{promise} {level}"] = number
    return found
