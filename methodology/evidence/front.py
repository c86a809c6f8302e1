"""The front page of the site: what to be warned of, what is proposed, and both promises, before anything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from html import escape
from typing import Any

import numpy as np

from methodology import __version__
from methodology.evidence.answers import answers, industry_shares
from methodology.evidence.chapters import made_by, shown
from methodology.evidence.markup import attribute, cards, link, numeral, spoken, told
from methodology.evidence.pages import Page, indicator_address, indicator_link, sections
from methodology.evidence.weight_pages import group_link
from methodology.findings.contents import PROMISES, RunContents
from methodology.findings.corrections import correction_notes
from methodology.findings.drawn import Drawn
from methodology.findings.promises import NUMERALS, choice_text, level_name, promise_rows, value_rows
from methodology.findings.verdict import Warned, verdict, warned
from methodology.indicators import LEVELS, Indicator, Kind, Level
from methodology.indicators.display import number, off_target, percent, signs_explained, unit_of
from methodology.languages import Words, both
from methodology.parameters.words import choice_value_in_words
from methodology.tables.proposal import published, shares_text
from methodology.weights.rounding import largest_remainder

NOT_A_CLAIM = frozenset({"what would change this answer", "save", "references", "inputs"})
DOCUMENTS = {
    "standard.docx": "标准征求意见稿（Word） Draft standard (Word)",
    "explanation.docx": "编制说明（Word） Compilation explanation (Word)",
    "proposal.xlsx": "全部表格和评价表（Excel） All tables and the evaluation sheet (Excel)",
    "proposal.json": "机读数据（JSON） Proposal for machines (JSON)",
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
    contents: RunContents, pages: Iterable[Page], drawn: Mapping[str, Drawn] | None = None
) -> Page:
    """
    Answer what is proposed, who would stand where, what is looser, what is uncertain and what changed; then the table.

    Parameters
    ----------
    contents : RunContents
        Of the set the page belongs to.
    pages : iterable of Page
        Notebooks of the set; none in the public one.
    drawn : mapping, optional
        Figures of the pages.

    Returns
    -------
    Page
        No text of the run can close a part or open another.
    """
    zh, en = PROMISES.get(contents.promise, (contents.promise, contents.promise))
    parts = sections(
        ("proposed", (f"拟定值（{zh}）", f"What is proposed ({en})"), _values_table(contents)),
        ("warnings", ("须注意", "To be warned of"), _warnings(contents)),
        ("strictness", ("严格度的代价", "What strictness costs"), _strictness(contents, drawn or {})),
        ("promises", ("两种承诺对照", "Two promises, side by side"), _promises(contents)),
        ("claims", ("结论及出处", "The claims, and where each is shown"), _claims(pages)),
        (
            "choices",
            ("本次测算的选择", "Choices of this run"),
            _choices(contents),
        ),
        ("files", ("文件", "Files"), _files(contents)),
    )
    title = Words(contents.system.name_zh, contents.system.name_en)
    return Page("index", title, _lead(contents) + answers(contents) + _notes(contents), parts)


def _strictness(contents: RunContents, drawn: Mapping[str, Drawn]) -> str:
    curve = shown(drawn.get("frontier"))
    return curve and curve + made_by(contents, "frontier")


def _lead(contents: RunContents) -> str:
    draft = contents.system.status == "draft"
    what = spoken("清洁生产评价指标体系", "Indicator system of cleaner production")
    status = spoken(*(("征求意见稿", "Draft for comment") if draft else ("已发布", "Published")))
    plants = spoken(f"依据{contents.plants}家样本企业测算", f"calibrated on {contents.plants} plants")
    said = "".join(f"<p>{spoken(zh, en)}</p>" for zh, en in verdict(contents))
    run = spoken("测算编号", "run")
    return (
        f'<p class="lead">{what} · {status} · {plants}</p>'
        f'<p class="provenance">{run} <code>{escape(contents.run)}</code> · workbench {escape(__version__)}</p>'
        f'<div class="verdict">{said}</div>{_level_bar(contents)}'
    )


def _notes(contents: RunContents) -> str:
    """Each remark in its own words; a label before it in both languages."""
    return "".join(f'<p class="aside">{spoken(*aside)}</p>' for aside in contents.asides)


def _warnings(contents: RunContents) -> str:
    """One line per kind, the sentences behind it."""
    items = "".join(_warning(contents, kind) for kind in warned(contents))
    return f'<ul class="warnings">{items}</ul>' if items else ""


def _warning(contents: RunContents, kind: Warned) -> str:
    links = " · ".join(indicator_link(contents.system, name) for name in kind.concerned)
    said = "".join(f"<li>{spoken(str(item['zh']), str(item['en']))}</li>" for item in kind.sentences)
    named = f"<p><small>{links}</small></p>" if links else ""
    return f"<li><details><summary><b>{spoken(kind.zh, kind.en)}</b></summary>{named}<ul>{said}</ul></details></li>"


def _values_table(contents: RunContents) -> str:
    header = [
        *("指标 indicator", "单位 unit", "权重 weight"),
        *(level_name(Level(level)) for level in LEVELS),
        "达到的企业 reached by",
    ]
    notes = correction_notes(contents)
    rows: list[list[str]] = []
    for group in contents.system.groups:
        name = f"<b>{group_link(group)}</b>"
        rows.append([name, "", f"<b>{contents.group_weight(group.id)}</b>", "", "", "", ""])
        members = [item for item in contents.system.indicators if item.group == group.id]
        rows += [_value_row(contents, item, notes) for item in members if item.id in contents.by_indicator]
    table = cards(header, rows, kind="values standard")
    legend = [*LEGEND, *([LOOSER] if LOOSER[0] in table else []), *([CORRECTED] if notes else [])]
    legend += [INTERVALS] if contents.internal else []
    legend += signs_explained([table])
    return f"{table}<p><small>{'<br>'.join(map(told, legend))}</small></p>{made_by(contents, 'proposal')}"


def _value_row(contents: RunContents, indicator: Indicator, notes: Mapping[str, Any]) -> list[str]:
    own = contents.by_indicator[indicator.id]
    signs = ("*" if indicator.limiting else "") + ("ᶜ" if indicator.id in notes else "")
    return [
        f"{indicator_link(contents.system, indicator.id)}{signs}{told(both(partial(off_target, indicator)))}",
        escape(unit_of(indicator)),
        f"{contents.printed_weights[indicator.id]}",
        *(_value_cell(contents, indicator, own[str(level)]) for level in LEVELS),
        shares_text(own[str(level)]["attainment"] for level in LEVELS),
    ]


def _value_cell(contents: RunContents, indicator: Indicator, row: Mapping[str, Any]) -> str:
    address = f"{indicator_address(indicator.id)}#proposed"
    if indicator.kind is Kind.QUALITATIVE:
        described = (indicator.levels or {}).get(Level(row["level"]))
        title = attribute("title", described.zh, described.en) if described else ""
        return f'<a class="described" href="{address}" {title}>{spoken("见描述", "described")}</a>'
    sign = LOOSER[0] if (indicator.id, row["level"]) in _looser(contents) else ""
    value = f"<b>{link(address, sign + published(row['proposed'], indicator))}</b>"
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
    kept = spoken(*PROMISED.get(contents.promise, ("", "")))
    note = spoken(
        "各列均为样本企业达到该级及以上的比例。", "Shares of the plants of the sample at the level or better."
    )
    parts = [f"<p>{kept}</p>", cards(header, _told(rows)), f"<p><small>{note}</small></p>"]
    header, rows = value_rows(contents)
    if rows:
        head = spoken("两种承诺的数值", "The values of either promise")
        parts += [f"<h3>{head}</h3>", cards(header, _told(rows))]
    return "".join([*parts, made_by(contents, "promises")])


def _told(rows: Iterable[Iterable[str]]) -> list[list[str]]:
    return [["<br>".join(map(_line, cell.split("\n"))) for cell in row] for row in rows]


def _line(text: str) -> str:
    return numeral(text) if text in NUMERALS else told(text)


def _level_bar(contents: RunContents) -> str:
    """Plants of the sample by level, and the industry where the register tells it."""
    known = {("样本", "sample"): contents.shares, ("全行业", "industry"): industry_shares(contents)}
    return f'<div class="level-bars">{"".join(_bar(name, shares) for name, shares in known.items() if shares)}</div>'


def _bar(name: tuple[str, str], shares: Mapping[str, float]) -> str:
    parts = "".join(
        f'<span class="level-{level}" style="flex-grow:{shares[level]:.4f}"></span>'
        for level in shares
        if shares[level] > 0
    )
    whole = [max(share, 0.0) for share in shares.values()]  # of differences of floats dust may be left
    printed = zip(shares, largest_remainder(whole, 3), strict=True)  # they add up to 100 %
    words = " · ".join(
        f'<span class="whole"><span class="key level-{level}"></span> {told(level_name(Level(level)))} '
        f"{percent(share)}</span>"
        for level, share in printed
    )
    return f'<p class="bar-name">{spoken(*name)}</p><div class="level-bar">{parts}</div><p>{words}</p>'


def _claims(pages: Iterable[Page]) -> str:
    items = []
    for page in pages:
        claims = "".join(
            f"<li>{link(f'{page.address}#{one.id}', spoken(*one.heading))}</li>"
            for one in page.sections
            if one.heading.en.casefold().strip(" ?.") not in NOT_A_CLAIM
        )
        items.append(f"<li>{link(page.address, spoken(*page.title))}<ul>{claims}</ul></li>")
    return f'<ul class="claims">{"".join(items)}</ul>' if items else ""


def _choices(contents: RunContents) -> str:
    rows, names = [], contents.named
    for section, chosen in contents.parameters.items():
        pairs = chosen.items() if isinstance(chosen, Mapping) else [("", chosen)]
        rows += [
            f"<tr><th>{told(choice_text(str(section), str(name)))}</th>"
            f"<td>{told(both(partial(choice_value_in_words, value, names, f'{section}.{name}')))}</td></tr>"
            for name, value in pairs
        ]
    summary = spoken(f"{len(rows)}项选择", f"{len(rows)} choices")
    return f'<details><summary>{summary}</summary><table class="choices">{"".join(rows)}</table></details>'


def _files(contents: RunContents) -> str:
    links = "".join(f"<li>{link(path, told(text))}</li>" for path, text in DOCUMENTS.items())
    if not contents.internal:
        return f"<ul>{links}</ul>"
    tables = ("thresholds.csv", "weights.csv", "evaluation.csv")
    names = [f"results/{name}" for name in tables] + [f"notebooks/{path.name}" for path in contents.notebooks]
    kept = " · ".join(link(f"../../{name}", escape(name.partition("/")[2])) for name in names)
    return f"<ul>{links}<li>{spoken('运行文件夹：', 'In the run folder: ')}{kept}</li></ul>"
