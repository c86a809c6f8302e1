"""The files of a synthetic sample: cells, sidecar, truth and data sheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from methodology.indicators import CellState, IndicatorSystem, Sample
from synthetic.plants import Population
from synthetic.population import true_quantiles
from synthetic.recipe import Recipe
from synthetic.reporting import Reported

SHARES = (0.05, 0.20, 0.50)
"""Shares of the guideline whose true values `truth.csv` lists."""
STATES = {
    CellState.MEASURED: "measured",
    CellState.BELOW_LIMIT: "below a stated limit (`<5`)",
    CellState.NOT_REPORTED: "not reported (empty)",
    CellState.NOT_APPLICABLE: "not applicable (`n/a`)",
}


def files(
    system: IndicatorSystem, recipe: Recipe, population: Population, reported: Reported
) -> dict[str, str]:
    """Name and text of every generated file of one sample."""
    everyone = _all_cells(population, system)
    everyone.insert(0, "sampled", np.where(np.arange(len(everyone)) < recipe.sample, "yes", "no"))
    cells = reported.sample.cells(system)
    return {
        "plants.csv": as_csv(pd.concat([reported.sample.attributes.map(number), cells], axis=1), index=True),
        "population.csv": as_csv(everyone, index=True),
        "truth.csv": as_csv(true_quantiles(population, system, SHARES)),
        "errors.csv": as_csv(reported.errors),
        "sample.yaml": _sidecar(system, recipe),
        "DATASHEET.md": data_sheet(system, recipe, reported),
    }


def register(population: Population, system: IndicatorSystem) -> str:
    """Register of all plants: what is known of each without asking it, i.e. works, capacity and strata."""
    wanted = ["works", "region", "capacity_class", "capacity", *system.strata]
    columns = [name for name in dict.fromkeys(wanted) if name in population.attributes]
    return as_csv(population.attributes[columns].map(number), index=True)


def write(root: Path, texts: dict[str, str]) -> None:
    """Write the files, given by their path below `root`, with the same bytes on every platform."""
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode("utf-8"))


def number(value: object) -> str:
    """A cell: shortest text of a number, words as they are, nothing for a missing one."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return f"{value:.10g}" if isinstance(value, float | np.floating) else str(value)


def as_csv(table: pd.DataFrame, *, index: bool = False) -> str:
    """A table as text, the index first if asked for."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*([table.index.name] if index else []), *table.columns])
    for key, row in zip(table.index, table.itertuples(index=False), strict=True):
        writer.writerow([*([key] if index else []), *(number(cell) for cell in row)])
    return out.getvalue()


def _all_cells(population: Population, system: IndicatorSystem) -> pd.DataFrame:
    states = population.values.isna().astype("int8") * np.int8(CellState.NOT_APPLICABLE)
    cells = Sample(population.values, states).cells(system)
    return pd.concat([population.attributes.map(number), cells], axis=1)


def _sidecar(system: IndicatorSystem, recipe: Recipe) -> str:
    content = {
        "system": system.id,
        "title_zh": recipe.title_zh,
        "title_en": recipe.title_en,
        "synthetic": True,
        "status": recipe.status,
        "seed": recipe.seed,
        "year": recipe.year,
        "table": "plants.csv",
        "index": "plant",
        "population": recipe.population,
        "sampled": recipe.sample,
        "generator": _command(system),
        "units": {indicator.id: indicator.unit for indicator in system.indicators},
        "attributes": dict(system.attributes),
    }
    head = (
        "# Generated from recipe.yaml; a test keeps it in step. Synthetic: no real plant is described here.\n"
    )
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def _command(system: IndicatorSystem) -> str:
    return f"python -m synthetic {system.id}"


def data_sheet(system: IndicatorSystem, recipe: Recipe, reported: Reported) -> str:
    """Data sheet of the sample in Markdown: what it is, what it rests on and what it is not for."""
    states = reported.sample.states.to_numpy()
    counts = {state: int((states == state).sum()) for state in STATES}
    anchored = [(i, i.anchors) for i in system.indicators if i.anchors]
    template = Path(__file__).with_name("datasheet.md").read_text(encoding="utf-8")
    return template.format(
        title_zh=recipe.title_zh,
        title_en=recipe.title_en,
        sampled=recipe.sample,
        population=recipe.population,
        year=recipe.year,
        generator=_command(system),
        seed=recipe.seed,
        notes="\n".join(f"- {note}" for note in recipe.notes),
        states="\n".join(f"| {STATES[s]} | {n} | {100 * n / states.size:.1f} |" for s, n in counts.items()),
        errors=len(reported.errors),
        anchors="\n".join(
            f"| `{i.id}` | {i.unit} | {a.p10:g} / {a.p50:g} / {a.p90:g} | {a.status_median} | {a.status_spread} | "
            f"{', '.join(a.source)} |"
            for i, a in anchored
        ),
    )
