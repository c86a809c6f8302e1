"""Several years of a sample: which of them speak for a plant, how far they spread, and where they drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from methodology.errors import DataError
from methodology.indicators import CellState, IndicatorSystem, Kind, Sample
from methodology.indicators.cells import excluded_by_rule

LATEST, MEAN = "latest", "mean"


def one_row_per_plant(
    years: Mapping[int, Sample], system: IndicatorSystem, how: str, at_least: int = 1
) -> Sample:
    """
    Let one row speak for each plant.

    Parameters
    ----------
    years : mapping of year to Sample
        Plants as they were in each year.
    how : {"latest", "mean"}
        The last row of each plant, or the mean of its years, indicator by indicator; described indicators stand as
        in the last row.
    at_least : int
        Plants with rows of fewer years are excluded, each with that reason.

    Returns
    -------
    Sample
        With `years` kept beside.

    Raises
    ------
    DataError
        If `how` is neither.

    Notes
    -----
    A mean with a year below its detection limit lies below the mean in which the limit stands for that year, and is
    such a limit itself (A-90). Attributes are the mean of numbers and the last of words.
    """
    if how not in (LATEST, MEAN):
        raise DataError(f"`sample.years` is {how!r}. Choose {LATEST!r} or {MEAN!r}.")
    rising = sorted(years)
    latest = {str(plant): year for year in rising for plant in years[year].plants}
    counts = {plant: sum(plant in years[year].plants for year in rising) for plant in latest}
    kept = [plant for plant in latest if counts[plant] >= at_least]
    few = {p: f"has {n} of the {at_least} years wanted" for p, n in counts.items() if n < at_least}
    last = _stacked([years[year].take([p for p in kept if latest[p] == year]) for year in rising]).take(kept)
    if how == MEAN and kept:
        names = [name for name in last.values.columns if system[name].kind is Kind.QUANTITATIVE]
        last = _mean(last, names, [years[year] for year in rising])
    excluded = together([*(years[year].excluded for year in rising), excluded_by_rule(few)])
    notes = together([years[year].notes for year in rising])
    return replace(last, excluded=excluded, notes=notes, years=MappingProxyType(dict(years)))


def together(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables below one another, what stands in several of them once."""
    return pd.concat(tables, ignore_index=True).drop_duplicates(ignore_index=True)


def _stacked(parts: Sequence[Sample]) -> Sample:
    return Sample(
        pd.concat([part.values for part in parts]),
        pd.concat([part.states for part in parts]),
        pd.concat([part.attributes for part in parts]),
    )


def _mean(last: Sample, names: Sequence[str], parts: Sequence[Sample]) -> Sample:
    """Means over years; what is not stated in a year is left out of them."""
    values, states, attributes = last.values.copy(), last.states.copy(), last.attributes.copy()
    plants = list(last.plants)
    for name in names:
        numbers = np.stack([part.values[name].reindex(plants).to_numpy(dtype=float) for part in parts])
        codes = np.stack([part.states[name].reindex(plants, fill_value=-1).to_numpy() for part in parts])
        stated = np.isfinite(numbers)
        some = stated.any(axis=0)
        below = (codes == CellState.BELOW_LIMIT).any(axis=0)
        total = np.where(stated, numbers, 0.0).sum(axis=0)
        mean = np.divide(total, stated.sum(axis=0), out=np.full(len(plants), np.nan), where=some)
        values.loc[some, name] = mean[some]
        found = np.where(below, CellState.BELOW_LIMIT, CellState.MEASURED)[some]
        states.loc[some, name] = found.astype(np.int8)
    for name in attributes.columns:
        if pd.api.types.is_numeric_dtype(attributes[name]):
            every = pd.concat([part.attributes[name].reindex(plants) for part in parts], axis=1)
            attributes[name] = every.mean(axis=1)
    return replace(last, values=values, states=states, attributes=attributes)


def years_spread(sample: Sample, system: IndicatorSystem, *, at_least: int = 3) -> pd.DataFrame:
    """
    Set the spread within plants over years beside the spread between plants.

    Parameters
    ----------
    at_least : int
        Plants behind every printed figure (`proposal.disclosure_minimum` of the run).

    Returns
    -------
    DataFrame indexed by indicator
        unit, plants (with two years or more), years, between and within (standard deviations, in the unit), share
        (of the variance of single values that lies within plants), drift (median over plants of the slope, per year);
        NaN where too few plants stand behind a figure. Empty for a sample of one year.

    Notes
    -----
    One-way analysis of variance with unequal numbers of years [1]_: within is the root of the pooled variance of a
    plant's years; between that of the plants, with what the years add to their means taken off.

    References
    ----------
    .. [1] Searle, Casella and McCulloch (1992), Variance Components, doi:10.1002/9780470316856
    """
    rows = {}
    for name in sample.values.columns if len(sample.years) > 1 else ():
        if system[name].kind is Kind.QUANTITATIVE:
            rows[name] = _spread_of(sample.yearly(name), system[name].unit, at_least)
    columns = ["unit", "plants", "years", "between", "within", "share", "drift"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("indicator")


def _spread_of(table: pd.DataFrame, unit: str, at_least: int) -> tuple[object, ...]:
    groups = [group for _, group in table.groupby("plant") if len(group) > 1]
    years = int(table["year"].nunique())
    if len(groups) < max(at_least, 2):
        return (unit, len(groups), years, *[np.nan] * 4)
    sizes = np.array([len(group) for group in groups], dtype=float)
    means = np.array([group["value"].mean() for group in groups])
    inside = sum(float(((group["value"] - group["value"].mean()) ** 2).sum()) for group in groups)
    within = inside / (sizes.sum() - len(groups))
    grand = float((sizes * means).sum() / sizes.sum())
    usual = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(groups) - 1)
    beside = float((sizes * (means - grand) ** 2).sum()) / (len(groups) - 1)
    between = max(0.0, (beside - within) / usual)
    slopes = [np.polyfit(group["year"] - group["year"].mean(), group["value"], 1)[0] for group in groups]
    share = within / (within + between) if within + between > 0 else np.nan
    return unit, len(groups), years, between**0.5, within**0.5, share, float(np.median(slopes))
