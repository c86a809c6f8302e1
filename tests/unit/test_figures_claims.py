import numpy as np
import pandas as pd
import pytest
from evidence_toys import SHARES, level_counts, toy_tables

from methodology import figures
from methodology.tables import proposal_rows

RUN = toy_tables()
WHOLE = {"I": 0.125, "II": 0.25, "III": 0.5}


def texts(figure) -> list[str]:
    from matplotlib.text import Text

    return [item.get_text() for item in figure.findobj(Text) if item.get_text()]


def all_figures() -> dict[str, figures.ClaimFigure]:
    experts = pd.DataFrame({"E1": RUN.weights["weight"].to_numpy()}, index=RUN.weights["indicator"])
    consistency = pd.DataFrame(
        {"expert": ["E1", "E1", "E2"], "node": ["groups", "g", "g"], "consistency_ratio": [0.02, np.nan, 0.4]}
    )
    plants = list(RUN.sample.plants)
    effects = pd.DataFrame(
        {"factor": ["a.b", "c.d"], "low": ["1", "x"], "high": ["2", "y"], "at_low": [3, 4], "at_high": [9, 5]}
    )
    indices = pd.DataFrame({"first": [0.2, 0.5], "total": [0.3, 0.6]}, index=["few", "most"])
    for kind in ("first", "total"):
        indices[f"{kind}_lower"], indices[f"{kind}_upper"] = indices[kind] - 0.1, indices[kind] + 0.1
    joint = pd.DataFrame({"level": ["I", "II"], "target": [0.05, 0.2], "marginal_share": [0.4, np.nan]})
    cuts = {"I": 85, "II": 85, "III": 100}
    return {
        "states": figures.sample_states(RUN.sample, RUN.system),
        "spread": figures.sample_spread(RUN.sample, RUN.system),
        "weights": figures.weights_spread(RUN.weights, RUN.system, experts),
        "consistency": figures.expert_consistency(consistency, limit=0.1),
        "thresholds": figures.thresholds_on_sample(RUN.sample, RUN.system, RUN.thresholds),
        "promises": figures.attainment_promises(RUN.thresholds, WHOLE, promised=SHARES),
        "gap": figures.promise_gap(joint.assign(attainment=[0.05, 0.1])),
        "scores": figures.level_scores(RUN.evaluation, cuts=cuts),
        "blocking": figures.blocking_indicators(RUN.evaluation, RUN.system),
        "probabilities": figures.level_probabilities(level_counts(plants)),
        "tornado": figures.tornado(effects, base=4),
        "sobol": figures.sobol(indices),
        "ladder": figures.proposal_ladder(proposal_rows(RUN.proposal), RUN.system),
    }


@pytest.fixture(scope="module")
def made():
    return all_figures()


def test_every_figure_carries_its_claim_as_title_and_the_data_it_shows(made):
    for figure in made.values():
        assert figure.claim.replace(" ", "") in "".join(texts(figure)).replace("\n", "").replace(" ", "")
        assert len(figure.data)


def test_every_figure_can_be_drawn(made):
    for figure in made.values():
        assert figure.png().startswith(b"\x89PNG")


def test_no_figure_about_values_names_a_plant(made):
    for name in ("spread", "thresholds", "ladder"):
        assert not set(RUN.sample.plants) & {word for text in texts(made[name]) for word in text.split()}


def test_cells_are_shown_by_their_state_and_excluded_plants_with_their_reason(made):
    states = made["states"].data
    assert states.loc["dust", "P1"] == 1
    assert states.loc["slag_use", "P4"] == 3
    assert any("P9: another product" in text for text in texts(made["states"]))


def test_cells_flagged_for_unknown_plants_are_left_out():
    flagged = pd.DataFrame({"plant": ["P1", "nobody"], "indicator": ["energy", "energy"]})
    assert figures.sample_states(RUN.sample, RUN.system, flagged=flagged).png()


def test_a_limit_that_does_not_exist_is_an_arrow_and_one_that_does_is_a_bar(made):
    panel = next(axes for axes in made["thresholds"].axes if axes.get_title(loc="left").startswith("Energy"))
    arrows = [text for text in panel.texts if getattr(text, "arrow_patch", None) is not None]
    missing = RUN.thresholds.query("indicator == 'energy'")[["lower", "upper"]].isna().to_numpy().sum()
    assert len(arrows) == missing > 0


def test_recalled_comparators_are_hollow_and_those_on_another_basis_are_not_drawn(made):
    panel = next(axes for axes in made["thresholds"].axes if axes.get_title(loc="left").startswith("Energy"))
    marks = {
        float(line.get_xdata()[0]): line.get_markerfacecolor()
        for line in panel.lines
        if line.get_marker() == "v"
    }
    assert marks[480.0] == "white"
    assert marks[400.0] != "white"
    assert not {300.0, 350.0} & set(marks)


def test_cleaner_is_left_whatever_the_direction(made):
    panels = {axes.get_title(loc="left").split("\n")[0]: axes for axes in made["thresholds"].axes}
    assert panels["Dust"].get_xlim()[0] < panels["Dust"].get_xlim()[1]
    assert panels["Slag use"].get_xlim()[0] > panels["Slag use"].get_xlim()[1]


def test_promises_leave_described_indicators_out_of_the_marginal_shares(made):
    row = made["promises"].data.set_index("level").loc["III"]
    measured = RUN.thresholds.query("level == 'III' and indicator != 'audit'")["attainment"]
    assert row["indicator_median"] == measured.median()
    assert row["whole"] == WHOLE["III"]


def test_blocked_plants_are_counted_by_indicator_and_by_score_alone():
    evaluation = pd.DataFrame(
        {"plant": list("abc"), "level": ["II", "III", "none"], "limiting_failed": ["energy", "", "energy"]}
    )
    data = figures.blocking_indicators(evaluation, RUN.system).data.set_index("indicator")
    assert data.loc["energy"].tolist() == [1, 0, 1]
    assert data.loc["score alone"].tolist() == [0, 1, 0]


def test_the_most_fragile_plant_stands_on_top(made):
    data = made["probabilities"].data
    assert data.index[0] == "P7"
    assert data.index[-1] == "P1"
    assert np.allclose(data[["I", "II", "III", "none"]].sum(axis=1), 1)


def test_the_largest_move_and_the_largest_index_stand_on_top(made):
    assert made["tornado"].data["factor"].tolist() == ["a.b", "c.d"]
    assert made["sobol"].data.index.tolist() == ["most", "few"]


def test_an_unreachable_promise_is_said_so(made):
    assert "cannot be reached" in texts(made["gap"])


def test_the_ladder_tells_old_values_law_and_others_apart(made):
    data = made["ladder"].data.query("indicator == 'energy'")
    assert data.set_index("label").loc["the old value", "what"] == "previous"
    assert data.set_index("label").loc["the limit", "what"] == "law"
    assert "foreign" not in set(data["label"])


def test_weights_are_shown_with_the_lowest_and_highest_expert(made):
    row = made["weights"].data.set_index("indicator").loc["energy"]
    assert (row["lowest"], row["weight"], row["highest"]) == pytest.approx((0.3, 0.3, 0.3))


def test_judgements_too_small_to_contradict_themselves_are_left_out(made):
    assert made["consistency"].data["expert"].tolist() == ["E2", "E1"]
