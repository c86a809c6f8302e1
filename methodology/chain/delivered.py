"""Promise against outcome: what a later sample reaches of a proposal, and how much of the industry a sample holds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import ParameterError
from methodology.evaluation import evaluate
from methodology.evaluation.attainment import attainment
from methodology.evaluation.exact import exact
from methodology.evaluation.levels import plants_of_whole
from methodology.indicators import LEVELS, IndicatorSystem, Sample, as_sample
from methodology.proposal import proposal_thresholds
from methodology.proposal.reading import proposal_weights
from methodology.sample.attribute_words import NO_REGISTER
from methodology.thresholds.strata import coverage_table

COLUMNS = [
    *("indicator", "level", "value", "unit", "promised", "promised_plants", "promised_n"),
    *("reached", "drift", "plants", "n", "fewest", "most", "finding"),
]
WHOLE = ""
"""Stands for the whole standard in the column `indicator`."""
FINDINGS = ("as promised", "reached by fewer", "reached by more", "cannot be told")


def promise_outcome(
    document: Mapping[str, Any],
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    *,
    level_one: str | None = None,
    cut: float | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """
    Judge a later sample under an earlier proposal: promise against outcome.

    Parameters
    ----------
    document : mapping
        As proposal.json, the public one included.
    sample : Sample or DataFrame of cells indexed by plant
        Other plants, or the same ones later; on the footing of the proposal (corrected if its values are).
    level_one, cut
        The rule of the proposal, as in `methodology.evaluation.evaluate`.
    confidence : float
        Of the expected range.

    Returns
    -------
    DataFrame
        One row per level for the whole standard (indicator empty) and for each indicator: indicator, level, value
        (proposed; the next published one where withheld), unit, promised (share of the earlier plants that reach it),
        promised_plants, promised_n, reached (share of the later ones), drift (reached minus promised), plants, n,
        fewest, most (plants of the later sample that sampling alone explains), finding (one of `FINDINGS`).

    Raises
    ------
    DataError
        If the proposal or the sample is at fault.
    ParameterError
        If `confidence` is no share.

    Notes
    -----
    The range is the exact distribution-free one of exceedances (A-44): of plants drawn alike, the number among n later
    ones that reach the value of rank a of n' earlier ones is beta-binomial (n, a, n' - a + 1) [1]_, whatever the
    distribution; a value between ranks a and a + 1 lies between both. Of many values some fall outside by chance.

    References
    ----------
    .. [1] Gumbel and von Schelling (1950), doi:10.1214/aoms/1177729798
    """
    level = _confidence(confidence)
    plants = as_sample(sample, system)
    values = proposal_thresholds(document, system)
    weights = proposal_weights(document, system)
    judged = evaluate(plants, system, values, weights, level_one=level_one, cut=cut)
    counted = attainment(plants, system, values).set_index(["indicator", "level"])
    proposed = values.set_index(["indicator", "level"])["value"]
    rows = []
    for name, count in plants_of_whole(judged).items():
        before = ((document.get("joint_plants") or {}).get(name), document.get("plants"))
        rows.append((WHOLE, name, np.nan, "", *_told(before, (count, len(judged)), level)))
    for entry in document["indicators"]:
        for name in map(str, LEVELS):
            stated, found = entry["levels"].get(name, {}), counted.loc[(entry["id"], name)]
            before = (stated.get("attained"), entry.get("n"))
            if stated.get("proposed") is None:
                before = (None, entry.get("n"))
            now = (int(found["attained"]), int(found["n"]))
            start = (entry["id"], name, float(proposed[entry["id"], name]), entry.get("unit", ""))
            rows.append((*start, *_told(before, now, level)))
    return pd.DataFrame(rows, columns=COLUMNS)


def to_revise(outcome: pd.DataFrame) -> pd.DataFrame:
    """
    The values sampling alone does not explain, those missed by most first.

    Returns
    -------
    DataFrame
        Rows of `outcome` of single indicators whose finding is that fewer or more plants reach them.
    """
    apart = outcome[(outcome["indicator"] != WHOLE) & outcome["finding"].isin(FINDINGS[1:3])]
    order = apart["drift"].sort_values(kind="stable").index
    return apart.loc[order].reset_index(drop=True)


def expected_range(reached: int, earlier: int, later: int, confidence: Fraction) -> tuple[int, int]:
    """
    Fewest and most of `later` plants that reach a value which `reached` of `earlier` ones do.

    Examples
    --------
    >>> expected_range(6, 30, 30, Fraction(95, 100))
    (1, 14)
    >>> expected_range(0, 30, 10, Fraction(95, 100)), expected_range(30, 30, 10, Fraction(95, 100))
    ((0, 2), (8, 10))
    """
    tail = (1 - confidence) / 2
    fewest = 0 if reached == 0 else _quantile(reached, earlier - reached + 1, later, tail)
    most = later if reached == earlier else _quantile(reached + 1, earlier - reached, later, 1 - tail)
    return fewest, most


def industry_expected(
    here: int, outside: int, plants: int, population: int, confidence: float
) -> tuple[float, float, float]:
    """
    Predict what share of the known plants of an industry attains values that were read off some of them.

    Parameters
    ----------
    here : int
        Plants of the sample that attain the values.
    outside : int
        The same if each were judged by values read off others: what plants are like that were not asked.
    plants, population : int
        Of the sample and of the industry.

    Returns
    -------
    expected, lower, upper : float
        Those that were asked count as they are; of the others `expected_range` says how many sampling alone explains,
        as if `outside` were a count under given values. A census has nothing left to expect.

    Examples
    --------
    >>> industry_expected(6, 5, 30, 80, 0.95)
    (0.17916666666666667, 0.0875, 0.3125)
    >>> industry_expected(6, 5, 30, 30, 0.95)
    (0.2, 0.2, 0.2)
    """
    rest = population - plants
    fewest, most = expected_range(outside, plants, rest, exact(confidence))
    middle = (here + outside * rest / plants) / population
    return middle, (here + fewest) / population, (here + most) / population


@lru_cache(maxsize=4096)
def _quantile(first: int, second: int, later: int, share: Fraction) -> int:
    """Smallest number whose probability, or less, is at least `share`, in whole numbers."""
    ways = (
        comb(k + first - 1, k) * comb(later - k + second - 1, later - k) for k in range(later + 1)
    )  # of all orders of earlier and later plants
    needed = share * comb(later + first + second - 1, later)
    return next(k for k, sofar in enumerate(accumulate(ways)) if sofar >= needed)


def _told(before: tuple[Any, Any], now: tuple[int, int], confidence: Fraction) -> tuple[Any, ...]:
    (was, earlier), (there, later) = before, now
    reached = there / later if later else np.nan
    if was is None or not earlier or not 0 <= was <= earlier or not later:
        return (np.nan, was, earlier, reached, np.nan, there, later, None, None, FINDINGS[3])
    fewest, most = expected_range(int(was), int(earlier), later, confidence)
    finding = FINDINGS[1] if there < fewest else FINDINGS[2] if there > most else FINDINGS[0]
    promised = was / earlier
    return (promised, was, earlier, reached, reached - promised, there, later, fewest, most, finding)


def _confidence(confidence: float) -> Fraction:
    if isinstance(confidence, bool | str) or not 0 < confidence < 1:
        raise ParameterError(f"confidence is {confidence!r}; give a number between 0 and 1, e.g. 0.95.")
    return exact(confidence)


COVERED = ["stratum", "plants", "known", "share", "capacity", "known_capacity", "capacity_share", "weight"]


def industry_coverage(sample: Sample, system: IndicatorSystem, register: pd.DataFrame | None) -> pd.DataFrame:
    """
    Compare the sample with all known plants, by the strata of the system.

    Parameters
    ----------
    sample : Sample
        Plants kept, with their attributes.
    register : DataFrame or None
        All known plants with the same attributes; None where there is no register: the table then has one row, with
        the plants of the sample and nothing to compare them with.

    Returns
    -------
    DataFrame
        As `methodology.thresholds.coverage_table`.
    """
    if register is None:
        row = dict.fromkeys(COVERED, np.nan) | {"stratum": NO_REGISTER, "plants": len(sample.plants)}
        return pd.DataFrame([row], columns=COVERED)
    shared = [name for name in system.strata if name in register and name in sample.attributes]
    return coverage_table(sample.attributes, register, shared)
