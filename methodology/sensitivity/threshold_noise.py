"""Noise on a threshold as a law of ranks: which plants reach it is all that counts, and that law is exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from methodology.evaluation.level_arrays import LevelInputs

if TYPE_CHECKING:
    from methodology.sensitivity.random_streams import CutLaws

_FEWEST_COLUMNS = 64


@dataclass(frozen=True)
class RankLaws:
    """
    Ranks of plants, and the law of the number of plants each threshold lets through.

    Attributes
    ----------
    ranks : int16 or int32 array of shape (n_plants, n_indicators)
        How many plants are cleaner; the largest number of the type where nothing is reported; -1 where not applicable.
    cuts : CutLaws
        A threshold lets through whoever has a smaller rank than the cut drawn from these.
    """

    ranks: np.ndarray
    cuts: CutLaws


def rank_laws(inputs: LevelInputs, deviations: np.ndarray) -> RankLaws:
    """
    Rank the plants within each indicator, and find how noise on each threshold moves the last rank let through.

    Parameters
    ----------
    inputs : LevelInputs
        Values and thresholds.
    deviations : float array of shape (n_indicators, 3)
        Standard deviation of each threshold.

    Notes
    -----
    A plant with value x reaches g + s z, z standard normal, with probability Phi((g - x) / s). One uniform word per
    threshold and draw says how many plants are let through, by an alias table of these probabilities in whole parts
    of 2**32: the joint law over plants is that of the noisy threshold, to 2**-32, and cells without noise are exact.
    """
    from methodology.sensitivity.alias import fill_laws, rank_plants
    from methodology.sensitivity.random_streams import CutLaws

    plants, m = inputs.shape
    kind = np.int16 if plants < np.iinfo(np.int16).max else np.int32
    ranks = np.full((plants, m), np.iinfo(kind).max, dtype=kind)
    values = np.ascontiguousarray(inputs.values.T)
    order = np.argsort(values, axis=1)
    reported = np.zeros(m, np.intp)
    rank_plants(values, order, ranks, reported)
    ranks[~inputs.applicable] = -1
    noisy = np.argwhere(deviations.T > 0)
    bits = max(plants, _FEWEST_COLUMNS - 1).bit_length()
    fixed = np.empty((3, m), kind)
    tables = np.empty((len(noisy), 2**bits), np.uint64)
    ladders = np.take_along_axis(values, order, axis=1)
    scratch = np.empty((2, 2**bits), np.int64)
    fill_laws(ladders, reported, inputs.thresholds, deviations, fixed, tables, scratch)
    return RankLaws(ranks, CutLaws(fixed, noisy, tables))
