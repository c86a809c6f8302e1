"""Take the decisions of a working group over into a copy of a run."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from methodology.errors import DataError
from methodology.indicators.loading import read_yaml
from methodology.indicators.plain_files import read_json
from methodology.parameters import Footing, Parameters, Project
from methodology.results.received import fitted
from methodology.results.records import Decisions
from methodology.results.results import Results
from methodology.runs.received_tables import received_sample

_ADVICE = (
    "Write `system` and a list `decisions`; each has indicator, level (I, II or III), value, reason, role and date "
    '(in quotes, "2026-12-01").'
)


def decide(
    run: Path, copy: Path, file: Path, parameters: Parameters, project: Project
) -> list[dict[str, Any]]:
    """
    Copy the results of a run with decided values in its proposal.

    Parameters
    ----------
    run, copy : Path
        The run, which stays as it is; and a folder that is made.
    file : Path
        What the working group wrote.

    Returns
    -------
    list of dict
        The decisions, as a draft records them.

    Raises
    ------
    DataError
        If the file is not as it should be, or a decision cannot be taken over.
    """
    from methodology.evaluation import evaluate
    from methodology.proposal.decisions import with_decisions

    stated = fitted(Decisions, read_yaml(file, error=DataError), file.name, _ADVICE)
    if stated.system != parameters.system:
        raise DataError(
            f"{file.name} decides values of {stated.system!r}; the run is of {parameters.system!r}."
        )
    results, footing = Results(run), Footing.of(parameters)
    document, sample = read_json(results.path("proposal")), received_sample(run)
    system = project.system(parameters.system).with_calibrated(document.get("covariates") or ())
    decided = [one.model_dump(mode="json") for one in stated.decisions]
    judge = partial(
        evaluate,
        sample,
        system,
        weights=results.load("weights"),
        level_one=footing.level_one,
        cut=footing.cut,
    )
    made = with_decisions(document, decided, sample, system, footing=footing, evaluation=judge)
    shutil.copytree(run / "results", copy / "results")
    text = json.dumps(made, ensure_ascii=False, indent=2, allow_nan=False)
    (copy / "results" / "proposal.json").write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return decided
