"""From YAML, `--set` and notebook cells to `Parameters`, with every fault named at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from methodology.errors import ParameterError
from methodology.indicators.loading import FOLDER_OF_PLANTS, problems_of, read_yaml
from methodology.indicators.plain_yaml import PlainYamlError, parse_yaml
from methodology.languages import later
from methodology.parameters.model import STAGES, Parameters, Section
from methodology.parameters.project import STUDY

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
