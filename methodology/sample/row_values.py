"""Rows of a table become values: typed, or computed from columns of raw quantities, in every year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from methodology.errors import Problem
from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.indicators.cells import ORIGIN_COLUMNS
from methodology.sample.columns import read_table
from methodology.sample.computed_values import TYPED, Answer, Answers, settle
from methodology.sample.description import Description
from methodology.sample.header import Head
from methodology.sample.rows import Rows
from methodology.sample.years import LATEST, one_row_per_plant
from methodology.spreadsheets.grid import Grid, column_letter


def rows_of_all_years(
    grid: Grid, head: Head, rows: Rows, system: IndicatorSystem, description: Description
) -> tuple[Sample, list[Problem]]:
    """
    Read the rows of a sheet as a sample, year by year where the table holds years.

    Returns
    -------
    sample, problems
        Values computed from raw quantities included, each with its cell; faults of whole columns once.
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
    settled, more = _settled(sample, grid, head, rows, system)
    return settled, [*faults, *more]


def _settled(
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
