"""One root seed, and children that do not depend on who draws first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Seed = int | Sequence[int] | np.random.SeedSequence | np.random.Generator


def root(seed: Seed) -> np.random.SeedSequence:
    """
    The sequence all children of `seed` are numbered from.

    Parameters
    ----------
    seed : int, sequence of int, SeedSequence or Generator
        A generator hands over a child of its own sequence, a new one at every call.
    """
    if isinstance(seed, np.random.SeedSequence):
        return seed
    if isinstance(seed, np.random.Generator):
        return seed.bit_generator.seed_seq.spawn(1)[0]  # type: ignore[attr-defined]
    return np.random.SeedSequence(seed)


def child(parent: np.random.SeedSequence, number: int) -> np.random.SeedSequence:
    """Child `number` of `parent`, the same in every order of asking."""
    return np.random.SeedSequence(
        entropy=parent.entropy, spawn_key=(*parent.spawn_key, number), pool_size=parent.pool_size
    )


def generator(seed: Seed, number: int = 0) -> np.random.Generator:
    """A generator of the project's kind (SFC64) for child `number` of `seed`."""
    return np.random.Generator(np.random.SFC64(child(root(seed), number)))
