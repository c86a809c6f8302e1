"""The typed, frozen set of every choice a run makes.

Each name is imported when it is first asked for: where a project stands is found without the model of its choices.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_FOUND_IN = {
    "footing": ("Footing",),
    "loading": ("cell_of", "choices_of", "load_run", "load_scenarios", "parameters_for", "recorded"),
    "model": ("Parameters",),
    "project": ("Project",),
}


def __getattr__(name: str) -> Any:
    for module, names in _FOUND_IN.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
