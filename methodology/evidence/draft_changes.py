"""Two drafts side by side: which values and weights changed, why, and which plants move; for the house alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from methodology.evaluation import evaluate
from methodology.evidence.markup import cards, spoken, told
from methodology.evidence.pages import Page, Section
from methodology.evidence.site import single_page
from methodology.findings.contents import INTERNAL_MARK
from methodology.findings.promises import NUMERALS
from methodology.indicators import IndicatorSystem, Kind, Sample
from methodology.indicators.display import benchmark, number, unit_of
from methodology.languages import Words, apart
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
    path: Path,
    titles: tuple[str, str],
    values: list[list[str]],
    plants: list[list[str]] | None,
    *,
    language: str = "zh",
) -> None:
    """
    Write the page, and the changed values as a table beside it.

    Parameters
    ----------
    path : Path
        An .html file; the table gets the same name with .csv.
    titles : two str
        What the two drafts are called, in Chinese and in English.
    plants : list of rows or None
        None where the plants behind the newer draft are not at hand.
    language : {"zh", "en"}
        Which the page shows first.
    """
    named = [apart(title) for title in titles]
    name = Words(*(" → ".join(pair) for pair in zip(*named, strict=True)))
    nothing = Words("没有企业的等级变化。", "No plant changes its level.")
    if plants is None:
        nothing = Words(
            "新稿所依据的测算不在本项目的runs文件夹内，不能说明哪些企业变动；放回后重新比较即可。",
            "Which plants move cannot be told: the run behind the newer draft is not in `runs` of this project. "
            "Put it back there and compare again.",
        )
    parts = (
        Section(
            "values",
            Words("数值和权重的变化", "Values and weights that changed"),
            _table(VALUES, values, Words("没有变化。", "Nothing changed.")),
        ),
        Section(
            "plants",
            Words("等级变化的企业（代号）", "Plants that change their level, under pseudonyms"),
            _table(PLANTS, plants or [], nothing),
        ),
    )
    title = Words(f"两稿比较：{name.zh}", f"Two drafts compared: {name.en}")
    page = Page("changes", title, f'<p class="mark">{told(INTERNAL_MARK)}</p>', parts)
    table = pd.DataFrame(values, columns=VALUES).rename(columns=lambda name: name.replace("\n", " "))
    with appearing(path.with_suffix(".csv")) as beside, appearing(path) as part:
        beside.write_text(to_csv(table), encoding="utf-8-sig", newline="\n")
        part.write_text(single_page(page, language), encoding="utf-8", newline="\n")


def _table(header: Sequence[str], rows: list[list[str]], nothing: Words) -> str:
    """Rows whose cells hold both languages on two lines where they differ."""
    cells = [
        [spoken(*cell.split("\n", 1)) if "\n" in cell else spoken(cell, cell) for cell in row] for row in rows
    ]
    return cards(header, cells) if rows else f"<p>{spoken(*nothing)}</p>"
