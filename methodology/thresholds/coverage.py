"""How often each interval holds the truth: samples drawn from populations whose quantiles are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import pandas as pd

from methodology.arguments import Floats, choice, count, exact_share, needed, probability
from methodology.errors import ParameterError
from methodology.thresholds.intervals import bca_places, student_factor
from methodology.thresholds.order_statistics import rank_interval
from methodology.thresholds.quantiles import harrell_davis_weights

SIGMA = 0.5
"""A-23: spread of the logarithms of the invented plants."""
CONTAMINATED_SHARE, CONTAMINATED_FACTOR = 0.1, 4.0
"""A-23: share of plants not retrofitted yet, and how many times dirtier they are."""
FINITE_PLANTS = 80
CHUNK = 100
"""Samples per task: enough work to be worth a process, few enough to share out evenly."""
METHODS: tuple[str, ...] = (
    "order-statistic",
    "finite-population",
    "bootstrap-percentile",
    "bootstrap-bca",
    "lognormal",
)
POPULATIONS: tuple[str, ...] = ("lognormal", "contaminated", "finite")
COLUMNS = (
    *("population", "n", "share", "method", "coverage", "standard_error", "missed_strict", "missed_loose"),
    *("open_strict", "open_loose", "bias", "repetitions"),
)


class Mapper(Protocol):
    """`map`, or the `map` of an executor."""

    def __call__(self, function: Callable[[Task], Tally], tasks: Iterable[Task], /) -> Iterator[Tally]:
        """Apply `function` to every task, in order."""
        ...


@dataclass(frozen=True)
class Task:
    """Some samples of one size from one population; small and picklable."""

    population: str
    plants: int
    shares: tuple[float, ...]
    methods: tuple[str, ...]
    confidence: float
    resamples: int
    repetitions: int
    seed: np.random.SeedSequence


Tally = dict[tuple[float, str], Floats]
"""Per share and method: covered, missed strict, missed loose, open strict, open loose, sum of log errors."""


@dataclass(frozen=True)
class Combinations:
    """
    What intervals are counted on: every size with every share, method and population.

    Attributes
    ----------
    plants : sizes of the samples
    shares : shares of plants that reach the value, lower is better
    methods : {"order-statistic", "finite-population", "bootstrap-percentile", "bootstrap-bca", "lognormal"}
    populations : {"lognormal", "contaminated", "finite"}
        Lognormal; the same with a tenth of the plants four times dirtier; 80 plants drawn from without replacement.
        "finite-population" is counted on the last alone.
    """

    plants: Sequence[int] = (8, 20, 40, 80)
    shares: Sequence[float] = (0.05, 0.20, 0.50)
    methods: Sequence[str] = METHODS
    populations: Sequence[str] = POPULATIONS

    def __post_init__(self) -> None:
        """Refuse what is unknown, and samples that exceed their population."""
        for name in self.methods:
            choice("methods", name, METHODS)
        for name in self.populations:
            choice("populations", name, POPULATIONS)
        for size in self.plants:
            count("plants", size, least=3)
        if "finite" in self.populations and max(self.plants) > FINITE_PLANTS:
            raise ParameterError(
                f"plants holds {max(self.plants)}; the finite population has {FINITE_PLANTS}."
            )


def coverage_study(
    *,
    confidence: float = 0.95,
    repetitions: int = 400,
    resamples: int = 999,
    seed: int = 0,
    mapper: Mapper | None = None,
    **combinations: Any,
) -> pd.DataFrame:
    """
    Count how often intervals hold the true value.

    Parameters
    ----------
    confidence : float in (0, 1)
        Asked of every interval.
    repetitions, resamples : int
        Samples per size, and bootstrap draws per sample.
    seed : int
        Root of the random streams; each task has a child of its own, so that processes change nothing.
    mapper : callable, optional
        `map` of an executor, to share the tasks out.
    **combinations
        Fields of `Combinations`, one by one: plants, shares, methods, populations.

    Returns
    -------
    DataFrame
        Columns population, n, share, method, coverage, standard_error (Monte Carlo), missed_strict and missed_loose
        (the truth lies beyond that limit), open_strict and open_loose (no such limit exists), bias (mean of
        ln(estimate / truth) of the point estimate that belongs to the interval), repetitions.

    Raises
    ------
    ParameterError
        If a method or population is unknown, or a finite sample exceeds its population.

    Notes
    -----
    An open side counts as holding the truth. The point estimate of order statistics is the attainment value, of the
    bootstraps Harrell-Davis, of "lognormal" the fitted quantile.

    Examples
    --------
    >>> found = coverage_study(plants=(20,), shares=(0.05,), methods=("order-statistic",), populations=("lognormal",))
    >>> bool(found["coverage"].iloc[0] > 0.95), float(found["open_strict"].iloc[0])
    (True, 1.0)
    """
    wanted = Combinations(**combinations)
    probability("confidence", confidence)
    samples = [(name, size) for name in wanted.populations for size in wanted.plants]
    tasks, owners = [], []
    roots = np.random.SeedSequence(seed).spawn(len(samples))
    for cell, (root, (name, size)) in enumerate(zip(roots, samples, strict=True)):
        chunks = _chunks(count("repetitions", repetitions))
        for part, child in zip(chunks, root.spawn(len(chunks)), strict=True):
            chosen = tuple(m for m in wanted.methods if name == "finite" or m != "finite-population")
            tasks.append(Task(name, size, tuple(wanted.shares), chosen, confidence, resamples, part, child))
            owners.append(cell)
    found = list((mapper or map)(tally, tasks))
    rows = []
    for cell, (name, size) in enumerate(samples):
        own = [part for owner, part in zip(owners, found, strict=True) if owner == cell]
        for key in own[0]:
            rows.append(_row(name, size, *key, np.sum([part[key] for part in own], axis=0), repetitions))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def tally(task: Task) -> Tally:
    """Draw the samples of one task and count what the intervals do."""
    rng = np.random.default_rng(task.seed)
    samples = np.sort(_draw(task.population, rng, (task.repetitions, task.plants)), axis=1)
    found: Tally = {}
    for share in task.shares:
        truth = true_value(task.population, share)
        for method in ("order-statistic", "finite-population"):
            if method in task.methods:
                found[share, method] = _count(_ranked(samples, share, method, task.confidence), truth)
        if "lognormal" in task.methods:
            found[share, "lognormal"] = _count(_fitted(samples, share, task.confidence), truth)
    bootstraps = [method for method in task.methods if method.startswith("bootstrap")]
    if bootstraps:
        limits = _bootstrapped(samples, task, bootstraps, rng)
        found.update(
            {key: _count(value, true_value(task.population, key[0])) for key, value in limits.items()}
        )
    order = [(share, method) for share in task.shares for method in task.methods]
    return {key: found[key] for key in order}


def true_value(population: str, share: float) -> float:
    """Value that exactly `share` of the invented population reaches, lower is better."""
    from scipy.special import ndtr, ndtri

    if population == "finite":
        return float(_finite()[needed(share, FINITE_PLANTS) - 1])
    if population == "lognormal":
        return float(np.exp(SIGMA * ndtri(float(exact_share(share)))))
    from scipy.optimize import brentq

    def excess(log: float) -> float:
        clean, dirty = ndtr(log / SIGMA), ndtr((log - np.log(CONTAMINATED_FACTOR)) / SIGMA)
        return float((1 - CONTAMINATED_SHARE) * clean + CONTAMINATED_SHARE * dirty - share)

    return float(np.exp(brentq(excess, -20 * SIGMA, 20 * SIGMA, xtol=1e-14)))


Limits = tuple[Floats, Floats, Floats]
"""Strict limits, loose limits and point estimates, one per sample; infinite where open."""


@lru_cache(maxsize=1)
def _finite() -> Floats:
    """Return the finite population: the quantiles of the lognormal one, equally spaced in probability."""
    from scipy.special import ndtri

    plants = np.exp(SIGMA * ndtri((np.arange(FINITE_PLANTS) + 0.5) / FINITE_PLANTS))
    plants.setflags(write=False)
    return np.asarray(plants)


def _draw(population: str, rng: np.random.Generator, size: tuple[int, int]) -> Floats:
    if population == "finite":
        return rng.permuted(np.broadcast_to(_finite(), (size[0], FINITE_PLANTS)), axis=1)[:, : size[1]]
    values = rng.lognormal(0.0, SIGMA, size)
    if population == "contaminated":
        values *= np.where(rng.random(size) < CONTAMINATED_SHARE, CONTAMINATED_FACTOR, 1.0)
    return values


def _ranked(samples: Floats, share: float, method: str, confidence: float) -> Limits:
    plants = samples.shape[1]
    known = FINITE_PLANTS if method == "finite-population" else None
    found = rank_interval(plants, share, confidence=confidence, population=known)
    blank = np.full(len(samples), np.inf)
    strict = -blank if found.strict is None else samples[:, found.strict - 1]
    loose = blank if found.loose is None else samples[:, found.loose - 1]
    return strict, loose, samples[:, needed(share, plants) - 1]


def _fitted(samples: Floats, share: float, confidence: float) -> Limits:
    from scipy.special import ndtri

    logs, plants = np.log(samples), samples.shape[1]
    centre, spread = logs.mean(axis=1), logs.std(axis=1, ddof=1)
    error = (1 - confidence) / 2
    strict, loose = (np.exp(centre + student_factor(plants, share, g) * spread) for g in (error, 1 - error))
    return strict, loose, np.exp(centre + ndtri(float(share)) * spread)


def _bootstrapped(
    samples: Floats, task: Task, methods: Sequence[str], rng: np.random.Generator
) -> dict[tuple[float, str], Limits]:
    """Limits of every share and method from the same draws."""
    weights = np.column_stack([harrell_davis_weights(task.plants, share) for share in task.shares])
    tails = np.array([(1 - task.confidence) / 2, (1 + task.confidence) / 2])
    ends = {(share, method): np.empty((len(samples), 2)) for share in task.shares for method in methods}
    for row, sample in enumerate(samples):
        places = np.sort(rng.integers(task.plants, size=(task.resamples, task.plants)), axis=1)
        estimates = np.sort(sample[places] @ weights, axis=0)
        for column, share in enumerate(task.shares):
            for method in methods:
                own = estimates[:, column]
                at = tails if method == "bootstrap-percentile" else bca_places(sample, share, own, tails)
                ends[share, method][row] = np.quantile(own, at)
    points = samples @ weights
    column_of = {share: column for column, share in enumerate(task.shares)}
    return {key: (end[:, 0], end[:, 1], points[:, column_of[key[0]]]) for key, end in ends.items()}


def _count(limits: Limits, truth: float) -> Floats:
    strict, loose, points = limits
    # Limits taken from a finite population meet its values exactly; equality holds the truth.
    below, above = truth < strict, truth > loose
    counts = [
        (~below & ~above).sum(),
        below.sum(),
        above.sum(),
        np.isinf(strict).sum(),
        np.isinf(loose).sum(),
    ]
    return np.array([*counts, np.log(points / truth).sum()], dtype=float)


def _chunks(repetitions: int) -> list[int]:
    full, rest = divmod(repetitions, CHUNK)
    return [CHUNK] * full + ([rest] if rest else [])


def _row(
    population: str, plants: int, share: float, method: str, counts: Floats, repetitions: int
) -> dict[str, Any]:
    covered, strict, loose, open_strict, open_loose, error = (counts / repetitions).tolist()
    return {
        "population": population,
        "n": plants,
        "share": share,
        "method": method,
        "coverage": covered,
        "standard_error": float(np.sqrt(covered * (1 - covered) / repetitions)),
        "missed_strict": strict,
        "missed_loose": loose,
        "open_strict": open_strict,
        "open_loose": open_loose,
        "bias": error,
        "repetitions": repetitions,
    }
