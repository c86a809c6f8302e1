"""The calibration frontier in numbers: both promises on it, and what a step to either side would do."""

from __future__ import annotations

import pandas as pd

from methodology.indicators.display import percent
from methodology.tables.overview import Overview, overview


def frontier_overview(points: pd.DataFrame) -> Overview:
    """
    Where both promises lie on the frontier.

    Parameters
    ----------
    points : DataFrame
        `.points` of `methodology.chain.frontier`, or frontier_points.csv.

    Returns
    -------
    Overview
        One row per promise and level: wanted, each indicator lets through (and between which shares the choice would
        fall with other plants), the whole standard as calibrated, within what is admissible, band, plants left out,
        what the plants would attain if the share were chosen on others, the industry where it is known.
    """
    rows = [
        {
            "promise": row.point,
            "level": f"Level {row.level}",
            "wanted": percent(row.target),
            "each indicator lets through": percent(1 - row.strictness),
            "chosen on other plants": _ends(1 - row.strictest, 1 - row.loosest),
            "whole standard": percent(row.attained),
            "within the bounds": percent(row.admissible),
            "band": _ends(row.lower, row.upper),
            "if chosen on other plants": _ends(row.rechosen_lower, row.rechosen_upper),
            "plants left out": _known(row.cross_validated),
            "whole industry": _known(row.industry),
        }
        for row in points.itertuples()
    ]
    shown = [name for name in rows[0] if any(row[name] for row in rows)]
    legend = [
        "shares of plants at the level or better; whole standard: as calibrated; within the bounds: no value looser "
        "than law, nor than the plant the disclosure guard counts from the dirty end",
        "band: other samples at the same share; chosen on other plants: the share other samples would need for the "
        "same promise, and what these plants would then attain",
    ]
    return overview(rows, shown, legend, once=["promise"])


def _known(share: float) -> str:
    return percent(share) if share == share else ""


def _ends(low: float, high: float) -> str:
    return f"{percent(low).removesuffix(' %')} – {percent(high)}" if low == low else ""
