"""Write the `parameters` cell of a notebook: every choice under a comment that names it and what it may be."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from methodology.languages import Words, both, in_order
from methodology.parameters.loading import cell_of, section_class
from methodology.parameters.model import Section
from methodology.parameters.words import choice_in_words, setting_in_words

WIDE = 110
"""Characters of a comment line."""
SHARED = {
    "system": Words("指标体系", "indicator system"),
    "folder": Words("结果文件夹", "folder of the results"),
    "seed": Words("随机数种子", "seed of all random numbers"),
}
"""Names of what stands in the cells of several notebooks."""
_POINT = Words("拟定点按严格度确定时填写", "where the point is a strictness")
BLANK = {
    "sample.source": Words(
        "空：自己的企业，或该体系的样本", "empty: own plants, or the sample of the system"
    ),
    "sample.population": Words("0：按样本说明，或未知", "0: as stated with the sample, or unknown"),
    "sample.stratum": Words("空：全部企业；否则写 属性=值", "empty: all plants; otherwise attribute=value"),
    "weights.source": Words("空：自己的专家，或该体系的专家", "empty: own experts, or those of the system"),
    "thresholds.strictness_I": _POINT,
    "thresholds.strictness_II": _POINT,
    "thresholds.strictness_III": _POINT,
    "thresholds.point_reason": Words("按严格度或数值确定时必填", "mandatory for a strictness and for values"),
    "thresholds.expert_reason": Words("专家取值时必填", "mandatory for an expert's reading"),
    "evaluation.cut": Words("0：按指标体系", "0: as the system states"),
    "proposal.earlier_draft": Words("0：没有", "0: none"),
}
"""What a choice says by default, where that is an empty text or zero."""
_SIGNS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))


def cell_source(stage: str, own: Mapping[str, Any]) -> str:
    """
    Write the `parameters` cell of a stage from the model.

    Parameters
    ----------
    stage : str
        Name of the stage.
    own : mapping
        What the notebook itself says of `system` and `folder`.

    Examples
    --------
    >>> print(cell_source("evaluation", {"system": "coking", "folder": "runs"}).splitlines()[-1])
    cut: float = 0.0
    """
    fields = section_class(stage).model_fields
    lines: list[str] = []
    for name, (annotation, default) in cell_of(stage).items():
        path = f"{stage}.{name}"
        told = SHARED[name] if name in SHARED else choice_in_words(path)
        blank = [" ".join(in_order(*BLANK[path]))] if path in BLANK else []
        choices = "; ".join(filter(None, [_choices(fields[name]) if name in fields else "", *blank]))
        value = own[name] if name in ("system", "folder") else default
        lines += [*_comment(told, choices), f"{name}: {annotation} = {_written(value)}"]
    return "\n".join(lines)


def _written(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _comment(told: Words, choices: str) -> list[str]:
    text = " ".join(in_order(*told)) + (f": {choices}" if choices else "")
    return textwrap.wrap(
        text,
        WIDE,
        initial_indent="# ",
        subsequent_indent="#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _choices(field: FieldInfo) -> str:
    """What a choice may be: every setting with its name, a range of numbers, or what each item of a list says."""
    kind = field.annotation
    if get_origin(kind) is Literal:
        return " | ".join(_setting(option) for option in get_args(kind))
    if kind is bool:
        return "True | False"
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        keys = ", ".join(f'"{name}": …' for name in item.model_fields) if issubclass(item, Section) else "…"
        return f"[{{{keys}}}, …]"
    return ", ".join(
        f"{sign} {getattr(limit, name):,.10g}".replace(",", " ")
        for name, sign in _SIGNS
        for limit in field.metadata
        if getattr(limit, name, None) is not None
    )


def _setting(option: str) -> str:
    told = both(lambda: setting_in_words(option))
    return f'"{option}" ' + (told.zh if told.same else " ".join(in_order(*told)))
