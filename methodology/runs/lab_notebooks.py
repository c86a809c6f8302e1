"""Notebooks for JupyterLab: copies that begin with the choices of a run, so that work in them changes no original."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from methodology.indicators.plain_yaml import as_yaml
from methodology.languages import current, english_first, speaking
from methodology.parameters import Parameters, Project, parameters_for
from methodology.parameters.words import cell_source
from methodology.results.session import LAB
from methodology.results.stages import STAGES
from methodology.results.store import PARAMETERS, rename, write_whole
from methodology.runs.notebooks import PARAMETERS_TAG, declared_in, is_tagged

FOLDER = "notebooks"
KERNEL = {"name": "workbench", "display_name": "清洁生产 Workbench", "language": "python"}
"""The kernel that `cli/jupyter/kernels` registers for `workbench lab`."""
SCENARIOS = "scenarios"
ANNEXES = ("series", SCENARIOS, "method_coverage")
_WHAT_IF = "what_if"
_SOURCE = "workbench_source"


def copy_notebooks(study: Project, choices: Parameters, run: str = "") -> list[Path]:
    """
    Put the notebooks of a run into a study, where they are not there yet.

    Parameters
    ----------
    choices : Parameters
        Of the study's run; each notebook gets its section, in a cell behind the defaults.
    run : str
        Name of the file that states them, which scenarios start from; empty: that of the system.

    Returns
    -------
    list of Path
        What was copied. A notebook that is there stays as it is: somebody may have worked in it.
    """
    _record(study.root / "runs", choices)
    place = study.root / FOLDER
    with speaking(choices.language):
        made = _copy_run(study, choices, place, lab := f"../runs/{LAB}", keep_outputs=False)
        start = run or choices.system
        side_by_side = {"run": start, "against": start, "folder": f"{lab}/{SCENARIOS}"}
        return made + _copy(study, SCENARIOS, place, side_by_side, keep_outputs=False)


def copy_shipped(project: Project, runs: Path, all_choices: Mapping[str, Parameters]) -> list[Path]:
    """
    Put copies of the shipped notebooks below the runs, those of a run once per system.

    Parameters
    ----------
    runs : Path
        Folder of the runs, which git ignores.
    all_choices : mapping of str to Parameters
        Of the run of each system; the first is the one whose outputs the notebooks carry.

    Returns
    -------
    list of Path
        What was copied.
    """
    place, made = runs / LAB / FOLDER, list[Path]()
    for number, (system, choices) in enumerate(all_choices.items()):
        _record(runs, choices)
        made += _copy_run(project, choices, place / system, "../..", keep_outputs=not number)
    for name in ANNEXES:
        made += _copy(project, name, place, {"folder": f"../{name}"}, keep_outputs=True)
    return made


def _record(runs: Path, choices: Parameters) -> None:
    """The choices a session's notebooks find beside their tables, until a run's record takes their place."""
    folder = runs / LAB / choices.system
    if not (folder / "results").exists():
        write_whole(folder / PARAMETERS, as_yaml(choices.model_dump(mode="json")))


def _copy_run(
    project: Project, choices: Parameters, place: Path, lab: str, *, keep_outputs: bool
) -> list[Path]:
    handed = {Path(stage.notebook).stem: parameters_for(choices, stage.name) for stage in STAGES}
    handed[_WHAT_IF] = {"system": choices.system, "promise": choices.thresholds.promise}
    made = []
    for name, values in handed.items():
        folder = f"{lab}/{_WHAT_IF if name == _WHAT_IF else choices.system}"
        made += _copy(project, name, place, values | {"folder": folder}, keep_outputs=keep_outputs)
    return made


def _copy(
    project: Project, name: str, place: Path, values: dict[str, Any], *, keep_outputs: bool
) -> list[Path]:
    """
    Copy one notebook; where the original has changed since, the copy worked in goes to `earlier/`.

    A copy says from which original it was made.
    """
    original, path = project.notebooks / f"{name}.ipynb", place / f"{name}.ipynb"
    digest = hashlib.sha256(original.read_bytes()).hexdigest()
    if path.exists():
        made_from = _made_from(path)
        if made_from in ("", digest):
            return []
        earlier = path.parent / "earlier" / f"{name}_{made_from[:8]}.ipynb"
        earlier.parent.mkdir(exist_ok=True)
        rename(path, earlier, over=True)
    import nbformat
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    notebook = load_notebook_node(str(original))
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if current() == "en":
            cell.source = _in_english(cell, name)
        if cell.cell_type == "code" and not keep_outputs:
            cell.outputs, cell.execution_count = [], None
    notebook = parameterize_notebook(notebook, values)
    notebook.metadata.pop("papermill", None)
    notebook.metadata.kernelspec = KERNEL
    notebook.metadata[_SOURCE] = digest
    write_whole(path, nbformat.writes(notebook) + "\n")
    return [path]


def _in_english(cell: Any, notebook: str) -> str:
    """A cell of a notebook as it is read where English comes first; code stays as it is."""
    source = str(cell.source)
    if cell.cell_type == "markdown":
        return english_first(source)
    stages = [stage.name for stage in STAGES if Path(stage.notebook).stem == notebook]
    if not stages or not is_tagged(cell, PARAMETERS_TAG):
        return source
    return cell_source(stages[0], {item.name: item.default for item in declared_in(source)})


def _made_from(path: Path) -> str:
    """Digest of the original a copy was made from; nothing where it does not say so."""
    try:
        made_from = json.loads(path.read_text(encoding="utf-8"))["metadata"].get(_SOURCE, "")
    except (ValueError, TypeError, KeyError, AttributeError, OSError):  # somebody's own file
        return ""
    return str(made_from)
