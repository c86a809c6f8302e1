"""Layout and texts of the questionnaire: what the writer prints, and the reader looks for."""

from __future__ import annotations

from functools import partial

from methodology.indicators import Indicator, IndicatorSystem
from methodology.indicators.display import number, said_known_how, unit_of, unit_text
from methodology.languages import both, by_line, short_title

GUIDE, PLANT_SHEET, RAW, OUTLETS, INDICATORS = (
    "说明 guide",
    "企业 plant",
    "原始数据 raw data",
    "排口 outlets",
    "指标 indicators",
)
DEFINITIONS, LEVELS_SHEET, UNITS = "定义 definitions", "分级 levels", "单位 units"
MARK = "Questionnaire of the indicator system"
"""Stands beside the id of the system on the first sheet, in plain ASCII: the reader finds it in any encoding."""
CODE, ITEM, ENTRY, UNIT = "代码 code", "项目 item", "填写 entry", "单位 unit"
BELOW, NOT_APPLICABLE, PROOF, CHECK = "低于检出限 <", "不适用 n/a", "证明材料、备注 evidence", "检查 check"
CONVERTED, COMPUTED, SAID = "折合 converted", "由原始数据计算 computed", "说明 explanation"
PLANT_ROW, YEAR_ROW, NAME_ROW = "plant", "year", "name"
LESS, NO = "<", "不适用 n/a"
"""Words of the lists beside a value."""
MOST_OUTLETS = 8
LEVEL_WORDS = {"Ⅰ级 Level I": "I", "Ⅱ级 Level II": "II", "Ⅲ级 Level III": "III", "未达到 none": "none"}
MISSING, DOUBTFUL, FINE = "缺 missing", "请核对 please check", "✓"
DIFFERS, NO_NUMBER = "不符 differs from computed", "不是数字 no number"
KINDS = {
    "output": ("产量", "Output"),
    "material": ("原料和物料", "Materials"),
    "energy": ("能源", "Energy"),
    "water": ("水", "Water"),
    "residue": ("副产物和废物", "By-products and waste"),
    "gas": ("烟气和排放", "Gases and emission"),
    "operation": ("运行和管理", "Operation and management"),
}
STEPS = (
    (
        "每座装置（或每家企业）填一份。依次填写“企业”“原始数据”“排口”“指标”四张表，只填白色和浅黄色单元格。",
        "Fill in one form per plant (or unit): the sheets plant, raw data, outlets and indicators; white and "
        "pale-yellow cells only.",
    ),
    (
        "原始数据填全后，“指标”表自动给出计算值，不必再填指标值；没有原始数据的指标直接填写指标值。"
        "两者都填的应一致，不一致会被退回。",
        "Where raw data are complete the sheet of indicators computes the value and nothing more is needed; where "
        "there are none, enter the value of the indicator. If both are given they must agree, or the form comes back.",
    ),
    (
        "数值单元格只填数字，不写单位、逗号、区间或“约”。单位从下拉列表选择，由程序换算。",
        "Enter numbers alone: no unit, comma, range or 'about'. Choose the unit from the list; the program converts.",
    ),
    (
        "没有用、没有发生的量填0；不知道、没有统计的留空。留空即“未填报”，按未达到处理，绝不当作0。",
        "Enter 0 for what was not used or did not occur; leave empty what is not known. Empty means not reported: it "
        "counts as not reached, and never as 0.",
    ),
    (
        "低于检出限的浓度填检出限，并在“低于检出限”列选“<”。",
        "For a concentration below the detection limit enter the limit and choose '<' beside it.",
    ),
    (
        "只有系统规定可以不适用的指标才有“不适用”选项，并须与“企业”表所填装备一致。",
        "'Not applicable' can be chosen only where the indicator system allows it, and must agree with the equipment "
        "on the sheet of the plant.",
    ),
    (
        "“检查”列随填随算：“缺”是还没有值，“请核对”是超出物理上可能的范围，多为单位或小数点错误。",
        "The column 'check' computes as you type: 'missing' has no value yet, 'please check' lies outside what is "
        "physically possible, mostly a slip of unit or decimal point.",
    ),
    (
        "企业名称可用代号；程序发布结果时只用代号，不出现任何一家企业的数值。",
        "The plant may go by a code; results are published under codes, without any single plant's figure.",
    ),
)
_AVERAGING = {
    "calendar year, annual total over annual total": "一个自然年，取全年合计数之比",
    "flow-weighted annual mean of valid hourly values; mean of manual samples where there is no continuous monitor": (
        "有效小时均值按烟气量加权的全年平均；没有在线监测的取手工监测均值"
    ),
    "mean of the valid samples of the year": "全年有效样品的平均值",
    "volume-weighted mean of the calendar year": "一个自然年，按风量加权平均",
}
_EVIDENCE = {
    "pe": ("设备台账、操作记录", "equipment list, operating records"),
    "en": (
        "能源统计报表、计量原始记录、热值化验单",
        "energy statistics, meter records, analyses of heating values",
    ),
    "wa": ("水量计量记录、取水许可", "water-meter records, abstraction permit"),
    "rm": ("物料台账、化验单", "ledger of materials, analyses"),
    "cu": ("产生量与去向台账、合同、发票", "ledger of generation and destination, contracts, invoices"),
    "po": ("在线监测年度汇总、监测报告", "yearly summary of continuous monitoring, test reports"),
    "gh": ("碳排放核算或核查报告", "carbon account or verification report"),
    "pr": ("质量检验报告", "quality reports"),
    "mg": ("审核报告、方案清单", "audit report, list of measures"),
}
_EVIDENCE_WORDS = {
    "equipment list": "设备清单",
    "equipment list, capacity certificates": "设备清单、产能证明",
    "equipment list, layout": "设备清单、总平面图",
    "temperature records, recovery balance": "温度记录、回收平衡表",
    "site inspection, video, interlock list": "现场检查、视频、联锁清单",
    "permit, enforcement records, equipment list": "排污许可证、执法记录、设备清单",
    "manifests, ledger, contracts": "转移联单、台账、合同",
    "certificates, metering list, screenshots, verification report": "认证证书、计量器具清单、系统截图、核查报告",
    "CEMS transmission report, balance sheets": "在线监测传输率报告、平衡表",
}


def titles(system: IndicatorSystem) -> tuple[str, str, str]:
    """The three lines above the instructions."""
    status = "草案，仅供试用 draft, for trial only" if system.status == "draft" else "已发布 published"
    return (
        f"{system.name_zh}清洁生产评价指标调查表",
        f"Questionnaire on cleaner production: {system.name_en}",
        f"{status} · 功能单位 per {system.functional_unit}",
    )


def conventions(system: IndicatorSystem) -> list[tuple[str, str, str]]:
    """Conventions the values rest on: value, and in two languages what it means and how it is known from where."""
    rows = []
    for c in system.conventions:
        title, known = by_line(system.sources[c.source].title), both(partial(said_known_how, c.status))
        rows.append(
            (
                f"{number(c.value)} {unit_text(c.unit)}".strip() if c.value is not None else "–",
                f"{c.zh}；来源：{short_title(title.zh)}，{known.zh}",
                "; ".join(filter(None, [c.en, f"source: {short_title(title.en)}, {known.en}", c.vintage])),
            )
        )
    return rows


def explained(indicator: Indicator) -> tuple[str, str]:
    """What an indicator is, in a sentence of either language."""
    if indicator.explained is not None:
        return indicator.explained.zh, indicator.explained.en
    return "", f"{indicator.definition}; {indicator.boundary}"


def named_with_meaning(indicator: Indicator) -> tuple[str, str]:
    """An indicator with its unit, and what it is, in either language."""
    unit, (zh, en) = unit_of(indicator), explained(indicator)
    name = f"{indicator.name_zh}（{unit}）" if unit else indicator.name_zh
    behind = f" ({unit})" if unit else ""
    return f"{name}：{zh}" if zh else name, f"{indicator.name_en}{behind}: {en}"


def averaging(indicator: Indicator) -> tuple[str, str]:
    """Over which time an indicator is averaged."""
    return _AVERAGING.get(indicator.averaging, ""), indicator.averaging


def evidence(indicator: Indicator) -> tuple[str, str]:
    """What proves a value."""
    if indicator.evidence:
        return _EVIDENCE_WORDS.get(indicator.evidence, ""), indicator.evidence
    return _EVIDENCE.get(indicator.group, ("", ""))


def may_be_excused(indicator: Indicator) -> bool:
    """Whether the system says that the indicator may not apply to a plant."""
    return indicator.applicability != "always" or bool(indicator.applies)
