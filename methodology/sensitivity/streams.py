"""Compiled streams of random numbers: words of SFC64 become weights, thresholds and measured values."""

from __future__ import annotations

import math

import numpy as np

from methodology.sensitivity.compiling import compiled, inner

_LAYERS = 256
_TAIL = 3.6541528853610088
_UNIT = 2.0**-53


def _ziggurat() -> tuple[np.ndarray, np.ndarray]:
    """Right edges and densities of 256 layers of equal area under exp(-x**2 / 2)."""
    area = _TAIL * math.exp(-0.5 * _TAIL**2) + math.sqrt(math.pi / 2) * math.erfc(_TAIL / math.sqrt(2))
    edges = [area / math.exp(-0.5 * _TAIL**2), _TAIL]
    for _ in range(2, _LAYERS):
        edges.append(math.sqrt(-2 * math.log(area / edges[-1] + math.exp(-0.5 * edges[-1] ** 2))))
    edges.append(0.0)
    return np.array(edges), np.exp(-0.5 * np.array(edges) ** 2)


_EDGES, _DENSITIES = _ziggurat()


def state_of(seed: np.random.SeedSequence) -> np.ndarray:
    """Where numpy's SFC64 starts from `seed`; uint64 (4,)."""
    return np.random.SFC64(seed).state["state"]["state"].copy()


@compiled
def fill_words(state: np.ndarray, out: np.ndarray) -> None:
    """Words of SFC64 into `out` (1-d uint64), bit for bit numpy's; `state` moves on."""
    a, b, c, counter = state[0], state[1], state[2], state[3]
    for i in range(out.size):
        word = a + b + counter
        counter += np.uint64(1)
        a = b ^ (b >> np.uint64(11))
        b = c + (c << np.uint64(3))
        c = ((c << np.uint64(24)) | (c >> np.uint64(40))) + word
        out[i] = word
    state[0], state[1], state[2], state[3] = a, b, c, counter


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


@compiled
def next_word(state: np.ndarray) -> np.uint64:
    """One word more, as `fill_words`."""
    word = state[0] + state[1] + state[3]
    state[3] += np.uint64(1)
    state[0] = state[1] ^ (state[1] >> np.uint64(11))
    state[1] = state[2] + (state[2] << np.uint64(3))
    state[2] = ((state[2] << np.uint64(24)) | (state[2] >> np.uint64(40))) + word
    return word


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
                beyond = -math.log(uniform_of(next_word(state))) / _TAIL
                if -2.0 * math.log(uniform_of(next_word(state))) > beyond * beyond:
                    return _TAIL + beyond if x > 0 else -_TAIL - beyond
        height = _DENSITIES[layer] + uniform_of(next_word(state)) * (
            _DENSITIES[layer + 1] - _DENSITIES[layer]
        )
        if height < math.exp(-0.5 * x * x):
            return x
        word = next_word(state)


@compiled
def fill_normal(state: np.ndarray, out: np.ndarray) -> None:
    """Standard normals into `out` (1-d): ziggurat of Marsaglia and Tsang (2000), doi:10.18637/jss.v005.i08."""
    words = np.empty(out.size, np.uint64)
    fill_words(state, words)
    for i in range(out.size):
        x = step_of(words[i])
        core = _EDGES[np.int64(words[i] & np.uint64(255)) + 1]
        out[i] = x if abs(x) < core else rare_normal(state, words[i])


@inner
def rare_gamma(state: np.ndarray, d: float, c: float, word: np.uint64, u: float) -> float:
    """Finish a gamma whose first `word` and uniform `u` were not accepted at once."""
    x = step_of(word)
    if not abs(x) < _EDGES[np.int64(word & np.uint64(255)) + 1]:
        x = rare_normal(state, word)
    while True:
        v = (1.0 + c * x) ** 3
        if v > 0.0 and math.log(u) < 0.5 * x * x + d * (1.0 - v + math.log(v)):
            return d * v
        x = rare_normal(state, next_word(state))
        u = uniform_of(next_word(state))


@compiled
def fill_gamma(state: np.ndarray, shape: float, out: np.ndarray) -> None:
    """
    Standard gammas of one shape >= 1 into `out`, 1-d.

    Marsaglia and Tsang (2000), doi:10.1145/358407.358414: d v, v = (1 + c x)**3, d = shape - 1/3, c = (9 d)**-1/2.
    They accept at once if u < 1 - 0.0331 x**4. With y = c x the exact test is log u < -3 d (y**4/4 - y**5/5 + ...),
    at least -1.7 * 3 d y**4/4 for y >= -1/2: accepting u < 1 - 1.7 x**4 / (108 d) there is as safe, and rarer to fail.
    """
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    tight = 1.7 / (108.0 * d)
    words = np.empty(2 * out.size, np.uint64)
    fill_words(state, words)
    for i in range(out.size):
        x = step_of(words[i])
        core = abs(x) < _EDGES[np.int64(words[i] & np.uint64(255)) + 1]
        root = 1.0 + c * x
        slope = tight if root >= 0.5 else 0.0331
        quick = core & (root > 0.0) & (uniform_of(words[out.size + i]) < 1.0 - slope * (x * x) * (x * x))
        out[i] = d * root * root * root if quick else -1.0
    for i in range(out.size):
        if out[i] < 0.0:
            out[i] = rare_gamma(state, d, c, words[i], uniform_of(words[out.size + i]))


@compiled
def fill_uniform(state: np.ndarray, out: np.ndarray) -> None:
    """Uniforms on (0, 1) into `out`, 1-d."""
    words = np.empty(out.size, np.uint64)
    fill_words(state, words)
    for i in range(out.size):
        out[i] = uniform_of(words[i])


@compiled
def fill_cuts(
    state: np.ndarray,
    fixed: np.ndarray,
    steps: np.ndarray,
    guide: np.ndarray,
    noisy: np.ndarray,
    cuts: np.ndarray,
) -> None:
    """Ranks let through by each threshold in each draw, cumulative over levels; `cuts` (blocks, 3, m, LANES)."""
    lanes = cuts.shape[3]
    for level in range(3):
        for j in range(fixed.shape[1]):
            for block in range(cuts.shape[0]):
                for lane in range(lanes):
                    cuts[block, level, j, lane] = fixed[level, j]
    slices = np.uint64(guide.shape[1] - 1)
    words = np.empty(cuts.shape[0] * lanes // 2, np.uint64)
    for row in range(noisy.shape[0]):
        level, j = noisy[row]
        fill_words(state, words)
        first = guide[row, 0]
        for block in range(cuts.shape[0]):
            for lane in range(lanes):
                draw = block * lanes + lane
                word = (words[draw >> 1] >> np.uint64(32 * (draw & 1))) & np.uint64(0xFFFFFFFF)
                part = np.int64((word * slices) >> np.uint64(32))
                k = guide[row, part]
                while k < guide[row, part + 1] and steps[k] <= word:
                    k += 1
                cuts[block, level, j, lane] = k - first
    for block in range(cuts.shape[0]):
        for level in range(1, 3):
            for j in range(fixed.shape[1]):
                for lane in range(lanes):
                    stricter = cuts[block, level - 1, j, lane]
                    if stricter > cuts[block, level, j, lane]:
                        cuts[block, level, j, lane] = stricter


@compiled
def fill_thresholds(state: np.ndarray, limits: np.ndarray, deviations: np.ndarray, out: np.ndarray) -> None:
    """Thresholds of each draw, cumulative over levels: `limits` (m, 3), `out` (blocks, 3, m, LANES); NaN stays NaN."""
    lanes = out.shape[3]
    noise = np.zeros(lanes)
    for block in range(out.shape[0]):
        for j in range(limits.shape[0]):
            for level in range(3):
                if deviations[j, level] > 0.0:
                    fill_normal(state, noise)
                for lane in range(lanes):
                    drawn = limits[j, level]
                    if deviations[j, level] > 0.0:
                        drawn += deviations[j, level] * noise[lane]
                    stricter = out[block, level - 1, j, lane] if level else drawn
                    out[block, level, j, lane] = (
                        drawn if not stricter > drawn and not math.isnan(drawn) else stricter
                    )


@compiled
def fill_reached(
    state: np.ndarray,
    values: np.ndarray,
    deviations: np.ndarray,
    applicable: np.ndarray,
    thresholds: np.ndarray,
    out: np.ndarray,
) -> None:
    """
    Whether plants, measured anew in each draw of one block, reach each threshold (1) or not (0).

    `values` and its kin (n_plants, m), `thresholds` (3, m, LANES), `out` (n_plants, 3, m, LANES).
    """
    lanes = out.shape[3]
    noise = np.zeros(lanes)
    for plant in range(values.shape[0]):
        for j in range(values.shape[1]):
            if deviations[plant, j] > 0.0:
                fill_normal(state, noise)
            else:
                for lane in range(lanes):
                    noise[lane] = 0.0
            applies = applicable[plant, j]
            for level in range(3):
                for lane in range(lanes):
                    measured = values[plant, j] + deviations[plant, j] * noise[lane]
                    out[plant, level, j, lane] = (
                        1 if not applies or measured <= thresholds[level, j, lane] else 0
                    )


def draw_weights(state: np.ndarray, shapes: np.ndarray | None, shape: tuple[int, int, int]) -> np.ndarray:
    """
    Gammas whose shares of their sum are Dirichlet; `shape` is (blocks, m, lanes), without blocks if `shapes` is None.

    Notes
    -----
    A gamma of shape a < 1 is one of shape a + 1 times u**(1 / a), one of shape 1 is -log(u): the logarithms of whole
    arrays are several times faster than one by one.
    """
    if shapes is None:
        return np.zeros((0, *shape[1:]))
    drawn = np.zeros(shape)
    row = np.empty(shape[0] * shape[2])
    logs = np.empty(shape[0] * shape[2])
    for j in np.flatnonzero(shapes > 0):
        if shapes[j] <= 1:
            fill_uniform(state, logs)
            np.log(logs, out=logs)
        if shapes[j] == 1:
            np.negative(logs, out=row)
        else:
            fill_gamma(state, shapes[j] + (shapes[j] < 1), row)
        if shapes[j] < 1:
            row *= np.exp(logs / shapes[j])
        drawn[:, j] = row.reshape(shape[0], shape[2])
    return drawn
