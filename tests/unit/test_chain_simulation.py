from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from methodology.chain.bands import drawn_plants
from methodology.chain.robustness import Disturbance, simulate_chain
from methodology.chain.robustness.repeated_chain import drawn_weights
from methodology.errors import MethodError, ParameterError
from methodology.evaluation import evaluate
from methodology.indicators import IndicatorSystem
from methodology.parameters.model import ThresholdChoices
from methodology.thresholds.table import thresholds_table

STILL = {"weight_concentration": 0.0, "measurement_cv": 0.0, "resample": False}
EASY = ThresholdChoices(promise="marginal", share_I=0.3, share_II=0.6, share_III=0.9)


def make_system(**changes):
    described = {level: {"zh": level, "en": level} for level in ("I", "II", "III")}
    rows = []
    for name in "abcq":
        row = {
            "id": name,
            "group": "g",
            "name_zh": name,
            "name_en": name,
            "kind": "quantitative",
            "unit": "1",
        }
        row |= {"direction": "higher" if name == "b" else "lower", "weight": 0.25, "definition": "d"}
        row |= {"boundary": "b", "limiting": name == "a"}
        if name == "q":
            row |= {"kind": "qualitative", "levels": described}
        rows.append(row | changes.get(name, {}))
    content = {"id": "made", "name_zh": "例", "name_en": "made", "functional_unit": "t", "sources": {}}
    content["groups"] = [{"id": "g", "name_zh": "g", "name_en": "g", "weight": 1, "status": "ASSUMED"}]
    return IndicatorSystem.model_validate(content | {"indicators": rows})


@pytest.fixture
def sample():
    rng = np.random.default_rng(3)
    latent = rng.normal(size=24)
    table = pd.DataFrame({"a": 50 + 5 * latent, "b": 50 - 5 * latent + rng.normal(size=24)})
    table["c"] = np.round(20 + latent + rng.normal(size=24), 3)
    table["q"] = np.where(latent < -0.3, "I", np.where(latent < 0.5, "II", "III"))
    table.index = pd.Index([f"P{k:02d}" for k in range(24)], name="plant")
    return table


def run(sample, system=None, choices=EASY, *, seed=1, **more):
    system, drawn = system or make_system(), Disturbance(**({"draws": 40} | more))
    return simulate_chain(sample, system, system.weights, choices, seed=seed, disturbance=drawn)


def test_with_nothing_drawn_every_repetition_is_the_run_itself(sample):
    system = make_system()
    out = run(sample, system, rounding=False, **STILL)
    table = thresholds_table(sample, system, shares=EASY.shares)
    base = evaluate(sample, system, table, system.weights)
    assert (out.plants["p_change"] == 0).all()
    assert dict(zip(out.plants["plant"], out.plants["level"], strict=True)) == dict(
        zip(base["plant"], base["level"], strict=True)
    )
    drawn = out.thresholds.set_index(["indicator", "level"])
    assert (drawn["p05"] == drawn["p95"]).all()
    for row in table.itertuples():
        if row.interval != "none":
            assert drawn.loc[(row.indicator, row.level), "value"] == row.value


def test_chances_of_a_plant_sum_to_one_and_the_most_fragile_comes_first(sample):
    out = run(sample)
    assert np.allclose(out.plants[["p_I", "p_II", "p_III", "p_none"]].sum(axis=1), 1)
    assert out.plants["p_change"].is_monotonic_decreasing
    assert out.plants["p_change"].iloc[0] > 0


def test_shares_are_cumulative(sample):
    shares = run(sample).shares
    assert len(shares) == 40
    assert (shares["I"] <= shares["II"]).all()
    assert (shares["II"] <= shares["III"]).all()


@pytest.mark.parametrize(
    "moved",
    [
        {"weight_concentration": 20.0},
        {"measurement_cv": 0.1},
        {"measurement_cv": {"a": 0.1}},
        {"resample": True},
    ],
)
def test_each_source_of_uncertainty_moves_levels_on_its_own(sample, moved):
    assert run(sample, **(STILL | moved)).plants["p_change"].sum() > 0


def test_the_same_seed_gives_the_same_bits(sample):
    one, two = run(sample, draws=9), run(sample, draws=9)
    pd.testing.assert_frame_equal(one.plants, two.plants)
    pd.testing.assert_frame_equal(one.shares, two.shares)
    pd.testing.assert_frame_equal(one.thresholds, two.thresholds)
    assert not one.thresholds.equals(run(sample, draws=9, seed=2).thresholds)


def test_more_draws_begin_with_the_same_draws(sample):
    short, long = run(sample, draws=5), run(sample, draws=8)
    pd.testing.assert_frame_equal(short.shares, long.shares.head(5))


def test_a_complete_survey_is_not_resampled(sample):
    out = run(sample, population=24, **(STILL | {"resample": True}))
    assert (out.thresholds["p05"] == out.thresholds["p95"]).all()


def test_a_larger_known_population_varies_more():
    rng = np.random.default_rng(0)
    same = [
        np.mean([len(np.unique(drawn_plants(20, population, rng))) for _ in range(200)])
        for population in (20, 40, 2000, None)
    ]
    assert same[0] == 20
    assert same[0] > same[1] > same[2] > same[3] - 1


def test_the_joint_promise_is_repeated_too(sample):
    out = run(
        sample, choices=ThresholdChoices(promise="joint", share_I=0.1, share_II=0.3, share_III=0.6), **STILL
    )
    assert out.shares["II"].iloc[0] >= 0.3
    assert out.shares["II"].nunique() == 1


def test_a_smooth_method_is_repeated_by_its_own_estimate(sample):
    smooth = {"method": "harrell-davis", "share_I": 0.3, "share_II": 0.6, "share_III": 0.9}
    choices = ThresholdChoices(promise="marginal", **smooth)
    system = make_system()
    out = run(sample, system, choices=choices, rounding=False, **STILL)
    table = thresholds_table(sample, system, shares=choices.shares, method="harrell-davis")
    wanted = table[(table["indicator"] == "b")]["value"].tolist()
    assert out.thresholds.loc[out.thresholds["indicator"] == "b", "value"].tolist() == pytest.approx(wanted)


def test_a_smooth_method_cannot_keep_the_joint_promise(sample):
    with pytest.raises(MethodError, match="'harrell-davis'"):
        run(sample, choices=ThresholdChoices(promise="joint", method="harrell-davis"), **STILL)


def test_a_plant_at_0_of_an_indicator_that_changes_its_sign_has_an_error_like_any_other():
    system = make_system()
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.normal(size=30), "b": 1.0, "c": 1.0, "q": "I"})
    table.loc[0, "a"] = 0.0
    table.index = pd.Index([f"P{k:02d}" for k in range(30)], name="plant")
    out = run(table, system, **(STILL | {"measurement_cv": 0.2}))
    assert out.plants.set_index("plant")["p_change"].sum() > 0


def test_interval_indicators_are_disturbed_before_their_distance_is_taken(sample):
    system = make_system(a={"direction": "interval", "target": (48, 52)})
    out = run(sample, system, **(STILL | {"measurement_cv": 0.1}))
    own = out.thresholds[out.thresholds["indicator"] == "a"]
    assert (own["p05"] >= 0).all()
    assert (own["p95"] < 30).all()  # values lie near 50, their distances from 48 to 52 do not
    assert own["sd"].max() > 0


@pytest.mark.parametrize(
    "fault",
    [
        {"draws": 0},
        {"population": 5},
        {"measurement_cv": -0.1},
        {"measurement_cv": {"z": 0.1}},
        {"measurement_cv": float("nan")},
        {"measurement_cv": {"x": float("inf")}},
        {"draws": 2.5},
        {"weight_concentration": -1.0},
        {"weight_concentration": float("nan")},
    ],
)
def test_what_cannot_be_drawn_is_refused(sample, fault):
    with pytest.raises(ParameterError):
        run(sample, **fault)


def test_drawn_weights_keep_six_decimals_and_a_weightless_indicator_stays_so():
    given = SimpleNamespace(weights=np.array([0.5, 0.3, 0.2, 0.0]), concentration=60.0)
    drawn = np.stack([drawn_weights(given, np.random.default_rng(seed)) for seed in range(300)])
    assert (drawn == np.round(drawn, 6)).all()
    assert (drawn != np.round(drawn, 5)).any(axis=1).mean() > 0.9
    assert drawn.sum(axis=1) == pytest.approx(1, abs=2e-6)
    assert (drawn[:, 3] == 0).all()
    assert drawn.mean(axis=0) == pytest.approx(given.weights, abs=0.01)
    still = drawn_weights(SimpleNamespace(weights=given.weights, concentration=0), np.random.default_rng(1))
    assert still is given.weights
