"""The typed, frozen set of every choice a run makes."""

from methodology.parameters.footing import Footing
from methodology.parameters.loading import (
    cell_of,
    choices_of,
    load_run,
    load_scenarios,
    parameters_for,
    recorded,
)
from methodology.parameters.model import Parameters
from methodology.parameters.project import Project

__all__ = [
    "Footing",
    "Parameters",
    "Project",
    "cell_of",
    "choices_of",
    "load_run",
    "load_scenarios",
    "parameters_for",
    "recorded",
]
