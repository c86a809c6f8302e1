"""Every notebook has a text mirror, made one way, so that a reviewer reads a change of method in a few lines."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def writer():
    spec = importlib.util.spec_from_file_location("mirror", ROOT / "notebooks" / "mirror.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_mirrors_are_those_of_the_notebooks_as_they_are(writer):
    stored = {path: path.read_text(encoding="utf-8") for path in (ROOT / "notebooks" / "text").glob("*.py")}
    stale = sorted(path.name for path, text in writer.mirrors().items() if stored.get(path) != text)
    assert not stale, "run `python notebooks/mirror.py`"
    assert set(stored) == set(writer.mirrors())


def _notebook(folder, *cells):
    path = folder / "a.ipynb"
    made = [{"cell_type": kind, "source": text, "metadata": {"tags": tags}} for kind, text, tags in cells]
    path.write_text(json.dumps({"cells": made}), encoding="utf-8")
    return path


def test_prose_becomes_comments_and_code_stays_code(writer, tmp_path):
    cells = [("markdown", "# 标题\n\ntext", []), ("code", ["x = 1\n", "%time x"], ["parameters"])]
    text = writer.mirror(_notebook(tmp_path, *cells))
    assert "# %% [markdown]\n# # 标题\n#\n# text\n" in text
    assert '# %% tags=["parameters"]\nx = 1\n# %time x\n' in text
    compile(text, "a.py", "exec")


def test_a_changed_line_of_code_is_a_changed_line_of_the_mirror_and_outputs_are_none(writer, tmp_path):
    def told(line, shown):
        path = _notebook(tmp_path, ("code", f"a = 1\n{line}", []))
        content = json.loads(path.read_text(encoding="utf-8"))
        content["cells"][0]["outputs"] = [{"data": {"text/plain": shown}}]
        path.write_text(json.dumps(content), encoding="utf-8")
        return writer.mirror(path).splitlines()

    before, after = told("b = 2", "old"), told("b = 3", "new")
    assert told("b = 2", "other") == before
    assert [(one, other) for one, other in zip(before, after, strict=True) if one != other] == [
        ("b = 2", "b = 3")
    ]


def test_with_nbdime_a_change_of_method_is_a_short_diff_whatever_happens_to_the_outputs(tmp_path):
    pytest.importorskip(
        "nbdime", reason="nbdime is in no lock: pip install 'nbdime>=4.0.2', the extra `review`"
    )
    for name in (".gitattributes", "nbdime_config.json"):
        shutil.copy(ROOT / name, tmp_path)
    driver = f"{sys.executable} -m nbdime.vcs.git.diffdriver diff"
    git = ["git", "-C", str(tmp_path), "-c", f"diff.jupyternotebook.command={driver}", "-c", "core.pager=cat"]
    path = tmp_path / "03_thresholds.ipynb"
    content = json.loads((ROOT / "notebooks" / path.name).read_text(encoding="utf-8"))
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    for words in (["init", "-q"], ["add", "."]):
        subprocess.run([*git, *words], check=True)
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    code[-1]["source"].append("\nchanged = 1")
    for cell in code:
        cell["execution_count"] = 99
        cell["outputs"] = [output | {"data": {"text/plain": "other"}} for output in cell["outputs"]]
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    told = subprocess.run([*git, "diff", "--color=never"], check=True, capture_output=True, text=True).stdout
    assert "changed = 1" in told
    assert len(told.splitlines()) <= 15
