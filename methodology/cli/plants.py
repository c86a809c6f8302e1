"""Commands about plants: check, template, evaluate."""

from __future__ import annotations

import json
from pathlib import Path

from methodology.cli.app import say
from methodology.errors import DataError, listed, raise_problems
from methodology.parameters import Project


def check_plants(sample: Path, system_id: str) -> None:
    """Print every finding; problems end with exit code 2, warnings do not."""
    from methodology.sample import check_sample

    system = Project.around().system(system_id)
    problems, warnings = check_sample(sample, system)
    for warning in listed(warnings):
        say(f"note: {warning}")
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    raise_problems(DataError, f"{sample.name} has {count}.", problems)
    say(f"{sample.name}: no problem, {len(warnings)} notes, as a sample of system {system_id!r}.")


def write_template(system_id: str, output: Path, *, experts: bool) -> None:
    """Write a questionnaire or an expert form; an existing file is not overwritten."""
    system = Project.around().system(system_id)
    if output.suffix != ".xlsx":
        raise DataError(f"{output.name!r} is not a .xlsx file. Name one, e.g. -o {system_id}.xlsx.")
    if output.exists():
        raise DataError(f"{output.name} exists. Choose another name, so that nobody's answers are lost.")
    if experts:
        from methodology.evidence.expert_form import write_expert_form

        write_expert_form(system, output)
    else:
        from methodology.evidence.questionnaire import write_questionnaire

        write_questionnaire(system, output)
    say(str(output))


def read_proposal(path: Path) -> dict:
    """
    Read a proposal.json.

    Raises
    ------
    DataError
        If the file is missing or is not a proposal.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}. Give the proposal.json of a run, in its results folder.")
    try:
        proposal = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise DataError(f"{path.name} is not JSON: {fault}.") from fault
    if not isinstance(proposal, dict) or not {"system", "indicators"} <= set(proposal):
        raise DataError(f"{path.name} is not a proposal: it has no `system` and `indicators`.")
    return proposal


def evaluate_plants(proposal_path: Path, sample_path: Path) -> None:
    """Print the level of each plant under the proposed values, and the shares.

    Plants are put on the footing the values were calibrated on: corrected if those were, judged by the same rule.
    """
    from methodology.chain import attainment_of_whole
    from methodology.evaluation import evaluate
    from methodology.proposal import proposal_thresholds, proposal_weights
    from methodology.sample import read_sample
    from methodology.tables import evaluation_overview, render_text
    from methodology.thresholds import correct

    proposal = read_proposal(proposal_path)
    system = Project.around().system(str(proposal["system"]))
    choices = proposal.get("parameters") or {}
    sample = read_sample(sample_path, system)
    if choices.get("sample", {}).get("correction"):
        sample = correct(sample, system).sample
    rule = choices.get("evaluation", {})
    values, weights = proposal_thresholds(proposal, system), proposal_weights(proposal, system)
    table = evaluate(sample, system, values, weights, level_one=rule.get("level_one"), cut=rule.get("cut"))
    say(render_text(evaluation_overview(table, system)))
    shares = attainment_of_whole(table)
    say("Share of plants at each level or better: " + ", ".join(f"{k} {v:.1%}" for k, v in shares.items()))
