"""Plant-evaluations a second of `simulate_levels`, side by side with a plain kernel and with what else could be used.

python benchmarks/simulation.py [--rounds 7] [--write]

One plant-evaluation is one plant in one draw: three scores, limiting indicators, a level. Three populations, each with
and without limiting indicators: one where hardly a plant reaches a level, so that all are dismissed early, and two on
which a standard is of use. The reference is a plain kernel in float32, compiled for the same processor. Every contender
draws its own weights and benchmark values; the loops draw the same ones and have to count the same levels, ours and the
kernel the same probabilities. Contenders take turns within a round, so a busy machine slows all of them; ratios are
taken within rounds. Where the processor has AVX-512, all is measured once more in code for AVX2. Peers that are not
installed are left out of the table.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from timeit import repeat

import numpy as np
import pandas as pd
from machine import code, machine
from plain_kernel import plain_counts

from methodology.sensitivity import simulate_levels

RESULTS = Path(__file__).parent / "results"
PLANTS, INDICATORS, GROUPS = 500, 30, 6
CONCENTRATION, NOISE, CUT = 100.0, 0.05, 0.85
LARGE = (1_000_000, 1000, 40)


POPULATIONS = {
    "nobody at a level": (0.05, 0.2, 0.5),
    "60, 75, 95 %": (0.6, 0.75, 0.95),
    "80, 90, 97 %": (0.8, 0.9, 0.97),
}
"""Attainment of the benchmark values of I, II and III in each indicator."""
AVX2 = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+bmi,+bmi2,+lzcnt,+fma,+f16c"}


@dataclass(frozen=True)
class Case:
    values: np.ndarray
    thresholds: np.ndarray
    weights: np.ndarray
    groups: np.ndarray
    limiting: np.ndarray

    @classmethod
    def made(cls, plants: int, indicators: int, attained: tuple[float, ...], limiting: int) -> Case:
        """Lognormal plants with a common factor; benchmark values at quantiles; limiting indicators spread evenly."""
        rng = np.random.default_rng(20261122)
        common = rng.normal(0, 0.15, (plants, 1))
        values = 100 * np.exp(common + rng.normal(0, 0.2, (plants, indicators)))
        mask = np.zeros(indicators, bool)
        mask[np.arange(limiting) * indicators // max(limiting, 1)] = True
        return cls(
            values,
            np.quantile(values, attained, axis=0).T,
            rng.dirichlet(np.full(indicators, 5.0)),
            np.arange(indicators) * GROUPS // indicators,
            mask,
        )


def plain(case: Case, draws: int) -> np.ndarray:
    return plain_counts(
        case.values, case.thresholds, case.weights, case.limiting,
        draws=draws, concentration=CONCENTRATION, noise=NOISE, cut=CUT, seed=2,
    )  # fmt: skip


def ours(case: Case, draws: int, threads: int | None = 1) -> np.ndarray:
    return simulate_levels(
        case.values,
        case.thresholds,
        case.weights,
        groups=list(case.groups),
        limiting=case.limiting,
        draws=draws,
        weight_concentration=CONCENTRATION,
        threshold_cv=NOISE,
        seed=1,
        threads=threads,
    ).level_counts


def draws_of(case: Case, draws: int) -> Iterator[tuple[np.ndarray, list[np.ndarray]]]:
    """Weights and the three tables of reached cells, draw by draw, as a plain script would make them."""
    rng = np.random.default_rng(1)
    shapes = CONCENTRATION * case.weights
    for _ in range(draws):
        weights = rng.dirichlet(shapes)
        limits = case.thresholds * (1 + NOISE * rng.standard_normal(case.thresholds.shape))
        limits = np.maximum.accumulate(limits, axis=1)
        yield weights, [case.values <= limits[:, level] for level in range(3)]


def counted(case: Case, draws: int, score: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Levels over draws when `score` maps reached cells and weights to the scores of the plants."""
    counts = np.zeros((len(case.values), 4), np.int64)
    for weights, reached in draws_of(case, draws):
        decide(case, reached, [score(table, weights) for table in reached], counts)
    return counts


def decide(case: Case, reached: list[np.ndarray], scores: list[np.ndarray], counts: np.ndarray) -> None:
    one = (scores[0] >= CUT) & reached[0][:, case.limiting].all(axis=1)
    two = (scores[1] >= CUT) & reached[1][:, case.limiting].all(axis=1)
    three = reached[2].all(axis=1)
    counts[np.arange(len(counts)), np.where(one, 0, np.where(two, 1, np.where(three, 2, 3)))] += 1


def numpy_loop(case: Case, draws: int) -> np.ndarray:
    return counted(case, draws, lambda table, weights: table @ weights)


def pymcdm_loop(case: Case, draws: int) -> np.ndarray:
    from pymcdm.methods import WSM

    method, types = WSM(lambda column, cost=False: column), np.ones(INDICATORS)
    return counted(
        case, draws, lambda table, weights: method(table.astype(float), weights, types, validation=False)
    )


def skcriteria_loop(case: Case, draws: int) -> np.ndarray:
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel

    model, best = WeightedSumModel(), [max] * INDICATORS

    def score(table: np.ndarray, weights: np.ndarray) -> np.ndarray:
        matrix = skcriteria.mkdm(table.astype(float), best, weights=weights)
        return np.asarray(model.evaluate(matrix).e_.score)

    return counted(case, draws, score)


def pysensmcda_loop(case: Case, draws: int) -> np.ndarray:
    from pysensmcda.smaa import simulate

    made = list(draws_of(case, draws))
    weights = np.array([one for one, _ in made])
    preferences = [
        simulate(
            lambda matrix, weight, _: matrix @ weight,
            case.values,
            np.ones(INDICATORS),
            weights=weights,
            matrix_samples=np.array([reached[level] for _, reached in made], dtype=float),
            reverse_ranking=True,
        ).preferences
        for level in range(3)
    ]
    counts = np.zeros((len(case.values), 4), np.int64)
    for draw, (_, reached) in enumerate(made):
        decide(case, reached, [table[draw] for table in preferences], counts)
    return counts


REFERENCE = "plain float32 kernel, 1 thread"
CONTENDERS: dict[str, tuple[Callable[[Case, int], np.ndarray], int]] = {
    REFERENCE: (plain, 10_000),
    "simulate_levels, 1 thread": (ours, 10_000),
    "simulate_levels, 2 threads": (lambda case, draws: ours(case, draws, 2), 10_000),
    "simulate_levels, 1 thread, 100,000 draws": (ours, 100_000),
    "simulate_levels, 2 threads, 100,000 draws": (lambda case, draws: ours(case, draws, 2), 100_000),
    "numpy, loop over draws": (numpy_loop, 500),
    "pymcdm (WSM, loop over draws)": (pymcdm_loop, 200),
    "pysensmcda (simulate)": (pysensmcda_loop, 100),
    "scikit-criteria (weighted sum, loop over draws)": (skcriteria_loop, 40),
}


def speeds(case: Case, rounds: int) -> pd.DataFrame:
    """Million plant-evaluations a second, one row per round, by the clock and by the processor."""
    rows = []
    present = dict(CONTENDERS)
    for number in range(rounds + 1):
        row: dict[str, float] = {}
        for name, (run, draws) in list(present.items()):
            clock, processor = time.perf_counter(), time.process_time()
            try:
                run(case, draws if number else max(draws // 10, 10))
            except ImportError as fault:
                print(f"{name}: left out ({fault})", file=sys.stderr)
                present.pop(name)
                continue
            work = draws * len(case.values) / 1e6
            row[name] = work / (time.perf_counter() - clock)
            row[f"{name} | processor"] = work / (time.process_time() - processor)
        if number:  # round 0 compiles and warms up
            rows.append(row)
    return pd.DataFrame(rows)


def table_of(speed: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name in (column for column in speed if " | " not in column):
        ratio = speed[name] / speed[REFERENCE]
        work = speed[f"{name} | processor"] / speed[f"{REFERENCE} | processor"]
        rows.append(
            {
                "contender": name,
                "best, M/s": speed[name].max(),
                "median, M/s": speed[name].median(),
                "times the kernel (clock), median": ratio.median(),
                "range": f"{ratio.min():.3g} to {ratio.max():.3g}",
                "times the kernel (processor), median": work.median(),
            }
        )
    return pd.DataFrame(rows)


def measured(rounds: int) -> pd.DataFrame:
    """Every population, compiled for what this process compiles for."""
    frames = []
    for population, attained in POPULATIONS.items():
        for limiting in (3, 0):
            case = Case.made(PLANTS, INDICATORS, attained, limiting)
            speed = speeds(case, rounds)
            frames.append(table_of(speed).assign(population=population, limiting=limiting, code=code()))
    return pd.concat(frames, ignore_index=True)


def measured_for(changes: dict[str, str], rounds: int) -> pd.DataFrame:
    """The same in a process of its own, compiled for another processor."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **changes, "NUMBA_CACHE_DIR": folder}
        target = Path(folder) / "speeds.csv"
        command = [sys.executable, __file__, "--rounds", str(rounds), "--measure", str(target)]
        subprocess.run(command, check=True, env=environment)
        return pd.read_csv(target)


def scaling() -> pd.DataFrame:
    rows = []
    for plants in (250, 500, 1000):
        case = Case.made(plants, 40, POPULATIONS["80, 90, 97 %"], 3)
        ours(case, 4096)
        for draws in (50_000, 100_000, 200_000):
            best = min(repeat(partial(ours, case, draws), timer=time.process_time, number=1, repeat=3))
            rows.append((plants, draws, best, 1e9 * best / plants / draws))
    return pd.DataFrame(rows, columns=["plants", "draws", "processor seconds", "ns per plant-evaluation"])


def large() -> tuple[float, float]:
    """Seconds and peak memory (MB) of a million draws of 1,000 plants x 40 indicators, in a process of its own."""
    answer = subprocess.run(
        [sys.executable, __file__, "--large"], check=True, capture_output=True, text=True
    ).stdout.split()
    return float(answer[0]), float(answer[1])


def _run_large() -> None:
    draws, plants, indicators = LARGE
    case = Case.made(plants, indicators, POPULATIONS["80, 90, 97 %"], 3)
    start = time.perf_counter()
    ours(case, draws, 2)
    print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def checked(case: Case) -> str:
    """Largest differences of a level's probability, in standard deviations, from the numpy loop and from the kernel."""
    few, many = 4000, 400_000
    fine = ours(case, many) / many
    gaps = []
    for counts, draws in ((numpy_loop(case, few), few), (plain(case, many), many)):
        spread = np.sqrt(np.maximum(fine * (1 - fine), 1e-4) * (1 / draws + 1 / many))
        gaps.append(float(np.abs((counts / draws - fine) / spread).max()))
    share = " / ".join(f"{100 * part:.0f}" for part in fine.mean(axis=0))
    return (
        f"Plants at I / II / III / none: {share} %. Largest difference of 2,000 probabilities from the numpy loop "
        f"{gaps[0]:.1f}, from the kernel {gaps[1]:.1f} standard deviations."
    )


def disagreeing(case: Case, names: list[str], draws: int = 60) -> str:
    """Levels that the loops over the same draws count differently from the numpy loop."""
    reference = numpy_loop(case, draws)
    parts = []
    for name in names:
        run = CONTENDERS[name][0]
        if run in (pymcdm_loop, pysensmcda_loop, skcriteria_loop):
            wrong = int(np.abs(run(case, draws) - reference).sum()) // 2
            parts.append(f"{name.split(' (')[0]} {wrong:,}")
    return f" Of {draws * len(case.values):,} levels not the loop's: {', '.join(parts)}." if parts else ""


def fitted(table: pd.DataFrame) -> str:
    """Seconds as draws * (a + b * plants), the cost of drawing and of deciding, and how far that misses."""
    work = np.column_stack([table["draws"], table["draws"] * table["plants"]]).astype(float)
    seconds = table["processor seconds"].to_numpy()
    (a, b), *_ = np.linalg.lstsq(work / seconds[:, None], np.ones(len(table)), rcond=None)
    miss = np.abs(work @ [a, b] / seconds - 1).max()
    return (
        f"Seconds are draws x ({1e6 * a:.2g} microseconds to draw + {1e9 * b:.2g} nanoseconds x plants to decide), "
        f"within {100 * miss:.0f} % everywhere: linear in draws, and linear in plants beyond the cost of a draw."
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/simulation.*")
    parser.add_argument("--large", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.large:
        _run_large()
        return
    if options.measure:
        measured(options.rounds).to_csv(options.measure, index=False)
        return
    before = os.getloadavg()[0]
    frames = [measured(options.rounds)]
    if frames[0]["code"][0] == "AVX-512":
        frames.append(measured_for(AVX2, options.rounds))
    table = pd.concat(frames, ignore_index=True)
    parts = [_section(rows, *key) for key, rows in table.groupby(["population", "limiting"], sort=False)]
    seconds, megabytes = large()
    sizes = scaling()
    parts.append(f"## Time and memory\n\n{_markdown(sizes)}\n\n{fitted(sizes)}\n")
    parts.append(
        f"{LARGE[0]:,} draws of {LARGE[1]:,} plants x {LARGE[2]} indicators on two threads: {seconds:.1f} s, "
        f"peak memory of the process {megabytes:.0f} MB.\n"
    )
    text = f"# Simulation of levels\n\n{_conditions(before, options.rounds)}\n\n" + "\n".join(parts)
    print(text)
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "simulation.md").write_text(text, encoding="utf-8")
        table.to_csv(RESULTS / "simulation.csv", index=False, float_format="%.4g")


def _section(rows: pd.DataFrame, population: str, limiting: int) -> str:
    """One population: a table for each instruction set, and what shows that all count the same."""
    case = Case.made(PLANTS, INDICATORS, POPULATIONS[population], limiting)
    shown = rows.drop(columns=["population", "limiting"]).set_index("code").reset_index()
    notes = checked(case) + disagreeing(case, sorted(set(rows["contender"])))
    return f"## {population.capitalize()}, {limiting or 'no'} limiting indicators\n\n{_markdown(shown)}\n\n{notes}\n"


def _conditions(before: float, rounds: int) -> str:
    return (
        f"{machine()}, shared with other work: load {before:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after. {PLANTS} plants x {INDICATORS} indicators, Dirichlet weights, 5 % noise on "
        "three benchmark values of each indicator, level of every plant in every draw; 10,000 draws unless stated, "
        f"the whole call. Contenders took turns within each of {rounds} rounds, so the load hits all alike: read the "
        "ratios, and the processor column, before the absolute figures; two threads on a loaded machine show no more."
    )


def _markdown(table: pd.DataFrame) -> str:
    cells = table.map(
        lambda cell: (
            f"{cell:.3g}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell
        )
    )
    head = ["| " + " | ".join(cells.columns) + " |", "|" + "---|" * len(cells.columns)]
    rows = ["| " + " | ".join(map(str, row)) + " |" for row in cells.itertuples(index=False)]
    return "\n".join(head + rows)


if __name__ == "__main__":
    main()
