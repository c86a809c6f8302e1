"""Tabulate the warnings of a proposal, and summarise them for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from methodology.indicators import LEVELS, IndicatorSystem, Kind
from methodology.indicators.display import percent, several
from methodology.indicators.words import level_zh
from methodology.languages import Words, say
from methodology.proposal.warning import KINDS
from methodology.tables.overview import Overview, in_both_languages, overview

WARNING_WORDS: dict[str, tuple[str, str]] = {
    "nobody-attains": ("nobody attains it", "无企业达到"),
    "misses-promise": ("attained by fewer plants than promised", "达到的企业少于承诺"),
    "looser-than-in-force": ("looser than what is in force", "宽于现行要求"),
    "end-of-scale": ("at the end of the scale", "位于量程端点"),
    "same-as-next-level": ("same as the next level", "与下一级相同"),
    "reached-by-all": ("reached by all, or nearly all", "几乎所有企业均达到"),
    "wider-by-guard": ("wider because too few plants stand there", "因企业过少而放宽"),
    "rounding-moves-attainment": ("moved by rounding", "因修约而变动"),
    "outside-interval": ("outside the interval beside it", "位于区间之外"),
}
"""What each kind of warning is called."""
MOST = 6
"""Sentences a terminal shows."""
Said = tuple[str, str]


@in_both_languages
def warnings_overview(proposal: Mapping[str, Any], system: IndicatorSystem) -> Overview:
    """
    List what is flagged in a proposal, the gravest first.

    Parameters
    ----------
    proposal : mapping
        As proposal.json.
    system : IndicatorSystem
        Chinese names.

    Returns
    -------
    Overview
        One row per warning: what, level, why. The legend counts each kind.
    """
    found = proposal.get("warnings", [])
    numbers = Counter(item["kind"] for item in found)
    values = values_asked({item.id: str(item.kind) for item in system.indicators}, found)
    rows = [
        {
            "what": say("{kind} ({number})", kind=_kind(item["kind"]), number=numbers[item["kind"]]),
            "level": item["level"],
            "why": Words(item["zh"], item["en"]),
        }
        for item in found
    ]
    counts = say("; ").join(
        say("{number} {kind}", number=numbers[kind], kind=_kind(kind)) for kind in KINDS if numbers[kind]
    )
    legend = (
        say("of {values} proposed values: {counts}", values=values, counts=counts)
        if rows
        else say("nothing is flagged")
    )
    return overview(rows, ["what", "level", "why"], [legend], once=["what"])


def _kind(kind: str) -> Words:
    english, chinese = WARNING_WORDS[kind]
    return Words(chinese, english)


def values_asked(kinds: Mapping[str, str], found: Iterable[Mapping[str, Any]]) -> int:
    """
    Count the values that warnings were looked for in: those of described indicators where one of them is among these.

    Parameters
    ----------
    kinds : mapping
        Kind of every indicator, by id.
    found : iterable of mapping
        Warnings, each with its indicator, if it concerns one.
    """
    described = {name for name, kind in kinds.items() if kind == str(Kind.QUALITATIVE)}
    concerned = described.intersection(str(item.get("indicator")) for item in found)
    return len(LEVELS) * (len(kinds) - (0 if concerned else len(described)))


def summary_sentences(proposal: Mapping[str, Any]) -> list[Said]:
    """
    The sentences to read before the values, the gravest first.

    Parameters
    ----------
    proposal : mapping
        As proposal.json.

    Returns
    -------
    list of (English, Chinese)
        At most `MOST`; empty if nothing surprises.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in proposal.get("warnings", ()):
        found.setdefault(item["kind"], []).append(item)
    said = [
        *_nobody(proposal, found.get("nobody-attains", [])),
        *_missed(proposal, found.get("misses-promise", [])),
        *_widened(proposal, found.get("wider-by-guard", [])),
        *_untold(proposal, found.get("same-as-next-level", [])),
        *(
            _counted(proposal, kind, found[kind])
            for kind in ("looser-than-in-force", "end-of-scale", "reached-by-all")
            if kind in found
        ),
        *_moved(found.get("rounding-moves-attainment", []), found.get("outside-interval", [])),
    ]
    return said[:MOST]


def _nobody(proposal: Mapping[str, Any], found: list[Mapping[str, Any]]) -> list[Said]:
    """The loosest level that nobody attains; those above it follow."""
    if not found:
        return []
    if len(found) == len(LEVELS) and proposal["promise"] == "marginal":
        return [
            (
                "No plant reaches any level; --set thresholds.promise=joint calibrates the whole standard.",
                "没有一家企业达到任何一级；改用整体承诺（--set thresholds.promise=joint）即按整套标准测算。",
            )
        ]
    return [(found[-1]["en"], found[-1]["zh"])]


def _missed(proposal: Mapping[str, Any], found: list[Mapping[str, Any]]) -> list[Said]:
    """The level that misses its promise by most."""
    return [
        (item["en"], item["zh"])
        for item in sorted(found, key=lambda item: float(proposal["missed_by"][item["level"]]))[:1]
    ]


def _widened(proposal: Mapping[str, Any], found: list[Mapping[str, Any]]) -> list[Said]:
    out = []
    for level in dict.fromkeys(item["level"] for item in found):
        own = [
            entry["levels"][level]["attainment"]
            for entry in proposal["indicators"]
            if any(item["indicator"] == entry["id"] and item["level"] == level for item in found)
        ]
        reached = percent(sorted(own)[len(own) // 2])
        meant, zh_meant = "", ""
        if proposal["promise"] == "marginal":  # the joint one promises nothing of an indicator alone
            wanted = percent(proposal["targets"].get(level))
            meant, zh_meant = f" instead of {wanted}", f"而非{wanted}"
        minimum = (proposal.get("parameters") or {}).get("proposal", {}).get("disclosure_minimum", "too few")
        few, zh_few = (
            (f"fewer than {minimum}", f"不足{minimum}家") if minimum != "too few" else ("too few", "过少")
        )
        out.append(
            (
                f"Level {level} of {several(len(own), 'indicator')} is reached by {reached}{meant} of "
                f"the plants, because {few} plants stand there.",
                f"{len(own)}项指标的{level_zh(level)}由{reached}{zh_meant}的企业达到，因为处于该水平的企业{zh_few}。",
            )
        )
    return out


def _untold(proposal: Mapping[str, Any], found: list[Mapping[str, Any]]) -> list[Said]:
    values = sum(entry["kind"] == str(Kind.QUANTITATIVE) for entry in proposal["indicators"])
    out = []
    for level in dict.fromkeys(item["level"] for item in found):
        own = [item for item in found if item["level"] == level]
        looser = str(LEVELS[[str(name) for name in LEVELS].index(level) + 1])
        _, _, en = own[0]["en"].partition("told apart")
        _, _, zh = own[0]["zh"].partition("无法区分")
        out.append(
            (
                f"Level {level} has the value of level {looser} for {len(own)} of {values} indicators{en}",
                f"{values}项指标中{len(own)}项的{level_zh(level)}与{level_zh(looser)}取同一值{zh}",
            )
        )
    return out


def _counted(proposal: Mapping[str, Any], kind: str, found: list[Mapping[str, Any]]) -> Said:
    values = values_asked({entry["id"]: entry["kind"] for entry in proposal["indicators"]}, found)
    en, zh = WARNING_WORDS[kind]
    return (
        f"{len(found)} of {values} values {'is' if len(found) == 1 else 'are'} {en}, e.g. {found[0]['en']}",
        f"{values}个数值中{len(found)}个{zh}，例如{found[0]['zh']}",
    )


def _moved(rounded: list[Mapping[str, Any]], outside: list[Mapping[str, Any]]) -> list[Said]:
    parts = [
        (
            f"rounding moves how many plants reach {len(rounded)} of the values",
            f"修约改变了{len(rounded)}个数值的达标企业数",
        ),
        (
            several(
                len(outside),
                "value lies outside the interval of its calibrated value",
                "values lie outside the interval of their calibrated value",
            ),
            f"{len(outside)}个数值位于其测算值的区间之外",
        ),
    ]
    told = [part for part, found in zip(parts, (rounded, outside), strict=True) if found]
    if not told:
        return []
    en, zh = "; ".join(part for part, _ in told), "；".join(part for _, part in told)
    return [(f"{en[0].upper()}{en[1:]}; the proposal names each.", f"{zh}，拟定值一节逐一列出。")]
