"""Every choice of a run, changed alone: what would the plants' levels have been?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from methodology.chain.promises import attainment_of_whole, calibrate
from methodology.errors import ParameterError, WorkbenchError
from methodology.evaluation import evaluate
from methodology.indicators import IndicatorSystem, Judgements, Sample, problems_of, read_yaml
from methodology.parameters import Parameters
from methodology.weights import weights_table


def load_alternatives(path: Path, parameters: Parameters) -> dict[str, list[Any]]:
    """
    Read what to try instead of each choice.

    Returns
    -------
    dict of path -> values
        Without the value the run has itself.

    Raises
    ------
    ParameterError
        If a path is no field of `Parameters`, or a value is not one it can have.
    """
    wanted: dict[str, list[Any]] = {}
    for name, values in read_yaml(path, error=ParameterError).items():
        if not isinstance(values, list):
            raise ParameterError(f"{path.name}: {name!r} states {values!r}; give a list of alternatives.")
        base = _value(parameters, name, path.name)
        tried = [value for value in values if changed(parameters, name, value) is not parameters]
        wanted[name] = [value for value in tried if value != base]
    return wanted


def _value(parameters: Parameters, name: str, file: str) -> Any:
    section, _, field = name.partition(".")
    if section not in Parameters.model_fields or not hasattr(getattr(parameters, section), field):
        raise ParameterError(f"{file}: {name!r} is no choice of a run. Choices are section.field.")
    return getattr(getattr(parameters, section), field)


def changed(parameters: Parameters, name: str, value: Any) -> Parameters:
    """
    The same choices with one changed, checked by the model.

    Raises
    ------
    ParameterError
        If the value is not one the field can have.
    """
    section, _, field = name.partition(".")
    content = parameters.model_dump()
    content[section][field] = value
    try:
        return Parameters.model_validate(content)
    except ValidationError as fault:
        raise ParameterError(f"{name} cannot be {value!r}.", problems_of(fault, "alternatives")) from fault


def levels_under(
    parameters: Parameters,
    sample: Sample,
    system: IndicatorSystem,
    judgements: Judgements | None,
    *,
    population: int | None = None,
    known: dict[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """
    Weights, benchmark values and levels of the sample under one set of choices.

    Parameters
    ----------
    known : dict, optional
        Weights found before, by the choices behind them; filled on the way, so that many runs that differ elsewhere
        derive them once.

    Returns
    -------
    DataFrame
        As evaluation.csv.
    """
    rule = parameters.evaluation
    found = {} if known is None else known
    key = parameters.weights.model_dump_json()
    if key not in found:
        found[key] = weights_table(system, judgements, sample, parameters.weights)
    weights = found[key]
    values = calibrate(
        sample,
        system,
        weights,
        parameters.thresholds,
        population=population,
        level_one=rule.level_one,
        cut=rule.cut,
        folds=0,
        seed=parameters.seed,
    )
    return evaluate(sample, system, values, weights, level_one=rule.level_one, cut=rule.cut)


def one_at_a_time(
    parameters: Parameters,
    alternatives: Mapping[str, Sequence[Any]],
    sample: Sample,
    system: IndicatorSystem,
    judgements: Judgements | None,
    *,
    population: int | None = None,
) -> pd.DataFrame:
    """
    Change every choice alone.

    Returns
    -------
    DataFrame
        One row per alternative: choice, value, mean_Y_I, mean_Y_II, mean_Y_III (points), share_I, share_II, share_III
        (at the level or better), moved (plants whose level differs from the run's), refused (why it cannot be made,
        or ''). The first row, choice '', is the run itself.
    """
    known: dict[str, pd.DataFrame] = {}
    base = levels_under(parameters, sample, system, judgements, population=population, known=known)
    rows = [_row("", "as run", base, base)]
    for name, value in _pairs(alternatives):
        try:
            other = changed(parameters, name, value)
            table = levels_under(other, sample, system, judgements, population=population, known=known)
        except WorkbenchError as refusal:
            rows.append({"choice": name, "value": str(value), "refused": " ".join(str(refusal).split())})
            continue
        rows.append(_row(name, str(value), table, base))
    return pd.DataFrame(rows).fillna({"refused": ""})


def _pairs(alternatives: Mapping[str, Sequence[Any]]) -> Iterable[tuple[str, Any]]:
    return ((name, value) for name, values in alternatives.items() for value in values)


def _row(name: str, value: str, table: pd.DataFrame, base: pd.DataFrame) -> dict[str, Any]:
    means = {f"mean_{score}": float(table[score].mean()) for score in ("Y_I", "Y_II", "Y_III")}
    shares = {f"share_{level}": share for level, share in attainment_of_whole(table).items()}
    moved = int((table["level"].to_numpy() != base["level"].to_numpy()).sum())
    return {"choice": name, "value": value, **means, **shares, "moved": moved, "refused": ""}


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
