"""Remarks of a stage as tables: doubts about cells, decisions on the way, methods that refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from methodology.errors import Problem
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, number, said_known_how, unit_text
from methodology.indicators.system import Correction
from methodology.indicators.words import names_of
from methodology.languages import Words, retold, say
from methodology.parameters.words import setting_in_words
from methodology.sample.attribute_words import column_name
from methodology.tables.overview import Overview, in_both_languages, overview

FEW_STEPS = 4
"""Plants farther from the next level are counted, not listed."""


@in_both_languages
def doubts(problems: Iterable[Problem], system: IndicatorSystem) -> Overview:
    """
    List what is doubtful about a sample, one question per row.

    Returns
    -------
    Overview
        plant, indicator, question.
    """
    names = names_of(system)
    rows = [
        {
            "plant": problem.plant or say("all"),
            "indicator": retold(str(problem.column or ""), names),
            "question": retold(problem.what, names),
        }
        for problem in problems
    ]
    return overview(rows, ["plant", "indicator", "question"], [] if rows else [say("nothing is doubtful")])


@in_both_languages
def notes_overview(notes: Iterable[str], system: IndicatorSystem) -> Overview:
    """
    List the decisions a stage took on the way.

    Returns
    -------
    Overview
        note.
    """
    rows = [{"note": retold(note, names_of(system))} for note in notes]
    return overview(rows, ["note"], [] if rows else [say("nothing to note")])


@in_both_languages
def refusals_overview(refused: Mapping[str, str], system: IndicatorSystem) -> Overview:
    """
    List the methods that gave no answer, and why.

    Returns
    -------
    Overview
        method, reason.
    """
    rows = [
        {"method": setting_in_words(method), "reason": retold(reason, names_of(system))}
        for method, reason in refused.items()
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
    told = {item.id: _read_by(item, system) for item in system.corrections}
    lines = [*corrections.sources, *corrections.skipped, *corrections.partial]
    legend = [state, *(retold(said_known_how(line), names_of(system) | told) for line in lines)]
    return overview(rows, columns, legend, once=["indicator"])


def _read_by(correction: Correction, system: IndicatorSystem) -> Words:
    """What a correction is called: the attributes it reads."""
    zh, en = (
        [column_name(name, system, language) for name in correction.attributes] for language in ("zh", "en")
    )
    return Words("、".join(zh), ", ".join(en))


@in_both_languages
def next_steps_overview(steps: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    For each plant within four steps of the next level, the fewest indicators whose improvement lifts it there.

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
        for row in steps.query("changes <= @FEW_STEPS").itertuples()
    ]
    far = len(steps) - len(rows)
    told = say("{far} more plants are more than {few} indicators away", far=far, few=FEW_STEPS)
    columns = ["plant", "level", "next", "score", "indicators", "which"]
    return overview(rows, columns, [told] if far else [])


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
