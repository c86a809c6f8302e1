"""Comparators 对标值 as rows of texts in both languages: the same on the pages, in Word and in the workbook."""

from __future__ import annotations

import re

from methodology.findings.contents import RunContents
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import known_in_both, label_zh
from methodology.languages import NUMERALS, Words, by_line, later, short_title
from methodology.tables import proposal_comparisons

HEADER = (
    *("指标\nindicator", "对标项\ncomparator", "级\nlevel", "拟定值\nproposed", "对标值\nvalue"),
    *("拟定值相比\nproposed values are", "统计口径\nbasis", "来源\nsource"),
)
STANDINGS = {
    "shown, not compared": "仅列出，不作比较",
    "stricter": "更严",
    "equal": "相同",
    "looser": "更宽",
    "within": "在其范围内",
}
BASES = (
    later("annual"),
    later("hourly (sampling) mean"),
    later("statistical period, normally one year; base value BEFORE corrections"),
    later("daily mean"),
    later("hourly mean; at least 95 % of hours compliant"),
    later("mean of three test runs"),
    later("limit at any time, manual sampling"),
    later("mean of samples"),
    later("mean of at least 3 samples"),
    later("monthly, basis discharge"),
    later("hourly mean"),
    later("6-8 h sample, steady state"),
    later("6-8 h sample"),
)
"""Statistical bases of comparators, as the systems state them."""
_LEVEL = re.compile(r"\bI{1,3}\b")
_STANDING = re.compile("|".join(map(re.escape, STANDINGS)))


def compared(contents: RunContents, indicator: str = "") -> list[list[str]]:
    """
    Set proposed values beside their comparators, one row per comparator, with the cells of `HEADER`.

    Parameters
    ----------
    contents : RunContents
        Of either set.
    indicator : str
        The only one to be compared; all of them when empty.
    """
    rows = []
    for entry in contents.proposal["indicators"]:
        if indicator not in ("", entry["id"]):
            continue
        item = contents.system[entry["id"]]
        name = f"{item.name_zh}{'*' if item.limiting else ''} {item.name_en}"
        table = proposal_comparisons({**contents.proposal, "indicators": [entry]}, contents.system)
        rows += [[name, *_cells(row)] for row in table.reset_index().to_dict("records")]
    return rows


def source_in_words(contents: RunContents, source: str, year: str = "") -> tuple[str, Words, Words]:
    """Key of a source, what it is called, and the year of its edition with how it is known."""
    key, _, how = source.partition(" ")
    titled = contents.system.sources.get(key)
    title = by_line(titled.title) if titled else Words(key, key)
    known = known_in_both(how.strip("()"))
    behind = Words(f"{'，' * bool(year)}{year}（{known.zh}）", f"{', ' * bool(year)}{year} ({known.en})")
    return key, Words(short_title(title.zh), short_title(title.en)), behind


def with_titles(system: IndicatorSystem, text: str, language: int) -> str:
    """A text in Chinese (0) or English (1) with the titles of sources in place of their keys."""
    keys = "|".join(map(re.escape, sorted(system.sources, key=len, reverse=True))) or "(?!)"
    return re.sub(
        rf"(?<![A-Za-z0-9_-])(?:{keys})(?![A-Za-z0-9_-])",
        lambda found: short_title(by_line(system.sources[found[0]].title)[language]),
        text,
    )


def _standing(told: str) -> str:
    """
    How values compare, in both languages; level by level where levels differ.

    Examples
    --------
    >>> _standing("I: stricter, II: looser")
    'Ⅰ级更严，Ⅱ级更宽 I: stricter, II: looser'
    """
    zh = _STANDING.sub(lambda found: STANDINGS[found[0]], told)
    return f"{_in_numerals(zh).replace(': ', '级').replace(', ', '，')} {told}"


def _in_numerals(told: str) -> str:
    return _LEVEL.sub(lambda found: NUMERALS[found[0]], told)


def _cells(row: dict[str, str]) -> list[str]:
    standing = _standing(row["proposed values are"])
    level, binds = (_in_numerals(row[name]).replace(", ", "、") for name in ("level", "binds"))
    binding = f"\n有约束力：{binds} binding: {row['binds']}" if binds else ""
    return [
        "\n".join(dict.fromkeys((label_zh(row["comparator"]), row["comparator"]))),
        "各级 all" if level == "all" else f"{level}级\n{row['level']}",
        row["proposed"],
        f"{row['value']} {row['unit']}".strip(),
        standing + binding,
        row["basis"],
        row["source"],
    ]
