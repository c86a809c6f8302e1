"""Read YAML written by people: mappings, lists, numbers and text, each with its line, and nothing else.

A file is read once, event by event, so that nothing is built before it is known to be small, shallow and plain.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

LARGEST_BYTES = 1_000_000
DEEPEST = 50
MOST_ITEMS = 2_000
"""Items of one list, or keys of one mapping: more than any choice, mark or exclusion that a person writes down."""
LONGEST_KEY = 200
LONGEST_NUMBER = 40
"""Signs of a number; longer ones are no quantity that anyone measured."""
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_TRUE = ("yes", "true", "on")
_INVISIBLE = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Signs of no text: they steer a terminal, turn the direction of what is written, or stand for nothing."""
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|0b[01_]+)")
_POWER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)[eE][-+]?\d{1,3}")
"""A number of YAML 1.2 that the library, at 1.1, takes for text: `5e-2` has no point, `5.0e3` no sign of its power."""
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
Lines = dict[str | int | float, tuple[int, "Lines | None"]]
"""Key or position -> its line and, of a mapping or list, the lines inside."""


class Stated(dict[str, Any]):
    """A mapping as a file states it, which knows on which line each of its keys stands."""

    def __init__(self, content: dict[str, Any], lines: Lines) -> None:
        super().__init__(content)
        self._lines = lines

    def line_of(self, keys: Sequence[str | int]) -> int | None:
        """Line of a key, given with those it stands under; of the last one that is there if it is missing."""
        line, inside = None, self._lines
        for key in keys:
            if key not in inside:
                break
            line, deeper = inside[key]
            inside = deeper or {}
        return line


class PlainYamlError(ValueError):
    """What is not plain about a text, and where."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {what}" if line else what)


def parse_yaml(text: str) -> tuple[Any, Lines]:
    """
    Read one document.

    Returns
    -------
    content, lines
        What it states, and on which line each key or item stands.

    Raises
    ------
    PlainYamlError
        If it is longer than 1 MB, nested deeper than 50, has a list of more than 2,000 items, or holds a tag, an alias,
        a repeated key, a key that is no text or number, a number or date that is none, an invisible sign, or a second
        document.
    """
    if len(text) > LARGEST_BYTES:
        raise PlainYamlError(f"it has {len(text):,} characters; at most {LARGEST_BYTES:,} are read")
    try:
        text.encode()
    except UnicodeEncodeError as fault:  # bytes of a command line that are no UTF-8
        line = text.count("\n", 0, fault.start) + 1
        raise PlainYamlError("a sign that text cannot hold (bytes that are no UTF-8)", line) from fault
    try:
        return _Reader(text).read()
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        raise PlainYamlError(fault.problem or str(fault.context), mark.line + 1 if mark else None) from fault
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        raise PlainYamlError(f"a sign that text cannot hold ({fault.reason})", line) from fault


class _Writer(yaml.SafeDumper):
    """Puts a text in quotes that would be read back as a number."""


_Writer.add_implicit_resolver(f"{_TAG}float", re.compile(f"^(?:{_POWER.pattern})$"), list("-+.0123456789"))


def as_yaml(content: Any) -> str:
    """Content as a text that `parse_yaml` reads back as it was, keys in their order."""
    return yaml.dump(content, Dumper=_Writer, sort_keys=False, allow_unicode=True)


@dataclass
class _Open:
    """A mapping or list that has begun and not ended."""

    content: dict[Any, Any] | list[Any]
    lines: Lines = field(default_factory=dict)
    key: Any = None
    line: int = 0
    keyed: bool = False
    """Of a mapping: whether its next part is the value of `key`."""


class _Reader:
    """Content out of events; depth is counted, never recursed into."""

    def __init__(self, text: str) -> None:
        self._loader: Any = _Loader(text)
        self._open: list[_Open] = []
        self._found: tuple[Any, Lines] = (None, {})

    def read(self) -> tuple[Any, Lines]:
        documents = 0
        for event in self._events():
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise PlainYamlError("a second document begins", line)
            elif isinstance(event, yaml.AliasEvent):
                raise PlainYamlError("aliases (*name) are not allowed", line)
            elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
                self._take(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._open.pop()
        return self._found

    def _events(self) -> Iterator[Any]:
        try:
            while self._loader.check_event():
                yield self._loader.get_event()
        finally:
            self._loader.dispose()

    def _take(self, event: Any, line: int) -> None:
        if event.tag is not None:
            raise PlainYamlError(f"tags ({_short(event.tag)}) are not allowed", line)
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event, line), {}, line)
            return
        if len(self._open) >= DEEPEST:
            raise PlainYamlError(f"it is nested deeper than {DEEPEST}", line)
        begun = _Open([] if isinstance(event, yaml.SequenceStartEvent) else {})
        self._add(begun.content, begun.lines, line)
        self._open.append(begun)

    def _add(self, value: Any, lines: Lines, line: int) -> None:
        if not self._open:
            self._found = (value, lines)
            return
        place = self._open[-1]
        if len(place.content) >= MOST_ITEMS and not place.keyed:
            raise PlainYamlError(f"a list or mapping has more than {MOST_ITEMS:,} items", line)
        if isinstance(place.content, list):
            place.lines[len(place.content)] = (line, lines)
            place.content.append(value)
        elif place.keyed:
            place.content[place.key] = value
            place.lines[place.key] = (place.line, lines)
            place.keyed = False
        else:
            place.key, place.line, place.keyed = self._key(value, place.content, line), line, True

    def _key(self, key: Any, others: dict[Any, Any], line: int) -> Any:
        if isinstance(key, bool) or not isinstance(key, str | int | float):
            shown = "a list or mapping" if isinstance(key, list | dict) else f"`{key}`"
            raise PlainYamlError(f"a key is {shown}; write text, in quotes if need be", line)
        if isinstance(key, str) and len(key) > LONGEST_KEY:
            raise PlainYamlError(f"a key has {len(key):,} characters; at most {LONGEST_KEY} are read", line)
        if key in others:
            raise PlainYamlError(f"{key!r} is given twice", line)
        return key

    def _scalar(self, event: Any, line: int) -> Any:
        text: str = event.value
        sign = _INVISIBLE.search(text)
        if sign:
            raise PlainYamlError(f"a text holds the invisible sign U+{ord(sign[0]):04X}; delete it", line)
        kind = self._loader.resolve(yaml.ScalarNode, text, event.implicit).removeprefix(_TAG)
        if kind == "str" and event.implicit[0] and _POWER.fullmatch(text):
            kind = "float"
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in _TRUE
        try:
            if kind in ("int", "float"):
                return _number(text, kind)
            if kind == "timestamp":
                return _date(text)
        except ValueError as fault:
            raise PlainYamlError(f"{_short(text)} {fault}", line) from None
        return text


def _number(text: str, kind: str) -> float | str:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"is a number of {len(text):,} signs; at most {LONGEST_NUMBER} are read")
    if ":" in text or (kind == "int" and not _WHOLE.fullmatch(text)):
        raise ValueError(
            "would be read to another base than ten; write it plainly, or in quotes if it is text"
        )
    digits = text.replace("_", "").lower()
    try:
        value: float = (
            int(digits, 0) if kind == "int" else float(digits.replace(".inf", "inf").replace(".nan", "nan"))
        )
    except ValueError:
        return text  # `0x_` and `._` look like numbers to YAML
    fault = fault_of_number(digits, value)
    if fault:
        raise ValueError(fault)
    return value


def fault_of_number(text: str, value: float) -> str:
    """
    Say whether a number was lost between its digits and the machine's number; empty if it was not.

    Examples
    --------
    >>> fault_of_number("1e-400", 0.0)
    'is too small to be kept as a number'
    """
    if sys.float_info.min <= abs(value) <= sys.float_info.max or not any(sign.isdigit() for sign in text):
        return ""
    mantissa = re.split("[eE]", text)[0] if not text.startswith(("0x", "0b")) else "0"
    if math.isinf(value):
        return "is too large to be kept as a finite number"
    if abs(value) < sys.float_info.min and any(sign in "123456789" for sign in mantissa):
        return "is too small to be kept as a number"
    return ""


def _date(text: str) -> str:
    """A date as its text, which is all that any file here wants of it."""
    match = _DATE.match(text)
    try:
        day = "-".join(part.zfill(2) for part in match[0].split("-")) if match else ""
        rest = text[match.end() :].lstrip("Tt \t") if match else ""
        datetime.strptime(day, "%Y-%m-%d")
        if rest:
            datetime.strptime(rest[:8].strip().rstrip("Zz").zfill(8), "%H:%M:%S")
    except ValueError:
        raise ValueError(
            "is written like a date and is none; mend it, or put it in quotes if it is text"
        ) from None
    return text


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
