"""Fonts of every figure: matplotlib's own and, for Chinese, those of a package; the system's are never looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from matplotlib import get_data_path, rc_context, rcParamsDefault
from matplotlib.font_manager import FontEntry, fontManager

FAMILIES = ("DejaVu Sans", "Kurinto Sans SC")
"""The second has what the first lacks: Chinese, and alone it would lack the subscript two."""
_CHINESE = ("KurintoSansSC-Rg.ttf", "KurintoSansSC-Bd.ttf")
_ONLY_BUNDLED = "MPL_IGNORE_SYSTEM_FONTS"
"""Where it is set, matplotlib looks into its own folder alone: when it lists fonts, and whenever it looks for one."""


@cache
def _own() -> list[FontEntry]:
    """What matplotlib has to know of the fonts used here, read off the files."""
    latin = sorted(Path(get_data_path(), "fonts", "ttf").glob("*.ttf"))
    chinese = files("weblate_fonts") / "static" / "weblate_fonts" / "kurinto" / "ttf"
    before = len(fontManager.ttflist)
    for path in (*latin, *(Path(str(chinese / name)) for name in _CHINESE)):
        fontManager.addfont(path)
    return fontManager.ttflist[before:]


def use_own_fonts() -> None:
    """
    Let the families used here mean the files that came with the packages, in this process.

    Matplotlib keeps a list of the system's fonts, by names, in the user's home: it may be old, and another version of
    a font of the same name may stand on it. Other families stay as they are.
    """
    own = _own()
    if fontManager.ttflist[: len(own)] == own:
        return
    names = {font.name for font in own}
    others = [font for font in fontManager.ttflist if font.name not in names]
    fontManager.ttflist = []
    fontManager.addfont(own[0].fname)  # has what was found before forgotten
    fontManager.ttflist = [*own, *others]


@cache
def _defaults() -> Any:
    """Matplotlib's settings as they come, but for what is drawn on."""
    return {name: value for name, value in rcParamsDefault.items() if name != "backend"}


@contextmanager
def drawing(style: dict[str, Any] | None = None) -> Iterator[None]:
    """
    Draw with matplotlib's defaults and the fonts used here, whatever the user's settings are.

    Parameters
    ----------
    style : dict
        What differs from the defaults.
    """
    use_own_fonts()
    only_bundled = os.environ.pop(_ONLY_BUNDLED, None)
    try:
        with rc_context(_defaults() | {"font.family": list(FAMILIES)} | (style or {})):
            yield
    finally:
        if only_bundled is not None:
            os.environ[_ONLY_BUNDLED] = only_bundled
