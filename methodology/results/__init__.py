"""Tables of a run on disk: the only reader and writer of CSV, JSON and Parquet.

Notebooks import `Results` from here; all else is imported from its module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from methodology.results.results import Results

__all__ = ["Results"]


def __getattr__(name: str) -> Any:
    if name == "Results":
        from methodology.results.results import Results

        return Results
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
