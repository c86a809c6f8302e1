"""Which choice moves the result, and which plants are fragile."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import (
    DATA,
    DATA_LIGHT,
    INK,
    RULE,
    SOFT,
    ClaimFigure,
    bare,
    in_house_style,
    label_places,
    label_rows,
    sheet,
)
from methodology.figures.evaluation import stack_of_levels
from methodology.figures.wrapping import LETTER, Said, letters, roomy
from methodology.indicators import Level
from methodology.indicators.display import fixed, number
from methodology.indicators.words import NO_LEVEL
from methodology.languages import joined, say
from methodology.parameters.words import choice_in_words, setting_in_words


@in_house_style
def level_probabilities(
    level_counts: pd.DataFrame,
    *,
    levels: pd.Series | None = None,
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show how probable each level is for every plant under noise, the most fragile plant on top.

    Parameters
    ----------
    level_counts : DataFrame indexed by plant, columns I, II, III, none
        Counts of draws, or probabilities.
    levels : Series indexed by plant, optional
        Level without noise, written beside the bar.
    basis : str
        Which values and plants the title speaks of, if it is not said elsewhere.

    Returns
    -------
    ClaimFigure
        `data`: probabilities I, II, III, none and `fragility` = 1 - the largest of them, sorted by it.
    """
    shares = level_counts[[str(level) for level in Level]].astype(float)
    shares = shares.div(shares.sum(axis=1), axis=0)
    data = shares.assign(fragility=1 - shares.max(axis=1)).sort_values(
        "fragility", ascending=False, kind="stable"
    )
    figure, axes = sheet(
        claims.on_basis(title or claims.fragility(data, levels), basis),
        data,
        plants=True,
        width=8.5,
        height=1.7 + 0.2 * len(data),
        note=joined(
            [
                say(
                    "Probability in % of each level over the draws; the plant least sure of its level on top."
                ),
                say("Right: level without noise.") if levels is not None else "",
            ]
        ),
    )
    stack_of_levels(axes, data, height=0.9, least=0.06)
    label_places(axes, range(len(data)), [str(plant) for plant in data.index])
    for row, level in enumerate([] if levels is None else levels.reindex(data.index)):
        axes.text(
            1.012,
            row,
            say("{level}", level=level) if level != Level.NONE else say(NO_LEVEL),
            va="center",
        )
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4)
    return figure


@in_house_style
def tornado(
    effects: pd.DataFrame,
    *,
    base: float,
    quantity: str = "",
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show how far each choice, changed alone, moves one result.

    Parameters
    ----------
    effects : DataFrame
        Columns factor, low, high (texts of the two settings), at_low, at_high (the result there).
    base : float
        The result of the run itself.
    quantity : str
        What the result is, with its unit.
    basis : str
        Which values and plants the title speaks of, if it is not said elsewhere.

    Returns
    -------
    ClaimFigure
        `data`: the columns and `span` = the largest move from `base`, largest first.
    """
    moves = (effects[["at_low", "at_high"]] - base).abs().max(axis=1)
    data = (
        effects.assign(span=moves).sort_values("span", ascending=False, kind="stable").reset_index(drop=True)
    )
    figure, axes = sheet(
        claims.on_basis(title or claims.choices_alone(data), basis),
        data,
        width=8.5,
        height=1.7 + 0.27 * len(data),
        note=say("Each choice changed alone, others as in the run."),
    )
    ends = np.array([[base, *data["at_low"], *data["at_high"]]])
    labels = [say(choice_in_words(str(name))) for name in data["factor"]]
    left, right = _moves(axes, data, base)
    axes.set_xlim(roomy(left, right, 8.0 - LETTER * max(map(letters, labels), default=0)))
    axes.axvline(base, color=INK, linewidth=1)
    axes.text(base, -0.62, say("this run {base}", base=number(base)), ha="center", va="bottom")
    label_rows(axes, labels)
    if np.all(np.nan_to_num(ends) % 1 == 0):
        axes.xaxis.get_major_locator().set_params(integer=True)  # plants are counted whole
    axes.set_xlabel(say(quantity))
    bare(axes, "bottom")
    return figure


def _moves(axes, data: pd.DataFrame, base: float) -> tuple[list[Said], list[Said]]:
    """Two bars from the base, one above the other where both go the same way; what is written at their ends."""
    left, right = [(base, "")], [(base, "")]
    same_side = (data["at_low"] - base) * (data["at_high"] - base) > 0
    rows, lift, height = np.arange(len(data)), np.where(same_side, 0.25, 0.0), np.where(same_side, 0.4, 0.62)
    for kind, colour, at in (("low", DATA_LIGHT, rows - lift), ("high", DATA, rows + lift)):
        ends = data[f"at_{kind}"]
        axes.barh(at, ends - base, left=base, height=height, color=colour)
        for end, text, place in zip(ends, data[kind], at, strict=True):
            if end != base:
                words = f" {setting_in_words(text)} "
                axes.text(end, place, words, ha="left" if end > base else "right", va="center", color=SOFT)
                (right if end > base else left).append((end, words))
    return left, right


@in_house_style
def sobol(indices: pd.DataFrame, *, title: str = "", quantity: str = "", basis: str = "") -> ClaimFigure:
    """
    Show the share of the variance each choice explains, between what it does alone and with all others.

    Parameters
    ----------
    indices : DataFrame indexed by factor
        Columns shapley, first, total, each with _lower and _upper; combinations, 0 where they are estimates.
    quantity : str
        Whose variance.
    basis : str
        Which values and plants the title speaks of, if it is not said elsewhere.

    Returns
    -------
    ClaimFigure
        `data`: the columns, the largest Shapley effect first.
    """
    data = indices.sort_values("shapley", ascending=False, kind="stable")
    exact = bool(len(data)) and bool((data["combinations"] > 0).all())
    counted = (
        say("Every combination of the alternatives is counted.")
        if exact
        else say("Estimated; in brackets the 95 % interval.")
    )
    figure, axes = sheet(
        claims.on_basis(title or claims.variance(data), basis),
        data,
        width=8.0,
        height=1.8 + 0.27 * len(data),
        note=_variance_note(quantity, counted),
    )
    rows = np.arange(len(data))
    axes.barh(rows, data["shapley"].clip(lower=0), height=0.5, color=DATA_LIGHT)
    # estimates may cross by chance; alone is never more than together
    alone, together = data["first"].clip(0, 1), data["total"].clip(0, 1)
    axes.hlines(rows, np.fmin(alone, together), together, color=DATA, linewidth=2)
    for row, item in enumerate(data.itertuples()):
        ends = (
            ""
            if exact
            else " "
            + say(
                "({lower} to {upper})", lower=fixed(item.shapley_lower, 2), upper=fixed(item.shapley_upper, 2)
            )
        )
        reach = max(item.shapley, together.iloc[row], 0)
        axes.text(reach + 0.012, row, fixed(item.shapley, 2) + ends, va="center")
    label_rows(axes, [say(choice_in_words(str(name))) for name in data.index])
    axes.set_xlim(0, 1.15)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.grid(axis="x", color=RULE)
    bare(axes)
    return figure


def _variance_note(quantity: str, counted: str) -> str:
    """What bars and lines are."""
    return joined(
        [
            say(
                "Bar: share of the variance of {quantity} (Shapley effects, which sum to 1).",
                quantity=say(quantity),
            )
            if quantity
            else say("Bar: share of the variance (Shapley effects, which sum to 1)."),
            say("Line: from what the choice does alone to what it does with all others."),
            counted,
        ]
    )
