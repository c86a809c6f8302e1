"""How many processors are taken, and what arithmetic may depend on, held fast: threads and instruction sets."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import Final

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""More BLAS threads change sums in the last bit, and stages of parallel systems would fight for cores."""
_OLDEST = {
    "x86": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4",
    },
    "arm": {"OPENBLAS_CORETYPE": "ARMV8", "NPY_DISABLE_CPU_FEATURES": "ASIMDHP ASIMDDP ASIMDFHM SVE"},
}
"""
The code of the oldest processors that numpy runs on. Newer ones add and multiply in other orders (OpenBLAS), in one
rounding instead of two (the C library), or by other series (exp and log of numpy), and order equals otherwise.
"""
_KINDS = {"x86_64": "x86", "amd64": "x86", "aarch64": "arm", "arm64": "arm"}
SAME_ARITHMETIC: Final[Mapping[str, str]] = {
    **dict.fromkeys(ONE_THREAD, "1"),
    **_OLDEST.get(_KINDS.get(platform.machine().lower(), ""), {}),
    "ARROW_USER_SIMD_LEVEL": "NONE",
}
"""Environment variables with which every processor of a kind gives the same bits; read when a process starts."""
_MOST_JOBS = 2
"""A run has one long chain of stages and one long stage beside it: a third job finds nothing to do."""


def processors() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def usual_jobs() -> int:
    """Stages, or points of a sweep, at a time where nobody says how many: no result depends on it."""
    return min(processors(), _MOST_JOBS)
