"""Indicators computed from raw quantities by the formulas of their system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from methodology.indicators.expressions import Expression, parse
from methodology.indicators.system import IndicatorSystem
from methodology.units import parse as unit

DIGITS = 12
"""Digits of a computed value; what stands behind them is dust of binary arithmetic."""
ALIKE = 1e-3
"""A-67: limits of some outlets matter if they move a mean by more than this share."""


@dataclass(frozen=True)
class Raw:
    """Raw quantities of some plants."""

    amounts: Mapping[str, np.ndarray]
    """Quantity -> array of shape (n_plants, n_outlets) in its unit; one column for what is told of a plant. NaN where
    nothing was reported."""
    limits: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Where the amount is a limit that the value lies below, in the same shape."""


@dataclass(frozen=True)
class Computed:
    """Values of one indicator, NaN where a raw quantity is missing, and which of them are limits."""

    values: np.ndarray
    below: np.ndarray


def compute(system: IndicatorSystem, raw: Raw) -> dict[str, Computed]:
    """
    Compute every indicator that has a formula.

    Parameters
    ----------
    raw : Raw
        A quantity that is not among its amounts is not reported by anybody.

    Returns
    -------
    dict of indicator to Computed
        In the unit of the indicator. A missing quantity gives a missing value, never zero; an outlet of which nothing
        is told does not exist; a mean over outlets of which some lie below a limit is itself a limit, unless they
        weigh nothing.

    Notes
    -----
    Rests on A-67 (outlets below a limit) and A-68 (conversion factors).
    """
    quantities = {quantity.id: quantity for quantity in system.quantities}
    there = {outlet.id: _present(system, raw, outlet.id) for outlet in system.outlets}
    found = {}
    for indicator in system.indicators:
        formula = parse(indicator.formula) if indicator.formula else None
        if formula is None or not set(formula.names) <= {*raw.amounts, *system.factors}:
            continue
        columns: dict[str, Any] = {}
        for name in formula.names:
            if name in system.factors:
                factor = system.factors[name]
                columns[name] = np.float64(factor.value) * _base(factor.unit)
            else:
                amounts = raw.amounts[name] * _base(quantities[name].unit)
                outlet = quantities[name].outlet
                columns[name] = np.where(there[outlet], amounts, 0.0) if outlet else amounts
        values = _evaluated(formula, columns, indicator.unit)
        limited = [name for name in formula.names if name in raw.limits and raw.limits[name].any()]
        below = np.zeros(len(values), dtype=np.bool_)
        if limited:
            least = columns | {name: np.where(raw.limits[name], 0.0, columns[name]) for name in limited}
            below = ~(np.abs(values - _evaluated(formula, least, indicator.unit)) <= ALIKE * np.abs(values))
        for outlet in {quantities[name].outlet for name in formula.names if name in quantities} - {""}:
            values = np.where(there[outlet].any(axis=1), values, np.nan)
        found[indicator.id] = Computed(values, below & np.isfinite(values))
    return found


def _present(system: IndicatorSystem, raw: Raw, outlet: str) -> np.ndarray:
    """Outlets of which anything is told, plant by plant."""
    told = [raw.amounts[q.id] for q in system.quantities if q.outlet == outlet and q.id in raw.amounts]
    if not told:
        return np.zeros((len(next(iter(raw.amounts.values()), ())), 1), dtype=np.bool_)
    there: np.ndarray = np.logical_or.reduce([np.isfinite(amounts) for amounts in told])
    return there


@lru_cache(maxsize=256)
def _base(text: str) -> float:
    return float(unit(text).factor) if text else 1.0


def _evaluated(formula: Expression, columns: Mapping[str, Any], wanted: str) -> np.ndarray:
    """Values in the unit wanted, one per plant, without dust and infinities."""
    values = np.asarray(formula(columns), dtype=float)[:, 0] / _base(wanted)
    return np.array([float(f"{v:.{DIGITS}g}") if np.isfinite(v) else np.nan for v in values])


def agree(typed: float, computed: float, share: float) -> bool:
    """
    Whether a typed and a computed value differ by no more than rounding: half of the last digit typed, or a share.

    Examples
    --------
    >>> agree(387.5, 387.46, 1e-3), agree(1200.0, 1198.9, 1e-3), agree(0.26, 0.28, 1e-3)
    (True, True, False)
    """
    decimals = len(f"{typed:.15g}".partition(".")[2])
    return abs(typed - computed) <= max(0.501 * 10.0**-decimals, share * abs(computed))
