"""Pages of the site that are made from the results of a run: one section per indicator, the weights, the sample."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from methodology.evidence.compared import HEADER, compared
from methodology.evidence.contents import RunContents
from methodology.evidence.corrections import correction_notes
from methodology.evidence.drawn import Drawn
from methodology.evidence.markup import anchor, cards, lines, plain, raw_html, raw_script
from methodology.evidence.promises import promise_name
from methodology.evidence.what_if import run_state, what_if_html
from methodology.indicators import LEVELS, CellState, Indicator, Kind, Level
from methodology.indicators.cells import QUALITATIVE_CODES
from methodology.indicators.display import benchmark, known_how, number, percent, signs_explained, unit_of
from methodology.results import Results
from methodology.sample.attribute_words import attribute_words
from methodology.sample.questionnaire_words import explained
from methodology.tables.thresholds import interval_text

STATES = {
    CellState.MEASURED: "实测\nmeasured",
    CellState.BELOW_LIMIT: "低于检出限\nbelow a limit",
    CellState.NOT_REPORTED: "未填报\nnot reported",
    CellState.NOT_APPLICABLE: "不适用\nnot applicable",
}
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_HOW = {"typed": "填写 typed", "computed": "由原始数据计算 computed from raw data"}
MOST_ORIGINS = 300
"""Rows of an indicator that are shown; origins.csv holds all."""
FEW = 3
"""Plants of a stratum below which the count is not told, where a run does not say."""


def chapters(contents: RunContents, drawn: Mapping[str, Drawn]) -> dict[str, str]:
    """
    Write the pages that need no notebook.

    Returns
    -------
    dict
        Name to Markdown: `indicators` in both sets; `weights` and `sample` in the public one, where the internal one
        has notebooks; `what_if` in the internal one alone, for it holds the figures of plants.
    """
    pages = {"indicators": _indicators(contents, drawn)}
    if contents.internal:
        return pages | {"what_if": _what_if(contents)}
    return pages | {"weights": _weights(contents, drawn), "sample": _sample(contents)}


def shown(figure: Drawn | None) -> str:
    """A figure with its claim as description and its basis below; nothing where it was not drawn."""
    if figure is None:
        return ""
    name = f"_images/{figure.name}.png"
    return (
        f'<figure><a href="{name}"><img src="{name}" alt="{escape(figure.claim, quote=True)}" width="{figure.width}">'
        f"</a><figcaption>{escape(figure.claim)} ({escape(figure.basis)})</figcaption></figure>"
    )


def _indicators(contents: RunContents, drawn: Mapping[str, Drawn]) -> str:
    notes = correction_notes(contents)
    parts = [
        "# 各项指标 The indicators, one by one",
        raw_html(
            f"<p>每项指标的定义、拟定值（{escape(promise_name(contents))}）、理由、对标值及来源。 "
            "What each indicator is, what is proposed for it and why, what it is compared with, and where that was "
            "read.</p>" + shown(drawn.get("values")) + shown(drawn.get("promises"))
        ),
    ]
    for entry in contents.proposal["indicators"]:
        indicator = contents.system[entry["id"]]
        star = "\\*" if indicator.limiting else ""
        parts += [
            f"({anchor(indicator.id)})=\n## {plain(indicator.name_zh)} {plain(indicator.name_en)}{star}",
            raw_html(_indicator(contents, indicator, entry, notes.get(indicator.id))),
        ]
    parts += ["## 来源 Sources", raw_html(_sources(contents))]
    return "\n\n".join(parts) + "\n"


def _indicator(
    contents: RunContents, indicator: Indicator, entry: Mapping[str, Any], note: tuple[str, str] | None
) -> str:
    group = next(group for group in contents.system.groups if group.id == indicator.group)
    facts = {
        "所属 group": f"{group.name_zh} {group.name_en}",
        "单位 unit": unit_of(indicator),
        "权重 weight": str(contents.printed_weights[indicator.id]),
        "定义 definition": "\n".join(filter(None, explained(indicator))),
        "统计期 averaging": indicator.averaging,
        "适用 applicability": _in_words(indicator.applicability),
        "修正 correction": "\n".join(note) if note else "",
    }
    told = "".join(f"<dt>{name}</dt><dd>{lines(text)}</dd>" for name, text in facts.items() if text)
    beside = comparisons(contents, indicator.id)
    levels, cells = _levels(contents, indicator, entry), _origins(contents, indicator)
    return f'<dl class="facts">{told}</dl>{levels}{beside}{cells}'


def _origins(contents: RunContents, indicator: Indicator) -> str:
    """From which cells the value of each plant came; in the internal set alone."""
    table = contents.origins
    rows = table[table["indicator"] == indicator.id] if len(table) else table
    if not len(rows):
        return ""
    header = ["企业\nplant", "数值\nvalue", "来历\nhow", "文件\nfile", "工作表\nsheet", "单元格\ncells"]
    cells = [
        [
            escape(str(row.plant)),
            _value(float(row.value), indicator),
            _HOW.get(str(row.how), escape(str(row.how))),
            *(
                escape(str(text)) if isinstance(text, str) else ""
                for text in (row.file, row.sheet, row.cells)
            ),
        ]
        for row in rows.head(MOST_ORIGINS).itertuples()
    ]
    more = f"<p><small>… {len(rows):,}</small></p>" if len(rows) > MOST_ORIGINS else ""
    summary = "<summary>数值的出处 The cells each value came from</summary>"
    return f"<details>{summary}{cards(header, cells)}{more}</details>"


def _value(value: float, indicator: Indicator) -> str:
    """A value of one plant, or its level."""
    if indicator.kind is Kind.QUANTITATIVE or not np.isfinite(value):
        return number(value)
    return {code: name for name, code in QUALITATIVE_CODES.items()}[value]


def _in_words(text: str) -> str:
    """A condition with the names of attributes in words."""
    words = attribute_words()
    return _NAME.sub(lambda found: words.get(found[0], {}).get("en", found[0]).lower(), text)


def comparisons(contents: RunContents, indicator: str = "") -> str:
    """
    Comparators as a table whose sources are links; of one indicator, without its name.

    On a wide screen an indicator is named on its first row alone, on a card of a telephone on each.
    """
    rows, before = [], ""
    for name, *told, source in compared(contents, indicator):
        key, _, how = source.partition(" ")
        place = f"indicators.html#source-{escape(key, quote=True)}"
        link = f'<span><a href="{place}">{escape(key)}</a> {escape(how)}</span>'
        first = f'<span class="again">{escape(name)}</span>' if name == before else escape(name)
        rows.append([*([] if indicator else [first]), *map(lines, told), link])
        before = name
    legend = "<br>".join(map(escape, signs_explained(cell for row in rows for cell in row)))
    note = f"<p><small>{legend}</small></p>" if legend else ""
    return f"{cards(HEADER[1:] if indicator else HEADER, rows, kind='beside')}{note}" if rows else ""


def _levels(contents: RunContents, indicator: Indicator, entry: Mapping[str, Any]) -> str:
    if indicator.kind is Kind.QUALITATIVE:
        told = [(str(g), (indicator.levels or {}).get(Level(g))) for g in LEVELS]
        rows = [[level, lines(f"{text.zh}\n{text.en}" if text else "")] for level, text in told]
        return cards(["级\nlevel", "描述\ndescription"], rows)
    header = ["级\nlevel", "拟定值\nproposed", "达到的企业\nreached by"]
    header += ["测算值\ncalibrated", "区间\ninterval"] if contents.internal else ["区间\ninterval"]
    header.append("理由\nreason")
    rows = [_level_row(contents, indicator, entry, str(level)) for level in LEVELS]
    legend = "<br>".join(map(escape, signs_explained(cell for row in rows for cell in row)))
    return cards(header, rows, kind="levels") + (f"<p><small>{legend}</small></p>" if legend else "")


def _level_row(
    contents: RunContents, indicator: Indicator, entry: Mapping[str, Any], level: str
) -> list[str]:
    stated, plants = entry["levels"][level], int(entry.get("n") or 0)
    attained = stated.get("attained")
    reached = f"{attained} / {plants} ({percent(stated.get('attainment'))})" if attained is not None else ""
    cells = [level, f"<b>{benchmark(stated.get('proposed'), indicator)}</b>", reached]
    if contents.internal:
        interval = interval_text(stated.get("lower"), stated.get("upper"), plants)
        cells += [number(stated.get("calibrated")), f"{interval} ({percent(stated.get('confidence'))})"]
    else:
        cells.append(lines(contents.limits.get((entry["id"], level), "")))
    return [*cells, lines(f"{stated.get('reason_zh', '')}\n{stated.get('reason', '')}".strip())]


def _sources(contents: RunContents) -> str:
    rows = [
        [
            f'<span id="source-{escape(key, quote=True)}">{escape(key)}</span>',
            escape(item.title),
            escape(known_how(item.status)),
        ]
        for key, item in contents.system.sources.items()
    ]
    return cards(["代号\nkey", "来源\nsource", "状态\nstatus"], rows)


def _weights(contents: RunContents, drawn: Mapping[str, Drawn]) -> str:
    header = [
        "指标\nindicator",
        "权重（占全部，合计为1）\nweight of the whole, adds up to 1",
        "组内权重\nweight within its group",
    ]
    rows: list[list[str]] = []
    for group in contents.system.groups:
        total = contents.group_weight(group.id)
        rows.append([f"<b>{escape(group.name_zh)} {escape(group.name_en)}</b>", f"<b>{total}</b>", ""])
        rows += [
            [
                f"{escape(i.name_zh)} {escape(i.name_en)}",
                str(own),
                number(float(own / total), step=0.001) if total else "",
            ]
            for i in contents.system.indicators
            if i.group == group.id and (own := contents.printed_weights.get(i.id)) is not None
        ]
    rows.append(["<b>合计 sum</b>", f"<b>{sum(contents.printed_weights.values())}</b>", ""])
    text = (
        "<p>公布的权重即计算所用的权重：各指标之和等于所属一级指标，各一级指标之和等于1。组内权重为两者之商。 "
        "The weight printed is the weight used: indicators add up to their group and groups to 1. The weight within a "
        "group is their quotient.</p>"
    )
    return f"# 权重 Weights\n\n{raw_html(text + shown(drawn.get('weights')) + cards(header, rows, kind='numbers'))}\n"


def _sample(contents: RunContents) -> str:
    """Who answered and what was asked, in counts."""
    header = ["指标\nindicator", *STATES.values()]
    rows = []
    for name in contents.counts.index:
        item = contents.system[str(name)]
        counts = [str(contents.counts.loc[name, state.name]) for state in STATES]
        rows.append([f"{escape(item.name_zh)} {escape(item.name_en)}", *counts])
    text = (
        f"<p>样本为{contents.plants}家企业。单个企业的数据不予公布，也不公布由其直接读出的测算值。 "
        f"The sample holds {contents.plants} plants. No figure of a single plant is published, nor a calibrated "
        "value, which is read off one.</p>"
    )
    parts = [
        "# 样本 The sample",
        raw_html(text),
        "## 填报情况 What plants reported",
        raw_html(cards(header, rows, kind="numbers")),
    ]
    if len(contents.coverage):
        parts += ["## 行业覆盖 Parts of the industry", raw_html(_coverage(contents))]
    return "\n\n".join(parts) + "\n"


def _what_if(contents: RunContents) -> str:
    """The standard of the run as proposed, to be changed by hand and judged again in the browser."""
    sample = Results(contents.folder).load("sample")
    state = run_state(contents.folder, sample, contents.system, contents.weights, contents.proposal)
    text = (
        "<p>改动一项基准值、权重或分数线，样本企业随即按评定规则重新定级。起点为本次测算的拟定值；不重新测算。 "
        "Change a value, a weight or the cut, and the plants of the sample are judged again at once. It opens on the "
        "values this run proposes; nothing is calibrated again.</p>"
    )
    return f"# 如果…会怎样 What if\n\n{raw_html(text)}\n\n{raw_script(what_if_html(state))}\n"


def _coverage(contents: RunContents) -> str:
    fewest = int(contents.parameters.get("proposal", {}).get("disclosure_minimum", FEW))
    rows = [
        [
            escape(str(row["stratum"])),
            f"{row['plants']:g}" if row["plants"] == 0 or row["plants"] >= fewest else f"&lt; {fewest}",
            "" if row["known"] != row["known"] else f"{row['known']:g}",
        ]
        for row in contents.coverage.to_dict("records")
    ]
    note = f"不足{fewest}家的不公布家数。 Counts below {fewest} are not told."
    table = cards(
        ["分组\npart", "样本企业\nplants of the sample", "已知企业\nknown plants"], rows, kind="numbers"
    )
    return f"{table}<p><small>{note}</small></p>"
