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
from methodology.evidence import build_evidence, house_sphinx
from methodology.evidence.house_sphinx import BilingualSearch
from methodology.evidence.imports import GRAMMAR, without_grammar
from methodology.evidence.mathtext import formula_svg
from methodology.evidence.notebooks import given_values, page_of

RUN = toy_tables()
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
def folder(tmp_path_factory) -> Path:
    made = toy_run(tmp_path_factory.mktemp("runs") / "toy-run")
    build_evidence(made, RUN.system)
    return made


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
            assert ("内部资料 internal" in page.read_text(encoding="utf-8")) == marked, page.name


def test_every_page_says_that_the_plants_are_made_up(folder):
    for page in folder.glob("*/site/*.html"):
        assert "合成数据 synthetic data" in page.read_text(encoding="utf-8")


def test_the_public_site_holds_no_notebook_and_no_way_to_one(folder):
    site = folder / "public" / "site"
    assert {page.stem for page in site.glob("*.html")} == {
        "index",
        "indicators",
        "weights",
        "sample",
        "search",
    }
    assert not [address for page in site.glob("*.html") for _, address in loads(page) if "ipynb" in address]


def test_each_value_leads_to_what_its_indicator_is_and_where_its_comparators_were_read(folder, published):
    assert 'href="indicators.html#ind-slag-use"' in published
    page = (folder / "public" / "site" / "indicators.html").read_text(encoding="utf-8")
    assert 'id="ind-slag-use"' in page
    assert "memory" in page[page.index("来源 Sources") :]


def test_a_calibrated_value_stands_on_the_internal_page_alone(folder):
    public, internal = (
        (folder / which / "site" / "indicators.html").read_text(encoding="utf-8")
        for which in ("public", "internal")
    )
    assert "calibrated" in internal.split("<h2>")[1]
    assert "测算值<br>calibrated" in internal
    assert "测算值<br>calibrated" not in public


def test_no_page_asks_the_network_for_anything(folder):
    pages = sorted(folder.glob("*/site/*.html"))
    assert len(pages) == 5 + 6
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
        index.index("What is proposed (promise for each indicator alone)")
        < index.index("Two promises")
        < index.index("The claims")
    )
    proposed = RUN.proposal["indicators"][0]["levels"]["II"]["proposed"]
    assert f"<b>{proposed:.0f}</b>" in index
    assert "the whole standard" in index


def test_claims_are_listed_with_links_to_their_notebooks(index):
    assert 'href="01_sample.html">1. Which plants?</a><ul><li>Plants differ</li>' in index
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


def test_a_formula_beyond_matplotlib_is_shown_as_its_source():
    assert formula_svg(r"\begin{cases} a <b \end{cases}") == r"<code>\begin{cases} a &lt;b \end{cases}</code>"


def test_an_inline_formula_stands_on_the_line():
    assert "vertical-align:-0.000em" in formula_svg("x").replace(
        "vertical-align:0.000em", "vertical-align:-0.000em"
    )
    assert re.search(r"vertical-align:-0\.[1-9]", formula_svg("y_{g}"))


def test_chinese_is_found_by_single_characters_and_by_pairs():
    assert BilingualSearch({}).split("高炉 energy2 水") == ["高", "炉", "高炉", "energy2", "水"]


def test_one_chinese_character_is_a_word_and_a_number_is_none():
    search = BilingualSearch({})
    assert search.word_filter("水")
    assert not search.word_filter("2014")
    assert not search.word_filter("526kgce"), "what stands behind the point of 20.526kgce"


def test_the_page_splits_queries_with_the_splitter_of_the_index(folder):
    script = (folder / "internal/site/_static/language_data.js").read_text(encoding="utf-8")
    assert "function splitQuery" in script
    assert "Stemmer" in script
    words = (folder / "internal/site/searchindex.js").read_text(encoding="utf-8")
    assert '"\\u80fd\\u8017"' in words


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


def test_a_theme_checked_out_with_the_line_ends_of_windows_gives_the_same_site(folder, tmp_path, monkeypatch):
    ours = Path(house_sphinx.__file__).parent
    for path in [path for path in (ours / "theme").rglob("*") if path.is_file()]:
        copy = tmp_path / path.relative_to(ours)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    again = toy_run(tmp_path / "toy-run")
    monkeypatch.setattr(house_sphinx, "__file__", str(tmp_path / "house_sphinx.py"))
    build_evidence(again, RUN.system)
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


def test_a_site_in_the_way_is_replaced(folder):
    stale = folder / "public" / "site" / "stale.html"
    stale.write_text("old", encoding="utf-8")
    build_evidence(folder, RUN.system)
    assert not stale.exists()


def test_imports_without_the_grammar_leave_no_module_switched_off():
    with without_grammar():
        assert GRAMMAR in sys.modules
    assert sys.modules.get(GRAMMAR, "absent") is not None


def test_only_plain_assignments_are_taken_for_given_values():
    source = "a = 1\nb = open('x')\nc, d = 1, 2\nimport os\ne = [1, 'x']\n"
    assert given_values(source) == {"a": "1", "e": "[1, 'x']"}
    assert given_values("not python (") == {}


def test_a_page_knows_its_title_and_claims(folder):
    page = page_of(folder / "notebooks" / "01_sample.ipynb")
    assert (page.title, page.claims) == ("1. Which plants?", ("Plants differ", "Plants differ"))


def test_a_page_says_once_how_wide_it_is(folder):
    for page in folder.glob("*/site/*.html"):
        assert page.read_text(encoding="utf-8").count('name="viewport"') == 1


def test_the_front_page_names_run_and_software_and_no_date(published):
    line = re.search(r'<p class="provenance">(.*?)</p>', published)
    assert line
    assert "toy-run" in line[1]
    assert __version__ in line[1]
    assert not re.search(r"20\d\d-\d\d", published)
