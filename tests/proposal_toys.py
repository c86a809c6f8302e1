"""A proposal and plants for a shipped system, made without calibrating anything."""

from __future__ import annotations

from typing import Any

import pandas as pd

from methodology.indicators import IndicatorSystem, Kind


def proposal_of(system: IndicatorSystem) -> dict[str, Any]:
    """A sound proposal.json of a system; lower values are stricter where lower is better."""
    share = 1 / len(system.indicators)
    return {
        "system": system.id,
        "run": "0123456789ab",
        "plants": 30,
        "joint_plants": {"I": 2, "II": 6, "III": 15},
        "parameters": {"sample": {"correction": False}, "evaluation": {"level_one": "system", "cut": 0.0}},
        "indicators": [
            {
                "id": indicator.id,
                "group": indicator.group,
                "kind": str(indicator.kind),
                "unit": indicator.unit,
                "direction": str(indicator.direction),
                "limiting": indicator.limiting,
                "weight": share,
                "n": 30,
                "levels": _levels(indicator),
            }
            for indicator in system.indicators
        ],
    }


def _levels(indicator: Any) -> dict[str, Any]:
    codes = (1.0, 2.0, 3.0)
    scale = 1.0 if indicator.kind is Kind.QUALITATIVE else 10.0
    values = codes if indicator.better == "lower" else tuple(reversed(codes))
    return {
        level: {"proposed": value * scale, "attained": 3, "attainment": 0.1, "flags": [], "interval": "none"}
        for level, value in zip(("I", "II", "III"), values, strict=True)
    }


def plants_of(system: IndicatorSystem) -> pd.DataFrame:
    """Three plants with the same value everywhere, in cells."""
    cells = {
        indicator.id: ["I", "II", "III"] if indicator.kind is Kind.QUALITATIVE else ["5", "15", "25"]
        for indicator in system.indicators
    }
    return pd.DataFrame(cells, index=pd.Index(["P01", "P02", "P03"], name="plant"))
