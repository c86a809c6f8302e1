"""Import nbformat without the optional grammar that slows it down."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

GRAMMAR = "rfc3987_syntax"
"""Grammar of web addresses: compiled for seconds when nbformat is imported, and used by nothing here."""


@contextmanager
def without_grammar() -> Iterator[None]:
    """Hide the optional grammar of web addresses while other modules are imported, unless it is there already."""
    absent = GRAMMAR not in sys.modules
    if absent:
        sys.modules[GRAMMAR] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            sys.modules.pop(GRAMMAR, None)
