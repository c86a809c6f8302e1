"""Tables of the compilation explanation, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from methodology.documents.chinese import chinese, choice_name, has_chinese, setting, wide
from methodology.documents.references import cited_as, related, signs
from methodology.documents.word_parts import Grid
from methodology.findings.contents import PROMISES, RunContents
from methodology.findings.industry_parts import fewest_plants, industry_parts
from methodology.findings.promises import NUMERALS
from methodology.indicators import Kind
from methodology.indicators.display import (
    benchmark,
    label_zh,
    mark,
    number,
    percent,
    said_known_how,
    unit_of,
    unit_text,
)
from methodology.languages import by_line, short_title, speaking
from methodology.parameters.words import choice_value_in_words

KINDS = {
    "domestic": ("mandatory_limit", "ultra_low", "energy_norm", "efficiency_benchmark"),
    "previous": ("index_2014", "access_criteria"),
    "foreign": ("eu_bat_ael", "us_standard", "jp_standard", "international_mean"),
}
"""Comparators by the chapter they belong to."""
FINDINGS = {"stricter": "更严", "equal": "相同", "looser": "更宽", "within": "在其范围内"}
_PLACES = {
    "eu_bat_ael": "欧盟最佳可行技术排放水平",
    "us_standard": "美国联邦排放标准",
    "jp_standard": "日本法定限值",
    "international_mean": "国际平均水平",
    "efficiency_benchmark": "能效标杆水平",
    "access_criteria": "准入条件",
}
_LABELS = {
    "special limit": "特别排放限值",
    "existing/new plants": "现有和新建企业限值",
    "stamp-charged": "捣固",
    "top-charged": "顶装",
    "all scrap": "全废钢",
}
_NOWHERE = "（原文为英文，见数据文件）"
_FREE = ("why", "why_mixed", "exclude", "given", "stratum", "looser", "point_reason", "expert_reason")


def reasons(contents: RunContents) -> Grid:
    """Proposed values, who reaches them, and why, level by level."""
    rows: list[list[str | None]] = []
    for entry in contents.proposal["indicators"]:
        item = contents.system[entry["id"]]
        if item.kind is Kind.QUALITATIVE:
            continue
        name: str | None = f"{wide(item.name_zh)}{'*' if item.limiting else ''}"
        unit: str | None = unit_of(item)
        before = ""
        for level, told in entry["levels"].items():
            count = (
                "–"
                if told.get("attained") is None
                else f"{told['attained']}/{entry['n']}（{percent(told['attainment'])}）"
            )
            value = benchmark(told.get("proposed"), item) if told.get("proposed") is not None else "不予公布"
            reason = wide(told.get("reason_zh") or "")
            again = name is None and reason == before
            rows.append([name, unit, NUMERALS[level], value, count, None if again else reason])
            name, unit, before = None, None, reason
    return Grid(
        ("指标", "单位", "级", "拟定值", "达到的企业", "理由"),
        rows,
        (2.6, 1.5, 0.8, 1.5, 2.4, 8.2),
        centred=(1, 2, 3, 4),
        notes=signs(cell for row in rows for cell in row if cell),
        size=8,
    )


def promises(contents: RunContents) -> Grid:
    """What either promise wants and gives, level by level."""
    rows: list[list[str | None]] = []
    told = contents.proposal.get("promises") or {}
    for name in sorted(told, key=lambda one: one != contents.promise):
        first: str | None = PROMISES.get(name, (name, name))[0] + (
            "（本稿采用）" if name == contents.promise else ""
        )
        for level, sign in NUMERALS.items():
            alone = (told[name].get("each_alone") or {}).get(level) or {}
            rows.append(
                [
                    first,
                    sign,
                    percent(contents.promised.get(level)),
                    " · ".join(percent(alone.get(end)) for end in ("lowest", "median", "highest")),
                    percent((told[name].get("attainment") or {}).get(level)),
                ]
            )
            first = None
    if not rows:
        rows = [
            ["本稿", sign, percent(contents.promised.get(level)), "", percent(contents.whole.get(level))]
            for level, sign in NUMERALS.items()
        ]
    header = ("取法", "级", "拟达比例", "各指标单独达到（最低 · 中位 · 最高）", "整套标准达到")
    return Grid(header, rows, (3, 1, 2, 5, 3), centred=(0, 1, 2, 3, 4))


def compared(contents: RunContents) -> Grid:
    """Every comparator beside the value it stands with."""
    rows: list[list[str | None]] = []
    for entry in contents.proposal["indicators"]:
        item = contents.system[entry["id"]]
        name: str | None = wide(item.name_zh)
        for c in item.comparators:
            own = [
                (level, one["finding"], told)
                for level, told in entry["levels"].items()
                for one in told.get("comparators") or ()
                if (one["kind"], one["label"], one["basis"]) == (c.kind, c.label, c.basis)
                and one["level"] == (c.level and str(c.level))
            ]
            if not own:
                continue
            ends = c.value if isinstance(c.value, tuple) else (c.value,)
            value = "～".join(number(end) for end in ends) + f" {unit_text(c.unit)}{mark(c.status)}"
            proposed = "、".join(
                dict.fromkeys(
                    f"{NUMERALS[level]}\u00a0{benchmark(told.get('proposed'), item)}"
                    for level, _, told in own
                )
            )
            found = (
                "；".join(f"{NUMERALS[level]}级{FINDINGS[one]}" for level, one, _ in own if one)
                or "仅列出，不作比较"
            )
            rows.append([name, comparator_name(c.kind, c.label), value, proposed, found])
            name = None
    notes = signs(str(row[2]) for row in rows)
    header = ("指标", "对标项", "对标值", "拟定值", "拟定值相比")
    return Grid(header, rows, (2.8, 3.9, 2.9, 3.7, 3.7), centred=(2, 3), notes=notes, size=8)


def comparator_name(kind: str, label: str) -> str:
    """
    What a comparator is called in Chinese.

    Examples
    --------
    >>> comparator_name("mandatory_limit", "GB 28663-2012 special limit"), comparator_name("eu_bat_ael", "BAT-AEL")
    ('GB 28663—2012特别排放限值', '欧盟最佳可行技术排放水平')
    """
    text = wide(label_zh(label))
    for english, zh in _LABELS.items():
        text = text.replace(f" {english}", zh).replace(english, zh)
    if kind in _PLACES and not has_chinese(text):
        return _PLACES[kind]
    return text.replace(" level ", "　").replace(", ", "，")


def coverage(contents: RunContents) -> Grid:
    """Plants of the sample in every part of the industry; few of them are not counted."""
    rows: list[list[str | None]] = [
        [
            part.name.zh.replace(" / ", "、"),
            "不公布" if part.plants is None else str(part.plants),
            "–" if part.known is None else str(part.known),
        ]
        for part in industry_parts(contents)
    ]
    withheld = any(row[1] == "不公布" for row in rows)
    note = f"不足{fewest_plants(contents)}家的不公布家数；必要时另有分组一并不公布，以免由合计推出。"
    header = ("分组", "样本企业（家）", "已知企业（家）")
    return Grid(header, rows, (6, 3, 3), centred=(1, 2), notes=[note] if withheld else [])


def corrections(contents: RunContents, names: Mapping[str, Any]) -> Grid:
    """Where each correction was read, and how sure that is."""
    from methodology.documents.correction_clauses import purpose

    rows: list[list[str | None]] = []
    for c in contents.system.corrections:
        targets = [wide(contents.system[name].name_zh) for name in c.target if name in names]
        if not targets or not c.computable:
            continue
        origin = (
            "由本次样本测算"
            if c.reference is not None
            else by_line(contents.system.sources[c.source].title).zh
        )
        shown = origin if has_chinese(origin) else _standard_in(origin)
        rows.append(["、".join(targets), purpose(c, contents.system), wide(shown), _known(c.status)])
    return Grid(("指标", "修正项", "来源", "核对情况"), rows, (3, 7, 5, 2))


def _standard_in(title: str) -> str:
    """The numbers of Chinese standards a title names, or that it is told in English."""
    found = re.findall(r"(?:GB|HJ)(?:/T)? ?[\d./]+(?:-\d{4})?", title)
    return "、".join(dict.fromkeys(text.strip() for text in found)) or _NOWHERE


def sources(contents: RunContents) -> Grid:
    """Sources of comparators and corrections, and what was read of them."""
    used = {c.source for item in contents.system.indicators for c in item.comparators}
    used |= {c.source for c in contents.system.corrections if c.reference is None}
    listed = [item for key, item in contents.system.sources.items() if key in used]
    rows: list[list[str | None]] = [
        [str(place), wide(_titled(by_line(item.title).zh)), _known(item.status)]
        for place, item in enumerate(listed, start=1)
    ]
    return Grid(("序号", "来源（按原文题名）", "核对情况"), rows, (1.2, 12.3, 3.5), centred=(0,))


def _titled(title: str) -> str:
    """The title of a source; of one in another language without the remarks behind it."""
    return title if has_chinese(title) else short_title(title)


def standards(contents: RunContents) -> Grid:
    """Documents about the process, in force or replaced."""
    rows: list[list[str | None]] = [
        [name or "–", told + sign, state]
        for number_, title, sign, state in related(contents)
        for name, told in [cited_as(number_, title)]
    ]
    return Grid(
        ("编号", "名称", "状态"),
        rows,
        (4, 10, 2),
        centred=(2,),
        notes=signs(str(row[1]) for row in rows),
    )


def choices(contents: RunContents) -> Grid:
    """Every choice of the run in words; what was written by hand and not in Chinese stands in the data file."""
    rows: list[list[str | None]] = []
    for section, chosen in contents.parameters.items():
        pairs = chosen.items() if isinstance(chosen, Mapping) else [("", chosen)]
        for name, value in pairs:
            path = ".".join(filter(None, (section, name)))
            if path in ("system", "why", "why_mixed"):
                continue
            free = name in _FREE and value
            shown = _written_by_hand(value, contents, path) if free or not value else setting(value)
            rows.append([_choice(path), shown])
    return Grid(("选择", "取值"), rows, (9, 8))


def _written_by_hand(value: Any, contents: RunContents, path: str) -> str:
    """A text or decisions in Chinese, what was left open in words; what is English alone stands in the data file."""
    with speaking("zh"):
        told = choice_value_in_words(value, contents.named, path)
    if not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}", told):
        return told
    return _NOWHERE if isinstance(value, str) else f"{len(value)}项，见数据文件"


def _known(status: str) -> str:
    with speaking("zh"):
        return chinese(said_known_how(by_line(status).zh))


def _choice(path: str) -> str:
    return "随机种子" if path == "seed" else choice_name(path)
