"""The values of thresholds.csv alone, for whoever calibrates one sample many times: no intervals, counts or flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from methodology.indicators import LEVELS, IndicatorSystem, Sample, as_sample
from methodology.thresholds.estimates import level_values
from methodology.thresholds.flags import reporting
from methodology.thresholds.indicator_sample import Readings, read_columns
from methodology.thresholds.table import refuse_silence, refuse_unproven


def stated_columns(sample: Sample | pd.DataFrame, system: IndicatorSystem) -> tuple[Readings, ...]:
    """
    What the plants state about every quantitative indicator.

    Raises
    ------
    DataError
        All indicators at once that no plant states.
    """
    plants = as_sample(sample, system)
    refuse_silence(reporting(plants, system), len(plants.plants))
    return tuple(read_columns(plants, system))


def value_matrix(
    columns: Sequence[Readings],
    system: IndicatorSystem,
    shares: Mapping[str, float],
    *,
    method: str = "attainment",
    below_limit: str = "as-limit",
) -> np.ndarray:
    """
    Benchmark values as `thresholds_table` finds them.

    Parameters
    ----------
    columns : sequence of Readings
        As `stated_columns` returns them.
    shares, method, below_limit
        As in `thresholds_table`, checked beforehand.

    Returns
    -------
    array of shape (3, n_indicators)
        In the unit of each indicator, in the order of the system; NaN for described ones.

    Raises
    ------
    DataError
        All values at once that no plant proves.
    """
    found = {
        one.indicator.id: level_values(one, shares, method=method, below_limit=below_limit).values
        for one in columns
    }
    refuse_unproven(
        {
            name: [{"level": level, "value": value} for level, value in values.items()]
            for name, values in found.items()
        }
    )
    return np.array(
        [[found.get(name, {}).get(str(level), np.nan) for name in system.ids] for level in LEVELS]
    )
