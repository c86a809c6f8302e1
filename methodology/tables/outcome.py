"""Promise against outcome as tables: the whole standard, each value, and what to revise."""

from __future__ import annotations

import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import benchmark, fixed, percent, unit_of
from methodology.tables.overview import Overview, overview

_FOUND = {
    "as promised": "as promised 与承诺相符",
    "reached by fewer": "reached by fewer 达到者偏少",
    "reached by more": "reached by more 达到者偏多",
    "cannot be told": "cannot be told 无法判断",
}
LEGEND = (
    "expected: plants that sampling alone explains, if the later plants are like the earlier ones (exact "
    "beta-binomial range of exceedances, no distribution assumed) 预期范围：仅由抽样造成的达标企业数",
)


def outcome_overview(outcome: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    What a later sample reaches of an earlier proposal.

    Parameters
    ----------
    outcome : DataFrame
        As `methodology.chain.promise_outcome` or `methodology.chain.to_revise` returns it.

    Returns
    -------
    Overview
        indicator (both languages), level, value, promised, reached, expected, finding.
    """
    rows = [
        {
            "indicator": _name(row.indicator, system),
            "level": row.level,
            "value": _value(row, system),
            "promised 承诺": _share(row.promised, row.promised_plants, row.promised_n),
            "reached 实达": _share(row.reached, row.plants, row.n),
            "expected 预期": f"{int(row.fewest)} – {int(row.most)}" if row.fewest == row.fewest else "",
            "finding 结论": _FOUND[row.finding],
        }
        for row in outcome.itertuples()
    ]
    names = [
        *("indicator", "level", "value", "promised 承诺", "reached 实达"),
        *("expected 预期", "finding 结论"),
    ]
    return overview(rows, names, LEGEND, once=["indicator"])


def outcome_sentences(outcome: pd.DataFrame, confidence: float = 0.95) -> list[tuple[str, str]]:
    """What came out in sentences, English and Chinese: how many values lie apart, and how many would by chance."""
    own = outcome[outcome["indicator"] != ""]
    told = own[own["finding"] != "cannot be told"]
    fewer, more = (int((told["finding"] == name).sum()) for name in ("reached by fewer", "reached by more"))
    chance = fixed((1 - confidence) * len(told), 1)
    return [
        (
            f"Of {len(told)} values, {fewer} are reached by fewer plants and {more} by more than sampling alone "
            f"explains; at most about {chance} would be by chance.",
            f"在可判断的{len(told)}个基准值中，{fewer}个的达标企业少于、{more}个多于抽样所能解释的范围；"
            f"仅由偶然造成的至多约{chance}个。",
        )
    ]


def _name(name: str, system: IndicatorSystem) -> str:
    return f"{system[name].name} {system[name].name_zh}" if name else "whole standard 整个标准"


def _value(row: object, system: IndicatorSystem) -> str:
    name, value = str(getattr(row, "indicator", "")), float(getattr(row, "value", float("nan")))
    return f"{benchmark(value, system[name])} {unit_of(system[name])}".strip() if name else ""


def _share(share: float, plants: float, n: float) -> str:
    return f"{percent(share)} ({int(plants)}/{int(n)})" if share == share else ""
