import hashlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from evidence_toys import toy_run, toy_tables

from methodology import __version__
from methodology.evidence import build_evidence, site
from methodology.evidence.imports import EXTRAS, without_extras
from methodology.evidence.mentions import Mentions
from methodology.evidence.notebooks import page_of
from methodology.findings.compared import BASES
from methodology.languages import HAN, Words, retold, speaking
from methodology.parameters import Project

RUN = toy_tables()
PROJECT = Project.around(Path(__file__).parents[2])
LOADING = {"src", "href", "data", "action", "poster", "srcset"}


class Loads(HTMLParser):
    """Collects every address a page would load or point to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag, attributes):
        self.found += [(tag, value) for name, value in attributes if name in LOADING and value]


def loads(page: Path) -> list[tuple[str, str]]:
    parser = Loads()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser.found


@pytest.fixture(scope="module")
def folder(evidence) -> Path:
    return evidence


@pytest.fixture(scope="module")
def index(folder) -> str:
    return (folder / "internal" / "site" / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def published(folder) -> str:
    return (folder / "public" / "site" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("which", ["public", "internal"])
def test_either_set_holds_a_site_a_draft_a_workbook_and_a_file_for_machines(folder, which):
    names = ("site/index.html", "standard.docx", "explanation.docx", "proposal.xlsx", "proposal.json")
    assert all((folder / which / name).is_file() for name in names)
    assert {path.name for path in folder.iterdir()} == {"results", "notebooks", "public", "internal"}


def test_a_site_that_is_sent_alone_still_has_its_documents(folder):
    for which in ("public", "internal"):
        for name in ("standard.docx", "explanation.docx", "proposal.xlsx", "proposal.json"):
            copy = folder / which / "site" / name
            assert copy.read_bytes() == (folder / which / name).read_bytes()
            assert f'href="{name}"' in (folder / which / "site" / "index.html").read_text(encoding="utf-8")


def test_every_internal_page_says_that_it_is_internal_and_no_public_one_does(folder):
    for which, marked in (("internal", True), ("public", False)):
        for page in (folder / which / "site").glob("*.html"):
            assert (">内部资料<" in page.read_text(encoding="utf-8")) == marked, page.name


def test_every_page_says_that_the_plants_are_made_up(folder):
    for page in folder.glob("*/site/*.html"):
        assert "样本企业为虚构" in page.read_text(encoding="utf-8")


def test_the_public_site_holds_no_notebook_no_expert_and_no_way_to_one(folder):
    site = folder / "public" / "site"
    every = {page.stem for page in site.glob("*.html")}
    indicators = {f"indicator-{name.replace('_', '-')}" for name in RUN.system.ids}
    assert every == indicators | {
        *("index", "indicators", "weights", "sample", "search", "sources", "assumptions", "terms"),
        *("group-g", "group-h"),
    }
    assert not [address for page in site.glob("*.html") for _, address in loads(page) if "ipynb" in address]


def test_each_value_leads_to_the_page_of_its_indicator_and_that_to_where_its_comparators_were_read(
    folder, published
):
    proposed = RUN.proposal["indicators"][0]["levels"]["II"]["proposed"]
    assert f'<b><a href="indicator-energy.html#proposed">{proposed:.0f}</a></b>' in published
    page = (folder / "public" / "site" / "indicator-energy.html").read_text(encoding="utf-8")
    assert 'href="sources.html#source-MEM">memory</a>' in page
    assert 'id="source-MEM">memory' in (folder / "public/site/sources.html").read_text(encoding="utf-8")


def test_from_a_printed_value_plants_source_and_notebook_cell_are_two_clicks_away(folder):
    site = folder / "internal" / "site"
    index = (site / "index.html").read_text(encoding="utf-8")
    printed = set(re.findall(r'<b><a href="(indicator-[a-z-]+\.html)#proposed">', index))
    assert printed == {"indicator-energy.html", "indicator-dust.html", "indicator-slag-use.html"}
    for name in printed:
        page = (site / name).read_text(encoding="utf-8")
        assert 'id="plants"' in page
        assert "<circle" in page
        leads = {address for _, address in loads(site / name)}
        cells = {address for address in leads if "#cell-" in address}
        assert {address.partition("#")[0] for address in cells} == {"03_thresholds.html"}
        for address in cells | {address for address in leads if address.startswith("sources.html#")}:
            target, _, place = address.partition("#")
            assert f'id="{place}"' in (site / target).read_text(encoding="utf-8"), address
    assert 'href="sources.html#source-MEM"' in (site / "indicator-energy.html").read_text(encoding="utf-8")


def test_every_place_a_link_names_is_on_the_page_it_leads_to(folder):
    for page in folder.glob("*/site/*.html"):
        for tag, address in loads(page):
            target, _, place = address.partition("#")
            if tag == "a" and place:
                text = (page.parent / (target or page.name)).read_text(encoding="utf-8")
                assert f'id="{place}"' in text, (page.name, address)


def test_a_calibrated_value_stands_on_the_internal_page_alone(folder):
    public, internal = (
        (folder / which / "site" / "indicator-energy.html").read_text(encoding="utf-8")
        for which in ("public", "internal")
    )
    assert ">测算值<" in internal
    assert ">测算值<" not in public


def test_plants_are_dots_on_the_internal_page_and_counts_on_the_public_one(folder):
    public, internal = (
        (folder / which / "site" / "indicator-energy.html").read_text(encoding="utf-8")
        for which in ("public", "internal")
    )
    assert internal.count("<title>P") == len(RUN.sample.plants)
    assert "<circle" not in public
    assert "<title>P" not in public
    assert ">实测</span>" in public


def test_no_page_asks_the_network_for_anything(folder):
    pages = sorted(folder.glob("*/site/*.html"))
    assert len(pages) == 14 + 16
    for page in pages:
        assert not [found for found in loads(page) if re.match(r"(?i)\s*(https?:)?//", found[1])]
    assert "@import" not in (folder / "public/site/_static/house.css").read_text(encoding="utf-8")


def test_every_link_and_picture_leads_somewhere(folder):
    for page in folder.glob("*/site/*.html"):
        for tag, address in loads(page):
            target = address.split("#")[0].split("?")[0]
            assert not target or (page.parent / target).exists(), (page, tag, address)


def test_the_front_page_leads_with_the_proposed_values_and_both_promises(index):
    assert (
        index.index("What is proposed (promise for each indicator alone)</span></h2>")
        < index.index("Two promises, side by side</span></h2>")
        < index.index("The claims, and where each is shown</span></h2>")
    )
    proposed = RUN.proposal["indicators"][0]["levels"]["II"]["proposed"]
    assert f">{proposed:.0f}</a></b>" in index
    assert "the whole standard" in index


def test_claims_are_listed_with_links_to_their_notebooks(index):
    assert (
        'href="01_sample.html">1. Which plants?</a><ul><li><a href="01_sample.html#part-1">Plants differ</a></li>'
        in index
    )
    assert "What would change this answer" not in index


def test_given_values_are_shown_in_their_own_script_and_the_folder_is_not(folder):
    page = (folder / "internal" / "site" / "01_sample.html").read_text(encoding="utf-8")
    assert "<td>水</td>" in page
    assert "u6c34" not in page
    assert "/somewhere" not in page


def test_figures_have_their_claim_as_description(folder):
    page = (folder / "internal" / "site" / "01_sample.html").read_text(encoding="utf-8")
    claim = "The middle 80 % of plants span 146 % of the median in Dust, 6 % of the median in Slag use"
    assert f'alt="{claim}"' in page


def test_formulas_are_drawings_and_load_nothing(folder):
    page = (folder / "internal" / "site" / "01_sample.html").read_text(encoding="utf-8")
    assert 'class="formula"' in page
    assert not re.search(r"<script[^>]*mathjax", page, re.IGNORECASE)


def test_mentions_become_links_with_words_and_a_term_is_linked_once():
    known = Mentions(
        frozenset({"03"}),
        {"IDX14": Words("2014年指标体系（抄录）", "2014 index as scraped")},
        {"attainment": Words("达标率", "attainment")},
    )
    page, places = known.linked(
        '<p lang="en">A-03, A-99 and IDX14.</p><p lang="zh-CN">另见A-03至A-09。</p><td>IDX14</td>'
        '<p>attainment <a href="x">A-03</a></p><p>attainment &lt;b</p>',
        "index",
    )
    assert '<a href="assumptions.html#A-03">assumption 3</a>, assumption 99 and' in page
    assert '<a href="sources.html#source-IDX14">2014 index</a>' in page
    assert page.count('href="terms.html#attainment"') == 1
    assert "&lt;b" in page
    ((place, said),) = places
    assert place == ""
    assert said.en == "assumption 3, assumption 99 and 2014 index. 2014 index attainment A-03 attainment <b"
    assert "另见假设3至假设9。 2014年指标体系" in said.zh
    assert "assumption" not in said.zh


def test_what_is_said_has_the_place_of_its_row_or_of_what_stands_around_it_or_of_the_heading_above():
    page, places = Mentions(frozenset(), {}, {}).linked(
        "<h1>t</h1><p>a</p><h2 id='h'>b</h2><p>c</p><table><thead><tr><th>d</th></tr></thead><tr><td>e</td></tr>"
        "<tr id='own'><td>f</td></tr></table><div id='g'><p>g</p></div><p lang='en'>i</p>",
        "index",
    )
    assert [(place, *words) for place, words in places] == [
        *(("", "t a", "t a"), ("h", "b c d", "b c d"), ("row1", "e", "e"), ("own", "f", "f")),
        *(("g", "g", "g"), ("h", "", "i")),
    ]
    assert page.count("<tr id=") == 2


def test_the_name_of_an_indicator_in_a_table_of_a_notebook_leads_to_its_page(folder):
    page = (folder / "internal" / "site" / "03_thresholds.html").read_text(encoding="utf-8")
    assert 'href="indicator-dust.html">Dust</a>' in page
    own = (folder / "internal" / "site" / "indicator-dust.html").read_text(encoding="utf-8")
    assert 'href="indicator-dust.html">' not in own[own.index("<main") : own.index('class="turn"')]


def test_a_site_built_again_under_another_hash_seed_is_the_same(folder, tmp_path):
    again = toy_run(tmp_path / "toy-run")
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path; from evidence_toys import toy_system\n"
        "from methodology.evidence import build_evidence\n"
        "build_evidence(Path(sys.argv[1]), toy_system())"
    )
    here = Path(__file__).parents[1]
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(here.parent)}
    subprocess.run([sys.executable, "-c", code, str(again), str(here)], check=True, env=environment)
    assert digests(folder) == digests(again)


def test_a_theme_checked_out_with_the_line_ends_of_windows_gives_the_same_site_in_place_of_what_stood_there(
    folder, tmp_path, monkeypatch
):
    for path in [path for path in site.THEME.rglob("*") if path.is_file()]:
        copy = tmp_path / "theme" / path.relative_to(site.THEME)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    again = toy_run(tmp_path / "toy-run")
    stale = again / "public" / "site" / "stale.html"
    stale.parent.mkdir(parents=True)
    stale.write_text("old", encoding="utf-8")
    monkeypatch.setattr(site, "THEME", tmp_path / "theme")
    build_evidence(again, RUN.system)
    assert not stale.exists()
    assert digests(folder) == digests(again)


def digests(run: Path) -> dict[str, str]:
    files = [*(run / "public").rglob("*"), *(run / "internal").rglob("*")]
    return {
        str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file()
    }


def test_no_place_of_this_machine_is_in_the_site(folder):
    for path in folder.glob("*/site/**/*"):
        if path.suffix in (".html", ".js", ".css"):
            assert str(folder.parent) not in path.read_text(encoding="utf-8")


def test_imports_without_extras_leave_no_module_switched_off():
    there = {name for name in EXTRAS if name in sys.modules}
    with without_extras():
        assert set(EXTRAS) <= sys.modules.keys()
    assert {name for name in EXTRAS if name in sys.modules} == there
    assert None not in {sys.modules[name] for name in there}


def test_a_page_knows_its_title_and_claims(folder):
    page = page_of(folder / "notebooks" / "01_sample.ipynb")
    assert page.title.en == "1. Which plants?"
    assert [part.heading.en for part in page.sections][:2] == ["Plants differ", "Plants differ"]


def test_every_page_opens_in_the_language_of_the_run_and_shows_both_without_javascript(folder):
    for page in folder.glob("*/site/*.html"):
        text = page.read_text(encoding="utf-8")
        assert '<html lang="zh-CN" data-language="zh">' in text
        assert "<noscript><style>[lang] { display: revert !important; }</style></noscript>" in text


def test_a_run_in_english_opens_in_english_and_has_the_same_texts(folder, tmp_path):
    made = toy_tables()
    made.proposal["parameters"]["language"] = "en"
    again = toy_run(tmp_path / "toy-run", run=made)
    build_evidence(again, RUN.system)
    for which in ("public", "internal"):
        site = again / which / "site"
        for page in site.glob("*.html"):
            text = page.read_text(encoding="utf-8")
            assert '<html lang="en" data-language="en">' in text
            if page.name == "indicator-energy.html":
                mine = text.replace('<html lang="en" data-language="en">', "")
                other = (folder / which / "site" / page.name).read_text(encoding="utf-8")
                assert mine == other.replace('<html lang="zh-CN" data-language="zh">', "")


def test_a_page_says_once_how_wide_it_is(folder):
    for page in folder.glob("*/site/*.html"):
        assert page.read_text(encoding="utf-8").count('name="viewport"') == 1


def test_the_front_page_names_run_and_software_and_no_date(published):
    line = re.search(r'<p class="provenance">(.*?)</p>', published)
    assert line
    assert "toy-run" in line[1]
    assert __version__ in line[1]
    assert not re.search(r"20\d\d-\d\d", published)


def test_every_basis_of_a_comparator_is_told_in_chinese():
    stated = {
        c.basis for name in PROJECT.systems for i in PROJECT.system(name).indicators for c in i.comparators
    }
    assert stated <= set(BASES)
    with speaking("zh"):
        assert [basis for basis in stated if not HAN.search(retold(basis))] == []
