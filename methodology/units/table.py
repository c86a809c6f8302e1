"""The symbols a unit text is made of, read from `definitions.yaml`; no heavy library is needed to know a unit."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

LONGEST = 60
PER = "每"
"""How norms write the line of a quotient in words: 千克标准煤每吨."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The compiled reader where PyYAML brings it: every command reads the units before anything else."""


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


@dataclass(frozen=True)
class UnitText:
    """What a unit text says: its symbols in the house's spelling, and the product its tonnes are of."""

    symbols: tuple[str, ...]
    product: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether every part is known."""
        return bool(self.symbols) and not self.unknown


@lru_cache(maxsize=1)
def _definitions() -> Mapping[str, Any]:
    text = Path(__file__).with_name("definitions.yaml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.load(text, Loader=_LOADER))  # noqa: S506 - a safe one


@lru_cache(maxsize=1)
def unit_table() -> Mapping[str, UnitEntry]:
    """
    All symbols, each with its meaning and derivation.

    Examples
    --------
    >>> unit_table()["kgce"].derivation
    '7000 kcal at 4.1868 kJ = 29.3076 MJ'
    """
    return MappingProxyType(
        {
            symbol: UnitEntry(symbol, **{**entry, "also": tuple(map(str, entry.get("also", ())))})
            for symbol, entry in _definitions()["symbols"].items()
        }
    )


@lru_cache(maxsize=1)
def product_table() -> Mapping[str, str]:
    """
    What the tonnes below the line may be of, by every way of writing it.

    Examples
    --------
    >>> product_table()["粗钢"], product_table()["铁水"], product_table()["产品"]
    ('crude steel', 'hot metal', '')
    """
    return MappingProxyType(
        {_plain(way): product["en"] for product in _definitions()["products"] for way in product["also"]}
    )


@lru_cache(maxsize=1)
def _symbols() -> Mapping[str, str]:
    """Every way of writing a symbol, mapped to the symbol."""
    ways = {_plain(symbol): symbol for symbol in unit_table()}
    for symbol, entry in unit_table().items():
        ways |= dict.fromkeys(map(_plain, entry.also), symbol)
    return MappingProxyType(ways)


def _plain(text: str) -> str:
    """Text without blanks, full-width, raised and squared forms made plain: `ｍｇ／m³` is `mg/m3`."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _of_product(part: str) -> tuple[str, str] | None:
    """Symbol and product of a part such as `t粗钢`, or None."""
    for word in sorted(product_table(), key=len, reverse=True):
        symbol = _symbols().get(part.removesuffix(word).rstrip("-_·.")) if part.endswith(word) else None
        if symbol in ("t", "kg"):
            return symbol, product_table()[word]
    return None


@lru_cache(maxsize=512)
def split(text: str) -> UnitText:
    """
    Take a quotient `a/b/c` apart.

    Examples
    --------
    >>> split("千克标准煤／吨粗钢")
    UnitText(symbols=('kgce', 't'), product='crude steel', unknown=())
    >>> split("kgce/担").unknown
    ('担',)
    """
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        return UnitText((), unknown=(str(text)[:LONGEST],))
    symbols, products, unknown = [], [], []
    for place, part in enumerate(_plain(text).replace(PER, "/").split("/")):
        found = (_symbols()[part], "") if part in _symbols() else _of_product(part) if place else None
        if found is None:
            unknown.append(part)
        else:
            symbols.append(found[0])
            products.append(found[1])
    named = [product for product in products if product]
    return UnitText(tuple(symbols), "".join(named[:1]), tuple(unknown))


def known_unit(text: str) -> bool:
    """
    Whether a unit can be read.

    Examples
    --------
    >>> known_unit("kgce/t"), known_unit("毫克／立方米"), known_unit("kgcoal/t")
    (True, True, False)
    """
    return split(text).known


def house_unit(text: str) -> str:
    """
    A unit in the house's spelling and without its product; the text itself where it cannot be read.

    Examples
    --------
    >>> house_unit("毫克／标立方米"), house_unit("kgce/t粗钢"), house_unit("百分比"), house_unit("bushel")
    ('mg/m3', 'kgce/t', '%', 'bushel')
    """
    said = split(text)
    return "/".join(said.symbols) if said.known else text


def product_of(text: str) -> str:
    """
    What the tonnes below the line are of, or '' where nothing is said.

    Examples
    --------
    >>> product_of("kgce/t 铁水"), product_of("kgce/t")
    ('hot metal', '')
    """
    return split(text).product


def near_units(text: str) -> list[str]:
    """
    Units in use that look like `text`, nearest first; for messages.

    Examples
    --------
    >>> near_units("kgc/t")
    ['kgce/t', 'kg/t']
    """
    parts = _plain(text).replace(PER, "/").split("/")
    known = {way.casefold(): way for way in _symbols()}
    mended = []
    for part in parts:
        exact = [part] if part in _symbols() or _of_product(part) else []
        folded = [known[part.casefold()]] if part.casefold() in known else []
        close = [known[key] for key in difflib.get_close_matches(part.casefold(), known, n=2, cutoff=0.6)]
        mended.append(list(dict.fromkeys([*exact, *folded, *close]))[: 1 if exact else 3])
    if any(not options for options in mended):
        return []
    found = [""]
    for options in mended:
        found = [f"{head}/{option}".lstrip("/") for head in found for option in options]
    return found[:3]


def offered_units(unit: str) -> tuple[str, ...]:
    """
    Units a form offers beside the one that is asked for.

    Examples
    --------
    >>> offered_units("kgce/t"), offered_units("kJ/m3"), offered_units("C")
    (('kgce/t', 'tce/t', 'GJ/t', 'MJ/t'), ('kJ/m3', 'MJ/m3', 'kcal/m3'), ('C',))
    """
    upper, line, lower = unit.partition("/")
    return tuple(f"{way}{line}{lower}" for way in _definitions()["offered"].get(upper, (upper,)))
