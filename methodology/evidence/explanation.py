"""The compilation explanation 编制说明: what stands behind the values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from methodology.evidence.compared import HEADER as COMPARED
from methodology.evidence.compared import compared
from methodology.evidence.contents import RunContents
from methodology.evidence.drawn import Drawn
from methodology.evidence.promises import choice_text, level_name, promise_name, promise_rows, value_rows
from methodology.evidence.warned import warned
from methodology.evidence.word_parts import paragraph, picture, table
from methodology.indicators import Level
from methodology.indicators.display import known_how, percent, signs_explained
from methodology.tables import proposal_reasons, thresholds_overview
from methodology.tables.overview import Overview

UNSHOWN = (
    "测算值和区间端点为单个企业的数据，仅保留在内部资料中。 "
    "Calibrated values and limits of intervals are figures of single plants; they are kept in the internal evidence "
    "of the run and not printed here."
)
WIDTHS = {
    "indicator": 4.0,
    "指标": 3.4,
    "unit": 1.7,
    "level": 1.2,
    "proposed": 2.2,
    "calibrated": 2.4,
    "value": 1.7,
    "reached by": 3.0,
    "interval": 4.6,
    "note": 3.6,
    "reason": 9.0,
    "promised": 2.0,
}
"""Columns of overviews, in proportion."""
HEADS = {
    "unit": "单位\nunit",
    "level": "级\nlevel",
    "proposed": "拟定值\nproposed",
    "calibrated": "测算值\ncalibrated",
    "value": "数值\nvalue",
    "reached by": "达到的企业\nreached by",
    "interval": "区间\ninterval",
    "confidence": "置信度\nconfidence",
    "note": "备注\nnote",
    "reason": "理由\nreason",
    "promised": "拟达比例\npromised",
}
"""Headings of overviews in both languages; the two columns of names have one each."""
COMMENT_COLUMNS = (
    "序号\nNo.",
    "章条\nClause",
    "意见内容\nComment",
    "提出单位\nFrom",
    "处理意见\nDisposition",
    "理由\nReason",
)


def write_explanation(document: Any, contents: RunContents, drawn: Mapping[str, Drawn]) -> None:
    """Add promises, levels, statistics, reasons, comparators, sources and choices, each with its figure."""
    document.add_page_break()
    document.add_heading("2 编制说明 Compilation explanation", 1)
    document.add_heading("2.1 两种承诺 Two promises", 2)
    _warnings(document, contents)
    for header, rows in (promise_rows(contents), value_rows(contents)):
        if rows:
            table(document, header, rows, [_width(name) for name in header], size=7.5)
            paragraph(document, "")
    _figure(document, drawn, "promises")
    document.add_heading("2.2 样本企业的等级 Plants of the sample by level", 2)
    level_rows = [[level_name(level), percent(contents.shares[str(level)])] for level in Level]
    share = f"企业比例（{promise_name(contents)}）\nshare of plants"
    table(document, ["级\nlevel", share], level_rows, [1, 1], right=(1,))
    document.add_heading("2.3 权重 Weights", 2)
    _figure(document, drawn, "weights")
    document.add_heading("2.4 基准值的统计依据 Statistics behind the benchmark values", 2)
    if contents.internal:
        _overview(document, thresholds_overview(contents.thresholds, contents.system))
    else:
        paragraph(document, UNSHOWN, size=8.5)
        _overview(document, contents.statistics)
    document.add_heading("2.5 拟定值的理由 Reasons for the proposed values", 2)
    _overview(document, proposal_reasons(_in_both_languages(contents.proposal), contents.system))
    document.add_heading("2.6 对标值 Comparators", 2)
    _figure(document, drawn, "values")
    _comparators(document, contents)
    document.add_heading("2.7 数据来源 Sources", 2)
    _sources(document, contents)
    document.add_heading("2.8 本次测算的选择 Choices of this run", 2)
    table(document, ["选择\nchoice", "取值\nvalue"], _choices(contents), [5, 12], size=7.5)


def _warnings(document: Any, contents: RunContents) -> None:
    """One line per kind of warning; the sentences stand in the workbook and on the page."""
    for kind in warned(contents):
        names = "、".join(contents.system[name].name_zh for name in kind.concerned)
        paragraph(document, f"• {kind.head}{f'（{names}）' if names else ''}", size=9)


def _figure(document: Any, drawn: Mapping[str, Drawn], name: str) -> None:
    """A figure of the document, numbered in the order of `drawn`, with the values it shows."""
    if name in drawn:
        place, item = list(drawn).index(name) + 1, drawn[name]
        picture(document, item.png, f"图 {place} Figure {place}: {item.claim} ({item.basis})")


def _width(name: str) -> float:
    return 1.0 if name.startswith("级") else 3.0


def _comparators(document: Any, contents: RunContents) -> None:
    """The table of comparators; an indicator is named once beside all of its rows."""
    rows: list[list[str | None]] = []
    before = ""
    for name, *told in compared(contents):
        rows.append([None if name == before else name, *told])
        before = name
    if not rows:
        paragraph(document, "无 none", size=8)
        return
    table(document, COMPARED, rows, [3.4, 3.2, 1.2, 1.9, 2.2, 2.6, 2.8, 2.2], size=7.5)
    for line in signs_explained(cell for row in rows for cell in row if cell):
        paragraph(document, line, size=8)


def _sources(document: Any, contents: RunContents) -> None:
    used = {item.source for indicator in contents.system.indicators for item in indicator.comparators}
    rows = [
        [key, item.title, known_how(item.status)]
        for key, item in contents.system.sources.items()
        if key in used
    ]
    table(document, ["代号\nkey", "来源\nsource", "状态\nstatus"], rows, [2, 11, 4], size=7.5)


def _overview(document: Any, overview: Overview) -> None:
    """An overview as a grid: cells left blank below their like are merged, columns without any text left out."""
    if overview.empty:
        paragraph(document, "无 none", size=8)
        return
    flat = overview.reset_index()
    kept = [place for place, name in enumerate(flat.columns) if (flat[name] != "").any()]
    names = [str(flat.columns[place]) for place in kept]
    right = [
        place for place, name in enumerate(names) if name in ("value", "proposed", "calibrated", "promised")
    ]
    table_rows: list[list[str | None]] = []
    shown: dict[str, str] = {}
    for row in flat.iloc[:, kept].to_numpy(dtype=object).tolist():
        above = {} if row[0] else shown
        table_rows.append(
            [None if _again(name, cell, above) else cell for name, cell in zip(names, row, strict=True)]
        )
        shown = above | {name: cell for name, cell in zip(names, row, strict=True) if cell}
    header = [HEADS.get(name, name) for name in names]
    table(document, header, table_rows, [WIDTHS.get(name, 3.0) for name in names], right=right, size=7.5)
    for line in overview.legend:
        paragraph(document, line, size=8)


def _again(name: str, cell: str, above: Mapping[str, str]) -> bool:
    """Whether a cell goes on saying what the cells above it say of the same indicator."""
    if name in ("indicator", "指标", "unit"):
        return bool(above) and not cell
    return name in ("reason", "note") and bool(cell) and above.get(name) == cell


def _in_both_languages(proposal: Mapping[str, Any]) -> dict[str, Any]:
    """The proposal with its reasons in Chinese before those in English."""
    indicators = [
        {
            **entry,
            "levels": {
                level: {
                    **stated,
                    "reason": f"{stated.get('reason_zh', '')} {stated.get('reason', '')}".strip(),
                }
                for level, stated in entry["levels"].items()
            },
        }
        for entry in proposal["indicators"]
    ]
    return {**proposal, "indicators": indicators}


def _choices(contents: RunContents) -> list[list[str]]:
    rows = []
    for section, chosen in contents.parameters.items():
        pairs = chosen.items() if isinstance(chosen, dict) else [("", chosen)]
        rows += [[choice_text(section, name), str(value)] for name, value in pairs]
    return rows


def write_comment_annex(document: Any) -> None:
    """Add the empty table of comments and their disposition 征求意见汇总处理表."""
    document.add_page_break()
    document.add_heading("附录 征求意见汇总处理表 Annex: comments and their disposition", 1)
    table(document, COMMENT_COLUMNS, [[""] * len(COMMENT_COLUMNS)] * 6, [1, 1.6, 6, 2.6, 2.6, 3.2])
