"""Rows that are no plants of their own: sums and means of the plants, and parts of the plant above."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import takewhile

import numpy as np

from methodology.indicators import IndicatorSystem, Kind, Sample
from methodology.pseudonyms import is_code
from methodology.sample.cell_reading import plain, read_words
from methodology.sample.header import Head, key_of
from methodology.spreadsheets.grid import Grid, is_empty
from methodology.units.table import known_unit

SUMMARY_WORDS: tuple[str, ...] = ("total", "sum", "mean", "average", "median")
SUMMARY_WORDS += ("合计", "总计", "小计", "平均", "平均值", "均值", "汇总")
_STEMS = re.compile(
    r"计|均|最[大小高低优差好]|极[大小]|中位|中值|汇总|限值|限$|检出|检测限|基准|标准|国标|其中|方差|分位|众数|"
    r"[^钢铁厂]值$|数$|[一二三四ⅠⅡⅢ123i]级|同比|环比|[上去前本今]年|同期|增减|变化|行业|全[国省市厂部体区]|单位|先进|"
    r"准入|目标|规定|^总[量和体值数]?$|^[Σ∑σ]$|^(sub|grand)?totals?\d*$|^(sd|rsd|cv|iqr|n|avg|ave)$|"
    r"計|標準|季度?$|半年|[极級级]差|样本|^前\d+|标杆|限额|红线|排放$|预算|增[幅长]|权重|方法$|频次|判定|结论|[达合]\w*率$|"
    r"^其[他它余]|^不含|^剔除|修约|空白|试算|样例|测试|^某(企业|公司|厂)?$|^同上|^续表?\d*$|^完$|^以[上下]|^第\w{1,3}页|^共\d+|^空$|"
    r"^本[省市区县厂次底公集企]|全[公集企]|^[^钢铁厂]{1,4}[省市州]$|^华[北东南中]$|^[东西]北$|^超低|^特排|"
    r"示例|范例|样[表板]|模[板版]|例如|举例|^例|案例|^示范$|要求|规范|对[比照]|参照|标称|额定|^[序编]号$|^名称$|"
    r"^[本上]期|变幅|排[名序]|^得分$|^单耗$|^整体|^参考|^(19|20)\d\d年度?$|합계|총계|소계|평균|최[대소]|중앙값",
    re.I,
)
_SUMMARIES = re.compile(
    r"\b((sub|grand)[ -]?)?totals?\d*\b|\b(sums?|averages?|avg|ave?|means?|medians?|min(im(um|a))?|max(im(um|a))?|"
    r"limits?|lod|loq|mdl|std|st(andard)?\.? ?dev\w*|percentiles?|quartiles?|quantiles?|benchmarks?|baselines?|"
    r"thresholds?|of which|thereof|including|incl|count|variance|highest|lowest|all plants|summe|gesamt\w*|"
    r"mittelwert\w*|durchschnitt\w*|promedio|moyenne|итого|всего|среднее|geo(metric)?[ -]?means?|range|cov|"
    r"bat([ -]?aels?)?|nsps|permits?)\b|^n ?= ?\d+|^[<>]?p?\d+([.,]\d+)? ?%|^[øμσ⌀∅]\W*$|^x\u0304|"
    r"^(grade|class|tier|category) ?[iv1-4]+\W*$|^(first|second|third) (class|grade|level)\b|"
    r"^(gb|hj|db ?\d\d|yb|iso|en|epa)[ /-]?t?[ -]?\d{3,}([.-]\d+)*\W*$|"
    r"^(ttl|high|low|tests?|samples?|demo|dummy|examples?|templates?|e\.? ?g\.|page|top|x{2,})\W*\d*\W*$|^x{2,}|"
    r"^(national|industry|standards?|best|worst|overall|levels?|targets?|units?|modes?)"
    r"( (standards?|best|worst|overall|levels?|targets?|values?|emissions?|practice|gb(/t)?|hj|[iv1-4]+|\d{4}))*\W*$",
    re.I,
)
"""A-90: words of totals, means, limits and their kin, in what remains of an id without blanks and signs."""
_STATISTIC = re.compile(r"[pq]\d{1,3}|n|(19|20)\d\d", re.I | re.ASCII)
FEWEST_PLANTS, MOST_STATISTICS = 5, 4
"""Ids like percentiles, counts and years are asked about if there are so few, below so many plants of other names."""
FEWEST_OTHERS = 4
"""A row is compared with totals and means of the others if there are so many ..."""
FEWEST_FIGURES = 2
"""... and so many figures in it."""
LEAST_SPREAD = 2.0
"""A column tells something if its standard deviation is that many times the last digit of the row."""
LAST_ROWS = 4
SET_IN, GROUPED, NUMBERED = "is set in below", "is grouped with", "is numbered below"
LISTED, CALLED = "is listed below", "continues the id in"
_COUNTING = frozenset({"序号", "编号", "次序", "行号", "项次", "no", "no.", "nr", "nr.", "#", "item", "s/n"})
"""Headers of columns that count the rows."""
_BLANKS, _LEAST_BLANKS = re.compile(r"[\s\u200b]*"), 2
"""One blank before an id is a slip; a full-width one is as wide as two."""
_PATH = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)\.?(?=$|[^\d.%#号座台期线])")
_MARKS: Mapping[str, re.Pattern[str]] = {
    "•": re.compile(r"[·•●○◦▪■□◆◇►▶>→└├│┗┣╰]+"),
    "一、": re.compile(r"[一二三四五六七八九十]+[、.]"),
    "(一)": re.compile(r"\([一二三四五六七八九十]+\)"),
    "(1)": re.compile(r"\(\d{1,2}\)"),
    "(a)": re.compile(r"\([a-z]\)", re.I),
    "①": re.compile(r"[①-⑳⑴-⒇❶-❿]"),
    "1)": re.compile(r"\d{1,2}\)"),
    "a)": re.compile(r"[a-z]\)", re.I),
    "1.": re.compile(r"\d{1,2}(、|\.(?!\d))"),
}
_COUNT = re.compile(r"\d{1,3}")
"""A mark in a column that counts; elsewhere it is an id."""
_COUNTED = re.compile(r"[ _/.-]+\d{1,2}|\(\d{1,2}\)")
_UNIT = re.compile(
    r"[ _/.#()-]*\w{0,6}[ #]?(高炉|转炉|电炉|焦炉|竖炉|炉|烧结机?|球团|机组?|产线|车间|分厂|"
    r"(unit|line|furnace|strand|battery)\b)\)?.{0,4}",
    re.I,
)
"""What a unit of a plant is called behind its id."""


def reads_like_a_summary(text: str) -> bool:
    """
    Whether an id has the wording of a total, a mean, a limit, a unit or a sub-row.

    Examples
    --------
    >>> [reads_like_a_summary(id) for id in ("合 计：", "Grand total", "检出限", "P01", "长钢总厂")]
    [True, True, True, False, False]
    """
    key = key_of(text)
    compact = re.sub(r"[\W_]+", "", key)
    if not compact or ("/" in key and known_unit(text)):
        return True
    if is_code(text) and not _SUMMARIES.search(key):
        return False
    return bool(_STEMS.search(compact) or _SUMMARIES.search(key) or _SUMMARIES.fullmatch(compact))


def reads_like_statistics(ids: Sequence[str]) -> list[int]:
    """
    Find the last ids that read like percentiles or counts, below plants that are called otherwise.

    Examples
    --------
    >>> reads_like_statistics(["A1", "A2", "A3", "A4", "A5", "P50", "n"]), reads_like_statistics(["P48", "P49", "P50"])
    ([5, 6], [])
    """
    alike = [at for at, name in enumerate(ids) if _STATISTIC.fullmatch(name.strip())]
    others = len(ids) - len(alike)
    last = bool(alike) and alike == list(range(others, len(ids)))
    return alike if last and len(alike) <= MOST_STATISTICS and others >= FEWEST_PLANTS else []


def figures_of_others(sample: Sample, system: IndicatorSystem) -> list[tuple[str, str]]:
    """
    Find rows at the end of a table whose figures all sum up those above (or at its top, those below).

    Each plant with a word: mean, total, least or largest, whatever the row is called.
    """
    names = [name for name in sample.values.columns if system[name].kind is Kind.QUANTITATIVE]
    values = sample.measured(names).to_numpy(dtype=float)
    last = range(max(1, len(values) - LAST_ROWS), len(values))
    beside = [(0, values[1:]), *((position, values[:position]) for position in last)] if len(values) else []
    found = [(str(sample.plants[at]), _figure_of(values[at], others)) for at, others in beside]
    return [(plant, word) for plant, word in found if word]


def _figure_of(own: np.ndarray, others: np.ndarray) -> str:
    """What all figures of a row are of the others, to the digits the row states; '' if they are nothing."""
    dust = np.array([0.6 * 10.0 ** -_decimals(value) for value in own])
    columns = [
        at
        for at, column in enumerate(others.T)
        if np.isfinite(own[at])
        and np.isfinite(column).sum() >= FEWEST_OTHERS
        and np.nanstd(column) > LEAST_SPREAD * dust[at]
    ]
    if len(columns) < FEWEST_FIGURES:
        return ""
    given, rest, dust = own[columns], others[:, columns], dust[columns]
    figures = [("mean", np.nanmean(rest, axis=0), dust), ("total", np.nansum(rest, axis=0), dust)]
    if len(columns) > FEWEST_FIGURES:
        exactly = np.zeros_like(dust)
        figures += [
            ("least", np.nanmin(rest, axis=0), exactly),
            ("largest", np.nanmax(rest, axis=0), exactly),
        ]
    return next((word for word, figure, near in figures if (np.abs(given - figure) <= near).all()), "")


def _decimals(value: float) -> int:
    text = f"{value:.15g}"
    return 0 if "e" in text or not np.isfinite(value) else len(text.partition(".")[2])


def parts(
    grid: Grid, head: Head, column: int, plants: Sequence[int], headings: Collection[int]
) -> list[tuple[int, int, str]]:
    """
    Find rows of plants that read like parts of others.

    Parameters
    ----------
    column : int
        Column of the ids.
    plants, headings : sequence of int
        Rows that are read, from the top; and those that hold an id alone: what is set in below them is a plant.

    Returns
    -------
    list of (row, row of the plant, how that is seen)
        Each row once, by its first sign. Rows of one plant, as of several years, are no parts of each other.
    """
    rows = sorted({*plants, *headings})
    ids = {row: _text(grid, row, column) for row in rows}
    indents = {row: _indent(grid, row, column) for row in rows}
    outlines = {row: grid.outlines.get(row, 0) for row in rows}
    # a group without a row above it belongs to the row at its foot
    groups = _below(rows[::-1], outlines) | _below(rows, outlines)
    signs = [(SET_IN, _below(rows, indents)), (GROUPED, groups), (CALLED, _called(plants, ids))]
    counting = [at for at, name in head.names.items() if key_of(name) in _COUNTING and at != column]
    for at in (column, *counting):
        merged = {
            row
            for top, left, foot, right in grid.merged
            if left <= at <= right
            for row in range(top, foot + 1)
        }
        texts = {row: _text(grid, row, at) for row in plants if at == column or row not in merged}
        signs += [(NUMBERED, _numbered(texts)), (LISTED, _listed(texts, counts=at != column))]
    read, found = frozenset(plants), dict[int, tuple[int, int, str]]()
    for how, wholes in signs:
        for row, whole in wholes.items():
            if row in read and whole in read and ids[row] != ids[whole]:
                found.setdefault(row, (row, whole, how))
    return sorted(found.values())


def _text(grid: Grid, row: int, column: int) -> str:
    cell = grid.cell(row, column)
    return "" if is_empty(cell) else read_words(cell)[0] or plain(str(cell))


def _indent(grid: Grid, row: int, column: int) -> int:
    """How far an id is set in, by its format or by blanks."""
    cell = grid.cell(row, column)
    blanks = _BLANKS.match(cell) if isinstance(cell, str) else None
    wide = sum(1 + (sign in "\u3000\t") for sign in blanks.group()) if blanks else 0
    return _LEAST_BLANKS * grid.indents.get((row, column), 0) + (wide if wide >= _LEAST_BLANKS else 0)


def _below(rows: Sequence[int], depths: Mapping[int, int]) -> dict[int, int]:
    """The nearest row before each row that is less deep."""
    found: dict[int, int] = {}
    above: list[int] = []
    for row in rows:
        while above and depths[above[-1]] >= depths[row]:
            above.pop()
        if above:
            found[row] = above[-1]
        above.append(row)
    return found


def _numbered(texts: Mapping[int, str]) -> dict[int, int]:
    """Rows called 1.1 below one that is called 1."""
    found, known = dict[int, int](), dict[str, int]()
    for row, text in texts.items():
        path = _PATH.match(text)
        if path:
            whole = known.get(path[1].rpartition(".")[0])
            found |= {} if whole is None else {row: whole}
            known[path[1]] = row
    return found


def _mark(text: str, counts: bool) -> str:
    if counts and _COUNT.fullmatch(text):
        return "1"
    return next((kind for kind, pattern in _MARKS.items() if pattern.match(text)), "")


def _listed(texts: Mapping[int, str], *, counts: bool) -> dict[int, int]:
    """Rows with another mark of a list than the first, or with none between rows that have one."""
    marks = {row: _mark(text, counts) for row, text in texts.items()}
    top = next(iter(marks.values()), "")
    tops = [row for row, mark in marks.items() if mark == top]
    others = [row for row, mark in marks.items() if mark != top and (mark or row < tops[-1])]
    return {row: max(other for other in tops if other < row) for row in others}


def _called(rows: Sequence[int], ids: Mapping[int, str]) -> dict[int, int]:
    """Rows right below a plant whose ids go on where its own ends, with numbers or with a word for a unit."""
    found: dict[int, int] = {}
    for at, whole in enumerate(rows):
        own = ids[whole]
        if len(own) < 2 or whole in found:
            continue
        behind = takewhile(partial(_continues, ids, own), rows[at + 1 :])
        rest = {row: ids[row][len(own) :] for row in behind}
        counted = [row for row, text in rest.items() if _COUNTED.fullmatch(text)]
        named = [row for row, text in rest.items() if _UNIT.fullmatch(text)]
        found |= dict.fromkeys([*(counted if len(counted) > 1 else []), *named], whole)
    return found


def _continues(ids: Mapping[int, str], own: str, row: int) -> bool:
    return ids[row] != own and ids[row].startswith(own)
