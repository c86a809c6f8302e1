"""Factors and the model they drive: points of a low-discrepancy design, checked outputs, bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from methodology.arguments import named, real_number, whole_number
from methodology.errors import MethodError
from methodology.sensitivity.seeds import Seed, generator

Model = Callable[[np.ndarray], npt.ArrayLike]
_BITS = 30
"""Digits of a Sobol point; half a step keeps every point inside (0, 1)."""
_SHOWN = 5


@dataclass(frozen=True)
class Factors:
    """
    Named factors, each with its distribution, gathered in groups that move together.

    Attributes
    ----------
    names : tuple of str
    laws : tuple
        scipy.stats distributions (anything with `ppf` or `icdf`).
    groups : dict
        Group name to the columns it holds; a factor without a group is a group of its own.
    """

    names: tuple[str, ...]
    laws: tuple[Any, ...]
    groups: dict[str, np.ndarray]

    @classmethod
    def of(cls, factors: Mapping[str, Any], groups: Mapping[str, str] | None) -> Factors:
        """
        Read `factors` and the group of each factor that has one.

        Raises
        ------
        MethodError
            If there is no factor, two have one name, a group names an unknown one or shares the name of a lone one.
        """
        names = tuple(str(name) for name in named(factors, "factors"))
        labels = {str(name): str(group) for name, group in named(groups or {}, "groups").items()}
        if len(set(names)) < len(names):
            raise MethodError(f"`factors` has names that read alike: {', '.join(names)}. Rename one of them.")
        unknown = [name for name in labels if name not in names]
        if not names or unknown:
            raise MethodError(
                f"`groups` names {', '.join(map(repr, unknown))}, which is not among the factors {', '.join(names)}."
                if unknown
                else "`factors` is empty; give a name and a distribution for each factor."
            )
        clash = [name for name in names if name not in labels and name in labels.values()]
        if clash:
            raise MethodError(f"{clash[0]!r} is both a factor of its own and a group; rename one of them.")
        members: dict[str, list[int]] = {}
        for column, name in enumerate(names):
            members.setdefault(labels.get(name, name), []).append(column)
        return cls(
            names, tuple(factors.values()), {key: np.array(columns) for key, columns in members.items()}
        )

    def values(self, points: np.ndarray) -> np.ndarray:
        """
        Factor values at points of the unit cube, both of shape (n, d).

        Raises
        ------
        MethodError
            If a distribution gives no finite value.
        """
        values = np.empty(points.shape)
        for column, (name, law) in enumerate(zip(self.names, self.laws, strict=True)):
            place = np.ascontiguousarray(
                points[:, column]
            )  # distributions read a strided column at half the speed
            inverse = getattr(law, "ppf", None) or getattr(law, "icdf", None)
            if inverse is None:
                raise MethodError(
                    f"Factor {name!r} is a {type(law).__name__}, which has no `ppf`. "
                    "Give a frozen distribution, e.g. scipy.stats.uniform(0, 1)."
                )
            drawn = _drawn(inverse, place, name)
            if not np.isfinite(drawn).all():
                raise MethodError(
                    f"The distribution of factor {name!r} gives {drawn[~np.isfinite(drawn)][0]} at probability "
                    f"{place[~np.isfinite(drawn)][0]:.6g}; check its parameters."
                )
            values[:, column] = drawn
        return values


def _drawn(inverse: Callable[[np.ndarray], npt.ArrayLike], place: np.ndarray, name: str) -> np.ndarray:
    """Values of one factor; (n,)."""
    try:
        return np.asarray(inverse(place), dtype=float).reshape(place.shape)
    except (TypeError, ValueError) as fault:
        raise MethodError(
            f"The distribution of factor {name!r} gives no values ({fault}). Freeze it with its parameters, "
            "e.g. scipy.stats.gamma(2.0)."
        ) from fault


def unit_design(n: int, columns: int, seed: Seed) -> np.ndarray:
    """
    First `n` points of a scrambled Sobol sequence, strictly inside the unit cube; shape (n, columns).

    Notes
    -----
    Balanced when `n` is a power of two; other numbers take the first points of the next one.
    """
    from scipy.stats import qmc

    power = max(n - 1, 0).bit_length()
    engine = qmc.Sobol(columns, scramble=True, bits=_BITS, rng=generator(seed))
    return engine.random_base2(power)[:n] + 2.0 ** -(_BITS + 1)


def table_of_outputs(
    columns: Sequence[Mapping[str, np.ndarray]], factors: Iterable[str], outputs: Sequence[str] | None
) -> pd.DataFrame:
    """One table of the factors for each output, from its columns; stacked by output where outputs have names."""
    index = pd.Index(list(factors), name="factor")
    tables = [pd.DataFrame(own, index=index) for own in columns]
    return tables[0] if outputs is None else pd.concat(tables, keys=list(outputs), names=["output"])


def count_of(outputs: Sequence[str] | None) -> int | None:
    """
    How many outputs have names; None where there is one without.

    Raises
    ------
    MethodError
        If there is none, or two have one name.
    """
    if outputs is None:
        return None
    if isinstance(outputs, str) or not outputs or len(set(outputs)) < len(outputs):
        raise MethodError(f"`outputs` is {outputs!r}; give a list with a name of its own for each output.")
    return len(outputs)


def scaled(*outputs: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """
    Outputs brought to magnitudes below 1, so that their squares neither overflow nor vanish.

    Parameters
    ----------
    outputs : arrays of shape (..., n, k)
        All runs of one model with k outputs.

    Returns
    -------
    scaled : list of arrays
        Divided by a power of two for each output, hence without any rounding.
    powers : int array of shape (k,)

    Examples
    --------
    >>> tables, powers = scaled(np.array([[3e300], [-1e300]]))
    >>> tables[0].ravel().round(3).tolist(), powers.tolist()
    ([0.56, -0.187], [999])
    """
    largest = np.max([np.abs(table).reshape(-1, table.shape[-1]).max(axis=0) for table in outputs], axis=0)
    powers = np.frexp(largest)[1]
    return [np.ldexp(table, -powers) for table in outputs], powers


def run_model(
    model: Model, values: np.ndarray, names: Sequence[str], place: str, outputs: int | None
) -> np.ndarray:
    """
    Outputs of the model at `values`, checked; shape (n, k), k = 1 unless `outputs` says otherwise.

    Raises
    ------
    MethodError
        If the model returns another shape, text, a NaN or an infinite number; names the draws and their factors.
    """
    n = len(values)
    given = _read(model, values, place)
    wide = given.reshape(n, -1) if given.size and given.shape[:1] == (n,) else given
    if wide.ndim != 2 or wide.shape != (n, outputs or 1):
        wanted = f"({n},)" if outputs is None else f"({n}, {outputs})"
        raise MethodError(
            f"The model returned an array of shape {given.shape} for {n} draws; it should be {wanted}."
        )
    wrong = np.flatnonzero(~np.isfinite(wide).all(axis=1))
    if wrong.size:
        first = int(wrong[0])
        at = ", ".join(f"{name}={value:.6g}" for name, value in zip(names[:8], values[first], strict=False))
        listed = ", ".join(str(row) for row in wrong[:_SHOWN])
        raise MethodError(
            f"The model returned {wide[first][~np.isfinite(wide[first])][0]} in draw {first} of {n} of {place} ({at}); "
            f"in all {wrong.size} draws are not finite ({listed}{', ...' if wrong.size > _SHOWN else ''}). "
            "An index over the rest would describe another model: mend the model or narrow the factors."
        )
    return wide


def _read(model: Model, values: np.ndarray, place: str) -> np.ndarray:
    """What the model returns, as floats."""
    if not callable(model):
        raise MethodError(
            f"`model` is a {type(model).__name__}; give a function of an array of shape (n, d)."
        )
    given = model(values.copy())
    try:
        table = np.ma.filled(given.astype(float), np.nan) if np.ma.isMaskedArray(given) else np.asarray(given)
        if table.dtype.kind not in "biufO":
            raise TypeError(f"it holds {table.dtype}")
        return np.array(table, dtype=float)
    except (TypeError, ValueError, OverflowError) as fault:
        raise MethodError(f"The model returned no array of numbers for {place}: {fault}.") from fault


@dataclass(frozen=True)
class Resampling:
    """
    Resamples behind an interval, and its confidence.

    Raises
    ------
    MethodError
        If either has no meaning.
    """

    resamples: int = 100
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Refuse fewer than two resamples, and a confidence outside (0, 1)."""
        whole_number(self.resamples, "resamples", least=2)
        if not 0 < real_number(self.confidence, "confidence") < 1:
            raise MethodError(f"`confidence` is {self.confidence}; an interval has one inside (0, 1).")


def resample_counts(n: int, resamples: int, seed: Seed) -> np.ndarray:
    """
    How often each of `n` rows is taken: once each in row 0, then at random with replacement.

    Returns
    -------
    float array of shape (resamples + 1, n)
        Every row sums to `n`.
    """
    rng = generator(seed, 1)
    counts = np.ones((resamples + 1, n))
    for row in range(1, resamples + 1):
        counts[row] = np.bincount(rng.integers(0, n, n, dtype=np.int32), minlength=n)
    return counts


def with_interval(kind: str, replicates: np.ndarray, confidence: float) -> dict[str, np.ndarray]:
    """
    Columns `kind`, its lower and its upper end from an estimate (row 0) and its resamples, shape (resamples + 1, k).

    Notes
    -----
    Normal interval with the standard deviation of the resamples, which needs fewer of them than percentiles do.
    """
    from scipy.special import ndtri

    reach = ndtri(0.5 + confidence / 2) * replicates[1:].std(axis=0, ddof=1)
    own = replicates[0]
    return {kind: own, f"{kind}_lower": own - reach, f"{kind}_upper": own + reach}
