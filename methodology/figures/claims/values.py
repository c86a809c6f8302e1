"""What a figure about benchmark values claims, computed from what it draws."""

from __future__ import annotations

import pandas as pd

from methodology.figures.claims.words import counted, two_digits, verb
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import number, percent
from methodology.parameters import setting_in_words


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
        return "No rule of another regulator gives a value here"
    table = ours.pivot(index="indicator", columns="rule", values="attainment")
    share = others["attainment"].round(9)
    fewer, more = (others["indicator"].map(table[level]).astype(float).round(9) for level in ("I", "III"))
    strict, loose = int((share < fewer).sum()), int((share > more).sum())
    return (
        f"Of {len(others)} values other regulators would set, {counted(strict)} {verb(strict, 'is', 'are')} reached by "
        f"fewer plants than Level I, {counted(loose)} by more than Level III"
    )


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
        return f"All {whole} methods keep {percent(confidence)} in every case"
    worst = study.loc[study["coverage"].idxmin()]
    who = f"{counted(count).capitalize()} of {whole} methods {verb(max(count, 1), 'keeps', 'keep')}"
    fall = f"{worst['method']} falls to {percent(worst['coverage'])}"
    return f"{who} {percent(confidence)} in every case; {fall}"


def method_in_words(method: str) -> str:
    """
    What a method, or a part of the sample, is called over and in a figure.

    Examples
    --------
    >>> method_in_words("harrell-davis"), method_in_words("capacity_class: large (5 plants)")
    ('Harrell-Davis', 'capacity class: large (5 plants)')
    """
    return setting_in_words(method).replace("_", " ")


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
        return f"No other Level {level} value to set beside {told}"
    row = known.loc[known["relative"].abs().idxmax()]
    if not round(row["relative"], 9):
        return f"Every Level {level} value is the same as with {told}"
    how, in_words = "looser" if row["relative"] > 0 else "stricter", method_in_words(row["method"])
    name, share = system[row["indicator"]].name_en, percent(two_digits(abs(row["relative"])))
    return f"Level {level}, up to {share} from {told}: {name}, {how} with {in_words}"


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
    ends = (f"{number(end['value'])} at {number(end['covariate'])}" for end in (first, last))
    return f"{indicator}, Level {level}: {', '.join(ends)} ({covariate}), in place of {number(first['flat'])} for all"


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
        return f"No scenario to set beside `{against}`"
    if not round(mean.max(), 9):
        return f"No scenario moves a value away from `{against}`"
    far = f"`{mean.idxmax()}`: {number(two_digits(mean.max()))} spans on average"
    if len(mean) == 1:
        return f"Away from `{against}` lies {far}"
    return f"None of {len(mean)} scenarios moves values farther from `{against}` than {far}"


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
        return "Shares promised, and shares the sample keeps"
    if not apart.abs().max() > 0:
        return "Every share of the sample is the same in the industry"
    row = attainment.loc[apart.abs().idxmax()]
    points = number(two_digits(apart.abs().max()))
    return f"From sample to industry a share moves by up to {points} points: {row['scenario']}, Level {row['level']}"


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
        return "Share of plants that reaches each level"
    if not apart.max() > 0:
        return "As many plants reach the whole standard as the median indicator, at every level"
    row = promises.loc[apart.idxmax()]
    each, whole = percent(row["indicator_median"]), percent(row["whole"])
    return (
        f"Level {row['level']}: {each} of the plants reach the median indicator, {whole} the whole standard"
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
        return "No level can keep its promise for the whole standard"
    text = "To keep the promise for the whole, no indicator must be easier"
    if more.max() > 0:
        row = joint.loc[more.idxmax()]
        shares = [percent(row[name]) for name in ("target", "marginal_share")]
        text = f"For {shares[0]} of the plants at Level {row['level']} each indicator must let {shares[1]} through"
    return f"{text}; Level {' and '.join(lost)} cannot be reached" if lost else text


def choice_costs(points: pd.DataFrame) -> str:
    """
    What either promise costs: plants at a level, shares each indicator lets through, and what the proposed point keeps.

    Parameters
    ----------
    points : DataFrame
        Columns point, level, strictness, attained.
    """
    alone, joint, proposed = (points[points["point"] == name] for name in ("marginal", "joint", "proposed"))
    levels = " | ".join(joint["level"])

    def shares(values: pd.Series) -> str:
        return f"{' | '.join(percent(share).removesuffix(' %') for share in values)} %"

    text = (
        f"Kept by each indicator, the promise puts {shares(alone['attained'])} of plants at Level {levels}; "
        f"kept by the whole standard, it lets {shares(1 - joint['strictness'])} through each indicator"
    )
    if proposed["attained"].round(9).equals(joint["attained"].round(9).set_axis(proposed.index)):
        return f"{text}, and so does the proposed point"
    return f"{text}; the proposed point, within all bounds, puts {shares(proposed['attained'])} there"
