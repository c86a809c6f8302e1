"""The site in a real browser, opened from its folder; skipped where there is none."""

import shutil
from pathlib import Path

import pytest
from evidence_toys import toy_run, toy_tables

from methodology.evidence.build import build_evidence

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = toy_run(tmp_path_factory.mktemp("runs") / "toy-run")
    build_evidence(folder, toy_tables().system)
    return folder / "internal" / "site"


@pytest.fixture(scope="module")
def visit(site):
    asked, said = [], []
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda fault: said.append(str(fault)))
        yield page, asked, said
        browser.close()


@pytest.mark.parametrize("query", ["能耗", "水", "Energy", "plants", "组"])
def test_a_search_from_the_folder_finds_chinese_and_english(visit, site, query):
    page, _, _ = visit
    page.goto(f"{(site / 'search.html').as_uri()}?q={query}")
    page.wait_for_selector("#search-results li a")
    assert page.locator("#search-results li").count() > 0


def test_a_search_for_what_is_not_there_says_so(visit, site):
    page, _, _ = visit
    page.goto(f"{(site / 'search.html').as_uri()}?q=dragons")
    page.wait_for_selector("#search-results p")
    assert "did not match" in page.locator("#search-results").inner_text()


def test_no_page_is_wider_than_a_telephone_or_asks_the_network_or_complains(visit, site):
    page, asked, said = visit
    page.set_viewport_size({"width": 400, "height": 800})
    for path in sorted(site.parents[1].glob("*/site/*.html")):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, path
    assert not [address for address in asked if not address.startswith(("file:", "data:"))]
    assert said == []


def test_figures_are_shown_no_larger_than_they_were_drawn(visit, site):
    page, _, _ = visit
    page.set_viewport_size({"width": 1600, "height": 900})
    page.goto((site / "01_sample.html").as_uri())
    sizes = page.eval_on_selector_all("img", "all => all.map(one => [one.clientWidth, one.naturalWidth])")
    assert sizes
    assert all(0 < shown <= natural for shown, natural in sizes)


@pytest.mark.parametrize("width", [400, 1280])
def test_the_table_of_values_never_has_to_be_scrolled_sideways(visit, site, width):
    page, _, _ = visit
    page.set_viewport_size({"width": width, "height": 800})
    for which in ("internal", "public"):
        page.goto((site.parents[1] / which / "site" / "index.html").as_uri())
        sizes = page.eval_on_selector_all(
            "table.cards", "all => all.map(one => one.getBoundingClientRect().right)"
        )
        assert len(sizes) >= 2
        assert all(right <= width for right in sizes)


def test_on_a_telephone_every_cell_of_the_table_of_values_carries_its_heading(visit, site):
    page, _, _ = visit
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto((site / "index.html").as_uri())
    labels = page.eval_on_selector_all(
        "table.values td[data-label]", "all => all.map(one => getComputedStyle(one, '::before').content)"
    )
    assert '"Ⅲ级 Level III"' in labels
