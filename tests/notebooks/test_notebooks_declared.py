"""A stage reads no file of the project that it does not declare: otherwise a stale result would be reused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from methodology.parameters import Parameters, Project
from methodology.runs.fingerprints import data_files
from methodology.results.stages import STAGES

ROOT = Path(__file__).resolve().parents[2]
READER = """
import json, os, sys
path, folder, root = sys.argv[1:]
opened = set()

def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.add(os.path.realpath(arguments[0]))

sys.addaudithook(hook)
namespace = {}
for cell in json.load(open(path, encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), path, "exec"), namespace)
        if "parameters" in cell["metadata"].get("tags", []):
            namespace["folder"] = folder
inside = [os.path.relpath(name, root) for name in opened if name.startswith(root + os.sep)]
print(json.dumps([name.replace(os.sep, "/") for name in inside if name.split(os.sep)[0] in ("data", "params")]))
"""


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """How each stage of the shipped run was executed, by its name."""
    folder = tmp_path_factory.mktemp("lab") / "ironmaking"
    found = {}
    for stage in STAGES:
        path = ROOT / "notebooks" / stage.notebook
        done = subprocess.run(
            [sys.executable, "-c", READER, str(path), str(folder), str(ROOT)],
            cwd=ROOT / "notebooks",
            env=os.environ | {"MPLBACKEND": "agg"},
            capture_output=True,
            text=True,
            check=False,
        )
        found[stage.name] = done
    return found


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_what_a_stage_opens_is_what_it_declares(read, stage):
    done = read[stage.name]
    assert done.returncode == 0, done.stderr
    opened = set(json.loads(done.stdout.splitlines()[-1]))
    parameters = Parameters(system="ironmaking", why="Compares declaration and practice.")
    assert opened - set(data_files(stage, parameters, Project(ROOT))) == set()
