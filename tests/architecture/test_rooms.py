"""The floor plan holds: contracts of imports, sizes, one set of names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "methodology").rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40


def test_rooms_open_downwards_only():
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("folder", ["methodology", "synthetic", "tests", "benchmarks"])
def test_no_module_is_longer_than_400_lines(folder):
    lines = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    assert {name: count for name, count in lines.items() if count > LONGEST_MODULE} == {}


def test_no_room_holds_more_than_a_tenth_of_the_package():
    lines: dict[str, int] = {}
    for module in MODULES:
        room = module.relative_to(ROOT / "methodology").parts[0]
        lines[room] = lines.get(room, 0) + len(module.read_text(encoding="utf-8").splitlines())
    assert {room: count for room, count in lines.items() if 10 * count > sum(lines.values())} == {}


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    first, last = function.body[0], function.end_lineno or function.lineno
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = (first.end_lineno or 0) + 1 if documented else first.lineno
    return max(0, last - start + 1)


@cache
def _functions() -> list[tuple[str, int, int]]:
    """Place of every function, its lines and its arguments."""
    return [
        (
            f"{module.relative_to(ROOT / 'methodology').as_posix()}:{node.name}",
            _body_lines(node),
            _arguments(node),
        )
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_function_is_longer_than_40_lines():
    assert [(place, lines) for place, lines, _ in _functions() if lines > LONGEST_FUNCTION] == []


MOST_ARGUMENTS = 7


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = function.args
    names = [item.arg for item in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def test_no_function_takes_more_than_7_arguments():
    assert [(place, taken) for place, _, taken in _functions() if taken > MOST_ARGUMENTS] == []


FACES = 250
CLAIMS = "figures/claims/__init__.py"
"""What figures say of themselves; figures alone ask it, so that it is no face of a room."""


def test_faces_offer_no_more_than_a_reader_can_learn():
    offered = [
        element.value
        for module in MODULES
        if module.name == "__init__.py" and not module.as_posix().endswith(CLAIMS)
        for node in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
        for element in node.value.elts
    ]
    assert len(offered) <= FACES


def test_a_face_offers_what_is_there():
    faces = [module for module in MODULES if module.name == "__init__.py"]
    rooms = [import_module(".".join(face.relative_to(ROOT).parts[:-1])) for face in faces]
    lacking = [
        f"{room.__name__}.{name}"
        for room in rooms
        for name in getattr(room, "__all__", ())
        if not hasattr(room, name)
    ]
    assert lacking == []


ROOMS_OF_READERS = ("chain", "cli", "documents", "evidence", "figures", "findings", "proposal", "tables")
LENGTHS = {
    "evidence/front.py": "parts of a bar",
    "evidence/dots.py": "places of dots",
    "evidence/mathtext.py": "points of a drawing",
    "figures/vector.py": "places in a drawing",
}


def _rounded_elsewhere(tree: ast.AST) -> list[str]:
    """Places that round a number on their own before a reader sees it."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            parts = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else []
            form = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
            if re.search(r"\.[1-9]\d*[fe]|%", form):
                found.append(f"{node.lineno}: :{form}")
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"percent", "number"}
        ):
            inner = [arg.func for arg in node.args if isinstance(arg, ast.Call)]
            found += [
                f"{node.lineno}: round" for func in inner if isinstance(func, ast.Name) and func.id == "round"
            ]
    return found


def test_a_number_for_readers_is_rounded_in_one_place():
    found = {
        place: faults
        for module in MODULES
        if (place := module.relative_to(ROOT / "methodology").as_posix()).split("/")[0] in ROOMS_OF_READERS
        and (faults := _rounded_elsewhere(ast.parse(module.read_text(encoding="utf-8"))))
    }
    assert set(found) == set(LENGTHS), (
        "write numbers with fixed, percent or number of methodology.indicators.display"
    )


def test_no_room_is_named_utils_helpers_or_common():
    assert not [m for m in MODULES if m.stem in {"utils", "helpers", "common", "misc"}]


def test_the_command_imports_nothing_heavy_before_it_is_needed():
    code = (
        "import sys; import methodology.cli; "
        "heavy = {'numpy', 'pandas', 'scipy', 'papermill', 'matplotlib', 'pydantic', 'sphinx'} & set(sys.modules); "
        "print(sorted(heavy)); sys.exit(bool(heavy))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout


def test_every_assumption_that_is_cited_is_written_down():
    written = set(
        re.findall(r"^##+ (A-\d+)", (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8"), re.M)
    )
    cited = {
        (tag, str(file.relative_to(ROOT)))
        for file in [
            *MODULES,
            *(ROOT / "notebooks").glob("*.ipynb"),
            *(ROOT / "docs" / "decisions").glob("*.md"),
        ]
        for tag in re.findall(r"\bA-\d+\b", file.read_text(encoding="utf-8"))
    }
    assert not {(tag, place) for tag, place in cited if tag not in written}


def test_assumptions_are_numbered_once():
    numbers = re.findall(
        r"^##+ (A-\d+)", (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8"), re.M
    )
    assert len(numbers) == len(set(numbers))


def test_the_lock_has_hashes_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert "--index" not in lock


def test_no_workflow_or_settings_file_names_a_package_index():
    files = [
        ROOT / "pyproject.toml",
        ROOT / "Makefile",
        ROOT / ".ci" / "run",
        *(ROOT / ".github").rglob("*.yml"),
    ]
    assert not [
        f.name for f in files if re.search(r"pypi|--index-url|--find-links", f.read_text(encoding="utf-8"))
    ]
