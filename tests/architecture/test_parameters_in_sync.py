"""The four lives of `Parameters` agree."""

from __future__ import annotations

import ast
import json
import re
import shutil
from inspect import getsource
from itertools import zip_longest
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import BaseModel

from methodology.languages import speaking
from methodology.parameters import Parameters, cell_of, load_run, model
from methodology.parameters.loading import section_class
from methodology.parameters.model import STAGES, ThresholdChoices
from methodology.parameters.words import BLANK, cell_source
from methodology.runs.notebooks import write_parameters_cells
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


def test_every_field_says_what_it_chooses():
    classes = [node for node in ast.parse(getsource(model)).body if isinstance(node, ast.ClassDef)]
    pairs = [(kind.name, *pair) for kind in classes for pair in zip_longest(kind.body, kind.body[1:])]
    fields = [(name, node, after) for name, node, after in pairs if isinstance(node, ast.AnnAssign)]
    assert len(fields) > len(Parameters.model_fields)
    assert not [
        f"{name}.{node.target.id}"
        for name, node, after in fields
        if not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and after.value.value)
    ]


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


@pytest.fixture
def copied(tmp_path):
    for path in (ROOT / "notebooks").glob("0*.ipynb"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_every_parameters_cell_is_what_the_model_writes(copied):
    assert write_parameters_cells(copied) == [], "write them: make parameters"


def test_a_cell_that_lags_behind_the_model_is_written_anew_and_keeps_its_system(copied):
    path = copied / "04_evaluation.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("score that Levels", "points that Levels").replace('\\"ironmaking', '\\"coking')
    )
    assert write_parameters_cells(copied) == [path.name]
    assert path.read_text(encoding="utf-8") == text.replace('\\"ironmaking', '\\"coking')


@pytest.mark.parametrize("stage", STAGES)
def test_the_comment_of_a_choice_names_it_and_all_it_may_be_in_both_languages(stage):
    fields = section_class(stage).model_fields
    comment = ""
    with speaking("zh"):
        written = cell_source(stage, {"system": "coking", "folder": "runs"})
    for line in written.splitlines():
        if line.startswith("#"):
            comment += line.removeprefix("#").replace("  ", " ")
            continue
        name = line.partition(":")[0]
        assert re.match(r" [^a-z]*[\u4e00-\u9fff]", comment), name
        options = get_args(fields[name].annotation) if name in fields else ()
        assert all(f'"{option}"' in comment for option in options if isinstance(option, str)), name
        if name in fields and fields[name].default in ("", 0) and fields[name].annotation is not bool:
            assert f"{stage}.{name}" in BLANK, "say what an empty text or zero means"
        comment = ""
