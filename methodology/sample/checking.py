"""Everything wrong or doubtful about a sample, at once: what `workbench check` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from methodology.errors import DataError, Problem
from methodology.indicators import CellState, IndicatorSystem, Kind, Sample
from methodology.indicators.display import in_words
from methodology.sample.exclusion import AllPlants, Choices, out_of_bounds
from methodology.sample.loaded import Loaded, chosen
from methodology.sample.reading import load
from methodology.sample.suspicion import suspicions


def check_sample(
    place: str | Path, system: IndicatorSystem, *, choices: Choices | None = None, named: bool = False
) -> tuple[list[Problem], list[Problem]]:
    """
    Find every problem of a sample, and everything doubtful about it.

    Parameters
    ----------
    place : path
        As for `read_sample`.
    choices : Choices, optional
        Tried as well: a plant or stratum that does not exist is a problem.
    named : bool
        Whether plants, headers and cells are quoted as written, for whoever holds the table. By default findings may be
        published: they speak in codes.

    Returns
    -------
    problems, warnings
        A sample with problems is refused by every run. Warnings are read: cells outside physical bounds are set
        aside (or flagged), broken relations and likely slips of unit are for the plant to answer.
    """
    try:
        loaded = load(place, system)
    except DataError as fault:
        return _problems_of(fault), []
    problems = list(loaded.problems)
    warnings = list(loaded.remarks)
    if loaded.sample is not None:
        if not problems:
            try:
                chosen(loaded, loaded.sample, system, choices or AllPlants())
            except DataError as fault:
                problems += _problems_of(fault)
        warnings += _bounds(loaded, loaded.sample, system)
        warnings += _doubts(loaded, loaded.sample, system)
        warnings += _gaps(loaded, loaded.sample, system)
    if named:
        return problems, warnings
    return [loaded.told(problem, fault=True) for problem in problems], [
        loaded.told(doubt) for doubt in warnings
    ]


def _problems_of(fault: DataError) -> list[Problem]:
    return list(fault.problems) or [Problem(str(fault))]


def _bounds(loaded: Loaded, sample: Sample, system: IndicatorSystem) -> list[Problem]:
    return [
        Problem(
            f"the value lies {row.side} the bound of {row.bound:g} {row.unit}{in_words(row.status)}.",
            **loaded.place(str(row.plant), str(row.indicator)),
            why="It is physically impossible or a slip of reporting.",
            fix="Ask the plant; until then a run sets the cell aside (`sample.bounds: exclude`).",
        )
        for row in out_of_bounds(sample, system).itertuples()
    ]


def _doubts(loaded: Loaded, sample: Sample, system: IndicatorSystem) -> list[Problem]:
    found = []
    for row in suspicions(sample, system).itertuples():
        place: dict[str, Any] = (
            loaded.place(str(row.plant), str(row.indicator))
            if row.plant and row.indicator
            else {**loaded.place("", system.ids[0]), "row": None, "plant": row.plant, "column": row.indicator}
        )
        found.append(Problem(f"[{row.severity}] {row.what}.", **place, fix=f"({row.check})"))
    return found


def _gaps(loaded: Loaded, sample: Sample, system: IndicatorSystem) -> list[Problem]:
    """Columns that carry nothing, limits where none are known, attributes that corrections will miss."""
    found = []
    for name in sample.values.columns:
        place = {**loaded.place("", name), "row": None}
        if (sample.states[name] == CellState.NOT_REPORTED).all():
            found.append(Problem("no plant reports it: no benchmark value can be formed.", **place))
        below = int((sample.states[name] == CellState.BELOW_LIMIT).sum())
        if below and not system[name].censoring.possible and system[name].kind is Kind.QUANTITATIVE:
            what = f"{below} cells lie below a limit, though no detection limit is known for it."
            found.append(Problem(what, **place))
    missing = {
        attribute: correction.id
        for correction in system.corrections
        if correction.computable
        for attribute in correction.attributes
        if attribute in system.attributes and attribute not in sample.attributes
    }
    place = {**loaded.place("", system.ids[0]), "row": None, "plant": ""}
    found += [
        Problem(
            f"the attribute is missing: the correction {correction!r} cannot be made.",
            **{**place, "column": attribute},
        )
        for attribute, correction in missing.items()
    ]
    return found
