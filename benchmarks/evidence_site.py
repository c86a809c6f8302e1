"""Seconds for the sites of runs that are there, figures and both sets included.

python benchmarks/evidence_site.py [RUN ...] [--write]

Wanted were 5 s for the site of one system and 60 s for those of the series, on two cores. Without runs named, those in
`runs/` are taken. Word and Excel are copied from the run and not counted; what a site needs imported is imported
before, as a run does while its notebooks execute. Processor seconds tell what a busy machine adds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

import pandas as pd
from frontier import RESULTS, markdown
from machine import machine

from methodology.evidence.build import make_ready
from methodology.evidence.front import DOCUMENTS
from methodology.evidence.site import build_site
from methodology.findings.contents import read_run
from methodology.findings.drawn import draw

ROOT = Path(__file__).resolve().parents[1]
ONE, SERIES = 5.0, 60.0


def took(run: Path, place: Path) -> tuple[float, float]:
    """Seconds, and those of the processor, until both sites of a run are written again at a place of their own."""
    for which in ("public", "internal"):
        (place / which).mkdir(parents=True)
        for name in DOCUMENTS:
            shutil.copy(run / which / name, place / which / name)
    began, busy = time.perf_counter(), time.process_time()
    inside = read_run(run)
    public = inside.public(lambda *_: False)
    drawn = draw(public, lambda *_: None)
    build_site(public, drawn, place / "public")
    build_site(inside, drawn, place / "internal")
    return time.perf_counter() - began, time.process_time() - busy


def measured(runs: list[Path]) -> pd.DataFrame:
    """A row for the sites of each run, and one for those of all together."""
    with tempfile.TemporaryDirectory() as place:
        found = [took(run, Path(place) / str(at)) for at, run in enumerate(runs)]
    rows = [(run.parent.name, run.name, ONE, *each) for run, each in zip(runs, found, strict=True)]
    rows.append((f"all {len(runs)}", "", SERIES, *map(sum, zip(*found, strict=True))))
    return pd.DataFrame(rows, columns=["system", "run", "wanted", "seconds", "processor seconds"]).round(2)


def written(table: pd.DataFrame) -> str:
    """The table as Markdown."""
    load = os.getloadavg()[0]
    head = f"{machine()}, load {load:.1f} at the end, its own included; public and internal site with their figures."
    return f"# The sites of runs\n\n{head}\n\n{markdown(table)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("runs", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    there = sorted(path.parents[1] for path in ROOT.glob("runs/*/*/internal/site"))
    runs = [run.resolve() for run in chosen.runs or there]
    if not runs:
        parser.error("no run is there: make some with `make series`, or name them")
    make_ready()
    table = measured(runs)
    print(table.to_string(index=False))
    if chosen.write:
        (RESULTS / "evidence_site.md").write_text(written(table), encoding="utf-8")


if __name__ == "__main__":
    main()
