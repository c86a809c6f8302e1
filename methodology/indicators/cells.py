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
from methodology.indicators.words import LEVELS, CellState, Direction, Kind
from methodology.languages import Words

QUALITATIVE_CODES = {"I": 1.0, "II": 2.0, "III": 3.0, "none": 4.0}
EXCLUDED_COLUMNS = ["plant", "reason", "by", "date"]
NOTE_COLUMNS = ["plant", "indicator", "what", "reason"]
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
    """Plants as the stages see them; tables are indexed by plant, columns are indicators."""

    values: pd.DataFrame
    """Measured value, or the stated limit of a cell below it, in the unit of the system; 1, 2, 3, 4 for a qualitative
    indicator at I, II, III, none; NaN where not reported or not applicable."""
    states: pd.DataFrame
    """`CellState` of each cell, int8."""
    attributes: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Strata, capacity and the attributes that corrections read."""
    excluded: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=EXCLUDED_COLUMNS, dtype=object)
    )
    """Who is not in `values`, why, and who decided it when; the last two empty for a rule."""
    notes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=NOTE_COLUMNS, dtype=object))
    """What was done to single cells or columns on the way in."""
    by_level: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Level -> values that it judges instead, because a norm grants a correction at this level and not at all: columns
    are the indicators concerned, NaN where the correction cannot be computed. Empty for most systems; see `at`."""
    origins: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ORIGIN_COLUMNS, dtype=object))
    """Where a value came from: how (typed or computed), file (its digest), sheet, cells."""
    years: Mapping[int, Sample] = field(default_factory=lambda: MappingProxyType({}))
    """Plants as they were in each year, where the sample holds several; `values` is what was made of them."""

    @property
    def plants(self) -> pd.Index:
        """Plant ids."""
        return self.values.index

    def _repr_html_(self) -> str:
        states = {state: self.mask(state).sum() for state in CellState}
        found = self.measured()
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

    def measured(self, names: Iterable[str] | None = None) -> pd.DataFrame:
        """Values that were measured, NaN for all others: of some indicators, or of all."""
        found = self.values.where(self.mask(CellState.MEASURED))
        return found if names is None else found[list(names)]

    def noted(self, notes: Iterable[tuple[str, str, str, str]]) -> Sample:
        """The same sample with further notes: plant, indicator, what, reason."""
        added = pd.DataFrame(list(notes), columns=NOTE_COLUMNS, dtype=object)
        if not len(added):
            return self
        kept = pd.concat([self.notes, added], ignore_index=True) if len(self.notes) else added
        return replace(self, notes=kept)

    def take(self, plants: Iterable[str]) -> Sample:
        """The same sample with only `plants`, in the order given."""
        rows = list(plants)
        attributes = self.attributes.loc[rows] if len(self.attributes) else self.attributes
        origins = self.origins[self.origins["plant"].isin(rows)]
        years = {y: part.take(p for p in rows if p in part.plants) for y, part in self.years.items()}
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
    fix = "Add the column; leave cells empty where not reported."
    problems += [
        Problem(f"indicator {name!r} of system {system.id!r} has no column", column=name, fix=fix)
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
    counted = isinstance(table.index, pd.RangeIndex) and "plant" not in system.ids
    return table.set_index("plant") if counted and "plant" in table.columns else table


def read_cell(cell: object, *, qualitative: bool = False) -> tuple[float, CellState, str]:
    """
    Read one cell: its value, its state, and what is wrong with it, if anything.

    Of a faulty cell the value is NaN and the state not reported.
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
        fault = "is not a number; write e.g. 12.5, <5, n/a, or leave the cell empty"
        return np.nan, CellState.NOT_REPORTED, fault
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


def merit_signs(system: IndicatorSystem) -> np.ndarray:
    """+1 for an indicator whose lower values are cleaner, -1 for the others; shape (n_indicators,)."""
    return np.array([indicator.sign for indicator in system.indicators])


def merit_of(
    values: np.ndarray, states: np.ndarray, sign: float | np.ndarray, provable: bool | np.ndarray
) -> np.ndarray:
    """
    Turn cells to the scale on which a cell reaches `t` iff it is at most `sign * t`.

    Parameters
    ----------
    values, states : arrays of one shape
        Values on the scale of benchmark values, or the stated limit of a cell below it; `CellState` of each cell.
    sign : float, or array of shape (n_indicators,)
        +1 where lower is better, else -1.
    provable : bool, or array of shape (n_indicators,)
        Whether a stated limit proves anything: only where lower is better.

    Returns
    -------
    array of the same shape
        `inf` where no benchmark value can be reached: not reported, not applicable, or a limit that proves nothing.

    Notes
    -----
    Rests on A-02: `<L` reaches a lower-is-better value t iff L <= t. For a higher-is-better or an interval indicator
    `<L` leaves open how far below the value lies, so nothing is proven.

    Examples
    --------
    >>> merit_of(np.array([4.0, 5.0, 5.0]), np.array([0, 1, 2]), 1.0, True)
    array([ 4.,  5., inf])
    """
    counts = (states == CellState.MEASURED) | ((states == CellState.BELOW_LIMIT) & provable)
    return np.where(counts & ~np.isnan(values), values * sign, np.inf)


def merits(sample: Sample, system: IndicatorSystem) -> pd.DataFrame:
    """
    The cells of a sample, see `merit_of`; of an interval indicator the distance from its target.

    Returns
    -------
    DataFrame of shape (n_plants, n_indicators)
    """
    ids = list(system.ids)
    comparable = sample.comparable(system)[ids].to_numpy(dtype=float)
    provable = np.array([indicator.direction is Direction.LOWER for indicator in system.indicators])
    table = merit_of(comparable, sample.states[ids].to_numpy(), merit_signs(system), provable)
    return pd.DataFrame(table, index=sample.plants, columns=ids)


def level_merits(sample: Sample, system: IndicatorSystem) -> np.ndarray:
    """
    `merits` as each level judges them: with the corrections a norm grants at this level only.

    Shape (3, n_plants, n_indicators), or (1, ...) where all levels judge the same values.
    """
    levels = LEVELS if sample.by_level else LEVELS[:1]
    return np.stack([merits(sample.at(level), system).to_numpy() for level in levels])
