"""What a run folder holds, read once for every document made from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.findings.addresses import makers
from methodology.findings.corrections import covariates_in_words
from methodology.findings.sample_cells import cells_by_state, origins_of_values
from methodology.findings.withheld import withheld, without_exclusions
from methodology.indicators import LEVELS, IndicatorSystem, Kind, Level
from methodology.indicators.words import SYNTHETIC
from methodology.languages import Words, both, parted
from methodology.parameters import Project
from methodology.proposal.reading import public
from methodology.results.csv_text import read_csv
from methodology.results.stages import ASSUMPTIONS
from methodology.sample.attribute_words import names_of, stratum_chosen
from methodology.tables import proposal_rows
from methodology.tables.proposal import limits_text

NEEDED = ("sample.parquet", "weights.csv", "thresholds.csv", "evaluation.csv", "proposal.json")
INTERNAL_MARK = "内部资料 internal"
"""Stands on every page and sheet of what must not leave the house."""
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
        Per indicator: cells measured, below a limit, not reported, not applicable, and not to be corrected.
    coverage : DataFrame
        As coverage.csv; empty where the run has none.
    frontier, frontier_points : DataFrame
        As the CSV files of the same names: shares of plants; empty where the run has none.
    limits : mapping of (indicator, level) to Words
        Which limits of the interval exist, and with what confidence; of the public set alone.
    origins : DataFrame
        As origins.csv, with the value: file, sheet and cells every value came from; of the internal set alone.
    earlier : mapping of int to mapping
        Proposals of the drafts up to the one the run was compared with, by number.
    assumptions : str
        The numbered assumptions of the method, in Markdown; empty where the installation has none.
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
    limits: Mapping[tuple[str, str], Words] = field(default_factory=dict)
    origins: pd.DataFrame = field(default_factory=pd.DataFrame)
    earlier: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    assumptions: str = ""
    standards: pd.DataFrame = field(default_factory=pd.DataFrame)
    internal: bool = True
    _read: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    def public(self, gives_away: Callable[[str, float, float | None], bool]) -> RunContents:
        """
        The same run without anything that is one plant's: what the public set is made from, and nothing else.

        A proposed value that `gives_away` (indicator, value, step) recognises is withheld: without rounding it is one
        plant's own figure.
        """
        document = withheld(public(self.proposal), gives_away)
        document |= {"joint_attainment": dict(self.whole), "plants": self.plants}
        document["parameters"] = without_exclusions(self.parameters)
        limits = {
            (entry["id"], level): both(partial(limits_text, stated, int(entry.get("n") or 0)))
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
            limits=limits,
            earlier={at: withheld(document, gives_away) for at, document in self.earlier.items()},
            internal=False,
        )

    @property
    def mark(self) -> str:
        """What every page says of who may read it."""
        return INTERNAL_MARK if self.internal else ""

    @property
    def banner(self) -> str:
        """What every page says where the plants or the judgements are made up."""
        return SYNTHETIC if self.made_up else ""

    @property
    def made_up(self) -> str:
        """What exactly is made up; empty where nothing is."""
        return f"{SYNTHETIC}：{' '.join(self.invented)}" if self.invented else ""

    @property
    def line(self) -> str:
        """What every figure says at its foot where the plants or the judgements are made up."""
        from methodology.figures.made_up import made_up_line  # all that draws takes a moment to load

        return made_up_line(self.about, self.panel)

    @property
    def invented(self) -> list[str]:
        """A sentence for each ingredient that is made up, and why it stands beside what is real."""
        told = ((self.about, SYNTHETIC_TEXT), (self.panel, SYNTHETIC_PANEL))
        sentences = [text for ingredient, text in told if ingredient.get("synthetic")]
        why = str(self.parameters.get("why_mixed") or "")
        mixed = f"与真实资料并用的理由 Why it stands beside what is real: {why}"
        return [*sentences, mixed] if sentences and why else sentences

    @property
    def language(self) -> str:
        """Language that a page shows first: zh or en."""
        return "en" if self.parameters.get("language") == "en" else "zh"

    @cached_property
    def sample(self) -> pd.DataFrame:
        """The plants as the stages saw them; none in the public set."""
        return (
            pd.read_parquet(self.folder / "results" / "sample.parquet") if self.internal else pd.DataFrame()
        )

    @cached_property
    def makers(self) -> dict[str, str]:
        """Where the notebooks of the set made each table."""
        return makers(self.notebooks)

    def results(self, name: str, /, **chosen: str) -> pd.DataFrame:
        """Rows of a table of the run with these texts in these columns; none in the public set or where it has none."""
        path = self.folder / "results" / f"{name}.csv"
        if not self.internal or not path.is_file():
            return pd.DataFrame()
        if name not in self._read:
            self._read[name] = read_csv(path)
        table = self._read[name]
        for column, value in chosen.items():
            table = table[table[column] == value] if column in table else table.iloc[:0]
        return table

    @property
    def asides(self) -> list[Words]:
        """Why the run was made, what the system says of itself, and where plants and judgements come from."""
        panel = [parted(self.panel[name]) for name in ("panel", "date", "source") if self.panel.get(name)]
        sent = [parted(self.about["source"])] if self.about.get("source") else []
        labelled = ((Words("企业资料", "Plants"), sent), (Words("专家判断", "Judgements"), panel))
        told = [
            Words(
                f"{label.zh}：{'；'.join(zh for zh, _ in texts)}",
                f"{label.en}: {'; '.join(en for _, en in texts)}",
            )
            for label, texts in labelled
            if texts and (label.en == "Plants" or self.panel.get("experts"))
        ]
        return [*(parted(text) for text in (self.parameters.get("why"), self.system.note) if text), *told]

    @cached_property
    def named(self) -> dict[str, Words]:
        """What ids are called: of the system, its indicators, groups, attributes, the stratum a run chose."""
        chosen = str(self.parameters.get("sample", {}).get("stratum") or "")
        stratum = {chosen: both(partial(stratum_chosen, chosen))} if chosen else {}
        own = {self.system.id: Words(self.system.name_zh, self.system.name_en)}
        return own | names_of(self.system) | stratum

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
    assumed = project.base / ASSUMPTIONS
    system = system or project.system(str(proposal["system"]))
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
        counts=cells_by_state(sample, system, results / "corrections.csv"),
        origins=origins_of_values(results / "origins.csv", sample),
        earlier=_earlier(proposal, project),
        assumptions=assumed.read_text(encoding="utf-8") if assumed.is_file() else "",
        standards=read_csv(standards) if standards.is_file() else pd.DataFrame(),
        **more,
    )


def _earlier(proposal: Mapping[str, Any], project: Project) -> dict[int, dict[str, Any]]:
    """Drafts up to the one the run was compared with; those that came later are none of its inputs."""
    last = int((proposal.get("parameters") or {}).get("proposal", {}).get("earlier_draft") or 0)
    known = sorted(project.drafts(str(proposal["system"])))
    return {at: project.draft(str(proposal["system"]), at) or {} for at in known if at <= last}


def _record(path: Path) -> dict[str, Any]:
    """What a stage says of its ingredients; nothing where an older run has no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


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
