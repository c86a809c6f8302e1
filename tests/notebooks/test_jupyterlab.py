"""JupyterLab in a real browser on a fresh study: the start page, notebooks opened in any order, the instrument."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from shipped import ROOT

from methodology.evaluation import evaluate
from methodology.indicators import LEVELS
from methodology.parameters import Project
from methodology.series.reading import read_standard

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(os.name == "nt", reason="a server is ended with a signal"),
]
FAST = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
COMMAND = (sys.executable, "-m", "methodology.cli")
TOKEN = "a-token-of-this-test"  # noqa: S105
LONGEST = 600
DRAGGED = """async () => {
  const box = document.querySelector(".what-if").parentElement, slide = box.querySelector("[type=range]"), took = [];
  for (let step = 0; step < 5; step++) {
    const begun = performance.now();
    slide.value = Number(slide.value) + 2 * Number(slide.step);
    slide.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
    took.push(performance.now() - begun);
  }
  slide.dispatchEvent(new Event("change"));
  const values = [...box.querySelectorAll("label:has([type=range]) [type=number]")].map((one) => one.value);
  return {took, levels: box.dataset.levels, values, indicator: [...box.querySelectorAll("select")].at(-1).selectedOptions[0].text};
}"""


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """A study of the shipped plants and experts that has no run; its sensitivity is small."""
    folder = tmp_path_factory.mktemp("lab") / "高炉 study"
    data = ROOT / "data"
    plants, experts = data / "samples" / "ironmaking", data / "judgements" / "ironmaking"
    new = [*COMMAND, "new", str(folder), "--system", "ironmaking", "--plants", str(plants / "plants.csv")]
    subprocess.run([*new, "--experts", *map(str, sorted(experts.glob("*.csv")))], cwd=ROOT, check=True)
    (run,) = (folder / "params" / "runs").glob("*.yaml")
    text = run.read_text(encoding="utf-8") + "sensitivity: {draws: 2000, sobol_n: 32}\n"
    run.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(study, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--port", str(port), f"--IdentityProvider.token={TOKEN}"]
    log = (home / "log.txt").open("wb")
    environment = os.environ | {"HOME": str(home), "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen(
        [*COMMAND, "lab", str(study), *options], cwd=home, env=environment, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    _wait(lambda: _answers(address), 120)
    yield SimpleNamespace(address=address, home=home)
    started.terminate()
    started.wait(30)
    log.close()


def _answers(address):
    try:
        return urllib.request.urlopen(f"{address}/api", timeout=5).status == 200  # noqa: S310
    except OSError:
        return False


def _wait(true, seconds):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.5)


@pytest.fixture
def page(server):
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(FAST))
        made = browser.new_page(viewport={"width": 1400, "height": 1000})
        made.asked = []
        made.on("request", lambda request: made.asked.append(request.url))
        made.goto(f"{server.address}/?token={TOKEN}")
        yield made
        browser.close()


def _run_all(page, server, study, name):
    """Open a notebook, run it to its end, save it; its cells of code as they stand in the file."""
    page.goto(f"{server.address}/lab/tree/notebooks/{name}.ipynb?reset")
    idle = page.locator("#jp-main-statusbar", has_text="| Idle")
    idle.wait_for(timeout=120_000)
    page.locator(".lm-MenuBar-item", has_text="Run").click()
    page.locator(".lm-Menu-item", has_text="Run All Cells").first.click()
    file = study / "notebooks" / f"{name}.ipynb"

    def done():
        page.wait_for_timeout(2000)
        page.keyboard.press("Control+s")
        try:
            cells = _cells(file)
        except ValueError:  # being written
            return False
        failed = [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
        return failed or all(cell["execution_count"] for cell in cells)

    _wait(done, LONGEST)
    return _cells(file)


def _cells(file):
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_the_start_page_opens_in_both_languages_and_asks_nobody_else(page, server):
    heading = page.locator(".jp-RenderedMarkdown h1 >> visible=true")
    heading.wait_for(timeout=60_000)
    assert "从这里开始 Start here" in heading.inner_text()
    assert page.locator(".jp-RenderedMarkdown a", has_text="benchmark values").count() == 1
    page.wait_for_timeout(2000)
    assert page.locator(".Toastify__toast", has_text="news").count() == 0
    assert [url for url in page.asked if not url.startswith((server.address, "data:", "blob:"))] == []
    assert not (server.home / ".local" / "share" / "jupyter" / "kernels").exists()


@pytest.mark.parametrize("name", ["02_weights", "05_sensitivity"])
def test_a_notebook_opened_first_runs_to_its_end_and_says_what_it_had_computed(page, server, study, name):
    shutil.rmtree(study / "runs" / "lab" / "ironmaking" / "results", ignore_errors=True)
    cells = _run_all(page, server, study, name)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert "running 01_sample.ipynb first" in json.dumps(outputs)


def test_a_drag_in_jupyterlab_is_answered_at_once_and_as_the_package_decides(page, server, study):
    _run_all(page, server, study, "what_if")
    page.locator(".what-if >> visible=true").wait_for(timeout=60_000)
    seen = page.evaluate(DRAGGED)
    assert min(seen["took"]) < 200
    project = Project(study)
    standard = read_standard(project, "ironmaking")
    member, table = standard.member, standard.thresholds
    (indicator,) = [
        item for item in member.system.indicators if f"{item.name_zh} {item.name_en}" == seen["indicator"]
    ]
    for level, value in zip(LEVELS, seen["values"], strict=True):
        table.loc[(table["indicator"] == indicator.id) & (table["level"] == str(level)), "value"] = float(value)
    levels = evaluate(member.sample, member.system, table, member.weights)["level"]
    assert "".join(str(["I", "II", "III", "none"].index(level)) for level in levels) == seen["levels"]
    assert not any("plants.csv" in json.dumps(cell) for cell in _cells(study / "notebooks" / "what_if.ipynb"))
