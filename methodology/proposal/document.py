"""proposal.json: the proposed values with everything a reader needs to contest them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from methodology.indicators import LEVELS, CellState, Indicator, IndicatorSystem, Kind, Sample, as_sample
from methodology.proposal.comparing import comparators_beside
from methodology.proposal.reading import proposal_thresholds
from methodology.proposal.settling import Choices, Settled, settle

Evaluation = Callable[[pd.DataFrame], pd.DataFrame]


def propose(
    thresholds: pd.DataFrame,
    weights: pd.DataFrame,
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    choices: Choices,
    *,
    evaluation: Evaluation | pd.DataFrame | None = None,
    run: str = "",
    parameters: Mapping[str, Any] | None = None,
    targets: Mapping[str, float] | None = None,
    stratum: Mapping[str, str] | None = None,
    corrected: bool = False,
    earlier: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """
    Write the proposal of a run.

    Parameters
    ----------
    thresholds, weights : DataFrame
        Calibrated values and weights, columns as thresholds.csv and weights.csv.
    sample : Sample or DataFrame of cells indexed by plant
        The plants behind the values, corrected where the values are.
    system : IndicatorSystem
        Names, units, steps and comparators.
    choices : section `proposal` of the parameters
        rounding, bound_by_law, disclosure_minimum, disclosure_rule.
    evaluation : callable or DataFrame, optional
        Gives the evaluation table of the sample under a thresholds table; called with the proposed values, so that
        the joint attainment is that of the rounded standard. A table is taken as that evaluation itself.
    run : str
        Id of the run.
    parameters : mapping, optional
        All choices of the run, as they are to be recorded.
    targets : mapping, optional
        Wanted share of plants per level.
    stratum, corrected
        As in `law_bounds`.
    earlier : mapping, optional
        An earlier proposal of the same system; guards against differencing.

    Returns
    -------
    dict
        Plain numbers, texts, lists and dicts, ready for JSON: system, run, parameters, joint_attainment and
        joint_plants by level, indicators. NaN and values that do not exist are None.

    Raises
    ------
    MethodError
        If a choice is unknown or a calibrated value is missing.
    """
    plants = as_sample(sample, system)
    before = None if earlier is None else proposal_thresholds(earlier, withheld="skip")
    settled = settle(
        thresholds, plants, system, choices, stratum=stratum, corrected=corrected, earlier=before
    )
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
            told = _told(settled[key], rows.get(key, {}), entry["n"])
            told["comparators"] = comparators_beside(
                indicator, level, told["proposed"], stratum=stratum, corrected=corrected
            )
            levels[str(level)] = told
        indicators.append({**entry, "levels": levels})
    document: dict[str, Any] = {
        "system": system.id,
        "names": {"zh": system.name_zh, "en": system.name_en},
        "status": system.status,
        "run": run,
        "parameters": dict(parameters or {}),
        "plants": len(plants.plants),
        "targets": {str(level): (targets or {}).get(str(level)) for level in LEVELS},
        "indicators": indicators,
    }
    return {**document, **_joint(document, evaluation)}


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


def _told(settled: Settled, row: Mapping[str, Any], plants: int) -> dict[str, Any]:
    published = _number(settled.value) is not None
    flag = row.get("flag")
    return {
        "proposed": _number(settled.value),
        "calibrated": _number(row.get("value")),
        "lower": _number(row.get("lower")),
        "upper": _number(row.get("upper")),
        "interval": row.get("interval"),
        "confidence": _number(row.get("confidence")),
        "attained": settled.attained if published else None,
        "attainment": settled.attained / plants if published and plants else None,
        "step": settled.step,
        "disclosure": settled.disclosure,
        "flags": flag.split("; ") if isinstance(flag, str) and flag else [],
        "reasons": [{"en": en, "zh": zh} for en, zh in settled.reasons],
        "reason": " ".join(en for en, _ in settled.reasons),
        "reason_zh": "".join(zh for _, zh in settled.reasons),
    }


def _joint(document: Mapping[str, Any], evaluation: Evaluation | pd.DataFrame | None) -> dict[str, Any]:
    names = [str(level) for level in LEVELS]
    if evaluation is None:
        return {"joint_attainment": dict.fromkeys(names), "joint_plants": dict.fromkeys(names)}
    table = evaluation if isinstance(evaluation, pd.DataFrame) else evaluation(proposal_thresholds(document))
    best = [names[: row + 1] for row in range(len(names))]
    counts = [int(table["level"].isin(better).sum()) for better in best]
    return {
        "joint_attainment": {n: count / len(table) for n, count in zip(names, counts, strict=True)},
        "joint_plants": dict(zip(names, counts, strict=True)),
    }


def _number(value: Any) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None
