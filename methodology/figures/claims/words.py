"""Words the sentences over figures share."""

from __future__ import annotations

from methodology.indicators.display import significant


def counted(count: int) -> str:
    """
    A number in a sentence.

    Examples
    --------
    >>> counted(3), counted(0)
    ('3', 'none')
    """
    return str(count) if count else "none"


def verb(count: int, one: str, many: str) -> str:
    """
    The form of a verb that fits a number.

    Examples
    --------
    >>> verb(1, "is", "are"), verb(0, "is", "are")
    ('is', 'are')
    """
    return one if count == 1 else many


def two_digits(value: float) -> float:
    """
    Two significant digits.

    Examples
    --------
    >>> two_digits(0.12345), two_digits(1234.0)
    (0.12, 1200.0)
    """
    return significant(value, 2)


def on_basis(claim: str, basis: str) -> str:
    """
    A claim with the values it holds for, which no reader may take for others.

    Examples
    --------
    >>> on_basis("None of 30 plants reaches a level", "as calibrated, marginal promise")
    'None of 30 plants reaches a level (as calibrated, marginal promise)'
    """
    return f"{claim} ({basis})" if basis else claim
