from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from methodology.errors import JudgementError, MethodError
from methodology.indicators import Judgements, load_system
from methodology.weights import derive_weights, entropy, group_ahp, methods_side_by_side
from methodology.weights.derive import METHODS
from methodology.weights.from_sample import data_weights, equal_weights
from methodology.weights.hierarchy import hierarchy_weights
from synthetic.judgements import synthetic_judgements

ROOT = Path(__file__).resolve().parents[2]


def choices(**changes):
    fields = {
        "method": "ahp",
        "aggregation": "AIJ",
        "priority": "eigenvector",
        "random_index": "saaty-1980",
        "consistency_limit": 0.1,
        "combine_with": "none",
        "combination": "convex",
        "expert_share": 1.0,
        "decimals": 3,
    }
    return SimpleNamespace(**(fields | changes))


@pytest.fixture(scope="module")
def system():
    return load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


@pytest.fixture(scope="module")
def judgements(system):
    return synthetic_judgements(system)


@pytest.fixture(scope="module")
def sample(system):
    """Plants drawn evenly over each indicator's bounds, with gaps."""
    rng = np.random.default_rng(1)
    cells = {}
    for indicator in system.indicators:
        if indicator.levels:
            cells[indicator.id] = rng.choice(["I", "II", "III", "none"], 25)
        else:
            cells[indicator.id] = [f"{value:.4g}" for value in rng.lognormal(2, 0.4, 25)]
    table = pd.DataFrame(cells, index=[f"P{n:02d}" for n in range(1, 26)]).astype(object)
    table.iloc[3, 1], table.iloc[7, 3], table.iloc[9, 14] = "", "n/a", "<5"
    return table


def test_weights_are_group_times_local(system, judgements):
    table = hierarchy_weights(judgements, system, choices()).table
    assert list(table.columns) == ["group", "indicator", "weight", "local_weight"]
    assert table["indicator"].tolist() == list(system.ids)
    assert table["weight"].sum() == pytest.approx(1)
    np.testing.assert_allclose(table.groupby("group")["local_weight"].sum(), 1)
    totals = table.groupby("group")["weight"].transform("sum")
    np.testing.assert_allclose(table["weight"], totals * table["local_weight"])


def test_a_node_is_the_groups_answer(system, judgements):
    table = hierarchy_weights(judgements, system, choices()).table
    rows = judgements.pairwise[judgements.pairwise["node"] == "rm"]
    matrices = [[[1, value], [1 / value, 1]] for value in rows["value"]]
    local = table.loc[table["group"] == "rm", "local_weight"]
    np.testing.assert_allclose(local, group_ahp(matrices).weights)


def test_the_contrary_expert_is_left_out_of_one_node_and_named(system, judgements):
    result = hierarchy_weights(judgements, system, choices())
    left = result.consistency[result.consistency["excluded"]]
    assert left[["expert", "node"]].to_numpy().tolist() == [["E7", "groups"]]
    assert any("E7 is left out" in note and "Worst judgement" in note for note in result.notes)
    assert result.nodes.set_index("node").loc["groups", "excluded"] == "E7"
    assert result.expert_weights["E7"].isna().all()
    assert result.expert_weights["E1"].sum() == pytest.approx(1)


def test_without_an_expert_the_weights_are_those_of_the_others(system, judgements):
    result = hierarchy_weights(judgements, system, choices())
    others = Judgements(judgements.experts, judgements.pairwise[judgements.pairwise["expert"] != "E3"])
    expected = hierarchy_weights(others, system, choices()).table["weight"]
    np.testing.assert_allclose(result.without["E3"], expected)
    np.testing.assert_allclose(result.without.sum(), 1)
    assert (result.spread["without_lowest"] <= result.spread["without_highest"]).all()


def test_an_expert_of_weight_two_counts_twice(system, judgements):
    heavy = judgements.experts.assign(weight=[2.0] + [1.0] * 6)
    weighted = hierarchy_weights(Judgements(heavy, judgements.pairwise), system, choices())
    again = judgements.pairwise[judgements.pairwise["expert"] == "E1"].assign(expert="E9")
    twice = Judgements(judgements.experts, pd.concat([judgements.pairwise, again]))
    np.testing.assert_allclose(
        weighted.table["weight"], hierarchy_weights(twice, system, choices()).table["weight"]
    )


def test_a_comparison_left_out_is_completed_and_noted(system, judgements):
    pairwise = judgements.pairwise
    gap = pairwise[(pairwise["expert"] == "E2") & (pairwise["node"] == "en")].index[0]
    result = hierarchy_weights(Judgements(judgements.experts, pairwise.drop(index=gap)), system, choices())
    assert any("E2 left comparisons out" in note for note in result.notes)


def test_nodes_nobody_judged_are_named_at_once(system, judgements):
    kept = judgements.pairwise[~judgements.pairwise["node"].isin(["en", "mg"])]
    with pytest.raises(JudgementError, match=r"(?s)node 'en'.*node 'mg'") as caught:
        hierarchy_weights(Judgements(judgements.experts, kept), system, choices())
    assert len(caught.value.problems) == 2


def test_a_panel_without_anyone_consistent_says_so(system, judgements):
    alone = judgements.pairwise[judgements.pairwise["expert"] == "E7"]
    with pytest.raises(JudgementError, match="Node 'groups': No expert is left"):
        hierarchy_weights(Judgements(judgements.experts, alone), system, choices())


@pytest.mark.parametrize("method", ["best-worst", "budget"])
def test_other_ways_of_asking_give_weights_too(system, judgements, method):
    result = hierarchy_weights(judgements, system, choices(), method=method)
    assert result.table["weight"].sum() == pytest.approx(1)
    assert len(result.expert_weights.columns) == 7
    np.testing.assert_allclose(result.without.sum(), 1)


def test_budget_takes_the_last_round(system, judgements):
    result = hierarchy_weights(judgements, system, choices(), method="budget").table
    rows = judgements.budget[(judgements.budget["node"] == "wa") | (judgements.budget["node"] == "rm")]
    last = rows[(rows["round"] == 2) & (rows["item"] == "burden_fe_grade")]["points"]
    got = result.set_index("indicator").loc["burden_fe_grade", "local_weight"]
    assert got == pytest.approx(last.mean() / 100)


def test_a_best_worst_judgement_beyond_its_threshold_is_left_out(system, judgements):
    rows = judgements.best_worst.copy()
    mine = (rows["expert"] == "E1") & (rows["node"] == "mg")
    rows.loc[mine, ["best_to_other", "other_to_worst"]] = 9
    best, worst = rows.loc[mine, "best"].iloc[0], rows.loc[mine, "worst"].iloc[0]
    rows.loc[mine & (rows["item"] == best), "best_to_other"] = 1
    rows.loc[mine & (rows["item"] == worst), "other_to_worst"] = 1
    result = hierarchy_weights(
        Judgements(judgements.experts, best_worst=rows), system, choices(), method="best-worst"
    )
    left = result.consistency[result.consistency["excluded"]]
    assert ["E1", "mg"] in left[["expert", "node"]].to_numpy().tolist()
    assert any("E1 is left out, input-based ratio" in note for note in result.notes)


def test_a_best_worst_panel_without_anyone_consistent_says_so(system, judgements):
    rows = judgements.best_worst[judgements.best_worst["expert"] == "E1"].copy()
    mine = rows["node"] == "mg"
    rows.loc[mine, ["best_to_other", "other_to_worst"]] = 9
    rows.loc[mine & (rows["item"] == rows["best"]), "best_to_other"] = 1
    rows.loc[mine & (rows["item"] == rows["worst"]), "other_to_worst"] = 1
    with pytest.raises(JudgementError, match=r"Node 'mg': no expert is left .*E1: 1\.000"):
        hierarchy_weights(
            Judgements(judgements.experts, best_worst=rows), system, choices(), method="best-worst"
        )


@pytest.mark.parametrize("method", ["best-worst", "budget"])
def test_a_panel_asked_another_way_has_no_weights_by_this_one(system, judgements, method):
    with pytest.raises(JudgementError, match="nobody judged node 'groups'"):
        hierarchy_weights(
            Judgements(judgements.experts, judgements.pairwise), system, choices(), method=method
        )


def test_zero_points_have_no_geometric_mean_and_a_note_says_so(system, judgements):
    rows = judgements.budget.copy()
    mine = (rows["expert"] == "E1") & (rows["node"] == "rm") & (rows["round"] == 2)
    rows.loc[mine, "points"] = [100, 0]
    panel = Judgements(judgements.experts, budget=rows)
    result = hierarchy_weights(panel, system, choices(aggregation="AIP-geometric"), method="budget")
    assert any(note.startswith("rm: someone gave 0 points") for note in result.notes)
    arithmetic = hierarchy_weights(panel, system, choices(), method="budget")
    local = [
        part.table.set_index("indicator").loc["ore_consumption", "weight"] for part in (result, arithmetic)
    ]
    groups = [part.table.groupby("group")["weight"].sum()["rm"] for part in (result, arithmetic)]
    assert local[0] / groups[0] == pytest.approx(local[1] / groups[1])


def test_results_without_judgements_have_no_experts(system):
    result = derive_weights(system, None, None, choices(method="system"))
    assert result.expert_weights is None
    assert list(result.consistency.columns) == ["expert", "node", "consistency_ratio", "excluded"]
    assert list(result.stability.columns) == ["weight"]


def test_an_unknown_data_method_is_refused(system, sample):
    with pytest.raises(MethodError, match="entropy, critic, pca or equal"):
        data_weights(sample, system, "variance")


def test_a_group_nobody_reports_is_weighed_equally(system, sample):
    silent = sample.assign(process_energy="", fuel_ratio="", coke_ratio="")
    local = data_weights(silent, system, "critic")[0].set_index("indicator")["local_weight"]
    np.testing.assert_allclose(local[["process_energy", "fuel_ratio", "coke_ratio"]], 1 / 3)


def test_an_unknown_way_of_asking_is_refused(system, judgements):
    with pytest.raises(MethodError, match="ahp, best-worst, budget"):
        hierarchy_weights(judgements, system, choices(), method="vote")


@pytest.mark.parametrize("method", ["entropy", "critic", "equal"])
def test_plants_weigh_within_groups_only(system, sample, method):
    table = data_weights(sample, system, method)[0]
    np.testing.assert_allclose(table.groupby("group")["local_weight"].sum(), 1)
    if method != "equal":
        draft = system.weights.groupby("group")["weight"].sum()
        np.testing.assert_allclose(table.groupby("group")["weight"].sum(), draft)


def test_plants_are_weighed_on_stretched_values_with_the_cleanest_at_one(system, sample):
    items = ["process_energy", "coke_ratio"]
    table = sample.drop(index="P08").assign(fuel_ratio="500")
    values = table[items].astype(float)
    local = data_weights(table, system, "entropy")[0].set_index("indicator")["local_weight"]
    np.testing.assert_allclose(local[items], entropy(values, better="lower", scale="range"))
    below_zero = table.assign(process_energy=[f"{value - 100:.6g}" for value in values["process_energy"]])
    shifted = data_weights(below_zero, system, "entropy")[0].set_index("indicator")["local_weight"]
    np.testing.assert_allclose(shifted[items], local[items], rtol=1e-4)


def test_an_indicator_that_tells_nothing_weighs_nothing(system, sample):
    flat = sample.assign(fuel_ratio="500", coke_ratio="")
    result = derive_weights(system, None, flat, choices(method="entropy"))
    table = result.table.set_index("indicator")
    assert table.loc[["process_energy", "fuel_ratio", "coke_ratio"], "local_weight"].tolist() == [1, 0, 0]
    assert any("fuel_ratio, coke_ratio weigh 0" in note for note in result.notes)
    silent = sample.assign(process_energy="400", fuel_ratio="500", coke_ratio="")
    local = data_weights(silent, system, "critic")[0].set_index("indicator")["local_weight"]
    np.testing.assert_allclose(local[["process_energy", "fuel_ratio", "coke_ratio"]], 1 / 3)


def test_units_do_not_change_what_plants_say(system, sample):
    scaled = sample.copy()
    scaled["fuel_ratio"] = [f"{float(cell) * 1000:.10g}" for cell in sample["fuel_ratio"]]
    for method in ("entropy", "critic"):
        one, other = (data_weights(table, system, method)[0]["weight"] for table in (sample, scaled))
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_components_that_are_no_weights_are_refused_for_all_groups_at_once(system, sample):
    opposed = sample.copy()
    values = [f"{value}" for value in range(1, 26)]
    opposed["process_energy"], opposed["fuel_ratio"], opposed["coke_ratio"] = values, values, values[::-1]
    with pytest.raises(MethodError, match="group 'en': Loadings of coke_ratio"):
        data_weights(opposed, system, "pca")


def test_equal_means_equal_groups_and_equal_indicators(system):
    table = equal_weights(system)
    np.testing.assert_allclose(table.groupby("group")["weight"].sum(), 1 / len(system.groups))


@pytest.mark.parametrize("method", [name for name in METHODS if name != "pca"])
def test_every_method_gives_a_table_that_sums_to_exactly_one(system, judgements, sample, method):
    table = derive_weights(system, judgements, sample, choices(method=method)).published
    assert round(table["weight"].sum(), 12) == 1
    assert list(table.columns) == ["group", "indicator", "weight", "local_weight"]


def test_pca_gives_weights_where_plants_share_one_factor(system):
    rng = np.random.default_rng(2)
    factor = rng.normal(size=40)
    columns = {}
    for indicator in system.indicators:
        direction = -1 if indicator.better == "higher" else 1
        values = direction * factor + rng.normal(scale=0.4, size=40)
        middle = np.mean(indicator.target) + 5 + values if indicator.target else 50 + values
        if indicator.levels:
            columns[indicator.id] = np.array(["I", "II", "III", "none"])[
                np.clip(np.round(values + 1.5), 0, 3).astype(int)
            ]
        else:
            columns[indicator.id] = [f"{value:.6g}" for value in middle]
    table = derive_weights(system, None, pd.DataFrame(columns), choices(method="pca")).published
    assert table["weight"].sum() == pytest.approx(1)
    assert (table["weight"] > 0).all()


def test_the_draft_weights_are_a_method(system):
    table = derive_weights(system, None, None, choices(method="system")).published
    np.testing.assert_allclose(table["weight"], system.weights["weight"], atol=1e-3)


def test_a_combination_stands_beside_its_sources(system, judgements, sample):
    result = derive_weights(system, judgements, sample, choices(combine_with="critic", expert_share=0.7))
    assert list(result.sources.columns) == ["ahp", "critic", "combined"]
    np.testing.assert_allclose(result.sources.sum(), 1)
    experts = result.panel.table.set_index("indicator")["local_weight"]
    data = data_weights(sample, system, "critic")[0].set_index("indicator")["local_weight"]
    mixed = result.table.set_index("indicator")["local_weight"]
    np.testing.assert_allclose(mixed, 0.7 * experts + 0.3 * data)


def test_a_method_without_its_input_says_what_it_needs(system):
    with pytest.raises(MethodError, match="needs judgements"):
        derive_weights(system, None, None, choices())
    with pytest.raises(MethodError, match="reads the sample"):
        derive_weights(system, None, None, choices(method="critic"))
    with pytest.raises(MethodError, match="Choose one of"):
        derive_weights(system, None, None, choices(method="lottery"))


def test_methods_side_by_side_keeps_those_that_refuse(system, judgements):
    result = methods_side_by_side(system, judgements, None, choices())
    assert set(result.weights.columns) == {"ahp", "best-worst", "budget", "equal", "system"}
    assert set(result.refused) == {"entropy", "critic", "pca"}
    np.testing.assert_allclose(result.weights.sum(), 1)
