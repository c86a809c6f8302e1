"""Every choice of a run, changed alone: what would the plants' levels have been?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from methodology.chain.calibration import calibrate
from methodology.chain.joint import COUNTING
from methodology.chain.robustness.outcomes import Decided, Outcomes, numbers_of
from methodology.errors import ParameterError, WorkbenchError
from methodology.evaluation import evaluate
from methodology.indicators import LEVELS, IndicatorSystem, Kind, Level, Sample
from methodology.indicators.loading import problems_of, read_yaml
from methodology.parameters import Footing, Parameters
from methodology.parameters.loading import section_class
from methodology.parameters.model import STAGES, Section

LEFT_OUT = "left out"
"""Heading of the choices that are not tried, each with its reason."""


def load_alternatives(path: Path, parameters: Parameters) -> dict[str, list[Any]]:
    """
    Read what to try instead of each choice.

    Returns
    -------
    dict of path -> values
        Without the value the run has itself and without what is listed twice. A value may be a mapping of paths, for a
        choice that acts only together with another.

    Raises
    ------
    ParameterError
        If a path is no field of `Parameters`, a value is not one it can have, or a choice is both listed and left out.
    """
    content = read_yaml(path, error=ParameterError)
    left = _left_out(content, path.name)
    wanted: dict[str, list[Any]] = {}
    for name, values in content.items():
        _refuse_stranger(name, path.name)
        if not isinstance(values, list):
            raise ParameterError(f"{path.name}: {name!r} states {values!r}; give a list of alternatives.")
        if name in left:
            raise ParameterError(
                f"{path.name}: {name!r} has alternatives and is left out; keep one of the two."
            )
        once = [value for place, value in enumerate(values) if value not in values[:place]]
        wanted[name] = [value for value in once if _differs(parameters, name, value)]
    return wanted


def left_out(path: Path) -> dict[str, str]:
    """
    Read which choices sensitivity does not try, and why.

    Raises
    ------
    ParameterError
        If a path is no field of `Parameters` or has no reason.
    """
    return _left_out(read_yaml(path, error=ParameterError), path.name)


def _left_out(content: dict[str, Any], file: str) -> dict[str, str]:
    """Take the heading of choices left out away from `content`."""
    left = content.pop(LEFT_OUT, None) or {}
    if not isinstance(left, dict):
        raise ParameterError(f"{file}: {LEFT_OUT!r} holds {left!r}; give a reason for each path.")
    for name, reason in left.items():
        if name in STAGES or name not in Parameters.model_fields:
            _refuse_stranger(name, file)
        if not isinstance(reason, str) or not reason.strip():
            raise ParameterError(f"{file}: {name!r} is left out without a reason.")
    return left


def _refuse_stranger(name: Any, file: str) -> None:
    section, _, field = str(name).partition(".")
    if section not in STAGES or field not in section_class(section).model_fields:
        raise ParameterError(f"{file}: {name!r} is no choice of a run. Choices are section.field.")


def _differs(parameters: Parameters, name: str, value: Any) -> bool:
    """Whether an alternative is another run; one this run cannot have is kept if the model knows it at all."""
    try:
        return changed(parameters, name, value) != parameters
    except ParameterError:
        changed(Parameters(system=parameters.system, why=parameters.why), name, value)
        return True


def changed(parameters: Parameters, name: str, value: Any) -> Parameters:
    """
    The same choices with one changed, checked by the model.

    Parameters
    ----------
    name : str
        Path `section.field`.
    value : Any
        Instead of the run's; a mapping of paths to values changes all of them.

    Raises
    ------
    ParameterError
        If a path is unknown or a value is not one the field can have.

    Examples
    --------
    >>> run = Parameters(system="ironmaking", why="an example of a run")
    >>> changed(run, "thresholds.share_I", 0.1).thresholds.share_I
    0.1
    """
    given: dict[str, list[tuple[str, type, Any]]] = {}
    for path, setting in _settings(name, value).items():
        _refuse_stranger(path, "alternatives")
        section, _, field = path.partition(".")
        given.setdefault(section, []).append((field, type(setting), setting))
    sections, problems = {}, []
    for section, fields in given.items():
        try:
            sections[section] = _section(getattr(parameters, section), fields)
        except ValidationError as fault:
            problems += [
                replace(one, key=f"{section}.{one.key}") for one in problems_of(fault, "alternatives")
            ]
    if problems:
        raise ParameterError(f"{name} cannot be {value!r}.", problems)
    return parameters.model_copy(update=sections)


def _section(section: Section, given: list[tuple[str, type, Any]]) -> Section:
    """A section with some choices changed; the same object for the same choices, so that it is found again at once."""
    try:
        return _known_section(section, tuple(given))
    except TypeError:  # a list is no key
        return _known_section.__wrapped__(section, tuple(given))


@lru_cache(maxsize=1024)
def _known_section(section: Section, given: tuple[tuple[str, type, Any], ...]) -> Section:
    return type(section).model_validate(
        section.model_dump() | {field: setting for field, _, setting in given}
    )


def _settings(name: str, value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {name: value}


def text_of(name: str, value: Any) -> str:
    """
    An alternative as a reader sees it.

    Examples
    --------
    >>> text_of("weights.combine_with", {"weights.combine_with": "critic", "weights.expert_share": 0.5})
    'critic + 0.5'
    """
    return " + ".join(str(setting) for setting in _settings(name, value).values())


def one_at_a_time(
    parameters: Parameters, alternatives: Mapping[str, Sequence[Any]], outcomes: Outcomes
) -> pd.DataFrame:
    """
    Change every choice alone.

    Parameters
    ----------
    parameters : Parameters
        The run itself.
    alternatives : mapping of path to values
        As `load_alternatives` returns them.
    outcomes : Outcomes
        Of the sample of the run.

    Returns
    -------
    DataFrame
        One row per alternative: choice, value, mean_Y_I, mean_Y_II, mean_Y_III (points), share_I, share_II, share_III
        (at the level or better), moved (plants whose level differs from the run's), refused (why it cannot be made,
        or ''). The first row, choice '', is the run itself.
    """
    base = outcomes.decided(parameters)
    rows = [_row("", "as run", base, base)]
    for name, value in _pairs(alternatives):
        try:
            found = outcomes.decided(changed(parameters, name, value))
        except WorkbenchError as refusal:
            why = " ".join(str(refusal).split())
            rows.append({"choice": name, "value": text_of(name, value), "refused": why})
            continue
        rows.append(_row(name, text_of(name, value), found, base))
    return pd.DataFrame(rows).fillna({"refused": ""})


def values_one_at_a_time(
    parameters: Parameters, alternatives: Mapping[str, Sequence[Any]], outcomes: Outcomes
) -> pd.DataFrame:
    """
    Every benchmark value when one choice is changed alone.

    Parameters
    ----------
    parameters, alternatives, outcomes
        As in `one_at_a_time`, whose refused alternatives are left out.

    Returns
    -------
    DataFrame
        One row per alternative, indicator with measured values, and level: choice, value (of the choice), indicator,
        level, base (benchmark value of the run), benchmark (under the alternative), change (their difference in
        standard deviations between plants; NaN where these do not differ).
    """
    system = outcomes.system
    columns = [k for k, item in enumerate(system.indicators) if item.kind is not Kind.QUALITATIVE]
    base = outcomes.decided(parameters).values[:, columns]
    parts = []
    for name, value in _pairs(alternatives):
        try:
            found = outcomes.decided(changed(parameters, name, value)).values[:, columns]
        except WorkbenchError:
            continue
        part = {
            "choice": name,
            "value": text_of(name, value),
            "indicator": np.tile([system.ids[k] for k in columns], len(LEVELS)),
            "level": np.repeat([str(level) for level in LEVELS], len(columns)),
            "base": base.ravel(),
            "benchmark": found.ravel(),
            "change": ((found - base) / outcomes.between[columns]).ravel(),
        }
        parts.append(pd.DataFrame(part))
    names = ["choice", "value", "indicator", "level", "base", "benchmark", "change"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)


def _pairs(alternatives: Mapping[str, Sequence[Any]]) -> Iterable[tuple[str, Any]]:
    return ((name, value) for name, values in alternatives.items() for value in values)


def _row(name: str, value: str, found: Decided, base: Decided) -> dict[str, Any]:
    return {"choice": name, "value": value, **numbers_of(found, base.levels), "refused": ""}


def tornado_table(effects: pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, float]:
    """
    Extremes of one outcome over the alternatives of each choice.

    Returns
    -------
    table, base
        Columns factor, low, high, at_low, at_high; and the outcome of the run itself.
    """
    base = float(effects.loc[effects["choice"] == "", outcome].iloc[0])
    rows = []
    tried = effects[(effects["choice"] != "") & (effects["refused"] == "")]
    for name, own in tried.groupby("choice", sort=False):
        low, high = own.loc[own[outcome].idxmin()], own.loc[own[outcome].idxmax()]
        at_low, at_high = min(base, float(low[outcome])), max(base, float(high[outcome]))
        rows.append(
            {
                "factor": name,
                "low": low["value"] if low[outcome] < base else "as run",
                "high": high["value"] if high[outcome] > base else "as run",
                "at_low": at_low,
                "at_high": at_high,
            }
        )
    return pd.DataFrame(rows, columns=["factor", "low", "high", "at_low", "at_high"]), base


def levels_by_weights(
    sample: Sample,
    system: IndicatorSystem,
    tables: Mapping[str, pd.DataFrame],
    parameters: Parameters,
    *,
    chosen: str,
) -> pd.DataFrame:
    """
    Decide the levels of the sample under each table of weights.

    Benchmark values are calibrated once, for the joint promise with the chosen weights: under the marginal promise
    nearly every plant reaches no level, and nothing could move.

    Parameters
    ----------
    tables : mapping of name -> weights table
        The chosen one among them.
    chosen : str
        Name of the weights the values are calibrated with.

    Returns
    -------
    DataFrame indexed by name
        Columns I, II, III, none (plants at each level), moved (plants whose level differs from the chosen weights').
    """
    rule = parameters.evaluation
    joint = parameters.thresholds.model_copy(update=COUNTING)
    values = calibrate(
        sample, system, tables[chosen], joint, promise="joint", footing=Footing.of(parameters, folds=0)
    )
    levels = pd.DataFrame(
        {
            name: evaluate(sample, system, values, table, level_one=rule.level_one, cut=rule.cut)["level"]
            for name, table in tables.items()
        }
    )
    counts = levels.apply(lambda column: column.value_counts()).T
    counts = counts.reindex(columns=[str(level) for level in Level]).fillna(0).astype(int)
    return counts.assign(moved=levels.ne(levels[chosen], axis=0).sum()).rename_axis("weights")
