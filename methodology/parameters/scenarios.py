"""Scenarios: what differs from a run, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from methodology.errors import ParameterError, Problem
from methodology.indicators.loading import problems_of, read_yaml
from methodology.parameters.loading import known_keys, load_run
from methodology.parameters.model import STAGES, Parameters
from methodology.parameters.project import Project


@dataclass(frozen=True)
class Scenario:
    """
    Choices that differ from those of a run in a stated way.

    Attributes
    ----------
    name : str
        File name without its ending; the name of a run for the run itself.
    base : str
        The run or scenario it starts from; empty for a run itself.
    why : str
        The question it answers.
    parameters : Parameters
        All choices, complete.
    changes : dict of path to (before, after)
        What differs from `base`, e.g. {"thresholds.promise": ("marginal", "joint")}.
    """

    name: str
    base: str
    why: str
    parameters: Parameters
    changes: Mapping[str, tuple[Any, Any]]


def load_scenario(name: str, project: Project) -> Scenario:
    """
    Read one scenario.

    Parameters
    ----------
    name : str
        A file in `params/scenarios/`, without its ending; the name of a file in `params/runs/` gives the run itself.
    project : Project

    Returns
    -------
    Scenario

    Raises
    ------
    ParameterError
        If there is no such file, `base` or `why` is missing, scenarios start from each other in a circle, a choice is
        unknown or of the wrong type (all at once), or nothing differs from `base`.
    """
    return _load(name, project, ())


def load_scenarios(project: Project, *, run: str, names: Iterable[str] = ()) -> tuple[Scenario, ...]:
    """
    Read the run and the scenarios that start from it.

    Parameters
    ----------
    run : str
        Name of the run, the first of the answer.
    names : iterable of str
        Which scenarios; empty: all of `params/scenarios/` that lead back to the run, those with fewer steps first.
    """
    chosen = list(names) or sorted(path.stem for path in _folder(project).glob("*.yaml"))
    found = [(load_scenario(name, project), _steps(name, project)) for name in chosen]
    mine = [(scenario, steps) for scenario, steps in found if steps[-1] == run]
    strangers = [scenario.name for scenario, steps in found if steps[-1] != run]
    if names and strangers:
        raise ParameterError(f"Scenarios {', '.join(strangers)} do not start from the run {run!r}.")
    ordered = sorted(mine, key=lambda pair: len(pair[1]))
    return (load_scenario(run, project), *(scenario for scenario, _ in ordered))


def _load(name: str, project: Project, behind: tuple[str, ...]) -> Scenario:
    if Path(name).name != name:
        raise ParameterError(
            f"{name[:60]!r} is no name of a scenario or run: it stands for a place elsewhere."
        )
    path = _folder(project) / f"{name}.yaml"
    if not path.is_file():
        return _run(name, project)
    if name in behind:
        raise ParameterError(f"Scenarios start from each other in a circle: {' - '.join((*behind, name))}.")
    content = read_yaml(path, error=ParameterError)
    faults = [
        Problem(f"`{key}` is missing.", file=path.name, fix="Every scenario states where it starts, and why.")
        for key in ("base", "why")
        if not isinstance(content.get(key), str)
    ]
    faults += [
        Problem(
            "is not a part of a scenario.", file=path.name, key=str(key), fix=f"Parts: {', '.join(_PARTS)}."
        )
        for key in content
        if key not in _PARTS
    ]
    if faults:
        raise ParameterError(f"{path.name} does not state a valid scenario.", faults)
    base = _load(content["base"], project, (*behind, name))
    given = {key: value for key, value in content.items() if key != "base"}
    parameters = _overlaid(base.parameters, given, path, content)
    changes = _differences(base.parameters, parameters)
    if not changes:
        raise ParameterError(
            f"{path.name} differs in nothing from {base.name!r}; leave it out, or change a choice."
        )
    return Scenario(name, base.name, parameters.why, parameters, changes)


_PARTS = ("base", "why", "why_mixed", "seed", *STAGES)


def _run(name: str, project: Project) -> Scenario:
    path = project.place(f"params/runs/{name}.yaml")
    if not path.is_file():
        known = sorted(file.stem for file in (*_folder(project).glob("*.yaml"), *path.parent.glob("*.yaml")))
        raise ParameterError(f"There is no scenario or run {name!r}. Known: {', '.join(known)}.")
    parameters = load_run(path)
    return Scenario(name, "", parameters.why, parameters, {})


def _overlaid(
    base: Parameters, given: Mapping[str, Any], path: Path, stated: Mapping[str, Any]
) -> Parameters:
    """The choices of `base` with those of a scenario on top, checked by the model as a whole."""
    content = base.model_dump()
    for key, value in given.items():
        merges = isinstance(value, dict) and isinstance(content.get(key), dict)
        content[key] = {**content[key], **value} if merges else value
    try:
        return Parameters.model_validate(content)
    except ValidationError as fault:
        problems = problems_of(fault, path.name, known_keys(), stated=stated)
        raise ParameterError(f"{path.name} does not state a valid scenario.", problems) from fault


def _differences(before: Parameters, after: Parameters) -> dict[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {}
    if before.seed != after.seed:
        found["seed"] = (before.seed, after.seed)
    for stage in STAGES:
        old, new = getattr(before, stage), getattr(after, stage)
        found |= {
            f"{stage}.{name}": (getattr(old, name), getattr(new, name))
            for name in type(old).model_fields
            if getattr(old, name) != getattr(new, name)
        }
    return found


def _steps(name: str, project: Project) -> tuple[str, ...]:
    """A scenario and what it starts from, down to the run."""
    steps = [name]
    while base := load_scenario(steps[-1], project).base:
        steps.append(base)
    return tuple(steps)


def _folder(project: Project) -> Path:
    return project.place("params/scenarios")
