"""Name the choices of a run in English and Chinese, and write them into the `parameters` cells of notebooks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from methodology.indicators.display import number
from methodology.languages import NUMERALS, Words, both, by_line, in_order, later, say
from methodology.parameters.loading import cell_of, section_class
from methodology.parameters.model import Section

CHOICES = {
    "system": ("indicator system", "指标体系"),
    "why": ("reason of the run", "测算的理由"),
    "why_mixed": ("reason for real and made-up sources side by side", "真实与虚构资料并用的理由"),
    "seed": ("seed of all random numbers", "随机数种子"),
    "language": ("language that comes first", "首选语言"),
    "sample.source": ("sample of plants", "企业样本"),
    "sample.bounds": ("values outside the physical bounds", "超出物理界限的数值"),
    "sample.exclude": ("plants left out", "剔除的企业"),
    "sample.population": ("number of plants in the industry", "行业企业总数"),
    "sample.stratum": ("stratum of the industry", "行业分层"),
    "sample.years": ("which of a plant's years count", "企业多年数据的取法"),
    "sample.least_years": ("fewest years of a plant", "企业最少填报年数"),
    "sample.correction": ("corrections of raw materials and process", "原料与工艺修正"),
    "sample.covariates": ("values that move with a covariate", "随协变量变化的基准值"),
    "weights": ("weights", "权重"),
    "weights.source": ("judgements of experts", "专家判断"),
    "weights.method": ("source of the weights", "权重来源"),
    "weights.aggregation": ("aggregation of experts", "专家意见集结方式"),
    "weights.priority": ("priorities from a judgement matrix", "判断矩阵的排序方法"),
    "weights.random_index": ("table of random indices", "随机一致性指标表"),
    "weights.consistency_limit": ("limit of the consistency ratio", "一致性比率上限"),
    "weights.combine_with": ("weights from data blended in", "组合的客观权重"),
    "weights.combination": ("way of blending weights", "组合赋权方式"),
    "weights.expert_share": ("share of the experts in blended weights", "专家权重所占比例"),
    "weights.decimals": ("decimals of the weights", "权重小数位数"),
    "weights.given": ("weights as given", "直接给定的权重"),
    "thresholds.share_I": ("share of plants at Level I", "Ⅰ级企业比例"),
    "thresholds.share_II": ("share of plants at Level II", "Ⅱ级企业比例"),
    "thresholds.share_III": ("share of plants at Level III", "Ⅲ级企业比例"),
    "thresholds.promise": ("point that is proposed", "拟定点的确定方式"),
    "thresholds.strictness_I": ("strictness chosen for Level I", "选定的Ⅰ级严格度"),
    "thresholds.strictness_II": ("strictness chosen for Level II", "选定的Ⅱ级严格度"),
    "thresholds.strictness_III": ("strictness chosen for Level III", "选定的Ⅲ级严格度"),
    "thresholds.given": ("values as given", "直接给定的基准值"),
    "thresholds.point_reason": ("reason of the point", "选定该点的理由"),
    "thresholds.method": ("point estimate of a value", "基准值估计方法"),
    "thresholds.expert_reason": ("reason of an expert's reading", "专家取值理由"),
    "thresholds.interval": ("interval of a value", "基准值区间方法"),
    "thresholds.confidence": ("confidence of an interval", "区间置信水平"),
    "thresholds.below_limit": ("reading of values below a limit", "未检出值的处理"),
    "evaluation.level_one": ("reading of the Level I rule", "Ⅰ级判定规则的解读"),
    "evaluation.cut": ("score that Levels I and II need", "Ⅰ、Ⅱ级所需综合评价指数"),
    "sensitivity.draws": ("draws of the simulation", "模拟次数"),
    "sensitivity.weight_concentration": ("concentration of drawn weights", "抽取权重的集中度"),
    "sensitivity.threshold_cv": (
        "noise on benchmark values, in standard deviations between plants",
        "基准值噪声（企业间标准差的倍数）",
    ),
    "sensitivity.measurement_cv": (
        "errors of measurement, in standard deviations between plants",
        "测量误差（企业间标准差的倍数）",
    ),
    "sensitivity.sobol_n": ("sample behind estimated shares of the variance", "方差分解的样本量"),
    "proposal.rounding": ("rounding of proposed values", "拟定值的修约"),
    "proposal.bound_by_law": ("mandatory limits as bounds", "强制性限值约束"),
    "proposal.bound_by_index": ("index being revised as a bound", "被修订指标体系的约束"),
    "proposal.looser": ("values allowed to be looser than the index", "允许宽于被修订指标体系的基准值"),
    "proposal.disclosure_minimum": ("fewest plants behind a published value", "公布数值所需最少企业数"),
    "proposal.disclosure_rule": ("what happens to a value with fewer plants", "企业数不足时的处理"),
    "proposal.earlier_draft": ("draft published before", "已公布的上一稿"),
}
"""Every choice by its path `section.field`, those of the whole run by name; all choices about weights are `weights`."""

_SETTINGS = {
    "zh": later("Chinese"),
    "en": later("English"),
    "ahp": "AHP",
    "best-worst": later("best-worst method"),
    "budget": later("points shared out"),
    "critic": "CRITIC",
    "entropy": later("entropy"),
    "pca": later("principal component"),
    "equal": later("equal weights"),
    "system": later("as the system states"),
    "AIJ": later("matrices averaged"),
    "AIP-arithmetic": later("priorities averaged"),
    "AIP-geometric": later("priorities averaged geometrically"),
    "eigenvector": later("principal eigenvector"),
    "geometric-mean": later("geometric mean of rows"),
    "saaty-1980": "Saaty 1980",
    "saaty-2005": "Saaty 2005",
    "donegan-dodd-1991": "Donegan & Dodd 1991",
    "tummala-ling-1998": "Tummala & Ling 1998",
    "convex": later("weighted mean"),
    "multiplicative": later("product"),
    "game": later("game-theoretic"),
    "marginal": later("each indicator alone"),
    "joint": later("the whole standard"),
    "latest": later("the last year"),
    "mean": later("the mean of the years"),
    "strictness": later("a strictness on the frontier"),
    "values": later("values as given"),
    "given": later("as given"),
    "attainment": later("attainment quantile"),
    "harrell-davis": "Harrell-Davis",
    "lognormal": later("lognormal"),
    "normal": later("normal"),
    "gamma": later("gamma"),
    "linear": later("linear"),
    "piecewise": later("piecewise"),
    "weibull": later("Weibull"),
    "mean-of-best": later("mean of the best"),
    "mact-floor": later("US floor (mean of the best)"),
    "bat-ael": later("expert's reading"),
    "order-statistic": later("order statistics"),
    "finite-population": later("finite population"),
    "interpolated": later("interpolated"),
    "bootstrap-percentile": later("bootstrap, percentile"),
    "bootstrap-bca": later("bootstrap, BCa"),
    "as-limit": later("at the limit"),
    "lognormal-mle": later("lognormal, maximum likelihood"),
    "half-limit": later("half the limit"),
    "contaminated": later("contaminated"),
    "finite": later("finite"),
    "ros": later("regression on order statistics"),
    "kaplan-meier": "Kaplan-Meier",
    "eu-ets": later("EU emissions trading"),
    "us-mact-floor": later("US floor (prediction limit)"),
    "us-effluent": later("US effluent limits"),
    "eu-bat-ael": later("EU best available techniques"),
    "limiting": later("limiting indicators alone"),
    "limiting-and-rest-at-two": later("limiting, and all others at II"),
    "engineering": later("to the engineering step"),
    "exclude": later("set aside"),
    "flag": later("kept and flagged"),
    "none": later("none"),
    "chosen": later("as published"),
    "unrounded": later("before rounding"),
    "True": later("yes"),
    "False": later("no"),
    "withhold": later("withheld"),
    "round": later("rounded outward"),
    "mean-of-k": later("mean of the nearest plants"),
}


_UNSET = {
    "sample.source": later("as the study or the system has it"),
    "weights.source": later("as the study or the system has it"),
    "sample.population": later("as stated with the sample"),
    "sample.stratum": later("all plants"),
    "evaluation.cut": later("as the system states"),
    **dict.fromkeys((f"thresholds.strictness_{level}" for level in NUMERALS), later("none")),
    "proposal.earlier_draft": later("none"),
}
"""What an empty text or zero stands for, by the path of a choice."""
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


def choice_in_words(path: str) -> Words:
    """
    Name of a choice in both languages; what is no choice keeps its name.

    Examples
    --------
    >>> choice_in_words("evaluation.cut")
    Words(zh='Ⅰ、Ⅱ级所需综合评价指数', en='score that Levels I and II need')
    """
    english, chinese = CHOICES.get(path, (path, path))
    return Words(chinese, english)


def setting_in_words(text: object) -> str:
    """
    What a choice is set to, in the language that is spoken; parts of a combined setting one by one.

    Examples
    --------
    >>> setting_in_words("critic + 0.5"), setting_in_words("hyndman-fan-7"), setting_in_words(True)
    ('CRITIC + 0.5', 'Hyndman-Fan type 7', 'yes')
    """
    return " + ".join(map(_part_in_words, str(text).split(" + ")))


def choice_value_in_words(value: object, names: Mapping[str, Words] | None = None, path: str = "") -> str:
    r"""
    What a choice is set to, lists and recorded decisions included, in the language that is spoken.

    Parameters
    ----------
    value : object
        As the record of a run has it.
    names : mapping of str to Words, optional
        What ids in it are called.
    path : str
        Of the choice, where an empty text or zero stands for something.

    Examples
    --------
    >>> choice_value_in_words([]), choice_value_in_words({"level": "I", "reason": "无人达到。\nNobody reaches it."})
    ('none', 'Level I: Nobody reaches it.')
    >>> choice_value_in_words(0.0, path="evaluation.cut"), choice_value_in_words(60.0, path="evaluation.cut")
    ('as the system states', '60')
    """
    if path in _UNSET and not value:
        return say(_UNSET[path])
    if value is None or value in ("", [], (), {}):
        return say("none")
    if isinstance(value, Mapping):
        return _decision_in_words(value, names or {})
    if isinstance(value, list | tuple):
        each = (choice_value_in_words(one, names) for one in value)
        return say("; ").join(text.rstrip("。.") for text in each)
    if isinstance(value, float):
        return number(value, digits=9)
    named = (names or {}).get(str(value))
    return say(named or by_line(setting_in_words(value)))


def _decision_in_words(entry: Mapping[str, object], names: Mapping[str, Words]) -> str:
    """What was decided of which value, the reason behind it; ids by their names, numbers after their level."""
    told = say(", ").join(
        f"{say('Level {level}', level=key)} {value}"
        if key in NUMERALS
        else say("Level {level}", level=value)
        if key == "level"
        else choice_value_in_words(value, names)
        for key, value in entry.items()
        if key != "reason" and value not in (None, "")
    )
    reason = say(by_line(entry.get("reason") or ""))
    return say("{choice}: {setting}", choice=told, setting=reason) if reason else told


def _part_in_words(part: str) -> str:
    head, _, type_ = part.partition("hyndman-fan-")
    return (
        say("Hyndman-Fan type {type}", type=type_) if type_ and not head else say(_SETTINGS.get(part, part))
    )


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
