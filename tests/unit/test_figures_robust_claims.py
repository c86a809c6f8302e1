"""The sentence over a figure about robustness says what that figure draws, whatever the numbers are."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from methodology import figures
from methodology.figures import claims

SYSTEM = {"dust": SimpleNamespace(name="Dust", unit="mg/m3")}


def spans(**moves: float) -> pd.DataFrame:
    return pd.DataFrame({"factor": list(moves), "span": list(moves.values())})


def test_choices_that_move_nothing_are_not_said_to_move_something():
    assert claims.choices_alone(spans(cut=0.0, share=0.0)) == "No choice moves the result when changed alone"
    assert claims.choices_alone(spans(share=2.0, cut=1.0, promise=0.0)).startswith("2 of 3 choices move")
    assert claims.choices_alone(spans(share=2.0, cut=0.0)).endswith("none more than share")


def indices(shapley, lower, upper, combinations):
    columns = {
        "shapley": shapley,
        "shapley_lower": lower,
        "shapley_upper": upper,
        "combinations": combinations,
    }
    return pd.DataFrame(columns, index=["evaluation.cut", "share"][: len(shapley)])


def test_a_share_of_the_variance_is_exact_or_said_to_be_an_estimate_with_its_interval():
    assert claims.variance(indices([0.425, 0.2], [0.425, 0.2], [0.425, 0.2], 4860)) == (
        "Score that Levels I and II need explains 42.5 % of the variance over all 4860 combinations, no other more"
    )
    assert claims.variance(indices([0.51, 0.2], [0.446, 0.1], [1.2, 0.3], 0)) == (
        "Score that Levels I and II need explains an estimated 51.0 % of the variance (44.6 % to 100.0 %), "
        "no other more"
    )


def test_a_result_that_no_choice_moves_is_said_to_have_none():
    assert claims.variance(indices([0.0, 0.0], 0.0, 0.0, 12)) == "No choice moves this result"
    assert claims.variance(indices([], [], [], 0)) == "No choice moves this result"


def test_plants_unsure_of_their_level_are_counted():
    shares = pd.DataFrame(
        {
            "I": [0.5, 0.0, 0.02],
            "II": [0.5, 1.0, 0.98],
            "III": 0.0,
            "none": 0.0,
            "fragility": [0.5, 0.0, 0.02],
        },
        index=["P1", "P2", "P3"],
    )
    assert claims.fragility(shares, None) == "1 of 3 plants are less than 90 % sure of any level"
    levels = pd.Series({"P3": "I", "P2": "II", "P1": "I"})
    assert claims.fragility(shares, levels).endswith("; 1 stands likelier at another")


def test_a_census_does_not_vary():
    spread = pd.DataFrame(
        {"level": ["I", "II"], "promised": [0.05, 0.2], "p05": [0.03, 0.2], "p95": [0.03, 0.2]}
    )
    assert claims.other_samples(spread).startswith("Every repetition gives the same")
    wide = spread.assign(p95=[0.1, 0.4])
    text = claims.other_samples(wide)
    assert text == "Level II or better: 20.0 % of the plants promised, 20.0 % to 40.0 % in repetitions"


def tipping(*rows):
    columns = ["level", "tighter_distance", "tighter_spread", "looser_distance", "looser_spread"]
    return pd.DataFrame(rows, columns=columns).assign(indicator="dust")


NAN = float("nan")


def test_the_nearest_tipping_point_is_named_with_its_direction_and_both_distances():
    text = claims.nearest_tipping(
        tipping(("II", 0.5, 0.4, 0.0123, 0.21), ("I", 0.001, 0.3, NAN, NAN)), SYSTEM
    )
    assert text == (
        "Loosening Dust at Level II by 0.012 mg/m³, 0.21 standard deviations between plants, is enough to change the "
        "level of a plant"
    )
    assert claims.nearest_tipping(pd.DataFrame(), SYSTEM).startswith("No benchmark value")
    assert claims.nearest_tipping(tipping(("I", NAN, NAN, NAN, NAN)), SYSTEM).startswith("No benchmark value")


def test_values_that_may_not_move_at_all_come_first_in_the_title():
    at_once = [("I", 0.0, 0.0, NAN, NAN), ("III", 0.0, 0.0, 0.3, 0.3)]
    text = claims.nearest_tipping(tipping(*at_once, ("II", 0.0019, 0.02, NAN, NAN)), SYSTEM)
    assert text.startswith(
        "Tightening any of 2 values however little is enough; next, tightening Dust at Level II by 0.0019 mg/m³,"
    )
    alone = claims.nearest_tipping(tipping(at_once[0]), SYSTEM)
    assert alone == "Tightening Dust at Level I however little is enough to change the level of a plant"


def test_the_weight_with_the_least_room_is_named_unless_none_moves_a_plant():
    ranges = pd.DataFrame(
        {"lower": [0.1], "upper": [0.25], "weight": 0.2, "lower_plant": "", "upper_plant": "P1"}
    )
    assert claims.least_room(ranges, ["Dust"]).startswith(
        "Dust has the least room: with a weight of 10.0 % to 25.0 %"
    )
    still = ranges.assign(upper_plant="")
    assert claims.least_room(still, ["Dust"]) == "No weight, moved alone, changes the level of any plant"


def test_plants_around_the_cut_are_counted_where_the_sweep_goes():
    sweep = pd.DataFrame({"I": [1, 1, 0], "II": [8, 5, 5]}, index=[80.0, 85.0, 90.0])
    assert (
        claims.around_the_cut(sweep, 85.0) == "Plants at Level II or better: 9 at 80, 6 at 85, 5 at 90 points"
    )
    assert claims.around_the_cut(sweep, 90.0) == "Plants at Level II or better: 6 at 85, 5 at 90 points"
    assert "over the score" in claims.around_the_cut(sweep, 70.0)


class Limited(dict):
    """As much of a system as a sentence reads."""

    limiting = ("dust",)


def test_levels_reached_are_counted_and_none_is_said_in_words():
    assert claims.levels_reached(pd.Series(["none"] * 3)) == "None of 3 plants reaches a level"
    text = claims.levels_reached(pd.Series(["I", "I", "III", "none"]))
    assert text == "Of 4 plants 2 reach Level I, none Level II, 1 Level III"


def test_the_limiting_indicator_that_blocks_most_is_named_and_the_score_is_none():
    table = pd.DataFrame({"indicator": ["score alone", "dust"], "II": [3, 1], "III": [2, 1], "none": [4, 0]})
    text = claims.most_blocking(table, Limited(SYSTEM), 9)
    assert text == "Dust keeps 2 of 9 plants from their next level; none keeps more"
    free = table.assign(II=[3, 0], III=[2, 0])
    assert claims.most_blocking(free, Limited(SYSTEM), 9).startswith("No limiting indicator")


@pytest.mark.parametrize(("moved", "whole"), [(3.0, True), (0.5, False)])
def test_counts_of_plants_stand_on_whole_numbers(moved, whole):
    effects = pd.DataFrame({"factor": ["weights.method"], "low": ["a"], "high": ["b"]})
    figure = figures.tornado(effects.assign(at_low=0.0, at_high=moved), base=0.0)
    ticks = figure.axes[0].get_xticks()
    assert all(float(tick).is_integer() for tick in ticks) == whole
