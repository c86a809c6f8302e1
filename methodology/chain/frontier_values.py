"""What a frontier is drawn under, and what each of its steps asks of every indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any, Self

import numpy as np
import pandas as pd

from methodology.chain.common_share import limits_at
from methodology.chain.critical import Path
from methodology.chain.sorted_sample import Spread
from methodology.indicators import LEVELS, IndicatorSystem, Sample
from methodology.indicators.cells import merit_signs
from methodology.parameters import Footing, Parameters
from methodology.parameters.model import ThresholdChoices


@dataclass(frozen=True)
class Setting:
    """
    What a frontier is drawn under.

    Attributes
    ----------
    targets : mapping of level to share
        The promise, whose marginal and joint points are marked.
    footing : Footing
        The rule, what is admissible, the folds of the cross-validated share, and how many plants the industry has.
    confidence : float
        Of the bands, which are to hold the whole curve of a level.
    industry : Sample, optional
        All plants the sample was drawn from, where they are known, on the same footing.
    choices : section `thresholds` of a run, optional
        The point it proposes; the joint promise without one.
    """

    targets: Mapping[str, float] = field(default_factory=lambda: {"I": 0.05, "II": 0.2, "III": 0.5})
    footing: Footing = field(default_factory=lambda: Footing(bound_by_law=True, minimum=3))
    confidence: float = 0.95
    industry: Sample | None = None
    choices: ThresholdChoices | None = None

    @classmethod
    def of(cls, choices: Parameters, *, industry: Sample | None = None, **changes: Any) -> Self:
        """The setting of a run; with other fields of its footing where they are stated."""
        shares, footing = choices.thresholds, Footing.of(choices, **changes)
        return cls(shares.shares, footing, shares.confidence, industry, shares)


_LEVELS = [str(level) for level in LEVELS]
STRICTNESS = [f"strictness_{level}" for level in _LEVELS]
VALUES = [f"value_{level}" for level in _LEVELS]
COLUMNS = ["level", "strictness", "indicator", *VALUES, *STRICTNESS]


def strictness_of(share: Fraction) -> float:
    """
    One minus a share, as a decimal of at most nine digits that lets the same plants through when it is read back.

    Examples
    --------
    >>> strictness_of(Fraction(2, 30)), strictness_of(Fraction(1))
    (0.933333334, 0.0)
    """
    return ceil((1 - share) * 10**9) / 10**9


def values_along(spread: Spread, system: IndicatorSystem, row: int, path: Path) -> pd.DataFrame:
    """
    Read the values of all levels at each step of the curve of level `row`, the loosest step first.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row per step and calibrated indicator, in the unit of the indicator.
    """
    limits = np.stack([limits_at(spread, shares) for shares in zip(*path, strict=True)])
    free, signs = np.flatnonzero(spread.free), merit_signs(system)
    own = limits[:, :, free] * signs[free] + 0.0
    steps = [strictness_of(share) for share in path[row]]
    first, second, third = (np.array([strictness_of(share) for share in shares]) for shares in path)
    told: dict[str, Any] = {
        "level": _LEVELS[row],
        "strictness": np.repeat(steps, len(free)),
        "indicator": np.tile(np.array(spread.ids, dtype=object)[free], len(steps)),
    }
    told |= {name: own[:, place].ravel() for place, name in enumerate(VALUES)}
    # values in order are those of shares in order
    ordered = (np.maximum(first, second), second, np.minimum(third, second))
    told |= {name: np.repeat(one, len(free)) for name, one in zip(STRICTNESS, ordered, strict=True)}
    size = len(free)
    order = np.arange(len(steps) * size).reshape(len(steps), size)[::-1].ravel()
    return pd.DataFrame(told, columns=COLUMNS).iloc[order].reset_index(drop=True)


def frontier_steps(
    curve: pd.DataFrame, values: pd.DataFrame, system: IndicatorSystem, thresholds: np.ndarray
) -> dict[str, list[dict[str, Any]]]:
    """
    Lay out the frontier as steps that an instrument can move along.

    Parameters
    ----------
    curve : DataFrame
        As `methodology.chain.frontier`, or frontier.csv.
    values : DataFrame
        Its `.along`, or frontier_values.csv.
    system : IndicatorSystem
        Of the run.
    thresholds : array of shape (3, n_indicators)
        Values on the merit scale of what is not calibrated; it keeps them at every step.

    Returns
    -------
    dict of level to list of steps
        From the loosest to the strictest, each with `strictness` (of I, II, III, as `thresholds.strictness_I` and so on
        take them), `attained` (share of plants at that level or better) and `thresholds` (on the merit scale, by level
        and indicator in the order of the system). Of steps with the same values the strictest stands.
    """
    signs, places = merit_signs(system), {name: place for place, name in enumerate(system.ids)}
    shares = curve.set_index(["level", "strictness"])["attained"]
    found: dict[str, list[dict[str, Any]]] = {}
    for (level, strictness), rows in values.groupby(["level", "strictness"], sort=False):
        columns = [places[name] for name in rows["indicator"]]
        table = thresholds.astype(float).copy()
        table[:, columns] = rows[VALUES].to_numpy().T * signs[columns]
        step = {
            "strictness": [float(rows[name].iloc[0]) for name in STRICTNESS],
            "attained": float(shares.loc[(level, strictness)]),
            "thresholds": table.tolist(),
        }
        known = found.setdefault(str(level), [])
        if known and _same(known[-1]["thresholds"], step["thresholds"]):
            known.pop()
        known.append(step)
    return found


def _same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return np.array_equal(np.array(one), np.array(other), equal_nan=True)
