"""The answer of a run in two sentences: what is proposed and reached, and what the other promise would give."""

from __future__ import annotations

import math
from collections.abc import Mapping

from methodology.evidence.contents import PROMISES, RunContents
from methodology.indicators import LEVELS, Kind
from methodology.tables import shares_text


def verdict(contents: RunContents) -> list[tuple[str, str]]:
    """
    Say what is proposed, under which promise, who reaches it, and what the other promise would give.

    Returns
    -------
    list of (Chinese, English)
        Levels in the order Ⅰ | Ⅱ | Ⅲ; the second sentence only where the run carries both promises.
    """
    measured = sum(
        item.kind is not Kind.QUALITATIVE and item.id in contents.by_indicator
        for item in contents.system.indicators
    )
    zh, en = PROMISES.get(contents.promise, (contents.promise,) * 2)
    wanted, reached = _shares(contents.promised), _shares(contents.whole)
    whom = (
        ("整套标准", "the whole standard") if contents.promise == "joint" else ("每项指标", "each indicator")
    )
    said = [
        (
            f"拟定{measured}项定量指标Ⅰ | Ⅱ | Ⅲ级的基准值，采用{zh}：{whom[0]}拟由{wanted}的企业达到，"
            f"样本中有{reached}达到整套标准。",
            f"Benchmark values I | II | III of {measured} indicators, under the {en}: {wanted} of plants are to reach "
            f"{whom[1]}; {reached} of the sample reach the whole standard.",
        )
    ]
    for name, told in (contents.proposal.get("promises") or {}).items():
        if name != contents.promise and told.get("attainment"):
            zh, en = PROMISES.get(name, (name, name))
            other = _shares(told["attainment"])
            said.append(
                (
                    f"若采用{zh}，样本中有{other}达到整套标准。",
                    f"Under the {en}, {other} of the sample would reach the whole standard.",
                )
            )
    return said


def _shares(shares: Mapping[str, float]) -> str:
    """Shares at the three levels, never torn apart at the end of a line."""
    return shares_text(shares.get(str(level), math.nan) for level in LEVELS).replace(" ", "\u00a0")
