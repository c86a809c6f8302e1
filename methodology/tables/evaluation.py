"""Levels of plants, and how sure they are."""

from __future__ import annotations

import pandas as pd

from methodology.indicators import IndicatorSystem, Level
from methodology.indicators.display import number, percent
from methodology.tables.overview import Overview, overview
from methodology.tables.sample import starred


def evaluation_overview(evaluation: pd.DataFrame, system: IndicatorSystem | None = None) -> Overview:
    """
    Show the scores, the level and the blocking indicators of every plant, best level first.

    Parameters
    ----------
    evaluation : DataFrame
        As evaluation.csv; `plant` a column or the index.
    system : IndicatorSystem, optional
        Names blocking indicators in words; ids without it.

    Returns
    -------
    Overview
        One row per plant: Y_I, Y_II, Y_III, level, blocked by.
    """
    flat = evaluation if "plant" in evaluation else evaluation.rename_axis("plant").reset_index()
    rank = flat["level"].map({str(level): place for place, level in enumerate(Level)})
    order = flat.assign(rank=rank).sort_values(
        ["rank", "Y_I", "Y_II", "Y_III"], ascending=[True, False, False, False], kind="stable"
    )
    rows = [
        {
            "plant": row.plant,
            **{name: f"{getattr(row, name):.1f}" for name in ("Y_I", "Y_II", "Y_III")},
            "level": row.level,
            "blocked by": _named(row.limiting_failed, system),
        }
        for row in order.itertuples()
    ]
    counts = ", ".join(f"{level} {int((flat['level'] == str(level)).sum())}" for level in Level)
    legend = [f"plants per level: {counts}", "blocked by: limiting indicators that bar the next better level"]
    return overview(rows, ["plant", "Y_I", "Y_II", "Y_III", "level", "blocked by"], legend)


def _named(failed: object, system: IndicatorSystem | None) -> str:
    ids = failed.split() if isinstance(failed, str) else []
    return ", ".join(starred(system[name]).removesuffix("*") if system else name for name in ids)


def level_counts(evaluation: pd.DataFrame) -> Overview:
    """
    Count the plants at each level, and at the level or better.

    Returns
    -------
    Overview
        One row per level: plants, share, at it or better.
    """
    total, above = len(evaluation), 0
    rows = []
    for level in Level:
        count = int((evaluation["level"] == str(level)).sum())
        above += count
        rows.append(
            {
                "level": str(level),
                "plants": count,
                "share": percent(count / total if total else None),
                "at it or better": percent(above / total) if total and level is not Level.NONE else "",
            }
        )
    return overview(rows, ["level", "plants", "share", "at it or better"])


def fragile_plants(level_draws: pd.DataFrame, levels: pd.Series | None = None, *, most: int = 10) -> Overview:
    """
    List the plants least sure of their level.

    Parameters
    ----------
    level_draws : DataFrame indexed by plant, columns I, II, III, none
        Counts of draws, or probabilities.
    levels : Series indexed by plant, optional
        Level without noise.
    most : int
        Plants to list at most.

    Returns
    -------
    Overview
        One row per plant that does not keep one level in every draw: level, probability of each level, fragility = 1 -
        the largest probability. The legend counts the others.
    """
    shares = level_draws[[str(level) for level in Level]].astype(float)
    shares = shares.div(shares.sum(axis=1), axis=0)
    fragility = (1 - shares.max(axis=1)).sort_values(ascending=False, kind="stable")
    rows = [
        {
            "plant": plant,
            "level": levels[plant] if levels is not None else "",
            **{str(level): percent(shares.loc[plant, str(level)]) for level in Level},
            "fragility": percent(fragility[plant]),
        }
        for plant in fragility.index[fragility > 0][:most]
    ]
    safe = int((fragility == 0).sum())
    columns = ["plant", *(["level"] if levels is not None else []), *map(str, Level), "fragility"]
    legend = [
        "fragility: probability of any other level than the likeliest one",
        f"{safe} of {len(fragility)} plants keep one level in every draw",
    ]
    return overview(rows, columns, legend)


def sensitivity_overview(indices: pd.DataFrame) -> Overview:
    """
    Show Sobol or Shapley indices with their intervals, largest first.

    Parameters
    ----------
    indices : DataFrame indexed by factor
        Any of the columns first, total, shapley, each with its `_lower` and `_upper`.

    Returns
    -------
    Overview
        One row per factor, each index as `0.52 [0.47, 0.57]`.
    """
    kinds = [kind for kind in ("first", "total", "shapley") if kind in indices]
    ordered = indices.sort_values(kinds[-1], ascending=False, kind="stable")
    rows = [
        {"factor": factor, **{kind: _with_interval(ordered.loc[factor], kind) for kind in kinds}}
        for factor in ordered.index
    ]
    return overview(rows, ["factor", *kinds], ["share of the variance [interval]"])


def _with_interval(row: pd.Series, kind: str) -> str:
    lower, upper = row.get(f"{kind}_lower"), row.get(f"{kind}_upper")
    text = number(round(float(row[kind]), 2))
    if lower is None or upper is None:
        return text
    return f"{row[kind]:.2f} [{lower:.2f}, {upper:.2f}]".replace("-", "−")
