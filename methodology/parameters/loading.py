"""From YAML, `--set`, scenarios and notebook cells to `Parameters`, with every fault named at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from methodology.errors import ParameterError, Problem
from methodology.indicators.loading import FOLDER_OF_PLANTS, problems_of, read_yaml
from methodology.indicators.plain_yaml import PlainYamlError, parse_yaml
from methodology.languages import later
from methodology.parameters.model import STAGES, Parameters, Section
from methodology.parameters.project import STUDY, Project

SEEDED = ("thresholds", "sensitivity")
_OTHER_WORDS = {
    f"sample.{word}": f"The plants are chosen with sample.source. {FOLDER_OF_PLANTS}"
    for word in ("path", "folder", "file", "table", "plants", "data", "name")
}


def load_run(path: Path | str, overrides: Sequence[str] = ()) -> Parameters:
    """
    Read the choices of a run.

    Parameters
    ----------
    path : Path
        A YAML file that states what differs from the defaults, and `why`.
    overrides : sequence of str
        `section.field=value`, each value typed by the model.

    Raises
    ------
    ParameterError
        Every unknown name, wrong type and value out of range at once, with file and line.
    """
    path = Path(path)
    content = read_yaml(path, error=ParameterError)
    for key, value in _of_study(path).items():
        content.setdefault(key, value)
    for text in overrides:
        _override(content, text)
    try:
        return Parameters.model_validate(content)
    except ValidationError as fault:
        typed = [text.partition("=")[0].strip() for text in overrides]
        problems = [
            replace(problem, file="--set", line=None) if _is_typed(problem.key, typed) else problem
            for problem in problems_of(
                fault, path.name, known_keys(), stated=content, other_words=_OTHER_WORDS
            )
        ]
        raise ParameterError(f"{path.name} does not state a valid run.", problems) from fault


def _of_study(path: Path) -> dict[str, Any]:
    """What a file of a study's `params/runs/` need not repeat: system, reasons, language, as `study.yaml` has them."""
    folder = path.resolve().parent
    study = folder.parents[1] / STUDY if folder.parts[-2:] == ("params", "runs") else None
    if study is None or not study.is_file():
        return {}
    stated = read_yaml(study, error=ParameterError)
    return {
        key: stated[key]
        for key in ("system", "why", "why_mixed", "language")
        if isinstance(stated.get(key), str)
    }


def _is_typed(key: str, typed: Collection[str]) -> bool:
    """Whether a key was given with `--set`, or stands inside one that was."""
    return any(key == name or key.startswith(f"{name}.") for name in typed)


def known_keys() -> list[str]:
    """Dotted names of every choice."""
    keys = ["system", "why", "why_mixed", "language", "seed"]
    return keys + [f"{stage}.{name}" for stage in STAGES for name in section_class(stage).model_fields]


def _override(content: dict[str, Any], text: str) -> None:
    name, equals, value = text.partition("=")
    keys = name.strip().split(".")
    if not equals or not all(key.isidentifier() for key in keys):
        raise ParameterError(
            f"--set {text!r} is not of the form section.field=value, e.g. thresholds.share_I=0.10."
        )
    try:
        parsed, _ = parse_yaml(value)
    except PlainYamlError as fault:
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        raise ParameterError(f"--set {shown!r}: the value is not plain YAML: {fault}.") from fault
    place = content
    for key in keys[:-1]:
        place = place.setdefault(key, {})
        if not isinstance(place, dict):
            raise ParameterError(f"--set {text!r}: {key!r} holds a value, not a section.")
    place[keys[-1]] = parsed


@cache
def section_class(stage: str) -> type[Section]:
    """The section of `Parameters` that is a stage's `parameters` cell."""
    if stage not in STAGES:
        raise ParameterError(f"There is no stage {stage!r}. Known: {', '.join(STAGES)}.")
    return type(Parameters.model_fields[stage].default)


def cell_of(stage: str) -> dict[str, tuple[str, Any]]:
    """
    What the `parameters` cell of a stage's notebook must declare.

    Returns
    -------
    dict of name -> (annotation, default)
        `system` and `folder` first (their defaults are the notebook's own), `seed` where used, then the section's
        fields in order.
    """
    cell: dict[str, tuple[str, Any]] = {"system": ("str", None), "folder": ("str", None)}
    if stage in SEEDED:
        cell["seed"] = ("int", Parameters.model_fields["seed"].default)
    for name, field in section_class(stage).model_fields.items():
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        cell[name] = (_annotation(field), default)
    return cell


def _annotation(field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return type(get_args(kind)[0]).__name__
    if get_origin(kind) is tuple:
        return "list"
    return getattr(kind, "__name__", str(kind))


def parameters_for(parameters: Parameters, stage: str) -> dict[str, Any]:
    """What papermill hands the notebook of a stage, apart from `folder`."""
    handed: dict[str, Any] = {"system": parameters.system}
    if stage in SEEDED:
        handed["seed"] = parameters.seed
    return handed | getattr(parameters, stage).model_dump(mode="json")


def choices_of(stage: str, cell: Mapping[str, Any]) -> Any:
    """
    The section a notebook's `parameters` cell states, checked.

    Parameters
    ----------
    stage : str
        Name of the stage.
    cell : mapping
        The notebook's `globals()`.

    Raises
    ------
    ParameterError
        If a value has the wrong type or is out of range.
    """
    kind = section_class(stage)
    try:
        return kind.model_validate({name: cell[name] for name in kind.model_fields if name in cell})
    except ValidationError as fault:
        from methodology.languages.findings import all_in_chinese

        problems = problems_of(fault, later("parameters cell"))
        refused = ParameterError(f"The parameters cell of stage {stage!r} is not valid.", problems)
        refused.add_note("\n".join(all_in_chinese(problems)))  # shown below it where somebody reads it
        raise refused from fault


def recorded(folder: Path | str, system: str, **sections: Section) -> Parameters:
    """
    All choices behind the results in a folder.

    Parameters
    ----------
    folder : Path
        Folder of a run with its `parameters.yaml`; in JupyterLab, where there is none, the defaults stand.
    system : str
        Id of the indicator system.
    **sections : Section
        Sections of the notebook that asks, which win over what is recorded.

    Raises
    ------
    ParameterError
        If the record is damaged.
    """
    path = Path(folder) / "parameters.yaml"
    why = "a session in JupyterLab: choices as the notebooks state them"
    found = load_run(path) if path.is_file() else Parameters(system=system, why=why)
    return found.model_copy(update=sections)


@dataclass(frozen=True)
class Scenario:
    """Choices that differ from those of a run in a stated way."""

    name: str
    """File name without its ending; the name of a run for the run itself."""
    base: str
    """The run or scenario it starts from; empty for a run itself."""
    why: str
    """The question it answers."""
    parameters: Parameters
    """All choices, complete."""
    changes: Mapping[str, tuple[Any, Any]]
    """What differs from `base`, e.g. {"thresholds.promise": ("marginal", "joint")}."""


def load_scenario(name: str, project: Project) -> Scenario:
    """
    Read one scenario: a file in `params/scenarios/`, without its ending; the name of a run gives the run itself.

    Refused if there is none, `base` or `why` is missing, scenarios start from each other in a circle, choices are
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
