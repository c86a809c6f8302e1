from itertools import product

import numpy as np
import pandas as pd
import pytest

from methodology.chain import attainment_of_whole, joint_thresholds
from methodology.errors import MethodError
from methodology.evaluation import evaluate
from methodology.indicators import IndicatorSystem

TARGETS = {"I": 0.1, "II": 0.3, "III": 0.6}


def make_system(names, weights=None, limiting=()):
    weights = weights or dict.fromkeys(names, 1 / len(names))
    rows = []
    for name in names:
        row = {
            "id": name,
            "group": "g",
            "name_zh": name,
            "name_en": name,
            "kind": "quantitative",
            "unit": "1",
        }
        row |= {"direction": "lower", "limiting": name in limiting, "weight": weights[name]}
        rows.append(row | {"definition": "d", "boundary": "b"})
    content = {"id": "made", "name_zh": "例", "name_en": "made", "functional_unit": "t", "sources": {}}
    content["groups"] = [{"id": "g", "name_zh": "g", "name_en": "g", "weight": 1, "status": "ASSUMED"}]
    return IndicatorSystem.model_validate(content | {"indicators": rows})


def plants(n, names, seed=1):
    values = np.random.default_rng(seed).normal(size=(n, len(names))).round(3)
    return pd.DataFrame(
        values, columns=list(names), index=pd.Index([f"P{k:02d}" for k in range(n)], name="plant")
    )


def mean_share(table, sample, level):
    rows = table[table["level"] == level]
    return float((rows["attained"] / len(sample)).sum())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_attains_the_targets_with_stricter_values_than_the_common_share(seed):
    names = "abcdef"
    weights = dict(zip(names, (0.3, 0.25, 0.15, 0.1, 0.1, 0.1), strict=True))
    system, sample = make_system(names, weights, limiting="a"), plants(20, names, seed)
    common = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0)
    program = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0, method="milp")
    shares = attainment_of_whole(evaluate(sample, system, program, system.weights))
    assert shares == program.attainment
    for level, target in TARGETS.items():
        assert shares[level] >= target
        assert program.explanation[level] == ""
    assert mean_share(program, sample, "II") <= mean_share(common, sample, "II")


def test_level_two_is_the_best_of_all_choices_of_values():
    names, n = "abc", 9
    system, sample = make_system(names, dict(zip(names, (0.5, 0.35, 0.15), strict=True))), plants(n, "abc", 7)
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0, method="milp")
    ordered = np.sort(sample.to_numpy(), axis=0)
    at_least = int(np.ceil(0.3 * n))
    best = np.inf
    for ranks in product(range(at_least, n + 1), repeat=3):
        limits = np.array([ordered[r - 1, k] for k, r in enumerate(ranks)])
        score = (sample.to_numpy() <= limits) @ np.array([50, 35, 15])
        if (score >= 85).sum() >= at_least:
            best = min(best, sum(ranks))
    assert out.loc[out["level"] == "II", "attained"].sum() == best


def test_every_indicator_keeps_its_own_promise_too():
    system, sample = make_system("abcd"), plants(15, "abcd")
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0, method="milp")
    for level, target in TARGETS.items():
        assert (out.loc[out["level"] == level, "attainment"] >= target).all()


def test_the_newer_reading_of_level_one_holds_in_the_program():
    system, sample = make_system("abcd", limiting="a"), plants(20, "abcd", 4)
    newer = {"level_one": "limiting-and-rest-at-two"}
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0, method="milp", **newer)
    outcome = evaluate(sample, system, out, system.weights, **newer)
    assert attainment_of_whole(outcome) == out.attainment
    assert out.attainment["I"] >= 0.1


def test_what_is_out_of_reach_falls_back_and_says_why():
    system = make_system("abc", limiting="a")
    sample = plants(12, "abc").astype(object)
    sample.loc[sample.index[:9], "a"] = ""
    out = joint_thresholds(sample, system, system.weights, targets=TARGETS, folds=0, method="milp")
    assert "not reported by 9 plants" in out.explanation["III"]
    assert out.explanation["I"] == ""


def test_a_level_one_that_the_strict_level_two_leaves_no_room_for_is_explained():
    system = make_system("ab", {"a": 0.9, "b": 0.1})
    sample = pd.DataFrame({"a": [1.0, 2, 3, 4, 5], "b": [5.0, 4, 3, 2, 1]}, index=list("PQRST"))
    newer = {"level_one": "limiting-and-rest-at-two"}
    targets = {"I": 0.2, "II": 0.2, "III": 0.8}
    out = joint_thresholds(sample, system, system.weights, targets=targets, folds=0, method="milp", **newer)
    shares = attainment_of_whole(evaluate(sample, system, out, system.weights, **newer))
    assert shares == out.attainment
    assert out.attainment["I"] == 0
    assert "At most 0 of 5 plants" in out.explanation["I"]


def test_no_proof_in_time_is_an_error():
    system, sample = make_system("abcdefgh"), plants(40, "abcdefgh")
    with pytest.raises(MethodError, match="no proven answer"):
        joint_thresholds(
            sample, system, system.weights, targets=TARGETS, folds=0, method="milp", time_limit=1e-6
        )
