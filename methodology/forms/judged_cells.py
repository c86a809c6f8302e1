"""From which cell each judgement came: what the page of a group or of an expert leads back to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from methodology.forms.judgement_checks import Entry, number, on_scale
from methodology.indicators.judgements import JUDGED_COLUMNS

_NAMED = re.compile(r"[a-z-]+( [A-Z]{1,3}-?\d{1,5})?")
"""A sheet as the form names it: its kind, and the code of the expert."""
Row = tuple[object, ...]


def judged_cells(
    pairwise: Sequence[Entry], best_worst: Sequence[Entry], budget: Sequence[Entry], experts: Sequence[Entry]
) -> pd.DataFrame:
    """
    List the cells that sound judgements were read from; see `Judgements.origins`.

    Notes
    -----
    No name of a person is taken over (A-41): a form is told by its digest, and of a sheet that is called otherwise
    than the form calls it only the kind is kept.
    """
    rows = [
        *(_cell(e, "pairwise", ("a", "b"), "value", on_scale(e.fields["value"])) for e in pairwise),
        *(row for e in best_worst for row in _ends(e)),
        *(_cell(e, "budget", ("item", ""), "points", number(e.fields["points"])) for e in budget),
        *(_cell(e, "weight", ("", ""), "weight", number(e.fields["weight"])) for e in experts if _counts(e)),
    ]
    return pd.DataFrame(rows, columns=list(JUDGED_COLUMNS))


def _counts(entry: Entry) -> bool:
    """Whether somebody wrote down how much the expert counts; a form does not ask."""
    return not entry.sheet and bool(entry.text("weight"))


def _ends(entry: Entry) -> Iterator[Row]:
    """The best item over this one, and this one over the worst."""
    forth, back = (number(entry.fields[name]) for name in ("best_to_other", "other_to_worst"))
    yield _cell(entry, "best-worst", ("best", "item"), "best_to_other", forth)
    yield _cell(entry, "best-worst", ("item", "worst"), "other_to_worst", back)


def _cell(entry: Entry, asked: str, of: tuple[str, str], read: str, value: float | None) -> Row:
    items = [entry.text(name) if name else "" for name in of]
    turn = int(number(entry.fields.get("round")) or 0)
    place = (entry.digest or entry.file, _sheet(entry.sheet), entry.row, entry.columns.get(read, read))
    return (entry.text("expert"), asked, turn, entry.text("node"), *items, value, *place)


def _sheet(name: str) -> str:
    return name if not name or _NAMED.fullmatch(name) else f"{name.split(' ')[0]} …"
