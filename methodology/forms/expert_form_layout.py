"""Where everything stands on the expert form: one plan for the room that writes it and the room that reads it."""

from __future__ import annotations

from dataclasses import dataclass

from methodology.indicators import IndicatorSystem
from methodology.indicators.judgements import nodes_of

PAIRWISE, BUDGET, BEST_WORST, FEEDBACK = "pairwise", "budget", "best-worst", "feedback"
"""Sheets of one expert; with several experts in one file each name is followed by a space and the code."""

TITLE_ROW, CODE_ROW, FIELD_ROW = 0, 2, 3
ROUND_ROW = 2
ANSWER_COLUMN = 1
"""Column of the expert's code and field on the pairwise sheet, and of the round on the budget sheet."""
NAME_COLUMN, ID_COLUMN, FIRST_COLUMN = 0, 1, 2
"""Names, ids and the first answer of every block."""
_FIRST_BLOCK = 5


@dataclass(frozen=True)
class Block:
    """The answers on one node, on one sheet; rows and columns count from 0."""

    node: str
    """`groups` or the id of a group."""
    items: tuple[str, ...]
    """In the order of the standard."""
    title: int
    """Row of the node's title and id."""
    first: int
    """Row of the first item; the others follow."""

    @property
    def last(self) -> int:
        """Row of the last item."""
        return self.first + len(self.items) - 1


def blocks(system: IndicatorSystem, sheet: str) -> tuple[Block, ...]:
    """
    The blocks of one kind of sheet from top to bottom: nodes of two items or more.

    A best-worst block has two rows for the best and the worst item above its items.
    """
    above = 4 if sheet == BEST_WORST else 2
    found, row = [], _FIRST_BLOCK
    for node, items in nodes_of(system).items():
        if len(items) < 2:
            continue
        found.append(Block(node, items, title=row, first=row + above))
        row += above + len(items) + 3
    return tuple(found)


def sheet_name(kind: str, expert: str, *, alone: bool) -> str:
    """Name of an expert's sheet; the code is left out where the file holds one expert only."""
    return kind if alone else f"{kind} {expert}"
