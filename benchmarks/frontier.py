"""Seconds for the calibration frontier, and how often its band holds the curve of the population.

python benchmarks/frontier.py [--rounds 3] [--samples 200] [--write]

Samples of 30 plants are drawn without replacement from the shipped populations; at every strictness of a sample's curve
the band is held against the population's, level by level.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd
from thresholds import invented_sample, invented_system

from methodology.chain import Footing, Setting, frontier
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


def curve(found: pd.DataFrame, level: str) -> pd.DataFrame:
    """One level by strictness."""
    return found[found["level"] == level].set_index("strictness")


def coverage(member: Member, samples: int, resamples: int) -> list[dict[str, object]]:
    """Share of strictnesses at which the band holds the curve of the population, per level."""
    everyone, system = member.industry, member.system
    if everyone is None:
        raise SystemExit(f"{member.id}: no population is known.")
    setting = Setting(member.parameters.thresholds.shares, Footing.of(member.parameters, minimum=1, folds=0))
    truth = frontier(everyone, system, system.weights, resamples=1, seed=0, setting=setting)
    rng, kept = np.random.default_rng(5), {level: [] for level in ("I", "II", "III")}
    for number in range(samples):
        plants = everyone.take(everyone.plants[np.sort(rng.choice(len(everyone.plants), 30, replace=False))])
        out = frontier(plants, system, system.weights, resamples=resamples, seed=number, setting=setting)
        for level, held in kept.items():
            known, own = curve(truth, level)["attained"], curve(out, level)
            place = np.searchsorted(known.index, own.index - 1e-12)
            there = known.to_numpy()[np.minimum(place, len(known) - 1)]
            held.append(((own["lower"] <= there + 1e-12) & (there <= own["upper"] + 1e-12)).mean())
    rows = []
    for level, held in kept.items():
        error = 2 * float(np.std(held, ddof=1)) / len(held) ** 0.5
        rows.append({"population": member.id, "level": level, "stated": 0.95, "held": float(np.mean(held))})
        rows[-1] |= {"two standard errors": error, "samples": samples, "resamples": resamples}
    return rows


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
    rows: list[dict[str, object]] = []
    for name in POPULATIONS if chosen.samples > 1 else ():
        rows += coverage(read_member(Project.around(ROOT), name), chosen.samples, chosen.resamples)
        print(pd.DataFrame(rows).round(3).to_string(index=False), flush=True)
        if chosen.write:
            held = pd.DataFrame(rows).round(3)
            (RESULTS / "frontier.md").write_text(written(speed, held), encoding="utf-8")
            held.to_csv(RESULTS / "frontier.csv", index=False)


if __name__ == "__main__":
    main()
