import numpy as np
import pandas as pd
import pytest
from scipy.stats import friedmanchisquare

from methodology.errors import DataError, JudgementError, MethodError
from methodology.weights import ahp, group_ahp, kendall_w
from methodology.weights.consensus import consensus


def consistent(*priorities):
    values = np.array(priorities, dtype=float)
    return values[:, None] / values


ONE = consistent(4, 2, 1)
TWO = consistent(1, 3, 2)
TURNED = np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]])


def test_aij_is_the_geometric_mean_of_matrices():
    group = group_ahp([ONE, TWO])
    np.testing.assert_allclose(group.weights, ahp(np.sqrt(ONE * TWO)).weights)
    assert group.consistency_ratio == pytest.approx(ahp(np.sqrt(ONE * TWO)).consistency_ratio)


def test_aip_is_the_mean_of_priorities():
    rows = np.array([ahp(ONE).weights, ahp(TWO).weights])
    np.testing.assert_allclose(group_ahp([ONE, TWO], how="AIP-arithmetic").weights, rows.mean(axis=0))
    np.testing.assert_allclose(group_ahp([ONE, TWO], how="AIP").weights, rows.mean(axis=0))
    geometric = np.sqrt(rows.prod(axis=0))
    np.testing.assert_allclose(
        group_ahp([ONE, TWO], how="AIP-geometric").weights, geometric / geometric.sum()
    )


def test_an_expert_counted_twice_is_an_expert_of_weight_two():
    for how in ("AIJ", "AIP-arithmetic", "AIP-geometric"):
        twice = group_ahp([ONE, TWO, TWO], how=how)
        weighted = group_ahp([ONE, TWO], how=how, expert_weights=[1, 2])
        np.testing.assert_allclose(twice.weights, weighted.weights)
        assert twice.consensus == pytest.approx(weighted.consensus)


def test_an_inconsistent_expert_is_left_out_and_named():
    group = group_ahp({"E1": ONE, "E2": TURNED, "E3": TWO}, consistency_limit=0.1)
    assert group.excluded == ("E2",)
    assert bool(group.consistency.loc["E2", "excluded"])
    np.testing.assert_allclose(group.weights, group_ahp([ONE, TWO]).weights)
    assert list(group.individual.index) == ["E1", "E2", "E3"]
    assert list(group.leave_one_out.index) == ["E1", "E3"]


def test_nobody_is_left_out_unless_a_limit_is_given():
    assert group_ahp([ONE, TURNED]).excluded == ()


def test_a_panel_with_nobody_left_says_so():
    with pytest.raises(JudgementError, match=r"No expert is left.*E2"):
        group_ahp({"E2": TURNED}, consistency_limit=0.1)


def test_leaving_one_out_gives_the_others():
    group = group_ahp([ONE, TWO, TURNED])
    np.testing.assert_allclose(group.leave_one_out.loc[3], group_ahp([ONE, TWO]).weights)
    assert (group.spread["without_lowest"] <= group.spread["without_highest"]).all()
    assert (group.spread["lowest"] <= group.spread["median"]).all()


def test_a_single_expert_is_the_group():
    group = group_ahp([ONE])
    np.testing.assert_allclose(group.weights, ahp(ONE).weights)
    assert group.consensus == 1
    assert len(group.leave_one_out) == 0


def test_an_expert_with_a_gap_is_completed_first():
    gap = ONE.copy()
    gap[0, 2] = gap[2, 0] = np.nan
    np.testing.assert_allclose(group_ahp([gap, TWO]).weights, group_ahp([ONE, TWO]).weights)


def test_labels_carry_through():
    table = pd.DataFrame(ONE, index=list("xyz"), columns=list("xyz"))
    assert list(group_ahp([table, table]).weights.index) == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"matrices": [ONE, np.ones((2, 2))]}, "same items"),
        ({"matrices": []}, "no judgement matrix"),
        ({"matrices": [ONE, TWO], "experts": ["E1"]}, "different names"),
        ({"matrices": [ONE, TWO], "expert_weights": [1, -1]}, "positive weights"),
        ({"matrices": [ONE, TWO], "expert_weights": [1]}, "positive weights"),
    ],
)
def test_a_panel_that_does_not_fit_together_is_refused(arguments, words):
    with pytest.raises(JudgementError, match=words):
        group_ahp(**arguments)


def test_faults_of_all_experts_come_at_once():
    bad = ONE.copy()
    bad[0, 1] = 7
    with pytest.raises(JudgementError, match=r"(?s)expert A: cell .*expert C: cell") as caught:
        group_ahp({"A": bad, "B": TWO, "C": bad})
    assert len(caught.value.problems) == 2


def test_unknown_aggregation_is_refused():
    with pytest.raises(MethodError, match="AIJ, AIP-arithmetic, AIP-geometric"):
        group_ahp([ONE], how="median")


def test_consensus_is_one_for_identical_and_zero_for_opposite_experts():
    assert consensus([[0.5, 0.3, 0.2]] * 4) == pytest.approx(1)
    extreme = np.full((3, 3), 1 / 11) + np.eye(3) * 8 / 11
    assert consensus(extreme) == pytest.approx(0, abs=1e-12)
    assert consensus(np.eye(3)) == 0
    assert consensus([[1.0], [1.0]]) == 1


def test_consensus_falls_as_experts_move_apart():
    near = consensus([[0.5, 0.3, 0.2], [0.45, 0.35, 0.2]])
    far = consensus([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]])
    assert 0 < far < near < 1


def test_concordance_with_ties_agrees_with_friedmans_test():
    scores = np.array([[1, 2, 2, 4, 5, 3], [2, 2, 2, 3, 3, 1], [1, 3, 2, 5, 5, 4], [6, 5, 4, 3, 2, 1]])
    statistic, p = friedmanchisquare(*scores.T)
    result = kendall_w(scores)
    assert result.chi2 == pytest.approx(statistic)
    assert result.p == pytest.approx(p)


def test_perfect_agreement_has_concordance_one():
    assert kendall_w([[1, 2, 3, 4]] * 3).w == pytest.approx(1)
    assert kendall_w([[1, 2, 3], [3, 2, 1]]).w == pytest.approx(0)


def test_missing_ranks_are_named():
    with pytest.raises(DataError, match="rater 2 gave item 3 no rank"):
        kendall_w([[1, 2, 3], [1, 2, np.nan]])
    with pytest.raises(DataError, match="1 x 3"):
        kendall_w([[1, 2, 3]])


def test_raters_without_any_order_are_refused():
    with pytest.raises(MethodError, match="no order"):
        kendall_w([[1, 1, 1], [2, 2, 2]])


@pytest.mark.parametrize("ranks", [[["first", "second"], ["second", "first"]], [[1, 2, 3], [1, 2]]])
def test_ranks_that_are_no_table_of_numbers_are_refused(ranks):
    with pytest.raises(DataError, match="Ranks are numbers"):
        kendall_w(ranks)
