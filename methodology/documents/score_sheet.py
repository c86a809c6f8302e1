"""A sheet on which a plant types its values and sees scores, level, and what blocks it: live formulas of the rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from methodology.documents.chinese import wide
from methodology.documents.correction_formulas import ADDEND, QUOTIENT, term_formula
from methodology.documents.standard import in_one_language, standard_rows
from methodology.evaluation import decision_rule
from methodology.findings.contents import RunContents
from methodology.findings.corrections import correction_notes
from methodology.findings.promises import NUMERALS
from methodology.forms.styles import BASE, GREY
from methodology.indicators import LEVELS, Indicator, Kind
from methodology.indicators.display import unit_text
from methodology.indicators.questionnaire_words import LESS, LEVEL_WORDS, NO
from methodology.indicators.system import Correction
from methodology.sample.attribute_words import attribute_name, choice_words

SHEET = "评价 evaluate"
HEADS = (
    ("一级指标\ngroup", 17),
    ("二级指标\nindicator", 28),
    ("单位\nunit", 9),
    ("权重\nweight", 8),
    *((f"{sign}级\n{level}", 10) for level, sign in NUMERALS.items()),
    ("企业数值\nvalue", 13),
    ("标记\nmark", 10),
    ("达到的级\nlevel reached", 12),
    ("对上一级的影响\nfor the next level", 22),
)
NAME_AT, ATTRIBUTES_AT = 3, 12
"""Rows, counted from 0: the name of the plant, the first attribute."""
SCORES_AT, LEVEL_AT = 5, 8
_COMPUTED = "MNOPQRSTUVWXYZ"
"""Columns behind the printed ones: applies, converted, corrected at I, II, III, reached I, II, III, share of the group
that applies, weight, limiting, values of I, II, III."""
_COMPUTED_HEADS = (
    *("applies", "converted", "corrected I", "corrected II", "corrected III"),
    *("reached I", "reached II", "reached III", "share", "weight", "limiting", "I", "II", "III"),
)
_TERMS = "AC"
_VALUE = 9
"""Decimals of a corrected value (A-20), and of a score that is compared with its cut."""


@dataclass(frozen=True)
class Rows:
    """Where everything stands, counted from 1 as formulas do."""

    first: int
    indicators: Mapping[str, int]
    attributes: Mapping[str, int]
    terms: Mapping[tuple[str, str], int]
    groups: Mapping[str, tuple[int, int]]

    @property
    def last(self) -> int:
        """Row of the last indicator."""
        return max(self.indicators.values())

    def column(self, letter: str) -> str:
        """All indicators of a column."""
        return f"${letter}${self.first}:${letter}${self.last}"


def _rows(contents: RunContents) -> Rows:
    system, notes = contents.system, correction_notes(contents)
    used = [c for c in system.corrections if c.computable and set(c.target) & set(notes)]
    asked = list(dict.fromkeys(name for c in used for name in c.attributes if name not in system.ids))
    attributes = {name: ATTRIBUTES_AT + 1 + place for place, name in enumerate(asked)}
    first = ATTRIBUTES_AT + len(asked) + 3
    ordered = [item for group in system.groups for item in system.indicators if item.group == group.id]
    indicators = {item.id: first + place for place, item in enumerate(ordered)}
    places = {g.id: [indicators[i.id] for i in ordered if i.group == g.id] for g in system.groups}
    groups = {name: (min(rows), max(rows)) for name, rows in places.items()}
    pairs = [(c.id, name) for c in used for name in c.target if name in notes]
    return Rows(first, indicators, attributes, {pair: first + n for n, pair in enumerate(pairs)}, groups)


def write_score_sheet(book: Any, sheet: Any, contents: RunContents) -> None:
    """
    Write the sheet.

    Parameters
    ----------
    book, sheet
        Of xlsxwriter.
    contents : RunContents
        Values, weights, corrections and rule are those of its proposal.

    Notes
    -----
    Y_g is compared with its cut to nine decimals; the package compares fractions. Corrected values are rounded as in
    A-20.
    """
    rows, looks = _rows(contents), _looks(book, contents)
    for place, (_, width) in enumerate(HEADS):
        sheet.set_column(place, place, width)
    _head(sheet, contents, rows, looks)
    _attributes(sheet, contents, rows, looks)
    sheet.set_row(rows.first - 2, 30)
    for place, (text, _) in enumerate(HEADS):
        sheet.write_string(rows.first - 2, place, text, looks["head"])
    for letter, text in zip(_COMPUTED, _COMPUTED_HEADS, strict=True):
        sheet.write_string(f"{letter}{rows.first - 1}", text, looks["calc"])
    printed = in_one_language(standard_rows(contents, raised=False), 0)
    by_name = dict(zip(rows.indicators, printed, strict=True))
    for name, row in rows.indicators.items():
        _indicator(sheet, contents, contents.system[name], (rows, row), by_name[name], looks)
    for (name, target), row in rows.terms.items():
        one = next(c for c in contents.system.corrections if c.id == name and target in c.target)
        sheet.write_formula(f"{_TERMS}{row}", _term(one, target, contents, rows), looks["calc"], "")
    sheet.set_column(f"{_COMPUTED[0]}:{_TERMS}", 9, None, {"hidden": True})
    sheet.freeze_panes(rows.first - 1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5)
    sheet.print_area(0, 0, rows.last - 1, len(HEADS) - 1)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(rows.first - 2)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _looks(book: Any, contents: RunContents) -> dict[str, Any]:
    places = contents.decimals
    entry = {
        **BASE,
        "border": 1,
        "border_color": "#BCC6CC",
        "align": "center",
        "bg_color": "#FFF8DC",
        "locked": False,
    }
    cell = {**BASE, "border": 1, "border_color": "#BCC6CC", "text_wrap": True}
    return {
        "title": book.add_format({**BASE, "font_size": 15, "bold": True}),
        "text": book.add_format({**BASE, "text_wrap": True}),
        "head": book.add_format({**GREY, "align": "center", "bold": True}),
        "cell": book.add_format(cell),
        "centre": book.add_format({**cell, "align": "center"}),
        "weight": book.add_format({**cell, "align": "center", "num_format": "0." + "0" * places}),
        "entry": book.add_format(entry),
        "score": book.add_format({**cell, "align": "center", "num_format": "0.00", "bold": True}),
        "level": book.add_format({**cell, "align": "center", "bold": True, "font_size": 14}),
        "calc": book.add_format({**BASE, "font_color": "#7F7F7F"}),
    }


def _head(sheet: Any, contents: RunContents, rows: Rows, looks: Mapping[str, Any]) -> None:
    system = contents.system
    told = (
        "在浅黄色单元格填写本企业的数值和修正所需的数据，得分、级别和差距随填随算。没有数据的留空，按未达到处理；低于检出限的填检出限并选“<”；"
        "不适用的选“不适用”。\nType the values of a plant into the yellow cells; scores, level and gaps follow. Leave "
        "empty what is not reported; for a value below the limit of detection enter the limit and choose '<'."
    )
    last = len(HEADS) - 1
    sheet.set_row(0, 24)
    sheet.write_string(
        0, 0, f"清洁生产水平评价表　{system.name_zh}　Evaluation sheet: {system.name_en}", looks["title"]
    )
    sheet.set_row(1, 48)
    sheet.merge_range(1, 0, 1, last, "", looks["text"])
    sheet.write_string(1, 0, told, looks["text"])
    sheet.write_string(NAME_AT, 0, "企业 plant", looks["head"])
    sheet.write_blank(NAME_AT, 1, None, looks["entry"])
    for place, sign in enumerate(NUMERALS.values()):
        row = SCORES_AT + place
        sheet.write_string(row, 0, f"Y{sign}", looks["head"])
        sheet.write_formula(row, 1, _score(rows, place), looks["score"], 0)
        sheet.write_string(row, 2, f"≥ {_cuts(contents)[place]:g}", looks["centre"])
    sheet.set_row(LEVEL_AT, 24)
    sheet.write_string(LEVEL_AT, 0, "级别 level", looks["head"])
    sheet.write_formula(LEVEL_AT, 1, _level(contents, rows), looks["level"], list(LEVEL_WORDS)[-1])
    sheet.write_string(LEVEL_AT + 1, 0, "未达到的限定性指标数\nlimiting ones in the way", looks["head"])
    sheet.set_row(LEVEL_AT + 1, 32)
    sheet.write_formula(LEVEL_AT + 1, 1, f'=COUNTIF({rows.column("K")},"{_BLOCKS}*")', looks["centre"], 0)


_BLOCKS = "限定性指标未达"


def _cuts(contents: RunContents) -> tuple[float, ...]:
    return tuple(_rule(contents).scores.values())


def _rule(contents: RunContents) -> Any:
    chosen = contents.parameters.get("evaluation", {})
    return decision_rule(contents.system, level_one=chosen.get("level_one"), cut=chosen.get("cut"))


def _score(rows: Rows, place: int) -> str:
    reached, weight = rows.column(_COMPUTED[5 + place]), rows.column("V")
    return f"=IF(SUM({weight})=0,0,ROUND(100*SUMPRODUCT({weight},{reached})/SUM({weight}),{_VALUE}))"


def _level(contents: RunContents, rows: Rows) -> str:
    """The first level whose condition holds, from I on."""
    rule = _rule(contents)
    *words, none = LEVEL_WORDS
    text = f'"{none}"'
    for place in reversed(range(len(LEVELS))):
        asks = [f"$B${SCORES_AT + 1 + place}>={_cuts(contents)[place]!r}"]
        if place < len(LEVELS) - 1:
            asks.append(
                f"SUMPRODUCT({rows.column('W')},{rows.column('M')},1-{rows.column(_COMPUTED[5 + place])})=0"
            )
        if place == 0 and rule.strict:
            asks.append(f"SUMPRODUCT(1-{rows.column('W')},{rows.column('M')},1-{rows.column('S')})=0")
        text = f'IF(AND({",".join(asks)}),"{words[place]}",{text})'
    return f"={text}"


def _attributes(sheet: Any, contents: RunContents, rows: Rows, looks: Mapping[str, Any]) -> None:
    if rows.attributes:
        sheet.set_row(ATTRIBUTES_AT - 1, 30)
        sheet.write_string(ATTRIBUTES_AT - 1, 0, "修正所需的数据\ndata for corrections", looks["head"])
    for name, row in rows.attributes.items():
        kind = contents.system.attributes[name]
        words = f"{attribute_name(name, 'zh')} {attribute_name(name, 'en')}"
        sheet.merge_range(row - 1, 0, row - 1, 1, "", looks["cell"])
        sheet.write_string(row - 1, 0, words, looks["cell"])
        sheet.write_string(row - 1, 2, "" if "|" in kind else unit_text(kind), looks["centre"])
        sheet.write_blank(row - 1, 3, None, looks["entry"])
        rule: dict[str, Any] = {"validate": "decimal", "criteria": "between", "minimum": -1e9, "maximum": 1e9}
        if "|" in kind:
            rule = {"validate": "list", "source": [told[0] for told in choice_words(name, kind).values()]}
        sheet.data_validation(row - 1, 3, row - 1, 3, rule)


def _indicator(
    sheet: Any,
    contents: RunContents,
    item: Indicator,
    at: tuple[Rows, int],
    printed: list[str | None],
    looks: Mapping[str, Any],
) -> None:
    rows, row = at
    group = next(one for one in contents.system.groups if one.id == item.group)
    entry = next(one for one in contents.proposal["indicators"] if one["id"] == item.id)
    first = rows.groups[item.group][0] == row
    sheet.write_string(row - 1, 0, group.name_zh if first else "", looks["cell"])
    sheet.write_string(row - 1, 1, f"{wide(item.name_zh)}{'*' if item.limiting else ''}", looks["cell"])
    sheet.write_string(row - 1, 2, printed[3] or "", looks["centre"])
    sheet.write_number(row - 1, 3, float(entry["weight"]), looks["weight"])
    for place, value in enumerate(printed[5:8]):
        sheet.write_string(row - 1, 4 + place, (value or "").replace("见表2", "描述"), looks["centre"])
    sheet.write_blank(row - 1, 7, None, looks["entry"])
    sheet.write_blank(row - 1, 8, None, looks["entry"])
    described = item.kind is Kind.QUALITATIVE
    words = {"validate": "list", "source": list(LEVEL_WORDS)}
    sheet.data_validation(
        row - 1,
        7,
        row - 1,
        7,
        words if described else {"validate": "decimal", "criteria": ">", "value": -1e12},
    )
    sheet.data_validation(
        row - 1, 8, row - 1, 8, {"validate": "list", "source": [NO] if described else [LESS, NO]}
    )
    for letter, formula, value in _computed(contents, item, entry, rows):
        target = f"{letter}{row}"
        if isinstance(formula, str):
            sheet.write_formula(target, formula, looks["centre"] if letter in "JK" else looks["calc"], value)
        else:
            sheet.write_number(target, formula, looks["calc"])


def _computed(
    contents: RunContents, item: Indicator, entry: Mapping[str, Any], rows: Rows
) -> Iterator[tuple[str, str | float, Any]]:
    """Cells behind an indicator: column, formula or number, and what a blank form shows."""
    row = rows.indicators[item.id]
    value, marked = f"$H{row}", f"$I{row}"
    first, last = rows.groups[item.group]
    yield "M", f'=IF({marked}="{NO}",0,1)', 1
    if item.kind is Kind.QUALITATIVE:
        for place, word in enumerate(list(LEVEL_WORDS)[: len(LEVELS)]):
            before = f"{_COMPUTED[4 + place]}{row}=1," if place else ""
            yield _COMPUTED[5 + place], f'=IF(M{row}=0,0,IF(OR({before}{value}="{word}"),1,0))', 0
    else:
        yield from _measured(contents, item, entry, rows)
    applying = f"SUMPRODUCT($D${first}:$D${last},$M${first}:$M${last})"
    yield "U", f"={applying}", float(entry["weight"])
    yield "V", f"=IF(M{row}=0,0,$D{row}*SUM($D${first}:$D${last})/U{row})", float(entry["weight"])
    yield "W", 1.0 if item.limiting else 0.0, None
    r1, r2, r3 = (f"{_COMPUTED[5 + place]}{row}" for place in range(3))
    silent = f'IF({value}="","未填报",IF({r1}=1,"Ⅰ级",IF({r2}=1,"Ⅱ级",IF({r3}=1,"Ⅲ级","未达级"))))'
    yield "J", f'=IF(M{row}=0,"不适用",{silent})', "未填报"
    yield "K", _for_the_next(item, row), f"{_BLOCKS}Ⅲ级" if item.limiting else ""


def _for_the_next(item: Indicator, row: int) -> str:
    """What an indicator does to the level above the one the plant has."""
    level = f"$B${LEVEL_AT + 1}"
    one, two, three, _ = LEVEL_WORDS
    missed = f'"{_BLOCKS}"' if item.limiting else '"未达"'
    first, second, third = (
        f'IF({_COMPUTED[5 + place]}{row}=1,"",{missed}&"{sign}级")'
        for place, sign in enumerate(NUMERALS.values())
    )
    steps = f'IF({level}="{two}",{first},IF({level}="{three}",{second},{third}))'
    return f'=IF(OR(M{row}=0,{level}="{one}"),"",{steps})'


def _measured(
    contents: RunContents, item: Indicator, entry: Mapping[str, Any], rows: Rows
) -> Iterator[tuple[str, str | float, Any]]:
    row = rows.indicators[item.id]
    own = [c for c in contents.system.corrections if item.id in c.target and (c.id, item.id) in rows.terms]
    converting = [f"${_TERMS}${rows.terms[c.id, item.id]}" for c in own if c.value]
    start = converting[-1] if converting else f'IF(ISNUMBER($H{row}),$H{row},"")'
    yield "N", f"={start}", ""
    sign = ">=" if item.better == "higher" else "<="
    provable = "" if item.better == "lower" and not item.target else f'$I{row}<>"{LESS}",'
    for place, level in enumerate(LEVELS):
        corrected, reached, limit = (f"{_COMPUTED[at + place]}{row}" for at in (2, 5, 11))
        yield corrected.rstrip("0123456789"), _corrected(item, own, level, rows), ""
        proposed = entry["levels"][str(level)]["proposed"]
        if proposed is not None:
            yield limit.rstrip("0123456789"), float(proposed), None
        distance = corrected
        if item.target:
            ends = f"{item.target[0]!r}-{corrected},{corrected}-{item.target[1]!r}"
            distance = f"ROUND(MAX({ends},0),{_VALUE})"
        before = f"{_COMPUTED[4 + place]}{row}=1" if place else "FALSE"
        holds = (
            f"IF(AND(ISNUMBER({corrected}),ISNUMBER({limit})),AND({provable}{distance}{sign}{limit}),FALSE)"
        )
        yield reached.rstrip("0123456789"), f"=IF(M{row}=0,0,IF(OR({before},{holds}),1,0))", 0


def _corrected(item: Indicator, own: list[Correction], level: Any, rows: Rows) -> str:
    """The value that a level judges; empty where a term is unknown or drives it out of its bounds."""
    row = rows.indicators[item.id]
    here = [c for c in own if level in c.levels and not c.value]
    if not own:
        return f"=N{row}"
    terms = [f"${_TERMS}${rows.terms[c.id, item.id]}" for c in here]
    addends = [t for t, c in zip(terms, here, strict=True) if c.factor is None]
    factors = [t for t, c in zip(terms, here, strict=True) if c.factor is not None]
    value = f"ROUND(N{row}-ROUND({'+'.join(addends) or '0'},{ADDEND}),{_VALUE})" if addends else f"N{row}"
    if factors:
        value = f"ROUND({value}/({'*'.join(factors)}),{QUOTIENT})"
    known = f"AND(ISNUMBER(N{row}),COUNT({','.join(terms)})={len(terms)})" if terms else f"ISNUMBER(N{row})"
    if item.bounds is None:
        return f'=IF({known},{value},"")'
    low, high = item.bounds.low, item.bounds.high

    def outside(x: str) -> str:
        return f'OR(AND($I{row}<>"{LESS}",{x}<{low!r}),{x}>{high!r})'

    beyond = f"IF({outside(value)},NOT({outside(f'$H{row}')}),FALSE)"
    return f'=IF({known},IF({beyond},"",{value}),"")'


def _term(one: Correction, target: str, contents: RunContents, rows: Rows) -> str:
    """One correction of the plant on the sheet."""
    ids = contents.system.ids

    def cell(name: str) -> str:
        return f"$H${rows.indicators[name]}" if name in ids else f"$D${rows.attributes[name]}"

    def marked(name: str) -> str:
        return f"$I${rows.indicators[name]}" if name in ids else ""

    return term_formula(one, f"$H{rows.indicators[target]}", (cell, marked), contents.system)
