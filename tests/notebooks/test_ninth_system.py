"""A ninth system takes one YAML and one sample, no code: it is read, calibrated, compared and run like the others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml
from nbclient import NotebookClient
from playwright.sync_api import sync_playwright

from methodology import series
from methodology.parameters import Project
from methodology.series.reading import read_series

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ROOT = Path(__file__).resolve().parents[2]
NINTH = "lime_kilning"
SYSTEM = {
    "id": NINTH,
    "name_zh": "石灰焙烧",
    "name_en": "Lime kilning",
    "note": "Draft of a test: not a published standard.",
    "functional_unit": "t lime",
    "sources": {"DRAFT": {"title": "judgement of a test", "status": "ASSUMED"}},
    "attributes": {"works": "text", "kiln": "shaft|rotary", "capacity": "kt/a"},
    "strata": ["kiln"],
    "groups": [
        {
            "id": "en",
            "name_zh": "能源消耗",
            "name_en": "Energy consumption",
            "weight": 0.6,
            "status": "ASSUMED",
        },
        {
            "id": "po",
            "name_zh": "污染物排放",
            "name_en": "Pollutant discharge",
            "weight": 0.4,
            "status": "ASSUMED",
        },
    ],
}
INDICATORS = (  # id, group, Chinese and English name, unit, direction, limiting, step
    ("process_energy", "en", "石灰工序单位产品能耗", "Lime process energy", "kgce/t", "lower", True, 0.5),
    ("kiln_pm", "po", "窑尾颗粒物排放浓度", "Kiln particulate concentration", "mg/m3", "lower", True, 0.1),
    ("dust_use", "po", "除尘灰综合利用率", "Use of kiln dust", "%", "higher", False, 0.5),
)
LIMIT = {
    "kind": "mandatory_limit",
    "label": "the limit",
    "value": 190,
    "unit": "kgce/t",
    "basis": "annual",
    "source": "DRAFT",
    "status": "ASSUMED",
}
RUN = f"""
system: {NINTH}
why: A ninth system, added by a test without any code.
weights: {{method: system}}
sensitivity: {{draws: 200, sobol_n: 16}}
"""


def indicator(name, group, zh, en, unit, direction, limiting, step):
    return {
        "id": name,
        "group": group,
        "name_zh": zh,
        "name_en": en,
        "kind": "quantitative",
        "unit": unit,
        "direction": direction,
        "limiting": limiting,
        "weight": 0.5 if group == "po" else 1.0,
        "definition": "amount over lime, annual totals",
        "boundary": "kiln yard to lime bin",
        "bounds": {"low": 0, "high": 300, "status": "ASSUMED"},
        "step": step,
        "comparators": [LIMIT] if name == "process_energy" else [],
    }


def plants() -> str:
    lines = ["plant,works,kiln,capacity,process_energy,kiln_pm,dust_use"]
    for n in range(24):
        kiln = "shaft" if n % 3 else "rotary"
        pm = "<2" if n == 4 else f"{3 + (7 * n) % 17}"
        use = "" if n == 9 else f"{99.5 - (5 * n) % 23}"
        lines.append(
            f"L{n + 1:02d},W{n + 1:02d},{kiln},{200 + 10 * n},{110 + (11 * n) % 37 + n / 10},{pm},{use}"
        )
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """The shipped project with a ninth system in it; everything added is a YAML or a table."""
    root = tmp_path_factory.mktemp("ninth")
    for folder in (
        "params",
        "data/reference",
        "data/samples/sintering",
        "data/judgements/sintering",
        "notebooks",
    ):
        shutil.copytree(ROOT / folder, root / folder)
    content = SYSTEM | {"indicators": [indicator(*row) for row in INDICATORS]}
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (root / "params" / "systems" / f"{NINTH}.yaml").write_text(text, encoding="utf-8")
    (root / "params" / "runs" / f"{NINTH}.yaml").write_text(RUN, encoding="utf-8")
    (root / "data" / "samples" / NINTH).mkdir()
    (root / "data" / "samples" / NINTH / "plants.csv").write_text(plants(), encoding="utf-8")
    return Project(root)


def test_it_is_one_of_the_systems_of_the_project(project):
    assert NINTH in project.systems
    assert project.system(NINTH).limiting == ("process_energy", "kiln_pm")


def test_it_is_calibrated_beside_its_siblings(project):
    standards = series.calibrate_series(read_series(project, ["sintering", NINTH]))
    levels = series.levels_across([*standards["marginal"], *standards["joint"]])
    own = levels[(levels["system"] == NINTH) & (levels["promise"] == "joint")].iloc[0]
    assert own["plants"] == 24
    assert own["I"] >= 1
    values = series.values_across(standards["marginal"])
    assert set(values.loc[values["system"] == NINTH, "indicator"]) == {row[0] for row in INDICATORS}


def test_its_words_are_held_against_those_of_its_siblings(project):
    words = series.same_words([project.system("sintering"), project.system(NINTH)])
    assert "averaging" in set(words.loc[words["indicator"] == "process_energy", "field"])


@pytest.fixture(scope="module")
def folder(project, tmp_path_factory) -> Path:
    """Its run."""
    command = [sys.executable, "-c", "from methodology.cli import main; main()", "run"]
    done = subprocess.run(
        [
            *command,
            str(project.root / "params" / "runs" / f"{NINTH}.yaml"),
            "--runs",
            str(tmp_path_factory.mktemp("runs")),
            "--jobs",
            "1",
        ],
        cwd=project.root,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.mark.slow
def test_it_runs_like_the_others(folder):
    proposal = json.loads((folder / "results" / "proposal.json").read_text(encoding="utf-8"))
    assert proposal["system"] == NINTH
    assert [entry["id"] for entry in proposal["indicators"]] == [row[0] for row in INDICATORS]
    for which in ("public", "internal"):
        assert (folder / which / "site" / "index.html").is_file()
        assert (folder / which / "standard.docx").is_file()


def walk(page, address: str, place: str) -> None:
    """Click on a link of the page that is open, and see the place it names."""
    page.click(f'main a[href="{address}#{place}"] >> visible=true')
    page.wait_for_load_state()
    assert page.url.endswith(f"{address}#{place}")
    assert page.locator(f"#{place}").is_visible()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_from_each_printed_value_plants_source_and_notebook_cell_are_two_clicks_away(folder):
    index = (folder / "internal" / "site" / "index.html").as_uri()
    with sync_playwright() as runner:
        page = runner.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page()
        page.context.set_offline(True)
        for name, *_ in INDICATORS:
            own = f"indicator-{name.replace('_', '-')}.html"
            page.goto(index)
            walk(page, own, "proposed")
            assert page.locator("#plants").is_visible()
            assert page.locator("main svg circle").count() >= 20
            arrived, leads = page.url, "main a[href*='{}']"
            for found in ("sources.html#", "03_thresholds.html#cell-"):
                here = page.locator(f"{leads.format(found)} >> visible=true")
                assert here.count() or (found.startswith("sources") and name != "process_energy")
                if here.count():
                    walk(page, *here.first.get_attribute("href").split("#"))
                    page.goto(arrived)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_search_for_a_term_of_either_language_and_for_a_value_lands_on_the_indicator(folder):
    proposal = json.loads((folder / "results" / "proposal.json").read_text(encoding="utf-8"))
    value = f"{proposal['indicators'][0]['levels']['III']['proposed']:g}"
    with sync_playwright() as runner:
        page = runner.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page()
        page.context.set_offline(True)
        for query in ("石灰工序单位产品能耗", "Lime process energy", value):
            page.goto(f"{(folder / 'public' / 'site' / 'search.html').as_uri()}?q={query}")
            page.wait_for_selector("#search-said span")
            first = page.locator("#search-results a[href^='indicator-process-energy.html']").first
            first.click()
            page.wait_for_load_state()
            assert "indicator-process-energy.html" in page.url, query


@pytest.mark.slow
def test_the_series_notebook_takes_it_in_by_name_alone(project, monkeypatch):
    """Without register, population, effects and foreign values, which nobody has for a new system."""
    path = project.root / "notebooks" / "series.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (given,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    mine = ["sintering", "integrated_works", NINTH]
    given.source += f'\nsystems = {mine}\ndraws = 50\nfolder = "../runs/ninth"'
    with_parts = ("data/samples/integrated_works", "data/judgements/integrated_works")
    for folder in with_parts:
        shutil.copytree(ROOT / folder, project.root / folder, dirs_exist_ok=True)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    where = {"metadata": {"path": str(project.root / "notebooks")}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    outputs = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    assert not [out for out in outputs if out.output_type in {"error", "stream"}]
    shown = " ".join(out["data"].get("text/html", "") for out in outputs if "data" in out)
    assert "石灰焙烧" in shown
    assert "Lime kilning" in shown
    assert "no register" in shown
    assert sum("image/png" in out.get("data", {}) for out in outputs) == 7
    tables = project.root / "runs" / "ninth"
    values = pd.read_csv(next(tables.rglob("values.csv")))
    assert set(values["system"]) == set(mine)
    items = pd.read_csv(next(tables.rglob("items.csv")), keep_default_na=False)
    assert NINTH in " ".join(items["processes"])
