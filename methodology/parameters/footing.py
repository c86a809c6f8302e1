"""What the calibration of a whole standard stands on, as one value: the rule, the bounds and the random source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from methodology.errors import ParameterError
from methodology.parameters.model import Parameters


@dataclass(frozen=True)
class Footing:
    """
    Everything outside the promise that decides the values of a whole standard.

    Attributes
    ----------
    level_one, cut
        Reading of the rule, as in `methodology.evaluation.evaluate`.
    bound_by_law : bool
        No value looser than a comparator that binds its level.
    bound_by_index : bool
        No value looser than the index that is revised.
    looser : frozenset of (indicator, level)
        Values a recorded decision lets be looser than the index.
    minimum : int
        k: no value looser than that of the k-th plant from the dirty end, and as many plants at a level whose target
        is no more than one of them; 1 leaves both open.
    stratum, corrected
        Where the plants stand and whether their values are corrected; decides which comparators bind.
    population : int, optional
        Known plants of the industry.
    folds : int
        Folds of the cross-validated share; 0 leaves it out.
    seed : int
        Of the folds and of everything else that is drawn.

    Examples
    --------
    >>> footing = Footing.of(Parameters(system="ironmaking", why="an example of a footing"), folds=0)
    >>> footing.minimum, footing.bound_by_index, footing.folds
    (3, True, 0)
    """

    level_one: str | None = None
    cut: float | None = None
    bound_by_law: bool = False
    bound_by_index: bool = False
    looser: frozenset[tuple[str, str]] = frozenset()
    minimum: int = 1
    stratum: Mapping[str, str] | None = field(default=None, hash=False)
    corrected: bool = False
    population: int | None = None
    folds: int = 5
    seed: int = 0

    @classmethod
    def of(cls, parameters: Parameters, **changes: Any) -> Self:
        """The footing of a run, with what is stated here in place of its own."""
        rule, sample, bounds = parameters.evaluation, parameters.sample, parameters.proposal
        attribute, _, value = sample.stratum.partition("=")
        own = cls(
            level_one=rule.level_one,
            cut=rule.cut,
            bound_by_law=bounds.bound_by_law,
            bound_by_index=bounds.bound_by_index,
            looser=frozenset((one.indicator, one.level) for one in bounds.looser),
            minimum=bounds.disclosure_minimum,
            stratum={attribute: value} if value else None,
            corrected=sample.correction,
            population=sample.population or None,
            seed=parameters.seed,
        )
        return own.changed(**changes)

    def changed(self, **changes: Any) -> Self:
        """
        The same with other fields.

        Raises
        ------
        ParameterError
            If a field is none, or k is no whole number of at least 1.
        """
        unknown = sorted(set(changes) - set(self.__dataclass_fields__))
        if unknown:
            known = ", ".join(self.__dataclass_fields__)
            raise ParameterError(f"{', '.join(unknown)} is nothing a calibration stands on; give {known}.")
        if not isinstance(changes.get("population", 0), int | None):
            raise ParameterError(f"population is {changes['population']!r}; give a whole number of plants.")
        minimum = changes.get("minimum", 1)
        if isinstance(minimum, bool) or minimum != int(minimum) or minimum < 1:
            raise ParameterError(f"minimum is {minimum!r}; give a whole number of at least 1.")
        return replace(self, **changes)
