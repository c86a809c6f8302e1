"""Shares that the public set tells beside those of its document: of the industry, of a later sample, of variance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from methodology.indicators.display import percent
from methodology.results.csv_text import read_csv

_ENDS = ["lower", "upper", "expected_lower", "expected_upper"]


def told_shares(results: Path) -> set[str]:
    """
    Collect shares as printed before a per cent sign, none of them one plant's figure.

    How much of the industry the sample is, what a later sample may hold at the proposed point, and how much of Level II
    the weightiest choice explains.

    Parameters
    ----------
    results : Path
        Of a run: coverage.csv, frontier_points.csv and sensitivity/influence.csv, where it has them.
    """
    return {percent(value).removesuffix(" %") for value in _told(results) if pd.notna(value)}


def _told(results: Path) -> Iterator[float]:
    covered = _read(results / "coverage.csv")
    if len(covered):
        whole = covered[covered["stratum"] == "all"]
        yield from whole[["share", "capacity_share"]].to_numpy().ravel()
    points = _read(results / "frontier_points.csv")
    if len(points):
        proposed = points[points["point"] == "proposed"]
        yield from proposed.reindex(columns=_ENDS).astype(float).to_numpy().ravel()
    choices = _read(results / "sensitivity" / "influence.csv")
    if "shapley" in choices:
        yield from choices.loc[choices["output"] == "share_II"].nlargest(1, "shapley")["shapley"]


def _read(path: Path) -> pd.DataFrame:
    return read_csv(path) if path.is_file() else pd.DataFrame()
