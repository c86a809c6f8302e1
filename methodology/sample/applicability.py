"""Whether an indicator applies to a plant, by the equipment the plant states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from methodology.indicators import CellState, Indicator, IndicatorSystem, Sample
from methodology.sample.attribute_words import attribute_name, choice_words


def applies(indicator: Indicator, attributes: Mapping[str, Any]) -> bool | None:
    """Whether the equipment stated makes an indicator apply; None where the system or the plant does not say."""
    told = {name: str(attributes.get(name) or "") for name in indicator.applies}
    if any(text and text not in indicator.applies[name] for name, text in told.items()):
        return False
    return True if told and all(told.values()) else None


def contradictions(sample: Sample, system: IndicatorSystem) -> Iterator[tuple[str, str, str, str]]:
    """
    Find cells that contradict the equipment of their plant: a weight would be handed to others by a slip.

    Yields
    ------
    plant, indicator, what, fix
        `n/a` where the equipment is stated to be there, or a value where it is stated not to be.

    Notes
    -----
    Rests on A-69.
    """
    for indicator in system.indicators:
        named = [name for name in indicator.applies if name in sample.attributes]
        if not named or indicator.id not in sample.states:
            continue
        stated = sample.attributes[named].to_dict("index")
        for plant, state in sample.states[indicator.id].items():
            said = applies(indicator, stated[plant])
            equipment = ", ".join(
                f"{attribute_name(name, 'en')}: {choice_words(name, system.attributes[name])[stated[plant][name]][0]}"
                for name in named
                if stated[plant][name] in system.attributes[name].split("|")
            )
            if state == CellState.NOT_APPLICABLE and said:
                what = f"{indicator.name_zh} {indicator.name_en} is not applicable (n/a), but {equipment}."
                yield (
                    str(plant),
                    indicator.id,
                    what,
                    "Enter the value or leave it empty, or mend the equipment.",
                )
            if state in (CellState.MEASURED, CellState.BELOW_LIMIT) and said is False:
                what = f"{indicator.name_zh} {indicator.name_en} has a value, but {equipment}."
                yield str(plant), indicator.id, what, "Write n/a, or mend the equipment."
