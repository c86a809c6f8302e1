"""Promise against outcome as tables: the whole standard, each value, and what to revise."""

from __future__ import annotations

import pandas as pd

from methodology.indicators import IndicatorSystem, Kind
from methodology.indicators.display import benchmark, fixed, percent, unit_of
from methodology.languages import Words, both, later, say
from methodology.tables.overview import Overview, in_both_languages, overview

_FOUND = {
    "as promised": later("as promised"),
    "reached by fewer": later("reached by fewer"),
    "reached by more": later("reached by more"),
    "cannot be told": later("cannot be told"),
}
LEGEND = later(
    "expected: plants that sampling alone explains, if the later plants are like the earlier ones (exact "
    "beta-binomial range of exceedances, no distribution assumed)"
)


@in_both_languages
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
        indicator, level, value, promised, outcome, expected, finding.
    """
    rows = [
        {
            "indicator": _name(row.indicator, system),
            "level": row.level,
            "value": _value(row, system),
            "promised": _share(row.promised, row.promised_plants, row.promised_n),
            "outcome": _share(row.reached, row.plants, row.n),
            "expected": f"{int(row.fewest)} – {int(row.most)}" if row.fewest == row.fewest else "",
            "finding": say(_FOUND[row.finding]),
        }
        for row in outcome.itertuples()
    ]
    columns = ["indicator", "level", "value", "promised", "outcome", "expected", "finding"]
    return overview(rows, columns, [say(LEGEND)], once=["indicator"])


def outcome_sentences(outcome: pd.DataFrame, confidence: float = 0.95) -> list[Words]:
    """What came out in sentences: how many values lie apart, and how many would by chance."""
    own = outcome[outcome["indicator"] != ""]
    told = own[own["finding"] != "cannot be told"]
    fewer, more = (int((told["finding"] == name).sum()) for name in ("reached by fewer", "reached by more"))
    chance = fixed((1 - confidence) * len(told), 1)
    return [
        both(
            lambda: say(
                "Of {values} values, {fewer} are reached by fewer plants and {more} by more than sampling alone "
                "explains; at most about {chance} would be by chance.",
                values=len(told),
                fewer=fewer,
                more=more,
                chance=chance,
            )
        )
    ]


def _name(name: str, system: IndicatorSystem) -> str:
    return system[name].name if name else say("whole standard")


def _value(row: object, system: IndicatorSystem) -> str:
    name, value = str(getattr(row, "indicator", "")), float(getattr(row, "value", float("nan")))
    if not name:
        return ""
    described = system[name].kind is Kind.QUALITATIVE
    return (
        say("described") if described else f"{benchmark(value, system[name])} {unit_of(system[name])}".strip()
    )


def _share(share: float, plants: float, n: float) -> str:
    return f"{percent(share)} ({int(plants)}/{int(n)})" if share == share else ""
