"""The files of a synthetic sample: cells, sidecar, truth and data sheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from methodology.indicators import CellState, IndicatorSystem, Kind, Sample
from methodology.sample.synthetic.population import Population, true_quantiles
from methodology.sample.synthetic.recipe import Recipe
from methodology.sample.synthetic.reporting import Reported

SHARES = (0.05, 0.20, 0.50)
"""Shares of the guideline whose true values `truth.csv` lists."""


def files(
    system: IndicatorSystem, recipe: Recipe, population: Population, reported: Reported
) -> dict[str, str]:
    """Name and text of every generated file of one sample."""
    everyone = _all_cells(population, system)
    everyone.insert(0, "sampled", np.where(np.arange(len(everyone)) < recipe.sample, "yes", "no"))
    cells = reported.sample.cells(system)
    return {
        "plants.csv": _csv(
            pd.concat([_attribute_cells(reported.sample.attributes), cells], axis=1), index=True
        ),
        "population.csv": _csv(everyone, index=True),
        "truth.csv": _csv(true_quantiles(population, system, SHARES)),
        "errors.csv": _csv(reported.errors),
        "sample.yaml": _sidecar(system, recipe),
        "DATASHEET.md": data_sheet(system, recipe, reported),
    }


def write(folder: Path, texts: dict[str, str]) -> None:
    """Write the files with the same bytes on every platform."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))


def number(value: object) -> str:
    """A cell: shortest text of a number, words as they are, nothing for a missing one."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return f"{value:.10g}" if isinstance(value, float | np.floating) else str(value)


def _csv(table: pd.DataFrame, *, index: bool = False) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*([table.index.name] if index else []), *table.columns])
    for key, row in zip(table.index, table.itertuples(index=False), strict=True):
        writer.writerow([*([key] if index else []), *(number(cell) for cell in row)])
    return out.getvalue()


def _attribute_cells(attributes: pd.DataFrame) -> pd.DataFrame:
    return attributes.map(number)


def _all_cells(population: Population, system: IndicatorSystem) -> pd.DataFrame:
    states = pd.DataFrame(
        np.where(population.values.isna(), CellState.NOT_APPLICABLE, CellState.MEASURED),
        index=population.values.index,
        columns=population.values.columns,
    )
    cells = Sample(population.values, states).cells(system)
    return pd.concat([_attribute_cells(population.attributes), cells], axis=1)


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
        "generator": f"python -m methodology.sample.synthetic {system.id}",
        "units": {indicator.id: indicator.unit for indicator in system.indicators},
        "attributes": dict(system.attributes),
    }
    head = (
        "# Generated from recipe.yaml; a test keeps it in step. Synthetic: no real plant is described here.\n"
    )
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def data_sheet(system: IndicatorSystem, recipe: Recipe, reported: Reported) -> str:
    """Data sheet of the sample in Markdown: what it is, what it rests on and what it is not for."""
    states = reported.sample.states.to_numpy()
    total = states.size
    names = {
        CellState.MEASURED: "measured",
        CellState.BELOW_LIMIT: "below a stated limit (`<5`)",
        CellState.NOT_REPORTED: "not reported (empty)",
        CellState.NOT_APPLICABLE: "not applicable (`n/a`)",
    }
    counts = [
        f"| {text} | {int((states == state).sum())} | {100 * (states == state).sum() / total:.1f} |"
        for state, text in names.items()
    ]
    anchors = [
        f"| `{i.id}` | {i.unit} | {i.anchors.p10:g} / {i.anchors.p50:g} / {i.anchors.p90:g} | "
        f"{i.anchors.status_median} | {i.anchors.status_spread} | {', '.join(i.anchors.source)} |"
        for i in system.indicators
        if i.kind is Kind.QUANTITATIVE and i.anchors
    ]
    notes = [f"- {note}" for note in recipe.notes]
    return "\n".join(
        [
            f"# {recipe.title_zh} / {recipe.title_en}",
            "",
            f"**This sample is synthetic.** No plant, works or company in it exists. {recipe.sample} plants were drawn "
            f"without replacement from {recipe.population} simulated ones of the year {recipe.year}; results show "
            "that the program works, not where thresholds lie.",
            "",
            "**本样本为合成数据**,不对应任何真实企业;结果只说明程序可用,不说明基准值应取多少。",
            "",
            "## Files",
            "",
            "| file | what |",
            "|---|---|",
            "| `plants.csv` | what the sampled plants report: one row per plant, attributes, then indicators |",
            "| `sample.yaml` | units of the columns, population size, seed |",
            "| `population.csv` | the truth: all plants, no empty cell, no limit, no error |",
            "| `truth.csv` | values that 5, 20 and 50 % of the whole population reach, by the attainment rule |",
            "| `errors.csv` | the reporting errors put in on purpose |",
            "| `recipe.yaml` | how it was made; every number in it is ASSUMED |",
            "",
            "## How it was made",
            "",
            f"`python -m methodology.sample.synthetic {system.id}`, seed {recipe.seed}. A Gaussian copula ties the "
            "indicators by the rank correlations listed in the system and by one latent factor, the age of the "
            "technology, shared by all plants of a works. Marginals pass through the anchors below; consistency "
            "checks of the system hold in the population. Plants of older technology leave out more answers.",
            "",
            *notes,
            "",
            "## Cells of the sample",
            "",
            "| state | cells | % |",
            "|---|---|---|",
            *counts,
            "",
            f"{len(reported.errors)} cells hold a reporting error.",
            "",
            "## Anchors",
            "",
            "Quantiles of the value over plants, not of merit. Sources are those of the indicator system.",
            "",
            "| indicator | unit | p10 / p50 / p90 | median | spread | source |",
            "|---|---|---|---|---|---|",
            *anchors,
            "",
            "## Not for",
            "",
            "Benchmark values of a real standard, statements about real plants, comparison of companies.",
            "",
        ]
    )
