import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from shipped import ROOT
from spreadsheet_formulas import Sheet

from methodology.chain import with_covariates
from methodology.documents.score_sheet import _BLOCKS, LEVEL_AT, SCORES_AT, SHEET, _rows, write_score_sheet
from methodology.evaluation import evaluate
from methodology.findings.contents import RunContents
from methodology.indicators import LEVELS, CellState, Kind, Sample
from methodology.indicators.questionnaire_words import LESS, LEVEL_WORDS, NO
from methodology.parameters import Project
from methodology.parameters.loading import load_run
from methodology.parameters.model import Covariate, SampleChoices
from methodology.sample import correct, read_sample
from methodology.sample.attribute_words import choice_words

PLANTS = 16
WORDS = {code: word for word, code in LEVEL_WORDS.items()}
CODES = {1.0: "I", 2.0: "II", 3.0: "III", 4.0: "none"}
SYSTEMS = tuple(path.stem for path in sorted((ROOT / "data" / "judgements").iterdir()))
"""The series: addends, tables, curves, single levels, intervals, conversions, factors, what does not apply."""
COVARIATES = {
    "converter_steelmaking": (Covariate(indicator="co2_intensity", by="scrap_ratio", form="piecewise"),),
    "electric_steelmaking": load_run(ROOT / "params/runs/electric_steelmaking.yaml").sample.covariates,
}


def made(name: str, seed: int) -> SimpleNamespace:
    """A standard read off shipped plants at random strictness, and plants of all four states made from theirs."""
    random = np.random.default_rng(seed)
    project = Project.around()
    system = project.system(name)
    shipped = read_sample(project.sample_folder("", name), system)
    system = with_covariates(system, shipped, SampleChoices(covariates=COVARIATES.get(name, ())))
    corrected = correct(shipped, system).sample.comparable(system)
    entries = []
    for item in system.indicators:
        known = np.sort(corrected[item.id].dropna().to_numpy())
        cleanest = known if item.better == "lower" else known[::-1]
        picks = np.sort(random.integers(len(known) // 2, len(known), 3)) if len(known) else []
        values = [float(cleanest[pick]) for pick in picks]
        if item.kind is Kind.QUALITATIVE:
            values = [1.0, 2.0, 3.0]
        levels = {str(g): {"proposed": v} for g, v in zip(LEVELS, values, strict=True)}
        weight = float(system.weights.set_index("indicator").loc[item.id, "weight"])
        entries.append({"id": item.id, "weight": round(weight, 3), "levels": levels})
    entries[0]["weight"] = round(1 - sum(entry["weight"] for entry in entries[1:]), 3)
    chosen = {
        "evaluation": {
            "level_one": random.choice(["limiting", "limiting-and-rest-at-two"]),
            "cut": float(random.choice([0, 60, 75.5])),
        }
    }
    contents = RunContents(
        Path("toy"),
        system,
        {"indicators": entries, "parameters": chosen},
        *[pd.DataFrame()] * 3,
        (),
        {"corrected": True},
    )
    return SimpleNamespace(
        contents=contents, system=system, plants=_plants(shipped, system, random), chosen=chosen["evaluation"]
    )


def _plants(shipped: Sample, system, random) -> Sample:
    pick = random.integers(0, len(shipped.plants), PLANTS)
    values, states = shipped.values.iloc[pick].copy(), shipped.states.iloc[pick].copy()
    attributes = shipped.attributes.iloc[pick].copy()
    names = pd.Index([f"T{place:02d}" for place in range(PLANTS)])
    for table in (values, states, attributes):
        table.index = names
    for item in system.indicators:
        lot = random.random(PLANTS)
        excused, silent = (lot < 0.06).tolist(), ((lot > 0.06) & (lot < 0.12)).tolist()
        below = (item.kind is Kind.QUANTITATIVE) & (lot > 0.9) & (states[item.id] == CellState.MEASURED)
        states.loc[below, item.id] = np.int8(CellState.BELOW_LIMIT)
        states.loc[excused, item.id] = np.int8(CellState.NOT_APPLICABLE)
        states.loc[silent, item.id] = np.int8(CellState.NOT_REPORTED)
        values.loc[(states[item.id] >= CellState.NOT_REPORTED).to_numpy(), item.id] = np.nan
    for name in attributes.columns:
        attributes.loc[random.random(PLANTS) < 0.05, name] = None
    return Sample(values, states, attributes, pd.DataFrame({"plant": [], "reason": []}))


def written(contents: RunContents, path: Path) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        write_score_sheet(book, book.add_worksheet(SHEET), contents)
    return path


def typed(case: SimpleNamespace, plant: str) -> dict[str, object]:
    """What this plant's clerk types, by cell."""
    rows, found = _rows(case.contents), {}
    for name, row in rows.indicators.items():
        value, state = case.plants.values.loc[plant, name], case.plants.states.loc[plant, name]
        if state <= CellState.BELOW_LIMIT:
            qualitative = case.system[name].kind is Kind.QUALITATIVE
            found[f"H{row}"] = WORDS[CODES[value]] if qualitative else float(value)
        found[f"I{row}"] = {CellState.BELOW_LIMIT: LESS, CellState.NOT_APPLICABLE: NO}.get(CellState(state))
    for name, row in rows.attributes.items():
        value, kind = case.plants.attributes.loc[plant, name], case.system.attributes[name]
        if pd.notna(value) and value != "":
            found[f"D{row}"] = choice_words(name, kind)[value][0] if "|" in kind else float(value)
    return {cell: value for cell, value in found.items() if value is not None}


def judged(case: SimpleNamespace) -> pd.DataFrame:
    """What the package says of the same plants."""
    rows = [
        (e["id"], level, told["proposed"])
        for e in case.contents.proposal["indicators"]
        for level, told in e["levels"].items()
    ]
    values = pd.DataFrame(rows, columns=["indicator", "level", "value"])
    weights = pd.DataFrame(
        [(e["id"], e["weight"]) for e in case.contents.proposal["indicators"]],
        columns=["indicator", "weight"],
    )
    return evaluate(
        correct(case.plants, case.system).sample, case.system, values, weights, **case.chosen
    ).set_index("plant")


def shown(case: SimpleNamespace, cells) -> tuple[list[float], str, set[str]]:
    """Scores, level and limiting indicators in the way, as a sheet shows them."""
    rows = _rows(case.contents)
    scores = [float(cells[f"B{SCORES_AT + 1 + place}"]) for place in range(3)]
    level = LEVEL_WORDS[cells[f"B{LEVEL_AT + 1}"]]
    return (
        scores,
        level,
        {name for name, row in rows.indicators.items() if str(cells[f"K{row}"] or "").startswith(_BLOCKS)},
    )


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_sheet_judges_random_plants_as_the_package_does(name, tmp_path):
    levels = []
    for seed in range(2):
        case = made(name, seed)
        sheet = openpyxl.load_workbook(written(case.contents, tmp_path / f"{seed}.xlsx"))[SHEET]
        live = Sheet(
            {
                cell.coordinate: cell.value
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None
            }
        )
        for plant, told in judged(case).iterrows():
            live.fill(typed(case, plant))
            scores, level, blocking = shown(case, live)
            assert scores == pytest.approx([told["Y_I"], told["Y_II"], told["Y_III"]], abs=2e-9), (
                seed,
                plant,
            )
            assert (level, blocking) == (told["level"], set(told["limiting_failed"].split())), (seed, plant)
            levels.append(level)
    assert len(set(levels)) >= 2


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice to recalculate with")
def test_a_spreadsheet_program_computes_the_same(tmp_path):
    case = made("coking", 1)
    path, told = written(case.contents, tmp_path / "sheet.xlsx"), judged(case)
    book = openpyxl.load_workbook(path)
    plants = list(told.index[:4])
    for plant in plants:
        sheet = book.copy_worksheet(book[SHEET])
        sheet.title = plant
        for cell, value in typed(case, plant).items():
            sheet[cell] = value
    book.save(tmp_path / "filled.xlsx")
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [
        "soffice",
        "--headless",
        home,
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "out"),
        str(tmp_path / "filled.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    computed = openpyxl.load_workbook(tmp_path / "out" / "filled.xlsx", data_only=True)
    for plant in plants:
        cells = {cell.coordinate: cell.value for row in computed[plant].iter_rows() for cell in row}
        scores, level, blocking = shown(case, cells)
        own = told.loc[plant]
        assert scores == pytest.approx([own["Y_I"], own["Y_II"], own["Y_III"]], abs=2e-9)
        assert (level, blocking) == (own["level"], set(own["limiting_failed"].split()))
