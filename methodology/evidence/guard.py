"""Refuse a public set in which a file prints one plant's figure, or a value read off the plants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from methodology.errors import Problem, StageError
from methodology.evidence.passages import Field, read_passages
from methodology.evidence.secrets import COUNTED, Secrets


def search(folder: Path, files: Iterable[Path], secrets: Secrets) -> None:
    """
    Refuse files that print a secret.

    Parameters
    ----------
    folder : Path
        What places are named from.
    files : iterable of Path
        Finished files.

    Raises
    ------
    StageError
        Naming file, place and indicator of every finding.
    """
    problems = [
        Problem(f"{text} is {_whose(name)}", file=path.relative_to(folder).as_posix(), column=name, key=place)
        for path in files
        for place, text, name in findings(path, secrets)
    ]
    refuse(problems)


def refuse(problems: list[Problem]) -> None:
    """Raise if there are findings."""
    if problems:
        raise StageError(
            "The public set is not written: it would print figures of single plants, or values read off them (A-48).",
            problems[:50],
        )


def findings(path: Path, secrets: Secrets) -> Iterator[tuple[str, str, str]]:
    """Place, printed number and indicator of every secret in a file."""
    page: frozenset[str] = frozenset()
    section: frozenset[str] = frozenset()
    row: frozenset[str] = frozenset()
    for item in read_passages(path):
        if isinstance(item, Field):
            yield from ((item.place, f"{item.value:g}", name) for name in secrets.stated(item))
            continue
        own = secrets.owners(f"{item.owner} {item.text}")
        if item.heading:
            page = own if item.place == "<h1>" else page
            section = own or page
        row = (secrets.row_owners(item.text) or row) if item.row else frozenset()
        for text, name in secrets.said(item.text, own | row or section):
            yield f"{item.place} {item.text[:60]!r}", text, name


def inspect_table(table: pd.DataFrame, place: str, secrets: Secrets) -> None:
    """
    Refuse the data of a figure that hold a secret: exactly, per indicator where a row names one, else of any.

    Raises
    ------
    StageError
        Naming the figure and the indicator.
    """
    problems = []
    numbered = pd.api.types.is_integer_dtype(table.index)
    for row in (table if numbered else table.reset_index()).to_dict("records"):
        owner = " ".join(str(value) for value in row.values() if isinstance(value, str))
        for column, value in row.items():
            if isinstance(value, int | float) and not isinstance(value, bool) and str(column) not in COUNTED:
                told = secrets.stated(Field(place, str(column), float(value), owner))
                problems += [
                    Problem(f"{value:g} is {_whose(name)}", file=place, column=name) for name in told
                ]
    refuse(problems)


def _whose(name: str) -> str:
    return f"a plant's figure, or read off plants, of {name.removeprefix('attribute:')!r}"
