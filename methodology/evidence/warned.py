"""Group the warnings of a proposal by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from methodology.evidence.contents import RunContents
from methodology.indicators import Kind
from methodology.proposal import KINDS


@dataclass(frozen=True)
class Warned:
    """
    Warnings of one kind.

    Attributes
    ----------
    head : str
        What they have in common, in both languages, with the count of indicators concerned.
    concerned : tuple of str
        Indicators, each once, in the order of the warnings.
    sentences : sequence of mapping
        The warnings: indicator, level, zh, en.
    """

    head: str
    concerned: tuple[str, ...]
    sentences: Sequence[Mapping[str, Any]]


def warned(contents: RunContents) -> list[Warned]:
    """Warnings of a proposal by kind, the gravest first; none for a document of an older run."""
    found = contents.proposal.get("warnings") or []
    measured = sum(1 for item in contents.system.indicators if item.kind is not Kind.QUALITATIVE)
    made = []
    for kind in dict.fromkeys([*KINDS, *(str(item["kind"]) for item in found)]):
        own = [item for item in found if item["kind"] == kind]
        concerned = tuple(
            dict.fromkeys(name for item in own if (name := item.get("indicator")) in contents.system.ids)
        )
        count = f"：{len(concerned)} / {measured} 指标 indicators" if concerned else ""
        if own:
            en, zh = KINDS.get(kind, (kind, ""))
            made.append(Warned(f"{zh} {en}{count}".strip(), concerned, own))
    return made
