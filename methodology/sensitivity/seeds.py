"""One root seed, and children that do not depend on who draws first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from methodology.errors import MethodError

Seed = int | Sequence[int] | np.random.SeedSequence | np.random.Generator


def root(seed: Seed) -> np.random.SeedSequence:
    """
    The sequence all children of `seed` are numbered from.

    Parameters
    ----------
    seed : int, sequence of int, SeedSequence or Generator
        A generator hands over a child of its own sequence, a new one at every call.

    Raises
    ------
    MethodError
        If it is none of these: without a seed nobody could repeat the result.
    """
    if isinstance(seed, np.random.SeedSequence):
        return seed
    if isinstance(seed, np.random.Generator):
        return seed.bit_generator.seed_seq.spawn(1)[0]  # type: ignore[attr-defined]
    try:
        if seed is None:
            raise TypeError
        return np.random.SeedSequence(seed)
    except (TypeError, ValueError):
        raise MethodError(
            f"`seed` is {seed!r}; give a whole number of at least 0, a SeedSequence or a Generator, "
            "so that the result can be repeated."
        ) from None


def child(parent: np.random.SeedSequence, number: int) -> np.random.SeedSequence:
    """Child `number` of `parent`, the same in every order of asking."""
    return np.random.SeedSequence(
        entropy=parent.entropy, spawn_key=(*parent.spawn_key, number), pool_size=parent.pool_size
    )


def generator(seed: Seed, number: int = 0) -> np.random.Generator:
    """A generator of the project's kind (SFC64) for child `number` of `seed`."""
    return np.random.Generator(np.random.SFC64(child(root(seed), number)))
