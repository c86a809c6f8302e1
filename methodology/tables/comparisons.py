"""Comparators 对标值, and how proposed values stand to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from methodology.indicators import LEVELS, IndicatorSystem
from methodology.indicators.comparators import Comparator
from methodology.indicators.display import benchmark, label_zh, mark, number, said_known_how, unit_of
from methodology.languages import Words, later, say
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import LIMITING, starred

STANDING = later("proposed values are")
BINDS = later("binds")
NOT_COMPARED = later("shown, not compared")
FINDINGS = (later("stricter"), later("equal"), later("looser"), later("within"))
"""What `methodology.proposal` finds."""


@in_both_languages
def proposal_comparisons(
    proposal: Mapping[str, Any], system: IndicatorSystem, *, repeat: bool = False
) -> Overview:
    """
    Set every proposed value beside its comparators, and say how it stands to them.

    Parameters
    ----------
    proposal : mapping
        As proposal.json.
    system : IndicatorSystem
        Names and steps.
    repeat : bool
        Name the indicator on each of its rows, for sorting and filtering.

    Returns
    -------
    Overview
        One row per indicator and comparator: proposed (of the levels it speaks of), value, unit, basis, proposed
        values are (stricter, equal, looser, within; per level where they differ), binds (levels that may not be
        looser), source with status.
    """
    rows = []
    for entry in proposal["indicators"]:
        indicator = system[entry["id"]]
        for stated in _by_comparator(entry["levels"], indicator.comparators):
            first = next(iter(stated.values()))
            proposed = [benchmark(entry["levels"][level].get("proposed"), indicator) for level in stated]
            rows.append(
                {
                    "indicator": starred(indicator),
                    "comparator": Words(label_zh(first["label"]), first["label"]),
                    "level": _levels(stated) if len(stated) < len(LEVELS) else say("all"),
                    "proposed": " | ".join(proposed),
                    "value": comparator_text(first["value"], first["status"]),
                    "unit": unit_of(indicator) if first["unit"] == indicator.unit else first["unit"],
                    "basis": say(first["basis"]),
                    STANDING: _standing(stated),
                    BINDS: _levels(
                        level for level, item in stated.items() if item.get("relation") == "binds"
                    ),
                    "source": say(
                        "{source} ({status})", source=first["source"], status=said_known_how(first["status"])
                    ),
                }
            )
    columns = [
        "indicator",
        "comparator",
        "level",
        "proposed",
        "value",
        "unit",
        "basis",
        STANDING,
        BINDS,
        "source",
    ]
    return overview(rows, columns, [say(LIMITING)], once=() if repeat else ["indicator"])


def _by_comparator(
    levels: Mapping[str, Any], order: Sequence[Comparator]
) -> list[dict[str, Mapping[str, Any]]]:
    """Each comparator once, in the order of the system, with its entry at every level it speaks of."""
    found: dict[tuple[str, str, str], dict[str, Mapping[str, Any]]] = {}
    for level in map(str, LEVELS):
        for item in levels.get(level, {}).get("comparators", ()):
            key = (item["kind"], item["label"], str(item["value"]))
            found.setdefault(key, {})[level] = item
    labels = [item.label for item in order]
    ranked = sorted(
        found.items(), key=lambda pair: labels.index(pair[0][1]) if pair[0][1] in labels else len(labels)
    )
    return [stated for _, stated in ranked]


def _standing(stated: Mapping[str, Mapping[str, Any]]) -> str:
    findings = {level: item.get("finding") or NOT_COMPARED for level, item in stated.items()}
    if len(set(findings.values())) == 1:
        return say(next(iter(findings.values())))
    return say(", ").join(
        say("{level}: {finding}", level=level, finding=say(word)) for level, word in findings.items()
    )


def _levels(levels: Iterable[str]) -> str:
    return say(", ").join(say("{level}", level=level) for level in levels)


def comparator_text(value: float | Sequence[float], status: str) -> str:
    """
    Value or range of a comparator with the sign of its status.

    Examples
    --------
    >>> comparator_text(361.0, "SEEN-2nd"), comparator_text((20.0, 100.0), "RECALLED_M")
    ('361', '20-100†')
    """
    ends = value if isinstance(value, Sequence) else (value,)
    return "-".join(map(number, ends)) + mark(status)
