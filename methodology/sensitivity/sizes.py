"""Scale noise and distances: by the value itself, or by the standard deviation between plants."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from methodology.arguments import numbers
from methodology.errors import DataError
from methodology.indicators import IndicatorSystem, Sample


def between_plants(values: np.ndarray) -> np.ndarray:
    """
    Standard deviation between plants, the yardstick of a distance that neither unit nor zero changes.

    Parameters
    ----------
    values : array of shape (n_plants, n_indicators)
        NaN or infinite where there is no value.

    Returns
    -------
    array of shape (n_indicators,)
        NaN where fewer than two different values tell plants apart.

    Examples
    --------
    >>> between_plants(np.array([[1.0, 5.0], [3.0, 5.0]])).round(3)
    array([1.414,   nan])
    """
    columns = [column[np.isfinite(column)] for column in np.asarray(values, dtype=float).T]
    return np.array(
        [np.std(own, ddof=1) if own.size > 1 and np.ptp(own) > 0 else np.nan for own in columns], dtype=float
    )


def between_plants_of(sample: Sample, system: IndicatorSystem) -> np.ndarray:
    """Standard deviation between plants of every indicator, in its unit; shape (n_indicators,)."""
    return between_plants(sample.comparable(system)[list(system.ids)].to_numpy(dtype=float))


def relative_noise(cv: npt.ArrayLike | None, shape: tuple[int, ...], name: str) -> np.ndarray:
    """
    Relative standard deviations spread over `shape`: one number, one per indicator, or one per cell.

    Raises
    ------
    DataError
        If one is negative or not finite, or the shape does not fit.
    """
    given = numbers(0.0 if cv is None else cv, name)
    if given.ndim == 1 and len(shape) > 1 and given.shape == shape[:1]:
        given = given[:, None]
    try:
        if given.ndim not in (0, len(shape)):
            raise ValueError
        spread = np.broadcast_to(given, shape)
    except ValueError:
        wanted = " or ".join(dict.fromkeys((str(shape[:1]), str(shape))))
        raise DataError(
            f"`{name}` has shape {given.shape}; give one number or an array of {wanted}."
        ) from None
    if not (np.isfinite(spread) & (spread >= 0)).all():
        worst = spread[~(np.isfinite(spread) & (spread >= 0))][0]
        raise DataError(
            f"`{name}` holds {worst}. It is a standard deviation relative to the value: 0 or more."
        )
    return spread


def sizes_of_noise(numbers: npt.ArrayLike, cv: npt.ArrayLike, of: npt.ArrayLike = np.nan) -> np.ndarray:
    """Standard deviations of numbers, at most the largest float; relative to `of`, where it is NaN to each itself."""
    itself = np.asarray(numbers, dtype=float)
    size = np.where(np.isnan(of) | np.isnan(itself), np.abs(itself), of)
    with np.errstate(over="ignore"):
        return np.minimum(size * np.asarray(cv), np.finfo(float).max)


def referred_to(given: npt.ArrayLike | None, indicators: int) -> np.ndarray:
    """
    What relative noise of each indicator refers to, NaN for the number itself; shape (n_indicators,).

    Raises
    ------
    DataError
        If there is not one for each indicator, or one is negative or infinite.
    """
    if given is None:
        return np.full(indicators, np.nan)
    sizes = numbers(given, "noise_sizes")
    if sizes.shape != (indicators,) or (sizes < 0).any() or np.isinf(sizes).any():
        raise DataError(
            f"`noise_sizes` is {given!r}; give one number of 0 or more for each of {indicators} indicators, NaN where "
            "noise is relative to the number itself."
        )
    return sizes
