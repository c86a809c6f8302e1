"""The front door for experts: judgement files and filled forms, every fault named at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd

from methodology.errors import JudgementError, Problem, WorkbenchError, raise_problems
from methodology.forms.judged_cells import judged_cells
from methodology.forms.judgement_checks import (
    Entry,
    best_worst_faults,
    budget_faults,
    expert_faults,
    faults_of_names,
    number,
    on_scale,
    pairwise_faults,
)
from methodology.indicators import IndicatorSystem, Judgements
from methodology.indicators.judgements import (
    BEST_WORST_COLUMNS,
    BUDGET_COLUMNS,
    EXPERT_COLUMNS,
    PAIRWISE_COLUMNS,
    nodes_of,
)
from methodology.indicators.plain_files import files_of
from methodology.pseudonyms import CODE
from methodology.spreadsheets.grid import LARGEST_FILE, is_empty
from methodology.spreadsheets.text_tables import read_delimited

FILES = {
    "pairwise.csv": PAIRWISE_COLUMNS,
    "budget.csv": BUDGET_COLUMNS,
    "best_worst.csv": BEST_WORST_COLUMNS,
    "experts.csv": EXPERT_COLUMNS,
}
_OPTIONAL = {"field", "weight"}
_LARGEST_DENOMINATOR = 1000


def read_judgements(folder: Path, system: IndicatorSystem) -> Judgements:
    """
    Read the judgements of a panel on one system.

    Parameters
    ----------
    folder : Path
        Holds pairwise.csv (expert, node, a, b, value), budget.csv (expert, round, node, item, points), best_worst.csv
        (expert, node, best, worst, item, best_to_other, other_to_worst), or some of them, and experts.csv (expert,
        field, weight). `node` is `groups` or the id of a group. Filled expert forms (.xlsx) in the folder count too.
    system : IndicatorSystem
        Names nodes and items.

    Returns
    -------
    Judgements
        Values as numbers; experts who are not listed count once.

    Raises
    ------
    JudgementError
        If there is no judgement file, or anything in them is at fault: all at once, with file, row and column.

    Notes
    -----
    Experts appear under pseudonyms such as E1, and real names are refused where they can be told (A-41).
    """
    found, forms = _given(folder)
    if not has_judgements(folder):
        raise JudgementError(
            f"There are no judgements in {folder.name!r}: neither {', '.join(list(FILES)[:3])} nor a filled form is "
            "there. Ask the panel with the expert form, or choose a method that reads the sample."
        )
    problems: list[Problem] = []
    tables = {name: _entries(folder / name, FILES[name], problems) for name in found}
    listed = {entry.text("expert") for entry in tables.get("experts.csv", [])}
    for name, entries in _from_forms(forms, system, problems).items():
        new = [entry for entry in entries if name != "experts.csv" or entry.text("expert") not in listed]
        tables[name] = [*tables.get(name, []), *new]
    return checked(tables, system, problems, where=folder.name)


def has_judgements(folder: Path) -> bool:
    """Whether a folder holds anything that `read_judgements` reads."""
    found, forms = _given(folder)
    return bool(set(found) - {"experts.csv"} or forms)


def _given(folder: Path) -> tuple[list[str], list[Path]]:
    """Judgement files of a folder by name, and the forms in it or below."""
    forms = [
        path
        for path in (files_of(folder) if folder.is_dir() else [])
        if path.suffix == ".xlsx" and not path.name.startswith((".", "~$"))
    ]
    return [name for name in FILES if (folder / name).is_file()], forms


def read_expert_form(path: Path, system: IndicatorSystem) -> Judgements:
    """
    Read one filled expert form; see `read_expert_forms`.

    Raises
    ------
    JudgementError
        Every fault of the form at once, with sheet and cell.
    DataError
        If the file is damaged or no workbook.
    """
    return read_expert_forms([path], system)


def read_expert_forms(paths: Iterable[Path], system: IndicatorSystem) -> Judgements:
    """
    Read the forms a panel sent back.

    Parameters
    ----------
    paths : iterable of Path
        Workbooks as `workbench template ID --experts` writes them. A node left empty is no judgement; points left empty
        beside others are 0.
    system : IndicatorSystem
        The system they were written for.

    Returns
    -------
    Judgements
        All experts together; every expert counts once.

    Raises
    ------
    JudgementError
        Every fault of all forms at once, with file, sheet and cell; two forms under one code among them.
    DataError
        If a file is damaged or no workbook.
    """
    forms = list(paths)
    problems: list[Problem] = []
    tables = _from_forms(forms, system, problems)
    return checked(tables, system, problems, where=", ".join(path.name for path in forms))


def _from_forms(
    paths: Sequence[Path], system: IndicatorSystem, problems: list[Problem]
) -> dict[str, list[Entry]]:
    from methodology.forms.expert_form_reading import form_entries

    tables: dict[str, list[Entry]] = {name: [] for name in FILES}
    first: dict[str, tuple[Entry, str]] = {}
    for form, path in enumerate(paths):
        try:
            found, faults = form_entries(path, system)
        except WorkbenchError as unread:
            if len(paths) == 1:
                raise
            problems.append(Problem(str(unread)))
            continue
        problems += faults
        wrong = {
            entry.text("expert"): fault
            for entry in found["experts.csv"]
            if (fault := _fault_of_code(entry, first, found["budget.csv"]))
        }
        problems += wrong.values()
        stand_ins = {code: f"E{1000 + 20 * form + at}" for at, code in enumerate(wrong)}
        listed = {entry.text("expert") for entry in tables["experts.csv"]}
        found["experts.csv"] = [
            entry
            for entry in found["experts.csv"]
            if entry.text("expert") not in listed or entry.text("expert") in wrong
        ]
        for name, entries in found.items():
            tables[name] += [_under(stand_ins.get(entry.text("expert"), ""), entry) for entry in entries]
    return tables


def _under(code: str, entry: Entry) -> Entry:
    """An entry of an expert whose code is at fault, under another: that is said once, and what else is wrong too."""
    return replace(entry, fields={**entry.fields, "expert": code}) if code else entry


def _fault_of_code(
    entry: Entry, first: dict[str, tuple[Entry, str]], budget: Sequence[Entry]
) -> Problem | None:
    """A code that is none, or that another form of the round bears as well: one fault, whatever it says besides."""
    code = entry.text("expert")
    if not CODE.match(code):
        what = f"{code!r} is no pseudonym." if code else "the code of the expert is missing."
        return entry.problem("expert", what, fix="Use a code such as E1; names stay with the secretariat.")
    turn = next((row.text("round") for row in budget if row.text("expert") == code), "")
    other, earlier = first.setdefault(code, (entry, turn))
    if other is entry or (turn and earlier and turn != earlier):
        return None
    return entry.problem(
        "expert", f"code {code} is also in {other.file}.", fix="Give each expert a code of its own, e.g. E2."
    )


def checked(
    tables: dict[str, list[Entry]], system: IndicatorSystem, problems: list[Problem], *, where: str
) -> Judgements:
    """Entries by kind as `Judgements`, or every fault at once; `problems` are those already found."""
    nodes = nodes_of(system)
    pairwise, budget, best_worst, experts = (tables.get(name, []) for name in FILES)
    listed = {entry.text("expert") for entry in experts}
    known = listed or {entry.text("expert") for part in tables.values() for entry in part}
    found = [
        *problems,
        *expert_faults(experts),
        *faults_of_names(pairwise, nodes, known, ("a", "b")),
        *pairwise_faults(pairwise, nodes),
        *faults_of_names(budget, nodes, known, ("item",)),
        *budget_faults(budget),
        *faults_of_names(best_worst, nodes, known, ("item", "best", "worst")),
        *best_worst_faults(best_worst, nodes),
    ]
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    raise_problems(JudgementError, f"The judgements of {where!r} have {count}.", found)
    return Judgements(
        experts=_experts(experts, known),
        pairwise=_table(pairwise, PAIRWISE_COLUMNS, ("value",)),
        budget=_table(budget, BUDGET_COLUMNS, ("round", "points")),
        best_worst=_table(best_worst, BEST_WORST_COLUMNS, ("best_to_other", "other_to_worst")),
        origins=judged_cells(pairwise, best_worst, budget, experts),
    )


def _entries(path: Path, columns: Sequence[str], problems: list[Problem]) -> list[Entry]:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        problems.append(Problem(f"{size:,} bytes; at most {LARGEST_FILE:,} are read.", file=path.name))
        return []
    grid = read_delimited(path.read_bytes(), path.name, lambda cell: str(cell).strip() in columns)
    rows = [place for place, row in enumerate(grid.rows) if not all(is_empty(cell) for cell in row)]
    if not rows:
        problems.append(grid.problem("the file is empty.", fix=f"Its first row is {','.join(columns)}."))
        return []
    head = [str(cell).strip() for cell in grid.rows[rows[0]]]
    absent = [name for name in columns if name not in head and name not in _OPTIONAL]
    if absent:
        what = f"column {', '.join(map(repr, absent))} is missing."
        problems.append(grid.problem(what, rows[0], fix=f"The first row is {','.join(columns)}."))
        return []
    at = {name: head.index(name) for name in columns if name in head}
    return [
        Entry({name: grid.cell(row, column) for name, column in at.items()}, file=grid.file, row=row + 1)
        for row in rows[1:]
    ]


def _experts(entries: Sequence[Entry], known: set[str]) -> pd.DataFrame:
    rows = [
        (e.text("expert"), e.text("field"), number(e.fields.get("weight") or "1") or 1.0) for e in entries
    ]
    return pd.DataFrame(rows or [(name, "", 1.0) for name in sorted(known)], columns=list(EXPERT_COLUMNS))


def _table(entries: Sequence[Entry], columns: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
    rows = [
        tuple(_value(entry, name) if name in numbers else entry.text(name) for name in columns)
        for entry in entries
    ]
    return pd.DataFrame(rows, columns=list(columns))


def _value(entry: Entry, name: str) -> float | int:
    if name == "value":
        return on_scale(entry.fields[name])
    value = float(str(entry.fields[name]))
    return int(value) if name == "round" else value


def judgement_files(judgements: Judgements) -> dict[str, str]:
    """
    Judgements as the texts of the files `read_judgements` reads, by name; a kind nobody was asked has no file.

    UTF-8 CSV with line feeds; comparisons below 1 as fractions such as 1/3.
    """
    values = [_ratio_text(value) for value in judgements.pairwise["value"]]
    tables = {
        "experts.csv": judgements.experts,
        "pairwise.csv": judgements.pairwise.assign(value=values),
        "budget.csv": judgements.budget,
        "best_worst.csv": judgements.best_worst,
    }
    return {name: _csv(table) for name, table in tables.items() if len(table)}


def _ratio_text(value: float) -> str:
    exact = Fraction(value).limit_denominator(_LARGEST_DENOMINATOR)
    return str(exact) if abs(float(exact) - value) < 1e-9 else repr(float(value))


def _csv(table: pd.DataFrame) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow([f"{cell:g}" if isinstance(cell, float) else cell for cell in row])
    return buffer.getvalue()
