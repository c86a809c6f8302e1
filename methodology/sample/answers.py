"""What one plant answered: entries in the units of the system, each with its cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from methodology.errors import Problem
from methodology.indicators import CellState


@dataclass(frozen=True)
class Answer:
    """One entry: what was read, in the unit of the system, and the cell it stands in."""

    value: float
    state: CellState
    sheet: str
    cell: str


@dataclass
class Answers:
    """What one plant's form says, and what is wrong with it."""

    file: str
    plant: str = ""
    year: int | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Answer] = field(default_factory=dict)
    raw: dict[str, list[Answer | None]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
