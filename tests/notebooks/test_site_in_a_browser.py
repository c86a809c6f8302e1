"""Every page of the site of a real run in a browser without a network, as wide as a screen and as a telephone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import CHROMIUM, watched

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
LANGUAGES = {"zh": "zh-CN", "en": "en"}
NINE_POINTS = 12
"""Pixels of a screen."""
SEEN = """(language) => {
  document.documentElement.dataset.language = language;
  const main = document.querySelector("main"), shown = (one) => one.getClientRects().length > 0;
  const all = (what) => [...main.querySelectorAll(what)].filter(shown);
  return {
    wide: Math.max(document.documentElement.scrollWidth, innerWidth + main.scrollWidth - main.clientWidth),
    torn: [...document.images].filter((one) => !one.complete || !one.naturalWidth).map((one) => one.src),
    drawn: all("img[src$='.svg']").map((one) => [one.getAttribute("src"), one.clientWidth]),
    dotted: all("svg.dots text").map((one) => {
      const drawing = one.ownerSVGElement, scale = drawing.clientWidth / drawing.viewBox.baseVal.width;
      return scale * parseFloat(getComputedStyle(one).fontSize);
    }),
    pixels: all("img:not([src$='.svg'])").map((one) => one.getAttribute("src")),
    kept: all("img[src$='.svg']").filter((one) => one.closest("a")?.href !== one.src).length,
    empty: main.innerText.trim().length < 40,
  };
}"""
"""What a page shows in a language: how wide it is, how large its drawings are, how many do not lead to themselves."""


@pytest.fixture(scope="module")
def run(run_shipped) -> Path:
    return Path(run_shipped("joint").stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def visit() -> Iterator[tuple[Any, list[str], list[str]]]:
    with watched() as seen:
        yield seen


def smallest(drawing: Path, width: float) -> float:
    """Pixels of the smallest letters of a drawing that is shown so wide."""
    text = drawing.read_text(encoding="utf-8")
    whole = float(re.search(r'viewBox="0 0 ([\d.]+)', text)[1])
    return min(float(size) for size in re.findall(r'font-size="([\d.]+)"', text)) * width / whole


def faults(site: Path, seen: dict[str, Any], width: int, language: str) -> Iterator[str]:
    if seen["wide"] > width:
        yield f"{seen['wide']} pixels wide"
    if seen["torn"] or seen["empty"]:
        yield f"does not show {seen['torn'] or 'anything'}"
    for name, wide in seen["drawn"]:
        if smallest(site / name, wide) < NINE_POINTS:
            yield f"letters of {smallest(site / name, wide):.1f} pixels in {name}"
        if not (site / name).read_text(encoding="utf-8").startswith(f'<svg lang="{LANGUAGES[language]}"'):
            yield f"{name} is in the other language"
    yield from (f"letters of {size:.1f} pixels" for size in set(seen["dotted"]) if size < NINE_POINTS - 0.1)
    if seen["pixels"] or seen["kept"]:
        yield f"shows {seen['pixels']} as pixels, and {seen['kept']} drawings cannot be seen alone"


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("which", ["public", "internal"])
def test_every_page_loads_whole_fits_its_screen_and_has_drawings_that_can_be_read(run, visit, which, width):
    page, asked, said = visit
    page.set_viewport_size({"width": width, "height": 900})
    site, found = run / which / "site", []
    paths = sorted(site.glob("*.html"))
    assert len(paths) >= 40
    for path in paths:
        page.goto(path.as_uri())
        for language in ("zh", "en"):
            seen = page.evaluate(SEEN, language)
            found += [
                f"{path.name} {language}: {fault}"
                for fault in faults(site, seen, width, language)
                if path.name != "search.html"
            ]
    assert found == []
    assert said == []
    assert not [address for address in asked if not address.startswith(("file:", "data:"))]


@pytest.mark.parametrize("which", ["public", "internal"])
@pytest.mark.parametrize("query", ["高炉燃料比", "fuel ratio", "value"])
def test_a_search_lands_on_the_row_of_the_indicator(run, visit, which, query):
    page, _, said = visit
    page.set_viewport_size({"width": 1280, "height": 900})
    site = run / which / "site"
    if query == "value":
        made = json.loads((run / which / "proposal.json").read_text(encoding="utf-8"))
        (entry,) = (one for one in made["indicators"] if one["id"] == "fuel_ratio")
        query = f"{entry['levels']['III']['proposed']:g}"
    page.goto(f"{(site / 'search.html').as_uri()}?q={query}")
    page.wait_for_selector("#search-said span")
    links = page.locator("#search-results a")
    led = [links.nth(at).get_attribute("href") for at in range(links.count())]
    first = next(address for address in led if address.startswith("indicator-fuel-ratio.html"))
    assert not query.isdecimal() or "#row" in first
    front = next(address for address in led if address.startswith("index.html#row"))
    page.click(f'#search-results a[href="{front}"]')
    page.wait_for_load_state()
    row = page.locator(f"[id='{front.partition('#')[2]}']")
    assert 0 <= row.bounding_box()["y"] < 900
    page.evaluate("document.documentElement.dataset.language = 'both'")
    assert query.casefold() in row.inner_text().casefold()
    assert said == []
