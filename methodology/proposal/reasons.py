"""Why a proposed value is what it is: one sentence per step, in English and Chinese, in full and for publication."""

from __future__ import annotations

from dataclasses import dataclass, replace

from methodology.indicators import Indicator, Level
from methodology.indicators.comparators import Comparator
from methodology.indicators.display import fixed, label_zh, mark, number, percent, several, unit_of, unit_text
from methodology.indicators.words import level_zh
from methodology.proposal.disclosure import Guarded


@dataclass(frozen=True)
class Reason:
    """
    One step from calibrated to proposed.

    Attributes
    ----------
    en, zh : str
        With figures of plants, for the house.
    public_en, public_zh : str
        Without; empty where the sentence may leave the house as it is, or not at all.
    public : bool
        Whether it may leave the house as it is.
    """

    en: str
    zh: str
    public_en: str = ""
    public_zh: str = ""
    public: bool = True

    def record(self) -> dict[str, str | bool]:
        """As proposal.json holds it."""
        if not self.public_en:
            return {"en": self.en, "zh": self.zh, "public": self.public}
        public = {"public_en": self.public_en, "public_zh": self.public_zh}
        return {"en": self.en, "zh": self.zh, "public": False, **public}


@dataclass(frozen=True)
class Reached:
    """
    Plants that reach a value before and after rounding.

    Attributes
    ----------
    unrounded, rounded : int
    causes : tuple of str
        What kept the value off its share before it was rounded, of `_BEFORE_ROUNDING`.
    """

    unrounded: int
    rounded: int
    causes: tuple[str, ...] = ()


_BEFORE_ROUNDING = {
    "guard": ("the disclosure guard", "披露保护"),
    "bound": ("law or the index that is revised", "法规或被修订的指标体系"),
    "dirty end": ("keeping values off the dirtiest plants", "数值不取自最不清洁的几家企业"),
    "order": ("the order of levels", "各级的次序"),
    "silence": ("unreported cells", "未填报的数据"),
    "whole plants": ("counting whole plants one by one", "按整家逐一计数"),
}
_SIDES = {"loose": "宽", "strict": "严"}
_ACTIONS: dict[str, tuple[str, str]] = {
    "mean-of-k": ("the mean of the best plants takes its place", "以最优若干家的均值代替"),
    "round": ("widened to the first step that {} plants reach", "向宽侧放至首个有{}家企业达到的修约值"),
    "withhold": ("the value is withheld", "该值不予公布"),
    "keep-earlier": ("the earlier value is kept", "沿用上一稿的值"),
}


def described() -> Reason:
    """A qualitative indicator."""
    return Reason("Described level; nothing is calibrated.", "定性指标，按描述评定，不作测算。")


def calibrated(indicator: Indicator, value: float, attained: int, plants: int) -> Reason:
    """Where the value came from."""
    text = number(value)
    return Reason(
        f"Calibrated {text} {unit_of(indicator)}, reached by {attained} of {plants} plants.",
        f"测算值{text} {unit_of(indicator)}，{plants}家企业中{attained}家达到。",
        f"Calibrated on {several(plants, 'plant')}.",
        f"按{plants}家企业测算。",
    )


def guarded(found: Guarded, indicator: Indicator, minimum: int) -> Reason:
    """What the disclosure guard did."""
    en, zh = (text.format(minimum) for text in _ACTIONS[found.action])
    text = f" ({number(found.value)} {unit_of(indicator)})" if found.value == found.value else ""
    why, zh_why = (
        (
            f"fewer than {minimum} plants more or less than in the earlier draft",
            f"与上一稿相差不足{minimum}家企业",
        )
        if found.action == "keep-earlier"
        else (
            f"fewer than {minimum} plants stand at or beyond the calibrated value",
            f"达到测算值的企业不足{minimum}家",
        )
    )
    return Reason(
        f"Disclosure guard: {found.breach}; {en}{text}.",
        f"披露保护：{zh_why}，{zh}{text.replace('(', '（').replace(')', '）').lstrip()}。",
        f"Disclosure guard: {why}; {en}.",
        f"披露保护：{zh_why}，{zh}。",
    )


def bounded(binding: Comparator, limit: float, held: float) -> Reason:
    """Law or norm took over; `held` where a value that moves keeps within it at every covariate seen."""
    text = f"{number(limit)}{mark(binding.status)} {unit_text(binding.unit)}"
    if held != limit:
        return Reason(
            f"May not be looser than {binding.label} ({text}, {binding.basis}) for any plant of the sample: set to "
            f"{number(held)} at the reference, because the value moves.",
            f"对样本中任何企业均不得宽于{label_zh(binding.label)}（{text}）；因该值随协变量变化，"
            f"参考点处取{number(held)}。",
        )
    return Reason(
        f"May not be looser than {binding.label} ({text}, {binding.basis}): set to it.",
        f"不得宽于{label_zh(binding.label)}（{text}），取该值。",
    )


def step_text(step: float, indicator: Indicator) -> str:
    """A step and how it is known; one worked out from the plants has no status."""
    return f"{step:g}{mark(indicator.step_status) if indicator.step else ''} {unit_of(indicator)}".strip()


def rounded(step: str, side: str, reached: Reached, plants: int, share: float | None) -> Reason:
    """The side that keeps the promise nearest, and by how much it misses."""
    zh, attained = _SIDES[side], reached.rounded
    missed, zh_missed = _missed(reached, plants, share) if share is not None and plants else ("", "")
    return Reason(
        f"Rounded to the {side} side in steps of {step}: {attained} of {plants} reach it{missed}.",
        f"按{step}的间隔向{zh}侧修约，修约后{plants}家中{attained}家达到{zh_missed}。",
        f"Rounded to the {side} side in steps of {step}; no published value is the figure of too few plants.",
        f"按{step}的间隔向{zh}侧修约，公布值不与过少企业的填报值相同。",
    )


def _missed(reached: Reached, plants: int, share: float) -> tuple[str, str]:
    """By how much a share is missed, and how much of it is due to rounding and to what stood before it."""
    before, after = (
        round(100 * (count / plants - share), 1) for count in (reached.unrounded, reached.rounded)
    )  # as printed, so that the parts add up to what they are parts of
    if not after:
        return "", ""
    way, zh_way = ("more", "多") if after > 0 else ("fewer", "少")
    en = f", {fixed(abs(after), 1)} points {way} than the {percent(share)} it is to let through"
    zh = f"，比应有的达标率{percent(share)}{zh_way}{fixed(abs(after), 1)}个百分点"
    if not before:
        return en, zh
    own, rest = (fixed(points, 1, signed=True) for points in (after - before, before))
    names = [_BEFORE_ROUNDING[cause] for cause in reached.causes or ("whole plants",)]
    en_names, zh_names = " and ".join(name for name, _ in names), "、".join(name for _, name in names)
    if after == before:
        return f"{en}, through {en_names}", f"{zh}，由{zh_names}所致"
    return f"{en} ({own} by rounding, {rest} by {en_names})", f"{zh}（修约{own}，{zh_names}{rest}）"


def rounded_strict(step: str, binding: Comparator | None) -> Reason:
    """Strict side, because the loose one is not admissible."""
    if binding is None:
        return Reason(
            f"Rounded to the strict side in steps of {step}: on the loose side too few plants would fail it.",
            f"按{step}的间隔向严侧修约：向宽侧修约则达不到的企业过少。",
        )
    return Reason(
        f"Rounded to the strict side in steps of {step} to stay within {binding.label}.",
        f"按{step}的间隔向严侧修约，以不宽于{label_zh(binding.label)}。",
    )


def apart(level: Level, other: Level, side: str) -> Reason:
    """Two levels came out at one value, which the plants tell apart."""
    return Reason(
        f"Level {level} would have the value of level {other}: moved to the {side} side, to the next step that tells "
        "plants apart.",
        f"{level_zh(level)}与{level_zh(other)}取值相同：向{_SIDES[side]}侧移至能区分企业的下一个间隔。",
    )


def stepped(value: float, indicator: Indicator, minimum: int, side: str) -> Reason:
    """The value would have been the figure of too few plants: whoever knows that it moved knows the figure."""
    zh = _SIDES[side]
    return Reason(
        f"Disclosure guard: fewer than {minimum} plants report just this figure; moved on the {side} side to "
        f"{number(value)} {unit_of(indicator)}, the next step that is not such a figure.",
        f"披露保护：与该值相同的填报企业不足{minimum}家，向{zh}侧移至{number(value)} {unit_of(indicator)}。",
        public=False,
    )


def alone(minimum: int) -> Reason:
    """No step leads away from figures of single plants."""
    return Reason(
        f"Disclosure guard: fewer than {minimum} plants report just this figure and no step leads away from it; the "
        "value is withheld.",
        f"披露保护：与该值相同的填报企业不足{minimum}家，且无修约间隔可移，该值不予公布。",
        f"Disclosure guard: no published value is the figure of fewer than {minimum} plants; the value is withheld.",
        f"披露保护：公布值不与不足{minimum}家企业的填报值相同，该值不予公布。",
    )


def ordered(level: Level, looser: Level) -> Reason:
    """A level may not be looser than the next."""
    return Reason(
        f"Level {level} would be looser than level {looser}: it takes the value of level {looser}.",
        f"{level_zh(level)}不得宽于{level_zh(looser)}，取{level_zh(looser)}的值。",
    )


@dataclass(frozen=True)
class Settled:
    """
    One proposed value and how it came about.

    Attributes
    ----------
    value : float
        Proposed, in the unit of the indicator; NaN if withheld.
    step : float or None
        Step it is stated in.
    attained : int
        Plants of the sample that reach it.
    disclosure : str
        "none" or the rule the guard applied.
    reasons : tuple of Reason
        One sentence per step that moved or confirmed the value.
    moves : tuple of str
        What moved it, in order: "guard", "law", "rounding", "figure" (on from that of a single plant), "order".
    plants : int
        Plants that state the indicator at this level.
    before, stricter : int or None
        Plants that reach the calibrated value, and those that reach the next stricter step; None if it has no step.
    side : str
        Side it was rounded to, "loose" or "strict", where the other one was admissible as well; else empty.
    """

    value: float
    step: float | None
    attained: int
    disclosure: str
    reasons: tuple[Reason, ...]
    moves: tuple[str, ...] = ()
    before: int | None = None
    stricter: int | None = None
    plants: int = 0
    side: str = ""

    def moved(self, value: float, why: Reason, what: str) -> Settled:
        """The same with another value and one more reason."""
        moves = self.moves if value == self.value else (*self.moves, what)
        return replace(self, value=value, reasons=(*self.reasons, why), moves=moves)
