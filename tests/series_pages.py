"""What a committed notebook shows, and the samples, registers and systems it is recomputed from, read with pandas."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from shipped import ROOT, SERIES


def stated(path: Path) -> Any:
    """What a YAML file says, read in C where PyYAML brings it: the eight systems take seconds otherwise."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe one


NAMES = {name: stated(ROOT / f"params/systems/{name}.yaml") for name in SERIES}
LABELS = {content["name_en"]: name for name, content in NAMES.items()}
PROMISES = {"each indicator alone": "marginal", "the whole standard": "joint"}
LEVELS = ("I", "II", "III")
CODES = {"I": 1, "II": 2, "III": 3}
MEASURED, BELOW_LIMIT, NOT_REPORTED, NOT_APPLICABLE = range(4)


def tables_of(name: str) -> list[pd.DataFrame]:
    """Tables a committed notebook shows, as its English reader sees them, cells as texts."""
    content = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    found = []
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            text = "".join(output.get("data", {}).get("text/html", ""))
            if "overview" in text:
                found.append(_table(text))
    return found


def _table(text: str) -> pd.DataFrame:
    def cells(row: str) -> list[str]:
        return [_english(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]

    head, *body = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    return pd.DataFrame([cells(row) for row in body], columns=cells(head))


def _english(cell: str) -> str:
    """The text of a cell without its Chinese; a cell that both languages share has no span."""
    spans = dict(re.findall(r'<span lang="(zh-CN|en)">(.*?)</span>', cell, re.DOTALL))
    assert set(spans) in (set(), {"zh-CN", "en"}), cell
    return html.unescape(re.sub(r"<[^>]*>", "", spans.get("en", cell)))


@cache
def cells(system: str, column: str) -> pd.Series:
    """Numbers a sample states, without those outside the bounds; limits as the limit."""
    table = pd.read_csv(ROOT / f"data/samples/{system}/plants.csv", dtype=str, keep_default_na=False)
    (item,) = [item for item in NAMES[system]["indicators"] if item["id"] == column]
    values = pd.to_numeric(table.set_index("plant")[column].str.lstrip("<"), errors="coerce")
    return values[values.between(item["bounds"]["low"], item["bounds"]["high"])]


@cache
def plants(system: str) -> pd.DataFrame:
    table = pd.read_csv(ROOT / f"data/samples/{system}/plants.csv", dtype=str, keep_default_na=False)
    return table.set_index("plant").assign(capacity=lambda own: own["capacity"].astype(float))


@cache
def register(system: str) -> pd.DataFrame:
    table = pd.read_csv(ROOT / f"data/reference/register_{system}.csv", dtype=str, keep_default_na=False)
    return table.set_index("plant").assign(capacity=lambda own: own["capacity"].astype(float))


def amount(text: str, name: str) -> float:
    """A printed value; of an interval, how far it lies around the target."""
    low, dash, high = text.rstrip("‡").partition("–")
    if not dash:
        return float(text.replace("−", "-"))
    items = (i for c in NAMES.values() for i in c["indicators"])
    target = next(item["target"] for item in items if item["name_en"] == name)
    assert target[0] - float(low) == pytest.approx(float(high) - target[1])
    return round(float(high) - target[1], 9)


def english(system: str, indicator: str) -> str:
    return next(item["name_en"] for item in NAMES[system]["indicators"] if item["id"] == indicator)


def called(strata: list[str], codes: str) -> str:
    """A stratum in the words that forms use for the codes of its attributes."""
    listed = stated(ROOT / "methodology/sample/attribute_words.yaml")
    pairs = zip(strata, codes.split(" / "), strict=True)
    return " / ".join(listed[name]["choices"][code][1] for name, code in pairs)
