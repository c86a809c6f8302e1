"""Rows that sum up the plants of a table: known by their wording, or by their figures."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from methodology.indicators import CellState, IndicatorSystem, Kind, Sample
from methodology.pseudonyms import is_code
from methodology.sample.header import key_of
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

    Returns
    -------
    list of (plant, word)
        Word: mean, total, least or largest, whatever the row is called.
    """
    names = [name for name in sample.values.columns if system[name].kind is Kind.QUANTITATIVE]
    measured = sample.states[names] == CellState.MEASURED
    values = sample.values[names].where(measured).to_numpy(dtype=float)
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
