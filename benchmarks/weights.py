"""1,000 judgement matrices of 8 items: this room beside AHP packages of PyPI. `python benchmarks/weights.py`.

Install the packages under `bench` and pyDecision first; one that is missing is left out of the table. Fractions of
time carry over between machines, seconds do not. The column 'eigenvector' says whether the package gives the principal
eigenvector at all: some that are fast print column means.
"""

from __future__ import annotations

import importlib
import itertools
import time
from collections.abc import Callable

import numpy as np

from methodology.weights import ahp
from methodology.weights.ahp import pairwise_figures

MATRICES, ITEMS, SEED, REPEATS = 1000, 8, 1, 5


def matrices(kind: str) -> np.ndarray:
    """Random judgements, or judgements read off priorities with some haste."""
    rng = np.random.default_rng(SEED)
    scale = np.concatenate([1 / np.arange(9, 1, -1), np.arange(1, 10)])
    rows, columns = np.triu_indices(ITEMS, 1)
    if kind == "random":
        values = rng.choice(scale, (MATRICES, len(rows)))
    else:
        priorities = np.exp(rng.normal(0, 0.6, (MATRICES, ITEMS)))
        ratios = (
            priorities[:, rows] / priorities[:, columns] * np.exp(rng.normal(0, 0.3, (MATRICES, len(rows))))
        )
        values = scale[np.argmin(np.abs(np.log(scale[:, None, None] / ratios)), axis=0)]
    stack = np.ones((MATRICES, ITEMS, ITEMS))
    stack[:, rows, columns], stack[:, columns, rows] = values, 1 / values
    return stack


def ours(stack: np.ndarray) -> np.ndarray:
    return pairwise_figures(stack, "saaty-1980", "eigenvector").weights


def one_by_one(stack: np.ndarray) -> np.ndarray:
    return np.array([ahp(matrix).weights for matrix in stack])


def pydecision(kind: str) -> Callable[[np.ndarray], np.ndarray]:
    method = importlib.import_module("pyDecision.algorithm.ahp").ahp_method
    return lambda stack: np.array([method(matrix, kind)[0] for matrix in stack])


def pymcdm() -> Callable[[np.ndarray], np.ndarray]:
    method = importlib.import_module("pymcdm.weights.subjective").AHP

    def run(stack: np.ndarray) -> np.ndarray:
        found = []
        for matrix in stack:
            model = method(matrix=matrix)
            found.append(model())
            model.get_cr()
        return np.array(found)

    return run


def ahpy() -> Callable[[np.ndarray], np.ndarray]:
    compare = importlib.import_module("ahpy").Compare

    def run(stack: np.ndarray) -> np.ndarray:
        found = []
        for matrix in stack:
            pairs = {(i, j): matrix[i, j] for i, j in itertools.combinations(range(ITEMS), 2)}
            model = compare("items", pairs, precision=10)
            found.append([model.local_weights[i] for i in range(ITEMS)])
        return np.array(found)

    return run


CONTENDERS: dict[str, Callable[[], Callable[[np.ndarray], np.ndarray]]] = {
    "this room, one call": lambda: ours,
    "this room, one by one": lambda: one_by_one,
    "pyDecision, column means": lambda: pydecision("m"),
    "pyDecision, geometric means": lambda: pydecision("g"),
    "pyDecision, eigenvector": lambda: pydecision("me"),
    "pymcdm": pymcdm,
    "AHPy": ahpy,
}


def main() -> None:
    for kind in ("random", "considered"):
        stack = matrices(kind)
        truth = ours(stack)
        rows = []
        for name, load in CONTENDERS.items():
            try:
                run = load()
            except ImportError:
                continue
            seconds = []
            for _ in range(REPEATS):
                start = time.perf_counter()
                weights = run(stack)
                seconds.append(time.perf_counter() - start)
            rows.append((name, min(seconds), float(np.abs(weights - truth).max())))
        print(f"\n{MATRICES} {kind} matrices of {ITEMS} items")
        print(f"{'':32}{'ms':>10}{'x ours':>10}{'eigenvector':>14}")
        for name, best, error in rows:
            print(
                f"{name:32}{best * 1e3:10.1f}{best / rows[0][1]:10.1f}{'yes' if error < 1e-6 else 'no':>14}"
            )


if __name__ == "__main__":
    main()
