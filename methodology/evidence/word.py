"""The draft in Word: the table a standard prints, then the compilation explanation 编制说明 behind it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from methodology import __version__
from methodology.evidence.contents import RunContents
from methodology.evidence.corrections import correction_notes
from methodology.evidence.drawn import Drawn
from methodology.evidence.explanation import write_comment_annex, write_explanation
from methodology.evidence.promises import NUMERALS, promise_name
from methodology.evidence.standard import HEADER, note_letters, standard_rows
from methodology.evidence.verdict import verdict
from methodology.evidence.warned import warned
from methodology.evidence.word_parts import head_and_foot, new_document, paragraph, table
from methodology.forms.repacking import repacked
from methodology.indicators import LEVELS, Kind, Level
from methodology.indicators.display import known_how, number, signs_explained

LIMITING = (
    "* 限定性指标。权重均为占全部指标的比例，合计为1。 "
    "* Limiting indicator. Weights are shares of the whole and add up to 1."
)


def write_word(contents: RunContents, drawn: Mapping[str, Drawn], path: Path) -> Path:
    """
    Write the draft with its compilation explanation.

    Parameters
    ----------
    contents : RunContents
        Of the set the draft belongs to.
    drawn : mapping
        Figures by name, each in the chapter it serves.
    path : Path
        What to write.

    Returns
    -------
    Path
        `path`; the same run gives the same bytes.
    """
    document = new_document()
    system = contents.system
    marks = " · ".join(filter(None, (contents.mark, contents.banner)))
    head_and_foot(document, marks, f"{system.name_zh} {system.name_en} · run {contents.run}")
    _cover(document, contents)
    _standard(document, contents)
    write_explanation(document, contents, drawn)
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
    status = "征求意见稿 Draft for comment" if system.status == "draft" else "已发布 Published"
    paragraph(document, status, centred=True, size=12)
    if contents.mark:
        paragraph(document, f"{contents.mark}：不得外传 not for circulation", centred=True, size=12)
    paragraph(
        document,
        f"{promise_name(contents)} · run {contents.run} · workbench {__version__} · "
        f"{contents.plants}家样本企业 plants · 功能单位 functional unit: {system.functional_unit}",
        centred=True,
    )
    if contents.made_up:
        paragraph(document, contents.made_up)
    for zh, en in verdict(contents):
        paragraph(document, f"{zh} {en}")
    for kind in warned(contents):
        paragraph(document, f"• {kind.head}", size=9)
    for text in contents.asides:
        paragraph(document, text, size=8.5)


def _standard(document: Any, contents: RunContents) -> None:
    document.add_heading("1 评价指标、权重和基准值 Indicators, weights and benchmark values", 1)
    notes = correction_notes(contents)
    letters, rows = note_letters(notes), standard_rows(contents)
    caption = f"表1 拟定值（{promise_name(contents)}） Table 1: values proposed"
    paragraph(document, caption, style="Caption", centred=True)
    table(document, HEADER, rows, [2.6, 1.3, 4.8, 1.7, 1.3, 1.8, 1.8, 1.8], right=(1, 4, 5, 6, 7))
    lines = [
        LIMITING,
        *(f"{letters[name]} {zh} {en}" for name, (zh, en) in notes.items()),
        *signs_explained(cell for row in rows for cell in row if cell),
    ]
    for line in lines:
        paragraph(document, line, size=8.5)
    _described(document, contents)
    document.add_heading("1.2 评价方法 Decision rule", 2)
    for text in _rule(contents):
        paragraph(document, text)


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
    numerals = {level: NUMERALS[str(level)] for level in LEVELS}
    return [
        "综合评价指数Y_g为达到g级的指标权重之和乘以100；达到较严一级的，视为也达到较宽一级。不适用指标的权重分配给同一"
        "一级指标的其他指标；未填报的指标按未达到计。",
        *(
            f"{numerals[level]}级：Y_{level} ≥ {number(scores[level])}"
            + (f"，且限定性指标全部达到{numerals[level]}级。" if level is not Level.III else "。")
            for level in LEVELS
        ),
        "Y_g is the weighted share of indicators that reach level g, times 100; a value that reaches a stricter "
        "level reaches the looser ones too. The weight of an indicator that is not applicable goes to the others "
        "of its group; an indicator that is not reported counts as not reached.",
        *(
            f"Level {level}: Y_{level} ≥ {number(scores[level])} and every limiting indicator reaches level {level}."
            if level is not Level.III
            else f"Level {level}: Y_{level} ≥ {number(scores[level])}."
            for level in LEVELS
        ),
        f"依据 Source of the rule: {rule.source} ({known_how(rule.status)}).",
    ]


def _without_dates(document: Any, contents: RunContents) -> None:
    """Name the document; take away the dates of the template, which say nothing about this one."""
    core = document.core_properties
    core.title = " ".join(filter(None, (contents.system.name_zh, contents.system.name_en, contents.mark)))
    core.author, core.comments, core.last_modified_by = (
        "cleaner-production workbench",
        f"run {contents.run}",
        "",
    )
    for child in list(core._element):
        if child.tag.endswith(("}created", "}modified")):
            core._element.remove(child)
