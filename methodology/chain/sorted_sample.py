"""Sort a sample once, so that a whole standard at any marginal share costs one comparison of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.evaluation import (
    Rule,
    Standing,
    applicable_matrix,
    checked_sample,
    decision_rule,
    effective_weights,
    groups_of,
    level_holds,
    limiting_mask,
    weight_vector,
)
from methodology.indicators import (
    LEVELS,
    QUALITATIVE_CODES,
    CellState,
    IndicatorSystem,
    Kind,
    Sample,
    merit_signs,
    merits,
)
from methodology.parameters import Footing
from methodology.proposal import dirty_end, loosest_rank, value_bounds


@dataclass(frozen=True)
class Spread:
    """
    Plants on the scale of merits (smaller is cleaner) with all a decision needs.

    Attributes
    ----------
    ids : tuple of n_indicators str
        Indicators in the order of the system.
    merit : array of shape (n_plants, n_indicators)
        Merit of each cell; inf where no benchmark value can be reached.
    cells : array of shape (n_plants, n_indicators)
        `merit` where a plant states a value or a limit; NaN elsewhere.
    stated : int array of shape (n_indicators,)
        Plants that state each indicator, whether their cell proves something or not.
    fixed : array of shape (3, n_indicators)
        Benchmark values nobody calibrates (described levels) on the merit scale; NaN for the others.
    bounds : array of shape (3, n_indicators)
        Loosest permitted benchmark values on the merit scale; inf where nothing binds.
    standing : Standing
        Applicability, limiting indicators and weights; its `reached` is replaced per decision.
    rule : Rule
        Cuts and reading of Level I.
    minimum : int
        Of `methodology.proposal.dirty_end`; 1 leaves the dirty end open.
    occupied : bool
        Whether a level that only unreported cells keep empty is loosened until one plant is there.
    """

    ids: tuple[str, ...]
    merit: np.ndarray
    cells: np.ndarray
    stated: np.ndarray
    fixed: np.ndarray
    bounds: np.ndarray
    standing: Standing
    rule: Rule
    minimum: int = 1
    occupied: bool = False

    @property
    def plants(self) -> int:
        """Number of plants."""
        return len(self.merit)

    @cached_property
    def free(self) -> np.ndarray:
        """Indicators that are calibrated, shape (n_indicators,)."""
        return np.isnan(self.fixed[0])

    @cached_property
    def proven(self) -> np.ndarray:
        """Cells of each indicator that prove something, int array of shape (n_indicators,)."""
        return np.count_nonzero(np.isfinite(self.cells), axis=0)

    @cached_property
    def _ordered(self) -> np.ndarray:
        """
        Each column the cells that prove something, best first, then inf; shape (n_plants + 1, n_indicators).

        The last row, -inf, is the value of rank 0: what no plant proves nobody reaches.
        """
        rows = np.sort(np.where(np.isfinite(self.cells), self.cells, np.inf), axis=0)
        return np.vstack([rows, np.full(rows.shape[1], -np.inf)])

    def ordered(self, column: int) -> np.ndarray:
        """Cells of one indicator that prove something, best first."""
        return self._ordered[: self.proven[column], column]

    @cached_property
    def silent(self) -> np.ndarray:
        """Cells that apply and are not reported, bool array of shape (n_plants, n_indicators)."""
        return np.isnan(self.cells) & self.standing.applicable

    @cached_property
    def unreported(self) -> np.ndarray:
        """Such cells of each indicator, int array of shape (n_indicators,)."""
        return np.count_nonzero(self.silent, axis=0)

    @cached_property
    def favoured(self) -> Spread:
        """The same plants with every unreported cell counted as reached."""
        return replace(self, merit=np.where(self.silent, -np.inf, self.merit))

    @cached_property
    def loosest(self) -> np.ndarray:
        """Loosest rank of each indicator, the k-th plant from the dirty end; unreported cells are the cleanest."""
        return self._loosest(np.zeros_like(self.unreported))

    @cached_property
    def loosest_favoured(self) -> np.ndarray:
        """The same with unreported cells among the dirtiest."""
        return self._loosest(self.unreported)

    def _loosest(self, dirtier: np.ndarray) -> np.ndarray:
        k = dirty_end(self.stated + self.unreported, self.minimum)
        columns = [np.sort(column[~np.isnan(column)]) for column in self.cells.T]
        told = [
            np.append(column, np.full(more, np.inf)) for column, more in zip(columns, dirtier, strict=True)
        ]
        return np.array([loosest_rank(merits, int(own)) for merits, own in zip(told, k, strict=True)])

    def ranks(self, share: Fraction) -> np.ndarray:
        """Plants of each indicator that a marginal share asks for: the smallest whole number not below it."""
        return _wanted(share, self.stated)

    def asked_ranks(self, share: Fraction) -> np.ndarray:
        """The same of all plants an indicator applies to, whether they report it or not."""
        return _wanted(share, self.stated + self.unreported)

    def limits(self, row: int, ranks: np.ndarray, *, favoured: bool = False) -> np.ndarray:
        """
        Benchmark values of one level on the merit scale.

        Parameters
        ----------
        row : {0, 1, 2}
            Level I, II or III.
        ranks : int array of shape (n_indicators,)
            Plants that should reach each value.
        favoured : bool
            Whether the loosest rank takes unreported cells for the dirtiest.
        """
        loosest = self.loosest_favoured if favoured else self.loosest
        places = np.minimum(np.minimum(ranks, loosest), self.proven) - 1
        read = self._ordered[places, np.arange(len(places))]
        return np.where(self.free, np.minimum(read, self.bounds[row]), self.fixed[row])

    def holds(self, row: int, limits: np.ndarray) -> np.ndarray:
        """
        Plants that meet the condition of level `row`.

        Parameters
        ----------
        limits : array of shape (3, n_indicators)
            Benchmark values on the merit scale; rows a level does not look at may hold anything.
        """
        return level_holds(self._under(limits), self.rule, row)

    def at_or_better(self, row: int, limits: np.ndarray) -> np.ndarray:
        """Plants at level `row` or a better one."""
        standing = self._under(limits)
        held = level_holds(standing, self.rule, 0)
        for better in range(1, row + 1):
            held = held | level_holds(standing, self.rule, better)
        return held

    def _under(self, limits: np.ndarray) -> Standing:
        return self.standing.with_reached(self.merit[None, :, :] <= limits[:, None, :])

    def subset(self, rows: Sequence[int] | np.ndarray) -> Spread:
        """The same standard calibrated on some plants only; a plant may be given more than once."""
        picked = np.asarray(rows)
        weights = self.standing.weights
        standing = replace(
            self.standing,
            applicable=self.standing.applicable[picked],
            weights=replace(weights, pattern=weights.pattern[picked]),
        )
        cells = self.cells[picked]
        return replace(
            self,
            merit=self.merit[picked],
            cells=cells,
            stated=np.count_nonzero(~np.isnan(cells), axis=0),
            standing=standing,
        )


def _wanted(share: Fraction, plants: np.ndarray) -> np.ndarray:
    return np.maximum(-(-share.numerator * plants // share.denominator), 1)


def spread_on(
    sample: Sample | pd.DataFrame, system: IndicatorSystem, weights: pd.DataFrame, footing: Footing
) -> Spread:
    """Sort a sample for calibration within what is admissible on a footing."""
    found = spread_of(
        sample,
        system,
        weights,
        bounds=value_bounds(system, footing),
        level_one=footing.level_one,
        cut=footing.cut,
    )
    return replace(found, minimum=footing.minimum, occupied=footing.occupied)


def spread_of(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    *,
    bounds: np.ndarray | None = None,
    level_one: str | None = None,
    cut: float | None = None,
) -> Spread:
    """
    Sort a sample for calibration.

    Parameters
    ----------
    bounds : array of shape (3, n_indicators), optional
        Loosest permitted values in the unit of each indicator; NaN where nothing binds.

    Raises
    ------
    DataError
        If a table is at fault, or no plant states a value of an indicator that needs one.
    """
    plants = checked_sample(sample, system)
    ids = list(system.ids)
    signs = merit_signs(system)
    told = plants.states[ids].isin([int(CellState.MEASURED), int(CellState.BELOW_LIMIT)]).to_numpy()
    merit = merits(plants, system).to_numpy()
    cells = np.where(told, merit, np.nan)
    fixed = _fixed(system)
    empty = np.isnan(cells).all(axis=0) & np.isnan(fixed[0])
    raise_problems(
        DataError,
        "Some benchmark values have no plant behind them.",
        [
            Problem("no plant states a value", column=ids[k], fix="Leave the indicator out of the system.")
            for k in np.flatnonzero(empty)
        ],
    )
    applicable = applicable_matrix(plants, system)
    standing = Standing(
        np.zeros((3, *applicable.shape), dtype=bool),
        applicable,
        limiting_mask(system),
        effective_weights(
            weight_vector(system, weights), groups_of(system), applicable, plants=list(plants.plants)
        ),
    )
    limits = merit_bounds(np.full(fixed.shape, np.nan) if bounds is None else bounds, signs)
    return Spread(
        system.ids,
        merit,
        cells,
        np.count_nonzero(told, axis=0),
        fixed,
        limits,
        standing,
        decision_rule(system, level_one=level_one, cut=cut),
    )


def _fixed(system: IndicatorSystem) -> np.ndarray:
    codes = [QUALITATIVE_CODES[level] for level in LEVELS]
    described = np.array([indicator.kind is Kind.QUALITATIVE for indicator in system.indicators])
    return np.where(described, np.array(codes)[:, None], np.nan)


def merit_bounds(bounds: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """
    Bounds on the merit scale; one of a looser level binds the stricter ones too, or the levels would cross.

    Parameters
    ----------
    bounds : array of shape (3, n_indicators)
        In the unit of each indicator; NaN where nothing binds.
    signs : array of shape (n_indicators,)
    """
    signed = np.asarray(bounds, dtype=float) * signs
    open_ended = np.where(np.isnan(signed), np.inf, signed)
    return np.minimum.accumulate(open_ended[::-1], axis=0)[::-1]
