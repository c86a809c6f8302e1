"""The draft standard: its table, and the definitions, corrections and rule that go with it, from system and run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from methodology.documents.chinese import in_a_row, wide
from methodology.documents.clauses import ENGLISH, Clause, Paper, Piece, Ref, Told, clauses, undated
from methodology.documents.correction_clauses import correction_clauses
from methodology.documents.definitions import answered, definition_clauses
from methodology.documents.equations import Symbol, cases, fraction, letters, summed
from methodology.documents.references import bibliography, cited, references, signs
from methodology.documents.word_parts import SUPER, Grid, head_and_foot, pages_from_one, paragraph
from methodology.documents.word_styles import new_document
from methodology.evaluation import decision_rule
from methodology.findings.contents import RunContents
from methodology.findings.corrections import correction_notes
from methodology.findings.promises import NUMERALS
from methodology.indicators import LEVELS, Indicator, Kind
from methodology.indicators.display import benchmark, mark, number, unit_of, unit_text
from methodology.results.outputs import written

HEADER = (
    "一级指标\nGroup",
    "一级指标权重值\nGroup weight",
    "二级指标\nIndicator",
    "单位\nUnit",
    "二级指标权重值\nIndicator weight",
    *(f"{sign}级\n{level}" for sign, level in zip("ⅠⅡⅢ", LEVELS, strict=True)),
)
LIMITING = "*　限定性指标。权重均为占全部指标的比例，合计为1。"
CORRECTED = "按第6章修正后的数值与基准值比较。"
NEWLINE = "\n"
WIDTHS = (2.2, 1.6, 4.5, 1.6, 1.6, 1.6, 1.6, 1.6)


def note_letters(notes: Iterable[str]) -> dict[str, str]:
    """A letter for each indicator with a note."""
    return {name: ascii_lowercase[place % len(ascii_lowercase)] for place, name in enumerate(notes)}


def standard_rows(contents: RunContents, *, raised: bool = True) -> list[list[str | None]]:
    """
    The table of the standard, row by row; None continues the cell above. Values carry their sign.

    Parameters
    ----------
    raised : bool
        Whether a corrected indicator carries the letter of its note behind `SUPER`.
    """
    letters_of = note_letters(correction_notes(contents)) if raised else {}
    rows: list[list[str | None]] = []
    own, weights = contents.by_indicator, contents.printed_weights
    for group in contents.system.groups:
        members = [i for i in contents.system.indicators if i.group == group.id and i.id in weights]
        for place, item in enumerate(members):
            total = str(contents.group_weight(group.id))
            head = [f"{group.name_zh}\n{group.name_en}", total] if place == 0 else [None, None]
            note = f"{SUPER}{letters_of[item.id]}" if item.id in letters_of else ""
            values = [_value(item, own[item.id][str(level)]["proposed"]) for level in LEVELS]
            star = "*" * item.limiting
            name = f"{wide(item.name_zh)}{star}{note}\n{item.name_en}{star}"
            rows.append([*head, name, unit_of(item), str(weights[item.id]), *values])
    return rows


def _value(indicator: Indicator, value: float) -> str:
    if indicator.kind is Kind.QUALITATIVE:
        return "见表2"
    sign = "" if indicator.target else "≥" if indicator.better == "higher" else "≤"
    return f"{sign}{benchmark(value, indicator)}" if value == value else "–"


def table_notes(contents: RunContents, rows: Iterable[Iterable[str | None]]) -> list[str]:
    """What stands below the table: limiting indicators, corrected ones, how sure a number is."""
    letter = "、".join(note_letters(correction_notes(contents)).values())
    told = [LIMITING, *([f"{letter}　{CORRECTED}"] if letter else [])]
    return told + signs(cell for row in rows for cell in row if cell)


def in_one_language(rows: Iterable[Iterable[str | None]], place: int) -> list[list[str | None]]:
    """Cells that hold two languages, one above the other, in the first (0) or the second (1)."""
    return [
        [None if cell is None else cell.split("\n")[min(place, cell.count("\n"))] for cell in row]
        for row in rows
    ]


def write_standard(contents: RunContents, path: Path) -> Path:
    """
    Write the draft standard.

    Parameters
    ----------
    contents : RunContents
        Of the set the draft belongs to.
    path : Path
        What to write.

    Returns
    -------
    Path
        `path`; the same run gives the same bytes.
    """
    document = new_document()
    _cover(document, contents)
    Paper(document, clauses("standard.yaml", _told(contents))).write()
    cover, front, body = list(document.sections)
    marks = "　".join(filter(None, ("×/× ××××—××××", *marks_of(contents))))
    cover.header.is_linked_to_previous = False
    for section, kind in ((front, "upperRoman"), (body, "decimal")):
        head_and_foot(section, marks)
        pages_from_one(section, kind)
    undated(document, f"清洁生产评价指标体系　{contents.system.name_zh}（征求意见稿）")
    return written(document, path)


def marks_of(contents: RunContents) -> list[str]:
    """What every page says of its readers and its data, in Chinese."""
    return [text.split(" ")[0] for text in (contents.mark, contents.banner) if text]


def _cover(document: Any, contents: RunContents) -> None:
    system = contents.system
    lines = (
        ("ICS ××.×××.××", 10.5, 0, False),
        ("CCS ×　××", 10.5, 0, False),
        ("××××标准", 26, 30, True),
        ("×/× ××××—××××", 12, 16, False),
        ("清洁生产评价指标体系", 22, 70, True),
        (system.name_zh, 22, 4, True),
        (f"Evaluation indicator system of cleaner production — {system.name_en}", 14, 14, True),
        ("（征求意见稿）" if system.status == "draft" else "", 14, 24, True),
        ("在提交反馈意见时，请将您知道的相关专利连同支持性文件一并附上。", 9, 10, True),
        ("　".join(f"【{text}】" for text in marks_of(contents)), 14, 40, True),
        ("××××-××-××发布　　　　　　　　　　××××-××-××实施", 14, 130, True),
        ("×××× 发布", 16, 16, True),
    )
    from docx.shared import Pt

    for text, size, above, centred in lines:
        if text:
            made = paragraph(document, text, style="Normal", centred=centred, size=size)
            made.paragraph_format.space_before = Pt(above)
    from docx.enum.section import WD_SECTION

    document.add_section(WD_SECTION.NEW_PAGE)


def stratum_zh(contents: RunContents) -> str:
    """The part of the industry that a run was made of, e.g. 工艺路线为全废钢; empty where it is all of it."""
    name, _, words = str(contents.parameters.get("sample", {}).get("stratum") or "").partition("=")
    return answered(name, words.split("|")) if words else ""


def _told(contents: RunContents) -> Told:
    system, notes = contents.system, correction_notes(contents)
    described = [item for item in system.indicators if item.kind is Kind.QUALITATIVE]
    limiting = [wide(item.name_zh) for item in system.indicators if item.limiting]
    targets = [item for item in system.indicators if item.target]
    holds = {"corrected": notes, "described": described, "conventions": system.conventions}
    holds |= {"targets": targets, "made_up": contents.made_up, "stratum": stratum_zh(contents)}
    values = {
        "name": system.name_zh,
        "plants_of": system.name_zh.removesuffix("企业") + "企业",
        "newline": NEWLINE,
        "run": contents.run,
        "corrected_too": "指标值的修正、" if notes else "",
        "groups": str(len(system.groups)),
        "indicators": str(len(system.indicators)),
        "measured": str(len(system.indicators) - len(described)),
        "described": str(len(described)),
        "group_names": "、".join(group.name_zh for group in system.groups),
        "limiting": str(len(limiting)),
        "limiting_names": in_a_row(limiting),
        "english_rule": " ".join(_rule(contents, "en")),
        "stratum": stratum_zh(contents),
    }
    return Told(
        values,
        grids={**_grids(contents), "described": _described(described)},
        parts={
            "references": references(contents),
            "cited": cited(contents),
            "definitions": definition_clauses(contents, notes),
            "corrections": correction_clauses(contents, notes),
            "bibliography": bibliography(contents),
            **_where(),
        },
        formulas=_formulas(),
        holds=frozenset(name for name, yes in holds.items() if yes),
    )


def _grids(contents: RunContents) -> dict[str, Grid]:
    rows = standard_rows(contents)
    look: dict[str, Any] = {"widths": WIDTHS, "centred": (0, 1, 3, 4, 5, 6, 7)}
    header, head_en = ([name.split("\n")[place] for name in HEADER] for place in (0, 1))
    factors = [
        [
            wide(c.zh),
            f"{number(c.value, digits=6)}{mark(c.status)}" if c.value is not None else "—",
            unit_text(c.unit) or "—",
        ]
        for c in contents.system.conventions
    ]
    english = in_one_language(standard_rows(contents, raised=False), 1)
    plain = [[cell and cell.replace("见表2", "described") for cell in row] for row in english]
    return {
        "values": Grid(header, in_one_language(rows, 0), notes=table_notes(contents, rows), **look),
        "english_values": Grid(
            head_en,
            plain,
            notes=["*  Limiting indicator. Weights are shares of the whole."],
            size=7.5,
            look=ENGLISH,
            **{**look, "widths": (2.6, 1.5, 4.8, 1.4, 1.5, 1.6, 1.6, 1.6)},
        ),
        "decision_table": Grid(("级别", "条件"), [*_rule_rows(contents)], (2, 12), centred=(0,)),
        "factors": Grid(
            ("系数或约定", "数值", "单位"),
            factors,
            (9, 2.5, 3),
            centred=(1, 2),
            notes=signs(row[1] for row in factors),
        ),
    }


def _described(described: Iterable[Indicator]) -> Grid:
    rows: list[list[str | None]] = []
    for item in described:
        texts = [wide(item.levels[level].zh) if item.levels else "" for level in LEVELS]
        rows.append([f"{wide(item.name_zh)}{'*' if item.limiting else ''}", *texts])
    return Grid(("指标", *(f"{NUMERALS[str(level)]}级" for level in LEVELS)), rows, (2.6, 4.6, 4.6, 4.6))


def _rule_rows(contents: RunContents) -> list[list[str | None]]:
    told = _rule(contents, "zh")
    return [[f"{NUMERALS[str(level)]}级", text] for level, text in zip(LEVELS, told, strict=True)]


def _rule(contents: RunContents, language: str) -> list[str]:
    """What each level asks for, as the run judges."""
    chosen = contents.parameters.get("evaluation", {})
    rule = decision_rule(contents.system, level_one=chosen.get("level_one"), cut=chosen.get("cut"))
    found = []
    for level, cut in rule.scores.items():
        sign, last = NUMERALS[level], level == str(LEVELS[-1])
        strict = level == str(LEVELS[0]) and rule.strict
        zh = f"{sign}级综合评价指数 ≥ {number(cut)}" + (
            "" if last else f"，且适用的限定性指标全部达到{sign}级基准值"
        )
        zh += "，且适用的其他指标全部达到Ⅱ级基准值" if strict else ""
        en = f"Level {level}: composite index ≥ {number(cut)}" + (
            "" if last else f", every limiting indicator at {level}"
        )
        found.append(
            (zh if language == "zh" else en + (", all others at II" if strict else ""))
            + ("。" if language == "zh" else ".")
        )
    return found


_Y = Symbol("Y", "g")
_R, _W, _WI, _V = Symbol("r", "ij,g"), Symbol("w", "ij"), Symbol("W", "i"), Symbol("w′", "ij")


def _formulas() -> dict[str, str]:
    """The decision rule in symbols."""
    equal = letters("=", upright=True)
    when = [
        letters("1", upright=True) + letters("，指标值达到g级基准值", upright=True),
        letters("0", upright=True) + letters("，指标值未达到g级基准值", upright=True),
    ]
    indices = letters("i") + letters(",", upright=True) + letters("j")
    own = summed(_W.math, letters("j") + letters("∈", upright=True) + Symbol("A", "i").math)
    groups = summed(_WI.math, letters("i") + letters("∈", upright=True) + letters("B"))
    times = letters("×", upright=True)
    return {
        "membership": _R.math + equal + cases(when),
        "score": _Y.math + equal + letters("100", upright=True) + times + summed(_V.math + _R.math, indices),
        "redistributed": _V.math + equal + fraction(_W.math, own) + times + fraction(_WI.math, groups),
    }


def _where() -> dict[str, list[Clause]]:
    told: dict[str, list[tuple[Piece, ...]]] = {
        "where_membership": [
            (_R, "第i类一级指标下第j项二级指标在g级的得分；"),
            (Symbol("g"), "级别，为Ⅰ、Ⅱ、Ⅲ。"),
        ],
        "where_score": [
            (_Y, "g级的综合评价指数，取值0～100；"),
            (_V, "第i类一级指标下第j项二级指标分配后的权重，指标全部适用时即", Ref("values"), "的权重；"),
            (_R, "该项指标在g级的得分。"),
        ],
        "where_redistributed": [
            (_V, "分配后的权重，不适用的指标为0；"),
            (_W, Ref("values"), "中第i类一级指标下第j项二级指标的权重；"),
            (_WI, Ref("values"), "中第i类一级指标的权重；"),
            (Symbol("A", "i"), "第i类一级指标下适用的二级指标；"),
            (Symbol("B"), "至少有一项二级指标适用的一级指标。"),
        ],
    }
    return {
        name: [Clause("where", [symbol, "——", *text]) for symbol, *text in lines]
        for name, lines in told.items()
    }
