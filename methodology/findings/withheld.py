"""What stands in a public proposal for a value that may not leave the house, and for who was left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

WITHHELD = {
    "reason": "Withheld: unrounded, the value is one plant's own figure.",
    "reason_zh": "不予公布：未修约的数值即单个企业的数据。",
}
"""What stands for a value that may not leave the house."""


def withheld(
    document: Mapping[str, Any], gives_away: Callable[[str, float, float | None], bool]
) -> dict[str, Any]:
    """A public proposal without the values that are one plant's own figure, each with the reason."""
    steps = {}
    indicators = []
    for entry in document["indicators"]:
        levels = {}
        for level, stated in entry["levels"].items():
            steps[entry["id"], level] = stated.get("step")
            value = stated.get("proposed")
            if value is not None and gives_away(entry["id"], float(value), stated.get("step")):
                stated = {**stated, "proposed": None, "disclosure": "withhold"} | WITHHELD
            levels[level] = stated
        indicators.append({**entry, "levels": levels})

    def kept(name: str, level: str, value: float | None) -> float | None:
        return (
            None if value is not None and gives_away(name, float(value), steps.get((name, level))) else value
        )

    promises = {
        promise: {**told, "proposed": {
            name: {level: kept(name, level, value) for level, value in levels.items()}
            for name, levels in told.get("proposed", {}).items()
        }}
        for promise, told in document.get("promises", {}).items()
    }  # fmt: skip
    return {**document, "indicators": indicators} | ({"promises": promises} if promises else {})


def without_exclusions(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The choices of a run, with the number of plants left out in place of who they are and why."""
    sample = parameters.get("sample")
    left_out = len(sample.get("exclude") or ()) if isinstance(sample, Mapping) else 0
    if not isinstance(sample, Mapping) or not left_out:
        return dict(parameters)
    told = f"{left_out} 家，理由见内部资料 plants left out; the reasons stand in the internal set"
    return {**parameters, "sample": {**sample, "exclude": told}}
