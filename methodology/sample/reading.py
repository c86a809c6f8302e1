"""The front door for plants: a folder, a CSV or a workbook becomes a `Sample`, or one error with every fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.indicators import IndicatorSystem, Sample
from methodology.indicators.cells import excluded_by_rule
from methodology.indicators.plain_files import files_of
from methodology.pseudonyms import pseudonymise, refuse_real_names
from methodology.sample.cell_reading import shown
from methodology.sample.computed_values import odd, rows_of_all_years
from methodology.sample.derived_rows import figures_of_others
from methodology.sample.description import (
    SIDECAR,
    TABLES,
    Description,
    Study,
    find_tables,
    read_description,
    sidecar_of,
)
from methodology.sample.exclusion import AllPlants, Choices
from methodology.sample.header import (
    PLANT,
    YEAR,
    Head,
    Vocabulary,
    find_header,
    read_head,
    turned,
    units_above,
)
from methodology.sample.loaded import Loaded, chosen, codes_of, unsaid
from methodology.sample.many_files import digest_of, forms_at, is_form, read_files, read_questionnaires
from methodology.sample.mapped_table import Mapped, map_table
from methodology.sample.mapping import MAPPING, Mapping, read_mapping
from methodology.sample.names import tells
from methodology.sample.rows import Rows, read_rows, why_skipped
from methodology.sample.sheets import choose_sheet, read_grids
from methodology.spreadsheets.grid import Grid, column_letter, is_empty

_OTHER_DELIMITER = re.compile(r"[,;\t|，；]\s*[<+-]?\d")
"""A sign and the number it separates from what stands before."""
MOST_TOLD = 1_000
"""Faults of a table that a message lists; `workbench check` counts them all."""
MOST_VALUES = 300_000
"""Cells below the columns that are asked for: were each of them doubtful, they would cost 23 s and 610 MB."""


def read_sample(place: str | Path, system: IndicatorSystem, *, choices: Choices | None = None) -> Sample:
    """
    Read the plants of a sample.

    Parameters
    ----------
    place : path
        A folder with `plants.csv` (or .xlsx, .xls, .ods) and, if wanted, `sample.yaml`; or such a table itself.
        Its first useful row names the columns: plant, indicators, attributes, by id or by the names of the
        questionnaire. Units may stand in the header (`process_energy [GJ/t]`), in a row below it, or in
        `sample.yaml`.
    system : IndicatorSystem
        Says which columns are wanted, in which unit.
    choices : Choices, optional
        The `sample` section of a run: bounds, exclude, stratum. By default cells outside the bounds are set
        aside and all plants kept.

    Returns
    -------
    Sample
        Values in the units of the system; the four states of every cell; who was excluded and which cells were
        set aside or converted, with reasons. Plants carry pseudonyms if `sample.yaml` names a `key`; texts that may
        name a plant are left out unless the sample is declared `public`.

    Raises
    ------
    DataError
        Every fault of the file at once, each with sheet, row as the spreadsheet counts it, and column.

    Notes
    -----
    Rests on A-90 (what a cell may hold), A-91 (bounds), A-92 (limits and bounds) and A-95 (pseudonyms). Messages say
    row and column and no name, because a run that fails is kept: `workbench check` names the plants.
    """
    try:
        loaded = load(place, system)
    except DataError as fault:
        said = _without_file_names(str(fault), Path(place))
        if said == str(fault):
            raise
        raise DataError(said) from None
    if loaded.sample is None or loaded.problems:
        faults = [loaded.told(problem, fault=True) for problem in loaded.problems[:MOST_TOLD]]
        if len(loaded.problems) > MOST_TOLD:
            faults.append(Problem(f"{len(loaded.problems) - MOST_TOLD:,} more faults are not listed."))
        raise_problems(DataError, f"{_name(place)} cannot be used as a sample of {system.id!r}.", faults)
        raise DataError(f"{_name(place)} holds no sample.")
    sample = chosen(loaded, loaded.sample, system, choices or AllPlants())
    if loaded.codes:
        sample = pseudonymise(sample, system, loaded.codes)
    if not loaded.description.public:
        refuse_real_names(sample, system, texts=loaded.description.guarded)
    return sample


def load(place: str | Path, system: IndicatorSystem) -> Loaded:
    """
    Read a sample and keep its faults instead of raising them, as far as anything can be read.

    Raises
    ------
    DataError
        If there is no table, or its file is damaged, protected or larger than any sample.
    """
    path = Path(place)
    loaded = _load(path, system)
    found = (*loaded.problems, *unsaid(loaded, path))
    own = loaded.description.written_in  # what to mend is the file that describes this sample
    problems, remarks = (
        tuple(replace(p, what=p.what.replace(SIDECAR, own), fix=p.fix.replace(SIDECAR, own)) for p in some)
        for some in (found, loaded.remarks)
    )
    return replace(loaded, problems=problems, remarks=remarks)


def _load(path: Path, system: IndicatorSystem) -> Loaded:
    description, problems = read_description(path)
    if description.system not in ("", system.id):
        what = f"the sample is about the system {description.system!r}, not {system.id!r}."
        problems.append(
            Problem(what, file=description.written_in, key="system", fix="Choose the system it is about.")
        )
    if problems:
        return Loaded(description, None, tuple(problems))
    forms = (
        []
        if isinstance(description, Study)
        else forms_at(path if path.is_file() else path / description.table)
    )
    tables = forms or find_tables(path, description)
    keys = sidecar_of(path if path.is_dir() else path.parent).parent
    if forms or all(map(is_form, tables)):
        loaded = read_questionnaires(tables, system, description, folder=keys)
    else:
        loaded = _from_tables(tables, description, system, keys, path)
    return replace(loaded, tables=tuple(tables))


def _from_tables(
    tables: Sequence[Path], description: Description, system: IndicatorSystem, keys: Path, place: Path
) -> Loaded:
    """Read one table or several, through the mapping of their place if there is one."""
    mapping, problems = read_mapping(place)
    if mapping is not None and mapping.system not in ("", system.id):
        what = f"the mapping is about the system {mapping.system!r}, not {system.id!r}."
        problems.append(Problem(what, file=MAPPING, key="system", fix="Choose the system it is about."))
    if problems:
        return Loaded(description, None, tuple(problems))
    vocabulary = Vocabulary.of_headers(mapping.read) if mapping else Vocabulary.of(system, description)
    if mapping and mapping.sheet:
        description = description.model_copy(update={"sheet": mapping.sheet})
    one = partial(_from_sheets, mapping=mapping, vocabulary=vocabulary, system=system, keys=keys)
    if len(tables) == 1:
        return one(tables[0], description, read_grids(tables[0], vocabulary))
    return read_files(tables, description, system, keys, vocabulary, one)


def _from_sheets(
    table: Path,
    description: Description,
    grids: list[Grid],
    *,
    mapping: Mapping | None,
    vocabulary: Vocabulary,
    system: IndicatorSystem,
    keys: Path,
) -> Loaded:
    """Understand the sheets of one file."""
    if mapping is None and is_form(table):
        return read_questionnaires([table], system, description, folder=keys)
    digest = digest_of(table)
    grids = [replace(grid, digest=digest) for grid in grids]
    known = Loaded(description, None, system=system, grids=tuple(grids))
    try:
        grid = choose_sheet(grids, vocabulary, description, system)
    except DataError as fault:
        if not description.guarded:
            raise
        return replace(known, problems=(Problem(str(fault)),))
    if mapping is None:
        at = turned(grid, vocabulary)
        told = replace(known, grid=grid, problems=() if at is None else (_turned_at(grid, at),))
        return _from_grid(told, keys, vocabulary) if at is None else told
    return _from_mapped(known, keys, map_table(grid, mapping, system, description))


def _from_mapped(known: Loaded, folder: Path, mapped: Mapped) -> Loaded:
    """Read a table that a mapping has arranged."""
    assert known.system is not None  # noqa: S101 - for the type checker; the caller has it
    arranged = replace(known, grid=mapped.grid, description=mapped.description, left_out=mapped.excluded)
    vocabulary = Vocabulary.of(known.system, mapped.description)
    if mapped.sample_is_lost:
        return replace(arranged, problems=mapped.problems)
    loaded = _from_grid(arranged, folder, vocabulary, header=mapped.header)
    problems = tuple(dict.fromkeys((*mapped.problems, *loaded.problems)))
    ordered = tuple(sorted(problems, key=lambda problem: problem.row or 0))
    if loaded.sample is None:
        return replace(loaded, problems=ordered)
    tables = [loaded.sample.excluded, excluded_by_rule(mapped.excluded)]
    sample = replace(loaded.sample, excluded=pd.concat(tables, ignore_index=True)).noted(mapped.notes)
    return replace(loaded, sample=sample, problems=ordered)


def _without_file_names(message: str, place: Path) -> str:
    """A message about a sample folder, without names of files that somebody chose."""
    if not place.is_dir() or not read_description(place)[0].guarded:
        return message
    for path in sorted(files_of(place), key=lambda path: -len(path.name)):
        if tells(path.stem) and path.name not in (*TABLES, SIDECAR):
            message = message.replace(path.name, "the table")
    return message


def _name(place: str | Path) -> str:
    return Path(place).name or str(place)


def _from_grid(known: Loaded, folder: Path, vocabulary: Vocabulary, *, header: int | None = None) -> Loaded:
    """Read the sheet that was chosen; its header is looked for if nobody says where it is."""
    grid, description, system = known.grid, known.description, known.system
    assert grid is not None and system is not None  # noqa: S101, PT018 - for the type checker; the caller has them
    head = _head_of(grid, vocabulary, header)
    remarks = [grid.problem(f"{remark}.") for remark in grid.remarks]
    hidden = "the sheet is hidden and is not read."
    remarks += [other.problem(hidden) for other in known.grids if other.hidden]
    unknown = _unknown_keys(description, vocabulary)
    if PLANT not in head.columns:
        return replace(known, head=head, problems=(*head.problems, *unknown), remarks=tuple(remarks))
    stray = _stray(grid, head)
    wrong = [problem.row for problem in stray]
    rows = read_rows(grid, head, vocabulary, skip=wrong, confirmed=description.plants)
    codes, of_key = codes_of(description, folder, (*rows.plants, *known.left_out))
    problems = [*head.problems, *unknown, *rows.problems, *stray, *of_key]
    if not (rows.plants or rows.problems or stray):
        problems.append(grid.problem("there is no plant below the header.", head.row, fix="Add the plants."))
    sample, faults = rows_of_all_years(grid, head, rows, system, description)
    for year in sorted(set(rows.years)) or [0]:
        own = rows.of_year(year) if rows.years else rows
        faults += _summaries(sample.years.get(year, sample), own, known, head)
    complete = all(
        name in head.columns or vocabulary.computed.get(name, {""}) <= set(head.columns)
        for name in system.ids
    )
    told = Loaded(description, sample, grid=grid, head=head, rows=rows)
    odds = odd(sample, system)
    faults += [Problem(what, **told.place(plant, name), fix=fix) for plant, name, what, fix in odds]
    remarks += [*rows.remarks, *_hidden(grid, head), *units_above(grid, head)]
    return replace(
        known,
        sample=sample if complete else None,
        problems=tuple(sorted((*problems, *faults), key=lambda problem: problem.row or 0)),
        remarks=tuple(remarks),
        head=head,
        rows=rows,
        codes=codes,
    )


def _head_of(grid: Grid, vocabulary: Vocabulary, header: int | None) -> Head:
    """What the rows above the data say; each cell that is asked for costs something, so their number is bounded."""
    head = read_head(grid, find_header(grid, vocabulary)[0] if header is None else header, vocabulary)
    values = (len(grid.rows) - head.first) * len(head.columns)
    if values > MOST_VALUES:
        raise DataError(
            f"{grid.file}: {values:,} values stand below the columns that are asked for; at most {MOST_VALUES:,} are "
            "read. Keep one row for a plant and a year."
        )
    return head


def _turned_at(grid: Grid, column: int) -> Problem:
    what = f"the names of columns stand below one another in column {column_letter(column)}."
    fix = "Give each plant a row: copy the table and paste it transposed; or describe a long table by a mapping."
    return grid.problem(what, fix=fix)


def _summaries(sample: Sample, rows: Rows, known: Loaded, head: Head) -> list[Problem]:
    """Rows that sum up the others, whatever they are called."""
    assert known.grid is not None and known.system is not None  # noqa: S101, PT018 - for the type checker
    at, column = dict(zip(rows.plants, rows.at, strict=True)), head.names[head.columns[PLANT]]
    what = "each figure of the row is the {} of the other rows: a summary, not a plant."
    fix = "Delete the row; if it is a plant, list it under `plants:` in sample.yaml."
    return [
        known.grid.problem(what.format(word), at[plant], column, plant, fix=fix)
        for plant, word in figures_of_others(sample, known.system)
        if plant not in known.description.plants
    ]


def _unknown_keys(description: Description, vocabulary: Vocabulary) -> list[Problem]:
    """Names in the sidecar that mean no column: a unit stated for them would be lost without a word."""
    known = {*vocabulary.indicators, *vocabulary.attributes, PLANT, YEAR}
    named = [("units", name) for name in description.units]
    named += [("columns", name) for name in description.columns.values()]
    return [
        Problem(
            f"{name!r} under `{key}:` is neither an indicator nor an attribute of the system.",
            file=description.written_in,
            column=f"{key}.{name}",
            fix=f"Did you mean {vocabulary.near(name)!r}?" if vocabulary.near(name) else "Check the name.",
        )
        for key, name in named
        if name not in known
    ]


def _stray(grid: Grid, head: Head) -> list[Problem]:
    """Rows of a text table that are longer than its header, or end before it: cells have moved or are lost."""
    width = max(head.names, default=-1) + 1
    needed = max(head.columns.values(), default=-1) + 1
    problems = []
    for row in range(head.first, len(grid.rows) if not grid.sheet else 0):
        cells, what, fix = grid.rows[row], "", ""
        filled, more = (sum(not is_empty(cell) for cell in some) for some in (cells, cells[width:]))
        if more:
            what = f"the row is longer than the header by {more} filled cell{'s' * (more > 1)}."
            fix = (
                "A comma inside a cell (4,997) may have split it: write 4997, or put text in quotation marks."
            )
        elif len(cells) == 1 and len(_OTHER_DELIMITER.findall(str(cells[0]))) > 1:
            what = f"the row is one cell, {shown(cells[0])}: another sign separates its values than in the header."
            fix = "Separate all rows alike, or save the table as .xlsx."
        elif len(cells) < needed and filled > 1 and not why_skipped(grid, row, head):
            what = f"the row ends after {len(cells)} of {needed} columns: it may have been cut off."
            fix = "Complete it; write the commas of empty cells too."
        problems += [grid.problem(what, row, fix=fix)] if what else []
    return problems


def _hidden(grid: Grid, head: Head) -> list[Problem]:
    names = (head.names[column] for column in sorted(grid.hidden_columns) if column in head.names)
    return [grid.problem("the column is hidden and is read.", column=name) for name in names]
