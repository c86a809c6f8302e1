"""The compilation explanation 编制说明: prose whose numbers are computed from the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from methodology import __version__
from methodology.evidence import explanation_tables as tables
from methodology.evidence.chinese import chinese, has_chinese, setting, shares, wide
from methodology.evidence.clauses import Clause, Paper, Told, clauses, undated
from methodology.evidence.contents import PROMISES, RunContents
from methodology.evidence.corrections import correction_notes
from methodology.evidence.drawn import Drawn
from methodology.evidence.promises import NUMERALS
from methodology.evidence.standard import NEWLINE, marks_of
from methodology.evidence.warned import warned
from methodology.evidence.word_parts import head_and_foot, paragraph
from methodology.evidence.word_styles import new_document
from methodology.forms.repacking import written
from methodology.indicators import LEVELS, CellState, Kind
from methodology.indicators.display import number, percent

SURE = 0.9
"""Probability from which a plant counts as sure of its level; ASSUMED, said in the sentence."""
FEW = 3
_MOST_SENTENCES = 6
"""Sentences of one kind of warning that are printed; the page and the workbook hold all."""
_STATISTICS = {
    "marginal": "每项指标分别取使相应比例的企业达到的最严数值，即样本的达标分位数。",
    "joint": "各指标按共同的严格度取达标分位数，严格度取使整套标准恰好由相应比例的企业达到的最严者。",
    "strictness": "各指标按选定的严格度取达标分位数。",
    "values": "采用直接给定的数值。",
}


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
    marks = "　".join(["编制说明", *marks_of(contents)])
    head_and_foot(document.sections[0], marks)
    undated(document, f"清洁生产评价指标体系　{name}　编制说明", "清洁生产评价指标体系工作组")
    return written(document, path)


def _told(contents: RunContents) -> Told:
    notes = correction_notes(contents)
    fewest = int(contents.parameters.get("proposal", {}).get("disclosure_minimum", FEW))
    values = {
        "newline": NEWLINE,
        **_origin(contents),
        **_sample(contents, fewest),
        **_weights(contents),
        **_values(contents),
        **_comparison(contents),
        **_verification(contents),
        **_sensitivity(contents),
        "corrected_names": "、".join(contents.system[name].name_zh for name in notes),
    }
    grids = {
        "standards": tables.standards(contents),
        "coverage": tables.coverage(contents, fewest),
        "reasons": tables.reasons(contents),
        "promises": tables.promises(contents),
        "corrections": tables.corrections(contents, notes),
        "compared": tables.compared(contents),
        "choices_made": tables.choices(contents),
        "sources_used": tables.sources(contents),
    }
    holds = {name for name, text in values.items() if text} | ({"corrected"} if notes else set())
    holds |= {"warned"} if warned(contents) else set()
    holds |= {name for name in ("compared",) if grids[name].rows}
    return Told(
        values,
        grids,
        {"warnings": _warnings(contents), "decisions": _decisions(contents)},
        {},
        frozenset(holds),
    )


def _origin(contents: RunContents) -> dict[str, str]:
    chosen, about, panel = contents.parameters, contents.about, contents.panel
    why = str(chosen.get("why") or "")
    earlier = int(chosen.get("proposal", {}).get("earlier_draft", 0) or 0)
    method = chosen.get("weights", {}).get("method", "ahp")
    return {
        "name": contents.system.name_zh,
        "why": chinese(why).rstrip("。") + "。" if has_chinese(why) else "",
        "made_up": "本次测算的企业或专家资料为程序生成的合成数据，仅用于说明方法，数值不得引用。"
        if contents.made_up
        else "",
        "run": contents.run,
        "software": __version__,
        "sample_title": str(about.get("title_zh") or "企业样本"),
        "year": f"（{about['year']}年）" if about.get("year") else "",
        "plants": str(contents.plants),
        "excluded": str(about.get("excluded") or 0),
        "panel_title": str(panel.get("title_zh") or "专家判断"),
        "experts": str(panel.get("experts") or 0),
        "panel_date": f"（{panel['date']}）" if panel.get("date") else "",
        "earlier": f"本稿之前已形成第{earlier}稿，本稿的公布方式已防止由两稿之差推出单个企业的数据。"
        if earlier
        else "",
        "rule_source": chinese(contents.system.rule.source) if contents.system.rule else "编制通则",
        "minimum": str(chosen.get("proposal", {}).get("disclosure_minimum", FEW)),
        "bounded": _bounded(chosen.get("proposal", {}), method),
    }


def _bounded(chosen: Mapping[str, Any], method: str) -> str:
    law = (
        "拟定值不得宽于可比的强制性限值"
        if chosen.get("bound_by_law", True)
        else "拟定值与强制性限值比较，但不受其约束"
    )
    index = "，也不得宽于被修订的指标体系" if chosen.get("bound_by_index", True) else ""
    released = chosen.get("looser") or ()
    some = (
        f"；经记录允许放宽的有{len(released)}个数值，见[选择]".replace("[选择]", "附录A") if released else ""
    )
    return f"{law}{index}{some}。"


def _sample(contents: RunContents, fewest: int) -> dict[str, str]:
    counts = contents.counts
    asked = int(counts.to_numpy().sum())
    by = {state: int(counts[state.name].sum()) for state in CellState}
    silent = counts[CellState.NOT_REPORTED.name]
    worst = [
        str(name) for name in silent.sort_values(ascending=False, kind="stable").index[:3] if silent[name]
    ]
    told = "、".join(f"{contents.system[name].name_zh}（{silent[name]}家）" for name in worst)
    below = contents.parameters.get("thresholds", {}).get("below_limit", "as-limit")
    return {
        "cells": str(asked),
        "measured": str(by[CellState.MEASURED]),
        "measured_share": percent(by[CellState.MEASURED] / asked if asked else 0),
        "below": str(by[CellState.BELOW_LIMIT]),
        "silent": str(by[CellState.NOT_REPORTED]),
        "silent_share": percent(by[CellState.NOT_REPORTED] / asked if asked else 0),
        "excused": str(by[CellState.NOT_APPLICABLE]),
        "least_reported": told or "无",
        "below_limit": setting(below),
        "coverage": _coverage(contents),
    }


def _coverage(contents: RunContents) -> str:
    if not len(contents.coverage):
        return ""
    whole = contents.coverage[contents.coverage["stratum"] == "all"].to_dict("records")
    if not whole or whole[0]["known"] != whole[0]["known"]:
        return f"样本为{contents.plants}家企业，行业企业总数未知，因而不能说明样本占行业的比例。"
    row = whole[0]
    text = f"已知同类企业{row['known']:g}家，样本{row['plants']:g}家，占{percent(row['share'])}"
    if row.get("capacity_share") == row.get("capacity_share") and row.get("capacity_share") is not None:
        text += f"；按产能计占{percent(row['capacity_share'])}"
    parts = contents.coverage[contents.coverage["stratum"] != "all"]
    empty = int((parts["plants"] == 0).sum())
    return text + (
        f"。{len(parts)}个分组中有{empty}个没有样本企业，结论不能推及这些企业。"
        if empty
        else f"，{len(parts)}个分组均有样本企业。"
    )


def _weights(contents: RunContents) -> dict[str, str]:
    system, chosen, weights = (
        contents.system,
        contents.parameters.get("weights", {}),
        contents.printed_weights,
    )
    ordered = sorted(weights, key=lambda name: -weights[name])
    groups = sorted(system.groups, key=lambda group: -contents.group_weight(group.id))
    described = sum(item.kind is Kind.QUALITATIVE for item in system.indicators)
    limiting = [item.name_zh for item in system.indicators if item.limiting]
    method, from_experts = str(chosen.get("method", "ahp")), bool(contents.panel.get("experts"))
    experts = f"{setting(chosen.get('aggregation', 'AIJ'))}，" if from_experts else ""
    return {
        "groups": str(len(system.groups)),
        "indicators": str(len(system.indicators)),
        "quantitative": str(len(system.indicators) - described),
        "described": str(described),
        "limiting": str(len(limiting)),
        "limiting_names": "、".join(limiting) or "无",
        "weight_method": {"ahp": "层次分析法（AHP）"}.get(method, setting(method)),
        "aggregation": f"专家意见的集结方式为{experts}" if experts else "",
        "consistency": number(chosen.get("consistency_limit", 0.1)),
        "decimals": str(contents.decimals),
        "heaviest_group": groups[0].name_zh,
        "heaviest_group_weight": str(contents.group_weight(groups[0].id)),
        "heaviest": "、".join(f"{system[name].name_zh}（{weights[name]}）" for name in ordered[:3]),
        "heaviest_sum": str(sum(weights[name] for name in ordered[:3])),
        "lightest": system[ordered[-1]].name_zh,
        "lightest_weight": str(weights[ordered[-1]]),
        "without_expert": _without_expert(contents),
    }


def _without_expert(contents: RunContents) -> str:
    table = _sensitivity_table(contents, "without_expert")
    if table is None or not len(table):
        return ""
    most = float(table["change"].abs().max())
    return f"逐一去掉一位专家重新计算，样本企业Ⅱ级综合评价指数的平均值最多变化{number(most, digits=2)}分。"


def _values(contents: RunContents) -> dict[str, str]:
    quantitative = [
        e for e in contents.proposal["indicators"] if contents.system[e["id"]].kind is Kind.QUANTITATIVE
    ]
    told = [stated for entry in quantitative for stated in entry["levels"].values()]
    limits = Counter(_limits(stated) for stated in told)
    chosen = contents.parameters.get("thresholds", {})
    alone = (contents.proposal.get("promises") or {}).get(contents.promise, {}).get("each_alone") or {}
    medians = {level: (alone.get(level) or {}).get("median") for level in NUMERALS}
    whole, zh = contents.whole, PROMISES.get(contents.promise, (contents.promise,))[0]
    joint = contents.promise == "joint"
    gap = f"整套标准达到的比例为{shares(whole)}，拟达比例为{shares(contents.promised)}。"
    return {
        "promised": shares(contents.promised),
        "promise": zh,
        "statistic": _STATISTICS.get(contents.promise, ""),
        "represents": _represents(medians, joint=joint),
        "promise_told": gap,
        "confidence": percent(chosen.get("confidence", 0.95)),
        "values_counted": str(len(quantitative)),
        "values_all": str(len(told)),
        "both_limits": str(limits["both"]),
        "one_limit": str(limits["one"]),
        "no_interval": str(limits["none"]),
        **{f"at_{level}": _households(contents, level) for level in NUMERALS},
        "median_alone": shares(medians),
    }


def _limits(stated: Mapping[str, Any]) -> str:
    if stated.get("interval") in (None, "none"):
        return "none"
    known = stated.get("limits", [side for side in ("lower", "upper") if stated.get(side) is not None])
    return "both" if len(known) == 2 else "one"


def _represents(medians: Mapping[str, float | None], *, joint: bool) -> str:
    text = (
        "用分位数而不用平均值或最好值，理由有三：最好的一家受原料、装备和统计误差影响，不代表可以重复的水平；平均值加减若干倍标准差依赖分布形状，"
        "样本说明不了；分位数直接回答“有多少企业已经做到”，不依赖分布形状，也不因个别极端值而变动。"
    )
    if joint and all(value is not None for value in medians.values()):
        text += (
            f"按整套标准测算时，单项指标放行的企业多于整套标准：达到Ⅰ、Ⅱ、Ⅲ级的中位数为{shares(medians)}，"
            "这是同时满足多项要求的必然结果，不是单项放宽要求。"
        )
    return text


def _households(contents: RunContents, level: str) -> str:
    plants = (contents.proposal.get("joint_plants") or {}).get(level)
    share = percent(contents.whole.get(level))
    return share if plants is None else f"{plants}家（{share}）"


def _comparison(contents: RunContents) -> dict[str, str]:
    found = {part: Counter[str]() for part in tables.KINDS}
    for entry in contents.proposal["indicators"]:
        for level, stated in entry["levels"].items():
            for one in stated.get("comparators") or ():
                part = next((name for name, kinds in tables.KINDS.items() if one["kind"] in kinds), None)
                if part and (one["level"] in (None, level)):
                    found[part][one["finding"] or "shown"] += 1
    names = {
        "domestic": "现行强制性限值、超低排放要求和能耗限额",
        "previous": "被修订的指标体系及准入条件",
        "foreign": "国外标准和国际水平",
    }
    return {part: _finding(names[part], counts) for part, counts in found.items()}


def _finding(name: str, counts: Counter[str]) -> str:
    compared = sum(counts.values()) - counts["shown"]
    if not sum(counts.values()):
        return f"本工序没有可引用的{name}。"
    words = {"stricter": "更严", "equal": "相同", "within": "在其范围内", "looser": "更宽"}
    told = "、".join(f"{text}的{counts[key]}次" for key, text in words.items() if counts[key])
    shown = (
        f"另有{counts['shown']}次因统计口径（平均时间、氧含量基准或边界）不同，仅列出而不作比较。"
        if counts["shown"]
        else ""
    )
    return (
        f"拟定值与{name}逐级比较{compared}次，其中{told}。{shown}"
        if compared
        else f"{name}与本标准口径不同，{shown.removeprefix('另有')}"
    )


def _verification(contents: RunContents) -> dict[str, str]:
    document = contents.proposal
    crossed, missed = document.get("cross_validated") or {}, document.get("missed_by") or {}
    before = document.get("joint_calibrated") or {}
    plants = document.get("joint_plants") or {}
    points = "、".join(
        "–" if missed.get(level) is None else f"{number(100 * missed[level], digits=3)}个百分点"
        for level in NUMERALS
    )
    return {
        "crossed": shares(crossed) if any(value is not None for value in crossed.values()) else "",
        "missed": points,
        "calibrated": "、".join(str(before.get(level, "–")) for level in NUMERALS),
        "proposed": "、".join(str(plants.get(level, "–")) for level in NUMERALS),
    }


def _sensitivity_table(contents: RunContents, name: str) -> pd.DataFrame | None:
    path = contents.folder / "results" / "sensitivity" / f"{name}.csv"
    return pd.read_csv(path) if path.is_file() else None


def _sensitivity(contents: RunContents) -> dict[str, str]:
    chosen = contents.parameters.get("sensitivity", {})
    return {
        "choices": _choices_moved(contents),
        "influence": _influence(contents),
        "noise": _noise(contents, chosen),
        "cut": _cut(contents),
        "tested": "以上分析只改变一次测算的选择和误差，不代替新的样本；新样本到来后应重新测算。",
        "larger": f"区间给不出两侧的数值，须有更多企业参加才能判断；本次样本为{contents.plants}家。",
    }


def _choices_moved(contents: RunContents) -> str:
    table = _sensitivity_table(contents, "choices")
    if table is None:
        return ""
    tried = table[table["choice"].notna() & table["moved"].notna()]
    if not len(tried):
        return ""
    most = tried.loc[tried["moved"].idxmax()]
    moving = int((tried["moved"] > 0).sum())
    name = choice_zh_of(str(most["choice"]))
    return (
        f"逐一改变测算的选择（共{len(tried)}种），有{moving}种使企业的等级变化；变化最大的是“{name}”改为“{setting(_number_or_text(most['value']))}”，"
        f"使{most['moved']:g}家企业的等级变化。"
    )


def choice_zh_of(path: str) -> str:
    """A choice of a run in Chinese."""
    from methodology.parameters import choice_in_words

    return next((text for text in choice_in_words(path) if has_chinese(text)), path)


def _number_or_text(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _influence(contents: RunContents) -> str:
    table = _sensitivity_table(contents, "influence")
    if table is None or "shapley" not in table:
        return ""
    own = table[table["output"] == f"share_{LEVELS[1]}"]
    if not len(own) or not own["shapley"].max() > 0:
        return ""
    first = own.loc[own["shapley"].idxmax()]
    return (
        f"把各项选择的全部组合放在一起看，达到Ⅱ级的企业比例的变化中，“{choice_zh_of(str(first['factor']))}”占{percent(first['shapley'], places=0)}，"
        "其余各项均小于它。"
    )


def _noise(contents: RunContents, chosen: Mapping[str, Any]) -> str:
    table = _sensitivity_table(contents, "levels")
    if table is None:
        return ""
    counts = table[[*NUMERALS, "none"]]
    sure = int((counts.max(axis=1) / counts.sum(axis=1) >= SURE).sum())
    return (
        f"对权重、基准值和测量值同时施加随机误差（基准值相对标准差{percent(chosen.get('threshold_cv', 0))}、测量值"
        f"{percent(chosen.get('measurement_cv', 0))}，共模拟{chosen.get('draws', 0)}次），{len(table)}家企业中有{sure}家以不低于"
        f"{percent(SURE)}的频率落在同一级，其余{len(table) - sure}家的等级不能肯定。"
    )


def _cut(contents: RunContents) -> str:
    table = _sensitivity_table(contents, "cuts")
    if table is None or not len(table):
        return ""
    near = table[(table["changed"] == 0)]["cut"]
    if not len(near):
        return ""
    return f"Ⅰ、Ⅱ级所需的综合评价指数在{near.min():g}～{near.max():g}分之间时，所有企业的等级不变。"


def _warnings(contents: RunContents) -> list[Clause]:
    found = []
    for place, kind in enumerate(warned(contents), start=1):
        told = [wide(str(item["zh"])).rstrip("。") for item in kind.sentences[:_MOST_SENTENCES]]
        more = (
            f"；另有{len(kind.sentences) - len(told)}项，见网页和工作簿"
            if len(kind.sentences) > len(told)
            else ""
        )
        found.append(Clause("p", [f"（{place}）{kind.zh}。{'；'.join(told)}{more}。"]))
    return found


def _decisions(contents: RunContents) -> list[Clause]:
    """What the working group decided otherwise than the run."""
    found = []
    for one in contents.proposal.get("decisions") or ():
        item = contents.system[one["indicator"]]
        found.append(
            Clause(
                "p",
                [
                    f"{one['date']}，{one['role']}决定{item.name_zh}{NUMERALS[one['level']]}级取{number(one['value'], step=item.step)}，"
                    f"测算后的拟定值为{number(one['before'], step=item.step)}。理由：{str(one['reason']).rstrip('。')}。"
                ],
            )
        )
    return found
