"""A small indicator system and the files plants would send for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from methodology.errors import DataError, Problem
from methodology.indicators import IndicatorSystem
from methodology.sample import read_sample

HEADER = "plant,process_energy,dust,slag_use,furnace_class"
ROWS = ("A,400,4.5,99,I", "B,380,<2,97.5,II", "C,410,,n/a,none")
TABLE = "\n".join((HEADER, *ROWS)) + "\n"


def indicator(name: str, **more: Any) -> dict[str, Any]:
    """One indicator as YAML would give it."""
    base = {"id": name, "group": "g", "kind": "quantitative", "unit": "kg/t", "direction": "lower"}
    base |= {"name_zh": f"指标{name}", "name_en": name.replace("_", " ").capitalize(), "weight": 0.25}
    return base | {"definition": "d", "boundary": "b"} | more


def toy_system(**more: Any) -> IndicatorSystem:
    """Energy, dust with a detection limit, a percentage and a described indicator."""
    levels = {level: {"zh": f"{level}级", "en": f"level {level}"} for level in ("I", "II", "III")}
    content = {
        "id": "toy",
        "name_zh": "试验",
        "name_en": "Toy",
        "functional_unit": "t",
        "sources": {"MEM": {"title": "memory", "status": "RECALLED"}},
        "groups": [{"id": "g", "name_zh": "组", "name_en": "Group", "weight": 1.0, "status": "ASSUMED"}],
        "attributes": {"region": "north|south", "capacity": "kt/a", "works": "text"},
        "indicators": [
            indicator(
                "process_energy",
                unit="kgce/t",
                name_zh="工序能耗",
                bounds={"low": 250, "high": 560},
                limiting=True,
            ),
            indicator(
                "dust",
                unit="mg/m3",
                bounds={"low": 0, "high": 1e6},
                censoring={"possible": True, "typical_lod": 1.0},
            ),
            indicator("slag_use", unit="%", direction="higher", bounds={"low": 0, "high": 120}),
            indicator("furnace_class", unit="level", kind="qualitative", levels=levels),
        ],
    }
    return IndicatorSystem.model_validate(content | more)


def folder_with(folder: Path, table: str = TABLE, *, sidecar: str = "", encoding: str = "utf-8") -> Path:
    """A sample folder with plants.csv and, if wanted, sample.yaml."""
    (folder / "plants.csv").write_bytes(table.encode(encoding))
    if sidecar:
        (folder / "sample.yaml").write_text(sidecar, encoding="utf-8")
    return folder


def problems_of(place: Path, system: IndicatorSystem | None = None) -> list[Problem]:
    """Faults of a sample that is refused."""
    with pytest.raises(DataError) as caught:
        read_sample(place, system or toy_system())
    return caught.value.problems
