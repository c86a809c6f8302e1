"""Find texts that identify a plant: its name, and every text of its table that is no word of the workbench."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from methodology.pseudonyms import is_code
from methodology.sample.cell_reading import plain
from methodology.spreadsheets.grid import Grid

WITHHELD = "…"
"""Stands where a text was that may name a plant."""
LEAST_CHINESE = 2
LEAST_LETTERS = 4
LEAST_DIGITS = 8
"""A text of fewer signs tells nobody apart."""
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LETTER = re.compile(r"[^\W\d_]")
_LABEL = re.compile(r"^[^::]{1,12}[::]\s*(?P<rest>.+)$", re.S)
_CUT_SHORT = re.compile(r"['\"][^'\"]{20,40}\.\.\.")
"""A cell that `shown` has cut."""
_COMPANY = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|公司|集团|股份|总厂|分厂"
    r"|(?:[\dA-Za-z一二三四五六七八九十]+[号#]?)?(?:高炉|转炉|电炉|焦炉|烧结机|生产线)"
    r"|[\s,.]*\b(?:co|ltd|inc|llc|corp|corporation|company|limited|gmbh|plc)\b\.?)$",
    re.I,
)


def tells(text: str) -> bool:
    """
    Whether a text is long enough to name somebody, and no neutral code.

    Examples
    --------
    >>> tells("武钢"), tells("P07"), tells("12.5"), tells("Red Steel"), tells("企业01")
    (True, False, False, True, False)
    """
    if is_code(text):
        return False
    chinese = len(_CHINESE.findall(text))
    return chinese >= LEAST_CHINESE or len(_LETTER.findall(text)) - chinese >= LEAST_LETTERS


def long_number(text: str) -> bool:
    """Whether a text is a number that identifies, of a telephone or a register."""
    return len(text) >= LEAST_DIGITS and text.isdecimal()


def stems(name: str) -> Iterable[str]:
    """
    A name, and what is left of it without the words every company bears.

    Examples
    --------
    >>> list(stems("江南钢铁有限公司2号高炉"))
    ['江南钢铁有限公司2号高炉', '江南钢铁有限公司', '江南钢铁']
    """
    while tells(name):
        yield name
        shorter = _COMPANY.sub("", name).strip()
        if shorter == name:
            return
        name = shorter


def comparable(text: str) -> str:
    """Text as names are looked for in it: full-width forms, case and odd white space apart."""
    return re.sub(r"\s+", " ", plain(text)).casefold()


@dataclass(frozen=True)
class Names:
    """What must not be said of a sample."""

    codes: Mapping[str, str] = field(default_factory=dict)
    """Plant -> what stands for it; empty where ids are codes already."""
    secrets: frozenset[str] = frozenset()
    """Names of plants, and the other texts of their table."""

    @classmethod
    def of(cls, plants: Iterable[str], texts: Iterable[str], codes: Mapping[str, str] | None = None) -> Names:
        """Names of plants with their stems, and texts with what stands behind a label (`contact: NAME`)."""
        found = {stem for plant in plants for stem in stems(plant)}
        found |= {plant for plant in plants if not is_code(plant)}
        for text in map(str.strip, texts):
            label = _LABEL.match(text)
            for part in (text, label["rest"].strip() if label else ""):
                found |= set(stems(part)) | ({part} if long_number(part) else set())
        return cls(dict(codes or {}), frozenset(found))

    def __or__(self, other: Names) -> Names:
        return Names({**self.codes, **other.codes}, self.secrets | other.secrets)

    def without(self, known: str) -> Names:
        """The same without texts that a public text, made `comparable`, holds anyway: they tell nobody a name."""
        kept = (text for text in self.secrets if not _stands(comparable(text), known))
        return Names(self.codes, frozenset(kept))

    @cached_property
    def sought(self) -> list[tuple[str, str]]:
        """Each secret as it is looked for, and as written; longest first."""
        pairs = {(comparable(text), text) for text in self.secrets}
        return sorted(pairs, key=lambda pair: (-len(pair[0]), pair))

    @cached_property
    def _by_length(self) -> dict[int, dict[str, str]]:
        lengths: dict[int, dict[str, str]] = {}
        for sought, text in self.sought:
            lengths.setdefault(len(sought), {})[sought] = text
        return lengths

    @cached_property
    def _first_signs(self) -> frozenset[str]:
        return frozenset(sought[0] for sought, _ in self.sought if sought)

    def _standing_in(self, text: str) -> list[str]:
        """Secrets in a short text, longest first; as fast for a hundred thousand as for few."""
        searched = comparable(text) if self.secrets else ""
        begins = [at for at, sign in enumerate(searched) if sign in self._first_signs]
        found: dict[str, None] = {}
        for length, known in self._by_length.items() if begins else ():
            pieces = (searched[at : at + length] for at in begins)
            found |= {known[piece]: None for piece in pieces if piece in known and _stands(piece, searched)}
        return list(found)

    def found_in(self, text: str) -> str:
        """The longest secret that stands in a short text, or ''."""
        return next(iter(self._standing_in(text)), "")

    def hide(self, text: str) -> str:
        """A message with codes in the place of names, and dots in the place of other texts, whole or cut short."""
        if not self.secrets:
            return text
        text = _CUT_SHORT.sub(lambda cut: WITHHELD if tells(cut[0]) else cut[0], text)
        found = self._standing_in(text)
        for secret in found:
            stands_for = self.codes.get(secret, WITHHELD)
            text = re.sub(_bounded(secret), lambda _, code=stands_for: code, text, flags=re.I)  # type: ignore[misc]
        return text if not (found and self.found_in(text)) else WITHHELD


def stand_in(names: Names, text: str) -> bool:
    """
    Whether any secret stands in a long text.

    Written for texts of megabytes and few secrets, as `Names.found_in` is for the opposite.
    """
    searched = comparable(text)
    return any(_stands(sought, searched) for sought, _ in names.sought)


def texts_of(grids: Iterable[Grid], header: tuple[str, int, int]) -> Iterator[str]:
    """
    Texts of a table that may name somebody, wherever they stand in it.

    `header` is a sheet with its first row and the first row of data: rows that name columns belong to the workbench.
    """
    for grid in grids:
        yield grid.sheet
        sheet, first, data = header
        rows = [row for at, row in enumerate(grid.rows) if not (grid.sheet == sheet and first <= at < data)]
        for cell in {cell for row in rows for cell in row if isinstance(cell, str)}:
            text = cell.strip()
            if tells(text) or long_number(text):
                yield text


def _stands(sought: str, text: str) -> bool:
    """Whether a text holds another, not as a part of a longer word of letters: `mill` is no part of `millimetre`."""
    if sought not in text:
        return False
    return _CHINESE.search(sought) is not None or re.search(_bounded(sought), text) is not None


def _bounded(text: str) -> str:
    before = r"(?<![A-Za-z0-9])" if text[:1].isascii() and text[:1].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if text[-1:].isascii() and text[-1:].isalnum() else ""
    return f"{before}{re.escape(text)}{after}"
