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

    Examples
    --------
    >>> footing = Footing.of(Parameters(system="ironmaking", why="an example of a footing"), folds=0)
    >>> footing.minimum, footing.bound_by_index, footing.folds
    (3, True, 0)
    """

    level_one: str | None = None
    """Reading of the rule, as in `methodology.evaluation.evaluate`; `cut` too."""
    cut: float | None = None
    bound_by_law: bool = False
    """No value looser than a comparator that binds its level."""
    bound_by_index: bool = False
    """No value looser than the index that is revised."""
    looser: frozenset[tuple[str, str]] = frozenset()
    """Values, by indicator and level, that a recorded decision lets be looser than the index."""
    minimum: int = 1
    """k: no value looser than that of the k-th plant from the dirty end, and as many plants at a level whose target is
    no more than one of them; 1 leaves both open."""
    stratum: Mapping[str, str] | None = field(default=None, hash=False)
    """Where the plants stand; with `corrected` it decides which comparators bind."""
    corrected: bool = False
    population: int | None = None
    """Known plants of the industry."""
    folds: int = 5
    """Folds of the cross-validated share; 0 leaves it out."""
    seed: int = 0
    """Of the folds and of everything else that is drawn."""

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
