"""The stages of a run: which notebook reads what and writes what. One table, no code."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

SYSTEM = "params/systems/{system}.yaml"
ASSUMPTIONS = "docs/assumptions.md"
"""Read by the evidence, which is made of what the last stage names."""
DEFINITIONS = (SYSTEM, "data/reference/factors.csv")
"""An indicator system, and the conversion factors it names."""
PLANTS = ("plants/**", "study.yaml", "mapping.yaml")
EXPERTS = ("experts/**", "study.yaml")
REGISTER = "register"
SAMPLE = ("sample.parquet", "excluded.csv", "notes.csv", "origins.csv")
"""A `Sample` on disk."""
INGREDIENTS = ("about.json", "weights/panel.json")
"""Whether plants and experts are made up, which every figure says."""


@dataclass(frozen=True)
class Stage:
    """
    One notebook of a run.

    Attributes
    ----------
    name : str
        Section of `Parameters` that is the notebook's `parameters` cell.
    notebook : str
        File name in the project's notebooks folder.
    inputs : tuple of str
        Files of earlier stages, below `results/`. A stage sees these and no others, so none can be forgotten here.
    outputs : tuple of str
        Files this stage promises, below `results/`; each pattern matches at least one.
    files : tuple of str
        Files of the project it reads, and no others; `{system}`, `{source}` and `{draft}`, the number of the earlier
        draft, are filled in, patterns may match none. `plants`, `experts` and `register` stand for the folders and the
        list that the choices of the run name.
    record : bool
        Whether it reads `parameters.yaml`: the choices of all stages, any of which then makes it stale.
    names_run : bool
        Whether its results name the run, so that they belong to one run only.
    extras : tuple of str
        Files it may write besides; `<name>/*` always belongs to the stage of that name.
    """

    name: str
    notebook: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    files: tuple[str, ...] = DEFINITIONS
    record: bool = False
    names_run: bool = False
    extras: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """All files below `results/` that belong to this stage."""
        return (*self.outputs, *self.extras, f"{self.name}/*")

    def owns(self, file: str) -> bool:
        """Whether `file`, below `results/`, belongs to this stage."""
        return any(fnmatchcase(file, pattern) for pattern in self.patterns)


STAGES: tuple[Stage, ...] = (
    Stage(
        "sample",
        "01_sample.ipynb",
        inputs=(),
        outputs=(*SAMPLE, "corrections.csv", "coverage.csv", "about.json"),
        files=(*DEFINITIONS, *PLANTS, REGISTER),
    ),
    Stage(
        "weights",
        "02_weights.ipynb",
        inputs=(*SAMPLE, "about.json"),
        outputs=("weights.csv", "weights_unrounded.csv", "weights_methods.csv", "weights_levels.csv"),
        files=(*DEFINITIONS, *EXPERTS),
        record=True,
    ),
    Stage(
        "thresholds",
        "03_thresholds.ipynb",
        inputs=(*SAMPLE, *INGREDIENTS, "weights.csv"),
        outputs=(
            *("thresholds.csv", "calibrated.csv", "promises.csv", "methods.csv", "worst_case.csv"),
            *("frontier.csv", "frontier_points.csv", "frontier_values.csv"),
        ),
        files=(*DEFINITIONS, "plants/population.csv", REGISTER),
        record=True,
        extras=(
            *("strata.csv", "regulators.csv", "level_grants.csv"),
            *("covariates.csv", "covariate_lines.csv", "over_years.csv"),
        ),
    ),
    Stage(
        "evaluation",
        "04_evaluation.ipynb",
        inputs=(*SAMPLE, *INGREDIENTS, "weights.csv", "thresholds.csv", "promises.csv"),
        outputs=("evaluation.csv", "next_steps.csv"),
    ),
    Stage(
        "sensitivity",
        "05_sensitivity.ipynb",
        inputs=(*SAMPLE, "about.json"),
        outputs=("sensitivity/*.csv",),
        files=(*DEFINITIONS, "params/alternatives.yaml", *EXPERTS, *PLANTS),
        record=True,
    ),
    Stage(
        "proposal",
        "06_proposal.ipynb",
        inputs=(*SAMPLE, *INGREDIENTS, "weights.csv", "calibrated.csv"),
        outputs=("proposal.json",),
        files=(*DEFINITIONS, "data/reference/**", ASSUMPTIONS, "drafts/{system}/{draft}/proposal.json"),
        record=True,
        names_run=True,
    ),
)


def writer_of(file: str, stages: tuple[Stage, ...] = STAGES) -> Stage | None:
    """The stage that `file`, below `results/`, belongs to, or None."""
    return next((stage for stage in stages if stage.owns(file)), None)


def needs(stage: Stage, stages: tuple[Stage, ...] = STAGES) -> list[Stage]:
    """The stages whose tables `stage` reads."""
    writers = (writer_of(file, stages) for file in stage.inputs)
    return [writer for writer in dict.fromkeys(writers) if writer is not None]
