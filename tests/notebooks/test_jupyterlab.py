"""JupyterLab in a real browser on a fresh study: the start page, notebooks opened in any order, the instrument."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
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
FAST = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
)
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
  const indicator = [...box.querySelectorAll("select")].at(-1).selectedOptions[0].text;
  return {took, levels: box.dataset.levels, values, indicator};
}"""


LOOSENED = """() => {
  const box = document.querySelector(".what-if").parentElement, slide = box.querySelectorAll("[type=range]")[2];
  const before = box.dataset.levels;
  slide.value = Number(slide.value) - 8 * Number(slide.step);
  for (const kind of ["input", "change"]) slide.dispatchEvent(new Event(kind));
  if (!box.querySelector(".law .new")) throw Error("not looser than the index");
  return {before, levels: box.dataset.levels};
}"""


def new_study(folder, plants) -> Path:
    """A study of these plants and the shipped experts that has no run; its sensitivity is small."""
    experts = sorted((ROOT / "data/judgements/ironmaking").glob("*.csv"))
    new = [*COMMAND, "new", str(folder), "--system", "ironmaking", "--plants", str(plants)]
    subprocess.run([*new, "--experts", *map(str, experts)], cwd=ROOT, check=True)
    (run,) = (folder / "params" / "runs").glob("*.yaml")
    text = run.read_text(encoding="utf-8") + "sensitivity: {draws: 2000, sobol_n: 32}\n"
    run.write_text(text, encoding="utf-8")
    return folder


@contextmanager
def served(study, home, *options):
    """The command `lab` at work for somebody with this home, until it is left; the address it answers at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [*COMMAND, "lab", str(study), "--no-browser", "--port", str(port), *options]
    address, environment = (
        f"http://127.0.0.1:{port}",
        os.environ | {"HOME": str(home), "PYTHONPATH": str(ROOT)},
    )
    with (home / "log.txt").open("wb") as log:
        started = subprocess.Popen(words, cwd=home, env=environment, stdout=log, stderr=log)
        try:
            _wait(lambda: _answers(address), 120)
            yield address
        finally:
            started.terminate()
            started.wait(30)


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return new_study(
        tmp_path_factory.mktemp("lab") / "高炉 study", ROOT / "data/samples/ironmaking/plants.csv"
    )


@pytest.fixture(scope="module")
def server(study, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with served(study, home, f"--IdentityProvider.token={TOKEN}") as address:
        yield SimpleNamespace(address=address, home=home)


def _answers(address):
    try:
        return urllib.request.urlopen(f"{address}/login", timeout=5).status == 200  # noqa: S310
    except OSError:
        return False


def _wait(true, seconds):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.5)


def assert_as_the_package_decides(seen, study):
    """What stands in the browser after a drag: answered at once, and the levels that `evaluate` gives."""
    assert min(seen["took"]) < 200
    standard = read_standard(Project(study), "ironmaking")
    member, table = standard.member, standard.thresholds
    (indicator,) = [
        item for item in member.system.indicators if f"{item.name_zh} {item.name_en}" == seen["indicator"]
    ]
    for level, value in zip(LEVELS, seen["values"], strict=True):
        table.loc[(table["indicator"] == indicator.id) & (table["level"] == str(level)), "value"] = float(
            value
        )
    levels = evaluate(member.sample, member.system, table, member.weights)["level"]
    assert "".join(str(["I", "II", "III", "none"].index(level)) for level in levels) == seen["levels"]


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
    idle = page.locator("#jp-main-statusbar", has_text=re.compile(r"\| (Idle|空闲)"))
    idle.wait_for(timeout=120_000)
    page.locator(".lm-MenuBar-item", has_text=re.compile("Run|运行")).click()
    page.locator(".lm-Menu-item", has_text=re.compile("Run All Cells|运行所有单元格")).first.click()
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


def test_menus_are_chinese_where_the_language_pack_is(page):
    pytest.importorskip(
        "jupyterlab_language_pack_zh_CN", reason="in no lock: pip install jupyterlab-language-pack-zh-CN"
    )
    page.locator(".lm-MenuBar-item", has_text="运行").wait_for(timeout=60_000)


@pytest.mark.parametrize("name", ["02_weights", "05_sensitivity"])
def test_a_notebook_opened_first_runs_to_its_end_and_says_what_it_had_computed(page, server, study, name):
    shutil.rmtree(study / "runs" / "lab" / "ironmaking" / "results", ignore_errors=True)
    cells = _run_all(page, server, study, name)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert "running 01_sample.ipynb first" in json.dumps(outputs)


def test_a_drag_in_jupyterlab_is_answered_as_the_package_decides_and_saved_for_the_scenarios(
    page, server, study
):
    _run_all(page, server, study, "what_if")
    page.locator(".what-if >> visible=true").wait_for(timeout=60_000)
    assert_as_the_package_decides(page.evaluate(DRAGGED), study)
    assert not any("plants.csv" in json.dumps(cell) for cell in _cells(study / "notebooks" / "what_if.ipynb"))
    seen = page.evaluate(LOOSENED)
    page.locator(".what-if [type=text] >> visible=true").fill("asked for in a meeting")
    with page.expect_download() as saved:
        page.locator("[data-act=save] >> visible=true").click()
    saved.value.save_as(study / "params" / "scenarios" / saved.value.suggested_filename)
    cells = _run_all(page, server, study, "scenarios")
    assert not [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
    levels = pd.read_csv(
        study / "runs" / "lab" / "scenarios" / "results" / "levels.csv", index_col="scenario"
    )
    assert levels.index.tolist() == ["ironmaking", "scenario"]
    counted = [seen["levels"].count(code) for code in "0123"]
    assert (
        levels.loc["scenario", ["I", "II", "III", "none"]].tolist() == counted
    )  # though looser than the index
    assert seen["before"] != seen["levels"]
