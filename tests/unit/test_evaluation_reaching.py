import numpy as np
import pandas as pd
import pytest

from methodology.evaluation import level_basis
from methodology.evaluation.attainment import attainment
from methodology.indicators import IndicatorSystem


@pytest.fixture
def system():
    def indicator(name, direction, **more):
        basic = {"id": name, "group": "g", "name_zh": name, "name_en": name, "kind": "quantitative"}
        basic |= {"unit": "1", "direction": direction, "weight": 1 / 3, "definition": "d", "boundary": "b"}
        return basic | more

    content = {"id": "made", "name_zh": "例", "name_en": "made", "functional_unit": "t", "sources": {}}
    content["groups"] = [{"id": "g", "name_zh": "g", "name_en": "g", "weight": 1, "status": "ASSUMED"}]
    content["indicators"] = [
        indicator("low", "lower"),
        indicator("high", "higher"),
        indicator("near", "interval", target=(5, 6)),
    ]
    return IndicatorSystem.model_validate(content)


PLANTS = pd.DataFrame(
    {
        "low": ["1", "<2", "<1", "", "n/a"],
        "high": ["9", "<9", "8", "", "7"],
        "near": ["5.5", "<5", "6.5", "4", "n/a"],
    },
    index=list("ABCDE"),
)
THRESHOLDS = pd.DataFrame(
    [
        ("low", "I", 1),
        ("low", "II", 1.5),
        ("low", "III", 2),
        ("high", "I", 9),
        ("high", "II", 8),
        ("high", "III", 7),
        ("near", "I", 0),
        ("near", "II", 0.5),
        ("near", "III", 1),
    ],
    columns=["indicator", "level", "value"],
)


def test_each_level_has_its_table(system):
    basis = level_basis(PLANTS, system, THRESHOLDS, system.weights)
    first, second, third = (
        pd.DataFrame(table, index=PLANTS.index, columns=system.ids) for table in basis.standing.reached
    )
    assert first["low"].tolist() == [True, False, True, False, False]
    assert second["low"].tolist() == [True, False, True, False, False]
    assert third["low"].tolist() == [True, True, True, False, False]
    assert first["high"].tolist() == [True, False, False, False, False]
    assert third["high"].tolist() == [True, False, True, False, True]
    assert second["near"].tolist() == [True, False, True, False, False]
    assert third["near"].tolist() == [True, False, True, True, False]


def test_attainment_counts_plants_that_state_a_value(system):
    out = attainment(PLANTS, system, THRESHOLDS).set_index(["indicator", "level"])
    assert out.loc[("low", "I"), ["attained", "n"]].tolist() == [2, 3]
    assert out.loc[("high", "III"), ["attained", "n"]].tolist() == [3, 4]
    assert out.loc[("low", "I"), "attainment"] == pytest.approx(2 / 3)


def test_attainment_of_an_indicator_nobody_states_is_undefined(system):
    silent = PLANTS.assign(low="")
    out = attainment(silent, system, THRESHOLDS).set_index(["indicator", "level"])
    assert out.loc[("low", "I"), "n"] == 0
    assert np.isnan(out.loc[("low", "I"), "attainment"])
