"""The symbols a unit text is made of, read from `definitions.yaml`; no heavy library is needed to know a unit."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

LONGEST = 60


@dataclass(frozen=True)
class UnitEntry:
    """One symbol: what it means, its definition in the words of pint, and why that is so."""

    symbol: str
    define: str
    en: str
    zh: str
    derivation: str
    status: str
    also: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """Name under which pint knows it; empty for a pure number."""
        return self.define.split("=")[0].strip()


@lru_cache(maxsize=1)
def unit_table() -> Mapping[str, UnitEntry]:
    """
    All symbols, each with its meaning and derivation.

    Examples
    --------
    >>> unit_table()["kgce"].derivation
    '7000 kcal at 4.1868 kJ = 29.3076 MJ'
    """
    text = Path(__file__).with_name("definitions.yaml").read_text(encoding="utf-8")
    entries = yaml.safe_load(text)["symbols"]
    return MappingProxyType(
        {
            symbol: UnitEntry(symbol, **{**entry, "also": tuple(entry.get("also", ()))})
            for symbol, entry in entries.items()
        }
    )


@lru_cache(maxsize=1)
def _symbols() -> Mapping[str, str]:
    """Every way of writing a symbol, mapped to the symbol."""
    ways = {symbol: symbol for symbol in unit_table()}
    for symbol, entry in unit_table().items():
        ways |= dict.fromkeys(entry.also, symbol)
    return MappingProxyType(ways)


@lru_cache(maxsize=512)
def split(text: str) -> tuple[str, ...] | None:
    """Symbols of a quotient `a/b/c`, in the house's spelling, or None where one of them is unknown."""
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        return None
    parts = [_symbols().get(part.strip()) for part in text.strip().split("/")]
    return None if None in parts else tuple(part for part in parts if part is not None)


def known_unit(text: str) -> bool:
    """
    Whether a unit can be read.

    Examples
    --------
    >>> known_unit("kgce/t"), known_unit("mg/Nm3"), known_unit("kgcoal/t")
    (True, True, False)
    """
    return split(text) is not None


def near_units(text: str) -> list[str]:
    """
    Units in use that look like `text`, nearest first; for messages.

    Examples
    --------
    >>> near_units("kgc/t")
    ['kgce/t', 'kg/t']
    """
    wanted = text.strip().replace(" ", "")
    parts = wanted.split("/")
    known = {way.casefold(): way for way in _symbols()}
    mended = []
    for part in parts:
        exact = [part] if part in _symbols() else []
        folded = [known[part.casefold()]] if part.casefold() in known else []
        close = [known[key] for key in difflib.get_close_matches(part.casefold(), known, n=2, cutoff=0.6)]
        mended.append(list(dict.fromkeys([*exact, *folded, *close]))[: 1 if exact else 3])
    if any(not options for options in mended):
        return []
    found = [""]
    for options in mended:
        found = [f"{head}/{option}".lstrip("/") for head in found for option in options]
    return found[:3]
