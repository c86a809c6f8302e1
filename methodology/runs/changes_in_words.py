"""What differs between two runs, in words: choices, indicators and levels by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from methodology.indicators.plain_files import read_json
from methodology.languages import NUMERALS, Words, both
from methodology.parameters.words import choice_in_words, setting_in_words
from methodology.results.store import PROPOSAL

_FILES = ("data", "code", "figures")
"""Tables of differences whose rows are files and packages."""
_TITLES = {
    "parameters": "choices 选择",
    "data": "data 数据",
    "code": "code 程序",
    "thresholds": "benchmark values 基准值",
    "weights": "weights 权重",
    "levels": "levels 等级",
    "other tables": "other tables 其他表格",
    "figures": "figures 图",
    "proposal": "proposal 拟定值",
}
_PARTS = {
    "attained": "达到的企业 plants that reach it",
    "attainment": "达标率 share that reaches it",
    "joint_attainment": "整套标准的达标率 share that reaches the whole standard",
    "joint_plants": "达到整套标准的企业 plants that reach the whole standard",
    "proposed": "拟定值 proposed",
    "reason": "理由 reason",
    "warning": "须注意 warning",
    "weight": "权重 weight",
}


def in_words(changes: Mapping[str, pd.DataFrame], folder: Path) -> dict[str, pd.DataFrame]:
    """
    Tables of `diff` as a reader of either language takes them: choices, indicators and levels by their names.

    Parameters
    ----------
    changes : mapping of str to DataFrame
        As `diff` returns it.
    folder : Path
        One of the two runs or drafts; names of indicators are read in its proposal.

    Returns
    -------
    dict of DataFrame
        The same tables under titles in both languages.
    """
    names = _names(folder)
    found = {}
    for title, table in changes.items():
        told = table.copy()
        if title == "parameters":
            told.index = told.index.map(lambda path: _side_by_side(choice_in_words(path)))
            told = told.map(lambda text: _side_by_side(both(lambda: setting_in_words(text))))
        elif "place" in told:
            told["place"] = [_place_in_words(place, names) for place in told["place"]]
        elif title not in _FILES:
            told.index = told.index.map(lambda place: _place_in_words(place, names))
        found[_TITLES.get(title, title)] = told
    return found


def _side_by_side(words: Words) -> str:
    return words.en if words.zh == words.en else f"{words.zh} {words.en}"


def _names(folder: Path) -> list[tuple[str, str]]:
    """Ids of the indicators of a proposal in its order, with what they are called; none where it cannot be read."""
    places = (folder / PROPOSAL, folder / "results" / PROPOSAL)
    try:
        entries = read_json(next(path for path in places if path.is_file()))["indicators"]
        return [(str(one["id"]), f"{one['name_zh']} {one['name_en']}") for one in entries]
    except Exception:  # anybody may have written the file: whatever is wrong with it, ids stay ids
        return []


def _place_in_words(place: str, names: Sequence[tuple[str, str]]) -> str:
    """
    A place in a table or a proposal, with the name of its indicator and the numeral of its level.

    Examples
    --------
    >>> names = [("fuel_ratio", "燃料比 Fuel ratio")]
    >>> _place_in_words("fuel_ratio II, value", names), _place_in_words("indicators.0.levels.I.proposed", names)
    ('燃料比 Fuel ratio Ⅱ, value', '燃料比 Fuel ratio · Ⅰ · 拟定值 proposed')
    """
    known = dict(names)
    row, comma, column = place.rpartition(", ")
    parts = [] if comma else place.split(".")
    if parts[:1] == ["indicators"] and len(parts) > 1 and parts[1].isdecimal() and int(parts[1]) < len(names):
        parts = [names[int(parts[1])][1], *(part for part in parts[2:] if part != "levels")]
    told = " ".join(known.get(word, NUMERALS.get(word, word)) for word in row.split(" "))
    words = [
        _PARTS.get(part) or " ".join(NUMERALS.get(one, one) for one in part.split("_"))
        for part in [column] * bool(comma) or parts
    ]
    return told + comma + " · ".join(words)
