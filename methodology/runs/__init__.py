"""Plan, execute, store, verify, compare and fan out runs.

Notebooks import `Results` from here; all else is imported from its module, so that neither a kernel nor the command
pays for what it does not use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from methodology.runs.tables import Results

__all__ = ["Results"]


def __getattr__(name: str) -> Any:
    if name == "Results":
        from methodology.runs.tables import Results

        return Results
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
