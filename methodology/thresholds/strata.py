"""Who is in the sample, whom they stand for, and what the plants that are not in it could change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from methodology.arguments import Floats, choice, count, needed
from methodology.errors import DataError, ParameterError, Problem, raise_problems
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.thresholds.indicator_sample import read_columns
from methodology.thresholds.table import read_shares, thresholds_table

TOTAL = "all"
SEPARATOR = " / "


def stratum_of(table: pd.DataFrame, strata: Sequence[str]) -> pd.Series:
    """
    Name the stratum of each plant, e.g. `key / large`.

    Raises
    ------
    DataError
        If an attribute is no column, or empty for some plants.
    """
    absent = [name for name in strata if name not in table.columns]
    if absent or not strata:
        raise DataError(
            f"The table has no column {', '.join(absent) or '(no stratum given)'}; it has "
            f"{', '.join(map(str, table.columns)) or 'none'}."
        )
    texts = table[list(strata)].astype(object)
    empty = texts.isna() | texts.map(lambda cell: str(cell).strip() == "")
    raise_problems(
        DataError,
        "Plants cannot be placed in a stratum.",
        [
            Problem(
                f"{name!r} is empty for {int(empty[name].sum())} plants "
                f"({', '.join(map(str, table.index[empty[name]][:5]))})",
                column=name,
                fix="Complete the attribute, or stratify by another one.",
            )
            for name in strata
            if empty[name].any()
        ],
    )
    return texts.map(lambda cell: str(cell).strip()).agg(SEPARATOR.join, axis=1)


def coverage_table(attributes: pd.DataFrame, register: pd.DataFrame, strata: Sequence[str]) -> pd.DataFrame:
    """
    Compare the sample with the register of all known plants, stratum by stratum.

    Parameters
    ----------
    attributes : DataFrame indexed by plant
        Attributes of the plants of the sample.
    register : DataFrame, one row per known plant
        With the same attributes; shares of capacity are NaN where the column `capacity` is missing.
    strata : names of attributes

    Returns
    -------
    DataFrame
        Columns stratum, plants, known, share, capacity, known_capacity, capacity_share, weight (known plants each
        plant of the sample stands for; NaN where the sample has none). The last row is the whole.

    Raises
    ------
    DataError
        If the sample holds more plants of a stratum than the register knows.
    """
    sampled, known = stratum_of(attributes, strata), stratum_of(register, strata)
    sizes = (
        pd.DataFrame({"plants": sampled.value_counts(), "known": known.value_counts()}).fillna(0).astype(int)
    )
    sizes = sizes.sort_index()
    _refuse_strangers(sizes)
    tonnes = pd.DataFrame(
        {
            "capacity": _capacity(attributes, sampled),
            "known_capacity": _capacity(register, known),
        },
        index=sizes.index,
    ).fillna(0.0)
    table = sizes.join(tonnes)
    whole = table.sum().to_frame(TOTAL).T
    table = pd.concat([table, whole]).rename_axis("stratum").reset_index()
    table[["plants", "known"]] = table[["plants", "known"]].astype(int)
    table["share"] = table["plants"] / table["known"]
    table["capacity_share"] = table["capacity"] / table["known_capacity"].where(table["known_capacity"] > 0)
    table["weight"] = table["known"] / table["plants"].where(table["plants"] > 0)
    columns = [
        "stratum",
        "plants",
        "known",
        "share",
        "capacity",
        "known_capacity",
        "capacity_share",
        "weight",
    ]
    return table[columns]


def stratum_weights(
    attributes: pd.DataFrame, register: pd.DataFrame, strata: Sequence[str], *, uncovered: str = "refuse"
) -> pd.Series:
    """
    Weights of post-stratification: how many known plants each plant of the sample stands for.

    Parameters
    ----------
    attributes, register, strata
        As in `coverage_table`.
    uncovered : {"refuse", "spread"}
        What becomes of known plants whose stratum nobody in the sample shares: refused, or spread over all plants
        in proportion, as if they were like the rest (A-19).

    Returns
    -------
    Series indexed by plant
        Sums to the number of known plants.

    Raises
    ------
    DataError
        If a stratum is uncovered and that is refused, or holds more plants than are known.

    Notes
    -----
    Weights cure unequal response between strata, not self-selection within them.

    References
    ----------
    .. [1] Holt and Smith (1979), doi:10.2307/2344652

    Examples
    --------
    >>> sample = pd.DataFrame({"size": ["large", "large", "small"]}, index=["P1", "P2", "P3"])
    >>> register = pd.DataFrame({"size": ["large"] * 4 + ["small"] * 6})
    >>> stratum_weights(sample, register, ["size"]).to_dict()
    {'P1': 2.0, 'P2': 2.0, 'P3': 6.0}
    """
    choice("uncovered", uncovered, ("refuse", "spread"))
    sampled, known = stratum_of(attributes, strata), stratum_of(register, strata).value_counts()
    here = sampled.value_counts()
    _refuse_strangers(pd.DataFrame({"plants": here, "known": known}).fillna(0).astype(int))
    lost = known[~known.index.isin(here.index)]
    if len(lost) and uncovered == "refuse":
        told = ", ".join(f"{name} ({number} plants)" for name, number in lost.items())
        raise DataError(
            f"Nobody in the sample stands for the strata {told}. Merge strata, ask those plants, or spread them over "
            "the others with uncovered='spread'."
        )
    weights = sampled.map(known / here).astype(float)
    return weights * (known.sum() / weights.sum())


def worst_case_table(
    sample: Sample | pd.DataFrame, system: IndicatorSystem, shares: Mapping[str, float], population: int
) -> pd.DataFrame:
    """
    Worst cases of every quantitative indicator at every level.

    Returns
    -------
    DataFrame
        Columns indicator, level, n, missing, lower, upper (NaN: the missing plants decide alone), unit.
    """
    wanted = read_shares(shares)
    rows: list[dict[str, Any]] = []
    for readings in read_columns(as_sample(sample, system), system):
        for level, share in wanted.items():
            judged = readings.at(level)
            strict, loose = _worst_ranks(judged.n, share, population) if judged.n else (None, None)
            ends = [_at(judged.optimistic, strict), _at(judged.pessimistic, loose)]
            lower, upper = (readings.sign * end for end in (ends if readings.sign > 0 else ends[::-1]))
            rows.append(
                {
                    "indicator": readings.indicator.id,
                    "level": level,
                    "n": judged.n,
                    "missing": population - judged.n,
                    "lower": lower,
                    "upper": upper,
                    "unit": readings.indicator.unit,
                }
            )
    return pd.DataFrame(rows, columns=["indicator", "level", "n", "missing", "lower", "upper", "unit"])


@dataclass(frozen=True)
class StratifiedThresholds:
    """Benchmark values of each stratum by itself, and the strata that cannot carry any, each with its reason."""

    tables: dict[str, pd.DataFrame]
    skipped: dict[str, str]


def thresholds_by_stratum(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    strata: Sequence[str],
    *,
    minimum: int = 3,
    **choices: Any,
) -> StratifiedThresholds:
    """
    Calibrate each stratum as a population of its own.

    Parameters
    ----------
    strata : names of attributes
    minimum : int
        Fewest plants a stratum needs; smaller ones are skipped with a reason.
    **choices
        As in `thresholds_table`.
    """
    plants = as_sample(sample, system)
    names = stratum_of(plants.attributes, strata)
    tables, skipped = {}, {}
    for name in sorted(names.unique()):
        own = names.index[names == name]
        if len(own) < count("minimum", minimum):
            skipped[name] = f"{len(own)} plants; at least {minimum} are asked for"
            continue
        try:
            tables[name] = thresholds_table(plants.take(own), system, **choices)
        except DataError as fault:
            skipped[name] = str(fault)
    return StratifiedThresholds(tables, skipped)


def _refuse_strangers(sizes: pd.DataFrame) -> None:
    raise_problems(
        DataError,
        "The register does not cover the sample.",
        [
            Problem(
                f"stratum {name!r} holds {row['plants']} plants of the sample, the register knows {row['known']}",
                why="Every plant of the sample is one of the known plants.",
                fix="Correct the register or the attribute.",
            )
            for name, row in sizes.iterrows()
            if row["plants"] > row["known"]
        ],
    )


def _capacity(table: pd.DataFrame, strata: pd.Series) -> pd.Series:
    if "capacity" not in table.columns:
        return pd.Series(np.nan, index=strata.unique())
    return pd.to_numeric(table["capacity"], errors="coerce").groupby(strata).sum()


def _worst_ranks(plants: int, share: float, population: int) -> tuple[int | None, int | None]:
    """Ranks in the sample of the whole population's value if all missing plants are cleaner, or dirtier."""
    if plants > count("population", population):
        raise ParameterError(f"The sample has {plants} plants and the population {population}.")
    rank = needed(share, population)
    strict = rank - (population - plants)
    return (strict if strict >= 1 else None), (rank if rank <= plants else None)


def _at(ordered: Floats, rank: int | None) -> float:
    value = np.nan if rank is None else float(ordered[rank - 1])
    return value if np.isfinite(value) else np.nan


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
