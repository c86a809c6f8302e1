"""What a run found, as the numbers and words that the compilation explanation puts into its sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from methodology.documents.chinese import choice_name, setting, shares
from methodology.documents.explanation_tables import KINDS
from methodology.findings.contents import PROMISES, RunContents
from methodology.findings.promises import NUMERALS
from methodology.indicators import LEVELS, Kind
from methodology.indicators.display import crossed, fixed, number, percent, round_percent

SURE = 0.9
"""Probability from which a plant counts as sure of its level; ASSUMED, said in the sentence."""
_FINDINGS = {"stricter": "更严", "equal": "相同", "within": "在其范围内", "looser": "更宽"}


def found_values(contents: RunContents) -> dict[str, str]:
    """Which values the sample set, how surely, and who reaches them."""
    quantitative = [
        e for e in contents.proposal["indicators"] if contents.system[e["id"]].kind is Kind.QUANTITATIVE
    ]
    told = [stated for entry in quantitative for stated in entry["levels"].values()]
    limits = Counter(_limits(stated) for stated in told)
    alone = (contents.proposal.get("promises") or {}).get(contents.promise, {}).get("each_alone") or {}
    medians = {level: (alone.get(level) or {}).get("median") for level in NUMERALS}
    known = all(value is not None for value in medians.values())
    return {
        "promised": shares(contents.promised),
        "promise": PROMISES.get(contents.promise, (contents.promise,))[0],
        contents.promise: "yes",
        "attained": shares(contents.whole),
        "confidence": round_percent(contents.parameters.get("thresholds", {}).get("confidence", 0.95)),
        "values_counted": str(len(quantitative)),
        "values_all": str(len(told)),
        "both_limits": str(limits[2]),
        "one_limit": str(limits[1]),
        "no_interval": str(limits[0]),
        **{f"at_{level}": _plants_at(contents, level) for level in NUMERALS},
        "median_alone": shares(medians) if known else "",
    }


def _limits(stated: Mapping[str, Any]) -> int:
    if stated.get("interval") in (None, "none"):
        return 0
    return (
        len(stated.get("limits", [side for side in ("lower", "upper") if stated.get(side) is not None])) or 1
    )


def _plants_at(contents: RunContents, level: str) -> str:
    plants = (contents.proposal.get("joint_plants") or {}).get(level)
    share = percent(contents.whole.get(level))
    return share if plants is None else f"{plants}家（{share}）"


def found_beside(contents: RunContents) -> dict[str, str]:
    """How often values are stricter, equal or looser than law, the previous index and foreign practice."""
    found = {part: Counter[str]() for part in KINDS}
    for entry in contents.proposal["indicators"]:
        for level, stated in entry["levels"].items():
            for one in stated.get("comparators") or ():
                part = next((name for name, kinds in KINDS.items() if one["kind"] in kinds), None)
                if part and one["level"] in (None, level):
                    found[part][one["finding"] or "shown"] += 1
    values: dict[str, str] = {}
    for part, counts in found.items():
        compared = sum(counts[key] for key in _FINDINGS)
        told = "、".join(f"{text}的{counts[key]}次" for key, text in _FINDINGS.items() if counts[key])
        values |= {
            f"{part}_compared": str(compared or ""),
            f"{part}_told": told,
            f"{part}_shown": str(counts["shown"] or ""),
            f"{part}_none": "" if sum(counts.values()) else "yes",
        }
    return values


def found_by_verifying(contents: RunContents) -> dict[str, str]:
    """What the values attain before rounding, as proposed, and at plants left out."""
    document = contents.proposal
    left_out, missed = [crossed(document, level) for level in NUMERALS], document.get("missed_by") or {}
    known = all(left_out) and all(missed.get(level) is not None for level in NUMERALS)
    before, plants = document.get("joint_calibrated") or {}, document.get("joint_plants") or {}
    return {
        "crossed": "、".join(map(_bracketed, left_out)) if known else "",
        "missed": "、".join(f"{fixed(100 * missed[g], 1)}个百分点" for g in NUMERALS) if known else "",
        "calibrated": "、".join(str(before[level]) for level in NUMERALS) if before else "",
        "proposed": "、".join(str(plants.get(level, "–")) for level in NUMERALS),
    }


def _bracketed(text: str) -> str:
    """A share with its interval as Chinese writes it."""
    for plain, written in ((" (", "（"), (")", "）"), (" – ", "～"), (" ", "\u00a0")):
        text = text.replace(plain, written)
    return text


def found_by_changing(contents: RunContents) -> dict[str, str]:
    """What other choices, noise and another cut do to the levels; empty where a run did not ask."""
    chosen = contents.parameters.get("sensitivity", {})
    values = {
        "threshold_cv": number(chosen.get("threshold_cv", 0)),
        "measurement_cv": number(chosen.get("measurement_cv", 0)),
        "draws": str(chosen.get("draws", 0)),
        "sure": round_percent(SURE),
    }
    for name, told in (
        ("choices", _moved), ("influence", _influence), ("levels", _noise), ("cuts", _cut), ("without_expert", _experts)
    ):  # fmt: skip
        path = contents.folder / "results" / "sensitivity" / f"{name}.csv"
        values |= told(pd.read_csv(path)) if path.is_file() else {}
    return dict.fromkeys(("tried", "first", "surely", "cut_from", "cut_only", "expert_most"), "") | values


def _moved(table: pd.DataFrame) -> dict[str, str]:
    tried = table[table["choice"].notna() & table["moved"].notna()]
    if not len(tried):
        return {}
    most = tried.loc[tried["moved"].idxmax()]
    value = pd.to_numeric(pd.Series([most["value"]]), errors="coerce")[0]
    return {
        "tried": str(len(tried)),
        "moving": str(int((tried["moved"] > 0).sum())),
        "most": choice_name(str(most["choice"])),
        "most_value": setting(most["value"] if value != value else float(value)),
        "most_moved": f"{most['moved']:g}",
    }


def _influence(table: pd.DataFrame) -> dict[str, str]:
    own = table[table["output"] == f"share_{LEVELS[1]}"]
    if "shapley" not in table or not len(own) or not own["shapley"].max() > 0:
        return {}
    first = own.loc[own["shapley"].idxmax()]
    return {"first": choice_name(str(first["factor"])), "first_share": percent(first["shapley"])}


def _noise(table: pd.DataFrame) -> dict[str, str]:
    counts = table[[*NUMERALS, "none"]]
    sure = int((counts.max(axis=1) / counts.sum(axis=1) >= SURE).sum())
    return {"drawn": str(len(table)), "surely": str(sure), "unsure": str(len(table) - sure)}


def _cut(table: pd.DataFrame) -> dict[str, str]:
    near = table.loc[table["changed"] == 0, "cut"]
    if not len(near):
        return {}
    first, last = (f"{end:g}" for end in (near.min(), near.max()))
    return {"cut_only": first} if first == last else {"cut_from": first, "cut_to": last}


def _experts(table: pd.DataFrame) -> dict[str, str]:
    return {"expert_most": number(float(table["change"].abs().max()), digits=2)} if len(table) else {}
