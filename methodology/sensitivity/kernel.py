"""The compiled count: ranks, cuts and weights of many draws give the level of every plant in each of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from methodology.sensitivity.compiling import compiled, inner

LANES = 512
"""Draws side by side: the innermost axis of every block, so that one instruction serves many draws."""
GRID = 32_000
"""Sum of the weights of one draw on the 16-bit grid; what rounding could turn is decided in float64."""
_FLOAT_ROOM = 1e-6
"""More than float64 can lose on the grid while weights are summed."""


class Grid(NamedTuple):
    """
    Weights of one block of draws on both scales, and the weight a plant may fail on the 16-bit one.

    `weights` and `short` (m, LANES). Failing at most `sure` (3, LANES) surely reaches the cut of a level, failing more
    than `open` (3, LANES) surely does not, in between float64 decides; `most` (3,) is the largest `open`.
    """

    weights: np.ndarray
    short: np.ndarray
    sure: np.ndarray
    open: np.ndarray
    most: np.ndarray


class Rule(NamedTuple):
    """
    What a level asks for.

    `shares` (3,) are the cuts as shares of 1, `spare` (3,) what may be failed on the grid; `scored` (3,) says where a
    score decides. `must[bounds[k]:bounds[k + 1]]` are the indicators that have to reach level k = 0, 1, 2; slice 3
    those that have to reach II for Level I. `nested`: the cut of I is at least that of II, so I implies II.
    """

    shares: np.ndarray
    spare: np.ndarray
    scored: np.ndarray
    must: np.ndarray
    bounds: np.ndarray
    nested: bool


class Weighting(NamedTuple):
    """
    Weights, fixed or drawn, and the patterns of applicability they are redistributed over.

    Plants `order[starts[k]:starts[k + 1]]` share pattern k. `drawn` (blocks, m, LANES) has no blocks when weights are
    fixed: then `parts` (n_patterns, m) holds them in whole numbers and `wholes` (n_patterns, 3) the sums needed.
    """

    drawn: np.ndarray
    groups: np.ndarray
    masks: np.ndarray
    parts: np.ndarray
    wholes: np.ndarray
    order: np.ndarray
    starts: np.ndarray


class Tally(NamedTuple):
    """
    Sums over draws: `counts` (n_plants, 3), `totals` (blocks, 3, LANES) plants at each level in each draw.

    `centres` (n_plants, 3, m) sums the drawn weights `base` (blocks, m, LANES) at each level; both may be empty.
    """

    counts: np.ndarray
    totals: np.ndarray
    centres: np.ndarray
    base: np.ndarray


def empty_grid(m: int) -> Grid:
    """A grid for `m` indicators, to be filled block by block."""
    return Grid(
        np.empty((m, LANES)),
        np.empty((m, LANES), np.int16),
        np.empty((3, LANES), np.int16),
        np.empty((3, LANES), np.int16),
        np.empty(3, np.int64),
    )


@inner
def redistribute(drawn: np.ndarray, groups: np.ndarray, mask: np.ndarray, weights: np.ndarray) -> None:
    """Drawn weights of one block over what applies: w_ij / applicable w_ij of the group * weight of the group."""
    whole = np.zeros((groups.size, LANES))
    applying = np.zeros((groups.size, LANES))
    for j in range(groups.size):
        group = groups[j]
        applies = 1.0 if mask[j] else 0.0
        for lane in range(LANES):
            whole[group, lane] += drawn[j, lane]
            applying[group, lane] += drawn[j, lane] * applies
    for j in range(groups.size):
        group = groups[j]
        applies = 1.0 if mask[j] else 0.0
        for lane in range(LANES):
            part = applying[group, lane]
            share = whole[group, lane] / part if part > 0.0 else 0.0
            weights[j, lane] = drawn[j, lane] * applies * share


@inner
def to_grid(weights: np.ndarray, rule: Rule, grid: Grid) -> None:
    """Put the weights of one block on the 16-bit grid, and note what their rounding leaves open; see `Grid`."""
    total = np.zeros(LANES)
    up = np.zeros(LANES)
    down = np.zeros(LANES)
    for j in range(weights.shape[0]):
        for lane in range(LANES):
            total[lane] += weights[j, lane]
    for j in range(weights.shape[0]):
        for lane in range(LANES):
            fine = weights[j, lane] * (GRID / total[lane])
            coarse = math.floor(fine + 0.5)
            grid.short[j, lane] = np.int16(coarse)
            up[lane] += max(coarse - fine, 0.0)
            down[lane] += max(fine - coarse, 0.0)
    for level in range(3):
        most = 0.0
        for lane in range(LANES):
            room = _FLOAT_ROOM if up[lane] + down[lane] > 0.0 else 0.0
            bound = math.floor(rule.spare[level] + up[lane] + room)
            grid.sure[level, lane] = np.int16(math.floor(rule.spare[level] - down[lane] - room))
            grid.open[level, lane] = np.int16(bound)
            most = max(most, bound)
        grid.most[level] = np.int64(most)


@inner
def copy_lanes(source: np.ndarray, target: np.ndarray) -> None:
    """Copy one value per lane."""
    for lane in range(LANES):
        target[lane] = source[lane]


@inner
def clear_lanes(target: np.ndarray) -> None:
    """Set every lane to 0."""
    for lane in range(LANES):
        target[lane] = 0


@inner
def reach_all(ranks: np.ndarray, cuts: np.ndarray, chosen: np.ndarray, free: np.ndarray) -> bool:
    """
    Clear the lanes of `free` in which one plant fails one of the `chosen` indicators.

    Returns False as soon as no lane is left, which is where most plants fail a level.
    """
    for place in range(chosen.size):
        j = chosen[place]
        rank = ranks[j]
        left = np.int16(0)
        for lane in range(LANES):
            was = free[lane]  # loaded outside the choice: a load that may not happen is not vectorised
            still = was if cuts[j, lane] > rank else np.int16(0)
            free[lane] = still
            left = max(left, still)
        if left == 0:
            return False
    return True


@inner
def add_failures(
    ranks: np.ndarray, cuts: np.ndarray, short: np.ndarray, most: int, failed: np.ndarray
) -> bool:
    """
    Sum the weights on the grid of what one plant fails, per lane.

    Returns False as soon as every lane has failed more than `most`: most plants are decided by few indicators.
    """
    for lane in range(LANES):
        failed[lane] = 0
    for j in range(ranks.size):
        rank = ranks[j]
        for lane in range(LANES):
            weight = short[j, lane]
            failed[lane] += np.int16(0) if cuts[j, lane] > rank else weight
        if j & 3 == 3:
            least = failed[0]
            for lane in range(LANES):
                least = min(least, failed[lane])
            if least > most:
                return False
    return True


@inner
def settle(
    ranks: np.ndarray, cuts: np.ndarray, weights: np.ndarray, share: float, whole: float, lane: int
) -> bool:
    """Decide one near-cut cell in float64: weight reached against the cut, stated in whole numbers if `whole` > 0."""
    total = 0.0
    got = 0.0
    for j in range(ranks.size):
        total += weights[j, lane]
        if cuts[j, lane] > ranks[j]:
            got += weights[j, lane]
    return got >= (whole if whole > 0.0 else share * total)


@inner
def score_level(
    ranks: np.ndarray,
    cuts: np.ndarray,
    grid: Grid,
    rule: Rule,
    level: int,
    whole: float,
    free: np.ndarray,
    flags: np.ndarray,
) -> bool:
    """Set `flags` to 1 in the lanes that are `free` and where one plant's score reaches the cut; False if none does."""
    if not add_failures(ranks, cuts, grid.short, grid.most[level], flags):
        return False
    unsettled = np.int16(0)
    some = np.int16(0)
    for lane in range(LANES):
        was = free[lane]
        enough = was if flags[lane] <= grid.sure[level, lane] else np.int16(0)
        rest = np.int16(was - enough)
        near = rest if flags[lane] <= grid.open[level, lane] else np.int16(0)
        flags[lane] = enough
        free[lane] = near
        some = max(some, enough)
        unsettled = max(unsettled, np.int16(near))
    if unsettled:
        for lane in range(LANES):
            if free[lane] and settle(ranks, cuts, grid.weights, rule.shares[level], whole, lane):
                flags[lane] = 1
    return bool(some > 0 or unsettled > 0)


@inner
def hold_level(
    ranks: np.ndarray,
    cuts: np.ndarray,
    grid: Grid,
    rule: Rule,
    level: int,
    whole: float,
    free: np.ndarray,
    flags: np.ndarray,
) -> bool:
    """
    Set `flags` to 1 in the lanes that are `free` and where the condition of `level` holds.

    Returns False, and leaves `flags` open, where it holds in no lane. `cuts` (3, m, LANES).
    """
    must, bounds = rule.must, rule.bounds
    if not reach_all(ranks, cuts[level], must[bounds[level] : bounds[level + 1]], free):
        return False
    if level == 0 and not reach_all(ranks, cuts[1], must[bounds[3] : bounds[4]], free):
        return False
    if rule.scored[level]:
        return score_level(ranks, cuts[level], grid, rule, level, whole, free, flags)
    for lane in range(LANES):
        flags[lane] = free[lane]
    return True


@inner
def tally_plant(plant: int, block: int, flags: np.ndarray, tally: Tally) -> None:
    """Add one plant's level in every lane: the best level whose condition holds."""
    for lane in range(LANES):
        flags[2, lane] = flags[2, lane] & ~(flags[0, lane] | flags[1, lane])
        flags[1, lane] = flags[1, lane] & ~flags[0, lane]
    for level in range(3):
        found = np.int16(0)
        for lane in range(LANES):
            found = np.int16(found + flags[level, lane])
            tally.totals[block, level, lane] += flags[level, lane]
        tally.counts[plant, level] += found
        if found and tally.centres.size:
            add_centres(flags[level], tally.base[block], tally.centres[plant, level])


@inner
def add_centres(flags: np.ndarray, base: np.ndarray, centres: np.ndarray) -> None:
    """Add the drawn weights of the flagged lanes to `centres` (m,)."""
    for j in range(base.shape[0]):
        total = np.int32(0)
        for lane in range(LANES):
            total = np.int32(total + (np.int32(base[j, lane]) if flags[lane] else np.int32(0)))
        centres[j] += total


@inner
def count_block(
    ranks: np.ndarray,
    plants: np.ndarray,
    cuts: np.ndarray,
    grid: Grid,
    rule: Rule,
    wholes: np.ndarray,
    live: int,
    block: int,
    tally: Tally,
) -> None:
    """Decide the level of `plants` in the first `live` draws of one block; `cuts` (3, m, LANES)."""
    flags = np.empty((3, LANES), np.int16)
    free = np.empty(LANES, np.int16)
    alive = np.zeros(LANES, np.int16)
    for lane in range(live):
        alive[lane] = 1
    for place in range(plants.size):
        row = ranks[plants[place]]
        some = False
        two = True
        for level in (1, 0, 2):  # a loop, because every call written out is compiled anew
            inside = level == 0 and rule.nested
            copy_lanes(flags[1] if inside else alive, free)
            held = (two or not inside) and hold_level(
                row, cuts, grid, rule, level, wholes[level], free, flags[level]
            )
            if not held:
                clear_lanes(flags[level])
            two = held if level == 1 else two
            some |= held
        if some:
            tally_plant(plants[place], block, flags, tally)


@inner
def weigh_block(scheme: Weighting, pattern: int, block: int, rule: Rule, grid: Grid) -> None:
    """Effective weights of one pattern in one block: whole-number parts, or drawn weights redistributed."""
    if scheme.drawn.size:
        redistribute(scheme.drawn[block], scheme.groups, scheme.masks[pattern], grid.weights)
    else:
        for j in range(scheme.groups.size):
            for lane in range(LANES):
                grid.weights[j, lane] = scheme.parts[pattern, j]
    to_grid(grid.weights, rule, grid)


@compiled
def count_chunk(
    ranks: np.ndarray, cuts: np.ndarray, scheme: Weighting, grid: Grid, rule: Rule, live: int, tally: Tally
) -> None:
    """Count levels over the first `live` draws of one chunk, pattern by pattern; `cuts` (blocks, 3, m, LANES)."""
    for pattern in range(scheme.starts.size - 1):
        plants = scheme.order[scheme.starts[pattern] : scheme.starts[pattern + 1]]
        for block in range(cuts.shape[0]):
            if block * LANES >= live:
                break
            if block == 0 or scheme.drawn.size:
                weigh_block(scheme, pattern, block, rule, grid)
            count_block(
                ranks, plants, cuts[block], grid, rule, scheme.wholes[pattern],
                min(live - block * LANES, LANES), block, tally,
            )  # fmt: skip


@compiled
def count_reached(
    reached: np.ndarray,
    scheme: Weighting,
    pattern: int,
    grid: Grid,
    rule: Rule,
    live: int,
    block: int,
    tally: Tally,
) -> None:
    """Count levels of the plants of one pattern in one block from what they reach, (n_plants, 3, m, LANES)."""
    first = scheme.starts[pattern]
    ranks = np.zeros((tally.counts.shape[0], reached.shape[2]), np.int16)
    weigh_block(scheme, pattern, block, rule, grid)
    for place in range(reached.shape[0]):
        plants = scheme.order[first + place : first + place + 1]
        count_block(ranks, plants, reached[place], grid, rule, scheme.wholes[pattern], live, block, tally)
