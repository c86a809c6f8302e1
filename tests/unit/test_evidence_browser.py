"""The site in a real browser, opened from its folder; skipped where there is none."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from browsers import CHROMIUM, WIDTHS, watched
from evidence_toys import toy_tables
from reading import ENGLISH, HAN
from shipped import ROOT

from methodology.evidence.notebooks import page_of
from methodology.evidence.reference_pages import reference_pages
from methodology.evidence.site import single_page
from methodology.parameters import Project

PAPER = 673
"""Pixels across that a sheet of A4 leaves for text."""
FOLDED = "document.querySelectorAll('main details:not([open], .code)').length"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def site(evidence) -> Path:
    return evidence / "internal" / "site"


@pytest.fixture(scope="module")
def visit(site):
    with watched() as seen:
        yield seen


ON_SCREEN = """() => [...document.querySelectorAll("main :is(h2,h3)[id]")]
  .filter((one) => one.getBoundingClientRect().bottom + scrollY + 2 * innerHeight
    < document.documentElement.scrollHeight)
  .map((one) => one.id).slice(0, 12)"""
"""Headings that can be scrolled to the top in either language."""


def speak(page, language: str) -> None:
    page.click(f'.languages button[data-language="{language}"]')


def search(page, site: Path, query: str) -> list[tuple[str, str]]:
    """Addresses and snippets of what is found, as shown."""
    page.goto(f"{(site / 'search.html').as_uri()}?q={query}")
    page.wait_for_selector("#search-said span")
    return page.eval_on_selector_all(
        "#search-results li",
        "all => all.map(one => [one.querySelector('a').getAttribute('href'), one.innerText])",
    )


def page_named(address: str) -> str:
    return address.partition("#")[0]


@pytest.mark.parametrize(("query", "snippet"), [("能耗", "能耗"), ("Energy", "Energy"), ("value", "")])
def test_a_search_finds_chinese_english_and_values_and_lands_on_the_indicator(visit, site, query, snippet):
    page, _, _ = visit
    if query == "value":
        query = snippet = f"{toy_tables().proposal['indicators'][0]['levels']['III']['proposed']:.0f}"
    found = search(page, site, query)
    assert "indicator-energy.html" in [page_named(address) for address, _ in found][:5]
    assert all(text.count("\n") for _, text in found)
    assert snippet.casefold() in found[0][1].casefold()
    page.click(f'#search-results a[href="{found[0][0]}"]')
    page.wait_for_load_state()
    assert "indicator-" in page.url


PLACE = """place => {
  const one = document.getElementById(place), {top, bottom} = one.getBoundingClientRect();
  return [one.tagName, one.innerText, bottom > 0 && top < innerHeight];
}"""


@pytest.mark.parametrize("query", ["value", "unrounded", "能耗"])
def test_every_hit_leads_to_the_row_or_the_chapter_that_says_it(visit, site, query):
    page, _, _ = visit
    page.set_viewport_size({"width": 1200, "height": 400})
    if query == "value":
        query = f"{toy_tables().proposal['indicators'][0]['levels']['III']['proposed']:.0f}"
    led = [address for address, _ in search(page, site, query) if "#" in address]
    assert led
    assert query == "unrounded" or [address for address in led if address.startswith("index.html#row")]
    for address in led:
        page.goto(f"{site.as_uri()}/{address}")
        tag, text, in_view = page.evaluate(PLACE, address.partition("#")[2])
        assert in_view, address
        assert tag != "TR" or query in text, address


def test_a_place_that_is_folded_away_is_opened_for_whoever_is_led_there(visit, site):
    page, _, _ = visit
    index = (site / "index.html").as_uri()
    page.goto(index)
    place = page.evaluate("document.querySelector('main details:not([open]) tr').id")
    assert not page.locator(f"#{place}").is_visible()
    page.goto(f"{index}#{place}")
    assert page.locator(f"#{place}").is_visible()
    page.goto((site / "indicator-energy.html").as_uri())
    page.goto(f"{index}#{place}")
    assert page.locator(f"#{place}").is_visible()


@pytest.mark.parametrize("query", ["mg/m3", "ｍｇ／ｍ³", "MG/M³"])
def test_units_are_found_as_they_are_typed(visit, site, query):
    found = search(visit[0], site, query)
    assert "indicator-dust.html" in [page_named(address) for address, _ in found]
    assert all("mg/m³" in text for _, text in found)
    assert search(visit[0], site, "mg/m²") == []


def test_a_number_is_found_as_a_whole_and_what_is_not_there_is_said(visit, site):
    page, _, _ = visit
    value = f"{toy_tables().proposal['indicators'][0]['levels']['III']['proposed']:.0f}"
    assert search(page, site, value)
    assert "indicator-energy.html" not in [page_named(at) for at, _ in search(page, site, value[:-1])]
    assert search(page, site, "dragons") == []
    assert "0个页面" in page.locator("#search-said").inner_text()


@pytest.mark.parametrize("width", [400, 1280])
def test_no_page_scrolls_sideways_asks_the_network_or_complains_in_either_language(visit, site, width):
    page, asked, said = visit
    page.set_viewport_size({"width": width, "height": 800})
    for path in sorted(site.parents[1].glob("*/site/*.html")):
        page.goto(path.as_uri())
        assert max(page.evaluate(WIDTHS)) <= width, path
    assert not [address for address in asked if not address.startswith(("file:", "data:"))]
    assert said == []


def test_the_switch_hides_the_other_language_is_remembered_and_keeps_the_place(visit, site):
    page, _, _ = visit
    page.set_viewport_size({"width": 1280, "height": 700})
    page.goto((site / "indicator-energy.html").as_uri())
    speak(page, "zh")
    heading = page.locator("#compared")
    assert heading.inner_text().strip() == "对标值"
    page.evaluate("document.getElementById('compared').scrollIntoView({ behavior: 'instant' })")
    before = heading.bounding_box()["y"]
    speak(page, "en")
    assert heading.inner_text().strip() == "What it is compared with"
    assert abs(heading.bounding_box()["y"] - before) <= 2
    page.goto((site / "index.html").as_uri())
    assert page.locator("#proposed").inner_text().startswith("What is proposed")
    assert not page.locator("body").get_by_text("须注意").is_visible()
    speak(page, "both")
    assert (
        page.locator("#warnings, #proposed")
        .first.inner_text()
        .startswith("拟定值（单项承诺）What is proposed")
    )
    speak(page, "zh")


@pytest.mark.parametrize("width", [400, 1280])
def test_wherever_a_page_stands_the_switch_leads_there_and_back(visit, site, width):
    page, _, _ = visit
    page.set_viewport_size({"width": width, "height": 700})
    for name in ("indicator-energy.html", "assumptions.html"):
        page.goto((site / name).as_uri())
        speak(page, "zh")
        for heading in page.evaluate(ON_SCREEN):
            at = page.evaluate(f"document.getElementById('{heading}').getBoundingClientRect().top + scrollY")
            for above in (40, -60):  # the heading in view, and text that began above
                page.evaluate(f"scrollTo({{ top: {at - above}, behavior: 'instant' }})")
                kept = page.evaluate("scrollY")
                page.evaluate("document.querySelector('.languages [data-language=en]').click()")
                top = page.evaluate(f"document.getElementById('{heading}').getBoundingClientRect().top")
                assert above < 0 or abs(top - above) <= 2, (name, heading)
                page.evaluate("document.querySelector('.languages [data-language=zh]').click()")
                assert abs(page.evaluate("scrollY") - kept) <= 2, (name, heading)


HIDDEN = """() => ["title", "aria-label", "placeholder", "alt"]
  .flatMap((name) => [...document.querySelectorAll(`[${name}]`)]
    .filter((one) => one.checkVisibility()).map((one) => one.getAttribute(name)))
  .concat(document.title).filter(Boolean)"""
"""What is said beside the text that is seen: the name of the window, what a pointer or a reader aloud is told."""


def test_names_of_windows_pictures_and_fields_are_told_in_the_language_of_the_page(visit, site):
    page, _, _ = visit
    for path in sorted(site.glob("[!0]*.html")):  # the notebooks of the toy are in English alone
        page.goto(path.as_uri())
        speak(page, "en")
        assert [text for text in page.evaluate(HIDDEN) if HAN.search(text)] == [], path.name
        speak(page, "zh")
        assert [text for text in page.evaluate(HIDDEN) if ENGLISH.search(text)] == [], path.name
        assert page.title().endswith("试验")
    speak(page, "both")
    assert page.title().endswith("· 试验 What if · Toy process")
    speak(page, "zh")


def test_without_javascript_both_languages_are_shown(visit, site):
    page = visit[0].context.browser.new_context(java_script_enabled=False).new_page()
    page.goto((site / "index.html").as_uri())
    assert page.locator("#proposed [lang=en]").is_visible()
    assert page.locator("#proposed [lang=zh-CN]").is_visible()


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_letter_of_a_figure_is_shown_below_nine_points(visit, site, width, language):
    page, _, _ = visit
    page.set_viewport_size({"width": width, "height": 900})
    shown = [path for path in site.glob("*.html") if "_images/" in path.read_text(encoding="utf-8")]
    assert {"indicators.html", "weights.html", "01_sample.html"} <= {path.name for path in shown}
    for name in (path.name for path in shown):
        page.goto((site / name).as_uri())
        speak(page, language)
        drawn = page.eval_on_selector_all(
            "main img",
            "all => all.filter(one => one.clientWidth).map(one => [one.getAttribute('src'), one.clientWidth])",
        )
        assert drawn
        for source, wide in drawn:
            text = (site / source).read_text(encoding="utf-8")
            scale = wide / float(re.search(r'viewBox="0 0 ([\d.]+)', text)[1])
            smallest = min(float(size) for size in re.findall(r'font-size="([\d.]+)"', text))
            assert smallest * scale >= 12, (name, source)  # pixels: nine points
            assert text.startswith('<svg lang="en"' if language == "en" else '<svg lang="zh-CN"')
    speak(page, "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_paper_there_is_no_navigation_nothing_is_cut_and_what_was_folded_is_told(visit, site, language):
    page, _, _ = visit
    page.set_viewport_size({"width": PAPER, "height": 987})
    page.emulate_media(media="print")
    for path in sorted(site.glob("*.html")):
        page.goto(path.as_uri())
        page.evaluate(f"document.documentElement.dataset.language = '{language}'")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        seen = page.eval_on_selector_all(
            "nav, form, .headerlink, #files, #files ~ ul", "all => all.filter(one => one.offsetHeight).length"
        )
        assert seen == 0, path
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER, path
        ends = page.eval_on_selector_all(
            "img, table, svg", "all => all.map(one => one.getBoundingClientRect().right)"
        )
        assert max(ends, default=0) <= PAPER + 1, path
        assert page.evaluate(FOLDED) == 0, path
    page.emulate_media(media="screen")


def test_the_printed_front_page_answers_on_its_first_page_and_gives_the_table_one_of_its_own(
    visit, site, tmp_path
):
    page, _, _ = visit
    page.set_viewport_size({"width": PAPER, "height": 987})
    page.goto((site / "index.html").as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("document.getElementById('proposed').getBoundingClientRect().top") <= 987
    assert page.evaluate("getComputedStyle(document.getElementById('proposed')).breakBefore") == "page"
    shares, chosen = "table.values td:last-child", "table.choices tbody"
    style = "document.querySelector('{}')"
    assert page.evaluate(f"getComputedStyle({style.format(shares)}).whiteSpace") == "nowrap"
    assert page.evaluate(f"getComputedStyle({style.format(chosen)}).columnCount") == "2"
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.level-bar span')).printColorAdjust")
        == "exact"
    )
    page.emulate_media(media="screen")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", printed)) >= 2


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


@pytest.mark.parametrize(
    ("language", "label"), [("zh", "Ⅲ级"), ("en", "Level III"), ("both", "Ⅲ级 Level III")]
)
def test_on_a_telephone_every_cell_of_the_table_of_values_carries_its_heading(visit, site, language, label):
    page, _, _ = visit
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto((site / "index.html").as_uri())
    speak(page, language)
    labels = page.eval_on_selector_all(
        "table.values td[data-zh]", "all => all.map(one => getComputedStyle(one, '::before').content)"
    )
    assert label in {text.replace('"', "").replace("  ", " ").strip() for text in labels}
    speak(page, "zh")


def standing_alone(name: str, folder: Path) -> str:
    """Address of a stored notebook as a page."""
    made = page_of(ROOT / "notebooks" / f"{name}.ipynb")
    (folder / "_images").mkdir()
    for picture, content in made.pictures.items():
        (folder / "_images" / picture).write_bytes(content)
    (folder / f"{name}.html").write_text(single_page(made, "zh"), encoding="utf-8")
    return (folder / f"{name}.html").as_uri()


@pytest.mark.parametrize(("name", "most"), [("series", 8000), ("03_thresholds", 6400)])
def test_the_pages_that_were_too_long_are_short(visit, tmp_path, name, most):
    page, _, _ = visit
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(standing_alone(name, tmp_path))
    for language in ("zh", "en"):
        page.evaluate(f"document.documentElement.dataset.language = '{language}'")
        assert page.evaluate("document.documentElement.scrollHeight") < most


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")))
def test_no_page_of_a_stored_notebook_scrolls_sideways(visit, tmp_path, name):
    page, _, _ = visit
    address = standing_alone(name, tmp_path)
    for width in (400, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        assert max(page.evaluate(WIDTHS)) <= width


def test_the_address_of_a_source_breaks_where_a_telephone_ends(visit, tmp_path):
    page, _, _ = visit
    page.set_viewport_size({"width": 400, "height": 800})
    project = Project.around(ROOT)
    for name in sorted(project.systems):
        made, *_ = reference_pages(SimpleNamespace(system=project.system(name), assumptions=""))
        (tmp_path / f"{name}.html").write_text(single_page(made, "zh"), encoding="utf-8")
        page.goto((tmp_path / f"{name}.html").as_uri())
        assert max(page.evaluate(WIDTHS)) <= 400, name
