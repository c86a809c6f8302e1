"""How many mutants the tests of a room kill: `python tests/mutations/score.py [ROOM ...] [-n 20] [--seed 1]`.

A sample of mutants per room is drawn by a seed. Each stands for a while in a copy of the repository, where the tests of
the room run, the nearest first, until one fails; `--nearest 2` runs no more files than two, so that its score is a
lower bound. Who survives is named; `score.csv` beside this file keeps what became of each.
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from resource import RLIMIT_CPU, setrlimit
from typing import NoReturn

import pytest
from hand_made import HAND_MADE
from mutants import Mutant, mutant_at, sites_of

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("evaluation", "thresholds", "weights", "sensitivity", "chain", "proposal")
SURVIVED = "survived"
FOLDERS = ("unit", "reference", "properties")
SECONDS, PROCESSOR_SECONDS = 3600.0, 600
"""Most time of the tests for one mutant; one that is not done by then hangs, and counts as killed."""
IMPORTED_ONCE = (
    "matplotlib.pyplot",
    "numba",
    "pandas",
    "pydantic",
    "pytest",
    "scipy.optimize",
    "scipy.stats",
)


def main() -> None:
    """Draw, run, print, write."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rooms", nargs="*", default=[])
    asked.add_argument("-n", type=int, default=20, help="mutants per room")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--hand-made", action="store_true", help="the mutants of hand_made.py instead")
    asked.add_argument(
        "--nearest", type=int, help="run so many test files, the nearest, instead of all of the room"
    )
    asked.add_argument("--out", type=Path, help="a .csv file that outcomes are added to")
    given = asked.parse_args()
    for library in IMPORTED_ONCE:
        import_module(library)
    drawn = hand_made() if given.hand_made else []
    for room in () if given.hand_made else given.rooms or ROOMS:
        drawn += sample(room, given.n, given.seed)
    outcomes: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory(prefix="wb-mutants-") as place:
        bench = Bench(Path(place), given.nearest)
        for mutant in drawn:
            room = mutant.file.split("/")[1].removesuffix(".py")
            if room not in outcomes:
                bench.refuse_unless_sound(mutant.file)
            outcome = bench.judge(mutant)
            outcomes.setdefault(room, []).append(outcome)
            row = (room, outcome, f"{mutant.file}:{mutant.line}", mutant.change)
            print(*row, sep="  ", flush=True)  # noqa: T201 - this is what it is for
            if given.out:
                with given.out.open("a", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerow(row)
    for room, found in outcomes.items():
        print(f"{room}: {len(found) - found.count(SURVIVED)} of {len(found)} killed")  # noqa: T201


def sample(room: str, size: int, seed: int) -> list[Mutant]:
    """Mutants of a room, every site as likely as any other."""
    files = sorted(path for path in (ROOT / "methodology" / room).rglob("*.py") if path.name != "__init__.py")
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}
    sites = [(file, site) for file, source in sources.items() for site in sites_of(source)]
    chosen = random.Random(f"{room} {seed}").sample(sites, min(size, len(sites)))
    return [mutant_at(file, sources[file], site) for file, site in chosen]


def hand_made() -> list[Mutant]:
    """The mutants somebody made by hand and saw survive; each must still have its place."""
    found = []
    for file, before, after in HAND_MADE:
        source = (ROOT / file).read_text(encoding="utf-8")
        if source.count(before) != 1:
            raise SystemExit(f"{file} has {source.count(before)} places {before!r}; mend hand_made.py.")
        line = source[: source.index(before)].count("\n") + 1
        found.append(Mutant(file, line, f"{before} -> {after}", source.replace(before, after)))
    return found


class Bench:
    """A copy of the repository where one file at a time is at fault."""

    def __init__(self, place: Path, most: int | None = None) -> None:
        self.place, self.most = place / "repository", most
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for name in listed.splitlines():
            if (ROOT / name).is_file():
                (self.place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.place / name)
        self.nearest = Nearest(self.place)

    def refuse_unless_sound(self, file: str) -> None:
        """The tests must pass on the file as it is; else every mutant would seem killed."""
        source = (self.place / file).read_text(encoding="utf-8")
        if self.judge(Mutant(file, 0, "nothing", ast.unparse(ast.parse(source)))) != SURVIVED:
            raise SystemExit(f"The tests of {file} fail or take too long without any fault.")

    def judge(self, mutant: Mutant) -> str:
        """Whether the tests of the room see the fault: killed, timeout or survived."""
        path = self.place / mutant.file
        kept = path.read_bytes(), path.stat()
        try:
            path.write_text(mutant.text, encoding="utf-8")
            return self._run(self.nearest.of(mutant.file)[: self.most])
        finally:
            path.write_bytes(kept[0])
            os.utime(path, ns=(kept[1].st_atime_ns, kept[1].st_mtime_ns))

    def _run(self, files: Sequence[str]) -> str:
        left = SECONDS
        for part in (files[:4], files[4:]):
            started = time.monotonic()
            code = self._tests(part, left) if part else 0
            left -= time.monotonic() - started
            if code in (3, 4, 5):
                raise SystemExit(f"pytest ended with {code}: {', '.join(part)} cannot be run.")
            if code != 0:
                return "killed" if code in (1, 2) else "timeout"
        return SURVIVED

    def _tests(self, files: Sequence[str], seconds: float) -> int | None:
        """Exit code of the tests, None where they hang; forked, so that libraries are imported once for all mutants."""
        child = os.fork()
        if not child:
            self._be_tested(files)
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return None

    def _be_tested(self, files: Sequence[str]) -> NoReturn:
        """Run tests in this process, and end it whatever happens."""
        code = 3
        try:
            os.setsid()
            setrlimit(RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            os.chdir(self.place)
            sys.path.insert(0, str(self.place))
            os.environ |= {"PYTHONPATH": str(self.place)}
            sys.dont_write_bytecode = True
            code = pytest.main(["-x", "-q", "-m", "not slow", "--hypothesis-seed=0", *files])
        finally:
            os._exit(code)


class Nearest:
    """Which tests stand nearest to a file: those that import it, then those of the room."""

    def __init__(self, root: Path) -> None:
        self.homes = _homes(root / "methodology")
        self.asked = {
            path.relative_to(root).as_posix(): self._modules(path)
            for folder in FOLDERS
            for path in sorted((root / "tests" / folder).glob("test_*.py"))
        }

    def of(self, file: str) -> list[str]:
        """Tests of the room of a file, the nearest first: those named like it, then those that import it."""
        module, room = file.removesuffix(".py").replace("/", "."), file.split("/")[1]
        ranked = []
        for test, modules in self.asked.items():
            own = Path(test).name.startswith(f"test_{room}")
            named = own and Path(test).stem.endswith(f"_{Path(file).stem}")
            if module in modules or own:
                ranked.append((not named, module not in modules, not own, len(modules), test))
        return [test for *_, test in sorted(ranked)]

    def _modules(self, path: Path) -> set[str]:
        found = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("methodology"):
                for name in node.names:
                    found.add(self.homes.get((node.module, name.name), node.module))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found |= {
                    home
                    for (face, name), home in self.homes.items()
                    if name == node.attr and face.rpartition(".")[2] == node.value.id
                }
        return found


def _homes(package: Path) -> dict[tuple[str, str], str]:
    """(face, name) -> the module that defines the name."""
    found = {}
    for path in sorted(package.rglob("__init__.py")):
        face = ".".join(path.parent.relative_to(package.parent).parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{face}."):
                found |= {(face, name.asname or name.name): node.module for name in node.names}
    return found


if __name__ == "__main__":
    main()
