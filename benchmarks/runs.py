"""Seconds for the notebooks of a run, side by side with papermill in a loop.

python benchmarks/runs.py [--rounds 3] [--series] [--write]

Every contender is a fresh process and starts from nothing. Contenders take turns within a round, so a busy machine
slows all of them; ratios are taken within rounds, and their median is shown. The unchanged run is the second call on a
folder that a contender has just filled. Evidence (site, documents) is left out on both sides.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
from methodology.runs.stages import STAGES
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
from methodology.runs.execution import execute_runs
project = Project.around(".")
wanted = [load_run(project.root / "params" / "runs" / f"{system}.yaml") for system in sys.argv[3:]]
outcomes = execute_runs(wanted, runs_dir=sys.argv[1], project=project, jobs=2, kernel=sys.argv[2])
sys.exit(any(outcome.error for outcome in outcomes))
"""


def seconds(code: str, *arguments: str) -> float:
    """Wall time of a fresh interpreter."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return time.perf_counter() - began


def one_round(systems: list[str], place: Path) -> dict[str, float]:
    """Each contender once."""
    warm, cold = str(place / "warm"), str(place / "cold")
    return {
        "papermill in a loop, cold kernels": seconds(LOOP, str(place / "loop"), *systems),
        "workbench, from scratch": seconds(OURS, warm, "auto", *systems),
        "workbench, from scratch, cold kernels": seconds(OURS, cold, "cold", *systems),
        "workbench, unchanged": seconds(OURS, warm, "auto", *systems),
    }


def measure(title: str, systems: list[str], rounds: int) -> list[dict[str, object]]:
    """Rows of the table for one list of systems."""
    found = []
    for number in range(rounds):
        place = Path(tempfile.mkdtemp(prefix="bench-runs-"))
        try:
            found.append(one_round(systems, place))
        finally:
            shutil.rmtree(place, ignore_errors=True)
        print(
            f"{title}, round {number + 1}: " + ", ".join(f"{took:.1f} s" for took in found[-1].values()),
            flush=True,
        )
    first = next(iter(found[0]))
    return [
        {
            "case": title,
            "contender": name,
            "seconds": round(statistics.median(row[name] for row in found), 2),
            "ratio": round(statistics.median(row[name] / row[first] for row in found), 3),
        }
        for name in found[0]
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--series", action="store_true", help="the eight systems as well")
    options.add_argument("--write", action="store_true", help="write the table that is committed")
    chosen = options.parse_args()
    rows = measure("six notebooks of ironmaking", ["ironmaking"], chosen.rounds)
    if chosen.series:
        rows += measure("eight systems", list(SERIES), 1)
    import pandas as pd

    table = pd.DataFrame(rows)
    print(table.to_string(index=False))
    if chosen.write:
        table.to_csv(RESULTS / "runs.csv", index=False)


if __name__ == "__main__":
    main()
