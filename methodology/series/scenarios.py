"""Scenarios side by side: values, levels, and what the industry would make of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import ParameterError
from methodology.evaluation import attainment_of_whole
from methodology.indicators import LEVELS
from methodology.series.levels import at_each_level, values_across
from methodology.series.members import Member, Standard


def scenario_standards(members: Mapping[str, Member]) -> dict[str, Standard]:
    """
    The standard of every scenario, each under the promise it chooses.

    Parameters
    ----------
    members : mapping of scenario to Member
        Of one system.
    """
    return {name: member.standard(member.parameters.thresholds.promise) for name, member in members.items()}


def scenario_values(standards: Mapping[str, Standard], *, against: str) -> pd.DataFrame:
    """
    Proposed values of all scenarios, and how far they lie from those of one.

    Parameters
    ----------
    against : str
        The scenario others are held against.

    Returns
    -------
    DataFrame
        scenario, indicator, level, value, unit, attainment (in the scenario's own sample), shift (from `against`, in
        spans between the best and the worst tenth of its plants; positive is looser).

    Raises
    ------
    ParameterError
        If `against` is not among the scenarios.
    """
    if against not in standards:
        raise ParameterError(f"There is no scenario {against!r}. Known: {', '.join(standards)}.")
    parts = [values_across([standard]).assign(scenario=name) for name, standard in standards.items()]
    table = pd.concat(parts, ignore_index=True)
    keys = ["indicator", "level"]
    base = table[table["scenario"] == against].set_index(keys)[["value", "best", "worst"]]
    joined = table.join(base.add_suffix("_base"), on=keys)
    span = (joined["worst_base"] - joined["best_base"]).replace(0, np.nan)
    table["shift"] = (joined["value"] - joined["value_base"]) / span
    return table[["scenario", *keys, "value", "unit", "attainment", "shift"]]


def scenario_levels(standards: Mapping[str, Standard], *, against: str) -> pd.DataFrame:
    """
    Count plants at each level under every scenario.

    Returns
    -------
    DataFrame
        scenario, plants (of its sample), I, II, III, none, moved (plants of the sample of `against` whose level
        differs; counted among plants both samples hold).
    """
    levels = {name: standard.evaluation.set_index("plant")["level"] for name, standard in standards.items()}
    rows = []
    for name, own in levels.items():
        both = own.index.intersection(levels[against].index)
        rows.append(
            {
                "scenario": name,
                "plants": len(own),
                **at_each_level(own),
                "moved": int((own[both] != levels[against][both]).sum()),
            }
        )
    return pd.DataFrame(rows)


def scenario_attainment(standards: Mapping[str, Standard]) -> pd.DataFrame:
    """
    What each scenario promises, what holds in its sample, and what would hold in the industry.

    Returns
    -------
    DataFrame
        One row per scenario and level: scenario, level, target, each_alone (median share of plants that reach a single
        value), sample (share the whole standard puts at the level or better), industry (the same among all known
        plants; NaN where they are real).

    Notes
    -----
    The industry is the synthetic population. It answers without gaps, so that the difference to the sample is made
    of who was drawn, of silence and of slips.
    """
    rows: list[dict[str, Any]] = []
    for name, standard in standards.items():
        targets = standard.member.parameters.thresholds.shares
        everyone = standard.member.industry
        inside = attainment_of_whole(standard.evaluation)
        outside = {} if everyone is None else attainment_of_whole(standard.levels_of(everyone))
        alone = values_across([standard]).groupby("level")["attainment"].median()
        for level in map(str, LEVELS):
            rows.append(
                {
                    "scenario": name,
                    "level": level,
                    "target": targets[level],
                    "each_alone": float(alone[level]),
                    "sample": inside[level],
                    "industry": outside.get(level, float("nan")),
                }
            )
    return pd.DataFrame(rows)
