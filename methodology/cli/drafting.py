"""The page of `diff`: what changed from one draft to the next, and which plants move."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from methodology.cli.app import say
from methodology.errors import DataError
from methodology.indicators import IndicatorSystem, Sample
from methodology.languages import current

if TYPE_CHECKING:
    from methodology.runs.proposals import Proposal


def write_diff(first: Path, second: Path, output: Path) -> None:
    """Write the page and its table; plants are those of the run behind the second, where it is at hand."""
    from methodology.evidence.draft_changes import changed_values, moved_plants, write_changes
    from methodology.runs.verification import judging_project

    (title, before, earlier), (other, after, later) = _proposal(first), _proposal(second)
    if earlier.system != later.system:
        raise DataError(
            f"{first} is of {earlier.system!r}, {second} of {later.system!r}: name drafts of one."
        )
    project = judging_project(second)
    system = project.system(later.system)
    _refuse_contradictions({first: earlier, second: later}, system)
    system = system.with_calibrated(item.model_dump() for item in later.covariates)
    behind = project.root / "runs" / later.system / (later.run or "unknown")
    sample = _sample(behind if is_draft(second) else second)
    plants = None if sample is None else moved_plants(before, after, sample, system)
    write_changes(output, (title, other), changed_values(before, after, system), plants, language=current())
    say(f"Page 网页: {output}")
    say(f"Table 表: {output.with_suffix('.csv')}")


def refuse_unfit(output: Path) -> None:
    """Refuse a name for the page that is none, or at which something stands already, before anything is compared."""
    from methodology.results.outputs import refuse_taken

    if output.suffix != ".html":
        raise DataError(f"{output.name!r} is not a .html file. Name one, e.g. -o changes.html.")
    for path in (output, output.with_suffix(".csv")):
        refuse_taken(path)


def _refuse_contradictions(proposals: dict[Path, Proposal], system: IndicatorSystem) -> None:
    from methodology.runs.proposals import refuse_contradiction

    for folder, proposal in proposals.items():
        refuse_contradiction(proposal, system, f"{folder.resolve().name}/{proposal_in(folder).name}")


def is_draft(folder: Path) -> bool:
    """Whether a folder holds a draft, not a run."""
    from methodology.results.store import DRAFT

    return (folder / DRAFT).is_file()


def proposal_in(folder: Path) -> Path:
    """The proposal of a draft or a run, where its folder is named; any other path as it is."""
    from methodology.results.store import PROPOSAL

    if not folder.is_dir():
        return folder
    return folder / PROPOSAL if is_draft(folder) else folder / "results" / PROPOSAL


def _proposal(folder: Path) -> tuple[str, dict[str, Any], Proposal]:
    """What a folder is called, and its proposal: what it says, and what is judged with."""
    from methodology.indicators.plain_json import read_json
    from methodology.runs.drafts import read_draft
    from methodology.runs.proposals import read_proposal

    proposal = read_proposal(proposal_in(folder))
    called = f"测算 run {folder.resolve().name}"
    if is_draft(folder):
        called = f"第{read_draft(folder).draft}稿 draft {read_draft(folder).draft}"
    return called, read_json(proposal_in(folder)), proposal


def _sample(run: Path) -> Sample | None:
    """The plants of a run that is at hand."""
    from methodology.runs.received_tables import received_sample

    return received_sample(run) if (run / "results" / "sample.parquet").is_file() else None
