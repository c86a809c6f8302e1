"""Reading indicator systems from YAML: safe, strict, with every fault named at once."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from methodology.errors import Problem, SystemDefinitionError
from methodology.indicators.plain_yaml import LARGEST_BYTES, PlainYamlError, Stated, parse_yaml
from methodology.indicators.system import DecisionRule, IndicatorSystem

FOLDER_OF_PLANTS = (
    "Plants and experts of your own make a study: `workbench new FOLDER --system ID --plants PATH --experts PATH`. A "
    "source is the name of a folder below data/samples/ or data/judgements/."
)
_ID = "lower-case letters a-z, digits and underscores, a letter first"
_FORMS = {
    r"^[a-z][a-z0-9_]*$": (f"is no id ({_ID}).", "Write e.g. hot_rolling."),
    r"^([a-z][a-z0-9_]*)?$": (f"is no name of a folder ({_ID}).", FOLDER_OF_PLANTS),
    r"^([a-z][a-z0-9_]*=.+)?$": ("is not written attribute=value.", "Write e.g. size=large."),
    r"^(SEEN|SEEN-2nd|RECALLED|RECALLED_[HML]|DERIVED|ASSUMED)( \(.*\))?$": (
        "is no status of a source.",
        "Write SEEN, SEEN-2nd, RECALLED, RECALLED_H, RECALLED_M, RECALLED_L, DERIVED or ASSUMED.",
    ),
}
"""Patterns of fields, in words."""
_WANTED = {
    "greater_than": "should be above {gt}",
    "greater_than_equal": "should be at least {ge}",
    "less_than": "should be below {lt}",
    "less_than_equal": "should be at most {le}",
    "literal_error": "should be one of {expected}",
    "string_too_long": "should have at most {max_length} signs",
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "should be a number"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "should be a whole number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "should be true or false"),
    **dict.fromkeys(("string_type",), "should be a text"),
    **dict.fromkeys(("tuple_type", "list_type"), "should be a list"),
}
"""What a value should be, by the kind of fault; the catalogue has the Chinese."""
_MOST_HINTS = 20
"""Unknown keys of a file that are compared with the known ones: a slip is one or two, and comparing takes time."""


def read_yaml(path: Path, *, error: type = SystemDefinitionError) -> Stated:
    """
    Read one YAML file that holds a mapping.

    Raises
    ------
    error
        If the file is missing, larger than 1 MB, not UTF-8, no mapping, or not plain; with the line.
    """
    if not path.is_file():
        where = f"in {path.parent.name!r}" if path.parent.name else "here"
        what, hint = "does not exist", ""
        if path.exists():
            what = "is a folder, not a file" if path.is_dir() else "is no file that can be read"
        elif near := _closest(path.name, [other.name for other in path.parent.glob("*.yaml")]):
            hint = f" Did you mean {' or '.join(near)}?"
        raise error(f"{path.name!r} {where} {what}.{hint}")
    if path.stat().st_size > LARGEST_BYTES:
        raise error(f"{path.name} has {path.stat().st_size:,} bytes; at most {LARGEST_BYTES:,} are read.")
    data = path.read_bytes()
    try:
        content, lines = parse_yaml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise error(f"{path.name} is not plain YAML: line {line}: the bytes are no UTF-8 text.") from fault
    except PlainYamlError as fault:
        raise error(f"{path.name} is not plain YAML: {fault}.") from fault
    if not isinstance(content, dict):
        holds = (
            "nothing" if content is None else "a list" if isinstance(content, list) else "one text or number"
        )
        raise error(
            f"{path.name} holds {holds}, and not keys with values, e.g. `why: ...`. Is it the right file?"
        )
    return Stated(content, lines)


def _closest(name: str, names: Iterable[str]) -> list[str]:
    """Names that begin with what was typed, or the one most like it, or all that are equally like it."""
    if len(name) > 100:
        return []
    known, stem = sorted(names), name.removesuffix(".yaml")
    begun = [other for other in known if len(stem) > 2 and other.startswith(stem)]
    if begun:
        return begun[:3]
    near = difflib.get_close_matches(name, known, cutoff=0.7)
    likeness = {other: difflib.SequenceMatcher(None, other, name).ratio() for other in near}
    return [other for other in near if likeness[other] == max(likeness.values())]


def problems_of(
    fault: ValidationError,
    file: str,
    known: Iterable[str] = (),
    *,
    stated: Mapping[str, Any] | None = None,
    other_words: Mapping[str, str] | None = None,
) -> list[Problem]:
    """
    The faults pydantic found, as problems with file, key and line.

    Parameters
    ----------
    known : iterable of str
        Dotted keys, which help to mend misspelt ones.
    stated : mapping, optional
        What was read, if by `read_yaml`: it knows the lines.
    other_words : mapping of key to str, optional
        What to do instead of using a key that people try and that is none.
    """
    names, found, hints = list(known), [], 0
    for item in fault.errors(include_url=False):
        key = ".".join(str(part) for part in item["loc"])
        line = stated.line_of(item["loc"]) if isinstance(stated, Stated) else None
        if item["type"] == "extra_forbidden":
            hints += 1
            near = _closest(key, names) if hints <= _MOST_HINTS else []
            fix = (other_words or {}).get(key) or (f"Did you mean {' or '.join(near)}?" if near else "")
            found.append(Problem("is not a known key.", file=file, key=key, line=line, fix=fix))
        else:
            what, fix = _in_words(item)
            found.append(Problem(what, file=file, key=key, line=line, fix=fix))
    return found


def _in_words(item: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with a value, and what to do; nobody is shown a regular expression."""
    given = repr(item["input"]) if not isinstance(item["input"], dict | list | tuple) else ""
    given = given if len(given) <= 80 else f"{given[:77]}..."
    if item["type"] == "string_pattern_mismatch":
        what, fix = _FORMS.get(item["ctx"]["pattern"], ("does not have the form that this key takes.", ""))
        return f"{given} {what}", fix
    said = str(item["ctx"]["error"]) if item["type"] == "value_error" else item["msg"]
    if item["type"] in _WANTED:
        limits = item.get("ctx", {}).items()
        told = {name: str(value).removesuffix(".0").replace(" or ", ", ") for name, value in limits}
        said = _WANTED[item["type"]].format(**told)
    return f"{said} (given: {given})" if given and item["type"] != "missing" else said, ""


def load_system(path: Path | str) -> IndicatorSystem:
    """
    Load and check one indicator system; a file that was edited is read again.

    Raises
    ------
    SystemDefinitionError
        Every fault of the file at once, each with its key.
    """
    path = Path(path)
    try:
        about = path.stat()
    except OSError:
        return _load_system(path, 0, 0)
    return _load_system(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=64)
def _load_system(path: Path, _modified: int, _size: int) -> IndicatorSystem:
    content = read_yaml(path)
    _with_factors(content, path)
    content.setdefault("rule", read_yaml(Path(__file__).with_name("rule.yaml")))
    try:
        return IndicatorSystem.model_validate(content)
    except ValidationError as fault:
        raise SystemDefinitionError(
            f"{path.name} is not a valid indicator system.", problems_of(fault, path.name, stated=content)
        ) from fault


def _with_factors(content: Stated, path: Path) -> None:
    """Conventions given by id alone are taken from the register of factors beside the system, or the shipped one."""
    stated = content.get("conventions")
    if not isinstance(stated, list) or not any(isinstance(item, str) for item in stated):
        return
    folders = [*path.resolve().parents, *Path(__file__).resolve().parents[1:3]]
    register = next(
        (f for folder in folders if (f := folder / "data" / "reference" / "factors.csv").is_file()), None
    )
    known = _register(register) if register else {}
    unknown = [item for item in stated if isinstance(item, str) and item not in known]
    if unknown:
        raise SystemDefinitionError(
            f"{path.name}: the conventions {', '.join(map(repr, unknown))} are not in the register of factors. "
            f"Known: {', '.join(known) or 'none, the register is missing'}. Add a line, or state it in full."
        )
    content["conventions"] = [known[item] if isinstance(item, str) else item for item in stated]


@lru_cache(maxsize=8)
def _register(path: Path) -> dict[str, dict[str, Any]]:
    """Conversion factors, each with unit, source, status and vintage."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["id"]: {**row, "value": float(row["value"])} if row["value"] else {**row, "value": None}
            for row in csv.DictReader(file)
        }


@lru_cache(maxsize=1)
def default_rule() -> DecisionRule:
    """The decision rule systems use unless they state their own."""
    return DecisionRule.model_validate(read_yaml(Path(__file__).with_name("rule.yaml")))
