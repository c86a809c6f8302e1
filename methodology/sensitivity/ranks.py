"""Noise on a threshold as a law of ranks: which plants reach it is all that counts, and that law is exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from methodology.sensitivity.inputs import LevelInputs

_WORDS = 2.0**32
_LARGEST_SHORT = np.iinfo(np.int16).max - 1


@dataclass(frozen=True)
class RankLaws:
    """
    Ranks of plants, and the law of the number of ranks each threshold lets through.

    Attributes
    ----------
    ranks : int16 or int32 array of shape (n_plants, n_indicators)
        0 for the cleanest value; the largest number of the type where nothing is reported; -1 where not applicable.
    fixed : array of shape (3, n_indicators), same type
        Ranks let through by a threshold without noise; -1 where it has noise.
    steps : uint32 array of shape (n_steps,)
        Per noisy threshold, ascending: a uniform word v lets through as many ranks as there are steps <= v.
    guide : int32 array of shape (n_noisy, 2**bits + 1)
        Positions in `steps` where each equal slice of words begins.
    noisy : int array of shape (n_noisy, 2)
        Level and indicator of each row of `guide`.
    """

    ranks: np.ndarray
    fixed: np.ndarray
    steps: np.ndarray
    guide: np.ndarray
    noisy: np.ndarray

    @property
    def bits(self) -> int:
        """Leading bits of a word that choose its slice."""
        return int(self.guide.shape[1] - 1).bit_length() - 1


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
    threshold and draw, compared with these probabilities in descending order, says how many ranks are let through:
    the joint law over plants is that of the noisy threshold, to 2**-32, and cells without noise are exact.
    """
    plants, m = inputs.shape
    ranks = np.full((plants, m), np.iinfo(np.int32).max, dtype=np.int32)
    fixed = np.full((3, m), -1, dtype=np.int32)
    noisy: list[tuple[int, int]] = []
    laws: list[np.ndarray] = []
    for j in range(m):
        reported = ~np.isnan(inputs.values[:, j])
        ladder, ranks[reported, j] = np.unique(inputs.values[reported, j], return_inverse=True)
        for level in range(3):
            limit = inputs.thresholds[j, level]
            deviation = float(deviations[j, level])
            if deviation > 0:
                noisy.append((level, j))
                laws.append(_steps(ladder, limit, deviation))
            else:
                fixed[level, j] = 0 if np.isnan(limit) else np.searchsorted(ladder, limit, side="right")
    ranks[~inputs.applicable] = -1
    kind = np.int16 if ranks[ranks < np.iinfo(np.int32).max].max(initial=0) < _LARGEST_SHORT else np.int32
    steps, guide = _guided(laws, plants)
    return RankLaws(
        np.minimum(ranks, np.iinfo(kind).max).astype(kind),
        fixed.astype(kind),
        steps,
        guide,
        np.array(noisy, dtype=np.intp).reshape(-1, 2),
    )


def _steps(ladder: np.ndarray, limit: float, deviation: float) -> np.ndarray:
    """Words at which one more rank is let through, ascending; ranks that never are have none."""
    from scipy.special import ndtr

    with np.errstate(over="ignore"):  # infinitely far is surely reached, or surely not
        words = np.round(_WORDS * ndtr((ladder - limit) / deviation))
    return words[words < _WORDS].astype(np.uint32)


def _guided(laws: list[np.ndarray], plants: int) -> tuple[np.ndarray, np.ndarray]:
    """All steps in one array, and where each slice of words begins in it."""
    bits = min(max(plants.bit_length() + 2, 6), 14)
    starts = np.arange(2**bits + 1, dtype=np.uint64) << np.uint64(32 - bits)
    guide = np.empty((len(laws), starts.size), dtype=np.int32)
    offset = 0
    for row, law in enumerate(laws):
        guide[row] = offset + np.searchsorted(law, starts, side="right")
        guide[row, 0] = offset
        offset += law.size
    return np.concatenate(laws) if laws else np.zeros(0, np.uint32), guide
