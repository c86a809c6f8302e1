"""What a thread of a simulation writes to again and again, made once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from methodology.sensitivity.kernel import Scratch
    from methodology.sensitivity.plan import Plan

_LINE = 64
"""Bytes of one line of the cache."""


def aligned(shape: tuple[int, ...], kind: npt.DTypeLike) -> np.ndarray:
    """Room that begins where a line of the cache does: a vector across two lines is loaded twice."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    room = np.empty(size + _LINE, np.uint8)
    first = -room.ctypes.data % _LINE
    return room[first : first + size].view(kind).reshape(shape)


def empty_scratch(groups: np.ndarray, costs: np.ndarray, kind: np.dtype, *, complete: bool) -> Scratch:
    """Room for indicators in `groups` with ranks of `kind`; `costs` as in `Rule`, `complete` as in `Weighting`."""
    from methodology.sensitivity.kernel import BLOCK, BLOCKS, FULL, LANES, TILE, Scratch

    m, terms = groups.size, costs.size
    drawn = aligned((m, LANES), float)
    table = aligned((BLOCKS, terms, 2, BLOCK), kind)
    table[:, :, 1] = np.where(costs == m, np.array(FULL).astype(kind), 0)[:, None]
    table[:, -1, 0] = 0
    return Scratch(
        drawn=drawn,
        weights=drawn if complete else aligned((m, LANES), float),
        sums=aligned((2, groups.max() + 1, LANES), float),
        scales=aligned((LANES,), float),
        table=table.reshape(BLOCKS, -1),
        lowest=np.zeros((4, m), kind),
        middle=np.zeros((4, m), kind),
        bars=np.full((4, m), np.iinfo(kind).max, kind),
        places=np.zeros((TILE, 3, 2 * m + 4), np.uint32),
        ranks=np.zeros((TILE, 3, 2 * m + 4), kind),
        lengths=np.zeros((TILE, 3), np.int32),
        lost=aligned((BLOCK,), np.uint16),
        flags=aligned((TILE + 3, BLOCK), np.int16),
        held=np.zeros(TILE, np.int64),
    )


@dataclass(frozen=True)
class Room:
    """What one thread writes to again and again; streams and scratch as plain tuples, see `kernel.count_chunk`."""

    streams: tuple[np.ndarray, ...]
    scratch: tuple[np.ndarray, ...]
    drawn: np.ndarray
    cuts: np.ndarray
    totals: np.ndarray
    limits: np.ndarray

    @classmethod
    def of(cls, plan: Plan) -> Room:
        """Room for chunks of `plan`."""
        from methodology.sensitivity.kernel import BLOCK, BLOCKS, LANES
        from methodology.sensitivity.random_streams import empty_streams

        m = plan.inputs.shape[1]
        kind = np.dtype(np.int16) if plan.laws is None else plan.laws.ranks.dtype
        complete = bool(plan.inputs.applicable.all())
        scratch = empty_scratch(plan.inputs.groups, plan.rule[0], kind, complete=complete)
        return cls(
            tuple(empty_streams(LANES)),
            tuple(scratch),
            scratch.drawn,
            aligned((3 * m, LANES), kind),
            aligned((3, BLOCKS, BLOCK), kind if len(plan.inputs.values) < np.iinfo(kind).max else np.int32),
            np.empty((3, m, LANES) if plan.laws is None else (0, 0, 0)),
        )
