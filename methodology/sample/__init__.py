"""The front door for plants: read, check, convert, keep or exclude with a reason."""

from methodology.corrections.corrections import correct
from methodology.sample.about import (
    describe,
    describe_panel,
    read_register,
)
from methodology.sample.checking import account, check_sample
from methodology.sample.reading import (
    load,
    read_sample,
)
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
