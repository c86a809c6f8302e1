"""A sweep file: which choices vary, over which systems, by a grid or a Latin hypercube."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from methodology.errors import ParameterError, Problem, raise_problems
from methodology.indicators.loading import problems_of, read_yaml
from methodology.parameters import Parameters, Project, load_run
from methodology.parameters.model import SystemId

MOST_POINTS = 100_000
"""Points of one sweep, over all its systems."""
_MOST_REFUSED = 10
Scalar = bool | int | float | str


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Range(_Model):
    """Values between two bounds, for a Latin hypercube."""

    low: float
    high: float

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low must be below high (given: {self.low}, {self.high})")
        if not math.isfinite(self.high - self.low):
            raise ValueError(f"the range is too wide to be divided (given: {self.low}, {self.high})")
        return self


class Sweep(_Model):
    """What `workbench sweep` reads."""

    why: Annotated[str, Field(min_length=10, max_length=2000)]
    """Why the sweep is made."""
    systems: Annotated[tuple[SystemId, ...], Field(min_length=1, max_length=100)]
    """Ids; the run of each system in `params/runs/` is what the points differ from."""
    design: Literal["grid", "latin-hypercube"] = "grid"
    """Every combination of the values, or `points` combinations that fill the space evenly."""
    points: int = Field(default=0, ge=0, le=1_000_000)
    """Points of a Latin hypercube, per system."""
    seed: int = Field(default=0, ge=0, lt=2**63)
    """Root of the Latin hypercube."""
    parameters: Annotated[
        dict[str, Annotated[list[Scalar], Field(min_length=1)] | Range], Field(min_length=1)
    ]
    """`section.field` and the values it takes: a list, or a range (Latin hypercube only)."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ranges = [name for name, values in self.parameters.items() if isinstance(values, Range)]
        if self.design == "grid" and (ranges or self.points):
            raise ValueError(f"a grid has lists and no `points` (given: {', '.join(ranges) or self.points})")
        if self.design == "latin-hypercube" and not self.points:
            raise ValueError("a Latin hypercube needs `points`")
        count = self.count
        if count > MOST_POINTS:
            raise ValueError(
                f"{count:,} points ({len(self.systems)} systems, design {self.design}); at most {MOST_POINTS:,} are "
                "computed. Leave values out, or draw fewer points as a Latin hypercube"
            )
        return self

    @property
    def count(self) -> int:
        """Points over all systems, counted without making them."""
        lists = [len(values) for values in self.parameters.values() if not isinstance(values, Range)]
        return len(self.systems) * (math.prod(lists) if self.design == "grid" else self.points)


def load_sweep(path: Path) -> Sweep:
    """
    Read a sweep file.

    Raises
    ------
    ParameterError
        Every fault at once, with its key.
    """
    content = read_yaml(path, error=ParameterError)
    try:
        return Sweep.model_validate(content)
    except ValidationError as fault:
        problems = problems_of(fault, path.name, Sweep.model_fields, stated=content)
        raise ParameterError(f"{path.name} does not state a valid sweep.", problems) from fault


def points_of(sweep: Sweep) -> list[dict[str, Scalar]]:
    """
    The combinations of values, the same for every system, in a fixed order.

    Examples
    --------
    >>> sweep = Sweep(why="An example.", systems=["toy"], parameters={"a.x": [1, 2], "a.y": ["u"]})
    >>> points_of(sweep)
    [{'a.x': 1, 'a.y': 'u'}, {'a.x': 2, 'a.y': 'u'}]
    """
    names = list(sweep.parameters)
    if sweep.design == "grid":
        lists = [values for values in sweep.parameters.values() if not isinstance(values, Range)]
        return [dict(zip(names, values, strict=True)) for values in itertools.product(*lists)]
    from scipy.stats import qmc

    shares = qmc.LatinHypercube(len(names), rng=sweep.seed).random(sweep.points)
    return [
        {name: _at(sweep.parameters[name], share) for name, share in zip(names, row, strict=True)}
        for row in shares
    ]


def _at(values: list[Scalar] | Range, share: float) -> Scalar:
    if isinstance(values, Range):
        return values.low + (values.high - values.low) * float(share)
    return values[int(share * len(values))]


def runs_of(sweep: Sweep, project: Project, file: str) -> list[tuple[dict[str, Scalar], Parameters]]:
    """
    Every point with all its choices, system by system; of points that say the same the first alone.

    A value that is listed twice, and counts that round to one, make points that say the same.

    Raises
    ------
    ParameterError
        Every point the model refuses, until there are ten faults, before anything is computed.
    """
    bases = {name: load_run(project.place(f"params/runs/{name}.yaml")) for name in sweep.systems}
    found: dict[str, tuple[dict[str, Scalar], Parameters]] = {}
    problems: dict[Problem, None] = {}
    points = points_of(sweep)
    for name, base in bases.items():
        for number, point in enumerate(points):
            try:
                stated, run = _changed(base, point)
                found.setdefault(run.model_dump_json(), (stated, run))
            except ValidationError as fault:
                place = f"{file}, {name}, point {number}"
                problems |= dict.fromkeys(problems_of(fault, place, Parameters.model_fields))
            except KeyError as fault:
                problems[
                    Problem(f"{fault.args[0]!r} is no choice of a run.", file=file, column="parameters")
                ] = None
            if len(problems) >= _MOST_REFUSED:
                raise ParameterError(f"{len(problems)} faults or more in the points of {file}.", problems)
    raise_problems(ParameterError, f"{len(problems)} faults in the points of {file}.", problems)
    return list(found.values())


def _changed(base: Parameters, point: Mapping[str, Scalar]) -> tuple[dict[str, Scalar], Parameters]:
    """A point as it is computed, counts in whole numbers, and all its choices."""
    content: dict[str, Any] = base.model_dump()
    stated: dict[str, Scalar] = {}
    for name, value in point.items():
        section, _, field = name.partition(".")
        place = content if not field else content.get(section)
        key = field or section
        if not isinstance(place, dict) or key not in place or isinstance(place[key], dict):
            raise KeyError(name)
        is_count = (
            isinstance(place[key], int) and not isinstance(place[key], bool) and isinstance(value, float)
        )
        stated[name] = place[key] = round(float(value)) if is_count else value
    return stated, Parameters.model_validate(content)
