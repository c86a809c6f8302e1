"""What a working group decides otherwise than a run: values put into a proposal with their reasons, judged again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.evaluation.attainment import attainment, disorder
from methodology.indicators import LEVELS, IndicatorSystem, Kind, Level, Sample
from methodology.indicators.display import number
from methodology.languages import by_line
from methodology.parameters import Footing
from methodology.proposal.bounds import beyond_scale, comparators_beside
from methodology.proposal.document import joint_of
from methodology.proposal.reading import proposal_thresholds
from methodology.proposal.warning import Outlook, warnings_of

DECIDED = "decided by the working group"
_FIX = "Correct the file of decisions."


def with_decisions(
    document: Mapping[str, Any],
    decisions: Sequence[Mapping[str, Any]],
    sample: Sample,
    system: IndicatorSystem,
    *,
    footing: Footing,
    evaluation: Callable[[pd.DataFrame], pd.DataFrame],
) -> dict[str, Any]:
    """
    Put decided values in the place of proposed ones, and count and compare again.

    Parameters
    ----------
    document : mapping
        As proposal.json.
    decisions : sequence of mappings
        indicator, level, value, reason, role, date.
    sample : Sample
        The plants of the run, corrected where its values are.
    footing : Footing
        On which comparators are set beside a value.
    evaluation : callable
        Gives the evaluation table of the sample under a thresholds table.

    Returns
    -------
    dict
        The proposal with `decisions` (each with `before`, the value of the run), the attainment of the decided values
        and of the whole standard, their comparators, and warnings that are those of the decided values.

    Raises
    ------
    DataError
        If a decision names no value of the proposal, decides one twice, lies beyond its scale, or breaks the order of
        the levels; all of them at once.
    """
    made = deepcopy(dict(document))
    entries = {entry["id"]: entry for entry in made["indicators"]}
    raise_problems(DataError, "The decisions cannot be taken over.", _faults(decisions, entries, system))
    made["decisions"] = [_decide(entries[one["indicator"]], one, system, footing) for one in decisions]
    values = proposal_thresholds(made)
    _refuse_disorder(values, system)
    counted = attainment(sample, system, values).set_index(["indicator", "level"])
    for one in decisions:
        row = counted.loc[(one["indicator"], one["level"])]
        told = entries[one["indicator"]]["levels"][one["level"]]
        told |= {"attained": int(row["attained"]), "attainment": float(row["attainment"])}
    made |= joint_of(made, evaluation)
    _into_promise(made, decisions)
    return {**made, "warnings": _warnings(document, made, system)}


def _faults(
    decisions: Sequence[Mapping[str, Any]], entries: Mapping[str, Any], system: IndicatorSystem
) -> list[Problem]:
    found, seen = [], set()
    for place, one in enumerate(decisions, start=1):
        key, what = (one["indicator"], one["level"]), ""
        if key[0] not in entries:
            what = f"{key[0]!r} is no indicator of the proposal"
        elif system[key[0]].kind is Kind.QUALITATIVE:
            what = f"{key[0]!r} is described; it has no value to decide"
        elif not math.isfinite(one["value"]) or beyond_scale(one["value"], system[key[0]]):
            what = f"{one['value']:g} lies beyond the scale of {key[0]!r}"
        elif (ends := system[key[0]].bounds) and not ends.low <= one["value"] <= ends.high:
            what = f"{one['value']:g} is no value of {key[0]!r}: plants have {ends.low:g} to {ends.high:g}"
        elif key in seen:
            what = f"level {key[1]} of {key[0]!r} is decided twice"
        seen.add(key)
        if what:
            found.append(Problem(f"decision {place}: {what}", fix=_FIX))
    return found


def _decide(
    entry: dict[str, Any], one: Mapping[str, Any], system: IndicatorSystem, footing: Footing
) -> dict[str, Any]:
    """Write one decision into its level; return it with the value it replaces."""
    item, told = system[entry["id"]], entry["levels"][one["level"]]
    record = {**one, "value": float(one["value"]), "before": told["proposed"]}
    before = number(told["proposed"], step=item.step)
    role, why = by_line(one["role"]), by_line(one["reason"])
    reason = {
        "en": f"Decided by {role.en} on {one['date']}, in place of {before}: {why.en}",
        "zh": f"{role.zh}于{one['date']}决定，原拟定值为{before}。理由：{why.zh.rstrip('。')}。",
        "public": True,
    }
    reasons = [*told["reasons"], reason]
    told |= {
        "proposed": record["value"],
        "decided": record,
        "flags": [*told["flags"], DECIDED],
        "reasons": reasons,
        "reason": " ".join(text["en"] for text in reasons),
        "reason_zh": "".join(text["zh"] for text in reasons),
        "comparators": comparators_beside(
            item, Level(one["level"]), record["value"], stratum=footing.stratum, corrected=footing.corrected
        ),
    }
    return record


def _refuse_disorder(values: pd.DataFrame, system: IndicatorSystem) -> None:
    table = values.pivot(index="level", columns="indicator", values="value").loc[[str(g) for g in LEVELS]]
    signs = np.array([system[name].sign for name in table.columns])
    problems = disorder(table.to_numpy(dtype=float), signs, list(table.columns))
    raise_problems(DataError, "The decisions break the order of the levels.", problems)


def _into_promise(made: dict[str, Any], decisions: Sequence[Mapping[str, Any]]) -> None:
    """The promise that is proposed, and what is missed by it, are those of the decided values."""
    promise = (made.get("promises") or {}).get(made["promise"])
    if promise is not None:
        for one in decisions:
            promise["proposed"][one["indicator"]][one["level"]] = float(one["value"])
        promise["attainment"] = made["joint_attainment"]
    if made.get("missed_by"):
        attained, targets = made["joint_attainment"], made["targets"]
        made["missed_by"] = {level: round(attained[level] - share, 9) for level, share in targets.items()}
    for row in made.get("bounds") or ():
        if row["bound"] == "proposed":
            level = row["level"]
            row |= {"plants": made["joint_plants"][level], "attained": made["joint_attainment"][level]}


def _warnings(
    before: Mapping[str, Any], made: Mapping[str, Any], system: IndicatorSystem
) -> list[dict[str, str]]:
    """Those of decided indicators and of the whole standard anew, the others as the run wrote them."""
    decided = {one["indicator"] for one in made["decisions"]} | {""}
    minimum = int(made["parameters"].get("proposal", {}).get("disclosure_minimum", 3))
    fresh = [one for one in warnings_of(made, system, Outlook(minimum)) if one["indicator"] in decided]
    kept = [one for one in before.get("warnings") or () if one["indicator"] not in decided]
    return sorted([*fresh, *kept], key=lambda one: (one["indicator"] != "", one["kind"]))
