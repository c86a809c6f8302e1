"""Definition and formula of every indicator as clauses, its quantities as symbols explained below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence

from methodology.documents.clauses import Clause, Piece, Ref
from methodology.documents.equations import Symbol, arithmetic, letters
from methodology.findings.contents import RunContents
from methodology.indicators import Indicator, IndicatorSystem, Kind
from methodology.indicators.display import number, unit_of, unit_text
from methodology.indicators.expressions import Expression, parse
from methodology.indicators.questionnaire_words import averaging, may_be_excused
from methodology.sample.attribute_words import attribute_name, attribute_words

_LETTERS = {
    **dict.fromkeys(("output",), "P"),
    "energy": "E",
    "material": "M",
    "water": "W",
    "residue": "R",
    "operation": "N",
    "concentration": "C",
    "gas": "V",
    "factor": "k",
    **dict.fromkeys(("material %", "operation %"), "w"),
    "gas %": "φ",
    "operation C": "t",
    **dict.fromkeys(("energy kJ/kg", "energy kJ/m3"), "Q"),
}
"""What a quantity of a kind is called by, or of a kind in a unit."""
_COUNTED = {"炉": "座", "机": "台"}
"""What plants of a kind are counted by."""
_ASIDE = re.compile(r"（[^）]*）|\([^)]*\)")


def definition_clauses(contents: RunContents, corrected: Container[str]) -> list[Clause]:
    """
    One clause per indicator, by group.

    Parameters
    ----------
    corrected : container of str
        Indicators that are corrected before they are compared.
    """
    found: list[Clause] = []
    for group in contents.system.groups:
        found.append(Clause("h2", [f"{group.name_zh}指标"]))
        members = [item for item in contents.system.indicators if item.group == group.id]
        for item in members:
            found += _definition(contents.system, item, corrected=item.id in corrected)
    return found


def _definition(system: IndicatorSystem, item: Indicator, *, corrected: bool) -> list[Clause]:
    found = [Clause("h3", [f"{item.name_zh}{'*' if item.limiting else ''}"])]
    if item.kind is Kind.QUALITATIVE:
        return [*found, Clause("p", ["按", Ref("described"), "评定等级。"])]
    said = item.explained.zh if item.explained else f"{item.name_zh}按统计期内的实际数据计算。"
    unit = unit_of(item)
    texts: list[Piece] = [said, "以%表示。" if unit == "%" else f"单位为{unit}。" if unit else ""]
    average = averaging(item)[0]
    texts.append(f"统计期与取值：{average}。" if average else "")
    texts.append(_applies(item))
    if item.target:
        texts.append(
            f"目标区间为{number(item.target[0])}～{number(item.target[1])} {unit}，基准值为允许的区间。"
        )
    if corrected:
        texts += ["与基准值比较前按", Ref("corrections"), "修正。"]
    found.append(Clause("p", texts))
    if item.formula:
        found += _formula(system, item)
    return found


def _applies(item: Indicator) -> str:
    """Which plants an indicator applies to; where the system names no attribute, plants give the reason."""
    if item.applies:
        told = "，且".join(answered(name, words) for name, words in item.applies.items())
        return f"本指标仅适用于{told}的企业。"
    return "不适用的企业应说明理由并提供证明。" if may_be_excused(item) else ""


def answered(name: str, words: Sequence[str]) -> str:
    """An attribute with its answers; what is asked about being there is said as such."""
    answers = [choice_zh(name, word) for word in words]
    if answers == ["有"]:
        return f"有{attribute_name(name, 'zh')}"
    return f"{attribute_name(name, 'zh')}为{'或'.join(answers)}"


def choice_zh(attribute: str, word: str) -> str:
    """The Chinese word an attribute is answered with."""
    known = attribute_words().get(attribute, {}).get("choices", {})
    return str(known[word][0]) if word in known else word


def _formula(system: IndicatorSystem, item: Indicator) -> list[Clause]:
    expression = parse(item.formula)
    symbols = symbols_of(expression, system)
    value = Symbol("x")
    name = f"formula_{item.id}"
    math = value.math + letters("=", upright=True) + arithmetic(expression, symbols)
    lines = [Clause("where", [value, f"——{item.name_zh}{_unit(item.unit)}；"])]
    known = {q.id: (q.name_zh, q.unit, q.outlet) for q in system.quantities}
    known |= {c.id: (_ASIDE.sub("", c.zh), c.unit, "") for c in system.conventions}
    outlets = {outlet.id: outlet.name_zh for outlet in system.outlets}
    for place, key in enumerate(expression.names, start=1):
        told, unit, outlet = known[key]
        where = f"第i{_COUNTED.get(outlets[outlet][-1], '个')}{outlets[outlet]}的" if outlet else ""
        end = "。" if place == len(expression.names) else "；"
        lines.append(Clause("where", [symbols[key], f"——{where}{told}{_unit(unit)}{end}"]))
    return [
        Clause("lead", ["按", Ref(name), "计算："]),
        Clause("formula", name=name, math=math),
        Clause("lead", ["式中："]),
        *lines,
    ]


def _unit(unit: str) -> str:
    """What follows a quantity in the list below a formula; a count or a ratio has no unit."""
    text = unit_text(unit)
    return "" if text in ("", "1") else "，以%表示" if text == "%" else f"，单位为{text}"


def symbols_of(expression: Expression, system: IndicatorSystem) -> dict[str, Symbol]:
    """A symbol for every quantity of a formula: a letter by its kind, counted where it stands twice."""
    kinds = {
        q.id: f"{q.kind} {q.unit}" if f"{q.kind} {q.unit}" in _LETTERS else q.kind for q in system.quantities
    }
    outlets = {q.id for q in system.quantities if q.outlet}
    return counted({name: _LETTERS[kinds.get(name, "factor")] for name in expression.names}, outlets)


def counted(chosen: dict[str, str], summed: Iterable[str] = ()) -> dict[str, Symbol]:
    """Symbols by the letter chosen for each name, numbered where a letter serves twice, with i where it is summed."""
    often, seen, many = Counter(chosen.values()), Counter[str](), set(summed)
    found = {}
    for name, letter in chosen.items():
        seen[letter] += 1
        below = [str(seen[letter])] if often[letter] > 1 else []
        found[name] = Symbol(letter, ",".join([*below, *(["i"] if name in many else [])]))
    return found
