"""Twelve real-looking plants of coking, and a study made of what they sent."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from toy_runs import ROOT

from methodology.parameters import Project
from methodology.runs.new_study import new_study

SHIPPED = Project(ROOT)
PLANTS = ROOT / "data" / "samples" / "coking" / "plants.csv"
EXPERTS = ROOT / "data" / "judgements" / "coking"
SYSTEM = SHIPPED.system("coking")
NAMES = [f"江南{word}焦化有限公司" for word in "甲乙丙丁戊己庚辛壬癸子丑"]


def send(folder: Path) -> Path:
    """Twelve tables of one named plant each."""
    folder.mkdir()
    table = pd.read_csv(PLANTS, dtype=str, keep_default_na=False)
    for number, name in enumerate(NAMES):
        row = table.iloc[[number]].assign(plant=name)
        row.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8")
    return folder


def made(folder: Path, *plants: Path, experts: tuple[Path, ...] = ()) -> Project:
    """A new study of coking."""
    new_study(folder, "coking", plants=plants, experts=experts, project=SHIPPED)
    return Project(folder)
