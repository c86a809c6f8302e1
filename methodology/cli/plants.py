"""Commands about plants: check, key, template, evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from methodology.cli.app import say
from methodology.cli.studies import plants_of
from methodology.errors import DataError, listed, raise_problems
from methodology.parameters import Project

if TYPE_CHECKING:
    from methodology.indicators import IndicatorSystem, Sample
    from methodology.runs.proposals import Proposal

_NOT_VOUCHED = "旁边没有记录文件，数值未经核对。"


def check_plants(sample: Path, system_id: str) -> None:
    """Print every finding; problems end with exit code 2, warnings do not."""
    from methodology.sample import account, check_sample, load

    system = Project.around().system(system_id)
    loaded = load(sample, system)
    problems, warnings = check_sample(loaded, system, named=True)
    for warning in listed(warnings):
        say(f"note: {warning}")
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    raise_problems(DataError, f"{sample.name} has {count}.", problems)
    say(str(account(loaded, system, named=True)))
    say(f"{sample.name}: no problem, {len(warnings)} notes, as a sample of system {system_id!r}.")


def write_key(file: Path) -> None:
    """Make the key of a sample's pseudonyms and say what to do with it."""
    from methodology.sample import make_key

    make_key(file)
    say(
        f"{file}: a new key. Name it in sample.yaml (`key: {file.name}`), keep a copy safe, give it to nobody."
    )


def write_template(system_id: str, output: Path, *, experts: bool) -> None:
    """Write a questionnaire or an expert form; an existing file is not overwritten."""
    system = Project.around().system(system_id)
    if output.suffix != ".xlsx":
        raise DataError(f"{output.name!r} is not a .xlsx file. Name one, e.g. -o {system_id}.xlsx.")
    if output.exists():
        raise DataError(f"{output.name} exists. Choose another name, so that nobody's answers are lost.")
    if experts:
        from methodology.forms.expert_form_writing import write_expert_form

        write_expert_form(system, output)
    else:
        from methodology.forms.questionnaire import write_questionnaire

        write_questionnaire(system, output)
    say(str(output))


def evaluate_plants(proposal_path: Path, sample_path: Path) -> None:
    """Print the level of each plant under the proposed values, and the shares."""
    from methodology.chain import attainment_of_whole
    from methodology.evaluation import evaluate
    from methodology.indicators.display import percent
    from methodology.proposal import proposal_thresholds, proposal_weights
    from methodology.tables import evaluation_overview, render_text

    proposal, system, sample = _on_one_footing(proposal_path, sample_path)
    rule, document = proposal.parameters.evaluation, proposal.model_dump(mode="json")
    values, weights = proposal_thresholds(document, system), proposal_weights(document, system)
    table = evaluate(sample, system, values, weights, level_one=rule.level_one, cut=rule.cut)
    say(render_text(evaluation_overview(table, system)))
    shares = attainment_of_whole(table)
    told = ", ".join(f"{level} {percent(share)}" for level, share in shares.items())
    say(f"Share of plants at each level or better: {told}")


def outcome_of_promise(proposal_path: Path, sample_path: Path) -> None:
    """Print promise against outcome, the values to revise last; values that drifted are an answer, not a failure."""
    from methodology.chain import promise_outcome, to_revise
    from methodology.tables import outcome_overview, outcome_sentences, render_text

    proposal, system, sample = _on_one_footing(proposal_path, sample_path)
    rule, document = proposal.parameters.evaluation, proposal.model_dump(mode="json")
    table = promise_outcome(document, sample, system, level_one=rule.level_one, cut=rule.cut)
    say(render_text(outcome_overview(table, system)))
    say()
    for english, chinese in outcome_sentences(table):
        say(f"{english}\n{chinese}")
    apart = to_revise(table)
    say()
    say("To revise 建议复核：" if len(apart) else "Nothing to revise. 没有需要复核的基准值。")
    if len(apart):
        say(render_text(outcome_overview(apart, system)))


def _on_one_footing(proposal_path: Path, sample_path: Path) -> tuple[Proposal, IndicatorSystem, Sample]:
    """A proposal, its system, and plants on the footing of its values: corrected if those were."""
    from methodology.runs.proposals import read_proposal, refuse_contradiction, vouched_for
    from methodology.runs.verification import judging_project
    from methodology.sample import account, correct, read_sample

    proposal = read_proposal(proposal_path)
    place = vouched_for(proposal_path)
    project = judging_project(place) if place else Project.around()
    system = project.system(proposal.system)
    refuse_contradiction(proposal, system, proposal_path.name)
    if place is None:
        say(
            f"note: no record stands beside {proposal_path.name}, so nothing vouches for its values. {_NOT_VOUCHED}"
        )
    sample_path = plants_of(sample_path)
    sample = read_sample(sample_path, system)
    say(str(account(sample_path, system)))
    return (
        proposal,
        system,
        correct(sample, system).sample if proposal.parameters.sample.correction else sample,
    )
