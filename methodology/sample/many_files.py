"""One sample from several files, kept as they came: a filled questionnaire each, or tables of one plant or many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
from pandas.api.types import is_numeric_dtype

from methodology.errors import DataError, Problem
from methodology.indicators import IndicatorSystem, Sample
from methodology.sample.computed_values import Answers, odd, settle
from methodology.sample.description import SUFFIXES, Description, Study
from methodology.sample.header import Vocabulary
from methodology.sample.loaded import Loaded, codes_of
from methodology.sample.questionnaire_reading import is_questionnaire, read_answers
from methodology.sample.sheets import read_all_grids
from methodology.sample.years import LATEST, one_row_per_plant
from methodology.spreadsheets.grid import LARGEST_FILE, Grid

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def is_form(file: Path) -> bool:
    """Whether a file is a filled questionnaire of one plant."""
    small = file.suffix.lower() in WORKBOOKS and file.is_file() and file.stat().st_size <= LARGEST_FILE
    return small and is_questionnaire(file.read_bytes())


def forms_at(place: Path) -> list[Path]:
    """Filled questionnaires at a place, by name: the file itself, or workbooks in a folder or its `plants/`."""
    folder = place / "plants" if (place / "plants").is_dir() else place
    files = [place] if place.is_file() else sorted(folder.glob("*"))
    return [file for file in files if file.name[:1] not in "~." and is_form(file)]


def digest_of(file: Path) -> str:
    """What a file is called where its name may tell a plant: the beginning of its SHA-256."""
    return _digest(file.read_bytes())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _contents(files: Sequence[Path], digests: dict[str, str]) -> Iterator[tuple[bytes, str]]:
    """Content and name of each file, whose digests are noted: it is opened once."""
    for file in files:
        content = file.read_bytes()
        digests[file.name] = _digest(content)
        yield content, file.name


def read_questionnaires(
    files: Sequence[Path], system: IndicatorSystem, description: Description, *, folder: Path
) -> Loaded:
    """
    Read filled questionnaires, one plant each, with every fault of every file; `folder` is where a key lies.

    The origins of all values stay with the sample.
    """
    from methodology.spreadsheets.workbooks import read_workbooks

    forms, digests, problems = [], dict[str, str](), []
    read = read_workbooks(_contents(files, digests))
    for file, grids in zip(files, read, strict=True):
        if isinstance(grids, DataError):
            problems.append(Problem(str(grids), file=file.name))
            continue
        form = read_answers(grids, system)
        forms.append(form)
        problems += form.problems
    problems += _same_plant(forms) + _other_year(forms, description)
    codes, of_key = codes_of(description, folder, [form.plant for form in forms if form.plant])
    known = Loaded(description, None, (*problems, *of_key), system=system, codes=codes)
    forms = list({form.plant: form for form in reversed(forms) if form.plant}.values())[::-1]
    if not forms:
        return known
    sample, cells, faults = settle(forms, digests, system)
    texts = tuple(text for form in forms for text in form.texts if text)
    if isinstance(description, Study):  # files as they were sent are called as plants are
        texts += tuple(file.stem for file in files)
    told = "{} filled rows are hidden and are read."
    hidden = tuple(Problem(told.format(len(f.hidden)), file=f.file) for f in forms if f.hidden)
    found = replace(known, sample=sample, cells=cells, texts=texts, remarks=hidden)
    odds = odd(sample, system)
    faults += [Problem(what, **found.place(plant, name), fix=fix) for plant, name, what, fix in odds]
    return replace(found, problems=(*known.problems, *faults))


def _same_plant(forms: Sequence[Answers]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for form in forms:
        if form.plant and form.plant in first:
            what = f"the plant {form.plant!r} is also in {first[form.plant]}."
            fix = "Give two units two names; keep one form of each."
            problems.append(Problem(what, file=form.file, plant=form.plant, fix=fix))
        first.setdefault(form.plant, form.file)
    return problems


def _other_year(forms: Sequence[Answers], description: Description) -> list[Problem]:
    fix, stated = "Ask for the figures of that year, or mend the year.", description.year
    what = "the form is about {}, the sample about {}."
    return [
        Problem(what.format(form.year, stated), file=form.file, plant=form.plant, fix=fix)
        for form in forms
        if form.year and stated and form.year != stated
    ]


def unreadable(paths: Sequence[Path], system: IndicatorSystem) -> list[Problem]:
    """Why files that somebody sent cannot be opened at all; nothing of those that can, or are no tables."""
    tables = [path for path in paths if path.suffix.lower() in SUFFIXES]
    found = read_all_grids(tables, Vocabulary.of(system, Description()))
    problems = [Problem(str(fault)) for fault in found if isinstance(fault, DataError)]
    for path in (path for path in paths if path not in tables):
        try:
            with path.open("rb") as file:
                file.read(1)
        except OSError as fault:
            what = f"{path.name} cannot be opened: {fault.strerror}."
            problems.append(Problem(what, fix="Check its rights."))
    return problems


def read_files(
    tables: Sequence[Path],
    description: Description,
    system: IndicatorSystem,
    keys: Path,
    vocabulary: Vocabulary,
    read: Callable[[Path, Description, list[Grid]], Loaded],
) -> Loaded:
    """
    Read every table, and set the plants of all below one another.

    Parameters
    ----------
    tables : sequence of Path
        At least one. A file that cannot be opened is one fault, and so is a plant that stands in two.
    keys : Path
        Folder in which the key of the pseudonyms is named.
    read : callable
        Understands the sheets of one of them.
    """
    parts, problems = [], []
    keyless = description.model_copy(update={"key": ""})  # codes are given to all at once
    for table, grids in zip(tables, read_all_grids(tables, vocabulary), strict=True):
        try:
            if isinstance(grids, DataError):
                raise grids
            parts.append(read(table, keyless, grids))
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
        plants = rows.plants if rows else part.plants  # of a questionnaire
        years = rows.years if rows and rows.years else [0] * len(plants)
        for plant, year in zip(plants, years, strict=True) if ids else ():
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
    told = [Problem("has no column `year`; other files have one.", file=f, fix="Add it.") for f in silent]
    forms = [part.place(plant, "")["file"] for part in parts if part.rows is None for plant in part.plants]
    if forms:
        what = f"{len(forms)} questionnaires say one year each; other files hold several."
        fix = "Enter their values in rows of those, with the year."
        told.append(Problem(what, file=str(forms[0]), fix=fix))
    return told


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
