"""Hold what was received to the form its model states.

Whoever wrote the file may be anybody, so nothing of it is used before it has passed: a text is never taken for a
number, and a name of a file lies inside the folder it is said to be in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from methodology.errors import DataError, Problem
from methodology.indicators.comparators import DEVICES, Identifier
from methodology.indicators.loading import problems_of

_LONGEST_PATH, _LONGEST_PART, _MOST_PARTS = 400, 200, 12
_FORBIDDEN = frozenset('\\:*?"<>|')
_SHOWN = 5
_MOST_KEYS = 1_000
"""Keys of a document, where some twenty are known."""
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


def printable(name: str) -> str:
    """A text of one line; others are refused."""
    if not name.isprintable():
        raise ValueError("holds letters that cannot be printed")
    return name


def in_two_lines(text: str) -> str:
    """A text of one line, or of a Chinese line and its English; others are refused."""
    lines = text.strip().split("\n")
    if len(lines) > 2:
        raise ValueError("has more than two lines: Chinese on one, its English on the next")
    return "\n".join(map(printable, lines))


def _moment(text: str) -> str:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None or not _FIRST_YEAR <= when.year <= _LAST_YEAR:
        raise ValueError(f"is no moment with a time zone in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return text


Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
Name = Identifier
Shown = Annotated[str, Field(max_length=_LONGEST_PATH), AfterValidator(printable)]
"""A name of a file of the project, which is shown and never opened."""
Inside = Annotated[str, AfterValidator(_inside)]
Moment = Annotated[str, Field(max_length=40), AfterValidator(_moment)]
Word = Annotated[str, Field(max_length=200)]
Seconds = Annotated[float, Field(ge=0, le=1e8)]


class Strict(BaseModel):
    """Frozen; unknown keys are refused, a text is never taken for a number, and numbers are finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


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
    if (
        model.model_config.get("extra") == "forbid"
        and isinstance(content, dict)
        and len(content) > _MOST_KEYS
    ):
        # a fault of each would take more room than the file
        raise DataError(f"{file} is not as the workbench writes it: it has {len(content):,} keys. {advice}")
    try:
        return model.model_validate(content)
    except ValidationError as fault:
        problems = problems_of(fault, file)
        left = len(problems) - _SHOWN
        more = f" ({left} more {'fault is' if left == 1 else 'faults are'} not shown.)" if left > 0 else ""
        shown = [_short(problem) for problem in problems[:_SHOWN]]
        raise DataError(f"{file} is not as the workbench writes it. {advice}{more}", shown) from None


def _short(problem: Problem) -> Problem:
    """The same fault in at most a line or two, whatever was given."""
    what, key = (
        "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST_PART])
        for text in (problem.what, problem.key)
    )
    return replace(problem, what=what, key=key)
