"""What differs between two runs: choices, data, tables value by value, notebooks cell by cell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from methodology.errors import harmless
from methodology.indicators.plain_files import LARGEST, read_json
from methodology.results.store import DRAFT, PROPOSAL, PUBLIC, read_manifest
from methodology.runs.hashing import file_digest
from methodology.runs.received_tables import MOST_PLACES, MOST_TEXT, ordinary_files, read_table

VOLATILE = ("language_info", "kernelspec", "papermill")
"""Metadata of a notebook that names the environment or the record, not a result."""
_KEYS = {
    "thresholds": ["indicator", "level"],
    "weights": ["indicator"],
    "evaluation": ["plant"],
}
_SHOWN = 20
_DIGITS, _ALL_DIGITS = 6, 17
_WIDEST, _WIDEST_PLACE = 44, 64
ABSENT = "(absent)"
_TOLD_ELSEWHERE = re.compile(
    r"(parameters|run|promises|warnings)(\.|$)|.*\.(decided|flags|moves|reasons|reason_zh|name_zh|name_en)(\.|$)"
)
"""Places of a proposal that say again what another says, or are compared in a way of their own."""


@dataclass(frozen=True)
class Difference:
    """One place where two files differ."""

    file: str
    place: str
    first: str
    second: str


def as_table(differences: list[Difference], names: tuple[str, str] = ("first", "second")) -> pd.DataFrame:
    """Differences as a table indexed by file, for `render_text`."""
    rows = [[harmless(text, keep="\n\t") for text in astuple(item)] for item in differences]
    return pd.DataFrame(rows, columns=["file", "place", *names], dtype="str").set_index("file")


def compare_files(first: Path, second: Path, name: str) -> list[Difference]:
    """
    Compare one file of two runs: equal bytes are equal, otherwise say where they differ.

    Notebooks that differ in nothing but `VOLATILE` metadata count as equal.
    """
    there = [path.is_file() and not path.is_symlink() for path in (first, second)]
    if not any(there):
        return []
    seals = [
        f"sha256 {file_digest(path)[:12]}" if found else ABSENT
        for path, found in zip((first, second), there, strict=True)
    ]
    if not all(there):
        return [Difference(name, "", *seals)]
    if file_digest(first) == file_digest(second):
        return []
    before, after = (_places(path) for path in (first, second))
    if before is None or after is None:
        return [Difference(name, "bytes", *seals)]
    found = list(islice(_differing(before, after, name), _SHOWN))
    if not found and first.suffix != ".ipynb":
        found = [Difference(name, "bytes", *seals)]
    return found


def _places(path: Path) -> dict[str, str] | None:
    """What a file says, place by place; None if it cannot be read."""
    reader = {
        ".ipynb": _notebook_places,
        ".json": _json_places,
        ".csv": _table_places,
        ".parquet": _table_places,
    }
    if path.suffix not in reader or path.stat().st_size > LARGEST:
        return None
    found: dict[str, str] = {}
    left = MOST_TEXT
    try:
        for place, text in reader[path.suffix](path):
            found[place] = text
            left -= len(place) + len(text)
            if len(found) > MOST_PLACES or left < 0:
                return None
        return found
    except Exception:  # whatever is wrong with a file that anybody may have written, its bytes differ
        return None


def _differing(before: Mapping[str, str], after: Mapping[str, str], name: str) -> Iterator[Difference]:
    for place in dict.fromkeys([*before, *after]):
        one, other = before.get(place, ABSENT), after.get(place, ABSENT)
        if one != other:
            yield Difference(name, place, one, other)


def _short(content: bytes) -> str:
    return f"sha256 {hashlib.sha256(content).hexdigest()[:12]}"


def _table_places(path: Path) -> Iterator[tuple[str, str]]:
    """Every cell of a table by row and column; rows are named by the key of the table, where it has one."""
    table = read_table(path)
    keys = _KEYS.get(path.stem, [])
    if path.suffix == ".csv":
        keys = keys or [column for column in table.columns[:1] if table[column].is_unique]
        table = table.set_index(keys) if keys else table
    names = [" ".join(map(str, row if isinstance(row, tuple) else (row,))) for row in table.index]
    for row, values in zip(names, table.itertuples(index=False, name=None), strict=True):
        for column, value in zip(table.columns, values, strict=True):
            yield f"{row}, {column}", _plain(value)


def _plain(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _json_places(path: Path) -> Iterator[tuple[str, str]]:
    """Every leaf of a JSON file by its dotted path."""

    def walk(node: Any, place: str) -> Iterator[tuple[str, str]]:
        children = (
            node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
        )
        if children is None:
            yield place, _plain(node)
        for key, child in children or ():
            yield from walk(child, f"{place}.{key}" if place else str(key))

    return walk(read_json(path), "")


def _notebook_places(path: Path) -> Iterator[tuple[str, str]]:
    """Source and outputs of every cell, figures as a digest of their bytes, and metadata that is not `VOLATILE`."""
    notebook = read_json(path)
    yield "metadata", str({key: value for key, value in notebook["metadata"].items() if key not in VOLATILE})
    for number, cell in enumerate(notebook["cells"], start=1):
        yield f"cell {number}, source", "".join(cell["source"])
        for place, output in enumerate(cell.get("outputs", []), start=1):
            for kind, content in _output_parts(output):
                text = "".join(content) if isinstance(content, list) else str(content)
                shown = _short(text.encode()) if kind.startswith("image/p") else text
                yield f"cell {number}, output {place}, {kind}", shown


def _output_parts(output: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from output.get("data", {}).items()
    for name in ("text", "ename", "evalue"):
        if name in output:
            yield name, output[name]


def diff(first: Path | str, second: Path | str) -> dict[str, pd.DataFrame]:
    """
    Say what changed between two runs or drafts.

    Returns
    -------
    dict of DataFrame
        parameters, data, code, thresholds, weights, levels, other tables and figures; where one of the two is a
        draft, which holds what is public and no more, parameters and proposal. Empty where nothing changed. `first`
        and `second` hold the values.

    Raises
    ------
    DataError
        If one of the folders is neither a run nor a draft.
    """
    folders = Path(first), Path(second)
    if any((folder / DRAFT).is_file() for folder in folders):
        return _diff_public([_public_proposal(folder) for folder in folders])
    records = [read_manifest(folder) for folder in folders]
    names = {name for folder in folders for name in ordinary_files(folder)}
    tables = {
        "parameters": _mappings([_leaves(record["parameters"]) for record in records]),
        "data": _mappings([record["inputs"] for record in records]),
        "code": _mappings([_code(record) for record in records]),
    }
    for title, file in {
        "thresholds": "thresholds.csv",
        "weights": "weights.csv",
        "levels": "evaluation.csv",
    }.items():
        tables[title] = _results(folders, [file])
    named = {"thresholds.csv", "weights.csv", "evaluation.csv"}
    both = {name.removeprefix("results/") for name in names if name.startswith("results/")}
    tables["other tables"] = _results(folders, sorted(both - named))
    tables["figures"] = _figures(folders, sorted(name for name in names if name.endswith(".ipynb")))
    return {title: table.rename_axis(None) for title, table in tables.items()}


def _diff_public(paths: Sequence[Path]) -> dict[str, pd.DataFrame]:
    """What changed between two proposals that may leave the house."""
    choices = [_leaves(_choices(path)) for path in paths]
    first, second = paths
    changed = compare_files(first, second, PROPOSAL)
    changed = [item for item in changed if not _TOLD_ELSEWHERE.match(item.place)]
    changed += _differing(_warnings(first), _warnings(second), "")
    return {
        "parameters": _mappings(choices),
        "proposal": as_table(changed).reset_index().set_index("place")[["first", "second"]].rename_axis(None),
    }


def _warnings(path: Path) -> dict[str, str]:
    """What a proposal warns of, by what it is about: the order of warnings says nothing."""
    proposal = read_json(path)
    found = proposal.get("warnings") if isinstance(proposal, dict) else None
    listed = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    told: dict[str, list[str]] = {}
    for one in listed:
        place = f"{one.get('indicator', '')} {one.get('level', '')}".strip()
        told.setdefault(f"{place}, warning", []).append(str(one.get("en", "")))
    return {place: " ".join(sorted(texts)) for place, texts in told.items()}


def _choices(path: Path) -> dict[str, Any]:
    proposal = read_json(path)
    found = proposal.get("parameters") if isinstance(proposal, dict) else None
    return found if isinstance(found, dict) else {}


def _public_proposal(folder: Path) -> Path:
    """The public proposal of a draft or of a run."""
    is_draft = (folder / DRAFT).is_file()
    if not is_draft:
        read_manifest(folder)
    ordinary_files(folder)
    return folder / PROPOSAL if is_draft else folder / PUBLIC / PROPOSAL


def _leaves(node: Any, place: str = "") -> dict[str, str]:
    if not isinstance(node, dict):
        return {place: str(node)}
    found: dict[str, str] = {}
    for key, child in node.items():
        found |= _leaves(child, f"{place}.{key}" if place else key)
    return found


def _code(record: Mapping[str, Any]) -> dict[str, str]:
    environment = record["environment"]
    return {
        "version": record["code"]["version"],
        "commit": str(record["code"]["commit"]),
        "package": record["code"]["package"][:12],
        "python": environment["python"],
        "platform": f"{environment['platform']} {environment['machine']}",
        **environment["packages"],
        **record["notebooks"],
    }


def _mappings(pair: list[dict[str, str]]) -> pd.DataFrame:
    found = [
        Difference(item.place, "", _cut(item.first), _cut(item.second))
        for item in _differing(pair[0], pair[1], "")
    ]
    return as_table(found)[["first", "second"]]


def _cut(text: str) -> str:
    is_digest = len(text) == 64 and not set(text) - set("0123456789abcdef")
    return text[:12] if is_digest else text


def _results(folders: tuple[Path, Path], files: list[str]) -> pd.DataFrame:
    found: list[Difference] = []
    for file in files:
        before, after = (folder / "results" / file for folder in folders)
        found += compare_files(before, after, file)
    table = as_table(found)
    return table.reset_index().set_index("place")[["first", "second"]] if len(files) == 1 else table


def _figures(folders: tuple[Path, Path], notebooks: list[str]) -> pd.DataFrame:
    """Figures whose picture differs; their data are among the tables."""
    found = []
    for path in notebooks:
        name = Path(path).name
        pictures = [_pictures(folder / path) for folder in folders]
        for number, (one, other) in enumerate(zip_longest(*pictures, fillvalue=ABSENT), start=1):
            if one != other:
                found.append(Difference(name, f"figure {number}", one, other))
    return as_table(found)


def _pictures(path: Path) -> list[str]:
    if not path.is_file() or path.is_symlink():
        return []
    return [text for place, text in (_places(path) or {}).items() if place.endswith("image/png")]


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """
    A table of differences for a terminal: numbers to six digits, or as many as tell them apart; cells cut to a line.

    Examples
    --------
    >>> one = Difference("weights.csv", "a, weight", "0.06896551724137931", "0.07")
    >>> readable(as_table([one])).iloc[0].to_list()
    ['a, weight', '0.0689655', '0.07']
    """
    rows = []
    for row in table.itertuples(index=False, name=None):
        *places, first, second = row
        rows.append([*map(_cut_place, places), *map(_cut_short, _told_apart(first, second))])
    return pd.DataFrame(rows, columns=table.columns, index=table.index.map(_cut_place), dtype="str")


def _told_apart(first: str, second: str) -> tuple[str, str]:
    for digits in range(_DIGITS, _ALL_DIGITS):
        shown = _rounded(first, digits), _rounded(second, digits)
        if shown[0] != shown[1]:
            return shown
    return first, second


def _rounded(text: str, digits: int) -> str:
    try:
        return text if len(text) <= digits else f"{float(text):.{digits}g}"
    except ValueError:
        return text


def _cut_place(text: str) -> str:
    return _cut_short(text, _WIDEST_PLACE)


def _cut_short(text: str, widest: int = _WIDEST) -> str:
    line = "".join(letter if letter.isprintable() else " " for letter in " ".join(str(text).split()))
    return line if len(line) <= widest else f"{line[: widest - 1]}…"
