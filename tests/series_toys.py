"""Three small systems that belong together: two processes and the works that has both."""

from __future__ import annotations

import pandas as pd

from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.parameters import Parameters
from methodology.sample import correct
from methodology.series.members import Member

WHY = "A toy of the tests, with numbers that can be checked by hand."
LEVELS = {level: {"zh": f"{level}级", "en": f"level {level}"} for level in ("I", "II", "III")}


def indicator(name: str, *, unit: str = "kgce/t", **fields: object) -> dict[str, object]:
    """One indicator of the only group."""
    return {
        "id": name,
        "group": "en",
        "name_zh": f"{name}指标",
        "name_en": name.capitalize(),
        "kind": "quantitative",
        "unit": unit,
        "direction": "lower",
        "weight": 0.5,
        "definition": "amount over product",
        "boundary": "gate to gate",
        **fields,
    }


def system(name: str, indicators: list[dict[str, object]], **fields: object) -> IndicatorSystem:
    """A system with one group and two strata."""
    return IndicatorSystem.model_validate(
        {
            "id": name,
            "name_zh": f"{name}体系",
            "name_en": name.capitalize(),
            "functional_unit": "t",
            "sources": {"S": {"title": "a source", "status": "ASSUMED"}},
            "groups": [
                {"id": "en", "name_zh": "能源", "name_en": "Energy", "weight": 1, "status": "ASSUMED"}
            ],
            "attributes": {"works": "text", "size": "large|small", "capacity": "kt/a"},
            "strata": ["size"],
            "indicators": indicators,
            **fields,
        }
    )


def old(level: str, value: float, unit: str = "kgce/t", **fields: object) -> dict[str, object]:
    """A value of the previous index."""
    return {
        "kind": "index_2014",
        "label": f"old {level}",
        "value": value,
        "unit": unit,
        "basis": "annual",
        "source": "S",
        "status": "SEEN-2nd",
        "year": 2014,
        "level": level,
        **fields,
    }


def law(value: float, unit: str = "kgce/t", **fields: object) -> dict[str, object]:
    """A mandatory value."""
    return {
        "kind": "energy_norm",
        "label": "the norm",
        "value": value,
        "unit": unit,
        "basis": "annual",
        "source": "S",
        "status": "RECALLED_H",
        "year": 2025,
        "binds": ["I", "II", "III"],
        **fields,
    }


def plants(columns: dict[str, list[object]], *, works: list[str] | None = None) -> pd.DataFrame:
    """A table of cells, P1 first, with the attributes of the toys."""
    size = len(next(iter(columns.values())))
    table = pd.DataFrame(columns, index=pd.Index([f"P{n + 1}" for n in range(size)], name="plant"))
    table["works"] = works or [f"W{n + 1}" for n in range(size)]
    table["size"] = ["large" if n < size // 2 else "small" for n in range(size)]
    table["capacity"] = [200.0 if n < size // 2 else 100.0 for n in range(size)]
    return table


def register(sample: Sample, *, times: int = 2) -> pd.DataFrame:
    """Every plant of the sample `times` over."""
    once = sample.attributes[["works", "size", "capacity"]]
    parts = [once.rename(index=lambda name, k=k: f"{name}-{k}") for k in range(times)]
    return pd.concat(parts)


def member(
    definitions: IndicatorSystem, table: pd.DataFrame, *, industry: bool = True, **sections: object
) -> Member:
    """A member with the system's own weights and a register of twice as many plants."""
    raw = as_sample(table, definitions)
    corrections = correct(raw, definitions)
    choices = Parameters.model_validate(
        {
            "system": definitions.id,
            "why": WHY,
            "weights": {"method": "system"},
            "thresholds": {"promise": "marginal", "share_I": 0.2, "share_II": 0.4, "share_III": 0.6},
            "proposal": {
                "rounding": "none",
                "disclosure_minimum": 1,
                "bound_by_law": False,
                "bound_by_index": False,
            },
            **sections,
        }
    )
    return Member(
        parameters=choices,
        system=definitions,
        raw=raw,
        sample=corrections.sample,
        terms=corrections.terms,
        judgements=None,
        population=2 * len(raw.plants),
        register=register(raw),
        industry=corrections.sample if industry else None,
    )


ENERGY = [float(10 * n) for n in range(1, 11)]
WATER = [1.0, 2.0, 1.5, 2.5, 3.0, 3.5, 4.5, 4.0, 5.0, 6.0]


def iron(**fields: object) -> Member:
    """Ten plants; energy 10, 20 ... 100."""
    items = [indicator("energy", limiting=True, **fields), indicator("water", unit="m3/t")]
    return member(system("iron", items), plants({"energy": ENERGY, "water": WATER}))


def steel() -> Member:
    """Ten plants; energy 1, 2 ... 10; no water."""
    items = [indicator("energy", limiting=True, boundary="shop only"), indicator("dust", unit="kg/t")]
    values = [value / 10 for value in ENERGY]
    return member(system("steel", items), plants({"energy": values, "dust": WATER}))


def works(energy: list[float] | None = None) -> Member:
    """Ten works; energy 12, 24 ... 120 unless told otherwise."""
    items = [
        indicator("total", limiting=True, comparators=[old("I", 20), old("II", 40), old("III", 60), law(50)]),
        indicator("water", unit="m3/t"),
    ]
    values = energy or [12 * value / 10 for value in ENERGY]
    return member(system("works", items), plants({"total": values, "water": WATER}))


RELATIONS = pd.DataFrame(
    [
        ("energy", "sum", "works", "total", "iron", "energy", 1.0, "ASSUMED"),
        ("energy", "sum", "works", "total", "steel", "energy", 2.0, "ASSUMED"),
        ("one water", "same", "works", "water", "iron", "water", 1.0, "ASSUMED"),
    ],
    columns=[
        "relation",
        "kind",
        "whole_system",
        "whole_indicator",
        "part_system",
        "part_indicator",
        "ratio",
        "status",
    ],
)
