"""Comparators 对标值 beside a proposed value: what binds it, what may be compared, what is only shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from methodology.indicators import Direction, Indicator, Level
from methodology.indicators.comparators import Comparator
from methodology.parameters import Footing
from methodology.proposal.bounds import binds

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
