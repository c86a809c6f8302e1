"""Notebooks for JupyterLab in a study: copies that begin with the choices of the study."""

from __future__ import annotations

from pathlib import Path

from methodology.parameters import Parameters, Project, parameters_for
from methodology.results.stages import STAGES
from methodology.results.store import write_whole

FOLDER = "notebooks"
_WHAT_IF = "what_if.ipynb"


def copy_notebooks(study: Project, choices: Parameters) -> list[Path]:
    """
    Put the notebooks of a run into a study, where they are not there yet.

    Parameters
    ----------
    choices : Parameters
        Of the study's run; each notebook gets its section, in a cell behind the defaults.

    Returns
    -------
    list of Path
        What was copied. A notebook that is there stays as it is: somebody may have worked in it.
    """
    import nbformat
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    handed = {stage.notebook: parameters_for(choices, stage.name) for stage in STAGES}
    handed[_WHAT_IF] = {"system": choices.system}
    made = []
    for name, values in handed.items():
        path = study.root / FOLDER / name
        if path.exists():
            continue
        notebook = load_notebook_node(str(study.notebooks / name))
        for cell in notebook.cells:
            cell.metadata.pop("papermill", None)
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        folder = "what_if" if name == _WHAT_IF else choices.system
        notebook = parameterize_notebook(notebook, values | {"folder": f"../runs/lab/{folder}"})
        notebook.metadata.pop("papermill", None)
        write_whole(path, nbformat.writes(notebook) + "\n")
        made.append(path)
    return made
