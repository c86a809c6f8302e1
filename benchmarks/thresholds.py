"""Seconds for the benchmark values of 1,000 plants x 40 indicators x 3 levels, with intervals.

python benchmarks/thresholds.py [--rounds 5] [--write]

Beside ours, the loop over columns that numpy and scipy offer: one quantile and one interval per column and level.
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
from scipy import stats

from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.thresholds.quantiles import harrell_davis_weights
from methodology.thresholds.table import thresholds_table

RESULTS = Path(__file__).parent / "results"
SHARES = {"I": 0.05, "II": 0.20, "III": 0.50}
CASES = [
    ("attainment", "order-statistic"),
    ("attainment", "finite-population"),
    ("harrell-davis", "order-statistic"),
    ("lognormal", "lognormal"),
    ("gamma", "order-statistic"),
    ("harrell-davis", "bootstrap-percentile"),
]
RESAMPLES = 1999


def invented_system(indicators: int) -> IndicatorSystem:
    """Build a system of lognormal indicators, every third one higher-is-better."""
    return IndicatorSystem.model_validate(
        {
            "id": "invented",
            "name_zh": "基准测试",
            "name_en": "Benchmark",
            "functional_unit": "1 t",
            "sources": {},
            "groups": [{"id": "g", "name_zh": "组", "name_en": "Group", "weight": 1.0, "status": "ASSUMED"}],
            "indicators": [
                {
                    "id": f"i{k}",
                    "group": "g",
                    "name_zh": f"指标{k}",
                    "name_en": f"Indicator {k}",
                    "kind": "quantitative",
                    "unit": "kg/t",
                    "direction": "higher" if k % 3 == 0 else "lower",
                    "weight": 1 / indicators,
                    "definition": "invented",
                    "boundary": "invented",
                }
                for k in range(indicators)
            ],
        }
    )


def invented_sample(system: IndicatorSystem, plants: int, *, silent: float = 0.05, seed: int = 0) -> Sample:
    """Draw lognormal plants of which a share does not report."""
    rng = np.random.default_rng(seed)
    index = pd.Index([f"P{k:04d}" for k in range(plants)], name="plant")
    values = pd.DataFrame(
        rng.lognormal(3, 0.5, (plants, len(system.ids))), index=index, columns=list(system.ids)
    )
    hidden = rng.random(values.shape) < silent
    states = pd.DataFrame(
        np.where(hidden, int(CellState.NOT_REPORTED), int(CellState.MEASURED)).astype(np.int8),
        index=index,
        columns=values.columns,
    )
    return Sample(values.mask(hidden), states)


def rank_limits(ordered: np.ndarray, share: float, population: int | None) -> tuple[float, float]:
    """Equal-tailed order statistics, ranks searched by scipy's distributions."""
    n = len(ordered)
    if population is None:
        strict = int(stats.binom.ppf(0.025, n, share))
        loose = int(stats.binom.ppf(0.975, n, share)) + 1
    else:
        best = int(np.ceil(share * population))
        strict = int(stats.hypergeom.ppf(0.025, population, best, n))
        loose = int(stats.hypergeom.ppf(0.975, population, best - 1, n)) + 1
    return ordered[max(strict, 1) - 1], ordered[min(loose, n) - 1]


def peer_value(ordered: np.ndarray, share: float, method: str) -> float:
    """One benchmark value by numpy or scipy."""
    if method == "attainment":
        return float(np.quantile(ordered, share, method="inverted_cdf"))
    if method == "harrell-davis":
        return float(stats.mstats.hdquantiles(ordered, [share])[0])
    if method == "lognormal":
        return float(np.exp(np.log(ordered).mean() + stats.norm.ppf(share) * np.log(ordered).std(ddof=1)))
    shape, _, scale = stats.gamma.fit(ordered, floc=0)
    return float(stats.gamma.ppf(share, shape, scale=scale))


def peer_limits(ordered: np.ndarray, share: float, interval: str, population: int) -> tuple[float, float]:
    """One interval by scipy."""
    if interval == "lognormal":
        logs, root = np.log(ordered), np.sqrt(len(ordered))
        factors = stats.nct.ppf([0.025, 0.975], len(ordered) - 1, stats.norm.ppf(share) * root) / root
        low, high = np.exp(logs.mean() + factors * logs.std(ddof=1))
        return float(low), float(high)
    if interval == "bootstrap-percentile":
        weights = harrell_davis_weights(len(ordered), share)
        found = stats.bootstrap(
            (ordered,),
            lambda x, axis: np.sort(x, axis=axis) @ weights,
            n_resamples=RESAMPLES,
            method="percentile",
            rng=0,
        )
        return found.confidence_interval
    return rank_limits(ordered, share, population if interval == "finite-population" else None)


def peer(sample: Sample, system: IndicatorSystem, method: str, interval: str, population: int) -> np.ndarray:
    """Values and limits of every column and level, shape (n_indicators * 3, 3)."""
    rows = []
    for indicator in system.indicators:
        column = sample.values[indicator.id].dropna().to_numpy()
        higher = indicator.better == "higher"
        fitted = method in ("lognormal", "gamma")
        for share in SHARES.values():
            # Families are read at the other end; everything else is mirrored, or ties would break the promise.
            sign, point = (-1.0, share) if higher and not fitted else (1.0, 1 - share if higher else share)
            ordered = np.sort(sign * column)
            value = sign * peer_value(ordered, point, method)
            side, at = (-1.0, share) if higher and interval != "lognormal" else (1.0, point)
            ends = [side * end for end in peer_limits(np.sort(side * column), at, interval, population)]
            rows.append((value, min(ends), max(ends)))
    return np.array(rows)


def ours(sample: Sample, system: IndicatorSystem, method: str, interval: str, population: int) -> np.ndarray:
    """The same as `peer`, with counts, flags and checks."""
    table = thresholds_table(
        sample, system, shares=SHARES, method=method, interval=interval, population=population
    )
    return table[["value", "lower", "upper"]].to_numpy()


def timed(run: Callable[[], np.ndarray]) -> tuple[float, float, np.ndarray]:
    """Seconds by the clock and of the processor, and what was found."""
    clock, processor = time.perf_counter(), time.process_time()
    found = run()
    return time.perf_counter() - clock, time.process_time() - processor, found


def case_rows(method: str, interval: str, given: argparse.Namespace) -> list[tuple[object, ...]]:
    """One row per round; both take turns within it."""
    system = invented_system(given.indicators)
    sample = invented_sample(system, given.plants)
    rows: list[tuple[object, ...]] = []
    for number in range(given.rounds + 1):
        if interval == "bootstrap-percentile" and number:
            break  # minutes for nothing new
        mine = timed(lambda: ours(sample, system, method, interval, 2 * given.plants))
        theirs = timed(lambda: peer(sample, system, method, interval, 2 * given.plants))
        gap = float(np.nanmax(np.abs(mine[2] / theirs[2] - 1)))
        if number or interval == "bootstrap-percentile":  # round 0 imports and warms up
            rows.append((method, interval, number, mine[0], mine[1], theirs[0], theirs[1], gap))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plants", type=int, default=1000)
    parser.add_argument("--indicators", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/thresholds.*")
    given = parser.parse_args()
    rows = [row for method, interval in CASES for row in case_rows(method, interval, given)]
    columns = [
        "method",
        "interval",
        "round",
        "ours: clock",
        "ours: processor",
        "loop: clock",
        "loop: processor",
    ]
    table = pd.DataFrame(rows, columns=[*columns, "largest relative difference"])
    table["ratio (clock)"] = table["loop: clock"] / table["ours: clock"]
    table["ratio (processor)"] = table["loop: processor"] / table["ours: processor"]
    middle = table.groupby(["method", "interval"], sort=False).median(numeric_only=True)
    lines = [
        "| method | interval | ours, s | loop, s | ratio (clock) | ratio (processor) | largest relative difference |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {method} | {interval} | {row['ours: clock']:.3g} | {row['loop: clock']:.3g} | {row['ratio (clock)']:.3g} | "
        f"{row['ratio (processor)']:.3g} | {row['largest relative difference']:.2g} |"
        for (method, interval), row in middle.iterrows()
    ]
    text = (
        f"# Benchmark values\n\n{given.plants:,} plants x {given.indicators} indicators x {len(SHARES)} levels with "
        f"intervals, a twentieth of the cells silent; medians of {given.rounds} rounds in turns (the bootstrap: one) "
        f"on {machine()} shared with other work (load "
        f"{os.getloadavg()[0]:.1f}): read the ratios. Loop: one column and level after the other by numpy and scipy, "
        "values and limits only; ours "
        "also checks, counts and flags.\n\n" + "\n".join(lines) + "\n"
    )
    print(text)
    if given.write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "thresholds.md").write_text(text, encoding="utf-8")
        table.to_csv(RESULTS / "thresholds.csv", index=False, float_format="%.4g")


if __name__ == "__main__":
    main()
