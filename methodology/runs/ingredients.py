"""Whether the ingredients of a run belong together: plants, experts, and the method that asks them."""

from __future__ import annotations

from collections.abc import Iterable

from methodology.errors import DataError, ParameterError, Problem, raise_problems
from methodology.forms import has_judgements
from methodology.parameters import Parameters, Project
from methodology.runs.fingerprints import judgements_folder, sample_folder
from methodology.sample.about import describe_panel
from methodology.sample.description import read_description
from methodology.sample.reading import read_sample
from methodology.weights.hierarchy import ASKED

_KINDS = {True: "made up 虚构", False: "real 真实"}


def refuse_ingredients(runs: Iterable[Parameters], project: Project) -> None:
    """
    Refuse runs whose ingredients are missing or do not belong together, before anything is computed.

    Raises
    ------
    ParameterError
        Real plants with made-up experts, or the reverse, where the run does not say why; a method that needs judgements
        where there are none.
    """
    problems = [problem for parameters in runs for problem in faults_of_ingredients(parameters, project)]
    message = "The ingredients of the run do not fit together. 运行所用资料不配套。"
    raise_problems(ParameterError, message, dict.fromkeys(problems))


def faults_of_ingredients(parameters: Parameters, project: Project) -> list[Problem]:
    """What `refuse_ingredients` refuses, of one run."""
    return [*_faults_of_panel(parameters, project), *_faults_of_choices(parameters, project)]


def _faults_of_choices(parameters: Parameters, project: Project) -> list[Problem]:
    """Plants, strata, years and covariates that a run names and its plants do not have; faults of plants apart."""
    chosen, plants = parameters.sample, sample_folder(parameters, project)
    named = bool(chosen.exclude or chosen.stratum or chosen.covariates or chosen.least_years > 1)
    if not named or not plants.is_dir():
        return []
    from methodology.chain import with_covariates

    system = project.system(parameters.system)
    try:
        read_sample(plants, system)
    except DataError:
        return []  # not a fault of the choices; `check` and the first stage say what it is
    try:
        with_covariates(system, read_sample(plants, system, choices=chosen), chosen)
    except DataError as fault:
        return fault.faults
    return []


def _faults_of_panel(parameters: Parameters, project: Project) -> list[Problem]:
    """Experts who are missing, or do not belong to the plants."""
    experts, plants = judgements_folder(parameters, project), sample_folder(parameters, project)
    chosen = parameters.weights
    if parameters.sample.source and not plants.is_dir():
        known = sorted(path.name for path in plants.parent.glob("*") if path.is_dir())
        what = f"there is no shipped sample {parameters.sample.source!r}."
        fix = f"There are: {', '.join(known)}. The plants of a study need no name: `workbench new` makes one."
        return [Problem(what, key="sample.source", fix=fix)]
    if not has_judgements(experts):
        if chosen.method not in ASKED:
            return []
        return [
            Problem(
                f"{chosen.method!r} needs judgements of experts, and there are none in {experts.name!r}.",
                key="weights.method",
                fix=f"Put the filled forms there (`workbench template {parameters.system} --experts -o FORM.xlsx` "
                "writes one), or take weights that need no experts: `--set weights.method=equal`, or critic, entropy. "
                "请放入专家填好的咨询表，或改用不需专家的权重。",
            )
        ]
    if not plants.is_dir():
        return []  # the first stage says so
    described, panel = read_description(plants)[0], describe_panel(experts, None)
    if described.synthetic == panel["synthetic"] or parameters.why_mixed.strip():
        return []
    of_plants, of_experts = _KINDS[described.synthetic], _KINDS[panel["synthetic"]]
    return [
        Problem(
            f"the plants are {of_plants} and the judgements of the experts are {of_experts}.",
            key="weights.source",
            why="Weights and values would stand on ingredients that do not belong together, and a reader cannot tell.",
            fix="Put the forms of the plants' own experts in place, do without experts (`--set weights.source=none "
            "--set weights.method=equal`), mend `synthetic:` where it is wrong, or say why in `why_mixed`. "
            "请使用与企业配套的专家表，或不用专家；确需并用的，请在 why_mixed 中说明理由。",
        )
    ]
