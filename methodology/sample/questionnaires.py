"""Questionnaires of many plants become one sample: computed beside typed values, each with the cells it came from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem
from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.indicators.cells import ORIGIN_COLUMNS
from methodology.indicators.computed import Computed, Raw, agree, compute
from methodology.indicators.expressions import parse
from methodology.sample.applicability import applies, contradictions
from methodology.sample.attribute_words import attribute_name, choice_words
from methodology.sample.description import Description
from methodology.sample.loaded import Loaded, codes_of
from methodology.sample.questionnaire_reading import Answer, Answers, is_questionnaire, read_answers
from methodology.sample.spreadsheets.grid import LARGEST_FILE

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TYPED, COMPUTED = "typed", "computed"


def questionnaires_at(place: Path) -> list[Path]:
    """Filled questionnaires at a place, by name: the file itself, or workbooks in a folder or its `plants/`."""
    if place.is_file():
        files = [place]
    else:
        folder = place / "plants" if (place / "plants").is_dir() else place
        files = sorted(
            f for f in folder.glob("*") if f.suffix.lower() in WORKBOOKS and f.name[:1] not in "~."
        )
    return [f for f in files if f.suffix.lower() in WORKBOOKS and _bears_mark(f)]


def _bears_mark(file: Path) -> bool:
    return file.is_file() and file.stat().st_size <= LARGEST_FILE and is_questionnaire(file.read_bytes())


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
    from methodology.sample.spreadsheets.workbooks import read_workbook

    forms, digests, problems = [], {}, []
    for file in files:
        data = file.read_bytes()
        try:
            form = read_answers(read_workbook(data, file.name), system)
        except DataError as fault:
            problems.append(Problem(str(fault), file=file.name))
            continue
        forms.append(form)
        digests[form.file] = digest_of(file)
        problems += form.problems
    problems += _same_plant(forms) + _other_year(forms, description)
    codes, of_key = codes_of(description, folder, [form.plant for form in forms if form.plant])
    known = Loaded(description, None, (*problems, *of_key), system=system, codes=codes)
    if any(not form.plant for form in forms) or len({form.plant for form in forms}) < len(forms) or not forms:
        return known
    return _loaded(known, forms, digests, system)


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


@dataclass(frozen=True)
class _Settled:
    """Value of one plant and indicator, and where it came from."""

    value: float
    state: CellState
    origins: tuple[tuple[str, str, str], ...] = ()
    """How, sheet, cells."""


def _loaded(
    known: Loaded, forms: Sequence[Answers], digests: Mapping[str, str], system: IndicatorSystem
) -> Loaded:
    computed = compute(system, raw_of(forms, system))
    problems, cells = list(known.problems), {}
    values, states, origins = {}, {}, []
    for name in system.ids:
        column = []
        for at, form in enumerate(forms):
            settled, fault = _settled(form, system, name, computed.get(name), at)
            problems += fault
            column.append(settled)
            origins += [
                (form.plant, name, how, digests[form.file], sheet, where)
                for how, sheet, where in settled.origins
            ]
            cells[form.plant, name] = _place(form, settled)
        values[name] = [settled.value for settled in column]
        states[name] = [int(settled.state) for settled in column]
    index = pd.Index([form.plant for form in forms], name="plant", dtype=object)
    attributes = {name: [form.attributes.get(name, "") for form in forms] for name in system.attributes}
    sample = Sample(
        pd.DataFrame(values, index=index, dtype=float),
        pd.DataFrame(states, index=index, dtype="int8"),
        pd.DataFrame(attributes, index=index),
        origins=pd.DataFrame(origins, columns=ORIGIN_COLUMNS, dtype=object),
    )
    texts = tuple(text for form in forms for text in form.texts if text)
    found = replace(known, sample=sample, cells=cells, texts=texts)
    problems += [
        Problem(what, **found.place(plant, name), fix=fix)
        for plant, name, what, fix in contradictions(sample, system)
    ]
    problems += [
        Problem(what, **found.place(plant, name), fix=fix)
        for plant, name, what, fix in _converted_twice(sample, system)
    ]
    return replace(found, problems=tuple(problems))


def _converted_twice(sample: Sample, system: IndicatorSystem) -> Iterator[tuple[str, str, str, str]]:
    """Values computed outlet by outlet, oxygen and all, of plants whose concentrations are yet to be converted."""
    typed = {(o.plant, o.indicator) for o in sample.origins.itertuples() if o.how == TYPED}
    computed = {(o.plant, o.indicator) for o in sample.origins.itertuples() if o.how == COMPUTED} - typed
    for correction in (c for c in system.corrections if c.value):
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
                yield (
                    plant,
                    name,
                    what,
                    "Mend that answer; concentrations that are typed must be converted too.",
                )


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
        if both and not agree(typed.value, result):
            raw = "; ".join(f"{sheet}!{cells}" for _, sheet, cells in origins[1:])
            problem = Problem(
                f"{typed.cell}: {typed.value:.12g} {indicator.unit} is entered for {indicator.name_zh} "
                f"{indicator.name_en}, and the raw data give {result:.6g} {indicator.unit} ({raw}).",
                file=form.file,
                sheet=typed.sheet,
                row=_row_of(typed.cell),
                plant=form.plant,
                why="They differ by more than rounding.",
                fix="Mend the value or the raw data (often a unit), or clear the value.",
            )
            return _Settled(typed.value, typed.state, tuple(origins)), [problem]
        return _Settled(typed.value, typed.state, tuple(origins)), []
    if applies(indicator, form.attributes) is False:
        return _Settled(float("nan"), CellState.NOT_APPLICABLE), []
    if computed is not None and np.isfinite(result):
        state = CellState.BELOW_LIMIT if computed.below[at] else CellState.MEASURED
        return _Settled(result, state, tuple(origins)), []
    return _Settled(float("nan"), CellState.NOT_REPORTED), []


def _cells(form: Answers, formula: str) -> Iterator[tuple[str, str]]:
    """Cells a formula was computed from, sheet by sheet."""
    by_sheet: dict[str, list[str]] = {}
    for name in parse(formula).names:
        for answer in form.raw.get(name, ()):
            if isinstance(answer, Answer):
                by_sheet.setdefault(answer.sheet, []).append(answer.cell)
    for sheet, cells in by_sheet.items():
        yield sheet, ", ".join(cells)
