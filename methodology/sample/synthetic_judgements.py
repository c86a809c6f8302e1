"""A made-up panel of experts, coherent with a system's draft weights, to build and test the workbench on.

`python -m methodology.sample.synthetic_judgements` writes the files again; nobody was asked.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem, Judgements, load_system, nodes_of
from methodology.indicators.judgements import (
    BEST_WORST_COLUMNS,
    BUDGET_COLUMNS,
    EXPERT_COLUMNS,
    PAIRWISE_COLUMNS,
    POINTS,
    ROOT,
    SCALE,
)
from methodology.sample.judgements import judgement_files

SEED = 20261122
FIELDS = (
    "ironmaking and steelmaking",
    "energy",
    "air pollution control",
    "water and solid waste",
    "carbon accounting",
    "cleaner-production audit",
    "equipment",
)
"""Fields of the panel; the last expert is made to contradict himself."""

_TASTE = 0.30
_DRIFT = 0.45
_HASTE = 0.12
_ROUNDS = 2


def synthetic_judgements(system: IndicatorSystem, *, seed: int = SEED, experts: int = 7) -> Judgements:
    """
    Make up what a panel would say about a system.

    Parameters
    ----------
    system : IndicatorSystem
        Its draft weights are the centre of the panel's opinion.
    seed : int
        Root of the random streams; the system's id is mixed in, so systems differ.
    experts : int
        Size of the panel. The last expert turns judgements round at the node of the groups.

    Returns
    -------
    Judgements
        Pairwise comparisons, two rounds of points, best-worst judgements, experts E1, E2, ...

    Notes
    -----
    Synthetic (A-42): each expert's log-weights are the draft's plus a normal taste of standard deviation 0.30;
    comparisons and points are read off them with some haste and rounded to the scale.
    """
    root = np.random.SeedSequence([seed, zlib.crc32(system.id.encode())])
    names = [f"E{k + 1}" for k in range(experts)]
    centre = _centre(system)
    parts: dict[str, list[pd.DataFrame]] = {"pairwise": [], "budget": [], "best_worst": []}
    for name, stream in zip(names, root.spawn(experts), strict=True):
        rng = np.random.default_rng(stream)
        for node, weights in centre.items():
            taste = weights * np.exp(rng.normal(0, _TASTE, len(weights)))
            contrary = name == names[-1] and node == ROOT
            parts["pairwise"].append(_pairwise(name, node, taste, rng, contrary=contrary))
            parts["budget"].append(_budget(name, node, weights, taste, rng))
            parts["best_worst"].append(_best_worst(name, node, taste, rng))
    fields = [FIELDS[k % len(FIELDS)] for k in range(experts)]
    panel = pd.DataFrame({"expert": names, "field": fields, "weight": 1.0})
    return Judgements(
        experts=panel[list(EXPERT_COLUMNS)],
        **{kind: pd.concat(tables, ignore_index=True) for kind, tables in parts.items()},
    )


def _centre(system: IndicatorSystem) -> dict[str, pd.Series]:
    """Draft weights of every node at which there is something to weigh."""
    table = system.weights
    groups = table.groupby("group", sort=False)["weight"].sum()
    local = table.set_index("indicator")["local_weight"]
    centre = {
        ROOT: groups,
        **{node: local[list(items)] for node, items in nodes_of(system).items() if node != ROOT},
    }
    return {node: weights for node, weights in centre.items() if len(weights) > 1}


def _on_scale(ratios: np.ndarray) -> np.ndarray:
    """Nearest value of 1/9, ..., 1, ..., 9 by logarithm."""
    whole = np.arange(1, SCALE + 1)
    scale = np.concatenate([1 / whole[:0:-1], whole])
    return scale[np.argmin(np.abs(np.log(scale[:, None] / ratios)), axis=0)]


def _pairwise(
    expert: str, node: str, taste: pd.Series, rng: np.random.Generator, *, contrary: bool
) -> pd.DataFrame:
    rows, columns = np.triu_indices(len(taste), 1)
    values = taste.to_numpy()
    ratios = values[rows] / values[columns] * np.exp(rng.normal(0, _HASTE, len(rows)))
    judged = _on_scale(ratios)
    if contrary:
        # Every second of the strong ones: turning all of them would only be another order, consistent again.
        turned = np.argsort(-np.abs(np.log(judged)), kind="stable")[: len(rows) // 2 : 2]
        judged[turned] = 1 / judged[turned]
    items = np.array(taste.index)
    return pd.DataFrame(
        {"expert": expert, "node": node, "a": items[rows], "b": items[columns], "value": judged}
    )[list(PAIRWISE_COLUMNS)]


def _budget(
    expert: str, node: str, centre: pd.Series, taste: pd.Series, rng: np.random.Generator
) -> pd.DataFrame:
    """Points in steps of 1; in the second round the expert has moved towards the panel."""
    tables = []
    weights = taste * np.exp(rng.normal(0, _HASTE, len(taste)))
    for turn in range(1, _ROUNDS + 1):
        points = _whole_points(weights.to_numpy())
        tables.append(
            pd.DataFrame(
                {"expert": expert, "round": turn, "node": node, "item": list(taste.index), "points": points}
            )
        )
        weights = weights ** (1 - _DRIFT) * centre**_DRIFT
    return pd.concat(tables)[list(BUDGET_COLUMNS)]


def _whole_points(weights: np.ndarray) -> np.ndarray:
    quotas = weights / weights.sum() * POINTS
    points = np.floor(quotas).astype(int)
    order = np.argsort(points - quotas, kind="stable")
    points[order[: POINTS - points.sum()]] += 1
    return points


def _best_worst(expert: str, node: str, taste: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    values = taste.to_numpy()
    best, worst = int(np.argmax(values)), int(np.argmin(values))
    haste = np.exp(rng.normal(0, _HASTE, (2, len(values))))
    to_others = np.maximum(_on_scale(values[best] / values * haste[0]), 1)
    to_worst = np.maximum(_on_scale(values / values[worst] * haste[1]), 1)
    top = max(to_others.max(), to_worst.max())
    to_others[best] = to_worst[worst] = 1
    to_others[worst] = to_worst[best] = top
    items = list(taste.index)
    return pd.DataFrame(
        {
            "expert": expert,
            "node": node,
            "best": items[best],
            "worst": items[worst],
            "item": items,
            "best_to_other": to_others.astype(int),
            "other_to_worst": to_worst.astype(int),
        }
    )[list(BEST_WORST_COLUMNS)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the panels of the systems named, or of all that have a folder of judgements."""
    reader = argparse.ArgumentParser(
        prog="python -m methodology.sample.synthetic_judgements", description=__doc__
    )
    reader.add_argument("systems", nargs="*", help="system ids; those in data/judgements if none is given")
    reader.add_argument("--root", type=Path, default=Path(), help="folder of the repository")
    chosen = reader.parse_args(arguments)
    folder = chosen.root / "data" / "judgements"
    for name in chosen.systems or sorted(path.name for path in folder.iterdir() if path.is_dir()):
        system = load_system(chosen.root / "params" / "systems" / f"{name}.yaml")
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file, text in judgement_files(synthetic_judgements(system)).items():
            (folder / name / file).write_bytes(text.encode("utf-8"))
        sys.stdout.write(f"{(folder / name).as_posix()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
