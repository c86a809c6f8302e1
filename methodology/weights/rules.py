"""The numbers this room rests on, read from YAML with their sources."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from methodology.errors import MethodError
from methodology.indicators.loading import read_yaml


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("rules.yaml"))


@lru_cache(maxsize=1)
def random_index_tables() -> dict[str, Any]:
    """Every table of random indices by name: source, status and the index by matrix size."""
    return read_yaml(Path(__file__).with_name("random_index.yaml"))


def rule(name: str) -> float:
    """
    One number of `rules.yaml`.

    Examples
    --------
    >>> rule("reciprocity")
    0.005
    """
    return float(_rules()[name]["value"])


def random_index(name: str, size: int) -> float:
    """
    Mean consistency index of random matrices of one size.

    Parameters
    ----------
    name : {"saaty-1980", "saaty-2005", "tummala-ling-1998", "donegan-dodd-1991"}
        Table.
    size : int
        Rows of the matrix. Between two sizes of a table the index is interpolated linearly.

    Raises
    ------
    MethodError
        If the table is unknown, or ends before `size`.

    Examples
    --------
    >>> random_index("saaty-1980", 8), random_index("donegan-dodd-1991", 8)
    (1.41, 1.3171)
    """
    tables = random_index_tables()
    if name not in tables:
        raise MethodError(f"There is no random-index table {name!r}. Choose one of {', '.join(tables)}.")
    known: dict[int, float] = tables[name]["index"]
    if size in known:
        return float(known[size])
    largest = max(known)
    if size > largest:
        raise MethodError(
            f"The random-index table {name!r} ends at {largest} items, this matrix has {size}. "
            "Split the items into groups, or choose 'donegan-dodd-1991', which reaches 100."
        )
    low, high = max(n for n in known if n < size), min(n for n in known if n > size)
    return float(known[low] + (known[high] - known[low]) * (size - low) / (high - low))


def best_worst_threshold(best_to_worst: float, items: int) -> float | None:
    """
    Largest input-based consistency ratio accepted for a best-worst judgement; None where no threshold is published.

    Notes
    -----
    Between whole numbers the next lower row counts; a comparison below 3 has no threshold.

    Examples
    --------
    >>> best_worst_threshold(8, 5), best_worst_threshold(2, 5)
    (0.2958, None)
    """
    table = _rules()["best_worst_thresholds"]
    rows = [row for row in table["rows"] if row <= best_to_worst]
    if not rows or items not in table["items"]:
        return None
    return float(table["rows"][max(rows)][table["items"].index(items)])
