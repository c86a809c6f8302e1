"""The standards system 标准体系 around the series: what is covered, aged or missing, and what to draft next."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from methodology.indicators.display import mark

COVERED, GENERAL, AGED, MISSING = "covered", "general", "aged", "missing"
ACTIONS = {MISSING: "draft", AGED: "revise", GENERAL: "consider"}
EVERY, POLICY = "all", "policy"


def coverage_of_standards(
    standards: pd.DataFrame,
    *,
    processes: Sequence[str],
    aspects: Sequence[str],
    year: int,
    aged_after: int,
    region: str = "CN",
) -> pd.DataFrame:
    """
    Say for every process and aspect whether documents in force cover it.

    Parameters
    ----------
    standards : DataFrame
        As `data/reference/standards.csv`: number, region, kind (standard or policy), process (ids, or `all`), aspect,
        status, year.
    processes, aspects : sequences of str
    year : int
        The year it is looked at.
    aged_after : int
        A cell is aged if its newest standard in force is more than so many years old, or if no document is known to be
        in force.
    region : str

    Returns
    -------
    DataFrame
        One row per process and aspect: process, aspect, state (covered, general, aged, missing), numbers (documents,
        its own before general ones, newest first, joined by '; ', with the sign of a recalled one), newest (year),
        why, known (weakest status of what is listed; '' for a gap).

    Notes
    -----
    A-86: missing means missing from our list. A cell is general if only documents for all processes cover it: rules of
    calculation or methods of measurement, but no requirement of its own. Neither a newer general rule nor a policy
    document makes an old standard of a process new; where there are only policy documents, they count.

    Examples
    --------
    >>> one = {"number": "GB 1", "process": "iron", "aspect": "air", "status": "in force", "year": 2012}
    >>> look = {"processes": ["iron"], "aspects": ["air", "water"], "year": 2026, "aged_after": 10}
    >>> known = pd.DataFrame([one | {"region": "CN", "kind": "standard", "known": "SEEN"}])
    >>> cover = coverage_of_standards(known, **look)
    >>> cover["state"].tolist()
    ['aged', 'missing']
    """
    own = standards[standards["region"] == region]
    rows = []
    for process in processes:
        here = own.loc[[text == EVERY or process in text.split() for text in own["process"]]]
        for aspect in aspects:
            documents = here.loc[[aspect in text.split() for text in here["aspect"]]]
            rows.append({"process": process, "aspect": aspect, **_cell(documents, year, aged_after)})
    return pd.DataFrame(rows)


def proposed_items(cover: pd.DataFrame) -> pd.DataFrame:
    """
    Turn gaps and aged cells into a list of items to draft or revise.

    Parameters
    ----------
    cover : DataFrame
        As `coverage_of_standards` returns it.

    Returns
    -------
    DataFrame
        One row per item: action (draft, revise, consider), aspect, processes (ids joined by blanks), documents (to
        be revised), why. Cells that need the same item are taken together; missing ones come first, widest first.
    """
    wanted = cover[cover["state"] != COVERED].copy()
    wanted["action"] = wanted["state"].map(ACTIONS)
    rows = [
        {
            "action": action,
            "aspect": aspect,
            "processes": " ".join(cells["process"]),
            "documents": documents,
            "why": why,
            "cells": len(cells),
        }
        for (action, aspect, documents, why), cells in wanted.groupby(
            ["action", "aspect", "numbers", "why"], sort=False
        )
    ]
    table = pd.DataFrame(rows, columns=["action", "aspect", "processes", "documents", "why", "cells"])
    rank = {action: place for place, action in enumerate(ACTIONS.values())}
    table["rank"] = table["action"].map(rank)
    order = table.sort_values(["rank", "cells"], ascending=[True, False], kind="stable")
    return order.drop(columns=["cells", "rank"]).reset_index(drop=True)


def _cell(documents: pd.DataFrame, year: int, aged_after: int) -> dict[str, object]:
    if documents.empty:
        why = "no document in our list"
        return {"state": MISSING, "numbers": "", "newest": None, "why": why, "known": ""}
    live = documents[documents["status"] == "in force"]
    own = live[live["process"] != EVERY]
    shown = live if len(live) else documents
    shown = shown.assign(rank=shown["process"] == EVERY).sort_values(
        ["rank", "year"], ascending=[True, False], kind="stable"
    )
    newest, beside = _newest(own if len(own) else shown)
    if not len(live):
        state, why = AGED, "none is known to be in force"
    elif year - newest > aged_after:
        state, why = AGED, f"the newest is of {newest}{beside}"
    elif not len(own):
        state, why = GENERAL, "only general rules for all processes"
    else:
        state, why = COVERED, ""
    signed = [f"{item.number}{mark(item.known)}" for item in shown.itertuples()]
    return {
        "state": state,
        "numbers": "; ".join(signed),
        "newest": newest,
        "why": why,
        "known": max(shown["known"], key=_weakness),
    }


def _newest(documents: pd.DataFrame) -> tuple[int, str]:
    """Year of the newest standard, or of the newest policy document where there is no standard; what lies beside it."""
    standards = documents[documents["kind"] != POLICY]
    newest = int((standards if len(standards) else documents)["year"].max())
    latest = int(documents["year"].max())
    return newest, f", beside a policy document of {latest}" if latest > newest else ""


def _weakness(status: str) -> int:
    order = ("SEEN", "SEEN-2nd", "DERIVED", "RECALLED_H", "RECALLED_M", "RECALLED_L", "ASSUMED")
    return order.index(status) if status in order else len(order)
