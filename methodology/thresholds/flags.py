"""What a reader must know about a benchmark value before using it: the traps of this field, named row by row."""

from __future__ import annotations

from itertools import product

import numpy as np

from methodology.arguments import needed
from methodology.indicators import LEVELS, IndicatorSystem, Sample
from methodology.thresholds.indicator_sample import Readings

QUALITATIVE = "qualitative"
SEPARATOR = "; "
OVERSHOOT = 0.10
"""A-17: from this share of plants beyond the promise on, ties make a value that hardly discriminates."""
DISTINCT = 0.5
"""A-17: values are called heaped when fewer different ones than this share of the plants occur."""


def join(notes: tuple[str, ...] | list[str]) -> str:
    """One text of several notes, each once; empty if there is none."""
    return SEPARATOR.join(dict.fromkeys(note for note in notes if note))


def column_flags(readings: Readings) -> list[str]:
    """Flags that hold for every level of an indicator."""
    values = readings.values()
    found = []
    if readings.mixture:
        found.append("mixture of populations: no smooth fit")
    if values.min() < 0 < values.max():
        found.append("values change their sign: no logarithms, no ratios")
    different = np.unique(values).size
    if values.size > 2 and different < DISTINCT * values.size:
        found.append(f"heaped: {different} different values among {values.size} plants")
    return found


def level_flags(readings: Readings, share: float, value: float, attained: int) -> list[str]:
    """Flags of one benchmark value: below a detection limit, tied, or reached by fewer than promised."""
    promise = needed(share, readings.n)
    merit = readings.sign * value
    return [
        _below_limit(readings, merit, value, promise),
        _tied(readings, merit, value, attained, promise),
        _out_of_bounds(readings, value),
        f"reached by {attained} of {readings.n} plants, {promise} are wanted" if attained < promise else "",
    ]


def _below_limit(readings: Readings, merit: float, value: float, promise: int) -> str:
    """The honest '< DL': the plants measured at or below the value alone do not carry the promise."""
    if not readings.limits.size or not readings.provable or readings.indicator.better != "lower":
        return ""
    if np.count_nonzero(readings.measured <= merit) >= promise:
        return ""
    lowest = float(readings.limits[0])
    if merit < lowest:
        return f"modelled below the detection limit {lowest:g}: the sample only shows < {lowest:g}"
    if merit in readings.limits:
        return f"< {value:g}: the value lies below the detection limit"
    return ""


def _tied(readings: Readings, merit: float, value: float, attained: int, promise: int) -> str:
    tied = int(np.count_nonzero(readings.pessimistic == merit))
    if tied < 2 or attained - promise < OVERSHOOT * readings.n:
        return ""
    return f"does not discriminate: {tied} of {readings.n} plants tie at {value:g}"


def _out_of_bounds(readings: Readings, value: float) -> str:
    bounds = readings.indicator.bounds
    if bounds is None or readings.indicator.target is not None or bounds.low <= value <= bounds.high:
        return ""
    return f"outside the possible range {bounds.low:g} to {bounds.high:g}"


def outside_flag(value: float, lower: float, upper: float) -> str:
    """
    Say that a value lies outside the interval of the share it stands for.

    A mean, a fitted family or a value moved afterwards is no quantile of the sample; nor need the quantile of a
    sample that lacks one plant of a known population lie in the interval of that population's.

    Examples
    --------
    >>> outside_flag(4.0, 5.0, float("nan"))
    'lies outside the interval of the promised share'
    """
    return "lies outside the interval of the promised share" if value < lower or value > upper else ""


def same_value_flags(values: dict[str, float]) -> dict[str, str]:
    """Say where a level has the value of the next better one, and so tells nobody apart."""
    found, before = {}, ""
    for level, value in values.items():
        same = bool(before) and values[before] == value
        found[level] = f"same value as level {before}: the levels are not told apart" if same else ""
        before = level
    return found


def counted_twice(system: IndicatorSystem) -> dict[str, str]:
    """
    Warn where an indicator corrects another one and is scored as well.

    Returns
    -------
    dict of indicator id to text
        For the corrector and for the corrected indicator; ids without a warning are left out.
    """
    found: dict[str, list[str]] = {}
    for correction in system.corrections:
        if not correction.computable:
            continue
        scored = [
            name for name in correction.attributes if name in system.ids and name not in correction.target
        ]
        for name in scored:
            for target in correction.target:
                found.setdefault(target, []).append(
                    f"corrected by {system[name].name_en}, which is scored as well"
                )
                found.setdefault(name, []).append(
                    f"corrects {system[target].name_en} and is scored as well: counted twice"
                )
    return {name: join(texts) for name, texts in found.items()}


def partly_corrected(sample: Sample, system: IndicatorSystem) -> dict[tuple[str, str], list[str]]:
    """
    Name the corrections a norm grants at some levels only, with which single values were read (A-22).

    Returns
    -------
    dict of (indicator, level) to ids
        Only where there is one.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for correction in system.corrections:
        if correction.computable and set(correction.levels) != set(LEVELS):
            for level, name in product(correction.levels, correction.target):
                if name in sample.by_level.get(str(level), ()):
                    found.setdefault((name, str(level)), []).append(correction.id)
    return found


def reporting(sample: Sample, system: IndicatorSystem) -> dict[str, int]:
    """Number of plants that state each indicator: measured, or below a limit."""
    states = sample.states[list(system.ids)].to_numpy()
    return dict(zip(system.ids, np.count_nonzero(states <= 1, axis=0).tolist(), strict=True))
