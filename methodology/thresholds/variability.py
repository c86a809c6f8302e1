"""Variability factors: from a long-term average to a limit that good days stay below."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from methodology.errors import DataError, ParameterError
from methodology.thresholds.inputs import count, probability, read_mask, read_positive


def lognormal_variability_factor(
    cv: float, *, confidence: float = 0.99, averaged: int = 1, z: float | None = None
) -> float:
    """
    Factor from a long-term average to a limit for the mean of `averaged` lognormal days.

    Parameters
    ----------
    cv : float
        Coefficient of variation of single days.
    confidence : float in (0, 1)
        Share of means that stay below the limit.
    averaged : int
        Independent days averaged.
    z : float, optional
        Normal quantile as printed, e.g. 2.326, where a published table is to be reproduced to its digits.

    Returns
    -------
    float
        exp(z s - s^2 / 2) with s^2 = ln(1 + cv^2 / averaged).

    References
    ----------
    .. [1] US EPA (1991), Technical Support Document, EPA/505/2-90-001, table 5-2

    Examples
    --------
    >>> round(lognormal_variability_factor(0.6, z=2.326), 2)
    3.11
    >>> [round(lognormal_variability_factor(0.6, confidence=0.95, averaged=n), 2) for n in (4, 30)]
    [1.55, 1.19]
    """
    from scipy.special import ndtri

    if not isinstance(cv, (int, float)) or not 0 < cv < float("inf"):
        raise ParameterError(f"cv is {cv!r}; a coefficient of variation is positive.")
    if z is not None and not np.isfinite(z):
        raise ParameterError(f"z is {z!r}; give a normal quantile such as 2.326.")
    variance = np.log1p(cv**2 / count("averaged", averaged))
    normal = float(ndtri(probability("confidence", confidence))) if z is None else z
    return float(np.exp(normal * np.sqrt(variance) - variance / 2))


@dataclass(frozen=True)
class DeltaLognormal:
    """
    Long-term average and variability of days of which some lie below a detection limit.

    Attributes
    ----------
    mean : float
        Long-term average.
    quantile : float
        Value that `confidence` of the means of `averaged` days stay below.
    variability_factor : float
        quantile / mean.
    below : float
        Share of days below the limit.
    """

    mean: float
    quantile: float
    variability_factor: float
    below: float


def delta_lognormal(
    values: ArrayLike,
    below_limit: ArrayLike | None = None,
    *,
    confidence: float = 0.99,
    averaged: int = 1,
) -> DeltaLognormal:
    """
    Variability factor of the US EPA's effluent guidelines for days partly below the detection limit.

    Parameters
    ----------
    values : array of shape (n_days,)
        Measured values, and the limit of each day below it.
    below_limit : array of bool, optional
        Which values are limits. They enter at their limit, as the EPA's modified form has it.
    confidence : float in (0, 1)
    averaged : int
        Independent days averaged (4 or 20 for a monthly limit).

    Returns
    -------
    DeltaLognormal

    Raises
    ------
    DataError
        If fewer than two different values are measured, or a value is not positive.

    Notes
    -----
    A lump of mass delta at the mean limit D, and a lognormal for the measured days; means of several days are
    lognormal again with matched mean and variance, beside a lump of delta ** averaged (A-16).

    References
    ----------
    .. [1] Aitchison (1955), doi:10.1080/01621459.1955.10501976
    .. [2] US EPA (1998), EPA 821-B-97-006, section 4

    Examples
    --------
    >>> found = delta_lognormal([2, 3, 5, 8, 2], [False, False, False, False, True])
    >>> found.below, round(found.variability_factor, 2)
    (0.2, 3.64)
    """
    from scipy.special import ndtri

    array = read_positive(values, least=2, why="the delta-lognormal form")
    below = read_mask(below_limit, array.size)
    logs = np.log(array[~below])
    if logs.size < 2 or np.ptp(logs) == 0:
        raise DataError(
            f"{logs.size} days are measured; two different measured values are needed for a spread."
        )
    wanted, days = probability("confidence", confidence), count("averaged", averaged)
    delta = float(below.mean())
    lump = float(array[below].mean()) if delta else 0.0
    centre, growth = np.exp(logs.mean() + logs.var(ddof=1) / 2), np.exp(logs.var(ddof=1))
    mean = delta * lump + (1 - delta) * centre
    variance = (1 - delta) * centre**2 * growth + delta * lump**2 - mean**2
    # Mean and variance of the averaged days that are not all below the limit.
    rest = 1 - delta**days
    above = (mean - delta**days * lump) / rest
    second = (variance / days + mean**2 - delta**days * lump**2) / rest
    log_variance = np.log(second / above**2)
    if delta**days >= wanted:
        quantile = lump
    else:
        z = ndtri((wanted - delta**days) / rest)
        quantile = max(lump, float(np.exp(np.log(above) - log_variance / 2 + z * np.sqrt(log_variance))))
    return DeltaLognormal(float(mean), float(quantile), float(quantile / mean), delta)
