"""What cells that are not reported could be: brackets around a joint calibration."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from methodology.chain.common_share import common_shares
from methodology.chain.sorted_sample import Cells, Spread
from methodology.indicators import LEVELS

COLUMNS = ["level", "reading", "share", "plants"]


def silence_brackets(spread: Spread, targets: tuple[Fraction, Fraction, Fraction]) -> pd.DataFrame:
    """
    Calibrate under every reading of cells that are not reported.

    Parameters
    ----------
    spread : Spread
        The sorted sample.
    targets : three Fractions
        Wanted share of plants at Levels I, II and III, each or better.

    Returns
    -------
    DataFrame
        level, reading ("as calibrated", "reached", "imputed", "not reached"), share (each indicator lets through),
        plants (at the level or better, by that reading). An imputed cell stands in its indicator where its plant stands
        on average in the others.
    """
    readings = {"as calibrated": spread}
    for name, fill in (
        ("reached", _cleanest),
        ("imputed", imputed),
        ("not reached", _reaching_nothing),
    ):
        readings[name] = spread.with_silent([fill(cells) for cells in spread.judged])
    rows = []
    for name, plants in readings.items():
        answer = common_shares(plants, targets)
        for level, found, attained in zip(LEVELS, answer.levels, answer.attained, strict=True):
            rows.append((str(level), name, float(found.share), attained))
    return pd.DataFrame(rows, columns=COLUMNS).sort_values("level", kind="stable", ignore_index=True)


def imputed(cells: Cells) -> np.ndarray:
    """Merit of every cell if each plant stood in each indicator where it stands on average in those it reports."""
    told, columns = np.isfinite(cells.told), range(cells.told.shape[1])
    at_least = np.stack([np.searchsorted(cells.ordered(k), cells.told[:, k], "right") for k in columns])
    places = np.where(told, at_least.T / np.maximum(cells.proven, 1), np.nan)
    known = told.any(axis=1)
    mean = np.full(len(told), 0.5)
    mean[known] = np.nanmean(places[known], axis=1)
    ranks = np.maximum(np.ceil(mean[:, None] * cells.proven - 1e-9), 1).astype(int)
    return np.stack(
        [
            cells.ordered(k)[ranks[:, k] - 1] if cells.proven[k] else np.full(len(told), np.inf)
            for k in columns
        ],
        axis=1,
    )


def _cleanest(cells: Cells) -> np.ndarray:
    return np.where(np.isfinite(cells.told), cells.told, np.inf).min(axis=0)


def _reaching_nothing(cells: Cells) -> np.ndarray:
    return np.full_like(cells.told, np.inf)
