"""One page per indicator: what it is, what is proposed and why, who stands where, and where each number came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from methodology.evidence.chapters import comparisons, file_rows, shown
from methodology.evidence.dots import dots_svg
from methodology.evidence.effects import candidate_methods, effect_on_levels, intervals
from methodology.evidence.markup import cards, lines, link, numeral, spoken, told
from methodology.evidence.pages import Page, indicator_address, indicator_link, sections
from methodology.findings.addresses import anchor
from methodology.findings.contents import RunContents
from methodology.findings.corrections import correction_notes
from methodology.findings.drawn import Drawn
from methodology.findings.promises import NUMERALS, promise_name
from methodology.findings.sample_cells import UNCORRECTED
from methodology.indicators import LEVELS, CellState, Direction, Indicator, Kind, Level
from methodology.indicators.display import benchmark, fixed, number, percent, signs_explained, unit_of
from methodology.indicators.questionnaire_words import averaging, explained
from methodology.languages import Words, apart, by_line
from methodology.sample.attribute_words import attribute_name, choice_words

PAGE = "indicators"
STATES = {
    CellState.MEASURED: Words("实测", "measured"),
    CellState.BELOW_LIMIT: Words("低于检出限", "below a limit"),
    CellState.NOT_REPORTED: Words("未填报", "not reported"),
    CellState.NOT_APPLICABLE: Words("不适用", "not applicable"),
}
DESCRIBED = Words("定性指标", "described")
DIRECTIONS = {
    Direction.LOWER: Words("越低越清洁", "lower is cleaner"),
    Direction.HIGHER: Words("越高越清洁", "higher is cleaner"),
    Direction.INTERVAL: Words("越接近目标区间越清洁", "closer to the target interval is cleaner"),
}
NOTHING = {
    "plants": Words("没有企业填报。", "No plant reported."),
    "meaning": Words("指标体系没有说明。", "The indicator system does not say."),
    "bounds": Words("没有区间。", "There is no interval."),
    "corrections": Words("按填报值比较，不作修正。", "Compared as reported, without a correction."),
    "methods": Words("没有用其他方法测算。", "No other method was tried."),
    "compared": Words(
        "指标体系没有列出该指标的法规、标准、以往指标体系或国外的数值。",
        "The indicator system lists no value of law, norm, previous index or abroad for it.",
    ),
    "effect": Words("没有测算。", "Not computed."),
    "history": Words("没有比对的上一稿。", "No earlier draft to compare with."),
    "origin": Words("没有记录。", "Not recorded."),
}
"""What stands where a part of a page has nothing to show."""
DESCRIBED_ALONE = Words(
    "定性指标按描述定级，没有由样本测算的数值。", "Its levels are described; no value is read off the sample."
)
KEPT_INSIDE = frozenset({"methods", "effect", "origin"})
INSIDE = Words(
    "涉及单个企业的数据，只列于内部资料。",
    "It tells figures of single plants, and stands in the internal set alone.",
)
_QUANTITY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FUNCTIONS = frozenset({"sum", "min", "max", "abs"})


def indicator_pages(contents: RunContents, drawn: Mapping[str, Drawn]) -> list[Page]:
    """The list of indicators with the figures of them all, and a page for each."""
    notes = correction_notes(contents)
    entries = contents.proposal["indicators"]
    rows = [
        [
            indicator_link(contents.system, entry["id"]) + "*" * contents.system[entry["id"]].limiting,
            unit_of(contents.system[entry["id"]]),
            *_told_levels(contents.system[entry["id"]], entry),
        ]
        for entry in entries
    ]
    header = ["指标 indicator", "单位 unit", *(f"{NUMERALS[str(level)]}级 Level {level}" for level in LEVELS)]
    about = (
        f"每项指标一页：定义、拟定值（{apart(promise_name(contents)).zh}）、理由、样本、对标值、来源和出处。",
        "A page for each: what it is, what is proposed and why, the sample, comparators, sources and origin.",
    )
    figures = shown(drawn.get("values")) + shown(drawn.get("promises"))
    lead = f"<p>{spoken(*about)}</p>{cards(header, rows, kind='values')}{figures}"
    every = [
        _page(contents, contents.system[entry["id"]], entry, notes.get(entry["id"])) for entry in entries
    ]
    return [Page(PAGE, Words("各项指标", "The indicators, one by one"), lead), *every]


def _told_levels(indicator: Indicator, entry: Mapping[str, Any]) -> list[str]:
    if indicator.kind is Kind.QUALITATIVE:
        return [spoken("见描述", "described")] * 3
    return [f"<b>{benchmark(entry['levels'][str(g)].get('proposed'), indicator)}</b>" for g in LEVELS]


def _page(
    contents: RunContents, indicator: Indicator, entry: Mapping[str, Any], note: tuple[str, str] | None
) -> Page:
    parts = (
        ("proposed", ("拟定值及理由", "What is proposed, and why"), _levels(contents, indicator, entry)),
        ("plants", ("样本企业", "The plants of the sample"), _plants(contents, indicator, entry)),
        ("meaning", ("定义和边界", "What it means"), _facts(contents, indicator)),
        ("bounds", ("区间，以及样本不能说明的", "What the sample cannot say"), intervals(contents, indicator, entry)),
        ("corrections", ("修正", "Corrections"), _corrections(contents, indicator, note)),
        ("methods", ("其他测算方法", "Candidate methods"), candidate_methods(contents, indicator)),
        ("compared", ("对标值", "What it is compared with"), comparisons(contents, indicator.id)),
        ("effect", ("对等级的影响", "What it does to the levels"), effect_on_levels(contents, indicator)),
        ("history", ("历次稿件", "Earlier drafts"), _history(contents, indicator, entry)),
        ("origin", ("数值的出处", "Where the values came from"), _origin(contents, indicator)),
    )  # fmt: skip
    name = indicator_address(indicator.id).removesuffix(".html")
    title = Words(indicator.name_zh, indicator.name_en)
    told = sections(
        *((part, head, html or _nothing(contents, indicator, part)) for part, head, html in parts)
    )
    return Page(name, title, _lead(contents, indicator), told, PAGE)


def _nothing(contents: RunContents, indicator: Indicator, part: str) -> str:
    """Why a part of the page is empty: a page without it would leave open whether it was forgotten."""
    why = DESCRIBED_ALONE if indicator.kind is Kind.QUALITATIVE and part in ("bounds", "methods") else None
    if why is None and part in KEPT_INSIDE and not contents.internal:
        why = INSIDE
    return f"<p>{spoken(*(why or NOTHING[part]))}</p>"


def _lead(contents: RunContents, indicator: Indicator) -> str:
    group = next(group for group in contents.system.groups if group.id == indicator.group)
    weight = contents.printed_weights[indicator.id]
    limiting = f" · {spoken('限定性指标', 'limiting indicator')}" if indicator.limiting else ""
    how = DESCRIBED if indicator.kind is Kind.QUALITATIVE else DIRECTIONS[indicator.direction]
    return (
        f'<p class="lead">{link(f"group-{anchor(group.id)}.html", spoken(group.name_zh, group.name_en))} · '
        f"{spoken('权重', 'weight')} {weight}{limiting} · {spoken(*how)}</p>"
    )


def _facts(contents: RunContents, indicator: Indicator) -> str:
    zh, en = explained(indicator)
    facts = {
        "定义 definition": (zh, en or indicator.definition),
        "边界 boundary": ("" if zh else indicator.boundary, "" if zh else indicator.boundary),
        "计算式 formula": tuple(_formula(contents, indicator, language) for language in ("zh", "en")),
        "统计期 averaging": averaging(indicator),
        "单位 unit": (unit_of(indicator),) * 2,
        "适用 applicability": _applicability(indicator),
    }
    rows = "".join(
        f"<dt>{told(name)}</dt><dd>{spoken(*text)}</dd>" for name, text in facts.items() if any(text)
    )
    return f'<dl class="facts">{rows}</dl>'


def _formula(contents: RunContents, indicator: Indicator, language: str) -> str:
    """The formula with the names of what is put in."""
    system = contents.system
    names = {item.id: (item.name_zh, item.name_en) for item in system.quantities}
    names |= {item.id: (item.name_zh, item.name_en) for item in system.indicators}
    names |= {item.id: (item.zh, item.en) for item in system.conventions}

    def word(found: re.Match[str]) -> str:
        pair = names.get(found[0])
        return found[0] if pair is None or found[0] in _FUNCTIONS else f"[{pair[language == 'en']}]"

    signs = indicator.formula.replace("*", " × ").replace("/", " ÷ ").replace("-", " − ")
    shown = _QUANTITY.sub(word, signs)
    return "" if re.search(r"[a-z]\w*_\w", shown) else re.sub(r"\bsum\(", "Σ(", shown)


def _applicability(indicator: Indicator) -> tuple[str, str]:
    if not indicator.applies:
        return (
            ("所有企业", "all plants")
            if indicator.applicability == "always"
            else by_line(indicator.applicability)
        )
    parts = []
    for language in ("zh", "en"):
        words = []
        for name, chosen in indicator.applies.items():
            known = choice_words(name, "|".join(chosen))
            said = [text.partition(" ")[2 * (language == "en")] or text for text, *_ in known.values()]
            words.append(f"{attribute_name(name, language)} = {('、', ', ')[language == 'en'].join(said)}")
        parts.append(("；", "; ")[language == "en"].join(words))
    return parts[0], parts[1]


def _levels(contents: RunContents, indicator: Indicator, entry: Mapping[str, Any]) -> str:
    rows = [_level_row(contents, indicator, entry, level) for level in LEVELS]
    header = ["级 level", "拟定值 proposed", "达到的企业 reached by"]
    header += ["测算值 calibrated"] if contents.internal and indicator.kind is Kind.QUANTITATIVE else []
    table = cards([*header, "理由 reason"], rows, kind="levels")
    return table + legend(table)


def _level_row(
    contents: RunContents, indicator: Indicator, entry: Mapping[str, Any], level: Level
) -> list[str]:
    stated, plants = entry["levels"][str(level)], int(entry.get("n") or 0)
    described = (indicator.levels or {}).get(level)
    value = f"<b>{benchmark(stated.get('proposed'), indicator)}</b>"
    attained = stated.get("attained")
    share = percent(stated.get("attainment"))
    reached = f'<span class="whole">{attained} / {plants} ({share})</span>' if attained is not None else ""
    cells = [
        numeral(str(level)),
        spoken(described.zh, described.en) if described else value,
        reached,
    ]
    if contents.internal and indicator.kind is Kind.QUANTITATIVE:
        cells.append(number(stated.get("calibrated")))
    return [*cells, spoken(str(stated.get("reason_zh", "")), str(stated.get("reason", "")))]


def legend(html: str) -> str:
    """What the signs of a status in it mean; nothing where there are none."""
    signs = signs_explained([html])
    return f"<p><small>{'<br>'.join(map(told, signs))}</small></p>" if signs else ""


def _plants(contents: RunContents, indicator: Indicator, entry: Mapping[str, Any]) -> str:
    """Counts in both sets; in the internal one every plant as a dot."""
    counts = contents.counts
    told_by = [
        f"{spoken(*words)} {counts.loc[indicator.id, state.name]}"
        for state, words in STATES.items()
        if indicator.id in counts.index and counts.loc[indicator.id, state.name]
    ]
    said = f"<p>{' · '.join(told_by)}</p>" if told_by else ""
    if not contents.internal:
        withheld = ("单个企业的数据不予公布。", "The figures of single plants are not published.")
        return f"{said}<p><small>{spoken(*withheld)}</small></p>{_bars(entry)}"
    sample = contents.sample
    if indicator.id not in sample:
        return said
    values, states = sample[indicator.id], sample[f"state:{indicator.id}"]
    proposed = {level: stated.get("proposed") for level, stated in entry["levels"].items()}
    hollow = ("空心：仅知低于检出限。", "Hollow: only known to lie below a limit.")
    note = f"<p><small>{spoken(*hollow)}</small></p>" if (states == CellState.BELOW_LIMIT).any() else ""
    return f"{said}{dots_svg(values, states, indicator, proposed, line=contents.line)}{note}"


def _bars(entry: Mapping[str, Any]) -> str:
    """Shares of plants that reach each level, as bars."""
    parts = [
        f"<tr><th>{numeral(level)}</th><td>"
        f'<span class="bar level-{level}" style="width:{100 * share:.0f}%"></span>'
        f"{percent(share)}</td></tr>"
        for level, stated in entry["levels"].items()
        if (share := stated.get("attainment")) is not None and np.isfinite(share)
    ]
    caption = f"<caption>{spoken('达到该级的企业比例', 'Share of plants that reach the level')}</caption>"
    return f'<table class="bars">{caption}{"".join(parts)}</table>' if parts else ""


def _corrections(contents: RunContents, indicator: Indicator, note: tuple[str, str] | None) -> str:
    if note is None:
        return ""
    rows = contents.results("corrections", indicator=indicator.id)
    said = f"<p>{spoken(*note)}</p>"
    if left := int(contents.counts.at[indicator.id, UNCORRECTED]):
        silent = (
            f"{left}家企业未填报修正所需的数据，其数值不能修正，按未填报处理。",
            f"Values that count as not reported, for what a correction reads is missing: {left}.",
        )
        said += f"<p>{spoken(*silent)}</p>"
    if not len(rows):
        return said
    unit = unit_of(indicator)
    header = ["企业 plant", "级 level", f"填报值 reported, {unit}", f"修正后 corrected, {unit}"]
    cells = [
        [lines(str(row.plant)), _in_both(str(row.level)), number(row.reported), number(row.corrected)]
        for row in rows.drop_duplicates(["plant", "reported", "corrected"]).itertuples()
    ]
    return f"{said}{folded(('逐企业的修正', 'Plant by plant'), cards(header, cells, kind='numbers'))}"


def _in_both(text: str) -> str:
    """Levels as either language writes them."""
    return spoken(", ".join(NUMERALS.get(level, level) for level in text.split(", ")), text)


def folded(summary: tuple[str, str], html: str) -> str:
    """HTML behind a line that opens it."""
    return f"<details><summary>{spoken(*summary)}</summary>{html}</details>"


def _history(contents: RunContents, indicator: Indicator, entry: Mapping[str, Any]) -> str:
    """What each earlier draft proposed, and this one; of a described indicator its weight."""
    if not contents.earlier:
        return ""
    every: list[tuple[tuple[str, str], Mapping[str, Any]]] = [
        ((f"第{at}稿", f"draft {at}"), before)
        for at, document in contents.earlier.items()
        for before in document["indicators"]
        if before["id"] == indicator.id
    ]
    every.append((("本次", "this run"), entry))
    rows = [
        [
            spoken(*name),
            *_told_levels(indicator, said),
            fixed(float(said["weight"]), contents.decimals),
        ]
        for name, said in every
    ]
    return cards(["稿件 draft", *(NUMERALS[str(g)] for g in LEVELS), "权重 weight"], rows, kind="numbers")


def _origin(contents: RunContents, indicator: Indicator) -> str:
    """The cells of notebooks that made the values, and the cells of plants they rest on; in the internal set alone."""
    if not contents.internal:
        return ""
    makers = {
        "proposal": ("拟定值", "the proposed value"),
        "calibrated": ("测算值", "the calibrated value"),
        "weights": ("权重", "the weight"),
        "sample": ("样本数值", "the values of the sample"),
    }
    links = [
        link(place, spoken(*words))
        for table, words in makers.items()
        if (place := contents.makers.get(table))
    ]
    made = (
        f"<p>{spoken('由笔记本单元算出：', 'Made by these cells of the notebooks: ')}{' · '.join(links)}</p>"
        if links
        else ""
    )
    return made + file_rows(contents, indicator)
