"""What a run folder holds, read once for every document made from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.evidence.corrections import covariates_in_words
from methodology.indicators import LEVELS, CellState, IndicatorSystem, Kind, Level
from methodology.parameters import Project
from methodology.proposal.reading import public
from methodology.results.csv_text import read_csv
from methodology.tables import proposal_rows
from methodology.tables.proposal import limits_text, proposal_statistics

NEEDED = ("sample.parquet", "weights.csv", "thresholds.csv", "evaluation.csv", "proposal.json")
INTERNAL_MARK = "内部资料 internal"
"""Stands on every page and sheet of what must not leave the house."""
SYNTHETIC_MARK = "合成数据 synthetic data"
SYNTHETIC_TEXT = (
    "样本企业为虚构，由程序生成，数值不得引用。 "
    "The plants of the sample are made up by a program; its values must not be quoted."
)
SYNTHETIC_PANEL = (
    "专家判断为虚构，由程序生成，由其得出的权重不得引用。 "
    "The judgements of experts are made up by a program; weights that rest on them must not be quoted."
)
PROMISES = {
    "marginal": ("单项承诺", "promise for each indicator alone"),
    "joint": ("整体承诺", "promise for the whole standard"),
    "strictness": ("选定的严格度", "a chosen strictness"),
    "values": ("给定的基准值", "values as given"),
}
"""What a promise is called, in Chinese and in English."""

WITHHELD = {
    "reason": "Withheld: unrounded, the value is one plant's own figure.",
    "reason_zh": "不予公布：未修约的数值即单个企业的数据。",
}
"""What stands for a value that may not leave the house."""


@dataclass(frozen=True)
class RunContents:
    """
    Results of one run, as one of the two sets shows them.

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
        Executed notebooks in order; none in the public set.
    about : mapping
        As about.json: title, whether the plants are made up, whether their values are corrected.
    panel : mapping
        As weights/panel.json: titles of the judgements, whether they are made up.
    counts : DataFrame
        Per indicator: cells measured, below a limit, not reported, not applicable.
    coverage : DataFrame
        As coverage.csv; empty where the run has none.
    frontier, frontier_points : DataFrame
        As the CSV files of the same names: shares of plants; empty where the run has none.
    statistics : DataFrame
        Per indicator and level how far the sample carries the value, in words; of the public set alone.
    limits : mapping of (indicator, level) to str
        Which limits of the interval exist, and with what confidence; of the public set alone.
    origins : DataFrame
        As origins.csv, with the value: file, sheet and cells every value came from; of the internal set alone.
    standards : DataFrame
        As data/reference/standards.csv.
    internal : bool
        Whether single plants' figures may be shown.
    """

    folder: Path
    system: IndicatorSystem
    proposal: Mapping[str, Any]
    weights: pd.DataFrame
    thresholds: pd.DataFrame
    evaluation: pd.DataFrame
    notebooks: tuple[Path, ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    panel: Mapping[str, Any] = field(default_factory=dict)
    counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    coverage: pd.DataFrame = field(default_factory=pd.DataFrame)
    frontier: pd.DataFrame = field(default_factory=pd.DataFrame)
    frontier_points: pd.DataFrame = field(default_factory=pd.DataFrame)
    statistics: pd.DataFrame = field(default_factory=pd.DataFrame)
    limits: Mapping[tuple[str, str], str] = field(default_factory=dict)
    origins: pd.DataFrame = field(default_factory=pd.DataFrame)
    standards: pd.DataFrame = field(default_factory=pd.DataFrame)
    internal: bool = True

    def public(self, gives_away: Callable[[str, float, float | None], bool]) -> RunContents:
        """
        The same run without anything that is one plant's: what the public set is made from, and nothing else.

        A proposed value that `gives_away` (indicator, value, step) recognises is withheld: without rounding it is one
        plant's own figure.
        """
        document = withheld(public(self.proposal), gives_away)
        document |= {"joint_attainment": dict(self.whole), "plants": self.plants}
        document["parameters"] = _without_exclusions(self.parameters)
        limits = {
            (entry["id"], level): limits_text(stated, int(entry.get("n") or 0))
            for entry in self.proposal["indicators"]
            for level, stated in entry["levels"].items()
        }
        return replace(
            self,
            proposal=document,
            thresholds=pd.DataFrame(),
            evaluation=pd.DataFrame(),
            notebooks=(),
            origins=pd.DataFrame(),
            statistics=proposal_statistics(self.proposal, self.system),
            limits=limits,
            internal=False,
        )

    @property
    def mark(self) -> str:
        """What every page says of who may read it."""
        return INTERNAL_MARK if self.internal else ""

    @property
    def banner(self) -> str:
        """What every page says where the plants or the judgements are made up."""
        return SYNTHETIC_MARK if self.made_up else ""

    @property
    def made_up(self) -> str:
        """What exactly is made up; empty where nothing is."""
        told = ((self.about, SYNTHETIC_TEXT), (self.panel, SYNTHETIC_PANEL))
        sentences = [text for ingredient, text in told if ingredient.get("synthetic")]
        why = str(self.parameters.get("why_mixed") or "")
        sentences += (
            [f"与真实资料并用的理由 Why it stands beside what is real: {why}"] if sentences and why else []
        )
        return f"{SYNTHETIC_MARK}：{' '.join(sentences)}" if sentences else ""

    @property
    def asides(self) -> list[str]:
        """Why the run was made, what the system says of itself, and where plants and judgements come from."""
        panel = "；".join(
            str(self.panel[name]) for name in ("panel", "date", "source") if self.panel.get(name)
        )
        told = {
            "企业资料 Plants": str(self.about.get("source") or ""),
            "专家判断 Judgements": panel if self.panel.get("experts") else "",
        }
        texts = (self.parameters.get("why"), self.system.note, *(f"{k}: {v}" for k, v in told.items() if v))
        return [str(text) for text in texts if text]

    @property
    def plants(self) -> int:
        """Number of plants of the sample."""
        return int(self.proposal.get("plants") or len(self.evaluation))

    @property
    def promise(self) -> str:
        """The promise whose values are proposed."""
        chosen = self.parameters.get("thresholds", {}).get("promise", "marginal")
        return str(self.proposal.get("promise") or chosen)

    @property
    def decimals(self) -> int:
        """Decimals a weight is printed with."""
        return int(self.parameters.get("weights", {}).get("decimals", 3))

    @cached_property
    def printed_weights(self) -> dict[str, Decimal]:
        """The weight of every indicator, as printed; whoever adds adds these."""
        place = Decimal(1).scaleb(-self.decimals)
        return {
            str(entry["id"]): Decimal(repr(float(entry["weight"]))).quantize(place)
            for entry in self.proposal["indicators"]
        }

    def group_weight(self, group: str) -> Decimal:
        """Sum of the printed weights of a group."""
        members = [item.id for item in self.system.indicators if item.group == group]
        return sum((self.printed_weights.get(name, Decimal(0)) for name in members), Decimal(0))

    @property
    def run(self) -> str:
        """Id of the run."""
        return str(self.proposal.get("run") or self.folder.resolve().name)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Every choice of the run; what holds names of indicators, in words."""
        chosen = self.proposal.get("parameters") or {}
        moving = (chosen.get("sample") or {}).get("covariates")
        told = covariates_in_words(moving, self.system) if isinstance(moving, list | tuple) else moving
        return {**chosen, "sample": {**chosen["sample"], "covariates": told}} if moving else chosen

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
    project = project or _project_of(folder)
    if system is None:
        system = project.system(str(proposal["system"]))
    system = system.with_calibrated(proposal.get("covariates") or ())
    tables = {name: read_csv(results / f"{name}.csv") for name in ("weights", "thresholds", "evaluation")}
    standards = project.place("data/reference/standards.csv")
    notebooks = tuple(sorted((folder / "notebooks").glob("*.ipynb")))
    sample = pd.read_parquet(results / "sample.parquet")
    more = {
        name: pd.read_csv(results / f"{name}.csv") if (results / f"{name}.csv").is_file() else pd.DataFrame()
        for name in ("coverage", "frontier", "frontier_points")
    }
    return RunContents(
        folder,
        system,
        proposal,
        **tables,
        notebooks=notebooks,
        about=_record(results / "about.json"),
        panel=_record(results / "weights" / "panel.json"),
        counts=_counts(sample, system),
        origins=_origins(results / "origins.csv", sample),
        standards=read_csv(standards) if standards.is_file() else pd.DataFrame(),
        **more,
    )


def _origins(path: Path, sample: pd.DataFrame) -> pd.DataFrame:
    """Where every value came from, and the value; nothing where an older run has no such file."""
    if not path.is_file():
        return pd.DataFrame()
    table = read_csv(path)
    kept = [
        p in sample.index and name in sample
        for p, name in zip(table["plant"], table["indicator"], strict=True)
    ]
    table = table[kept]
    values = [sample.loc[p, name] for p, name in zip(table["plant"], table["indicator"], strict=True)]
    return table.assign(value=values)


def _record(path: Path) -> dict[str, Any]:
    """What a stage says of its ingredients; nothing where an older run has no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _counts(sample: pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    """Cells of every indicator by state."""
    names = [name for name in system.ids if f"state:{name}" in sample]
    return pd.DataFrame(
        {
            state.name: [int((sample[f"state:{name}"] == state).sum()) for name in names]
            for state in CellState
        },
        index=pd.Index(names, name="indicator"),
    )


def withheld(
    document: Mapping[str, Any], gives_away: Callable[[str, float, float | None], bool]
) -> dict[str, Any]:
    """A public proposal without the values that are one plant's own figure, each with the reason."""
    steps = {}
    indicators = []
    for entry in document["indicators"]:
        levels = {}
        for level, stated in entry["levels"].items():
            steps[entry["id"], level] = stated.get("step")
            value = stated.get("proposed")
            if value is not None and gives_away(entry["id"], float(value), stated.get("step")):
                stated = {**stated, "proposed": None, "disclosure": "withhold"} | WITHHELD
            levels[level] = stated
        indicators.append({**entry, "levels": levels})

    def kept(name: str, level: str, value: float | None) -> float | None:
        return (
            None if value is not None and gives_away(name, float(value), steps.get((name, level))) else value
        )

    promises = {
        promise: {**told, "proposed": {
            name: {level: kept(name, level, value) for level, value in levels.items()}
            for name, levels in told.get("proposed", {}).items()
        }}
        for promise, told in document.get("promises", {}).items()
    }  # fmt: skip
    return {**document, "indicators": indicators} | ({"promises": promises} if promises else {})


def _without_exclusions(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The choices of a run, with the number of plants left out in place of who they are and why."""
    sample = parameters.get("sample")
    left_out = len(sample.get("exclude") or ()) if isinstance(sample, Mapping) else 0
    if not isinstance(sample, Mapping) or not left_out:
        return dict(parameters)
    told = f"{left_out} 家，理由见内部资料 plants left out; the reasons stand in the internal set"
    return {**parameters, "sample": {**sample, "exclude": told}}


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
