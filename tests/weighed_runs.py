"""The shipped runs up to their weights: sample as the stages after it see it, judgements, weights."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

from shipped import ROOT

from methodology.forms import read_judgements
from methodology.parameters import Project, load_run
from methodology.sample import correct, read_sample
from methodology.weights import derive_weights


@cache
def weighed(name: str) -> SimpleNamespace:
    """Run, system, sample, judgements and weights of one shipped run."""
    project = Project.around(ROOT)
    run, system = load_run(ROOT / "params" / "runs" / f"{name}.yaml"), project.system(name)
    sample = correct(read_sample(project.sample_folder(name), system, choices=run.sample), system).sample
    judgements = read_judgements(project.judgements_folder(name), system)
    return SimpleNamespace(
        run=run,
        system=system,
        sample=sample,
        judgements=judgements,
        weights=derive_weights(system, judgements, sample, run.weights),
    )
