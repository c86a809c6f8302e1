"""The cut and the set of limiting indicators, swept: levels of the same plants under another rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.evaluation.decision import LEVEL_NAMES, decide, exact_cut
from methodology.evaluation.level_arrays import LevelInputs


def cut_sweep(inputs: LevelInputs, cuts: Sequence[float]) -> pd.DataFrame:
    """
    Plants at each level when Levels I and II ask for another score.

    Parameters
    ----------
    inputs : LevelInputs
        From `level_inputs`.
    cuts : sequence of float
        Scores in (0, 100].

    Returns
    -------
    DataFrame indexed by cut
        Columns I, II, III, none (numbers of plants) and changed (plants at another level than under the rule).

    Raises
    ------
    MethodError
        If a cut is outside (0, 100], or there is none.

    Examples
    --------
    >>> from methodology.evaluation.level_arrays import level_inputs
    >>> inputs = level_inputs([[1.0, 9.0]], [[1, 2, 3], [1, 2, 3]], [0.8, 0.2])
    >>> cut_sweep(inputs, [80, 85])[["I", "none", "changed"]].values.tolist()
    [[1, 0, 1], [0, 1, 0]]
    """
    if not len(cuts):
        raise MethodError("`cuts` is empty; give at least one score.")
    standing, rule = inputs.standing, inputs.rule
    asked = [replace(rule, cuts=(exact_cut(cut), exact_cut(cut), rule.cuts[2])) for cut in cuts]
    codes = [decide(standing, other) for other in asked]
    return _counts(codes, decide(standing, rule), pd.Index([float(cut) for cut in cuts], name="cut"))


def limiting_sweep(inputs: LevelInputs) -> pd.DataFrame:
    """
    Plants at each level when one indicator more, or one less, is limiting.

    Parameters
    ----------
    inputs : LevelInputs
        From `level_inputs`.

    Returns
    -------
    DataFrame indexed by indicator
        Columns limiting (as it is now), I, II, III, none (numbers of plants once that is turned over), changed.

    Examples
    --------
    >>> from methodology.evaluation.level_arrays import level_inputs
    >>> inputs = level_inputs([[1.0, 2.0]], [[1, 2, 3], [1, 2, 3]], [0.9, 0.1], indicators=["a", "b"])
    >>> limiting_sweep(inputs)[["I", "II", "changed"]].values.tolist()
    [[1, 0, 0], [0, 1, 1]]
    """
    standing = inputs.standing
    turned = inputs.limiting ^ np.eye(inputs.shape[1], dtype=bool)
    codes = [decide(replace(standing, limiting=limiting), inputs.rule) for limiting in turned]
    now = decide(standing, inputs.rule)
    table = _counts(codes, now, pd.Index(inputs.indicators, name="indicator"))
    table.insert(0, "limiting", inputs.limiting)
    return table


def _counts(codes: Sequence[np.ndarray], now: np.ndarray, index: pd.Index) -> pd.DataFrame:
    table = pd.DataFrame(
        [np.bincount(code, minlength=4) for code in codes],
        index=index,
        columns=[str(name) for name in LEVEL_NAMES],
    )
    return table.assign(changed=[int((code != now).sum()) for code in codes])
