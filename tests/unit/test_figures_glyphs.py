"""Figures are written in the fonts of the packages, whatever fonts and settings the user and the system have."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from matplotlib import get_data_path, rc_context
from matplotlib.font_manager import FontEntry, FontProperties, findfont, fontManager, get_font
from shipped import ROOT

from methodology.evidence.mathtext import formula_svg
from methodology.figures import level_shares
from methodology.figures.glyphs import FAMILIES, drawing, use_own_fonts
from methodology.figures.writing import _written
from methodology.indicators.loading import read_yaml

TABLE = pd.DataFrame({"I": [1, 2], "II": [1, 2], "III": [2, 0], "none": [0, 0]}, index=["高炉", "m³ ≤ CO₂"])
HOSTILE = {
    "font.size": 20,
    "font.family": ["serif"],
    "lines.linewidth": 9,
    "axes.grid": True,
    "axes.facecolor": "pink",
    "figure.dpi": 200,
    "savefig.dpi": 40,
    "figure.constrained_layout.h_pad": 1.0,
    "mathtext.fontset": "cm",
    "text.antialiased": False,
    "image.cmap": "jet",
    "axes.xmargin": 0.4,
}
DRAW = """
import hashlib
import pandas as pd
from methodology.evidence.mathtext import formula_svg
from methodology.figures import level_shares
table = pd.DataFrame({"I": [1, 2], "II": [1, 2], "III": [2, 0], "none": [0, 0]}, index=["高炉", "m³ ≤ CO₂"])
picture = level_shares(table, title="A claim 断言").png()
print(hashlib.sha256(picture).hexdigest(), hashlib.sha256(formula_svg(r"x_i \\le \\bar{x}").encode()).hexdigest())
"""


def drawn() -> bytes:
    return level_shares(TABLE, title="A claim 断言").png()


@pytest.fixture
def known():
    """What matplotlib knows of fonts, put back afterwards."""
    before = list(fontManager.ttflist)
    yield
    fontManager.ttflist = before
    fontManager.addfont(before[0].fname)


@pytest.mark.parametrize("only_bundled", ["", "1"])
@pytest.mark.parametrize("weight", ["normal", "bold", 400, 700])
@pytest.mark.parametrize("family", FAMILIES)
def test_both_weights_of_both_families_are_files_of_the_packages(family, weight, only_bundled, monkeypatch):
    monkeypatch.setenv("MPL_IGNORE_SYSTEM_FONTS", only_bundled)
    with drawing():
        file = Path(findfont(FontProperties(family=[family], weight=weight), fallback_to_default=False))
    place = "weblate_fonts" if "Kurinto" in family else "matplotlib"
    assert place in file.parts
    assert ("Bold" in file.stem or "Bd" in file.stem) == (weight in ("bold", 700))


def test_another_font_of_the_same_name_on_the_system_is_never_taken(known):
    usual = drawn()
    other = str(Path(get_data_path(), "fonts", "ttf", "STIXGeneral.ttf"))
    impostors = [
        replace(FontEntry(fname=other), name=family, weight=weight)
        for family in FAMILIES
        for weight in ("normal", 400, 700)
    ]
    fontManager.ttflist = impostors
    assert drawn() == usual
    use_own_fonts()
    assert {font.fname for font in fontManager.ttflist if font.name in FAMILIES}.isdisjoint({other})


def test_fonts_of_other_names_stay_known_to_the_user(known):
    mine = FontEntry(fname="mine.ttf", name="Mine")
    fontManager.ttflist = [mine]
    use_own_fonts()
    assert fontManager.ttflist[-1] == mine


def test_settings_of_the_caller_do_not_reach_a_figure():
    usual = drawn()
    with rc_context(HOSTILE):
        assert drawn() == usual


def test_settings_of_the_caller_do_not_reach_a_formula():
    usual = formula_svg(r"\frac{a}{b} \le c_1")
    formula_svg.cache_clear()
    with rc_context(HOSTILE):
        assert formula_svg(r"\frac{a}{b} \le c_1") == usual


def test_settings_of_the_caller_are_his_again_when_a_figure_is_drawn():
    with rc_context(HOSTILE) as _:
        from matplotlib import rcParams

        before = dict(rcParams)
        drawn()
        assert dict(rcParams) == before


def test_a_hostile_matplotlibrc_and_a_list_of_no_fonts_change_no_pixel(tmp_path):
    """The list says what the system had once: here nothing, under the name and version matplotlib looks for."""
    (tmp_path / "matplotlibrc").write_text(
        "figure.dpi: 200\nfont.family: monospace\nlines.linewidth: 4\nno.such.key: 1\n", encoding="utf-8"
    )
    version = fontManager.__version__
    empty = {"_version": version, "afmlist": [], "ttflist": [], "default_size": None, "defaultFamily": {}}
    content = {**empty, "_FontManager__default_weight": "normal", "__class__": "FontManager"}
    (tmp_path / f"fontlist-v{version}.json").write_text(json.dumps(content), encoding="utf-8")
    hostile = {"PYTHONPATH": str(ROOT), "MPLCONFIGDIR": str(tmp_path), "MPL_IGNORE_SYSTEM_FONTS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", DRAW], env=os.environ | hostile, capture_output=True, text=True, check=True
    )
    here = drawn(), formula_svg(r"x_i \le \bar{x}").encode()
    assert done.stdout.split() == [hashlib.sha256(picture).hexdigest() for picture in here]


def test_every_character_of_the_systems_but_for_titles_of_sources_has_a_glyph():
    use_own_fonts()
    fonts = [get_font(findfont(FontProperties(family=[family]))) for family in FAMILIES]
    systems = (read_yaml(path) | {"sources": {}} for path in (ROOT / "params" / "systems").glob("*.yaml"))
    texts = json.dumps(list(systems), ensure_ascii=False)
    characters = set(texts) | set("ⅠⅡⅢ≤≥±m³CO₂−×·°‡†")
    assert len(characters) > 500
    assert {one for one in characters if not any(font.get_char_index(ord(one)) for font in fonts)} == set()


def test_bold_chinese_is_bolder():
    with drawing():
        thin, thick = (int(_written("高炉炼铁", FAMILIES, weight, 30, 100)[1].sum()) for weight in (400, 700))
    assert thick > 1.15 * thin
