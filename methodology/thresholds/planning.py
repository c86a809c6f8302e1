"""How many plants are needed to say something about a benchmark value, or that no number is enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from methodology.arguments import count, needed, probability
from methodology.thresholds.order_statistics import rank_interval, smallest_sample
from methodology.thresholds.table import read_shares

COLUMNS = ("level", "share", "statement", "population", "plants", "answer")


def planning_table(
    population: int | None,
    shares: Mapping[str, float],
    *,
    confidence: float = 0.95,
    width: float | None = None,
    disclosure_minimum: int = 3,
    largest: int = 2000,
) -> pd.DataFrame:
    """
    Smallest sample for each statement about each level.

    Parameters
    ----------
    population : int or None
        Known plants of the industry, of which the sample is drawn without replacement; None: too many to matter.
    shares : mapping of level to share in (0, 1)
    confidence : float in (0, 1)
        Of every interval.
    width : float in (0, 1), optional
        Widest acceptable interval, as the share of the sample between its two limits.
    disclosure_minimum : int
        Plants that must stand at or beyond a value before it is published.
    largest : int
        Where the search ends when the population is not known.

    Returns
    -------
    DataFrame
        Columns level, share, statement, population, plants (missing where no size is enough), answer (in words).

    Examples
    --------
    >>> table = planning_table(80, {"I": 0.05, "II": 0.2, "III": 0.5})
    >>> table[table["level"] == "I"]["answer"].tolist()[:2]
    ['a limit on the loose side: 1 of 80 plants', 'a limit on the strict side: 42 of 80 plants']
    >>> planning_table(40, {"I": 0.05, "II": 0.2, "III": 0.5})["answer"].tolist()[3]
    'at least 3 plants at or beyond the value: no sample of 40 plants is enough'
    """
    wanted = read_shares(shares)
    end = largest if population is None else count("population", population)
    limits = partial(smallest_sample, confidence=confidence, population=population)
    rows = []
    for level, share in wanted.items():
        found: dict[str, int | None] = {
            "a limit on the loose side": limits(share, side="loose"),
            "a limit on the strict side": limits(share, side="strict"),
            "limits on both sides": limits(share, side="both"),
            f"at least {disclosure_minimum} plants at or beyond the value": plants_to_publish(
                share, count("disclosure_minimum", disclosure_minimum), largest=end
            ),
        }
        if width is not None:
            told = f"an interval no wider than {probability('width', width):.0%} of the plants"
            narrow = partial(_narrow, share=share, confidence=confidence, population=population, width=width)
            found[told] = _first(end, narrow)
        rows += [
            _row(level, share, statement, population, end, plants) for statement, plants in found.items()
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"population": "Int64", "plants": "Int64"})


def plants_to_publish(share: float, minimum: int, *, largest: int = 2000) -> int | None:
    """
    Smallest sample in which enough plants stand at or beyond the value of a share; None if `largest` is not enough.

    Examples
    --------
    >>> plants_to_publish(0.05, 3), plants_to_publish(0.05, 3, largest=40)
    (41, None)
    """
    return _first(largest, partial(_discloses, share=share, minimum=minimum))


def plants_to_tell_apart(share: float, looser: float, minimum: int, *, largest: int = 2000) -> int | None:
    """
    Smallest sample in which a level stands before the next one although `minimum` plants must reach it; None if none.

    Examples
    --------
    >>> plants_to_tell_apart(0.05, 0.2, 3), plants_to_tell_apart(0.2, 0.2, 3)
    (16, None)
    """
    return _first(largest, lambda plants: max(needed(share, plants), minimum) < needed(looser, plants))


def _first(end: int, holds: Callable[[int], bool]) -> int | None:
    return next((plants for plants in range(1, end + 1) if holds(plants)), None)


def _discloses(plants: int, *, share: float, minimum: int) -> bool:
    return needed(share, plants) >= minimum


def _narrow(plants: int, *, share: float, confidence: float, population: int | None, width: float) -> bool:
    found = rank_interval(plants, share, confidence=confidence, population=population)
    if found.strict is None or found.loose is None:
        return False
    return found.loose - found.strict <= width * plants


def _row(
    level: str, share: float, statement: str, population: int | None, end: int, plants: int | None
) -> tuple[object, ...]:
    if plants is not None:
        known = "" if population is None else f" of {population}"
        answer = f"{plants}{known} plant{'' if plants == 1 and population is None else 's'}"
    elif population is None:
        answer = f"more than {end} plants"
    else:
        answer = f"no sample of {population} plants is enough"
    return level, share, statement, population, plants, f"{statement}: {answer}"
