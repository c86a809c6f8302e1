"""What styles of cells do to what is stored, and say of what it means: number formats, strikes, indents."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from methodology.spreadsheets.archives import Meter, XmlReader
from methodology.spreadsheets.grid import FormattedCell, PercentCell

LONGEST_CODE = 200
"""Characters of a number format that are looked at."""
PERCENT = "0%"
BUILT_IN = {9: PERCENT, 10: "0.00%"}
"""Formats without a code of their own that show something else than the number."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[(?P<bracket>[^]]*)]|(?P<digits>general|g/通用格式|[#0?@.,]+)|'
    r"(?P<power>e[+-])|(?P<fraction>/(?=[#?\d]))|(?P<percent>%)|(?P<other>.)",
    re.I | re.S,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*([+-]?\d+(?:\.\d+)?)")
_HOLDS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_SCALE = re.compile(r",+(?=\.|$)")
_DASHES = frozenset("-–—−")


@dataclass(frozen=True)
class _Section:
    """One of the parts of a format between semicolons."""

    condition: tuple[str, float] | None = None
    before: str = ""
    """Letters and signs that are shown before the digits, and behind them."""
    behind: str = ""
    figures: str = ""
    """Places of digits; none where the number is not shown."""
    percent: bool = False

    @property
    def scale(self) -> int:
        """How often the number is divided by a thousand before it is shown."""
        return sum(len(commas) for commas in _SCALE.findall(self.figures))


@lru_cache(maxsize=1_000)
def _sections(code: str) -> tuple[_Section, ...]:
    parts: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(code[:LONGEST_CODE]):
        if token["other"] == ";":
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(map(_section, parts))


def _section(tokens: list[re.Match[str]]) -> _Section:
    condition, shown, figures, percent = None, ["", ""], "", False
    for token in tokens:
        literal = token["quoted"] or token["escaped"] or ""
        if token["bracket"] is not None:
            told = _CONDITION.fullmatch(token["bracket"])
            condition = (told[1], float(told[2])) if told else condition
            literal = token["bracket"][1:].partition("-")[0] if token["bracket"][:1] == "$" else ""
        elif token["digits"]:
            figures += token["digits"] if token["digits"][0] in "#0?@.," else "0"
        elif token["percent"]:
            percent = True
        elif token["other"] and not (token["other"].isascii() and token["other"].isalpha()):
            literal = token["other"]
        shown[bool(figures)] += literal
    return _Section(condition, shown[0].strip(), shown[1].strip(), figures, percent)


def _chosen(sections: tuple[_Section, ...], value: float) -> tuple[_Section, bool]:
    """The section that shows a number, and whether it is the one for negative numbers."""
    if any(section.condition for section in sections):
        for section in sections[:2]:
            if section.condition and _HOLDS[section.condition[0]](value, section.condition[1]):
                return section, False
        return next((section for section in sections if section.condition is None), sections[-1]), False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    return (sections[2], False) if value == 0 and len(sections) > 2 else (sections[0], False)


def shows_plainly(code: str) -> bool:
    """
    Whether a number format shows every number as it is stored, but for digits that are cut.

    Examples
    --------
    >>> [shows_plainly(code) for code in ("#,##0.0_ ", "0.0%", '"<"0.0', "0.0,", '0;-0;"ND"')]
    [True, False, False, False, False]
    """
    return all(shown_by(code, value) == value for value in (1.0, -1.0, 0.0)) and not any(
        section.condition for section in _sections(code)
    )


def shown_by(code: str, value: float) -> float | PercentCell | FormattedCell:
    """
    A number as its format shows it: itself, a percentage, or a cell that shows something else than it stores.

    Examples
    --------
    >>> shown_by("0.00", 1.5), str(shown_by('"<"0.0', 1.5)), str(shown_by("0.0,", 4500.0)), str(shown_by("0%", 0.5))
    (1.5, '<1.5', '4.5', '50%')
    """
    section, negative = _chosen(_sections(code), value)
    before, behind = section.before, section.behind
    if negative:
        before, behind = before.strip("-–−("), behind.strip(")")
    if value == 0 and not behind and before in _DASHES:
        return value  # how accounts write zero
    before = before.removeprefix("+") if value > 0 else before
    if not section.figures or before or behind or section.scale:
        number = f"{value / 1000**section.scale:.15g}" if section.figures else ""
        return FormattedCell(value, before, f"{number}{'%' * section.percent}", behind, section.scale)
    return PercentCell(value) if section.percent else value


class Look(NamedTuple):
    """One style of cells."""

    code: str = ""
    """Its number format, '' where it shows numbers as they are stored."""
    struck: bool = False
    """Whether it strikes out what is written."""
    indent: int = 0
    """How far it sets texts in."""


PLAIN = Look()


class Styles(XmlReader):
    """What each style of an .xlsx says, in the order cells name them."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(meter)
        self.inside, self.custom, self.found = "", dict[int, str](), list[tuple[int, int, int]]()
        self.struck = list[bool]()

    def read(self, content: bytes) -> list[Look]:
        """Understand the part `styles.xml`."""
        self.parse(content)
        codes = {number: code for number, code in (BUILT_IN | self.custom).items() if not shows_plainly(code)}
        struck = {number for number, is_struck in enumerate(self.struck) if is_struck}
        return [Look(codes.get(number, ""), font in struck, indent) for number, font, indent in self.found]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note a number format, a font or a style that begins."""
        if tag == "numFmt":
            self.custom[whole(attributes.get("numFmtId", ""), -1)] = attributes.get("formatCode", "")
        elif self.inside == "fonts" and tag == "font":
            self.struck.append(False)
        elif self.inside == "fonts" and tag == "strike" and self.struck:
            self.struck[-1] = is_on(attributes)
        elif self.inside == "cellXfs" and tag == "xf":
            self.found.append(
                (whole(attributes.get("numFmtId", ""), 0), whole(attributes.get("fontId", ""), -1), 0)
            )
        elif self.inside == "cellXfs" and tag == "alignment" and self.found:
            self.found[-1] = (*self.found[-1][:2], whole(attributes.get("indent", ""), 0))
        elif tag in ("fonts", "cellXfs"):
            self.inside = tag

    def end(self, tag: str) -> None:
        """Leave the list of fonts or styles."""
        self.inside = "" if tag == self.inside else self.inside


def is_on(attributes: dict[str, str]) -> bool:
    """Whether a property of a font is set: it is where nothing else is said."""
    return attributes.get("val", "1") not in ("0", "false")


def whole(text: str, default: int) -> int:
    """A whole number of an attribute; numbers too long to be meant are as large as any that is refused."""
    if not (text.isascii() and text.isdecimal()):
        return default
    return int(text) if len(text) < 10 else 10**9
