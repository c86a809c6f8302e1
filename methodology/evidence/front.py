"""The front page of the site: what to be warned of, what is proposed, and both promises, before anything else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import numpy as np

from methodology import __version__
from methodology.evidence.chapters import comparisons, shown
from methodology.evidence.contents import PROMISES, RunContents
from methodology.evidence.corrections import correction_notes
from methodology.evidence.drawn import Drawn
from methodology.evidence.markup import anchor, cards, lines, plain, raw_html
from methodology.evidence.notebooks import Page
from methodology.evidence.promises import choice_text, level_name, promise_rows, value_rows
from methodology.evidence.verdict import verdict
from methodology.evidence.warned import Warned, warned
from methodology.indicators import LEVELS, Indicator, Kind, Level
from methodology.indicators.display import number, off_target, percent, signs_explained, unit_of
from methodology.tables.proposal import published, shares_text

DOCUMENTS = {
    "standard.docx": "标准征求意见稿 Draft standard (Word)",
    "explanation.docx": "编制说明 Compilation explanation (Word)",
    "proposal.xlsx": "全部表格 All tables (Excel)",
    "proposal.json": "机读数据 Proposal for machines (JSON)",
}
"""Copies inside the site, so that they go where it goes."""
PROMISED = {
    "marginal": (
        "本稿按各指标分别兑现承诺；整套标准由此达到的比例见下。",
        "This run keeps the promise for each indicator alone; what the whole standard makes of it stands beside it.",
    ),
    "joint": (
        "本稿在允许取值范围内尽量按整套标准兑现承诺；因此单独看每个指标，达到的企业更多。",
        "This run keeps the promise for the whole standard as nearly as admissible values allow; each indicator alone "
        "is therefore reached by more plants.",
    ),
    "strictness": (
        "本稿取达标前沿上选定的一点，理由见“本次测算的选择”。",
        "This run takes a chosen point of the frontier; the reason stands among the choices of this run.",
    ),
    "values": (
        "本稿取直接给定的基准值，理由见“本次测算的选择”。",
        "This run takes values as given; the reason stands among the choices of this run.",
    ),
}

LEGEND = (
    "* 限定性指标。权重为占全部指标的比例，合计为1。 "
    "* Limiting indicator. Weights are shares of the whole and add up to 1.",
    "达到的企业：分别达到该指标Ⅰ | Ⅱ | Ⅲ级的企业比例。 "
    "Reached by: share of plants that reach Level I | II | III of this indicator.",
)
INTERVALS = (
    "数值下方为测算值（未修约）的区间，“…”表示样本太小、不存在该端点。 "
    "Below each value the interval of the calibrated, unrounded one; … means that no limit exists with so few plants."
)
LOOSER = "▲ 宽于现行要求，见上文。 Looser than what is in force, see above."
CORRECTED = "ᶜ 修正后比较，说明见指标页。 Compared after correction, see the page of the indicator."


def front_page(
    contents: RunContents,
    pages: Iterable[Page],
    others: Iterable[str] = (),
    drawn: Mapping[str, Drawn] | None = None,
) -> str:
    """
    Write the front page as Markdown with escaped HTML parts.

    Parameters
    ----------
    contents : RunContents
        Of the set the page belongs to.
    pages : iterable of Page
        Notebooks of the set; none in the public one.
    others : iterable of str
        Names of the other pages.
    drawn : mapping, optional
        Figures of the pages; the frontier stands first.

    Returns
    -------
    str
        Source of `index.md`; no text of the run can close a part or open another.
    """
    system, pages = contents.system, list(pages)
    zh, en = PROMISES.get(contents.promise, (contents.promise, contents.promise))
    toc = "\n".join([*others, *(page.name for page in pages)])
    parts = [
        f"# {plain(system.name_zh)} {plain(system.name_en)}",
        raw_html(_lead(contents)),
        *_warnings(contents),
        raw_html(_notes(contents)),
        *_frontier((drawn or {}).get("frontier")),
        f"## 拟定值（{zh}） What is proposed ({plain(en)})",
        raw_html(_values_table(contents)),
        "## 两种承诺对照 Two promises, side by side",
        raw_html(_promises(contents)),
        f"## 样本企业的等级（{zh}） Plants of the sample under the proposal ({plain(en)})",
        raw_html(_level_bar(contents.shares)),
        *(["## 结论及出处 The claims, and where each is shown", raw_html(_claims(pages))] if pages else []),
        "## 对标值 Values it is compared with",
        raw_html(comparisons(contents)),
        "## 本次测算的选择 Choices of this run",
        raw_html(_choices(contents.parameters)),
        "## 文件 Files",
        raw_html(_files(contents)),
        f"```{{toctree}}\n:hidden:\n\n{toc}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _frontier(figure: Drawn | None) -> list[str]:
    """What the choice of strictness costs."""
    return ["## 严格度的代价 What strictness costs", raw_html(shown(figure))] if figure else []


def _lead(contents: RunContents) -> str:
    system = contents.system
    status = "征求意见稿 Draft for comment" if system.status == "draft" else "已发布 Published"
    told = "".join(f"<p>{escape(zh)}<br>{escape(en)}</p>" for zh, en in verdict(contents))
    return (
        f'<p class="lead">{status} · 依据{contents.plants}家样本企业测算 calibrated on {contents.plants} plants</p>'
        f'<p class="provenance">run <code>{escape(contents.run)}</code> · workbench {escape(__version__)}</p>'
        f'<div class="verdict">{told}</div>'
    )


def _notes(contents: RunContents) -> str:
    return "".join(f'<p class="aside">{escape(text)}</p>' for text in contents.asides)


def _warnings(contents: RunContents) -> list[str]:
    """One line per kind, the sentences behind it."""
    items = "".join(_warning(contents, kind) for kind in warned(contents))
    return ["## 须注意 To be warned of", raw_html(f'<ul class="warnings">{items}</ul>')] if items else []


def _warning(contents: RunContents, kind: Warned) -> str:
    links = ", ".join(_link(contents, name) for name in kind.concerned)
    told = "".join(
        f"<li>{escape(str(item['zh']))}<br>{escape(str(item['en']))}</li>" for item in kind.sentences
    )
    head = f"<summary><b>{escape(kind.zh)}</b> {escape(kind.en)}</summary>"
    named = f"<p><small>{links}</small></p>" if links else ""
    return f"<li><details>{head}{named}<ul>{told}</ul></details></li>"


def _link(contents: RunContents, name: str) -> str:
    indicator = contents.system[name]
    return f'<a href="indicators.html#{anchor(name)}">{escape(indicator.name_zh)} {escape(indicator.name_en)}</a>'


def _values_table(contents: RunContents) -> str:
    header = [
        "指标\nindicator",
        "单位\nunit",
        "权重\nweight",
        *(level_name(Level(level)).replace(" ", "\n", 1) for level in LEVELS),
    ]
    notes = correction_notes(contents)
    rows: list[list[str]] = []
    for group in contents.system.groups:
        name = f"<b>{escape(group.name_zh)} {escape(group.name_en)}</b>"
        rows.append([name, "", f"<b>{contents.group_weight(group.id)}</b>", "", "", "", ""])
        members = [item for item in contents.system.indicators if item.group == group.id]
        rows += [_value_row(contents, item, notes) for item in members if item.id in contents.by_indicator]
    table = cards([*header, "达到的企业\nreached by"], rows, kind="values")
    legend = [*LEGEND, *([LOOSER] if LOOSER[0] in table else []), *([CORRECTED] if notes else [])]
    legend += [INTERVALS] if contents.internal else []
    legend += signs_explained([table])
    return f"{table}<p><small>{'<br>'.join(map(escape, legend))}</small></p>"


def _value_row(contents: RunContents, indicator: Indicator, notes: Mapping[str, Any]) -> list[str]:
    own = contents.by_indicator[indicator.id]
    signs = ("*" if indicator.limiting else "") + ("ᶜ" if indicator.id in notes else "")
    return [
        f"{_link(contents, indicator.id)}{signs}{escape(off_target(indicator))}",
        escape(unit_of(indicator)),
        f"{contents.printed_weights[indicator.id]}",
        *(_value_cell(contents, indicator, own[str(level)]) for level in LEVELS),
        shares_text(own[str(level)]["attainment"] for level in LEVELS),
    ]


def _value_cell(contents: RunContents, indicator: Indicator, row: Mapping[str, Any]) -> str:
    if indicator.kind is Kind.QUALITATIVE:
        described = (indicator.levels or {}).get(Level(row["level"]))
        title = escape(f"{described.zh} {described.en}", quote=True) if described else ""
        return f'<span class="described" title="{title}">见描述 described</span>'
    sign = LOOSER[0] if (indicator.id, row["level"]) in _looser(contents) else ""
    value = f"<b>{sign}{published(row['proposed'], indicator)}</b>"
    return value + (f"<br><small>{_ends(row)}</small>" if contents.internal else "")


def _looser(contents: RunContents) -> set[tuple[str, str]]:
    """Values that are looser than what is in force."""
    return {
        (str(item.get("indicator")), str(item.get("level")))
        for item in contents.proposal.get("warnings") or ()
        if item["kind"] == "looser-than-in-force"
    }


def _ends(row: Mapping[str, Any]) -> str:
    low, high = row["lower"], row["upper"]
    if not (np.isfinite(low) or np.isfinite(high)):
        return ""
    left, right = (number(end) if np.isfinite(end) else "…" for end in (low, high))
    return f"{left} - {right}"


def _promises(contents: RunContents) -> str:
    header, rows = promise_rows(contents)
    kept = " ".join(PROMISED.get(contents.promise, ()))
    note = "各列均为样本企业达到该级或更好的比例。 Shares of the plants of the sample at the level or better."
    parts = [f"<p>{kept}</p>", cards(header, _escaped(rows)), f"<p><small>{note}</small></p>"]
    header, rows = value_rows(contents)
    if rows:
        parts += ["<h3>两种承诺的数值 The values of either promise</h3>", cards(header, _escaped(rows))]
    return "".join(parts)


def _escaped(rows: Iterable[Iterable[str]]) -> list[list[str]]:
    return [[lines(cell) for cell in row] for row in rows]


def _level_bar(shares: Mapping[str, float]) -> str:
    parts = "".join(
        f'<span class="level-{level}" style="flex-grow:{shares[str(level)]:.4f}" '
        f'title="{level}: {percent(shares[str(level)])}"></span>'
        for level in Level
        if shares[str(level)] > 0
    )
    words = " · ".join(
        f'<span class="key level-{level}"></span> {level_name(level)} {percent(shares[str(level)])}'
        for level in Level
    )
    return f'<div class="level-bar">{parts}</div><p>{words}</p>'


def _claims(pages: Iterable[Page]) -> str:
    items = []
    for page in pages:
        claims = "".join(f"<li>{escape(claim)}</li>" for claim in page.claims)
        items.append(
            f'<li><a href="{escape(page.name, quote=True)}.html">{escape(page.title)}</a><ul>{claims}</ul></li>'
        )
    return f'<ul class="claims">{"".join(items)}</ul>'


def _choices(parameters: Mapping[str, Any]) -> str:
    rows = []
    for section, chosen in parameters.items():
        pairs = chosen.items() if isinstance(chosen, Mapping) else [("", chosen)]
        rows += [
            f"<tr><td>{escape(choice_text(str(section), str(name)))}</td>"
            f"<td><code>{escape('.'.join(filter(None, (str(section), str(name)))))}</code></td>"
            f"<td>{escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))}</td></tr>"
            for name, value in pairs
        ]
    summary = f"{len(rows)} 项选择 choices"
    return f'<details><summary>{summary}</summary><table class="choices">{"".join(rows)}</table></details>'


def _files(contents: RunContents) -> str:
    links = "".join(f'<li><a href="{path}">{escape(text)}</a></li>' for path, text in DOCUMENTS.items())
    if not contents.internal:
        return f"<ul>{links}</ul>"
    tables = ("thresholds.csv", "weights.csv", "evaluation.csv")
    names = [f"results/{name}" for name in tables] + [f"notebooks/{path.name}" for path in contents.notebooks]
    kept = ", ".join(f'<a href="../../{escape(name, quote=True)}">{escape(name)}</a>' for name in names)
    return f"<ul>{links}<li>运行文件夹 In the run folder: {kept}</li></ul>"
