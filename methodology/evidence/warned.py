"""What a reader must know before the values: the warnings of a proposal, by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from methodology.evidence.contents import RunContents
from methodology.indicators import Kind

KINDS = {
    "nobody-attains": ("没有企业达到", "no plant attains it"),
    "looser-than-in-force": ("宽于现行值", "looser than in force"),
    "end-of-scale": ("位于量程端点", "at the end of the scale"),
    "same-as-next-level": ("与下一级相同", "the same as the next level"),
    "reached-by-all": ("所有企业均达到", "reached by every plant"),
    "wider-by-guard": ("因披露保护放宽", "widened by the disclosure guard"),
    "rounding-moves-attainment": ("修约改变达标率", "rounding moves the attainment"),
    "outside-interval": ("位于区间之外", "outside its interval"),
}
"""Kinds of warnings in words, the gravest first."""


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
            made.append(Warned(" ".join(KINDS.get(kind, (kind,))) + count, concerned, own))
    return made
