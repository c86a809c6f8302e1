"""Why a target is missed: what stops plants that even the loosest admissible values cannot help."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from methodology.chain.sorted_sample import Spread
from methodology.indicators import LEVELS
from methodology.indicators.display import percent

_NAMED = 4
"""Indicators named in one message; the rest are counted."""


def unreachable(spread: Spread, row: int, limits: np.ndarray, wanted: int) -> str:
    """
    Name what keeps plants from the own condition of a level when every value is as loose as is admissible.

    Parameters
    ----------
    row : {0, 1, 2}
        The level.
    limits : array of shape (3, n_indicators)
        The loosest admissible values of this level on the merit scale.
    wanted : int
        Plants wanted at this level or better.

    Returns
    -------
    str
        Largest attainable number, unreported cells counted as reached, and what stops the others.
    """
    there = spread.favoured.holds(row, limits)
    most, plants = int(there.sum()), spread.plants
    text = (
        f"With the loosest admissible values, and every unreported cell counted as reached, {most} of {plants} plants "
        f"({percent(most / plants)}) would meet the condition of level {LEVELS[row]}, not the {wanted} wanted."
    )
    causes = obstacles(spread.favoured, row, limits, ~there)
    return f"{text} In the way: {'; '.join(causes)}." if causes else text


_KEEPING_OUT = {
    "silence": "{} more if values were read off the plants that report alone",
    "order": "{} more if values could be looser than those of the next looser level",
    "bounds": "{} more without law, index and the dirty end",
}


def kept_out(
    spread: Spread, row: int, limits: np.ndarray, without: Mapping[str, np.ndarray], wanted: int
) -> str:
    """
    Say how many plants are at a level or better, and how many more each thing that is in the way keeps out by itself.

    Parameters
    ----------
    without : mapping of str to array of shape (n_indicators,)
        Values of the level if one of `_KEEPING_OUT` were not in the way.
    """
    there = spread.at_or_better(row, limits)
    silent = int((spread.plain.favoured.at_or_better(row, limits) & ~there).sum())
    parts = [f"{silent} more if their unreported cells were reached, which loosens nothing"] if silent else []
    for cause, text in _KEEPING_OUT.items():
        table = limits.copy()
        table[row] = without[cause]
        more = int((spread.holds(row, table) & ~there).sum())
        parts += [text.format(more)] if more else []
    silences = [cause for cause in obstacles(spread, row, limits, ~there) if "not reported by" in cause]
    told = "; ".join(parts) or "nothing in the way keeps a plant out by itself"
    held = f"{int(there.sum())} of {spread.plants} plants at level {LEVELS[row]} or better, not the {wanted} wanted"
    text = f"{held}: {told}."
    return f"{text} Silent: {'; '.join(silences)}." if silences else text


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
        f"is not limiting: {able} of {spread.plants} plants can reach them all (wanted at level I: {wanted})."
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
    """Say why more plants are at level `row` or better than wanted."""
    return (
        f"{attained} plants are at level {LEVELS[row]} or better at the smallest attainable share, more than the "
        f"{wanted} wanted: they hold a stricter level, meet values of the next one, or tie."
    )


def few_plants(level: object, target: float, plants: int, wanted: int) -> str:
    """Say that a target is no more than one of the plants, and what the level is calibrated for instead."""
    return (
        f"{percent(target)} of {plants} plants is no more than one plant: level {level} is calibrated for {wanted}, "
        "as many as stand behind a published value."
    )


def loosened(together: int, found: int, moving: int, attained: int, wanted: int) -> str:
    """Say that `found` of the `moving` indicators were loosened where one step moves `together` plants."""
    text = (
        f"One step of the common share moves {together} plants at once; "
        f"{moving - found} of {moving} indicators kept one plant stricter."
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
        "not reported by {}": silent,
        "described level missed by {}": failed & ~silent & ~spread.free,
        "bound by law or index, missed by {}": failed
        & ~silent
        & spread.free
        & (limits[row] == spread.bounds[row]),
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
