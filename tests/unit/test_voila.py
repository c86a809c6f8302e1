"""What Voilà would serve of the what-if notebook: no source, no file, no plant's name. Voilà itself is in no lock."""

from __future__ import annotations

import json
import logging
import re
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest
from shipped import ROOT
from traitlets.config import Config

from methodology.evidence.what_if import what_if_widget, widget
from methodology.parameters import Project
from methodology.runs.new_study import new_study
from methodology.series.reading import read_standard

SETTINGS = json.loads((ROOT / "methodology/cli/jupyter/voila.json").read_text(encoding="utf-8"))
NAME = "某钢铁有限公司"


def test_no_file_is_served_and_no_source_or_traceback_shown():
    settings = SETTINGS["VoilaConfiguration"]
    names = ("a.png", "what_if.ipynb", "plants.csv", "runs/x/results/sample.parquet", "")
    assert not any(re.fullmatch(rule, name) for rule in settings["file_allowlist"] for name in names)
    assert all(re.fullmatch(rule, name) for rule in settings["file_denylist"] for name in names)
    assert settings["strip_sources"]
    assert not settings["show_tracebacks"]
    assert "preheat_kernel" not in settings
    assert SETTINGS["Voila"]["ip"] == "localhost"
    assert SETTINGS["Voila"]["auto_token"]


def test_a_page_without_sources_holds_no_line_of_code():
    from nbconvert import HTMLExporter

    stripped = Config({"TemplateExporter": {"exclude_input": True, "exclude_input_prompt": True}})
    html, _ = HTMLExporter(config=stripped).from_filename(str(ROOT / "notebooks" / "what_if.ipynb"))
    cells = json.loads((ROOT / "notebooks" / "what_if.ipynb").read_text(encoding="utf-8"))["cells"]
    lines = [line.strip() for cell in cells if cell["cell_type"] == "code" for line in cell["source"]]
    text = re.sub(r"<[^>]+>", "", html)
    assert [line for line in lines if len(line) > 12 and line in text] == []
    assert "What would change this answer" in text


@pytest.fixture
def study(tmp_path) -> Project:
    plants = pd.read_csv(ROOT / "data/samples/ironmaking/plants.csv", dtype=str, keep_default_na=False)
    plants["plant"] = [f"{NAME}{number}" for number in range(len(plants))]
    plants.to_csv(tmp_path / "plants.csv", index=False)
    experts = sorted((ROOT / "data/judgements/ironmaking").glob("*.csv"))
    sent = {"plants": [tmp_path / "plants.csv"], "experts": experts}
    new_study(tmp_path / "study", "ironmaking", **sent, project=Project(ROOT))
    return Project(tmp_path / "study")


def test_the_instrument_carries_codes_and_no_name_of_a_plant(study, monkeypatch):
    monkeypatch.setenv("VOILA_BASE_URL", "/")
    state = what_if_widget(read_standard(study, "ironmaking")).state
    told = json.dumps(state, ensure_ascii=False)
    assert NAME not in told
    assert state["plants"][:2] == ["P01", "P02"]


def test_what_the_browser_sends_back_is_never_executed(study, monkeypatch):
    monkeypatch.setenv("VOILA_BASE_URL", "/")
    shutil.rmtree(study.root / "runs", ignore_errors=True)
    made = what_if_widget(read_standard(study, "ironmaking"))
    assert [name for name in made.traits(sync=True) if not name.startswith("_")] == [
        "layout",
        "state",
        "tabbable",
        "tooltip",
    ]
    assert not made._msg_callbacks.callbacks


@pytest.mark.parametrize("served", [False, True], ids=["in JupyterLab", "by Voilà"])
def test_a_kernel_of_visitors_makes_no_widget_of_theirs_and_tells_no_traceback(study, monkeypatch, served):
    targets = {"jupyter.widget": object(), "jupyter.widget.control": object()}
    kernel = SimpleNamespace(comm_manager=SimpleNamespace(targets=targets))
    monkeypatch.setattr(widget, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
    logs = [logging.getLogger(name) for name in ("Comm", "ipykernel.comm")]
    for log in logs:
        monkeypatch.setattr(log, "disabled", False)
    monkeypatch.delenv("VOILA_BASE_URL", raising=False)
    monkeypatch.setenv("VOILA_BASE_URL" if served else "JPY_SESSION_NAME", "/")
    assert what_if_widget(read_standard(study, "ironmaking")) is not None
    assert ("jupyter.widget" not in targets) == served
    assert [log.disabled for log in logs] == [served, served]
