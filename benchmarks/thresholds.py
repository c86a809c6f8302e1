"""Seconds for the benchmark values of 1,000 plants x 40 indicators x 3 levels, with intervals.

python benchmarks/thresholds.py
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.thresholds import thresholds_table

SHARES = {"I": 0.05, "II": 0.20, "III": 0.50}
CASES = [
    ("attainment", "order-statistic"),
    ("attainment", "finite-population"),
    ("harrell-davis", "order-statistic"),
    ("lognormal", "lognormal"),
    ("gamma", "order-statistic"),
    ("harrell-davis", "bootstrap-percentile"),
]


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


def main() -> None:
    """Time every case once warm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plants", type=int, default=1000)
    parser.add_argument("--indicators", type=int, default=40)
    given = parser.parse_args()
    system = invented_system(given.indicators)
    sample = invented_sample(system, given.plants)
    for method, interval in CASES:
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            thresholds_table(
                sample, system, shares=SHARES, method=method, interval=interval, population=2 * given.plants
            )
            seconds.append(time.perf_counter() - start)
        print(f"{method:15} {interval:22} first {seconds[0]:7.3f} s, then {min(seconds[1:]):7.3f} s")


if __name__ == "__main__":
    main()
