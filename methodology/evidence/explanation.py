"""The compilation explanation 编制说明: what stands behind the values, and nothing about a single plant."""

from __future__ import annotations

from typing import Any

from methodology.evidence.contents import RunContents
from methodology.evidence.notebooks import page_of
from methodology.evidence.word_parts import paragraph, picture, table
from methodology.indicators import Level
from methodology.indicators.display import percent
from methodology.proposal import public
from methodology.tables import (
    Overview,
    promises_side_by_side,
    proposal_comparisons,
    proposal_reasons,
    proposal_statistics,
)

UNSHOWN = (
    "Calibrated values and limits of intervals are figures of single plants; they are kept in the evidence of the run "
    "and not printed here. 测算值和区间端点为单个企业的数据,仅保留在支撑材料中。"
)
WIDTHS = {
    "indicator": 4.0,
    "指标": 3.4,
    "unit": 1.7,
    "level": 1.2,
    "proposed": 2.2,
    "calibrated": 2.0,
    "value": 1.7,
    "reached by": 3.0,
    "interval": 4.6,
    "note": 3.6,
    "reason": 9.0,
    "comparator": 3.4,
    "basis": 3.6,
    "promised": 2.0,
}
"""Columns of overviews, in proportion."""
COMMENT_COLUMNS = (
    "序号\nNo.",
    "章条\nClause",
    "意见内容\nComment",
    "提出单位\nFrom",
    "处理意见\nDisposition",
    "理由\nReason",
)


def write_explanation(document: Any, contents: RunContents) -> None:
    """Add promises, levels, statistics, reasons, comparators, sources and choices."""
    document.add_page_break()
    document.add_heading("2 编制说明 Compilation explanation", 1)
    document.add_heading("2.1 两种承诺 Two promises", 2)
    _overview(document, promises_side_by_side(contents.attained, contents.whole, promised=contents.promised))
    document.add_heading("2.2 样本企业的等级 Plants of the sample by level", 2)
    level_rows = [[str(level), percent(contents.shares[str(level)])] for level in Level]
    table(document, ["Level", "Share of plants"], level_rows, [1, 1], right=(1,))
    document.add_heading("2.3 基准值的统计依据 Statistics behind the benchmark values", 2)
    paragraph(document, UNSHOWN, size=8.5)
    _overview(document, proposal_statistics(contents.proposal, contents.system))
    document.add_heading("2.4 拟定值的理由 Reasons for the proposed values", 2)
    _overview(document, proposal_reasons(_in_both_languages(public(contents.proposal)), contents.system))
    document.add_heading("2.5 对标值 Comparators", 2)
    _overview(document, proposal_comparisons(contents.proposal, contents.system))
    document.add_heading("2.6 数据来源 Sources", 2)
    _sources(document, contents)
    document.add_heading("2.7 本次测算的选择 Choices of this run", 2)
    table(document, ["Choice", "Value"], _choices(contents), [5, 12], size=7.5)


def _sources(document: Any, contents: RunContents) -> None:
    used = {item.source for indicator in contents.system.indicators for item in indicator.comparators}
    rows = [[key, item.title, item.status] for key, item in contents.system.sources.items() if key in used]
    table(document, ["Key", "Source", "Status"], rows, [2, 11, 4], size=7.5)


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
    named = [name in ("indicator", "指标", "unit") for name in names]
    rows = [
        [None if own and not (cell or row[0]) else cell for own, cell in zip(named, row, strict=True)]
        for row in flat.iloc[:, kept].to_numpy(dtype=object).tolist()
    ]
    table(document, names, rows, [WIDTHS.get(name, 3.0) for name in names], right=right, size=7.5)
    for line in overview.legend:
        paragraph(document, line, size=8)


def _in_both_languages(proposal: dict[str, Any]) -> dict[str, Any]:
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
        rows += [[".".join(filter(None, (section, name))), str(value)] for name, value in pairs]
    return rows


def write_figures(document: Any, contents: RunContents) -> None:
    """Add the figures of the notebooks that show no single plant."""
    found = [item for path in contents.notebooks for item in page_of(path).figures if not item.plants]
    if found:
        document.add_page_break()
        document.add_heading("3 图 Figures", 1)
    for place, item in enumerate(found, start=1):
        picture(document, item.png, f"图 {place} Figure {place}: {item.claim}")


def write_comment_annex(document: Any) -> None:
    """Add the empty table of comments and their disposition 征求意见汇总处理表."""
    document.add_page_break()
    document.add_heading("附录 征求意见汇总处理表 Annex: comments and their disposition", 1)
    table(document, COMMENT_COLUMNS, [[""] * len(COMMENT_COLUMNS)] * 6, [1, 1.6, 6, 2.6, 2.6, 3.2])
