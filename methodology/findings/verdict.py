"""The answer of a run in two sentences: what is proposed and reached, and what the other promise would give."""

from __future__ import annotations

from collections.abc import Mapping

from methodology.findings.contents import PROMISES, RunContents
from methodology.indicators import LEVELS, Kind
from methodology.indicators.display import percent


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
