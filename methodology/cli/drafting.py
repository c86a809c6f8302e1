"""The page of `diff`: what changed from one draft to the next, and which plants move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from methodology.cli.app import say
from methodology.errors import DataError
from methodology.indicators import Sample
from methodology.languages import current


def write_diff(first: Path, second: Path, output: Path) -> None:
    """Write the page and its table; plants are those of the run behind the second, where it is at hand."""
    from methodology.evidence.draft_changes import changed_values, moved_plants, write_changes
    from methodology.runs.proposals import read_proposal
    from methodology.runs.verification import judging_project

    if output.suffix != ".html":
        raise DataError(f"{output.name!r} is not a .html file. Name one, e.g. -o changes.html.")
    (title, before, _), (other, after, run) = _proposal(first), _proposal(second)
    if before["system"] != after["system"]:
        raise DataError(
            f"{first} is of {before['system']!r}, {second} of {after['system']!r}: name drafts of one."
        )
    project = judging_project(second)
    for place in (first, second):
        read_proposal(_file(place))
    system = project.system(str(after["system"])).with_calibrated(after.get("covariates") or ())
    sample = _sample(run if run is not None else project.root / "runs" / after["system"] / str(after["run"]))
    plants = None if sample is None else moved_plants(before, after, sample, system)
    write_changes(output, (title, other), changed_values(before, after, system), plants, language=current())
    say(f"Page 网页: {output}")
    say(f"Table 表: {output.with_suffix('.csv')}")


def _file(folder: Path) -> Path:
    from methodology.results.store import DRAFT, PROPOSAL

    return folder / PROPOSAL if (folder / DRAFT).is_file() else folder / "results" / PROPOSAL


def _proposal(folder: Path) -> tuple[str, dict[str, Any], Path | None]:
    """What a folder is called, its proposal, and itself if it is a run."""
    from methodology.indicators.plain_json import read_json
    from methodology.results.store import DRAFT
    from methodology.runs.drafts import read_draft

    content = read_json(_file(folder))
    if (folder / DRAFT).is_file():
        return f"第{read_draft(folder).draft}稿 draft {read_draft(folder).draft}", content, None
    return f"测算 run {folder.resolve().name}", content, folder


def _sample(run: Path) -> Sample | None:
    from methodology.results.results import Results

    found = run / "results" / "sample.parquet"
    return Results(run).load("sample") if found.is_file() and not found.is_symlink() else None
