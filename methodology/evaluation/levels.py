"""Levels 级 of plants under a standard: scores, level and what blocks the next better one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.errors import DataError
from methodology.evaluation.attainment import checked_sample
from methodology.evaluation.decision import LEVEL_NAMES, Standing, blocked, decide
from methodology.evaluation.level_arrays import level_basis
from methodology.indicators import LEVELS, IndicatorSystem, Sample


def evaluate(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    weights: pd.DataFrame | pd.Series,
    *,
    level_one: str | None = None,
    cut: float | None = None,
) -> pd.DataFrame:
    """
    Score plants against a standard and give each its level.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        One column per indicator, in the unit of the system; cells `12.5`, `<5`, empty (not reported), `n/a`.
    system : IndicatorSystem
        Groups, directions, limiting indicators and the decision rule.
    thresholds : DataFrame
        Columns indicator, level, value; qualitative indicators may be left out.
    weights : DataFrame
        Columns indicator, weight (of the whole, sums to 1).
    level_one : {"limiting", "limiting-and-rest-at-two"}, optional
        Reading of the Level I rule; None or "system" takes the system's.
    cut : float, optional
        Score that Levels I and II need; None or 0 takes the system's (85).

    Returns
    -------
    DataFrame
        Columns plant, Y_I, Y_II, Y_III (points, 0 to 100), level (I, II, III or none), limiting_failed (ids of the
        limiting indicators that block the next better level, separated by spaces).

    Raises
    ------
    DataError
        If a table is at fault, or nothing applies to a plant.
    MethodError
        If `level_one` or `cut` is unknown.

    Notes
    -----
    Y_g = sum_i w_i * sum_j w_ij' * 100 [x_ij reaches g]. Decided in this order: I if Y_I >= 85 and every limiting
    indicator reaches I; II likewise; III if Y_III = 100; none otherwise. Comparisons are exact in rational
    arithmetic (A-01). A limiting indicator that does not apply blocks nothing (A-05); one not reported blocks
    (A-04). A group that does not apply at all gives its weight to the other groups (A-06).

    References
    ----------
    .. [1] NDRC, MEP, MIIT (2013), guideline for cleaner-production evaluation index systems (recalled; see
       `rule.yaml` of the indicators).
    """
    plants = checked_sample(sample, system)
    basis = level_basis(plants, system, thresholds, weights, level_one=level_one, cut=cut)
    codes, points = decide(basis.standing, basis.rule), basis.standing.weights.scores(basis.standing.reached)
    return pd.DataFrame(
        {
            "plant": plants.plants.to_numpy(),
            **{f"Y_{level}": points[row] for row, level in enumerate(LEVELS)},
            "level": LEVEL_NAMES[codes],
            "limiting_failed": _failing(basis.standing, codes, np.array(system.ids, dtype=object)),
        }
    )


def attainment_of_whole(evaluation: pd.DataFrame) -> dict[str, float]:
    """
    Share of plants that the whole standard puts at each level or better.

    Parameters
    ----------
    evaluation : DataFrame
        Column level, as `methodology.evaluation.evaluate` writes it.

    Returns
    -------
    dict
        Level -> share.

    Raises
    ------
    DataError
        If no plant was evaluated.

    Examples
    --------
    >>> import pandas as pd
    >>> attainment_of_whole(pd.DataFrame({"level": ["I", "III", "none", "II"]}))
    {'I': 0.25, 'II': 0.5, 'III': 0.75}
    """
    if not len(evaluation):
        raise DataError("No plant was evaluated, so no share of plants can be stated.")
    names = [str(level) for level in LEVELS]
    return {name: float(evaluation["level"].isin(names[: row + 1]).mean()) for row, name in enumerate(names)}


def _failing(standing: Standing, codes: np.ndarray, ids: np.ndarray) -> list[str]:
    table = np.stack([blocked(standing, row) for row in range(3)])
    return [
        " ".join(ids[table[code - 1, plant]]) if code > 0 else "" for plant, code in enumerate(codes.tolist())
    ]
