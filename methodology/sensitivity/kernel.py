"""The compiled count: ranks, cuts and weights of many draws give the level of every plant in each of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from methodology.sensitivity.compiling import compiled, inner

LANES = 1024
"""Draws of one chunk, side by side: the innermost axis of every table, so that one instruction serves many draws."""
FULL = 65_535
"""Where sums of weights on the 16-bit grid stay: more than any level allows to be lost."""
PART = 64
"""Lanes that are searched at once for what is near the cut."""
_ALIVE, _FREE = 3, 4


class Rule(NamedTuple):
    """
    What a level asks for, as terms: which cut a rank is held against, and what is lost otherwise.

    Term k m + j is indicator j against its cut of level k; terms from 3 m on hold all against II once more, for Level I
    where it asks for that, and one more is never failed. Of each term: `columns` the indicator, `cuts` the row of the
    cuts, `costs` the row of the weights, of which row m is decisive by itself and row m + 1 nothing. `shares` (3,) are the scores asked for as shares of 1; `rest`: whether the last terms
    count; `nested`: the score of I is at least that of II, so I implies II.
    """

    columns: np.ndarray
    cuts: np.ndarray
    costs: np.ndarray
    shares: np.ndarray
    rest: bool
    nested: bool


class Weighting(NamedTuple):
    """
    Patterns of applicability, and the weights of each.

    Plants `order[starts[k]:starts[k + 1]]` share pattern k, in which `masks[k]` applies. `spare[k]` (3,) may be lost on
    the grid; where weights were `rounded` to it, float64 decides sums as near to that as rounding could move them.
    Where weights are fixed, `parts` (n_patterns, m) are whole numbers, `coarse` the same on the grid and `wholes`
    (n_patterns, 3) the sums needed; where they are drawn, `scale` takes a share of 1 to the grid.
    """

    groups: np.ndarray
    masks: np.ndarray
    order: np.ndarray
    starts: np.ndarray
    spare: np.ndarray
    rounded: np.ndarray
    parts: np.ndarray
    coarse: np.ndarray
    wholes: np.ndarray
    scale: float


class Scratch(NamedTuple):
    """
    Room that a thread uses again and again.

    `drawn` and `weights` (m, LANES) before and after redistribution, `coarse` (m + 2, LANES) on the grid: row m is FULL,
    row m + 1 is 0. `sums` (2, n_groups, LANES) and `scales` (LANES,) are what redistribution divides by. `lost` (LANES,)
    and `flags` (5, LANES) belong to one plant; `lowest` and `highest` (4 m,) are the range of each term's cut, and
    whoever has a rank above `bars` (4 m,) surely fails a decisive term; `cells` (2, n) list terms that surely fail or
    may, and those that may.
    """

    drawn: np.ndarray
    weights: np.ndarray
    coarse: np.ndarray
    sums: np.ndarray
    scales: np.ndarray
    lost: np.ndarray
    flags: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    bars: np.ndarray
    cells: np.ndarray


class Tally(NamedTuple):
    """
    Whole-number sums over draws.

    `counts` (n_plants, 3): draws at I, at I or II, at III. `totals` (3, LANES): the same of plants, draw by draw, in
    numbers as wide as ranks.
    `centres` (n_plants, 3, m): the weights `base` (m, LANES) summed over those draws; both may be empty.
    """

    counts: np.ndarray
    totals: np.ndarray
    centres: np.ndarray
    base: np.ndarray


def empty_scratch(m: int, groups: int, kind: np.dtype) -> Scratch:
    """Room for `m` indicators in `groups`, with ranks of `kind`."""
    coarse = np.zeros((m + 2, LANES), np.uint16)
    coarse[m] = FULL
    return Scratch(
        drawn=np.zeros((m, LANES)),
        weights=np.zeros((m, LANES)),
        coarse=coarse,
        sums=np.zeros((2, groups, LANES)),
        scales=np.zeros(LANES),
        lost=np.zeros(LANES, np.uint16),
        flags=np.zeros((5, LANES), np.int16),
        lowest=np.zeros(4 * m, kind),
        highest=np.zeros(4 * m, kind),
        bars=np.full(4 * m, np.iinfo(kind).max, kind),
        cells=np.zeros((2, 2 * m + 4), np.int32),
    )


@inner
def find_ranges(cuts: np.ndarray, rule: Rule, scratch: Scratch) -> None:
    """Smallest and largest cut of each term in this chunk, and where a rank is surely decisive."""
    m, lowest, highest, bars = cuts.shape[0] // 3, scratch.lowest, scratch.highest, scratch.bars
    for row in range(3 * m):
        low = high = cuts[row, 0]
        for lane in range(LANES):
            low, high = min(low, cuts[row, lane]), max(high, cuts[row, lane])
        lowest[row], highest[row] = low, high
    for j in range(m):
        lowest[3 * m + j], highest[3 * m + j] = lowest[m + j], highest[m + j]
    for term in range(4 * m):
        if rule.costs[term] == m:
            bars[term] = highest[term] - 1


@inner
def redistribute(groups: np.ndarray, mask: np.ndarray, scratch: Scratch) -> None:
    """Drawn weights over what applies: w_ij / applicable w_ij of the group * weight of the group."""
    drawn, sums, weights = scratch.drawn, scratch.sums, scratch.weights
    for group in range(sums.shape[1]):
        for lane in range(LANES):
            sums[0, group, lane] = sums[1, group, lane] = 0.0
    for j in range(groups.size):
        applies = 1.0 if mask[j] else 0.0
        for lane in range(LANES):
            sums[0, groups[j], lane] += drawn[j, lane]
            sums[1, groups[j], lane] += drawn[j, lane] * applies
    for group in range(sums.shape[1]):
        for lane in range(LANES):
            part = sums[1, group, lane]
            sums[0, group, lane] = sums[0, group, lane] / part if part > 0.0 else 0.0
    for j in range(groups.size):
        applies = 1.0 if mask[j] else 0.0
        for lane in range(LANES):
            weights[j, lane] = drawn[j, lane] * applies * sums[0, groups[j], lane]


@inner
def to_grid(scale: float, scratch: Scratch) -> None:
    """Put the weights on the 16-bit grid, where what may be lost has most of the room."""
    weights, coarse, scales = scratch.weights, scratch.coarse, scratch.scales
    for lane in range(LANES):
        scales[lane] = 0.0
    for j in range(weights.shape[0]):
        for lane in range(LANES):
            scales[lane] += weights[j, lane]
    for lane in range(LANES):
        scales[lane] = scale / scales[lane]
    for j in range(weights.shape[0]):
        for lane in range(LANES):
            fine = weights[j, lane] * scales[lane] + 0.5
            coarse[j, lane] = np.uint16(np.int32(fine if fine < FULL else FULL))


@inner
def weigh(scheme: Weighting, pattern: int, scratch: Scratch) -> None:
    """Effective weights of one pattern, also on the grid: whole-number parts, or drawn weights redistributed."""
    weights = scratch.weights
    if scheme.scale > 0.0:
        if np.all(scheme.masks[pattern]):
            for j in range(weights.shape[0]):
                for lane in range(LANES):
                    weights[j, lane] = scratch.drawn[j, lane]
        else:
            redistribute(scheme.groups, scheme.masks[pattern], scratch)
        to_grid(scheme.scale, scratch)
    else:
        for j in range(weights.shape[0]):
            part, coarse = scheme.parts[pattern, j], scheme.coarse[pattern, j]
            for lane in range(LANES):
                weights[j, lane] = part
                scratch.coarse[j, lane] = coarse


@inner
def list_terms(ranks: np.ndarray, plant: int, rule: Rule, part: int, found: int, opened: int, scratch: Scratch) -> tuple:
    """
    Append terms of one part of the rule to the cells: what one plant surely fails in this chunk, and what it may fail.

    Returns both numbers, the first as -1 where what surely fails is decisive.
    """
    m = ranks.shape[1]
    lowest, highest, bars, cells = scratch.lowest, scratch.highest, scratch.bars, scratch.cells
    stopped = False
    for j in range(m):
        stopped |= ranks[plant, j] > bars[part * m + j]
    if stopped:
        return -1, 0
    for j in range(m):
        term, rank = part * m + j, ranks[plant, j]
        cells[0, found], cells[1, opened] = term, term
        found += np.int64(rank >= highest[term])
        opened += np.int64(rank >= lowest[term]) - np.int64(rank >= highest[term])
    return found, opened


@inner
def list_cells(ranks: np.ndarray, plant: int, rule: Rule, level: int, scratch: Scratch) -> int:
    """
    List what one plant may fail of a level in this chunk, what it surely fails first.

    Returns the length of the list, filled up to fours with what costs nothing, or -1 where the plant is surely not at
    the level.
    """
    found, opened = list_terms(ranks, plant, rule, level, 0, 0, scratch)
    if found >= 0 and level == 0 and rule.rest:
        found, opened = list_terms(ranks, plant, rule, 3, found, opened, scratch)
    if found < 0:
        return -1
    for place in range(opened):
        scratch.cells[0, found + place] = scratch.cells[1, place]
    found += opened
    while found & 3:
        scratch.cells[0, found] = rule.cuts.size - 1
        found += 1
    return found


@inner
def lose(lost: np.uint16, weight: np.uint16, reached: bool) -> np.uint16:
    """Add a weight where it is not reached, and stay at FULL."""
    total = np.uint16(lost + (np.uint16(0) if reached else weight))
    return total if total >= lost else np.uint16(FULL)


@inner
def lose_four(ranks: np.ndarray, plant: int, cuts: np.ndarray, rule: Rule, at: int, scratch: Scratch) -> np.uint16:
    """Sum the weights of four cells of the list where they fail; the smallest sum over the lanes."""
    columns, cells, coarse, lost = rule.columns, scratch.cells, scratch.coarse, scratch.lost
    p, q, r, s = cells[0, at], cells[0, at + 1], cells[0, at + 2], cells[0, at + 3]
    a, b, c, d = rule.cuts[p], rule.cuts[q], rule.cuts[r], rule.cuts[s]
    e, f, g, h = rule.costs[p], rule.costs[q], rule.costs[r], rule.costs[s]
    i, j, k, l = ranks[plant, columns[p]], ranks[plant, columns[q]], ranks[plant, columns[r]], ranks[plant, columns[s]]
    least = np.uint16(FULL)
    for lane in range(LANES):
        total = lose(lost[lane], coarse[e, lane], cuts[a, lane] > i)
        total = lose(total, coarse[f, lane], cuts[b, lane] > j)
        total = lose(total, coarse[g, lane], cuts[c, lane] > k)
        total = lose(total, coarse[h, lane], cuts[d, lane] > l)
        lost[lane] = total
        least = min(least, total)
    return least


@inner
def settle(
    ranks: np.ndarray, plant: int, cuts: np.ndarray, weights: np.ndarray, level: int, share: float, whole: float, lane: int
) -> bool:
    """Decide one near-cut cell in float64: weight reached against the cut, stated in whole numbers if `whole` > 0."""
    m = weights.shape[0]
    total = 0.0
    got = 0.0
    for j in range(m):
        weight = weights[j, lane]
        total += weight
        got += weight if cuts[level * m + j, lane] > ranks[plant, j] else 0.0
    return got >= (whole if whole > 0.0 else share * total)


@inner
def sum_lost(ranks: np.ndarray, plant: int, cuts: np.ndarray, rule: Rule, count: int, most: int, scratch: Scratch) -> bool:
    """Sum what the cells of the list lose in every lane; False as soon as every lane has lost more than `most`."""
    for lane in range(LANES):
        scratch.lost[lane] = 0
    for at in range(0, count, 4):
        if lose_four(ranks, plant, cuts, rule, at, scratch) > most:
            return False
    return True


@inner
def settle_near(
    ranks: np.ndarray, plant: int, cuts: np.ndarray, level: int, source: int, share: float, whole: float,
    sure: np.uint16, most: np.uint16, scratch: Scratch, totals: np.ndarray,
) -> int:
    """Decide in float64 what the grid leaves open, part by part of the lanes; returns how many hold the level."""
    lost, flags = scratch.lost, scratch.flags
    held = 0
    for first in range(0, LANES, PART):
        near = False
        for lane in range(first, first + PART):
            near |= (flags[source, lane] > flags[level, lane]) & (lost[lane] <= most)
        for lane in range(first, first + PART if near else first):
            if flags[source, lane] > flags[level, lane] and lost[lane] <= most:
                if settle(ranks, plant, cuts, scratch.weights, level, share, whole, lane):
                    flags[level, lane] = 1
                    totals[level, lane] += 1
                    held += 1
    return held


@inner
def hold_level(
    ranks: np.ndarray, plant: int, cuts: np.ndarray, scheme: Weighting, pattern: int, rule: Rule, level: int, source: int, scratch: Scratch, totals: np.ndarray
) -> int:
    """
    Set row `level` of the flags to 1 where row `source` is and the condition of the level holds, and add it to `totals`.

    Returns the number of such lanes; where there are none the flags are left open.
    """
    count = list_cells(ranks, plant, rule, level, scratch)
    slack = count // 2 + 2 if scheme.rounded[pattern] else 0
    sure, most = np.uint16(max(scheme.spare[pattern, level] - slack, 0)), np.uint16(scheme.spare[pattern, level] + slack)
    if count < 0 or not sum_lost(ranks, plant, cuts, rule, count, most, scratch):
        return 0
    lost, flags = scratch.lost, scratch.flags
    held = np.int16(0)
    near = np.int16(0)
    for lane in range(LANES):
        still, gone = flags[source, lane], lost[lane]
        enough = still if gone <= sure else np.int16(0)
        rest = np.int16(still - enough)
        flags[level, lane] = enough
        totals[level, lane] += enough
        held = np.int16(held + enough)
        near = np.int16(near + (rest if gone <= most else np.int16(0)))
    if near:
        held += settle_near(ranks, plant, cuts, level, source, rule.shares[level], scheme.wholes[pattern, level], sure, most, scratch, totals)
    return held


@inner
def unite(scratch: Scratch, totals: np.ndarray, two: int) -> int:
    """Put Level I into the flags of I or II, where it is not part of them by itself; returns their number."""
    flags = scratch.flags
    union = 0
    for lane in range(LANES):
        before = flags[1, lane] if two else np.int16(0)
        after = before | flags[0, lane]
        totals[1, lane] += after - before
        flags[1, lane] = after
        union += after
    return union


@inner
def add_centres(flags: np.ndarray, level: int, base: np.ndarray, centres: np.ndarray, plant: int) -> None:
    """Add the weights of the flagged lanes to the centres of one plant and level."""
    for j in range(base.shape[0]):
        total = np.int32(0)
        for lane in range(LANES):
            total = np.int32(total + np.int32(base[j, lane]) * np.int32(flags[level, lane]))
        centres[plant, level, j] += total


@inner
def count_plant(
    ranks: np.ndarray, plant: int, cuts: np.ndarray, scheme: Weighting, pattern: int, rule: Rule, live: int, scratch: Scratch, tally: Tally
) -> None:
    """Decide one plant in every lane and add it to the sums: II, then I, then III where neither holds."""
    flags = scratch.flags
    held = np.int64(0)
    one, two = np.int64(0), np.int64(0)
    for level in (1, 0, 2):
        source = 1 if level == 0 and rule.nested else _ALIVE
        if level == 2 and two:
            source = _FREE
            for lane in range(LANES):
                flags[_FREE, lane] = flags[_ALIVE, lane] & ~flags[1, lane]
        if (level == 2 and two == live) or (source == 1 and two == 0):
            continue
        held = hold_level(ranks, plant, cuts, scheme, pattern, rule, level, source, scratch, tally.totals)
        one, two = held if level == 0 else one, held if level == 1 else two
        if level == 0 and held and not rule.nested:
            two = unite(scratch, tally.totals, two)
        tally.counts[plant, level] += held if level != 1 else 0
        if tally.centres.size and held and level != 1:
            add_centres(flags, level, tally.base, tally.centres, plant)
    tally.counts[plant, 1] += two
    if tally.centres.size and two:
        add_centres(flags, 1, tally.base, tally.centres, plant)


@compiled
def count_chunk(
    ranks: np.ndarray, cuts: np.ndarray, scheme: tuple, rule: tuple, live: int, scratch: tuple, tally: tuple
) -> None:
    """
    Count levels over the first `live` draws of one chunk, pattern by pattern; `cuts` (3 m, LANES).

    The last five but `live` are a `Weighting`, a `Rule`, a `Scratch` and a `Tally` as plain tuples, which cross the
    border to compiled code a hundred times faster.
    """
    weighting, asked, room, sums = Weighting(*scheme), Rule(*rule), Scratch(*scratch), Tally(*tally)
    for lane in range(LANES):
        room.flags[_ALIVE, lane] = 1 if lane < live else 0
    find_ranges(cuts, asked, room)
    for pattern in range(weighting.starts.size - 1):
        weigh(weighting, pattern, room)
        for place in range(weighting.starts[pattern], weighting.starts[pattern + 1]):
            count_plant(ranks, weighting.order[place], cuts, weighting, pattern, asked, live, room, sums)


@compiled
def add_shares(totals: np.ndarray, live: int, shares: np.ndarray) -> None:
    """Count the draws with each number of plants at I, II, III, none: `totals` as in `Tally`, `shares` (n_plants + 1, 4)."""
    for lane in range(live):
        one, two, three = np.int64(totals[0, lane]), np.int64(totals[1, lane]), np.int64(totals[2, lane])
        shares[one, 0] += 1
        shares[two - one, 1] += 1
        shares[three, 2] += 1
        shares[shares.shape[0] - 1 - two - three, 3] += 1
