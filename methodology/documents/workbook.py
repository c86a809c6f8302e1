"""The tables of a run as a workbook: numbers as numbers, texts as texts, nothing that a spreadsheet would execute."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from methodology import __version__
from methodology.documents.score_sheet import SHEET, write_score_sheet
from methodology.documents.standard import HEADER, standard_rows, table_notes
from methodology.documents.word_parts import SUPER
from methodology.findings.compared import HEADER as COMPARED
from methodology.findings.compared import compared, source_in_words, with_titles
from methodology.findings.contents import RunContents
from methodology.findings.corrections import correction_notes
from methodology.findings.promises import choice_text, promise_name, promise_rows, value_rows
from methodology.findings.verdict import verdict, warned
from methodology.forms.styles import lines_needed, print_across
from methodology.indicators import LEVELS, IndicatorSystem, Kind
from methodology.indicators.display import decimals_of, off_target, signs_explained
from methodology.languages import Words, both, retold
from methodology.parameters.words import choice_value_in_words
from methodology.results.outputs import repacked

Formats = dict[str | int, Any]
"""Cell formats by name, and by number of decimals."""
CREATED = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
SHARE_COLUMNS = frozenset({"attainment", "confidence", "reached I", "reached II", "reached III"})
WEIGHT_COLUMNS = frozenset({"weight", "group_weight", "local_weight"})
WEIGHTS_EXPLAINED = (
    "weight 权重: share of the whole, adds up to 1 占全部指标的比例，合计为1 · "
    "group_weight 一级指标权重: sum of its indicators · local_weight 组内权重: weight / group_weight"
)
LOCAL_DECIMALS = 3
COUNT_COLUMNS = frozenset({"n", "attained"})
SCORE_COLUMNS = frozenset({"Y_I", "Y_II", "Y_III"})
DESCRIBED, WITHHELD = "described 见定性描述", "withheld 不予公布"
STANDARD = "标准表 standard"
STANDARD_WIDTHS = (15, 9, 29, 9, 9, 10, 10, 10)
WEIGHT_AT, DENSE = 4, 13
ELSEWHERE = "表号和章号指标准征求意见稿的。 Numbers of tables and chapters are those of the draft standard."
_BOX: dict[str, object] = {
    "border": 1,
    "valign": "vcenter",
    "align": "center",
    "text_wrap": True,
    "font_size": 10,
}
_BOXED: dict[str, dict[str, object]] = {
    "": {},
    " head": {"bold": True, "bg_color": "#E9EDF0"},
    " text": {"align": "left"},
}
WIDEST, NARROWEST, PAGE, LINE, MOST_LINES = 46.0, 30.0, 165.0, 15, 20
LONGEST_CELL = 32_767
"""Characters a cell of a workbook can hold."""


def write_workbook(contents: RunContents, path: Path) -> Path:
    """
    Write the table of the standard ready to print, a sheet that evaluates a plant, then one sheet per table of the run.

    Sheets: standard, evaluate, about, proposal, promises, values, weights, comparators, parameters, warnings; the
    internal set adds thresholds and evaluation, and says on every sheet that it is internal.

    Returns
    -------
    Path
        `path`; the same run gives the same bytes.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    never = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
    options = {"in_memory": True, **dict.fromkeys(never, False)}
    with xlsxwriter.Workbook(buffer, options) as book:
        name = f"清洁生产评价指标体系　{contents.system.name_zh}　拟定值"
        title = "　".join(filter(None, (name, contents.run, contents.mark)))
        book.set_properties({"title": title, "created": CREATED})
        formats = _formats(book, contents.decimals)
        _standard(book.add_worksheet(STANDARD), formats, contents)
        score = book.add_worksheet(SHEET)
        write_score_sheet(book, score, contents)
        _marked(score, contents)
        for name, table in _sheets(contents).items():
            _sheet(book.add_worksheet(name), table, formats, contents)
    path.write_bytes(repacked(buffer.getvalue()))
    return path


def _sheets(contents: RunContents) -> dict[str, pd.DataFrame]:
    system = contents.system
    found = {
        "about 说明": _about(contents),
        "proposal 拟定值": _proposal_sheet(contents),
        "promises 承诺": _texts(*promise_rows(contents)),
        "values 两种承诺": _texts(*value_rows(contents)),
        "weights 权重": _named(_weights(contents), system),
        "comparators 对标值": _texts(list(COMPARED), _compared(contents)),
        "parameters 参数": _parameters(contents),
        "warnings 须注意": _warnings(contents),
    }
    if contents.internal:
        found |= {
            "thresholds 基准值": _named(contents.thresholds, system),
            "evaluation 评价": contents.evaluation,
        }
    return {name: table for name, table in found.items() if len(table.columns)}


def _compared(contents: RunContents) -> list[list[str]]:
    """Comparators with bases and sources in words of both languages."""
    rows = []
    for *said, basis, source in compared(contents):
        _, title, behind = source_in_words(contents, source)
        origin = Words(title.zh + behind.zh, title.en + behind.en)
        rows.append([*said, _both_in_one(both(partial(retold, basis))), _both_in_one(origin)])
    return rows


def _texts(header: list[str], rows: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=header) if rows else pd.DataFrame()


def _about(contents: RunContents) -> pd.DataFrame:
    """What the workbook is, who may read it, and what to be warned of."""
    system = contents.system
    rows = [
        ("", contents.mark),
        ("", contents.made_up),
        ("指标体系 system", f"{system.name_zh} {system.name_en}"),
        ("测算编号 run", contents.run),
        ("软件 workbench", __version__),
        ("拟定值 values proposed", promise_name(contents)),
        *(("结论 in short", f"{zh}\n{en}") for zh, en in verdict(contents)),
        *(("须注意 to be warned of", f"{kind.zh}\n{kind.en}") for kind in warned(contents)),
        ("样本企业 plants", str(contents.plants)),
        *(
            (
                "修正 correction",
                f"{system[name].name_zh}：{with_titles(system, zh, 0)}\n{with_titles(system, en, 1)}",
            )
            for name, (zh, en) in correction_notes(contents).items()
        ),
    ]
    return pd.DataFrame([row for row in rows if row[1]], columns=["项目 what", "内容 told"])


def _standard(sheet: Any, formats: Formats, contents: RunContents) -> None:
    """The table of the standard as Word has it, on one page across, with both languages and its notes."""
    rows, last = standard_rows(contents), len(HEADER) - 1
    system = contents.system
    title = f"评价指标、权重和基准值　{system.name_zh}\nIndicators, weights and benchmark values: {system.name_en}"
    sheet.merge_range(0, 0, 0, last, title, formats["title"])
    sheet.set_row(0, 2.4 * LINE)
    for place, (name, width) in enumerate(zip(HEADER, STANDARD_WIDTHS, strict=True)):
        sheet.write_string(1, place, name, formats["boxed head"])
        sheet.set_column(place, place, width)
    sheet.set_row(1, LINE * max(map(lines_needed, HEADER, STANDARD_WIDTHS)))
    ends = dict(_runs(rows))
    for place, row in enumerate(rows, start=2):
        lines = [lines_needed(cell or "", width) for cell, width in zip(row, STANDARD_WIDTHS, strict=True)]
        group = lines[0] - 2 * (ends.get(place - 2, place) - place + 2)  # what the rows below do not hold
        sheet.set_row(place, DENSE * max(2, *lines[2:], group) + 2)
        for column, cell in enumerate(row[2:], start=2):
            text = (cell or "").replace(SUPER, " ")
            if column == WEIGHT_AT:
                sheet.write_number(place, column, float(text), formats["boxed weight"])
            else:
                sheet.write_string(place, column, text, formats["boxed" if column > 2 else "boxed text"])
    _groups(sheet, formats, rows)
    told = [*table_notes(contents, rows), ELSEWHERE]
    for place, line in enumerate(told, len(rows) + 2):
        sheet.merge_range(place, 0, place, last, line, formats["note"])
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5)
    sheet.print_area(0, 0, len(rows) + 1 + len(told), last)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.freeze_panes(2, 3)
    _marked(sheet, contents)


def _groups(sheet: Any, formats: Formats, rows: Sequence[Sequence[str | None]]) -> None:
    """Name and weight of every group, across its rows."""
    for first, end in _runs(rows):
        group, weight = rows[first][:2]
        for column, value in enumerate((str(group), float(str(weight)))):
            look = formats["boxed weight" if column else "boxed text"]
            if end > first:
                sheet.merge_range(first + 2, column, end + 2, column, value, look)
            else:
                sheet.write(first + 2, column, value, look)


def _runs(rows: Sequence[Sequence[str | None]]) -> list[tuple[int, int]]:
    """First and last row of every group."""
    starts = [place for place, row in enumerate(rows) if row[0] is not None]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), len(rows) - 1], strict=True))


def _warnings(contents: RunContents) -> pd.DataFrame:
    rows = [
        (
            kind.head,
            _name(contents.system, str(item.get("indicator", ""))),
            item.get("level", ""),
            item["zh"],
            item["en"],
        )
        for kind in warned(contents)
        for item in kind.sentences
    ]
    columns = ["须注意 warning", "指标 indicator", "级 level", "说明", "told"]
    return pd.DataFrame(rows, columns=columns) if rows else pd.DataFrame()


def _name(system: IndicatorSystem, indicator: str) -> str:
    """An indicator in both languages; the whole standard where none is named."""
    if indicator not in system.ids:
        return "整套标准 the whole standard"
    return f"{system[indicator].name_zh} {system[indicator].name_en}"


def _weights(contents: RunContents) -> pd.DataFrame:
    """Weights as printed, beside the sum of their group and their part in it."""
    printed = contents.printed_weights
    rows = [
        (item.group, item.id, float(printed[item.id]), float(contents.group_weight(item.group)))
        for item in contents.system.indicators
        if item.id in printed
    ]
    table = pd.DataFrame(rows, columns=["group", "indicator", "weight", "group_weight"])
    return table.assign(local_weight=(table["weight"] / table["group_weight"]).round(LOCAL_DECIMALS))


def _proposal_sheet(contents: RunContents) -> pd.DataFrame:
    """One row per indicator: proposed values, then intervals and shares of each level."""
    rows = contents.rows
    shared = rows.drop_duplicates("indicator").set_index("indicator")
    table = shared[["name_zh", "name_en", "unit", "direction", "limiting"]].copy()
    table["weight"] = [float(contents.printed_weights[str(name)]) for name in table.index]
    table.insert(0, "group", [contents.system[str(name)].group for name in table.index])
    for level in map(str, LEVELS):
        table[level] = rows[rows["level"] == level].set_index("indicator")["proposed"]
    inner = {"calibrated": "calibrated", "lower": "lower", "upper": "upper"} if contents.internal else {}
    for column, title in (inner | {"attainment": "reached"}).items():
        for level in map(str, LEVELS):
            table[f"{title} {level}"] = rows[rows["level"] == level].set_index("indicator")[column]
    described = pd.Series(
        [contents.system[str(name)].kind is Kind.QUALITATIVE for name in table.index], table.index
    )
    for level in map(str, LEVELS):
        shown = table[level].astype(object).where(table[level].notna(), WITHHELD)
        table[level] = shown.where(~described, DESCRIBED)
    table["reason"] = rows.groupby("indicator", sort=False)["reason"].agg(
        lambda texts: "; ".join(dict.fromkeys(filter(None, texts)))
    )
    table["limiting"] = table["limiting"].map({True: "*", False: ""})
    named = [contents.system[str(name)] for name in table.index]
    table["direction"] = [f"{item.direction}{both(partial(off_target, item)).en}" for item in named]
    return table.reset_index()


def _named(table: pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    named = table.copy()
    place = list(named.columns).index("indicator") + 1
    named.insert(place, "name_zh", [system[name].name_zh for name in named["indicator"]])
    named.insert(place + 1, "name_en", [system[name].name_en for name in named["indicator"]])
    return named


def _parameters(contents: RunContents) -> pd.DataFrame:
    rows = [("测算编号 run", contents.run)]
    for section, chosen in contents.parameters.items():
        pairs = chosen.items() if isinstance(chosen, dict) else [("", chosen)]
        rows += [
            (
                choice_text(section, name),
                _both_in_one(
                    both(partial(choice_value_in_words, value, contents.named, f"{section}.{name}"))
                ),
            )
            for name, value in pairs
        ]
    return pd.DataFrame(rows, columns=["选择 choice", "取值 value"])


def _both_in_one(text: Words) -> str:
    return text.zh if text.same else f"{text.zh}\n{text.en}"


def _formats(book: Any, decimals: int) -> Formats:
    return {
        **{f"boxed{name}": book.add_format({**_BOX, **more}) for name, more in _BOXED.items()},
        "title": book.add_format({**_BOX, "border": 0, "bold": True, "font_size": 13}),
        "note": book.add_format({"font_size": 10, "valign": "vcenter"}),
        "boxed weight": book.add_format({**_BOX, "num_format": "0." + "0" * min(decimals, 9)}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
        "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "whole": book.add_format({"num_format": "0", "valign": "top"}),
        "score": book.add_format({"num_format": "0.0", "valign": "top"}),
        "plain": book.add_format({"num_format": "General", "valign": "top"}),
        **{places: book.add_format({"num_format": "0" + "." * bool(places) + "0" * places, "valign": "top"})
           for places in range(10)},
    }  # fmt: skip


def _sheet(sheet: Any, table: pd.DataFrame, formats: Formats, contents: RunContents) -> None:
    columns = list(table.columns)
    widths = _widths(table)
    for place, name in enumerate(columns):
        sheet.write_string(0, place, str(name), formats["head"])
        sheet.set_column(place, place, widths[place])
    sheet.set_row(0, LINE * max(map(lines_needed, map(str, columns), widths), default=1))
    indicators: Sequence[str] = table["indicator"].tolist() if "indicator" in columns else [""] * len(table)
    for row, (indicator, values) in enumerate(zip(indicators, table.itertuples(index=False), strict=True), 1):
        texts = [
            (value, width) for value, width in zip(values, widths, strict=True) if isinstance(value, str)
        ]
        sheet.set_row(row, LINE * min(max((lines_needed(*one) for one in texts), default=1), MOST_LINES))
        for place, (name, value) in enumerate(zip(columns, values, strict=True)):
            _cell(
                sheet, row, place, value, _format(name, value, indicator, formats, contents), formats["text"]
            )
    told = (cell for cell in table.to_numpy(dtype=object).ravel() if isinstance(cell, str))
    legend = [*signs_explained(told), *([WEIGHTS_EXPLAINED] if WEIGHT_COLUMNS & set(columns) else [])]
    for place, line in enumerate(legend, start=len(table) + 2):
        sheet.write_string(place, 0, line)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(table), 1), max(len(columns) - 1, 0))
    named = columns.index("name_zh") if "name_zh" in columns else 0
    print_across(sheet, widths, last=len(table) + 1 + len(legend), names=named + 1)
    _marked(sheet, contents)


def _marked(sheet: Any, contents: RunContents) -> None:
    """Who may read a printed page, and what it belongs to."""
    marks = " · ".join(filter(None, (contents.mark, contents.banner)))
    sheet.set_header(f"&R&B{marks.replace('&', '&&')}")
    sheet.set_footer(
        f"&C{contents.system.name_zh.replace('&', '&&')} · run {contents.run.replace('&', '&&')} · &P / &N"
    )


def _cell(sheet: Any, row: int, place: int, value: object, number_format: Any, text_format: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        sheet.write_string(row, place, "" if value is None else str(value)[:LONGEST_CELL], text_format)
    elif math.isfinite(value):
        sheet.write_number(row, place, value, number_format)


def _format(name: str, value: object, indicator: str, formats: Formats, contents: RunContents) -> Any:
    """Format of a number: weights as printed, shares as percentages, values to the step of their indicator."""
    system = contents.system
    if name in WEIGHT_COLUMNS:
        return formats[LOCAL_DECIMALS if name == "local_weight" else min(contents.decimals, 9)]
    if name in SHARE_COLUMNS:
        return formats["share"]
    if name in SCORE_COLUMNS:
        return formats["score"]
    if name in COUNT_COLUMNS:
        return formats["whole"]
    if isinstance(value, float) and indicator in system.ids and system[indicator].kind is Kind.QUANTITATIVE:
        step = system[indicator].step
        extra = 0 if name in map(str, LEVELS) else 1
        if step:
            return formats[min(decimals_of(step) + extra, 9)]
        if value and math.isfinite(value):
            return formats[min(max(0, 3 - math.floor(math.log10(abs(value)))), 9)]
    return formats["plain"]


def _widths(table: pd.DataFrame) -> list[float]:
    """Widths of columns as their longest text; long ones share a page, or where it is too full, the last has more."""
    longest = [_longest(str(name), table[name]) for name in table]
    cut = [one for one in longest if one > WIDEST]
    each = (PAGE - sum(longest) + sum(cut)) / max(len(cut), 1)
    widths = [
        min(one, PAGE / 2, one if one <= WIDEST else each if each >= NARROWEST else WIDEST) for one in longest
    ]
    return widths if each >= NARROWEST else [*widths[:-1], min(longest[-1], PAGE / 2)]


def _longest(name: str, column: pd.Series) -> float:
    if pd.api.types.is_numeric_dtype(column):
        return max(9.0, len(name) + 2.0)
    lines = [line for text in (name, *column.astype(str)) for line in text.split("\n")]
    return max(sum(2 if ord(sign) > 0x2E80 else 1 for sign in line) for line in lines) + 2.0
