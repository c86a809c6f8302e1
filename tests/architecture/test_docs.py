"""The pages of the handbook name what is there."""

import importlib
import re
import tomllib

import pytest
import yaml
from shipped import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "CONTRIBUTING.md", ROOT / "README.md"])
_FILE = re.compile(r"`((?:methodology|tests|params|notebooks|synthetic|docs)/[\w./-]+)`")
_NAME = re.compile(r"`(methodology(?:\.\w+)+)`")


def _named(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [
        (page.name, found) for page in PAGES for found in pattern.findall(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("page", "file"), _named(_FILE))
def test_every_file_that_a_page_names_is_there(page, file):
    assert (ROOT / file).exists(), f"{page} names {file}"


@pytest.mark.parametrize(("page", "name"), _named(_NAME))
def test_every_function_that_a_page_names_can_be_called(page, name):
    room, _, last = name.rpartition(".")
    assert hasattr(importlib.import_module(room), last), f"{page} names {name}"


def test_the_walk_of_a_value_names_a_function_at_every_station():
    rows = [line for line in (DOCS / "walk.md").read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    assert len(rows) > 10
    assert all(_NAME.search(row) for row in rows[1:])


def test_the_reference_shows_every_room_that_notebooks_call():
    shown = set(re.findall(r"automodule:: methodology\.([\w.]+)", (DOCS / "reference.md").read_text("utf-8")))
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = contract["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = {room.strip().removeprefix("methodology.") for layer in layers for room in layer.split("|")}
    assert (
        rooms - {"cli", "runs", "evidence", "documents", "findings", "errors", "arguments", "syntax"} <= shown
    )


def test_every_decision_is_listed():
    listed = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    pages = [page.name for page in sorted((DOCS / "decisions").glob("0*.md"))]
    assert [page for page in pages if page not in listed] == []


def test_the_handbook_tells_of_every_room():
    text = (DOCS / "handbook.md").read_text(encoding="utf-8")
    rooms = sorted(path.name for path in (ROOT / "methodology").iterdir() if (path / "__init__.py").is_file())
    assert [room for room in rooms if f"`{room}`" not in text] == []


def test_what_is_cited_is_the_version_that_is_built_under_its_licence():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert (cited["version"], cited["license"]) == (built["version"], built["license"])
