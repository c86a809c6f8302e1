"""Systems, samples, weights, runs and tables show themselves in both languages; they sort and copy in JupyterLab."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from browsers import CHROMIUM, QUIET, playwright
from evidence_toys import toy_system, toy_tables

from methodology.indicators import shown
from methodology.languages import Words, speaking
from methodology.parameters.model import WeightChoices
from methodology.results import store
from methodology.tables.overview import overview
from methodology.weights import derive_weights

HOSTILE = "<img src=x onerror=hurt()>"


@pytest.fixture
def attended(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "a notebook")


@pytest.fixture(autouse=True)
def unattended(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


def _shown(name, tmp_path, monkeypatch):
    toy = toy_tables()
    if name == "system":
        return toy_system()
    if name == "sample":
        return toy.sample
    if name == "weights":
        return derive_weights(toy.system, None, None, WeightChoices(method="system"))
    record = {"run": "abc", "system": "toy", "created": "2026-01-01", "why": HOSTILE}
    monkeypatch.setattr(store.Store, "readable", lambda _: ({tmp_path: record}, {}))
    return store.Store(tmp_path)


@pytest.mark.parametrize("name", ["system", "sample", "weights", "runs"])
def test_each_shows_itself_in_both_languages_as_the_page_writes_them(name, tmp_path, monkeypatch):
    html = _shown(name, tmp_path, monkeypatch)._repr_html_()
    zh = re.findall(r'<span lang="zh-CN">[^<]*[\u4e00-\u9fff]', html)
    assert len(zh) == len(re.findall(r'<span lang="en">', html)) > 2
    assert 'class="dataframe overview"' in html
    assert "<script" not in html
    assert HOSTILE not in html


def test_names_of_a_system_are_escaped():
    assert HOSTILE not in toy_system(name_en=HOSTILE)._repr_html_()


def test_the_sample_counts_its_cells_and_the_system_its_indicators():
    toy = toy_tables()
    assert f"{len(toy.sample.values)} plants" in toy.sample._repr_html_()
    assert f"{len(toy.system.indicators)} indicators" in toy.system._repr_html_()


def test_a_table_sorts_and_copies_only_where_somebody_sits_before_it(monkeypatch):
    table = overview([{"name": "a", "value": "1"}], ["name", "value"])
    assert "<script" not in table._repr_html_()
    monkeypatch.setenv("JPY_SESSION_NAME", "a notebook")
    assert table._repr_html_().count("<script") == 1


def test_plain_tables_are_shown_alike_and_cut_ones_are_left_to_pandas(attended):
    assert shown._frame_html(pd.DataFrame({"a": [1, 2]})).count("<script") == 1
    assert "<script" not in shown._frame_html(pd.DataFrame({"a": range(100)}))
    own = overview([{"name": "a", "value": "1"}], ["name", "value"])
    assert shown._frame_html(own).count("<script") == 1


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_click_sorts_by_number_and_the_button_copies_what_is_seen(attended):
    rows = [[Words("乙", "b"), 10.0], [Words("甲", "a"), 9.5], [Words("丙", "c"), 100.0]]
    with speaking("zh"):
        html = shown.table_html(Words("表", "table"), [Words("名", "name"), Words("值", "value")], rows)
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page()
        page.set_content(html)
        page.evaluate(
            "Object.defineProperty(navigator, 'clipboard', "
            "{value: {writeText: async (text) => { window.copied = text; }}})"
        )
        head = page.locator("th").last
        head.click()
        assert page.locator("tbody td:last-child").all_inner_texts() == ["9.5", "10", "100"]
        head.click()
        assert page.locator("tbody td:last-child").all_inner_texts() == ["100", "10", "9.5"]
        page.locator("button").click()
        page.wait_for_function("window.copied")
        assert page.evaluate("window.copied").splitlines()[:2] == ["名 name\t值 value", "丙 c\t100"]
        browser.close()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_button_copies_a_folded_table_on_a_server_without_https_too(attended):
    html = shown.interactive(
        '<details><summary>rows</summary><table><thead><tr><th><span lang="zh-CN">名</span><span lang="en">name'
        "</span></th><th>c</th></tr></thead><tbody><tr><td>a</td><td>1</td></tr></tbody></table></details>"
    )
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page()
        page.set_content(html)
        page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        page.evaluate("document.addEventListener('copy', () => { window.copied = String(getSelection()); })")
        page.locator("button").click()
        page.get_by_text("已复制").wait_for(timeout=10_000)
        assert page.evaluate("window.copied").split() == ["名", "name", "c", "a", "1"]
        browser.close()
