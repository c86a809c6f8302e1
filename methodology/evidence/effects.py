"""What lies behind one indicator: its intervals, what other methods would give, and what it does to the levels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from methodology.evidence.markup import cards, lines, numeral, spoken
from methodology.findings.contents import RunContents
from methodology.findings.promises import NUMERALS, choice_text
from methodology.indicators import LEVELS, Indicator, Kind
from methodology.indicators.display import number, percent, round_percent, unit_of
from methodology.languages import apart, both, retold
from methodology.parameters.words import setting_in_words
from methodology.sample.attribute_words import names_of
from methodology.tables.thresholds import interval_text

_NO_LIMIT = re.compile("no (lower|upper) limit exists")
"""A flag that says again what the interval beside it says."""
LEAST_SHARE = 0.005
"""Share of variance below which a choice is not listed."""
_LEVEL = {"none": ("未达级", "none"), **{str(g): (f"{NUMERALS[str(g)]}级", f"Level {g}") for g in LEVELS}}


def intervals(contents: RunContents, indicator: Indicator, entry: Mapping[str, Any]) -> str:
    """Where the calibrated values lie with what confidence, or which limit does not exist; then what is flagged."""
    if indicator.kind is Kind.QUALITATIVE:
        return ""
    plants, rows = int(entry.get("n") or 0), []
    names = names_of(contents.system)
    for level, stated in entry["levels"].items():
        said = _interval(contents, indicator, level, stated, plants)
        noted = (flag for flag in stated.get("flags") or () if not _NO_LIMIT.match(flag))
        flags = [spoken(*both(partial(retold, flag, names))) for flag in noted]
        rows.append([numeral(level), said, "<br>".join(flags)])
    return cards(["级 level", "区间和置信度 interval and confidence", "须注意 to be noted"], rows)


def _interval(
    contents: RunContents, indicator: Indicator, level: str, stated: Mapping[str, Any], plants: int
) -> str:
    if not contents.internal:
        return spoken(*contents.limits.get((indicator.id, level), ("", "")))
    if stated.get("interval") in (None, "none"):
        return spoken("未计算", "none computed")
    zh, en = both(lambda: interval_text(stated.get("lower"), stated.get("upper"), plants))
    known = any((end := stated.get(side)) is not None and np.isfinite(end) for side in ("lower", "upper"))
    sure = percent(stated.get("confidence"))
    return spoken(f"{zh}（{sure}）", f"{en} ({sure})") if known else spoken(zh, en)


def candidate_methods(contents: RunContents, indicator: Indicator) -> str:
    """What every other estimator and other regulators' rules would give; in the internal set alone."""
    table = contents.results("methods", indicator=indicator.id)
    if not len(table):
        return ""
    rows = []
    by_method: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in table.to_dict("records"):
        by_method[str(row["method"])][str(row["level"])] = _estimate(row)
    for method, estimates in by_method.items():
        cells = [estimates.get(str(level), "–") for level in LEVELS]
        rows.append([spoken(*both(partial(setting_in_words, method))), *cells])
    for row in contents.results("regulators", indicator=indicator.id).to_dict("records"):
        if np.isfinite(row["value"]):
            rule = both(partial(setting_in_words, str(row["rule"])))
            rows.append([spoken(*rule), _estimate(row), "–", "–"])
    unit = unit_of(indicator)
    promised = [percent(contents.promised.get(str(level))) for level in LEVELS]
    shares = "、".join(promised), ", ".join(promised)
    note = (
        f"每格为该方法的数值，下为达到的企业数；均按单项承诺的比例（{shares[0]}）测算。国外规则只给出一个数值，列在Ⅰ级。",
        "In each cell the value by that method, below it the plants that reach it, all for the shares promised for "
        f"each indicator alone ({shares[1]}). Rules from abroad give one value, which stands at Level I.",
    )
    header = ["方法 method", *(f"{NUMERALS[str(g)]}级 Level {g}, {unit}".rstrip(", ") for g in LEVELS)]
    return f"{cards(header, rows, kind='numbers')}<p><small>{spoken(*note)}</small></p>"


def _estimate(row: Mapping[Hashable, Any]) -> str:
    if not np.isfinite(row["value"]):
        return "–"
    reached = "" if pd.isna(row["attained"]) else f"<br><small>{row['attained']:.0f} / {row['n']:.0f}</small>"
    return f"{number(row['value'])}{reached}"


def effect_on_levels(contents: RunContents, indicator: Indicator) -> str:
    """Nearest values at which a level flips, what its weight must become, and which choices move its values."""
    weight = weight_range(contents, "indicator", indicator.id)
    parts = [_tipping(contents, indicator), weight, _shares(contents, indicator)]
    return "".join(filter(None, parts))


def _tipping(contents: RunContents, indicator: Indicator) -> str:
    table = contents.results("sensitivity/tipping", indicator=indicator.id)
    if not len(table):
        return ""
    rows = [
        [
            numeral(str(row["level"])),
            number(row["value"]),
            *(_flip(row, side) for side in ("tighter", "looser")),
        ]
        for row in sorted(table.to_dict("records"), key=lambda row: list(_LEVEL).index(str(row["level"])))
    ]
    header = [
        "级 level",
        "测算值 calibrated",
        "收严至此改变等级 tighter: a level flips at",
        "放宽至此改变等级 looser: a level flips at",
    ]
    return cards(header, rows)


def _flip(row: Mapping[str, Any], side: str) -> str:
    if not np.isfinite(row[side]):
        return spoken("无", "none")
    return f"{number(row[side])}<br><small>{_moved(row, side)}</small>"


def _moved(row: Mapping[str, Any], side: str) -> str:
    """The plant that changes its level first on a side, and from which level to which."""
    before, _, after = str(row[f"{side}_change"]).partition(" -> ")
    moved = (_LEVEL.get(before, (before,) * 2), _LEVEL.get(after, (after,) * 2))
    arrow = " → ".join(spoken(*words) for words in moved)
    return f"{lines(str(row[f'{side}_plant']))}{spoken('：', ': ')}{arrow}"


def weight_range(contents: RunContents, kind: str, name: str) -> str:
    """Between which weights of an indicator or a group no plant changes its level, and who changes first beyond."""
    table = contents.results("sensitivity/weight_stability", kind=kind, name=name)
    if not len(table):
        return ""
    row = table.iloc[0].to_dict()
    low, high = number(row["lower"], step=0.001), number(row["upper"], step=0.001)
    said = spoken(
        f"权重在{low}至{high}之间时没有企业改变等级。",
        f"No plant changes its level while the weight stays between {low} and {high}.",
    )
    beyond = [
        f"<li>{spoken(*words)}{_moved(row, side)}</li>"
        for side, words in (("lower", ("更低：", "Lower: ")), ("upper", ("更高：", "Higher: ")))
        if isinstance(row[f"{side}_plant"], str) and row[f"{side}_plant"]
    ]
    return f"<p>{said}</p>" + (f"<ul>{''.join(beyond)}</ul>" if beyond else "")


def _shares(contents: RunContents, indicator: Indicator) -> str:
    """Share of the variance of each value that each choice explains (Shapley effect)."""
    table = contents.results("sensitivity/influence_values", indicator=indicator.id)
    table = table[table["shapley"] >= LEAST_SHARE] if len(table) else table
    if not len(table):
        return ""
    wide = table.pivot_table(index="factor", columns="level", values="shapley", sort=False)
    rows = [
        [
            spoken(*apart(choice_text(*str(factor).split(".", 1)))),
            *(percent(own[str(g)]) if np.isfinite(own.get(str(g), np.nan)) else "–" for g in LEVELS),
        ]
        for factor, own in wide.iterrows()
    ]
    about = (
        f"各项选择对该基准值变动的贡献（沙普利值，占方差的比例；–：不足{round_percent(LEAST_SHARE)}）。",
        "How much each choice explains of the variance of the value (Shapley effects; –: less than "
        f"{round_percent(LEAST_SHARE)}).",
    )
    header = ["选择 choice", *(f"{NUMERALS[str(g)]}级 Level {g}" for g in LEVELS)]
    return f"<p>{spoken(*about)}</p>{cards(header, rows, kind='numbers')}"
