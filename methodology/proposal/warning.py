"""Flag proposed values that ask for nothing, step backward or tell no plants apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from methodology.indicators import LEVELS, Indicator, IndicatorSystem, Kind
from methodology.indicators.display import benchmark, label_zh, mark, number, percent, unit_of
from methodology.indicators.words import level_zh
from methodology.proposal.bounds import IN_FORCE, beyond_scale, finding, loose_end
from methodology.proposal.whole_standard import missed_promise

KINDS = (
    *("nobody-attains", "misses-promise", "looser-than-in-force", "end-of-scale", "same-as-next-level"),
    *("reached-by-all", "wider-by-guard", "rounding-moves-attainment", "outside-interval"),
)
"""The gravest first."""

Said = tuple[str, str]
Told = Mapping[str, Any]


@dataclass(frozen=True)
class Outlook:
    """
    What the sentences know beside the document.

    Attributes
    ----------
    minimum : int
        Fewest plants at or beyond a published value.
    shares : mapping of level to share
        Plants each indicator lets through by calibration: the target, or the common share of the joint promise.
    enough : mapping of level to int or None
        Plants from which on the disclosure guard leaves a level where it was calibrated.
    apart : mapping of level to int or None
        Plants from which on a level is told from the next one in spite of the guard.
    """

    minimum: int
    shares: Mapping[str, float] = field(default_factory=dict)
    enough: Mapping[str, int | None] = field(default_factory=dict)
    apart: Mapping[str, int | None] = field(default_factory=dict)


def warnings_of(
    document: Mapping[str, Any], system: IndicatorSystem, outlook: Outlook
) -> list[dict[str, str]]:
    """
    Flag what is vacuous, steps backward or was moved, each with its reason and what would change it.

    Parameters
    ----------
    document : mapping
        As proposal.json, with its attainment.
    system : IndicatorSystem
        Names, scales and kinds.
    outlook : Outlook

    Returns
    -------
    list of dict
        indicator (empty for the whole standard), level, kind (one of `KINDS`, the gravest first), en, zh. No sentence
        holds a calibrated value or the figure of a single plant.
    """
    found = [*(_nobody(document, level) for level in map(str, LEVELS)), *missed_promise(document)]
    for entry in document["indicators"]:
        found += _One(document, entry, system[entry["id"]], outlook).warnings()
    told = [item for item in found if item]
    return sorted(told, key=lambda item: KINDS.index(item["kind"]))


def _nobody(document: Mapping[str, Any], level: str) -> dict[str, str]:
    if document["joint_plants"].get(level) != 0:
        return {}
    plants, promise = document["plants"], document["promise"]
    en, zh = (
        f"No plant of {plants} attains level {level} or better of the whole standard",
        (f"{plants}家企业中没有一家达到整套标准的{level_zh(level)}及以上"),
    )
    if promise == "marginal":
        en += ", because each value was set alone; the joint promise calibrates the whole standard."
        zh += "，因为各基准值是单独确定的；整体承诺按整套标准测算。"
    else:
        en += f"; a larger share wanted at level {level}, or fewer unreported cells, would change it."
        zh += f"；提高{level_zh(level)}的目标比例或减少未填报的数据可改变这一结果。"
    return {"indicator": "", "level": level, "kind": "nobody-attains", "en": en, "zh": zh}


@dataclass(frozen=True)
class _One:
    """One indicator of a proposal."""

    document: Mapping[str, Any]
    entry: Mapping[str, Any]
    indicator: Indicator
    outlook: Outlook

    def warnings(self) -> list[dict[str, str]]:
        """Of its three levels."""
        described = self.indicator.kind is Kind.QUALITATIVE
        found = []
        for level in map(str, LEVELS):
            told = self.entry["levels"][level]
            if told["proposed"] is None:
                continue
            for kind, (en, zh) in self._of_described(told) if described else self._of_value(level, told):
                head = {"indicator": self.indicator.id, "level": level, "kind": kind}
                name = f"{self.indicator.name_en}, Level {level}: "
                found.append(
                    head | {"en": name + en, "zh": f"{_wide(self.indicator.name_zh)}{level_zh(level)}：{zh}"}
                )
        return found

    def _of_described(self, told: Told) -> Iterator[tuple[str, Said]]:
        if self._plants and told["attained"] == self._plants:
            en = f"all {self._plants} reporting plants are at the described level; a sharper one would tell them apart."
            zh = f"填报的{self._plants}家企业全部达到所描述的要求；只有更严的描述才能加以区分。"
            yield "reached-by-all", (en, zh)

    def _of_value(self, level: str, told: Told) -> Iterator[tuple[str, Said]]:
        checks = {
            "looser-than-in-force": self._looser,
            "end-of-scale": self._at_the_end,
            "same-as-next-level": self._same,
            "reached-by-all": self._by_all,
            "wider-by-guard": self._wider,
            "rounding-moves-attainment": self._rounding,
            "outside-interval": self._outside,
        }
        for kind, check in checks.items():
            said = check(level, told)
            if said is not None:
                yield kind, said

    @property
    def _plants(self) -> int:
        return int(self.entry["n"])

    def _value(self, value: float) -> str:
        return f"{benchmark(value, self.indicator)} {unit_of(self.indicator)}".strip()

    def _reached(self, count: int) -> str:
        return f"{count} of {self._plants} ({percent(count / self._plants)})"

    def _by_all(self, level: str, told: Told) -> Said | None:
        beyond = self._plants - int(told["attained"])
        if not self._near_all(beyond):
            return None
        why_en, why_zh = self._why(
            level, told, self._near_all(self._plants - (told["calibrated_attained"] or 0))
        )
        if beyond:
            en = f"all but {beyond} of the {self._plants} reporting plants reach it: it stands at the dirtiest ones"
            zh = f"填报的{self._plants}家企业中除{beyond}家外全部达到，该值接近最差的企业"
        else:
            en = f"all {self._plants} reporting plants reach the value, so it tells nobody apart"
            zh = f"填报的{self._plants}家企业全部达到，该值不起区分作用"
        return f"{en}; {why_en}", f"{zh}；{why_zh}"

    def _near_all(self, beyond: int) -> bool:
        return bool(self._plants) and (beyond <= 0 or beyond < self.outlook.minimum)

    def _at_the_end(self, level: str, told: Told) -> Said | None:
        end, step = loose_end(self.indicator), told["step"] or 0.0
        if end is None or not self._within(told["proposed"], end, step):
            return None
        why_en, why_zh = self._why(level, told, self._within(told["calibrated"], end, step))
        text = self._value(told["proposed"])
        if self._within(told["proposed"], end, 0.0):
            return (
                f"{text} is the end of its scale and asks for nothing; {why_en}",
                f"{text}为量程的端点，等于没有要求；{why_zh}",
            )
        return (
            f"{text} is one step from the end of its scale and asks for next to nothing; {why_en}",
            f"{text}距量程端点仅一个间隔，几乎没有要求；{why_zh}",
        )

    def _within(self, value: float, end: float, step: float) -> bool:
        """Whether a value lies at most a step before the loose end of the scale, or past it."""
        return beyond_scale(value, self.indicator) or abs(value - end) <= step * (1 + 1e-9)

    def _looser(self, level: str, told: Told) -> Said | None:
        behind = [
            item
            for item in told.get("comparators", ())
            if item["kind"] in IN_FORCE and item["finding"] == "looser" and item["level"] in (None, level)
        ]
        if not behind:
            return None
        labels = [f"{item['label']} ({self._comparator(item)})" for item in behind]
        labels_zh = [f"{label_zh(item['label'])}（{self._comparator(item)}）" for item in behind]
        already = any(
            finding(told["calibrated"], _ends(item), self.indicator.better) == "looser" for item in behind
        )
        why_en, why_zh = self._why(level, told, already)
        text, en = self._value(told["proposed"]), "; ".join(labels)
        return (
            f"{text} is looser than what is in force: {en}; {why_en}",
            f"{text}宽于现行要求：{'、'.join(labels_zh)}；{why_zh}",
        )

    def _same(self, level: str, told: Told) -> Said | None:
        names = [str(name) for name in LEVELS]
        if level == names[-1]:
            return None
        looser = names[names.index(level) + 1]
        if self.entry["levels"][looser]["proposed"] != told["proposed"]:
            return None
        en, zh = (
            f"the same value as level {looser}, so the two are not told apart",
            (f"与{level_zh(looser)}取同一值，两级无法区分"),
        )
        apart, enough = self.outlook.apart.get(level), self.outlook.enough.get(level)
        if "guard" in told["moves"] and apart and self._plants < apart:
            more = f", from {enough} on level {level} needs no widening" if enough and enough > apart else ""
            mehr = f"，有{enough}家以上时{level_zh(level)}不需放宽" if enough and enough > apart else ""
            return (
                f"{en}: under the disclosure guard {self._plants} plants cannot tell them; {apart} plants do{more}.",
                f"{zh}：按披露保护，{self._plants}家企业不足以区分，需{apart}家{mehr}。",
            )
        already = self.entry["levels"][looser]["calibrated"] == told["calibrated"]
        why_en, why_zh = self._why(level, told, already)
        return f"{en}; {why_en}", f"{zh}；{why_zh}"

    def _comparator(self, item: Mapping[str, Any]) -> str:
        unit = unit_of(self.indicator) if item["unit"] == self.indicator.unit else item["unit"]
        ends = _ends(item)
        text = "-".join(map(number, ends)) if isinstance(ends, tuple) else number(ends)
        return f"{text}{mark(item['status'])} {unit}"

    def _wider(self, level: str, told: Told) -> Said | None:
        moves = told["moves"]
        if told["disclosure"] not in ("round", "mean-of-k") or moves[:1] != ["guard"]:
            return None
        if {"law", "order"} & {*moves}:  # what set the value in the end
            return None
        wanted, enough = self.document["targets"].get(level), self.outlook.enough.get(level)
        share = self.outlook.shares.get(level, wanted)
        meant = f" instead of {percent(share)}" if share else ""
        minimum, reached = self.outlook.minimum, self._reached(told["attained"])
        en = f"reached by {reached}{meant}, because fewer than {minimum} plants stand there"
        zh = f"{self._plants}家中{told['attained']}家达到（{percent(told['attainment'])}）" + (
            f"，而非{percent(share)}" if share else ""
        )
        zh += f"，因为处于该水平的企业不足{minimum}家"
        if enough:
            en += f"; {enough} plants or a smaller minimum of plants behind a published value would change it"
            zh += f"；需{enough}家企业，或减小公布值所需的最少企业数"
        return f"{en}.", f"{zh}。"

    def _rounding(self, level: str, told: Told) -> Said | None:
        before, stricter = told.get("calibrated_attained"), told.get("stricter_attained")
        if (
            not {*told["moves"]} <= {"rounding", "figure"}
            or before is None
            or stricter is None
            or not self._plants
        ):
            return None
        promised = float(self.outlook.shares.get(level) or self.document["targets"].get(level) or 0)
        after, share = int(told["attained"]), self._plants
        away = abs(after / share - promised) > abs(before / share - promised)
        nearer = abs(stricter / share - promised) < abs(after / share - promised)
        if abs(after - before) <= 1 and not (after != before and away and nearer):
            return None
        counts = [self._reached(count) for count in (before, after, stricter)]
        step = f"{number(told['step'])} {unit_of(self.indicator)}".strip()
        joint = self.document["promise"] == "joint"
        en = (
            f"rounding in steps of {step} moves the plants that reach it from {counts[0]} to {counts[1]}, where "
            f"{percent(promised)} are {'to be let through' if joint else 'promised'}"
        )
        zh = (
            f"按{step}的间隔修约使达到的企业由{before}家变为{after}家（共{share}家），"
            f"{'应有的' if joint else '承诺的'}达标率为{percent(promised)}"
        )
        # Where no plant lies between, the stricter step is as good as the calibrated value.
        more = stricter != before
        en += f"; the stricter step would be reached by {counts[2]}" if more else ""
        return f"{en}.", f"{zh}{f'；取较严的一档时为{stricter}家' if more else ''}。"

    def _outside(self, level: str, told: Told) -> Said | None:
        ends = [(told["lower"], 1), (told["upper"], -1)]
        if not any(end is not None and side * (told["proposed"] - end) < 0 for end, side in ends):
            return None
        why_en, why_zh = self._why(level, told, already=False)
        return (
            f"lies outside the interval beside it, which is that of the calibrated value; {why_en}",
            f"位于所列区间之外，该区间属于测算值；{why_zh}",
        )

    def _why(self, level: str, told: Told, already: bool) -> Said:
        """What set the value, and what would change it; the calibration where its value shows it already."""
        what = "" if already or not told["moves"] else told["moves"][-1]
        other_en, other_zh = self._under_the_other(level, told)
        causes: dict[str, Said] = {
            "law": ("a norm or limit that binds it sets it.", "该值由有约束力的标准或限值决定。"),
            "guard": (
                f"the disclosure guard ({self.outlook.minimum} plants) moved it; more plants would change it.",
                f"由披露保护（{self.outlook.minimum}家）所致，企业增多即可改变。",
            ),
            "order": ("it takes the value of the next level.", "该值取自下一级。"),
        }
        if what in causes:
            return causes[what]
        if what in ("rounding", "figure"):
            step = number(told["step"])
            return (
                f"rounding in steps of {step} moved it; a finer step would change it.",
                f"由按{step}修约所致，间隔更细即可改变。",
            )
        if self.document["promise"] == "joint":
            share = self.outlook.shares.get(level)
            text = f" lets {percent(share)} of the plants through" if share else " decides it"
            zh = f"使每项指标的达标率为{percent(share)}" if share else "决定该值"
            return (
                f"the joint promise{text}; a smaller share wanted at level {level} would tighten it{other_en}.",
                f"整体承诺{zh}，减小{level_zh(level)}的目标比例可收严{other_zh}。",
            )
        return (
            f"the sample stands there; a smaller share wanted at level {level} would tighten it{other_en}.",
            f"样本企业即处于该水平，减小{level_zh(level)}的目标比例可收严{other_zh}。",
        )

    def _under_the_other(self, level: str, told: Told) -> Said:
        """The value the other promise would propose, where it is another one."""
        for promise, made in self.document.get("promises", {}).items():
            value = made["proposed"].get(self.indicator.id, {}).get(level)
            if promise != self.document["promise"] and value is not None and value != told["proposed"]:
                text, zh = (
                    self._value(value),
                    {"marginal": "单项承诺", "joint": "整体承诺"}.get(promise, promise),
                )
                return f" (under the {promise} promise: {text})", f"（按{zh}为{text}）"
        return "", ""


def _ends(item: Mapping[str, Any]) -> float | tuple[float, float]:
    """A comparator's value, or both ends of its range."""
    value = item["value"]
    return (float(value[0]), float(value[-1])) if isinstance(value, Sequence) else float(value)


def _wide(text: str) -> str:
    """Brackets as they are printed between Chinese characters."""
    return text.replace(" (", "（").replace("(", "（").replace(")", "）")
