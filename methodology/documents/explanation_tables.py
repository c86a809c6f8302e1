"""Tables of the compilation explanation, in Chinese."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from methodology.documents.chinese import chinese, choice_name, has_chinese, setting, wide
from methodology.documents.references import cited_as, related, signs
from methodology.documents.word_parts import Grid
from methodology.findings.contents import PROMISES, RunContents
from methodology.findings.industry_parts import fewest_plants, industry_parts
from methodology.findings.promises import NUMERALS
from methodology.findings.verdict import warned
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
_STEP = re.compile("^按([^。，]+)的间隔")
SHARED = 3
"""Rows of a table from which a sentence they share is said once, below it."""
NONE = setting(None)
_NOWHERE = "（原文为英文，见数据文件）"
_FREE = ("why", "why_mixed", "exclude", "given", "stratum", "looser", "point_reason", "expert_reason")


def reasons(contents: RunContents) -> Grid:
    """Proposed values, who reaches them, and why, level by level: what recurs stands once, below the table."""
    rows: list[list[str | None]] = []
    told: list[list[str]] = []
    for entry in contents.proposal["indicators"]:
        item = contents.system[entry["id"]]
        if item.kind is Kind.QUALITATIVE:
            continue
        name: str | None = f"{wide(item.name_zh)}{'*' if item.limiting else ''}"
        unit: str | None = unit_of(item)
        for level, stated in entry["levels"].items():
            count = (
                "–"
                if stated.get("attained") is None
                else f"{stated['attained']}/{entry['n']}（{percent(stated['attainment'])}）"
            )
            value = (
                benchmark(stated.get("proposed"), item) if stated.get("proposed") is not None else "不予公布"
            )
            steps, said = _without_step(wide(stated.get("reason_zh") or ""))
            told.append([text for text in said if text != f"按{entry['n']}家企业测算。"])
            rows.append([name, unit, NUMERALS[level], value, count, steps])
            name, unit = None, None
    cells, notes = told_once(told)
    for place, (row, cell) in enumerate(zip(rows, cells, strict=True)):
        row.append(None if row[0] is None and cell == cells[place - 1] else cell)
    signed = signs(text for row in rows for text in row if text)
    header = ("指标", "单位", "级", "拟定值", "达到的企业", "修约间隔", "理由")
    return Grid(
        header,
        rows,
        (3.0, 1.5, 0.7, 1.5, 2.5, 1.4, 6.4),
        centred=(1, 2, 3, 4, 5),
        notes=[*notes, *signed],
        size=8,
    )


def _without_step(reason: str) -> tuple[str, list[str]]:
    """The step of rounding that a reason names, and its sentences without it."""
    texts = re.findall("[^。]+。", reason)
    steps = [found[1].split(" ")[0] for text in texts if (found := _STEP.match(text))]
    return (steps[0] if steps else "–"), [_STEP.sub("按修约间隔", text) for text in texts]


def told_once(told: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    """
    Set a letter for each sentence that several rows share, and say it below the table.

    Examples
    --------
    >>> told_once([["甲。"], ["甲。", "乙。"], ["甲。"]])
    (['a', 'a；乙', 'a'], ['a　甲。'])
    """
    count = Counter(text for texts in told for text in texts)
    shared = [text for text, rows in count.items() if rows >= SHARED][: len(ascii_lowercase)]
    letters = dict(zip(shared, ascii_lowercase, strict=False))
    cells = [
        "；".join(letters.get(text) or text.rstrip("。") for text in texts).replace("；（", "（")
        for texts in told
    ]
    return cells, [f"{letter}　{text}" for text, letter in letters.items()]


def warned_values(contents: RunContents) -> Grid:
    """Values that ask for attention, by kind, each with what is said of it alone; what they share stands below."""
    rows: list[list[str | None]] = []
    told: list[list[str]] = []
    for place, kind in enumerate(warned(contents), start=1):
        sign: str | None = f"（{place}）"
        last = ""
        for item in (one for one in kind.sentences if one.get("indicator")):
            level, own = NUMERALS[str(item["level"])], contents.system[str(item["indicator"])]
            said = wide(str(item["zh"])).partition(f"{level}级：")[2].rstrip("。")
            rows.append([sign, None if own.id == last else wide(own.name_zh), level])
            told.append([part for part in re.split("；|(?=（按单项承诺)", said) if part])
            sign, last = None, own.id
    cells, notes = told_once(told)
    rows = [[*row, cell] for row, cell in zip(rows, cells, strict=True)]
    notes += signs(cell for row in rows for cell in row if cell)
    return Grid(
        ("问题", "指标", "级", "说明"), rows, (1, 3.6, 0.8, 11.6), centred=(0, 2), notes=notes, size=8
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
            said = {one for _, one, _ in own}
            found = (
                f"各级均{FINDINGS[own[0][1]]}"
                if len(own) == len(NUMERALS) and len(said) == 1 and own[0][1]
                else "；".join(f"{NUMERALS[level]}级{FINDINGS[one]}" for level, one, _ in own if one)
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
    left: list[str] = []
    for section, chosen in contents.parameters.items():
        pairs = chosen.items() if isinstance(chosen, Mapping) else [("", chosen)]
        for name, value in pairs:
            path = ".".join(filter(None, (section, name)))
            if path in ("system", "why", "why_mixed"):
                continue
            free = name in _FREE and value
            shown = _written_by_hand(value, contents, path) if free or not value else setting(value)
            if shown == NONE:
                left.append(_choice(path))
            else:
                rows.append([_choice(path), shown])
    notes = [f"未作选择的各项：{'、'.join(left)}。"] if left else []
    return Grid(("选择", "取值"), rows, (9, 8), notes=notes, size=8)


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
