"""Compiled tables of plants by rank: ladders of values, the normal law on them in whole numbers, alias tables."""

from __future__ import annotations

import numpy as np

from methodology.sensitivity.compiling import compiled, inner

_WORDS = 2.0**32
_STEPS, _FARTHEST, _TERMS = 8, 7, 10
_DENSITY_AT_0 = 0.3989422804014327
_FALL = 0.9922179382602435
"""exp(-1 / 128): how much the normal density falls over the first eighth of a standard deviation."""


def _taylor_series() -> np.ndarray:
    """
    Taylor series of the normal distribution function around 0, 1/8, ... 7; float (n_nodes, n_terms).

    Coefficients are the density times Hermite polynomials; each node's value comes from the series of the one before.
    Basic operations only, so that every processor finds the same numbers.
    """
    series = np.zeros((_STEPS * _FARTHEST + 1, _TERMS))
    value, density, fall = 0.5, _DENSITY_AT_0, _FALL
    for node, coefficients in enumerate(series):
        z = node / _STEPS
        hermite, last, factorial = 1.0, 0.0, 1.0
        coefficients[0] = value
        for n in range(1, _TERMS):
            factorial *= n
            coefficients[n] = (1 if n % 2 else -1) * density * hermite / factorial
            hermite, last = z * hermite - (n - 1) * last, hermite
        value = float(sum(c * _STEPS**-n for n, c in enumerate(coefficients.tolist())))
        density, fall = density * fall, fall * _FALL * _FALL
    return series


_SERIES = _taylor_series()


@inner
def normal_words(z: float) -> np.int64:
    """Normal distribution function in whole parts of 2**32."""
    size = abs(z)
    if not size < _FARTHEST:
        return np.int64(0) if z < 0 else np.int64(_WORDS)
    node = np.int64(size * _STEPS + 0.5)
    step = size - node / _STEPS
    total = 0.0
    for n in range(_TERMS - 1, -1, -1):
        total = _SERIES[node, n] + total * step
    return np.int64(_WORDS * (total if z > 0 else 1.0 - total) + 0.5)


@compiled
def rank_plants(values: np.ndarray, order: np.ndarray, ranks: np.ndarray, reported: np.ndarray) -> None:
    """
    Position of the first equal value on each ladder into `ranks` (n_plants, m), which keeps what is not reported.

    `order` (m, n_plants) sorts `values` (m, n_plants); how many are reported is left in `reported` (m,).
    """
    for j in range(values.shape[0]):
        first = 0
        for place in range(values.shape[1]):
            value = values[j, order[j, place]]
            if np.isnan(value):
                break
            if value != values[j, order[j, first]]:
                first = place
            ranks[order[j, place], j] = first
            reported[j] = place + 1


@inner
def fill_alias(parts: np.ndarray, full: int, stack: np.ndarray, table: np.ndarray) -> None:
    """
    Alias table of whole parts that sum to `full` times their number: Walker (1977), doi:10.1145/355744.355749.

    The upper half of entry k is a limit, the lower half another answer: the tail of a word below the limit means k, any
    other that. `parts` is used up; `stack` is scratch.
    """
    small, large = 0, parts.size
    for k in range(parts.size):
        if parts[k] < full:
            stack[small] = k
            small += 1
        else:
            large -= 1
            stack[large] = k
    giver = stack[large]
    left = parts[giver]
    while small > 0:
        small -= 1
        k = stack[small]
        table[k] = (np.uint64(parts[k] * parts.size) << np.uint64(32)) | np.uint64(giver)
        left -= full - parts[k]
        if left < full:
            parts[giver], stack[small] = left, giver
            small += 1
            large += 1
            giver = stack[large]
            left = parts[giver]
    for place in range(large, parts.size):
        table[stack[place]] = np.uint64(stack[place])


@compiled
def fill_laws(
    ladders: np.ndarray,
    reported: np.ndarray,
    thresholds: np.ndarray,
    deviations: np.ndarray,
    fixed: np.ndarray,
    tables: np.ndarray,
    scratch: np.ndarray,
) -> None:
    """
    How many plants each threshold lets through: `fixed` (3, m), or -1 and the next alias table where there is noise.

    `ladders` (m, n_plants) ascend, the first `reported` are numbers; `thresholds` and `deviations` (m, 3); `tables`
    (n_noisy, n_columns), `scratch` (2, n_columns).
    """
    parts, stack = scratch[0], scratch[1]
    law = 0
    for level in range(3):
        for j in range(thresholds.shape[0]):
            limit, deviation = thresholds[j, level], deviations[j, level]
            if deviation > 0.0:
                fixed[level, j] = -1
                parts[:] = 0
                below = np.int64(0)
                for place in range(reported[j]):
                    word = normal_words((ladders[j, place] - limit) / deviation)
                    parts[place] = word - below
                    below = word
                parts[reported[j]] = np.int64(_WORDS) - below
                fill_alias(parts, np.int64(_WORDS) // parts.size, stack, tables[law])
                law += 1
            else:
                count = 0
                while count < reported[j] and ladders[j, count] <= limit:
                    count += 1
                fixed[level, j] = count
