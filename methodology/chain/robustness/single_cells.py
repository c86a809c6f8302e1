"""What single cells do to the values: the cell that moves each most, each doubt either way, and whom to ask next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.calibration import shares_asked
from methodology.chain.common_share import common_shares
from methodology.chain.doubt_effects import with_set_aside, with_value
from methodology.chain.joint import read_targets
from methodology.chain.robustness.leave_one_out import counted_limits, run_spread
from methodology.chain.robustness.outcomes import Decided, Outcomes, decided_on
from methodology.chain.sorted_sample import Cells, Spread
from methodology.indicators import LEVELS, CellState, IndicatorSystem, Sample
from methodology.indicators.cells import merit_signs
from methodology.parameters import Parameters
from methodology.parameters.model import SampleChoices
from methodology.sample.doubtful_values import suspicions
from methodology.sample.exclusion import SET_ASIDE

MOST_CELLS = 2_000
"""Cells that are blanked in turn; of more, those nearest to a value in rank."""
CELLS = (
    *("indicator", "level", "unit", "value", "plant", "cell", "without", "shift", "moving", "clean"),
    *("dirty", "looked_at"),
)
DOUBTS = ("doubt", "plant", "indicator", "way", "moved", "most", "level", "shift", "levels")
ASKED = ("plant", "silent", "narrowing", "most")


def cell_influence(parameters: Parameters, outcomes: Outcomes) -> pd.DataFrame:
    """
    Blank every stated cell in turn, and calibrate again.

    Parameters
    ----------
    parameters : Parameters
        The run; of values that count plants.
    outcomes : Outcomes
        Of its sample. Weights stay those of the run.

    Returns
    -------
    DataFrame
        One row per calibrated value: indicator, level, unit, value, plant and cell (whose blanking moves it most; empty
        where none does), without (the value then), shift (that move in standard deviations between plants, positive
        where looser), moving (cells that move it at all), clean and dirty (fewest cells that could carry the value past
        all other plants by being wrong towards that end, the share held; NaN where a bound is the value), looked_at
        (cells blanked).

    Notes
    -----
    Exact: each blank goes through the calibration of the run, in which an unreported cell is not reached (A-04), so
    that under the joint promise a cell moves values of other indicators too.
    """
    setting = _Setting(parameters, outcomes)
    base, spread = setting.base, setting.spread
    cells = setting.nearest(MOST_CELLS)
    moves = np.array([setting.moved(_blank(spread, *cell)) for cell in cells])
    rows = []
    for k in np.flatnonzero(spread.free).tolist():
        for row, level in enumerate(LEVELS):
            own = moves[:, row, k]
            most = int(np.abs(own).argmax()) if len(own) else 0
            found = own[most] if len(own) else 0.0
            plant, cell = cells[most] if found else (None, None)
            without = round(base.values[row, k] + setting.signs[k] * found * setting.between[k], 9)
            rows.append(
                (
                    *(
                        outcomes.system.ids[k],
                        str(level),
                        outcomes.system.indicators[k].unit,
                        base.values[row, k],
                    ),
                    "" if plant is None else outcomes.plants[plant],
                    "" if cell is None else outcomes.system.ids[cell],
                    *(without, found, int(np.count_nonzero(own))),
                    *setting.breakdown(row, k),
                    len(cells),
                )
            )
    return pd.DataFrame(rows, columns=list(CELLS))


def resolved_doubts(
    parameters: Parameters, outcomes: Outcomes, everyone: Sample | None = None
) -> pd.DataFrame:
    """
    Resolve every open doubt either way, and calibrate again.

    Parameters
    ----------
    everyone : Sample, optional
        The plants of the run with the plants and single values it left out by name, on the same footing.

    Returns
    -------
    DataFrame
        Columns doubt (what is doubtful), plant, indicator ("" for a relation of several), way (set aside; left out;
        kept; as clean, or as dirty, as any plant), moved (values), most and level (indicator and level of the value
        that moves farthest; "" where none does), shift (how far, in standard deviations between plants, positive where
        looser), levels (other plants at another level). The way not listed is
        the run.

    Notes
    -----
    A likely slip of unit is set aside, a plant that contradicts itself left out, a plant or value that the run left out
    kept, a silent cell filled at either end.
    """
    setting = _Setting(parameters, outcomes)
    left = list(_left_out(setting, everyone))
    aside = {(plant, name) for _, plant, name, *_ in left}
    silent = (doubt for doubt in _silent(setting) if doubt[1:3] not in aside)
    rows = [setting.told(*doubt) for doubt in (*_suspected(setting), *left, *silent)]
    table = pd.DataFrame(rows, columns=list(DOUBTS))
    order = table.assign(size=-table["shift"].abs(), few=-table["levels"])
    return table.loc[order.sort_values(["size", "few"], kind="stable").index].reset_index(drop=True)


def with_excluded(place: Path, system: IndicatorSystem, choices: SampleChoices) -> Sample | None:
    """The plants of a run with all it leaves out by name, on its footing; None where it leaves out nothing."""
    if not choices.exclude:
        return None
    return with_set_aside(place, system, choices)


def worth_asking(parameters: Parameters, outcomes: Outcomes) -> pd.DataFrame:
    """
    Rank the plants whose silent cells leave values open.

    Returns
    -------
    DataFrame
        One row per plant with silent cells, the most worth first: plant, silent (cells), narrowing (expected narrowing
        of the brackets of all values if it answers, one cell at a time, in standard deviations between plants), most
        (the indicator that gives most of it).

    Notes
    -----
    A value lies between what it is with all silent cells at the clean end and with all at the dirty end, the share of
    plants held. An answer is expected like that of any plant that gave one (A-29). Exact under that.
    """
    setting = _Setting(parameters, outcomes)
    silent = setting.silent
    gain = np.zeros(len(outcomes.system.ids))
    for k in np.flatnonzero(setting.spread.free & silent.any(axis=0)).tolist():
        for row in range(len(LEVELS)):
            told = _ordered(setting.spread, row, k)
            told = told[np.isfinite(told)] / setting.between[k]
            limit = setting.base.values[row, k] * setting.signs[k] / setting.between[k]
            share = np.searchsorted(told, limit + 1e-12, side="right") / max(len(told), 1)
            gain[k] += _narrowing(told, float(share), int(silent[:, k].sum()))
    rows = []
    for place in np.flatnonzero(silent.any(axis=1)):
        own = np.where(silent[place], gain, 0.0)
        most = outcomes.system.ids[int(own.argmax())] if own.max() > 0 else ""
        rows.append((outcomes.plants[place], int(silent[place].sum()), float(own.sum()), most))
    table = pd.DataFrame(rows, columns=list(ASKED))
    return table.sort_values("narrowing", ascending=False, kind="stable").reset_index(drop=True)


class _Setting:
    """The run as it is, and what changed cells make of it."""

    def __init__(self, parameters: Parameters, outcomes: Outcomes) -> None:
        self.parameters, self.outcomes = parameters, outcomes
        self.spread = run_spread(parameters, outcomes)
        self.signs = merit_signs(outcomes.system)
        self._near = None
        if parameters.thresholds.promise != "marginal":
            admissible = outcomes.admissible(self.spread, parameters)
            self._near = common_shares(admissible, read_targets(parameters.thresholds.shares))
        self.base = decided_on(self.spread, self._limits(self.spread), self.signs)
        self.between = outcomes.between
        states = outcomes.sample.states[list(outcomes.system.ids)].to_numpy()
        self.silent = states == CellState.NOT_REPORTED

    def decided(self, changed: Spread) -> Decided:
        """Values and levels on changed cells."""
        return decided_on(changed, self._limits(changed), self.signs)

    def moved(self, changed: Spread) -> np.ndarray:
        """How far each value moves, in standard deviations, positive where looser; shape (3, n_indicators)."""
        return self._shift(self._limits(changed) * self.signs)

    def _limits(self, changed: Spread) -> np.ndarray:
        return counted_limits(self.parameters, self.outcomes, changed, near=self._near)

    def _shift(self, values: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            shift = np.round(self.signs * (values - self.base.values) / self.between, 12)
        return np.where(self.spread.free & np.isfinite(shift), shift, 0.0)

    def nearest(self, most: int) -> list[tuple[int, int]]:
        """Cells to blank: all that are stated, or those nearest to a value in rank; none a value rests on alone."""
        cells = np.stack([_told(self.spread, row) for row in range(len(LEVELS))])
        limits = self.base.values * self.signs
        below = (cells < limits[:, None, :]).sum(axis=1)
        ranks = np.argsort(np.argsort(np.where(np.isnan(cells), np.inf, cells), axis=1), axis=1)
        far = np.abs(ranks - below[:, None, :]).min(axis=0)
        stated = ~np.isnan(cells[0]) & ((~np.isnan(cells[0])).sum(axis=0) > 1)
        places = np.argwhere(stated)
        order = np.argsort(far[stated], kind="stable")[:most]
        return [(int(p), int(k)) for p, k in places[np.sort(order)]]

    def breakdown(self, row: int, column: int) -> tuple[float, float]:
        """Wrong cells that carry a value past all plants, to the clean and the dirty end; NaN where none states it."""
        ordered = _ordered(self.spread, row, column)
        merit = self.base.values[row, column] * self.signs[column]
        cleaner, reached = (int(np.searchsorted(ordered, merit, side)) for side in ("left", "right"))
        if cleaner == reached:
            return np.nan, np.nan
        # of plants with one and the same figure, the one the share asks for
        rank = int(np.clip(self.ranks[row, column], cleaner + 1, reached))
        return float(rank), float(len(ordered) - rank + 1)

    @cached_property
    def ranks(self) -> np.ndarray:
        """Plants that state a cell and are asked to reach each value, shape (3, n_indicators)."""
        choices, spread = self.parameters.thresholds, self.spread
        if self._near is None:
            shares = read_targets(choices.shares)
            return np.stack([spread.at(row).ranks(share) for row, share in enumerate(shares)])
        held = (
            shares_asked(choices)
            if choices.promise == "strictness"
            else [found.share for found in self._near.levels]
        )
        return np.stack([spread.asked_ranks(one) - spread.unreported(row) for row, one in enumerate(held)])

    def told(self, doubt: str, plant: str, indicator: str, way: str, changed: Spread) -> tuple[Any, ...]:
        """One row of `resolved_doubts`; a plant that the run left out stands last in `changed`."""
        found, size = self.decided(changed), self.spread.plants
        others = [place for place, name in enumerate(self.outcomes.plants) if name != plant]
        after = found.levels if len(found.levels) < size else found.levels[others]
        shift = self._shift(found.values)
        row, column = np.unravel_index(int(np.abs(shift).argmax()), shift.shape)
        farthest, moved = float(shift[row, column]), int(np.count_nonzero(shift))
        which = (self.outcomes.system.ids[column], str(LEVELS[row])) if moved else ("", "")
        levels = int((self.base.levels[others] != after).sum())
        return doubt, plant, indicator, way, moved, *which, farthest, levels


def _suspected(setting: _Setting) -> Iterator[tuple[Any, ...]]:
    """Likely slips, their cell set aside, and contradictions, their plant left out."""
    outcomes, spread = setting.outcomes, setting.spread
    for row in suspicions(outcomes.sample, outcomes.system).itertuples():
        if not row.plant:
            continue
        plant = outcomes.plants.index(str(row.plant))
        if row.indicator:
            k = outcomes.system.ids.index(str(row.indicator))
            if len(_ordered(spread, 0, k)) > 1:
                yield row.what, str(row.plant), row.indicator, "set aside", _blank(spread, plant, k)
        else:
            kept = np.delete(np.arange(spread.plants), plant)
            if not np.isnan(_told(spread, 0)[kept]).all(axis=0)[spread.free].any():
                yield row.what, str(row.plant), "", "left out", spread.subset(kept)


def _left_out(setting: _Setting, everyone: Sample | None) -> Iterator[tuple[Any, ...]]:
    """Plants and single values that the run left out by name, each taken back alone."""
    if everyone is None:
        return
    run, outcomes = setting.parameters, setting.outcomes
    sample, weights = outcomes.sample, outcomes.weights(run.weights)

    def again(fuller: Sample) -> Spread:
        return run_spread(run, Outcomes(fuller, outcomes.system, outcomes.judgements), weights)

    known = set(map(str, everyone.plants)) - set(map(str, sample.plants))
    for row in sample.excluded[sample.excluded["plant"].astype(str).isin(known)].itertuples():
        yield row.reason, str(row.plant), "", "kept", again(everyone.take([*sample.plants, row.plant]))
    for row in sample.notes[sample.notes["what"] == SET_ASIDE].itertuples():
        plant, name = str(row.plant), str(row.indicator)
        if plant in sample.plants and everyone.states.loc[plant, name] != CellState.NOT_REPORTED:
            yield row.reason, plant, name, "kept", again(with_value(sample, everyone, plant, name))


def _silent(setting: _Setting) -> Iterator[tuple[Any, ...]]:
    """Silent cells, filled as clean and as dirty as any plant that answered."""
    spread = setting.spread
    for plant, k in np.argwhere(setting.silent):
        told = _ordered(spread, 0, k)[np.isfinite(_ordered(spread, 0, k))]
        if not len(told):
            continue
        for end, merit in (("as clean as any", told.min()), ("as dirty as any", told.max())):
            name = setting.outcomes.system.ids[k]
            who = setting.outcomes.plants[plant]
            yield "not reported", who, name, end, _filled(spread, int(plant), int(k), float(merit))


def _narrowing(told: np.ndarray, share: float, silent: int) -> float:
    """Expected narrowing of a value's bracket by one more answer, like one of those given."""
    wide = _bracket(told, share, silent)
    return wide - float(np.mean([_bracket(np.sort(np.append(told, one)), share, silent - 1) for one in told]))


def _bracket(told: np.ndarray, share: float, silent: int) -> float:
    """From the value with silent cells at the clean end to that with them at the dirty end."""
    rank = int(np.ceil(round(share * (len(told) + silent), 9)))
    low, high = np.clip([rank - silent, rank], 1, len(told))
    return float(told[high - 1] - told[low - 1])


def _blank(spread: Spread, plant: int, column: int) -> Spread:
    return _with_cell(spread, plant, column, np.inf, np.nan)


def _filled(spread: Spread, plant: int, column: int, merit: float) -> Spread:
    return _with_cell(spread, plant, column, merit, merit)


def _ordered(spread: Spread, row: int, column: int) -> np.ndarray:
    """Merits that plants state of one indicator, best first."""
    told = _told(spread, row)[:, column]
    return np.sort(told[~np.isnan(told)])


def _told(spread: Spread, row: int) -> np.ndarray:
    """Merit of each cell as level `row` judges it, NaN where a plant states nothing."""
    return spread.at(row).told


def _with_cell(spread: Spread, plant: int, column: int, merit: float, cell: float) -> Spread:
    """The same plants with one cell changed, at all levels."""
    judged = tuple(Cells(one.merit.copy(), one.told.copy()) for one in spread.judged)
    for one in judged:
        one.merit[plant, column], one.told[plant, column] = merit, cell
    return replace(spread, judged=judged)
