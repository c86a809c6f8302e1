"""Commands about plants: check, map, key, template, evaluate."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from methodology.cli.app import say, say_table
from methodology.cli.studies import plants_of
from methodology.errors import DataError, Problem, listed, raise_problems
from methodology.languages import Language, Words, in_names, in_order, speaking
from methodology.parameters import Project
from methodology.results.outputs import appearing, refuse_taken

if TYPE_CHECKING:
    from methodology.indicators import IndicatorSystem, Judgements, Sample
    from methodology.parameters import Parameters
    from methodology.runs.proposals import Proposal
    from methodology.sample.loaded import Loaded
    from methodology.spreadsheets.grid import Grid

MOST_EFFECTS = 30
"""Findings of which `check` says what setting them aside would do; notebook 3 says it of more."""
_WOULD_DO = (
    "What setting each doubtful value aside would do (`sample.exclude` says which, who and why). "
    "若剔除可疑数据，基准值的变动："
)
NOTE = "note: "
_SEVERITIES = {"error": "error 错误", "warn": "doubtful 可疑", "info": "unusual 异常"}
_LOST = "nobody's answers are to be lost. 以免他人的答卷丢失"
_NOT_VOUCHED = "旁边没有记录文件，数值未经核对。"


def check_plants(sample: Path, system_id: str, annotate: Path | None = None) -> None:
    """Print what was read and every finding, one for each cause; problems end with exit code 2, warnings do not."""
    from methodology.sample import account, check_sample, load
    from methodology.sample.checking import one_per_cause

    sample = sample if sample.name not in ("", "..") else sample.resolve()
    system = Project.around().system(system_id)
    loaded = load(sample, system)
    if _is_expert_form(loaded.grids):
        _check_expert_form(sample, system)
        return
    problems, warnings = check_sample(loaded, system, named=True)
    if annotate is not None:
        say(annotated(loaded, system, problems, warnings, annotate))
    said = notes_of(one_per_cause(warnings), system)
    for line in said:
        say(line)
    faults = one_per_cause(problems)
    count = "1 problem" if len(faults) == 1 else f"{len(faults)} problems"
    cells = f" in {len(problems)} places" if len(problems) > len(faults) else ""
    if loaded.sample is not None:
        say("\n".join(account(loaded, system, named=True).in_both))
    raise_problems(DataError, f"{sample.name} has {count}{cells}.", faults)
    for line in effects_of_doubts(loaded, system, None):
        say(line)
    say(f"{sample.name}: no problem 没有问题, {counted(said)}, as a sample of system {system_id!r}.")


def counted(said: Sequence[str]) -> str:
    """
    How many notes were said, and how many of them plants have to explain, the gravest first.

    Examples
    --------
    >>> counted(["note: a: [error] iron does not balance.", "注意：铁不平衡。", "note: b: a row is hidden."])
    '2 notes 提示: 1 error 错误'
    """
    notes = [line for line in said if line.startswith(NOTE)]
    graver = ((sum(f"[{key}]" in line for line in notes), words) for key, words in _SEVERITIES.items())
    told = ", ".join(f"{number} {words}" for number, words in graver if number)
    return f"{len(notes)} note{'s' * (len(notes) != 1)} 提示{': ' * bool(told)}{told}"


def notes_of(doubts: Sequence[Problem], system: IndicatorSystem) -> list[str]:
    """What is doubtful, each in both languages; relations and what they relate have their names."""
    from methodology.languages.findings import note_in_chinese
    from methodology.sample.attribute_words import names_of

    named = {check.en: check.zh for check in system.consistency_checks if check.zh and check.en}
    english, chinese, names = [], {}, names_of(system)
    for doubt in doubts:
        relation = next((en for en in named if en in doubt.what), "")
        own = replace(doubt, what=doubt.what.replace(relation, named[relation])) if relation else doubt
        english.append(_in_names(doubt, names, "en") if relation else doubt)
        chinese[str(english[-1])] = note_in_chinese(_in_names(own, names, "zh") if relation else own)
    lines = ((f"{NOTE}{line}", chinese.get(line, "")) for line in listed(english))
    return [text for en, zh in lines for text in in_order(zh, en) if text]


def _in_names(doubt: Problem, names: Mapping[str, Words], language: Language) -> Problem:
    with speaking(language):
        return replace(doubt, what=in_names(doubt.what, names))


def effects_of_doubts(loaded: Loaded, system: IndicatorSystem, chosen: Parameters | None) -> list[str]:
    """What setting each doubtful value, or plant, aside would do to the benchmark values."""
    from methodology.chain import doubt_effects
    from methodology.parameters.model import SampleChoices, ThresholdChoices
    from methodology.sample import correct
    from methodology.sample.exclusion import choose
    from methodology.tables import render_text
    from methodology.tables.sample import doubt_effects as told

    choices = chosen.sample if chosen else SampleChoices()
    if loaded.sample is None:
        return []
    sample = choose(loaded.sample, system, choices, codes=loaded.codes)
    sample = correct(sample, system).sample if choices.correction else sample
    rule = chosen.thresholds if chosen else ThresholdChoices()
    found = doubt_effects(sample, system, rule, most=MOST_EFFECTS)
    if not len(found):
        return []
    return [_WOULD_DO, *render_text(told(found, system)).splitlines()]


def annotated(
    loaded: Loaded, system: IndicatorSystem, problems: list[Problem], warnings: list[Problem], output: Path
) -> str:
    """Write the copies that go back to the plants, and say where they are."""
    from methodology.forms.annotated_copy import write_copies

    if not loaded.tables:
        raise DataError(
            "Nothing could be read, so nothing can be annotated. Mend what is said about the file first."
        )
    count = write_copies(loaded.tables, system, problems, warnings, output)
    if not output.exists():
        return "nothing to annotate: no file holds a finding. 没有需要批注的表格。"
    what = "a copy" if len(loaded.tables) == 1 else "copies"
    return f"{output}: {what} with {count} annotated cells. What came is unchanged. 原表未改动。"


def _is_expert_form(grids: Sequence[Grid]) -> bool:
    from methodology.forms.expert_form_layout import PAIRWISE
    from methodology.forms.expert_form_writing import SCALE_SHEET

    hidden = any(grid.hidden and grid.sheet == SCALE_SHEET for grid in grids)
    return hidden and any(grid.sheet.split(" ")[0] == PAIRWISE for grid in grids)


def _check_expert_form(form: Path, system: IndicatorSystem) -> None:
    """Say what an expert judged, and how consistently, block by block."""
    from methodology.forms.judgement_tables import read_expert_form

    judgements = read_expert_form(form, system)
    blocks = consistency_of_blocks(judgements, system)
    for line in blocks:
        say(line)
    experts = len(judgements.experts)
    whose = f"{experts} expert{'s' * (experts > 1)}"
    say(f"{form.name}: no problem, {len(blocks)} blocks of {whose} on {system.id!r}.")


def consistency_of_blocks(
    judgements: Judgements, system: IndicatorSystem, *, doubtful: bool = False
) -> list[str]:
    """How consistently each expert judged each block; if wanted only of those above the limit."""
    from methodology.indicators.display import fixed
    from methodology.weights.nodes import consistency_by_node

    names = {"groups": "一级指标 groups"} | {g.id: f"{g.name_zh} {g.name_en}" for g in system.groups}
    lines = []
    for row in consistency_by_node(judgements, system).itertuples():
        above = row.consistency_ratio > row.limit
        ratio = f"consistency ratio 一致性比率 {fixed(row.consistency_ratio, 3)}"
        tail = f", above the limit of {row.limit:g} 超过限值; {row.worst}".rstrip("; ") if above else ""
        if above or not doubtful:
            lines.append(f"{row.expert}, {row.asked}, {names[str(row.node)]}: {ratio}{tail}")
    return lines


def write_mapping(file: Path, system_id: str, output: Path | None) -> None:
    """Guess what a foreign table means, write it beside the table and say what is sure and what is not."""
    from methodology.indicators.display import unit_of
    from methodology.sample.description import find_tables, read_description
    from methodology.sample.header import Vocabulary
    from methodology.sample.mapping import MAPPING
    from methodology.sample.mapping_guess import guess_mapping
    from methodology.sample.sheets import read_grids

    system = Project.around().system(system_id)
    description, _ = read_description(file)
    table = find_tables(file, description)[0]
    place = output or (file if file.is_dir() else file.parent) / MAPPING
    refuse_taken(place, "a mapping that was corrected is never overwritten. 已更正的对应表不会被覆盖")
    guess = guess_mapping(read_grids(table, Vocabulary.of(system, description)), system)
    with appearing(place) as part:
        part.write_text(guess.text, encoding="utf-8", newline="\n")
    for match in guess.matches:
        say(f"{match.target} <- {match.header!r}: {match.confidence}; {match.reason}.")
    for name in guess.missing:
        say(f"not found: {name} ({system[name].name_zh} {system[name].name_en}, {unit_of(system[name])})")
    if guess.unused:
        say(f"not used: {', '.join(map(repr, guess.unused[:30]))}{' and more' * (len(guess.unused) > 30)}")
    say(f"{place}: a first guess. Correct it, then `workbench check` the table. 请逐行核对后再检查数据。")


def write_key(file: Path) -> None:
    """Make the key of a sample's pseudonyms and say what to do with it."""
    from methodology.pseudonyms import make_key

    make_key(file)
    how = f"Name it in sample.yaml (`key: {file.name}`), keep a copy safe, give it to nobody."
    say(f"{file}: a new key. {how}")


def write_template(system_id: str, output: Path, *, experts: bool) -> None:
    """Write a questionnaire or an expert form; an existing file is not overwritten."""
    system = Project.around().system(system_id)
    if output.suffix != ".xlsx":
        raise DataError(f"{output.name!r} is not a .xlsx file. Name one, e.g. -o {system_id}.xlsx.")
    refuse_taken(output, _LOST)
    with TemporaryDirectory(prefix="wb-form-", ignore_cleanup_errors=True) as place:
        part = Path(place) / output.name
        _write_form(system, part, experts=experts)
        _delivered(part, output)
    say(output)


def _delivered(made: Path, output: Path) -> None:
    """Copy a finished form, or folder of forms, to where it was asked for: whole or not at all."""
    try:
        with appearing(output) as part:
            (shutil.copytree if made.is_dir() else shutil.copyfile)(made, part)
    except (OSError, shutil.Error) as fault:
        said = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise DataError(
            f"{output.name} cannot be written in {str(output.parent)!r} ({said}). Name an existing folder with room "
            "that you may write to."
        ) from fault


def write_next_round(system_id: str, output: Path, judgements: Path) -> None:
    """Write every expert's form of the next round into a new folder, with the points of the last round to look at."""
    from methodology.errors import JudgementError
    from methodology.forms import read_judgements
    from methodology.forms.expert_form_writing import write_expert_form

    system = Project.around().system(system_id)
    budget = read_judgements(judgements, system).budget
    if budget.empty:
        raise JudgementError(
            f"Nobody gave points in {judgements.name!r}, so there is nothing to look at before another round. "
            "Rounds are asked with the sheet 'budget' of the expert form."
        )
    refuse_taken(output, _LOST)
    with TemporaryDirectory(prefix="wb-form-", ignore_cleanup_errors=True) as place:
        forms = Path(place) / output.name
        forms.mkdir()
        for expert in sorted(set(budget["expert"])):
            write_expert_form(system, forms / f"{expert}.xlsx", experts=(expert,), earlier=budget)
        _delivered(forms, output)
    say(output)


def _write_form(system: IndicatorSystem, output: Path, *, experts: bool) -> None:
    if experts:
        from methodology.forms.expert_form_writing import write_expert_form

        write_expert_form(system, output)
    else:
        from methodology.forms.questionnaire import write_questionnaire

        write_questionnaire(system, output)


def evaluate_plants(proposal_path: Path, sample_path: Path, reports: Path | None = None) -> None:
    """Print the level of each plant under the proposed values, and the shares; write a report for each if asked for."""
    from methodology.languages import current
    from methodology.proposal import proposal_thresholds
    from methodology.proposal.reading import proposal_weights
    from methodology.runs.asides import drawn_apart

    proposal, system, sample = _on_one_footing(proposal_path, sample_path)
    rule, document = proposal.parameters.evaluation, proposal.model_dump(mode="json")
    _levels(document, sample, system, rule)
    if reports is not None:
        how = {"level_one": rule.level_one, "cut": rule.cut}
        values, weights = proposal_thresholds(document, system), proposal_weights(document, system)
        with drawn_apart():
            from methodology.evidence.plant_reports import write_plant_reports

            written = write_plant_reports(reports, sample, system, values, weights, language=current(), **how)
        made = "a page and a Word file for each plant. 每家企业一页，网页和Word各一份。"
        say(f"{reports}: {len(written)} files, {made}")


def _levels(document: dict[str, Any], sample: Sample, system: IndicatorSystem, rule: Any) -> None:
    """Print the level of each plant under a proposal, and the shares."""
    from methodology.evaluation import attainment_of_whole, evaluate
    from methodology.indicators.display import percent
    from methodology.languages import NUMERALS
    from methodology.proposal import proposal_thresholds
    from methodology.proposal.reading import proposal_weights
    from methodology.tables import evaluation_overview

    values, weights = proposal_thresholds(document, system), proposal_weights(document, system)
    table = evaluate(sample, system, values, weights, level_one=rule.level_one, cut=rule.cut)
    say_table(evaluation_overview(table, system))
    shares = attainment_of_whole(table)
    told = "、".join(f"{NUMERALS[level]} {percent(share)}" for level, share in shares.items())
    say(f"该级及以上的企业比例 Share of plants at each level or better: {told}")


def outcome_of_promise(proposal_path: Path, sample_path: Path, pilot: Path | None = None) -> None:
    """Print promise against outcome, the values to revise last; values that drifted are an answer, not a failure."""
    from methodology.chain.delivered import promise_outcome, to_revise
    from methodology.tables.proposal import outcome_overview, outcome_sentences

    proposal, system, sample = _on_one_footing(proposal_path, sample_path)
    rule, document = proposal.parameters.evaluation, proposal.model_dump(mode="json")
    if pilot is not None:
        sample = _piloted(pilot, sample, sample_path, system)
        _levels(document, sample, system, rule)
        say()
    table = promise_outcome(document, sample, system, level_one=rule.level_one, cut=rule.cut)
    say_table(outcome_overview(table, system))
    say()
    for chinese, english in outcome_sentences(table):
        say("\n".join(in_order(chinese, english)))
    apart = to_revise(table)
    say()
    some, none = ("建议复核：", "To revise:"), ("没有需要复核的基准值。", "Nothing to revise.")
    say(" ".join(in_order(*(some if len(apart) else none))))
    if len(apart):
        say_table(outcome_overview(apart, system))


def _piloted(file: Path, sample: Sample, sample_path: Path, system: IndicatorSystem) -> Sample:
    """The plants of a pilot 试点, which its file names as the sample does, or by their pseudonyms."""
    from methodology.indicators.loading import read_yaml
    from methodology.results.received import fitted
    from methodology.results.records import Pilot
    from methodology.sample import load

    advice = 'Write title, first, last (days in quotes, "2027-01-01") and a list of plants.'
    pilot = fitted(Pilot, read_yaml(file, error=DataError), file.name, advice)
    codes = load(plants_of(sample_path), system).codes
    asked = list(dict.fromkeys(codes.get(name, name) for name in pilot.plants))
    problems = [
        Problem(f"plant {place} is not in the sample", file=file.name, fix="Check it.")
        for place, name in enumerate(pilot.plants, start=1)
        if codes.get(name, name) not in sample.plants
    ]
    raise_problems(DataError, f"{file.name} cannot be used.", problems)
    say(f"试点 Pilot: {pilot.title}, {pilot.first} – {pilot.last}, {len(asked)} 家 plants")
    return sample.take(asked)


def _on_one_footing(proposal_path: Path, sample_path: Path) -> tuple[Proposal, IndicatorSystem, Sample]:
    """A proposal, its system, and plants on the footing of its values: corrected if those were."""
    from methodology.cli.drafting import proposal_in
    from methodology.runs.proposals import read_proposal, refuse_contradiction, vouched_for
    from methodology.runs.verification import judging_project
    from methodology.sample import account, correct, read_sample

    proposal_path = proposal_in(proposal_path)
    proposal = read_proposal(proposal_path)
    place = vouched_for(proposal_path)
    project = judging_project(place) if place else Project.around()
    system = project.system(proposal.system)
    refuse_contradiction(proposal, system, proposal_path.name)
    system = system.with_calibrated(item.model_dump() for item in proposal.covariates)
    if place is None:
        name = proposal_path.name
        say(f"note: no record stands beside {name}, so nothing vouches for its values. {_NOT_VOUCHED}")
    sample_path = plants_of(sample_path)
    sample = read_sample(sample_path, system)
    say("\n".join(account(sample_path, system).in_both))
    corrected = proposal.parameters.sample.correction
    return proposal, system, correct(sample, system).sample if corrected else sample
