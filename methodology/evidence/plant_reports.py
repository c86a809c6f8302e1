"""One report per plant: its level, what blocks the next, what to improve first, and where it stands among its likes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import DataError
from methodology.evaluation import explanations, level_basis
from methodology.evaluation.level_arrays import LevelInputs
from methodology.evaluation.levels import Explanation
from methodology.evidence.markup import cards, spoken
from methodology.evidence.pages import Page, Section
from methodology.evidence.site import single_page
from methodology.findings.promises import NUMERALS, level_name
from methodology.indicators import LEVELS, CellState, Indicator, IndicatorSystem, Kind, Level, Sample
from methodology.indicators.display import benchmark, fixed, number, several, unit_of
from methodology.languages import Words, both
from methodology.results.outputs import appearing
from methodology.sample.attribute_words import answer_word

FEWEST = 10
"""Comparable plants below which no place among them is told: in a smaller company a place tells of others (A-101)."""
Cell = Words | str
_REASONS = {
    "limiting": Words("限定性指标", "limiting indicator"),
    "rest at II": Words("其余指标须达到Ⅱ级", "all others must reach Level II"),
    "score": Words("综合评价指数", "composite index"),
    "rest at II and score": Words(
        "须达到Ⅱ级，并计入综合评价指数", "must reach Level II, and counts for the index"
    ),
}
_STATES = {
    CellState.BELOW_LIMIT: Words("低于检出限", "below a limit"),
    CellState.NOT_REPORTED: Words("未填报", "not reported"),
    CellState.NOT_APPLICABLE: Words("不适用", "not applicable"),
}


_COMPARED = Words(
    "可比企业为本次参评、适用并填报该指标的其他企业，数值经同样的修正：先取分组相同的（括号内），"
    f"不足{FEWEST}家时放宽到分组部分相同的，再到全部参评企业；仍不足{FEWEST}家时不列。比例取到10 %。",
    "Comparable plants take part here, report the indicator and are corrected alike: those of the same stratum (in "
    f"brackets), where fewer than {FEWEST} those alike in part, then all; none is told among fewer than {FEWEST}. "
    "Shares in steps of 10 %.",
)
"""How a place among comparable plants is found."""


@dataclass(frozen=True)
class Table:
    """A table of a report: its heading, columns, and rows of cells in both languages."""

    heading: Words
    header: Sequence[Words]
    rows: Sequence[Sequence[Cell]]
    note: Words | None = None


@dataclass(frozen=True)
class Report:
    """What one plant is told."""

    title: Words
    sentences: Sequence[Words]
    tables: Sequence[Table]


def write_plant_reports(
    folder: Path,
    sample: Sample,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    weights: pd.DataFrame,
    *,
    language: str = "zh",
    **rule: Any,
) -> list[Path]:
    """
    Write a page and a Word file for every plant; no file holds the figure of another plant.

    Parameters
    ----------
    folder : Path
        New or empty.
    sample, system, thresholds, weights
        As in `evaluate`.
    language : {"zh", "en"}
        Which a page shows first.
    **rule
        level_one and cut, as in `evaluate`.

    Raises
    ------
    DataError
        If the folder holds something already, or cannot be written; then nothing of it is left.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{str(folder)!r} holds something already. Name a new or an empty folder with -o.")
    try:
        basis = level_basis(sample, system, thresholds, weights, **rule)
        found = explanations(sample, system, thresholds, weights, **rule)
        written = []
        with appearing(folder) as part:
            part.mkdir(parents=True)
            for place, (name, case) in enumerate(zip(_file_names(sample.plants), found, strict=True)):
                report = _report(place, case, sample, system, basis)
                page, document = part / f"{name}.html", part / f"{name}.docx"
                page.write_text(single_page(_page(report), language), encoding="utf-8", newline="\n")
                _write_word(report, document, language)
                written += [folder / page.name, folder / document.name]
    except OSError as fault:
        raise DataError(
            f"{str(folder)!r} cannot be written ({fault.strerror}). Name another folder."
        ) from fault
    return written


def _file_names(plants: Sequence[object]) -> Iterator[str]:
    """A name for the files of every plant, no two alike on any file system."""
    taken: set[str] = set()
    for place, plant in enumerate(plants, start=1):
        name = re.sub(r"[^\w-]+", "_", str(plant)).strip("_") or f"plant_{place}"
        name = name if name.casefold() not in taken else f"{name}_{place}"
        taken.add(name.casefold())
        yield name


def _report(
    place: int, case: Explanation, sample: Sample, system: IndicatorSystem, basis: LevelInputs
) -> Report:
    level = Level(case.level)
    zh, _, en = level_name(level).partition(" ")
    title = Words(
        f"{case.plant}：{system.name_zh}清洁生产水平",
        f"{case.plant}: cleaner-production level, {system.name_en}",
    )
    said = [
        Words(f"评定结果：{zh}。", f"Result: {en}."),
        *_next_level(case, system),
    ]
    tables = [_scores(place, basis), *_changes(case, system, basis), _standing(place, sample, system, basis)]
    return Report(title, said, tables)


def _next_level(case: Explanation, system: IndicatorSystem) -> Iterator[Words]:
    """What keeps the plant from the next level."""
    if not case.to:
        return
    zh, _, en = level_name(Level(case.to)).partition(" ")
    fewest = several(len(case.changes), "indicator has", "indicators have")
    yield Words(
        f"达到{zh}最少须改进{len(case.changes)}项指标，见下表。",
        f"At least {fewest} to improve for {en}; see the table.",
    )
    if case.blocking:
        names = [system[name] for name in case.blocking]
        yield Words(
            f"限制等级的限定性指标：{'；'.join(item.name_zh for item in names)}。",
            f"Limiting indicators that bar the level: {', '.join(item.name_en for item in names)}.",
        )
    if case.score < case.needed:
        had, needed = fixed(case.score, 1), number(case.needed)
        yield Words(
            f"综合评价指数{had}，{zh}须达到{needed}。", f"The composite index is {had}; {en} needs {needed}."
        )


def _scores(place: int, basis: LevelInputs) -> Table:
    scores = basis.standing.weights.scores(basis.standing.reached)[:, place]
    rows: list[list[Cell]] = [
        [_numeral(level), fixed(float(score), 1), number(float(cut))]
        for level, score, cut in zip(LEVELS, scores, basis.rule.cuts, strict=True)
    ]
    header = (Words("级", "level"), Words("综合评价指数", "composite index"), Words("须达到", "needed"))
    return Table(Words("综合评价指数", "Composite index"), header, rows)


def _numeral(level: Level) -> Words:
    return Words(f"{NUMERALS[str(level)]}级", f"Level {level}")


def _changes(case: Explanation, system: IndicatorSystem, basis: LevelInputs) -> Iterator[Table]:
    """The fewest indicators that lift the plant: what limits first, then the heaviest."""
    if not len(case.changes):
        return
    rows: list[list[Cell]] = []
    heavy = dict(zip(basis.indicators, basis.weights, strict=True))
    first = sorted(
        case.changes.itertuples(), key=lambda row: (row.reason != "limiting", -heavy[row.indicator])
    )
    for row in first:
        indicator = system[str(row.indicator)]
        measured = row.state in ("measured", "below limit") and np.isfinite(row.value)
        described = indicator.kind is Kind.QUALITATIVE
        rows.append(
            [
                Words(indicator.name_zh, indicator.name_en),
                _numeral(Level(str(row.reach))),
                _with_unit(number(row.value), indicator)
                if measured and not described
                else _reported(str(row.state)),
                ""
                if described
                else _with_unit(f"{_side(indicator)}{benchmark(row.threshold, indicator)}", indicator),
                _REASONS[str(row.reason)],
            ]
        )
    header = (
        *(Words("指标", "indicator"), Words("须达到", "to reach"), Words("本企业", "this plant")),
        *(Words("基准值", "benchmark value"), Words("原因", "reason")),
    )
    yield Table(Words("首先改进", "What to improve first"), header, rows)


def _with_unit(text: str, indicator: Indicator) -> str:
    return f"{text} {unit_of(indicator)}".strip()


def _side(indicator: Indicator) -> str:
    """On which side of a benchmark value a plant reaches it; a range says so itself."""
    return "" if indicator.target else "≥" if indicator.better == "higher" else "≤"


def _reported(state: str) -> Words:
    return {
        "measured": Words("见描述", "described"),
        "below limit": _STATES[CellState.BELOW_LIMIT],
        "not reported": _STATES[CellState.NOT_REPORTED],
        "not applicable": _STATES[CellState.NOT_APPLICABLE],
    }[state]


def _standing(place: int, sample: Sample, system: IndicatorSystem, basis: LevelInputs) -> Table:
    """Every indicator: the value as it is compared, its level, and the share of comparable plants that are dirtier."""
    comparable, likes = sample.comparable(system), list(_likes(place, sample, system))
    rows: list[list[Cell]] = []
    for at, indicator in enumerate(system.indicators):
        state, value = (
            CellState(int(sample.states[indicator.id].iloc[place])),
            float(comparable[indicator.id].iloc[place]),
        )
        reached = np.flatnonzero(basis.standing.reached[:, place, at] & basis.applicable[place, at])
        rows.append(
            [
                Words(
                    f"{indicator.name_zh}{'*' * indicator.limiting}",
                    f"{indicator.name_en}{'*' * indicator.limiting}",
                ),
                unit_of(indicator),
                _own(value, state, indicator.kind),
                "–" if state is CellState.NOT_APPLICABLE else _reaches(reached),
                _place(place, basis.values[:, at], basis.applicable[:, at], likes),
            ]
        )
    header = (
        *(
            Words("指标", "indicator"),
            Words("单位", "unit"),
            Words("本企业（按评定口径）", "this plant, as compared"),
        ),
        *(Words("达到", "reaches"), Words("优于可比企业", "cleaner than comparable plants")),
    )
    return Table(Words("各项指标", "Indicator by indicator"), header, rows, _COMPARED)


def _reaches(levels: np.ndarray) -> Words:
    return _numeral(LEVELS[int(min(levels))]) if len(levels) else Words("未达级", "none")


def _own(value: float, state: CellState, kind: Kind) -> Cell:
    """A plant's value as its report prints it; a mark says nothing as a number."""
    if state is CellState.BELOW_LIMIT:
        return f"< {number(value)}"
    if state is CellState.MEASURED:
        return "–" if kind is Kind.QUALITATIVE else number(value)
    return _STATES.get(state, "")


def _likes(place: int, sample: Sample, system: IndicatorSystem) -> Iterator[tuple[Words, np.ndarray]]:
    """Whom a plant may be set among, closest first: others alike in all strata it states, in some, all others."""
    own = sample.attributes.iloc[place] if len(sample.attributes) else pd.Series(dtype=object)
    stated = [name for name in system.strata if name in own.index and pd.notna(own[name]) and own[name] != ""]
    for count in range(len(stated), -1, -1):
        for names in combinations(stated, count):
            alike = np.ones(len(sample.plants), dtype=bool)
            for name in names:
                alike &= (sample.attributes[name] == own[name]).to_numpy()
            alike[place] = False
            answers = [both(partial(answer_word, name, str(own[name]))) for name in names]
            told = Words("、".join(zh for zh, _ in answers), ", ".join(en for _, en in answers))
            yield told if names else Words("全部参评企业", "all plants here"), alike


def _place(
    place: int, values: np.ndarray, applies: np.ndarray, likes: Iterable[tuple[Words, np.ndarray]]
) -> Cell:
    """Share of its likes that are dirtier, ties by half, in tenths: it tells of no neighbour's figure."""
    if not (applies[place] and np.isfinite(values[place])):
        return "–"
    for name, alike in likes:
        others = values[alike & applies & np.isfinite(values)]
        if len(others) >= FEWEST:
            share = float(((others > values[place]) + 0.5 * (others == values[place])).mean())
            told = f"{fixed(10 * share, 0)}0 %" if share >= 0.05 else "0 %"
            return Words(f"{told}（{name.zh}）", f"{told} ({name.en})")
    return "–"


def _html(cell: Cell) -> str:
    return spoken(*(cell if isinstance(cell, Words) else (cell, cell)))


def _page(report: Report) -> Page:
    said = "".join(f"<p>{spoken(*sentence)}</p>" for sentence in report.sentences)
    parts = []
    for place, table in enumerate(report.tables):
        rows = [[_html(cell) for cell in row] for row in table.rows]
        note = f"<p><small>{spoken(*table.note)}</small></p>" if table.note else ""
        parts.append(Section(f"part-{place}", table.heading, cards(table.header, rows) + note))
    return Page("plant", report.title, f'<div class="verdict">{said}</div>', tuple(parts))


def _write_word(report: Report, path: Path, language: str) -> None:
    """A page in either language, the one that is read first in front."""
    from methodology.documents.word_parts import Grid, paragraph, table
    from methodology.documents.word_styles import new_document
    from methodology.results.outputs import written

    document, other = new_document(), "en" if language == "zh" else "zh"
    for own in (language, other):

        def told(cell: Cell, own: str = own) -> str:
            return str(getattr(cell, own)) if isinstance(cell, Words) else cell

        title = paragraph(document, told(report.title), centred=True, size=14)
        title.paragraph_format.page_break_before = own == other
        for sentence in report.sentences:
            paragraph(document, told(sentence), size=9)
        for part in report.tables:
            paragraph(document, told(part.heading), style="Caption")
            rows = [[told(cell) for cell in row] for row in part.rows]
            widths = [3.0, *[1.2] * (len(part.header) - 2), 1.8]
            table(document, Grid([told(name) for name in part.header], rows, widths, size=7.5))
            if part.note:
                paragraph(document, told(part.note), size=7.5)
    written(document, path)
