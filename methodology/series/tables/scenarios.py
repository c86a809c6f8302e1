"""Tables of scenarios, and of changes an expert tries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from methodology.figures.claims.words import scenario_in_words
from methodology.indicators import LEVELS, IndicatorSystem
from methodology.indicators.display import benchmark, fixed, percent, unit_of
from methodology.languages import by_line, later, say
from methodology.parameters.loading import Scenario
from methodology.parameters.words import choice_in_words, choice_value_in_words, setting_in_words
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import LIMITING, starred

_MOST_NAMED = 3
"""Entries of a list that are named; of a longer one, as of all values of a standard, it is said how many."""


@in_both_languages
def scenarios_overview(scenarios: Iterable[Scenario]) -> Overview:
    """
    What each scenario changes, and why.

    Returns
    -------
    Overview
        scenario, starts from, changes, why.
    """
    rows = [
        {
            "scenario": scenario_in_words(item.name),
            "starts from": scenario_in_words(item.base) if item.base else say("the run itself"),
            "changes": say("; ").join(
                say("{choice}: {old} → {new}", choice=choice_in_words(path), old=_told(old), new=_told(new))
                for path, (old, new) in item.changes.items()
            ),
            "why": by_line(item.why),
        }
        for item in scenarios
    ]
    return overview(rows, ["scenario", "starts from", "changes", "why"])


@in_both_languages
def scenario_values(values: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    Proposed values of all scenarios side by side.

    Parameters
    ----------
    values : DataFrame
        As `methodology.series.scenarios.scenario_values` returns it.
    system : IndicatorSystem

    Returns
    -------
    Overview
        indicator, unit, and I | II | III per scenario.
    """
    wide = values.pivot(index="indicator", columns=["scenario", "level"], values="value")
    names = list(dict.fromkeys(values["scenario"]))
    rows = []
    for indicator in (system[name] for name in system.ids if name in wide.index):
        row = {"indicator": starred(indicator), "unit": unit_of(indicator)}
        for name in names:
            texts = [benchmark(wide.loc[indicator.id, (name, str(level))], indicator) for level in LEVELS]
            row[scenario_in_words(name)] = " | ".join(texts)
        rows.append(row)
    return overview(
        rows,
        ["indicator", "unit", *map(scenario_in_words, names)],
        [say(LIMITING), say("values of Levels I | II | III")],
    )


@in_both_languages
def scenario_levels(levels: pd.DataFrame, attainment: pd.DataFrame, *, against: str) -> Overview:
    """
    Plants at each level under every scenario, and shares of the industry.

    Parameters
    ----------
    levels, attainment : DataFrame
        As `scenario_levels` and `scenario_attainment` of `methodology.series.scenarios` return them.
    against : str
        The scenario moves are counted from.

    Returns
    -------
    Overview
        scenario, plants, I, II, III, none, moved, and the industry's share at each level or better.
    """
    wide = attainment.pivot(index="scenario", columns="level", values="industry")
    rows = [
        {
            "scenario": scenario_in_words(row.scenario),
            "plants": row.plants,
            **{name: getattr(row, name) for name in ("I", "II", "III", "none")},
            say("moved from {scenario}", scenario=scenario_in_words(against)): row.moved,
            **{
                say("industry at {level}", level=level): percent(wide.loc[row.scenario, str(level)])
                for level in LEVELS
            },
        }
        for row in levels.itertuples()
    ]
    return overview(rows, list(rows[0]) if rows else ["scenario"])


@in_both_languages
def changed_levels(counts: pd.DataFrame, *, of: str = later("standard")) -> Overview:
    """
    Plants at each level as proposed and under changes.

    Parameters
    ----------
    counts : DataFrame
        As `methodology.series.what_if.level_counts` or `methodology.chain.levels_by_weights` returns it.
    of : str
        What is changed; heads the first column.
    """
    rows = [{of: setting_in_words(str(name)), **row.to_dict()} for name, row in counts.iterrows()]
    return overview(rows, list(rows[0]) if rows else [of])


@in_both_languages
def moved_plants(moved: pd.DataFrame) -> Overview:
    """
    Plants a change moves to another level.

    Parameters
    ----------
    moved : DataFrame
        As `WhatIf.moved` of `methodology.series.what_if`.

    Returns
    -------
    Overview
        plant, before, after, scores after the change.
    """
    rows = [
        {
            "plant": row.plant,
            "before": row.before,
            "after": row.after,
            **{name: fixed(getattr(row, name), 1) for name in ("Y_I", "Y_II", "Y_III")},
        }
        for row in moved.itertuples()
    ]
    columns = ["plant", "before", "after", "Y_I", "Y_II", "Y_III"]
    return overview(rows, columns, [] if rows else [say("no plant moves")])


def _told(value: Any) -> str:
    if isinstance(value, tuple) and len(value) > _MOST_NAMED:
        return say("{count} entries", count=len(value))
    if isinstance(value, tuple) and value:
        return choice_value_in_words([one.model_dump() for one in value])
    return "–" if value in ("", (), None) else scenario_in_words(setting_in_words(str(value)))
