"""What cells that are not reported could be: brackets around a joint calibration."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from methodology.chain.common_share import common_shares
from methodology.chain.sorted_sample import Spread
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
    unknown = spread.silent
    readings = {"as calibrated": spread}
    for name, merit in (
        ("reached", _cleanest(spread)),
        ("imputed", imputed(spread)),
        ("not reached", np.inf),
    ):
        told, judged = (np.where(unknown, merit, known) for known in (spread.cells, spread.merit))
        stated = np.count_nonzero(~np.isnan(told), axis=0)
        readings[name] = replace(spread, cells=told, merit=judged, stated=stated)
    rows = []
    for name, plants in readings.items():
        answer = common_shares(plants, targets)
        for level, found, attained in zip(LEVELS, answer.levels, answer.attained, strict=True):
            rows.append((str(level), name, float(found.share), attained))
    return pd.DataFrame(rows, columns=COLUMNS).sort_values("level", kind="stable", ignore_index=True)


def imputed(spread: Spread) -> np.ndarray:
    """Merit of every cell if each plant stood in each indicator where it stands on average in those it reports."""
    told = np.isfinite(spread.cells)
    at_least = np.stack(
        [np.searchsorted(spread.ordered(k), spread.cells[:, k], "right") for k in _columns(spread)]
    )
    places = np.where(told, at_least.T / np.maximum(spread.proven, 1), np.nan)
    known = told.any(axis=1)
    mean = np.full(spread.plants, 0.5)
    mean[known] = np.nanmean(places[known], axis=1)
    ranks = np.maximum(np.ceil(mean[:, None] * spread.proven - 1e-9), 1).astype(int)
    return np.stack(
        [
            spread.ordered(k)[ranks[:, k] - 1] if spread.proven[k] else np.full(spread.plants, np.inf)
            for k in _columns(spread)
        ],
        axis=1,
    )


def _columns(spread: Spread) -> range:
    return range(spread.merit.shape[1])


def _cleanest(spread: Spread) -> np.ndarray:
    return np.where(np.isfinite(spread.cells), spread.cells, np.inf).min(axis=0)
