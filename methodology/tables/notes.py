"""Remarks of a stage as tables: doubts about cells, decisions on the way, methods that refused."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from methodology.errors import Problem
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, number, percent, signs_explained, unit_text
from methodology.languages import retold, say
from methodology.parameters import setting_in_words
from methodology.tables.overview import Overview, in_both_languages, overview


@in_both_languages
def doubts(problems: Iterable[Problem]) -> Overview:
    """
    List what is doubtful about a sample, one question per row.

    Returns
    -------
    Overview
        plant, indicator, question.
    """
    rows = [
        {"plant": problem.plant or say("all"), "indicator": problem.column, "question": retold(problem.what)}
        for problem in problems
    ]
    return overview(rows, ["plant", "indicator", "question"], [] if rows else [say("nothing is doubtful")])


@in_both_languages
def notes_overview(notes: Iterable[str]) -> Overview:
    """
    List the decisions a stage took on the way.

    Returns
    -------
    Overview
        note.
    """
    rows = [{"note": retold(note)} for note in notes]
    return overview(rows, ["note"], [] if rows else [say("nothing to note")])


@in_both_languages
def refusals_overview(refused: Mapping[str, str]) -> Overview:
    """
    List the methods that gave no answer, and why.

    Returns
    -------
    Overview
        method, reason.
    """
    rows = [
        {"method": setting_in_words(method), "reason": retold(reason)} for method, reason in refused.items()
    ]
    return overview(rows, ["method", "reason"], [] if rows else [say("every method gave an answer")])


@in_both_languages
def corrections_overview(corrections: Any, system: IndicatorSystem, *, used: bool = True) -> Overview:
    """
    Summarise what the declared corrections did, without any plant's figure.

    Parameters
    ----------
    corrections : Corrections
        As `methodology.sample.correct` returns them.
    used : bool
        Whether the run goes on with the corrected values.

    Returns
    -------
    Overview
        One row per corrected indicator and level: plants corrected, median term, plants without the attribute.
    """
    rows = []
    for (name, level), own in corrections.terms.groupby(["indicator", "level"], sort=False):
        lost = corrections.missing.query("indicator == @name")["plant"].nunique()
        rows.append(
            {
                "indicator": system[str(name)].name,
                "level": level,
                "plants corrected": int(own["corrected"].notna().sum()),
                "median term": number(float(own["addend"].median())),
                "median factor": number(float(own["factor"].median())),
                "attribute not reported": lost,
            }
        )
    columns = [
        "indicator",
        "level",
        "plants corrected",
        "median term",
        "median factor",
        "attribute not reported",
    ]
    state = (
        say("the run goes on with corrected values") if used else say("the run goes on with reported values")
    )
    signs = signs_explained(corrections.sources)
    legend = [state, *corrections.sources, *signs, *corrections.skipped, *corrections.partial]
    return overview(rows, columns, legend, once=["indicator"])


@in_both_languages
def promises_table(both: pd.DataFrame) -> Overview:
    """
    Both promises of a calibration, level by level.

    Parameters
    ----------
    both : DataFrame
        As `methodology.chain.both_promises` returns it.

    Returns
    -------
    Overview
        promise, level, wanted, each indicator lets through, the whole standard attains, values loosened for silence,
        for plants left out, for the whole industry (where it is known), note; all as calibrated.
    """
    rows = [
        {
            "promise": setting_in_words(row.promise),
            "level": row.level,
            "wanted": percent(row.target),
            "each indicator lets through": percent(row.marginal_share)
            if row.marginal_share == row.marginal_share
            else "",
            "whole standard": f"{percent(row.whole_share)} ({row.plants})",
            "values loosened for silence": _whole(getattr(row, "loosened_by_silence", math.nan)),
            "plants left out": percent(row.cross_validated)
            if row.cross_validated == row.cross_validated
            else "",
            "whole industry": percent(row.industry) if row.industry == row.industry else "",
            "note": retold(row.explanation),
        }
        for row in both.itertuples()
    ]
    kept = ("whole industry", "values loosened for silence")
    shown = [name for name in rows[0] if name not in kept or any(row[name] for row in rows)]
    legend = [say("all as calibrated; shares of plants at the level or better")]
    if kept[1] in shown:
        legend.append(
            say(
                "values loosened for silence: joint values that would be stricter if cells that are not reported "
                "were left out of the scores"
            )
        )
    return overview(rows, shown, legend, once=["promise"])


def _whole(count: float) -> str:
    """A count, or nothing where there is none."""
    return f"{int(count)}" if count == count else ""


@in_both_languages
def next_steps_overview(steps: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    For each plant, the fewest indicators whose improvement lifts it to the next level.

    Parameters
    ----------
    steps : DataFrame
        As `methodology.evaluation.explain_all` returns it.

    Returns
    -------
    Overview
        plant, level, next, how many indicators, which.
    """
    rows = [
        {
            "plant": row.plant,
            "level": row.level,
            "next": row.to,
            "score": say("{score} of {needed}", score=fixed(row.score, 1), needed=number(row.needed)),
            "indicators": int(row.changes),
            "which": say(", ").join(system[name].name for name in str(row.indicators).split()),
        }
        for row in steps.itertuples()
    ]
    return overview(rows, ["plant", "level", "next", "score", "indicators", "which"])


@in_both_languages
def worst_case_overview(worst: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    How far each value could move if every plant that is missing stood at one end.

    Parameters
    ----------
    worst : DataFrame
        As `methodology.thresholds.worst_case_table` returns it.

    Returns
    -------
    Overview
        One row per indicator and level: plants, missing, from, to; `open` where the missing plants alone decide. The
        table of values it is made from is counted at the shares promised of each indicator, whatever a run proposes.
    """
    rows = [
        {
            "indicator": system[row.indicator].name,
            "level": row.level,
            "plants": int(row.n),
            "missing": int(row.missing),
            "from": number(row.lower) if row.lower == row.lower else say("open"),
            "to": number(row.upper) if row.upper == row.upper else say("open"),
            "unit": unit_text(row.unit),
        }
        for row in worst.itertuples()
    ]
    columns = ["indicator", "level", "plants", "missing", "from", "to", "unit"]
    return overview(
        rows,
        columns,
        [say("counted at the shares of the marginal promise")],
        once=["indicator", "plants", "missing", "unit"],
    )


@in_both_languages
def level_grants_overview(grants: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    Corrections that a norm grants at some levels only, and what they change.

    Parameters
    ----------
    grants : DataFrame
        As `methodology.thresholds.level_grants` returns it.

    Returns
    -------
    Overview
        One row per indicator and level: correction, granted to, value, reached by, reached without it, value without
        it; one row without numbers where there is no such correction.
    """
    rows = [
        {
            "indicator": system[row.indicator].name,
            "level": row.level,
            "correction": row.corrections,
            "granted to": say("{plants} of {known}", plants=row.plants, known=row.n),
            "value": f"{number(row.value)} {unit_text(row.unit)}",
            "reached by": row.reached,
            "reached without it": row.reached_without,
            "value without it": "" if pd.isna(row.value_without) else number(row.value_without),
        }
        for row in grants.itertuples()
    ]
    columns = list(rows[0]) if rows else ["indicator", "correction"]
    nothing = [{"indicator": "none", "correction": say("no correction is granted at some levels only")}]
    legend = [say("value without it: the cleanest one that as many plants would then reach")]
    return overview(rows or nothing, columns, legend)
