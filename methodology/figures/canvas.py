"""The sheet every figure is drawn on: house style, the claim as title, the data behind it."""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import textwrap
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from functools import cache, partial, wraps
from itertools import pairwise
from typing import Any, Literal, ParamSpec

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation
from PIL import Image

from methodology.figures.glyphs import drawing
from methodology.figures.looks import LETTERS
from methodology.figures.made_up import line_now, saying
from methodology.figures.vector import svg_of
from methodology.figures.wrapping import balanced, wrapped
from methodology.figures.writing import Canvas
from methodology.indicators import Indicator
from methodology.indicators.display import round_percent
from methodology.languages import Language, current, say, speaking

P = ParamSpec("P")

DRAWINGS = "application/vnd.workbench.drawings+json"
"""Where a notebook keeps a figure as SVG in both languages, for its page; JupyterLab looks past it."""

INK, SOFT, FAINT, RULE = "#222222", "#6b6b6b", "#c9c9c9", "#e6e6e6"
WARN = "#b5342b"
DATA, DATA_LIGHT = "#3f5a70", "#9fb3c2"
"""Everything that is not a level."""
TOP, FOOT = 0.62, 0.4
"""Inches for the claim and the key above, and the note below panels at fixed places."""
TITLE_LINE = 0.18
"""Inches one line of a title takes."""
MADE_UP_LINE = 0.2
"""Inches below all else for the line that names what is made up: figures grow by it, nothing in them moves."""
DPI, PACKED_DPI, SHOWN_DPI = 150, 120, 100
"""Pixels per inch drawn, drawn among many, and shown: crisp on fine screens, small on disk."""
WIDEST = 1560
"""Pixels across that a page can still show."""
_STYLE: dict[str, Any] = {
    "font.size": LETTERS,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.labelsize": LETTERS,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.grid": False,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": INK,
    "xtick.labelsize": LETTERS,
    "ytick.labelsize": LETTERS,
    "text.color": INK,
    "text.hinting": "none",
    "text.parse_math": False,
    "legend.frameon": False,
    "legend.fontsize": LETTERS,
    "figure.facecolor": "white",
    "svg.hashsalt": "workbench",
    "svg.fonttype": "path",
    "path.simplify": False,
}


WIDEST_SHEET: ContextVar[float] = ContextVar("widest_sheet", default=math.inf)
"""Inches a figure may be wide: on paper no wider than the text, so that its letters are printed as large as drawn."""


class ClaimFigure(Figure):
    """A figure whose title is a claim and which carries the numbers it was drawn from.

    Notebooks show it through `_repr_mimebundle_`, so its bytes do not depend on any notebook setting; its text form
    names a digest of `data`, so that a comparison of text outputs guards the figure as well. It is drawn in the
    language that is spoken, and again in the other where that is asked for.
    """

    claim: str = ""
    language: Language = "zh"
    plants: bool = False
    """Whether single plants can be read off it; such figures stay out of documents that circulate."""
    data: pd.DataFrame = pd.DataFrame()
    packed: bool = False
    """Whether it stands among many in one notebook: fewer pixels, and the time of the best compression is worth it."""
    foot: float = 0.0
    """Inches that a layout leaves free below all else."""

    def draw(self, renderer: Any) -> None:
        """Draw in house style, whatever the caller's settings are."""
        with drawing(_STYLE):
            super().draw(renderer)

    def png(self) -> bytes:
        """PNG bytes: the same for the same data, without dates or versions."""
        return self._encoded(self._pixels())

    def slices(self, most: float) -> tuple[bytes, ...]:
        """Give a tall picture in parts of so many inches, cut between rows, for pages that end within a figure."""
        pixels = self._pixels()
        low, high = sorted(self.axes[0].get_ylim())
        rows = np.arange(math.ceil(low), math.floor(high)) + 0.5
        if len(rows) < 2 or pixels.height <= 2 * most * self.dpi:  # a scale of shares has no rows
            return (self._encoded(pixels),)
        ends = sorted(pixels.height - self.axes[0].transData.transform([(0, row) for row in rows])[:, 1])
        cuts = [0.0]
        for end, after in pairwise([*ends, pixels.height]):
            if after - cuts[-1] > most * self.dpi:
                cuts.append(end)
        edges = [round(cut) for cut in (*cuts, pixels.height)]
        return tuple(
            self._encoded(pixels.crop((0, top, pixels.width, foot))) for top, foot in pairwise(edges)
        )

    def _pixels(self) -> Image.Image:
        for axis in (axis for axes in self.axes for axis in (axes.xaxis, axes.yaxis)):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)  # or all tick labels are measured to place what is not there
        canvas = Canvas(self)
        canvas.draw()
        drawn = canvas.buffer_rgba()
        return _paletted(Image.frombytes("RGB", drawn.shape[1::-1], drawn, "raw", "RGBX"))

    def _encoded(self, pixels: Image.Image) -> bytes:
        buffer = io.BytesIO()
        kind, level = (zlib.Z_FILTERED, 9) if self.packed else (zlib.Z_RLE, 6)
        how: dict[str, Any] = {"compress_level": level, "compress_type": kind}
        pixels.save(buffer, format="png", dpi=(self.dpi, self.dpi), **how)
        return buffer.getvalue()

    def svg(self) -> bytes:
        """SVG bytes whose texts stay texts: the same for the same data, on every machine."""
        with drawing(_STYLE):
            return svg_of(self, self.claim, "zh-CN" if self.language == "zh" else "en")

    def untitled(self) -> ClaimFigure:
        """Take the title and its room away, for where the claim stands beside the figure as a text of its own."""
        title = self.get_suptitle()
        if title:
            self.suptitle("").set_in_layout(False)
            self.set_figheight(self.get_figheight() - (title.count("\n") + 1) * TITLE_LINE)
            self.keep_foot_free()
        return self

    def keep_foot_free(self) -> None:
        """Let the layout end above the line at the foot, however high the figure is."""
        layout: Any = self.get_layout_engine()
        below = self.foot / self.get_figheight()
        if layout is not None and below:
            layout.set(rect=(0, below, 1, 1 - below))

    def told(self, language: Language) -> ClaimFigure:
        """Give the same figure in a language."""
        return self if language == self.language else self._other()

    def _other(self) -> ClaimFigure:
        return self

    def __repr__(self) -> str:
        rows, columns = self.data.shape
        told = " | ".join(dict.fromkeys([self.claim, self._other().claim]))
        return f"<Figure: {told} | data {rows} x {columns}, sha256 {digest(self.data)}>"

    __str__ = __repr__

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        width, height = (round(side * SHOWN_DPI) for side in self.get_size_inches())
        drawings = {
            one.language: {"claim": one.claim, "svg": b64encode(gzip.compress(one.svg(), mtime=0)).decode()}
            for one in (self, self._other())
        }
        return (
            {"image/png": self.png(), "text/plain": repr(self), DRAWINGS: drawings},
            {"image/png": {"width": width, "height": height}, "workbench": {"plants": self.plants}},
        )


def _paletted(pixels: Image.Image) -> Image.Image:
    """The picture in at most 255 colours, white kept white: a quarter of the size, and faster to write."""
    small = pixels.quantize(255, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    colours = np.array(small.getpalette(), dtype=np.uint8).reshape(-1, 3)
    colours[(colours >= 250).all(axis=1)] = 255
    small.putpalette(colours.ravel().tolist())
    return small


def in_house_style(draw: Callable[P, ClaimFigure]) -> Callable[P, ClaimFigure]:
    """Let a figure function create its artists in house style, in the spoken language and, when asked, the other."""

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> ClaimFigure:
        line = line_now()

        @cache
        def told(language: Language) -> ClaimFigure:
            with speaking(language), saying(line), drawing(_STYLE):
                figure = draw(*args, **kwargs)
            figure.language = language
            figure._other = partial(told, "en" if language == "zh" else "zh")  # type: ignore[method-assign]
            return figure

        return told(current())

    return wrapper


def sheet(
    claim: str,
    data: pd.DataFrame,
    *,
    width: float = 9.0,
    height: float = 4.5,
    note: str = "",
    plants: bool = False,
    packed: bool = False,
    **grid: Any,
) -> tuple[ClaimFigure, Any]:
    """
    Open a figure with its claim on top and its reading aid at the foot.

    Parameters
    ----------
    claim : str
        Title, one sentence.
    data : DataFrame
        The numbers drawn.
    width, height : float
        Inches, the room for title and note included.
    note : str
        Small print under the axes.
    plants : bool
        Whether single plants can be read off the figure.
    packed : bool
        Whether it stands among many in one notebook, which has to stay small.
    **grid
        As `Figure.subplots` takes them, e.g. nrows, ncols.

    Returns
    -------
    figure, axes
        `axes` as `Figure.subplots` gives them.
    """
    figure = _titled(claim, data, min(width, WIDEST_SHEET.get()), height, note, layout="constrained")
    figure.plants, figure.packed = plants, packed
    figure.dpi = min(figure.dpi, PACKED_DPI) if packed else figure.dpi
    return figure, figure.subplots(**grid)


def panels(
    claim: str,
    data: pd.DataFrame,
    count: int,
    *,
    columns: int = 3,
    size: tuple[float, float] = (3.1, 1.8),
    note: str = "",
    plants: bool = False,
) -> tuple[ClaimFigure, list[Axes]]:
    """
    Open a figure of many small panels at fixed places: measuring every text, as `sheet` does, would double its cost.

    Parameters
    ----------
    claim, data, note, plants
        As for `sheet`.
    count : int
        Number of panels.
    columns : int
        Panels in a row.
    size : (float, float)
        Inches of a panel, its labels included.

    Returns
    -------
    figure, axes
    """
    rows = max(1, math.ceil(count / columns))
    width, height = columns * size[0] + 0.1, rows * size[1] + TOP + FOOT
    figure = _titled(claim, data, width, height, note, layout=None)
    figure.plants, height = plants, figure.get_figheight()
    left, right, below, above = 0.46, 0.08, 0.42, 0.36
    made = []
    for place in range(count):
        row, column = divmod(place, columns)
        x, y = column * size[0] + left, height - TOP - (row + 1) * size[1] + below
        inner = (size[0] - left - right, size[1] - below - above)
        made.append(figure.add_axes((x / width, y / height, inner[0] / width, inner[1] / height)))
    return figure, made


def _titled(
    claim: str,
    data: pd.DataFrame,
    width: float,
    height: float,
    note: str,
    *,
    layout: Literal["constrained"] | None,
) -> ClaimFigure:
    line = line_now()
    below = MADE_UP_LINE if line else 0.0
    height += below
    figure = ClaimFigure(figsize=(width, height), dpi=min(DPI, int(WIDEST / width)), layout=layout)
    claim, note = say(claim), say(note)
    figure.claim, figure.data, figure.foot = claim, data, below
    top: dict[str, Any] = {} if layout else {"y": 1 - 0.06 / height}  # a layout places title and note
    foot: dict[str, Any] = {} if layout else {"y": 0.06 / height}
    title = balanced(claim, int(width * 10))
    figure.suptitle(title, x=0.008, ha="left", va="top", fontsize=11, fontweight="bold", color=INK, **top)
    if line:
        figure.text(0.008, 0.05 / height, line, ha="left", va="bottom", fontsize=9, color=INK)
        lifted = ScaledTranslation(0, below, figure.dpi_scale_trans)
        foot["transform"] = figure.transSubfigure + lifted
        figure.keep_foot_free()
    if note:
        small = wrapped(note, int(width * 14.2))
        figure.supxlabel(small, x=0.008, ha="left", va="bottom", fontsize=LETTERS, color=SOFT, **foot)
    return figure


def digest(data: pd.DataFrame) -> str:
    """First 12 characters of a hash over the data as text, numbers to 9 significant digits."""
    text = data.to_csv(float_format="%.9g", lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def named(indicator: Indicator, *, width: int = 46) -> str:
    """Name of an indicator where rows are labelled, `*` behind a limiting one."""
    return textwrap.shorten(indicator.name, width, placeholder="…") + ("*" if indicator.limiting else "")


def label_rows(axes: Axes, labels: Sequence[str], *, ends: tuple[float, float] = (0.6, 0.6)) -> None:
    """Name the rows of a figure from top to bottom, with room above the first and below the last."""
    label_places(axes, range(len(labels)), labels)
    axes.set_ylim(max(len(labels), 1) - 1 + ends[1], -ends[0])


def label_places(axes: Axes, places: Iterable[float], labels: Sequence[str]) -> None:
    """Write up the left side where labels of ticks would stand: a tick costs several times as much as a text."""
    axes.set_yticks([])
    where, upright, across = axes.get_yaxis_text1_transform(rcParams["ytick.major.pad"])
    for place, label in zip(places, labels, strict=True):
        axes.text(0, place, label, transform=where, va=upright, ha=across)


def rule_places(axes: Axes, places: Iterable[float], *, color: str, width: float) -> None:
    """Draw a line across at each place, as a grid would."""
    lines = [[(0, place), (1, place)] for place in places]
    where = axes.get_yaxis_transform()
    axes.add_collection(
        LineCollection(lines, colors=color, linewidths=width, transform=where, zorder=0.5), autolim=False
    )


def beside(axes: Axes, row: float, text: str, *, x: float = 1.01, color: str = INK) -> None:
    """Write to the right of the axes, level with a row."""
    axes.text(x, row, text, transform=axes.get_yaxis_transform(), va="center", color=color)


def share_axis(axes: Axes) -> None:
    """Write the values across as percentages, with room for a whole mark at 0 and at 100 %."""
    low, high = axes.get_xlim()
    room = 0.02 * (high - low)
    axes.set_xlim(-room if low == 0 else low, high + room if high == 1 else high)
    axes.xaxis.set_major_formatter(lambda share, _: round_percent(share))


def bare(axes: Axes, *keep: str) -> None:
    """Take away the spines and ticks that carry nothing."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in keep)
    axes.tick_params(length=0)
