"""How much of the industry a sample holds, where a register of all plants is known; the series asks one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem, Sample
from methodology.sample.attribute_words import NO_REGISTER
from methodology.thresholds.strata import coverage_table

COLUMNS = ["stratum", "plants", "known", "share", "capacity", "known_capacity", "capacity_share", "weight"]


def industry_coverage(sample: Sample, system: IndicatorSystem, register: pd.DataFrame | None) -> pd.DataFrame:
    """
    Compare the sample with all known plants, by the strata of the system.

    Parameters
    ----------
    sample : Sample
        Plants kept, with their attributes.
    register : DataFrame or None
        All known plants with the same attributes; None where there is no register: the table then has one row, with
        the plants of the sample and nothing to compare them with.

    Returns
    -------
    DataFrame
        As `methodology.thresholds.coverage_table`.
    """
    if register is None:
        row = dict.fromkeys(COLUMNS, np.nan) | {"stratum": NO_REGISTER, "plants": len(sample.plants)}
        return pd.DataFrame([row], columns=COLUMNS)
    shared = [name for name in system.strata if name in register and name in sample.attributes]
    return coverage_table(sample.attributes, register, shared)
