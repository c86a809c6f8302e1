"""All choices at once: which of them explain how far the result can move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.joint import COUNTING
from methodology.chain.robustness.one_at_a_time import changed, text_of
from methodology.chain.robustness.outcomes import Outcomes, numbers_of
from methodology.errors import MethodError, ParameterError, WorkbenchError
from methodology.evaluation import decision_rule
from methodology.indicators import LEVELS, Kind
from methodology.parameters import Parameters
from methodology.sensitivity import shapley_effects, sobol_indices
from methodology.sensitivity.factorial import factorial_effects

WEIGHTS = "weights"
OUTPUTS = ("share_I", "share_II", "share_III", "moved", "mean_Y_II", "threshold")
_EXACT = 20_000
"""Combinations up to which all are run instead of a sample of them."""


@dataclass(frozen=True)
class ChoiceSpace:
    """
    The choices of a run as factors, each alternative equally probable, the run's own included (A-65).

    Attributes
    ----------
    parameters : Parameters
        The run.
    outcomes : Outcomes
        Of its sample.
    settings : dict of factor to tuple of mappings
        What each alternative changes, {path: value}; {} is the run's own. All choices about weights are one factor.
    same : tuple of (path, alternative)
        Alternatives left out because they say the same as one that is kept: the same weights, rule and values, alone
        and beside every other alternative.
    indicator : str
        Whose Level II value is the output `threshold`.
    base : int array of shape (n_plants,)
        Levels under the run.
    """

    parameters: Parameters
    outcomes: Outcomes
    settings: dict[str, tuple[Mapping[str, Any], ...]]
    same: tuple[tuple[str, str], ...]
    indicator: str
    base: np.ndarray
    _known: dict[bytes, tuple[list[float], np.ndarray]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def factors(self) -> dict[str, Any]:
        """A uniform law over the alternatives of each factor."""
        from scipy.stats import randint

        return {name: randint(0, len(settings)) for name, settings in self.settings.items()}

    @property
    def combinations(self) -> int:
        """How many sets of choices there are."""
        return prod(len(settings) for settings in self.settings.values())

    def numbers(self, points: np.ndarray) -> np.ndarray:
        """Outputs, shape (n, 6), at points of shape (n, n_factors); equal points are run once."""
        return np.array([numbers for numbers, _ in self._at(points)])

    def values(self, points: np.ndarray) -> np.ndarray:
        """Benchmark values of `measured` at I, at II, at III, shape (n, 3 * n_measured), at the same points."""
        columns = [list(self.outcomes.system.ids).index(name) for name in self.measured]
        return np.array([values[:, columns].ravel() for _, values in self._at(points)])

    @property
    def measured(self) -> tuple[str, ...]:
        """Indicators that are no described levels: those with values that a choice can move."""
        return tuple(item.id for item in self.outcomes.system.indicators if item.kind is not Kind.QUALITATIVE)

    def _at(self, points: np.ndarray) -> list[tuple[list[float], np.ndarray]]:
        codes = np.ascontiguousarray(points, dtype=np.intp)
        keys = [code.tobytes() for code in codes]
        for key, code in zip(keys, codes, strict=True):
            if key not in self._known:
                self._known[key] = self._decided_at(code)
        return [self._known[key] for key in keys]

    def _decided_at(self, code: np.ndarray) -> tuple[list[float], np.ndarray]:
        merged: dict[str, Any] = {}
        for settings, place in zip(self.settings.values(), code.tolist(), strict=True):
            merged |= settings[place]
        found = self.outcomes.decided(_counting(changed(self.parameters, "choices", merged)))
        column = list(self.outcomes.system.ids).index(self.indicator)
        numbers = numbers_of(found, self.base) | {"threshold": float(found.values[1, column])}
        return [numbers[name] for name in OUTPUTS], found.values


def _counting(parameters: Parameters) -> Parameters:
    """Under the joint promise the point estimate is the one that counts plants (A-65)."""
    if parameters.thresholds.promise != "joint":
        return parameters
    section = parameters.thresholds.model_copy(update=COUNTING)
    return parameters.model_copy(update={"thresholds": section})


def settled(parameters: Parameters) -> Parameters:
    """The same run under the joint promise, with the point estimate that promise counts plants by."""
    return _counting(changed(parameters, "thresholds.promise", "joint"))


def choice_space(
    parameters: Parameters, alternatives: Mapping[str, Sequence[Any]], outcomes: Outcomes
) -> ChoiceSpace:
    """
    Turn the alternatives of a run into factors.

    Parameters
    ----------
    parameters, alternatives, outcomes
        As in `one_at_a_time`.

    Returns
    -------
    ChoiceSpace
        Without alternatives the run cannot have, alone or beside another, and without those that say the same.

    Raises
    ------
    MethodError
        If nothing can be changed.
    """
    run = _counting(parameters)
    possible: dict[str, list[Mapping[str, Any]]] = {}
    for name, values in alternatives.items():
        factor = WEIGHTS if name.startswith(f"{WEIGHTS}.") else name
        for value in values:
            change = dict(value) if isinstance(value, Mapping) else {name: value}
            if _can(run, change, outcomes):
                possible.setdefault(factor, [{}]).append(change)
    settings, same = _told_apart(run, _beside_each_other(run, possible), outcomes)
    if not settings:
        raise MethodError(
            "No choice of this run has an alternative it can have; list some in alternatives.yaml."
        )
    return ChoiceSpace(run, outcomes, settings, same, _heaviest(run, outcomes), outcomes.decided(run).levels)


def _can(run: Parameters, change: Mapping[str, Any], outcomes: Outcomes) -> bool:
    try:
        other = _counting(changed(run, "choices", change))
        outcomes.decided(other)
    except WorkbenchError:
        return False
    return other != run


def _beside_each_other(
    run: Parameters, possible: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Alternatives without those that the model refuses beside one of an earlier factor, e.g. shares that cross."""
    kept: dict[str, list[Mapping[str, Any]]] = {name: list(settings) for name, settings in possible.items()}
    for first, second in combinations(kept, 2):
        kept[second] = [
            change
            for change in kept[second]
            if all(_valid(run, {**other, **change}) for other in kept[first])
        ]
    return {name: tuple(settings) for name, settings in kept.items() if len(settings) > 1}


def _told_apart(
    run: Parameters, settings: Mapping[str, tuple[Mapping[str, Any], ...]], outcomes: Outcomes
) -> tuple[dict[str, tuple[Mapping[str, Any], ...]], tuple[tuple[str, str], ...]]:
    """Alternatives without those that give the standard of an earlier one, alone and beside every other; and those."""
    kept: dict[str, tuple[Mapping[str, Any], ...]] = {}
    same: list[tuple[str, str]] = []
    for name, own in settings.items():
        others = [setting for other, listed in settings.items() if other != name for setting in listed]
        seen: dict[bytes, Mapping[str, Any]] = {}
        for change in own:
            mark = b"".join(_standard(run, {**other, **change}, outcomes) for other in others or [{}])
            if mark in seen:
                same.append((next(iter(change)), text_of(name, change)))
            else:
                seen[mark] = change
        if len(seen) > 1:
            kept[name] = tuple(seen.values())
    return kept, tuple(same)


def _standard(run: Parameters, change: Mapping[str, Any], outcomes: Outcomes) -> bytes:
    """The weights, the rule and the values a set of choices leads to, as a key."""
    other = _counting(changed(run, "choices", change))
    weights = outcomes.weights(other.weights)["weight"].to_numpy(dtype=float)
    rule = decision_rule(outcomes.system, level_one=other.evaluation.level_one, cut=other.evaluation.cut)
    values = np.ascontiguousarray(outcomes.decided(other).values)
    return weights.tobytes() + repr(rule).encode() + values.tobytes()


def _valid(run: Parameters, change: Mapping[str, Any]) -> bool:
    try:
        changed(run, "choices", change)
    except ParameterError:
        return False
    return True


def _heaviest(run: Parameters, outcomes: Outcomes) -> str:
    weights = outcomes.weights(run.weights).set_index("indicator")["weight"]
    measured = [item.id for item in outcomes.system.indicators if item.kind is not Kind.QUALITATIVE]
    return str(weights[measured or list(outcomes.system.ids)].idxmax())


def choice_influence(space: ChoiceSpace, *, n: int, seed: int) -> pd.DataFrame:
    """
    Share of the variance of every output that each choice explains.

    Parameters
    ----------
    space : ChoiceSpace
    n : int
        Base sample, a power of two; not read where all combinations are run.
    seed : int

    Returns
    -------
    DataFrame indexed by output and factor
        Columns first, total, shapley, each with _lower and _upper; 0 for outputs that no choice moves. `combinations`:
        how many were run where it was all of them, and lower = upper; 0 where the shares are estimates from a sample.
    """
    return _effects(space, space.numbers, OUTPUTS, n, seed)


def _effects(space: ChoiceSpace, model: Any, outputs: Sequence[str], n: int, seed: int) -> pd.DataFrame:
    if space.combinations <= _EXACT:
        levels = {name: len(settings) for name, settings in space.settings.items()}
        return factorial_effects(model, levels, outputs=outputs).assign(combinations=space.combinations)
    given: dict[str, Any] = {"n": n, "seed": seed, "outputs": outputs}
    sobol = sobol_indices(model, space.factors, **given)
    return sobol.join(shapley_effects(model, space.factors, **given)).assign(combinations=0)


def value_influence(space: ChoiceSpace, *, n: int, seed: int) -> pd.DataFrame:
    """
    Share of the variance of every benchmark value that each choice explains.

    Parameters
    ----------
    space, n, seed
        As in `choice_influence`, which runs the chain at the same points.

    Returns
    -------
    DataFrame
        Columns indicator, level, factor, and those of `choice_influence`; 0 for values that no choice moves.
    """
    names = [(str(level), name) for level in LEVELS for name in space.measured]
    outputs = [" ".join(name) for name in names]
    table = _effects(space, space.values, outputs, n, seed).reset_index()
    of = dict(zip(outputs, names, strict=True))
    table.insert(0, "indicator", [of[output][1] for output in table["output"]])
    table.insert(1, "level", [of[output][0] for output in table["output"]])
    return table.drop(columns="output")


def leading_choices(influence: pd.DataFrame) -> pd.DataFrame:
    """
    The three choices that explain most of each output.

    Returns
    -------
    DataFrame
        Columns output, rank, factor, shapley, lower, upper; outputs that nothing moves have no row.
    """
    rows = []
    for output in influence.index.unique("output"):
        own = influence.loc[output].sort_values("shapley", ascending=False, kind="stable")
        for rank, row in enumerate(own[own["shapley"] > 0].head(3).itertuples(), start=1):
            rows.append((output, rank, row.Index, row.shapley, row.shapley_lower, row.shapley_upper))
    return pd.DataFrame(rows, columns=["output", "rank", "factor", "shapley", "lower", "upper"])
