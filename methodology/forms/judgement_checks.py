"""What a table of judgements must satisfy, wherever it was read: every fault with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from methodology.errors import Problem
from methodology.indicators.judgements import POINTS, ROOT, SCALE, read_ratio
from methodology.pseudonyms import CODE

_ROUNDING = 0.005
_POINTS_SLACK = 0.01
Nodes = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Entry:
    """One judgement as it was written: text or number by column, and where it stands."""

    fields: dict[str, object]
    file: str = ""
    sheet: str = ""
    row: int | None = None
    columns: dict[str, str] = field(default_factory=dict)
    """Name of the column a field stands in, where it is not the field's own (a letter, in a workbook)."""
    digest: str = ""
    """Of a filled form, which results name it by."""

    def text(self, name: str) -> str:
        """The field without white space; numbers without `.0`."""
        return str(self.fields.get(name, "")).strip().removesuffix(".0")

    def problem(self, name: str, what: str, *, why: str = "", fix: str = "") -> Problem:
        """A fault in one field of this entry."""
        column = self.columns.get(name, name)
        return Problem(what, file=self.file, sheet=self.sheet, row=self.row, column=column, why=why, fix=fix)


def faults_of_names(
    entries: Iterable[Entry], nodes: Nodes, experts: set[str], items: Sequence[str]
) -> Iterator[Problem]:
    """Unknown experts, nodes, and items that do not belong to their node; `items` are the fields that name one."""
    for entry in entries:
        expert, node = entry.text("expert"), entry.text("node")
        if not CODE.match(expert):
            fix = "Use a code such as E1; names stay with the secretariat."
            yield entry.problem("expert", f"{expert!r} is no pseudonym.", fix=fix)
        elif expert not in experts:
            yield entry.problem("expert", f"expert {expert!r} is not listed in experts.csv.")
        if node not in nodes:
            known = ", ".join([ROOT, *(name for name in nodes if name != ROOT)])
            yield entry.problem("node", f"{node!r} is no node.", fix=f"Known: {known}.")
            continue
        fix = f"Known: {', '.join(nodes[node])}."
        for name in (name for name in items if entry.text(name) not in nodes[node]):
            yield entry.problem(name, f"{entry.text(name)!r} is no item of {node!r}.", fix=fix)


def pairwise_faults(entries: Sequence[Entry], nodes: Nodes) -> Iterator[Problem]:
    """Values off the scale, items compared with themselves or twice, experts whose comparisons do not connect."""
    seen: dict[tuple[str, str, frozenset[str]], Entry] = {}
    edges: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    last: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        value = read_ratio(entry.fields.get("value", ""))
        if not 1 / SCALE - _ROUNDING <= value <= SCALE + _ROUNDING:
            fix = f"Write 1 to {SCALE}, or a fraction such as 1/3."
            yield entry.problem("value", f"{entry.text('value')!r} is no comparison.", fix=fix)
        a, b = entry.text("a"), entry.text("b")
        if a == b:
            yield entry.problem("b", f"{a!r} is compared with itself.", fix="Leave the row out.")
            continue
        asked = (entry.text("expert"), entry.text("node"))
        key = (*asked, frozenset((a, b)))
        if key in seen:
            first = seen[key]
            place = f"row {first.row}" if first.row is not None else "above"
            what = f"{asked[0]} compares {a!r} and {b!r} twice, first in {place}."
            yield entry.problem("b", what, fix="Keep one.")
        seen.setdefault(key, entry)
        edges[asked].append((a, b))
        last[asked] = entry
    for (expert, node), pairs in edges.items():
        items = nodes.get(node, ())
        reached = _connected(pairs, items[:1])
        apart = [item for item in items if item not in reached]
        if apart:
            what = f"{expert} leaves {', '.join(apart)} of {node!r} unconnected with {items[0]}."
            why = f"{len(items)} items need at least {len(items) - 1} comparisons that connect them all."
            fix = "Compare them, directly or by way of others."
            yield last[expert, node].problem("node", what, why=why, fix=fix)


def _connected(pairs: Sequence[tuple[str, str]], first: Sequence[str]) -> set[str]:
    """Items that pairs lead to from a first one, directly or by way of others."""
    reached: set[str] = set()
    more = set(first)
    while more:
        reached |= more
        more = {end for pair in pairs for end in pair if reached & set(pair)} - reached
    return reached


def budget_faults(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Points that are no number or negative, items given twice, nodes that do not add up to 100."""
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    last: dict[tuple[str, str, str], Entry] = {}
    seen: set[tuple[str, str, str, str]] = set()
    for entry in entries:
        points, turn = number(entry.fields.get("points")), number(entry.fields.get("round"))
        if turn is None or turn < 1 or turn != int(turn):
            yield entry.problem("round", f"{entry.text('round')!r} is no round.", fix="Write 1, 2, 3, ...")
        if points is None or points < 0:
            yield entry.problem("points", f"{entry.text('points')!r} are no points.", fix="Write 0 to 100.")
            continue
        asked = (entry.text("expert"), entry.text("round"), entry.text("node"))
        if (*asked, entry.text("item")) in seen:
            yield entry.problem("item", f"{entry.text('item')!r} is given points twice.", fix="Keep one row.")
        seen.add((*asked, entry.text("item")))
        sums[asked] += points
        last[asked] = entry
    for asked, total in sums.items():
        if abs(total - POINTS) > _POINTS_SLACK:
            expert, of_round, node = asked
            what = f"points of {expert} on {node!r} in round {of_round} add up to {total:g}, not {POINTS}."
            yield last[asked].problem("points", what)


def best_worst_faults(entries: Sequence[Entry], nodes: Nodes) -> Iterator[Problem]:
    """Comparisons off the scale, more than one best or worst, items left out, ends that contradict each other."""
    sheets: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in ("best_to_other", "other_to_worst"):
            value = number(entry.fields.get(name))
            if value is None or not 1 <= value <= SCALE:
                fix = f"Write 1 to {SCALE}."
                yield entry.problem(name, f"{entry.text(name)!r} is no comparison.", fix=fix)
        sheets[(entry.text("expert"), entry.text("node"))].append(entry)
    for (expert, node), rows in sheets.items():
        yield from _faults_of_sheet(expert, node, rows, nodes.get(node, ()))


def _faults_of_sheet(
    expert: str, node: str, rows: Sequence[Entry], items: Sequence[str]
) -> Iterator[Problem]:
    given = [row.text("item") for row in rows]
    for place, row in enumerate(rows):
        if given[place] in given[:place]:
            what = f"{expert} gives {given[place]!r} of {node!r} twice."
            yield row.problem("item", what, fix="Keep one row.")
    absent = [item for item in items if item not in given]
    if absent:
        yield rows[-1].problem("item", f"{expert} says nothing about {', '.join(absent)} of {node!r}.")
    ends = {(row.text("best"), row.text("worst")) for row in rows}
    if len(ends) > 1:
        yield rows[-1].problem("best", f"{expert} names more than one best or worst item of {node!r}.")
        return
    best, worst = ends.pop()
    if best == worst:
        yield rows[0].problem("worst", f"{expert} calls {best!r} both best and worst of {node!r}.")
        return
    for end, word, name in ((best, "best", "best_to_other"), (worst, "worst", "other_to_worst")):
        for row in rows:
            if row.text("item") == end and number(row.fields.get(name)) != 1:
                said = f"compared with itself it is 1, not {row.text(name)!r}."
                yield row.problem(name, f"{end!r} is the {word}; {said}")
    forth = [row.text("best_to_other") for row in rows if row.text("item") == worst]
    back = [row.text("other_to_worst") for row in rows if row.text("item") == best]
    if forth and back and number(forth[0]) != number(back[0]):
        what = f"{best} over {worst} is given twice and differently: {forth[0]} and {back[0]}."
        yield rows[-1].problem("other_to_worst", what)


def expert_faults(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Experts listed twice, or with a weight that is not positive."""
    seen: set[str] = set()
    for entry in entries:
        name = entry.text("expert")
        if not CODE.match(name):
            yield entry.problem("expert", f"{name!r} is no pseudonym.", fix="Use a code such as E1.")
        if name in seen:
            yield entry.problem("expert", f"expert {name!r} is listed twice.", fix="Keep one row.")
        seen.add(name)
        weight = number(entry.fields.get("weight", "1") or "1")
        if weight is None or weight <= 0:
            yield entry.problem("weight", f"{entry.text('weight')!r} is no positive weight.")


def number(cell: object) -> float | None:
    """A finite number, or None."""
    if isinstance(cell, bool):
        return None
    try:
        value = float(str(cell).strip())
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def on_scale(cell: object) -> float:
    """A comparison, with the rounding of a printed fraction taken back: 0.333 is 1/3."""
    value = read_ratio(cell)
    if value >= 1:
        return value
    whole = round(1 / value)
    return 1 / whole if abs(value - 1 / whole) <= _ROUNDING else value
