"""Model the records of a run, of a finished stage and of a draft, strictly."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from methodology.results.received import (
    Inside,
    Moment,
    Name,
    RunId,
    Seconds,
    Sha,
    Shown,
    Strict,
    Word,
    in_two_lines,
    printable,
)

FORMAT = 2
Count = Annotated[int, Field(ge=0, le=10**9)]
Digests = dict[Inside, Sha]


class Record(Strict):
    """
    What is known about a finished stage.

    Attributes
    ----------
    recipe : mapping of label to digest
        See `identity.recipe`.
    inputs, outputs : mapping of file to digest
        Tables read and written, below `results/`.
    notebook : str
        Digest of the executed notebook.
    ended : str
        When it was executed, in ISO 8601, UTC.
    """

    stage: Name
    key: Sha
    recipe: dict[Name, Sha]
    inputs: Digests
    outputs: Digests
    notebook: Sha
    seconds: Seconds
    kernel: Annotated[str, Field(pattern=r"^(cold|forked)$")]
    ended: Moment


class _Stage(Record):
    data: list[Shown]
    reused: bool


class _Code(Strict):
    version: Word
    package: Sha
    making: Sha
    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")] | None
    clean: bool | None


class _Environment(Strict):
    python: Annotated[str, Field(pattern=r"^\d+\.\d+\.\S{1,20}$")]
    implementation: Word
    platform: Word
    machine: Word
    libc: Annotated[str, Field(max_length=60)]
    zlib: Word
    packages: dict[Word, Word]
    cores: Count | None
    lock: Sha | None


class _Seeds(Strict):
    root: Annotated[int, Field(ge=0, lt=2**63)]


class Manifest(Strict):
    """`manifest.json`; that its statements agree with one another is `sealing.contradictions`."""

    format: Literal[2]
    run: RunId
    system: Name
    why: Annotated[str, Field(max_length=5000)]
    created: Moment
    seconds: Seconds
    seeds: _Seeds
    parameters: dict[str, Any]
    code: _Code
    environment: _Environment
    inputs: dict[Shown, Sha | Literal["absent"]]
    notebooks: Digests
    stages: Annotated[list[_Stage], Field(max_length=50)]
    outputs: Digests
    evidence: Digests

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = {
            stage.stage: [n for n in self.notebooks if n.endswith(f"_{stage.stage}.ipynb")]
            for stage in self.stages
        }
        if len(names) != len(self.stages) or any(len(found) != 1 for found in names.values()):
            raise ValueError("not every stage has one notebook")
        if any("/" in name for name in self.notebooks):
            raise ValueError("a notebook stands in a folder")
        places = {"outputs": ("results", "notebooks"), "evidence": ("public", "internal")}
        for part, allowed in places.items():
            strange = [name for name in getattr(self, part) if PurePosixPath(name).parts[0] not in allowed]
            if strange:
                raise ValueError(f"{part} lie outside {' and '.join(allowed)}: {strange[0]}")
        folded = [name.casefold() for name in (*self.outputs, *self.evidence)]
        if len(set(folded)) < len(folded):
            raise ValueError("two files differ in nothing but capitals, so one would overwrite the other")
        return self


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]


class Decision(Strict):
    """A value that a working group decided, who decided it and why."""

    indicator: Name
    level: Literal["I", "II", "III"]
    value: Annotated[float, Field(ge=-1e15, le=1e15)]
    reason: Annotated[str, Field(min_length=5, max_length=1000), AfterValidator(in_two_lines)]
    role: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(in_two_lines)]
    date: Day


class Decisions(Strict):
    """The file of decisions that a working group writes."""

    system: Name
    decisions: Annotated[list[Decision], Field(min_length=1, max_length=300)]


class Pilot(Strict):
    """The file of a pilot 试点: which plants tried the levels, and from which day to which."""

    title: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(printable)]
    first: Day
    last: Day
    plants: Annotated[list[Shown], Field(min_length=1, max_length=2000)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"the last day {self.last} lies before the first, {self.first}")
        return self


class Draft(Strict):
    """`draft.yaml`: what a draft says of itself, with a digest of each of its files."""

    system: Name
    draft: Annotated[int, Field(ge=1, le=9999)]
    run: RunId
    date: Day
    files: Digests
    decisions: tuple[Decision, ...] = Field(default=(), strict=False)
    """Values decided otherwise than the run proposed."""


class Imports(Strict):
    """What modules import, by the digest of their text, as one version of the code found it."""

    made_by: Sha
    seal: Sha
    imports: dict[str, list[str]]


class Kept(Strict):
    """`record.json` of a finished stage, with a digest of the record itself."""

    record: Record
    seal: Sha
