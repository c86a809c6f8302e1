"""Warm up first calls in the parent of forked kernels, in one thread: with more it must not fork."""

from __future__ import annotations

import numpy as np


def table_modules() -> None:
    """Import what pandas imports when it first writes text and reads Parquet; reading itself would start threads."""
    import pandas.io.formats.csvs  # noqa: F401
    import pyarrow.dataset
    import pyarrow.parquet  # noqa: F401


def read_unit() -> None:
    """Build the registry of units, which the formulas of every system are held to."""
    from methodology.units.conversion import parse

    parse("kgce/t")


def draw() -> None:
    """Load fonts and the writer of pictures."""
    import pandas as pd

    from methodology.figures.canvas import ClaimFigure, in_house_style, label_rows, sheet

    @in_house_style
    def one_row() -> ClaimFigure:
        figure, axes = sheet("炼铁", pd.DataFrame({"value": [1.0]}), note="note")
        axes.plot([1.0], [0], "o")
        label_rows(axes, ["Ironmaking\n炼铁"])
        return figure

    one_row().png()


def simulate() -> None:
    """Load the machine code of the simulation from its cache."""
    from methodology.sensitivity import simulate_levels

    simulate_levels(
        np.array([[1.0, 2.0], [2.0, 1.0]]),
        np.array([[1.0, 1.5, 2.0], [1.0, 1.5, 2.0]]),
        np.array([0.5, 0.5]),
        better=["lower", "lower"],
        groups=["a", "b"],
        limiting=[True, False],
        draws=2,
        weight_concentration=200.0,
        threshold_cv=np.array([0.05, 0.0]),
        measurement_cv=np.array([0.03, 0.0]),
        central_weights=True,
        seed=1,
        threads=1,
    )
