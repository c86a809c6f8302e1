"""Tabulate what a proposal promises and what it attains, under either promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import crossed, percent
from methodology.languages import retold, say
from methodology.parameters.words import setting_in_words
from methodology.sample.attribute_words import names_of
from methodology.tables.overview import Overview, in_both_languages, overview


@in_both_languages
def proposal_promises(proposal: Mapping[str, Any], system: IndicatorSystem) -> Overview:
    """
    Per promise and level: the wanted share, what each proposed value lets through, what the whole standard attains.

    Parameters
    ----------
    proposal : mapping
        As proposal.json; an older one knows the promise it proposes alone.
    system : IndicatorSystem
        Names.

    Returns
    -------
    Overview
        One row per promise and level: wanted, each indicator alone (lowest, median, highest, described ones included),
        the whole standard as proposed and as calibrated, note.
    """
    chosen = str(proposal.get("promise", ""))
    made = proposal.get("promises") or {chosen: _alone(proposal)}
    rows = []
    for promise in sorted(made, key=lambda name: name != chosen):
        for level, wanted in proposal["targets"].items():
            own = made[promise]
            rows.append(
                {
                    "promise": say(
                        "{promise}, proposed" if promise == chosen else "{promise}, beside it",
                        promise=setting_in_words(promise),
                    )
                    if promise
                    else say("proposed"),
                    "level": say("Level {level}", level=level),
                    "wanted": percent(wanted),
                    "single indicator": _range(own["each_alone"][level]),
                    "whole standard, as proposed": percent((own.get("attainment") or {}).get(level)),
                    "plants left out": crossed(proposal, level) if promise == chosen else "",
                    "as calibrated": percent((own.get("calibrated_attainment") or {}).get(level)),
                    "note": retold(proposal.get("joint_explanation", {}).get(level, ""), names_of(system))
                    if promise == chosen
                    else "",
                }
            )
    shown = [name for name in rows[0] if any(row[name] for row in rows)]
    legend = [
        say("shares of plants at the level or better; as proposed: after rounding, law and disclosure guard"),
        say(
            "plants left out: the same for plants that set none of the values they are judged by, as calibrated; in "
            "brackets the exact binomial interval of that count"
        ),
        say("single indicator: lowest | median | highest as proposed, described indicators included"),
    ]
    return overview(rows, shown, legend, once=["promise"])


def _range(alone: Mapping[str, float | None]) -> str:
    texts = [percent(alone[name]).removesuffix(" %") for name in ("lowest", "median", "highest")]
    return f"{' | '.join(texts)} %"


def _alone(proposal: Mapping[str, Any]) -> dict[str, Any]:
    """The only promise of an older proposal."""
    alone = {}
    for level in proposal["targets"]:
        shares = [item["levels"][level]["attainment"] for item in proposal["indicators"]]
        known = sorted(share for share in shares if share is not None)
        middle = len(known) // 2
        median = (known[middle] + known[~middle]) / 2 if known else None
        ends = (known[0], median, known[-1]) if known else (None, None, None)
        alone[level] = dict(zip(("lowest", "median", "highest"), ends, strict=True))
    plants = proposal.get("plants") or 0
    before = {
        level: count / plants for level, count in proposal.get("joint_calibrated", {}).items() if plants
    }
    return {"each_alone": alone, "attainment": proposal["joint_attainment"], "calibrated_attainment": before}
