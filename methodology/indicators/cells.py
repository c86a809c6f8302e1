"""The sample 样本 between rooms: values and the four states of their cells, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.indicators.shown import table_html
from methodology.indicators.system import IndicatorSystem
from methodology.indicators.words import CellState, Direction, Kind
from methodology.languages import Words

QUALITATIVE_CODES = {"I": 1.0, "II": 2.0, "III": 3.0, "none": 4.0}
EXCLUDED_COLUMNS = ["plant", "reason", "by", "date"]
ORIGIN_COLUMNS = ["plant", "indicator", "how", "file", "sheet", "cells"]
NOT_APPLICABLE_MARKS = frozenset({"n/a", "na", "not applicable", "不适用"})
_QUALITATIVE_ALIASES = {
    "Ⅰ": "I",
    "Ⅱ": "II",
    "Ⅲ": "III",
    "1": "I",
    "2": "II",
    "3": "III",
    "4": "none",
    "无": "none",
}
_SHOWN = (
    *(Words("指标", "indicator"), Words("实测", "measured"), Words("低于检出限", "below a limit")),
    *(Words("未填报", "not reported"), Words("不适用", "not applicable")),
    *(Words("最小", "least"), Words("中位", "median"), Words("最大", "greatest")),
)
_BELOW = re.compile(r"^\s*[<＜]\s*(?P<limit>.+)$")


def excluded_by_rule(reasons: Mapping[str, str]) -> pd.DataFrame:
    """Plants that a rule leaves out, each with its reason: nobody decided it by name."""
    rows = [(plant, reason, "", "") for plant, reason in reasons.items()]
    return pd.DataFrame(rows, columns=EXCLUDED_COLUMNS, dtype=object)


@dataclass(frozen=True)
class Sample:
    """
    Plants as the stages see them.

    Attributes
    ----------
    values : DataFrame of shape (n_plants, n_indicators), float
        Measured value, or the stated limit of a cell below it, in the unit of the system; 1, 2, 3, 4 for a
        qualitative indicator at I, II, III, none; NaN where not reported or not applicable.
    states : DataFrame of the same shape, int8
        `CellState` of each cell.
    attributes : DataFrame indexed by plant
        Strata, capacity and the attributes that corrections read.
    excluded : DataFrame
        Columns plant, reason, by, date: who is not in `values`, why, and who decided it when; both empty for a rule.
    notes : DataFrame
        Columns plant, indicator, what, reason: what was done to single cells or columns on the way in.
    by_level : mapping of level to DataFrame indexed by plant
        Values that a level judges instead, because a norm grants a correction at this level and not at all: columns are
        the indicators concerned, NaN where the correction cannot be computed. Empty for most systems; see `at`.
    origins : DataFrame
        Columns plant, indicator, how (typed or computed), file (its digest), sheet, cells: where a value came from.
    years : mapping of year to Sample
        Plants as they were in each year, where the sample holds several; `values` is what was made of them.
    """

    values: pd.DataFrame
    states: pd.DataFrame
    attributes: pd.DataFrame = field(default_factory=pd.DataFrame)
    excluded: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=EXCLUDED_COLUMNS, dtype=object)
    )
    notes: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["plant", "indicator", "what", "reason"], dtype=object)
    )
    by_level: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    origins: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ORIGIN_COLUMNS, dtype=object))
    years: Mapping[int, Sample] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def plants(self) -> pd.Index:
        """Plant ids."""
        return self.values.index

    def _repr_html_(self) -> str:
        states = {state: self.mask(state).sum() for state in CellState}
        found = self.values.where(self.mask(CellState.MEASURED))
        rows = [
            [str(name), *(int(counts[name]) for counts in states.values()), *spread]
            for name, *spread in zip(self.values, found.min(), found.median(), found.max(), strict=True)
        ]
        title = Words(
            f"样本：{len(self.values)}家企业，另有{len(self.excluded)}家未计入",
            f"Sample: {len(self.values)} plants, {len(self.excluded)} set aside",
        )
        return table_html(title, _SHOWN, rows)

    def mask(self, state: CellState) -> pd.DataFrame:
        """Boolean table of the cells in `state`."""
        return self.states == int(state)

    def take(self, plants: Iterable[str]) -> Sample:
        """The same sample with only `plants`, in the order given."""
        rows = list(plants)
        attributes = self.attributes.loc[rows] if len(self.attributes) else self.attributes
        origins = self.origins[self.origins["plant"].isin(rows)]
        years = {
            year: part.take(plant for plant in rows if plant in part.plants)
            for year, part in self.years.items()
        }
        return replace(
            self,
            values=self.values.loc[rows],
            states=self.states.loc[rows],
            attributes=attributes,
            by_level={level: own.loc[rows] for level, own in self.by_level.items()},
            origins=origins,
            years=years,
        )

    def without(self, attributes: Iterable[str]) -> Sample:
        """The same sample without some of its attributes, in every year."""
        dropped = self.attributes.drop(columns=list(attributes), errors="ignore")
        return replace(
            self,
            attributes=dropped,
            years={year: part.without(attributes) for year, part in self.years.items()},
        )

    def yearly(self, indicator: str, strata: Sequence[str] = ()) -> pd.DataFrame:
        """
        One indicator in long form, as reported: a row for every plant and year that states it.

        Parameters
        ----------
        strata : sequence of str
            Attributes that tell strata apart.

        Returns
        -------
        DataFrame
            Columns plant, year (0 where the sample holds one year only), value, below_limit and, where strata are asked
            for that the sample knows, stratum: their attributes as one text.
        """
        known = [name for name in strata if name in self.attributes]
        texts = self.attributes[known].astype(object).fillna("").astype(str)
        told = pd.Series(map(" / ".join, texts.to_numpy()), index=texts.index, dtype=str)
        parts = []
        for year, part in sorted(self.years.items()) or [(0, self)]:
            stated = part.values[indicator].notna()
            below = part.states[indicator] == int(CellState.BELOW_LIMIT)
            cells = {
                "plant": part.plants,
                "year": year,
                "value": part.values[indicator],
                "below_limit": below,
            }
            parts.append(pd.DataFrame(cells)[stated])
        table = pd.concat(parts, ignore_index=True)
        return table.assign(stratum=told.reindex(table["plant"]).fillna("").to_numpy()) if known else table

    def at(self, level: str) -> Sample:
        """
        The plants as one level judges them.

        A cell whose correction cannot be computed counts as not reported there (A-21).
        """
        own = self.by_level.get(str(level))
        if own is None:
            return replace(self, by_level={}) if self.by_level else self
        stated = self.states[own.columns] <= CellState.BELOW_LIMIT
        lost = stated & own.isna()
        states = self.states.assign(
            **self.states[own.columns].mask(lost, np.int8(CellState.NOT_REPORTED)).astype(np.int8)
        )
        return replace(self, values=self.values.assign(**own.where(stated)), states=states, by_level={})

    def comparable(self, system: IndicatorSystem) -> pd.DataFrame:
        """Values on the scale benchmark values are stated in: distances from the target for interval indicators."""
        table = self.values.copy()
        for name in table.columns:
            indicator = system[name]
            if indicator.direction is Direction.INTERVAL and indicator.target is not None:
                low, high = indicator.target
                table[name] = _distances(table[name].to_numpy(dtype=float), low, high)
        return table

    def cells(self, system: IndicatorSystem) -> pd.DataFrame:
        """The text form of plants.csv: `12.5`, `<5`, empty, `n/a`; levels as I, II, III, none."""
        names = {code: name for name, code in QUALITATIVE_CODES.items()}
        out = {}
        for column in self.values.columns:
            qualitative = system[column].kind is Kind.QUALITATIVE
            texts = []
            for value, state in zip(self.values[column], self.states[column], strict=True):
                if state == CellState.NOT_REPORTED:
                    texts.append("")
                elif state == CellState.NOT_APPLICABLE:
                    texts.append("n/a")
                else:
                    text = names[value] if qualitative else repr(float(value)).removesuffix(".0")
                    texts.append(f"<{text}" if state == CellState.BELOW_LIMIT else text)
            out[column] = texts
        return pd.DataFrame(out, index=self.values.index)


def as_sample(table: Sample | pd.DataFrame, system: IndicatorSystem) -> Sample:
    """
    Pass a `Sample` on, or read one from a table of cells.

    Parameters
    ----------
    table : Sample or DataFrame indexed by plant
        Columns are indicator ids of `system`, others are kept as attributes. Cells: a number, `<5`, empty or NaN
        (not reported), `n/a` (not applicable); I, II, III, none for qualitative indicators. Plants may also be named
        in a column `plant`, as in plants.csv.

    Raises
    ------
    DataError
        All unreadable cells, unknown-looking duplicates and missing indicators at once.
    """
    if isinstance(table, Sample):
        return table
    table = _by_plant(table, system)
    problems = [
        Problem(f"plant {name!r} is given more than once", plant=str(name), fix="Keep one row per plant.")
        for name in table.index[table.index.duplicated()].unique()
    ]
    problems += [
        Problem(
            f"indicator {name!r} of system {system.id!r} has no column",
            column=name,
            fix="Add the column; leave cells empty where not reported.",
        )
        for name in system.ids
        if name not in table.columns
    ]
    problems += [
        Problem(f"indicator {name!r} has more than one column", column=str(name), fix="Keep one.")
        for name in table.columns[table.columns.duplicated()].unique()
        if name in system.ids
    ]
    raise_problems(DataError, "The table of plants cannot be used.", problems)
    values: dict[str, np.ndarray] = {}
    states: dict[str, np.ndarray] = {}
    for name in system.ids:
        qualitative = system[name].kind is Kind.QUALITATIVE
        read = [read_cell(cell, qualitative=qualitative) for cell in table[name]]
        for plant, (_, _, fault), cell in zip(table.index, read, table[name], strict=True):
            if fault:
                problems.append(Problem(f"{cell!r} {fault}", column=name, plant=str(plant)))
        values[name] = np.array([value for value, _, _ in read], dtype=float)
        states[name] = np.array([state for _, state, _ in read], dtype=np.int8)
    raise_problems(DataError, "The table of plants has cells that cannot be read.", problems)
    attributes = table[[column for column in table.columns if column not in system.ids]]
    return Sample(
        pd.DataFrame(values, index=table.index), pd.DataFrame(states, index=table.index), attributes
    )


def _by_plant(table: pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    """The table indexed by plant; a column `plant` beside an index that only counts rows names them."""
    if not isinstance(table, pd.DataFrame):
        raise DataError(
            f"The plants are a {type(table).__name__}; give a DataFrame indexed by plant with a column for each of the "
            f"{len(system.ids)} indicators of {system.id!r}, or a Sample."
        )
    counted = (
        isinstance(table.index, pd.RangeIndex) and "plant" in table.columns and "plant" not in system.ids
    )
    return table.set_index("plant") if counted else table


def read_cell(cell: object, *, qualitative: bool = False) -> tuple[float, CellState, str]:
    """
    Read one cell.

    Returns
    -------
    value, state, fault
        `fault` is empty, or says what is wrong with the cell (its value is then NaN, its state not reported).
    """
    if cell is None or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NA:
        return np.nan, CellState.NOT_REPORTED, ""
    text = str(cell).strip()
    if not text:
        return np.nan, CellState.NOT_REPORTED, ""
    if text.casefold() in NOT_APPLICABLE_MARKS:
        return np.nan, CellState.NOT_APPLICABLE, ""
    if qualitative:
        name = text.removesuffix(".0")
        name = _QUALITATIVE_ALIASES.get(name, name)
        name = name.upper() if name.upper() in QUALITATIVE_CODES else name.casefold()
        if name in QUALITATIVE_CODES:
            return QUALITATIVE_CODES[name], CellState.MEASURED, ""
        return np.nan, CellState.NOT_REPORTED, "is not a level; write I, II, III or none"
    match = _BELOW.match(text)
    number = _number(match["limit"] if match else text)
    if number is None:
        return (
            np.nan,
            CellState.NOT_REPORTED,
            "is not a number; write e.g. 12.5, <5, n/a, or leave the cell empty",
        )
    return number, CellState.BELOW_LIMIT if match else CellState.MEASURED, ""


def _distances(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Distances from [low, high], rid of binary dust: 2.3 lies 0.2 above 2.1, not 0.19999999999999973."""
    raw = np.maximum(np.maximum(low - values, values - high), 0.0)
    largest = np.maximum(np.abs(values), max(abs(low), abs(high)))
    with np.errstate(divide="ignore", invalid="ignore"):
        places = 14 - np.ceil(np.log10(largest))
    exact = [
        round(float(d), int(p)) if np.isfinite(d) and np.isfinite(p) else float(d)
        for d, p in zip(raw, places, strict=True)
    ]
    return np.array(exact, dtype=float)


def _number(text: str) -> float | None:
    try:
        value = float(text.strip().replace("−", "-"))
    except ValueError:
        return None
    return value if np.isfinite(value) else None
