"""Why a proposed value is what it is: one sentence per step, in English and Chinese."""

from __future__ import annotations

from methodology.indicators import Comparator, Indicator, Level
from methodology.indicators.display import mark, number
from methodology.proposal.disclosure import Guarded

Sentence = tuple[str, str]

_ACTIONS: dict[str, Sentence] = {
    "mean-of-k": ("the mean of the best plants takes its place", "以最优若干家的均值代替"),
    "round": ("widened to the first step that enough plants reach", "向宽侧放至有足够企业达到的首个修约值"),
    "withhold": ("the value is withheld", "该值不予公布"),
    "keep-earlier": ("the earlier value is kept", "沿用上一稿的值"),
}


def described() -> Sentence:
    """A qualitative indicator."""
    return "Described level; nothing is calibrated.", "定性指标，按描述评定，不作校准。"


def calibrated(indicator: Indicator, value: float, attained: int, plants: int) -> Sentence:
    """Where the value came from."""
    text = number(value)
    return (
        f"Calibrated {text} {indicator.unit}, reached by {attained} of {plants} plants.",
        f"校准值{text} {indicator.unit}，{plants}家企业中{attained}家达到。",
    )


def guarded(found: Guarded, indicator: Indicator) -> Sentence:
    """What the disclosure guard did."""
    en, zh = _ACTIONS[found.action]
    text = f" ({number(found.value)} {indicator.unit})" if found.value == found.value else ""
    return f"Disclosure guard: {found.breach}; {en}{text}.", f"披露保护：{zh}{text}。"


def bounded(binding: Comparator, limit: float) -> Sentence:
    """Law or norm took over."""
    text = f"{number(limit)}{mark(binding.status)} {binding.unit}"
    return (
        f"May not be looser than {binding.label} ({text}, {binding.basis}): set to it.",
        f"不得宽于{binding.label}（{text}），取该值。",
    )


def step_text(step: float, indicator: Indicator) -> str:
    """A step and how it is known; one worked out from the plants has no status."""
    return f"{step:g}{mark(indicator.step_status) if indicator.step else ''}"


def rounded(step: str, attained: int, plants: int) -> Sentence:
    """Loose side."""
    return (
        f"Rounded to the loose side in steps of {step}, so that no plant loses it: {attained} of {plants} reach it.",
        f"按{step}的间隔向宽侧修约，修约后{plants}家中{attained}家达到。",
    )


def rounded_strict(step: str, binding: Comparator) -> Sentence:
    """Strict side."""
    return (
        f"Rounded to the strict side in steps of {step} to stay within {binding.label}.",
        f"按{step}的间隔向严侧修约，以不宽于{binding.label}。",
    )


def ordered(level: Level, looser: Level) -> Sentence:
    """A level may not be looser than the next."""
    return (
        f"Level {level} would be looser than level {looser}: it takes the value of level {looser}.",
        f"{level}级不得宽于{looser}级，取{looser}级的值。",
    )
