"""From calibrated to proposed values: guarded, bounded by law, rounded, ordered, and counted again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import ceil

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.indicators import LEVELS, CellState, Indicator, IndicatorSystem, Kind, Level, Sample
from methodology.indicators.cells import level_merits
from methodology.indicators.comparators import Comparator
from methodology.parameters import Footing
from methodology.parameters.model import ProposalChoices
from methodology.proposal import reasons
from methodology.proposal.bounds import beyond_scale, binding_comparator, bound_value, loosest_end
from methodology.proposal.disclosure import dirty_end, guard, loosest_rank
from methodology.proposal.reasons import Settled
from methodology.proposal.rounding import Side, round_to_step, step_of

ROUNDINGS = ("engineering", "none")
SIDES: tuple[Side, Side] = ("loose", "strict")


@dataclass(frozen=True)
class Aim:
    """
    What rounding stays nearest to.

    `shares` by level: plants each value is to let through, none: those that reach the calibrated one; `sides` by
    indicator and level: side a value is rounded to where both are admissible.
    """

    shares: Mapping[str, float]
    sides: Mapping[tuple[str, str], Side]


def settle(
    thresholds: pd.DataFrame,
    sample: Sample,
    system: IndicatorSystem,
    choices: ProposalChoices,
    aim: Aim,
    *,
    footing: Footing | None = None,
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
    aim : Aim
    footing : Footing, optional
        What bounds a value, and where the plants stand.
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
    In this order: disclosure guard (A-48 to A-50); bound by law and by the index (A-46); rounding to the nearest
    admissible step on the side that keeps the share nearest (A-47): not past a bound, not looser than the k-th plant
    from the dirty end, reached by k plants, not the figure of fewer; a level that came out looser than the next takes
    the next one's value, and levels with one value are told apart where another admissible step does it without
    crossing a third (A-52). Attainment is counted again at the end.
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
        chosen = {level: side for (name, level), side in aim.sides.items() if name == indicator.id}
        asked = int((sample.states[indicator.id] != CellState.NOT_APPLICABLE).sum())
        ones, levels = {}, {}
        for row, level in enumerate(LEVELS):
            stated = sample.at(level).states[indicator.id].to_numpy() <= CellState.BELOW_LIMIT
            column = np.sort(merit[row, stated, place])
            one = _Indicator(indicator, column, asked, choices, footing or Footing(), aim.shares, chosen)
            own = {each: values.get((indicator.id, str(each)), np.nan) for each in LEVELS}
            value = own.pop(level)
            ones[level], levels[level] = one, one.settle(level, value, published, own)
        for level, settled in _ordered(ones, levels).items():
            found[(indicator.id, str(level))] = settled
    return found


@dataclass(frozen=True)
class _Indicator:
    """One indicator's plants, as one level judges them, and choices."""

    indicator: Indicator
    column: np.ndarray
    asked: int
    choices: ProposalChoices
    footing: Footing
    shares: Mapping[str, float]
    sides: Mapping[str, Side]

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
        others: Mapping[Level, float],
    ) -> Settled:
        """One level, before the levels are compared."""
        if self.indicator.kind is Kind.QUALITATIVE:
            code = calibrated if np.isfinite(calibrated) else float(LEVELS.index(level) + 1)
            return Settled(code, None, self.attained(code), "none", (reasons.described(),))
        if not np.isfinite(calibrated):
            raise MethodError(f"{self.indicator.id!r} has no calibrated value for level {level}.")
        base = reasons.calibrated(self.indicator, calibrated, self.attained(calibrated), len(self.column))
        step = self._step(calibrated, list(others.values()))
        guarded = guard(
            calibrated,
            self.column,
            sign=self.sign,
            minimum=self.choices.disclosure_minimum,
            rule=self.choices.disclosure_rule,
            step=step,
            earlier=published.get((self.indicator.id, str(level))),
        )
        least, breach = self.choices.disclosure_minimum, guarded.breach
        told = (base, *([reasons.guarded(guarded, self.indicator, least)] if breach else []))
        moves = ("guard",) if breach else ()
        settled = Settled(
            *(guarded.value, guarded.step, self.attained(guarded.value), guarded.action, told, moves),
            *self._counts(calibrated, step),
        )
        if np.isnan(guarded.value):
            return settled
        if guarded.action == "mean-of-k":
            step = self._step(guarded.value, ())
        if guarded.action == "keep-earlier":
            return self._bounded(settled, level)
        bounded = self._bounded(settled, level)
        return self._rounded(bounded, level, step, self._causes(bounded, level, calibrated, others))

    def _causes(
        self, settled: Settled, level: Level, calibrated: float, others: Mapping[Level, float]
    ) -> tuple[str, ...]:
        """What keeps a value off the share of its level before it is rounded."""
        reached, share = self.attained(settled.value), self.shares.get(str(level), 0.0)
        fewer, silent = reached < share * len(self.column), self.asked - len(self.column)
        read_at = ceil(round(share * self.asked, 6)) - silent  # who is silent counts as the cleanest
        bounds = [self._binding(looser) for looser in LEVELS[LEVELS.index(level) :]]
        at_bound = any(one and calibrated == bound_value(one, self.indicator) for one in bounds)
        crossed = [
            other
            for other, value in others.items()
            if value == calibrated and (self._behind(level, other) or self._behind(other, level))
        ]
        known = {
            "guard": "guard" in settled.moves,
            "bound": at_bound or "law" in settled.moves,
            "dirty end": fewer and reached >= self.most,
            "order": bool(crossed),
            "silence": fewer and silent > 0 and (reached >= read_at or self.indicator.loosened > 0),
        }
        return tuple(name for name, holds in known.items() if holds)

    def _behind(self, strict: Level, loose: Level) -> bool:
        """Whether a level that is to be stricter asks for more plants than the looser one."""
        shares = self.shares.get(str(strict), 0.0), self.shares.get(str(loose), 0.0)
        return LEVELS.index(strict) < LEVELS.index(loose) and shares[0] > shares[1]

    def _step(self, value: float, others: Sequence[float]) -> float | None:
        return step_of(self.indicator, self.sign * self.column[np.isfinite(self.column)], value, others)

    def _counts(self, calibrated: float, step: float | None) -> tuple[int, int | None]:
        """Plants that reach the calibrated value, and the step on its strict side."""
        if step is None:
            return self.attained(calibrated), None
        strict = round_to_step(calibrated, step, better=self.indicator.better, side="strict")
        return self.attained(calibrated), self.attained(strict)

    def _binding(self, level: Level) -> Comparator | None:
        return binding_comparator(self.indicator, level, self.footing)

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
        return replace(
            settled.moved(
                limit, reasons.bounded(binding, loosest_end(binding, self.indicator), limit), "law"
            ),
            step=None,
        )

    def _rounded(
        self, settled: Settled, level: Level, step: float | None, causes: tuple[str, ...]
    ) -> Settled:
        """At the nearest admissible step on the side that keeps the share nearest; law may set what it likes."""
        binding, minimum = self._binding(level), self.choices.disclosure_minimum
        if binding is not None and settled.value == bound_value(binding, self.indicator):
            return settled
        if step is None or (self.choices.rounding == "none" and not self._gives_away(settled.value)):
            return self._withheld(settled) if self._gives_away(settled.value) else settled
        tried = ((side, self._nearest(settled.value, step, side, level)) for side in SIDES)
        found = {side: value for side, value in tried if value is not None}
        if not found:
            return self._withheld(settled)
        share = self.shares.get(str(level))
        wanted = self.attained(settled.value) if share is None else share * len(self.column)

        def missed(side: Side) -> float:
            return abs(self.attained(found[side]) - wanted)

        chosen = self.sides.get(str(level), min(found, key=missed))
        side = chosen if chosen in found else next(iter(found))
        value = found[side]
        first = round_to_step(settled.value, step, better=self.indicator.better, side=side)
        shown = reasons.step_text(step, self.indicator)
        reached = reasons.Reached(self.attained(settled.value), self.attained(value), causes)
        why = reasons.rounded(shown, side, reached, len(self.column), share)
        if len(found) == 1 and side == "strict":
            why = reasons.rounded_strict(
                shown, binding if self._passes(self._loose(settled.value, step), binding) else None
            )
        out = replace(settled.moved(first, why, "rounding"), step=step)
        if first != value:
            out = out.moved(value, reasons.stepped(value, self.indicator, minimum, side), "figure")
        return replace(out, side=side if len(set(found.values())) > 1 else "")

    def _loose(self, value: float, step: float) -> float:
        return round_to_step(value, step, better=self.indicator.better)

    def _withheld(self, settled: Settled) -> Settled:
        why = reasons.alone(self.choices.disclosure_minimum)
        return replace(settled.moved(np.nan, why, "figure"), disclosure="withhold")

    def _nearest(self, value: float, step: float, side: Side, level: Level) -> float | None:
        """The first multiple of `step` on one side that is admissible and gives nobody away; None if there is none."""
        first = round_to_step(value, step, better=self.indicator.better, side=side)
        for found in (first, *self._steps(first, step, side)):
            if self.attained(found) < self.choices.disclosure_minimum:
                return None
            if self._too_loose(found, level):
                if side == "loose":
                    return None
            elif not self._gives_away(found):
                return found
        return None

    def _steps(self, value: float, step: float, side: Side) -> Iterator[float]:
        """Further multiples of `step` on one side."""
        away = step * (self.sign if side == "loose" else -self.sign)
        for _ in range(len(self.column) + 1):
            value = round_to_step(value + away, step, better=self.indicator.better, side=side)
            yield value

    def step_apart(self, value: float, step: float, side: Side, level: Level, ceiling: float) -> float | None:
        """The first admissible step on one side that other plants reach, the loose side ending before `ceiling`."""
        for found in self._steps(value, step, side):
            past = side == "loose" and self.sign * found >= self.sign * ceiling
            few = self.attained(found) < self.choices.disclosure_minimum
            if past or few or self._too_loose(found, level):
                return None
            if self.attained(found) != self.attained(value) and not self._gives_away(found):
                return found
        return None

    def _too_loose(self, value: float, level: Level) -> bool:
        """Past a bound or the end of the scale, or reached by a plant dirtier than the k-th from the dirty end."""
        past = self._passes(value, self._binding(level)) or beyond_scale(value, self.indicator)
        return past or self.attained(value) > self.most

    @cached_property
    def most(self) -> int:
        """Plants that may reach a value; at the clean end the disclosure guard prevails."""
        least, plants = self.choices.disclosure_minimum, len(self.column)
        rank = max(loosest_rank(self.column, int(dirty_end(self.asked, least))), min(least, plants))
        return int(np.count_nonzero(self.column <= self.column[rank - 1])) if plants else 0

    def _gives_away(self, value: float) -> bool:
        """Whether fewer plants than the guard asks for report just this value."""
        same = np.isclose(self.column, self.sign * value, rtol=1e-9, atol=0.0)
        return 0 < int(np.count_nonzero(same)) < self.choices.disclosure_minimum


def _ordered(ones: Mapping[Level, _Indicator], levels: Mapping[Level, Settled]) -> dict[Level, Settled]:
    """Each level at least as strict as the next looser one, stricter where the plants tell them apart; counted."""
    out = dict(levels)
    known = [level for level in reversed(LEVELS) if np.isfinite(levels[level].value)]
    for place, (looser, level) in enumerate(pairwise(known)):
        if ones[level].sign * out[level].value > ones[level].sign * out[looser].value:
            out[level] = out[level].moved(out[looser].value, reasons.ordered(level, looser), "order")
        same = out[level].value == out[looser].value
        if same and ones[level].indicator.kind is not Kind.QUALITATIVE:
            out |= _apart(ones, out, level, looser, out[known[place - 1]].value if place else np.nan)
    return {
        level: replace(one, attained=ones[level].attained(one.value), plants=len(ones[level].column))
        for level, one in out.items()
    }


def _apart(
    ones: Mapping[Level, _Indicator],
    levels: Mapping[Level, Settled],
    strict: Level,
    loose: Level,
    ceiling: float,
) -> dict[Level, Settled]:
    """Two levels with one value told apart: the looser one loosened, else the stricter one tightened."""
    step = levels[loose].step or levels[strict].step
    if step is None or ones[loose].choices.rounding == "none":
        return {}
    moves: tuple[tuple[Level, Level, Side], ...] = ((loose, strict, "loose"), (strict, loose, "strict"))
    for level, other, side in moves:
        one, own = ones[level], levels[level]
        found = one.step_apart(own.value, step, side, level, ceiling)
        if found is not None:
            moved = own.moved(found, reasons.apart(level, other, side), "apart")
            return {level: replace(moved, step=step)}
    return {}


def _published(earlier: pd.DataFrame | None) -> dict[tuple[str, str], tuple[float, int]]:
    if earlier is None:
        return {}
    columns = (earlier[name].tolist() for name in ("indicator", "level", "value", "n"))
    return {
        (str(i), str(lv)): (float(v), int(n)) for i, lv, v, n in zip(*columns, strict=True) if np.isfinite(v)
    }
