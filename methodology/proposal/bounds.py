"""What law and the index that is revised allow at most, and how comparators 对标值 stand to a proposed value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from methodology.errors import ParameterError
from methodology.indicators import LEVELS, Direction, Indicator, IndicatorSystem, Level
from methodology.indicators.comparators import Comparator
from methodology.parameters import Footing
from methodology.proposal.rounding import clean, round_to_step

REVISED = "index_2014"
"""Kind of the comparators that are the standard being revised."""

IN_FORCE = ("index_2014", "energy_norm", "mandatory_limit")
"""Comparators a revised standard steps back from if it is looser: the index before it, norms and limits in force."""


def value_bounds(system: IndicatorSystem, footing: Footing) -> np.ndarray:
    """
    Loosest value each level may have: law, and the index that is revised.

    Parameters
    ----------
    system : IndicatorSystem
        Comparators with `binds`, the levels they bind, and the values of the index.
    footing : Footing
        Which of the two bind, where the plants stand, whether their values are corrected, and recorded decisions.

    Returns
    -------
    array of shape (3, n_indicators)
        In the unit of each indicator; NaN where nothing binds.

    Raises
    ------
    ParameterError
        If a recorded decision names no value of the system.

    Notes
    -----
    A-46: of several binding comparators the strictest counts; of a range, its looser end.
    """
    unknown = sorted(name for name, _ in footing.looser if name not in system.ids)
    if unknown:
        raise ParameterError(
            f"proposal.looser names {', '.join(unknown)}, which {system.id!r} does not have; "
            f"it has {', '.join(system.ids)}."
        )
    table = np.full((3, len(system.ids)), np.nan)
    for column, indicator in enumerate(system.indicators):
        for row, level in enumerate(LEVELS):
            binding = binding_comparator(indicator, level, footing)
            if binding is not None:
                table[row, column] = bound_value(binding, indicator)
    return table


def binding_comparator(indicator: Indicator, level: Level, footing: Footing) -> Comparator | None:
    """The strictest comparator that binds `level` of `indicator`, or None."""
    binding = [c for c in indicator.comparators if binds(c, indicator, level, footing)]
    if not binding:
        return None
    return min(binding, key=lambda c: indicator.sign * bound_value(c, indicator))


def binds(comparator: Comparator, indicator: Indicator, level: Level, footing: Footing) -> bool:
    """Whether a value of `level` may not be looser than `comparator`: of the same unit, and for these plants."""
    if comparator.unit != indicator.unit or indicator.direction is Direction.INTERVAL:
        return False
    if footing.bound_by_law and level in comparator.binds:
        known = footing.stratum or {}
        in_place = all(known.get(name) == text for name, text in comparator.where.items())
        return in_place and (footing.corrected or not comparator.before_corrections)
    revised = comparator.kind == REVISED and comparator.level in (None, level)
    released = (indicator.id, str(level)) in footing.looser
    comparable = comparator.applies(footing.stratum, corrected=footing.corrected)
    return footing.bound_by_index and revised and comparable and not released


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
    """
    What a comparator allows at most: its value, or the looser end of its range.

    Where a value moves with a covariate, the index is held wherever a plant of the sample stands: what is stated at
    the reference is stricter by the most that the covariate adds, whatever silent plants hold, to the next step (A-26).
    """
    loosest = loosest_end(comparator, indicator)
    if comparator.kind != REVISED or not indicator.loosened:
        return loosest
    held = clean(loosest - indicator.sign * indicator.loosened)
    return (
        round_to_step(held, indicator.step, better=indicator.better, side="strict")
        if indicator.step
        else held
    )


def loosest_end(comparator: Comparator, indicator: Indicator) -> float:
    """The value of a comparator, or the looser end of its range."""
    ends = comparator.value if isinstance(comparator.value, tuple) else (comparator.value,)
    return float(max(ends, key=lambda end: indicator.sign * end))


BOUND, COMPARED, SHOWN = "binds", "compared", "shown, not compared"


def comparators_beside(
    indicator: Indicator,
    level: Level,
    value: float | None,
    *,
    stratum: Mapping[str, str] | None = None,
    corrected: bool = False,
) -> list[dict[str, Any]]:
    """
    Comparators of one level, each with unit, basis, source and status.

    Parameters
    ----------
    value : float or None
        Proposed; None if withheld.

    Returns
    -------
    list of dict
        Those stated for `level` or for no level. `relation` says whether it binds, is compared or only shown;
        `finding` how the proposed value stands to it: stricter, equal, looser, within, or empty where not compared.
    """
    return [
        _entry(comparator, indicator, level, value, stratum, corrected)
        for comparator in indicator.comparators
        if comparator.level in (None, level) or level in comparator.binds
    ]


def _entry(
    comparator: Comparator,
    indicator: Indicator,
    level: Level,
    value: float | None,
    stratum: Mapping[str, str] | None,
    corrected: bool,
) -> dict[str, Any]:
    binding = binds(
        comparator, indicator, level, Footing(bound_by_law=True, stratum=stratum, corrected=corrected)
    )
    comparable = (
        comparator.applies(stratum, corrected=corrected)
        and comparator.unit == indicator.unit
        and indicator.direction is not Direction.INTERVAL
    )
    relation = BOUND if binding else COMPARED if comparable else SHOWN
    shown = comparator.value
    return {
        "kind": comparator.kind,
        "label": comparator.label,
        "value": list(shown) if isinstance(shown, tuple) else shown,
        "unit": comparator.unit,
        "basis": comparator.basis,
        "o2_reference": comparator.o2_reference,
        "source": comparator.source,
        "status": comparator.status,
        "year": comparator.year,
        "level": None if comparator.level is None else str(comparator.level),
        "relation": relation,
        "finding": finding(value, shown, indicator.better) if relation != SHOWN and value is not None else "",
        "note": comparator.note,
    }


def finding(value: float, shown: float | tuple[float, float], better: str) -> str:
    """
    How a proposed value stands to a comparator.

    Examples
    --------
    >>> finding(8.0, 10.0, "lower"), finding(8.0, 10.0, "higher"), finding(8.0, (5.0, 10.0), "lower")
    ('stricter', 'looser', 'within')
    """
    low, high = (min(shown), max(shown)) if isinstance(shown, tuple) else (shown, shown)
    if low <= value <= high:
        return "equal" if low == high else "within"
    return "stricter" if (value < low) == (better == "lower") else "looser"
