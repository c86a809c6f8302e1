"""The promise of the whole standard: values rounded so that it is kept, and by how much it is missed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from math import ceil
from typing import Any

import pandas as pd

from methodology.evaluation.exact import exact
from methodology.evaluation.scoring import heaviest_first
from methodology.indicators import LEVELS
from methodology.indicators.display import fixed, percent
from methodology.indicators.words import level_zh
from methodology.proposal.reasons import Settled
from methodology.proposal.rounding import Side

Settling = Callable[[Mapping[tuple[str, str], Side]], dict[tuple[str, str], Settled]]
Counting = Callable[[pd.DataFrame], Mapping[str, int]]


def settle_whole(
    settle: Settling, count: Counting, targets: Mapping[str, float], plants: int, weights: pd.DataFrame
) -> dict[tuple[str, str], Settled]:
    """
    Settle values on the side nearest to their own share, loosened where the whole standard would miss its promise.

    Parameters
    ----------
    settle : callable
        Settles all values, rounding those it is given a side for to that side.
    count : callable
        Plants at each level or better under a table of values.
    targets : mapping of level to share
        Wanted share of plants at each level or better.
    plants : int
        Of the sample.
    weights : DataFrame
        Columns indicator, weight.

    Notes
    -----
    Level by level, II first, which both others may look at. Of the values rounded to the strict side as many are turned
    to the loose one, those of the heaviest indicators first, as it takes until the wanted number of plants is there, or
    as many as the loose side gives (A-47).
    """
    sides: dict[tuple[str, str], Side] = {}
    found = settle(sides)
    order = heaviest_first(dict(zip(weights["indicator"], weights["weight"], strict=True)))
    for level in (str(LEVELS[1]), str(LEVELS[0]), str(LEVELS[2])):
        wanted = ceil(round(targets[level] * plants, 9))
        strict = [(name, level) for name in order if found[name, level].side == "strict"]
        there = partial(_there, settle, count, level, strict, dict(sides))
        most = there(len(strict)) if strict else 0
        if strict and there(0) < min(wanted, most):
            turned = bisect_left(range(len(strict) + 1), min(wanted, most), key=there)
            sides |= dict.fromkeys(strict[:turned], "loose")
            found = settle(sides)
    return found


def _there(
    settle: Settling,
    count: Counting,
    level: str,
    strict: list[tuple[str, str]],
    sides: Mapping[tuple[str, str], Side],
    turned: int,
) -> int:
    """Plants at a level or better with the first `turned` strict values of it turned to the loose side."""
    loose: dict[tuple[str, str], Side] = dict.fromkeys(strict[:turned], "loose")
    return count(table_of(settle({**sides, **loose})))[level]


def table_of(settled: Mapping[tuple[str, str], Settled]) -> pd.DataFrame:
    """Settled values as columns indicator, level, value; a withheld one is that of the next looser level."""
    rows = pd.DataFrame(
        [(indicator, level, one.value) for (indicator, level), one in settled.items()],
        columns=["indicator", "level", "value"],
    )
    return rows.assign(value=rows.groupby("indicator")["value"].bfill().ffill())


KIND = "misses-promise"
CAUSES = {
    "law": ("law", "法规"),
    "index": ("the index that is revised", "被修订的指标体系"),
    "dirty end": ("keeping values off the dirtiest plants", "“数值不取自最不清洁的几家企业”这一要求"),
    "silence": ("unreported cells", "未填报的数据"),
    "proposed": ("rounding, disclosure guard and decisions", "修约、披露保护和决定"),
}
"""What stands between a promise and the plants that attain it, in the order it is counted."""
CURES = {
    "index": (
        "a recorded decision that lets single values be looser than that index",
        "作出有记录的决定，允许个别数值宽于该体系",
    ),
    "silence": ("answers to silent cells", "补报缺失的数据"),
}


def missed_promise(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """
    Flag each level that fewer plants attain than the promise of the whole standard wants, and say why.

    Parameters
    ----------
    document : mapping
        As proposal.json, with `bounds`: plants with one bound more each time. Without them, and where the promise is
        one of each indicator alone, nothing is flagged; nor is a level nobody attains, a warning of its own.

    Returns
    -------
    list of dict
        As `methodology.proposal.warning.warnings_of`. Counts of plants alone, no figure of any.
    """
    if document["promise"] == "marginal" or not document.get("bounds"):
        return []
    found = []
    for level, target in document["targets"].items():
        there, plants = int(document["joint_plants"][level]), int(document["plants"])
        if 0 < there < ceil(exact(target) * plants):
            en, zh = _said(document, level, float(target))
            found.append({"indicator": "", "level": level, "kind": KIND, "en": en, "zh": zh})
    return found


def _said(document: Mapping[str, Any], level: str, target: float) -> tuple[str, str]:
    there, plants = int(document["joint_plants"][level]), int(document["plants"])
    short = fixed(100 * (target - there / plants), 1)
    free, moved = _moved(document, level)
    en = (
        f"Level {level} of the whole standard: {there} of {plants} plants ({percent(there / plants)}) attain it, "
        f"{short} points fewer than the {percent(target)} promised. Without any bound it would be {free}"
    )
    zh = (
        f"整套标准{level_zh(level)}：{plants}家企业中{there}家达到（{percent(there / plants)}），"
        f"比承诺的{percent(target)}少{short}个百分点。不加任何约束时为{free}家"
    )
    for cause, lost in moved.items():
        name_en, name_zh = CAUSES[cause]
        en += f"; {abs(lost)} {'fewer' if lost > 0 else 'more'} through {name_en}"
        zh += f"；{name_zh}{'减少' if lost > 0 else '挽回'}{abs(lost)}家"
    cures = [CURES[cause] for cause in CURES if moved.get(cause, 0) > 0]
    if cures:
        en += f". It would change with {' or '.join(cure for cure, _ in cures)}"
        zh += f"。{'，或'.join(cure for _, cure in cures)}，可改变这一结果"
    return f"{en}.", f"{zh}。"


def _moved(document: Mapping[str, Any], level: str) -> tuple[int, dict[str, int]]:
    """Plants without any bound, and how many each bound takes."""
    rows = [row for row in document["bounds"] if row["level"] == level]
    told = [(str(row["bound"]), int(row["plants"])) for row in rows]
    return told[0][1], {
        name: before - after for (_, before), (name, after) in pairwise(told) if before != after
    }
