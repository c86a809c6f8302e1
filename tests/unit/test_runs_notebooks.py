"""The `parameters` cell is held against the model before anything starts."""

from __future__ import annotations

import json

import pytest
from toy_runs import BODIES, make_project, notebook, parameters_source, write_notebook

from methodology.errors import ParameterError
from methodology.runs.notebooks import check_notebooks, code_of, declared_in


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


def _refusal(project):
    with pytest.raises(ParameterError) as caught:
        check_notebooks(project.notebooks)
    return str(caught.value)


def test_notebooks_that_agree_with_the_model_pass(project):
    check_notebooks(project.notebooks)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("share_I: float = 0.05", "share_i: float = 0.05", "`share_i` is no parameter of stage 'thresholds'"),
        ("share_I: float = 0.05", "share_i: float = 0.05", "`share_I` is missing"),
        ("share_I: float = 0.05", "share_I: float = 0.06", "is 0.06 by default; the model says 0.05"),
        ("share_I: float = 0.05", "share_I: str = '0.05'", "is declared str; the model says float"),
        ("share_I: float = 0.05", "share_I: float = 1 / 20", "is no literal"),
        ("share_I: float = 0.05", "share_I = 0.05", "write `name: type = literal`"),
        ("share_I: float = 0.05", "share_I: float = ", "invalid syntax"),
        ("seed: int = 20261122", "seed: int = True", "is True by default"),
    ],
)
def test_a_cell_that_disagrees_is_refused_with_notebook_cell_and_line(project, before, after, said):
    cell = parameters_source("thresholds")
    assert before in cell
    write_notebook(project, "thresholds", BODIES["thresholds"], cell=cell.replace(before, after))
    message = _refusal(project)
    assert said in message
    assert "03_thresholds.ipynb, cell 2" in message


def test_the_line_of_a_disagreement_is_named(project):
    cell = parameters_source("thresholds")
    line = 1 + cell.splitlines().index("share_I: float = 0.05")
    cell = cell.replace("share_I: float = 0.05", "share_I: float = 0.5")
    write_notebook(project, "thresholds", "", cell=cell)
    assert f"03_thresholds.ipynb, cell 2, line {line}:" in _refusal(project)


def test_faults_of_all_notebooks_are_named_at_once(project):
    for stage in ("sample", "weights"):
        write_notebook(project, stage, "", cell=parameters_source(stage) + "\nextra: int = 1")
    (project.notebooks / "06_proposal.ipynb").unlink()
    message = _refusal(project)
    assert all(name in message for name in ("01_sample", "02_weights", "06_proposal"))


@pytest.mark.parametrize("count", [0, 2])
def test_exactly_one_parameters_cell_is_needed(project, count):
    cells = [(parameters_source("weights"), ["parameters"])] * count
    path = project.notebooks / "02_weights.ipynb"
    path.write_text(json.dumps(notebook([*cells, ("x = 1", [])])), encoding="utf-8")
    assert "exactly one cell is tagged" in _refusal(project)


@pytest.mark.parametrize(
    "body",
    [
        "share_I = 0.5",
        "for share_I in (1, 2):\n    pass",
        "del share_I",
        "%time share_I\nshare_I += 1",
        "(share_I := 1)",
    ],
)
def test_a_parameter_that_a_later_cell_overwrites_is_refused(project, body):
    write_notebook(project, "thresholds", body)
    assert "parameter `share_I` is assigned again" in _refusal(project)


def test_a_later_cell_that_is_not_python_is_refused(project):
    write_notebook(project, "thresholds", "x = (")
    assert "03_thresholds.ipynb, cell 4, line 1" in _refusal(project)


@pytest.mark.parametrize("content", ["", "[]", "{}", "not json", '{"cells": 3}'])
def test_a_file_that_is_no_notebook_is_refused(project, content):
    (project.notebooks / "02_weights.ipynb").write_text(content, encoding="utf-8")
    assert "02_weights.ipynb" in _refusal(project)


def test_code_leaves_out_markdown_and_outputs(project):
    assert code_of(project.notebooks / "02_weights.ipynb")[-1] == BODIES["weights"]


def test_comments_and_a_docstring_are_allowed_among_parameters():
    (found,) = declared_in('"""What is chosen."""\n# one line each\nshare: float = 0.5  # of plants')
    assert (found.name, found.annotation, found.default, found.line) == ("share", "float", 0.5, 3)
