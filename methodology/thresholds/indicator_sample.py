"""One indicator's column as the calibration reads it: merits, what limits leave open, and what may be fitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from methodology.arguments import Floats
from methodology.indicators import CellState, Indicator, IndicatorSystem, Kind, Sample
from methodology.indicators.cells import merits
from methodology.thresholds.quantiles import FAMILIES, LOGARITHMIC


@dataclass(frozen=True)
class Readings:
    """
    What the plants state about one quantitative indicator, on the merit scale (smaller is cleaner).

    Attributes
    ----------
    indicator : Indicator
    sign : float
        Value = sign * merit.
    pessimistic : array of shape (n,)
        Sorted; a cell below its limit counts as the limit where that is proven, else as infinitely dirty (A-02).
    optimistic : array of shape (n,)
        Sorted; the same cells as clean as they can possibly be.
    measured : array
        Sorted merits of measured cells.
    limits : array
        Sorted merits of the stated limits; empty where every cell is measured.
    provable : bool
        Whether `<L` proves that L is reached (lower is better).
    places : array of int
        Positions in the sample of the plants that state the indicator.
    dirtiest, cleanest : arrays of shape (n,)
        As `pessimistic` and `optimistic`, in the order of `places`.
    by_level : mapping of level to Readings
        What a level judges instead, where a norm grants corrections at some levels only.
    """

    indicator: Indicator
    sign: float
    pessimistic: Floats
    optimistic: Floats
    measured: Floats
    limits: Floats
    provable: bool
    places: NDArray[np.intp]
    dirtiest: Floats
    cleanest: Floats
    by_level: Mapping[str, Readings] = field(default_factory=dict)

    def at(self, level: str) -> Readings:
        """What one level judges."""
        return self.by_level.get(level, self)

    def attained(self, value: float) -> int:
        """Plants that reach a value in the unit of the indicator."""
        return int(np.searchsorted(self.pessimistic, self.sign * value, side="right"))

    @property
    def n(self) -> int:
        """Plants that state the indicator."""
        return int(self.pessimistic.size)

    @property
    def mixture(self) -> bool:
        """Whether the plants are known to mix populations, e.g. retrofitted and not."""
        anchors = self.indicator.anchors
        return anchors is not None and anchors.shape == "mixture"

    @property
    def bounded(self) -> bool:
        """Whether plants pile up at an end of the scale, as percentages do."""
        anchors = self.indicator.anchors
        return anchors is not None and anchors.shape == "logit"

    def values(self) -> Floats:
        """Stated values on their own scale, limits at the limit; the order is that of `pessimistic`."""
        return np.asarray(self.sign * np.concatenate([self.measured, self.limits]))

    def below(self) -> NDArray[np.bool_]:
        """Mask of the limits in `values`."""
        return np.arange(self.n) >= self.measured.size

    def why_no_fit(self, method: str) -> str:
        """Reason why a smooth `method` must not be used here, or an empty text."""
        if self.mixture:
            return "a mixture of populations has no smooth fit"
        if self.bounded and method in FAMILIES:
            return "a share that ends at 100 % has no unbounded fit"
        if self.limits.size and method in FAMILIES:
            return "some values lie below a limit"
        if self.limits.size and not self.provable:
            return "a limit proves nothing here"
        if self.measured.size < 2 or self.measured[0] == self.measured[-1]:
            return "fewer than two different values are measured"
        positive = method in LOGARITHMIC or method in ("lognormal-mle", "ros", "kaplan-meier", "half-limit")
        if positive and self.values().min() <= 0:
            return "values are not all positive"
        return ""


def read_columns(sample: Sample, system: IndicatorSystem) -> Iterator[Readings]:
    """Readings of every quantitative indicator, in the order of the system."""
    common = _columns(sample, system)
    own = {level: _columns(sample.at(level), system) for level in sample.by_level}
    for name, readings in common.items():
        levels = {level: own[level][name] for level in own if name in sample.by_level[level]}
        yield replace(readings, by_level=levels) if levels else readings


def _columns(sample: Sample, system: IndicatorSystem) -> dict[str, Readings]:
    ids = list(system.ids)
    table, states = merits(sample, system).to_numpy(), sample.states[ids].to_numpy()
    comparable = sample.comparable(system)[ids].to_numpy(dtype=float)
    return {
        indicator.id: _read(indicator, indicator.sign, states[:, k], table[:, k], comparable[:, k])
        for k, indicator in enumerate(system.indicators)
        if indicator.kind is not Kind.QUALITATIVE
    }


def _read(
    indicator: Indicator, sign: float, states: NDArray[np.int8], merit: Floats, comparable: Floats
) -> Readings:
    places = np.flatnonzero((states == CellState.MEASURED) | (states == CellState.BELOW_LIMIT))
    below = states[places] == CellState.BELOW_LIMIT
    dirtiest, stated = merit[places], sign * comparable[places]
    # At best a hidden value is anything below its limit; a distance from a target cannot be below zero.
    cleanest = dirtiest.copy()
    if indicator.better == "higher":
        cleanest[below] = stated[below]
    else:
        cleanest[below] = -np.inf if indicator.target is None else 0.0
    return Readings(
        indicator,
        sign,
        np.sort(dirtiest),
        np.sort(cleanest),
        np.sort(stated[~below]),
        np.sort(stated[below]),
        bool(np.isfinite(dirtiest[below]).all()),
        places,
        dirtiest,
        cleanest,
    )
