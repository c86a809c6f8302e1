"""Seconds for the sites of runs that are there, figures and both sets included.

python benchmarks/evidence_site.py [RUN ...]

Wanted were 5 s for the site of one system and 60 s for those of the series, on two cores. Without runs named, those in
`runs/` are taken. Word and Excel are copied from the run and not counted; what a site needs imported is imported
before, as a run does while its notebooks execute. Processor seconds tell what a busy machine adds.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("runs", nargs="*", type=Path)
    asked = parser.parse_args().runs or sorted(
        path.parents[1] for path in ROOT.glob("runs/*/*/internal/site")
    )
    runs = [run.resolve() for run in asked]
    make_ready()
    with tempfile.TemporaryDirectory() as place:
        found = [took(run, Path(place) / str(at)) for at, run in enumerate(runs)]
    for run, (seconds, busy) in zip(runs, found, strict=True):
        print(f"{run.parent.name} {run.name}: {seconds:.1f} s, {busy:.1f} of the processor; {ONE:.0f} wanted")
    print(
        f"all {len(runs)}: {sum(seconds for seconds, _ in found):.1f} s; {SERIES:.0f} wanted for the series"
    )


if __name__ == "__main__":
    main()
