"""The line at the foot of every figure whose plants or experts are made up: said once, for all figures that follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from methodology.indicators.words import SYNTHETIC

PLANTS, EXPERTS = "企业 plants", "专家 experts"
_of_the_process = ""
"""What a notebook says for itself: cells do not share a context."""
_for_a_while: ContextVar[str] = ContextVar("made_up")


def made_up_line(about: Mapping[str, Any], panel: Mapping[str, Any] | None = None) -> str:
    """
    Name each ingredient that is made up, in both languages; '' where all are real.

    Examples
    --------
    >>> made_up_line({"synthetic": True}), made_up_line({"synthetic": False}, {"synthetic": False})
    ('合成数据 synthetic data：企业 plants', '')
    """
    asked = ((PLANTS, about), (EXPERTS, panel or {}))
    named = [name for name, ingredient in asked if ingredient.get("synthetic")]
    return f"{SYNTHETIC}：{'、'.join(named)}" if named else ""


def name_made_up(about: Mapping[str, Any], panel: Mapping[str, Any] | None = None) -> None:
    """
    Let every figure that a notebook draws from here on name what is made up.

    Parameters
    ----------
    about, panel : mapping
        What the plants and the experts say of themselves, as `describe` and `describe_panel` give it.
    """
    global _of_the_process
    _of_the_process = made_up_line(about, panel)


@contextmanager
def saying(line: str) -> Iterator[None]:
    """Let the figures that are drawn within bear this line, or none, whatever was named before."""
    before = _for_a_while.set(line)
    try:
        yield
    finally:
        _for_a_while.reset(before)


def line_now() -> str:
    """What a figure that is drawn now bears at its foot."""
    return _for_a_while.get(_of_the_process)
