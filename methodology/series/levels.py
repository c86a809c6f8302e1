"""Levels and values of all members side by side."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from methodology.indicators import LEVELS, CellState, Kind, Level
from methodology.series.members import Standard


def levels_across(standards: Iterable[Standard]) -> pd.DataFrame:
    """
    Count the plants each standard puts at each level.

    Returns
    -------
    DataFrame
        system, promise, stratum, plants, and the counts I, II, III, none.
    """
    rows = []
    for standard in standards:
        counts = standard.evaluation["level"].value_counts()
        rows.append(
            {
                "system": standard.id,
                "promise": standard.promise,
                "stratum": standard.member.parameters.sample.stratum,
                "plants": len(standard.evaluation),
                **{str(level): int(counts.get(str(level), 0)) for level in Level},
            }
        )
    return pd.DataFrame(rows)


def values_across(standards: Iterable[Standard]) -> pd.DataFrame:
    """
    Every proposed value of the series beside the spread of its plants.

    Returns
    -------
    DataFrame
        One row per quantitative indicator and level: system, promise, indicator, level, value, attainment, unit,
        limiting, best and worst (10 % and 90 % quantile of plants from the clean end; each a mean of three plants,
        so that no plant's figure is shown), status (how the centre of the synthetic population is known).
    """
    rows = []
    for standard in standards:
        system, sample = standard.member.system, standard.member.sample
        comparable = sample.comparable(system)
        for entry in standard.proposal["indicators"]:
            indicator = system[entry["id"]]
            if indicator.kind is Kind.QUALITATIVE:
                continue
            stated = sample.states[indicator.id] <= CellState.BELOW_LIMIT
            best, worst = _tenths(comparable.loc[stated, indicator.id].to_numpy(), indicator.better)
            for level in map(str, LEVELS):
                rows.append(
                    {
                        "system": standard.id,
                        "promise": standard.promise,
                        "indicator": indicator.id,
                        "level": level,
                        "value": entry["levels"][level]["proposed"],
                        "attainment": entry["levels"][level]["attainment"],
                        "unit": indicator.unit,
                        "limiting": indicator.limiting,
                        "best": best,
                        "worst": worst,
                        "status": indicator.anchors.status_median if indicator.anchors else "",
                    }
                )
    return pd.DataFrame(rows).astype({"value": float, "attainment": float})


def _tenths(values: np.ndarray, better: str) -> tuple[float, float]:
    """Means of three neighbours around the best and the worst tenth."""
    ordered = np.sort(values.astype(float))
    place = max(1, round(0.1 * (ordered.size - 1)))
    low = float(ordered[max(0, place - 1) : place + 2].mean())
    high = float(ordered[::-1][max(0, place - 1) : place + 2].mean())
    return (high, low) if better == "higher" else (low, high)
