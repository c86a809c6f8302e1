import numpy as np
import pandas as pd
import pytest

from methodology.errors import JudgementError
from methodology.weights.consensus import budget_shares, delphi, feedback

COLUMNS = ["expert", "round", "node", "item", "points"]


def rounds(*points_by_round, node="groups"):
    """One list per round; in it, points on `a` by each expert, the rest on `b`."""
    rows = [
        (f"E{k + 1}", turn, node, item, points)
        for turn, given in enumerate(points_by_round, start=1)
        for k, on_a in enumerate(given)
        for item, points in (("a", on_a), ("b", 100 - on_a))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_points_become_shares():
    shares = budget_shares(pd.DataFrame([("E1", 1, "g", "a", 30), ("E1", 1, "g", "b", 10)], columns=COLUMNS))
    assert shares["share"].tolist() == [0.75, 0.25]


def test_unusable_points_are_named_at_once():
    bad = pd.DataFrame([("E1", 1, "g", "a", -5), ("E1", 1, "g", "b", None)], columns=COLUMNS)
    with pytest.raises(JudgementError) as caught:
        budget_shares(bad)
    assert len(caught.value.problems) == 2
    with pytest.raises(JudgementError, match="E1 spent no point on g in round 1"):
        budget_shares(bad.assign(points=0))


def test_quartiles_and_change_between_rounds():
    items = delphi(rounds([20, 40, 60, 80], [40, 50, 55, 60])).items.set_index(["round", "item"])
    assert items.loc[(1, "a"), ["q1", "median", "q3"]].tolist() == pytest.approx([0.35, 0.5, 0.65])
    assert np.isnan(items.loc[(1, "a"), "change"])
    assert items.loc[(2, "a"), "change"] == pytest.approx(0.025)
    assert items.loc[(2, "a"), "mean_change"] == pytest.approx(np.mean([0.2, 0.1, 0.05, 0.2]))


def test_the_first_round_never_ends_the_asking():
    result = delphi(rounds([50, 50, 50]))
    assert result.nodes[["settled", "stop", "moving"]].iloc[0].tolist() == [False, False, None]


def test_a_settled_node_stops():
    result = delphi(rounds([48, 50, 52], [49, 50, 51]))
    last = result.nodes.iloc[-1]
    assert last[["settled", "stop", "far_apart", "moving"]].tolist() == [True, True, (), ()]


def test_a_node_that_is_far_apart_or_moving_goes_on_and_says_why():
    apart = delphi(rounds([20, 50, 80], [20, 50, 80])).nodes.iloc[-1]
    assert not apart["stop"]
    assert (apart["far_apart"], apart["moving"]) == (("a", "b"), ())
    moving = delphi(rounds([30, 30, 30], [50, 50, 50])).nodes.iloc[-1]
    assert (moving["far_apart"], moving["moving"]) == ((), ("a", "b"))
    slowly = delphi(rounds([50, 50, 50], [58, 58, 58])).nodes.iloc[-1]
    assert slowly["moving"] == ("a", "b")
    hardly = delphi(rounds([50, 50, 50], [53, 53, 53])).nodes.iloc[-1]
    assert hardly["settled"]


def test_asking_ends_after_three_rounds_in_any_case():
    last = delphi(rounds([20, 50, 80], [20, 50, 80], [20, 50, 80])).nodes.iloc[-1]
    assert (bool(last["settled"]), bool(last["stop"])) == (False, True)
    assert last["far_apart"] == ("a", "b")


def test_concordance_is_reported_where_there_is_an_order():
    nodes = delphi(rounds([60, 70, 80])).nodes
    assert nodes["w"].iloc[0] == pytest.approx(1)
    assert np.isnan(delphi(rounds([50, 50])).nodes["w"].iloc[0])
    assert np.isnan(delphi(rounds([60])).nodes["w"].iloc[0])


def test_every_node_has_its_own_verdict():
    both = pd.concat([rounds([50, 50], [50, 50]), rounds([20, 80], [20, 80], node="en")])
    result = delphi(both)
    assert result.nodes.groupby("node")["stop"].last().to_dict() == {"en": False, "groups": True}


def test_an_expert_sees_the_own_points_beside_the_panel():
    sheet = feedback(rounds([20, 40, 60, 80], [30, 40, 60, 70]), "E4").set_index("item")
    assert sheet.loc["a", "yours"] == 70
    assert sheet.loc["a", "median"] == 50
    assert bool(sheet.loc["a", "outside"])
    assert not bool(feedback(rounds([20, 40, 60, 80]), "E2")["outside"].any())
    with pytest.raises(JudgementError, match=r"'E9' gave no points\. Known: E1"):
        feedback(rounds([20]), "E9")


def test_nobody_asked_is_no_fault():
    assert delphi(None).nodes.empty
