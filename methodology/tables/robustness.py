"""Which choices matter, and what would change a level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from methodology.indicators import LEVELS, IndicatorSystem, Level
from methodology.indicators.display import (
    fixed,
    number,
    percent,
    rounded,
    significant,
    unit_of,
)
from methodology.languages import later, say
from methodology.parameters.words import choice_in_words, setting_in_words
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import starred

OUTPUT_NAMES = {
    "share_I": later("plants at Level I"),
    "share_II": later("plants at Level II or better"),
    "share_III": later("plants at Level III or better"),
    "moved": later("plants that change their level"),
    "mean_Y_II": later("mean score Y_II"),
    "threshold": later("Level II value of one indicator"),
}


@in_both_languages
def leading_choices(leading: Mapping[str, pd.DataFrame], same: Iterable[tuple[str, str]] = ()) -> Overview:
    """
    Name the choices that explain most of each result.

    Parameters
    ----------
    leading : mapping of case to DataFrame
        As `methodology.chain.leading_choices` returns it, by what is held fixed.
    same : iterable of (choice, alternative)
        Alternatives not counted because they say the same as another.

    Returns
    -------
    Overview
        One row per case and result: case, result, first, second, third, each with its share of the variance and, where
        that is an estimate, its interval.
    """
    columns = ["choices varied", "result", "first", "second", "third"]
    rows = []
    for case, table in leading.items():
        for output, own in table.groupby("output", sort=False):
            named = {
                columns[row.rank + 1]: f"{say(choice_in_words(row.factor))} {_share_within(row)}"
                for row in own.itertuples()
                if row.rank <= 3
            }
            rows.append(
                {
                    "choices varied": say(case),
                    "result": say(OUTPUT_NAMES.get(str(output), str(output))),
                    **named,
                }
            )
    legend = [
        say(
            "share of the variance by Shapley effects: exact over all combinations, or with the interval of an "
            "estimate in brackets, cut at 0 and 100 %"
        ),
        say(
            "every alternative of the list counts alike, so that shares are shares of the list: more alternatives of "
            "one choice give it more"
        ),
        say("a result without a row moves under no alternative"),
        *(
            say("not counted, says the same as another: {named}", named=_named(choice, setting))
            for choice, setting in same
        ),
    ]
    return overview(rows, columns, legend, once=["choices varied"])


def _share_within(row: Any) -> str:
    """Share in whole per cents, as far as a share can be, and the interval of an estimate."""
    share, lower, upper = (
        rounded(min(max(end, 0.0), 1.0), 2).scaleb(2) for end in (row.shapley, row.lower, row.upper)
    )
    return f"{share:f} %" if row.lower == row.upper else f"{share:f} % ({lower:f}–{upper:f})"


def _named(choice: str, setting: str) -> str:
    return say("{choice}: {setting}", choice=choice_in_words(choice), setting=setting_in_words(setting))


@in_both_languages
def value_choices(influence: pd.DataFrame) -> Overview:
    """
    Say which choice moves how many benchmark values most.

    Parameters
    ----------
    influence : DataFrame
        Columns indicator, level, factor, shapley, as `methodology.chain.value_influence`.

    Returns
    -------
    Overview
        One row per choice: the number of values at I, II, III of which it explains the largest share of the variance,
        and the largest share it explains of any value.
    """
    moving = influence[influence.groupby(["indicator", "level"])["shapley"].transform("max") > 0]
    first = moving.loc[moving.groupby(["indicator", "level"])["shapley"].idxmax()]
    names = [str(level) for level in LEVELS]
    led = first.groupby(["factor", "level"]).size().unstack(fill_value=0).reindex(columns=names, fill_value=0)
    most = influence.groupby("factor")["shapley"].max().clip(0, 1)
    order = led.reindex(most.index, fill_value=0).assign(total=lambda t: t.sum(axis=1), most=most)
    order = order.sort_values(["total", "most"], ascending=False, kind="stable")
    rows = [
        {
            "choice": choice_in_words(str(factor)),
            **{say("leads at {name}", name=name): int(row[name]) for name in names},
            "most of one value": percent(row["most"]),
        }
        for factor, row in order.iterrows()
    ]
    values = influence[["indicator", "level"]].drop_duplicates()
    still = len(values) - len(first)
    legend = [
        say(
            "leads: benchmark values of which the choice explains the largest share of the variance (Shapley)"
        ),
        say("of {values} values {still} move under no alternative", values=len(values), still=still),
    ]
    return overview(
        rows, ["choice", *(say("leads at {name}", name=name) for name in names), "most of one value"], legend
    )


@in_both_languages
def acceptability_overview(plants: pd.DataFrame) -> Overview:
    """
    Levels over all possible weights, the plants that hang on the weights first.

    Parameters
    ----------
    plants : DataFrame
        Columns plant, level, I, II, III, none, confidence.

    Returns
    -------
    Overview
        Plants whose level is not the same under all weights: plant, level, share of the weights per level, confidence.
    """
    names = [str(level) for level in Level]
    surest = plants[names].max(axis=1)
    hanging = plants.assign(surest=surest).loc[surest < 1].sort_values("surest", kind="stable")
    rows = [
        {
            "plant": row["plant"],
            "level": row["level"],
            **{name: percent(row[name]) for name in names},
            "confidence": percent(row["confidence"]) if pd.notna(row["confidence"]) else "",
        }
        for _, row in hanging.iterrows()
    ]
    kept = len(plants) - len(hanging)
    legend = [
        say(
            "{kept} of {plants} plants keep one level under all weights drawn, and are not listed",
            kept=kept,
            plants=len(plants),
        ),
        say(
            "confidence: probability of the level at its central weights, values and measurements with noise"
        ),
    ]
    return overview(rows, ["plant", "level", *names, "confidence"], legend)


@in_both_languages
def limiting_overview(sweep: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    Indicators whose limiting status decides the level of a plant.

    Parameters
    ----------
    sweep : DataFrame indexed by indicator
        Columns limiting, I, II, III, none, changed.

    Returns
    -------
    Overview
        Rows with a change, the most plants first: indicator, if, plants at each level, plants moved.
    """
    names = [str(level) for level in Level]
    moving = sweep[sweep["changed"] > 0].sort_values("changed", ascending=False, kind="stable")
    rows = [
        {
            "indicator": starred(system[name]),
            "if it were": say("not limiting") if row["limiting"] else say("limiting"),
            **{level: int(row[level]) for level in names},
            "plants moved": int(row["changed"]),
        }
        for name, row in moving.iterrows()
    ]
    rest = len(sweep) - len(moving)
    legend = [
        say(
            "for the other {rest} of {indicators} indicators no plant changes its level",
            rest=rest,
            indicators=len(sweep),
        )
    ]
    return overview(rows, ["indicator", "if it were", *names, "plants moved"], legend)


@in_both_languages
def left_out_overview(*tables: pd.DataFrame) -> Overview:
    """
    What the run would be without one plant, or without one expert: the five of each that move most.

    Parameters
    ----------
    tables : DataFrames
        First column who is left out, then output, base, value, change, as `methodology.chain.leave_one_plant_out`.

    Returns
    -------
    Overview
        without, other plants that change level, mean Y_II changes by, largest move of a benchmark value in standard
        deviations between plants.
    """
    columns = ["without", "plants moved", "mean Y_II changes by", "largest move of a value"]
    rows, legend = [], [say("largest move of a value: in standard deviations between plants")]
    for table in tables:
        who = str(table.columns[0])
        wide = table.pivot(index=who, columns="output", values="change")
        if wide.empty:
            legend.append(say("no plant to leave out" if who == "plant" else "no expert to leave out"))
            continue
        order = pd.DataFrame({"moved": -wide["moved"], "score": -wide["mean_Y_II"].abs()})
        for name in order.sort_values(["moved", "score"], kind="stable").index[:5]:
            row = wide.loc[name]
            rows.append(
                {
                    "without": say("plant {name}" if who == "plant" else "expert {name}", name=name),
                    "plants moved": int(row["moved"]),
                    "mean Y_II changes by": fixed(row["mean_Y_II"], 1, signed=True),
                    "largest move of a value": number(significant(row["shift"], 2)),
                }
            )
        moving = int((wide["moved"] > 0).sum())
        legend.append(
            say(
                "{moving} of {all} plants, left out, change the level of another plant"
                if who == "plant"
                else "{moving} of {all} experts, left out, change the level of another plant",
                moving=moving,
                all=len(wide),
            )
        )
    return overview(rows, columns, legend)


@in_both_languages
def threshold_spreads(
    spread: pd.DataFrame,
    system: IndicatorSystem,
) -> Overview:
    """
    The eight benchmark values that another sample would have moved most.

    Parameters
    ----------
    spread : DataFrame
        Columns indicator, level, value, p05, p50, p95, between, as `ChainSimulation.thresholds`.

    Returns
    -------
    Overview
        indicator, level, value, 5-95 % of the repetitions, their width over the value and, which ranks, in standard
        deviations between plants.
    """
    width = spread["p95"] - spread["p05"]
    ranked = spread.assign(
        width=width.div(spread["value"].abs().where(spread["value"] != 0)), spreads=width / spread["between"]
    )
    widest = ranked.dropna(subset="spreads").sort_values("spreads", ascending=False, kind="stable")
    rows = [
        {
            "indicator": starred(system[row.indicator]),
            "level": row.level,
            "value": number(row.value),
            "5-95 % of repetitions": f"{number(significant(row.p05, 3))} – {number(significant(row.p95, 3))}",
            "width": percent(row.width),
            "in spreads": number(significant(row.spreads, 2)),
        }
        for row in widest.head(8).itertuples()
    ]
    columns = ["indicator", "level", "value", "5-95 % of repetitions", "width", "in spreads"]
    legend = [
        say(
            "width: of the range, relative to the value; in spreads: in standard deviations between plants, which rank"
        )
    ]
    return overview(rows, columns, legend)


@in_both_languages
def noise_overview(noise: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    How large the noise on levels is in the unit of each indicator, for whoever knows how well it is measured.

    Parameters
    ----------
    noise : DataFrame
        As `methodology.chain.robustness.noise_in_units` returns it.

    Returns
    -------
    Overview
        indicator, unit, standard deviation between plants, of the noise on a benchmark value, of the error of a plant.
    """
    rows = [
        {
            "indicator": starred(system[row.indicator]),
            "unit": unit_of(system[row.indicator]),
            "between plants": number(significant(row.between, 2)),
            "noise on the value": number(significant(row.threshold, 2)),
            "error of a plant": number(significant(row.measurement, 2)),
        }
        for row in noise.itertuples()
    ]
    columns = ["indicator", "unit", "between plants", "noise on the value", "error of a plant"]
    legend = [
        say(
            "standard deviations in the unit of the indicator; the noise is the same share of that between plants for "
            "every indicator, wherever its scale begins"
        )
    ]
    return overview(rows, columns, legend)


@in_both_languages
def untried_choices(left_out: Mapping[str, str]) -> Overview:
    """
    List the choices that no alternative is tried for, each with its reason.

    Parameters
    ----------
    left_out : mapping of path to reason
        As `methodology.chain.left_out` returns it.

    Returns
    -------
    Overview
        choice, 选择, why it is not varied.
    """
    rows = [
        {"choice": choice_in_words(path), "why it is not varied": say(reason)}
        for path, reason in left_out.items()
    ]
    legend = [
        say("not varied here: {count}; nothing on this page says what they would move", count=len(rows))
    ]
    return overview(rows, ["choice", "why it is not varied"], legend)
