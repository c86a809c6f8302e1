"""From the plants of a sample to all known plants: weights of strata, and plants redrawn for intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.bands import drawn_plants
from methodology.chain.delivered import COVERED, industry_coverage
from methodology.errors import ParameterError
from methodology.indicators import LEVELS
from methodology.series.members import Member, Standard
from methodology.thresholds.strata import stratum_weights

CAPACITY = "capacity"
LARGEST_DRAWS = 100_000


@dataclass(frozen=True, eq=False)
class Extrapolation:
    """
    How the plants of one sample stand for all known plants.

    Attributes
    ----------
    weights : array of shape (n_plants,)
        Known plants each plant of the sample stands for.
    capacity : array of shape (n_plants,)
        kt/a.
    known : int
        Known plants.
    known_capacity : float
        Their capacity, kt/a.
    draws : int array of shape (draws, n_plants)
        Rows of the sample that answer in each repetition.
    """

    weights: np.ndarray
    capacity: np.ndarray
    known: int
    known_capacity: float
    draws: np.ndarray

    def plants(self, reached: np.ndarray) -> tuple[float, np.ndarray]:
        """Known plants for which `reached` (n_plants,) holds: estimate and repetitions."""
        marked, weights = reached.astype(float) * self.weights, self.weights
        whole = self.known * marked.sum() / weights.sum()
        drawn = self.known * marked[self.draws].sum(axis=1) / weights[self.draws].sum(axis=1)
        return float(whole), drawn

    def total(self, per_tonne: np.ndarray) -> tuple[float, np.ndarray]:
        """
        Total over the capacity of all known plants, and its repetitions.

        Parameters
        ----------
        per_tonne : array of shape (n_plants,)
            NaN where a plant states nothing: the others speak for it.
        """
        stated = ~np.isnan(per_tonne)
        tonnes = np.where(stated, self.weights * self.capacity, 0.0)
        amounts = tonnes * np.where(stated, per_tonne, 0.0)
        shared = tonnes[self.draws].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn = self.known_capacity * amounts[self.draws].sum(axis=1) / shared
        return float(self.known_capacity * amounts.sum() / tonnes.sum()), drawn


def extrapolation(member: Member, *, draws: int, seed: int) -> Extrapolation:
    """
    Let the plants of a sample stand for all known plants of their stratum.

    Parameters
    ----------
    draws : int
        Repetitions behind every interval.
    seed : int
        Root of the stream; the same plants are redrawn for everything that is asked of one member.

    Raises
    ------
    ParameterError
        If there is no register, or `draws` is out of range.

    Notes
    -----
    A-88: plants are weighted up to the register by the strata of the system. Repetitions redraw plants of the sample as
    `methodology.chain.simulate_chain` does (A-54); the standard stays.
    """
    if not 1 <= draws <= LARGEST_DRAWS:
        raise ParameterError(f"draws is {draws}; give 1 to {LARGEST_DRAWS}.")
    if member.register.empty:
        raise ParameterError(
            f"{member.id!r} has no register of known plants, so nothing can be said of the industry."
        )
    sampled = member.sample.attributes
    strata = [name for name in member.system.strata if name in member.register and name in sampled]
    weights = stratum_weights(sampled, member.register, strata, uncovered="spread") if strata else None
    known, size = len(member.register), len(sampled)
    spread = np.full(size, known / size) if weights is None else weights.to_numpy(dtype=float)
    rng = np.random.default_rng(np.random.SeedSequence([seed, _number_of(member.id)]))
    return Extrapolation(
        weights=spread,
        capacity=pd.to_numeric(sampled[CAPACITY]).to_numpy(dtype=float),
        known=known,
        known_capacity=float(member.register[CAPACITY].sum()),
        draws=np.stack([drawn_plants(size, known, rng) for _ in range(draws)]),
    )


def limits(drawn: np.ndarray, confidence: float) -> tuple[float, float]:
    """Percentile limits of repetitions."""
    if np.isnan(drawn).all():
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    lower, upper = np.nanquantile(drawn, [tail, 1 - tail])
    return float(lower), float(upper)


def plants_at_levels(
    standards: Iterable[Standard], *, draws: int = 2000, seed: int, confidence: float = 0.95
) -> pd.DataFrame:
    """
    Estimate how many known plants reach each level of the proposed standards now.

    Returns
    -------
    DataFrame
        One row per standard and level: system, promise, level, plants (of the sample, at the level or better), sampled,
        known, estimate, lower, upper (known plants at the level or better), truth (counted in the synthetic population;
        NaN where plants are real). Without a register, known is 0 and nothing is estimated.
    """
    rows: list[dict[str, Any]] = []
    for standard in standards:
        known = not standard.member.register.empty
        industry = extrapolation(standard.member, draws=draws, seed=seed) if known else None
        rows += _at_levels(standard, industry, confidence)
    return pd.DataFrame(rows)


def _at_levels(standard: Standard, industry: Extrapolation | None, confidence: float) -> list[dict[str, Any]]:
    levels = standard.evaluation["level"].to_numpy()
    everyone = standard.member.industry
    truth = None if everyone is None else standard.levels_of(everyone)["level"].to_numpy()
    rows = []
    for row, level in enumerate(LEVELS):
        names = [str(better) for better in LEVELS[: row + 1]]
        reached = np.isin(levels, names)
        estimate, drawn = (np.nan, np.full(1, np.nan)) if industry is None else industry.plants(reached)
        rows.append(
            {
                "system": standard.id,
                "promise": standard.promise,
                "level": str(level),
                "plants": int(reached.sum()),
                "sampled": len(levels),
                "known": 0 if industry is None else industry.known,
                "estimate": estimate,
                **dict(zip(("lower", "upper"), limits(drawn, confidence), strict=True)),
                "truth": np.nan if truth is None else float(np.isin(truth, names).sum()),
            }
        )
    return rows


def series_coverage(members: Iterable[Member]) -> pd.DataFrame:
    """
    How much of the industry each sample holds: `methodology.chain.delivered`, member by member.

    Returns
    -------
    DataFrame
        Column system, then as `methodology.chain.delivered`; the last row of each system is the whole, and the
        only one where there is no register.
    """
    parts = [
        (member.id, industry_coverage(member.sample, member.system, _register_of(member)))
        for member in members
    ]
    rows = [row | {"system": name} for name, table in parts for row in table.to_dict("records")]
    return pd.DataFrame(rows, columns=["system", *COVERED])


def _register_of(member: Member) -> pd.DataFrame | None:
    return None if member.register.empty else member.register


def coverage_totals(coverage: pd.DataFrame) -> pd.DataFrame:
    """The wholes of `series_coverage`, one row per system, its id in the place of the stratum."""
    totals = coverage.groupby("system", sort=False).tail(1)
    return totals.assign(stratum=totals["system"]).reset_index(drop=True)


def _number_of(name: str) -> int:
    """A number of a system's id, so that each has a stream of its own whatever is beside it."""
    return int.from_bytes(name.encode(), "big")
