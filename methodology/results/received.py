"""Read received JSON: bounded, plain, and of the form its model states.

Whoever wrote the file may be anybody, so nothing of it is used before it has passed: sizes and depths are bounded, keys
are given once, numbers are finite, and a name of a file lies inside the folder it is said to be in.
"""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from methodology.errors import DataError, Problem
from methodology.indicators.comparators import DEVICES, Identifier
from methodology.indicators.loading import problems_of

LARGEST = 5_000_000
"""Bytes of a record or a proposal; ours have less than a tenth of it."""
DEEPEST = 30
_LONGEST_PATH, _LONGEST_PART, _MOST_PARTS = 400, 200, 12
_FORBIDDEN = frozenset('\\:*?"<>|')
_SHOWN = 5
_FIRST_YEAR, _LAST_YEAR = 1971, 9000
"""Wrong clocks are no fault of a run; what calendars cannot compute with is one."""


def is_inside(name: str) -> bool:
    """Whether a name, written with `/`, can only mean a file inside the folder it is used in, on every system."""
    parts = name.split("/")
    return (
        name.isprintable()
        and len(name) <= _LONGEST_PATH
        and len(parts) <= _MOST_PARTS
        and not _FORBIDDEN & set(name)
        and all(_is_plain(part) for part in parts)
    )


def _is_plain(part: str) -> bool:
    return (
        0 < len(part) <= _LONGEST_PART
        and part.strip(" ") == part
        and not part.endswith(".")
        and part.split(".")[0].strip().lower() not in DEVICES
    )


def _inside(name: str) -> str:
    if not is_inside(name):
        raise ValueError("is no path inside the folder")
    return name


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError("holds letters that cannot be printed")
    return name


def _moment(text: str) -> str:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None or not _FIRST_YEAR <= when.year <= _LAST_YEAR:
        raise ValueError(f"is no moment with a time zone in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return text


Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
Name = Identifier
Shown = Annotated[str, Field(max_length=_LONGEST_PATH), AfterValidator(_printable)]
"""A name of a file of the project, which is shown and never opened."""
Inside = Annotated[str, AfterValidator(_inside)]
Moment = Annotated[str, Field(max_length=40), AfterValidator(_moment)]
Word = Annotated[str, Field(max_length=200)]
Seconds = Annotated[float, Field(ge=0, le=1e8)]


class Strict(BaseModel):
    """Frozen; unknown keys are refused, a text is never taken for a number, and numbers are finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


def read_json(path: Path) -> Any:
    """
    Content of a JSON file that anybody may have written.

    Raises
    ------
    DataError
        If it is no ordinary file, larger than 5 MB, not UTF-8, no JSON, nested too deeply, gives a key twice or holds
        a number or text that nothing else could read.
    """
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise DataError(f"{path.name} is no ordinary file. A link or a device is not read.")
        if about.st_size > LARGEST:
            raise DataError(
                f"{path.name} has {about.st_size / 1e6:.1f} MB; at most {LARGEST / 1e6:g} MB are read. "
                "What the workbench writes is far smaller, so this is another file."
            )
        if not about.st_size:
            raise DataError(
                f"{path.name} is empty. Perhaps a download or copy was interrupted; fetch it again."
            )
        content = json.loads(
            path.read_bytes().decode("utf-8-sig"),
            object_pairs_hook=_once,
            parse_constant=_no_number,
        )
        _bounded(content)
    except RecursionError:
        raise DataError(f"{path.name} is nested too deeply; at most {DEEPEST} levels are read.") from None
    except OSError as fault:
        raise DataError(f"{path.name} cannot be read: {fault.strerror or type(fault).__name__}.") from fault
    except ValueError as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(f"{path.name} is not JSON that can be read: {fault}.") from None
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {twice[:60]!r} is given twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _bounded(content: Any) -> None:
    """Refuse what is nested too deeply, texts that cannot be written again and numbers that are none."""
    level: list[Any] = [content]
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise ValueError(f"it is nested more than {DEEPEST} levels deep")


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from node
        yield from node.values()
    elif isinstance(node, list):
        yield from node
    elif isinstance(node, str):
        node.encode()  # half a surrogate pair is no text
    elif isinstance(node, float) and node in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    elif isinstance(node, int) and node.bit_length() > 1000:
        raise ValueError("a number is too long")


def fitted(model: type[Model], content: Any, file: str, advice: str) -> Model:
    """
    Content in the form its model states.

    Parameters
    ----------
    file : str
        Name of the file, for the message.
    advice : str
        What to do about a file that does not fit.

    Raises
    ------
    DataError
        One message that names the first faults.
    """
    try:
        return model.model_validate(content)
    except ValidationError as fault:
        problems = problems_of(fault, file)
        more = f" ({len(problems) - _SHOWN} more faults are not shown.)" if len(problems) > _SHOWN else ""
        shown = [_short(problem) for problem in problems[:_SHOWN]]
        raise DataError(f"{file} is not as the workbench writes it. {advice}{more}", shown) from None


def _short(problem: Problem) -> Problem:
    """The same fault in at most a line or two, whatever was given."""
    what, key = (
        "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST_PART])
        for text in (problem.what, problem.key)
    )
    return replace(problem, what=what, key=key)
