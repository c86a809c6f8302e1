"""Values of each part of the industry, and of all plants weighted to it, beside those of the plants as they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from methodology.errors import DataError
from methodology.indicators import IndicatorSystem, Sample
from methodology.thresholds.strata import stratum_weights, thresholds_by_stratum
from methodology.thresholds.table import read_shares, thresholds_table

EVERYONE, WEIGHTED = "all plants", "all, weighted to the register"
COLUMNS = ["indicator", "level", "method", "value", "n", "note"]


def strata_side_by_side(
    sample: Sample,
    system: IndicatorSystem,
    shares: Mapping[str, float],
    strata: Sequence[str],
    *,
    register: pd.DataFrame | None = None,
    minimum: int = 5,
) -> pd.DataFrame:
    """
    Calibrate every stratum of every attribute by itself.

    Parameters
    ----------
    sample : Sample
        With the attributes.
    system : IndicatorSystem
    shares : mapping of level to share in (0, 1)
    strata : names of attributes
        Each read alone; attributes that are missing, or the same for all plants, are passed over.
    register : DataFrame, optional
        All known plants with the same attributes, for the values weighted to them.
    minimum : int
        Fewest plants of a stratum (A-24 holds within each).

    Returns
    -------
    DataFrame
        Columns indicator, level, method ("all plants", "all, weighted to the register", or `attribute: stratum (n
        plants)`), value, n (plants that state the indicator) and note; one row without a value per stratum that
        cannot carry any, with the reason.
    """
    wanted = read_shares(shares)
    parts = [_rows(EVERYONE, thresholds_table(sample, system, shares=wanted))]
    known = [name for name in strata if name in sample.attributes and sample.attributes[name].nunique() > 1]
    if register is not None and known and set(known) <= set(register.columns):
        parts.append(_weighted(sample, system, register, known, wanted))
    for name in known:
        found = thresholds_by_stratum(sample, system, [name], minimum=minimum, shares=wanted)
        sizes = sample.attributes[name].astype(str).value_counts()
        parts += [
            _rows(f"{name}: {stratum} ({sizes[stratum]} plants)", table)
            for stratum, table in found.tables.items()
        ]
        skipped = {f"{name}: {stratum}": reason for stratum, reason in found.skipped.items()}
        parts.append(_reasons(skipped))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _weighted(
    sample: Sample,
    system: IndicatorSystem,
    register: pd.DataFrame,
    strata: list[str],
    shares: dict[str, float],
) -> pd.DataFrame:
    try:
        weights = stratum_weights(sample.attributes, register, strata, uncovered="spread")
        return _rows(WEIGHTED, thresholds_table(sample, system, shares=shares, weights=weights))
    except DataError as fault:
        return _reasons({WEIGHTED: str(fault)})


def _rows(name: str, table: pd.DataFrame) -> pd.DataFrame:
    measured = table[~table["flag"].str.contains("qualitative")]
    return measured.assign(method=name, note="")[COLUMNS]


def _reasons(skipped: Mapping[str, str]) -> pd.DataFrame:
    rows = [(None, None, name, None, None, reason) for name, reason in skipped.items()]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"value": float, "n": float})
