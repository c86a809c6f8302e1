"""Words the sentences over figures share."""

from __future__ import annotations

import re

from methodology.indicators.display import significant
from methodology.languages import current, later, say
from methodology.parameters.words import setting_in_words
from methodology.sample.attribute_words import answer_word, attribute_name

BASES = (
    later("as calibrated"),
    later("as calibrated, marginal promise"),
    later("as calibrated, joint promise"),
    later("as calibrated, strictness promise"),
    later("as calibrated, values promise"),
    later("as proposed, marginal promise"),
    later("as proposed, joint promise"),
    later("as proposed, strictness promise"),
    later("as proposed, values promise"),
)
"""Which values a figure shows."""
CASES = (
    later("as proposed"),
    later("another value"),
    later("another weight"),
    later("another cut"),
    later("all three"),
    later("all plants"),
    later("all, weighted to the register"),
    later("no register known"),
    later("joint promise settled"),
    later("all known"),
)
"""What notebooks and stages call the cases they set side by side."""
_STRATUM = re.compile(r"(?P<attribute>[a-z_]+): (?P<word>.+) \((?P<plants>\d+) plants\)")


def counted(count: int) -> str:
    """
    A number in a sentence; Chinese writes nought as a number.

    Examples
    --------
    >>> counted(3), counted(0)
    ('3', 'none')
    """
    return str(count) if count or current() == "zh" else "none"


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
    return say("{claim} ({basis})", claim=say(claim), basis=say(basis)) if basis else claim


def method_in_words(method: object) -> str:
    """
    What a method, a scenario, or a part of the sample is called over and in a figure.

    Examples
    --------
    >>> method_in_words("harrell-davis"), method_in_words("all plants")
    ('Harrell-Davis', 'all plants')
    """
    own = _STRATUM.fullmatch(str(method))
    if own:
        name, word = own["attribute"], answer_word(own["attribute"], own["word"])
        told = {"attribute": attribute_name(name, current()), "stratum": word, "plants": own["plants"]}
        return say("{attribute}: {stratum} ({plants} plants)", **told)
    return setting_in_words(str(method)).replace("_", " ")


def scenario_in_words(name: object) -> str:
    """A scenario or a sample as its file is called, in words."""
    return say(str(name).replace("_", " "))


SCENARIOS = (
    later("best worst"),
    later("census"),
    later("marginal"),
    later("mixed charges"),
    later("strict level one"),
    later("uncorrected"),
    later("ironmaking"),
    later("ironmaking census"),
    later("electric steelmaking"),
)
"""What the scenarios that are shipped, and what they start from, are called."""
