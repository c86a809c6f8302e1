"""What a reader learns first: the answer of a run in two sentences, and the warnings of its values, by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from methodology.findings.contents import PROMISES, RunContents
from methodology.findings.promises import NUMERALS
from methodology.indicators import LEVELS, Kind
from methodology.indicators.display import percent
from methodology.proposal.warning import KINDS
from methodology.tables.warning import WARNING_WORDS, values_asked


def verdict(contents: RunContents) -> list[tuple[str, str]]:
    """
    Say what is proposed, under which promise, who reaches it, and what the other promise would give.

    Returns
    -------
    list of (Chinese, English)
        Shares in the order of the levels; the second sentence only where the run carries both promises.
    """
    measured = sum(
        item.kind is not Kind.QUALITATIVE and item.id in contents.by_indicator
        for item in contents.system.indicators
    )
    zh, en = PROMISES.get(contents.promise, (contents.promise,) * 2)
    joint = contents.promise == "joint"
    whom = ("整套标准", "the whole standard") if joint else ("每项指标", "each indicator")
    wanted, reached = _shares(contents.promised), _shares(contents.whole)
    said = [
        (
            f"拟定{measured}项定量指标Ⅰ、Ⅱ、Ⅲ级的基准值，采用{zh}：拟由{wanted[0]}的企业达到{whom[0]}的Ⅰ、Ⅱ、Ⅲ级（及以上）；"
            f"样本中达到整套标准的为{reached[0]}。",
            f"Benchmark values of {measured} indicators at Levels I, II, III under the {en}: {wanted[1]} of plants are "
            f"to reach {whom[1]} at Level I, II, III or better; of the sample {reached[1]} reach the whole standard.",
        )
    ]
    for name, told in (contents.proposal.get("promises") or {}).items():
        if name != contents.promise and told.get("attainment"):
            zh, en = PROMISES.get(name, (name, name))
            other = _shares(told["attainment"])
            said.append(
                (
                    f"若采用{zh}，样本中达到整套标准的为{other[0]}。",
                    f"Under the {en}, {other[1]} of the sample would reach the whole standard.",
                )
            )
    return said


def _shares(shares: Mapping[str, float]) -> tuple[str, str]:
    """Shares at the three levels, as Chinese and English list them; no line ends before a sign."""
    texts = [percent(shares.get(str(level))).replace(" ", "\u00a0") for level in LEVELS]
    return "、".join(texts), ", ".join(texts)


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
