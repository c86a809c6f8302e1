"""Draw the figures of the documents from what the set may show: their data are inspected before they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from methodology import figures
from methodology.errors import StageError
from methodology.figures.made_up import saying
from methodology.findings.contents import RunContents
from methodology.findings.promises import promise_name
from methodology.languages import speaking

PAPER = 6.57
"""Inches of text across a page of paper."""
TALLEST = 2.2
"""Inches of one part of a figure in Word: less than a quarter of a page, so that few of them stay empty."""
Inspect = Callable[[pd.DataFrame, str], None]


@dataclass(frozen=True)
class Drawn:
    """
    A figure of a document, drawn without its title, which stands beside it as text.

    Attributes
    ----------
    name : str
        File name without suffix, and what a chapter asks for.
    claim, claim_en : str
        Its title in Chinese and in English, also what describes it to those who cannot see it.
    basis : str
        Which values it shows, in both languages.
    svg, svg_en : bytes
        The drawing in Chinese and in English, for pages.
    inches : float
        How wide it is drawn: no wider than the text of a page of paper.
    parts : tuple of bytes
        The picture in Chinese, for Word: cut between rows where it is tall, so that a page may end there.
    """

    name: str
    claim: str
    basis: str
    svg: bytes
    inches: float
    claim_en: str = ""
    svg_en: bytes = b""
    parts: tuple[bytes, ...] = ()


def draw(contents: RunContents, inspect: Inspect, only: slice = slice(None)) -> dict[str, Drawn]:
    """
    Draw the figures that both sets show, from the values of the public one.

    Parameters
    ----------
    contents : RunContents
        As the public set has them.
    inspect : callable
        Given the data of a figure and its name; refuses what may not be shown.
    only : slice
        Which of them; by default all.

    Returns
    -------
    dict
        By name, in the order of the Word file: promises, weights, values beside the values in force; last the frontier,
        which opens the front page.

    Raises
    ------
    StageError
        If a figure holds what the public set may not print.
    """
    before = figures.canvas.WIDEST_SHEET.set(PAPER)
    try:
        with speaking("zh"), saying(contents.line):
            wanted = list(_figures(contents))[only]
            return {name: _drawn(name, basis, make(), inspect) for name, basis, make in wanted}
    finally:
        figures.canvas.WIDEST_SHEET.reset(before)


def _drawn(name: str, basis: str, figure: figures.ClaimFigure, inspect: Inspect) -> Drawn:
    if figure.plants:
        raise StageError(f"Figure {name!r} shows single plants and cannot stand in a public document (A-48).")
    # the limits of a band of shares are no limits of values
    bands = [told for told in figure.data if str(told).endswith(("lower", "upper"))]
    inspect(
        figure.data.drop(columns=bands) if name == "frontier" else figure.data,
        f"figure {name!r}",
    )
    zh, en = (figure.told(language).untitled() for language in ("zh", "en"))
    return Drawn(name, zh.claim, basis, zh.svg(), zh.get_figwidth(), en.claim, en.svg(), zh.slices(TALLEST))


def _figures(contents: RunContents) -> Iterator[tuple[str, str, Callable[[], figures.ClaimFigure]]]:
    proposed = f"拟定值，{promise_name(contents)} as proposed"
    attained, rows = contents.attained, contents.rows.drop(columns=["calibrated", "lower", "upper"])
    if attained["attainment"].notna().any():
        yield (
            "promises",
            proposed,
            lambda: figures.attainment_promises(attained, contents.whole, promised=contents.promised),
        )
    yield (
        "weights",
        "公布的权重 weights as published",
        lambda: figures.weights_spread(contents.weights, contents.system),
    )
    if rows["proposed"].notna().any():
        yield "values", proposed, lambda: figures.proposal_ladder(rows, contents.system)
    if len(contents.frontier):
        yield (
            "frontier",
            "测算值，未修约 as calibrated",
            lambda: figures.calibration_frontier(contents.frontier, contents.frontier_points),
        )
