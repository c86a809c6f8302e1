"""The compiled count: ranks, cuts and weights of many draws give the level of every plant in each of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from methodology.sensitivity.compiling import compiled, inner

LANES = 1024
"""Draws of one chunk, side by side: the innermost axis of every table, so that one instruction serves many draws."""
BLOCK = 256
"""Lanes that are decided at once: what decides them stays in the first cache."""
BLOCKS = LANES // BLOCK
FULL = 65_535
"""Where sums of weights on the 16-bit grid stay: more than any level allows to be lost."""
PART = 32
"""Lanes that are searched at once for what is near the cut."""
TILE = 32
"""Plants of which one level is decided before the next: what a level asks for stays in the first cache."""
_ALIVE, _FREE, _ONE = TILE, TILE + 1, TILE + 2
"""Rows of the flags behind those of plants: draws that count, draws left for III, draws at I and then at III."""
_UNLISTED = -2
_LANES, _STRIDE = np.uint64(BLOCK), np.uint64(2 * BLOCK)
"""Unsigned, because numba asks of every signed index whether it counts from the end."""


class Rule(NamedTuple):
    """
    What a level asks for, as terms: which cut a rank is held against, and what is lost otherwise.

    Term k m + j is indicator j against its cut of level k; terms from 3 m on hold all against II once more, for Level I
    where it asks for that; one more is never failed. `costs` (4 m + 1,) says what each loses: its weight j, everything
    (m) or nothing (m + 1). `shares` (3,) are the scores asked for; `rest`: whether the terms from 3 m count; `nested`:
    I asks for the score of II, so I implies II.
    """

    costs: np.ndarray
    shares: np.ndarray
    rest: bool
    nested: bool


class Weighting(NamedTuple):
    """
    Patterns of applicability, and the weights of each.

    Plants `order[starts[k]:starts[k + 1]]` share pattern k; `masks[k]` is 1 or 0; `complete`: it is 1 everywhere.
    `spare[k]` (3,) may be lost on the grid; where weights were `rounded` to it, float64 decides what that could turn.
    `grid[k]` takes a share of 1 there where weights are `drawn`; else it takes whole numbers there, `parts`
    (n_patterns, m), of which `wholes` (n_patterns, 3) are needed.
    """

    groups: np.ndarray
    masks: np.ndarray
    order: np.ndarray
    starts: np.ndarray
    spare: np.ndarray
    rounded: np.ndarray
    grid: np.ndarray
    parts: np.ndarray
    wholes: np.ndarray
    drawn: bool
    complete: bool


class Scratch(NamedTuple):
    """
    Room that a thread uses again and again.

    `drawn` and `weights` (m, LANES) before and after redistribution, one array if that changes nothing; `sums`
    (2, n_groups, LANES) and `scales` (LANES,) on the way to the grid. `table` (BLOCKS, n): of each term in each block
    the cuts, then what is lost. Cuts of a term lie from `lowest` on, half of them from `middle` on, and a rank above
    `bars` surely fails a decisive one; all (4, m). Of a plant of the tile and a level, `places` and `ranks`
    (TILE, 3, n) list the terms it may fail, `lengths` (TILE, 3) of them. `lost` (BLOCK,) is the sum of one plant,
    `flags` (TILE + 3, BLOCK) and `held` (TILE,) say in which draws and in how many plants are at II.
    """

    drawn: np.ndarray
    weights: np.ndarray
    sums: np.ndarray
    scales: np.ndarray
    table: np.ndarray
    lowest: np.ndarray
    middle: np.ndarray
    bars: np.ndarray
    places: np.ndarray
    ranks: np.ndarray
    lengths: np.ndarray
    lost: np.ndarray
    flags: np.ndarray
    held: np.ndarray


class Place(NamedTuple):
    """What is decided: a plant, its place in the tile, its pattern of applicability, and a block of lanes."""

    plant: int
    slot: int
    pattern: int
    block: int


class Work(NamedTuple):
    """
    All that the count of one chunk reads and writes.

    `ranks` (n_plants, m) and `cuts` (3 m, LANES). Sums are whole numbers: `counts` (n_plants, 3) of draws at I, at I or
    II, at III; `totals` (3, BLOCKS, BLOCK) of plants, draw by draw, as wide as ranks; `centres` (n_plants, 3, m) of the
    weights `base` (m, BLOCKS, BLOCK) over the draws of `counts`, or empty.
    """

    ranks: np.ndarray
    cuts: np.ndarray
    scheme: Weighting
    rule: Rule
    scratch: Scratch
    counts: np.ndarray
    totals: np.ndarray
    centres: np.ndarray
    base: np.ndarray


@inner
def lay_cuts(work: Work) -> None:
    """Lay out the cuts of each term block by block; the range they lie in, and where a rank is surely decisive."""
    m, scratch, cuts = work.ranks.shape[1], work.scratch, work.cuts
    for term in range(4 * m if work.rule.rest else 3 * m):
        part, j, place = term // m, term % m, np.uint64(term) * _STRIDE
        row = term if part < 3 else m + j
        low = high = cuts[row, 0]
        for block in range(BLOCKS):
            for lane in range(_LANES):
                cut = cuts[row, np.uint64(block * BLOCK) + lane]
                low, high = min(low, cut), max(high, cut)
                scratch.table[block, place + lane] = cut
        scratch.lowest[part, j], scratch.middle[part, j] = low, (low + high + 1) // 2
        if work.rule.costs[term] == m:
            scratch.bars[part, j] = high - 1


@inner
def redistribute(groups: np.ndarray, mask: np.ndarray, scratch: Scratch) -> None:
    """Drawn weights over what applies: w_ij / applicable w_ij of the group * weight of the group."""
    drawn, sums, weights = scratch.drawn, scratch.sums, scratch.weights
    sums[:] = 0.0
    for j in range(groups.size):
        for lane in range(LANES):
            sums[0, groups[j], lane] += drawn[j, lane]
            sums[1, groups[j], lane] += drawn[j, lane] * mask[j]
    for group in range(sums.shape[1]):
        for lane in range(LANES):
            part = sums[1, group, lane]
            sums[0, group, lane] = sums[0, group, lane] / part if part > 0.0 else 0.0
    for j in range(groups.size):
        for lane in range(LANES):
            weights[j, lane] = drawn[j, lane] * mask[j] * sums[0, groups[j], lane]


@inner
def to_grid(work: Work, pattern: int) -> None:
    """Lay out the weights that terms lose on the 16-bit grid, where what may be lost has most of the room."""
    m, scheme, table = work.ranks.shape[1], work.scheme, work.scratch.table
    weights, scales = work.scratch.weights, work.scratch.scales
    scales[:] = 0.0
    for j in range(m):
        for lane in range(LANES):
            scales[lane] += weights[j, lane]
    for lane in range(LANES):
        scales[lane] = scheme.grid[pattern] / (scales[lane] if scheme.drawn else 1.0)
    for term in range(3 * m):
        j, place = work.rule.costs[term], np.uint64(term) * _STRIDE + _LANES
        for block in range(BLOCKS if j < m else 0):
            for lane in range(_LANES):
                draw = np.uint64(block * BLOCK) + lane
                fine = weights[j, draw] * scales[draw] + 0.5
                table[block, place + lane] = np.uint16(np.int32(fine if fine < FULL else FULL))


@inner
def weigh(work: Work, pattern: int) -> None:
    """Effective weights of one pattern, also on the grid: whole-number parts, or drawn weights redistributed."""
    scheme, scratch = work.scheme, work.scratch
    for j in range(0 if scheme.drawn else work.ranks.shape[1]):
        scratch.weights[j] = scheme.parts[pattern, j]
    if scheme.drawn and not scheme.complete:
        redistribute(scheme.groups, scheme.masks[pattern], scratch)
    to_grid(work, pattern)


@inner
def list_terms(work: Work, at: Place, level: int, part: int, found: np.uint64) -> tuple[np.uint64, bool]:
    """List the terms of a part that a plant fails in most draws, then in some; their number, and if one is decisive."""
    own, scratch, stopped = work.ranks[at.plant], work.scratch, False
    places, ranks = scratch.places[at.slot, level], scratch.ranks[at.slot, level]
    lowest, middle, bars = scratch.lowest[part], scratch.middle[part], scratch.bars[part]
    first = part * own.size * 2 * BLOCK
    for j in range(own.size):
        places[found], ranks[found] = first + j * 2 * BLOCK, own[j]
        found += np.uint64(own[j] >= middle[j])
        stopped |= own[j] > bars[j]
    for j in range(own.size if not stopped else 0):
        places[found], ranks[found] = first + j * 2 * BLOCK, own[j]
        found += np.uint64((own[j] >= lowest[j]) & (own[j] < middle[j]))
    return found, stopped


@inner
def list_cells(work: Work, at: Place, level: int) -> int:
    """List what one plant may fail, filled up to fours; the length, or -1 if it surely is not at the level."""
    found, stopped = list_terms(work, at, level, level, np.uint64(0))
    if level == 0 and work.rule.rest and not stopped:
        found, stopped = list_terms(work, at, level, 3, found)
    while found & np.uint64(3):
        work.scratch.places[at.slot, level, found] = (work.rule.costs.size - 1) * 2 * BLOCK
        found += np.uint64(1)
    return -1 if stopped else int(found)


@inner
def lose(lost: np.uint16, weight: int, reached: bool) -> np.uint16:
    """Add a weight where it is not reached, and stay at FULL."""
    total = np.uint16(lost + (np.uint16(0) if reached else np.uint16(weight)))
    return total if total >= lost else np.uint16(FULL)


@inner
def lose_four(scratch: Scratch, table: np.ndarray, slot: int, level: int, at: int) -> np.uint16:
    """Sum what four terms lose in a block; the least sum. A load in one arm only is vectorised on AVX-512 alone."""
    lost, places, ranks = scratch.lost, scratch.places[slot, level], scratch.ranks[slot, level]
    first = np.uint64(at)
    second, third, fourth = first + np.uint64(1), first + np.uint64(2), first + np.uint64(3)
    p, q = np.uint64(places[first]), np.uint64(places[second])
    r, s = np.uint64(places[third]), np.uint64(places[fourth])
    rank_p, rank_q, rank_r, rank_s = ranks[first], ranks[second], ranks[third], ranks[fourth]
    least = np.uint16(FULL)
    for lane in range(_LANES):
        total = lose(lost[lane], table[p + _LANES + lane], table[p + lane] > rank_p)
        total = lose(total, table[q + _LANES + lane], table[q + lane] > rank_q)
        total = lose(total, table[r + _LANES + lane], table[r + lane] > rank_r)
        total = lose(total, table[s + _LANES + lane], table[s + lane] > rank_s)
        lost[lane] = total
        least = min(least, total)
    return least


@inner
def settle(work: Work, at: Place, level: int, lane: int) -> bool:
    """Decide one near-cut cell in float64: weight reached against the cut, in whole numbers if weights are fixed."""
    total, got = 0.0, 0.0
    for j in range(work.ranks.shape[1]):
        weight = work.scratch.weights[j, lane]
        total += weight
        got += weight if work.cuts[level * work.ranks.shape[1] + j, lane] > work.ranks[at.plant, j] else 0.0
    whole = work.scheme.wholes[at.pattern, level]
    return got >= (whole if whole > 0.0 else work.rule.shares[level] * total)


@inner
def settle_near(work: Work, at: Place, level: int, source: int, row: int, most: np.uint16) -> int:
    """Decide what the grid leaves open, part by part of the lanes; returns how many of them hold the level."""
    lost, flags, held = work.scratch.lost, work.scratch.flags, 0
    for first in range(0, BLOCK, PART):
        near = False
        for lane in range(first, first + PART):
            near |= (flags[source, lane] > flags[row, lane]) & (lost[lane] <= most)
        for lane in range(first, first + PART if near else first):
            unsure = flags[source, lane] > flags[row, lane] and lost[lane] <= most
            if unsure and settle(work, at, level, at.block * BLOCK + lane):
                flags[row, lane] = 1
                work.totals[level, at.block, lane] += 1
                held += 1
    return held


@inner
def hold_level(work: Work, at: Place, level: int, source: int, row: int) -> int:
    """Set one row of the flags where row `source` is set and the level holds; how many, flags open if none."""
    lost, flags, totals = work.scratch.lost, work.scratch.flags, work.totals[level, at.block]
    if work.scratch.lengths[at.slot, level] == _UNLISTED:
        work.scratch.lengths[at.slot, level] = list_cells(work, at, level)
    count = work.scratch.lengths[at.slot, level]
    if count < 0:
        return 0
    spare = work.scheme.spare[at.pattern, level]
    slack = count // 2 + 2 if work.scheme.rounded[at.pattern] else 0
    sure, most = np.uint16(max(spare - slack, 0)), np.uint16(spare + slack)
    for lane in range(BLOCK):
        lost[lane] = 0
    for first in range(0, count, 4):
        if lose_four(work.scratch, work.scratch.table[at.block], at.slot, level, first) > most:
            return 0
    held, near = np.int16(0), np.int16(0)
    for lane in range(BLOCK):
        still, gone = flags[source, lane], lost[lane]
        enough = still if gone <= sure else np.int16(0)
        rest = np.int16(still - enough)
        flags[row, lane] = enough
        totals[lane] += enough
        held = np.int16(held + enough)
        near = np.int16(near + (rest if gone <= most else np.int16(0)))
    return int(held) + (settle_near(work, at, level, source, row, most) if near else 0)


@inner
def unite(work: Work, at: Place, two: int) -> int:
    """Put Level I into the flags of I or II, where it is not part of them by itself; returns their number."""
    flags, union = work.scratch.flags, 0
    for lane in range(BLOCK):
        before = flags[at.slot, lane] if two else np.int16(0)
        after = before | flags[_ONE, lane]
        work.totals[1, at.block, lane] += after - before
        flags[at.slot, lane] = after
        union += after
    return union


@inner
def tally_plant(work: Work, at: Place, level: int, row: int, held: int) -> None:
    """Add one row of the flags to the counts of a plant, and the weights of those lanes to its centres."""
    work.counts[at.plant, level] += held
    for j in range(work.base.shape[0] if held else 0):
        total = np.int32(0)
        for lane in range(BLOCK):
            flag = np.int32(work.scratch.flags[row, lane])
            total = np.int32(total + np.int32(work.base[j, at.block, lane]) * flag)
        work.centres[at.plant, level, j] += total


@inner
def count_one(work: Work, at: Place) -> None:
    """Decide Level I, and count both: where II does not follow from I, flags and number become those of I or II."""
    two, held = work.scratch.held[at.slot], 0
    if two or not work.rule.nested:
        held = hold_level(work, at, 0, at.slot if work.rule.nested else _ALIVE, _ONE)
    tally_plant(work, at, 0, _ONE, held)
    if held and not work.rule.nested:
        two = unite(work, at, two)
        work.scratch.held[at.slot] = two
    tally_plant(work, at, 1, at.slot, two)


@inner
def count_three(work: Work, at: Place, live: int) -> None:
    """Decide and count Level III where neither I nor II holds."""
    flags, two = work.scratch.flags, work.scratch.held[at.slot]
    for lane in range(BLOCK if 0 < two < live else 0):
        flags[_FREE, lane] = flags[_ALIVE, lane] & ~flags[at.slot, lane]
    if two < live:
        held = hold_level(work, at, 2, _FREE if two else _ALIVE, _ONE)
        tally_plant(work, at, 2, _ONE, held)


@inner
def count_tile(work: Work, pattern: int, first: int, size: int, live: int) -> None:
    """Count some plants of one pattern, from place `first` of its order on: block by block, level by level."""
    order, work.scratch.lengths[:] = work.scheme.order, _UNLISTED
    for block in range((live + BLOCK - 1) // BLOCK):
        left = min(live - block * BLOCK, BLOCK)
        for lane in range(BLOCK):
            work.scratch.flags[_ALIVE, lane] = 1 if lane < left else 0
        for slot in range(size):
            at = Place(order[first + slot], slot, pattern, block)
            work.scratch.held[slot] = hold_level(work, at, 1, _ALIVE, slot)
        for slot in range(size):
            count_one(work, Place(order[first + slot], slot, pattern, block))
        for slot in range(size):
            count_three(work, Place(order[first + slot], slot, pattern, block), left)


@compiled
def count_chunk(
    ranks: np.ndarray, cuts: np.ndarray, scheme: tuple, rule: tuple, live: int, scratch: tuple, tally: tuple
) -> None:
    """
    Count levels over the first `live` draws of one chunk, pattern by pattern; `cuts` (3 m, LANES).

    The tuples are a `Weighting`, a `Rule`, a `Scratch` and the sums of a `Work` without their names, which cross the
    border to compiled code a hundred times faster.
    """
    work = Work(ranks, cuts, Weighting(*scheme), Rule(*rule), Scratch(*scratch), *tally)
    lay_cuts(work)
    starts = work.scheme.starts
    for pattern in range(starts.size - 1):
        weigh(work, pattern)
        for first in range(starts[pattern], starts[pattern + 1], TILE):
            count_tile(work, pattern, first, min(TILE, starts[pattern + 1] - first), live)


@compiled
def add_shares(totals: np.ndarray, live: int, shares: np.ndarray) -> None:
    """Count draws by the number of plants at I, II, III, none; `totals` (3, LANES), `shares` (n_plants + 1, 4)."""
    plants = shares.shape[0] - 1
    for lane in range(live):
        one, two, three = np.int64(totals[0, lane]), np.int64(totals[1, lane]), np.int64(totals[2, lane])
        shares[one, 0] += 1
        shares[two - one, 1] += 1
        shares[three, 2] += 1
        shares[plants - two - three, 3] += 1
