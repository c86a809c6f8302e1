"""What if one value, one weight or the cut were different? The same plants, judged again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from methodology.errors import ParameterError
from methodology.evaluation import attainment_of_whole, evaluate
from methodology.indicators import LEVELS, CellState
from methodology.indicators.display import fixed
from methodology.languages import NUMERALS
from methodology.results import session
from methodology.series.levels import at_each_level
from methodology.series.members import Standard
from methodology.weights.rounding import publish, with_local_weights


@dataclass(frozen=True, eq=False)
class WhatIf:
    """
    Levels before and after a change.

    Attributes
    ----------
    before, after : DataFrame
        Columns of evaluation.csv.
    """

    before: pd.DataFrame
    after: pd.DataFrame

    @property
    def moved(self) -> pd.DataFrame:
        """Plants whose level differs: plant, before, after, and Y_I, Y_II, Y_III after the change."""
        other = self.after["level"].to_numpy() != self.before["level"].to_numpy()
        return pd.DataFrame(
            {
                "plant": self.before.loc[other, "plant"],
                "before": self.before.loc[other, "level"],
                "after": self.after.loc[other, "level"],
                **{name: self.after.loc[other, name] for name in ("Y_I", "Y_II", "Y_III")},
            }
        ).reset_index(drop=True)


def what_if(
    standard: Standard,
    *,
    values: Mapping[tuple[str, str], float] | None = None,
    weight_factors: Mapping[str, float] | None = None,
    cut: float | None = None,
    level_one: str | None = None,
    told: bool = True,
) -> WhatIf:
    """
    Judge the plants of a sample under a changed standard.

    Parameters
    ----------
    standard : Standard
        As proposed.
    values : mapping of (indicator, level) to float
        Other benchmark values, in the unit of the indicator; values of other levels give way where the order asks
        for it.
    weight_factors : mapping of indicator to float
        What a weight is multiplied with; the other weights give or take in proportion, so that all still sum to 1.
    cut : float, optional
        Score that Levels I and II need.
    level_one : {"limiting", "limiting-and-rest-at-two"}, optional
    told : bool
        Whether somebody before a notebook is told which levels give way.

    Returns
    -------
    WhatIf

    Raises
    ------
    ParameterError
        If an indicator or a level is unknown, or a weight would exceed the whole.
    """
    member = standard.member
    rule = member.parameters.evaluation
    table, followed = _values(standard, values or {})
    for (indicator, level), others in followed.items() if told else ():
        _tell_followers(standard.member.system[indicator].name_zh, indicator, level, others)
    after = evaluate(
        member.sample,
        member.system,
        table,
        _weights(standard, weight_factors or {}),
        level_one=level_one or rule.level_one,
        cut=rule.cut if cut is None else cut,
    )
    return WhatIf(standard.evaluation, after)


def level_counts(changes: Mapping[str, WhatIf]) -> pd.DataFrame:
    """
    Plants at each level as proposed, and under each change.

    Returns
    -------
    DataFrame indexed by change, "as proposed" first
        I, II, III, none, moved.
    """
    rows: dict[str, dict[str, int]] = {}
    for name, change in changes.items():
        rows.setdefault("as proposed", at_each_level(change.before["level"]) | {"moved": 0})
        rows[name] = at_each_level(change.after["level"]) | {"moved": len(change.moved)}
    return pd.DataFrame.from_dict(rows, orient="index")


def value_sweep(standard: Standard, indicator: str, level: str) -> pd.DataFrame:
    """
    Move one value over the plants of the sample, everything else as proposed.

    Parameters
    ----------
    indicator : str
        A quantitative indicator.
    level : {"I", "II", "III"}
        Whose value moves; values of other levels that it passes move along.

    Returns
    -------
    DataFrame
        value (every stated value of a plant, and the proposed one, from the strictest), share_I, share_II, share_III
        (plants at the level or better), moved (plants whose level differs from the proposal's).
    """
    member = standard.member
    sample, sign = member.sample.at(level), member.system[indicator].sign
    stated = sample.comparable(member.system).loc[
        sample.states[indicator] <= CellState.BELOW_LIMIT, indicator
    ]
    values = sorted({*stated.astype(float), standard.value(indicator, level)}, key=lambda value: sign * value)
    rows = []
    for value in values:
        change = what_if(standard, values={(indicator, level): value}, told=False)
        shares = attainment_of_whole(change.after)
        rows.append((value, shares["I"], shares["II"], shares["III"], len(change.moved)))
    return pd.DataFrame(rows, columns=["value", "share_I", "share_II", "share_III", "moved"])


def _tell_followers(name_zh: str, indicator: str, level: str, others: list[str]) -> None:
    """Say which levels moved along, where somebody sits before the notebook."""
    if others and session.is_attended():
        passed = "、".join(NUMERALS[one] for one in others)
        session.tell(
            f"{name_zh}：{NUMERALS[level]}级的新数值越过{passed}级，后者随之取同一数值。",
            f"{indicator}: the new value of Level {level} passes {' and '.join(others)}, which takes the same value.",
        )


def _values(
    standard: Standard, changes: Mapping[tuple[str, str], float]
) -> tuple[pd.DataFrame, dict[tuple[str, str], list[str]]]:
    """Values after the changes, and the levels that moved along with each."""
    table, followed = standard.thresholds.copy(), dict[tuple[str, str], list[str]]()
    for (indicator, level), value in changes.items():
        rows = (table["indicator"] == indicator) & (table["level"] == level)
        if not rows.any():
            raise ParameterError(
                f"{standard.id!r} has no value of {indicator!r} at Level {level}. "
                "没有这项指标，或没有这一级：请写指标的代号，级写I、II或III。"
            )
        table.loc[rows, "value"] = float(value)
        sign = standard.member.system[indicator].sign
        followed[indicator, level] = _let_neighbours_follow(table, indicator, level, sign)
    return table, followed


def _let_neighbours_follow(table: pd.DataFrame, indicator: str, level: str, sign: float) -> list[str]:
    """Keep the levels of one indicator ordered, stricter ones at least as strict as it (A-52); who moved."""
    followed = []
    own = table.index[table["indicator"] == indicator]
    levels = [str(name) for name in LEVELS]
    place = levels.index(level)
    row_of = {str(table.at[row, "level"]): row for row in own}
    moved = float(table.at[row_of[level], "value"])
    for other, name in enumerate(levels):
        here = float(table.at[row_of[name], "value"])
        passes = sign * here > sign * moved if other < place else sign * here < sign * moved
        if other != place and passes:
            table.at[row_of[name], "value"] = moved
            followed.append(name)
    return followed


def _weights(standard: Standard, factors: Mapping[str, float]) -> pd.DataFrame:
    table = standard.member.weights.copy()
    if not factors:
        return table
    unknown = sorted(set(factors) - set(table["indicator"]))
    changed = table["indicator"].isin(list(factors))
    scaled = table["weight"] * table["indicator"].map(dict(factors)).fillna(1.0).astype(float)
    taken = float(scaled[changed].sum())
    if unknown or min(factors.values()) < 0 or not taken < 1:
        told = (
            f"no indicator {', '.join(unknown)}"
            if unknown
            else f"the changed weights would sum to {fixed(taken, 3)}"
        )
        raise ParameterError(
            f"Weights of {standard.id!r} cannot be changed so: {told}. 权重不能这样改动：指标须存在，权重之和须小于1。"
        )
    rest = (1 - taken) / float(table.loc[~changed, "weight"].sum())
    table["weight"] = scaled.where(changed, table["weight"] * rest)
    return publish(with_local_weights(table), standard.member.parameters.weights.decimals, finer=True)
