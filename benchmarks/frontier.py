"""Seconds for the calibration frontier, and how often its band holds the curve of the population.

python benchmarks/frontier.py [--rounds 3] [--samples 200] [--write]

Samples of 30 plants are drawn with replacement from the shipped populations; the band of each is held against the whole
curve of the population, level by level.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path

import pandas as pd
from thresholds import invented_sample, invented_system

from methodology.chain import Setting, frontier, frontier_band_coverage
from methodology.parameters import Project
from methodology.series.reading import Member, read_member

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results"
SIZES = ((30, 23, 10.0), (500, 40, 120.0))
"""Plants, indicators and the seconds that were wanted on two processors."""
POPULATIONS = ("ironmaking", "sintering", "rolling")
RESAMPLES = 1000


def seconds(plants: int, indicators: int, rounds: int) -> dict[str, float]:
    """Time one frontier, at the clock and at the processor; the fastest of the rounds."""
    system = invented_system(indicators)
    sample = invented_sample(system, plants)
    clock, processor = [], []
    for seed in range(rounds):
        start, spent = time.perf_counter(), time.process_time()
        frontier(sample, system, system.weights, resamples=RESAMPLES, seed=seed)
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - spent)
    return {"seconds": min(clock), "processor seconds": min(processor)}


def coverage(member: Member, samples: int, resamples: int) -> pd.DataFrame:
    """How often the band holds the curve of the population, per level."""
    if member.industry is None:
        raise SystemExit(f"{member.id}: no population is known.")
    found = frontier_band_coverage(
        member.industry,
        member.system,
        member.system.weights,
        setting=Setting.of(member.parameters),
        samples=samples,
        resamples=resamples,
        seed=5,
    )
    return found.assign(population=member.id, resamples=resamples)


def markdown(table: pd.DataFrame) -> str:
    """A table of a text."""
    rows = [list(map(str, table.columns)), ["---"] * table.shape[1], *table.astype(str).to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def written(speed: pd.DataFrame, held: pd.DataFrame) -> str:
    """Both tables as Markdown."""
    load = os.getloadavg()[0]
    head = (
        f"{os.cpu_count()} processors ({platform.machine()}), load {load:.1f} at the end, its own included."
    )
    parts = ["# The calibration frontier", head, f"## Seconds, {RESAMPLES} resamples", markdown(speed)]
    if len(held):
        parts += ["## How often the band holds the curve of the population", markdown(held)]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--resamples", type=int, default=300)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    speed = pd.DataFrame(
        [
            {"plants": n, "indicators": k, "wanted": wanted, **seconds(n, k, chosen.rounds)}
            for n, k, wanted in SIZES
        ]
    ).round(2)
    print(speed.to_string(index=False), flush=True)
    parts: list[pd.DataFrame] = []
    for name in POPULATIONS if chosen.samples > 1 else ():
        parts.append(coverage(read_member(Project.around(ROOT), name), chosen.samples, chosen.resamples))
        held = pd.concat(parts, ignore_index=True).round(3)
        print(held.to_string(index=False), flush=True)
        if chosen.write:
            (RESULTS / "frontier.md").write_text(written(speed, held), encoding="utf-8")
            held.to_csv(RESULTS / "frontier.csv", index=False)


if __name__ == "__main__":
    main()
