"""A small project whose six notebooks take no time, for testing the runner without the real ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from methodology.parameters import Parameters, Project, cell_of
from methodology.results.stages import DEFINITIONS, SAMPLE, Stage
from methodology.runs.schedule import execute_runs

ROOT = Path(__file__).resolve().parents[1]
WHY = "Exercises the runner in a test."
STAGES = (
    Stage(
        "sample",
        "01_sample.ipynb",
        inputs=(),
        outputs=(*SAMPLE, "about.json"),
        files=(*DEFINITIONS, "data/samples/{source}/**"),
    ),
    Stage("weights", "02_weights.ipynb", inputs=SAMPLE, outputs=("weights.csv",)),
    Stage(
        "thresholds",
        "03_thresholds.ipynb",
        inputs=(*SAMPLE, "about.json", "weights.csv"),
        outputs=("thresholds.csv",),
    ),
    Stage(
        "evaluation", "04_evaluation.ipynb", inputs=(*SAMPLE, "thresholds.csv"), outputs=("evaluation.csv",)
    ),
    Stage(
        "sensitivity",
        "05_sensitivity.ipynb",
        inputs=("evaluation.csv",),
        outputs=("sensitivity/*.csv",),
        record=True,
    ),
    Stage(
        "proposal",
        "06_proposal.ipynb",
        inputs=("thresholds.csv",),
        outputs=("proposal.json",),
        record=True,
        names_run=True,
    ),
)
"""As in the real table, but fixed: what the runner does must not hang on what the notebooks happen to write."""
OPENING = "from methodology.results import Results\n\ninputs = Results(folder)"
TABLE = """import pandas as pd
import numpy as np

"""
BODIES = {
    "sample": f"""{TABLE}from methodology.indicators import Sample
values = pd.DataFrame({{"a": [1.0, 2.0, 3.0], "b": [0.5, 0.25, 0.1]}}, index=["P1", "P2", "P3"])
inputs.save("sample", Sample(values, (values * 0).astype("int8")))
inputs.save("about", {{"population": population}})
print(len(values), "plants of", system)""",
    "weights": f"""{TABLE}plants = inputs.load("sample").values
table = pd.DataFrame({{"group": "g", "indicator": list(plants), "weight": 0.5, "local_weight": 0.5}})
inputs.save("weights", table)
table""",
    "thresholds": f"""{TABLE}values = inputs.load("sample").values
rows = []
for name in values:
    for level, share in (("I", share_I), ("II", share_II), ("III", share_III)):
        value = float(values[name].quantile(share))
        count = int((values[name] <= value).sum())
        made = (name, level, value, np.nan, np.nan, interval, confidence, count, 3, count / 3)
        rows.append((*made, "kg/t", "lower", ""))
columns = "indicator level value lower upper interval confidence attained n attainment unit direction flag"
table = pd.DataFrame(rows, columns=columns.split())
inputs.save("thresholds", table)""",
    "evaluation": f"""{TABLE}plants = inputs.load("sample").values.index
table = pd.DataFrame({{"plant": plants, "Y_I": 10.0, "Y_II": 20.0, "Y_III": 90.0, "level": "III"}})
inputs.save("evaluation", table.assign(limiting_failed=""))""",
    "sensitivity": f"""{TABLE}import matplotlib.pyplot as plt

draws_seen = np.random.default_rng(seed).normal(size=draws)
inputs.save("sensitivity/levels", pd.DataFrame({{"plant": ["P1"], "mean": [draws_seen.mean()]}}))
fig, ax = plt.subplots(figsize=(2, 1))
ax.plot(draws_seen[:20])
plt.show()""",
    "proposal": """inputs.save("proposal", {"system": system, "run": inputs.run, "rounding": rounding})""",
}


def notebook(sources: list[tuple[str, list[str]]], *, title: str = "A question") -> dict:
    """A notebook of code cells, each with its tags."""
    cells = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {title}"}]
    cells += [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{place}",
            "metadata": {"tags": tags} if tags else {},
            "outputs": [],
            "source": source,
        }
        for place, (source, tags) in enumerate(sources)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def parameters_source(stage: str) -> str:
    """The `parameters` cell a stage must have."""
    own = {"system": "toy", "folder": "../runs/lab/toy"}
    return "\n".join(
        f"{name}: {kind} = {own.get(name, default)!r}" for name, (kind, default) in cell_of(stage).items()
    )


def write_notebook(project: Project, stage: str, body: str, *, cell: str | None = None) -> Path:
    """(Re)write the notebook of a stage."""
    (entry,) = [entry for entry in STAGES if entry.name == stage]
    cells = [(cell or parameters_source(stage), ["parameters"]), (OPENING, []), (body, [])]
    path = project.notebooks / entry.notebook
    path.write_text(json.dumps(notebook(cells), indent=1), encoding="utf-8")
    return path


def make_project(root: Path, systems: tuple[str, ...] = ("toy",)) -> Project:
    """A project with toy notebooks and systems that are copies of a shipped one."""
    project = Project(root)
    project.notebooks.mkdir(parents=True)
    (root / "params" / "systems").mkdir(parents=True)
    shipped = sorted((ROOT / "params" / "systems").glob("*.yaml"))[0]
    factors = root / "data" / "reference" / "factors.csv"
    factors.parent.mkdir(parents=True)
    factors.write_text((ROOT / "data" / "reference" / "factors.csv").read_text("utf-8"), encoding="utf-8")
    for system in systems:
        text = shipped.read_text(encoding="utf-8").replace(f"id: {shipped.stem}", f"id: {system}", 1)
        (root / "params" / "systems" / f"{system}.yaml").write_text(text, encoding="utf-8")
        sample = root / "data" / "samples" / system
        sample.mkdir(parents=True)
        (sample / "plants.csv").write_text("plant,a,b\nP1,1,2\n", encoding="utf-8")
    for stage, body in BODIES.items():
        write_notebook(project, stage, body)
    return project


def choices(system: str = "toy", **sections: object) -> Parameters:
    """Parameters of a toy run, quick to simulate."""
    return Parameters.model_validate(
        {"system": system, "why": WHY, "sensitivity": {"draws": 1000}, **sections}
    )


def execute_run(parameters: Parameters, **given: Any) -> Path:
    """Make one run; its folder, or the error that stopped it."""
    (outcome,) = execute_runs([parameters], **given)
    if outcome.error is not None:
        raise outcome.error
    return outcome.folder


def toy_evidence(folder: Path) -> None:
    """Evidence as a run has it: what may leave the house, and what may not."""
    for part in ("public", "internal"):
        (folder / part / "site").mkdir(parents=True)
        (folder / part / "site" / "index.html").write_text(f"<p>{part} page</p>", encoding="utf-8")
        (folder / part / "standard.docx").write_bytes(b"PK\0 a document")
        proposal = {"system": "toy", "run": folder.name, "parameters": {}, "indicators": []}
        (folder / part / "proposal.json").write_text(json.dumps(proposal), encoding="utf-8")


def copy_project(project: Project, root: Path) -> Project:
    """The same project elsewhere."""
    shutil.copytree(project.root, root)
    return Project(root)
