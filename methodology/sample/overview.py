"""Tables that say what a sample holds without giving away a plant's figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from methodology.indicators import CellState, IndicatorSystem, Kind, Sample

_STATES = {
    "measured": CellState.MEASURED,
    "below_limit": CellState.BELOW_LIMIT,
    "not_reported": CellState.NOT_REPORTED,
    "not_applicable": CellState.NOT_APPLICABLE,
}


@dataclass(frozen=True)
class SampleOverview:
    """
    Three tables about a sample.

    Attributes
    ----------
    indicators : DataFrame indexed by indicator
        Counts of the four states over plants.
    plants : DataFrame indexed by plant
        Counts of the four states over indicators.
    spread : DataFrame indexed by indicator
        unit, n, q1, median, q3 of quantitative indicators; NaN where too few plants stand behind a figure.
    """

    indicators: pd.DataFrame
    plants: pd.DataFrame
    spread: pd.DataFrame


def sample_overview(sample: Sample, system: IndicatorSystem, *, at_least: int = 3) -> SampleOverview:
    """
    Count the states of all cells and show the spread of every indicator.

    Parameters
    ----------
    at_least : int
        Plants behind every printed figure (`proposal.disclosure_minimum` of the run).

    Notes
    -----
    A quantile of a small sample is one plant's confidential figure. Each printed quartile is therefore the mean of
    the `at_least` plants around it, and left out where the quarters are smaller than that (A-94). Smallest and
    largest values are never printed.
    """
    return SampleOverview(
        _counts(sample.states).rename_axis("indicator"),
        _counts(sample.states.T).rename_axis("plant"),
        _spread(sample, system, at_least),
    )


def _counts(states: pd.DataFrame) -> pd.DataFrame:
    """Cells of each state, column by column."""
    return pd.DataFrame({name: (states == int(state)).sum() for name, state in _STATES.items()})


def _spread(sample: Sample, system: IndicatorSystem, at_least: int) -> pd.DataFrame:
    rows = {}
    for name in sample.values.columns:
        if system[name].kind is Kind.QUALITATIVE:
            continue
        values = sample.values[name].dropna().to_numpy(dtype=float)
        quartiles = [guarded_quantile(values, share, at_least=at_least) for share in (0.25, 0.5, 0.75)]
        rows[name] = (system[name].unit, len(values), *quartiles)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["unit", "n", "q1", "median", "q3"])
    return table.rename_axis("indicator")


def guarded_quantile(values: np.ndarray, share: float, *, at_least: int = 3) -> float:
    """
    Mean of the plants around a quantile.

    Parameters
    ----------
    values : array of shape (n_plants,)
        Without missing values.
    share : float in (0, 1)
        Which quantile.
    at_least : int
        Plants the mean is taken over.

    Returns
    -------
    float
        NaN where fewer than `at_least` plants lie on either side.

    Examples
    --------
    >>> guarded_quantile(np.arange(1.0, 14.0), 0.25), guarded_quantile(np.arange(4.0), 0.5)
    (4.0, nan)
    """
    n = len(values)
    rank = min(max(int(np.ceil(share * n)), 1), n) if n else 0
    first = rank - 1 - (at_least - 1) // 2
    if n < 4 * at_least or first < 0 or first + at_least > n:
        return float("nan")
    return float(np.mean(np.sort(values)[first : first + at_least]))
