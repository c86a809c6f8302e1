"""200 plants x 60 raw quantities: three years in one table, or a form of each; read, computed and checked.

`python benchmarks/intake.py`. The system is the shipped one of ironmaking, its raw quantities repeated under further
names until there are 60. The questionnaires are the shipped form, filled in with the figures of each plant.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from methodology.forms.questionnaire import write_questionnaire
from methodology.indicators import IndicatorSystem, Kind
from methodology.indicators import questionnaire_words as words
from methodology.indicators.loading import load_system
from methodology.sample import check_sample

PLANTS, YEARS, WANTED, REPEATS, SEED = 200, (2022, 2023, 2024), 60, 5, 1
ROWS = PLANTS * len(YEARS)
NAME = "P0000"
_VALUE = re.compile(rb"<v>[^<]+</v>")

USUAL = {
    "hot_metal": 3.12e6,
    "coke": 1.03e6,
    "nut_coke": 1.2e5,
    "coal": 4.7e5,
    "burden": 5.1e6,
    "burden_iron": 2.95e6,
    "coke_carbon": 86,
    "coal_carbon": 78,
    "hot_metal_carbon": 4.5,
    "coal_lhv": 29500,
    "electricity_used": 15000,
    "bfg_used": 2.0e5,
    "bfg_lhv": 3300,
    "cog_used": 10,
    "cog_lhv": 17000,
    "steam_used": 3e4,
    "oxygen_used": 15000,
    "other_energy": 5000,
    "bfg_generated": 5.4e5,
    "bfg_flared": 5000,
    "trt_electricity": 12000,
    "bprt_saved": 10,
    "water_intake": 1.5e6,
    "water_supplied_out": 2e4,
    "slag_generated": 1.02e6,
    "slag_used": 1.01e6,
    "measures_planned": 40,
    "measures_implemented": 31,
}
"""Amounts of a year of three million tonnes of hot metal."""


def widened(system: IndicatorSystem) -> IndicatorSystem:
    """The system with as many raw quantities of the plant as are wanted; the added ones are read and not used."""
    own = [quantity for quantity in system.quantities if not quantity.outlet]
    more = [
        own[n % len(own)].model_copy(
            update={"id": f"extra_{n}", "name_zh": f"补充{n}", "name_en": f"Extra {n}"}
        )
        for n in range(WANTED - len(own))
    ]
    return system.model_copy(update={"quantities": (*system.quantities, *more)})


def table(system: IndicatorSystem) -> pd.DataFrame:
    """Invented amounts of every plant and year, and levels of the described indicators."""
    rng = np.random.default_rng(SEED)
    codes = [f"P{n:04d}" for n in range(1, PLANTS + 1)]
    columns: dict[str, object] = {"plant": codes * len(YEARS), "year": np.repeat(YEARS, PLANTS)}
    plain = [q.id for q in system.quantities if not q.outlet]
    columns |= {name: (USUAL.get(name, 50.0) * rng.normal(1, 0.01, ROWS)).round(3) for name in plain}
    for indicator in system.indicators:
        if indicator.kind is Kind.QUALITATIVE:
            columns[indicator.id] = rng.choice(["I", "II", "III"], ROWS)
        elif not indicator.formula or "sum(" in indicator.formula:
            middle = indicator.anchors.p50 if indicator.anchors else 1.0
            columns[indicator.id] = (middle * rng.normal(1, 0.05, ROWS)).round(4)
    return pd.DataFrame(columns)


def questionnaires(system: IndicatorSystem, folder: Path) -> Path:
    """A filled form of every plant."""
    folder.mkdir()
    form = folder.with_suffix(".xlsx")
    write_questionnaire(system, form)
    given = table(system).iloc[:PLANTS].to_dict("records")
    row = given[0] | {words.PLANT_ROW: NAME, words.YEAR_ROW: YEARS[-1]}
    levels = {level: word for word, level in words.LEVEL_WORDS.items()}
    book = openpyxl.load_workbook(form)
    for sheet in book:
        columns: dict[str, int] = {}
        for cells in sheet.iter_rows():
            texts = {str(cell.value): at for at, cell in enumerate(cells) if cell.value is not None}
            columns = texts if words.CODE in texts else columns
            value = row.get(str(cells[columns[words.CODE]].value)) if columns else None
            if value is not None and words.ENTRY in columns:
                cells[columns[words.ENTRY]].value = levels.get(str(value), value)
    book.save(form)
    with zipfile.ZipFile(form) as filled:
        parts = {name: filled.read(name) for name in filled.namelist()}
    for number, own in enumerate(given, start=1):
        swaps = {f"<v>{given[0][code]}</v>".encode(): f"<v>{own[code]}</v>".encode() for code in own}
        with zipfile.ZipFile(folder / f"{number}.xlsx", "w", zipfile.ZIP_DEFLATED) as copy:
            for name, content in parts.items():
                named = content.replace(NAME.encode(), f"P{number:04d}".encode())
                copy.writestr(name, _swapped(named, swaps))
    return folder


def _swapped(content: bytes, swaps: dict[bytes, bytes]) -> bytes:
    """A part of a workbook with other stored values."""
    return _VALUE.sub(lambda found: swaps.get(found[0], found[0]), content)


def main() -> None:
    """Print the seconds of each repetition and their median: a text table, a workbook, and a workbook of each plant."""
    system = widened(load_system(Path(__file__).parents[1] / "params" / "systems" / "ironmaking.yaml"))
    given = table(system)
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / "plants.csv", Path(folder) / "plants.xlsx", Path(folder) / "forms"]
        given.to_csv(places[0], index=False)
        given.to_excel(places[1], index=False)
        questionnaires(system, places[2])
        for place in places:
            seconds, busy = [], []
            for _ in range(REPEATS):
                start, began = time.perf_counter(), time.process_time()
                problems, warnings = check_sample(place, system)
                seconds.append(time.perf_counter() - start)
                busy.append(time.process_time() - began)
            faults = [problem.what for problem in problems][:2]
            size = (
                f"{given.shape[0]} rows x {given.shape[1]} columns" if place.suffix else f"{PLANTS} workbooks"
            )
            print(f"{place.name}: {size}, faults: {faults or 'none'}")
            wall = statistics.median(seconds)
            print(
                f"  {len(warnings)} doubts; median {wall:.2f} s, of the processor at least {min(busy):.2f} s"
            )


if __name__ == "__main__":
    main()
