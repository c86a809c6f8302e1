"""The compilation explanation 编制说明: prose whose numbers are computed from the run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from methodology import __version__
from methodology.documents import explanation_tables as tables
from methodology.documents.chinese import chinese, has_chinese, in_a_row, sentences, setting, wide
from methodology.documents.clauses import Clause, Paper, Told, clauses, undated
from methodology.documents.explanation_findings import (
    found_beside,
    found_by_changing,
    found_by_verifying,
    found_values,
)
from methodology.documents.standard import NEWLINE, marks_of, stratum_zh
from methodology.documents.word_parts import head_and_foot, paragraph
from methodology.documents.word_styles import new_document
from methodology.findings.contents import RunContents
from methodology.findings.corrections import correction_notes
from methodology.findings.drawn import Drawn
from methodology.findings.industry_parts import fewest_plants, parts_chosen, parts_together
from methodology.findings.promises import NUMERALS
from methodology.findings.sample_cells import UNCORRECTED
from methodology.findings.verdict import verdict, warned
from methodology.indicators import CellState, Kind
from methodology.indicators.display import number, percent
from methodology.languages import by_line
from methodology.results.outputs import written


def write_explanation(contents: RunContents, drawn: Mapping[str, Drawn], path: Path) -> Path:
    """
    Write the compilation explanation.

    Parameters
    ----------
    contents : RunContents
        Of the set it belongs to.
    drawn : mapping
        Figures by name, each in the chapter it serves.

    Returns
    -------
    Path
        `path`; the same run gives the same bytes.
    """
    document, name = new_document(), contents.system.name_zh
    paragraph(document, "清洁生产评价指标体系", style="Title")
    paragraph(document, name, style="Title")
    paragraph(document, "编制说明", style="Unlisted")
    paragraph(document, "　".join(f"【{text}】" for text in marks_of(contents)), centred=True)
    Paper(document, clauses("explanation.yaml", _told(contents)), drawn).write()
    head_and_foot(document.sections[0], "　".join(["编制说明", *marks_of(contents)]))
    undated(document, f"清洁生产评价指标体系　{name}　编制说明")
    return written(document, path)


def _told(contents: RunContents) -> Told:
    notes = correction_notes(contents)
    values = {
        "newline": NEWLINE,
        "minimum": str(fewest_plants(contents)),
        **_origin(contents),
        **_sample(contents),
        **_coverage(contents),
        **_weights(contents),
        **found_values(contents),
        **found_beside(contents),
        **found_by_verifying(contents),
        **found_by_changing(contents),
        "corrected": "、".join(contents.system[name].name_zh for name in notes),
        "warned": "yes" if warned(contents) else "",
    }
    grids = {
        "standards": tables.standards(contents),
        "coverage": tables.coverage(contents),
        "reasons": tables.reasons(contents),
        "warned_values": tables.warned_values(contents),
        "promises": tables.promises(contents),
        "corrections": tables.corrections(contents, notes),
        "compared": tables.compared(contents),
        "choices_made": tables.choices(contents),
        "sources_used": tables.sources(contents),
    }
    holds = {name for name, text in values.items() if text} | {
        name for name, grid in grids.items() if grid.rows
    }
    parts = {
        "verdict": [Clause("p", [zh]) for zh, _ in verdict(contents)],
        "warnings": _warnings(contents),
        "decisions": _decisions(contents),
    }
    return Told(values, grids, parts, holds=frozenset(holds))


def _origin(contents: RunContents) -> dict[str, str]:
    chosen, about, panel = contents.parameters, contents.about, contents.panel
    why, proposal = by_line(chosen.get("why") or "").zh, chosen.get("proposal", {})
    return {
        "name": contents.system.name_zh,
        "why": chinese(why).rstrip("。") if has_chinese(why) else "",
        "made_up": sentences(contents.made_up),
        "run": contents.run,
        "software": __version__,
        "sample_title": str(about.get("title_zh") or "企业调查表的汇总"),
        "year": f"（{about['year']}年）" if about.get("year") else "",
        "plants": str(contents.plants),
        "stratum": stratum_zh(contents),
        "excluded": str(about.get("excluded") or 0),
        "panel_title": str(panel.get("title_zh") or "专家咨询表的汇总"),
        "experts": str(panel.get("experts") or ""),
        "panel_date": f"（{_day(str(panel['date']))}）" if panel.get("date") else "",
        "earlier": str(proposal.get("earlier_draft") or ""),
        "rule_source": chinese(contents.system.rule.source) if contents.system.rule else "编制通则",
        "by_law": "yes" if proposal.get("bound_by_law", True) else "",
        "by_index": "yes" if proposal.get("bound_by_index", True) else "",
        "released": str(len(proposal.get("looser") or ()) or ""),
    }


def _day(date: str) -> str:
    """A day as Chinese writes it; a date of another form as it is."""
    found = re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", date)
    return f"{found[1]}年{int(found[2])}月{int(found[3])}日" if found else date


def _sample(contents: RunContents) -> dict[str, str]:
    counts = contents.counts
    by = {state: int(counts[state.name].sum()) for state in CellState}
    asked, uncorrected = sum(by.values()), int(counts[UNCORRECTED].sum())
    silent = counts[CellState.NOT_REPORTED.name]
    worst = [name for name in silent.sort_values(ascending=False, kind="stable").index[:3] if silent[name]]
    told = "、".join(f"{contents.system[str(name)].name_zh}（{silent[name]}家）" for name in worst)
    return {
        "cells": str(asked),
        "measured": str(by[CellState.MEASURED]),
        "measured_share": percent(by[CellState.MEASURED] / asked if asked else 0),
        "below": str(by[CellState.BELOW_LIMIT]),
        "silent": str(by[CellState.NOT_REPORTED]),
        "silent_share": percent(by[CellState.NOT_REPORTED] / asked if asked else 0),
        "uncorrected": f"（含缺少修正所需数据的{uncorrected}项）" if uncorrected else "",
        "excused": str(by[CellState.NOT_APPLICABLE]),
        "least_reported": told or "无",
        "below_limit": setting(contents.parameters.get("thresholds", {}).get("below_limit", "as-limit")),
    }


def _coverage(contents: RunContents) -> dict[str, str]:
    """How much of the industry the sample is, as far as the industry is known."""
    table = contents.coverage
    names = ("known", "share", "capacity_share", "parts", "empty_parts")
    of_all = table[table["stratum"] == "all"] if len(table) else table
    if not len(of_all):  # no register of the industry is known
        return dict.fromkeys(names, "")
    parts = parts_chosen(contents)
    whole = of_all.iloc[0] if len(parts) == len(table) - 1 else parts_together(parts)
    known = whole["known"] == whole["known"]
    capacity, enough = whole.get("capacity_share"), whole["plants"] >= fewest_plants(contents)
    empty = int((parts["plants"] == 0).sum())
    told = (
        f"{whole['known']:g}" if known else "",
        percent(whole["share"]) if known else "",
        percent(capacity) if capacity is not None and capacity == capacity and enough else "",
        str(len(parts)),
        str(empty or ""),
    )
    return dict(zip(names, told, strict=True))


def _weights(contents: RunContents) -> dict[str, str]:
    system, chosen, weights = (
        contents.system,
        contents.parameters.get("weights", {}),
        contents.printed_weights,
    )
    ordered = sorted(weights, key=lambda name: -weights[name])
    group = max(system.groups, key=lambda one: contents.group_weight(one.id))
    described = sum(item.kind is Kind.QUALITATIVE for item in system.indicators)
    limiting = [item.name_zh for item in system.indicators if item.limiting]
    method = str(chosen.get("method", "ahp"))
    return {
        "groups": str(len(system.groups)),
        "indicators": str(len(system.indicators)),
        "quantitative": str(len(system.indicators) - described),
        "described": str(described),
        "limiting": str(len(limiting)),
        "limiting_names": in_a_row(limiting) or "无",
        "weight_method": {"ahp": "层次分析法（AHP）"}.get(method, setting(method)),
        "ahp": "yes" if method == "ahp" else "",
        "aggregation": setting(chosen.get("aggregation", "AIJ")),
        "consistency": number(chosen.get("consistency_limit", 0.1)),
        "decimals": str(contents.decimals),
        "heaviest_group": group.name_zh,
        "heaviest_group_weight": str(contents.group_weight(group.id)),
        "heaviest": "、".join(f"{system[name].name_zh}（{weights[name]}）" for name in ordered[:3]),
        "heaviest_sum": str(sum(weights[name] for name in ordered[:3])),
        "lightest": system[ordered[-1]].name_zh,
        "lightest_weight": str(weights[ordered[-1]]),
    }


def _warnings(contents: RunContents) -> list[Clause]:
    """Every kind of warning, with what is said of the whole standard; those of values stand in a table."""
    found = []
    for place, kind in enumerate(warned(contents), start=1):
        whole = [wide(str(item["zh"])) for item in kind.sentences if not item.get("indicator")]
        found.append(Clause("lead" if whole else "p", [f"（{place}）{kind.zh}{'：' if whole else '。'}"]))
        found += [Clause("p", [text]) for text in whole]
    return found


def _decisions(contents: RunContents) -> list[Clause]:
    """What the working group decided otherwise than the run."""
    found = []
    for one in contents.proposal.get("decisions") or ():
        item = contents.system[one["indicator"]]
        value, before = (number(one[key], step=item.step) for key in ("value", "before"))
        why = by_line(one["reason"]).zh.rstrip("。")
        what = f"{item.name_zh}{NUMERALS[one['level']]}级取{value}，测算后的拟定值为{before}"
        found.append(Clause("p", [f"{one['date']}，{by_line(one['role']).zh}决定{what}。理由：{why}。"]))
    return found
