"""An extension of the Jupyter server: outputs that a notebook carries survive a cell that refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by the server when it starts."""
    server.contents_manager.register_pre_save_hook(keep_outputs)


def keep_outputs(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """
    Before a notebook is saved, give back what the front end wiped from cells that never ran.

    Parameters
    ----------
    model : dict
        What is to be saved, changed in place.
    path : str
        Below the root of the server.

    Notes
    -----
    JupyterLab empties every cell it is about to run, and when one of them fails those behind it stay empty. Their
    outputs are taken from the file as it is; a cell whose code was changed gets none.
    """
    if model.get("type") != "notebook" or not model.get("content"):
        return
    cells = model["content"].get("cells", [])
    failed = [place for place, cell in enumerate(cells) if _has_failed(cell)]
    file = Path(contents_manager.root_dir) / path
    if not failed or not file.is_file():
        return
    kept = {cell.get("id"): cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]}
    for cell in cells[failed[0] + 1 :]:
        old = kept.get(cell.get("id"), {})
        wiped = cell["cell_type"] == "code" and not cell["outputs"] and cell["execution_count"] is None
        if wiped and old.get("outputs") and "".join(old["source"]) == "".join(cell["source"]):
            cell["outputs"], cell["execution_count"] = old["outputs"], old["execution_count"]


def _has_failed(cell: dict[str, Any]) -> bool:
    return any(output.get("output_type") == "error" for output in cell.get("outputs", ()))
