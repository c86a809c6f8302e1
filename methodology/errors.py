"""Every error the workbench raises on purpose.

A message says what (with the value), where, why the rule exists and what to do. `exit_code` is what the
command line returns: 2 when the input is at fault, 1 when a stage failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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
        return f"{place}{self.what}{' ' + tail if tail else ''}"


class WorkbenchError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 2

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        self.problems = tuple(problems)
        bullets = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"{message}{bullets}")


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
