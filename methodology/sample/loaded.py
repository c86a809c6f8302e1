"""Hold a sample as read: its cells, its faults, and the texts that must not be published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from methodology.errors import DataError, Problem
from methodology.indicators import IndicatorSystem, Sample
from methodology.indicators.plain_files import files_of
from methodology.parameters.project import STUDY
from methodology.pseudonyms import is_code, pseudonyms, read_key, unnamed
from methodology.sample.attribute_words import attribute_name, choice_words
from methodology.sample.derived_rows import SUMMARY_WORDS
from methodology.sample.description import Description
from methodology.sample.exclusion import Choices, choose
from methodology.sample.header import EXAMPLE_WORDS, PLANT_WORDS, UNIT_WORDS, Head, Vocabulary
from methodology.sample.names import WITHHELD, Names, comparable, tells, texts_of
from methodology.sample.rows import Rows
from methodology.spreadsheets.grid import Grid

WORDS = (*SUMMARY_WORDS, *UNIT_WORDS, *EXAMPLE_WORDS, *PLANT_WORDS, "none", "fitted", "level")
"""Texts of tables that name nobody, besides those of the system."""
_SAID = ("title_zh", "title_en", "source", "status", "licence", "note", "generator")
"""Texts of the sidecar that reach a page."""


@dataclass(frozen=True)
class Loaded:
    """A sample as read, before any choice, with everything that is wrong or odd about its file."""

    description: Description
    sample: Sample | None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    grid: Grid | None = None
    head: Head | None = None
    rows: Rows | None = None
    codes: dict[str, str] = field(default_factory=dict)
    system: IndicatorSystem | None = None
    grids: tuple[Grid, ...] = ()
    """All sheets of the file; any of their texts may name a plant."""
    tables: tuple[Path, ...] = ()
    """The files that were read."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Plants a mapping found nothing to say of, and why."""
    texts: tuple[str, ...] = ()
    """Further texts that may."""
    cells: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """File, sheet and row of the value of a plant and indicator, where each plant has a form of its own."""
    parts: tuple[Loaded, ...] = ()
    """The files of a sample that is kept in several."""

    @property
    def plants(self) -> tuple[str, ...]:
        """Ids as written, those of excluded plants among them."""
        if self.parts:
            return tuple(dict.fromkeys(plant for part in self.parts for plant in part.plants))
        in_forms = (plant for plant, _ in self.cells)
        return tuple(dict.fromkeys((*(self.rows.plants if self.rows else ()), *in_forms, *self.left_out)))

    @cached_property
    def names(self) -> Names:
        """What must not be said of the sample; nothing if it is public or made up."""
        if not self.description.guarded:
            return Names()
        texts = [*self.texts, *(text for part in self.parts or (self,) for text in part._written)]
        plants, others = Names.of(self.plants, (), self.codes), Names.of((), texts)
        words = [*WORDS, *_called(self.system), *_choices(self.system)] if self.system else [*WORDS]
        said = [*words, self.system.model_dump_json()] if self.system else words
        return plants.without(comparable(" ".join(words))) | others.without(comparable(" ".join(said)))

    @property
    def _written(self) -> Iterator[str]:
        header = (self.grid.sheet, self.head.row, self.head.first) if self.grid and self.head else ("", 0, 0)
        return texts_of(self.grids, header)

    def told(self, problem: Problem, *, fault: bool = False) -> Problem:
        """
        A finding as it may be published: no header or file as written, no text of a cell, no name.

        A row beside a code would tell the plant to whoever knows the order of the table. A doubt therefore has the code
        alone, a fault the row alone: it is for whoever holds the table, and nothing is published of a sample at fault.
        """
        if not self.description.guarded:
            return problem
        known = problem.plant if not self.codes and is_code(problem.plant) else ""
        by_row = fault and problem.row is not None
        return replace(
            problem,
            file=self.names.hide(problem.file),
            sheet="" if tells(problem.sheet) else problem.sheet,
            column=self._column(problem.column),
            plant=known or ("" if by_row else self.codes.get(problem.plant, "")),
            row=problem.row if fault or not self.codes else None,
            what=self.names.hide(problem.what),
            fix=self.names.hide(problem.fix),
        )

    def _column(self, header: str) -> str:
        """A header the workbench knows, or nearly, as written; what it means, if somebody chose the words."""
        if self.parts:
            said = (part._column(header) for part in self.parts)
            return next((text for text in said if text != WITHHELD), WITHHELD)
        if self.head is None or self.system is None or not tells(header):
            return header
        meaning = {self.head.names[at]: name for name, at in self.head.columns.items()}
        if header in self.description.columns:
            return meaning.get(header, WITHHELD)
        words = self._vocabulary
        return header if header in meaning or words.knows(header) or words.near(header) else WITHHELD

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        """Names of columns, put together once for every finding about a table."""
        assert self.system is not None  # noqa: S101 - for the type checker; who asks has a system
        return Vocabulary.of(self.system, self.description)

    def place(self, plant: str, indicator: str, year: int = 0) -> dict[str, Any]:
        """Where a cell stands in its file, for a Problem: in the last year if none is named, of many files in one."""
        if (plant, indicator) in self.cells:
            return {**self.cells[plant, indicator], "plant": plant, "column": indicator}
        if self.cells:
            files = sorted({str(place["file"]) for place in self.cells.values()})
            file = files[0] if len(files) == 1 else f"{len(files)} questionnaires"
            return {"file": file, "plant": plant, "column": indicator}
        if self.parts:
            part = self._part_of.get((plant, year))
            if part is not None:
                return part.place(plant, indicator, year)
            return {"file": "", "plant": plant, "column": indicator}
        if self.grid is None or self.head is None or self.rows is None:
            return {"file": Path(self.description.table).name, "plant": plant, "column": indicator}
        own = self.head.columns.get(indicator)
        column = indicator if own is None else self.head.names[own]  # computed from other columns
        row = self._at[plant, year] + 1 if (plant, year) in self._at else None
        place = {"file": self.grid.file, "sheet": self.grid.sheet, "row": row}
        return {**place, "column": column, "plant": plant}

    @cached_property
    def _part_of(self) -> dict[tuple[str, int], Loaded]:
        forms = {(plant, 0): part for part in self.parts for plant in part.plants if part.rows is None}
        return forms | {key: part for part in self.parts for key in part._at}

    @cached_property
    def _at(self) -> dict[tuple[str, int], int]:
        """Row of each plant and year, from 0, and that of its last year as year 0."""
        if self.rows is None:
            return {}
        years = self.rows.years or (0,) * len(self.rows.at)
        found = sorted(zip(years, self.rows.plants, self.rows.at, strict=True))
        last = {(plant, 0): row for _, plant, row in found}
        return last | {(plant, year): row for year, plant, row in found}


def _called(system: IndicatorSystem) -> Iterator[str]:
    """What a system calls its parts: words, unlike its notes, which may name a plant."""
    yield from (system.name_zh, system.name_en)
    for parts in (system.groups, system.indicators, system.quantities, system.outlets):
        yield from (name for part in parts for name in (part.name_zh, part.name_en))


def _choices(system: IndicatorSystem) -> Iterator[str]:
    """Names of attributes and the words they are answered with, as forms print them."""
    for name, kind in system.attributes.items():
        yield from (attribute_name(name, "zh"), attribute_name(name, "en"))
        yield from (shown for shown, _, _ in choice_words(name, kind).values())


def codes_of(
    description: Description, folder: Path, plants: Iterable[str]
) -> tuple[dict[str, str], list[Problem]]:
    """Code of every plant if the sample has a key, and what is wrong with the key."""
    if not description.key:
        return {}, []
    try:
        return pseudonyms(plants, read_key(folder / description.key)), []
    except DataError as fault:
        return {}, [Problem(str(fault), file=description.written_in, key="key")]


def unsaid(loaded: Loaded, place: Path) -> list[Problem]:
    """
    What would publish the name of a plant: ids without a key, names in the sidecar or in the name of a file.

    The messages quote no name: they stand in the record of a failed run.
    """
    description = loaded.description
    plants = loaded.plants
    named = sum(not is_code(plant) for plant in plants)
    found = []
    if named and not (description.public or description.key):
        file = loaded.grid.file if loaded.grid else description.written_in
        found.append(Problem(unnamed(named, len(plants)), file="" if tells(file.partition(".")[0]) else file))
    if not description.guarded or not place.is_dir():
        return found
    texts = description.model_dump(mode="json", include=set(_SAID))
    what = "names a plant, or repeats a text of the table; it is published."
    found += [
        Problem(what, file=description.written_in, key=key, fix="Say it without.")
        for key, text in texts.items()
        if loaded.names.found_in(str(text))
    ]
    if description.written_in == STUDY:  # the record of its runs lists no file by its name
        return found
    files = [path.relative_to(place).as_posix() for path in files_of(place)]
    guilty = sum(bool(loaded.names.found_in(re.sub(r"[_.-]+", " ", name))) for name in files)
    if guilty:
        what = (
            f"the names of {guilty} files in the folder name a plant; the record of a run lists its inputs."
        )
        found.append(Problem(what, file=place.name, fix="Rename them, e.g. plants.csv."))
    return found


def chosen(loaded: Loaded, sample: Sample, system: IndicatorSystem, choices: Choices) -> Sample:
    """
    Apply the choices of a run to plants as read; texts that may name one stay behind.

    Raises
    ------
    DataError
        As `choose`; and if a choice says what must not be said, or a plant of a sample that is not public bears a name.
    """
    description = loaded.description
    if description.public:
        return choose(sample, system, choices)
    kinds = {**system.attributes, **description.attributes}
    free = [name for name in sample.attributes if kinds.get(str(name)) == "text"]
    if not description.guarded:
        told = {name: [str(text) for text in sample.attributes[name] if text] for name in free}
        free = [name for name in free if not all(map(is_code, told[name]))]
    sample = sample.without(map(str, free))
    return choose(sample, system, choices, codes=loaded.codes, names=loaded.names)
