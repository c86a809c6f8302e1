"""Figures as SVG: the same bytes anywhere, texts that stay texts, as long as they were measured."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib import rc_context

from methodology.figures import level_shares
from methodology.figures.canvas import ClaimFigure
from methodology.languages import speaking

SVG = "{http://www.w3.org/2000/svg}"
TABLE = pd.DataFrame({"I": [1, 2], "II": [1, 2], "III": [2, 0], "none": [0, 0]}, index=["these", "那些"])
HOSTILE = ["<script>alert(1)</script>", "]]><b>&amp;", "\"'>--><svg onload=x>", "a & b < c", "$x_1$"]
ELSEWHERE = """
import sys
import pandas as pd
from methodology.figures import level_shares
from methodology.languages import speaking
table = pd.DataFrame({"I": [1, 2], "II": [1, 2], "III": [2, 0], "none": [0, 0]}, index=["these", "那些"])
with speaking("zh"):
    sys.stdout.buffer.write(level_shares(table, title="A claim 断言").svg())
"""


def drawn(title: str = "A claim 断言", table: pd.DataFrame = TABLE) -> ClaimFigure:
    with speaking("zh"):
        return level_shares(table, title=title)


def texts(svg: bytes) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314 - drawn a moment ago


def test_the_same_data_give_the_same_bytes_whatever_the_settings_of_the_user():
    with rc_context(
        {"svg.fonttype": "path", "svg.hashsalt": None, "font.family": "serif", "savefig.dpi": 40}
    ):
        theirs = drawn().svg()
    assert theirs == drawn().svg()


def test_a_process_with_other_hashes_and_no_list_of_fonts_draws_the_same_bytes(tmp_path):
    changed = os.environ | {"PYTHONHASHSEED": "77", "MPLCONFIGDIR": str(tmp_path), "SOURCE_DATE_EPOCH": "5"}
    made = subprocess.run([sys.executable, "-c", ELSEWHERE], env=changed, capture_output=True, check=True)
    assert made.stdout == drawn().svg()


def test_a_drawing_names_no_date_no_version_and_no_address_but_those_of_its_language():
    text = drawn().svg().decode()
    assert not re.search(r"matplotlib\.org|Matplotlib|\d{4}-\d\d-\d\d|<metadata|<!DOCTYPE", text)
    assert set(re.findall(r"https?://[^\"]*", text)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_words_are_texts_of_their_language_and_the_claim_is_its_title():
    svg = drawn().svg()
    said = "".join(one.text or "" for one in texts(svg))
    assert "断言" in said
    assert "那些" in said
    root = ElementTree.fromstring(svg)  # noqa: S314
    assert root.get("lang") == "zh-CN"
    assert root.find(f"{SVG}title").text == "A claim 断言"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(name):
    svg = drawn(name, TABLE.rename(index={"these": name})).svg()
    root = ElementTree.fromstring(svg)  # noqa: S314
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        *("svg", "title", "defs", "style", "g", "path", "use", "text", "clipPath", "rect"),
    }
    assert not [key for one in root.iter() for key in one.attrib if key.startswith("on")]
    assert any((one.text or "") == name for one in texts(svg))


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1b", "\ufffe", "\uffff"])
def test_a_sign_that_xml_cannot_hold_leaves_the_drawing_readable(sign):
    table = TABLE.rename(index={"these": f"P{sign}01"})
    assert "P 01" in {"".join(one.itertext()) for one in texts(drawn(f"A claim{sign}", table).svg())}


def test_a_text_is_as_long_as_the_picture_of_the_same_figure_writes_it():
    figure = drawn()
    figure.png()
    heading = figure._suptitle
    wide = heading.get_window_extent(figure.canvas.get_renderer()).width * 72 / figure.dpi
    (told,) = [one for one in texts(figure.svg()) if one.text == "A claim 断言"]
    assert float(told.get("textLength")) == pytest.approx(wide, abs=0.02)


def test_drawing_leaves_the_figure_as_it_was():
    figure = drawn()
    before, lines = figure.png(), figure.svg()
    assert (figure.png(), figure.svg()) == (before, lines)


def test_without_its_title_a_figure_is_lower_and_still_says_what_it_claims():
    figure, other = drawn(), drawn().untitled()
    assert other.get_figheight() < figure.get_figheight()
    assert "断言" not in "".join(one.text or "" for one in texts(other.svg()))
    assert "断言</title>" in other.svg().decode()
