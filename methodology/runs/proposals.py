"""Validate a received proposal.json: the form `evaluate` needs, the system it names, the digest in its record."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from methodology.errors import DataError, Problem, raise_problems
from methodology.indicators import LEVELS, IndicatorSystem
from methodology.indicators.plain_files import read_json
from methodology.results.received import Name, Word, fitted
from methodology.results.store import DRAFT, MANIFEST, read_manifest
from methodology.runs.drafts import read_draft
from methodology.runs.hashing import file_digest

_PRINTED = 0.005
"""By how much weights may miss 1, being printed (A-01)."""
SITE = "site"
"""Folder of the page, which has copies of the documents."""
_ADVICE = "Give the proposal.json of a run or of a draft."
_COMPARED = ("group", "kind", "unit", "direction", "limiting")
_Text = Annotated[str, Field(max_length=2000)]
_Folder = Annotated[str, Field(pattern=r"^([^./\\:\x00-\x1f][^/\\:\x00-\x1f]*)?$", max_length=200)]
"""Name of a run's folder: the id of a run, any one word in the laboratory, empty where nothing was run."""
_Number = Annotated[float, Field(ge=-1e15, le=1e15)]
_Point = Annotated[list[_Number], Field(min_length=2, max_length=2)]


class _Read(BaseModel):
    """What is read of a proposal; the rest is for readers and decides nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)


class _Level(_Read):
    proposed: _Number | None
    calibrated: _Number | None = None
    lower: _Number | None = None
    upper: _Number | None = None
    confidence: _Number | None = None
    attainment: _Number | None = None
    attained: Annotated[int, Field(ge=0)] | None = None
    interval: Word | None = None
    flags: list[_Text] = []


class _Indicator(_Read):
    id: Name
    group: Name
    kind: Word
    unit: _Text
    direction: Word
    limiting: bool
    weight: Annotated[float, Field(ge=0, le=1)]
    n: Annotated[int, Field(ge=0)] = 0
    levels: dict[Literal["I", "II", "III"], _Level]


class _Sample(_Read):
    correction: bool = False


class _Rule(_Read):
    level_one: Literal["system", "limiting", "limiting-and-rest-at-two"] = "system"
    cut: Annotated[float, Field(ge=0, le=100)] = 0.0


class _Choices(_Read):
    sample: _Sample = _Sample()
    evaluation: _Rule = _Rule()


class _Covariate(_Read):
    """How a value moves with a covariate, as `IndicatorSystem.calibrated_record` writes it."""

    id: Name
    target: Annotated[list[Name], Field(min_length=1, max_length=1)]
    attribute: Name
    points: Annotated[list[_Point], Field(min_length=2, max_length=20)]
    unit: _Text
    source: _Text
    status: Word
    reference: _Number
    form: Literal["", "linear", "piecewise"] = ""
    loosest: Annotated[list[_Point], Field(max_length=20)] = []


class Proposal(_Read):
    """The part of a proposal.json that plants are evaluated with."""

    system: Name
    run: _Folder | None = None
    parameters: _Choices = _Choices()
    plants: Annotated[int, Field(ge=0)] | None = None
    joint_plants: dict[Literal["I", "II", "III"], Annotated[int, Field(ge=0)] | None] = {}
    covariates: Annotated[list[_Covariate], Field(max_length=100)] = []
    indicators: Annotated[list[_Indicator], Field(min_length=1, max_length=1000)]


def read_proposal(path: Path) -> Proposal:
    """
    Read a proposal.json that anybody may have written.

    Raises
    ------
    DataError
        If the file is missing or too large, is not a proposal, names an indicator or a key twice, or has weights that
        do not sum to 1.
    """
    if not path.is_file():
        what = f"{path} is a folder, not a file" if path.is_dir() else f"There is no file {path}"
        raise DataError(f"{what}. Give the proposal.json of a run, in its results folder.")
    content = read_json(path.resolve() if path.is_symlink() else path)
    if not isinstance(content, dict) or not {"system", "indicators"} <= set(content):
        raise DataError(f"{path.name} is not a proposal: it has no `system` and `indicators`. {_ADVICE}")
    proposal = fitted(Proposal, content, path.name, _ADVICE)
    raise_problems(
        DataError, f"{path.name} cannot be used to evaluate plants.", _own_faults(proposal, path.name)
    )
    return proposal


def _own_faults(proposal: Proposal, file: str) -> Iterator[Problem]:
    names = [entry.id for entry in proposal.indicators]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(f"indicator {name!r} is listed more than once", file=file)
    total = fsum(entry.weight for entry in proposal.indicators)
    if abs(total - 1) > _PRINTED:
        yield Problem(f"weights sum to {total:.6g}, not to 1", file=file)
    for entry in proposal.indicators:
        absent = [str(level) for level in LEVELS if str(level) not in entry.levels]
        if absent:
            yield Problem(f"{entry.id!r} has no level {', '.join(absent)}", file=file)


def refuse_contradiction(proposal: Proposal, system: IndicatorSystem, file: str) -> None:
    """
    Hold a proposal against the system it names: plants are judged by the system's words.

    Raises
    ------
    DataError
        If it lists other indicators, or states another group, kind, unit, direction or role of one.
    """
    given = {entry.id: entry for entry in proposal.indicators}
    problems = [
        Problem(f"{name!r} is no indicator of {system.id!r}", file=file)
        for name in given
        if name not in system.ids
    ]
    for indicator in system.indicators:
        entry = given.get(indicator.id)
        if entry is None:
            problems.append(Problem(f"{indicator.id!r} is not in it", file=file))
            continue
        problems += [
            Problem(f"{name} of {indicator.id!r} is {stated!r}; the system states {meant!r}", file=file)
            for name in _COMPARED
            if (stated := getattr(entry, name)) != (meant := _stated(indicator, name))
        ]
    for item in proposal.covariates:
        known = {*system.ids, *system.attributes}
        strange = [name for name in (*item.target, item.attribute) if name not in known]
        problems += [
            Problem(f"{name!r}, of a value that moves with a covariate, is unknown", file=file)
            for name in strange
        ]
    raise_problems(DataError, f"The proposal contradicts the system {system.id!r} it was made for.", problems)


def _stated(indicator: Any, name: str) -> Any:
    value = getattr(indicator, name)
    return value if isinstance(value, bool) else str(value)


def vouched_for(path: Path) -> Path | None:
    """
    The run or draft whose record holds the digest of a proposal.

    Returns
    -------
    Path or None
        None where no record stands beside it, so that nothing vouches for its values.

    Raises
    ------
    DataError
        If the run or draft it stands in is not one, does not list it, or recorded another file.
    """
    place = path.resolve()
    above = place.parent.parent if place.parent.name == SITE else place.parent
    for folder in (above, above.parent):
        recorded = _digests(folder)
        if recorded is None:
            continue
        name = place.relative_to(folder).as_posix()
        if recorded.get(name) != file_digest(place):
            what = (
                "has been altered since it was recorded"
                if name in recorded
                else "is not part of what was recorded"
            )
            raise DataError(
                f"{name} in {folder.name!r} {what}, so its values are not those of the run. Make the run again, or "
                "evaluate with a copy that stands elsewhere, for which nothing vouches."
            )
        return folder
    return None


def _digests(folder: Path) -> dict[str, str] | None:
    if (folder / MANIFEST).is_file():
        manifest = read_manifest(folder)
        return {**manifest["outputs"], **manifest["evidence"]}
    if (folder / DRAFT).is_file():
        return read_draft(folder).files
    return None
