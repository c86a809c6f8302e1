"""Reading indicator systems from YAML: safe, strict, with every fault named at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from methodology.errors import Problem, SystemDefinitionError
from methodology.indicators.system import DecisionRule, IndicatorSystem

LARGEST_BYTES = 2_000_000


_FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_FastLoader):  # type: ignore[misc, valid-type]
    """Safe YAML without repeated keys: the first would be lost without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: {key.value!r} is given twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _refuse_aliases(text: str) -> None:
    """Aliases can make a small file explode, and no file of ours needs one."""
    for event in yaml.parse(text, Loader=_FastLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else "unknown"
            raise yaml.YAMLError(f"line {line}: aliases (*name) are not allowed")


def read_yaml(path: Path, *, error: type = SystemDefinitionError) -> dict[str, Any]:
    """
    Read one YAML file that holds a mapping.

    Raises
    ------
    error
        If the file is missing, larger than 2 MB, not UTF-8, no mapping, or holds tags, aliases or repeated keys.
    """
    if not path.is_file():
        near = _closest(path.name, [other.name for other in path.parent.glob("*.yaml")])
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise error(f"There is no file {path.name!r} in {path.parent.name!r}.{hint}")
    if path.stat().st_size > LARGEST_BYTES:
        raise error(f"{path.name} has {path.stat().st_size} bytes; at most {LARGEST_BYTES} are read.")
    try:
        text = path.read_text(encoding="utf-8")
        _refuse_aliases(text)
        content = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as fault:
        raise error(f"{path.name} is not plain YAML: {' '.join(str(fault).split())}") from fault
    if not isinstance(content, dict):
        raise error(f"{path.name} holds a {type(content).__name__}, not a mapping of keys to values.")
    return content


def _closest(name: str, names: Iterable[str]) -> list[str]:
    """The name most like a misspelt one, or all that are equally like it; none that is hardly like it."""
    near = difflib.get_close_matches(name, sorted(names), cutoff=0.7)
    likeness = {other: difflib.SequenceMatcher(None, other, name).ratio() for other in near}
    return [other for other in near if likeness[other] == max(likeness.values())]


def problems_of(fault: ValidationError, file: str, known: Iterable[str] = ()) -> list[Problem]:
    """The faults pydantic found, as problems with file and key; `known` dotted keys help to mend misspelt ones."""
    names = list(known)
    found = []
    for item in fault.errors(include_url=False):
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            near = _closest(key, names)
            fix = f"Did you mean {' or '.join(near)}?" if near else ""
            found.append(Problem("is not a known key.", file=file, key=key, fix=fix))
            continue
        shown = not isinstance(item["input"], dict | list | tuple) and item["type"] != "missing"
        given = f" (given: {item['input']!r})" if shown else ""
        said = str(item["ctx"]["error"]) if item["type"] == "value_error" else item["msg"]
        found.append(Problem(f"{said}{given}", file=file, key=key))
    return found


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
    content.setdefault("rule", read_yaml(Path(__file__).with_name("rule.yaml")))
    try:
        return IndicatorSystem.model_validate(content)
    except ValidationError as fault:
        raise SystemDefinitionError(
            f"{path.name} is not a valid indicator system.", problems_of(fault, path.name)
        ) from fault


@lru_cache(maxsize=1)
def default_rule() -> DecisionRule:
    """The decision rule systems use unless they state their own."""
    return DecisionRule.model_validate(read_yaml(Path(__file__).with_name("rule.yaml")))
