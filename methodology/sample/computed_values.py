"""Typed values beside values computed from raw quantities: one of each plant and indicator, with its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import Problem
from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.indicators.cells import ORIGIN_COLUMNS
from methodology.indicators.computed import Computed, Raw, agree, compute
from methodology.indicators.display import unit_of
from methodology.indicators.expressions import parse
from methodology.sample.applicability import applies, contradictions
from methodology.sample.attribute_words import attribute_name, choice_words


@dataclass(frozen=True)
class Answer:
    """One entry: what was read, in the unit of the system, and the cell it stands in."""

    value: float
    state: CellState
    sheet: str
    cell: str


@dataclass
class Answers:
    """What one plant's form says, and what is wrong with it."""

    file: str
    plant: str = ""
    year: int | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Answer] = field(default_factory=dict)
    raw: dict[str, list[Answer | None]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    hidden: set[tuple[str, int]] = field(default_factory=set)
    """Sheets and rows of entries that nobody sees."""


TYPED, COMPUTED = "typed", "computed"
Places = Mapping[tuple[str, str], Mapping[str, object]]
"""File, sheet and row of the value of a plant and indicator."""


@dataclass(frozen=True)
class _Settled:
    """Value of one plant and indicator, and where it came from."""

    value: float
    state: CellState
    origins: tuple[tuple[str, str, str], ...] = ()
    """How, sheet, cells."""


def settle(
    forms: Sequence[Answers], digests: Mapping[str, str], system: IndicatorSystem
) -> tuple[Sample, Places, list[Problem]]:
    """
    Take of every plant and indicator the typed value, or the computed one where nothing is typed.

    Parameters
    ----------
    forms : sequence of Answers
        One of each plant.
    digests : mapping of file to str
        What a file is called in the origins.

    Returns
    -------
    sample, places, problems
        The sample with its origins; where each value stands, for messages; values that disagree by more than rounding
        or contradict the equipment stated.
    """
    computed = compute(system, raw_of(forms, system))
    problems: list[Problem] = []
    places: dict[tuple[str, str], Mapping[str, object]] = {}
    values, states, origins = {}, {}, []
    for name in system.ids:
        column = []
        for at, form in enumerate(forms):
            settled, faults = _settled(form, system, name, computed.get(name), at)
            problems += faults
            column.append(settled)
            file = digests[form.file]
            origins += [(form.plant, name, how, file, sheet, cells) for how, sheet, cells in settled.origins]
            places[form.plant, name] = _place(form, settled)
        values[name] = [settled.value for settled in column]
        states[name] = [int(settled.state) for settled in column]
    index = pd.Index([form.plant for form in forms], name="plant", dtype=object)
    told = dict.fromkeys(name for form in forms for name in form.attributes)
    sample = Sample(
        pd.DataFrame(values, index=index, dtype=float),
        pd.DataFrame(states, index=index, dtype="int8"),
        pd.DataFrame({name: [form.attributes.get(name, "") for form in forms] for name in told}, index=index),
        origins=pd.DataFrame(origins, columns=ORIGIN_COLUMNS, dtype=object),
    )
    return sample, places, list(dict.fromkeys(problems))


def odd(sample: Sample, system: IndicatorSystem) -> Iterator[tuple[str, str, str, str]]:
    """Values that contradict the equipment stated, or would be corrected twice: plant, indicator, what, fix."""
    yield from contradictions(sample, system)
    yield from _converted_twice(sample, system)


def raw_of(forms: Sequence[Answers], system: IndicatorSystem) -> Raw:
    """Raw quantities of all plants side by side."""
    amounts, limits = {}, {}
    for quantity in system.quantities:
        told = [form.raw.get(quantity.id, []) for form in forms]
        width = max(1, *map(len, told)) if told else 1
        table, below = np.full((len(forms), width), np.nan), np.zeros((len(forms), width), dtype=np.bool_)
        for row, answers in enumerate(told):
            for column, answer in enumerate(answers):
                if answer is not None:
                    table[row, column] = answer.value
                    below[row, column] = answer.state is CellState.BELOW_LIMIT
        amounts[quantity.id], limits[quantity.id] = table, below
    return Raw(amounts, limits)


def _converted_twice(sample: Sample, system: IndicatorSystem) -> Iterator[tuple[str, str, str, str]]:
    """Values computed outlet by outlet, oxygen and all, of plants whose concentrations are yet to be converted."""
    converting = [correction for correction in system.corrections if correction.value]
    if not converting or not (sample.origins["how"] == COMPUTED).any():
        return
    told: dict[str, set[tuple[str, str]]] = {TYPED: set(), COMPUTED: set()}
    for origin in sample.origins[["plant", "indicator", "how"]].itertuples():
        told[origin.how].add((origin.plant, origin.indicator))
    computed = told[COMPUTED] - told[TYPED]
    for correction in converting:
        for plant, name in sorted(computed):
            stated = sample.attributes.loc[plant]
            if name in correction.target and all(
                stated[key] == text for key, text in correction.where.items()
            ):
                says = ", ".join(
                    f"{attribute_name(key, 'en')}: {choice_words(key, system.attributes[key])[text][0]}"
                    for key, text in correction.where.items()
                )
                what = f"{system[name].name_zh} {system[name].name_en} is computed and converted already, but {says}."
                yield plant, name, what, "Mend that answer; convert concentrations that are typed too."


def _place(form: Answers, settled: _Settled) -> dict[str, object]:
    """File, sheet and row of a value; a value computed from many cells has none."""
    if not settled.origins or "," in settled.origins[0][2]:
        return {"file": form.file}
    return {"file": form.file, "sheet": settled.origins[0][1], "row": _row_of(settled.origins[0][2])}


def _row_of(cell: str) -> int:
    return int(re.sub(r"\D", "", cell))


def _settled(
    form: Answers, system: IndicatorSystem, name: str, computed: Computed | None, at: int
) -> tuple[_Settled, list[Problem]]:
    """The typed value if there is one, else the computed one; a fault if both are given and differ."""
    typed, indicator = form.typed.get(name), system[name]
    result = float(computed.values[at]) if computed is not None else float("nan")
    origins = [(TYPED, typed.sheet, typed.cell)] if typed else []
    if np.isfinite(result):
        origins += [(COMPUTED, sheet, cells) for sheet, cells in _cells(form, indicator.formula)]
    if typed is not None:
        both = typed.state is CellState.MEASURED and np.isfinite(result)
        if both and not agree(typed.value, result, system.tolerance.share):
            raw = "; ".join(f"{sheet}!{cells}" for _, sheet, cells in origins[1:])
            problem = Problem(
                f"{typed.cell}: {typed.value:.12g} {unit_of(indicator)} is entered for {indicator.name_zh} "
                f"{indicator.name_en}, and the raw data give {result:.6g} {unit_of(indicator)} ({raw}).",
                file=form.file,
                sheet=typed.sheet,
                row=_row_of(typed.cell),
                plant=form.plant,
                why=f"They differ by more than rounding and {100 * system.tolerance.share:g} %.",
                fix="Mend the value or the raw data (often a unit), or clear the value.",
            )
            return _Settled(typed.value, typed.state, tuple(origins)), [problem]
        return _Settled(typed.value, typed.state, tuple(origins)), []
    if computed is not None and np.isfinite(result):
        if applies(indicator, form.attributes) is False:
            return _Settled(float("nan"), CellState.NOT_APPLICABLE), []
        state = CellState.BELOW_LIMIT if computed.below[at] else CellState.MEASURED
        return _Settled(result, state, tuple(origins)), []
    return _Settled(float("nan"), CellState.NOT_REPORTED), _divided_by_nothing(form, system, name)


def _divided_by_nothing(form: Answers, system: IndicatorSystem, name: str) -> list[Problem]:
    """A value for which all is told and that cannot be computed, because an amount it is divided by is 0."""
    indicator = system[name]
    asked = [q.id for q in system.quantities if indicator.formula and q.id in parse(indicator.formula).names]
    told = {code: [answer for answer in form.raw.get(code, ()) if answer] for code in asked}
    zeros = [answer for answers in told.values() for answer in answers if answer.value == 0]
    if not zeros or not all(told.values()) or applies(indicator, form.attributes) is False:
        return []
    what = f"{zeros[0].cell}: 0 is entered, and what is divided by it cannot be computed."
    place: dict[str, Any] = {
        "file": form.file,
        "sheet": zeros[0].sheet,
        "row": _row_of(zeros[0].cell),
        "plant": form.plant,
    }
    return [Problem(what, **place, fix="Mend the amount, or clear it if it is not known.")]


def _cells(form: Answers, formula: str) -> Iterator[tuple[str, str]]:
    """Cells a formula was computed from, sheet by sheet."""
    by_sheet: dict[str, list[str]] = {}
    for name in parse(formula).names:
        for answer in form.raw.get(name, ()):
            if isinstance(answer, Answer):
                by_sheet.setdefault(answer.sheet, []).append(answer.cell)
    for sheet, cells in by_sheet.items():
        yield sheet, ", ".join(cells)
