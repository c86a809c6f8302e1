"""Which plants and cells count: excluded with a reason, one stratum, values outside physical bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.indicators import CellState, IndicatorSystem, Kind, Sample
from methodology.indicators.cells import EXCLUDED_COLUMNS, excluded_by_rule
from methodology.indicators.display import mark, number, unit_text
from methodology.languages import both, current, say
from methodology.pseudonyms import is_code
from methodology.sample.attribute_words import answer_word, attribute_name
from methodology.sample.cell_reading import shown
from methodology.sample.header import nearest
from methodology.sample.names import Names
from methodology.sample.years import LATEST, one_row_per_plant, together

SET_ASIDE = "set aside"
FLAGGED = "flagged"


class Choices(Protocol):
    """What a run chooses about its sample; the `sample` section of the parameters has this form."""

    @property
    def bounds(self) -> str:
        """`exclude` sets cells outside the bounds aside, `flag` keeps them."""

    @property
    def exclude(self) -> Iterable[Any]:
        """Plants or single values set aside, each with `plant`, `indicator`, `reason`, `by` and `date`."""

    @property
    def stratum(self) -> str:
        """`attribute=value`, or `attribute=value|value`, or empty for all plants."""

    @property
    def years(self) -> str:
        """`latest` or `mean`: what speaks for a plant of several years."""

    @property
    def least_years(self) -> int:
        """Years a plant needs to be kept."""


@dataclass(frozen=True)
class AllPlants:
    """The choices of a reader who made none."""

    bounds: str = "exclude"
    exclude: tuple[Mapping[str, str], ...] = ()
    stratum: str = ""
    years: str = LATEST
    least_years: int = 1


def choose(
    sample: Sample,
    system: IndicatorSystem,
    choices: Choices,
    *,
    codes: Mapping[str, str] | None = None,
    names: Names | None = None,
) -> Sample:
    """
    Apply the choices of a run, in the order: years, excluded plants and values, stratum, bounds.

    Parameters
    ----------
    codes : mapping from plant to pseudonym, optional
        Plants may be named in `exclude` by either.
    names : Names, optional
        What a reason must not say; with it, messages quote no name either.

    Returns
    -------
    Sample
        `excluded` says who is left out and why; `notes` what happened to single cells.

    Raises
    ------
    DataError
        If a plant or stratum that is named does not exist, or nothing is left; all at once.
    """
    sample = _one_year(sample, system, choices)
    aside, problems = _decided(sample, choices, codes or {}, names)
    inside, more = _inside(sample, choices.stratum)
    if names is not None:
        more = [replace(p, what=names.hide(p.what), fix=names.hide(p.fix)) for p in more]
        more += said_in({"sample.stratum": choices.stratum}, names)
    raise_problems(DataError, "The choices of the run do not fit the sample.", [*problems, *more])
    by_name = aside[aside["indicator"] == ""].drop_duplicates("plant")
    outside = [plant for plant in sample.plants[~inside] if plant not in set(by_name["plant"])]
    by_rule = excluded_by_rule(dict.fromkeys(outside, _outside(choices.stratum)))
    excluded = pd.concat([sample.excluded, by_name[EXCLUDED_COLUMNS], by_rule], ignore_index=True)
    kept = [plant for plant in sample.plants if plant not in set(excluded["plant"])]
    if not kept:
        raise DataError(
            f"All {len(sample.plants)} plants are excluded. Take some out of `sample.exclude`, or choose another "
            "`sample.stratum`."
        )
    chosen = replace(sample.take(kept), excluded=excluded)
    cells = aside[(aside["indicator"] != "") & aside["plant"].isin(kept)]
    rows = [(c.plant, c.indicator, SET_ASIDE, with_whom(c)) for c in cells.itertuples()]
    own = {year: cells[cells["plant"].isin(part.plants)] for year, part in chosen.years.items()}
    years = {year: _silenced(part, own[year], []) for year, part in chosen.years.items()}
    return within_bounds(_silenced(replace(chosen, years=years), cells, rows), system, choices.bounds)


def with_whom(item: Any) -> str:
    """A reason, with who decided it and when."""
    decided = ", ".join(text for text in (item.by, item.date) if text)
    return f"{item.reason} ({decided})" if decided else str(item.reason)


def _silenced(sample: Sample, cells: pd.DataFrame, rows: list[tuple[str, str, str, str]]) -> Sample:
    """The same sample with some cells not reported, and notes that say so."""
    values, states = sample.values.copy(), sample.states.copy()
    for name, own in cells.groupby("indicator"):
        values.loc[own["plant"], name] = np.nan
        states.loc[own["plant"], name] = int(CellState.NOT_REPORTED)
    return replace(sample, values=values, states=states).noted(rows)


def _one_year(sample: Sample, system: IndicatorSystem, choices: Choices) -> Sample:
    """One row per plant of a sample of several years, without cells outside the bounds in any of them."""
    if not sample.years:
        if choices.least_years > 1:
            raise DataError(
                f"`sample.least_years` is {choices.least_years} and the sample holds one year only: it has no column "
                "`year`. Leave it at 1."
            )
        return sample
    parts = {year: within_bounds(part, system, choices.bounds) for year, part in sample.years.items()}
    chosen = one_row_per_plant(parts, system, choices.years, choices.least_years)
    excluded = together([sample.excluded, chosen.excluded])
    return replace(chosen, excluded=excluded, notes=together([sample.notes, chosen.notes]))


def said_in(texts: Mapping[str, str], names: Names) -> list[Problem]:
    """Published texts that name a plant or repeat a text of its table; the messages do not."""
    what, why = "names a plant, or repeats a text of its table.", "It is published."
    fix = "Name plants by their codes; `workbench check` tells rows and codes."
    found = (key for key, text in texts.items() if names.found_in(text))
    return [Problem(what, key=key, why=why, fix=fix) for key in found]


def _decided(
    sample: Sample, choices: Choices, codes: Mapping[str, str], names: Names | None
) -> tuple[pd.DataFrame, list[Problem]]:
    """Plants and values that somebody set aside, and what is wrong with how they are named."""
    by_code = {code: plant for plant, code in codes.items()}
    rows: list[tuple[str, ...]] = []
    problems = []
    for place, item in enumerate(choices.exclude, start=1):
        given = item if isinstance(item, Mapping) else vars(item)
        named, indicator = str(given["plant"]), str(given.get("indicator", ""))
        reason, by, date = str(given["reason"]), str(given.get("by", "")), str(given.get("date", ""))
        plant = by_code.get(named, named)
        quoted = shown(named) if names is None or is_code(named) else f"number {place}"
        if plant in sample.plants:
            rows.append((plant, reason, by, date, indicator))
        elif plant not in set(sample.excluded["plant"]):
            what = f"plant {quoted} of `sample.exclude` is not in the sample."
            problems.append(Problem(what, fix="Check its id."))
        if indicator and indicator not in sample.values:
            what = f"{indicator!r}, set aside of plant {quoted} in `sample.exclude`, is no indicator."
            near = nearest(indicator, map(str, sample.values.columns))
            problems.append(Problem(what, fix=f"Did you mean {near!r}?" if near else "Check its id."))
        if not reason.strip():
            problems.append(Problem(f"plant {quoted} is excluded without a reason.", fix="State it."))
        if names is not None:
            said = {f"sample.exclude, {key} {place}": text for key, text in (("reason", reason), ("by", by))}
            problems += said_in(said, names)
    return pd.DataFrame(rows, columns=[*EXCLUDED_COLUMNS, "indicator"], dtype=object), problems


def _outside(stratum: str) -> str:
    """Why a plant of another stratum is left out, in Chinese and in English."""
    attribute, _, answers = stratum.partition("=")
    told = both(
        lambda: (
            f"{attribute_name(attribute, current())} = "
            + say(", ").join(answer_word(attribute, word) for word in answers.split("|"))
        )
    )
    return f"不在所选分层内：{told.zh}\nnot in the stratum {told.en}"


def _inside(sample: Sample, stratum: str) -> tuple[np.ndarray, list[Problem]]:
    """Which plants lie in the stratum, and the fault if it does not exist."""
    if not stratum:
        return np.ones(len(sample.plants), dtype=bool), []
    attribute, _, value = stratum.partition("=")
    if attribute not in sample.attributes:
        known = ", ".join(map(str, sample.attributes.columns)) or "none"
        what = f"`sample.stratum` names the attribute {attribute!r}, which the sample does not have."
        return np.ones(len(sample.plants), dtype=bool), [Problem(what, fix=f"Attributes: {known}.")]
    texts = sample.attributes[attribute].map(_text)
    inside = texts.isin(value.split("|")).to_numpy()
    if inside.any():
        return inside, []
    counts = ", ".join(f"{text!r} ({n})" for text, n in texts[texts != ""].value_counts().head(10).items())
    what = f"no plant has {attribute} = {value!r}."
    return ~inside, [Problem(what, column=attribute, fix=f"Values in the sample: {counts or 'none'}.")]


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def out_of_bounds(sample: Sample, system: IndicatorSystem) -> pd.DataFrame:
    """
    Find cells outside the physical bounds of their indicator.

    Returns
    -------
    DataFrame
        Columns plant, indicator, side ("below", "above"), bound, unit, status (of the bound). The value itself is left
        out: with its likely slip undone it would be the plant's own figure.

    Notes
    -----
    A value below a stated limit can lie below any lower bound, so only a limit above the upper bound counts (A-92).
    """
    found = []
    for name in sample.values.columns:
        bounds = system[name].bounds
        if bounds is None or system[name].kind is Kind.QUALITATIVE:
            continue
        values = sample.values[name]
        measured = sample.states[name] == CellState.MEASURED
        low, high = measured & (values < bounds.low), values > bounds.high
        for side, bound, cells in (("below", bounds.low, low), ("above", bounds.high, high)):
            told = (side, bound, system[name].unit, bounds.status)
            found += [(plant, name, *told) for plant in sample.plants[cells]]
    return pd.DataFrame(found, columns=["plant", "indicator", "side", "bound", "unit", "status"])


def within_bounds(sample: Sample, system: IndicatorSystem, how: str) -> Sample:
    """Set cells outside the bounds aside as not reported (`exclude`), or keep them (`flag`); either is noted."""
    if how not in ("exclude", "flag"):
        raise DataError(f"`sample.bounds` is {how!r}. Choose 'exclude' or 'flag'.")
    found = out_of_bounds(sample, system)
    if not len(found):
        return sample
    what = SET_ASIDE if how == "exclude" else FLAGGED
    rows = []
    for r in found.itertuples():
        bound = f"{r.side} the bound of {number(r.bound, digits=6)}{mark(r.status)} {unit_text(r.unit)}"
        rows.append((r.plant, r.indicator, what, bound))
    return _silenced(sample, found if how == "exclude" else found.iloc[:0], rows)
