"""Chinese glyphs from the fonts of the system; English alone where there are none."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from matplotlib import font_manager

PREFERRED = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
FILES = (
    "NotoSansCJK-Regular.ttc",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "wqy-microhei.ttc",
)
LATIN = "DejaVu Sans"
_log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def chinese_family() -> str | None:
    """
    Name of the first preferred family that is installed.

    A font installed after matplotlib wrote its cache is unknown to it: such files are added by hand once.
    """
    found = _first_known()
    if found is None:
        for path in font_manager.findSystemFonts():
            if Path(path).name in FILES:
                font_manager.fontManager.addfont(path)
        found = _first_known()
    if found is None:
        _log.warning(
            "No Chinese font was found; figures are labelled in English only. Install one of: %s.",
            ", ".join(PREFERRED),
        )
    return found


def families() -> list[str]:
    """Font families for rcParams: one that ships with matplotlib first, so that layouts agree on every machine."""
    chinese = chinese_family()
    return [LATIN, chinese] if chinese else [LATIN]


def _first_known() -> str | None:
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in PREFERRED if name in known), None)
