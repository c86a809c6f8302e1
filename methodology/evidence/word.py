"""The draft in Word: the table a standard prints, then the compilation explanation 编制说明 behind it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from methodology.evidence.contents import RunContents
from methodology.evidence.explanation import write_comment_annex, write_explanation, write_figures
from methodology.evidence.repacking import repacked
from methodology.evidence.word_parts import new_document, paragraph, table
from methodology.indicators import LEVELS, Indicator, Kind, Level
from methodology.indicators.display import benchmark, number, signs_explained, unit_of


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
    write_explanation(document, contents)
    write_figures(document, contents)
    write_comment_annex(document)
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
    for line in signs_explained(cell for row in rows for cell in row if cell):
        paragraph(document, line, size=8.5)
    _described(document, contents)
    document.add_heading("1.2 评价方法 Decision rule", 2)
    for text in _rule(contents):
        paragraph(document, text)


def _standard_rows(contents: RunContents) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    decimals = int(contents.parameters.get("weights", {}).get("decimals", 3))
    own = contents.by_indicator
    weights = {name: levels["I"]["weight"] for name, levels in own.items()}
    for group in contents.system.groups:
        members = [i for i in contents.system.indicators if i.group == group.id and i.id in weights]
        for place, item in enumerate(members):
            total = f"{sum(weights[m.id] for m in members):.{decimals}f}"
            head = [f"{group.name_zh}\n{group.name_en}", total] if place == 0 else [None, None]
            values = [_value(item, own[item.id][str(level)]["proposed"]) for level in LEVELS]
            name = f"{item.name_zh}{'*' if item.limiting else ''}\n{item.name_en}"
            rows.append([*head, name, unit_of(item), f"{weights[item.id]:.{decimals}f}", *values])
    return rows


def _value(indicator: Indicator, value: float) -> str:
    if indicator.kind is Kind.QUALITATIVE:
        return "见1.1"
    sign = "" if indicator.target else "≥" if indicator.better == "higher" else "≤"
    return f"{sign}{benchmark(value, indicator)}" if value == value else "–"


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
