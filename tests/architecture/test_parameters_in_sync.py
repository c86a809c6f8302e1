"""The four lives of `Parameters` agree."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import BaseModel

from methodology.parameters import Parameters, cell_of, load_run
from methodology.parameters.model import STAGES, ThresholdChoices
from methodology.thresholds import censored, intervals, quantiles

ROOT = Path(__file__).resolve().parents[2]
RUNS = sorted((ROOT / "params" / "runs").glob("*.yaml"))


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
def test_every_run_file_is_valid_and_names_a_system(path):
    run = load_run(path)
    assert (ROOT / "params" / "systems" / f"{run.system}.yaml").is_file()


def _stated(content: dict, defaults: BaseModel, prefix: str = "") -> list[str]:
    """Keys of a run file that repeat a default."""
    repeated = []
    for key, value in content.items():
        default = getattr(defaults, key)
        if isinstance(value, dict):
            repeated += _stated(value, default, f"{prefix}{key}.")
        elif value == default:
            repeated.append(f"{prefix}{key}")
    return repeated


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
def test_run_files_state_only_what_differs_from_the_defaults(path):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    defaults = Parameters(system="any", why="only the defaults are of interest")
    assert not _stated({k: v for k, v in content.items() if k not in ("system", "why")}, defaults)


def _documented(model: type[BaseModel]) -> list[str]:
    missing = []
    for name, field in model.model_fields.items():
        if not field.description:
            missing.append(f"{model.__name__}.{name}")
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            missing += _documented(field.annotation)
    return missing


def test_every_field_says_what_it_chooses():
    assert not _documented(Parameters)


@pytest.mark.parametrize(
    ("field", "offered"),
    [("method", quantiles.METHODS), ("interval", intervals.METHODS), ("below_limit", censored.METHODS)],
)
def test_a_run_can_choose_whatever_the_room_of_thresholds_offers(field, offered):
    assert set(get_args(ThresholdChoices.model_fields[field].annotation)) == set(offered)


@pytest.mark.parametrize("number_and_stage", list(enumerate(STAGES, start=1)), ids=lambda pair: pair[1])
def test_a_notebooks_parameters_cell_is_its_section_of_the_model(number_and_stage):
    number, stage = number_and_stage
    notebook = json.loads((ROOT / "notebooks" / f"{number:02d}_{stage}.ipynb").read_text(encoding="utf-8"))
    cells = [c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", [])]
    assert len(cells) == 1
    declared = {
        node.target.id: (ast.unparse(node.annotation), ast.literal_eval(node.value))
        for node in ast.parse("".join(cells[0]["source"])).body
        if isinstance(node, ast.AnnAssign)
    }
    wanted = cell_of(stage)
    assert list(declared) == list(wanted)
    assert {k: v[0] for k, v in declared.items()} == {k: v[0] for k, v in wanted.items()}
    chosen = {k: v[1] for k, v in declared.items() if k not in ("system", "folder")}
    assert chosen == {k: v[1] for k, v in wanted.items() if k not in ("system", "folder")}
