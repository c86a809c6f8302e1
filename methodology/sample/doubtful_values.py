"""Values that can be read and are doubtful: slips of unit, broken balances, ties at limits, outliers, copies, jumps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from methodology.indicators import Indicator, IndicatorSystem, Kind, Sample
from methodology.indicators.display import in_words, unit_of
from methodology.sample.cell_reading import shown

Finding = tuple[str, str, str, str, str]
"""plant, indicator, check, severity, what."""
FAR_SPREADS = 5.0
"""A value is far from the others beyond this many robust standard deviations of its logarithm."""
SMALLEST_SPREAD = 0.05
MAD_TO_SIGMA = 1.4826
FEWEST_COMPARED = 8
"""Below, nothing is far from the others."""
FEWEST_VALUES = 5
"""Values of a plant that may look copied or made up."""
COPIED_SHARE = 0.8
SAME_DIGIT_SHARE = 0.8
LEAST_DIGITS = 3
"""Digits of a value that two plants do not share by chance."""
LEAST_JUMP = 1.3
"""Smaller changes from a year to the next are none, however still the others stand."""
MOST_COMPARED = 500_000_000
"""Pairs of cells that are compared in search of copied rows: all of them among 2,500 plants with 60 indicators."""
LARGE_FACTOR = 2.0
"""Slips by smaller factors cannot be told from the spread of plants."""
NEAR_SPREADS = 3.0
"""A slip explains a value that is far from the others if undoing the slip brings it this near."""
FEWEST_PLANTS = 5
FEWEST_TIES = 3
PREFIXES = {
    1000.0: "is about 1000 times what the other plants report and can be read in {unit} as it stands or as typed in a "
    "unit 1000 times as small",
    0.001: "is about a thousandth of what the other plants report and can be read in {unit} as it stands or as typed "
    "in a unit 1000 times as large",
}
"""A value over what it would be in the unit that is asked -> both its readings."""
MOST_APART = 10.0
"""The largest of the other values over the smallest: beyond, a plant may well be a thousand times off."""
_WORDS = {
    "kg_vs_t": "kilogram and tonne exchanged",
    "kgce_vs_gj": "GJ/t entered where kgce/t is asked",
    "mj_vs_gj": "MJ and GJ exchanged",
    "percent_vs_fraction": "a fraction entered where per cent is asked",
    "month_vs_year": "a month and a year mixed",
    "sign": "a lost minus sign",
}
_COLUMNS = ["plant", "indicator", "check", "severity", "what", "year"]


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
    return sample.measured(names)


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
        if np.isfinite(column).sum() < FEWEST_COMPARED:
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
    """Plants whose values are those of an earlier plant; of very many plants, of one not too far above."""
    telling = values.map(lambda value: np.isfinite(value) and len(digits_of(value)) >= LEAST_DIGITS)
    cells, known = values.to_numpy(dtype=float), telling.to_numpy(dtype=bool)
    reach = max(1, MOST_COMPARED // max(1, cells.size))
    for at in np.flatnonzero(known.sum(axis=1) >= FEWEST_VALUES):
        first = max(0, at - reach)
        both = known[first:at] & known[at]
        equal = (both & (cells[first:at] == cells[at])).sum(axis=1)
        alike = np.flatnonzero((equal >= FEWEST_VALUES) & (equal >= COPIED_SHARE * both.sum(axis=1)))
        if len(alike):
            other = shown(str(values.index[first + alike[0]]))
            what = f"{equal[alike[0]]} of {both[alike[0]].sum()} values equal those of plant {other}"
            yield str(values.index[at]), "", "copied_row", "warn", what


def _same_digits(values: pd.DataFrame) -> Iterator[Finding]:
    """Plants whose values nearly all end in the same digit."""
    for plant, row in zip(values.index, values.to_numpy(dtype=float), strict=True):
        digits = [digits_of(value) for value in row[~np.isnan(row)]]
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


def suspicions(sample: Sample, system: IndicatorSystem) -> pd.DataFrame:
    """
    Collect everything doubtful about a sample that can be read.

    Returns
    -------
    DataFrame
        Columns plant ("" for a whole column), indicator ("" for a relation of several), check, severity (error,
        warn, info), what, year (0 where the sample holds one). Meant for whoever holds the data: it repeats no value
        of a plant, but says where to look.

    Notes
    -----
    The thresholds that call a value far or near are A-93; they decide what is listed, never what is calibrated.
    """
    rows: list[tuple[object, ...]] = [
        (*row, max(sample.years, default=0)) for row in between_years(sample, system)
    ]
    for year, part in sample.years.items() or [(0, sample)]:
        slips = list(_slips(part, system))
        known = {finding[:2] for finding in slips}
        slips += [finding for finding in _prefixes(part, system) if finding[:2] not in known]
        known |= {finding[:2] for finding in slips}
        screened = [finding for finding in within_year(part, system) if finding[:2] not in known]
        found = [*slips, *_broken_relations(part, system), *_ties(part, system), *screened]
        rows += [(*finding, year) for finding in found]
    return pd.DataFrame(rows, columns=_COLUMNS, dtype=object)


def _slips(sample: Sample, system: IndicatorSystem) -> Iterator[Finding]:
    """Values far from the others that a known slip would explain; of several slips the one that explains best."""
    causes: dict[str, dict[float, str]] = {}
    for slip in system.reporting_errors:
        for factor in slip.factors:
            if factor < 0 or abs(np.log(factor)) >= np.log(LARGE_FACTOR):
                for name in slip.affects:
                    causes.setdefault(name, {}).setdefault(factor, slip.error)
    measured = sample.measured()
    for name, by_factor in causes.items():
        bounds = system[name].bounds
        signed = bounds is not None and bounds.low < 0 < bounds.high  # ratios say nothing near zero
        factors = [factor for factor in by_factor if factor < 0 or not signed]
        for position, factor in explained(measured[name].to_numpy(dtype=float), factors):
            error = by_factor[factor]
            words = _WORDS.get(error, error.replace("_", " "))
            yield sample.plants[position], name, error, "warn", f"looks like {words} (factor {factor:g})"


def _prefixes(sample: Sample, system: IndicatorSystem) -> Iterator[Finding]:
    """Values a thousand times off while all others agree, in both readings; which one holds only the plant can say."""
    values = _measured(sample, system)
    for name in values.columns:
        column = values[name].to_numpy(dtype=float)
        for position, factor in explained(column, list(PREFIXES)):
            others = np.delete(column, position)
            others = others[np.isfinite(others)]
            if others.min() > 0 and others.max() <= MOST_APART * others.min():
                what = PREFIXES[factor].format(unit=unit_of(system[str(name)]))
                yield sample.plants[position], str(name), "unit_prefix", "warn", what


def explained(values: np.ndarray, factors: list[float]) -> list[tuple[int, float]]:
    """
    Find values that are far from the others and near them once divided by a factor.

    Parameters
    ----------
    values : array of shape (n_plants,)
        NaN where there is none.
    factors : list of float
        Reported value over true value of known slips.

    Returns
    -------
    list of (position, factor)
        The factor that brings the value nearest; none below five plants.

    Examples
    --------
    >>> explained(np.array([520.0, 531, 498, 0.515, 540, 507]), [0.001, 1000.0])
    [(3, 0.001)]
    """
    if not factors or np.isfinite(values).sum() < FEWEST_PLANTS:
        return []
    signs = -1.0 if np.nanmedian(values) < 0 else 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(signs * values)
    centre = np.nanmedian(logs)
    if not np.isfinite(centre):
        return []  # most are exactly zero: none is far from the others in orders of magnitude
    spread = max(MAD_TO_SIGMA * float(np.nanmedian(np.abs(logs - centre))), SMALLEST_SPREAD)
    found = []
    for position in np.flatnonzero(np.isfinite(values) & ~(np.abs(logs - centre) <= FAR_SPREADS * spread)):
        undone = [(f, signs * values[position] / f) for f in factors]
        distances = [(abs(np.log(value) - centre), f) for f, value in undone if value > 0]
        nearest = min(distances, default=(np.inf, 0.0))
        if nearest[0] <= NEAR_SPREADS * spread:
            found.append((int(position), float(nearest[1])))
    return found


def _broken_relations(sample: Sample, system: IndicatorSystem) -> Iterator[Finding]:
    """Plants whose measured values contradict a relation of the system."""
    measured = sample.measured()
    columns = {name: measured[name] for name in system.ids}
    for name in sample.attributes.columns:
        columns.setdefault(str(name), pd.to_numeric(sample.attributes[name], errors="coerce"))
    for check in system.consistency_checks:
        if check.parsed is None or not set(check.parsed.names) <= set(columns):
            continue
        arrays = {name: columns[name].to_numpy(dtype=float) for name in check.parsed.names}
        holds = np.array(check.parsed(arrays), dtype=np.bool_)
        complete = np.all([np.isfinite(array) for array in arrays.values()], axis=0)
        relation = check.expression.replace("<=", "≤").replace(">=", "≥").replace("*", "×")
        text = f"{check.en or check.zh or check.id}: {relation}{in_words(check.status)} does not hold"
        for position in np.flatnonzero(complete & ~holds).tolist():
            yield sample.plants[position], "", check.id, check.severity, text


def _ties(sample: Sample, system: IndicatorSystem) -> Iterator[Finding]:
    """Equal values at zero, at a detection limit or half of it, and at the values of laws and norms."""
    for name, values in _measured(sample, system).items():
        indicator = system[str(name)]
        if indicator.censoring.possible and (values == 0).any():
            count = int((values == 0).sum())
            text = f"{count} plants report exactly 0; write '<' and the detection limit if nothing was found"
            yield "", name, "half_lod_or_zero", "warn", text
        limit = indicator.censoring.typical_lod or np.nan
        for place, at in (("the typical detection limit", limit), ("half of it", limit / 2)):
            if (values == at).sum() >= FEWEST_TIES:
                text = f"{int((values == at).sum())} plants report exactly {place}, without the mark '<'"
                yield "", name, "half_lod_or_zero", "info", text
        for at in sorted(_limits(system[name])):
            count = int((values == at).sum())
            if count >= FEWEST_TIES:
                text = f"{count} plants report exactly {at:g} {unit_of(indicator)}, a value of law or norm"
                yield "", name, "rounding_to_norm", "info", text


def _limits(indicator: Indicator) -> set[float]:
    same = (c for c in indicator.comparators if c.unit == indicator.unit)
    return {float(c.value) for c in same if not isinstance(c.value, tuple)}
