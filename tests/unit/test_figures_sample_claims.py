"""The sentence over a figure of plants, weights, levels or the series says what it draws, whatever the numbers are."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from methodology.figures import claims
from methodology.languages import Words
from methodology.series import claims as series_claims
from methodology.series.savings import ALL

SYSTEM = {"dust": SimpleNamespace(name="Dust"), "energy": SimpleNamespace(name="Energy")}


@pytest.mark.parametrize(
    ("p90", "median", "says"),
    [
        ([3.0, 110.0], [2.0, 100.0], "span 100 % of the median in Dust, 20 % of the median in Energy"),
        ([3.0, 590.0], [2.0, 100.0], "span 500 % of the median in Energy, 100 % of the median in Dust"),
        ([1.0, 90.0], [2.0, 100.0], "span 0 % of the median in Dust"),
        ([3.0, 110.0], [0.0, 100.0], "span 20 % of the median in Energy"),
        ([3.0, 110.0], [0.0, 0.0], "Plants around the median of each indicator"),
    ],
)
def test_the_widest_and_the_narrowest_indicator_are_named(p90, median, says):
    spread = pd.DataFrame({"indicator": ["dust", "energy"], "p10": [1.0, 90.0], "median": median, "p90": p90})
    assert claims.widest(spread, SYSTEM).endswith(says)


def coverage(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["stratum", "plants", "known"])
    return table.assign(share=table["plants"] / table["known"])


def covered(table: pd.DataFrame) -> str:
    return claims.covered(table, table["stratum"])


def test_strata_are_said_to_differ_only_where_they_do():
    uneven = coverage(("large", 3, 4), ("small", 2, 16), ("all", 5, 20))
    assert covered(uneven).endswith("5 of 20 known plants: from 12.5 % of small to 75.0 % of large")
    even = coverage(("large", 1, 4), ("small", 4, 16), ("all", 5, 20))
    assert covered(even) == "The sample holds 5 of 20 known plants, 25.0 % of every stratum"
    assert covered(even.iloc[[0, 2]]) == "The sample holds 5 of 20 known plants"
    assert covered(coverage(("no register known", 5, np.nan))).endswith("no register counts its plants")


def test_the_indicator_that_misses_most_cells_is_named():
    states = pd.DataFrame([[0, 2, 2, 3], [0, 0, 2, 1]], index=["dust", "energy"])
    assert claims.cells_silent(states, SYSTEM) == (
        "3 of 7 cells that apply are not reported; Dust misses 2, none more"
    )
    assert claims.cells_silent(states.replace(2, 0), SYSTEM) == "All 7 cells that apply are reported"


def test_samples_that_miss_large_plants_are_counted():
    table = pd.DataFrame({"share": [0.5, 0.4], "capacity_share": [0.4, 0.5]})
    assert claims.capacity_missed(table).startswith("1 of 2 samples holds a smaller share")
    assert claims.capacity_missed(table[1:]).startswith("No sample holds a smaller share")
    assert claims.capacity_missed(table * np.nan).endswith("no register counts its plants")


def test_corrections_that_keep_the_order_are_not_said_to_change_it():
    values = pd.DataFrame({"indicator": "dust", "reported": [3.0, 2.0, 1.0], "corrected": [2.5, 1.5, 0.5]})
    assert claims.reordered(values) == "Corrections leave the order of the plants as it was"
    moved = values.assign(corrected=[1.0, 2.0, np.nan])
    assert claims.reordered(moved) == "2 of 2 corrected values change their rank among the plants"
    assert claims.reordered(values[:0]) == "No correction applies to these plants"


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ([0.1, 0.6, 0.3], "The heaviest of 3 indicators carries 60.0 % of the weight"),
        ([0.1] * 10, "The 5 heaviest of 10 indicators carry 50.0 % of the weight"),
        ([0.3, 0.1, 0.3, 0.3], "The 2 heaviest of 4 indicators carry 60.0 % of the weight"),
        ([1.0], "One indicator carries the whole weight"),
    ],
)
def test_the_fewest_indicators_with_half_of_the_weight_are_counted(weights, says):
    assert claims.heaviest(pd.Series(weights)) == says


@pytest.mark.parametrize(
    ("ratios", "says"),
    [
        ([0.0, 0.1], "2 of 2 judgement matrices keep the consistency limit of 0.1"),
        ([0.2, 0.05], "1 of 2 judgement matrices keeps the consistency limit of 0.1"),
        ([0.2, 0.3], "None of 2 judgement matrices keeps the consistency limit of 0.1"),
        ([], "No judgement matrix is large enough to contradict itself"),
    ],
)
def test_consistent_judgements_are_counted(ratios, says):
    assert claims.within_limit(pd.Series(ratios, dtype=float), 0.1) == says


def test_the_expert_farthest_from_the_weights_used_is_named():
    apart = pd.DataFrame({"E1": [2.0, -1.0], "E2": [-7.3, np.nan]}, index=["dust", "energy"])
    assert claims.farthest_expert(apart, SYSTEM) == "Up to 7.3 points from the weight used: E2 on Dust"
    assert claims.farthest_expert(apart * [1, 0], SYSTEM).endswith(
        "2 points from the weight used: E1 on Dust"
    )
    assert claims.farthest_expert(apart * 0, SYSTEM) == "Every expert gives the weights used"


def test_the_weight_methods_disagree_most_about_is_named_unless_all_agree():
    weights = pd.DataFrame(
        {"ahp": [0.5, 0.5], "critic": [0.3, 0.7], "bwm": [0.45, 0.6]}, index=["dust", "energy"]
    )
    assert claims.methods_apart(weights, SYSTEM) == "3 methods lie up to 20 points apart: Dust"
    assert claims.methods_apart(weights.drop(columns="critic"), SYSTEM).endswith("10 points apart: Energy")
    assert (
        claims.methods_apart(weights.assign(critic=0.5, bwm=0.5), SYSTEM)
        == "All 3 methods give the same weights"
    )
    assert claims.methods_apart(weights[["ahp"]], SYSTEM) == "Only one method gives weights here"


def levels(**rows: list[float]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=["I", "II", "III", "none"])


def test_choices_are_said_to_move_shares_only_where_they_do():
    same = levels(ahp=[0.1, 0.2, 0.3, 0.4], critic=[0.1, 0.2, 0.3, 0.4])
    assert claims.between_choices(same) == "Every choice puts the same share of plants at each level"
    assert claims.between_choices(same[:1]) == "Share of plants at each level"
    stricter = levels(ahp=[0.1, 0.2, 0.3, 0.4], critic=[0.0, 0.1, 0.2, 0.7])
    assert (
        claims.between_choices(stricter)
        == "Level III or better: from 30.0 % (CRITIC) to 60.0 % (AHP) of the plants"
    )
    inside = levels(ahp=[0.1, 0.2, 0.3, 0.4], critic=[0.3, 0.0, 0.3, 0.4])
    assert (
        claims.between_choices(inside)
        == "Level I or better: from 10.0 % (AHP) to 30.0 % (CRITIC) of the plants"
    )


def test_plants_at_a_level_are_added_up_per_promise():
    rows = {
        "promise": ["marginal", "marginal", "joint"],
        "plants": [10, 20, 30],
        "I": 0,
        "II": [0, 1, 5],
        "III": 0,
    }
    assert claims.at_a_level(pd.DataFrame(rows)) == (
        "Plants at a level: 1 of 30 with marginal values, 5 of 30 with joint values"
    )
    assert "none of 30 with joint" in claims.at_a_level(pd.DataFrame(rows | {"II": [0, 1, 0]}))
    assert claims.at_a_level(pd.DataFrame(rows)[:0]) == "No standard of the series to compare"


@pytest.mark.parametrize(
    ("room", "says"),
    [
        ([1.0, 0.0], "No value of the whole is stricter"),
        ([-1.0, -2.0], "2 of 2 values of the whole are stricter"),
    ],
)
def test_values_stricter_than_their_parts_are_counted(room, says):
    assert series_claims.stricter_whole(pd.DataFrame({"room": room})).startswith(says)


@pytest.mark.parametrize(
    ("relative", "says"),
    [
        ([0.0, -0.2], "No value of the previous index is looser"),
        ([0.2, 0.1, np.nan], "2 of 2 values of the previous index are looser"),
        ([np.nan], "No value of the previous index can be held against a law"),
    ],
)
def test_old_values_looser_than_the_law_are_counted(relative, says):
    assert series_claims.looser_than_law(pd.Series(relative)).startswith(says)


def test_values_from_abroad_on_the_basis_of_a_chinese_one_are_counted():
    values = pd.DataFrame({"region": ["CN", "EU", "JP"], "common": [True, True, True]})
    assert series_claims.on_common_basis(values).startswith("2 of 2 values from abroad rest on")
    assert series_claims.on_common_basis(values.assign(common=[True, False, False])).startswith(
        "No value from abroad"
    )


def test_fields_without_a_standard_and_the_process_that_saves_most_are_named():
    states = pd.Series(["aged", "covered", "covered"])
    assert series_claims.fields_open(states) == "Of 3 fields none have no standard in the list, 1 an aged one"
    rows = [("a", "energy", 1.0), ("b", "energy", 2.0), ("b", "dust", 3.0), ("a", "water", 4.0)]
    effects = pd.DataFrame(rows, columns=["process", "quantity", "value"])
    assert series_claims.saves_most(effects, {"b": Words("乙", "Beta")}) == (
        "Beta would save most of 2 of 3 quantities"
    )
    together = pd.DataFrame(
        [(ALL, name, 9.0) for name in ("energy", "dust", "water")], columns=effects.columns
    )
    assert "Beta would save most of 2" in series_claims.saves_most(
        pd.concat([effects, together]), {"b": Words("乙", "Beta")}
    )
    assert series_claims.saves_most(effects.assign(value=np.nan), {}) == "No saving is known of any process"
