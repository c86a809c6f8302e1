"""Stochastic acceptability: which weights put whom where, when the weights are not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from methodology.errors import DataError, MethodError
from methodology.sensitivity.arguments import whole_number
from methodology.sensitivity.inputs import LevelInputs
from methodology.sensitivity.ranks import relative_noise, sign_changes
from methodology.sensitivity.seeds import Seed, child, generator, root
from methodology.sensitivity.simulation import LEVEL_NAMES, LevelSimulation, simulate_levels

_CHUNK = 4096


@dataclass(frozen=True)
class Acceptability:
    """
    What draws of the weights say about ranks.

    Attributes
    ----------
    rank_acceptability : float array of shape (n_alternatives, n_alternatives)
        Share of the draws in which alternative i has rank r; ties share the better rank.
    central_weights : float array of shape (n_alternatives, n_criteria)
        Mean of the weights that put an alternative first; NaN where none does.
    confidence : float array of shape (n_alternatives,)
        Probability of being first at one's own central weights; NaN where there are none.
    draws : int
        Number of draws.
    """

    rank_acceptability: np.ndarray
    central_weights: np.ndarray
    confidence: np.ndarray
    draws: int

    @property
    def first(self) -> np.ndarray:
        """Acceptability of the first rank; (n_alternatives,)."""
        return self.rank_acceptability[:, 0]


def smaa(
    utilities: npt.ArrayLike,
    *,
    draws: int,
    seed: Seed,
    weights: npt.ArrayLike | None = None,
    weight_concentration: float | None = None,
    noise: npt.ArrayLike = 0.0,
) -> Acceptability:
    """
    Stochastic multicriteria acceptability analysis (SMAA-2) of an additive value function.

    Parameters
    ----------
    utilities : array of shape (n_alternatives, n_criteria)
        Larger is better, on comparable scales.
    draws : int
        Draws of the weights.
    seed : int, SeedSequence or Generator
        Root of the draws.
    weights : array of shape (n_criteria,), optional
        Centre of the weights; None: all equal.
    weight_concentration : float, optional
        Weights are Dirichlet(concentration * weights); None: the number of criteria, with equal weights the uniform law
        on the simplex.
    noise : float or array of shape (n_alternatives, n_criteria)
        Standard deviation of independent normal error of each utility.

    Returns
    -------
    Acceptability

    Raises
    ------
    DataError
        If utilities, weights or noise are not finite or do not fit each other.
    MethodError
        If `draws` or the concentration cannot be used.

    References
    ----------
    .. [1] Lahdelma and Salminen (2001), doi:10.1287/opre.49.3.444.11220

    Examples
    --------
    Of three unit vectors each is first with probability 1/3, at central weights 11/18, 7/36, 7/36:

    >>> result = smaa([[1, 0, 0], [0, 1, 0], [0, 0, 1]], draws=100_000, seed=1)
    >>> result.central_weights[0].round(2)
    array([0.61, 0.19, 0.19])
    """
    table, shapes, error = _checked(utilities, weights, weight_concentration, noise)
    count, seeds = whole_number(draws, "draws"), root(seed)
    alternatives = np.arange(len(table))
    ranks = np.zeros((len(table), len(table)), np.int64)
    centres = np.zeros(table.shape)
    for number, start in enumerate(range(0, count, _CHUNK)):
        rng = generator(child(seeds, number))
        drawn = rng.dirichlet(shapes, size=min(_CHUNK, count - start))
        places = _ranks(_values(drawn, table, error, rng))
        for alternative in alternatives:
            ranks[alternative] += np.bincount(places[:, alternative], minlength=len(table))
        centres += (places == 0).T.astype(float) @ drawn
    times = ranks[:, :1]
    central = np.divide(centres, times, out=np.full_like(centres, np.nan), where=times > 0)
    confidence = _confidence(table, error, central, count, generator(child(seeds, 2**31)))
    return Acceptability(ranks / count, central, confidence, count)


def level_confidence(
    inputs: LevelInputs,
    simulation: LevelSimulation,
    *,
    draws: int,
    seed: Seed,
    threshold_cv: npt.ArrayLike | None = None,
    measurement_cv: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """
    Confidence factors of levels: how sure a plant is of a level at the central weights of that level.

    Parameters
    ----------
    inputs : LevelInputs
        What `simulation` was made from.
    simulation : LevelSimulation
        From `simulate_levels(..., central_weights=True)`.
    draws, seed, threshold_cv, measurement_cv
        Noise that remains once the weights are fixed, as in `simulate_levels`.

    Returns
    -------
    DataFrame indexed by plant
        Columns I, II, III, none: probabilities; NaN where no weights lead to the level.

    Raises
    ------
    MethodError
        If `simulation` holds no central weights.
    """
    if simulation.central_weights is None:
        raise MethodError("The simulation holds no central weights; run it with `central_weights=True`.")
    seeds = root(seed)
    table = np.full((inputs.shape[0], 4), np.nan)
    for plant, level in np.argwhere(simulation.level_counts > 0):
        alone = simulate_levels(
            inputs.values[[plant]],
            inputs.thresholds,
            simulation.central_weights[plant, level],
            groups=list(inputs.groups),
            limiting=inputs.limiting,
            applicable=inputs.applicable[[plant]],
            level_one=inputs.level_one,
            scores=[float(100 * cut) for cut in inputs.cuts],
            draws=draws,
            threshold_cv=threshold_cv,
            measurement_cv=measurement_cv,
            noise_sizes=sign_changes(inputs),
            seed=child(seeds, 4 * plant + level),
            threads=1,
        )
        table[plant, level] = alone.probabilities[0, level]
    return pd.DataFrame(table, index=pd.Index(inputs.plants, name="plant"), columns=list(LEVEL_NAMES))


def _checked(
    utilities: npt.ArrayLike, weights: npt.ArrayLike | None, concentration: float | None, noise: npt.ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Utilities, Dirichlet parameters and noise."""
    table = np.asarray(utilities, dtype=float)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        raise DataError(
            f"`utilities` of shape {table.shape} is not a finite table of alternatives by criteria."
        )
    m = table.shape[1]
    centre = np.full(m, 1 / m) if weights is None else np.asarray(weights, dtype=float)
    if centre.shape != (m,) or not (np.isfinite(centre) & (centre > 0)).all():
        raise DataError(
            f"`weights` are {centre.tolist()}; give one positive number for each of {m} criteria."
        )
    total = m if concentration is None else concentration
    if not (np.isfinite(total) and total > 0):
        raise MethodError(
            f"`weight_concentration` is {concentration}; give a positive number, or None for {m}."
        )
    return table, total * centre / centre.sum(), relative_noise(noise, table.shape, "noise")


def _values(drawn: np.ndarray, table: np.ndarray, error: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Value of each alternative in each draw; a sum of independent normal errors is drawn as one."""
    values = drawn @ table.T
    if error.any():
        values += np.sqrt(drawn**2 @ (error**2).T) * rng.standard_normal(values.shape)
    return values


def _ranks(values: np.ndarray) -> np.ndarray:
    """Rank of each alternative in each draw, 0 for the largest value; ties share the better rank."""
    order = np.argsort(-values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    steps = np.arange(values.shape[1])
    fresh = np.ones(values.shape, bool)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    places = np.maximum.accumulate(np.where(fresh, steps, 0), axis=1)
    ranks = np.empty_like(places)
    np.put_along_axis(ranks, order, places, axis=1)
    return ranks


def _confidence(
    table: np.ndarray, error: np.ndarray, central: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    found = np.full(len(table), np.nan)
    for alternative in np.flatnonzero(np.isfinite(central).all(axis=1)):
        size = min(draws, _CHUNK) if error.any() else 1
        fixed = np.broadcast_to(central[alternative], (size, table.shape[1]))
        found[alternative] = (_ranks(_values(fixed, table, error, rng))[:, alternative] == 0).mean()
    return found
