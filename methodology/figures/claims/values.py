"""What a figure about benchmark values claims, computed from what it draws."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.figures.claims.words import counted, method_in_words, scenario_in_words, two_digits, verb
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import number, percent, round_percent
from methodology.languages import say


def other_plants(attainment: pd.DataFrame) -> str:
    """
    How many values of other regulators are reached by fewer plants than Level I, or by more than Level III.

    Parameters
    ----------
    attainment : DataFrame
        Columns indicator, rule (a level, or the name of a rule), attainment.
    """
    ours = attainment[attainment["rule"].isin(["I", "II", "III"])]
    others = attainment.drop(ours.index)
    if others.empty:
        return say("No rule of another regulator gives a value here")
    table = ours.pivot(index="indicator", columns="rule", values="attainment")
    share = others["attainment"].round(9)
    fewer, more = (others["indicator"].map(table[level]).astype(float).round(9) for level in ("I", "III"))
    strict, loose = int((share < fewer).sum()), int((share > more).sum())
    return say(
        "Of {values} values other regulators would set, {strict} {verb} reached by fewer "
        "plants than Level I, {loose} by more than Level III",
        values=len(others),
        strict=counted(strict),
        verb=verb(strict, "is", "are"),
        loose=counted(loose),
    )


def values_shared(thresholds: pd.DataFrame) -> str:
    """
    How many indicators have one value for two levels, or else how many values have no limit on a side.

    Parameters
    ----------
    thresholds : DataFrame
        Columns indicator, level, value, lower, upper, interval.
    """
    known = thresholds[thresholds["value"].notna()]
    shared = int(known.duplicated(["indicator", "value"]).groupby(known["indicator"]).any().sum())
    if shared:
        return say(
            "In {count} of {indicators} indicators two levels begin at the same value",
            count=shared,
            indicators=known["indicator"].nunique(),
        )
    asked = known[known["interval"] != "none"]
    open_ended = int(asked[["lower", "upper"]].isna().any(axis=1).sum())
    return say(
        "No two levels of an indicator begin at the same value; {count} of {values} values have a side without a limit",
        count=counted(open_ended),
        values=len(asked),
    )


def against_in_force(values: pd.DataFrame, system: IndicatorSystem) -> str:
    """
    How many proposed values are stricter and looser than those of the previous index, or than the law.

    Parameters
    ----------
    values : DataFrame
        Columns indicator, level (empty: of every level), what (proposed, previous, law), value, same: whether it is
        held against the proposed one.
    """
    own = values[values["same"].astype(bool)]
    proposed = own[own["what"] == "proposed"]
    for what in ("previous", "law"):
        old = own[own["what"] == what]
        pairs = proposed.merge(old, on="indicator", suffixes=("", "_old"))
        pairs = pairs[(pairs["level_old"] == "") | (pairs["level_old"] == pairs["level"])]
        if pairs.empty:
            continue
        sign = np.array([system[name].sign for name in pairs["indicator"]])
        looser = pd.Series((sign * (pairs["value"] - pairs["value_old"])).round(9), index=pairs.index)
        most = looser.groupby([pairs["indicator"], pairs["level"]]).max()
        told = {"values": len(most), "looser": counted(int((most > 0).sum()))}
        strict = int((most < 0).sum())
        if what == "law":
            count = int((most > 0).sum())
            return say(
                "Of {values} proposed values under a mandatory limit {looser} {verb} looser than it",
                verb=verb(count, "is", "are"),
                **told,
            )
        return say(
            "Of {values} proposed values with one in the previous index {strict} {verb} stricter, {looser} looser",
            strict=counted(strict),
            verb=verb(strict, "is", "are"),
            **told,
        )
    return say("None of the {values} proposed values has one in force beside it", values=len(proposed))


def coverage_kept(study: pd.DataFrame, confidence: float) -> str:
    """
    How many kinds of interval hold the truth as often as they promise, within twice the Monte Carlo error.

    Parameters
    ----------
    study : DataFrame
        Columns method, coverage, standard_error.
    """
    held = study["coverage"] + 2 * study["standard_error"] >= confidence
    kept = held.groupby(study["method"]).all()
    count, whole = int(kept.sum()), len(kept)
    if count == whole:
        return say(
            "All {whole} methods keep {confidence} in every case",
            whole=whole,
            confidence=percent(confidence),
        )
    worst = study.loc[study["coverage"].idxmin()]
    return say(
        "{count} of {whole} methods {verb} {confidence} in every case; {method} falls to {coverage}",
        count=counted(count).capitalize(),
        whole=whole,
        verb=verb(max(count, 1), "keeps", "keep"),
        confidence=percent(confidence),
        method=method_in_words(worst["method"]),
        coverage=percent(worst["coverage"]),
    )


def farthest_value(
    values: pd.DataFrame, system: IndicatorSystem, *, chosen: str, told: str, level: str
) -> str:
    """
    How far another method moves a value, at most.

    Parameters
    ----------
    values : DataFrame
        Columns indicator, method, value, relative (to the value of the chosen method, positive where looser).
    chosen, told : str
        The chosen method, and what it is called.
    level : {"I", "II", "III"}
    """
    known = values[(values["method"] != chosen) & values["relative"].notna()]
    if known.empty:
        return say("No other Level {level} value to set beside {told}", level=level, told=told)
    row = known.loc[known["relative"].abs().idxmax()]
    if not round(row["relative"], 9):
        return say("Every Level {level} value is the same as with {told}", level=level, told=told)
    return say(
        "Level {level}, up to {share} from {told}: {name}, looser with {method}"
        if row["relative"] > 0
        else "Level {level}, up to {share} from {told}: {name}, stricter with {method}",
        level=level,
        share=round_percent(two_digits(abs(row["relative"]))),
        told=told,
        name=system[row["indicator"]].name,
        method=method_in_words(row["method"]),
    )


def value_moves(lines: pd.DataFrame, indicator: str, covariate: str, *, level: str = "II") -> str:
    """
    How far the value of a level moves with a covariate, and what it would be without.

    Parameters
    ----------
    lines : DataFrame
        Columns level, covariate, value, flat, rising in the covariate.
    indicator, covariate : str
        In words.
    """
    own = lines[lines["level"] == level]
    first, last = own.iloc[0], own.iloc[-1]
    ends = (
        say("{value} at {covariate}", value=number(end["value"]), covariate=number(end["covariate"]))
        for end in (first, last)
    )
    return say(
        "{indicator}, Level {level}: {listed} ({covariate}), in place of {flat} for all",
        indicator=indicator,
        level=level,
        listed=say(", ").join(ends),
        covariate=covariate,
        flat=number(first["flat"]),
    )


def farthest_scenario(values: pd.DataFrame, against: str) -> str:
    """
    Which scenario moves values farthest on average.

    Parameters
    ----------
    values : DataFrame
        Columns scenario, shift (from the values of `against`; NaN where it has no scale).
    """
    others = values[values["scenario"] != against]
    mean = others["shift"].abs().groupby(others["scenario"], sort=False).mean().dropna()
    if mean.empty:
        return say("No scenario to set beside “{against}”", against=scenario_in_words(against))
    if not round(mean.max(), 9):
        return say("No scenario moves a value away from “{against}”", against=scenario_in_words(against))
    return say(
        "Of {scenarios} scenarios “{farthest}” moves values farthest from “{against}”: {spans} spans on average",
        scenarios=len(mean),
        farthest=scenario_in_words(mean.idxmax()),
        against=scenario_in_words(against),
        spans=number(two_digits(mean.max())),
    )


def sample_to_industry(attainment: pd.DataFrame) -> str:
    """
    How far a share of the sample lies from that of the industry, at most.

    Parameters
    ----------
    attainment : DataFrame
        Columns scenario, level, sample, industry; NaN where no industry is known.
    """
    apart = (100 * (attainment["industry"] - attainment["sample"])).astype(float).round(9).dropna()
    if apart.empty:
        return say("Shares promised, and shares the sample keeps")
    if not apart.abs().max() > 0:
        return say("Every share of the sample is the same in the industry")
    row = attainment.loc[apart.abs().idxmax()]
    points = number(two_digits(apart.abs().max()))
    return say(
        "From sample to industry a share moves by up to {points} points: {scenario}, Level {level}",
        points=points,
        scenario=scenario_in_words(row["scenario"]),
        level=row["level"],
    )


def whole_against_each(promises: pd.DataFrame) -> str:
    """
    How many plants reach the median indicator and how many the whole standard, where the two lie farthest apart.

    Parameters
    ----------
    promises : DataFrame
        Columns level, indicator_median, whole.
    """
    apart = (promises["indicator_median"] - promises["whole"]).astype(float).abs().round(9).dropna()
    if apart.empty:
        return say("Share of plants that reaches each level")
    if not apart.max() > 0:
        return say("As many plants reach the whole standard as the median indicator, at every level")
    row = promises.loc[apart.idxmax()]
    each, whole = percent(row["indicator_median"]), percent(row["whole"])
    return say(
        "Level {level}: {each} of the plants reach the median indicator, {whole} the whole standard",
        level=row["level"],
        each=each,
        whole=whole,
    )


def each_indicator(joint: pd.DataFrame) -> str:
    """
    How many plants each indicator has to let through so that the whole standard keeps its promise.

    Parameters
    ----------
    joint : DataFrame
        Columns level, target, marginal_share; NaN marginal share: the promise cannot be kept.
    """
    lost = joint.loc[joint["marginal_share"].isna(), "level"].tolist()
    more = (joint["marginal_share"] - joint["target"]).astype(float).round(9).dropna()
    if more.empty:
        return say("No level can keep its promise for the whole standard")
    text = say("To keep the promise for the whole, no indicator must be easier")
    if more.max() > 0:
        row = joint.loc[more.idxmax()]
        text = say(
            "For {target} of the plants at Level {level} each indicator must let {share} through",
            target=percent(row["target"]),
            level=row["level"],
            share=percent(row["marginal_share"]),
        )
    if not lost:
        return text
    levels = say(" and ").join(say("{level}", level=level) for level in lost)
    return say("{text}; Level {levels} cannot be reached", text=text, levels=levels)


def choice_costs(points: pd.DataFrame) -> str:
    """
    What either promise costs: plants at a level, shares each indicator lets through, and what the proposed point keeps.

    Parameters
    ----------
    points : DataFrame
        Columns point, level, strictness, attained.
    """
    alone, joint, proposed = (points[points["point"] == name] for name in ("marginal", "joint", "proposed"))
    levels = say(", ").join(say("{level}", level=level) for level in joint["level"])

    def shares(values: pd.Series) -> str:
        told = dict.fromkeys(map(percent, values)) if values.nunique() == 1 else map(percent, values)
        return say(", ").join(told)

    text = say(
        "Kept by each indicator, the promise puts {attained} of plants at Level {levels}; kept "
        "by the whole standard, it lets {strictness} through each indicator",
        attained=shares(alone["attained"]),
        levels=levels,
        strictness=shares(1 - joint["strictness"]),
    )
    if proposed["attained"].round(9).equals(joint["attained"].round(9).set_axis(proposed.index)):
        return say("{text}, and so does the proposed point", text=text)
    return say(
        "{text}; the proposed point, within all bounds, puts {proposed} there",
        text=text,
        proposed=shares(proposed["attained"]),
    )


def value_room(sweep: pd.DataFrame, proposed: float, name: str, unit: str, level: str) -> str:
    """
    Between which values one benchmark value may lie before a plant changes its level.

    Parameters
    ----------
    sweep : DataFrame
        Columns value, moved: plants at another level than as proposed.
    proposed : float
        Where the value stands.
    name, unit, level : str
        Of the indicator, in words, and what moves.

    Examples
    --------
    >>> sweep = pd.DataFrame({"value": [350.0, 355.0, 360.0, 365.0], "moved": [2, 0, 0, 1]})
    >>> value_room(sweep, 358.0, "energy", "kgce/t", "I")
    'No plant changes its level while Level I of energy lies between 355 and 360 kgce/t'
    """
    ordered = sweep.sort_values("value")
    value, still = ordered["value"].to_numpy(dtype=float), ordered["moved"].to_numpy() == 0
    below, above = value <= proposed, value >= proposed
    low = min([proposed, *value[below & (np.cumsum((~still & below)[::-1])[::-1] == 0)]])
    high = max([proposed, *value[above & (np.cumsum(~still & above) == 0)]])
    if still.all():
        return say(
            "No value tried for Level {level} of {name} changes the level of a plant", level=level, name=name
        )
    return say(
        "No plant changes its level while Level {level} of {name} lies between {low} and {high} {unit}",
        level=level,
        name=name,
        low=number(low),
        high=number(high),
        unit=unit,
    )
