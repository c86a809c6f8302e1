"""Plan, execute, store, verify, compare and fan out runs.

Notebooks import `Results` from here; everything else is imported from its module, so that a kernel does not pay for it.
"""

from methodology.runs.tables import Results

__all__ = ["Results"]
