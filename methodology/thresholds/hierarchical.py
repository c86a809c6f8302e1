"""Plants, years and runs kept apart: a hierarchical lognormal model, and what it says of benchmark values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from methodology.arguments import Floats, cleaner_end, count, probability, read_mask, read_positive
from methodology.errors import DataError

FEWEST_PLANTS = 3
"""With fewer the spread between plants is what was assumed of it."""
CONVERGED = 1.01
"""Largest split R-hat with which chains are taken to agree [1]_."""
_FUTURES = 16
"""Plants not asked yet that are drawn under each draw of the posterior: one alone leaves a tail rough."""
_BETWEEN = 1.0
"""Scale of the half-Cauchy priors, on the log scale: a factor of e, whatever the unit (A-28)."""


@dataclass(frozen=True)
class Hierarchy:
    """
    Posterior of a hierarchical lognormal model, draw by draw.

    Attributes
    ----------
    centre : array of shape (n_chains, n_draws, n_strata)
        Mean of the logarithms of the plants of each stratum.
    between, within : arrays of shape (n_chains, n_draws)
        Standard deviation of the logarithms between plants, and between the values of one plant.
    weights : array of shape (n_strata,)
        Share of the plants in each stratum.
    convergence : DataFrame
        Per parameter: r_hat (the larger of those of the draws and of their distances from the middle, split), effective
        (draws that independent sampling would have needed).
    plants, values : int
    """

    centre: Floats
    between: Floats
    within: Floats
    weights: Floats
    convergence: pd.DataFrame
    plants: int
    values: int

    @property
    def converged(self) -> bool:
        """Whether the chains agree on every parameter."""
        return bool((self.convergence["r_hat"] <= CONVERGED).all())

    def benchmark(
        self, share: float, *, better: str = "lower", confidence: float = 0.95
    ) -> tuple[float, ...]:
        """
        Value that a share of all plants reaches in the long run: its median, and the interval that holds it.

        Returns
        -------
        value, lower, upper : floats
            Of the posterior of the quantile of the plants' distribution, each plant standing with its own median.
        """
        found = np.exp(self._quantiles(_lower_tail(share, better)))
        ends = (0.5, (1 - confidence) / 2, (1 + confidence) / 2)
        return tuple(float(np.quantile(found, end)) for end in ends)

    def predictive(self, share: float, *, better: str = "lower", future: int = 1, seed: int = 0) -> float:
        """
        Value that a plant not asked yet reaches with probability `share`.

        Parameters
        ----------
        future : int
            Years or runs of that plant that are averaged.
        """
        drawn = self._future_means(count("future", future), seed)
        return float(np.quantile(drawn, _lower_tail(share, better)))

    def _future_means(self, future: int, seed: int) -> Floats:
        rng = np.random.default_rng(seed)
        centre = self.centre.reshape(-1, self.centre.shape[-1])
        draw = np.repeat(np.arange(len(centre)), _FUTURES)
        plant = centre[draw, rng.choice(len(self.weights), size=len(draw), p=self.weights)]
        plant += self.between.ravel()[draw] * rng.standard_normal(len(draw))
        total = np.zeros(len(draw))
        for _ in range(future):
            total += np.exp(plant + self.within.ravel()[draw] * rng.standard_normal(len(draw)))
        return total / future

    def _quantiles(self, tail: float) -> Floats:
        """Quantile of the plants' distribution in each draw, by bisection: a mixture of strata has no closed form."""
        from scipy.special import ndtr, ndtri

        centre = self.centre.reshape(-1, self.centre.shape[-1])
        spread = self.between.reshape(-1, 1)
        ends = centre + spread * ndtri(tail)
        low, high = ends.min(axis=1), ends.max(axis=1)
        for _ in range(60 if len(self.weights) > 1 else 0):
            middle = (low + high) / 2
            below = ndtr((middle[:, None] - centre) / spread) @ self.weights < tail
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray((low + high) / 2)


def _lower_tail(share: float, better: str) -> float:
    wanted = probability("share", share)
    return wanted if cleaner_end(better) == "lower" else 1 - wanted


def hierarchical_lognormal(
    values: ArrayLike,
    plants: ArrayLike,
    *,
    below_limit: ArrayLike | None = None,
    strata: Mapping[str, str] | None = None,
    draws: int = 4000,
    seed: int = 20261122,
) -> Hierarchy:
    """
    Fit a lognormal model with a level for plants and one for their years or runs, by Gibbs sampling.

    Parameters
    ----------
    values : array of shape (n,)
        Values of all plants in all years or runs, positive; where `below_limit` holds, the limit.
    plants : array of shape (n,)
        Whose value it is.
    below_limit : bool array of shape (n,), optional
        Values known only to lie below what is stated.
    strata : mapping of plant to stratum, optional
        Means of strata are pooled as far as the plants allow.
    draws : int
        Kept of each of four chains, after a quarter as many to warm up.
    seed : int

    Returns
    -------
    Hierarchy

    Raises
    ------
    DataError
        If fewer than three plants are given, none has two values, or all values are limits.

    Notes
    -----
    log x_ij ~ N(theta_i, within^2), theta_i ~ N(centre of the stratum, between^2), centres ~ N(m, across^2). Priors:
    flat on m, 1/within^2 on within^2, half-Cauchy(1) on between and across [2]_, on the log scale and so free of
    units (A-28). Each step draws from its exact conditional; a value below its limit is drawn below it.

    References
    ----------
    .. [1] Vehtari, Gelman, Simpson, Carpenter, Buerkner (2021), doi:10.1214/20-BA1221
    .. [2] Gelman (2006), doi:10.1214/06-BA117A

    Examples
    --------
    >>> runs = [12.0, 14.0, 11.0, 13.0, 20.0, 18.0, 21.0, 19.0, 9.0, 10.0, 9.5, 9.0]
    >>> found = hierarchical_lognormal(runs, list("AAAABBBBCCCC"), draws=1000)
    >>> found.plants, found.values, found.converged
    (3, 12, True)
    """
    x = read_positive(values, why="a lognormal model")
    below = read_mask(below_limit, x.size)
    names, plant = np.unique(np.asarray(plants, dtype=str), return_inverse=True)
    _refuse_thin(x, plant, below, len(names))
    groups = [str((strata or {}).get(name, "")) for name in names]
    labels, stratum = np.unique(groups, return_inverse=True)
    model = _Model(np.log(x), plant, below, stratum)
    kept = model.sample(count("draws", draws, least=100), seed)
    tracked = {f"centre {label}".strip(): kept["centre"][..., s] for s, label in enumerate(labels)}
    tracked |= {name: np.log(kept[name]) for name in ("between", "within")}
    table = pd.DataFrame(
        {name: _diagnostics(chain) for name, chain in tracked.items()}, index=["r_hat", "effective"]
    )
    return Hierarchy(
        kept["centre"],
        kept["between"],
        kept["within"],
        np.bincount(stratum) / len(names),
        table.T.rename_axis("parameter").reset_index(),
        len(names),
        x.size,
    )


def _refuse_thin(x: Floats, plant: np.ndarray, below: np.ndarray, plants: int) -> None:
    """Refuse values that do not carry two levels of spread."""
    if plants < FEWEST_PLANTS:
        raise DataError(f"{plants} plants are given; a spread between plants needs at least {FEWEST_PLANTS}.")
    measured = [np.unique(x[(plant == p) & ~below]) for p in range(plants)]
    if all(own.size < 2 for own in measured):
        raise DataError(
            f"None of {plants} plants has two measured values that differ, so years and runs cannot be told from "
            "plants. Give values of several years, or use a method for one value per plant."
        )


class _Model:
    """The conditionals of the sampler; arrays carry chains first."""

    CHAINS = 4

    def __init__(self, y: Floats, plant: np.ndarray, below: np.ndarray, stratum: np.ndarray) -> None:
        self.limit, self.plant, self.below, self.stratum = y, plant, below, stratum
        self.size = np.bincount(plant).astype(float)
        self.strata = int(stratum.max()) + 1
        self._of_plant = np.eye(len(self.size))[plant] / self.size[plant, None]
        self._of_stratum = np.eye(self.strata)[stratum]

    def sample(self, draws: int, seed: int) -> dict[str, Floats]:
        """Draws kept of each parameter, chains and draws first."""
        rng = np.random.default_rng(seed)
        state = self._start(rng)
        kept: dict[str, list[Floats]] = {"centre": [], "between": [], "within": []}
        for step in range(draws + draws // 4):
            self._step(state, rng)
            if step >= draws // 4:
                kept["centre"].append(state["centre"].copy())
                kept["between"].append(np.sqrt(state["between"]))
                kept["within"].append(np.sqrt(state["within"]))
        return {name: np.stack(parts, axis=1) for name, parts in kept.items()}

    def _start(self, rng: np.random.Generator) -> dict[str, Floats]:
        """Chains begin far apart: variances from a hundredth to a hundredfold of what is seen."""
        chains = self.CHAINS
        spread = max(float(self.limit.var()), 1e-6) * np.logspace(-2, 2, chains)
        return {
            "y": np.tile(self.limit, (chains, 1)),
            "theta": np.tile(self.limit @ self._of_plant, (chains, 1)),
            "centre": self.limit.mean()
            + np.sqrt(spread)[:, None] * rng.standard_normal((chains, self.strata)),
            "between": spread,
            "within": spread[::-1].copy(),
            "across": spread,
            "middle": np.full(chains, self.limit.mean()),
        }

    def _step(self, s: dict[str, Floats], rng: np.random.Generator) -> None:
        s["y"][:, self.below] = self._below(s, rng)
        mean = s["y"] @ self._of_plant
        noise = s["within"][:, None] / self.size
        self._centres(s, mean, 1 / (s["between"][:, None] + noise), rng)
        centre = s["centre"][:, self.stratum]
        trust = s["between"][:, None] / (s["between"][:, None] + noise)
        s["theta"] = _normal(centre + trust * (mean - centre), trust * noise, rng)
        s["between"] = _half_cauchy(
            s["between"], ((s["theta"] - centre) ** 2).sum(axis=1), centre.shape[1], rng
        )
        left = ((s["y"] - s["theta"][:, self.plant]) ** 2).sum(axis=1)
        s["within"] = left / 2 / rng.standard_gamma(len(self.plant) / 2, size=self.CHAINS)

    def _centres(
        self, s: dict[str, Floats], mean: Floats, precision: Floats, rng: np.random.Generator
    ) -> None:
        """Means of the strata, plants summed out; one stratum alone has a flat prior."""
        total, weighted = precision @ self._of_stratum, (precision * mean) @ self._of_stratum
        if self.strata > 1:
            total = total + 1 / s["across"][:, None]
            weighted = weighted + (s["middle"] / s["across"])[:, None]
        s["centre"] = _normal(weighted / total, 1 / total, rng)
        if self.strata > 1:
            s["middle"] = _normal(s["centre"].mean(axis=1), s["across"] / self.strata, rng)
            apart = ((s["centre"] - s["middle"][:, None]) ** 2).sum(axis=1)
            s["across"] = _half_cauchy(s["across"], apart, self.strata, rng)

    def _below(self, s: dict[str, Floats], rng: np.random.Generator) -> Floats:
        """Values below their limits: normal, cut off there; in logarithms, so that no tail is lost."""
        from scipy.special import log_ndtr, ndtri_exp

        centre, spread = s["theta"][:, self.plant[self.below]], np.sqrt(s["within"])[:, None]
        top = log_ndtr((self.limit[self.below] - centre) / spread)
        return np.asarray(centre + spread * ndtri_exp(top - rng.standard_exponential(top.shape)))


def _normal(mean: Floats, variance: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray(mean + np.sqrt(variance) * rng.standard_normal(np.shape(mean)))


def _half_cauchy(variance: Floats, squares: Floats, size: int, rng: np.random.Generator) -> Floats:
    """Variance under a half-Cauchy prior of its root: two inverse gammas (Makalic and Schmidt 2016)."""
    mixing = (1 / _BETWEEN**2 + 1 / variance) / rng.standard_exponential(variance.shape)
    return np.asarray((squares / 2 + 1 / mixing) / rng.standard_gamma((size + 1) / 2, size=variance.shape))


def _diagnostics(chains: Floats) -> tuple[float, float]:
    """Split R-hat, the larger of plain and folded, and effective sample size of rank-normalised draws [1]_."""
    half = chains.shape[1] // 2
    split = np.concatenate([chains[:, :half], chains[:, -half:]])
    z = _normal_scores(split)
    inner, whole = _variances(z)
    folded = _variances(_normal_scores(np.abs(split - np.median(split))))
    lags = 1 - (inner - _autocovariance(z).mean(axis=0)) / whole
    pairs = lags[: half - half % 2].reshape(-1, 2).sum(axis=1)
    pairs = np.minimum.accumulate(pairs[: int(np.argmax(np.append(pairs, -1.0) < 0))])
    r_hat = np.sqrt(max(whole / inner, folded[1] / folded[0]))
    return float(r_hat), float(min(z.size / (2 * pairs.sum() - 1), z.size * np.log10(z.size)))


def _normal_scores(draws: Floats) -> Floats:
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(draws).reshape(draws.shape) - 3 / 8) / (draws.size + 1 / 4)))


def _variances(z: Floats) -> tuple[float, float]:
    """Variance within chains, and that of all draws as the chains together tell it; `z` has chains first."""
    inner, size = float(z.var(axis=1, ddof=1).mean()), z.shape[1]
    return inner, inner * (size - 1) / size + float(z.mean(axis=1).var(ddof=1))


def _autocovariance(z: Floats) -> Floats:
    n = z.shape[1]
    moved = np.fft.rfft(z - z.mean(axis=1, keepdims=True), n=2 * n, axis=1)
    return np.fft.irfft(np.abs(moved) ** 2, axis=1)[:, :n] / n
