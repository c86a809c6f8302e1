"""The draft in Word: the table a standard prints, then the compilation explanation 编制说明 behind it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from methodology.evidence.contents import RunContents
from methodology.evidence.notebooks import page_of
from methodology.evidence.repacking import repacked
from methodology.evidence.word_parts import new_document, paragraph, picture, table
from methodology.indicators import LEVELS, Indicator, Kind, Level
from methodology.indicators.display import number, percent, unit_of
from methodology.tables import Overview, promises_side_by_side, proposal_comparisons, thresholds_overview
from methodology.tables import proposal_reasons as reasons_overview

FIGURES_OF = ("thresholds", "evaluation", "proposal")
COMMENT_COLUMNS = (
    "序号\nNo.",
    "章条\nClause",
    "意见内容\nComment",
    "提出单位\nFrom",
    "处理意见\nDisposition",
    "理由\nReason",
)


def write_word(contents: RunContents, path: Path) -> Path:
    """
    Write the draft with its compilation explanation.

    Returns
    -------
    Path
        `path`; the same run gives the same bytes.
    """
    document = new_document()
    _cover(document, contents)
    _standard(document, contents)
    _explanation(document, contents)
    _figures(document, contents)
    _comments(document)
    _without_dates(document, contents)
    buffer = io.BytesIO()
    document.save(buffer)
    path.write_bytes(repacked(buffer.getvalue()))
    return path


def _cover(document: Any, contents: RunContents) -> None:
    system = contents.system
    paragraph(document, "清洁生产评价指标体系", style="Title", centred=True)
    paragraph(document, system.name_zh, style="Title", centred=True)
    paragraph(
        document, f"Cleaner-production evaluation indicator system: {system.name_en}", centred=True, size=13
    )
    status = "征求意见稿 Draft for comment" if system.status == "draft" else "Published"
    paragraph(document, status, centred=True, size=12)
    paragraph(
        document,
        f"Run {contents.run}, calibrated on {len(contents.evaluation)} plants; "
        f"functional unit: {system.functional_unit}.",
        centred=True,
    )
    for text in (contents.parameters.get("why"), system.note):
        if text:
            paragraph(document, str(text))


def _standard(document: Any, contents: RunContents) -> None:
    document.add_heading("1 评价指标、权重和基准值 Indicators, weights and benchmark values", 1)
    header = [
        "一级指标\nGroup",
        "权重",
        "二级指标\nIndicator",
        "单位\nUnit",
        "权重",
        *(f"{g}级\n{g}" for g in "ⅠⅡⅢ"),
    ]
    rows = _standard_rows(contents)
    table(document, header, rows, [2.6, 1.2, 5.0, 1.6, 1.2, 1.8, 1.8, 1.8], right=(1, 4, 5, 6, 7))
    paragraph(
        document, "* 限定性指标 limiting indicator. The weight of an indicator is of the whole.", size=8.5
    )
    _described(document, contents)
    document.add_heading("1.2 评价方法 Decision rule", 2)
    for text in _rule(contents):
        paragraph(document, text)


def _standard_rows(contents: RunContents) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    decimals = int(contents.parameters.get("weights", {}).get("decimals", 3))
    own = contents.rows.set_index(["indicator", "level"])
    weights = contents.rows.drop_duplicates("indicator").set_index("indicator")["weight"]
    for group in contents.system.groups:
        members = [i for i in contents.system.indicators if i.group == group.id and i.id in weights.index]
        for place, item in enumerate(members):
            total = f"{weights[[m.id for m in members]].sum():.{decimals}f}"
            head = [f"{group.name_zh}\n{group.name_en}", total] if place == 0 else [None, None]
            values = [_value(item, own.loc[(item.id, str(level)), "proposed"]) for level in LEVELS]
            name = f"{item.name_zh}{'*' if item.limiting else ''}\n{item.name_en}"
            rows.append([*head, name, unit_of(item), f"{weights[item.id]:.{decimals}f}", *values])
    return rows


def _value(indicator: Indicator, value: float) -> str:
    if indicator.kind is Kind.QUALITATIVE:
        return "见1.1"
    sign = "≥" if indicator.better == "higher" else "≤"
    return f"{sign}{number(value, step=indicator.step)}" if value == value else "–"


def _described(document: Any, contents: RunContents) -> None:
    qualitative = [
        item for item in contents.system.indicators if item.kind is Kind.QUALITATIVE and item.levels
    ]
    if not qualitative:
        return
    document.add_heading("1.1 定性指标 Qualitative indicators", 2)
    rows = [
        [f"{item.name_zh}\n{item.name_en}", *(f"{item.levels[g].zh}\n{item.levels[g].en}" for g in LEVELS)]
        for item in qualitative
        if item.levels
    ]
    table(document, ["指标\nIndicator", "Ⅰ级", "Ⅱ级", "Ⅲ级"], rows, [2.4, 4.8, 4.8, 4.8], size=7.5)


def _rule(contents: RunContents) -> list[str]:
    rule = contents.system.rule
    if rule is None:
        return []
    chosen = contents.parameters.get("evaluation", {})
    cut = chosen.get("cut") or None
    scores = {level: cut if cut and level is not Level.III else rule.scores[level] for level in LEVELS}
    return [
        "Y_g is the weighted share of indicators that reach level g, times 100; a value that reaches a stricter "
        "level reaches the looser ones too. The weight of an indicator that is not applicable goes to the others "
        "of its group; an indicator that is not reported counts as not reached.",
        *(
            f"Level {level}: Y_{level} ≥ {number(scores[level])} and every limiting indicator reaches level {level}."
            if level is not Level.III
            else f"Level {level}: Y_{level} ≥ {number(scores[level])}."
            for level in LEVELS
        ),
        f"Source of the rule: {rule.source} ({rule.status}).",
    ]


def _explanation(document: Any, contents: RunContents) -> None:
    document.add_page_break()
    document.add_heading("2 编制说明 Compilation explanation", 1)
    document.add_heading("2.1 两种承诺 Two promises", 2)
    shares = promises_side_by_side(contents.attained, contents.whole, promised=contents.promised)
    _overview(document, shares, [2, 2, 4, 3.5, 3])
    document.add_heading("2.2 样本企业的等级 Plants of the sample by level", 2)
    level_rows = [[str(level), percent(contents.shares[str(level)])] for level in Level]
    table(document, ["Level", "Share of plants"], level_rows, [1, 1], right=(1,))
    document.add_heading("2.3 基准值的统计依据 Statistics behind the benchmark values", 2)
    _overview(
        document,
        thresholds_overview(contents.thresholds, contents.system),
        [4, 3.4, 1.7, 1.2, 1.7, 4.6, 2.2, 3, 3],
    )
    document.add_heading("2.4 拟定值与测算值 Proposed and calibrated values", 2)
    _overview(
        document, reasons_overview(contents.proposal, contents.system), [4, 3.4, 1.7, 1.2, 1.9, 2, 1.9, 6]
    )
    document.add_heading("2.5 对标值 Comparators", 2)
    _overview(
        document,
        proposal_comparisons(contents.proposal, contents.system),
        [3.6, 3.4, 1.3, 2.6, 1.7, 1.6, 3.6, 2.8, 2.8],
    )
    document.add_heading("2.6 数据来源 Sources", 2)
    used = {item.source for indicator in contents.system.indicators for item in indicator.comparators}
    sources = [(key, source) for key, source in contents.system.sources.items() if key in used]
    table(
        document,
        ["Key", "Source", "Status"],
        [[k, s.title, s.status] for k, s in sources],
        [2, 11, 4],
        size=7.5,
    )
    document.add_heading("2.7 本次测算的选择 Choices of this run", 2)
    table(document, ["Choice", "Value"], _choices(contents), [5, 12], size=7.5)


def _overview(document: Any, overview: Overview, widths: Sequence[float]) -> None:
    """An overview as a grid: cells left blank below their like are merged, columns without any text left out."""
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
    table(document, names, rows, [widths[place] for place in kept], right=right, size=7.5)
    for line in overview.legend:
        paragraph(document, line, size=8)


def _choices(contents: RunContents) -> list[list[str]]:
    rows = []
    for section, chosen in contents.parameters.items():
        pairs = chosen.items() if isinstance(chosen, dict) else [("", chosen)]
        rows += [[".".join(filter(None, (section, name))), str(value)] for name, value in pairs]
    return rows


def _figures(document: Any, contents: RunContents) -> None:
    found = [
        figure
        for path in contents.notebooks
        if any(word in path.stem for word in FIGURES_OF)
        for figure in page_of(path).figures
    ]
    if found:
        document.add_page_break()
        document.add_heading("3 图 Figures", 1)
    for place, (claim, png) in enumerate(found, start=1):
        picture(document, png, f"图 {place} Figure {place}: {claim}")


def _comments(document: Any) -> None:
    document.add_page_break()
    document.add_heading("附录 征求意见汇总处理表 Annex: comments and their disposition", 1)
    table(document, COMMENT_COLUMNS, [[""] * len(COMMENT_COLUMNS)] * 6, [1, 1.6, 6, 2.6, 2.6, 3.2])


def _without_dates(document: Any, contents: RunContents) -> None:
    """Name the document; take away the dates of the template, which say nothing about this one."""
    core = document.core_properties
    core.title = f"{contents.system.name_en} {contents.system.name_zh}"
    core.author, core.comments, core.last_modified_by = (
        "cleaner-production workbench",
        f"run {contents.run}",
        "",
    )
    for child in list(core._element):
        if child.tag.endswith(("}created", "}modified")):
            core._element.remove(child)
