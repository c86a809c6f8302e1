"""A sweep file is checked as a whole, and its points are the same every time."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from methodology.errors import ParameterError
from methodology.parameters import Project
from methodology.runs.sweeps.design import Range, Sweep, load_sweep, points_of, runs_of
from methodology.runs.sweeps.sweep import _note, _read_journal

PROJECT = Project(Path(__file__).resolve().parents[2])
WHY = "Exercises the sweep in a test."
GRID = {"thresholds.share_I": [0.05, 0.1], "thresholds.promise": ["marginal", "joint"], "seed": [1, 2, 3]}


def _sweep(**changes):
    return Sweep.model_validate({"why": WHY, "systems": ["ironmaking"], "parameters": GRID, **changes})


def test_a_grid_has_every_combination_once():
    points = points_of(_sweep())
    assert len(points) == len({json.dumps(point) for point in points}) == 12
    assert points[0] == {"thresholds.share_I": 0.05, "thresholds.promise": "marginal", "seed": 1}


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_choice():
    space = {
        "sensitivity.threshold_cv": {"low": 0.0, "high": 0.1},
        "thresholds.promise": ["marginal", "joint"],
    }
    points = points_of(_sweep(design="latin-hypercube", points=50, seed=3, parameters=space))
    values = np.array([point["sensitivity.threshold_cv"] for point in points])
    assert sorted(np.floor(values * 500).astype(int)) == list(range(50))
    assert [point["thresholds.promise"] for point in points].count("joint") == 25


def test_the_same_seed_gives_the_same_points_and_another_others():
    space = {"sensitivity.threshold_cv": {"low": 0.0, "high": 0.1}}
    first, again, other = (
        points_of(_sweep(design="latin-hypercube", points=5, seed=seed, parameters=space))
        for seed in (3, 3, 4)
    )
    assert first == again != other


def test_points_differ_from_the_run_of_each_system_in_the_varied_choices_only():
    runs = runs_of(_sweep(systems=["ironmaking", "sintering"]), PROJECT, "sweep.yaml")
    assert len(runs) == 24
    point, run = runs[-1]
    assert (run.system, run.thresholds.share_I, run.seed) == (
        "sintering",
        point["thresholds.share_I"],
        point["seed"],
    )
    assert run.weights == runs_of(_sweep(systems=["sintering"]), PROJECT, "s")[0][1].weights


@pytest.mark.parametrize(
    ("space", "kept"),
    [
        ({"seed": [1, 1, 1]}, [1]),
        ({"seed": [3, 1, 3]}, [3, 1]),
        ({"thresholds.share_I": [0.05, 0.050, 5e-2]}, [0.05]),
        ({"sensitivity.threshold_cv": [0, 0.0]}, [0]),
        ({"sensitivity.draws": [100.2, 100.4, 101]}, [100, 101]),
    ],
)
def test_points_that_say_the_same_stand_once_as_they_are_computed(space, kept):
    (name,) = space
    runs = runs_of(_sweep(systems=["ironmaking", "sintering"], parameters=space), PROJECT, "sweep.yaml")
    assert [(run.system, point[name]) for point, run in runs] == [
        (system, value) for system in ("ironmaking", "sintering") for value in kept
    ]


def test_a_hypercube_of_a_few_alternatives_has_each_of_them_once():
    space = {"thresholds.promise": ["marginal", "joint"]}
    sweep = _sweep(design="latin-hypercube", points=9, parameters=space)
    assert len(runs_of(sweep, PROJECT, "sweep.yaml")) == 2


def test_a_count_between_bounds_is_rounded():
    space = {"sensitivity.draws": {"low": 100, "high": 200}}
    sweep = _sweep(design="latin-hypercube", points=4, parameters=space)
    assert all(isinstance(run.sensitivity.draws, int) for _, run in runs_of(sweep, PROJECT, "s"))


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"thresholds.share_i": [0.1]}, "'thresholds.share_i' is no choice of a run"),
        ({"thresholds": [0.1]}, "'thresholds' is no choice of a run"),
        ({"nowhere.share_I": [0.1]}, "'nowhere.share_I' is no choice of a run"),
        ({"thresholds.share_I": [0.9]}, "shares must rise"),
        ({"thresholds.method": ["guess"]}, "ironmaking, point 0"),
        ({"weights.decimals": [3, 30]}, "ironmaking, point 1"),
    ],
)
def test_points_the_model_refuses_are_named_before_anything_is_computed(space, said):
    with pytest.raises(ParameterError, match=re.escape(said)):
        runs_of(_sweep(parameters=space), PROJECT, "sweep.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("systems: [ironmaking]\nparameters: {seed: [1]}", "why"),
        (f"why: {WHY}\nsystems: []\nparameters: {{seed: [1]}}", "systems"),
        (f"why: {WHY}\nsystems: [ironmaking]\nparameters: {{}}", "parameters"),
        (f"why: {WHY}\nsystems: [ironmaking]\nparameters: {{seed: {{low: 1, high: 2}}}}", "a grid has lists"),
        (
            f"why: {WHY}\nsystems: [ironmaking]\ndesign: latin-hypercube\nparameters: {{seed: [1]}}",
            "needs `points`",
        ),
        (f"why: {WHY}\nsystems: [ironmaking]\npoint: 3\nparameters: {{seed: [1]}}", "point"),
        ("- a list", "holds a list, and not keys with values"),
        (f"why: &a {WHY}\nsystems: [*a]\nparameters: {{seed: [1]}}", "aliases"),
    ],
)
def test_a_misstated_sweep_file_is_refused(tmp_path, text, said):
    path = tmp_path / "sweep.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=re.escape(said)):
        load_sweep(path)


def test_bounds_must_rise():
    with pytest.raises(ValueError, match="low must be below high"):
        Range(low=1.0, high=1.0)


def test_the_shipped_sweeps_are_valid():
    for path in (PROJECT.root / "params" / "sweeps").glob("*.yaml"):
        assert runs_of(load_sweep(path), PROJECT, path.name)


DONE = {0: {"a": 0.1 + 0.2}, 1: {"refused": "否"}}


@pytest.fixture
def journal(tmp_path):
    path = tmp_path / "points.jsonl"
    with path.open("a", encoding="utf-8", newline="\n") as lines:
        _note(lines, tmp_path.name, DONE.items())
    return path


def test_a_journal_cut_off_in_a_line_goes_on_after_the_last_whole_one(journal, tmp_path):
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'[2, {"a": 0.')
    assert _read_journal(journal, 3) == DONE
    assert journal.read_bytes() == whole
    assert _read_journal(tmp_path / "none.jsonl", 3) == {}


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"x\n",
        b"\xff\xfe\n",
        b"[" * 3000 + b"\n",
        b'{"a": 1}\n',
        b'[2, {"a": 1.0}]\n',
        b'[2, {"a": 1.0}, "0"]\n',
        b'[[2], {"a": 1.0}, null]\n',
    ],
)
def test_a_line_that_is_damaged_or_edited_is_a_point_to_be_computed_again(journal, line):
    whole = journal.read_bytes()
    journal.write_bytes(line + whole + line)
    assert _read_journal(journal, 3) == DONE
    assert journal.read_bytes() == whole
    journal.write_bytes(whole.replace(b"0.3", b"0.4"))
    assert _read_journal(journal, 3) == {1: DONE[1]}


def test_a_point_of_another_sweep_or_beyond_the_last_is_none_of_this_one(journal, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / journal.name).write_bytes(journal.read_bytes())
    assert _read_journal(other / journal.name, 3) == {}
    assert _read_journal(journal, 1) == {0: DONE[0]}


@pytest.mark.parametrize(("platform", "processes"), [("win32", 61), ("linux", 200)])
def test_a_pool_has_no_more_processes_than_the_system_can_wait_for(monkeypatch, platform, processes):
    from methodology.runs.sweeps import workers

    asked = []

    def pool(most, *_):
        asked.append(most)
        raise InterruptedError

    monkeypatch.setattr(workers.sys, "platform", platform)
    monkeypatch.setattr(workers, "ProcessPoolExecutor", pool)
    points = [(number, {}) for number in range(500)]
    with pytest.raises(InterruptedError):
        list(workers.workers_of(None, 200)("root", points))
    assert asked == [processes]
