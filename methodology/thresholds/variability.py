"""Variability factors: from a long-term average to a limit that good days stay below."""

from __future__ import annotations

import numpy as np

from methodology.arguments import count, probability
from methodology.errors import ParameterError


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
