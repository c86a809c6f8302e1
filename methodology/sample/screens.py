"""Robust screens: values far from the others, copied rows, repeated digits, jumps between years. A person decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from methodology.indicators import CellState, IndicatorSystem, Kind, Sample
from methodology.sample.cell_reading import shown

Finding = tuple[str, str, str, str, str]
"""plant, indicator, check, severity, what."""
FAR_SPREADS = 5.0
"""A value is far from the others beyond this many robust standard deviations of its logarithm."""
SMALLEST_SPREAD = 0.05
MAD_TO_SIGMA = 1.4826
FEWEST_PLANTS = 8
"""Below, nothing is far from the others."""
FEWEST_VALUES = 5
"""Values of a plant that may look copied or made up."""
COPIED_SHARE = 0.8
SAME_DIGIT_SHARE = 0.8
LEAST_DIGITS = 3
"""Digits of a value that two plants do not share by chance."""
LEAST_JUMP = 1.3
"""Smaller changes from a year to the next are none, however still the others stand."""


def within_year(sample: Sample, system: IndicatorSystem) -> Iterator[Finding]:
    """
    List what looks unusual among the values of one year.

    Notes
    -----
    The limits are A-93: they decide what is shown to a person, never what is calibrated. No finding repeats a value.
    """
    values = _measured(sample, system)
    yield from _outliers(values)
    yield from _copied(values)
    yield from _same_digits(values)


def _measured(sample: Sample, system: IndicatorSystem) -> pd.DataFrame:
    names = [name for name in sample.values.columns if system[name].kind is Kind.QUANTITATIVE]
    return sample.values[names].where(sample.states[names] == CellState.MEASURED)


def distances(values: np.ndarray) -> np.ndarray:
    """
    Distances from the median in robust standard deviations of the side a value lies on.

    Notes
    -----
    Taken of logarithms where all values are positive. The spread of each side is 1.4826 times the median distance of
    the values on it, so that a skewed indicator does not make its longer side suspicious.

    Examples
    --------
    >>> [float(d) for d in distances(np.array([9.0, 10, 10, 11, 1000])).round(0)]
    [2.0, 0.0, 0.0, 1.0, 65.0]
    """
    positive = bool((values[np.isfinite(values)] > 0).all())
    scale = np.log(values) if positive else values
    away = scale - np.nanmedian(scale)
    least = SMALLEST_SPREAD * (1.0 if positive else float(np.nanmedian(np.abs(values))))
    found = np.zeros_like(away)
    for side in (away < 0, away > 0):
        spread = MAD_TO_SIGMA * float(np.median(np.abs(away[side | (away == 0)]))) if side.any() else 0.0
        if max(spread, least) > 0:
            found[side] = np.abs(away[side]) / max(spread, least)
    return found


def _outliers(values: pd.DataFrame) -> Iterator[Finding]:
    for name in values.columns:
        column = values[name].to_numpy(dtype=float)
        if np.isfinite(column).sum() < FEWEST_PLANTS:
            continue
        for at in np.flatnonzero(distances(column) > FAR_SPREADS):
            what = f"lies more than {FAR_SPREADS:g} robust standard deviations from the median"
            yield str(values.index[at]), str(name), "outlier", "info", what


def digits_of(value: float) -> str:
    """
    Significant digits of a value, without point, sign and zeros at the ends.

    Examples
    --------
    >>> digits_of(0.01230), digits_of(1200.0), digits_of(-3.5)
    ('123', '12', '35')
    """
    return f"{abs(value):.15g}".partition("e")[0].replace(".", "").strip("0")


def _copied(values: pd.DataFrame) -> Iterator[Finding]:
    """Plants whose values are those of an earlier plant."""
    telling = values.map(lambda value: np.isfinite(value) and len(digits_of(value)) >= LEAST_DIGITS)
    cells, known = values.to_numpy(dtype=float), telling.to_numpy(dtype=bool)
    for at in range(1, len(cells)):
        both = known[:at] & known[at]
        equal = (both & (cells[:at] == cells[at])).sum(axis=1)
        alike = np.flatnonzero((equal >= FEWEST_VALUES) & (equal >= COPIED_SHARE * both.sum(axis=1)))
        if len(alike):
            other = shown(str(values.index[alike[0]]))
            what = f"{equal[alike[0]]} of {both[alike[0]].sum()} values equal those of plant {other}"
            yield str(values.index[at]), "", "copied_row", "warn", what


def _same_digits(values: pd.DataFrame) -> Iterator[Finding]:
    """Plants whose values nearly all end in the same digit."""
    for plant, row in values.iterrows():
        digits = [digits_of(value) for value in row.dropna()]
        last = Counter(text[-1] for text in digits if len(text) >= LEAST_DIGITS)
        total = sum(last.values())
        digit, count = last.most_common(1)[0] if last else ("", 0)
        if total >= FEWEST_VALUES and count >= max(FEWEST_VALUES, SAME_DIGIT_SHARE * total):
            what = f"{count} of {total} values end in the digit {digit}"
            yield str(plant), "", "repeated_digits", "warn", what


def between_years(sample: Sample, system: IndicatorSystem) -> Iterator[Finding]:
    """List rows that equal those of the year before, and values that change far more than those of other plants."""
    for (before, first), (after, second) in pairwise(sorted(sample.years.items())):
        old, new = _measured(first, system), _measured(second, system)
        plants = [plant for plant in new.index if plant in old.index]
        old, new = old.loc[plants], new.loc[plants]
        both = old.notna() & new.notna()
        same = ((old == new) & both).sum(axis=1)
        for plant in new.index[(same >= FEWEST_VALUES) & (same >= COPIED_SHARE * both.sum(axis=1))]:
            what = f"{same[plant]} of {both.loc[plant].sum()} values of {after} equal those of {before}"
            yield str(plant), "", "copied_year", "warn", what
        for name in new.columns:
            for plant in _jumping(old[name].to_numpy(dtype=float), new[name].to_numpy(dtype=float)):
                yield str(new.index[plant]), str(name), "jump", "warn", f"jumps from {before} to {after}"


def _jumping(old: np.ndarray, new: np.ndarray) -> list[int]:
    """Positions whose ratio of two years is far from that of the others."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(new / old)
    ratio[~((ratio > 0) & np.isfinite(ratio))] = np.nan
    if np.isfinite(ratio).sum() < FEWEST_VALUES:
        return []
    change = np.abs(np.log(ratio / np.nanmedian(ratio)))
    return np.flatnonzero((distances(ratio) > FAR_SPREADS) & (change > np.log(LEAST_JUMP))).tolist()
