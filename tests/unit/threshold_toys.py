"""Tiny systems and samples whose benchmark values can be read by eye."""

import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.thresholds.table import thresholds_table

SHARES = {"I": 0.05, "II": 0.20, "III": 0.50}
LEVEL_TEXT = {level: {"zh": "级", "en": "level"} for level in ("I", "II", "III")}


def indicator(name, direction="lower", **more):
    kind = "qualitative" if "levels" in more else "quantitative"
    unit = "level" if "levels" in more else "kg/t"
    words = {"name_zh": name, "name_en": name, "definition": "d", "boundary": "b", "weight": 0.5}
    return {"id": name, "group": "g", "kind": kind, "unit": unit, "direction": direction, **words, **more}


def system_of(*indicators, **more):
    rows = [{**item, "weight": 1 / len(indicators)} for item in indicators]
    return IndicatorSystem.model_validate(
        {
            "id": "tiny",
            "name_zh": "小",
            "name_en": "Tiny",
            "functional_unit": "1 t",
            "sources": {"S": {"title": "t", "status": "ASSUMED"}},
            "groups": [{"id": "g", "name_zh": "组", "name_en": "Group", "weight": 1.0, "status": "ASSUMED"}],
            "indicators": rows,
            **more,
        }
    )


def anchors(shape):
    status = {"status_median": "ASSUMED", "status_spread": "ASSUMED"}
    return {"p10": 1, "p50": 2, "p90": 3, "shape": shape, "source": ["S"], **status}


def table_of(cells, system=None, **choices):
    frame = pd.DataFrame(cells, index=[f"P{k:02d}" for k in range(len(next(iter(cells.values()))))])
    chosen = system or system_of(*(indicator(name) for name in cells))
    found = thresholds_table(frame, chosen, shares=SHARES, **choices)
    return found.set_index(["indicator", "level"])


TWENTY = [float(k) for k in range(1, 21)]
