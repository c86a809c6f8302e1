"""What a synthetic population is, and the random streams it is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

STREAMS = (
    "works",
    "technology",
    "scores",
    "jitter",
    "attributes",
    "repair",
    "order",
    "answers",
    "errors",
    "parts",
)
"""Uses of randomness; a new one is added at the end, so that the others keep their numbers."""
Streams = dict[str, np.random.Generator]


@dataclass(frozen=True)
class Population:
    """
    Plants with their true values.

    Attributes
    ----------
    values : DataFrame of shape (n_plants, n_indicators)
        In the units of the system; 1, 2, 3, 4 for I, II, III, none; NaN where not applicable.
    attributes : DataFrame indexed by plant
        `works` and what the system asks for.
    technology : Series
        The latent factor; larger is newer.
    draw : Series
        The plants with the smallest numbers are the sample.
    """

    values: pd.DataFrame
    attributes: pd.DataFrame
    technology: pd.Series
    draw: pd.Series


def streams(seed: int) -> Streams:
    """Independent random streams from one seed, one per use, so that one more draw here moves nothing there."""
    children = np.random.SeedSequence(seed).spawn(len(STREAMS))
    return {name: np.random.default_rng(child) for name, child in zip(STREAMS, children, strict=True)}


def in_random_order(population: Population, sampled: int, rng: np.random.Generator) -> Population:
    """
    Name the plants P01, P02, ... so that a name says nothing about a plant.

    Parameters
    ----------
    sampled : int
        Number of plants with the smallest draw, which come first.
    """
    by_draw = np.argsort(population.draw.to_numpy(), kind="stable")
    order = np.concatenate([rng.permutation(by_draw[:sampled]), rng.permutation(by_draw[sampled:])])
    names = pd.Index([f"P{number:02d}" for number in range(1, len(order) + 1)], name="plant")
    return Population(
        population.values.iloc[order].set_axis(names),
        population.attributes.iloc[order].set_axis(names),
        population.technology.iloc[order].set_axis(names),
        population.draw.iloc[order].set_axis(names),
    )
