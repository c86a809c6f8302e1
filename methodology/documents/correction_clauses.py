"""Corrections of indicators as clauses: what is taken off a plant's value before it is compared, and its formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from methodology.documents.clauses import Clause, Piece, Ref
from methodology.documents.definitions import choice_zh, counted
from methodology.documents.equations import Symbol, arithmetic, cases, fraction, letters
from methodology.documents.word_parts import Grid
from methodology.findings.contents import RunContents
from methodology.findings.promises import NUMERALS
from methodology.indicators import LEVELS, Indicator, IndicatorSystem
from methodology.indicators.display import number, unit_of, unit_text
from methodology.indicators.expressions import parse
from methodology.indicators.system import Correction
from methodology.sample.attribute_words import column_name

_EQUAL, _MINUS = letters("=", upright=True), letters("−", upright=True)
_AT_MOST, _COMMA = letters("≤", upright=True), letters("，", upright=True)
_X, _CORRECTED, _CONVERTED = Symbol("x"), Symbol("x′"), Symbol("x", "0")
_TABLE_FROM = 3
"""Knots from which a curve that a norm states is printed as a table."""


def correction_clauses(contents: RunContents, corrected: Iterable[str]) -> list[Clause]:
    """One clause per corrected indicator: the formula, then each of its terms."""
    found: list[Clause] = []
    for name in corrected:
        item = contents.system[name]
        own = [c for c in contents.system.corrections if name in c.target and c.computable]
        found += [Clause("h2", [item.name_zh]), *_indicator(contents.system, item, own)]
    return found


def _indicator(system: IndicatorSystem, item: Indicator, own: Sequence[Correction]) -> list[Clause]:
    converting = [c for c in own if c.value]
    factors = [c for c in own if c.factor is not None]
    addends = [c for c in own if c not in converting and c not in factors]
    a, f = (
        {c.id: s for c, s in zip(group, counted({c.id: letter for c in group}).values(), strict=True)}
        for group, letter in ((addends, "a"), (factors, "f"))
    )
    start = _CONVERTED if converting else _X
    above = start.math + "".join(_MINUS + symbol.math for symbol in a.values())
    below = "".join(symbol.math for symbol in f.values())
    name = f"corrected_{item.id}"
    unit = unit_of(item)
    found = [
        Clause("lead", [f"{item.name_zh}按", Ref(name), "修正："]),
        Clause(
            "formula", name=name, math=_CORRECTED.math + _EQUAL + (fraction(above, below) if below else above)
        ),
        Clause("lead", ["式中："]),
        Clause("where", [_CORRECTED, f"——修正后的{item.name_zh}，单位为{unit}；"]),
        Clause(
            "where",
            [start, f"——{'换算到基准状态的' if converting else '修正前的'}{item.name_zh}，单位为{unit}；"],
        ),
    ]
    shown = [*a.items(), *f.items()]
    for place, (key, symbol) in enumerate(shown, start=1):
        one = next(c for c in own if c.id == key)
        found.append(
            Clause("where", [symbol, f"——{purpose(one, system)}{'。' if place == len(shown) else '；'}"])
        )
    for c in converting:
        found += _arithmetic(c, c.value, _CONVERTED, system, item)
        found += (
            [Clause("p", [f"仅换算{where}的企业，其他企业取修正前的数值。"])]
            if (where := _where(c, system))
            else []
        )
    for key, symbol in shown:
        found += _term(next(c for c in own if c.id == key), symbol, system, item)
    return found


def purpose(one: Correction, system: IndicatorSystem) -> str:
    """What a term is for, for whom, and at which levels."""
    read = "、".join(column_name(name, system, "zh") for name in one.attributes if name not in one.where)
    where = _where(one, system)
    text = f"{read or '生产条件'}修正{'系数' if one.factor is not None else '项'}"
    text += f"，单位为{unit_text(one.unit)}" if one.unit and one.factor is None else ""
    text += f"，仅用于{where}的企业，其他企业为{0 if one.factor is None else 1}" if where else ""
    if set(one.levels) != set(LEVELS):
        text += f"，仅在评定{'、'.join(NUMERALS[str(level)] for level in one.levels)}级时采用"
    return text


def _where(one: Correction, system: IndicatorSystem) -> str:
    """Which plants a correction is for, where not for all."""
    return "，且".join(f"{column_name(k, system, 'zh')}为“{choice_zh(k, v)}”" for k, v in one.where.items())


def _term(one: Correction, symbol: Symbol, system: IndicatorSystem, item: Indicator) -> list[Clause]:
    """How one term is computed."""
    if one.addend and not parse(one.addend).names:
        return [Clause("p", [symbol, f"取{one.addend} {unit_text(one.unit)}。"])]
    if one.addend:
        return _arithmetic(one, one.addend, symbol, system, item)
    name = _named(one.attribute, system)
    unit = f" {unit_text(one.unit)}" if one.unit else ""
    if one.factor is not None:
        return [Clause("p", [symbol, f"取{number(one.factor)}。"])]
    if one.table:
        told = "，".join(
            f"{choice_zh(one.attribute, word)}取{number(value)}{unit}" for word, value in one.table.items()
        )
        return [Clause("p", [symbol, f"按{name}取值：{told}。"])]
    if one.reference is not None or len(one.points) < _TABLE_FROM:
        return _lines(one, symbol, name, item)
    grid = Grid(
        (name, f"修正值{unit}"),
        [[number(x, digits=6), number(y, digits=6)] for x, y in one.points],
        (1, 1),
        centred=(0, 1),
    )
    key = f"points_{one.id}_{item.id}"
    return [
        Clause("p", [symbol, f"按{name}由", Ref(key), "取值，两点之间线性内插，超出范围的取端点值。"]),
        Clause("table", [f"{item.name_zh}的修正值（{_condition(one, system)}）"], key, grid),
    ]


def _named(name: str, system: IndicatorSystem) -> str:
    """An attribute or indicator with its unit; a word to choose has none."""
    unit = unit_of(system[name]) if name in system.ids else unit_text(system.attributes.get(name, ""))
    word = column_name(name, system, "zh")
    return f"{word}（{unit}）" if unit and unit != "text" and "|" not in unit else word


def _condition(one: Correction, system: IndicatorSystem) -> str:
    told = [choice_zh(k, v) for k, v in one.where.items()]
    return "，".join([*told, column_name(one.attribute, system, "zh")])


def _lines(one: Correction, symbol: Symbol, name: str, item: Indicator) -> list[Clause]:
    """Straight lines, each from the value of the attribute at which benchmark values are stated, or from its end."""
    z, lines = Symbol("z"), []
    for (left, low), (right, high) in pairwise(one.points):
        at, base, slope = left, low, (high - low) / (right - left)
        if one.reference is not None and left <= one.reference <= right:
            at, base = one.reference, 0.0
        start = letters(f"{number(base, digits=6)}+", upright=True) if base else ""
        line = (
            start
            + letters(f"{number(slope)}×(", upright=True)
            + z.math
            + letters(f"−{number(at, digits=6)})", upright=True)
        )
        ends = (letters(f"{number(end, digits=6)}", upright=True) for end in (left, right))
        lines.append((line, _AT_MOST.join([next(ends), z.math, next(ends)])))
    told = cases([line + _COMMA + where for line, where in lines]) if len(lines) > 1 else lines[0][0]
    key = f"term_{one.id}_{item.id}"
    outer = "～".join(number(one.points[place][0], digits=6) for place in (0, -1))
    return [
        Clause("lead", [symbol, "按", Ref(key), "计算："]),
        Clause("formula", name=key, math=symbol.math + _EQUAL + told),
        Clause("lead", ["式中："]),
        Clause("where", [z, f"——{name}，取值范围{outer}，超出范围的取端点值。"]),
    ]


def _arithmetic(
    one: Correction, text: str, symbol: Symbol, system: IndicatorSystem, item: Indicator
) -> list[Clause]:
    expression = parse(text)
    read = [name for name in expression.names if name != "value"]
    symbols = counted(dict.fromkeys(read, "z")) | {"value": _X}
    key = f"term_{one.id}_{item.id}"
    lines: list[Clause] = []
    named: list[tuple[Symbol, str]] = [(symbols[name], _named(name, system)) for name in read]
    named = ([(_X, f"换算前的{item.name_zh}，单位为{unit_of(item)}")] if one.value else []) + named
    for place, (own, told) in enumerate(named, start=1):
        pieces: list[Piece] = [own, f"——{told}{'。' if place == len(named) else '；'}"]
        lines.append(Clause("where", pieces))
    return [
        Clause("lead", [symbol, "按", Ref(key), "计算："]),
        Clause("formula", name=key, math=symbol.math + _EQUAL + arithmetic(expression, symbols)),
        *([Clause("lead", ["式中："])] if lines else []),
        *lines,
    ]
