"""The previous index 前一版指标体系: its values beside the new ones, on the same works, and beside the law of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from methodology.errors import DataError
from methodology.evaluation import evaluate
from methodology.indicators import LEVELS, CellState, Indicator, IndicatorSystem, Level, Sample
from methodology.indicators.cells import merits
from methodology.indicators.comparators import Comparator
from methodology.indicators.system import Group
from methodology.parameters import Footing
from methodology.proposal.bounds import binding_comparator, bound_value
from methodology.series.levels import plants_of_works
from methodology.series.members import Standard

PREVIOUS = "index_2014"
"""Kind of the comparators that hold the previous index."""
PREVIOUS_VALUES, NEW_VALUES = "previous values", "new values, same indicators"


def previous_values(systems: Sequence[IndicatorSystem]) -> pd.DataFrame:
    """
    Values of the previous index, wherever a system states them.

    Returns
    -------
    DataFrame
        system, indicator, level, value, unit, comparable, status, note.
    """
    rows = [
        (
            s.id,
            i.id,
            str(c.level),
            float(c.value),
            c.unit,
            c.comparable and c.unit == i.unit,
            c.status,
            c.note,
        )
        for s in systems
        for i in s.indicators
        for c in i.comparators
        if c.kind == PREVIOUS and c.level is not None and not isinstance(c.value, tuple)
    ]
    names = ["system", "indicator", "level", "value", "unit", "comparable", "status", "note"]
    return pd.DataFrame(rows, columns=names)


def staleness(standards: Sequence[Standard]) -> pd.DataFrame:
    """
    Hold each value of the previous index against the law of today and against the plants of today.

    Parameters
    ----------
    standards : sequence of Standard
        Under one promise.

    Returns
    -------
    DataFrame
        system, indicator, level, old, old_status, new (proposed), unit, reached (share of plants that reach the old
        value), law (loosest value the law allows; NaN if none binds), law_label, law_status, before_corrections (the
        law is a base value), looser (whether the old value is looser than the law).

    Notes
    -----
    A-80, A-81: an hourly limit bounds an annual mean without being its equal, and level 3 of an energy norm is the
    mandatory one. Base values are meant before corrections; plants are held against the old values as reported.
    """
    by_id = {standard.id: standard for standard in standards}
    old = previous_values([standard.member.system for standard in standards])
    rows = []
    for item in old[old["comparable"]].itertuples():
        standard = by_id[item.system]
        indicator = standard.member.system[item.indicator]
        law = binding_comparator(indicator, Level(item.level), Footing(bound_by_law=True, corrected=True))
        bound = np.nan if law is None else bound_value(law, indicator)
        rows.append(
            {
                "system": item.system,
                "indicator": item.indicator,
                "level": item.level,
                "old": item.value,
                "old_status": item.status,
                "new": standard.value(item.indicator, item.level),
                "unit": item.unit,
                "reached": _share(standard.member.raw, standard.member.system, item.indicator, item.value),
                "law": bound,
                **_about(law),
                "looser": bool(indicator.sign * item.value > indicator.sign * bound),
            }
        )
    return pd.DataFrame(rows)


def held_against_law(stale: pd.DataFrame, standards: Sequence[Standard]) -> pd.DataFrame:
    """
    The values of the previous index that a law binds today, as the figure `staleness` takes them.

    Returns
    -------
    DataFrame
        label (label_zh in Chinese), level, value, limit, better, unit, status (of the limit).
    """
    by_id = {standard.id: standard.member.system for standard in standards}
    rows = [
        (
            by_id[row.system][row.indicator].name_en,
            by_id[row.system][row.indicator].name_zh,
            row.level,
            row.old,
            row.law,
            by_id[row.system][row.indicator].better,
            row.unit,
            row.law_status,
        )
        for row in stale[stale["law"].notna()].itertuples()
    ]
    columns = ["label", "label_zh", "level", "value", "limit", "better", "unit", "status"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True, eq=False)
class Joined:
    """
    The previous index as a system of its own, and the works it judges.

    Attributes
    ----------
    system : IndicatorSystem
        Indicators `<system>__<indicator>`; groups and limiting indicators as in the new systems.
    raw, sample : Sample
        Works as reported, and on the new footing.
    old, new : DataFrame
        Columns indicator, level, value.
    """

    system: IndicatorSystem
    raw: Sample
    sample: Sample
    old: pd.DataFrame
    new: pd.DataFrame

    def evaluations(self) -> dict[str, pd.DataFrame]:
        """Levels of the same works under the old values and under the new values of the same indicators."""
        weights = self.system.weights
        return {
            PREVIOUS_VALUES: evaluate(self.raw, self.system, self.old, weights),
            NEW_VALUES: evaluate(self.sample, self.system, self.new, weights),
        }

    def summary(self) -> pd.DataFrame:
        """
        Counts of works per level, and mean scores.

        Returns
        -------
        DataFrame indexed by what they are judged by
            I, II, III, none (works), mean_Y_I, mean_Y_II, mean_Y_III (points).
        """
        rows = {}
        for name, table in self.evaluations().items():
            counts = table["level"].value_counts()
            means = {f"mean_{score}": float(table[score].mean()) for score in ("Y_I", "Y_II", "Y_III")}
            rows[name] = {str(level): int(counts.get(str(level), 0)) for level in Level} | means
        return pd.DataFrame.from_dict(rows, orient="index")


def previous_index(standards: Sequence[Standard], *, whole: str) -> Joined:
    """
    Build the previous index over works and their processes.

    Parameters
    ----------
    standards : sequence of Standard
        Of the whole and of its processes, under one promise.
    whole : str
        Id of the system of the whole works; a requirement it states itself is not taken from a process again.

    Raises
    ------
    DataError
        If the whole is not among the standards, or states no value of the previous index.

    Notes
    -----
    A-89: the weights and limiting indicators of the previous index are not in our references. Groups weigh as in the
    new system of the whole works, indicators within a group weigh the same, and an indicator is limiting where it is
    now. What is compared is therefore the values. A process that a works lacks, or that was not sampled, does not
    apply.
    """
    by_id = {standard.id: standard for standard in standards}
    if whole not in by_id:
        raise DataError(f"{whole!r} is not among the standards: {', '.join(by_id) or 'none'}.")
    old = _rows_of_index(standards, whole)
    names = list(dict.fromkeys(zip(old["system"], old["indicator"], strict=True)))
    system = _system(by_id, names, whole)
    levels = [(f"{s}__{i}", str(level), by_id[s].value(i, str(level))) for s, i in names for level in LEVELS]
    return Joined(
        system=system,
        raw=_works(by_id, names, whole, raw=True),
        sample=_works(by_id, names, whole, raw=False),
        old=old.assign(indicator=old["system"] + "__" + old["indicator"])[["indicator", "level", "value"]],
        new=pd.DataFrame(levels, columns=["indicator", "level", "value"]),
    )


def _rows_of_index(standards: Sequence[Standard], whole: str) -> pd.DataFrame:
    old = previous_values([standard.member.system for standard in standards])
    old = old[old["comparable"]]
    own = set(old.loc[old["system"] == whole, "indicator"])
    if not own:
        raise DataError(f"{whole!r} states no value of the previous index.")
    complete = old.groupby(["system", "indicator"])["level"].transform("nunique") == len(LEVELS)
    return old[complete & ((old["system"] == whole) | ~old["indicator"].isin(own))].reset_index(drop=True)


def _system(by_id: Mapping[str, Standard], names: Sequence[tuple[str, str]], whole: str) -> IndicatorSystem:
    groups = [by_id[system].member.system[name].group for system, name in names]
    given = {group.id: group for group in by_id[whole].member.system.groups if group.id in set(groups)}
    total = sum(group.weight for group in given.values())
    indicators = [
        _indicator(by_id[system].member.system[name], f"{system}__{name}", 1 / groups.count(group))
        for (system, name), group in zip(names, groups, strict=True)
    ]
    return IndicatorSystem(
        id="previous_index",
        name_zh="前一版指标体系",
        name_en="Previous index",
        functional_unit="t crude steel",
        sources={},
        groups=tuple(
            Group(**{**group.model_dump(), "weight": group.weight / total}) for group in given.values()
        ),
        indicators=tuple(indicators),
    )


def _indicator(indicator: Indicator, name: str, weight: float) -> Indicator:
    plain = {"id": name, "weight": weight, "anchors": None, "comparators": (), "formula": "", "applies": {}}
    return indicator.model_copy(update=plain)


def _works(
    by_id: Mapping[str, Standard], names: Sequence[tuple[str, str]], whole: str, *, raw: bool
) -> Sample:
    """One row per works of the whole; cells of its largest plant of each process."""
    speakers = {
        system: plants_of_works(by_id[system].member.sample) for system in dict.fromkeys(s for s, _ in names)
    }
    index = pd.Index(sorted(speakers[whole]), name="plant")
    states: dict[str, list[int]] = {}
    samples = {
        system: by_id[system].member.raw if raw else by_id[system].member.sample for system in speakers
    }
    for system, name in names:
        plants = [speakers[system].get(works) for works in index]
        states[f"{system}__{name}"] = [
            int(CellState.NOT_APPLICABLE) if p is None else int(samples[system].states.at[p, name])
            for p in plants
        ]

    def spoken(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """Values of the speakers, of the indicators that the tables have."""
        return pd.DataFrame(
            {
                f"{system}__{name}": [
                    np.nan if p is None else tables[system].at[p, name]
                    for p in map(speakers[system].get, index)
                ]
                for system, name in names
                if name in tables.get(system, ())
            },
            index=index,
        )

    own = {
        str(level): spoken(
            {system: one.by_level.get(str(level), one.values[[]]) for system, one in samples.items()}
        )
        for level in LEVELS
    }
    return Sample(
        spoken({system: one.values for system, one in samples.items()}),
        pd.DataFrame(states, index=index).astype("int8"),
        by_level={level: table for level, table in own.items() if len(table.columns)},
    )


def _share(sample: Sample, system: IndicatorSystem, name: str, value: float) -> float:
    """Share of the plants that state an indicator which reach a value (A-02)."""
    stated = int((sample.states[name] <= CellState.BELOW_LIMIT).sum())
    reached = int((merits(sample, system)[name] <= system[name].sign * value).sum())
    return reached / stated if stated else float("nan")


def _about(law: Comparator | None) -> dict[str, object]:
    if law is None:
        return {"law_label": "", "law_status": "", "before_corrections": False}
    return {"law_label": law.label, "law_status": law.status, "before_corrections": law.before_corrections}
