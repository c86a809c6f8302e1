"""Values that move with a covariate: each level along it, on the plants it was read from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from methodology.chain.covariates import covariate_points
from methodology.figures import claims
from methodology.figures.canvas import INK, ClaimFigure, bare, in_house_style, named, sheet
from methodology.figures.looks import LEVEL_COLOURS
from methodology.indicators import IndicatorSystem, Level, Sample
from methodology.indicators.display import unit_of
from methodology.indicators.words import level_word
from methodology.languages import current, later
from methodology.sample.attribute_words import column_name

NOTE = later(
    "Across: the covariate. Dots: plants as they report (corrected where the system declares it). Line: value of a "
    "level at each covariate, with its band; dashed: the same level as one flat value. A plant below the line of a "
    "level reaches it where lower is cleaner, above it where higher is."
)


def values_along_covariates(
    lines: pd.DataFrame, sample: Sample, system: IndicatorSystem, *, basis: str = ""
) -> list[ClaimFigure]:
    """
    Show the values of each indicator along its covariate, with bands, beside the flat values.

    Parameters
    ----------
    lines : DataFrame
        As `methodology.chain.covariate_lines` returns them.
    sample : Sample
        The plants they were read from, corrected.
    basis : str
        Which values are shown; stands behind the title.

    Returns
    -------
    list of ClaimFigure
        One per indicator whose values move; `data`: its rows of `lines`.
    """
    return [_drawn(own, sample, system, basis) for _, own in lines.groupby("indicator", sort=False)]


@in_house_style
def _drawn(lines: pd.DataFrame, sample: Sample, system: IndicatorSystem, basis: str) -> ClaimFigure:
    name, by = str(lines["indicator"].iloc[0]), str(lines["by"].iloc[0])
    plants = covariate_points(sample, system, name)
    across = column_name(by, system, current(), unit=True)
    levels = list(dict.fromkeys(lines["level"]))
    figure, axes = sheet(
        claims.on_basis(claims.value_moves(lines, system[name].name, across), basis),
        lines.reset_index(drop=True),
        width=9.0,
        height=3.6,
        ncols=len(levels),
        note=NOTE,
        plants=True,
        sharey=True,
        squeeze=False,
    )
    for panel, level in zip(axes[0], levels, strict=True):
        _level(panel, lines[lines["level"] == level], plants, LEVEL_COLOURS[Level(level)])
        panel.set_title(level_word(level))
        panel.set_xlabel(across)
    axes[0][0].set_ylabel(f"{named(system[name])}\n{unit_of(system[name])}")
    return figure


def _level(axes: Any, rows: pd.DataFrame, plants: pd.DataFrame, colour: str) -> None:
    across = rows["covariate"]
    axes.scatter(plants["covariate"], plants["value"], s=9, c="#8d8d8d", zorder=2)
    axes.fill_between(across, rows["lower"], rows["upper"], color=colour, alpha=0.22, linewidth=0)
    axes.plot(across, rows["value"], color=colour, linewidth=2, zorder=3)
    axes.plot(across, rows["flat"], color=INK, linewidth=1, linestyle="--", zorder=3)
    bare(axes)
