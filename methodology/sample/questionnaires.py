"""Filled questionnaires at a place, one plant each, become one sample."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from methodology.errors import DataError, Problem
from methodology.indicators import IndicatorSystem
from methodology.sample.answers import Answers
from methodology.sample.computed_values import odd, settle
from methodology.sample.description import Description, Study
from methodology.sample.loaded import Loaded, codes_of
from methodology.sample.questionnaire_reading import is_questionnaire, read_answers
from methodology.sample.spreadsheets.grid import LARGEST_FILE

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
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def read_questionnaires(
    files: Sequence[Path], system: IndicatorSystem, description: Description, *, folder: Path
) -> Loaded:
    """
    Read filled questionnaires, one plant each.

    Parameters
    ----------
    folder : Path
        Where a key named in the description lies.

    Returns
    -------
    Loaded
        With every fault of every file; the origins of all values stay with the sample.
    """
    from methodology.sample.spreadsheets.workbooks import read_workbooks

    forms, digests, problems = [], {}, []
    read = read_workbooks((file.read_bytes(), file.name) for file in files)
    for file, grids in zip(files, read, strict=True):
        if isinstance(grids, DataError):
            problems.append(Problem(str(grids), file=file.name))
            continue
        form = read_answers(grids, system)
        forms.append(form)
        digests[form.file] = digest_of(file)
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
    found = replace(known, sample=sample, cells=cells, texts=texts)
    faults += [
        Problem(what, **found.place(plant, name), fix=fix) for plant, name, what, fix in odd(sample, system)
    ]
    return replace(found, problems=(*known.problems, *faults))


def _same_plant(forms: Sequence[Answers]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for form in forms:
        if form.plant and form.plant in first:
            what = f"the plant {form.plant!r} is also in {first[form.plant]}."
            problems.append(
                Problem(
                    what,
                    file=form.file,
                    plant=form.plant,
                    fix="Give two units two names; keep one form of each.",
                )
            )
        first.setdefault(form.plant, form.file)
    return problems


def _other_year(forms: Sequence[Answers], description: Description) -> list[Problem]:
    return [
        Problem(
            f"the form is about {form.year}, the sample about {description.year}.",
            file=form.file,
            plant=form.plant,
            fix="Ask for the figures of that year, or mend the year.",
        )
        for form in forms
        if form.year and description.year and form.year != description.year
    ]
