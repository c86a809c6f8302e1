"""Sort a sample once, so that a whole standard at any marginal share costs one comparison of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd

from methodology.chain.covariates import read_off
from methodology.errors import DataError, Problem, raise_problems
from methodology.evaluation import decision_rule
from methodology.evaluation.attainment import checked_sample, reached_levels
from methodology.evaluation.decision import Rule, Standing, level_holds
from methodology.evaluation.level_arrays import unjudged
from methodology.indicators import LEVELS, CellState, IndicatorSystem, Kind, Sample
from methodology.indicators.cells import QUALITATIVE_CODES, level_merits, merit_signs
from methodology.parameters import Footing
from methodology.proposal.bounds import value_bounds
from methodology.proposal.disclosure import dirty_end, loosest_ranks


@dataclass(frozen=True)
class Cells:
    """
    Cells of all plants as a level judges them, on the scale of merits (smaller is cleaner).

    Attributes
    ----------
    merit : array of shape (n_plants, n_indicators)
        Merit of each cell; inf where no benchmark value can be reached.
    told : array of shape (n_plants, n_indicators)
        What values are read off where a plant states a value or a limit, its merit but for `read_off`; NaN elsewhere.
    """

    merit: np.ndarray
    told: np.ndarray

    @cached_property
    def stated(self) -> np.ndarray:
        """Plants that state each indicator, whether their cell proves something or not."""
        return np.count_nonzero(~np.isnan(self.told), axis=0)

    @cached_property
    def proven(self) -> np.ndarray:
        """Cells of each indicator that prove something, int array of shape (n_indicators,)."""
        return np.count_nonzero(np.isfinite(self.told), axis=0)

    @cached_property
    def _ordered(self) -> np.ndarray:
        """
        Each column the cells that prove something, best first, then inf; shape (n_plants + 1, n_indicators).

        The last row, -inf, is the value of rank 0: what no plant proves nobody reaches.
        """
        rows = np.sort(np.where(np.isfinite(self.told), self.told, np.inf), axis=0)
        return np.vstack([rows, np.full(rows.shape[1], -np.inf)])

    def ordered(self, column: int) -> np.ndarray:
        """Cells of one indicator that prove something, best first."""
        return self._ordered[: self.proven[column], column]

    def ranks(self, share: Fraction) -> np.ndarray:
        """Plants of each indicator that a marginal share asks for: the smallest whole number not below it."""
        return _wanted(share, self.stated)

    def read(self, ranks: np.ndarray) -> np.ndarray:
        """Value of each indicator that as many plants reach, or all that prove something."""
        places = np.minimum(ranks, self.proven) - 1
        return self._ordered[places, np.arange(len(places))]

    def of(self, rows: np.ndarray) -> Cells:
        """Cells of some plants."""
        return Cells(self.merit[rows], self.told[rows])


@dataclass(frozen=True)
class Spread:
    """
    Plants with all a decision needs.

    Attributes
    ----------
    ids : tuple of n_indicators str
        Indicators in the order of the system.
    judged : tuple of Cells
        What I, II and III judge, or one for all where no correction is granted at some levels only.
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
    fewest : int
        Plants a level is calibrated for where its target is no more than one of them.
    """

    ids: tuple[str, ...]
    judged: tuple[Cells, ...]
    fixed: np.ndarray
    bounds: np.ndarray
    standing: Standing
    rule: Rule
    minimum: int = 1
    fewest: int = 1

    @property
    def plants(self) -> int:
        """Number of plants."""
        return len(self.judged[0].merit)

    def aim(self, target: Fraction) -> Fraction:
        """
        Plants a level is calibrated for: its target, or `fewest` where that is no more than one of the plants.

        Silence has no say in it, so that it loosens nothing; one plant that keeps silent empties no level (A-24).
        """
        asked, few = target * self.plants, min(self.fewest, self.plants)
        return Fraction(few) if asked <= 1 < few else asked

    @cached_property
    def free(self) -> np.ndarray:
        """Indicators that are calibrated, shape (n_indicators,)."""
        return np.isnan(self.fixed[0])

    @cached_property
    def asked(self) -> np.ndarray:
        """Plants each indicator applies to, whether they report it or not, int array of shape (n_indicators,)."""
        return np.count_nonzero(self.standing.applicable, axis=0)

    def at(self, row: int) -> Cells:
        """What level `row` judges."""
        return self.judged[self._place(row)]

    def _place(self, row: int) -> int:
        return row if len(self.judged) > 1 else 0

    def silent(self, row: int) -> np.ndarray:
        """Cells that apply and count as not reported at level `row`, bool array of shape (n_plants, n_indicators)."""
        return np.isnan(self.at(row).told) & self.standing.applicable

    def unreported(self, row: int) -> np.ndarray:
        """Such cells of each indicator, int array of shape (n_indicators,)."""
        return self.asked - self.at(row).stated

    def with_silent(self, merits: Sequence[np.ndarray]) -> Spread:
        """The same plants, telling these merits at each set of cells where they report nothing."""
        judged = []
        for row, (cells, merit) in enumerate(zip(self.judged, merits, strict=True)):
            known = ~self.silent(row)
            judged.append(Cells(np.where(known, cells.merit, merit), np.where(known, cells.told, merit)))
        return replace(self, judged=tuple(judged))

    @cached_property
    def plain(self) -> Spread:
        """The same plants with values read off their figures as they are judged, whatever silence leaves open."""
        told = (np.where(np.isnan(cells.told), np.nan, cells.merit) for cells in self.judged)
        judged = [Cells(cells.merit, one) for cells, one in zip(self.judged, told, strict=True)]
        return replace(self, judged=tuple(judged))

    @property
    def reaching_nothing(self) -> Spread:
        """The same plants with every unreported cell one that reaches nothing: silence loosens the values of all."""
        return self.plain.with_silent([np.full_like(cells.told, np.inf) for cells in self.judged])

    @cached_property
    def favoured(self) -> Spread:
        """
        The same plants with every unreported cell counted as reached.

        Where silence leaves the curve of a covariate open, each figure counts as the loosest curve has it and no bound,
        which the curve would move, is in the way.
        """
        judged, open_ended = [], np.zeros(len(self.ids), dtype=bool)
        for row, (cells, plain) in enumerate(zip(self.judged, self.plain.judged, strict=True)):
            told = ~np.isnan(cells.told)
            merit = np.where(self.silent(row), -np.inf, np.where(told, cells.told, cells.merit))
            judged.append(Cells(merit, plain.told))
            open_ended |= (told & (cells.told != cells.merit)).any(axis=0)
        return replace(self, judged=tuple(judged), bounds=np.where(open_ended, np.inf, self.bounds))

    def loosest(self, row: int, *, favoured: bool = False) -> np.ndarray:
        """
        Loosest rank of each indicator, the k-th plant from the dirty end; unreported cells are the cleanest.

        With `favoured`, they are among the dirtiest.
        """
        return (self._loosest_favoured if favoured else self._loosest)[self._place(row)]

    @cached_property
    def _loosest(self) -> list[np.ndarray]:
        return [self._ends(cells, np.zeros_like(self.asked)) for cells in self.judged]

    @cached_property
    def _loosest_favoured(self) -> list[np.ndarray]:
        return [self._ends(cells, self.asked - cells.stated) for cells in self.judged]

    def _ends(self, cells: Cells, dirtier: np.ndarray) -> np.ndarray:
        merits = np.sort(np.where(np.isnan(cells.told), np.inf, cells.told), axis=0)
        return loosest_ranks(merits, cells.stated + dirtier, dirty_end(self.asked, self.minimum))

    def asked_ranks(self, share: Fraction) -> np.ndarray:
        """Plants a marginal share asks for of all an indicator applies to, whether they report it or not."""
        return _wanted(share, self.asked)

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
        read = self.at(row).read(np.minimum(ranks, self.loosest(row, favoured=favoured)))
        return np.where(self.free, np.minimum(read, self.bounds[row]), self.fixed[row])

    def marginal(self, shares: Sequence[Fraction]) -> np.ndarray:
        """Values of I, II, III that these shares of the plants reach, in order (A-52); shape (3, n_indicators)."""
        plain = self.plain
        read = np.stack([plain.limits(row, plain.at(row).ranks(share)) for row, share in enumerate(shares)])
        return read if len(self.judged) == 1 else np.minimum.accumulate(read[::-1], axis=0)[::-1]

    def reached(self, limits: np.ndarray) -> np.ndarray:
        """Which cells reach which levels, bool (3, n_plants, n_indicators); nothing reaches a level of NaN."""
        if len(self.judged) == 1:
            return self.judged[0].merit <= limits[:, None, :]
        return reached_levels(np.stack([cells.merit for cells in self.judged]), limits)

    def holds(self, row: int, limits: np.ndarray) -> np.ndarray:
        """
        Plants that meet the condition of level `row`.

        Parameters
        ----------
        limits : array of shape (3, n_indicators)
            Benchmark values on the merit scale; rows a level does not look at may hold anything.
        """
        reached = np.zeros((3, *self.judged[0].merit.shape), dtype=bool)
        for one in (0, 1) if row == 0 and self.rule.strict else (row,):
            np.less_equal(self.at(one).merit, limits[one], out=reached[one])
        if len(self.judged) > 1:
            reached[1] |= reached[0]  # what reaches a level reaches those below it
        return level_holds(self.standing.with_reached(reached), self.rule, row)

    def at_or_better(self, row: int, limits: np.ndarray) -> np.ndarray:
        """Plants at level `row` or a better one."""
        standing = self._under(limits)
        held = level_holds(standing, self.rule, 0)
        for better in range(1, row + 1):
            held = held | level_holds(standing, self.rule, better)
        return held

    def _under(self, limits: np.ndarray) -> Standing:
        return self.standing.with_reached(self.reached(limits))

    def subset(self, rows: Sequence[int] | np.ndarray) -> Spread:
        """The same standard calibrated on some plants only; a plant may be given more than once."""
        picked = np.asarray(rows)
        weights = self.standing.weights
        standing = replace(
            self.standing,
            applicable=self.standing.applicable[picked],
            weights=replace(weights, pattern=weights.pattern[picked]),
        )
        return replace(self, judged=tuple(cells.of(picked) for cells in self.judged), standing=standing)


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
    return replace(found, minimum=footing.minimum, fewest=footing.minimum)


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
    ids, fixed = list(system.ids), _fixed(system)
    levels = LEVELS if plants.by_level else LEVELS[:1]
    merit = level_merits(plants, system)
    states = np.stack([plants.at(level).states[ids].to_numpy() for level in levels])
    told = np.where(states <= CellState.BELOW_LIMIT, level_merits(read_off(plants, system), system), np.nan)
    empty = np.isnan(told).all(axis=1).any(axis=0) & np.isnan(fixed[0])
    raise_problems(
        DataError,
        "Some benchmark values have no plant behind them.",
        [
            Problem("no plant states a value", column=ids[k], fix="Leave the indicator out of the system.")
            for k in np.flatnonzero(empty)
        ],
    )
    return Spread(
        system.ids,
        tuple(Cells(*pair) for pair in zip(merit, told, strict=True)),
        fixed,
        merit_bounds(np.full(fixed.shape, np.nan) if bounds is None else bounds, merit_signs(system)),
        unjudged(plants, system, weights),
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
