"""The stages of a run: which notebook reads what and writes what. One table, no code."""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM = "params/systems/{system}.yaml"


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
        Files of earlier stages, below `results/`; a pattern may match several.
    outputs : tuple of str
        Files this stage promises, below `results/`; each pattern matches at least one.
    files : tuple of str
        Files of the project it reads; `{system}` and `{source}` are filled in, patterns may match none.
    record : bool
        Whether it reads `parameters.yaml` and names the run, so that its results belong to one run only.
    """

    name: str
    notebook: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    files: tuple[str, ...] = (SYSTEM,)
    record: bool = False


STAGES: tuple[Stage, ...] = (
    Stage(
        "sample",
        "01_sample.ipynb",
        inputs=(),
        outputs=("sample.parquet",),
        files=(SYSTEM, "data/samples/{source}/**"),
    ),
    Stage(
        "weights",
        "02_weights.ipynb",
        inputs=("sample.parquet",),
        outputs=("weights.csv",),
        files=(SYSTEM, "data/judgements/{system}/**"),
    ),
    Stage(
        "thresholds",
        "03_thresholds.ipynb",
        inputs=("sample.parquet", "weights.csv"),
        outputs=("thresholds.csv",),
        files=(SYSTEM, "data/samples/{source}/**"),
    ),
    Stage(
        "evaluation",
        "04_evaluation.ipynb",
        inputs=("sample.parquet", "weights.csv", "thresholds.csv"),
        outputs=("evaluation.csv",),
    ),
    Stage(
        "sensitivity",
        "05_sensitivity.ipynb",
        inputs=("sample.parquet", "weights.csv", "thresholds.csv", "evaluation.csv"),
        outputs=("sensitivity/*.csv",),
        files=(SYSTEM, "data/judgements/{system}/**"),
    ),
    Stage(
        "proposal",
        "06_proposal.ipynb",
        inputs=("sample.parquet", "weights.csv", "thresholds.csv", "evaluation.csv"),
        outputs=("proposal.json",),
        files=(SYSTEM, "data/reference/**"),
        record=True,
    ),
)


def writer_of(file: str, stages: tuple[Stage, ...] = STAGES) -> Stage | None:
    """The stage that promises `file` of `results/`, or None."""
    from fnmatch import fnmatchcase

    return next(
        (stage for stage in stages if any(fnmatchcase(file, output) for output in stage.outputs)), None
    )
