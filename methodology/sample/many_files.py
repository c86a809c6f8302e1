"""One sample from several tables: what plants sent is kept as it came, one file each or one for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
from pandas.api.types import is_numeric_dtype

from methodology.errors import DataError, Problem
from methodology.indicators import IndicatorSystem, Sample
from methodology.sample.description import SUFFIXES, Description
from methodology.sample.header import Vocabulary
from methodology.sample.loaded import Loaded, codes_of
from methodology.sample.sheets import read_grids
from methodology.sample.years import LATEST, one_row_per_plant


def opens(path: Path, system: IndicatorSystem) -> Problem | None:
    """Why a file that somebody sent cannot be opened at all; None if it can, or is no table."""
    try:
        if path.suffix.lower() in SUFFIXES:
            read_grids(path, Vocabulary.of(system, Description()))
        else:
            with path.open("rb") as file:
                file.read(1)
    except OSError as fault:
        return Problem(f"{path.name} cannot be opened: {fault.strerror}.", fix="Check its rights.")
    except DataError as fault:
        return Problem(str(fault))
    return None


def read_files(
    tables: Sequence[Path],
    description: Description,
    system: IndicatorSystem,
    keys: Path,
    read: Callable[[Path, Description], Loaded],
) -> Loaded:
    """
    Read every table, and set the plants of all below one another.

    Parameters
    ----------
    tables : sequence of Path
        At least one.
    keys : Path
        Folder in which the key of the pseudonyms is named.
    read : callable
        Reads one of them.

    Returns
    -------
    Loaded
        With the files as its parts. A file that cannot be opened is one fault, and so is a plant that stands in two.
    """
    parts, problems = [], []
    for table in tables:
        try:
            parts.append(
                read(table, description.model_copy(update={"key": ""}))
            )  # codes are given to all at once
        except DataError as fault:
            problems.append(Problem(str(fault)))
    problems += [problem for part in parts for problem in part.problems]
    between = _twice(parts) + _without_years(parts)
    plants = [plant for part in parts for plant in part.plants]
    codes, of_key = codes_of(description, keys, dict.fromkeys(plants))
    samples = [part.sample for part in parts if part.sample is not None]
    together = bool(samples) and not between  # of faulty files too, so that all doubts are said at once
    return Loaded(
        description,
        _below(samples, system) if together else None,
        (*problems, *between, *of_key),
        tuple(_told_once([remark for part in parts for remark in part.remarks])),
        codes=codes,
        system=system,
        texts=tuple(table.stem for table in tables),
        parts=tuple(parts),
    )


def _told_once(remarks: Sequence[Problem]) -> list[Problem]:
    """What is said of the same place in several files, said once."""
    files: dict[Problem, list[str]] = {}
    for remark in remarks:
        files.setdefault(replace(remark, file=""), []).append(remark.file)
    return [
        replace(remark, file=names[0] if len(names) == 1 else f"{len(names)} files")
        for remark, names in files.items()
    ]


def _twice(parts: Sequence[Loaded]) -> list[Problem]:
    """Plants that stand in two files in one year: a copied form, or a plant that answered again."""
    first: dict[tuple[str, int], str] = {}
    problems = []
    for part in parts:
        rows, ids = part.rows, part.system.ids if part.system else ()
        if rows is None or not ids:
            continue
        for plant, year in zip(rows.plants, rows.years or [0] * len(rows.plants), strict=True):
            place = part.place(plant, str(ids[0]), year)
            file = str(place.get("file", ""))
            if first.setdefault((plant, year), file) != file:
                what = f"the plant stands in {first[plant, year]} already{f', for {year}' if year else ''}."
                fix = "Keep one of the two, or give two units of one plant two ids."
                problems.append(Problem(what, **{**place, "column": "plant"}, fix=fix))
    return problems


def _without_years(parts: Sequence[Loaded]) -> list[Problem]:
    """Files that say no year where others do."""
    if not any(part.rows and part.rows.years for part in parts):
        return []
    silent = [part.grid.file for part in parts if part.rows and not part.rows.years and part.grid]
    return [Problem("has no column `year`; other files have one.", file=f, fix="Add it.") for f in silent]


def _below(samples: Sequence[Sample], system: IndicatorSystem) -> Sample:
    """Samples of the same system, one below the other, year by year where they hold years."""
    years = sorted({year for sample in samples for year in sample.years})
    if years:
        by_year = {y: _below([s.years[y] for s in samples if y in s.years], system) for y in years}
        return one_row_per_plant(by_year, system, LATEST)
    attributes = pd.concat([sample.attributes for sample in samples])
    words = attributes.columns[[not is_numeric_dtype(attributes[name]) for name in attributes]]
    attributes[words] = attributes[words].fillna("")  # a file may lack a column of words
    return Sample(
        values=pd.concat([sample.values for sample in samples]),
        states=pd.concat([sample.states for sample in samples]),
        attributes=attributes,
        excluded=pd.concat([sample.excluded for sample in samples], ignore_index=True),
        notes=pd.concat([sample.notes for sample in samples], ignore_index=True),
        origins=pd.concat([sample.origins for sample in samples], ignore_index=True),
    )
