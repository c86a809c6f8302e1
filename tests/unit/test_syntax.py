"""Source is parsed by one thread at a time: two at once can end a run in an error of the interpreter."""

import ast
import re
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from shipped import ROOT

from methodology import syntax
from methodology.syntax import tree_of


def test_two_threads_never_parse_at_once(monkeypatch):
    inside, most = [], []

    def slow(source, **how):
        inside.append(source)
        most.append(len(inside))
        time.sleep(0.01)
        inside.remove(source)
        return how["mode"]

    monkeypatch.setattr(syntax, "ast", SimpleNamespace(parse=slow))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(tree_of, map(str, range(8)))) == ["exec"] * 8
    assert max(most) == 1


def test_a_tree_is_that_of_the_interpreter_and_so_are_its_errors():
    assert ast.dump(tree_of("1 + a", "eval")) == ast.dump(ast.parse("1 + a", mode="eval"))
    with pytest.raises(SyntaxError):
        tree_of("a +")


def test_nothing_else_of_the_package_parses():
    files = [path for path in (ROOT / "methodology").rglob("*.py") if path.name != "syntax.py"]
    assert [
        path.name for path in files if re.search(r"\bast\.parse\(", path.read_text(encoding="utf-8"))
    ] == []
