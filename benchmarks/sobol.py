"""Seconds for Sobol indices with 100 resamples, against SALib on the same model.

python benchmarks/sobol.py [--rounds 5] [--write]

30 factors at a base sample of 4096: sampling, 131,072 runs of the model and the indices with their intervals, for both.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from machine import machine
from scipy.stats import uniform

from methodology.sensitivity import sobol_indices

RESULTS = Path(__file__).parent / "results"
FACTORS, BASE, RESAMPLES = 30, 4096, 100
COEFFICIENTS = np.arange(FACTORS, dtype=float)
DISTRIBUTIONS = {f"x{i}": uniform() for i in range(FACTORS)}
PARTIAL = 1 / (3 * (1 + COEFFICIENTS) ** 2)
VARIANCE = np.prod(1 + PARTIAL) - 1
FIRST = PARTIAL / VARIANCE
TOTAL = PARTIAL * np.prod(1 + PARTIAL) / (1 + PARTIAL) / VARIANCE


def g_function(x: np.ndarray) -> np.ndarray:
    """Sobol's g-function, whose indices are known."""
    return np.prod((np.abs(4 * x - 2) + COEFFICIENTS) / (1 + COEFFICIENTS), axis=1)


def ours(seed: int) -> tuple[np.ndarray, np.ndarray]:
    table = sobol_indices(g_function, DISTRIBUTIONS, n=BASE, seed=seed, resamples=RESAMPLES)
    return table["first"].to_numpy(), table["total"].to_numpy()


def salib(seed: int) -> tuple[np.ndarray, np.ndarray]:
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    problem = {"num_vars": FACTORS, "names": list(DISTRIBUTIONS), "bounds": [[0, 1]] * FACTORS}
    points = sample.sample(problem, BASE, calc_second_order=False, seed=seed)
    found = analyze.analyze(
        problem, g_function(points), calc_second_order=False, num_resamples=RESAMPLES, seed=seed
    )
    return found["S1"], found["ST"]


def timed(
    run: Callable[[int], tuple[np.ndarray, np.ndarray]], seed: int
) -> tuple[float, float, float, float]:
    """Seconds by the clock and of the processor, largest error of first-order and total indices."""
    clock, processor = time.perf_counter(), time.process_time()
    first, total = run(seed)
    seconds = time.perf_counter() - clock, time.process_time() - processor
    return *seconds, float(np.abs(first - FIRST).max()), float(np.abs(total - TOTAL).max())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/sobol.*")
    options = parser.parse_args()
    rows = []
    for number in range(options.rounds + 1):
        mine, theirs = timed(ours, number), timed(salib, number)
        if number:  # round 0 imports and warms up
            rows.append([*mine, *theirs, theirs[0] / mine[0], theirs[1] / mine[1]])
    kinds = ["seconds (clock)", "seconds (processor)", "largest error, first", "largest error, total"]
    columns = [f"{who}: {kind}" for who in ("ours", "SALib") for kind in kinds]
    table = pd.DataFrame(rows, columns=[*columns, "ratio (clock)", "ratio (processor)"])
    table.insert(0, "round", np.arange(1, len(table) + 1))
    lines = ["| | median | range |", "|---|---|---|"]
    lines += [
        f"| {name} | {table[name].median():.3g} | {table[name].min():.3g} to {table[name].max():.3g} |"
        for name in table.columns[1:]
    ]
    text = (
        f"# Sobol indices\n\n{FACTORS} factors, base sample {BASE}, {RESAMPLES} resamples, Sobol's g-function; "
        f"{options.rounds} rounds in turns on {machine()} shared with other "
        f"work (load {os.getloadavg()[0]:.1f}): read the ratios.\n\n" + "\n".join(lines) + "\n"
    )
    print(text)
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "sobol.md").write_text(text, encoding="utf-8")
        table.to_csv(RESULTS / "sobol.csv", index=False, float_format="%.4g")


if __name__ == "__main__":
    main()
