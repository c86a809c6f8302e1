"""What a reader wants to know in half a minute: what is looser than in force, what is uncertain, what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import numpy as np

from methodology.evidence.markup import link, numeral, spoken
from methodology.evidence.pages import indicator_link
from methodology.findings.contents import RunContents
from methodology.findings.promises import NUMERALS
from methodology.indicators import LEVELS, Kind
from methodology.indicators.display import benchmark, mark, number, percent, round_percent, unit_of

MOST = 8
"""Changed values that are named; more are counted."""
_WHY = {
    "joint": (
        "要使约定比例的企业达到整套标准，各项指标的达标率须更高。",
        "For the stated share of plants to attain the whole standard, each indicator has to let more of them through.",
    ),
    "marginal": (
        "样本企业目前的水平即在此处。",
        "This is where the plants of the sample stand today.",
    ),
}
"""Why a value can come to lie on the loose side of what is in force."""
_LOOSER, _SAME = "looser-than-in-force", "same-as-next-level"


def answers(contents: RunContents) -> str:
    """Three answers beside each other: what is looser, what is uncertain, what changed since the last draft."""
    boxes = (
        (("比现行要求宽松的", "Looser than in force"), _looser(contents)),
        (("不确定的", "Uncertain"), "".join(f"<li>{text}</li>" for text in _uncertain(contents))),
        (("与上一稿相比", "Since the last draft"), _changes(contents)),
    )
    return (
        '<div class="answers">'
        + "".join(f"<section><h3>{spoken(*name)}</h3><ul>{items}</ul></section>" for name, items in boxes)
        + "</div>"
    )


def _looser(contents: RunContents) -> str:
    """Indicators with a value looser than what is in force, each with the levels; the reason is on its page."""
    found: dict[str, list[str]] = {}
    for item in contents.proposal.get("warnings") or ():
        if item["kind"] == _LOOSER and item.get("indicator") in contents.system.ids:
            found.setdefault(item["indicator"], []).append(str(item.get("level")))
    if not found:
        return f"<li>{spoken('没有。', 'Nothing.')}</li>"
    why = _WHY.get(contents.promise, _WHY["marginal"])
    return (
        "".join(
            f"<li>{indicator_link(contents.system, name)} {_levels(contents, name, levels)}</li>"
            for name, levels in found.items()
        )
        + f"<li>{spoken(*why)} {link('#warnings', spoken('逐条理由', 'each reason'))}</li>"
    )


def _levels(contents: RunContents, name: str, levels: list[str]) -> str:
    return " · ".join(_beside(contents, name, level) for level in levels)


def _beside(contents: RunContents, name: str, level: str) -> str:
    """A level with its value, the unit, and the value in force that it is looser than."""
    entry = next(one for one in contents.proposal["indicators"] if one["id"] == name)
    stated, indicator = entry["levels"][level], contents.system[name]
    values = [
        number(item["value"])
        for item in stated.get("comparators") or ()
        if item.get("finding") == "looser" and isinstance(item["value"], int | float)
    ]
    beside = spoken(f"（现行{'、'.join(values)}）", f" (in force {', '.join(values)})") if values else ""
    value = f"{benchmark(stated.get('proposed'), indicator)} {escape(unit_of(indicator))}".strip()
    return f"{numeral(level)} {value}{beside}"


def _uncertain(contents: RunContents) -> Iterator[str]:
    yield from _of_industry(contents)
    same = sum(item["kind"] == _SAME for item in contents.proposal.get("warnings") or ())
    if same:
        yield spoken(
            f"{same}个数值与下一级相同，两级无法区分。",
            f"Values not told apart from the next level: {same}.",
        )
    open_ended = sum(_is_open(stated) for _, stated in _values(contents))
    if open_ended:
        yield spoken(
            f"{open_ended}个数值因样本小而至少有一侧没有置信限。",
            f"Values without a confidence limit on at least one side, the sample being small: {open_ended}.",
        )
    unread = sum(bool(mark(item.status)) for one in contents.system.indicators for item in one.comparators)
    if unread:
        yield link(
            "sources.html",
            spoken(f"{unread}个对标值未经原文核对。", f"Comparators not checked in the source: {unread}."),
        )


def _of_industry(contents: RunContents) -> Iterator[str]:
    """What share of the industry attains the proposed point: of its known plants, else of an unlimited one."""
    point = _proposed_point(contents)
    known = max((row.get("known", np.nan) for row in point.values()), default=np.nan)
    low, high = ("lower", "upper") if np.isnan(known) else ("expected_lower", "expected_upper")
    shares = [
        (level, f"{percent(row[low]).removesuffix(' %')}–{percent(row[high])}")
        for level, row in point.items()
        if np.isfinite(row[low]) and np.isfinite(row[high])
    ]
    if not shares:
        return
    sure = round_percent(contents.parameters.get("thresholds", {}).get("confidence", 0.95))
    zh = "，".join(f"{NUMERALS[level]} {share}" for level, share in shares) + f"（置信度{sure}）"
    en = ", ".join(f"{level} {share}" for level, share in shares) + f" ({sure} confidence)"
    if np.isnan(known):
        yield spoken(
            f"推及全行业，同样严格的整套标准的达标率可为：{zh}。",
            f"In the industry a whole standard as strict as this could be attained by: {en}.",
        )
    else:
        yield spoken(
            f"行业已知的{known:.0f}家企业中，预计达到测算值的比例：{zh}。",
            f"Of the {known:.0f} known plants of the industry these shares can be expected to attain the calibrated "
            f"values: {en}.",
        )


def _values(contents: RunContents) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in contents.proposal["indicators"]:
        if contents.system[entry["id"]].kind is not Kind.QUALITATIVE:
            yield from ((entry["id"], stated) for stated in entry["levels"].values())


def _is_open(stated: Mapping[str, Any]) -> bool:
    known = stated.get("limits", [side for side in ("lower", "upper") if stated.get(side) is not None])
    return stated.get("interval") not in (None, "none") and len(known) < 2


def _proposed_point(contents: RunContents) -> dict[str, Mapping[str, Any]]:
    """The point of the frontier that is proposed, by level."""
    table = contents.frontier_points
    rows = table[table["point"] == "proposed"].to_dict("records") if len(table) else []
    return {str(row["level"]): row for row in rows}


def industry_shares(contents: RunContents) -> dict[str, float]:
    """Share of the known industry at each level, `none` last; empty where no register tells it."""
    reached = [float(row.get("industry", np.nan)) for row in _proposed_point(contents).values()]
    if len(reached) != len(LEVELS) or not np.isfinite(reached).all():
        return {}
    ends = [0.0, *np.maximum.accumulate(reached), 1.0]
    return {name: ends[at + 1] - ends[at] for at, name in enumerate([*map(str, LEVELS), "none"])}


def _changes(contents: RunContents) -> str:
    """Values that differ from the draft the run was compared with: old and new."""
    if not contents.earlier:
        return f"<li>{spoken('没有比对的上一稿。', 'No earlier draft to compare with.')}</li>"
    number, before = max(contents.earlier.items())
    old = {entry["id"]: entry["levels"] for entry in before["indicators"]}
    items = []
    for entry in contents.proposal["indicators"]:
        indicator = contents.system[entry["id"]]
        for level, stated in entry["levels"].items():
            was = old.get(entry["id"], {}).get(level, {}).get("proposed")
            if indicator.kind is not Kind.QUALITATIVE and stated.get("proposed") != was:
                values = " → ".join(benchmark(value, indicator) for value in (was, stated.get("proposed")))
                items.append(
                    f"<li>{indicator_link(contents.system, entry['id'])} {numeral(level)}: {values}</li>"
                )
    told = spoken(
        f"与第{number}稿相比，{len(items)}个数值改变。",
        f"Values that differ from draft {number}: {len(items)}.",
    )
    return f"<li>{told}</li>{''.join(items[:MOST])}" + ("<li>…</li>" if len(items) > MOST else "")
