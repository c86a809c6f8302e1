"""A small run with everything the evidence reads: four indicators, eight plants, two executed notebooks."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from methodology import figures, tables
from methodology.evaluation import evaluate
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.indicators.cells import excluded_by_rule
from methodology.indicators.loading import default_rule
from methodology.proposal import propose
from methodology.thresholds.table import thresholds_table

SHARES = {"I": 0.05, "II": 0.20, "III": 0.50}
CHOICES = SimpleNamespace(
    rounding="engineering", bound_by_law=True, disclosure_minimum=1, disclosure_rule="round"
)


def indicator(name: str, **more: Any) -> dict[str, Any]:
    """One indicator as YAML would give it."""
    base = {"id": name, "group": "g", "kind": "quantitative", "unit": "kg/t", "direction": "lower"}
    base |= {"name_zh": "能耗", "name_en": name.replace("_", " ").capitalize(), "weight": 0.25}
    return base | {"definition": "d", "boundary": "b"} | more


def toy_system(*, extra: dict[str, Any] | None = None, **of_energy: Any) -> IndicatorSystem:
    """Energy (limiting, with comparators), dust, a percentage and a described indicator, in two groups."""
    recalled = {"kind": "mandatory_limit", "label": "the limit", "value": 480, "unit": "kgce/t"}
    recalled |= {"basis": "annual", "source": "MEM", "status": "RECALLED_H"}
    seen = recalled | {
        "kind": "index_2014",
        "label": "the old value",
        "value": 400,
        "status": "SEEN",
        "level": "I",
    }
    other = recalled | {"label": "foreign", "value": (300, 350), "status": "ASSUMED", "comparable": False}
    energy = {
        "unit": "kgce/t",
        "limiting": True,
        "step": 1,
        "weight": 0.5,
        "comparators": [recalled, seen, other],
    }
    described = {
        level: {"zh": f"{level}级描述", "en": f"text of level {level}"} for level in ("I", "II", "III")
    }
    groups = [("g", "Group", "组", 0.6), ("h", "Management", "管理", 0.4)]
    return IndicatorSystem.model_validate(
        {
            "id": "toy",
            "name_zh": "试验",
            "name_en": "Toy process",
            "functional_unit": "t",
            "sources": {"MEM": {"title": "memory", "status": "RECALLED"}},
            "groups": [
                {"id": g, "name_en": en, "name_zh": zh, "weight": w, "status": "ASSUMED"}
                for g, en, zh, w in groups
            ],
            "indicators": [
                indicator("energy", **(energy | of_energy)),
                indicator("dust", unit="mg/m3", weight=0.3, step=0.5),
                indicator("slag_use", unit="%", direction="higher", weight=0.2, step=0.5),
                indicator(
                    "audit",
                    group="h",
                    kind="qualitative",
                    unit="level",
                    weight=1.0,
                    levels=described,
                    name_zh="审核",
                ),
            ],
            "rule": default_rule().model_dump(),
        }
        | (extra or {})
    )


ENERGY = ("380", "390", "395", "401", "410", "420", "433", "450")


def toy_sample(system: IndicatorSystem, energy: Sequence[str] = ENERGY) -> Sample:
    """Eight plants with all four states of a cell."""
    table = pd.DataFrame(
        {
            "energy": energy,
            "dust": ["<5", "<5", "6.5", "7", "", "9.5", "12", "20"],
            "slag_use": ["99", "98.5", "98", "n/a", "97", "96", "95", "90"],
            "audit": ["I", "I", "II", "II", "III", "III", "none", "none"],
        },
        index=[f"P{number}" for number in range(1, 9)],
    )
    sample = as_sample(table, system)
    excluded = excluded_by_rule({"P9": "another product"})
    return Sample(sample.values, sample.states, sample.attributes, excluded)


def toy_tables(
    system: IndicatorSystem | None = None,
    *,
    energy: Sequence[str] = ENERGY,
    weights: pd.DataFrame | None = None,
) -> SimpleNamespace:
    """Every table of a run of the toy system; what most tests ask for is worked out once and copied."""
    if system is None and energy is ENERGY and weights is None:
        made = vars(_usual_tables())
        frames = {name: made[name].copy() for name in ("thresholds", "weights", "evaluation")}
        return SimpleNamespace(**made | frames | {"proposal": deepcopy(made["proposal"])})
    system = system or toy_system()
    return _tables(system, energy, system.weights if weights is None else weights)


@cache
def _usual_tables() -> SimpleNamespace:
    return _tables(toy_system(), ENERGY, toy_system().weights)


def _tables(system: IndicatorSystem, energy: Sequence[str], weights: pd.DataFrame) -> SimpleNamespace:
    sample = toy_sample(system, energy)
    thresholds = thresholds_table(sample, system, shares=SHARES)
    parameters = {
        "system": "toy",
        "why": "to test",
        "thresholds": {f"share_{k}": v for k, v in SHARES.items()},
    }
    parameters["thresholds"]["promise"] = "marginal"
    proposal = propose(
        thresholds,
        weights,
        sample,
        system,
        CHOICES,
        evaluation=lambda table: evaluate(sample, system, table, weights),
        run="toy-run",
        parameters=parameters,
    )
    evaluation = evaluate(sample, system, thresholds, weights)
    return SimpleNamespace(
        system=system,
        sample=sample,
        thresholds=thresholds,
        weights=weights,
        evaluation=evaluation,
        proposal=proposal,
    )


def as_csv(table: pd.DataFrame) -> str:
    """A table as the runner writes it, apart from neutralised texts."""
    flat = table if isinstance(table.index, pd.RangeIndex) else table.reset_index()
    return flat.to_csv(index=False, lineterminator="\n")


def toy_notebook(title: str, outputs: list[Any], *, injected: str = "share = 0.05") -> Any:
    """An executed notebook as papermill leaves it."""
    cells = [
        new_markdown_cell(f"# {title}\n\nThe share is $\\#\\{{x \\le g\\}} / n$."),
        new_code_cell("share: float = 0.1", metadata={"tags": ["parameters"]}),
        new_code_cell(injected, metadata={"tags": ["injected-parameters"]}),
    ]
    for made in outputs:
        cells += [
            new_markdown_cell("## Plants differ"),
            new_code_cell("figures.show()", outputs=[_output(made)]),
        ]
    cells.append(new_markdown_cell("## What would change this answer"))
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    language = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=cells, metadata=language)


def _output(made: Any) -> Any:
    if isinstance(made, figures.ClaimFigure):
        data, metadata = made._repr_mimebundle_()
        data["image/png"] = b64encode(data["image/png"]).decode()
        return new_output("execute_result", data=data, metadata=metadata, execution_count=1)
    data = {"text/plain": repr(made), "text/html": made._repr_html_()}
    return new_output("execute_result", data=data, execution_count=1)


def toy_run(
    folder: Path, *, run: SimpleNamespace | None = None, plants: dict[str, str] | None = None
) -> Path:
    """Write a run folder; `plants` gives plants other names."""
    made = run or toy_tables()
    for part in ("results", "notebooks"):
        (folder / part).mkdir(parents=True)
    evaluation = made.evaluation if "plant" in made.evaluation else made.evaluation.reset_index(names="plant")
    evaluation = evaluation.assign(plant=evaluation["plant"].replace(plants or {}))
    for name, table in (
        ("weights", made.weights),
        ("thresholds", made.thresholds),
        ("evaluation", evaluation),
    ):
        (folder / "results" / f"{name}.csv").write_text(as_csv(table), encoding="utf-8")
    _flat(made.sample).to_parquet(folder / "results" / "sample.parquet", compression=None)
    about = {"synthetic": True, "corrected": True, "title_en": "Toy sample"}
    (folder / "results" / "about.json").write_text(json.dumps(about), encoding="utf-8")
    text = json.dumps(made.proposal, ensure_ascii=False, default=float)
    (folder / "results" / "proposal.json").write_text(text, encoding="utf-8")
    for name, book in _notebooks(made, evaluation).items():
        (folder / "notebooks" / name).write_text(book, encoding="utf-8")
    return folder


_DRAWN: dict[tuple[str, ...], dict[str, str]] = {}
"""Notebooks by what they show: drawing it takes longer than all the rest of a run."""


def _notebooks(made: SimpleNamespace, evaluation: pd.DataFrame) -> dict[str, str]:
    """Both notebooks as they lie on disk."""
    shown = tuple(as_csv(table) for table in (evaluation, made.thresholds, _flat(made.sample)))
    key = (*shown, made.system.model_dump_json())
    if key not in _DRAWN:
        first = toy_notebook(
            "1. Which plants?",
            [tables.evaluation_overview(evaluation), figures.sample_spread(made.sample, made.system)],
            injected="share = 0.05\nfolder = '/somewhere'\nname = '\\u6c34'",
        )
        promises = figures.attainment_promises(made.thresholds, dict.fromkeys(SHARES, 0.0), promised=SHARES)
        values = tables.thresholds_overview(made.thresholds, made.system)
        second = toy_notebook("2. Where do levels begin?", [values, promises])
        for text in ("proposal = propose()", 'saved = results.save("proposal", proposal)'):
            second["cells"].append(new_code_cell(text, id=f"saves-{len(second['cells'])}"))
        books = {"01_sample.ipynb": first, "03_thresholds.ipynb": second}
        _DRAWN[key] = {name: nbformat.writes(book) + "\n" for name, book in books.items()}
    return _DRAWN[key]


def _flat(sample: Sample) -> pd.DataFrame:
    """A sample as it lies on disk."""
    states = sample.states.add_prefix("state:")
    return sample.values.join(states).join(sample.attributes.add_prefix("attribute:"))


def level_counts(plants: list[str]) -> pd.DataFrame:
    """Counts of 100 draws per plant; the first is sure, the last torn."""
    sure = np.linspace(100, 40, len(plants)).round()
    return pd.DataFrame({"I": 0.0, "II": 100 - sure, "III": sure, "none": 0.0}, index=plants)
