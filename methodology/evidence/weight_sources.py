"""What stands beside and behind weights: what every method gives, and the cells judgements were read from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import pandas as pd

from methodology.evidence.markup import cards, spoken
from methodology.findings.contents import RunContents
from methodology.findings.weighed import Weighed
from methodology.indicators.display import fixed, number
from methodology.indicators.judgements import ROOT
from methodology.languages import Words, both
from methodology.parameters.words import setting_in_words
from methodology.weights.derive import READING_PLANTS

MOST_CELLS = 300
"""Rows of a page that are shown; weights/judgements.csv holds all."""
_ASKED = {"ahp": "pairwise", "best-worst": "best-worst", "budget": "budget"}
"""What experts are asked for each method."""
Item = tuple[tuple[str, str], str, str]
"""A row: what it is ("group" or "indicator") and its id, its name as HTML, the published weight."""


def compared(
    weighed: Weighed, items: Sequence[Item], within: str = "", own: Sequence[str] | None = None
) -> str:
    """
    Weights of items by every method, the published one last.

    Parameters
    ----------
    weighed : Weighed
        Of the run, in the set that is made.
    items : sequence of ((kind, id), name, published weight)
        Groups or indicators; published as the other columns are.
    within : str
        Group whose weight theirs are divided by; weights of the whole where empty.
    own : sequence of str, optional
        What an expert gives each, in a column of its own before the others.
    """
    if not weighed.methods:
        return ""
    rows = []
    for place, (name, shown, published) in enumerate(items):
        cells = [_weight(weighed, method, name, within) for method in weighed.methods]
        rows.append([shown, *([own[place]] if own else []), *cells, f"<b>{published}</b>"])
    head = [Words("项目", "item"), *([Words("该专家", "this expert")] if own else [])]
    head += [*map(_method, weighed.methods), Words("公布", "published")]
    return cards(head, rows, kind="numbers methods")


def compared_note(weighed: Weighed) -> str:
    """Which method was chosen, which gave no weights, and which are not shown in this set."""
    if not weighed.methods:
        return ""
    chosen = weighed.contents.parameters.get("weights") or {}
    method = _method(str(chosen.get("method") or "system"))
    told = [
        Words(
            f"本次采用：{method.zh}。各列均为该方法单独给出的权重，未经组合，修约方法相同。",
            f"Chosen: {method.en}. Each column is what that method alone gives, not blended, rounded in the same way.",
        )
    ]
    within = [name for name in weighed.methods if name in READING_PLANTS]
    if within:
        zh, en = _listed(within)
        told.append(
            Words(
                f"{zh}只在各组之内赋权，各组的权重取自指标体系。",
                f"Within the groups alone: {en}; the groups keep the weights the system states.",
            )
        )
    if weighed.refused:
        zh, en = _listed(weighed.refused)
        told.append(Words(f"未能给出权重的方法：{zh}。", f"Methods that give no weights here: {en}."))
    if weighed.hidden:
        zh, en = _listed(weighed.hidden)
        told.append(
            Words(
                f"由企业数据得出权重的方法（{zh}）只列于内部资料。",
                f"Methods that read the plants ({en}) are shown in the internal set alone.",
            )
        )
    return (
        f"<p><small>{spoken(''.join(one.zh for one in told), ' '.join(one.en for one in told))}</small></p>"
    )


def _weight(weighed: Weighed, method: str, item: tuple[str, str], within: str) -> str:
    value = weighed.weight(method, item)
    if not within:
        return fixed(value, weighed.contents.decimals)
    whole = weighed.weight(method, ("group", within))
    return fixed(value / whole, 3) if whole else ""


def _method(name: str) -> Words:
    return both(partial(setting_in_words, name))


def _listed(methods: Sequence[str]) -> tuple[str, str]:
    names = [_method(name) for name in methods]
    return "、".join(one.zh for one in names), ", ".join(one.en for one in names)


def judged_cells(contents: RunContents, *, group: str = "", expert: str = "") -> str:
    """From which cell each judgement on a group, or of an expert, was read; in the internal set alone."""
    asked = _ASKED.get(str((contents.parameters.get("weights") or {}).get("method")), "")
    table = contents.results("weights/judgements", asked=asked)
    if len(table) and expert:
        table = table[table["expert"] == expert]
    if len(table) and group:
        of_root = table["node"].eq(ROOT) & (table["item"].eq(group) | table["other"].eq(group))
        table = table[of_root | table["node"].eq(group)]
    table = _last_round(table)
    if not len(table):
        return ""
    rows = [_judged(contents, row, named=not expert) for row in table.head(MOST_CELLS).to_dict("records")]
    head = ["判断 judgement", *([] if expert else ["专家 expert"]), "数值 value", "文件 file"]
    sheets = any(row[-2] for row in rows)
    rows = [row if sheets else [*row[:-2], row[-1]] for row in rows]
    shown = cards([*head, *(["工作表 sheet"] if sheets else []), "单元格 cell"], rows)
    more = f"<p><small>… {len(table):,}</small></p>" if len(table) > MOST_CELLS else ""
    summary = spoken(f"{len(table)}个单元格", f"{len(table)} cells")
    return (
        f"{_about()}<details><summary>{summary}</summary>{shown}{more}</details>{_counted(contents, expert)}"
    )


def _last_round(table: pd.DataFrame) -> pd.DataFrame:
    """Of points only those of the last round of a node count."""
    return table[table["round"] == table.groupby("node")["round"].transform("max")] if len(table) else table


def _about() -> str:
    told = (
        "填回的咨询表以文件摘要（SHA-256前12位）代替文件名，因为文件名可能是人名；CSV文件按文件名。",
        "A filled form is named by its digest (first 12 digits of SHA-256), because its name may be a person’s; "
        "CSV files by their names.",
    )
    return f"<p>{spoken(*told)}</p>"


def _judged(contents: RunContents, row: dict[str, object], *, named: bool) -> list[str]:
    item, other = (
        _name(contents, str(row[key])) if isinstance(row[key], str) else Words("", "") for key in _PAIR
    )
    turn = int(str(row["round"]))
    what = (
        spoken(*item)
        if not any(other)
        else spoken(f"{item.zh}相对于{other.zh}", f"{item.en} over {other.en}")
    )
    if turn:
        what += spoken(f"，第{turn}轮", f", round {turn}")
    value = float(str(row["value"]))
    told = number(value) if value >= 1 or not any(other) else f"1/{number(1 / value)}"
    return [what, *([escape(str(row["expert"]))] if named else []), told, *_place(row)]


_PAIR = ("item", "other")


def _place(row: dict[str, object]) -> list[str]:
    """File, sheet and cell; of a CSV file the row and the name of the column."""
    at, column = int(str(row["row"])), escape(str(row["column"]))
    sheet = escape(row["sheet"]) if isinstance(row["sheet"], str) and row["sheet"] else ""
    cell = f"{column}{at}" if sheet else f"{spoken(f'第{at}行', f'row {at}')} <code>{column}</code>"
    return [f"<code>{escape(str(row['file']))}</code>", sheet, cell]


def _name(contents: RunContents, name: str) -> Words:
    group = next((one for one in contents.system.groups if one.id == name), None)
    named = group or (contents.system[name] if name in contents.system.ids else None)
    return Words(named.name_zh, named.name_en) if named else Words(name, name)


def _counted(contents: RunContents, expert: str) -> str:
    """How much the expert counts, and where that is written."""
    table = (
        contents.results("weights/judgements", asked="weight", expert=expert) if expert else pd.DataFrame()
    )
    if not len(table):
        return ""
    row = table.iloc[0].to_dict()
    file, _, cell = _place(row)
    said = spoken(f"该专家按{number(row['value'])}份计", f"The expert counts {number(row['value'])} times")
    return f"<p>{said}{spoken('：', ': ')}{file}, {cell}</p>"
