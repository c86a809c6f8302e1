"""Weights by every method that a run compared, as one of the two sets shows them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pandas as pd

from methodology.findings.contents import RunContents
from methodology.indicators.display import decimal_of, total
from methodology.results.csv_text import read_csv
from methodology.weights.derive import METHODS, READING_PLANTS


class Weighed:
    """
    The weight of an indicator or a group by each method.

    Parameters
    ----------
    contents : RunContents
        The public set knows no method that reads the plants: in a small sample its weights say what spreads most.
    """

    def __init__(self, contents: RunContents) -> None:
        self.contents, self.hidden = contents, () if contents.internal else READING_PLANTS
        table = weights_by_method(contents.folder / "results", but=self.hidden)
        self.methods = [name for name in METHODS if name in set(table["method"])]
        """Methods that gave weights, in the order they are listed everywhere."""
        self._weights = {
            (str(method), column, str(name)): total(own)
            for column in ("indicator", "group")
            for (method, name), own in table.groupby(["method", column])["weight"]
        }

    @property
    def refused(self) -> list[str]:
        """Methods that were asked and gave none; nothing where the run has no such table."""
        return [name for name in METHODS if name not in (*self.methods, *self.hidden)] if self.methods else []

    def weight(self, method: str, item: tuple[str, str]) -> Decimal:
        """Weight of the whole of ("indicator", id), or of ("group", id): the sum of its indicators."""
        return self._weights.get((method, *item), Decimal(0))


def weights_by_method(results: Path, *, but: Iterable[str] = ()) -> pd.DataFrame:
    """Rows of weights_methods.csv without these methods; none where an older run has no such table."""
    path = results / "weights_methods.csv"
    if not path.is_file():
        return pd.DataFrame(columns=["method", "group", "indicator", "weight", "local_weight"])
    table = read_csv(path)
    return table[~table["method"].isin(list(but))]


def printed_by_methods(results: Path) -> set[str]:
    """Weights that the public set prints, of indicators and of groups."""
    table = weights_by_method(results, but=READING_PLANTS)
    groups = table.groupby(["method", "group"])["weight"].agg(total)
    values = {decimal_of(value) for value in (*table["weight"], *groups)}
    return {f"{value:.{places}f}" for value in values for places in range(2, 7)}
