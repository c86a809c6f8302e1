"""What an outsider may hand to `evaluate`: read as documented, or refused with what is wrong and where."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from methodology.errors import DataError, MethodError, ParameterError
from methodology.evaluation import evaluate
from methodology.indicators import IndicatorSystem, Level

LEVELS = ("I", "II", "III")


def indicator(name: str, limiting: bool) -> dict:
    return {
        "id": name, "group": "g", "name_zh": name, "name_en": name, "kind": "quantitative", "unit": "kg/t",
        "direction": "lower", "limiting": limiting, "weight": 0.5, "definition": "d", "boundary": "b",
    }  # fmt: skip


SYSTEM = IndicatorSystem.model_validate(
    {
        "id": "made", "name_zh": "例", "name_en": "made", "functional_unit": "t", "sources": {},
        "groups": [{"id": "g", "name_zh": "g", "name_en": "g", "weight": 1, "status": "ASSUMED"}],
        "indicators": [indicator("x", True), indicator("y", False)],
    }
)  # fmt: skip
PLANTS = pd.DataFrame({"x": [1, 2], "y": [1, 3]}, index=["P1", "P2"])
LIMITS = pd.DataFrame(
    [(name, level, value) for name in "xy" for level, value in zip(LEVELS, (1, 2, 3), strict=True)],
    columns=["indicator", "level", "value"],
)
WEIGHTS = pd.DataFrame({"indicator": ["x", "y"], "weight": [0.5, 0.5]})


def levels(
    plants: object = PLANTS, limits: object = LIMITS, weights: object = WEIGHTS, **choices: object
) -> list[str]:
    return evaluate(plants, SYSTEM, limits, weights, **choices)["level"].tolist()


@pytest.mark.parametrize(
    "plants",
    [
        PLANTS[["y", "x"]],
        PLANTS.astype(str),
        PLANTS.astype("float32"),
        PLANTS.astype("Int64"),
        PLANTS.assign(route="BF-BOF"),
        PLANTS.map(lambda value: f" {value} "),
        PLANTS.rename_axis("plant").reset_index(),
    ],
)
def test_the_same_plants_in_another_form_have_the_same_levels(plants):
    assert levels(plants) == ["I", "III"]


def test_plants_named_in_a_column_keep_their_names():
    table = PLANTS.rename_axis("plant").reset_index()
    assert evaluate(table, SYSTEM, LIMITS, WEIGHTS)["plant"].tolist() == ["P1", "P2"]


@pytest.mark.parametrize(
    "limits",
    [
        LIMITS.sample(frac=1, random_state=3),
        LIMITS[["value", "level", "indicator"]],
        LIMITS.assign(level=[Level(level) for level in LIMITS["level"]]),
        LIMITS.astype({"level": "category"}),
        LIMITS.astype({"value": str}),
        LIMITS.assign(unit="kg/t", note="read off the sample"),
    ],
)
def test_the_same_values_in_another_form_give_the_same_levels(limits):
    assert levels(limits=limits) == ["I", "III"]


@pytest.mark.parametrize(
    "weights",
    [
        WEIGHTS[::-1],
        WEIGHTS.set_index("indicator"),
        WEIGHTS.set_index("indicator")["weight"],
        WEIGHTS.astype({"weight": str}),
        WEIGHTS.assign(group="能源", local_weight=0.5),
    ],
)
def test_the_same_weights_in_another_form_give_the_same_levels(weights):
    assert levels(weights=weights) == ["I", "III"]


@pytest.mark.parametrize("silence", [np.nan, None, "", pd.NA])
def test_a_plant_that_reports_nothing_reaches_nothing_and_is_still_decided(silence):
    plants = PLANTS.astype(object)
    plants.loc["P1"] = [silence, silence]
    table = evaluate(plants, SYSTEM, LIMITS, WEIGHTS)
    assert table.loc[0, ["Y_I", "Y_II", "Y_III", "level"]].tolist() == [0, 0, 0, "none"]
    assert table.loc[0, "limiting_failed"] == "x"


def test_a_table_without_plants_gives_a_table_without_rows():
    out = evaluate(PLANTS.iloc[:0], SYSTEM, LIMITS, WEIGHTS)
    assert list(out.columns) == ["plant", "Y_I", "Y_II", "Y_III", "level", "limiting_failed"]
    assert out.empty


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"plants": PLANTS[["x"]]}, "'y' of system 'made' has no column"),
        ({"plants": PLANTS.replace(3, "three")}, "plant 'P2': 'three' is not a number"),
        ({"plants": PLANTS.astype(float).replace(3, np.inf)}, "inf is not a number"),
        ({"plants": PLANTS.set_axis(["P", "P"])}, "'P' is given more than once"),
        ({"plants": pd.concat([PLANTS, PLANTS[["x"]]], axis=1)}, "'x' has more than one column"),
        ({"plants": [[1, 2]]}, "The plants are a list"),
        ({"plants": {"x": [1], "y": [1]}}, "The plants are a dict"),
        ({"limits": LIMITS.iloc[1:]}, "'x' has no value for level I"),
        ({"limits": LIMITS.replace("III", "3")}, "'3' is not a level"),
        ({"limits": LIMITS.assign(value=[3, 2, 1] * 2)}, "level I of 'x' (3) is looser than level II (2)"),
        ({"limits": LIMITS.assign(value="low")}, "level I of 'x' is 'low', which is no number"),
        ({"limits": LIMITS.assign(value=[1, 2, np.inf] * 2)}, "level III of 'x' is inf, which is no number"),
        ({"limits": LIMITS.pivot(index="indicator", columns="level", values="value")}, "no such column"),
        ({"limits": LIMITS.assign(value=[1, 2, 10**400] * 2)}, "which is no number"),
        ({"limits": LIMITS.assign(value=True)}, "level I of 'x' is True, which is no number"),
        ({"limits": LIMITS.assign(value=[1j, 2j, 3j] * 2)}, "which is no number"),
        ({"limits": LIMITS.assign(value=pd.Timestamp("2026-01-01"))}, "which is no number"),
        ({"limits": LIMITS.assign(indicator=[["x"]] * 6)}, "is not part of system 'made'"),
        ({"limits": pd.concat([LIMITS, LIMITS[["value"]]], axis=1)}, "'value': 2 columns have this name"),
        ({"weights": WEIGHTS.assign(weight=[10**400, 0.5])}, "'x' has weight 1000"),
        ({"weights": WEIGHTS.assign(weight=[True, False])}, "'x' has weight True"),
        ({"weights": WEIGHTS.assign(weight=[0.5j, 0.5])}, "'x' has weight 0.5j"),
        ({"weights": WEIGHTS.assign(indicator=[["x"], "y"])}, "'x' has no weight"),
        (
            {"weights": pd.concat([WEIGHTS, WEIGHTS[["weight"]]], axis=1)},
            "'weight': 2 columns have this name",
        ),
        ({"limits": None}, "The thresholds are a NoneType"),
        ({"weights": WEIGHTS.assign(weight=[1, 1])}, "sum to 2, not to 1"),
        ({"weights": WEIGHTS.assign(weight=["50 %", "50 %"])}, "'x' has weight 50 %"),
        ({"weights": pd.Series({"x": "half", "y": "half"})}, "'x' has weight half"),
        ({"weights": WEIGHTS.iloc[:1]}, "'y' has no weight"),
        ({"weights": {"x": 0.5, "y": 0.5}}, "The weights are a dict"),
    ],
)
def test_a_table_at_fault_is_refused_with_what_and_where(given, says):
    with pytest.raises(DataError) as caught:
        levels(**given)
    assert says in str(caught.value)


@pytest.mark.parametrize("cut", ["85", True, float("nan"), 100.5])
def test_a_cut_that_is_no_score_is_refused(cut):
    with pytest.raises(MethodError, match="cut"):
        levels(cut=cut)


@pytest.mark.parametrize("system", ["ironmaking", None, {}])
def test_a_system_that_is_none_is_refused(system):
    with pytest.raises(ParameterError, match="give an IndicatorSystem"):
        evaluate(PLANTS, system, LIMITS, WEIGHTS)
