"""Commands about drafts: the page of `diff`, comment forms, disposition tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from methodology.cli.app import say
from methodology.errors import DataError, raise_problems
from methodology.indicators import IndicatorSystem, Sample
from methodology.languages import current
from methodology.results.outputs import appearing, refuse_taken

if TYPE_CHECKING:
    from methodology.forms.comments import Comment, Draft
    from methodology.runs.proposals import Proposal

TABLE = "disposition.xlsx"
"""The table the secretariat works on; beside a draft, whose own folder stays as it was sealed."""


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
    from methodology.indicators.plain_files import read_json
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


def comments_on(folder: Path, forms: Sequence[Path], output: Path | None) -> None:
    """Write the form of a draft; or gather filled forms into its disposition table and say what is still open."""
    draft, proposal = _draft(folder)
    if not forms:
        from methodology.forms.comments import write_form

        path = output or Path(f"{folder.resolve().parent.name}-{folder.resolve().name}-comments.xlsx")
        _whole(_new(path), lambda part: write_form(draft, part))
        say(path)
        return
    beside = folder.resolve().parent / f"{folder.resolve().name}-comments"
    _gather(folder, draft, proposal, forms, output or beside / TABLE)


def _gather(folder: Path, draft: Draft, proposal: dict[str, Any], forms: Sequence[Path], table: Path) -> None:
    from methodology.documents.disposition import write_document
    from methodology.forms.comments import read_forms, unanswered, write_dispositions

    _workbook(table)
    document, given = table.with_suffix(".docx"), {form.resolve() for form in forms}
    known = [table] if table.is_file() and table.resolve() not in given else []
    _refuse_other(table, document)
    comments = read_forms([*known, *forms], draft)
    table.parent.mkdir(parents=True, exist_ok=True)
    _whole(table, lambda path: write_dispositions(comments, draft, path))
    _whole(document, lambda path: write_document(comments, draft, path))
    _said(comments)
    say(f"Table 意见汇总处理表: {table}")
    say(f"Document 文档: {document}")
    if any(comment.disposition for comment in comments):
        open_ones = unanswered(comments, draft, proposal, _newest(folder, draft.number))
        left, every = len(open_ones), len(comments)
        message = f"{left} of {every} comments are not settled. {every}条意见中{left}条尚未处理完。"
        raise_problems(DataError, message, open_ones)
        say(f"Every comment has a disposition 意见均已处理: {len(comments)}")


def _refuse_other(table: Path, document: Path) -> None:
    """Refuse places where something stands that is no disposition table and not to be lost: a filled form, a text."""
    from methodology.forms.comments import holds_dispositions

    if table.is_file() and not holds_dispositions(table):
        raise DataError(
            f"{table} is no disposition table, and would be written over. Name another with -o. "
            "该文件不是意见汇总处理表，不予覆盖，请用-o另选文件名。"
        )
    for path in () if table.is_file() else (table, document):
        refuse_taken(path)


def _said(comments: Sequence[Comment]) -> None:
    count = len({comment.organisation for comment in comments})
    say(f"{len(comments)} comments of {count} organisations. 共{count}家单位{len(comments)}条意见。")


def _draft(folder: Path) -> tuple[Draft, dict[str, Any]]:
    from methodology.forms.comments import described
    from methodology.indicators.plain_files import read_json
    from methodology.results.store import PROPOSAL
    from methodology.runs.drafts import read_draft
    from methodology.runs.hashing import file_digest
    from methodology.runs.proposals import read_proposal

    if not folder.is_dir():
        raise DataError(f"{folder} is no folder of a draft. Give one, e.g. drafts/ironmaking/01.")
    record, path = read_draft(folder), folder / PROPOSAL
    read_proposal(path)
    if record.files.get(PROPOSAL) != file_digest(path):
        raise DataError(f"{path} is not as draft {record.draft} was sealed. Restore the draft from its copy.")
    proposal = read_json(path)
    try:
        return described(proposal, record.draft, record.files[PROPOSAL]), proposal
    except (KeyError, TypeError) as fault:
        raise DataError(
            f"{path} lacks {fault}: its indicators have no names. Propose the run again."
        ) from fault


def _newest(folder: Path, number: int) -> dict[str, Any] | None:
    """Proposal of the newest draft after this one, beside it."""
    numbers = {
        int(path.name): path for path in folder.resolve().parent.glob("[0-9]*") if path.name.isdecimal()
    }
    last = max(numbers, default=0)
    return _draft(numbers[last])[1] if last > number else None


def _new(path: Path) -> Path:
    _workbook(path)
    return refuse_taken(path, "nobody's comments are to be lost. 以免他人的意见丢失")


def _workbook(path: Path) -> None:
    if path.suffix != ".xlsx":
        raise DataError(f"{path.name!r} is not a .xlsx file. Name one, e.g. -o comments.xlsx.")


def _whole(path: Path, write: Any) -> None:
    """Let a file appear whole: what is there stays until the new one is complete."""
    try:
        with appearing(path) as part:
            write(part)
    except OSError as fault:
        raise DataError(
            f"{path} cannot be written ({fault.strerror}). Close it elsewhere, or name another in an existing folder "
            "with room. 无法写入，请先关闭该文件，或另选有空间的文件夹。"
        ) from fault
