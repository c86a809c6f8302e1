"""From calibrated to proposed values: guarded, bounded by law, rounded, ordered, and counted again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.indicators import (
    LEVELS,
    CellState,
    Comparator,
    Indicator,
    IndicatorSystem,
    Kind,
    Level,
    Sample,
    level_merits,
)
from methodology.proposal import reasons
from methodology.proposal.bounds import beyond_scale, binding_comparator, bound_value
from methodology.proposal.disclosure import Guarded, guard
from methodology.proposal.reasons import Reason
from methodology.proposal.rounding import round_to_step, step_of

ROUNDINGS = ("engineering", "none")


class Choices(Protocol):
    """What the room reads of a run's choices, the section `proposal`."""

    @property
    def rounding(self) -> str:
        """One of "engineering", "none"."""
        ...

    @property
    def bound_by_law(self) -> bool:
        """Whether binding comparators bound a value."""
        ...

    @property
    def disclosure_minimum(self) -> int:
        """Fewest plants at or beyond a published value."""
        ...

    @property
    def disclosure_rule(self) -> str:
        """One of "mean-of-k", "round", "withhold"."""
        ...


@dataclass(frozen=True)
class Settled:
    """
    One proposed value and how it came about.

    Attributes
    ----------
    value : float
        Proposed, in the unit of the indicator; NaN if withheld.
    step : float or None
        Step it is stated in.
    attained : int
        Plants of the sample that reach it.
    disclosure : str
        "none" or the rule the guard applied.
    reasons : tuple of Reason
        One sentence per step that moved or confirmed the value.
    moves : tuple of str
        What moved it, in order: "guard", "law", "rounding", "figure" (on from that of a single plant), "order".
    plants : int
        Plants that state the indicator at this level.
    before, stricter : int or None
        Plants that reach the calibrated value, and those that reach the next stricter step; None if it has no step.
    """

    value: float
    step: float | None
    attained: int
    disclosure: str
    reasons: tuple[Reason, ...]
    moves: tuple[str, ...] = ()
    before: int | None = None
    stricter: int | None = None
    plants: int = 0

    def moved(self, value: float, why: Reason, what: str) -> Settled:
        """The same with another value and one more reason."""
        moves = self.moves if value == self.value else (*self.moves, what)
        return replace(self, value=value, reasons=(*self.reasons, why), moves=moves)


def settle(
    thresholds: pd.DataFrame,
    sample: Sample,
    system: IndicatorSystem,
    choices: Choices,
    *,
    stratum: Mapping[str, str] | None = None,
    corrected: bool = False,
    earlier: pd.DataFrame | None = None,
) -> dict[tuple[str, str], Settled]:
    """
    Turn calibrated benchmark values into proposed ones.

    Parameters
    ----------
    thresholds : DataFrame
        Columns indicator, level, value.
    sample : Sample
        The plants behind the values, corrected where the values are.
    choices : section `proposal` of the parameters
        rounding, bound_by_law, disclosure_minimum, disclosure_rule.
    stratum, corrected
        As in `law_bounds`.
    earlier : DataFrame, optional
        Thresholds of an earlier draft with column n; guards against differencing.

    Returns
    -------
    dict of (indicator, level) to Settled

    Raises
    ------
    MethodError
        If a choice is unknown or the table lacks a value.

    Notes
    -----
    In this order: disclosure guard (A-48 to A-50); bound by law (A-46); rounding to the loose side, to the strict one
    where the loose side passes the bound (A-47); a value that is the figure of too few plants moves on, to the loose
    side, to the strict one where law or the end of the scale is in the way (A-48); a level that came out looser than
    the next takes the next one's value (A-52). Attainment is counted again at the end.
    """
    if choices.rounding not in ROUNDINGS:
        raise MethodError(f"rounding is {choices.rounding!r}; choose one of {', '.join(ROUNDINGS)}.")
    values = {
        (str(i), str(lv)): float(v)
        for i, lv, v in zip(thresholds["indicator"], thresholds["level"], thresholds["value"], strict=True)
    }
    merit = np.broadcast_to(level_merits(sample, system), (3, len(sample.plants), len(system.ids)))
    published = _published(earlier)
    found: dict[tuple[str, str], Settled] = {}
    for place, indicator in enumerate(system.indicators):
        ones, levels = {}, {}
        for row, level in enumerate(LEVELS):
            stated = sample.at(level).states[indicator.id].to_numpy() <= CellState.BELOW_LIMIT
            column = np.sort(merit[row, stated, place])
            ones[level] = _Indicator(indicator, column, choices, stratum or {}, corrected)
            levels[level] = ones[level].settle(
                level,
                values.get((indicator.id, str(level)), np.nan),
                published,
                [values.get((indicator.id, str(other)), np.nan) for other in LEVELS if other != level],
            )
        for level, settled in _ordered(ones, levels).items():
            found[(indicator.id, str(level))] = settled
    return found


@dataclass(frozen=True)
class _Indicator:
    """One indicator's plants, as one level judges them, and choices."""

    indicator: Indicator
    column: np.ndarray
    choices: Choices
    stratum: Mapping[str, str]
    corrected: bool

    @property
    def sign(self) -> float:
        return self.indicator.sign

    def attained(self, value: float) -> int:
        return int(np.count_nonzero(self.column <= self.sign * value)) if np.isfinite(value) else 0

    def settle(
        self,
        level: Level,
        calibrated: float,
        published: Mapping[tuple[str, str], tuple[float, int]],
        others: Sequence[float] = (),
    ) -> Settled:
        """One level, before the levels are compared."""
        if self.indicator.kind is Kind.QUALITATIVE:
            code = calibrated if np.isfinite(calibrated) else float(LEVELS.index(level) + 1)
            return Settled(code, None, self.attained(code), "none", (reasons.described(),))
        if not np.isfinite(calibrated):
            raise MethodError(f"{self.indicator.id!r} has no calibrated value for level {level}.")
        base = reasons.calibrated(self.indicator, calibrated, self.attained(calibrated), len(self.column))
        step = self._step(calibrated, others)
        guarded = guard(
            calibrated,
            self.column,
            sign=self.sign,
            minimum=self.choices.disclosure_minimum,
            rule=self.choices.disclosure_rule,
            step=step,
            earlier=published.get((self.indicator.id, str(level))),
        )
        told: tuple[Reason, ...] = (base,)
        if guarded.breach:
            told = (base, reasons.guarded(guarded, self.indicator, self.choices.disclosure_minimum))
        moves = ("guard",) if guarded.breach else ()
        settled = Settled(
            guarded.value, guarded.step, 0, guarded.action, told, moves, *self._counts(calibrated, step)
        )
        if np.isnan(guarded.value):
            return settled
        if guarded.action == "mean-of-k":
            step = self._step(guarded.value, ())
        rounded = self._rounded(self._bounded(settled, level), level, step, guarded)
        return rounded if guarded.action == "keep-earlier" else self._hidden(rounded, level, step)

    def _step(self, value: float, others: Sequence[float]) -> float | None:
        return step_of(self.indicator, self.sign * self.column[np.isfinite(self.column)], value, others)

    def _counts(self, calibrated: float, step: float | None) -> tuple[int, int | None]:
        """Plants that reach the calibrated value, and the step on its strict side."""
        if step is None:
            return self.attained(calibrated), None
        strict = round_to_step(calibrated, step, better=self.indicator.better, side="strict")
        return self.attained(calibrated), self.attained(strict)

    def _binding(self, level: Level) -> Comparator | None:
        if not self.choices.bound_by_law:
            return None
        return binding_comparator(self.indicator, level, stratum=self.stratum, corrected=self.corrected)

    def _passes(self, value: float, binding: Comparator | None) -> bool:
        if binding is None:
            return False
        return self.sign * value > self.sign * bound_value(binding, self.indicator)

    def _bounded(self, settled: Settled, level: Level) -> Settled:
        binding = self._binding(level)
        if binding is None:
            return settled
        limit = bound_value(binding, self.indicator)
        if settled.value != limit and not self._passes(settled.value, binding):
            return settled
        return replace(settled.moved(limit, reasons.bounded(binding, limit), "law"), step=None)

    def _rounded(self, settled: Settled, level: Level, step: float | None, guarded: Guarded) -> Settled:
        binding = self._binding(level)
        at_bound = binding is not None and settled.value == bound_value(binding, self.indicator)
        done = guarded.action in ("round", "keep-earlier") or at_bound
        if self.choices.rounding == "none" or step is None or done:
            return settled
        better, shown = self.indicator.better, reasons.step_text(step, self.indicator)
        value = round_to_step(settled.value, step, better=better)
        if self._passes(value, binding) and binding is not None:
            value = round_to_step(settled.value, step, better=better, side="strict")
            why = reasons.rounded_strict(shown, binding)
        else:
            why = reasons.rounded(shown, self.attained(value), len(self.column))
        return replace(settled.moved(value, why, "rounding"), step=step)

    def _hidden(self, settled: Settled, level: Level, step: float | None) -> Settled:
        """Moved on to the next step that is not the figure of too few plants; law may set what it likes."""
        binding = self._binding(level)
        at_bound = binding is not None and settled.value == bound_value(binding, self.indicator)
        if at_bound or not self._gives_away(settled.value):
            return settled
        for side in ("loose", "strict") if step is not None else ():
            value = self._beyond(settled.value, float(step or 0), side, binding)
            if value is not None:
                why = reasons.stepped(value, self.indicator, self.choices.disclosure_minimum, side)
                return replace(settled.moved(value, why, "figure"), step=step)
        why = reasons.alone(self.choices.disclosure_minimum)
        return replace(settled.moved(np.nan, why, "figure"), disclosure="withhold")

    def _beyond(
        self, value: float, step: float, side: Literal["loose", "strict"], binding: Comparator | None
    ) -> float | None:
        """The next multiple of `step` on one side that gives nobody away; None if law or the scale is in the way."""
        better, away = self.indicator.better, self.sign if side == "loose" else -self.sign
        for _ in range(len(self.column) + 1):
            found = round_to_step(value, step, better=better, side=side)
            value = found if found != value else round_to_step(value + away * step, step, better=better)
            past_scale = side == "loose" and beyond_scale(value, self.indicator)
            if past_scale or (side == "loose" and self._passes(value, binding)):
                return None
            if side == "strict" and self.attained(value) < self.choices.disclosure_minimum:
                return None
            if not self._gives_away(value):
                return value
        return None

    def _gives_away(self, value: float) -> bool:
        """Whether fewer plants than the guard asks for report just this value."""
        same = np.isclose(self.column, self.sign * value, rtol=1e-9, atol=0.0)
        return 0 < int(np.count_nonzero(same)) < self.choices.disclosure_minimum


def _ordered(ones: Mapping[Level, _Indicator], levels: Mapping[Level, Settled]) -> dict[Level, Settled]:
    """Each level at least as strict as the next looser one, then counted."""
    out: dict[Level, Settled] = {}
    next_level: Level | None = None
    for level in reversed(LEVELS):
        settled, one = levels[level], ones[level]
        if next_level is not None and one.sign * settled.value > one.sign * out[next_level].value:
            settled = settled.moved(out[next_level].value, reasons.ordered(level, next_level), "order")
        out[level] = replace(settled, attained=one.attained(settled.value), plants=len(one.column))
        if np.isfinite(out[level].value):
            next_level = level
    return {level: out[level] for level in LEVELS}


def _published(earlier: pd.DataFrame | None) -> dict[tuple[str, str], tuple[float, int]]:
    if earlier is None:
        return {}
    columns = (earlier[name].tolist() for name in ("indicator", "level", "value", "n"))
    return {
        (str(i), str(lv)): (float(v), int(n)) for i, lv, v, n in zip(*columns, strict=True) if np.isfinite(v)
    }
