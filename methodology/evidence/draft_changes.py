"""Two drafts side by side: which values and weights changed, why, and which plants move; for the house alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from methodology.evaluation import evaluate
from methodology.evidence.markup import cards, lines
from methodology.findings.contents import INTERNAL_MARK
from methodology.findings.promises import NUMERALS
from methodology.indicators import IndicatorSystem, Kind, Sample
from methodology.indicators.display import benchmark, number, unit_of
from methodology.proposal import proposal_thresholds
from methodology.proposal.reading import proposal_weights
from methodology.results.csv_text import to_csv
from methodology.results.outputs import appearing

VALUES = (
    "指标\nindicator",
    "级\nlevel",
    "单位\nunit",
    "原值\nbefore",
    "新值\nafter",
    "变化\nchange",
    "理由\nwhy",
)
PLANTS = ("企业\nplant", "原级\nbefore", "新级\nafter", "Y_Ⅰ", "Y_Ⅱ", "Y_Ⅲ")
_STRICTER, _LOOSER, _WEIGHT, _NONE = "收严\nstricter", "放宽\nlooser", "权重\nweight", "未达级\nnone"
_STYLE = (
    "body{font:15px/1.6 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:70rem;margin:2rem auto;padding:1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #bcc6cc;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top}thead th{background:#e9edf0}.mark{color:#9c2f1b;font-weight:bold}"
    "@media(max-width:40rem){thead{display:none}tr{display:block;margin:.8rem 0}"
    "th,td{display:block;border-width:0 0 1px}td[data-label]:before{content:attr(data-label) '　';color:#5a6b75}}"
)


def changed_values(
    before: Mapping[str, Any], after: Mapping[str, Any], system: IndicatorSystem
) -> list[list[str]]:
    """
    Values and weights that differ, one row each, with the cells of `VALUES`.

    Parameters
    ----------
    before, after : mapping
        Proposals of one system, as proposal.json.
    """
    earlier = {entry["id"]: entry for entry in before["indicators"]}
    rows = []
    for entry in after["indicators"]:
        item, old = system[entry["id"]], earlier.get(entry["id"])
        name = f"{item.name_zh}\n{item.name_en}"
        if old is None:
            continue
        if old["weight"] != entry["weight"]:
            weights = [number(one["weight"], digits=6) for one in (old, entry)]
            rows.append([name, "", "", *weights, _WEIGHT, ""])
        for level, sign in NUMERALS.items() if item.kind is Kind.QUANTITATIVE else ():
            one, other = (told["levels"][level].get("proposed") for told in (old, entry))
            if one == other:
                continue
            known = None not in (one, other)
            way = (_STRICTER if item.sign * (other - one) < 0 else _LOOSER) if known else ""
            told = entry["levels"][level]
            why = f"{told.get('reason_zh', '')}\n{told.get('reason', '')}".strip()
            rows.append([name, sign, unit_of(item), benchmark(one, item), benchmark(other, item), way, why])
    return rows


def moved_plants(
    before: Mapping[str, Any], after: Mapping[str, Any], sample: Sample, system: IndicatorSystem
) -> list[list[str]]:
    """
    Plants whose level differs under the two proposals, with the cells of `PLANTS`.

    Parameters
    ----------
    sample : Sample
        Under pseudonyms, corrected where the values are.
    """
    tables = []
    for document in (before, after):
        rule = (document.get("parameters") or {}).get("evaluation", {})
        choices = {"level_one": rule.get("level_one"), "cut": rule.get("cut")}
        values, weights = proposal_thresholds(document), proposal_weights(document)
        tables.append(evaluate(sample, system, values, weights, **choices).set_index("plant"))
    one, other = tables
    names = NUMERALS | {"none": _NONE}
    return [
        [str(plant), names[was], names[now], *(_scores(one, other, plant, level) for level in NUMERALS)]
        for plant, was, now in zip(one.index, one["level"], other["level"], strict=True)
        if was != now
    ]


def _scores(one: Any, other: Any, plant: Any, level: str) -> str:
    was, now = (number(table.loc[plant, f"Y_{level}"]) for table in (one, other))
    return was if was == now else f"{was} → {now}"


def write_changes(
    path: Path, titles: tuple[str, str], values: list[list[str]], plants: list[list[str]] | None
) -> None:
    """
    Write the page, and the changed values as a table beside it.

    Parameters
    ----------
    path : Path
        An .html file; the table gets the same name with .csv.
    titles : two str
        What the two drafts are called.
    plants : list of rows or None
        None where the plants behind the newer draft are not at hand.
    """
    name = " → ".join(map(escape, titles))
    moved = (
        _both(
            "样本不在手边，不能说明哪些企业变动。",
            "Which plants move cannot be told: no sample at hand.",
        )
        if plants is None
        else _table(PLANTS, plants, _both("没有企业的等级变化。", "No plant changes its level."))
    )
    body = (
        f'<p class="mark">{INTERNAL_MARK}</p><h1>{_both("两稿比较", "Two drafts compared")} {name}</h1>'
        f"<h2>{_both('数值和权重的变化', 'Values and weights that changed')}</h2>"
        f"{_table(VALUES, values, _both('没有变化。', 'Nothing changed.'))}"
        f"<h2>{_both('等级变化的企业（代号）', 'Plants that change their level, under pseudonyms')}</h2>{moved}"
    )
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{name}</title>'
    top = f'<html lang="zh-CN" data-language="zh"><head>{head}<style>{_STYLE}</style></head>'
    page = f"<!DOCTYPE html>{top}<body>{body}</body></html>\n"
    table = pd.DataFrame(values, columns=VALUES).rename(columns=lambda name: name.replace("\n", " "))
    with appearing(path.with_suffix(".csv")) as beside, appearing(path) as part:
        beside.write_text(to_csv(table), encoding="utf-8-sig", newline="\n")
        part.write_text(page, encoding="utf-8", newline="\n")


def _both(zh: str, en: str) -> str:
    return f'<span lang="zh-CN">{zh}</span> <span lang="en">{en}</span>'


def _table(header: Sequence[str], rows: list[list[str]], nothing: str) -> str:
    return cards(header, [[lines(cell) for cell in row] for row in rows]) if rows else f"<p>{nothing}</p>"
