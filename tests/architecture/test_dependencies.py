"""What is imported is declared, what is declared is used, and the locks pin both without naming an address."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
STARTED = {"jupyterlab"}
"""Started as a command of its own, never imported."""
LOCKS = ("requirements.lock", "requirements-dev.lock")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _names(requirements: list[str]) -> set[str]:
    return {_normal(re.match(r"[A-Za-z0-9_.-]+", line)[0]) for line in requirements}


def _pins(lock: str) -> set[str]:
    """`name==version` of every line; one name may have several versions, by Python."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9][a-z0-9_.-]*==[^ ;\\]+)", text, re.M))


def _imported() -> set[str]:
    """Distributions that modules of the package import or take files from, anywhere in them."""
    names: set[str] = set()
    for module in (ROOT / "methodology").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "files":
                names |= {
                    item.value.partition(".")[0] for item in node.args if isinstance(item, ast.Constant)
                }
    providers = packages_distributions()
    outside = names - set(sys.stdlib_module_names) - {"methodology"}
    return {_normal(providers[name][0]) for name in outside}


def test_everything_imported_is_declared():
    declared = _names(PROJECT["dependencies"]) | _names(PROJECT["optional-dependencies"]["cluster"])
    assert _imported() - declared == set()


def test_everything_declared_is_imported():
    assert _names(PROJECT["dependencies"]) - _imported() - STARTED == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock):
    assert not re.search(r"https?:|--index|--find-links|@ ", (ROOT / lock).read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_a_hash(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\\\n    --hash=sha256:[0-9a-f]{64}", text, re.M)
    assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, re.M)) > 0


def test_the_lock_to_develop_holds_the_lock_to_run():
    assert _pins("requirements.lock") - _pins("requirements-dev.lock") == set()


def test_the_lock_to_run_holds_what_is_declared_and_no_tool_of_developers():
    held = {pin.partition("==")[0] for pin in _pins("requirements.lock")}
    extras = PROJECT["optional-dependencies"]
    assert _names(PROJECT["dependencies"]) | _names(extras["build"]) <= held
    assert held & _names(extras["dev"]) == set()
