"""The two promises as rows of texts: the same on the front page, in Word and in the workbook."""

from __future__ import annotations

from typing import Any

from methodology.findings.contents import PROMISES, RunContents
from methodology.indicators import LEVELS, Kind, Level
from methodology.indicators.display import benchmark, crossed, percent, unit_of
from methodology.parameters.words import choice_in_words
from methodology.tables import promises_side_by_side

Rows = list[list[str]]
NUMERALS = dict(zip(map(str, LEVELS), "ⅠⅡⅢ", strict=True))
"""Levels as Chinese standards number them."""
_OF_THE_RUN = {
    "system": ("indicator system", "指标体系"),
    "why": ("purpose of the run", "测算目的"),
    "why_mixed": ("why plants and experts of two kinds are combined", "企业与专家资料不配套的理由"),
    "seed": ("random seed", "随机种子"),
}
"""Choices that belong to no stage: English, Chinese."""


def level_name(level: Level) -> str:
    """
    A level in both languages.

    Examples
    --------
    >>> level_name(Level.II), level_name(Level.NONE)
    ('Ⅱ级 Level II', '未达级 none')
    """
    return "未达级 none" if level is Level.NONE else f"{NUMERALS[str(level)]}级 Level {level}"


def choice_text(section: str, name: str = "") -> str:
    """
    What a choice of the run is called, in both languages; what has no words keeps its name.

    Examples
    --------
    >>> choice_text("evaluation", "cut"), choice_text("seed")
    ('Ⅰ、Ⅱ级所需综合评价指数 score that Levels I and II need', '随机种子 random seed')
    """
    path = ".".join(filter(None, (section, name)))
    zh, en = choice_in_words(path)
    en, zh = _OF_THE_RUN.get(path, (en, zh))
    return " ".join(dict.fromkeys((zh, en)))


def promise_name(contents: RunContents, promise: str = "") -> str:
    """A promise in both languages; the one proposed when none is named."""
    zh, en = PROMISES.get(promise or contents.promise, (promise or contents.promise,) * 2)
    return f"{zh} {en}"


def promise_rows(contents: RunContents) -> tuple[list[str], Rows]:
    """
    Per promise and level: what is wanted, what each indicator gives, what the whole standard gives, all as proposed.

    Returns
    -------
    header, rows
        An older run that carries one promise gives the rows of that one.
    """
    if not contents.proposal.get("promises"):
        table = promises_side_by_side(
            contents.attained, contents.whole, promised=contents.promised
        ).reset_index()
        return [str(name) for name in table.columns], table.astype(str).to_numpy().tolist()
    header = [
        "承诺\npromise",
        "级\nlevel",
        "拟达比例\nwanted",
        "各指标单独达到（最低 · 中位 · 最高）\neach indicator alone (lowest · median · highest)",
        "整套标准达到\nthe whole standard",
    ]
    header.append(
        "未参与测算的企业达到（精确二项区间）\nplants left out of the calibration (exact binomial interval)"
    )
    if contents.internal:
        header.append("未修约时整套标准\nthe whole standard before rounding")
    return header, [
        _promise_row(contents, name, told, level)
        for name, told in sorted(
            contents.proposal["promises"].items(), key=lambda item: item[0] != contents.promise
        )
        for level in map(str, LEVELS)
    ]


def _promise_row(contents: RunContents, name: str, told: dict[str, Any], level: str) -> list[str]:
    alone = (told.get("each_alone") or {}).get(level) or {}
    chosen = "\n★ 本稿采用 proposed here" if name == contents.promise else ""
    cells = [
        promise_name(contents, name) + chosen,
        level,
        percent(contents.promised.get(level)),
        " · ".join(percent(alone.get(end)) for end in ("lowest", "median", "highest")),
        percent((told.get("attainment") or {}).get(level)),
        crossed(contents.proposal, level) if chosen else "",
    ]
    return (
        [*cells, percent((told.get("calibrated_attainment") or {}).get(level))]
        if contents.internal
        else cells
    )


def value_rows(contents: RunContents) -> tuple[list[str], Rows]:
    """The values each promise proposes, side by side; empty where a run carries one promise."""
    promises = contents.proposal.get("promises") or {}
    header = ["指标\nindicator", "单位\nunit"]
    header += [f"{promise_name(contents, name)}\nⅠ | Ⅱ | Ⅲ" for name in promises]
    rows = [
        [f"{item.name_zh} {item.name_en}", unit_of(item)]
        + [
            " | ".join(benchmark(told["proposed"].get(item.id, {}).get(str(level)), item) for level in LEVELS)
            for told in promises.values()
        ]
        for item in contents.system.indicators
        if item.kind is not Kind.QUALITATIVE and item.id in contents.by_indicator
    ]
    return header, rows if promises else []
