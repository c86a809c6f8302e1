"""Why a target is out of reach: what stops plants that even the loosest calibrated values cannot help."""

from __future__ import annotations

import numpy as np

from methodology.chain.sorted_sample import Spread
from methodology.indicators import LEVELS
from methodology.indicators.display import percent

FULL_SCORE = 100
_NAMED = 4
"""Indicators named in one message; the rest are counted."""


def unreachable(spread: Spread, row: int, limits: np.ndarray, wanted: int) -> str:
    """
    Name what keeps plants from a level when every value is as loose as the sample and the law allow.

    Parameters
    ----------
    row : {0, 1, 2}
        The level.
    limits : array of shape (3, n_indicators)
        The loosest values of this level on the merit scale, beside those of the levels solved before it.
    wanted : int
        Plants wanted at this level or better.

    Returns
    -------
    str
        Largest attainable number, what it would be if level II were loose as well, and what stops the others.
    """
    there = _there(spread, row, limits)
    most, plants = int(there.sum()), spread.plants
    text = (
        f"At most {most} of {plants} plants ({percent(most / plants)}) can be at level {LEVELS[row]} or better, "
        f"not the {wanted} wanted"
    )
    loosest = np.array([spread.limits(level, spread.at(level).stated) for level in range(len(LEVELS))])
    able = int(_there(spread, row, loosest).sum())
    if able > most:
        text += (
            f", with the values of level II, which are solved first; with those as loose as the sample and the law "
            f"allow it would be {able}."
        )
    else:
        text += ", however loose the calibrated values are."
    causes = [*_unforgiven(spread, row, there), *obstacles(spread, row, limits, ~there)]
    return f"{text} In the way: {'; '.join(causes)}." if causes else text


def _there(spread: Spread, row: int, limits: np.ndarray) -> np.ndarray:
    """Plants at level `row` or better; I is not asked, for who holds I holds II, and its values may still be open."""
    there = spread.holds(row, limits)
    return there | spread.holds(1, limits) if row == 2 else there


def _unforgiven(spread: Spread, row: int, there: np.ndarray) -> list[str]:
    """Plants that a cell not reported keeps from a level whose cut is the full score."""
    if spread.rule.cuts[row] < FULL_SCORE:
        return []
    weighty = spread.standing.weights.share[spread.standing.weights.pattern] > 0
    silent = (np.isnan(spread.at(row).told) & spread.standing.applicable & weighty).any(axis=1) & ~there
    count, short = int(silent.sum()), int((~there).sum())
    text = f"{count} of the {short} plants that fall short do not report a cell, which a full score never forgives"
    return [text] if count else []


def strict_reading(spread: Spread, limits: np.ndarray, wanted: int) -> str:
    """
    Say what the stricter reading of Level I does to its values.

    Parameters
    ----------
    limits : array of shape (3, n_indicators)
        Values of Levels I and II on the merit scale.
    wanted : int
        Plants wanted at Level I.

    Returns
    -------
    str
        Empty under the other reading, and where neither the plants fall short nor a value equals that of Level II.
    """
    if not spread.rule.strict:
        return ""
    standing = spread.standing
    there = (spread.reached(limits)[1] | ~standing.applicable | standing.limiting).all(axis=1)
    able, free = int(there.sum()), int(spread.free.sum())
    same = int(((limits[0] == limits[1]) & spread.free).sum())
    if able >= wanted and not same:
        return ""
    text = (
        f"The reading {spread.rule.level_one!r} asks plants at level I for the level II value of every indicator that "
        f"is not limiting: {able} of {spread.plants} plants reach them all (wanted at level I: {wanted})."
    )
    if same:
        text += (
            f" To take in so many of those few, level I is loosened to the values of level II for {same} of {free} "
            "calibrated indicators."
        )
    if same == free:
        text += " That condition alone then tells the two levels apart."
    return text


def crowded(row: int, attained: int, wanted: int) -> str:
    """Say why the smallest attainable share already puts more plants at level `row` than wanted."""
    return (
        f"{attained} plants are at level {LEVELS[row]} or better at the smallest attainable share, "
        f"more than the {wanted} wanted: they meet values of the next level or tie at the cleanest one."
    )


def loosened(together: int, found: int, moving: int, attained: int, wanted: int) -> str:
    """Say that `found` of the `moving` indicators were loosened where one step moves `together` plants."""
    text = (
        f"One step of the common share moves {together} plants at once; "
        f"{moving - found} of {moving} indicators stay one plant stricter."
    )
    tied = f" Plants with equal values still tie: {attained} instead of {wanted}."
    return text + tied if attained - wanted >= 1 else text


def obstacles(spread: Spread, row: int, limits: np.ndarray, plants: np.ndarray) -> list[str]:
    """
    Cells in which `plants` fail level `row`, summed by indicator and cause, the most frequent first.

    Limiting indicators are marked with `*`; they alone are named where one of them stops a plant.
    """
    reached, strict = spread.reached(limits), row == 0 and spread.rule.strict
    asked = np.where(spread.standing.limiting, reached[0], reached[1]) if strict else reached[row]
    failed = plants[:, None] & spread.standing.applicable & ~asked
    cells = spread.at(row)
    silent = failed & np.isnan(cells.told)
    causes = {
        "not reported by {} plants": silent,
        "described level missed by {}": failed & ~silent & ~spread.free,
        "bound by law, missed by {}": failed & ~silent & spread.free & (limits[row] == spread.bounds[row]),
        "limit proves nothing for {}": failed & ~silent & spread.free & np.isinf(cells.merit),
    }
    if strict:
        causes["value of level II missed by {}"] = failed & ~silent & spread.free & ~np.isinf(cells.merit)
    found = []
    for text, cells in causes.items():
        for column in np.flatnonzero(cells.any(axis=0)):
            star = spread.standing.limiting[column]
            count = int(cells[:, column].sum())
            found.append(
                (not star, -count, f"{spread.ids[column]}{'*' if star else ''} {text.format(count)}")
            )
    found.sort()
    named = [text for *_, text in found[:_NAMED]]
    return named + ([f"and {len(found) - _NAMED} more"] if len(found) > _NAMED else [])
