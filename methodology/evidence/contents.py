"""What a run folder holds, read once for every document made from it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.indicators import LEVELS, IndicatorSystem, Kind, Level
from methodology.parameters import Project
from methodology.tables import proposal_rows

NEEDED = ("weights.csv", "thresholds.csv", "evaluation.csv", "proposal.json")
_NEUTRALISED = re.compile(r"''*[=+\-@\t\r]")
_NUMERIC = frozenset(
    {
        *("value", "lower", "upper", "confidence", "attained", "n", "attainment"),
        *("weight", "local_weight", "Y_I", "Y_II", "Y_III"),
    }
)


@dataclass(frozen=True)
class RunContents:
    """
    Results of one run.

    Attributes
    ----------
    folder : Path
        The run folder; its name is the run id.
    system : IndicatorSystem
        Names, steps, groups and comparators.
    proposal : mapping
        As proposal.json.
    weights, thresholds, evaluation : DataFrame
        As the CSV files of the same names.
    notebooks : tuple of Path
        Executed notebooks in order.
    """

    folder: Path
    system: IndicatorSystem
    proposal: Mapping[str, Any]
    weights: pd.DataFrame
    thresholds: pd.DataFrame
    evaluation: pd.DataFrame
    notebooks: tuple[Path, ...]

    @property
    def run(self) -> str:
        """Id of the run."""
        return str(self.proposal.get("run") or self.folder.resolve().name)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Every choice of the run."""
        return self.proposal.get("parameters") or {}

    @property
    def promised(self) -> dict[str, float]:
        """Share of plants promised per level."""
        chosen = self.parameters.get("thresholds", {})
        return {name: chosen[f"share_{name}"] for name in map(str, LEVELS) if f"share_{name}" in chosen}

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The proposal, one row per indicator and level."""
        return proposal_rows(self.proposal)

    @cached_property
    def by_indicator(self) -> dict[str, dict[str, Mapping[str, Any]]]:
        """Rows of the proposal by indicator and level."""
        found: dict[str, dict[str, Mapping[str, Any]]] = {}
        for row in self.rows.to_dict("records"):
            found.setdefault(row["indicator"], {})[row["level"]] = row
        return found

    @cached_property
    def attained(self) -> pd.DataFrame:
        """Attainment of the proposed values: indicator, level, attainment, flag."""
        flags = [
            "qualitative" if self.system[name].kind is Kind.QUALITATIVE else ""
            for name in self.rows["indicator"]
        ]
        return self.rows[["indicator", "level", "attainment"]].assign(flag=flags)

    @cached_property
    def whole(self) -> dict[str, float]:
        """Share of plants the whole standard, as proposed, puts at each level or better."""
        stated = self.proposal.get("joint_attainment") or {}
        if all(stated.get(name) is not None for name in map(str, LEVELS)):
            return {name: float(stated[name]) for name in map(str, LEVELS)}
        at = [float((self.evaluation["level"] == name).mean()) for name in map(str, LEVELS)]
        return {str(level): sum(at[: place + 1]) for place, level in enumerate(LEVELS)}

    @cached_property
    def shares(self) -> dict[str, float]:
        """Share of plants at each level, `none` included."""
        reached = [0.0, *self.whole.values(), 1.0]
        return {str(level): reached[place + 1] - reached[place] for place, level in enumerate(Level)}


def read_run(
    folder: Path, system: IndicatorSystem | None = None, *, project: Project | None = None
) -> RunContents:
    """
    Read a run folder.

    Parameters
    ----------
    folder : Path
        With `results/` and `notebooks/`.
    system : IndicatorSystem, optional
        Read from the project that holds `folder`, or the working directory, when not given.
    project : Project, optional
        Where the system is read.

    Raises
    ------
    DataError
        If results are missing, all of them at once; or if proposal.json is no proposal.
    """
    results = folder / "results"
    raise_problems(
        DataError,
        f"The evidence of run {folder.name!r} cannot be written.",
        [
            Problem(f"there is no results/{name}", fix="Run all stages first: workbench run.")
            for name in NEEDED
            if not (results / name).is_file()
        ],
    )
    proposal = _proposal(results / "proposal.json")
    if system is None:
        system = (project or _project_of(folder)).system(str(proposal["system"]))
    tables = {name: read_csv(results / f"{name}.csv") for name in ("weights", "thresholds", "evaluation")}
    notebooks = tuple(sorted((folder / "notebooks").glob("*.ipynb")))
    return RunContents(folder, system, proposal, **tables, notebooks=notebooks)


def _project_of(folder: Path) -> Project:
    """The project the run folder lies in, or the one around the working directory."""
    own = Project.around(folder)
    return own if own.root in folder.resolve().parents else Project.around()


def _proposal(path: Path) -> dict[str, Any]:
    try:
        proposal = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise DataError(f"{path.name} is not JSON: {fault}.") from fault
    if not isinstance(proposal, dict) or not {"system", "indicators"} <= set(proposal):
        raise DataError(f"{path.name} is not a proposal: it has no `system` and `indicators`.")
    return proposal


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table of a run: known columns as numbers, others as the texts they were before neutralising."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    columns = dict(zip(header, zip(*rows, strict=True) if rows else ([] for _ in header), strict=True))
    return pd.DataFrame({name: _column(name, list(cells)) for name, cells in columns.items()})


def _column(name: str, cells: list[str]) -> pd.Series:
    if name in _NUMERIC:
        return pd.Series([float(cell) if cell else float("nan") for cell in cells], dtype=float)
    return pd.Series([cell[1:] if _NEUTRALISED.match(cell) else cell for cell in cells], dtype=object)
