"""How numbers, names and statuses are written for readers: the same in every figure, table and document."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from methodology.indicators.system import Indicator
from methodology.indicators.words import level_zh
from methodology.languages import Words, current, say, speaking

MISSING = "–"
_SIGNS = {"m2": "m²", "m3": "m³", "CO2": "CO₂", "ug": "μg"}
_SET = re.compile(r"(?<![A-Za-z])(?:m2|m3|ug)(?![A-Za-z0-9])|CO2")
RECALLED = "†"
ASSUMED = "‡"
STATUS_LEGEND = {
    RECALLED: Words("凭记忆引用，未核对原文", "recalled, primary text not read"),
    ASSUMED: Words("起草者设定", "assumed by the drafters"),
}
_KNOWN_HOW = {
    "SEEN": Words("原文已读", "read"),
    "SEEN-2nd": Words("转引", "second-hand"),
    "RECALLED": Words("凭记忆", "recalled"),
    "DERIVED": Words("推算", "derived"),
    "ASSUMED": Words("设定", "assumed"),
}
_INDEX = re.compile(r"^(\d{4}) index level (I{1,3})$")
_LEVEL = re.compile(r"(?<=\d) level (\d)$")
_BEHIND = re.compile(r" ?\(([^()]*)\)")
_STATUS = re.compile(r"(SEEN-2nd|SEEN|RECALLED|DERIVED|ASSUMED)(?:_[HML])?(?![\w-])")
_ROUNDING = Context(prec=700, rounding=ROUND_HALF_EVEN)
"""Digits enough for any float written out."""


def decimal_of(value: float | Decimal) -> Decimal:
    """
    Take a number as the decimal a reader sees, not as the binary fraction behind it.

    Examples
    --------
    >>> decimal_of(0.1) + decimal_of(0.2)
    Decimal('0.3')
    """
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def total(values: Iterable[float | Decimal]) -> Decimal:
    """
    Add up decimals exactly, as a reader of the printed numbers does.

    Examples
    --------
    >>> total([0.1] * 10)
    Decimal('1.0')
    """
    return sum(map(decimal_of, values), start=Decimal(0))


def several(count: int, one: str, many: str = "") -> str:
    """
    Count things in English: one of them is not written like many.

    Examples
    --------
    >>> several(1, "plant"), several(0, "plant"), several(2, "value lies", "values lie")
    ('1 plant', '0 plants', '2 values lie')
    """
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def places_of(values: Iterable[float | Decimal], *, least: int = 0) -> int:
    """
    Decimals that print every value in full.

    Examples
    --------
    >>> places_of([0.5, 0.125]), places_of([3.0]), places_of([3.0], least=1)
    (3, 0, 1)
    """
    exponents = (decimal_of(value).normalize().as_tuple().exponent for value in values)
    return max([least, *(-int(exponent) for exponent in exponents)])


def rounded(value: float | Decimal, places: int) -> Decimal:
    """
    Round a decimal as GB/T 8170 asks: what lies exactly halfway goes to the even digit.

    Parameters
    ----------
    value : float or Decimal
        Finite.
    places : int
        Decimals kept; negative for tens, hundreds and on.

    Examples
    --------
    >>> rounded(0.0455, 3), rounded(0.0445, 3), rounded(2.5, 0), rounded(1250, -2)
    (Decimal('0.046'), Decimal('0.044'), Decimal('2'), Decimal('1.2E+3'))
    """
    return decimal_of(value).quantize(Decimal(1).scaleb(-places), context=_ROUNDING)


def significant(value: float, digits: int) -> float:
    """
    Keep so many digits that count, rounded as in `rounded`.

    Examples
    --------
    >>> significant(0.12345, 2), significant(1250.0, 2), significant(0.0, 2)
    (0.12, 1200.0, 0.0)
    """
    if not math.isfinite(value) or value == 0:
        return float(value)
    return float(rounded(value, digits - 1 - decimal_of(value).adjusted()))


def fixed(value: float | Decimal | None, places: int, *, signed: bool = False) -> str:
    """
    Write a number with a fixed number of decimals.

    Parameters
    ----------
    value : float, Decimal or None
        None and NaN are written as a dash.
    signed : bool
        Write a plus before what is positive.

    Examples
    --------
    >>> fixed(0.0455, 3), fixed(-0.25, 1), fixed(0.5, 1, signed=True), fixed(None, 2)
    ('0.046', '−0.2', '+0.5', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    shown = rounded(value, places)
    return _minus(f"{shown:{'+' if signed and shown else ''}f}")


def number(value: float | None, *, step: float | None = None, digits: int = 4) -> str:
    """
    Write a number the way an engineer would.

    Parameters
    ----------
    value : float or None
        None and NaN are written as a dash.
    step : float, optional
        Engineering step of the indicator; decides the decimals.
    digits : int
        Significant digits when there is no step; whole numbers are never shortened.

    Examples
    --------
    >>> number(387.912345), number(0.0261234), number(1458.27), number(361.0), number(None)
    ('387.9', '0.02612', '1458', '361', '–')
    >>> number(0.1 + 0.2, step=0.05)
    '0.30'
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if step:
        return fixed(value, decimals_of(step))
    if value == 0:
        return "0"
    text = fixed(value, max(0, digits - 1 - decimal_of(value).adjusted()))
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals_of(step: float) -> int:
    """
    Decimals that show a multiple of `step` in full.

    Examples
    --------
    >>> decimals_of(0.05), decimals_of(1), decimals_of(0.5), decimals_of(10)
    (2, 0, 1, 0)
    """
    for places in range(9):
        if math.isclose(round(step, places), step, rel_tol=1e-9):
            return places
    return 9


def percent(share: float | Decimal | None, *, places: int = 1) -> str:
    """
    Write a share as a percentage, always with as many decimals: shares stand beside each other everywhere.

    Examples
    --------
    >>> percent(1 / 3), percent(0.05), percent(0.0455), percent(-0.5), percent(float("nan"))
    ('33.3 %', '5.0 %', '4.6 %', '−50.0 %', '–')
    >>> percent(0.0455, places=2), percent(0.2, places=2)
    ('4.55 %', '20.00 %')
    """
    if share is None or not math.isfinite(share):
        return MISSING
    return f"{fixed(decimal_of(share).scaleb(2), places)} %"


def round_percent(share: float) -> str:
    """
    Write what is no result as shortly as it was chosen: a tick of an axis, a head, a level of confidence.

    Examples
    --------
    >>> round_percent(0.95), round_percent(0.975), round_percent(0.2 + 0.1)
    ('95 %', '97.5 %', '30 %')
    """
    return f"{number(100 * share)} %"


def crossed(document: Mapping[str, Any], level: str) -> str:
    """
    Share of plants left out of a calibration, and between which shares it lies; empty where a document tells none.

    Examples
    --------
    >>> told = {"cross_validated": {"I": 0.1}, "crossed_lower": {"I": 0.0211}, "crossed_upper": {"I": 0.265}}
    >>> crossed(told, "I"), crossed({"cross_validated": {"I": 0.1}}, "I"), crossed(told, "II")
    ('10.0 % (2.1 – 26.5 %)', '10.0 %', '')
    """
    share, low, high = (
        (document.get(name) or {}).get(level)
        for name in ("cross_validated", "crossed_lower", "crossed_upper")
    )
    if share is None:
        return ""
    ends = "" if low is None or high is None else f" ({percent(low).removesuffix(' %')} – {percent(high)})"
    return f"{percent(share)}{ends}"


def mark(status: str | None) -> str:
    """
    Sign behind a number that was recalled or assumed.

    Examples
    --------
    >>> mark("RECALLED_H"), mark("ASSUMED"), mark("SEEN-2nd")
    ('†', '‡', '')
    """
    head = (status or "").upper()
    return RECALLED if head.startswith("RECALLED") else ASSUMED if head.startswith("ASSUMED") else ""


def in_words(status: str | None) -> str:
    """
    What `mark` says, in words in brackets: for messages, which have no legend.

    Examples
    --------
    >>> in_words("RECALLED_M"), in_words("ASSUMED"), in_words("SEEN")
    (' (recalled)', ' (assumed)', '')
    """
    return {RECALLED: " (recalled)", ASSUMED: " (assumed)"}.get(mark(status), "")


def known_in_both(told: str) -> Words:
    """
    What `said_known_how` told in English, in both languages.

    Examples
    --------
    >>> known_in_both("second-hand").zh, known_in_both("heard of").zh
    ('转引', 'heard of')
    """
    return next((words for words in _KNOWN_HOW.values() if words.en == told), Words(told, told))


def said_known_how(status: str) -> str:
    """
    Write the codes of a status in the language that is spoken.

    Examples
    --------
    >>> said_known_how("SEEN-2nd"), said_known_how("RECALLED_M")
    ('second-hand', 'recalled')
    """
    told = _STATUS.sub(lambda found: say(_KNOWN_HOW[found[1]]), status)
    return _BEHIND.sub("（\\1）", told) if current() == "zh" else told


def label_zh(label: str) -> str:
    """
    Name a comparator in Chinese where its label follows a pattern; any other label is kept.

    Examples
    --------
    >>> label_zh("2014 index level II"), label_zh("GB 21256-2025 level 1"), label_zh("ultra-low emission")
    ('2014年指标体系Ⅱ级', 'GB 21256-2025的1级', '超低排放')
    """
    with speaking("zh"):
        told = say(label)
    if told != label:
        return told
    label = _INDEX.sub(lambda found: f"{found[1]}年指标体系{level_zh(found[2])}", label)
    return _LEVEL.sub(r"的\1级", label)


def signs_explained(texts: Iterable[str]) -> list[str]:
    """
    One line for each sign of a status that occurs in texts.

    Examples
    --------
    >>> signs_explained(["300†", "50"])
    ['† 凭记忆引用，未核对原文 recalled, primary text not read']
    """
    together = "".join(texts)
    return [f"{sign} {' '.join(words)}" for sign, words in STATUS_LEGEND.items() if sign in together]


def unit_of(indicator: Indicator) -> str:
    """Unit as readers expect it; empty for levels."""
    return unit_text(indicator.unit)


def unit_text(unit: str) -> str:
    """
    Unit of the workbench as it is printed.

    Examples
    --------
    >>> unit_text("mg/m3"), unit_text("kgCO2/t"), unit_text("C"), unit_text("ug/m3"), unit_text("level")
    ('mg/m³', 'kgCO₂/t', '°C', 'μg/m³', '')
    """
    whole = {"level": "", "C": "°C", "N/pellet": "N/P"}.get(unit)
    return _SET.sub(lambda found: _SIGNS[found[0]], unit) if whole is None else whole


def said_unit(unit: str) -> str:
    """Unit as it is printed, its words in the language that is spoken: `million m³/a` is 百万m³/a."""
    return say(unit_text(unit))


def benchmark(value: float | None, indicator: Indicator, *, digits: int = 4) -> str:
    """
    A benchmark value as the standard prints it: to the step of its indicator, an interval where there is a target.

    Benchmark values of an indicator with a target are distances from it (0.2 % of FeO off 7.5 to 9.0 %), and no reader
    would take them for that.
    """
    if indicator.target is None or value is None or not math.isfinite(value):
        return number(value, step=indicator.step, digits=digits)
    low, high = indicator.target
    ends = (number(end, step=indicator.step, digits=digits) for end in (low - value, high + value))
    return "–".join(ends) + mark(indicator.target_status)


def off_target(indicator: Indicator) -> str:
    """Words behind a name: values beside it are distances from a target interval; empty for other indicators."""
    if indicator.target is None:
        return ""
    low, high = indicator.target
    target = f"{number(low)}–{number(high)}{mark(indicator.target_status)}"
    return say(" (off {target})", target=target)


def _minus(text: str) -> str:
    """A real minus, and none before a zero."""
    bare = text.removeprefix("-")
    return f"−{bare}" if bare != text and float(text) != 0 else bare
