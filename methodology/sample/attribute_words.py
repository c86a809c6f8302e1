"""Every text the questionnaire brings itself: who finds one in a run learns nothing about a plant."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from methodology.indicators import Group, Indicator, IndicatorSystem, Kind, read_yaml
from methodology.indicators.display import number, unit_of
from methodology.indicators.words import LEVELS, Direction

SHEETS = ("说明 instructions", "plants", "definitions", "levels")
LEVEL_CHOICES = (*(str(level) for level in LEVELS), "none", "n/a")
ABOUT_PLANT = "企业情况\nThe plant"
FREE_TEXT = "文字 text"
PLANT_HEAD = {
    "group": "",
    "zh": "企业",
    "en": "Plant",
    "id": "plant",
    "unit": "单位 unit",
    "example": "例 example",
}
STEPS_HEAD = ("步骤 step", "中文", "English")
STATES_HEAD = ("填法 entry", "含义", "meaning")
CONVENTIONS_HEAD = ("口径 convention", "中文", "English [status]")
LEVELS_HEAD = ("id", "指标", "级 level", "描述", "description")
DEFINITIONS_HEAD = (
    *("id", "指标", "indicator", "单位 unit", "方向 direction", "限定性 limiting", "定义 definition"),
    *("边界 boundary", "平均 averaging", "适用 applicability", "证明材料 evidence", "可能范围 bounds"),
)
DIRECTIONS = {
    Direction.LOWER: "越低越好 lower is cleaner",
    Direction.HIGHER: "越高越好 higher is cleaner",
    Direction.INTERVAL: "区间 within an interval",
}
STATES = (
    ("12.5", "测得或计算值", "measured or computed value of the year"),
    ("<5", "低于检出限,写出限值", "below a detection limit: write the limit"),
    ("", "未填报(空白)", "not reported: leave the cell empty"),
    ("n/a", "不适用", "does not apply to the plant"),
    ("I / II / III / none", "定性指标:从下拉列表选择", "described indicators: choose from the list"),
)
STEPS = (
    (
        "在“plants”表中每个企业(或每座装置)填一行;不要改动灰色表头和代码行。",
        "Fill one row per plant (or unit) on the sheet 'plants'; leave the grey header rows as they are.",
    ),
    (
        "只填数字,不写单位、逗号或区间。单位不同时,请在“单位 unit”行(浅黄色)改写单位,由程序换算。",
        "Enter numbers alone: no unit, comma or range. If your unit differs, change it in the row '单位 unit' (pale "
        "yellow), and the program converts.",
    ),
    (
        "不适用(n/a)与未填报(空白)是两种状态:未填报按未达到处理。",
        "Not applicable (n/a) and not reported (empty) differ: what is not reported counts as not reached.",
    ),
    (
        "指标定义、核算边界和证明材料见“definitions”,定性指标的分级描述见“levels”。",
        "Definitions, boundaries and evidence are on 'definitions', the described levels on 'levels'.",
    ),
    (
        "橙色单元格超出物理上可能的范围,请核对单位和小数点。",
        "An orange cell lies outside what is physically possible: check unit and decimal point.",
    ),
    (
        "企业可用代码(如P01)填报;程序发布结果时只用代码。",
        "Plants may go by a code such as P01; results are published under codes only.",
    ),
)


@lru_cache(maxsize=1)
def attribute_words() -> dict[str, dict[str, str]]:
    """Names of attributes of plants in both languages."""
    words: dict[str, dict[str, str]] = read_yaml(Path(__file__).with_name("attribute_words.yaml"))
    return words


def attribute_name(name: str, language: str) -> str:
    """Name of an attribute of plants in `zh` or `en`."""
    return attribute_words().get(name, {}).get(language, name.replace("_", " "))


def column_name(name: str, system: IndicatorSystem, language: str, *, unit: bool = False) -> str:
    """Name of an indicator or an attribute in `zh` or `en`, with its unit if asked for."""
    if name in system.ids:
        word, measured = str(getattr(system[name], f"name_{language}")), unit_of(system[name])
    else:
        word, measured = attribute_name(name, language), system.attributes.get(name, "text")
    return f"{word}, {measured}" if unit and measured not in ("", "text") else word


def titles(system: IndicatorSystem) -> tuple[str, str, str]:
    """The three lines above the instructions."""
    status = "草案,仅供试用 draft, for trial only" if system.status == "draft" else "已发布 published"
    return (
        f"{system.name_zh}清洁生产评价指标调查表",
        f"Questionnaire on cleaner production: {system.name_en}",
        f"{status} · {system.id} · 功能单位 per {system.functional_unit}",
    )


def plants_title(system: IndicatorSystem) -> str:
    """The line above the table of plants."""
    hint = "每个企业一行 one row per plant · 红色为限定性指标 red: limiting indicator"
    return f"{system.name_zh} {system.name_en} · {hint}"


def group_head(group: Group) -> str:
    """What stands above the indicators of a group."""
    return f"{group.name_zh}\n{group.name_en}"


def conventions(system: IndicatorSystem) -> list[tuple[str, str, str]]:
    """Conventions the values rest on: value, and what it means in two languages."""
    return [
        (f"{number(c.value)} {c.unit}".strip() if c.value is not None else "–", c.zh, f"{c.en} [{c.status}]")
        for c in system.conventions
    ]


def definition(indicator: Indicator) -> tuple[str, ...]:
    """One row of the sheet of definitions."""
    i = indicator
    bounds = f"{i.bounds.low:g} – {i.bounds.high:g}" if i.bounds else ""
    limiting = "是 yes" if i.limiting else ""
    direction = "分级 described levels" if i.kind is Kind.QUALITATIVE else DIRECTIONS[i.direction]
    line = (i.id, i.name_zh, i.name_en, unit_of(i), direction, limiting, i.definition, i.boundary)
    return (*line, i.averaging, i.applicability, i.evidence, bounds)


def own_texts(system: IndicatorSystem) -> Iterator[str]:
    """
    Every text of a blank questionnaire, but for the words of the system as they stand in its file.

    Yields
    ------
    str
        Sheets, titles, heads, instructions, names of attributes, and what is composed of words of the system.
    """
    yield from (*SHEETS, *LEVEL_CHOICES, ABOUT_PLANT, FREE_TEXT, *PLANT_HEAD.values(), plants_title(system))
    yield from (
        *STEPS_HEAD,
        *STATES_HEAD,
        *CONVENTIONS_HEAD,
        *LEVELS_HEAD,
        *DEFINITIONS_HEAD,
        *titles(system),
    )
    yield from (text for line in (*STEPS, *STATES, *conventions(system)) for text in line)
    yield from (attribute_name(name, language) for name in system.attributes for language in ("zh", "en"))
    yield from (" | ".join(kind.split("|")) for kind in system.attributes.values())
    yield from map(group_head, system.groups)
    yield from (text for indicator in system.indicators for text in definition(indicator))
