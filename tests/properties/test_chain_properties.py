"""What a joint calibration promises for every sample."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weighed_runs import weighed

from methodology.chain import calibrate_both, joint_thresholds, propose
from methodology.evaluation import attainment_of_whole, evaluate
from methodology.evaluation.exact import exact
from methodology.indicators import IndicatorSystem, as_sample
from methodology.parameters import Footing

READINGS = ("limiting", "limiting-and-rest-at-two")


def standard(rng, names):
    described = {level: {"zh": level, "en": level} for level in ("I", "II", "III")}
    rows = []
    for name in names:
        row = {"id": name, "group": str(rng.choice(["g", "h"])), "name_zh": name, "name_en": name}
        row |= {"kind": "quantitative", "unit": "1", "direction": str(rng.choice(["lower", "higher"]))}
        row |= {"limiting": bool(rng.random() < 0.2), "definition": "d", "boundary": "b"}
        if rng.random() < 0.1 and name != names[0]:
            row |= {"kind": "qualitative", "levels": described, "direction": "lower"}
        rows.append(row)
    groups = sorted({row["group"] for row in rows})
    sizes = {g: sum(row["group"] == g for row in rows) for g in groups}
    content = {"id": "made", "name_zh": "例", "name_en": "made", "functional_unit": "t", "sources": {}}
    content["groups"] = [
        {"id": g, "name_zh": g, "name_en": g, "weight": 1 / len(groups), "status": "ASSUMED"} for g in groups
    ]
    content["indicators"] = [row | {"weight": 1 / sizes[row["group"]]} for row in rows]
    return IndicatorSystem.model_validate(content)


def cells(rng, system, n):
    columns = {}
    for indicator in system.indicators:
        if indicator.kind == "qualitative":
            column = rng.choice(["I", "II", "III", "none"], size=n, p=[0.4, 0.3, 0.2, 0.1]).astype(object)
        else:
            column = rng.integers(0, int(rng.choice([4, 50])), size=n).astype(object)
            below = rng.random(n) < 0.05
            if indicator.direction == "lower":
                column[below] = [f"<{value}" for value in column[below]]
        state = rng.random(n)
        column[state < 0.06] = ""
        column[(state > 0.95) & (np.arange(n) > 1)] = "n/a"
        columns[indicator.id] = column
    table = pd.DataFrame(columns, index=pd.Index([f"P{k}" for k in range(n)], name="plant"))
    table[system.ids[0]] = rng.integers(0, 30, size=n)  # something applies to everyone
    return table


def judged(rng, system, table):
    """The same plants, of which a norm grants some a correction at some levels only; one cannot be computed."""
    sample = as_sample(table, system)
    names = [item.id for item in system.indicators if item.kind == "quantitative"]
    levels = [("III",), ("I", "III"), ("II",), ("I",)][int(rng.integers(4))]
    signs = [system[name].sign for name in names]
    steps = rng.integers(0, 6, (len(table), len(names))) * (rng.random((len(table), len(names))) < 0.4)
    own = sample.values[names] - steps * signs
    own.iloc[1, 0] = np.nan
    return replace(sample, by_level=dict.fromkeys(levels, own))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(8, 35), st.sampled_from(READINGS), st.booleans())
def test_a_target_is_met_or_explained_and_the_share_is_a_recount(seed, n, reading, by_level):
    rng = np.random.default_rng(seed)
    names = [f"i{k}" for k in range(int(rng.integers(2, 7)))]
    system = standard(rng, names)
    sample = cells(rng, system, n)
    sample = judged(rng, system, sample) if by_level else sample
    targets = dict(
        zip(("I", "II", "III"), np.sort(rng.choice(np.arange(1, 99), 3, replace=False)) / 100, strict=True)
    )
    out = joint_thresholds(sample, system, system.weights, targets=targets, level_one=reading, folds=0)
    outcome = evaluate(sample, system, out, system.weights, level_one=reading)
    assert attainment_of_whole(outcome) == out.attainment
    assert not (out["value"] < out["lower"]).any()
    assert not (out["value"] > out["upper"]).any()
    for level, target in targets.items():
        assert out.explanation[level] or out.attainment[level] >= target
        away = exact(out.attainment[level]) - exact(target)
        if out.explanation[level] == "" and not by_level:
            assert 0 <= away <= exact(1 / n), (level, float(away))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32))
def test_the_order_of_plants_and_a_change_of_unit_leave_the_answer_alone(seed):
    rng = np.random.default_rng(seed)
    system = standard(rng, ["a", "b", "c"])
    sample = cells(rng, system, 20)
    targets = {"I": 0.1, "II": 0.3, "III": 0.6}
    one = joint_thresholds(sample, system, system.weights, targets=targets, folds=0)
    turned = joint_thresholds(
        sample.sample(frac=1, random_state=1), system, system.weights, targets=targets, folds=0
    )
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(turned))
    assert one.marginal_share == turned.marginal_share


def turned_round(system):
    """The same standard with its rows in the other order."""
    return IndicatorSystem.model_validate(
        {
            **system.model_dump(mode="json"),
            "indicators": [i.model_dump(mode="json") for i in system.indicators[::-1]],
        }
    )


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from(READINGS))
def test_the_order_of_the_rows_of_a_standard_changes_no_value(seed, reading):
    rng = np.random.default_rng(seed)
    system = standard(rng, [f"i{k}" for k in range(5)])
    table, targets = cells(rng, system, 20), {"I": 0.1, "II": 0.3, "III": 0.6}
    one, other = (
        joint_thresholds(table, own, own.weights, targets=targets, level_one=reading, folds=3)
        for own in (system, turned_round(system))
    )
    order = ["indicator", "level"]
    values = [pd.DataFrame(found).set_index(order)["value"].sort_index() for found in (one, other)]
    pd.testing.assert_series_equal(*values)
    assert (one.attainment, one.cross_validated) == (other.attainment, other.cross_validated)


@pytest.mark.parametrize("name", ["sintering", "pelletizing", "rolling"])
def test_the_order_of_the_rows_of_a_shipped_standard_changes_nothing_that_is_proposed(name):
    own = weighed(name)
    proposed = []
    for system in (own.system, turned_round(own.system)):
        weights = own.weights.published.set_index("indicator").loc[list(system.ids)].reset_index()
        footing = Footing.of(own.run, folds=0)
        tables = calibrate_both(own.sample, system, weights, own.run.thresholds, folds=0, footing=footing)
        document = propose(tables, weights, own.sample, system, own.run, footing=footing)
        found = {entry["id"]: entry["levels"] for entry in document["indicators"]}
        proposed.append({key: [one["proposed"] for one in levels.values()] for key, levels in found.items()})
    assert proposed[0] == proposed[1]
