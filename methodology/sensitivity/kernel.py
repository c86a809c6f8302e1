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
    where it asks for that; one more is never failed. Of each term: `columns` the indicator, `cuts` the row of the cuts,
    `costs` the row of the weights, of which row m is decisive by itself and row m + 1 nothing. `shares` (3,) are the
    scores asked for; `rest`: whether the terms from 3 m count; `nested`: I asks for the score of II, so I implies II.
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

    Plants `order[starts[k]:starts[k + 1]]` share pattern k; `masks[k]` is 1 or 0; `complete`: it is 1 everywhere.
    `spare[k]` (3,) may be lost on the grid; where weights were `rounded` to it, float64 decides what that could turn.
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
    complete: bool


class Scratch(NamedTuple):
    """
    Room that a thread uses again and again.

    `drawn` and `weights` (m, LANES) before and after redistribution, one table if that changes nothing; `coarse`
    (m + 2, LANES) on the grid, its last rows FULL and 0; `sums` (2, n_groups, LANES) and `scales` (LANES,) on the way.
    `lost` (LANES,) and `flags` (5, LANES) belong to one plant. Cuts of a term lie in `lowest` to `highest` (4 m,), a
    rank above `bars` (4 m,) surely fails a decisive one; `cells` (2, n) list what a plant surely fails or may.
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
    numbers as wide as ranks. `centres` (n_plants, 3, m): weights `base` (m, LANES) summed over those draws, or empty.
    """

    counts: np.ndarray
    totals: np.ndarray
    centres: np.ndarray
    base: np.ndarray


class Work(NamedTuple):
    """All that the count of one chunk reads and writes: `ranks` (n_plants, m), `cuts` (3 m, LANES) and the rest."""

    ranks: np.ndarray
    cuts: np.ndarray
    scheme: Weighting
    rule: Rule
    scratch: Scratch
    tally: Tally


def empty_scratch(groups: np.ndarray, kind: np.dtype, *, complete: bool) -> Scratch:
    """Room for indicators in `groups` with ranks of `kind`; `complete` as in `Weighting`."""
    m = groups.size
    drawn = np.zeros((m, LANES))
    coarse = np.zeros((m + 2, LANES), np.uint16)
    coarse[m] = FULL
    largest = np.full(4 * m, np.iinfo(kind).max, kind)
    return Scratch(
        drawn=drawn,
        weights=drawn if complete else np.zeros((m, LANES)),
        coarse=coarse,
        sums=np.zeros((2, groups.max() + 1, LANES)),
        scales=np.zeros(LANES),
        lost=np.zeros(LANES, np.uint16),
        flags=np.zeros((5, LANES), np.int16),
        lowest=largest.copy(),
        highest=largest.copy(),
        bars=largest,
        cells=np.zeros((2, 2 * m + 4), np.int32),
    )


@inner
def find_ranges(work: Work) -> None:
    """Smallest and largest cut of each term in this chunk, and where a rank is surely decisive."""
    m, scratch, cuts = work.ranks.shape[1], work.scratch, work.cuts
    for term in range(4 * m):
        row = work.rule.cuts[term]
        low = high = cuts[row, 0]
        for lane in range(LANES):
            low, high = min(low, cuts[row, lane]), max(high, cuts[row, lane])
        scratch.lowest[term], scratch.highest[term] = low, high
        if work.rule.costs[term] == m:
            scratch.bars[term] = high - 1


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
def to_grid(scale: float, scratch: Scratch) -> None:
    """Put the weights on the 16-bit grid, where what may be lost has most of the room."""
    weights, coarse, scales = scratch.weights, scratch.coarse, scratch.scales
    scales[:] = 0.0
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
    if scheme.scale > 0.0:
        if not scheme.complete:
            redistribute(scheme.groups, scheme.masks[pattern], scratch)
        to_grid(scheme.scale, scratch)
    else:
        for j in range(scheme.groups.size):
            part, coarse = scheme.parts[pattern, j], scheme.coarse[pattern, j]
            for lane in range(LANES):
                scratch.weights[j, lane], scratch.coarse[j, lane] = part, coarse


@inner
def list_terms(work: Work, plant: int, part: int, found: int, opened: int) -> tuple[int, int]:
    """Append to the cells what one plant surely fails, and may fail: both numbers, or -1 if it is surely decisive."""
    m, ranks, scratch = work.ranks.shape[1], work.ranks, work.scratch
    stopped = False
    for j in range(m):
        stopped |= ranks[plant, j] > scratch.bars[part * m + j]
    if stopped:
        return -1, 0
    for j in range(m):
        term, rank = part * m + j, ranks[plant, j]
        fails = rank >= scratch.highest[term]
        scratch.cells[0, found], scratch.cells[1, opened] = term, term
        found += int(fails)
        opened += int(rank >= scratch.lowest[term]) - int(fails)
    return found, opened


@inner
def list_cells(work: Work, plant: int, level: int) -> int:
    """List what one plant may fail, sure failures first, filled up to fours; the length, or -1 if surely not at it."""
    cells = work.scratch.cells
    found, opened = list_terms(work, plant, level, 0, 0)
    if found >= 0 and level == 0 and work.rule.rest:
        found, opened = list_terms(work, plant, 3, found, opened)
    if found < 0:
        return -1
    for place in range(opened):
        cells[0, found + place] = cells[1, place]
    found += opened
    while found & 3:
        cells[0, found] = work.rule.cuts.size - 1
        found += 1
    return found


@inner
def lose(lost: np.uint16, weight: np.uint16, reached: bool) -> np.uint16:
    """Add a weight where it is not reached, and stay at FULL."""
    total = np.uint16(lost + (np.uint16(0) if reached else weight))
    return total if total >= lost else np.uint16(FULL)


@inner
def lose_four(work: Work, plant: int, at: int) -> np.uint16:
    """
    Sum the weights of four cells of the list where they fail; the smallest sum over the lanes.

    Every load is made whether it is needed or not: one inside an arm of a choice is vectorised on AVX-512 alone.
    """
    cells, coarse, cuts, lost = work.scratch.cells, work.scratch.coarse, work.cuts, work.scratch.lost
    columns, rows, costs = work.rule.columns, work.rule.cuts, work.rule.costs
    p, q, r, s = cells[0, at], cells[0, at + 1], cells[0, at + 2], cells[0, at + 3]
    rank_p, rank_q = work.ranks[plant, columns[p]], work.ranks[plant, columns[q]]
    rank_r, rank_s = work.ranks[plant, columns[r]], work.ranks[plant, columns[s]]
    cut_p, cut_q, cut_r, cut_s = rows[p], rows[q], rows[r], rows[s]
    cost_p, cost_q, cost_r, cost_s = costs[p], costs[q], costs[r], costs[s]
    least = np.uint16(FULL)
    for lane in range(LANES):
        total = lose(lost[lane], coarse[cost_p, lane], cuts[cut_p, lane] > rank_p)
        total = lose(total, coarse[cost_q, lane], cuts[cut_q, lane] > rank_q)
        total = lose(total, coarse[cost_r, lane], cuts[cut_r, lane] > rank_r)
        total = lose(total, coarse[cost_s, lane], cuts[cut_s, lane] > rank_s)
        lost[lane] = total
        least = min(least, total)
    return least


@inner
def settle(work: Work, plant: int, pattern: int, level: int, lane: int) -> bool:
    """Decide one near-cut cell in float64: weight reached against the cut, in whole numbers if weights are fixed."""
    m, weights = work.ranks.shape[1], work.scratch.weights
    total, got = 0.0, 0.0
    for j in range(m):
        weight = weights[j, lane]
        total += weight
        got += weight if work.cuts[level * m + j, lane] > work.ranks[plant, j] else 0.0
    whole = work.scheme.wholes[pattern, level]
    return got >= (whole if whole > 0.0 else work.rule.shares[level] * total)


@inner
def settle_near(work: Work, plant: int, pattern: int, level: int, source: int, most: np.uint16) -> int:
    """Decide what the grid leaves open, part by part of the lanes; returns how many of them hold the level."""
    lost, flags = work.scratch.lost, work.scratch.flags
    held = 0
    for first in range(0, LANES, PART):
        near = False
        for lane in range(first, first + PART):
            near |= (flags[source, lane] > flags[level, lane]) & (lost[lane] <= most)
        for lane in range(first, first + PART if near else first):
            unsure = flags[source, lane] > flags[level, lane] and lost[lane] <= most
            if unsure and settle(work, plant, pattern, level, lane):
                flags[level, lane] = 1
                work.tally.totals[level, lane] += 1
                held += 1
    return held


@inner
def hold_level(work: Work, plant: int, pattern: int, level: int, source: int) -> int:
    """Set row `level` of the flags where row `source` is set and the level holds; how many, flags open if none."""
    lost, flags, totals = work.scratch.lost, work.scratch.flags, work.tally.totals
    spare = work.scheme.spare[pattern, level]
    count = list_cells(work, plant, level)
    slack = count // 2 + 2 if work.scheme.rounded[pattern] else 0
    sure, most = np.uint16(max(spare - slack, 0)), np.uint16(spare + slack)
    if count < 0:
        return 0
    lost[:] = 0
    for at in range(0, count, 4):
        if lose_four(work, plant, at) > most:
            return 0
    held, near = np.int16(0), np.int16(0)
    for lane in range(LANES):
        still, gone = flags[source, lane], lost[lane]
        enough = still if gone <= sure else np.int16(0)
        rest = np.int16(still - enough)
        flags[level, lane] = enough
        totals[level, lane] += enough
        held = np.int16(held + enough)
        near = np.int16(near + (rest if gone <= most else np.int16(0)))
    return int(held) + (settle_near(work, plant, pattern, level, source, most) if near else 0)


@inner
def unite(work: Work, two: int) -> int:
    """Put Level I into the flags of I or II, where it is not part of them by itself; returns their number."""
    flags = work.scratch.flags
    union = 0
    for lane in range(LANES):
        before = flags[1, lane] if two else np.int16(0)
        after = before | flags[0, lane]
        work.tally.totals[1, lane] += after - before
        flags[1, lane] = after
        union += after
    return union


@inner
def tally_plant(work: Work, plant: int, level: int, held: int) -> None:
    """Add the flags of one plant to its counts, and the weights of those lanes to its centres."""
    base, flags = work.tally.base, work.scratch.flags
    work.tally.counts[plant, level] += held
    for j in range(base.shape[0] if held else 0):
        total = np.int32(0)
        for lane in range(LANES):
            total = np.int32(total + np.int32(base[j, lane]) * np.int32(flags[level, lane]))
        work.tally.centres[plant, level, j] += total


@inner
def count_plant(work: Work, plant: int, pattern: int, live: int) -> None:
    """Decide one plant in every lane and add it to the sums: II, then I, then III where neither holds."""
    flags = work.scratch.flags
    two = np.int64(0)
    for level in (1, 0, 2):
        source = 1 if level == 0 and work.rule.nested else _ALIVE
        if level == 2 and two:
            source = _FREE
            for lane in range(LANES):
                flags[_FREE, lane] = flags[_ALIVE, lane] & ~flags[1, lane]
        held = np.int64(0)
        if not (source == 1 and two == 0) and not (level == 2 and two == live):
            held = hold_level(work, plant, pattern, level, source)
        if level == 1:
            two = held
        elif level == 0 and held and not work.rule.nested:
            two = unite(work, two)
        if level != 1:
            tally_plant(work, plant, level, held)
    tally_plant(work, plant, 1, two)


@compiled
def count_chunk(
    ranks: np.ndarray, cuts: np.ndarray, scheme: tuple, rule: tuple, live: int, scratch: tuple, tally: tuple
) -> None:
    """
    Count levels over the first `live` draws of one chunk, pattern by pattern; `cuts` (3 m, LANES).

    The tuples are a `Weighting`, a `Rule`, a `Scratch` and a `Tally` without their names, which cross the border to
    compiled code a hundred times faster.
    """
    work = Work(ranks, cuts, Weighting(*scheme), Rule(*rule), Scratch(*scratch), Tally(*tally))
    for lane in range(LANES):
        work.scratch.flags[_ALIVE, lane] = 1 if lane < live else 0
    find_ranges(work)
    starts = work.scheme.starts
    for pattern in range(starts.size - 1):
        weigh(work.scheme, pattern, work.scratch)
        for place in range(starts[pattern], starts[pattern + 1]):
            count_plant(work, work.scheme.order[place], pattern, live)


@compiled
def add_shares(totals: np.ndarray, live: int, shares: np.ndarray) -> None:
    """Count draws by the number of plants at I, II, III, none; `totals` as in `Tally`, `shares` (n_plants + 1, 4)."""
    plants = shares.shape[0] - 1
    for lane in range(live):
        one, two, three = np.int64(totals[0, lane]), np.int64(totals[1, lane]), np.int64(totals[2, lane])
        shares[one, 0] += 1
        shares[two - one, 1] += 1
        shares[three, 2] += 1
        shares[plants - two - three, 3] += 1
