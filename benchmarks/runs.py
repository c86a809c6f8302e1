"""Seconds for the notebooks of a run, side by side with papermill in a loop.

python benchmarks/runs.py [--rounds 3] [--series 2] [--write]

Every contender is a fresh process and starts from nothing but what an installation keeps: byte code and machine code,
written by a run that is not measured. Contenders take turns within a round, so a busy machine slows all of them; ratios
are taken within rounds. The loop is plain `papermill.execute_notebook`, a cold kernel per notebook, one by one.
Evidence (site, documents) is left out on both sides, and stands in a row of its own: the whole command as a user types
it, with both sets. The unchanged run is the same command on the folder that the run before has filled.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from machine import machine

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results"
SERIES = (
    *("ironmaking", "sintering", "pelletizing", "coking"),
    *("converter_steelmaking", "electric_steelmaking", "rolling", "integrated_works"),
)
LOOP = """
import sys
from pathlib import Path
import papermill
from methodology.parameters import Project, load_run, parameters_for
from methodology.results.stages import STAGES
import yaml
project, place = Project.around("."), Path(sys.argv[1])
for system in sys.argv[2:]:
    parameters = load_run(project.root / "params" / "runs" / f"{system}.yaml")
    folder = place / system
    folder.mkdir(parents=True)
    (folder / "parameters.yaml").write_text(yaml.safe_dump(parameters.model_dump(mode="json")), encoding="utf-8")
    for stage in STAGES:
        papermill.execute_notebook(
            str(project.notebooks / stage.notebook), str(folder / stage.notebook), cwd=str(project.notebooks),
            parameters=parameters_for(parameters, stage.name) | {"folder": str(folder)},
            kernel_name="python3", progress_bar=False,
        )
"""
OURS = """
import sys
from methodology.parameters import Project, load_run
from methodology.runs.schedule import execute_runs
project = Project.around(".")
wanted = [load_run(project.root / "params" / "runs" / f"{system}.yaml") for system in sys.argv[3:]]
outcomes = execute_runs(wanted, runs_dir=sys.argv[1], project=project, jobs=2, kernel=sys.argv[2])
sys.exit(any(outcome.error for outcome in outcomes))
"""


COMMAND = "import sys; from methodology.cli import main; sys.exit(main())"
LOOPED, FORKED, COLD = "papermill in a loop", "workbench, from scratch", "workbench, cold kernels"
UNCHANGED, WHOLE, HELP = "workbench run, unchanged", "workbench run, with all evidence", "workbench --help"
WANTED = {
    ("six notebooks", FORKED): 0.25,
    ("six notebooks", UNCHANGED): 0.01,
    ("eight systems", FORKED): 0.18,
}
"""Largest shares of the loop that were promised."""
WANTED_SECONDS = {WHOLE: 14.0, UNCHANGED: 0.5, HELP: 0.3}
"""Seconds that were promised of ironmaking, on two quiet processors."""


class Took(NamedTuple):
    """Seconds by the clock, and of processor, children included."""

    clock: float
    processor: float


def took(code: str, *arguments: str) -> Took:
    """Time of a fresh interpreter that keeps byte code, as Python does unless told otherwise."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", code, *arguments]
    spent, began = _processor(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return Took(time.perf_counter() - began, _processor() - spent)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def one_round(systems: list[str], place: Path, *, cold: bool) -> dict[str, Took]:
    """Each contender once."""
    warm = str(place / "warm")
    files = [f"params/runs/{system}.yaml" for system in systems]
    command = ("run", *files, "--runs", warm, "--progress", "quiet")
    found = {
        LOOPED: took(LOOP, str(place / "loop"), *systems),
        FORKED: took(OURS, warm, "auto", *systems),
    }
    if cold:
        whole = ("run", *files, "--runs", str(place / "whole"), "--progress", "quiet")
        found |= {COLD: took(OURS, str(place / "cold"), "cold", *systems), WHOLE: took(COMMAND, *whole)}
        found |= {HELP: took(COMMAND, "--help")}
    took(
        COMMAND, *command
    )  # prints the table of these runs for the first time, as the command that made them would
    return found | {UNCHANGED: took(COMMAND, *command)}


def measure(title: str, systems: list[str], rounds: int, *, cold: bool = True) -> list[dict[str, object]]:
    """Rows of the table for one list of systems."""
    found = []
    for number in range(rounds):
        place = Path(tempfile.mkdtemp(prefix="bench-runs-"))
        try:
            found.append(one_round(systems, place, cold=cold))
        finally:
            shutil.rmtree(place, ignore_errors=True)
        shown = ", ".join(f"{name} {spent.clock:.1f} s" for name, spent in found[-1].items())
        print(f"{title}, round {number + 1}: {shown}", flush=True)
    return [_row(title, name, found) for name in found[0]]


def _row(title: str, name: str, found: list[dict[str, Took]]) -> dict[str, object]:
    clock = [spent[name].clock for spent in found]
    ratio = [spent[name].clock / spent[LOOPED].clock for spent in found]
    return {
        "case": title,
        "contender": name,
        "rounds": len(found),
        "seconds": round(statistics.median(clock), 2),
        "fastest": round(min(clock), 2),
        "slowest": round(max(clock), 2),
        "processor": round(statistics.median(spent[name].processor for spent in found), 2),
        "ratio": round(statistics.median(ratio), 3),
        "ratio_lowest": round(min(ratio), 3),
        "ratio_highest": round(max(ratio), 3),
    }


def report(rows: list[dict[str, object]]) -> str:
    """The table as it is committed: conditions, medians with ranges, what was promised."""
    lines = ["# Runs", "", _conditions(), ""]
    for title in dict.fromkeys(str(row["case"]) for row in rows):
        mine = [row for row in rows if row["case"] == title]
        lines += [f"## {title.capitalize()}, {mine[0]['rounds']} rounds", ""]
        lines += [
            "| contender | seconds, median (range) | processor seconds | share of the loop, median (range) |"
        ]
        lines += ["|---|---|---|---|", *(_line(row) for row in mine), ""]
        lines += [*(promise for row in mine for promise in _promises(title, row)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _line(row: dict[str, object]) -> str:
    return (
        f"| {row['contender']} | {row['seconds']} ({row['fastest']} to {row['slowest']}) | {row['processor']} | "
        f"{row['ratio']} ({row['ratio_lowest']} to {row['ratio_highest']}) |"
    )


def _promises(title: str, row: dict[str, object]) -> list[str]:
    """What was wanted of a contender beside what was found."""
    case, name = " ".join(title.split()[:2]), str(row["contender"])
    found, share, spent = [], float(str(row["ratio"])), float(str(row["seconds"]))
    if most := WANTED.get((case, name)):
        found.append(f"- {name}: {share} of the loop; at most {most} was wanted: {_verdict(share, most)}.")
    if case == "six notebooks" and (seconds := WANTED_SECONDS.get(name)):
        found.append(f"- {name}: {spent} s; at most {seconds:g} s was wanted: {_verdict(spent, seconds)}.")
    return found


def _verdict(found: float, most: float) -> str:
    return "kept" if found <= most else f"missed by {found / most - 1:.0%}"


def _conditions() -> str:
    return (
        f"{machine()}, load {os.getloadavg()[0]:.1f} at the end, its own "
        "included. Contenders took turns within each round, so the load hits all alike: read the shares before the "
        "absolute figures. The loop calls papermill with a cold kernel per notebook, one after the other; the "
        "workbench has two stages at a time. Byte code and machine code were there, runs were not; documents are left "
        "out, but in the whole command with all evidence. The unchanged run is the whole command, the table it prints "
        "included."
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument(
        "--series", type=int, default=0, help="rounds of the eight systems; one takes seven minutes"
    )
    options.add_argument("--write", action="store_true", help="write the table that is committed")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-runs-") as place:
        took(OURS, place, "cold", SERIES[0])  # leaves byte code and machine code behind
    rows = measure("six notebooks of ironmaking", ["ironmaking"], chosen.rounds)
    if chosen.series:
        rows += measure("eight systems", list(SERIES), chosen.series, cold=False)
    import pandas as pd

    print(report(rows))
    if chosen.write:
        pd.DataFrame(rows).to_csv(RESULTS / "runs.csv", index=False)
        (RESULTS / "runs.md").write_text(report(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
