"""Everything wrong or doubtful about a sample, at once: what `workbench check` prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from methodology.errors import DataError, Problem, kind_of
from methodology.indicators import CellState, IndicatorSystem, Kind, Sample
from methodology.indicators.display import in_words, number, unit_text
from methodology.languages import in_order, later, retold, say, speaking
from methodology.sample.doubtful_values import suspicions
from methodology.sample.exclusion import AllPlants, Choices, out_of_bounds
from methodology.sample.loaded import Loaded, chosen
from methodology.sample.reading import load

MOST_PLACES = 12
"""Places of one cause that are named; the rest is counted."""


def check_sample(
    place: str | Path | Loaded,
    system: IndicatorSystem,
    *,
    choices: Choices | None = None,
    named: bool = False,
) -> tuple[list[Problem], list[Problem]]:
    """
    Find every problem of a sample, and everything doubtful about it.

    Parameters
    ----------
    place : path or Loaded
        As for `read_sample`; or what `load` made of it.
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
        loaded = place if isinstance(place, Loaded) else load(place, system)
    except DataError as fault:
        return fault.faults, []
    problems = list(loaded.problems)
    warnings = list(loaded.remarks)
    if loaded.sample is not None:
        if not problems:
            try:
                chosen(loaded, loaded.sample, system, choices or AllPlants())
            except DataError as fault:
                problems += fault.faults
        for year, part in loaded.sample.years.items() or [(0, loaded.sample)]:
            warnings += _bounds(loaded, part, system, year)
        warnings += _doubts(loaded, loaded.sample, system)
        warnings += _gaps(loaded, loaded.sample, system)
        warnings += _unchecked(loaded, loaded.sample, system)
        warnings += _done(loaded, loaded.sample)
    if named:
        return problems, warnings
    return [loaded.told(problem, fault=True) for problem in problems], list(map(loaded.told, warnings))


def _bounds(loaded: Loaded, sample: Sample, system: IndicatorSystem, year: int) -> list[Problem]:
    return [
        Problem(
            f"the value lies {row.side} the bound of {number(row.bound, digits=6)} {unit_text(str(row.unit))}"
            f"{in_words(row.status)}.",
            **loaded.place(str(row.plant), str(row.indicator), year),
            why="It is physically impossible or a slip of reporting.",
            fix="Ask the plant; until then a run sets the cell aside (`sample.bounds: exclude`).",
        )
        for row in out_of_bounds(sample, system).itertuples()
    ]


def _doubts(loaded: Loaded, sample: Sample, system: IndicatorSystem) -> list[Problem]:
    found = []
    for row in suspicions(sample, system).itertuples():
        whole = not (row.plant and row.indicator)  # of a row or a column
        named = system.ids[0] if whole else str(row.indicator)
        place = loaded.place(str(row.plant), named, int(str(row.year)))
        place |= {"column": row.indicator} if whole else {}
        found.append(Problem(f"[{row.severity}] {row.what}.", **place, fix="Ask the plant."))
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
    what = "the attribute is missing: the correction {!r} cannot be made."
    return found + [
        Problem(what.format(correction), **{**place, "column": attribute})
        for attribute, correction in missing.items()
    ]


def _unchecked(loaded: Loaded, sample: Sample, system: IndicatorSystem) -> list[Problem]:
    """Indicators without bounds, for whose values nothing speaks, and their zeros."""
    found = []
    for name in sample.values.columns:
        if system[name].kind is Kind.QUALITATIVE or system[name].bounds is not None:
            continue
        place = {**loaded.place("", name), "row": None}
        fix = "Declare `bounds` in the system."
        found.append(Problem("no bounds are known: nothing about its values is checked.", **place, fix=fix))
        zeros = sample.values[name].where(sample.states[name] == CellState.MEASURED) == 0
        if zeros.any():
            what = f"{int(zeros.sum())} of {len(zeros)} values are exactly 0 and are read as measured."
            told = loaded.description.written_in
            fix = f"Where 0 means that nothing was reported, declare it under `marks:` in {told}."
            found.append(Problem(what, **place, fix=fix))
    return found


def _done(loaded: Loaded, sample: Sample) -> list[Problem]:
    """What was done to cells and columns on the way in, once for each kind."""
    found = []
    for (name, what, reason), rows in sample.notes.groupby(["indicator", "what", "reason"], sort=False):
        count = "" if len(rows) == 1 else f" ({len(rows)} cells)"
        file = loaded.place("", str(name))["file"]
        found.append(Problem(f"{what}{count}: {reason}.", file=file, column=str(name)))
    return found


def one_per_cause(problems: Iterable[Problem]) -> list[Problem]:
    """
    One fault for each cause, with the places where it shows, instead of one for each cell it broke.

    Examples
    --------
    >>> cells = [Problem(f"{value!r} holds a comma.", file="a.csv", row=row, column="dust") for row, value in
    ...          [(2, "1,5"), (3, "2,5"), (9, "3,5")]]
    >>> [str(problem) for problem in one_per_cause(cells)]
    ["a.csv, row 2, column 'dust': '1,5' holds a comma. The same in 2 more places: rows 3, 9."]
    """
    kinds: dict[tuple[str, ...], list[Problem]] = {}
    for p in problems:
        kinds.setdefault((kind_of(p.what), p.file, p.sheet, p.key, kind_of(p.fix)), []).append(p)
    return [alike[0] if len(alike) == 1 else _with_places(alike) for alike in kinds.values()]


def _with_places(alike: list[Problem]) -> Problem:
    """The first of several faults of one cause, and where the others stand."""
    first, others = alike[0], alike[1:]
    if len({(p.row, p.column) for p in alike}) == 1:
        places = ""
    elif len({p.column for p in alike}) == 1:
        places = f"rows {_ranges(sorted({p.row for p in others if p.row is not None}))}"
    else:
        told = dict.fromkeys(f"{p.column or 'row'} {p.row or ''}".strip() for p in others)
        places = ", ".join(list(told)[:MOST_PLACES]) + (", ..." if len(told) > MOST_PLACES else "")
    count = "1 more place" if len(others) == 1 else f"{len(others)} more places"
    end = "" if first.what[-1:] in ".!?" else "."
    return replace(first, what=f"{first.what}{end} The same in {count}{': ' * bool(places)}{places}.")


@dataclass(frozen=True)
class Account:
    """What was read of a file: where, which rows, and how many cells of each state."""

    file: str
    sheet: str
    header: str
    """Row of the header, as the spreadsheet counts it; empty for an inventory."""
    used: str
    """Rows that are plants."""
    skipped: dict[str, str]
    """Why a filled row is no plant -> the rows."""
    plants: int
    excluded: int
    states: dict[str, int]
    years: int = 1

    def __str__(self) -> str:
        with speaking("en"):
            return self._told()

    @property
    def in_both(self) -> list[str]:
        """The account in Chinese and in English, that of the language that is spoken first."""
        with speaking("zh"):
            told = self._told()
        return list(in_order(told, str(self)))

    def _told(self) -> str:
        """The account in the language that is spoken."""
        place = retold(self.file)
        place = say("{file}, sheet {sheet}", file=place, sheet=repr(self.sheet)) if self.sheet else place
        plants = say("{plants} plants", plants=self.plants)
        if self.header:
            values = {"header": self.header, "plants": self.plants, "rows": self.used}
            plants = say("header in row {header}, {plants} plants in rows {rows}", **values)
        if self.years > 1:
            plants = say("{plants} in {years} years", plants=plants, years=self.years)
        if self.excluded:
            plants = say("{plants}, {excluded} excluded", plants=plants, excluded=self.excluded)
        left = [
            say("rows {rows} skipped: each {why}", rows=rows, why=retold(why))
            for why, rows in self.skipped.items()
        ]
        none = [say("no filled row skipped")] if self.header and not left else []
        counts = [say("{count} {name}", count=n, name=retold(name)) for name, n in self.states.items()]
        cells = say("cells: {cells}", cells=say(", ").join(counts))
        listed = say("; ").join((plants, *left, *none, cells))
        return say("read {place}: {listed}.", place=place, listed=listed)


def account(place: str | Path | Loaded, system: IndicatorSystem, *, named: bool = False) -> Account:
    """
    Say what was read of a sample.

    Parameters
    ----------
    place : path or Loaded
        As for `read_sample`; or what `load` made of it. No choice of a run is applied.
    named : bool
        Whether file and sheet are called as they are, for whoever holds them.

    Returns
    -------
    Account
        File, sheet, rows, plants, and cells of each state.

    Raises
    ------
    DataError
        If nothing could be read.
    """
    loaded = place if isinstance(place, Loaded) else load(place, system)
    sample, rows = loaded.sample, loaded.rows
    if sample is None:
        raise DataError("Nothing was read of the sample: some of its columns are missing.")
    shown = Problem("", file=Path(loaded.place("", str(sample.values.columns[0]))["file"]).name)
    if loaded.grid is not None:
        shown = Problem("", file=shown.file, sheet=loaded.grid.sheet)
    shown = shown if named else loaded.told(shown)
    skipped: dict[str, list[int]] = {}
    for part in loaded.parts or (loaded,):
        for row, why in part.rows.skipped.items() if part.rows else ():
            skipped.setdefault(why, []).append(row + 1)
    parts = list(sample.years.values()) or [sample]
    words = {"measured": CellState.MEASURED, later("below a limit"): CellState.BELOW_LIMIT}
    words |= {"not reported": CellState.NOT_REPORTED, "not applicable": CellState.NOT_APPLICABLE}
    return Account(
        file=f"{len(loaded.parts)} files" if loaded.parts else shown.file,
        sheet=shown.sheet,
        header=str(loaded.head.row + 1) if loaded.head else "",
        used=_ranges(row + 1 for row in rows.at) if rows else "",
        skipped={why: _ranges(sorted(set(numbers))) for why, numbers in skipped.items()},
        plants=len(sample.plants),
        excluded=len(sample.excluded),
        states={w: sum(int(p.mask(s).to_numpy().sum()) for p in parts) for w, s in words.items()},
        years=len(parts),
    )


def _ranges(numbers: Iterable[int]) -> str:
    """Rising numbers as ranges: 2-9, 11."""
    runs: list[list[int]] = []
    for one in numbers:
        if runs and one == runs[-1][1] + 1:
            runs[-1][1] = one
        else:
            runs.append([one, one])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in runs) or "none"
