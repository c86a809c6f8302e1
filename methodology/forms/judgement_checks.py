"""What a table of judgements must satisfy, wherever it was read: every fault with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from methodology.errors import Problem
from methodology.indicators.judgements import POINTS, ROOT, SCALE, read_ratio
from methodology.pseudonyms import CODE

_ROUNDING = 0.005
_POINTS_SLACK = 0.01
Nodes = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Entry:
    """
    One judgement as it was written.

    Attributes
    ----------
    fields : dict
        Text or number by column.
    file, sheet, row : str, str, int or None
        Where.
    columns : dict
        Name of the column a field stands in, where it is not the field's own (a letter, in a workbook).
    digest : str
        Of a filled form, which results name it by.
    """

    fields: dict[str, object]
    file: str = ""
    sheet: str = ""
    row: int | None = None
    columns: dict[str, str] = field(default_factory=dict)
    digest: str = ""

    def text(self, name: str) -> str:
        """The field without white space; numbers without `.0`."""
        return str(self.fields.get(name, "")).strip().removesuffix(".0")

    def problem(self, name: str, what: str, *, why: str = "", fix: str = "") -> Problem:
        """A fault in one field of this entry."""
        column = self.columns.get(name, name)
        return Problem(what, file=self.file, sheet=self.sheet, row=self.row, column=column, why=why, fix=fix)


def faults_of_names(
    entries: Iterable[Entry], nodes: Nodes, experts: set[str], items: Sequence[str]
) -> list[Problem]:
    """Unknown experts, nodes, and items that do not belong to their node; `items` are the fields that name one."""
    found = []
    for entry in entries:
        expert, node = entry.text("expert"), entry.text("node")
        if not CODE.match(expert):
            found.append(
                entry.problem(
                    "expert",
                    f"{expert!r} is no pseudonym.",
                    fix="Use a code such as E1; names stay with the secretariat.",
                )
            )
        elif expert not in experts:
            found.append(entry.problem("expert", f"expert {expert!r} is not listed in experts.csv."))
        if node not in nodes:
            known = ", ".join([ROOT, *(name for name in nodes if name != ROOT)])
            found.append(entry.problem("node", f"{node!r} is no node.", fix=f"Known: {known}."))
            continue
        found += [
            entry.problem(
                name, f"{entry.text(name)!r} is no item of {node!r}.", fix=f"Known: {', '.join(nodes[node])}."
            )
            for name in items
            if entry.text(name) not in nodes[node]
        ]
    return found


def pairwise_faults(entries: Sequence[Entry], nodes: Nodes) -> list[Problem]:
    """Values off the scale, items compared with themselves or twice, experts whose comparisons do not connect."""
    found: list[Problem] = []
    seen: dict[tuple[str, str, frozenset[str]], Entry] = {}
    edges: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    last: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        value = read_ratio(entry.fields.get("value", ""))
        if not 1 / SCALE - _ROUNDING <= value <= SCALE + _ROUNDING:
            found.append(
                entry.problem(
                    "value",
                    f"{entry.text('value')!r} is no comparison.",
                    fix=f"Write 1 to {SCALE}, or a fraction such as 1/3.",
                )
            )
        a, b = entry.text("a"), entry.text("b")
        if a == b:
            found.append(entry.problem("b", f"{a!r} is compared with itself.", fix="Leave the row out."))
            continue
        asked = (entry.text("expert"), entry.text("node"))
        key = (*asked, frozenset((a, b)))
        if key in seen:
            first = seen[key]
            place = f"row {first.row}" if first.row is not None else "above"
            found.append(
                entry.problem(
                    "b", f"{asked[0]} compares {a!r} and {b!r} twice, first in {place}.", fix="Keep one."
                )
            )
        seen.setdefault(key, entry)
        edges[asked].append((a, b))
        last[asked] = entry
    return found + _unconnected(edges, last, nodes)


def _unconnected(
    edges: Mapping[tuple[str, str], list[tuple[str, str]]],
    last: Mapping[tuple[str, str], Entry],
    nodes: Nodes,
) -> list[Problem]:
    found = []
    for (expert, node), pairs in edges.items():
        items = nodes.get(node, ())
        reached = {items[0]} if items else set()
        grown = True
        while grown:
            more = {end for pair in pairs for end in pair if reached & set(pair)} - reached
            reached, grown = reached | more, bool(more)
        apart = [item for item in items if item not in reached]
        if apart:
            found.append(
                last[(expert, node)].problem(
                    "node",
                    f"{expert} leaves {', '.join(apart)} of {node!r} unconnected with {items[0]}.",
                    why=f"{len(items)} items need at least {len(items) - 1} comparisons that connect them all.",
                    fix="Compare them, directly or by way of others.",
                )
            )
    return found


def budget_faults(entries: Sequence[Entry]) -> list[Problem]:
    """Points that are no number or negative, items given twice, nodes that do not add up to 100."""
    found: list[Problem] = []
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    last: dict[tuple[str, str, str], Entry] = {}
    seen: set[tuple[str, str, str, str]] = set()
    for entry in entries:
        points, turn = number(entry.fields.get("points")), number(entry.fields.get("round"))
        if turn is None or turn < 1 or turn != int(turn):
            found.append(
                entry.problem("round", f"{entry.text('round')!r} is no round.", fix="Write 1, 2, 3, ...")
            )
        if points is None or points < 0:
            found.append(
                entry.problem("points", f"{entry.text('points')!r} are no points.", fix="Write 0 to 100.")
            )
            continue
        asked = (entry.text("expert"), entry.text("round"), entry.text("node"))
        if (*asked, entry.text("item")) in seen:
            found.append(
                entry.problem("item", f"{entry.text('item')!r} is given points twice.", fix="Keep one row.")
            )
        seen.add((*asked, entry.text("item")))
        sums[asked] += points
        last[asked] = entry
    for asked, total in sums.items():
        if abs(total - POINTS) > _POINTS_SLACK:
            expert, of_round, node = asked
            found.append(
                last[asked].problem(
                    "points",
                    f"points of {expert} on {node!r} in round {of_round} add up to {total:g}, not {POINTS}.",
                )
            )
    return found


def best_worst_faults(entries: Sequence[Entry], nodes: Nodes) -> list[Problem]:
    """Comparisons off the scale, more than one best or worst, items left out, ends that contradict each other."""
    found: list[Problem] = []
    sheets: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in ("best_to_other", "other_to_worst"):
            value = number(entry.fields.get(name))
            if value is None or not 1 <= value <= SCALE:
                found.append(
                    entry.problem(name, f"{entry.text(name)!r} is no comparison.", fix=f"Write 1 to {SCALE}.")
                )
        sheets[(entry.text("expert"), entry.text("node"))].append(entry)
    for (expert, node), rows in sheets.items():
        found += _faults_of_sheet(expert, node, rows, nodes.get(node, ()))
    return found


def _faults_of_sheet(expert: str, node: str, rows: list[Entry], items: Sequence[str]) -> list[Problem]:
    given = [row.text("item") for row in rows]
    found = [
        row.problem("item", f"{expert} gives {row.text('item')!r} of {node!r} twice.", fix="Keep one row.")
        for place, row in enumerate(rows)
        if row.text("item") in given[:place]
    ]
    absent = [item for item in items if item not in given]
    if absent:
        found.append(
            rows[-1].problem("item", f"{expert} says nothing about {', '.join(absent)} of {node!r}.")
        )
    ends = {(row.text("best"), row.text("worst")) for row in rows}
    if len(ends) > 1:
        return [
            *found,
            rows[-1].problem("best", f"{expert} names more than one best or worst item of {node!r}."),
        ]
    best, worst = ends.pop()
    if best == worst:
        return [*found, rows[0].problem("worst", f"{expert} calls {best!r} both best and worst of {node!r}.")]
    found += [
        row.problem(name, f"{end!r} is the {word}; compared with itself it is 1, not {row.text(name)!r}.")
        for end, word, name in ((best, "best", "best_to_other"), (worst, "worst", "other_to_worst"))
        for row in rows
        if row.text("item") == end and number(row.fields.get(name)) != 1
    ]
    forth = [row.text("best_to_other") for row in rows if row.text("item") == worst]
    back = [row.text("other_to_worst") for row in rows if row.text("item") == best]
    if forth and back and number(forth[0]) != number(back[0]):
        found.append(
            rows[-1].problem(
                "other_to_worst",
                f"{best} over {worst} is given twice and differently: {forth[0]} and {back[0]}.",
            )
        )
    return found


def expert_faults(entries: Sequence[Entry]) -> list[Problem]:
    """Experts listed twice, or with a weight that is not positive."""
    found: list[Problem] = []
    seen: set[str] = set()
    for entry in entries:
        name = entry.text("expert")
        if not CODE.match(name):
            found.append(entry.problem("expert", f"{name!r} is no pseudonym.", fix="Use a code such as E1."))
        if name in seen:
            found.append(entry.problem("expert", f"expert {name!r} is listed twice.", fix="Keep one row."))
        seen.add(name)
        weight = number(entry.fields.get("weight", "1") or "1")
        if weight is None or weight <= 0:
            found.append(entry.problem("weight", f"{entry.text('weight')!r} is no positive weight."))
    return found


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
