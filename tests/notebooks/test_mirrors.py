"""Every notebook has a text mirror, made one way, so that a reviewer reads a change of method in a few lines."""

from __future__ import annotations

import importlib.util
import json
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
    assert '# %% [markdown]\n# # 标题\n#\n# text\n' in text
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
    assert [(one, other) for one, other in zip(before, after, strict=True) if one != other] == [("b = 2", "b = 3")]
