"""Seconds for the calibration frontier; what its band holds is counted by `frontier_band.py`.

python benchmarks/frontier.py [--rounds 3] [--write]
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import pandas as pd
from machine import machine
from thresholds import invented_sample, invented_system

from methodology.chain import Footing, Setting, frontier

RESULTS = Path(__file__).parent / "results"
SIZES = ((30, 23, 10.0), (500, 40, 120.0))
"""Plants, indicators and the seconds that were wanted on two processors."""
RESAMPLES = 1000


def seconds(plants: int, indicators: int, rounds: int) -> dict[str, float]:
    """Time one frontier with both its bands, at the clock and at the processor; the fastest of the rounds."""
    system = invented_system(indicators)
    sample = invented_sample(system, plants)
    clock, processor = [], []
    for seed in range(rounds):
        start, spent = time.perf_counter(), time.process_time()
        setting = Setting(footing=Footing(bound_by_law=True, minimum=3, population=2 * plants))
        frontier(sample, system, system.weights, resamples=RESAMPLES, seed=seed, setting=setting)
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - spent)
    return {"seconds": min(clock), "processor seconds": min(processor)}


def markdown(table: pd.DataFrame) -> str:
    """A table of a text."""
    rows = [list(map(str, table.columns)), ["---"] * table.shape[1], *table.astype(str).to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def written(speed: pd.DataFrame) -> str:
    """The table as Markdown."""
    load = os.getloadavg()[0]
    head = f"{machine()}, load {load:.1f} at the end, its own included."
    parts = [
        "# The calibration frontier",
        head,
        f"## Seconds, {RESAMPLES} resamples, both bands",
        markdown(speed),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    speed = pd.DataFrame(
        [
            {"plants": n, "indicators": k, "wanted": wanted, **seconds(n, k, chosen.rounds)}
            for n, k, wanted in SIZES
        ]
    ).round(2)
    print(speed.to_string(index=False), flush=True)
    if chosen.write:
        (RESULTS / "frontier.md").write_text(written(speed), encoding="utf-8")


if __name__ == "__main__":
    main()
