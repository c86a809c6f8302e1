"""Typed values beside values computed from raw quantities: one of each plant and indicator, with its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import Problem
from methodology.indicators import CellState, Indicator, IndicatorSystem, Sample
from methodology.indicators.cells import ORIGIN_COLUMNS
from methodology.indicators.computed import Computed, Raw, agree, compute
from methodology.indicators.display import unit_of
from methodology.indicators.expressions import parse
from methodology.sample.attribute_words import attribute_name, choice_words
from methodology.sample.columns import read_table
from methodology.sample.description import Description
from methodology.sample.header import Head
from methodology.sample.rows import Rows
from methodology.sample.years import LATEST, one_row_per_plant
from methodology.spreadsheets.grid import Grid, column_letter


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
        The sample with its origins; where each value stands; values that differ by more than rounding.
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


def applies(indicator: Indicator, attributes: Mapping[str, Any]) -> bool | None:
    """Whether the equipment stated makes an indicator apply; None where the system or the plant does not say."""
    told = {name: str(attributes.get(name) or "") for name in indicator.applies}
    if any(text and text not in indicator.applies[name] for name, text in told.items()):
        return False
    return True if told and all(told.values()) else None


def contradictions(sample: Sample, system: IndicatorSystem) -> Iterator[tuple[str, str, str, str]]:
    """
    Find cells that contradict the equipment of their plant: a weight would be handed to others by a slip.

    Yields plant, indicator, what and fix: `n/a` where the equipment is there, or a value where it is not (A-69).
    """
    for indicator in system.indicators:
        named = [name for name in indicator.applies if name in sample.attributes]
        if not named or indicator.id not in sample.states:
            continue
        stated = sample.attributes[named].to_dict("index")
        for plant, state in sample.states[indicator.id].items():
            said = applies(indicator, stated[plant])
            equipment = ", ".join(
                f"{attribute_name(name, 'en')}: {choice_words(name, system.attributes[name])[stated[plant][name]][0]}"
                for name in named
                if stated[plant][name] in system.attributes[name].split("|")
            )
            if state == CellState.NOT_APPLICABLE and said:
                what = f"{indicator.name_zh} {indicator.name_en} is not applicable (n/a), but {equipment}."
                fix = "Enter the value or leave it empty, or mend the equipment."
                yield str(plant), indicator.id, what, fix
            if state <= CellState.BELOW_LIMIT and said is False:
                what = f"{indicator.name_zh} {indicator.name_en} has a value, but {equipment}."
                yield str(plant), indicator.id, what, "Write n/a, or mend the equipment."


def rows_of_all_years(
    grid: Grid, head: Head, rows: Rows, system: IndicatorSystem, description: Description
) -> tuple[Sample, list[Problem]]:
    """
    Read the rows of a sheet as a sample, year by year where the table holds years; faults of whole columns once.

    Values computed from raw quantities are among them, each with its cell.
    """
    if not rows.years:
        return _of_one_year(grid, head, rows, system, description)
    read = {
        year: _of_one_year(grid, head, rows.of_year(year), system, description)
        for year in sorted(set(rows.years))
    }
    faults = dict.fromkeys(fault for _, found in read.values() for fault in found)
    return one_row_per_plant({year: sample for year, (sample, _) in read.items()}, system, LATEST), list(
        faults
    )


def _of_one_year(
    grid: Grid, head: Head, rows: Rows, system: IndicatorSystem, description: Description
) -> tuple[Sample, list[Problem]]:
    sample, faults = read_table(grid, head, rows, system, description)
    settled, more = _settled_rows(sample, grid, head, rows, system)
    return settled, [*faults, *more]


def _settled_rows(
    sample: Sample, grid: Grid, head: Head, rows: Rows, system: IndicatorSystem
) -> tuple[Sample, list[Problem]]:
    """The same sample with the cell of every value, and with values computed from columns of raw quantities."""
    asked = [q.id for q in system.quantities if not q.outlet and q.id in head.columns]
    letters = {name: column_letter(column) for name, column in head.columns.items()}
    if not asked:
        return _typed(sample, grid, letters, rows, system), []
    raw = {name: sample.attributes[name].tolist() for name in asked}
    values, states = sample.values.to_numpy(dtype=float), sample.states.to_numpy()
    attributes = sample.attributes.drop(columns=asked)
    told = attributes.to_dict("records")
    forms = []
    for at, (plant, row) in enumerate(zip(rows.plants, rows.at, strict=True)):
        form = Answers(grid.file, plant, attributes=told[at] if told else {})
        for name, value, state in zip(sample.values.columns, values[at], states[at], strict=True):
            if state != CellState.NOT_REPORTED:
                form.typed[name] = Answer(value, CellState(state), grid.sheet, f"{letters[name]}{row + 1}")
        for name, column in raw.items():
            if not np.isnan(column[at]):
                answer = Answer(column[at], CellState.MEASURED, grid.sheet, f"{letters[name]}{row + 1}")
                form.raw[name] = [answer]
        forms.append(form)
    settled, _, faults = settle(forms, {grid.file: grid.digest}, system)
    return replace(settled, notes=sample.notes, attributes=attributes), faults


def _typed(
    sample: Sample, grid: Grid, letters: Mapping[str, str], rows: Rows, system: IndicatorSystem
) -> Sample:
    """The same sample with the cell of every value, where nothing is computed."""
    names, reported = list(system.ids), int(CellState.NOT_REPORTED)
    states = sample.states.reindex(columns=names, fill_value=reported).astype("int8")
    column, row = np.nonzero(reported != states.to_numpy().T)
    numbers = np.array(rows.at, dtype=int) + 1
    told = [letters.get(name, "") for name in names]
    origins = {
        "plant": np.array(rows.plants, dtype=object)[row],
        "indicator": np.array(names, dtype=object)[column],
        "how": TYPED,
        "file": grid.digest,
        "sheet": grid.sheet,
        "cells": [f"{told[c]}{r}" for c, r in zip(column.tolist(), numbers[row].tolist(), strict=True)],
    }
    return replace(
        sample,
        values=sample.values.reindex(columns=names).astype(float),
        states=states,
        origins=pd.DataFrame(origins, columns=ORIGIN_COLUMNS, dtype=object),
    )
