"""Layout and texts of the questionnaire: what the writer prints, and the reader looks for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from methodology.indicators import Indicator, IndicatorSystem
from methodology.indicators.display import number, said_known_how, unit_of, unit_text
from methodology.indicators.loading import read_yaml
from methodology.languages import both, by_line, short_title

GUIDE, PLANT_SHEET, RAW, OUTLETS, INDICATORS = (
    "说明 guide",
    "企业 plant",
    "原始数据 raw data",
    "排口 outlets",
    "指标 indicators",
)
DEFINITIONS, LEVELS_SHEET, UNITS = "定义 definitions", "分级 levels", "单位 units"
MARK = "Questionnaire of the indicator system"
"""Stands beside the id of the system on the first sheet, in plain ASCII: the reader finds it in any encoding."""
CODE, ITEM, ENTRY, UNIT = "代码 code", "项目 item", "填写 entry", "单位 unit"
BELOW, NOT_APPLICABLE, PROOF, CHECK = "低于检出限 <", "不适用 n/a", "证明材料、备注 evidence", "检查 check"
CONVERTED, COMPUTED, SAID = "折合 converted", "由原始数据计算 computed", "说明 explanation"
PLANT_ROW, YEAR_ROW, NAME_ROW = "plant", "year", "name"
LESS, NO = "<", "不适用 n/a"
"""Words of the lists beside a value."""
MOST_OUTLETS = 8
LEVEL_WORDS = {"Ⅰ级 Level I": "I", "Ⅱ级 Level II": "II", "Ⅲ级 Level III": "III", "未达到 none": "none"}
MISSING, DOUBTFUL, FINE = "缺 missing", "请核对 please check", "✓"
DIFFERS, NO_NUMBER = "不符 differs from computed", "不是数字 no number"


@lru_cache(maxsize=1)
def form_texts() -> Mapping[str, Any]:
    """What the form says besides: steps of filling it in, headings, averaging times and proofs in Chinese."""
    return read_yaml(Path(__file__).with_name("questionnaire_words.yaml"))


def titles(system: IndicatorSystem) -> tuple[str, str, str]:
    """The three lines above the instructions."""
    status = "草案，仅供试用 draft, for trial only" if system.status == "draft" else "已发布 published"
    return (
        f"{system.name_zh}清洁生产评价指标调查表",
        f"Questionnaire on cleaner production: {system.name_en}",
        f"{status} · 功能单位 per {system.functional_unit}",
    )


def conventions(system: IndicatorSystem) -> list[tuple[str, str, str]]:
    """Conventions the values rest on: value, and in two languages what it means and how it is known from where."""
    rows = []
    for c in system.conventions:
        title, known = by_line(system.sources[c.source].title), both(partial(said_known_how, c.status))
        rows.append(
            (
                f"{number(c.value)} {unit_text(c.unit)}".strip() if c.value is not None else "–",
                f"{c.zh}；来源：{short_title(title.zh)}，{known.zh}",
                "; ".join(filter(None, [c.en, f"source: {short_title(title.en)}, {known.en}", c.vintage])),
            )
        )
    return rows


def explained(indicator: Indicator) -> tuple[str, str]:
    """What an indicator is, in a sentence of either language."""
    if indicator.explained is not None:
        return indicator.explained.zh, indicator.explained.en
    return "", f"{indicator.definition}; {indicator.boundary}"


def named_with_meaning(indicator: Indicator) -> tuple[str, str]:
    """An indicator with its unit, and what it is, in either language."""
    unit, (zh, en) = unit_of(indicator), explained(indicator)
    name = f"{indicator.name_zh}（{unit}）" if unit else indicator.name_zh
    behind = f" ({unit})" if unit else ""
    return f"{name}：{zh}" if zh else name, f"{indicator.name_en}{behind}: {en}"


def averaging(indicator: Indicator) -> tuple[str, str]:
    """Over which time an indicator is averaged."""
    return form_texts()["averaging"].get(indicator.averaging, ""), indicator.averaging


def evidence(indicator: Indicator) -> tuple[str, str]:
    """What proves a value."""
    if indicator.evidence:
        return form_texts()["evidence_words"].get(indicator.evidence, ""), indicator.evidence
    zh, en = form_texts()["evidence"].get(indicator.group, ("", ""))
    return zh, en


def may_be_excused(indicator: Indicator) -> bool:
    """Whether the system says that the indicator may not apply to a plant."""
    return indicator.applicability != "always" or bool(indicator.applies)
