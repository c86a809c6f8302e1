"""Threads of numerical libraries: one each, in kernels and in workers."""

from __future__ import annotations

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""More BLAS threads change sums in the last bit, and stages of parallel systems would fight for cores."""
