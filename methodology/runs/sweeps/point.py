"""What a worker of a sweep does: some points, from choices to levels and their chances; the same numbers everywhere."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any

from methodology.errors import WorkbenchError
from methodology.parameters import Footing, Parameters, Project

LEVELS = ("I", "II", "III")
Row = dict[str, Any]


def die_with_parent() -> None:
    """Leave when the process that owns the pool is gone, however it went; otherwise a worker would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()
    if os.name == "nt":  # its console sends Ctrl-C to all, and nothing masks it before a process starts
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def compute(root: str, batch: Sequence[tuple[int, dict[str, Any]]]) -> list[tuple[int, Row]]:
    """
    Compute some points.

    Parameters
    ----------
    root : str
        Folder of the project, the same on every machine.
    batch : sequence of (int, dict)
        Number of the point and all its choices, as plain data.

    Returns
    -------
    list of (int, dict)
        Number and outcome; a point that a method refuses has its reason in `refused`.
    """
    return [(number, _outcome(root, Parameters.model_validate(choices))) for number, choices in batch]


def _outcome(root: str, parameters: Parameters) -> Row:
    try:
        return {**_levels(root, parameters), "refused": ""}
    except WorkbenchError as refusal:
        return {"refused": " ".join(str(refusal).split())}


def _levels(root: str, parameters: Parameters) -> Row:
    """Shares of plants at each level or better, mean scores, and the chance of each under the stated noise."""
    from methodology.chain import calibrate
    from methodology.chain.robustness import level_draws
    from methodology.evaluation import attainment_of_whole, evaluate, level_basis

    plants = (root, parameters.system, parameters.sample.model_dump_json())
    system, sample, population = _plants(*plants)
    weights = _weights(*plants, parameters.weights.model_dump_json())
    rule = parameters.evaluation
    values = calibrate(
        sample,
        system,
        weights,
        parameters.thresholds,
        footing=Footing.of(parameters, population=population, folds=0),
    )
    table = evaluate(sample, system, values, weights, level_one=rule.level_one, cut=rule.cut)
    basis = level_basis(sample, system, values, weights, **dict(rule))
    counts = level_draws(basis, system, parameters.sensitivity, seed=parameters.seed, threads=1)
    draws = parameters.sensitivity.draws
    chances = counts.cumsum(axis=1) / draws
    levels = table.set_index("plant")["level"].reindex(counts.index)
    elsewhere = [draws - int(counts.loc[plant, level]) for plant, level in levels.items()]
    return {
        **{f"share_{level}": share for level, share in attainment_of_whole(table).items()},
        **{f"mean_Y_{level}": float(table[f"Y_{level}"].mean()) for level in LEVELS},
        **{f"chance_{level}": float(chances[level].mean()) for level in LEVELS},
        "moved": sum(elsewhere) / (len(elsewhere) * draws),
    }


@lru_cache(maxsize=32)
def _plants(root: str, name: str, choices: str) -> tuple[Any, Any, int | None]:
    """System, sample and population, as notebook 01 hands them on."""
    from methodology.chain import with_covariates
    from methodology.parameters.model import SampleChoices
    from methodology.sample import correct, describe, read_sample

    project = Project(Path(root))
    chosen = SampleChoices.model_validate_json(choices)
    system = project.system(name)
    place = project.sample_folder(chosen.source, name)
    sample = read_sample(place, system, choices=chosen)
    about = describe(place, chosen, sample)
    system = with_covariates(system, sample, chosen)
    return system, correct(sample, system).sample if chosen.correction else sample, about["population"]


@lru_cache(maxsize=512)
def _weights(root: str, name: str, sample: str, choices: str) -> Any:
    from methodology.forms import has_judgements, read_judgements
    from methodology.parameters.model import WeightChoices
    from methodology.weights import derive_weights

    system, plants, _ = _plants(root, name, sample)
    chosen = WeightChoices.model_validate_json(choices)
    place = Project(Path(root)).judgements_folder(chosen.source, name)
    judgements = read_judgements(place, system) if has_judgements(place) else None
    return derive_weights(system, judgements, plants, chosen).published
