"""Ten coke plants, five with old ovens: the norm grants them 5.5 kgce/t at Levels I and III and nothing at II.

| plant      | P0  | P1  | P2  | P3  | P4  | P5    | P6    | P7    | P8    | P9    |
|------------|-----|-----|-----|-----|-----|-------|-------|-------|-------|-------|
| reported   | 100 | 102 | 104 | 106 | 108 | 110   | 112   | 114   | 116   | 118   |
| I and III  | 100 | 102 | 104 | 106 | 108 | 104.5 | 106.5 | 108.5 | 110.5 | 112.5 |

Two plants reach 102 at I, four 106 at II, and the sixth best at III stands at 106.5 (P0 to P3, P5, P6).
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from methodology.chain import Setting, frontier, joint_thresholds, propose
from methodology.chain.robustness import Disturbance, level_draws, simulate_chain
from methodology.evaluation import evaluate, explanations, level_basis
from methodology.evaluation.attainment import attainment
from methodology.indicators import IndicatorSystem
from methodology.parameters import Footing, Parameters
from methodology.parameters.model import SensitivityChoices, ThresholdChoices
from methodology.results import Results
from methodology.sample import correct
from methodology.thresholds.table import thresholds_table

TARGETS = {"I": 0.2, "II": 0.4, "III": 0.6}
BY_HAND = [102.0, 106.0, 106.5]
LEVELS = ["I", "I", "II", "II", "none", "III", "III", "none", "none", "none"]
WEIGHTS = pd.DataFrame({"group": ["g"], "indicator": ["energy"], "weight": [1.0], "local_weight": [1.0]})


@pytest.fixture(scope="module")
def system():
    row = {
        "id": "energy",
        "group": "g",
        "name_zh": "能耗",
        "name_en": "Energy",
        "unit": "kgce/t",
        "weight": 1.0,
    }
    row |= {"kind": "quantitative", "direction": "lower", "definition": "d", "boundary": "b", "step": 0.5}
    age = {"id": "age", "target": ["energy"], "levels": ["I", "III"], "attribute": "ovens", "source": "S"}
    age |= {"table": {"old": 5.5, "young": 0}, "status": "ASSUMED"}
    content = {"id": "coke", "name_zh": "焦", "name_en": "Coke", "functional_unit": "t", "indicators": [row]}
    content |= {"sources": {"S": {"title": "t", "status": "ASSUMED"}}, "attributes": {"ovens": "old|young"}}
    content |= {"groups": [{"id": "g", "name_zh": "g", "name_en": "g", "weight": 1, "status": "ASSUMED"}]}
    return IndicatorSystem.model_validate(content | {"corrections": [age]})


@pytest.fixture(scope="module")
def sample(system):
    index = pd.Index([f"P{k}" for k in range(10)], name="plant")
    cells = {"energy": [100.0 + 2 * k for k in range(10)], "ovens": ["young"] * 5 + ["old"] * 5}
    return correct(pd.DataFrame(cells, index=index), system).sample


@pytest.fixture(scope="module")
def table(sample, system):
    return joint_thresholds(sample, system, WEIGHTS, targets=TARGETS, folds=0)


def test_both_promises_read_each_level_off_what_it_judges(sample, system, table):
    marginal = thresholds_table(sample, system, shares=TARGETS)
    for found in (marginal, table):
        assert found["value"].tolist() == BY_HAND
        assert found["attained"].tolist() == [2, 4, 6]
    assert table.attainment == TARGETS


def test_the_evaluation_gives_the_levels_counted_by_hand(sample, system, table):
    found = evaluate(sample, system, table, WEIGHTS)
    assert found["level"].tolist() == LEVELS
    assert attainment(sample, system, table)["attained"].tolist() == [2, 4, 6]
    reported = evaluate(replace(sample, by_level={}), system, table, WEIGHTS)
    assert reported["level"].tolist() == ["I", "I", "II", "II", *["none"] * 6]


def test_who_reaches_a_stricter_level_by_a_grant_reaches_the_looser_ones(sample, system, table):
    closer = table.assign(value=[104.5, 105.0, 106.5])
    found = evaluate(sample, system, closer, WEIGHTS).set_index("plant")
    assert found.loc["P5"].tolist()[:4] == [100.0, 100.0, 100.0, "I"]  # 110 reported, 104.5 at I


def test_the_way_to_a_level_is_measured_from_what_the_level_judges(sample, system, table):
    found = {case.plant: case for case in explanations(sample, system, table, WEIGHTS)}
    young, old = found["P4"], found["P7"]
    assert young.changes[["value", "threshold", "change"]].to_numpy().tolist() == [[108.0, 106.5, 1.5]]
    assert old.changes[["value", "threshold", "change"]].to_numpy().tolist() == [[108.5, 106.5, 2.0]]


def test_levels_without_noise_and_the_repeated_chain_start_from_the_same_levels(sample, system, table):
    still = SensitivityChoices(draws=100, weight_concentration=1e9, threshold_cv=0.0, measurement_cv=0.0)
    counts = level_draws(level_basis(sample, system, table, WEIGHTS), system, still, seed=1)
    assert counts.idxmax(axis=1).tolist() == LEVELS
    assert set(counts.max(axis=1)) == {100}
    choices = ThresholdChoices(share_I=0.2, share_II=0.4, share_III=0.6, promise="joint")
    how = {"rounding": False, "resample": False, "weight_concentration": 0.0, "measurement_cv": 0.0}
    drawn = Disturbance(draws=3, **how)
    repeated = simulate_chain(sample, system, WEIGHTS, choices, seed=1, disturbance=drawn)
    assert repeated.plants.set_index("plant").loc[list(sample.plants), "level"].tolist() == LEVELS
    assert repeated.thresholds["value"].tolist() == repeated.thresholds["p95"].tolist() == BY_HAND


def test_the_frontier_passes_through_the_promise(sample, system):
    setting = Setting(targets=TARGETS, footing=Footing(folds=0))
    points = frontier(sample, system, WEIGHTS, resamples=5, setting=setting).points
    joint = points[points["point"] == "joint"]
    assert joint["attained"].tolist() == joint["admissible"].tolist() == [0.2, 0.4, 0.6]


def test_the_proposal_counts_the_plants_its_levels_judge(sample, system, table):
    rules = {"rounding": "none", "disclosure_minimum": 2, "disclosure_rule": "round"}
    choices = Parameters(system="coke", why="ten plants", proposal=rules)
    document = propose({"joint": table}, WEIGHTS, sample, system, choices)
    levels = document["indicators"][0]["levels"].values()
    assert [level["calibrated_attained"] for level in levels] == [2, 4, 6]
    judged = [sample.at(level).values["energy"].to_numpy() for level in TARGETS]
    counted = [int((own <= level["proposed"]).sum()) for own, level in zip(judged, levels, strict=True)]
    assert [level["attained"] for level in levels] == counted
    assert [level["attainment"] for level in levels] == [count / 10 for count in counted]


def test_a_sample_comes_back_from_disk_with_what_each_level_judges(sample, tmp_path):
    results = Results(tmp_path)
    results.save("sample", sample)
    back = results.load("sample")
    assert list(back.values.columns) == ["energy"]
    assert list(back.by_level) == ["I", "III"]
    for level in TARGETS:
        np.testing.assert_array_equal(back.at(level).values, sample.at(level).values)
        np.testing.assert_array_equal(back.at(level).states, sample.at(level).states)
