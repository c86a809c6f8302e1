"""Compiled streams of random numbers: words of SFC64 become weights, thresholds and measured values."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from methodology.sensitivity.compiling import compiled, inner

WIDE = 32
"""Generators side by side, so that one instruction serves several of them."""
_ROUNDS = 12
_LAYERS = 256
_TAIL = 3.6541528853610088
_AREA = 0.0049286732339746545
"""Area of each layer of the ziggurat under exp(-x**2 / 2), the first with its tail."""
_UNIT = 2.0**-53
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_LN2_HIGH, _LN2_LOW, _LOG2_E = 0.693147180369123816490, 1.90821492927058770002e-10, 1.4426950408889634
_SQRT_HALF = 0.7071067811865476
_EXPONENTIAL = np.array([1.0 / math.factorial(k) for k in range(13, -1, -1)])
_LOGARITHM = np.array([1.0 / k for k in range(23, 0, -2)])
"""Taylor series of exp(x) and of artanh(x) / x, the last coefficient first."""


class Streams(NamedTuple):
    """
    Generators of one chunk of draws.

    `wide` (4 * WIDE,) are the states of those side by side, `spare` (4,) of the one that finishes rare cases, `words`
    (2 * n_draws,) holds what was drawn last.
    """

    wide: np.ndarray
    spare: np.ndarray
    words: np.ndarray


class CutLaws(NamedTuple):
    """
    Alias tables of the number of plants that thresholds let through.

    `fixed` (3, m) where there is no noise, -1 where there is; `noisy` (n, 2) are level and indicator of each of the
    `tables` (n, n_columns), whose columns are described in `alias.py`.
    """

    fixed: np.ndarray
    noisy: np.ndarray
    tables: np.ndarray


def _exponential(x: float) -> float:
    """Exponential function in basic operations, which every processor rounds alike."""
    if x < -745.2:
        return 0.0
    power = math.floor(x * _LOG2_E + 0.5)
    rest = (x - power * _LN2_HIGH) - power * _LN2_LOW
    total = 0.0
    for k in range(_EXPONENTIAL.size):
        total = _EXPONENTIAL[k] + total * rest
    return math.ldexp(total, int(power))


def _logarithm(x: float) -> float:
    """Natural logarithm of a positive number in basic operations, which every processor rounds alike."""
    part, power = math.frexp(x)
    if part < _SQRT_HALF:
        part, power = 2.0 * part, power - 1
    ratio = (part - 1.0) / (part + 1.0)
    square = ratio * ratio
    total = 0.0
    for k in range(_LOGARITHM.size):
        total = _LOGARITHM[k] + total * square
    return power * _LN2_HIGH + (power * _LN2_LOW + 2.0 * ratio * total)


exponential, logarithm = inner(_exponential), inner(_logarithm)


def _ziggurat() -> tuple[np.ndarray, np.ndarray]:
    """Right edges and densities of 256 layers of equal area under exp(-x**2 / 2)."""
    edges = [_AREA / _exponential(-0.5 * _TAIL**2), _TAIL]
    for _ in range(2, _LAYERS):
        height = _AREA / edges[-1] + _exponential(-0.5 * edges[-1] ** 2)
        edges.append(math.sqrt(-2 * _logarithm(height)))
    edges.append(0.0)
    return np.array(edges), np.array([_exponential(-0.5 * edge**2) for edge in edges])


_EDGES, _DENSITIES = _ziggurat()


def key_of(seed: np.random.SeedSequence) -> np.ndarray:
    """Three words from which the generators of every chunk start; uint64 (3,)."""
    return seed.generate_state(3, np.uint64)


def empty_streams(draws: int) -> Streams:
    """Room for the generators of a chunk of `draws`, to be started chunk by chunk."""
    return Streams(np.zeros(4 * WIDE, np.uint64), np.zeros(4, np.uint64), np.zeros(2 * draws, np.uint64))


@inner
def advance(state: np.ndarray, words: np.ndarray) -> None:
    """Words of the generators in `state` (4 * WIDE,) into `words`, a multiple of WIDE, in turn."""
    for first in range(0, words.size, WIDE):
        for g in range(WIDE):
            b, c, counter = state[g + WIDE], state[g + 2 * WIDE], state[g + 3 * WIDE]
            word = state[g] + b + counter
            state[g] = b ^ (b >> np.uint64(11))
            state[g + WIDE] = c + (c << np.uint64(3))
            state[g + 2 * WIDE] = ((c << np.uint64(24)) | (c >> np.uint64(40))) + word
            state[g + 3 * WIDE] = counter + np.uint64(1)
            words[first + g] = word


@inner
def next_word(state: np.ndarray) -> np.uint64:
    """One word more from one generator, state (4,)."""
    word = state[0] + state[1] + state[3]
    state[3] += np.uint64(1)
    state[0] = state[1] ^ (state[1] >> np.uint64(11))
    state[1] = state[2] + (state[2] << np.uint64(3))
    state[2] = ((state[2] << np.uint64(24)) | (state[2] >> np.uint64(40))) + word
    return word


@inner
def start(key: np.ndarray, chunk: int, streams: Streams) -> None:
    """
    Start the generators of one chunk: numpy's SFC64, its third word shifted by the number of the generator.

    Each starts as numpy seeds it, counter at 1, and its first 12 words are thrown away.
    """
    number = np.uint64(chunk) * np.uint64(2 * WIDE)
    for g in range(WIDE):
        streams.wide[g], streams.wide[g + WIDE] = key[0], key[1]
        streams.wide[g + 2 * WIDE] = key[2] + number + np.uint64(g)
        streams.wide[g + 3 * WIDE] = np.uint64(1)
    streams.spare[0], streams.spare[1] = key[0], key[1]
    streams.spare[2], streams.spare[3] = key[2] + number + np.uint64(WIDE), np.uint64(1)
    advance(streams.wide, streams.words[: _ROUNDS * WIDE])
    for _ in range(_ROUNDS):
        next_word(streams.spare)


@inner
def uniform_of(word: np.uint64) -> float:
    """Uniform on the open interval (0, 1)."""
    return (np.float64(np.int64(word >> np.uint64(11))) + 0.5) * _UNIT


@inner
def step_of(word: np.uint64) -> float:
    """Point of a layer of the ziggurat: uniform over its width, on both sides of 0."""
    return (np.float64(np.int64(word >> np.uint64(11))) * (2 * _UNIT) - 1.0) * _EDGES[
        np.int64(word & np.uint64(255))
    ]


@inner
def rare_normal(state: np.ndarray, word: np.uint64) -> float:
    """Finish a normal whose `word` fell outside the core of its layer (1 % of them)."""
    while True:
        layer = np.int64(word & np.uint64(255))
        x = step_of(word)
        if abs(x) < _EDGES[layer + 1]:
            return x
        if layer == 0:
            while True:
                beyond = -logarithm(uniform_of(next_word(state))) / _TAIL
                if -2.0 * logarithm(uniform_of(next_word(state))) > beyond * beyond:
                    return _TAIL + beyond if x > 0 else -_TAIL - beyond
        height = _DENSITIES[layer] + uniform_of(next_word(state)) * (
            _DENSITIES[layer + 1] - _DENSITIES[layer]
        )
        if height < exponential(-0.5 * x * x):
            return x
        word = next_word(state)


@inner
def fill_normal(streams: Streams, out: np.ndarray) -> None:
    """Standard normals into `out` (1-d): ziggurat of Marsaglia and Tsang (2000), doi:10.18637/jss.v005.i08."""
    words = streams.words
    advance(streams.wide, words[: out.size])
    for i in range(out.size):
        x = step_of(words[i])
        core = _EDGES[np.int64(words[i] & np.uint64(255)) + 1]
        out[i] = x if abs(x) < core else rare_normal(streams.spare, words[i])


@inner
def surely_gamma(y: float, u: float, d: float) -> bool:
    """Whether a normal gives a gamma for certain; see `draw_gammas`."""
    return (y >= -0.5) & (u < 1.0 - 3.0 * d * (y * y) * (y * y) * (0.25 - 0.2 * y + y * y / 3.0))


@inner
def surely_none(y: float, u: float, d: float) -> bool:
    """Whether a normal gives no gamma for certain, with room for what the exact test rounds; see `draw_gammas`."""
    least = 3.0 * d * (y * y) * (y * y) * (0.25 - 0.2 * y + y * y / 6.0 - y * y * y / 7.0)
    return (least > 0.0) & (u > 1.0 - least + 0.5 * least * least + 1e-7)


@inner
def rare_gamma(state: np.ndarray, d: float, c: float, word: np.uint64, u: float) -> float:
    """Finish a gamma whose first `word` and uniform `u` were not accepted at once."""
    x = step_of(word)
    if not abs(x) < _EDGES[np.int64(word & np.uint64(255)) + 1]:
        x = rare_normal(state, word)
    while True:
        root = 1.0 + c * x
        v = root * root * root
        if surely_gamma(c * x, u, d):
            return d * v
        if (
            v > 0.0
            and not surely_none(c * x, u, d)
            and logarithm(u) < 0.5 * x * x + d * (1.0 - v + logarithm(v))
        ):
            return d * v
        x = rare_normal(state, next_word(state))
        u = uniform_of(next_word(state))


@inner
def draw_gammas(words: np.ndarray, others: np.ndarray, d: float, c: float, out: np.ndarray) -> None:
    """
    Standard gammas of one shape >= 1 into `out`, 1-d, or -1 where that takes longer.

    Marsaglia and Tsang (2000), doi:10.1145/358407.358414: d v, v = (1 + c x)**3, d = shape - 1/3, c = (9 d)**-1/2.
    The exact test is u < exp(-h) with h = 3 d (integral from 0 to y = c x of t**3 / (1 + t)). For t >= -1/2 that is
    at most, in size, t**3 (1 - t + 2 t**2): so u < 1 - 3 d y**4 (1/4 - y/5 + y**2/3) accepts without a logarithm. It is
    at least t**3 (1 - t + t**2 - t**3): so u > 1 - l + l**2/2 rejects, l = 3 d y**4 (1/4 - y/5 + y**2/6 - y**3/7).
    """
    for i in range(out.size):
        x = step_of(words[i])
        core = abs(x) < _EDGES[np.int64(words[i] & np.uint64(255)) + 1]
        root = 1.0 + c * x
        quick = core & surely_gamma(c * x, uniform_of(others[i]), d)
        out[i] = d * root * root * root if quick else -1.0


@inner
def finish_gammas(
    state: np.ndarray, words: np.ndarray, others: np.ndarray, d: float, c: float, out: np.ndarray
) -> None:
    """Draw what `draw_gammas` left; a loop of its own, so that the other one is vectorised."""
    for i in range(out.size):
        if out[i] < 0.0:
            out[i] = rare_gamma(state, d, c, words[i], uniform_of(others[i]))


@compiled
def start_chunk(key: np.ndarray, chunk: int, parts: tuple, shapes: np.ndarray, weights: np.ndarray) -> None:
    """
    Start the streams of one chunk, and draw its weights: gammas whose shares of their sum are Dirichlet.

    `shapes` (m,), or (0,) to draw none; `weights` (m, n_draws). `parts` are `Streams` as a plain tuple, which crosses
    the border to compiled code a hundred times faster. A gamma of shape a < 1 is one of shape a + 1 times u**(1 / a).
    """
    streams = Streams(*parts)
    start(key, chunk, streams)
    words, others = streams.words[: weights.shape[1]], streams.words[weights.shape[1] :]
    for j in range(shapes.size):
        row, shape = weights[j], shapes[j]
        if shape <= 0.0:
            row[:] = 0.0
            continue
        d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
        c = 1.0 / math.sqrt(9.0 * d)
        advance(streams.wide, streams.words)
        draw_gammas(words, others, d, c, row)
        finish_gammas(streams.spare, words, others, d, c, row)
        if shape < 1.0:
            advance(streams.wide, words)
            for i in range(row.size):
                row[i] *= exponential(logarithm(uniform_of(words[i])) / shape)


@inner
def alias_of(word: np.uint64, table: np.ndarray) -> np.int64:
    """Draw from an alias table with one word of 32 bits: its head chooses a column, its tail one of two answers."""
    place = word * np.uint64(table.size)
    column = place >> _HALF
    entry = table[column]
    return np.int64(column) if (place & _LOW) < (entry >> _HALF) else np.int64(entry & _LOW)


@compiled
def fill_cuts(parts: tuple, tables: tuple, cuts: np.ndarray) -> None:
    """
    Plants let through by each threshold in each draw, cumulative over levels.

    `parts` and `tables` are `Streams` and `CutLaws` as plain tuples, `cuts` (3 m, n_draws).
    """
    streams, laws = Streams(*parts), CutLaws(*tables)
    m, half = cuts.shape[0] // 3, cuts.shape[1] // 2
    words = streams.words[:half]
    for row in range(3 * m):
        for lane in range(2 * half):
            cuts[row, lane] = laws.fixed[row // m, row % m]
    for n in range(laws.noisy.shape[0]):
        row, table = laws.noisy[n, 0] * m + laws.noisy[n, 1], laws.tables[n]
        advance(streams.wide, words)
        for i in range(half):
            cuts[row, i] = alias_of(words[i] & _LOW, table)
            cuts[row, half + i] = alias_of(words[i] >> _HALF, table)
    for row in range(m, 3 * m):
        for lane in range(2 * half):
            own, stricter = cuts[row, lane], cuts[row - m, lane]
            cuts[row, lane] = own if own >= stricter else stricter


@compiled
def fill_thresholds(parts: tuple, limits: np.ndarray, deviations: np.ndarray, out: np.ndarray) -> None:
    """Thresholds of each draw, cumulative over levels: `limits` (m, 3), `out` (3, m, n_draws); NaN stays NaN."""
    streams = Streams(*parts)
    for j in range(limits.shape[0]):
        for level in range(3):
            row, limit, deviation = out[level, j], limits[j, level], deviations[j, level]
            row[:] = 0.0
            if deviation > 0.0:
                fill_normal(streams, row)
            for lane in range(row.size):
                drawn = limit + deviation * row[lane]
                stricter = out[level - 1, j, lane] if level else drawn
                row[lane] = drawn if not stricter > drawn and not math.isnan(drawn) else stricter


@compiled
def fill_reached(
    parts: tuple,
    values: np.ndarray,
    deviations: np.ndarray,
    thresholds: np.ndarray,
    noise: np.ndarray,
    out: np.ndarray,
) -> None:
    """
    Whether one plant, measured anew in each draw, reaches each level (1) or not (0), cumulative over levels.

    `values` (3, m) are what each level judges, `deviations` (m,), `noise` (n_draws,) is scratch, `thresholds`
    (3, m, n_draws), `out` (3 m, n_draws).
    """
    streams = Streams(*parts)
    m = deviations.size
    for j in range(m):
        noise[:] = 0.0
        if deviations[j] > 0.0:
            fill_normal(streams, noise)
        for level in range(3):
            for lane in range(noise.size):
                measured = values[level, j] + deviations[j] * noise[lane]
                stricter = out[(level - 1) * m + j, lane] if level else 0
                out[level * m + j, lane] = 1 if measured <= thresholds[level, j, lane] else stricter
