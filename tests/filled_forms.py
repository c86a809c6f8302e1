"""What plants and experts would send back: the shipped templates, filled in by a program."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
from questionnaires import fill

from methodology.forms.expert_form_layout import (
    ANSWER_COLUMN,
    CODE_ROW,
    FIRST_COLUMN,
    PAIRWISE,
    blocks,
)
from methodology.indicators import IndicatorSystem
from methodology.indicators import questionnaire_words as words
from methodology.parameters import Project
from methodology.sample.attribute_words import choice_words

ROOT = Path(__file__).resolve().parents[1]
WORDS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
NAMES = tuple(f"江南{word}钢铁有限公司" for word in WORDS)


def fill_questionnaires(blank: Path, folder: Path, system: IndicatorSystem, *, count: int = 12) -> list[Path]:
    """One workbook per plant, each with a name, from the shipped sample of the system."""
    shipped = Project(ROOT).sample_folder(system.id) / "plants.csv"
    table = pd.read_csv(shipped, dtype=str, keep_default_na=False)
    given = [row for row in table.to_dict("records") if all(row[name] for name in system.ids)][:count]
    given += [row for row in table.to_dict("records") if row not in given][: count - len(given)]
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _filled(
            Path(shutil.copy(blank, folder / f"{name} 问卷.xlsx")),
            {**row, "plant": name, "works": f"滨河{name[2]}炼铁厂"},
            system,
        )
        for name, row in zip(NAMES, given, strict=False)
    ]


def _filled(path: Path, row: dict[str, str], system: IndicatorSystem) -> Path:
    """The form with a plant's row entered as its lists and columns ask."""
    levels = {level: word for word, level in words.LEVEL_WORDS.items()}
    listed = {name: choice_words(name, kind) for name, kind in system.attributes.items() if "|" in kind}
    entries: dict[str, object] = {words.YEAR_ROW: 2024}
    beside: dict[tuple[str, str], object] = {}
    for name, text in row.items():
        if text == "n/a":
            beside[name, words.NOT_APPLICABLE] = words.NO
        elif text.startswith("<"):
            entries[name], beside[name, words.BELOW] = float(text[1:]), words.LESS
        elif name in listed and text:
            entries[name] = listed[name][text][0]
        elif text:
            entries[name] = levels.get(text) or _value(text)
    return fill(path, entries, beside=beside)


def _value(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def fill_expert_forms(
    blank: Path, folder: Path, system: IndicatorSystem, *, codes: Sequence[str] = ("E1", "E2", "E3")
) -> list[Path]:
    """One workbook per expert, consistent and each a little different."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, code in enumerate(codes):
        book = openpyxl.load_workbook(blank)
        sheet = book[PAIRWISE]
        sheet.cell(CODE_ROW + 1, ANSWER_COLUMN + 1).value = code
        for block in blocks(system, PAIRWISE):
            for row, column, value in _comparisons(len(block.items), seed=number):
                sheet.cell(block.first + row + 1, FIRST_COLUMN + column + 1).value = value
        path = folder / f"专家 {number + 1}.xlsx"
        book.save(path)
        paths.append(path)
    return paths


def _comparisons(items: int, *, seed: int) -> Iterator[tuple[int, int, float | str]]:
    """A judgement for each pair, off consistent weights by a step of the scale at most."""
    rng = random.Random(seed)
    weights = [1 + rng.randint(0, 2) for _ in range(items)]
    for row in range(items):
        for column in range(row + 1, items):
            larger = max(weights[row], weights[column]) / min(weights[row], weights[column])
            step = max(1, round(larger))
            yield row, column, step if weights[row] >= weights[column] else f"1/{step}"
