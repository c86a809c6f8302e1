"""
Machine code for the inner loops, kept between sessions where that is possible.

The cache of compiled code watches the file of each function, not the files of what it calls. A module of compiled
functions therefore calls none of another module and reads no constant of one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

_BARE: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Without counting references: compiled functions make no arrays, and counting costs more than their work."""


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile without the interpreter's lock; do without a cache where none can be written."""
    try:
        return njit(cache=True, **_BARE)(function)
    except RuntimeError:  # what numba raises when it finds no directory to keep code in
        return njit(**_BARE)(function)


def inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a part of compiled functions: not to be called from outside, hence neither wrapped nor kept by itself."""
    unwrapped: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **_BARE}
    return njit(forceinline=True, **unwrapped)(function)
