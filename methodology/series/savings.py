"""What adoption would save: every plant brought to a level, weighted up to the industry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import ParameterError
from methodology.indicators import LEVELS, CellState, Sample
from methodology.languages import later
from methodology.series.extrapolation import Extrapolation, extrapolation, limits
from methodology.series.members import Standard
from methodology.units import convert

ALL = later("all processes")
COLUMNS = (
    *("saving", "system", "promise", "scope", "indicator", "limiting", "plants", "beyond", "now", "total"),
    *("lower", "upper", "unit", "note"),
)


@dataclass(frozen=True, eq=False)
class _Part:
    """One row of the table with its repetitions, which sums over processes need."""

    row: dict[str, Any]
    drawn: np.ndarray


def savings(
    standards: Sequence[Standard],
    effects: pd.DataFrame,
    *,
    level: str = "II",
    draws: int = 2000,
    seed: int,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """
    Estimate what is saved if every known plant reaches a level on the indicators of energy and emissions.

    Parameters
    ----------
    standards : sequence of Standard
        Under one promise.
    effects : DataFrame
        As `data/reference/effects.csv`: saving, system, indicator, times (indicator it is multiplied with, or ''),
        per_product (unit), total (unit), scale (kt/a times `per_product` to `total`), scope.
    level : {"I", "II", "III"}
    draws, seed, confidence
        Repetitions behind the interval, see `extrapolation`.

    Returns
    -------
    DataFrame
        One row per saving and system: saving, system, promise, scope, indicator, limiting, plants (that state it),
        beyond (share of them that reach the level already), now (total today; NaN where plants differ in sign),
        total, lower, upper (saved), unit, note. Rows of system `all processes` add the processes up.

    Raises
    ------
    ParameterError
        If `level` is unknown.

    Notes
    -----
    A-88 says what this rests on: output equals capacity, a plant that is worse than the level moves exactly to it
    and all else stays, silent plants are like the others, and the interval covers which plants were asked and
    nothing else.
    """
    if level not in set(map(str, LEVELS)):
        raise ParameterError(f"There is no level {level!r}. Choose I, II or III.")
    parts: list[_Part] = []
    for standard in standards:
        own = effects[effects["system"] == standard.id]
        industry = extrapolation(standard.member, draws=draws, seed=seed) if len(own) else None
        for effect in own.to_dict("records"):
            if industry is not None:
                parts.append(_part(standard, effect, level, industry))
    rows = [{**part.row, **_interval(part.drawn, confidence)} for part in [*parts, *_sums(parts)]]
    order = list(dict.fromkeys(effects["saving"]))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(
        "saving", key=lambda names: names.map(order.index), kind="stable", ignore_index=True
    )


def savings_by_promise(
    standards: Mapping[str, Sequence[Standard]], effects: pd.DataFrame, **how: Any
) -> pd.DataFrame:
    """
    The savings under every promise, one kind of saving after the other.

    Parameters
    ----------
    standards : mapping of promise to sequence of Standard
        As `calibrate_series` returns them.
    **how
        As in `savings`.
    """
    table = pd.concat([savings(own, effects, **how) for own in standards.values()], ignore_index=True)
    order = list(dict.fromkeys(effects["saving"]))
    rank = table["saving"].map(order.index)
    return table.assign(rank=rank).sort_values("rank", kind="stable", ignore_index=True).drop(columns="rank")


def drawn_savings(saved: pd.DataFrame, *, promise: str) -> pd.DataFrame:
    """
    The savings of processes under one promise, as the figure `savings` takes them.

    Returns
    -------
    DataFrame
        process (id of its system), quantity, unit, value, lower, upper.
    """
    own = saved[(saved["promise"] == promise) & (saved["scope"] == "process")]
    return pd.DataFrame(
        {
            "process": own["system"],
            "quantity": own["saving"],
            "unit": own["unit"],
            "value": own["total"],
            "lower": own["lower"],
            "upper": own["upper"],
        }
    ).reset_index(drop=True)


def excess(
    sample: Sample, standard: Standard, effect: dict[str, Any], level: str
) -> tuple[np.ndarray, np.ndarray]:
    """
    What each plant emits or uses beyond a level, and altogether, per t of product.

    Returns
    -------
    beyond, now : arrays of shape (n_plants,)
        In `effect["per_product"]`; NaN where a plant states nothing. A cell below its limit is beyond nothing.
    """
    name, times = effect["indicator"], effect["times"]
    system = standard.member.system
    values, judged = sample.values[name].to_numpy(dtype=float), sample.at(level)
    states = judged.states[name].to_numpy()
    stated = states <= CellState.BELOW_LIMIT
    over = judged.values[name].to_numpy(dtype=float) - standard.value(name, level)
    over = np.maximum(system[name].sign * over, 0.0)
    over = np.where(states == CellState.BELOW_LIMIT, 0.0, over)
    factor, unit = _multiplier(sample, standard, times, system[name].unit)
    scale = float(convert(1.0, unit, effect["per_product"]))
    hidden = ~stated | np.isnan(factor)
    return np.where(hidden, np.nan, over * factor * scale), np.where(hidden, np.nan, values * factor * scale)


def _multiplier(sample: Sample, standard: Standard, times: str, unit: str) -> tuple[np.ndarray, str]:
    """What a value is multiplied with to give an amount per t, and its unit: mg/m3 times m3/t is mg/t."""
    if not times:
        return np.ones(len(sample.plants)), unit
    other = standard.member.system[times].unit
    upper, shared = unit.split("/")
    if not other.startswith(f"{shared}/"):
        raise ParameterError(f"{unit} times {other} of {times!r} is no amount per t; check effects.csv.")
    stated = sample.states[times].to_numpy() == CellState.MEASURED
    return np.where(
        stated, sample.values[times].to_numpy(dtype=float), np.nan
    ), f"{upper}/{other.split('/')[1]}"


def _part(standard: Standard, effect: dict[str, Any], level: str, industry: Extrapolation) -> _Part:
    beyond, now = excess(standard.member.sample, standard, effect, level)
    known = ~np.isnan(beyond)
    total, drawn = industry.total(beyond)
    whole = float("nan") if (now[known] < 0).any() else industry.total(now)[0]
    scale = float(effect["scale"])
    row = {
        "saving": effect["saving"],
        "system": standard.id,
        "promise": standard.promise,
        "scope": effect["scope"],
        "indicator": effect["indicator"],
        "limiting": standard.member.system[effect["indicator"]].limiting,
        "plants": int(known.sum()),
        "beyond": float((beyond[known] == 0).mean()),
        "now": whole * scale,
        "total": total * scale,
        "unit": effect["total"],
        "note": effect["note"],
    }
    return _Part(row, drawn * scale)


def _sums(parts: Sequence[_Part]) -> list[_Part]:
    """Processes added up, saving by saving; each repetition adds plants redrawn independently in each process."""
    found = []
    for saving in dict.fromkeys(part.row["saving"] for part in parts):
        own = [part for part in parts if part.row["saving"] == saving and part.row["scope"] == "process"]
        if len(own) < 2:
            continue
        row = {
            **own[0].row,
            "system": ALL,
            "indicator": "",
            "limiting": all(part.row["limiting"] for part in own),
            "plants": sum(part.row["plants"] for part in own),
            "beyond": float("nan"),
            "now": float("nan"),
            "total": sum(part.row["total"] for part in own),
            "note": f"{len(own)} processes",
        }
        found.append(_Part(row, np.sum([part.drawn for part in own], axis=0)))
    return found


def _interval(drawn: np.ndarray, confidence: float) -> dict[str, float]:
    return dict(zip(("lower", "upper"), limits(drawn, confidence), strict=True))
