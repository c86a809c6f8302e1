"""All choices at once, and the run without one plant or one expert."""

from __future__ import annotations

from itertools import permutations, product
from math import factorial
from pathlib import Path

import numpy as np
import pytest
from weighed_runs import weighed

from methodology import chain, figures, sensitivity
from methodology.chain import robustness
from methodology.errors import MethodError
from methodology.evaluation import evaluate, level_basis
from methodology.evaluation.decision import decide
from methodology.forms import read_judgements
from methodology.parameters import Parameters, Project
from methodology.parameters.model import EvaluationChoices, SensitivityChoices
from methodology.sample import read_sample
from methodology.sensitivity.factorial import factorial_effects

ROOT = Path(__file__).resolve().parents[2]
FEW = {
    "thresholds.promise": ["joint"],
    "thresholds.method": ["harrell-davis"],
    "thresholds.share_II": [0.3],
    "weights.method": ["equal"],
}


@pytest.fixture(scope="module")
def case():
    project = Project.around(ROOT)
    system = project.system("ironmaking")
    run = Parameters(system="ironmaking", why="a run made by a test")
    run = robustness.changed(run, "weights.method", "system")
    run = robustness.changed(run, "thresholds.promise", "marginal")
    sample = read_sample(project.sample_folder("ironmaking"), system)
    return run, robustness.Outcomes(sample, system, None)


def unbounded(run):
    """The same run with the dirty end and the index left open, so that a promise moves values freely."""
    return robustness.changed(
        robustness.changed(run, "proposal.bound_by_index", False), "proposal.disclosure_minimum", 1
    )


@pytest.fixture(scope="module")
def joint(case):
    return unbounded(robustness.changed(case[0], "thresholds.promise", "joint"))


def results(run, outcomes):
    weights = outcomes.weights(run.weights)
    rules = chain.Footing.of(run)
    values = chain.calibrate(
        outcomes.sample, outcomes.system, weights, run.thresholds, folds=0, footing=rules
    )
    return outcomes.sample, outcomes.system, values, weights


def test_all_choices_about_weights_are_one_factor(case):
    space = robustness.choice_space(case[0], {**FEW, "weights.decimals": [2, 4]}, case[1])
    assert list(space.settings) == [
        "thresholds.promise",
        "thresholds.method",
        "thresholds.share_II",
        "weights",
    ]
    assert len(space.settings["weights"]) == 4


def test_alternatives_that_cannot_be_made_or_change_nothing_are_no_factors(case, joint):
    run, outcomes = case
    assert (
        "weights" not in robustness.choice_space(run, {**FEW, "weights.method": ["ahp"]}, outcomes).settings
    )
    assert "thresholds.method" not in robustness.choice_space(joint, FEW, outcomes).settings
    with pytest.raises(MethodError, match=r"alternatives\.yaml"):
        robustness.choice_space(run, {"weights.method": ["ahp"]}, outcomes)


def test_shares_that_would_cross_each_other_are_not_combined(case):
    tried = {"thresholds.share_I": [0.15], "thresholds.share_II": [0.1, 0.3]}
    space = robustness.choice_space(case[0], tried, case[1])
    assert space.settings["thresholds.share_II"] == ({}, {"thresholds.share_II": 0.3})


def test_the_model_gives_the_numbers_of_the_run_at_its_own_settings(case):
    run, outcomes = case
    space = robustness.choice_space(run, FEW, outcomes)
    numbers = dict(zip(robustness.variance_shares.OUTPUTS, space.numbers(np.zeros((2, 4)))[1], strict=True))
    values = results(run, outcomes)[2]
    table = values.set_index(["indicator", "level"])["value"]
    assert numbers["threshold"] == table[space.indicator, "II"]
    assert numbers["moved"] == 0
    effects = robustness.one_at_a_time(run, FEW, outcomes)
    assert numbers["mean_Y_II"] == effects.loc[0, "mean_Y_II"]


def by_hand(space, output):
    """First, total and Shapley shares of a space of two alternatives per factor, from their definitions."""
    names = list(space.settings)
    grid = np.array(list(product([0, 1], repeat=len(names))))
    column = robustness.variance_shares.OUTPUTS.index(output)
    outcome = space.numbers(grid)[:, column].reshape([2] * len(names))
    axes = set(range(len(names)))

    def explained(chosen):
        return outcome.mean(axis=tuple(axes - set(chosen))).var() / outcome.var()

    shapley = dict.fromkeys(names, 0.0)
    for order in permutations(axes):
        for place, own in enumerate(order):
            shapley[names[own]] += (explained(order[: place + 1]) - explained(order[:place])) / factorial(
                len(names)
            )
    return {
        name: (explained({own}), 1 - explained(axes - {own}), shapley[name]) for own, name in enumerate(names)
    }


def test_a_small_space_is_counted_in_full_and_its_shares_are_exact(case):
    space = robustness.choice_space(case[0], FEW, case[1])
    found = robustness.choice_influence(space, n=16, seed=4)
    assert (found["combinations"] == 16).all()
    for output in ("mean_Y_II", "share_III", "threshold"):
        for name, expected in by_hand(space, output).items():
            assert found.loc[output, name][["first", "total", "shapley"]].tolist() == pytest.approx(
                expected, abs=1e-9
            )
    assert (found["shapley_lower"] == found["shapley_upper"]).all()
    assert found["first"].le(found["shapley"] + 1e-12).all()
    assert found["shapley"].le(found["total"] + 1e-12).all()


def test_a_space_too_large_to_count_is_estimated_and_says_so(case, monkeypatch):
    space = robustness.choice_space(case[0], FEW, case[1])
    exact = robustness.choice_influence(space, n=512, seed=4).loc["mean_Y_II"]
    monkeypatch.setattr(robustness.variance_shares, "_EXACT", 15)
    estimate = robustness.choice_influence(space, n=512, seed=4).loc["mean_Y_II"]
    assert (estimate["combinations"] == 0).all()
    for kind in ("first", "total", "shapley"):
        np.testing.assert_allclose(estimate[kind], exact[kind], atol=0.06)
        assert (estimate[f"{kind}_lower"] <= exact[kind] + 0.02).all()
        assert (exact[kind] <= estimate[f"{kind}_upper"] + 0.02).all()


def test_alternatives_that_say_the_same_are_counted_once(case, joint):
    _, outcomes = case
    assert outcomes.system.rule is None or outcomes.system.rule.level_one == "limiting"
    tried = {
        "evaluation.level_one": ["limiting", "limiting-and-rest-at-two"],
        "evaluation.cut": [85.0, 80.0],
        "thresholds.share_I": [0.04, 0.10],
        "weights.decimals": [5, 6],
    }
    space = robustness.choice_space(joint, tried, outcomes)
    assert space.settings["evaluation.level_one"] == (
        {},
        {"evaluation.level_one": "limiting-and-rest-at-two"},
    )
    assert space.settings["evaluation.cut"] == ({}, {"evaluation.cut": 80.0})
    assert ("evaluation.level_one", "limiting") in space.same
    assert ("evaluation.cut", "85.0") in space.same
    assert ("weights.decimals", "6") in space.same


def test_a_share_that_asks_for_the_same_plants_is_another_choice_where_a_method_reads_it_otherwise(case):
    run, outcomes = case
    same_rank = {"thresholds.share_II": [0.199]}
    alone = robustness.choice_space(run, {**same_rank, "evaluation.cut": [80.0]}, outcomes)
    assert "thresholds.share_II" not in alone.settings
    beside = robustness.choice_space(run, {**same_rank, "thresholds.method": ["harrell-davis"]}, outcomes)
    assert len(beside.settings["thresholds.share_II"]) == 2


def test_the_same_seed_gives_the_same_bits(case):
    tables = [
        robustness.choice_influence(robustness.choice_space(case[0], FEW, case[1]), n=32, seed=9)
        for _ in range(2)
    ]
    assert tables[0].equals(tables[1])


def test_the_leading_choices_are_ranked_and_still_outputs_have_none(case):
    tried = {"thresholds.share_II": [0.3], "evaluation.cut": [80.0]}
    influence = robustness.choice_influence(robustness.choice_space(case[0], tried, case[1]), n=16, seed=1)
    leading = robustness.leading_choices(influence)
    assert leading.query("output == 'threshold'")["factor"].tolist() == ["thresholds.share_II"]
    assert leading.query("output == 'share_I'").empty


def test_the_basis_gives_the_levels_of_the_evaluation(case, joint):
    for run in (case[0], joint):
        basis = level_basis(*results(run, case[1]), **dict(run.evaluation))
        assert (decide(basis.standing, basis.rule) == case[1].decided(run).levels).all()


def test_the_basis_takes_the_cut_and_the_reading_of_the_run(case, joint):
    rule = EvaluationChoices(cut=60.0, level_one="limiting-and-rest-at-two")
    basis = level_basis(*results(joint, case[1]), **dict(rule))
    assert [float(cut) for cut in basis.cuts] == [0.6, 0.6, 1.0]
    assert basis.rule.level_one == "limiting-and-rest-at-two"


def test_leaving_a_plant_out_equals_calibrating_without_it(case, joint):
    run, outcomes = case
    sample, system, _, weights = results(joint, outcomes)
    for chosen in (run, joint, robustness.changed(run, "thresholds.method", "mean-of-best")):
        table = robustness.leave_one_plant_out(chosen, outcomes).query("output == 'mean_Y_II'")
        plant = table["plant"].iloc[0]
        rest = sample.take([name for name in sample.plants if name != plant])
        rules = chain.Footing.of(chosen)
        values = chain.calibrate(rest, system, weights, chosen.thresholds, folds=0, footing=rules)
        expected = evaluate(rest, system, values, weights)["Y_II"].mean()
        assert table["value"].iloc[0] == pytest.approx(expected)
        assert len(table) == len(sample.plants)


def test_leaving_an_expert_out_needs_experts_and_names_them(case):
    run, outcomes = case
    assert robustness.leave_one_expert_out(run, outcomes).empty
    project = Project.around(ROOT)
    judgements = read_judgements(project.judgements_folder("ironmaking"), outcomes.system)
    judged = robustness.Outcomes(outcomes.sample, outcomes.system, judgements)
    table = robustness.leave_one_expert_out(robustness.changed(run, "weights.method", "ahp"), judged)
    assert (
        table["expert"].nunique()
        == judged.derived(robustness.changed(run, "weights.method", "ahp").weights).panel.without.shape[1]
    )
    assert (table.query("output == 'mean_Y_II'")["change"] != 0).any()
    assert (table.query("output == 'shift'")["value"] == 0).all()


def test_the_largest_move_of_a_value_is_told_in_spreads_between_plants(case, joint):
    _, outcomes = case
    sample, system, values, weights = results(joint, outcomes)
    table = robustness.leave_one_plant_out(joint, outcomes).query("output == 'shift'").set_index("plant")
    plant = table.index[0]
    rest = sample.take([name for name in sample.plants if name != plant])
    without = chain.calibrate(
        rest, system, weights, joint.thresholds, folds=0, footing=chain.Footing.of(joint)
    )
    moves = (without["value"] - values["value"]).abs().groupby(values["indicator"]).max()
    between = sample.comparable(system).std()
    assert table.loc[plant, "value"] == pytest.approx((moves / between.where(between > 0)).max())


def test_acceptability_covers_all_weights_and_does_not_depend_on_threads(case, joint):
    choices = SensitivityChoices(draws=400)
    basis, system = level_basis(*results(joint, case[1]), **dict(joint.evaluation)), case[1].system
    asked = [
        robustness.level_acceptability(basis, system, choices, seed=3, threads=threads) for threads in (1, 2)
    ]
    plants, central = asked[0]
    assert plants.equals(asked[1][0])
    assert central.equals(asked[1][1])
    assert np.allclose(plants[["I", "II", "III", "none"]].sum(axis=1), 1)
    assert plants["confidence"].dropna().between(0, 1).all()
    assert np.allclose(central.groupby(["plant", "level"])["weight"].sum(), 1, atol=0.01)


def test_a_plant_that_misses_a_limiting_indicator_has_no_better_level_under_any_weights(case):
    choices = SensitivityChoices(draws=400)
    basis = level_basis(*results(case[0], case[1]), **dict(case[0].evaluation))
    plants, _ = robustness.level_acceptability(basis, case[1].system, choices, seed=3)
    assert (plants["none"] == 1).any()


def test_every_benchmark_value_has_its_own_indices(case, joint):
    """Under the joint promise the share of III is calibrated last, so it moves no value of Level II."""
    _, outcomes = case
    tried = {"thresholds.share_II": [0.3], "thresholds.share_III": [0.7]}
    space = robustness.choice_space(joint, tried, outcomes)
    table = robustness.value_influence(space, n=16, seed=1)
    measured = space.measured
    assert len(table) == 3 * len(measured) * 2
    assert np.isfinite(table.select_dtypes("number")).all().all()
    by_level = table.groupby(["factor", "level"])["shapley"].max()
    assert by_level["thresholds.share_II", "II"] > 0
    assert by_level["thresholds.share_III", "III"] > 0
    assert by_level["thresholds.share_III", "II"] == 0


def test_the_indices_of_a_value_are_those_of_a_model_of_it_alone(case):
    run, outcomes = case
    space = robustness.choice_space(run, FEW, outcomes)
    table = robustness.value_influence(space, n=16, seed=2).query(
        "indicator == @space.indicator and level == 'II'"
    )
    levels = {name: len(settings) for name, settings in space.settings.items()}
    place = robustness.variance_shares.OUTPUTS.index("threshold")
    alone = factorial_effects(lambda points: space.numbers(points)[:, place], levels)
    np.testing.assert_allclose(table[list(alone)], alone, rtol=1e-9, atol=1e-12)


def test_values_under_one_choice_changed_alone_are_those_of_that_run(case):
    run, outcomes = case
    table = robustness.values_one_at_a_time(
        run, {"thresholds.share_II": [0.3], "weights.method": ["ahp"]}, outcomes
    )
    assert set(table["choice"]) == {"thresholds.share_II"}
    other = outcomes.decided(robustness.changed(run, "thresholds.share_II", 0.3)).values
    row = table.query("indicator == 'coke_ratio' and level == 'II'").iloc[0]
    column = list(outcomes.system.ids).index("coke_ratio")
    assert row["benchmark"] == other[1, column]
    spread = outcomes.sample.values["coke_ratio"].std(ddof=1)
    assert row["change"] == pytest.approx((row["benchmark"] - row["base"]) / spread)
    assert (table.query("level != 'II'")["change"] == 0).all()


@pytest.fixture(scope="module")
def shipped():
    """The shipped run of ironmaking under the joint promise, as its notebooks see it."""
    own = weighed("ironmaking")
    outcomes = robustness.Outcomes(own.sample, own.system, own.judgements)
    return robustness.settled(own.run), outcomes


def test_the_shares_of_ironmaking_are_counted_without_the_second_name_of_a_reading_and_add_up(shipped):
    run, outcomes = shipped
    tried = robustness.load_alternatives(ROOT / "params" / "alternatives.yaml", run)
    space = robustness.choice_space(
        run, {k: v for k, v in tried.items() if k != "thresholds.promise"}, outcomes
    )
    assert ("evaluation.level_one", "limiting") in space.same
    found = robustness.choice_influence(space, n=16, seed=1)
    assert (found["combinations"] == space.combinations).all()
    total = found["shapley"].groupby(level=0).sum()
    assert (np.isclose(total, 1) | np.isclose(total, 0)).all()
    assert total["share_I"] == pytest.approx(1)


def test_the_values_of_ironmaking_that_may_move_least_come_first(shipped):
    run, outcomes = shipped
    basis = level_basis(*results(run, outcomes), **dict(run.evaluation))
    tipping = sensitivity.tipping_points(basis, outcomes.system)
    nearer = tipping[["tighter_spread", "looser_spread"]].min(axis=1)
    assert nearer.dropna().is_monotonic_increasing
    first = tipping.iloc[0]
    assert (first["indicator"], first["level"], first["tighter_plant"]) == ("trt_power", "II", "P10")
    assert first["tighter_change"] == "II -> none"
    title = figures.tipping_points(tipping, outcomes.system).claim
    assert title.startswith("Tightening Top-pressure recovery power at Level II")
