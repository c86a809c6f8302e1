"""Engineering steps: how finely a proposed value is stated, and to which side it is rounded."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from math import floor, log10
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from methodology.errors import MethodError
from methodology.indicators import Indicator

STEPS_PER_SPREAD = 40
"""A-45: steps between the 10 % and the 90 % plant when an indicator declares none."""
_LADDER = (1, 2, 5)
_DIGITS = 12
"""Digits of a computed value that mean something; a mean of three plants carries binary dust behind them."""
_EXACT = Context(prec=60)
"""Digits enough for any quotient of two floats to fall on the right side of a whole number."""

Side = Literal["loose", "strict"]


def derived_step(values: ArrayLike) -> float | None:
    """
    Step of 1, 2 or 5 times a power of ten that fits the spread of the plants.

    Parameters
    ----------
    values : array of shape (n_plants,)
        One indicator in its unit; missing values are left out.

    Returns
    -------
    float or None
        The largest such step not above a fortieth of the distance between the 10 % and the 90 % plant (A-45); None
        if the plants do not differ.

    Examples
    --------
    >>> derived_step([366, 371, 380, 387, 395, 402, 413])
    0.5
    """
    told = np.asarray(values, dtype=float)
    told = told[np.isfinite(told)]
    if told.size < 2:
        return None
    low, high = np.quantile(told, [0.1, 0.9])
    if not high > low:
        low, high = told.min(), told.max()
    return _at_most((high - low) / STEPS_PER_SPREAD) if high > low else None


def step_of(
    indicator: Indicator, values: ArrayLike, value: float = np.nan, others: Iterable[float] = ()
) -> float | None:
    """The declared engineering step of an indicator, or the derived one that fits `value` among `others`."""
    if indicator.step is not None:
        return indicator.step
    step = derived_step(values)
    return None if step is None else fitting_step(step, value, others)


def fitting_step(step: float, value: float, others: Iterable[float] = ()) -> float:
    """
    A derived step that keeps a value near itself and apart from the values of the other levels.

    Parameters
    ----------
    step : float
        Fitting the spread, which is wide where the values are skewed.
    value : float
        To be rounded; NaN sets no bound.
    others : iterable of float
        Values of the other levels.

    Returns
    -------
    float
        `step`, or what leaves `value` two significant digits, or what is not above the distance to another level:
        the finest of them (A-45).

    Examples
    --------
    >>> fitting_step(5, 0.0327), fitting_step(1, 387.2), fitting_step(5, 52.4, [52.9])
    (0.001, 1.0, 0.5)
    """
    found = [float(step)]
    if np.isfinite(value) and value != 0:
        found.append(float(Decimal(1).scaleb(floor(log10(abs(value))) - 1)))
        distances = [abs(clean(other) - clean(value)) for other in others if np.isfinite(other)]
        found += [_at_most(clean(distance)) for distance in distances if distance > 0]
    return min(found)


def round_to_step(value: float, step: float, *, better: str, side: Side = "loose") -> float:
    """
    Round to a multiple of `step`, always to the stated side.

    Parameters
    ----------
    value : float
        In the unit of the indicator; a value already on a multiple stays.
    step : float
        Positive.
    better : {"lower", "higher"}
        Which end of the scale is cleaner.
    side : {"loose", "strict"}
        "loose" costs no plant the value it reaches (A-47); "strict" stays within a bound.

    Raises
    ------
    MethodError
        If `step` is not positive or `value` not finite.

    Examples
    --------
    >>> round_to_step(387.2, 1, better="lower"), round_to_step(387.2, 1, better="lower", side="strict")
    (388.0, 387.0)
    >>> round_to_step(1.15, 0.05, better="higher")
    1.15
    """
    if not step > 0 or not np.isfinite(value):
        raise MethodError(
            f"{value} cannot be rounded to steps of {step}; a step is positive, a value finite."
        )
    up = (better == "lower") == (side == "loose")
    unit = Decimal(repr(float(step)))
    parts = _EXACT.divide(Decimal(repr(clean(value))), unit)
    steps = parts.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR, _EXACT)
    return float(_EXACT.multiply(steps, unit)) + 0.0


def clean(value: float) -> float:
    """
    A computed value without the binary dust behind its 12th digit.

    Examples
    --------
    >>> clean(2.1800000000000002)
    2.18
    """
    return float(f"{value:.{_DIGITS}g}")


def _at_most(limit: float) -> float:
    power = floor(log10(limit))
    digit = max(d for d in _LADDER if float(Decimal(d).scaleb(power)) <= limit)
    return float(Decimal(digit).scaleb(power))
