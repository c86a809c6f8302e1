"""Worked case of the guideline's arithmetic, checked by hand: groups A .5, B .3, C .2."""

import pandas as pd
import pytest

from methodology.evaluation import evaluate
from methodology.indicators import IndicatorSystem

ROWS = [  # id, group, weight in the group, limiting, cell
    ("a1", "a", 0.4, True, "1"),
    ("a2", "a", 0.3, False, "2"),
    ("a3", "a", 0.3, False, "3"),
    ("b1", "b", 0.6, True, "1"),
    ("b2", "b", 0.4, False, "2"),
    ("c1", "c", 0.5, False, "2"),
    ("c2", "c", 0.5, False, "n/a"),
]
SHARES = {"a": 0.5, "b": 0.3, "c": 0.2}


@pytest.fixture
def system():
    indicators = [
        {
            "id": name,
            "group": group,
            "name_zh": name,
            "name_en": name,
            "kind": "quantitative",
            "unit": "kg/t",
            "direction": "lower",
            "limiting": limiting,
            "weight": weight,
            "definition": "mass per tonne",
            "boundary": "works",
        }
        for name, group, weight, limiting, _ in ROWS
    ]
    groups = [
        {"id": g, "name_zh": g, "name_en": g, "weight": w, "status": "ASSUMED"} for g, w in SHARES.items()
    ]
    return IndicatorSystem.model_validate(
        {
            "id": "worked",
            "name_zh": "例",
            "name_en": "worked case",
            "functional_unit": "t",
            "sources": {},
            "groups": groups,
            "indicators": indicators,
        }
    )


@pytest.fixture
def thresholds():
    return pd.DataFrame(
        [(name, level, value) for name, *_ in ROWS for level, value in (("I", 1), ("II", 2), ("III", 3))],
        columns=["indicator", "level", "value"],
    )


@pytest.fixture
def weights():
    return pd.DataFrame(
        [(group, name, SHARES[group] * weight) for name, group, weight, *_ in ROWS],
        columns=["group", "indicator", "weight"],
    )


@pytest.fixture
def plants():
    return pd.DataFrame({name: [cell] for name, *_, cell in ROWS}, index=pd.Index(["P"], name="plant"))


def test_the_worked_case_scores_38_85_100_and_is_level_two(plants, system, thresholds, weights):
    (row,) = evaluate(plants, system, thresholds, weights).to_dict("records")
    assert (row["Y_I"], row["Y_II"], row["Y_III"]) == (38.0, 85.0, 100.0)
    assert row["level"] == "II"


def test_both_limiting_indicators_of_the_worked_case_reach_level_one(plants, system, thresholds, weights):
    assert evaluate(plants, system, thresholds, weights)["limiting_failed"].tolist() == [""]


def test_silence_about_c2_costs_its_weight_where_not_applicable_does_not(plants, system, thresholds, weights):
    silent = plants.assign(c2="")
    (row,) = evaluate(silent, system, thresholds, weights).to_dict("records")
    assert (row["Y_I"], row["Y_II"], row["Y_III"], row["level"]) == (38.0, 75.0, 90.0, "none")


def test_a_whole_group_that_does_not_apply_gives_its_weight_to_the_others(
    plants, system, thresholds, weights
):
    without_c = plants.assign(c1="n/a")
    (row,) = evaluate(without_c, system, thresholds, weights).to_dict("records")
    # A .5 and B .3 of .8: Y_I = 100 (.2 + .18) / .8, Y_II = 100 (.35 + .3) / .8
    assert (row["Y_I"], row["Y_II"], row["Y_III"]) == (47.5, 81.25, 100.0)
    assert row["level"] == "III"
