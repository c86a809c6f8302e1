"""Pages of the site that are made from the results of a run: the sample, the instrument; and parts that pages share."""

from __future__ import annotations

from functools import partial
from html import escape

import numpy as np

from methodology.evidence.markup import beside, cards, link, spoken, told
from methodology.evidence.notebooks import picture
from methodology.evidence.pages import Page, indicator_link, sections
from methodology.evidence.what_if import run_state, what_if_html
from methodology.figures.canvas import SHOWN_DPI
from methodology.findings.compared import HEADER, compared, source_in_words
from methodology.findings.contents import RunContents
from methodology.findings.drawn import Drawn
from methodology.findings.industry_parts import fewest_plants, industry_parts
from methodology.indicators import CellState, Indicator, Kind
from methodology.indicators.cells import QUALITATIVE_CODES
from methodology.indicators.display import number, signs_explained
from methodology.languages import NUMERALS, Words, apart, both, by_line, retold
from methodology.results import Results

STATES = {
    CellState.MEASURED: Words("实测", "measured"),
    CellState.BELOW_LIMIT: Words("低于检出限", "below a limit"),
    CellState.NOT_REPORTED: Words("未填报", "not reported"),
    CellState.NOT_APPLICABLE: Words("不适用", "not applicable"),
}
_HOW = {"typed": ("填写", "typed"), "computed": ("由原始数据计算", "computed from raw data")}
MOST_ORIGINS = 300
"""Rows of an indicator that are shown; origins.csv holds all."""


def chapters(contents: RunContents) -> list[Page]:
    """The sample in the public set; in the internal one the instrument, which holds the figures of plants."""
    return [_what_if(contents)] if contents.internal else [_sample(contents)]


def shown(figure: Drawn | None) -> str:
    """A figure with its claim as description and its basis below; nothing where it was not drawn."""
    if figure is None:
        return ""
    wide = round(figure.inches * SHOWN_DPI)
    pictures = beside(
        picture(f"{figure.name}.svg", figure.claim, wide),
        picture(f"{figure.name}_en.svg", figure.claim_en, wide) if figure.svg_en else "",
        tag="div",
    )
    caption = f"<b>{spoken(figure.claim, figure.claim_en)}</b><small>{told(figure.basis)}</small>"
    return f'<figure class="drawn"><figcaption>{caption}</figcaption><div class="scroll">{pictures}</div></figure>'


def made_by(contents: RunContents, table: str) -> str:
    """A way to the cell of the notebook that made a table; nothing in the public set, which holds no notebook."""
    place = contents.makers.get(table)
    words = spoken("算出这些数字的笔记本单元", "The cell of the notebook that made these numbers")
    return f'<p class="aside">{link(place, words)}</p>' if place else ""


def comparisons(contents: RunContents, indicator: str = "") -> str:
    """
    Comparators as a table whose sources are links; of one indicator, without its name.

    On a wide screen an indicator is named on its first row alone, on a card of a telephone on each.
    """
    years = {
        item.label: item.year for one in contents.system.indicators for item in one.comparators if item.year
    }
    rows, before = [], ""
    for name, label, *said, basis, source in compared(contents, indicator):
        year = next((str(years[text]) for text in label.split("\n") if text in years), "")
        key, title, behind = source_in_words(contents, source, year)
        origin = f"{link(f'sources.html#source-{key}', spoken(*title))}{spoken(*behind)}"
        first = f'<span class="again">{told(name)}</span>' if name == before else told(name)
        rows.append(
            [
                *([] if indicator else [first]),
                spoken(*by_line(label)),
                *map(told, said),
                told(both(partial(retold, basis))),
                origin,
            ]
        )
        before = name
    legend = "<br>".join(map(told, signs_explained(cell for row in rows for cell in row)))
    note = f"<p><small>{legend}</small></p>" if legend else ""
    return f"{cards(HEADER[1:] if indicator else HEADER, rows, kind='beside')}{note}" if rows else ""


def file_rows(contents: RunContents, indicator: Indicator) -> str:
    """From which cells the value of each plant came; in the internal set alone."""
    table = contents.origins
    rows = table[table["indicator"] == indicator.id] if len(table) else table
    if not len(rows):
        return ""
    header = [
        "企业 plant",
        "数值 value",
        "来历 how",
        "文件摘要 digest of the file",
        "工作表 sheet",
        "单元格 cells",
    ]
    cells = [
        [
            escape(str(row.plant)),
            _value(float(row.value), indicator),
            spoken(*_HOW.get(str(row.how), (str(row.how),) * 2)),
            *(
                escape(str(text)) if isinstance(text, str) and text else "–"
                for text in (row.file, row.sheet, row.cells)
            ),
        ]
        for row in rows.head(MOST_ORIGINS).itertuples()
    ]
    more = f"<p><small>… {len(rows):,}</small></p>" if len(rows) > MOST_ORIGINS else ""
    summary = f"<summary>{spoken('每家企业的数值来自哪些单元格', 'The cells each plant’s value came from')}</summary>"
    return f"<details open>{summary}{cards(header, cells)}{more}</details>"


def _value(value: float, indicator: Indicator) -> str:
    """A value of one plant, or its level."""
    if indicator.kind is Kind.QUANTITATIVE or not np.isfinite(value):
        return number(value)
    name = {code: name for name, code in QUALITATIVE_CODES.items()}[value]
    return spoken(NUMERALS.get(name, "未达级"), name)


def _sample(contents: RunContents) -> Page:
    """Who answered and what was asked, in counts."""
    header = [apart("指标 indicator"), *STATES.values()]
    rows = [
        [
            indicator_link(contents.system, str(name)),
            *(str(contents.counts.loc[name, state.name]) for state in STATES),
        ]
        for name in contents.counts.index
    ]
    about = (
        f"样本为{contents.plants}家企业。单个企业的数据不予公布，也不公布由其直接读出的测算值。",
        f"The sample holds {contents.plants} plants. No figure of a single plant is published, nor a calibrated "
        "value, which is read off one.",
    )
    parts = sections(
        ("reported", ("填报情况", "What plants reported"), cards(header, rows, kind="numbers")),
        ("coverage", ("行业覆盖", "Parts of the industry"), _coverage(contents)),
    )
    return Page("sample", Words("样本", "The sample"), f"<p>{spoken(*about)}</p>", parts)


def _what_if(contents: RunContents) -> Page:
    """The standard of the run as proposed, to be changed by hand and judged again in the browser."""
    sample = Results(contents.folder).load("sample")
    state = run_state(contents.folder, sample, contents.system, contents.weights, contents.proposal)
    text = (
        "改动一项基准值、权重或分数线，样本企业随即按评定规则重新定级。起点为本次测算的拟定值；不重新测算。",
        "Change a value, a weight or the cut, and the plants of the sample are judged again at once. It opens on the "
        "values this run proposes; nothing is calibrated again.",
    )
    lead = f"<p>{spoken(*text)}</p>\n{what_if_html(state)}"
    return Page("what_if", Words("如果…会怎样", "What if"), lead)


def _coverage(contents: RunContents) -> str:
    parts = industry_parts(contents)
    if not parts:
        return ""
    fewest = fewest_plants(contents)
    rows = [
        [
            spoken(*part.name),
            spoken("不公布", "not told") if part.plants is None else str(part.plants),
            "" if part.known is None else str(part.known),
        ]
        for part in parts
    ]
    note = (
        f"不足{fewest}家的不公布家数；必要时另有分组一并不公布，以免由合计推出。",
        f"Counts below {fewest} are not told, nor are further ones from which they would follow as what is left.",
    )
    table = cards(
        ["分组 part", "样本企业 plants of the sample", "已知企业 known plants"], rows, kind="numbers"
    )
    withheld = any(part.plants is None for part in parts)
    return f"{table}<p><small>{beside(*note)}</small></p>" if withheld else table
