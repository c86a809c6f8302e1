"""What a reader must know before the values: the warnings of a proposal, by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from methodology.findings.contents import RunContents
from methodology.findings.promises import NUMERALS
from methodology.proposal.warning import KINDS
from methodology.tables.warning import WARNING_WORDS, values_asked


@dataclass(frozen=True)
class Warned:
    """
    Warnings of one kind.

    Attributes
    ----------
    zh, en : str
        What they have in common, with the count of values concerned, in all and by level.
    concerned : tuple of str
        Indicators, each once, in the order of the warnings.
    sentences : sequence of mapping
        The warnings: indicator, level, zh, en.
    """

    zh: str
    en: str
    concerned: tuple[str, ...]
    sentences: Sequence[Mapping[str, Any]]

    @property
    def head(self) -> str:
        """Both languages on one line."""
        return f"{self.zh} {self.en}"


def warned(contents: RunContents) -> list[Warned]:
    """Warnings of a proposal by kind, the gravest first; none for a document of an older run."""
    found = contents.proposal.get("warnings") or []
    made = []
    for kind in dict.fromkeys([*KINDS, *(str(item["kind"]) for item in found)]):
        own = [item for item in found if item["kind"] == kind]
        concerned = tuple(
            dict.fromkeys(name for item in own if (name := item.get("indicator")) in contents.system.ids)
        )
        if own:
            made.append(Warned(*_head(contents, kind, own, concerned), concerned, own))
    return made


def _head(
    contents: RunContents, kind: str, own: Sequence[Mapping[str, Any]], concerned: Sequence[str]
) -> tuple[str, str]:
    """One kind in Chinese and in English: how many values of how many, and at which levels."""
    en, zh = WARNING_WORDS.get(kind, (kind, kind))
    if not concerned:
        levels = [str(item.get("level", "")) for item in own]
        return (
            f"整套标准{'、'.join(NUMERALS.get(level, level) for level in levels)}级：{zh}",
            f"Level {', '.join(levels)} of the whole standard: {en}",
        )
    kinds = {item.id: str(item.kind) for item in contents.system.indicators}
    values, at = values_asked(kinds, own), Counter(str(item.get("level", "")) for item in own)
    levels_zh = "、".join(f"{NUMERALS[level]}级{at[level]}个" for level in NUMERALS if at[level])
    levels_en = ", ".join(f"{at[level]} at Level {level}" for level in NUMERALS if at[level])
    return (
        f"{values}个数值中{len(own)}个{zh}（{levels_zh}）",
        f"{len(own)} of {values} values: {en} ({levels_en})",
    )
