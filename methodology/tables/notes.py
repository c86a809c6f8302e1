"""Remarks of a stage as tables: doubts about cells, decisions on the way, methods that refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from methodology.errors import Problem
from methodology.tables.overview import Overview, overview


def doubts(problems: Iterable[Problem]) -> Overview:
    """
    List what is doubtful about a sample, one question per row.

    Returns
    -------
    Overview
        plant, indicator, question.
    """
    rows = [
        {"plant": problem.plant or "all", "indicator": problem.column, "question": problem.what}
        for problem in problems
    ]
    return overview(rows, ["plant", "indicator", "question"], [] if rows else ["nothing is doubtful"])


def notes_overview(notes: Iterable[str]) -> Overview:
    """
    List the decisions a stage took on the way.

    Returns
    -------
    Overview
        note.
    """
    rows = [{"note": note} for note in notes]
    return overview(rows, ["note"], [] if rows else ["nothing to note"])


def refusals_overview(refused: Mapping[str, str]) -> Overview:
    """
    List the methods that gave no answer, and why.

    Returns
    -------
    Overview
        method, reason.
    """
    rows = [{"method": method, "reason": reason} for method, reason in refused.items()]
    return overview(rows, ["method", "reason"], [] if rows else ["every method gave an answer"])
