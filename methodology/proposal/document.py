"""proposal.json: the proposed values with everything a reader needs to contest them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.evaluation.levels import plants_of_whole
from methodology.indicators import LEVELS, CellState, Indicator, IndicatorSystem, Kind, Sample, as_sample
from methodology.parameters import Footing
from methodology.parameters.model import ProposalChoices
from methodology.proposal.bounds import comparators_beside
from methodology.proposal.proposed_values import Aim, settle
from methodology.proposal.reading import proposal_thresholds
from methodology.proposal.reasons import Settled
from methodology.proposal.rounding import Side
from methodology.proposal.warning import Outlook, warnings_of
from methodology.proposal.whole_standard import settle_whole

Sides = Mapping[tuple[str, str], Side]
Evaluation = Callable[[pd.DataFrame], pd.DataFrame]
ONLY = "marginal"
"""The promise of a table given without the name of one: values read off the plants one by one."""


@dataclass(frozen=True)
class ProposalTerms:
    """
    What values are proposed under, beside the choices of the section `proposal`.

    Attributes
    ----------
    promise : str
        The one proposed; empty: the first.
    targets : mapping
        Wanted share of plants per level.
    shares : mapping of promise to share by level
        Plants each value of a promise is to let through.
    footing : Footing, optional
        What bounds a value, and where the plants stand.
    earlier : mapping, optional
        An earlier proposal of the same system; guards against differencing.
    outlook : Outlook, optional
        What the warnings say would change them.
    run : str
        Id of the run.
    parameters : mapping
        All choices of the run, as they are to be recorded.
    """

    promise: str = ""
    targets: Mapping[str, float] | None = None
    shares: Mapping[str, Mapping[str, float]] | None = None
    footing: Footing | None = None
    earlier: Mapping[str, Any] | None = None
    outlook: Outlook | None = None
    run: str = ""
    parameters: Mapping[str, Any] | None = None


def propose(
    thresholds: pd.DataFrame | Mapping[str, pd.DataFrame],
    weights: pd.DataFrame,
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    choices: ProposalChoices,
    *,
    evaluation: Evaluation | pd.DataFrame | None = None,
    **terms: Any,
) -> dict[str, Any]:
    """
    Write the proposal of a run.

    Parameters
    ----------
    thresholds : DataFrame or mapping of promise to DataFrame
        Calibrated values, columns as thresholds.csv. Of several promises one is proposed, the others stand beside it.
    weights : DataFrame
        Columns as weights.csv.
    sample : Sample or DataFrame of cells indexed by plant
        The plants behind the values, corrected where the values are.
    system : IndicatorSystem
        Names, units, steps and comparators.
    choices : section `proposal` of the parameters
        rounding, bound_by_law, disclosure_minimum, disclosure_rule.
    evaluation : callable or DataFrame, optional
        Gives the evaluation table of the sample under a thresholds table; called with the proposed values, so that
        the joint attainment is that of the rounded standard. A table is taken as that evaluation itself.
    **terms
        Fields of `ProposalTerms`, one by one.

    Returns
    -------
    dict
        Plain numbers, texts, lists and dicts, ready for JSON: system, run, parameters, promise, joint_attainment and
        joint_plants by level, indicators, covariates (corrections that the run calibrated), promises (calibrated and
        proposed values of each, and what the whole standard attains), warnings. NaN and values that do not exist are
        None.

    Raises
    ------
    MethodError
        If a choice or the promise is unknown or a calibrated value is missing.
    """
    told = ProposalTerms(**terms)
    tables = {told.promise or ONLY: thresholds} if isinstance(thresholds, pd.DataFrame) else dict(thresholds)
    chosen = told.promise or next(iter(tables))
    if chosen not in tables:
        raise MethodError(f"promise is {chosen!r}; there are values of {', '.join(tables)}.")
    plants = as_sample(sample, system)
    targets, ground = told.targets or {}, told.footing or Footing(bound_by_law=choices.bound_by_law)
    judge = evaluation if callable(evaluation) else None

    def settled(name: str, table: pd.DataFrame) -> dict[tuple[str, str], Settled]:
        own, published = (told.shares or {}).get(name, {}), _published(told.earlier, name)

        def to_sides(sides: Sides) -> dict[tuple[str, str], Settled]:
            return settle(table, plants, system, choices, Aim(own, sides), footing=ground, earlier=published)

        if name == ONLY or judge is None or not targets:
            return to_sides({})
        return settle_whole(
            to_sides, lambda values: plants_of_whole(judge(values)), targets, len(plants.plants), weights
        )

    entries = {
        name: _indicators(table, settled(name, table), weights, plants, system, ground)
        for name, table in tables.items()
    }
    document: dict[str, Any] = {
        **_title(system),
        "run": told.run,
        "parameters": dict(told.parameters or {}),
        "promise": chosen,
        "plants": len(plants.plants),
        "targets": {str(level): targets.get(str(level)) for level in LEVELS},
        "indicators": entries[chosen],
        "covariates": system.calibrated_record(),
    }
    document |= joint_of(document, evaluation)
    document["promises"] = {name: _beside(entries[name], table, judge) for name, table in tables.items()}
    outlook = told.outlook or Outlook(choices.disclosure_minimum)
    return {**document, "warnings": warnings_of(document, system, outlook)}


def _title(system: IndicatorSystem) -> dict[str, Any]:
    names = {"zh": system.name_zh, "en": system.name_en}
    return {"system": system.id, "names": names, "status": system.status}


def _published(earlier: Mapping[str, Any] | None, promise: str) -> pd.DataFrame | None:
    """What an earlier draft published under a promise; one that knew a single promise published that alone."""
    if earlier is None:
        return None
    table = proposal_thresholds(earlier, withheld="skip")
    made = earlier.get("promises")
    if not isinstance(made, Mapping):
        own = earlier.get("parameters", {}).get("thresholds", {}).get("promise", promise)
        return table if own == promise else None
    if promise not in made:
        return None
    values = made[promise]["proposed"]
    pairs = zip(table["indicator"], table["level"], strict=True)
    return table.assign(value=[_number(values.get(name, {}).get(level)) for name, level in pairs]).astype(
        {"value": float}
    )


def _indicators(
    thresholds: pd.DataFrame,
    settled: Mapping[tuple[str, str], Settled],
    weights: pd.DataFrame,
    plants: Sample,
    system: IndicatorSystem,
    ground: Footing,
) -> list[dict[str, Any]]:
    """What proposal.json says of each indicator."""
    records: list[dict[str, Any]] = [
        {str(k): v for k, v in row.items()} for row in thresholds.to_dict("records")
    ]
    rows = {(str(row["indicator"]), str(row["level"])): row for row in records}
    by_name = dict(zip(weights["indicator"], weights["weight"], strict=True))
    stated = (plants.states[list(system.ids)] <= CellState.BELOW_LIMIT).sum()
    indicators = []
    for indicator in system.indicators:
        entry = _heading(indicator, float(by_name[indicator.id]), int(stated[indicator.id]))
        levels = {}
        for level in LEVELS:
            key = (indicator.id, str(level))
            told = _told(settled[key], rows.get(key, {}))
            told["comparators"] = comparators_beside(
                indicator, level, told["proposed"], stratum=ground.stratum, corrected=ground.corrected
            )
            levels[str(level)] = told
        indicators.append({**entry, "levels": levels})
    return indicators


def _beside(
    entries: list[dict[str, Any]], table: pd.DataFrame, evaluation: Evaluation | None
) -> dict[str, Any]:
    """One promise to the end: its values as calibrated and as proposed, and what they attain."""
    names = [str(level) for level in LEVELS]
    values: dict[str, Any] = {
        kind: {entry["id"]: {name: entry["levels"][name][kind] for name in names} for entry in entries}
        for kind in ("calibrated", "proposed")
    }
    proposed = {"indicators": entries}
    alone = {}
    for name in names:
        shares = [entry["levels"][name]["attainment"] for entry in entries]
        known = [share for share in shares if share is not None]
        ends = (min(known), float(np.median(known)), max(known)) if known else (None, None, None)
        alone[name] = dict(zip(("lowest", "median", "highest"), ends, strict=True))
    before = None if evaluation is None else evaluation(table)
    return {
        **values,
        "attainment": joint_of(proposed, evaluation)["joint_attainment"],
        "calibrated_attainment": joint_of(proposed, before)["joint_attainment"],
        "each_alone": alone,
    }


def _heading(indicator: Indicator, weight: float, plants: int) -> dict[str, Any]:
    heading: dict[str, Any] = {
        "id": indicator.id,
        "names": {"zh": indicator.name_zh, "en": indicator.name_en},
        "name_zh": indicator.name_zh,
        "name_en": indicator.name_en,
        "group": indicator.group,
        "kind": str(indicator.kind),
        "unit": indicator.unit,
        "averaging": indicator.averaging,
        "boundary": indicator.boundary,
        "direction": str(indicator.direction),
        "limiting": indicator.limiting,
        "weight": weight,
        "n": plants,
        "target": None if indicator.target is None else list(indicator.target),
    }
    if indicator.kind is Kind.QUALITATIVE and indicator.levels:
        heading["descriptions"] = {
            str(level): {"zh": text.zh, "en": text.en} for level, text in indicator.levels.items()
        }
    return heading


def _told(settled: Settled, row: Mapping[str, Any]) -> dict[str, Any]:
    published = _number(settled.value) is not None
    flag = row.get("flag")
    return {
        "proposed": _number(settled.value),
        "calibrated": _number(row.get("value")),
        "lower": _number(row.get("lower")),
        "upper": _number(row.get("upper")),
        "limits": [side for side in ("lower", "upper") if _number(row.get(side)) is not None],
        "interval": row.get("interval"),
        "confidence": _number(row.get("confidence")),
        "attained": settled.attained if published else None,
        "attainment": settled.attained / settled.plants if published and settled.plants else None,
        "calibrated_attained": settled.before,
        "stricter_attained": settled.stricter,
        "step": settled.step,
        "disclosure": settled.disclosure,
        "flags": flag.split("; ") if isinstance(flag, str) and flag else [],
        "moves": list(settled.moves),
        "reasons": [reason.record() for reason in settled.reasons],
        "reason": " ".join(reason.en for reason in settled.reasons),
        "reason_zh": "".join(reason.zh for reason in settled.reasons),
    }


def joint_of(document: Mapping[str, Any], evaluation: Evaluation | pd.DataFrame | None) -> dict[str, Any]:
    """What the whole standard as proposed attains, as shares and plants by level."""
    names = [str(level) for level in LEVELS]
    if evaluation is None:
        return {"joint_attainment": dict.fromkeys(names), "joint_plants": dict.fromkeys(names)}
    table = evaluation if isinstance(evaluation, pd.DataFrame) else evaluation(proposal_thresholds(document))
    counts = plants_of_whole(table)
    shares = {name: count / len(table) for name, count in counts.items()}
    return {"joint_attainment": shares, "joint_plants": counts}


def _number(value: Any) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None
