"""Remarks of a stage as tables: doubts about cells, decisions on the way, methods that refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from methodology.errors import Problem
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, number, said_known_how, unit_text
from methodology.languages import Words, joined, retold, say
from methodology.parameters.words import setting_in_words
from methodology.sample.attribute_words import names_of
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import SEVERITIES

_SEVERITY = re.compile(r"\[(?P<severity>\w+)\] (?P<what>.+)\.", re.DOTALL)
_GROUP = re.compile(r"group '?(\w+)'?: (.+)")
_NOBODY = "needs judgements of experts"
_NOT_ASKED = "nobody judged node"
"""What an error says of experts who gave no such answers."""
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
            "question": _with_severity(problem.what, names),
        }
        for problem in problems
    ]
    return overview(rows, ["plant", "indicator", "question"], [] if rows else [say("nothing is doubtful")])


def _with_severity(what: str, names: Mapping[str, Words]) -> str:
    """A finding with its severity behind it, where it has one."""
    found = _SEVERITY.fullmatch(what)
    if not found:
        return retold(what, names)
    severity = say(SEVERITIES.get(found["severity"], found["severity"]))
    return say("{finding} ({severity})", finding=retold(found["what"], names), severity=severity)


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
        {"method": setting_in_words(method), "reason": _refusal(reason, names_of(system))}
        for method, reason in refused.items()
    ]
    return overview(rows, ["method", "reason"], [] if rows else [say("every method gave an answer")])


def _refusal(reason: str, names: Mapping[str, Words]) -> str:
    """What an error says of each group, without the line above them."""
    groups = _GROUP.findall(reason)
    if _NOT_ASKED in reason:
        return say("the experts did not answer in this way")
    if _NOBODY in reason:
        return say("there are no judgements of experts")
    if not groups:
        return retold(reason, names)
    told = (
        say("{group}: {reason}", group=names.get(group, group), reason=retold(why, names))
        for group, why in groups
    )
    return joined(told)


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
        *("indicator", "level", "plants corrected", "median term"),
        *("median factor", "attribute not reported"),
    ]
    state = (
        say("the run goes on with corrected values") if used else say("the run goes on with reported values")
    )
    lines = [*corrections.sources, *corrections.skipped, *corrections.partial]
    legend = [state, *(_named(said_known_how(line), names_of(system)) for line in lines)]
    return overview(rows, columns, legend, once=["indicator"])


def _named(line: str, names: Mapping[str, Words]) -> str:
    """What is said of a correction, under its name."""
    head, _, rest = line.partition(": ")
    told = retold(rest, names)
    if told == rest:
        told = say(", ").join(retold(part, names) for part in rest.split(", "))
    return say("{group}: {reason}", group=names.get(head, head), reason=told)


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
            "correction": retold(str(row.corrections), names_of(system)),
            "granted to": say("{plants} of {known}", plants=row.plants, known=row.n),
            "value": f"{number(row.value)} {unit_text(row.unit)}",
            "reached by": row.reached,
            "reached without it": row.reached_without,
            "value without it": "" if pd.isna(row.value_without) else number(row.value_without),
        }
        for row in grants.itertuples()
    ]
    if not rows:
        return overview([], ["indicator"], [say("no correction is granted at some levels only")])
    legend = [say("value without it: the cleanest one that as many plants would then reach")]
    return overview(rows, list(rows[0]), legend)
