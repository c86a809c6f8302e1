"""A hostile parameter file is refused, or reaches the notebook as the plain text it is; no code of a sender runs."""

from __future__ import annotations

import pytest
from toy_runs import BODIES, STAGES, choices, copy_project, execute_run, make_project, write_notebook

from methodology.errors import ParameterError, WorkbenchError
from methodology.parameters import load_run
from methodology.runs.verification import judging_project, verify

pytestmark = pytest.mark.usefixtures("shared_kernels")

GOOD = "system: toy\nwhy: A run that is attacked in a test.\n"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


@pytest.mark.parametrize(
    "text",
    [
        GOOD + "seed: !!python/object/apply:os.system ['touch owned']\n",
        GOOD + "seed: !!python/name:os.system\n",
        GOOD + BOMB,
        GOOD + "# " + "x" * 10_000_000,
        "system: ../../../etc/passwd\nwhy: A run that is attacked in a test.\n",
        "system: toy/../toy\nwhy: A run that is attacked in a test.\n",
        "system: __import__('os')\nwhy: A run that is attacked in a test.\n",
        GOOD + "sample: {source: ../../secrets}\n",
        GOOD + "sample: {source: /etc}\n",
        GOOD + "thresholds: {method: \"__import__('os').system('touch owned')\"}\n",
        GOOD + "__class__: {__init__: 1}\n",
        GOOD + "system: other\n",
        "[" * 5000,
        "\x00\x01",
        "- just\n- a list\n",
    ],
    ids=range(15),
)
def test_a_hostile_parameter_file_is_refused_with_one_message(tmp_path, text):
    path = tmp_path / "run.yaml"
    path.write_bytes(text.encode())
    with pytest.raises(ParameterError):
        load_run(path)
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    "override",
    [
        "seed",
        "=1",
        "a.b.c.d=1",
        "thresholds=1",
        "system.x=1",
        "seed=!!python/name:os.system",
        "__class__=1",
        "seed=[1",
    ],
)
def test_a_hostile_override_is_refused(tmp_path, override):
    path = tmp_path / "run.yaml"
    path.write_text(GOOD)
    with pytest.raises(ParameterError):
        load_run(path, [override])


def test_text_that_is_code_reaches_the_notebook_as_text(tmp_path):
    project = make_project(tmp_path / "project")
    hostile = "region=\"\"\"'); open('owned', 'w')  # {x} \\n \\\" $(touch owned) %s 北"
    write_notebook(project, "sample", BODIES["sample"] + "\nprint(stratum)")
    made = execute_run(
        choices(sample={"stratum": hostile, "exclude": [{"plant": "P1", "reason": "'; import os; '"}]}),
        runs_dir=tmp_path / "runs",
        project=project,
        stages=STAGES[:1],
    )
    assert "owned" not in {path.name for path in tmp_path.rglob("*")}
    assert "$(touch owned)" in (made / "notebooks" / "01_sample.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["{}", "{", '{"run": 3}', '{"outputs": {"../../../etc/passwd": "x"}}', ""])
def test_a_forged_run_folder_is_refused(tmp_path, text):
    folder = tmp_path / "runs" / "toy" / "abc"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(text)
    (folder / "parameters.yaml").write_text(GOOD)
    with pytest.raises(WorkbenchError):
        verify(folder, project=make_project(tmp_path / "project"), stages=STAGES)


@pytest.mark.parametrize("study", [False, True], ids=["project", "study"])
def test_a_run_that_comes_within_a_project_of_its_own_is_judged_by_the_method_one_has(
    tmp_path, monkeypatch, study
):
    project, mail, owned = make_project(tmp_path / "project"), tmp_path / "mail", tmp_path / "owned"
    made = execute_run(choices(), runs_dir=project.root / "runs", project=project, stages=STAGES[:1])
    received = copy_project(project, mail).root / "runs" / "toy" / made.name
    write_notebook(type(project)(mail), "sample", f"open({str(owned)!r}, 'w')\n{BODIES['sample']}")
    if study:
        (mail / "study.yaml").write_text("system: toy\n", encoding="utf-8")
    monkeypatch.chdir(project.root)
    assert mail.resolve() not in judging_project(received).notebooks.resolve().parents
    if not study:  # whose notebooks are the shipped ones, and they know no toy
        assert len(verify(received, stages=STAGES[:1], kernel="auto")) == 0
    assert not owned.exists()
