"""What law and norms allow at most: comparators that bind a level."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from methodology.indicators import LEVELS, Comparator, Direction, Indicator, IndicatorSystem, Level

IN_FORCE = ("index_2014", "energy_norm", "mandatory_limit")
"""Comparators a revised standard steps back from if it is looser: the index before it, norms and limits in force."""


def law_bounds(
    system: IndicatorSystem, *, stratum: Mapping[str, str] | None = None, corrected: bool = False
) -> np.ndarray:
    """
    Loosest value each level may have.

    Parameters
    ----------
    system : IndicatorSystem
        Comparators with `binds`, the levels they bind.
    stratum : mapping, optional
        Attribute and text value of the plants the standard is for; a comparator with a `where` binds only there.
    corrected : bool
        Whether plants' values are corrected; base values of a norm judged after corrections bind only then.

    Returns
    -------
    array of shape (3, n_indicators)
        In the unit of each indicator; NaN where nothing binds.

    Notes
    -----
    A-46: of several binding comparators the strictest counts; of a range, its looser end.
    """
    table = np.full((3, len(system.ids)), np.nan)
    for column, indicator in enumerate(system.indicators):
        for row, level in enumerate(LEVELS):
            binding = binding_comparator(indicator, level, stratum=stratum, corrected=corrected)
            if binding is not None:
                table[row, column] = bound_value(binding, indicator)
    return table


def in_force_bounds(
    system: IndicatorSystem, *, stratum: Mapping[str, str] | None = None, corrected: bool = False
) -> np.ndarray:
    """
    Value of what is in force at each level: the index that is revised, norms and limits, where they may be compared.

    Parameters
    ----------
    system, stratum, corrected
        As in `law_bounds`.

    Returns
    -------
    array of shape (3, n_indicators)
        In the unit of each indicator, the strictest of several; NaN where nothing is in force.
    """
    table = np.full((3, len(system.ids)), np.nan)
    for column, indicator in enumerate(system.indicators):
        for row, level in enumerate(LEVELS):
            values = [
                bound_value(comparator, indicator)
                for comparator in indicator.comparators
                if comparator.kind in IN_FORCE
                and comparator.level in (None, level)
                and comparator.applies(stratum, corrected=corrected)
                and comparator.unit == indicator.unit
                and indicator.direction is not Direction.INTERVAL
            ]
            if values:
                table[row, column] = min(values, key=lambda value: indicator.sign * value)
    return table


def binding_comparator(
    indicator: Indicator, level: Level, *, stratum: Mapping[str, str] | None = None, corrected: bool = False
) -> Comparator | None:
    """The strictest comparator that binds `level` of `indicator`, or None."""
    binding = [c for c in indicator.comparators if binds(c, indicator, level, stratum, corrected)]
    if not binding:
        return None
    return min(binding, key=lambda c: indicator.sign * bound_value(c, indicator))


def binds(
    comparator: Comparator,
    indicator: Indicator,
    level: Level,
    stratum: Mapping[str, str] | None,
    corrected: bool,
) -> bool:
    """Whether a proposed value of `level` may not be looser than `comparator`."""
    in_place = all((stratum or {}).get(name) == text for name, text in comparator.where.items())
    return (
        level in comparator.binds
        and in_place
        and (corrected or not comparator.before_corrections)
        and comparator.unit == indicator.unit
        and indicator.direction is not Direction.INTERVAL
    )


def loose_end(indicator: Indicator) -> float | None:
    """
    The end of its scale at which an indicator asks for nothing, e.g. 0 % recovered; None where it has no such end.

    A share ends at 0 and 100 %, a quantity that cannot be negative at 0, and every indicator at its physical bounds.
    """
    low = None if indicator.bounds is None else indicator.bounds.low
    high = None if indicator.bounds is None else indicator.bounds.high
    if indicator.target is not None:
        return None
    if indicator.better == "lower":
        ends = [end for end in (high, 100.0 if indicator.unit == "%" else None) if end is not None]
        return min(ends) if ends else None
    ends = [end for end in (low, 0.0 if low is None or low >= 0 else None) if end is not None]
    return max(ends) if ends else None


def beyond_scale(value: float, indicator: Indicator) -> bool:
    """Whether a value lies past the end of the scale at which it would ask for nothing."""
    end = loose_end(indicator)
    return end is not None and indicator.sign * value > indicator.sign * end


def bound_value(comparator: Comparator, indicator: Indicator) -> float:
    """The value of a comparator, or the looser end of its range."""
    if not isinstance(comparator.value, tuple):
        return float(comparator.value)
    return float(max(comparator.value, key=lambda end: indicator.sign * end))
