"""Pages of weights: the whole, one per group, and in the internal set one per expert under a pseudonym."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

import numpy as np
import pandas as pd

from methodology.evidence.chapters import made_by, shown
from methodology.evidence.effects import weight_range
from methodology.evidence.markup import cards, lines, link, spoken
from methodology.evidence.pages import Page, indicator_link, sections
from methodology.evidence.weight_sources import compared, compared_note, judged_cells
from methodology.findings.addresses import anchor
from methodology.findings.contents import RunContents
from methodology.findings.drawn import Drawn
from methodology.findings.promises import NUMERALS, choice_text
from methodology.findings.weighed import Weighed
from methodology.indicators.display import fixed, number, percent
from methodology.indicators.judgements import ROOT
from methodology.indicators.system import Group
from methodology.languages import Words, apart, both, parted
from methodology.parameters.words import setting_in_words

PAGE = "weights"
CELLS = ("判断取自哪些单元格", "The cells judgements were read from")
_BLENDING = frozenset({"combination", "expert_share"})
"""Choices that say how weights are blended: nothing where none are."""
_HEADER = (
    "指标 indicator",
    "权重（占全部，合计为1） weight of the whole, adds up to 1",
    "组内权重 weight within its group",
)


def weight_pages(contents: RunContents, drawn: Mapping[str, Drawn]) -> list[Page]:
    """The weights of the standard, of each group, and the pattern of each expert where the set may show it."""
    judged = contents.results("weights/experts")
    experts = sorted(judged["expert"].unique()) if len(judged) else []
    weighed = Weighed(contents)
    every = [_group_page(weighed, group, judged) for group in contents.system.groups]
    return [
        _whole(contents, drawn, experts),
        *every,
        *(_expert_page(weighed, str(e), judged) for e in experts),
    ]


def group_link(group: Group) -> str:
    """The name of a group as a link to its page."""
    return link(f"group-{anchor(group.id)}.html", spoken(group.name_zh, group.name_en))


def _every() -> str:
    return link("weights.html", spoken("全部权重", "all weights"))


def _expert_link(expert: str) -> str:
    return link(f"expert-{anchor(expert)}.html", spoken(f"专家{expert}", f"expert {expert}"))


def _whole(contents: RunContents, drawn: Mapping[str, Drawn], experts: list[str]) -> Page:
    rows: list[list[str]] = []
    for group in contents.system.groups:
        rows.append([f"<b>{group_link(group)}</b>", f"<b>{contents.group_weight(group.id)}</b>", ""])
        rows += _members(contents, group)
    rows.append([f"<b>{spoken('合计', 'sum')}</b>", f"<b>{sum(contents.printed_weights.values())}</b>", ""])
    about = (
        "公布的权重即计算所用的权重：各指标之和等于所属一级指标，各一级指标之和等于1。组内权重为两者之商。",
        "The weight printed is the weight used: indicators add up to their group and groups to 1. The weight within a "
        "group is their quotient.",
    )
    parts = sections(
        ("table", ("各级权重", "Weights"), cards(_HEADER, rows, kind="numbers")),
        ("how", ("如何得出", "How they were determined"), _how(contents)),
        ("experts", ("各位专家", "The experts"), " · ".join(map(_expert_link, experts))),
    )
    lead = f"<p>{spoken(*about)}</p>{shown(drawn.get('weights'))}"
    return Page(PAGE, Words("权重", "Weights"), lead, parts)


def _members(contents: RunContents, group: Group) -> list[list[str]]:
    total = contents.group_weight(group.id)
    return [
        [indicator_link(contents.system, item.id), str(own), _quotient(own, total)]
        for item in contents.system.indicators
        if item.group == group.id and (own := contents.printed_weights.get(item.id)) is not None
    ]


def _quotient(own: Decimal, total: Decimal) -> str:
    return number(float(own / total), step=0.001) if total else ""


def _how(contents: RunContents) -> str:
    """The choices that decide the weights, in words, and the cell that made them."""
    chosen = contents.parameters.get("weights") or {}
    alone = chosen.get("combine_with", "none") == "none"
    rows = [
        [
            spoken(*apart(choice_text("weights", name))),
            spoken(*both(partial(setting_in_words, str(value)))),
        ]
        for name, value in chosen.items()
        if value not in ("", "none", None) and value != [] and not (name in _BLENDING and alone)
    ]
    return (cards(["选择 choice", "取值 value"], rows) if rows else "") + made_by(contents, "weights")


def _group_page(weighed: Weighed, group: Group, judged: pd.DataFrame) -> Page:
    contents = weighed.contents
    total = contents.group_weight(group.id)
    experts = judged[judged["item"].eq(group.id)] if len(judged) else judged
    parts = sections(
        (
            "members",
            ("所含指标", "Its indicators"),
            cards(_HEADER, _members(contents, group), kind="numbers"),
        ),
        ("methods", ("各赋权方法的权重", "The weights by every method"), _by_methods(weighed, group)),
        ("judged", ("专家的判断", "What experts judged"), _judged(contents, group, judged)),
        ("bounds", ("专家之间的差距", "How far experts lie apart"), _spread(contents, group, experts)),
        ("effect", ("对等级的影响", "What it does to the levels"), weight_range(contents, "group", group.id)),
        ("history", ("历次稿件", "Earlier drafts"), _history(contents, group)),
        ("origin", ("权重的出处", "Where the weights came from"), _origin(contents)),
        ("cells", CELLS, judged_cells(contents, group=group.id)),
    )
    lead = (
        f'<p class="lead">{spoken("权重", "weight")} {total} · {_every()}</p>{made_by(contents, "weights")}'
    )
    return Page(f"group-{anchor(group.id)}", Words(group.name_zh, group.name_en), lead, parts, PAGE)


def _spread(contents: RunContents, group: Group, experts: pd.DataFrame) -> str:
    """What single experts give the group, from the least to the most, beside what is published."""
    counted = experts[~experts["excluded"]] if len(experts) else experts
    if not len(counted):
        return ""
    low, middle, high = (fixed(value, 3) for value in counted["weight"].quantile([0, 0.5, 1]))
    said = spoken(
        f"判断获采用的{len(counted)}位专家单独给出的权重为{low}～{high}，中位数{middle}；公布{contents.group_weight(group.id)}。",
        f"Single experts whose judgements are used ({len(counted)}) give {low} to {high}, median {middle}; published "
        f"{contents.group_weight(group.id)}.",
    )
    return f"<p>{said}</p>"


def _history(contents: RunContents, group: Group) -> str:
    """The weight of the group in each earlier draft, and in this one."""
    if not contents.earlier:
        return ""
    members = {item.id for item in contents.system.indicators if item.group == group.id}
    every = [
        ((f"第{at}稿", f"draft {at}"), document["indicators"]) for at, document in contents.earlier.items()
    ]
    every.append((("本次", "this run"), contents.proposal["indicators"]))
    rows = [
        [
            spoken(*name),
            fixed(sum(float(one["weight"]) for one in said if one["id"] in members), contents.decimals),
        ]
        for name, said in every
    ]
    return cards(["稿件 draft", "权重 weight"], rows, kind="numbers")


def _origin(contents: RunContents) -> str:
    """Who judged and when, how weights were made of it, and the cells that made and compared them."""
    how = link("weights.html#how", spoken("如何得出", "How they were determined")) if _how(contents) else ""
    if not contents.internal:
        return f"<p>{how}</p>" if how else ""
    panel = [
        spoken(*parted(contents.panel[name]))
        for name in ("panel", "date", "source")
        if contents.panel.get(name)
    ]
    makers = {
        "weights": ("权重", "the weights"),
        "weights/experts": ("各位专家的权重", "those of each expert"),
    }
    makers |= {
        "weights_methods": ("其他方法的权重", "those of other methods"),
        "weights_levels": ("换用其他权重后的等级", "the levels under other weights"),
        "weights/judgements": ("判断取自的单元格", "the cells of judgements"),
    }
    cells = [
        link(place, spoken(*words)) for name, words in makers.items() if (place := contents.makers.get(name))
    ]
    told = [
        f"{spoken('专家判断：', 'Judgements: ')}{' · '.join(panel)}" if panel else "",
        how,
        f"{spoken('由笔记本单元算出：', 'Made by these cells of the notebooks: ')}{' · '.join(cells)}"
        if cells
        else "",
    ]
    return "".join(f"<p>{text}</p>" for text in told if text)


def _judged(contents: RunContents, group: Group, judged: pd.DataFrame) -> str:
    """What each expert alone gives the group, and each indicator within it."""
    if not len(judged):
        return ""
    own = judged[((judged["node"] == ROOT) & (judged["item"] == group.id)) | (judged["node"] == group.id)]
    told = {
        (row.item, row.expert): f"({fixed(row.weight, 3)})" if row.excluded else fixed(row.weight, 3)
        for row in own.itertuples()
    }
    experts = [str(name) for name in dict.fromkeys(own["expert"])]
    rows = [
        [_item(contents, str(item)), *(told.get((item, name), "") for name in experts)]
        for item in dict.fromkeys(own["item"])
    ]
    about = (
        "本组行为占全部的权重，其余行为组内权重；每列为一位专家（代号）。括号内的因自相矛盾过大未采用。",
        "The row of the group is its weight of the whole, the other rows are weights within it; one column per expert. "
        "In brackets: left out, because it contradicts itself too much.",
    )
    head = [Words("项目", "item"), *(Words(f"专家{name}", f"expert {name}") for name in experts)]
    links = " · ".join(map(_expert_link, experts))
    return f"<p>{spoken(*about)}</p>{cards(head, rows, kind='numbers')}<p>{links}</p>"


def _item(contents: RunContents, name: str) -> str:
    group = next((group for group in contents.system.groups if group.id == name), None)
    if group is not None:
        return group_link(group)
    return indicator_link(contents.system, name) if name in contents.system.ids else lines(name)


def _expert_page(weighed: Weighed, expert: str, judged: pd.DataFrame) -> Page:
    contents = weighed.contents
    own = judged[judged["expert"] == expert]
    parts = sections(
        ("pattern", ("权重判断", "The pattern of weights"), _pattern(contents, own)),
        ("methods", ("各赋权方法的权重", "The weights by every method"), _expert_by_methods(weighed, own)),
        ("consistency", ("一致性", "Consistency"), _consistency(contents, own)),
        ("without", ("如不计该专家", "If the expert is left out"), _without(contents, expert)),
        ("origin", ("权重的出处", "Where the weights came from"), _origin(contents)),
        ("cells", CELLS, judged_cells(contents, expert=expert)),
    )
    lead = f'<p class="lead">{_every()}</p>{made_by(contents, "weights/experts")}'
    return Page(f"expert-{anchor(expert)}", Words(f"专家{expert}", f"Expert {expert}"), lead, parts, PAGE)


def _pattern(contents: RunContents, own: pd.DataFrame) -> str:
    """What the expert alone gives each item of a node, beside what is published."""
    rows = []
    for node in dict.fromkeys(own["node"]):
        rows.append([f"<b>{_node(contents, str(node))}</b>", "", "", ""])
        for row in own[own["node"] == node].itertuples():
            used = _published(contents, str(node), str(row.item))
            cells = [
                f"{number(float(row.weight), step=0.001)}",
                used,
                number(float(row.weight) - float(used or "nan"), step=0.001),
            ]
            rows.append([_item(contents, str(row.item)), *cells])
    header = ["项目 item", "该专家 this expert", "公布 published", "差 difference"]
    return cards(header, rows, kind="numbers")


def _by_methods(weighed: Weighed, group: Group) -> str:
    """The weight of the group and of its indicators by every method, and as published."""
    contents = weighed.contents
    own = [(("group", group.id), f"<b>{group_link(group)}</b>", str(contents.group_weight(group.id)))]
    own += [
        (
            ("indicator", item.id),
            indicator_link(contents.system, item.id),
            str(contents.printed_weights[item.id]),
        )
        for item in contents.system.indicators
        if item.group == group.id and item.id in contents.printed_weights
    ]
    return compared(weighed, own) + compared_note(weighed)


def _expert_by_methods(weighed: Weighed, own: pd.DataFrame) -> str:
    """What every method gives what the expert judged, node by node."""
    contents, parts = weighed.contents, []
    for node in map(str, dict.fromkeys(own["node"])):
        rows = own[own["node"] == node]
        kind = "group" if node == ROOT else "indicator"
        items = [
            ((kind, n), _item(contents, n), _published(contents, node, n)) for n in map(str, rows["item"])
        ]
        said = [fixed(weight, 3) for weight in rows["weight"]]
        table = compared(weighed, items, "" if node == ROOT else node, said)
        parts.append(f"<h3>{_node(contents, node)}</h3>{table}" if table else "")
    return "".join(parts) + compared_note(weighed)


def _node(contents: RunContents, name: str) -> str:
    return spoken("一级指标之间", "between groups") if name == ROOT else _item(contents, name)


def _published(contents: RunContents, node: str, item: str) -> str:
    if node == ROOT:
        return str(contents.group_weight(item))
    own = contents.printed_weights.get(item)
    return "" if own is None else _quotient(own, contents.group_weight(node))


def _consistency(contents: RunContents, own: pd.DataFrame) -> str:
    rows = [
        [
            _node(contents, str(row.node)),
            fixed(row.consistency_ratio, 3) if np.isfinite(row.consistency_ratio) else "",
            spoken("未采用", "left out") if bool(row.excluded) else spoken("采用", "used"),
        ]
        for row in own.drop_duplicates("node").itertuples()
    ]
    return cards(["判断矩阵 judgement matrix", "一致性比率 consistency ratio", "是否采用 used"], rows)


def _without(contents: RunContents, expert: str) -> str:
    """How the mean scores and the levels of plants change without the expert."""
    table = contents.results("sensitivity/without_expert", expert=expert)
    rows = [
        [
            spoken(*_OUTPUTS[str(row.output)]),
            _amount(row.output, row.base),
            _amount(row.output, row.value),
        ]
        for row in table.itertuples()
        if row.output in _OUTPUTS
    ]
    return cards(["结果 result", "本次 as run", "不计该专家 without"], rows, kind="numbers") if rows else ""


def _amount(output: str, value: float) -> str:
    return percent(value) if str(output).startswith("share_") else number(value)


_OUTPUTS = {
    "moved": ("改变等级的企业数", "plants that change their level"),
    "shift": ("基准值的最大变动", "largest move of a value"),
    **{
        f"mean_Y_{g}": (f"综合评价指数平均值，{n}级", f"mean composite index, Level {g}")
        for g, n in NUMERALS.items()
    },
    **{f"share_{g}": (f"达到{n}级的企业比例", f"share of plants at Level {g}") for g, n in NUMERALS.items()},
}
