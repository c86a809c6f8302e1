"""One place decides what levels and methods look like and how small letters may be; nothing else looks like a level."""

import ast
import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from shipped import ROOT

from methodology import figures
from methodology.figures.canvas import SHOWN_DPI, label_rows, sheet
from methodology.figures.looks import LETTERS, LEVEL_COLOURS, LEVEL_MARKS, LINES, MARKS, level_key, looks
from methodology.figures.wrapping import key_above
from methodology.indicators import Level
from methodology.series.figures.standards import REGION_COLOURS
from methodology.thresholds.comparison import RULES, SHOWN

DECIDES = ROOT / "methodology" / "figures" / "looks.py"
DRAWING = [
    path
    for room in ("figures", "series/figures")
    for path in sorted((ROOT / "methodology" / room).rglob("*.py"))
    if path != DECIDES
]
WEIGHTS = ("ahp", "best-worst", "budget", "system", "entropy", "critic", "pca", "equal")
INTERVALS = ("order-statistic", "finite-population", "bootstrap-percentile", "bootstrap-bca", "lognormal")
NINE_POINTS = 12
"""Pixels of a screen."""
STYLES = {
    "theme/static/house.css": {level: f"--level-{level}: " for level in Level},
    "what_if/what_if.css": {level: f".code-{code} {{ background: " for code, level in enumerate(Level)},
}


def lightness(colour: str) -> float:
    """How light a grey a colour is printed as."""
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def distance(one: str, other: str) -> float:
    return max(abs(a - b) for a, b in zip(to_rgb(one), to_rgb(other), strict=True))


def test_levels_go_from_dark_to_light_and_are_far_apart_in_grey():
    shades = [lightness(LEVEL_COLOURS[level]) for level in Level]
    assert shades == sorted(shades)
    assert min(after - before for before, after in pairwise(shades)) > 0.14
    assert shades[-1] < 0.9, "none is told from the paper"


def test_each_level_has_a_mark_of_its_own_and_the_key_tells_it():
    assert len(set(LEVEL_MARKS.values())) == len(LEVEL_MARKS) == 3
    assert [one.get_marker() for one in level_key()] == list(LEVEL_MARKS.values())
    assert [one.get_color() for one in level_key()] == [LEVEL_COLOURS[level] for level in LEVEL_MARKS]


def test_no_method_and_no_region_looks_like_a_level():
    assert not set(MARKS) & set(LEVEL_MARKS.values())
    others = [*LINES, *REGION_COLOURS.values()]
    assert [one for one in others if min(distance(one, own) for own in LEVEL_COLOURS.values()) < 0.15] == []
    assert min(distance(one, other) for one, other in combinations(LINES, 2)) > 0.1


@pytest.mark.parametrize("shown", [RULES, SHOWN[1:8], WEIGHTS, INTERVALS])
def test_methods_that_stand_in_one_figure_differ_in_mark_and_in_colour(shown):
    found = looks(shown).values()
    assert len({one["marker"] for one in found}) == len({one["color"] for one in found}) == len(shown)


def constants(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (
        one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: path.relative_to(ROOT / "methodology").as_posix())
def test_no_drawing_writes_the_mark_or_the_colour_of_a_level_itself(path):
    written = list(constants(path))
    assert set(written) & set(LEVEL_MARKS.values()) == set()
    colours = [one for one in written if re.fullmatch("#[0-9a-fA-F]{6}", one)]
    assert [one for one in colours if min(distance(one, own) for own in LEVEL_COLOURS.values()) < 0.03] == []


@pytest.mark.parametrize("name", STYLES)
def test_pages_show_levels_in_the_colours_of_the_figures(name):
    style = (ROOT / "methodology" / "evidence" / name).read_text(encoding="utf-8")
    for level, before in STYLES[name].items():
        assert style.count(f"{before}{LEVEL_COLOURS[level]};") == 1, level


def test_the_smallest_letters_are_nine_points_of_a_screen_where_figures_are_shown():
    assert LETTERS * SHOWN_DPI / 72 >= NINE_POINTS


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: path.relative_to(ROOT / "methodology").as_posix())
def test_no_drawing_asks_for_smaller_letters(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = [
        (one.value.value, one.value.lineno)
        for one in ast.walk(tree)
        if isinstance(one, ast.keyword)
        and one.arg in {"fontsize", "labelsize", "size", "titlesize"}
        and isinstance(one.value, ast.Constant)
    ]
    assert [one for one in asked if not isinstance(one[0], (int, float)) or one[0] < LETTERS] == []


def test_what_is_written_at_the_ends_of_bars_stands_inside_the_axes():
    settings = ["a setting with a rather long name, told in words", "short"]
    effects = {
        "factor": ["a.b"],
        "low": settings[:1],
        "high": settings[1:],
        "at_low": [-9.0],
        "at_high": [1.0],
    }
    figure = figures.tornado(pd.DataFrame(effects), base=0.0)
    figure.png()
    (axes,) = figure.axes
    whole, renderer = axes.get_window_extent(), figure.canvas.get_renderer()
    boxes = [one.get_window_extent(renderer) for one in axes.texts if one.get_text().strip() in settings]
    assert len(boxes) == 2
    assert min(box.x0 for box in boxes) >= whole.x0
    assert max(box.x1 for box in boxes) <= whole.x1


@pytest.mark.parametrize("length", [3, 22, 60])
def test_a_key_of_many_names_ends_inside_the_figure(length):
    names = [f"{place} {'n' * length}" for place in range(7)]
    figure, axes = sheet("A claim", pd.DataFrame(), width=9.0)
    for name in names:
        axes.plot([0, 1], [0, 1], label=name)
    label_rows(axes, ["a row with a long name of its own"])
    key_above(axes)
    figure.png()
    box = axes.get_legend().get_window_extent(figure.canvas.get_renderer())
    assert [one.get_text() for one in axes.get_legend().get_texts()] == names
    assert box.x1 <= figure.bbox.x1
