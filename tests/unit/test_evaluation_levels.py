import numpy as np
import pandas as pd
import pytest

from methodology.errors import DataError, MethodError
from methodology.evaluation import evaluate
from methodology.indicators import CellState, IndicatorSystem, Sample, as_sample


def make_system(*indicators, groups=None, rule=None):
    """Indicators as dicts with id, group and whatever differs; weights are equal within a group."""
    ids = [i["group"] for i in indicators]
    shares = groups or {g: 1 / len(set(ids)) for g in dict.fromkeys(ids)}
    described = {level: {"zh": level, "en": level} for level in ("I", "II", "III")}
    filled = []
    for given in indicators:
        basic = {"name_zh": given["id"], "name_en": given["id"], "kind": "quantitative", "unit": "kg/t"}
        basic |= {"direction": "lower", "definition": "d", "boundary": "b"}
        basic |= {"weight": 1 / ids.count(given["group"])}
        if given.get("kind") == "qualitative":
            basic |= {"unit": "level", "levels": described}
        filled.append(basic | given)
    content = {"id": "made", "name_zh": "例", "name_en": "made", "functional_unit": "t", "sources": {}}
    content["groups"] = [
        {"id": g, "name_zh": g, "name_en": g, "weight": w, "status": "ASSUMED"} for g, w in shares.items()
    ]
    return IndicatorSystem.model_validate(content | {"indicators": filled, "rule": rule})


def thresholds_of(**values):
    """One triple (I, II, III) per indicator."""
    return pd.DataFrame(
        [(n, lv, v) for n, three in values.items() for lv, v in zip(("I", "II", "III"), three, strict=True)],
        columns=["indicator", "level", "value"],
    )


def table(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.Index([f"P{k}" for k in range(1, n + 1)], name="plant"))


@pytest.fixture
def two():
    return make_system({"id": "x", "group": "g", "limiting": True}, {"id": "y", "group": "g"})


LIMITS = {"x": (1, 2, 3), "y": (1, 2, 3)}


def weights_of(**weights):
    return pd.DataFrame({"indicator": list(weights), "weight": list(weights.values())})


def level_of(system, cells, weights, limits=LIMITS, **choices):
    plants = table(**{name: [cell] for name, cell in cells.items()})
    return evaluate(plants, system, thresholds_of(**limits), weights, **choices)["level"].item()


def test_the_table_has_the_columns_of_evaluation_csv(two):
    out = evaluate(table(x=[1], y=[1]), two, thresholds_of(**LIMITS), weights_of(x=0.5, y=0.5))
    assert list(out.columns) == ["plant", "Y_I", "Y_II", "Y_III", "level", "limiting_failed"]
    assert out["plant"].tolist() == ["P1"]


def test_a_plant_at_level_one_also_scores_full_marks_at_two_and_three(two):
    out = evaluate(table(x=[1], y=[1]), two, thresholds_of(**LIMITS), weights_of(x=0.5, y=0.5))
    assert out[["Y_I", "Y_II", "Y_III"]].to_numpy().tolist() == [[100.0, 100.0, 100.0]]


def test_a_value_equal_to_the_benchmark_reaches_it(two):
    assert level_of(two, {"x": "2", "y": "2"}, weights_of(x=0.5, y=0.5)) == "II"
    assert level_of(two, {"x": "2.0000001", "y": "2"}, weights_of(x=0.5, y=0.5)) == "III"


def test_exactly_85_is_enough_and_a_hair_less_is_not(two):
    assert level_of(two, {"x": "1", "y": "3"}, weights_of(x=0.85, y=0.15)) == "I"
    assert level_of(two, {"x": "1", "y": "3"}, weights_of(x=0.849999999999, y=0.150000000001)) == "III"


@pytest.mark.parametrize(
    "parts", [(0.1, 0.2, 0.55, 0.15), (0.35, 0.3, 0.1 + 0.1, 0.15), (0.05, 0.7, 0.1, 0.15)]
)
def test_weights_whose_float_sum_misses_85_percent_still_reach_it(parts):
    system = make_system(*({"id": n, "group": "g"} for n in "abcd"))
    limits = dict.fromkeys("abcd", (1, 2, 3))
    cells = {"a": "1", "b": "1", "c": "1", "d": "2"}
    assert level_of(system, cells, weights_of(**dict(zip("abcd", parts, strict=True))), limits) == "I"


def test_weights_that_are_float_products_mean_the_decimals_they_were_made_of():
    system = make_system(*({"id": n, "group": "g"} for n in "abc"))
    weights = weights_of(a=0.1 * 0.7, b=0.78, c=0.15)  # 0.06999999999999999
    limits = dict.fromkeys("abc", (1, 2, 3))
    assert level_of(system, {"a": "1", "b": "1", "c": "2"}, weights, limits) == "I"


def test_weights_of_thirds_decide_85_exactly():
    names = [f"i{k}" for k in range(6)]
    system = make_system(*({"id": n, "group": f"g{k // 2}"} for k, n in enumerate(names)))
    weights = weights_of(**{n: (0.85 if k % 2 == 0 else 0.15) / 3 for k, n in enumerate(names)})
    cells = {n: "1" if k % 2 == 0 else "3" for k, n in enumerate(names)}
    plants = table(**{n: [c] for n, c in cells.items()})
    out = evaluate(plants, system, thresholds_of(**dict.fromkeys(names, (1, 2, 3))), weights)
    assert out["Y_I"].item() == 85.0
    assert out["level"].item() == "I"


def test_level_three_needs_every_point(two):
    assert level_of(two, {"x": "1", "y": "4"}, weights_of(x=0.84, y=0.16)) == "none"
    assert level_of(two, {"x": "3", "y": "3"}, weights_of(x=1 / 3, y=2 / 3)) == "III"


def test_a_limiting_indicator_blocks_whatever_the_score(two):
    weights = weights_of(x=0.1, y=0.9)
    out = evaluate(table(x=["2"], y=["1"]), two, thresholds_of(**LIMITS), weights)
    assert (out["Y_I"].item(), out["level"].item(), out["limiting_failed"].item()) == (90.0, "II", "x")


def test_a_limiting_indicator_that_is_not_reported_blocks(two):
    weights = weights_of(x=0.1, y=0.9)
    out = evaluate(table(x=[""], y=["1"]), two, thresholds_of(**LIMITS), weights)
    assert (out["Y_I"].item(), out["level"].item(), out["limiting_failed"].item()) == (90.0, "none", "x")


def test_a_limiting_indicator_that_does_not_apply_blocks_nothing(two):
    out = evaluate(table(x=["n/a"], y=["1"]), two, thresholds_of(**LIMITS), weights_of(x=0.1, y=0.9))
    assert (out["Y_I"].item(), out["level"].item(), out["limiting_failed"].item()) == (100.0, "I", "")


def test_limiting_failed_names_all_that_block_the_next_better_level():
    system = make_system(*({"id": n, "group": "g", "limiting": n != "c"} for n in "abc"))
    limits = dict.fromkeys("abc", (1, 2, 3))
    weights = weights_of(a=0.05, b=0.05, c=0.9)
    plants = table(a=["1", "2", "9"], b=["2", "2", "3"], c=["1", "1", "1"])
    out = evaluate(plants, system, thresholds_of(**limits), weights)
    assert out["level"].tolist() == ["II", "II", "none"]
    assert out["limiting_failed"].tolist() == ["b", "a b", "a"]


def test_the_newer_reading_of_level_one_asks_the_rest_to_reach_two(two):
    weights = weights_of(x=0.85, y=0.15)
    assert level_of(two, {"x": "1", "y": "3"}, weights) == "I"
    newer = {"level_one": "limiting-and-rest-at-two"}
    assert level_of(two, {"x": "1", "y": "3"}, weights, **newer) == "II"
    assert level_of(two, {"x": "1", "y": "2"}, weights, **newer) == "I"
    assert level_of(two, {"x": "1", "y": "n/a"}, weights, **newer) == "I"
    assert level_of(two, {"x": "1", "y": ""}, weights, **newer) == "II"


def test_the_reading_and_the_cut_come_from_the_system_unless_stated():
    rule = {
        "scores": {"I": 90, "II": 80, "III": 100},
        "level_one": "limiting",
        "source": "s",
        "status": "recalled",
    }
    system = make_system({"id": "x", "group": "g"}, {"id": "y", "group": "g"}, rule=rule)
    weights = weights_of(x=0.85, y=0.15)
    assert level_of(system, {"x": "1", "y": "3"}, weights) == "II"
    assert level_of(system, {"x": "1", "y": "3"}, weights, cut=85.0) == "I"
    assert level_of(system, {"x": "1", "y": "3"}, weights, cut=0.0, level_one="system") == "II"


def test_below_a_stated_limit_reaches_only_what_is_proven(two):
    weights = weights_of(x=0.5, y=0.5)
    assert level_of(two, {"x": "<1", "y": "1"}, weights) == "I"
    assert level_of(two, {"x": "<1.5", "y": "1"}, weights) == "II"


def test_below_a_stated_limit_proves_nothing_where_higher_is_better():
    system = make_system({"id": "x", "group": "g", "direction": "higher"})
    assert level_of(system, {"x": "<99"}, weights_of(x=1.0), {"x": (90, 50, 10)}) == "none"
    assert level_of(system, {"x": "90"}, weights_of(x=1.0), {"x": (90, 50, 10)}) == "I"


def test_an_interval_indicator_is_judged_by_its_distance_from_the_target():
    system = make_system({"id": "x", "group": "g", "direction": "interval", "target": (1.8, 2.1)})
    limits = {"x": (0, 0.1, 0.2)}
    for cell, level in {
        "1.8": "I",
        "2.2": "II",
        "1.7": "II",
        "2.3": "III",
        "1.6": "III",
        "2.31": "none",
    }.items():
        assert level_of(system, {"x": cell}, weights_of(x=1.0), limits) == level, cell


def test_a_qualitative_indicator_needs_no_rows_in_the_thresholds_table():
    system = make_system({"id": "q", "group": "g", "kind": "qualitative"}, {"id": "x", "group": "g"})
    plants = table(q=["I", "III", "none"], x=[1, 1, 1])
    out = evaluate(plants, system, thresholds_of(x=(1, 2, 3)), weights_of(q=0.5, x=0.5))
    assert out["level"].tolist() == ["I", "III", "none"]
    assert out["Y_II"].tolist() == [100.0, 50.0, 50.0]


def test_indicators_of_a_sample_may_come_in_any_order(two):
    sample = as_sample(table(x=["1", "3"], y=["3", "1"]), two)
    turned = Sample(sample.values[["y", "x"]], sample.states[["y", "x"]])
    weights = weights_of(y=0.15, x=0.85)
    first = evaluate(sample, two, thresholds_of(**LIMITS), weights)
    pd.testing.assert_frame_equal(first, evaluate(turned, two, thresholds_of(**LIMITS), weights))
    assert first["level"].tolist() == ["I", "III"]


def test_a_plant_to_which_nothing_applies_is_refused_by_name(two):
    with pytest.raises(DataError, match="P2"):
        evaluate(
            table(x=["1", "n/a"], y=["1", "n/a"]), two, thresholds_of(**LIMITS), weights_of(x=0.5, y=0.5)
        )


def test_missing_benchmark_values_are_listed_all_at_once(two):
    with pytest.raises(DataError) as caught:
        evaluate(
            table(x=[1], y=[1]),
            two,
            thresholds_of(**LIMITS).iloc[[1, 2, 3]],
            weights_of(x=0.5, y=0.5),
        )
    assert "'x' has no value for level I" in str(caught.value)
    assert "'y' has no value for level II, III" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(indicator="z"), "'z' is not part of system 'made'"),
        (lambda t: t.assign(level="IV"), "'IV' is not a level"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "level I of 'x' is given more than once"),
        (
            lambda t: t.assign(value=t["value"].to_numpy()[::-1]),
            r"level I of 'x' \(3\) is looser than level II \(2\)",
        ),
        (lambda t: t.assign(unit="t"), "'x' is stated in 't', the system in 'kg/t'"),
        (lambda t: t.drop(columns="value"), "no such column"),
    ],
)
def test_a_thresholds_table_at_fault_is_refused(two, change, message):
    with pytest.raises(DataError, match=message):
        evaluate(table(x=[1], y=[1]), two, change(thresholds_of(**LIMITS)), weights_of(x=0.5, y=0.5))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (weights_of(x=1.0), "indicator 'y' has no weight"),
        (weights_of(x=0.5, y=0.4, z=0.1), "indicator 'z' is not part of system 'made'"),
        (weights_of(x=-0.5, y=1.5), "'x' has weight -0.5"),
        (weights_of(x=np.nan, y=1.0), "'x' has weight nan"),
        (weights_of(x=50, y=50), "sum to 100, not to 1"),
        (pd.concat([weights_of(x=0.5, y=0.5)] * 2), "'x' has more than one weight"),
        (weights_of(x=0.5, y=0.5).drop(columns="weight"), "no such column"),
    ],
)
def test_a_weights_table_at_fault_is_refused(two, weights, message):
    with pytest.raises(DataError, match=message):
        evaluate(table(x=[1], y=[1]), two, thresholds_of(**LIMITS), weights)


def test_groups_cut_differently_than_in_the_system_are_refused(two):
    weights = weights_of(x=0.5, y=0.5).assign(group=["g", "other"])
    with pytest.raises(DataError, match="does not hold the same indicators"):
        evaluate(table(x=[1], y=[1]), two, thresholds_of(**LIMITS), weights)


def test_groups_may_be_labelled_differently(two):
    weights = weights_of(x=0.85, y=0.15).assign(group="能源")
    assert level_of(two, {"x": "1", "y": "3"}, weights) == "I"


@pytest.mark.parametrize("choice", [{"level_one": "strict"}, {"cut": 101}, {"cut": -1}])
def test_an_unknown_reading_or_cut_is_refused(two, choice):
    with pytest.raises(MethodError):
        evaluate(table(x=[1], y=[1]), two, thresholds_of(**LIMITS), weights_of(x=0.5, y=0.5), **choice)


def test_a_sample_without_a_column_is_refused(two):
    values = pd.DataFrame({"x": [1.0]}, index=["P1"])
    states = pd.DataFrame({"x": [CellState.MEASURED]}, index=["P1"], dtype="int8")
    with pytest.raises(DataError, match="'y'"):
        evaluate(Sample(values, states), two, thresholds_of(**LIMITS), weights_of(x=0.5, y=0.5))


def test_rounded_weights_that_miss_one_by_a_thousandth_still_give_100():
    system = make_system(*({"id": n, "group": "g"} for n in "abc"))
    limits = dict.fromkeys("abc", (1, 2, 3))
    weights = weights_of(a=0.333, b=0.333, c=0.333)
    plants = table(a=["3"], b=["3"], c=["3"])
    out = evaluate(plants, system, thresholds_of(**limits), weights)
    assert (out["Y_III"].item(), out["level"].item()) == (100.0, "III")


@pytest.mark.parametrize("shape", ["column", "index", "both", "series", "another index"])
def test_weights_are_read_from_a_table_however_it_is_indexed(two, shape):
    named = weights_of(x=0.85, y=0.15)
    given = {
        "column": named,
        "index": named.set_index("indicator"),
        "both": named.set_index("indicator", drop=False),
        "series": named.set_index("indicator")["weight"],
        "another index": named.set_index(pd.Index([7, 9], name="row")),
    }[shape]
    assert level_of(two, {"x": "1", "y": "3"}, given) == "I"
