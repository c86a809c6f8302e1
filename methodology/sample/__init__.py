"""The front door for plants: read, check, convert, keep or exclude with a reason.

All of it needs pandas, so it is imported when it is first asked for: an unchanged run is answered without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from methodology.corrections import correct
    from methodology.sample.about import describe, describe_panel, read_register
    from methodology.sample.checking import account, check_sample
    from methodology.sample.reading import load, read_sample
    from methodology.sample.years import years_spread

__all__ = [
    "account",
    "check_sample",
    "correct",
    "describe",
    "describe_panel",
    "load",
    "read_register",
    "read_sample",
    "years_spread",
]

_WITH_PANDAS = {
    "methodology.corrections": ("correct",),
    "methodology.sample.about": ("describe", "describe_panel", "read_register"),
    "methodology.sample.checking": ("account", "check_sample"),
    "methodology.sample.reading": ("load", "read_sample"),
    "methodology.sample.years": ("years_spread",),
}


def __getattr__(name: str) -> Any:
    for module, names in _WITH_PANDAS.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
