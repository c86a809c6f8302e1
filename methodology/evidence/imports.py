"""Import nbformat and papermill without what slows them down and nothing here uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

EXTRAS = (
    "rfc3987_syntax",  # a grammar of web addresses: compiled for seconds
    "pyarrow.fs",  # notebooks on file systems of clusters
    *("fqdn", "isoduration", "rfc3339_validator", "rfc3986_validator", "uri_template", "webcolors"),
)
"""What they import if it is there: half of the time that papermill takes. Notebooks have no formats to be checked."""


@contextmanager
def without_extras() -> Iterator[None]:
    """Hide optional modules while others are imported, unless they are there already."""
    absent = [name for name in EXTRAS if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)
