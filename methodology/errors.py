"""Every error the workbench raises on purpose.

A message says what (with the value), where, why the rule exists and what to do. `exit_code` is what the
command line returns: 2 when the input is at fault, 1 when a stage failed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

MOST_OF_A_KIND = 100
"""Faults that differ in their values only and are listed one by one; the rest is counted."""
MOST_LISTED = 1_000
"""Faults that are listed at all."""
_COMPARED = 200
"""Characters of a sentence that tell its kind."""
_ENDS = (*".:;!?。：；！？", "")
_VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d.,]*")


def harmless(text: str, *, keep: str = "") -> str:
    r"""
    Write signs that steer a terminal, turn a line around or cannot be encoded as what they are.

    Parameters
    ----------
    text : str
        Of anybody: names of files and cells hold whatever their maker likes.
    keep : str
        Signs that stay nevertheless, e.g. line breaks of a message.

    Examples
    --------
    >>> print(harmless("a\x1b[31m 高炉\n"))
    a\x1b[31m 高炉\n
    """
    return "".join(
        sign.encode("unicode_escape").decode("ascii") if _steers(sign) and sign not in keep else sign
        for sign in text
    )


def _steers(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind[0] == "C" or kind in ("Zl", "Zp")


@dataclass(frozen=True)
class Problem:
    """One fault of an input, precise enough to be found and mended."""

    what: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    plant: str = ""
    key: str = ""
    line: int | None = None
    why: str = ""
    fix: str = ""

    @property
    def where(self) -> str:
        """Place of the fault, e.g. `plants.csv, row 7, column 'process_energy', plant 'P06'`."""
        parts = [
            self.file,
            f"sheet {self.sheet!r}" if self.sheet else "",
            f"row {self.row}" if self.row is not None else "",
            f"column {self.column!r}" if self.column else "",
            f"plant {self.plant!r}" if self.plant else "",
            f"line {self.line}" if self.line is not None else "",
            self.key,
        ]
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        tail = " ".join(part for part in (self.why, self.fix) if part)
        stop = "." if tail and self.what[-1:] not in _ENDS else ""
        return f"{place}{self.what}{stop}{' ' + tail if tail else ''}"


def listed(problems: Iterable[Problem]) -> list[str]:
    """
    Word the problems of an input, at most 100 of a kind, with how many more there are.

    Notes
    -----
    Of one kind are sentences that differ in quoted values and numbers only, wherever they stand.
    """
    found = list(problems)
    lines: list[str] = []
    kinds: Counter[str] = Counter()
    for what, alike in groupby(found, key=lambda problem: problem.what):
        kind = _VALUES.sub("…", what[:_COMPARED])
        for problem in alike:
            kinds[kind] += 1
            if kinds[kind] <= MOST_OF_A_KIND and len(lines) < MOST_LISTED:
                lines.append(str(problem))
    left = len(found) - len(lines)
    if left:
        kind, count = kinds.most_common(1)[0]
        more = f" ({count:,} in all read like: {kind})" if count > MOST_OF_A_KIND else ""
        lines.append(f"{left:,} more faults are not listed{more}. 另有 {left:,} 处问题未列出。")
    return lines


def kind_of(what: str) -> str:
    """What sentences that differ in quoted values and numbers only have in common."""
    return _VALUES.sub("…", what[:_COMPARED])


class WorkbenchError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 2

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        self.problems = tuple(problems)
        bullets = "".join(f"\n  - {problem}" for problem in listed(self.problems))
        super().__init__(f"{message}{bullets}")

    @property
    def faults(self) -> list[Problem]:
        """Its problems, or its message as the only one."""
        return list(self.problems) or [Problem(str(self))]

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the message is meant for whoever made the mistake."""
        said = "\n".join([f"{type(self).__name__}: {self}", *getattr(self, "__notes__", ())])
        return [harmless(said, keep="\n")]


class DataError(WorkbenchError, ValueError):
    """A table of plants, or a value in it, is at fault."""


class UnitError(DataError):
    """A unit is unknown, or two units are not of one kind."""


class JudgementError(WorkbenchError, ValueError):
    """An expert's judgement matrix, score sheet or form is at fault."""


class SystemDefinitionError(WorkbenchError, ValueError):
    """An indicator system contradicts itself."""


class ParameterError(WorkbenchError, ValueError):
    """A choice of the run is unknown, of the wrong type or out of range."""


class MethodError(WorkbenchError, ValueError):
    """A method cannot be applied to what it was given."""


class StageError(WorkbenchError, RuntimeError):
    """A stage of a run failed; the message names the notebook, the cell and the saved copy."""

    exit_code = 1


def raise_problems(kind: type[WorkbenchError], message: str, problems: Iterable[Problem]) -> None:
    """Raise `kind` with all `problems` at once, or return if there are none."""
    found = list(problems)
    if found:
        raise kind(message, found)
