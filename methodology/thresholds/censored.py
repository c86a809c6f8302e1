"""Values below a detection limit: likelihood, regression on order statistics, Kaplan-Meier.

Substitution is offered under its own name only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methodology.arguments import Floats, choice, exact_share, read_mask, read_positive
from methodology.errors import DataError, MethodError
from methodology.thresholds.quantiles import attainment_value

METHODS: tuple[str, ...] = ("as-limit", "lognormal-mle", "ros", "kaplan-meier", "half-limit")
_STEPS = 100
_CONVERGED = 1e-12


@dataclass(frozen=True)
class CensoredFit:
    """
    What a sample with values below a limit says about its population.

    Attributes
    ----------
    meanlog, sdlog : float
        Mean and standard deviation of the logarithms.
    mean, cv : float
        Mean in the unit of the values, and the coefficient of variation.
    method : str
    n, below : int
        Values in all, and how many of them are limits.
    """

    meanlog: float
    sdlog: float
    mean: float
    cv: float
    method: str
    n: int
    below: int


def fit_lognormal(
    values: ArrayLike,
    below_limit: ArrayLike | None,
    *,
    method: str = "lognormal-mle",
    plotting_constant: float = 0.0,
) -> CensoredFit:
    """
    Estimate centre and spread of values of which some are only known to lie below a limit.

    Parameters
    ----------
    values : array of shape (n_plants,)
        Measured values, and the limit of each value below it. Positive.
    below_limit : array of bool of the same shape
        Which values are limits; None if none is.
    method : {"lognormal-mle", "ros", "kaplan-meier", "half-limit", "as-limit"}
        "lognormal-mle": maximum likelihood [1]_. "ros": robust regression on order statistics, mean and spread of the
        sample completed by imputation [2]_. "kaplan-meier": no model; the mass below all measured values is put at
        its limit [3]_. "half-limit", "as-limit": substitution, a legacy choice.
    plotting_constant : float
        Constant of the plotting positions of "ros".

    Returns
    -------
    CensoredFit
        `.meanlog`, `.sdlog`, `.mean`, `.cv`.

    Raises
    ------
    DataError
        If a value is missing or not positive, or fewer than two different values are measured.

    Notes
    -----
    Rests on A-14 for the likelihood: logarithms of the population are normal, limits are known beforehand.

    References
    ----------
    .. [1] Cohen (1961), doi:10.1080/00401706.1961.10489973
    .. [2] Hirsch and Stedinger (1987), doi:10.1029/WR023i004p00715
    .. [3] Gillespie et al. (2010), doi:10.1097/EDE.0b013e3181ce9f08

    Examples
    --------
    >>> fit = fit_lognormal([5, 12.1, 16.9, 21.6, 2], [True, False, False, False, True])
    >>> round(fit.meanlog, 3), fit.below
    (1.782, 2)
    """
    array, below = read_censored(values, below_limit)
    choice("method", method, METHODS)
    # Sums in one order, so that the order of plants changes no bit of the result.
    order = np.lexsort((below, array))
    array, below = array[order], below[order]
    if method == "lognormal-mle":
        centre, spread = censored_likelihood(np.log(array), below)
        mean, cv = _lognormal_moments(centre, spread)
        return CensoredFit(centre, spread, mean, cv, method, array.size, int(below.sum()))
    if method == "kaplan-meier":
        points, masses = kaplan_meier(array, below)
        mean, deviation = _moments(points, masses)
        centre, spread = _moments(np.log(points), masses)
    else:
        filled = complete(array, below, method, plotting_constant=plotting_constant)
        mean, deviation = float(filled.mean()), float(filled.std(ddof=1))
        centre, spread = float(np.log(filled).mean()), float(np.log(filled).std(ddof=1))
    return CensoredFit(centre, spread, mean, deviation / mean, method, array.size, int(below.sum()))


def read_censored(values: ArrayLike, below_limit: ArrayLike | None) -> tuple[Floats, NDArray[np.bool_]]:
    """
    Check values and mask; two different measured values are the least any method can work with.

    Raises
    ------
    DataError
        See `fit_lognormal`.
    """
    array = read_positive(values, least=2, why="the treatment of values below a limit")
    below = read_mask(below_limit, array.size)
    measured = array[~below]
    if measured.size < 2 or np.ptp(measured) == 0:
        raise DataError(
            f"{measured.size} of {array.size} values are measured and they show no spread; the rest lie below a "
            f"limit. The honest answer is '< {array[below].max() if below.any() else array.max():g}'."
        )
    return array, below


def censored_likelihood(logs: Floats, below: NDArray[np.bool_]) -> tuple[float, float]:
    """
    Maximise the likelihood of a normal sample censored from below.

    Parameters
    ----------
    logs : array of shape (n_plants,)
    below : array of bool
        Which of them are limits.

    Returns
    -------
    mean, standard deviation

    Raises
    ------
    MethodError
        If the likelihood has no inner maximum.

    References
    ----------
    .. [1] Olsen (1978), doi:10.2307/1913082; in (mean/sd, 1/sd) the likelihood is concave, so Newton's steps suffice
    """
    from scipy.special import log_ndtr

    # Standardised, so that one tolerance serves every unit.
    shift, scale = logs[~below].mean(), logs[~below].std()
    y, limits = (logs[~below] - shift) / scale, (logs[below] - shift) / scale

    def likelihood(place: float, inverse: float) -> float:
        if inverse <= 0:
            return -np.inf
        return float(
            y.size * np.log(inverse)
            - ((inverse * y - place) ** 2).sum() / 2
            + log_ndtr(inverse * limits - place).sum()
        )

    point = np.array([0.0, 1.0])
    for _ in range(_STEPS):
        move = _newton_step(point, y, limits, log_ndtr)
        length, here = 1.0, likelihood(*point)
        while likelihood(*(point + length * move)) < here and length > _CONVERGED:
            length /= 2
        point = point + length * move
        if np.abs(length * move).max() < _CONVERGED:
            break
    else:
        raise MethodError(
            f"The likelihood of {logs.size} values, {int(below.sum())} of them below a limit, has no inner maximum. "
            "Use 'kaplan-meier' or 'as-limit'."
        )
    spread = 1 / point[1]
    return float(shift + scale * point[0] * spread), float(scale * spread)


def _newton_step(point: Floats, y: Floats, limits: Floats, log_ndtr: np.ufunc) -> Floats:
    place, inverse = point
    z = inverse * limits - place
    hazard = np.exp(-(z**2) / 2 - log_ndtr(z)) / np.sqrt(2 * np.pi)
    curve = hazard * (hazard + z)
    gap = inverse * y - place
    gradient = np.array([gap.sum() - hazard.sum(), y.size / inverse - gap @ y + hazard @ limits])
    cross = y.sum() + curve @ limits
    hessian = np.array(
        [[-y.size - curve.sum(), cross], [cross, -y.size / inverse**2 - y @ y - curve @ limits**2]]
    )
    return np.asarray(-np.linalg.solve(hessian, gradient))


def complete(
    values: Floats, below: NDArray[np.bool_], method: str, *, plotting_constant: float = 0.0
) -> Floats:
    """
    Put a number in the place of each limit, in the order of `values`.

    Parameters
    ----------
    method : {"as-limit", "half-limit", "ros"}
    """
    filled = values.copy()
    if method == "half-limit":
        filled[below] /= 2
    elif method == "ros" and below.any():
        filled[below] = _imputed(values, below, plotting_constant)
    return filled


def _imputed(values: Floats, below: NDArray[np.bool_], constant: float) -> Floats:
    """Values a line through the measured logarithms puts at the plotting positions of the limits."""
    from scipy.special import ndtri

    positions = plotting_positions(values, below, constant)
    z = ndtri(positions)
    slope, level = np.polyfit(z[~below], np.log(values[~below]), 1)
    return np.asarray(np.exp(level + slope * z[below]))


def plotting_positions(values: Floats, below: NDArray[np.bool_], constant: float = 0.0) -> Floats:
    """
    Hirsch-Stedinger plotting positions for several detection limits.

    Returns
    -------
    array of shape (n_plants,)
        In the order of `values`; limits get the positions of the values they hide.

    References
    ----------
    .. [1] Hirsch and Stedinger (1987), doi:10.1029/WR023i004p00715, equations 13 to 17
    """
    limits = np.concatenate([[-np.inf], np.unique(values[below]), [np.inf]])
    positions = np.empty(values.size)
    exceeded = 0.0
    for low, high in zip(limits[-2::-1], limits[:0:-1], strict=True):
        above = np.flatnonzero(~below & (values >= low) & (values < high))
        under = np.count_nonzero(np.where(below, values <= low, values < low))
        before = exceeded
        exceeded = 1.0 if under == 0 else before + above.size / (above.size + under) * (1 - before)
        ranks = np.empty(above.size)
        ranks[np.argsort(values[above], kind="stable")] = np.arange(1, above.size + 1)
        share = (ranks - constant) / (above.size + 1 - 2 * constant)
        positions[above] = (1 - exceeded) + (exceeded - before) * share
        hidden = np.flatnonzero(below & (values == low))
        inner = (np.arange(1, hidden.size + 1) - constant) / (hidden.size + 1 - 2 * constant)
        positions[hidden] = (1 - exceeded) * inner
    return positions


def kaplan_meier(values: Floats, below: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """
    Estimate the distribution without a model, by flipping values so that limits become censored from above.

    Returns
    -------
    points, masses : arrays of shape (n_points,)
        Ascending. Mass that cannot be placed lies at the lowest limit below all measured values.

    References
    ----------
    .. [1] Gillespie et al. (2010), doi:10.1097/EDE.0b013e3181ce9f08
    """
    points = np.unique(values[~below])
    # Plants known to lie at or below each point, and those exactly there.
    at_risk = np.array([np.count_nonzero(values <= point) for point in points])
    there = np.array([np.count_nonzero(~below & (values == point)) for point in points])
    staying = 1 - there / at_risk
    reached = np.concatenate([np.cumprod(staying[::-1])[::-1], [1.0]])
    masses = np.diff(reached)
    if reached[0] <= 0:
        return points, masses
    return np.concatenate([[values[below].min()], points]), np.concatenate([[reached[0]], masses])


def _lognormal_moments(centre: float, spread: float) -> tuple[float, float]:
    """Mean and coefficient of variation; a spread over hundreds of orders of magnitude has none that is a number."""
    with np.errstate(over="ignore"):
        mean, cv = np.exp(centre + spread**2 / 2), np.sqrt(np.expm1(spread**2))
    if not np.isfinite([mean, cv]).all():
        raise DataError(
            f"The logarithms spread by {spread:.3g}, so that a lognormal mean is no number. Check the units of the "
            "values."
        )
    return float(mean), float(cv)


def _moments(points: Floats, masses: Floats) -> tuple[float, float]:
    mean = points @ masses
    return float(mean), float(np.sqrt((points - mean) ** 2 @ masses))


@dataclass(frozen=True)
class CensoredQuantile:
    """A value, and whether all that is known is that it lies below it."""

    value: float
    below: bool

    def __str__(self) -> str:
        return f"< {self.value:g}" if self.below else f"{self.value:g}"


def censored_quantile(
    values: ArrayLike, below_limit: ArrayLike | None, share: float, *, method: str = "kaplan-meier"
) -> CensoredQuantile:
    """
    Read a quantile off a sample with values below a limit.

    Parameters
    ----------
    values, below_limit, method
        As in `fit_lognormal`.
    share : float in (0, 1)
        Share of the population at or below the value.

    Returns
    -------
    CensoredQuantile
        `below` is True where the answer is '< limit': no plant shows that it lies there.

    Examples
    --------
    >>> print(censored_quantile([5, 5, 5, 7, 9, 12], [True, True, True, False, False, False], 0.2))
    < 5
    """
    array, below = read_censored(values, below_limit)
    exact_share(share)
    choice("method", method, METHODS)
    if method == "lognormal-mle":
        from scipy.special import ndtri

        centre, spread = censored_likelihood(np.log(array), below)
        value = float(np.exp(centre + ndtri(share) * spread))
    elif method == "kaplan-meier":
        points, masses = kaplan_meier(array, below)
        place = int(np.argmax(np.cumsum(masses) >= share - np.spacing(1.0) * array.size))
        value = float(points[place])
        if below.any() and place == 0 and value < array[~below].min():
            return CensoredQuantile(value, below=True)
    else:
        filled = complete(array, below, method)
        value = attainment_value(np.sort(filled), share)
    lowest = array[below].min() if below.any() else -np.inf
    if value < lowest or (method == "as-limit" and value in array[below]):
        return CensoredQuantile(float(lowest) if value < lowest else value, below=True)
    return CensoredQuantile(value, below=False)
