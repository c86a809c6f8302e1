"""What styles of cells do to what is stored, and say of what it means: number formats, strikes, indents."""

from __future__ import annotations

from typing import NamedTuple

from methodology.spreadsheets.archives import Meter, XmlReader
from methodology.spreadsheets.number_formats import BUILT_IN, shows_plainly


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
