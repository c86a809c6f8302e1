"""The proposal of a run: rounded values, what the whole standard does with the sample, and what each bound costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from methodology import proposal
from methodology.chain.bands import exact_binomial
from methodology.chain.calibration import SHARE, point_limits
from methodology.chain.joint import left_out, read_targets
from methodology.chain.shortfall import few_plants
from methodology.chain.sorted_sample import Spread, spread_on
from methodology.evaluation import evaluate
from methodology.evaluation.exact import exact
from methodology.indicators import LEVELS, IndicatorSystem, Sample, as_sample
from methodology.parameters import Footing, Parameters
from methodology.parameters.model import ThresholdChoices
from methodology.proposal.warning import KINDS, Outlook
from methodology.proposal.whole_standard import missed_promise
from methodology.thresholds.planning import plants_to_publish, plants_to_tell_apart

COLUMNS = ["bound", "level", "plants", "attained"]
BOUNDS = ("no bound", "law", "index", "dirty end", "silence", "proposed")
"""Each beside all before it; the last is what guard and rounding leave."""


def bound_costs(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    footing: Footing,
) -> pd.DataFrame:
    """
    Calibrate the point of a run with one bound more each time, and count the plants it leaves.

    Parameters
    ----------
    sample, system, weights, choices
        As in `methodology.chain.calibrate`.
    footing : Footing
        With all bounds.

    Returns
    -------
    DataFrame
        bound (one of `BOUNDS` but the last), level, plants (at the level or better), attained (share of plants). Bounds
        the footing leaves open repeat what stands before them.
    """
    steps = {
        "no bound": footing.changed(bound_by_law=False, bound_by_index=False),
        "law": footing.changed(bound_by_index=False),
        "index": footing,
        "dirty end": footing,
        "silence": footing,
    }
    read = reader(system, choices)
    rows = []
    for bound, ground in steps.items():
        plants = spread_on(sample, system, weights, ground)
        if bound in BOUNDS[:3]:
            plants = replace(plants, minimum=1)
        limits = read(plants if bound == "silence" else plants.reaching_nothing)
        for row, level in enumerate(LEVELS):
            there = plants.at_or_better(row, limits)
            rows.append((bound, str(level), int(there.sum()), float(there.mean())))
    return pd.DataFrame(rows, columns=COLUMNS)


def left_out_of_point(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    footing: Footing,
) -> dict[str, float]:
    """Share of plants at each level or better, each judged by values of the run's point read off the others."""
    if footing.folds < 2:
        return {}
    spread = spread_on(sample, system, weights, footing)
    return left_out(spread, reader(system, choices), folds=footing.folds, seed=footing.seed)


def reader(system: IndicatorSystem, choices: ThresholdChoices) -> Callable[[Spread], np.ndarray]:
    """How the point of a run reads values off sorted plants."""
    if choices.promise != "marginal":
        return lambda spread: point_limits(spread, system, choices)
    shares = read_targets(choices.shares)
    return lambda spread: spread.marginal(shares)


NEARLY_ALL = 0.999999999
"""Stands for all plants where a share below one is asked for."""


@dataclass(frozen=True)
class Origin:
    """Id of a run, its choices as they are recorded, and an earlier proposal, which guards against differencing."""

    run: str = ""
    record: Mapping[str, Any] | None = None
    earlier: Mapping[str, Any] | None = None


def propose(
    thresholds: pd.DataFrame | Mapping[str, pd.DataFrame],
    weights: pd.DataFrame,
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    choices: Parameters,
    *,
    footing: Footing | None = None,
    **more: Any,
) -> dict[str, Any]:
    """
    Round, bound and guard calibrated values, and count what the whole proposed standard attains.

    Parameters
    ----------
    thresholds : DataFrame or mapping of promise to DataFrame
        Calibrated values, columns as thresholds.csv. Of both promises, the one the run chooses is proposed and the
        other stands beside it; a single promise is proposed whatever the run chooses, a table alone is the chosen one.
    weights : DataFrame
        Columns as weights.csv.
    sample : Sample or DataFrame of cells indexed by plant
        The plants behind the values, corrected where the values are.
    choices : parameters of the run
        Sections thresholds (targets), evaluation (reading of Level I, cut) and proposal.
    footing : Footing, optional
        As in `methodology.chain.calibrate`; without it that of the run.
    **more
        Fields of `Origin` and of the footing, one by one.

    Returns
    -------
    dict
        The content of proposal.json, see `methodology.proposal.propose`, and per level `joint_calibrated` (plants the
        calibrated values put at the level or better), `joint_explanation` (why the proposed values put fewer
        plants there, or more than one more, or for how many plants a level is calibrated whose target is no more
        than one of them; else empty), `cross_validated` (share of plants left out of the calibration
        that are there), `crossed_lower` and `crossed_upper` (exact binomial interval of it), `missed_by` (attained
        minus promised share), and `bounds` as `bound_costs` gives them, the proposed values last.
    """
    plants, shares = as_sample(sample, system), choices.thresholds
    origin = Origin(**{name: more.pop(name) for name in list(more) if name in Origin.__dataclass_fields__})
    ground = (footing or Footing.of(choices)).changed(**more)
    named = isinstance(thresholds, Mapping)
    tables = dict(thresholds) if named else {shares.promise: thresholds}
    promise = shares.promise if shares.promise in tables else next(iter(tables))

    def evaluation(table: pd.DataFrame) -> pd.DataFrame:
        rule = choices.evaluation
        return evaluate(plants, system, table, weights, level_one=rule.level_one, cut=rule.cut)

    document = proposal.propose(
        tables,
        weights,
        plants,
        system,
        choices.proposal,
        promise=promise,
        evaluation=evaluation,
        run=origin.run,
        parameters=origin.record,
        targets=shares.shares,
        footing=ground,
        shares={name: _shares(table, choices) for name, table in tables.items()},
        earlier=origin.earlier,
        outlook=_outlook(tables[promise], choices),
    )
    point = shares.model_copy(update={"promise": promise})
    behind = (plants, system, weights, point, ground)
    whole = {**document, **_beside_calibrated(document, ground.minimum), **_promised(document, *behind)}
    told = [*whole["warnings"], *missed_promise(whole)]
    return whole | {"warnings": sorted(told, key=lambda item: KINDS.index(item["kind"]))}


def _promised(
    document: Mapping[str, Any],
    plants: Sample,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    footing: Footing,
) -> dict[str, Any]:
    """What left-out plants attain beside the promise, by how much it is missed, and what each bound costs."""
    crossed = left_out_of_point(plants, system, weights, choices, footing)
    costs = bound_costs(plants, system, weights, choices, footing).to_dict("records")
    last = [
        {
            "bound": BOUNDS[-1],
            "level": level,
            "plants": count,
            "attained": document["joint_attainment"][level],
        }
        for level, count in document["joint_plants"].items()
    ]
    targets, attained = document["targets"], document["joint_attainment"]
    counts = np.array([round(crossed.get(level, 0) * document["plants"]) for level in targets])
    low, high = exact_binomial(counts, int(document["plants"]), choices.confidence)
    return {
        "cross_validated": {level: crossed.get(level) for level in targets},
        "crossed_lower": {
            level: float(end) if crossed else None for level, end in zip(targets, low, strict=True)
        },
        "crossed_upper": {
            level: float(end) if crossed else None for level, end in zip(targets, high, strict=True)
        },
        "missed_by": {level: round(attained[level] - share, 9) for level, share in targets.items()},
        "bounds": [{str(name): value for name, value in row.items()} for row in [*costs, *last]],
    }


def _shares(table: pd.DataFrame, choices: Parameters) -> dict[str, float]:
    """What each indicator lets through under a promise; what was promised where values were given."""
    found = getattr(table, "marginal_share", None) or {}
    if SHARE in table:
        found = table.drop_duplicates("level").set_index("level")[SHARE].to_dict()
    promised = choices.thresholds.shares
    told = {level: float(found.get(level, share)) for level, share in promised.items()}
    return {
        level: min(share if share == share else promised[level], NEARLY_ALL) for level, share in told.items()
    }


def _outlook(table: pd.DataFrame, choices: Parameters) -> Outlook:
    """What each indicator lets through under the promise, and how many plants would tell its levels apart."""
    minimum, shares = choices.proposal.disclosure_minimum, _shares(table, choices)
    names = list(shares)
    return Outlook(
        minimum,
        shares,
        {level: plants_to_publish(share, minimum) for level, share in shares.items()},
        {
            level: plants_to_tell_apart(shares[level], shares[looser], minimum)
            for level, looser in pairwise(names)
        },
    )


def _beside_calibrated(document: Mapping[str, Any], minimum: int) -> dict[str, Any]:
    """What the calibrated values attain, and why the proposed ones attain something else or more than promised."""
    own = document["promises"][document["promise"]]["calibrated_attainment"]
    before = {level: round(share * document["plants"]) for level, share in own.items()}
    moved = {
        level: sum(
            entry["levels"][level]["proposed"] != entry["levels"][level]["calibrated"]
            for entry in document["indicators"]
        )
        for level in before
    }
    told = {
        level: f"The calibrated values put {before[level]} of the plants at level {level} or better, the proposed "
        f"ones {after}: rounding, law or the disclosure guard moved {moved[level]} of its values."
        if not 0 <= after - before[level] <= 1
        else ""
        for level, after in document["joint_plants"].items()
    }
    few = min(minimum, int(document["plants"]))
    for level, target in document["targets"].items() if document["promise"] == "joint" else ():
        if exact(target) * document["plants"] <= 1 < few:
            told[level] = told[level] or few_plants(level, target, document["plants"], few)
    return {"joint_calibrated": before, "joint_explanation": told}
