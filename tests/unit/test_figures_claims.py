from inspect import signature

import numpy as np
import pandas as pd
import pytest
from drawn_texts import misread, texts
from evidence_toys import SHARES, level_counts, toy_system, toy_tables
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from methodology import figures
from methodology.figures.looks import LEVEL_COLOURS
from methodology.indicators import Level
from methodology.languages import Words
from methodology.series import figures as series_figures
from methodology.tables import proposal_rows

RUN = toy_tables()
WHOLE = {"I": 0.125, "II": 0.25, "III": 0.5}


def all_figures() -> dict[str, figures.ClaimFigure]:
    experts = pd.DataFrame({"E1": RUN.weights["weight"].to_numpy()}, index=RUN.weights["indicator"])
    consistency = pd.DataFrame(
        {"expert": ["E1", "E1", "E2"], "node": ["groups", "g", "g"], "consistency_ratio": [0.02, np.nan, 0.4]}
    )
    plants = list(RUN.sample.plants)
    effects = pd.DataFrame(
        {"factor": ["a.b", "c.d"], "low": ["1", "x"], "high": ["2", "y"], "at_low": [3, 4], "at_high": [9, 5]}
    )
    indices = pd.DataFrame(
        {"first": [0.2, 0.5], "total": [0.3, 0.6], "shapley": [0.3, 0.7], "combinations": 0},
        index=["few", "most"],
    )
    for kind in ("first", "total", "shapley"):
        indices[f"{kind}_lower"], indices[f"{kind}_upper"] = indices[kind] - 0.1, indices[kind] + 0.1
    joint = pd.DataFrame({"level": ["I", "II"], "target": [0.05, 0.2], "marginal_share": [0.4, np.nan]})
    cuts = {"I": 85, "II": 85, "III": 100}
    return {
        "states": figures.sample_states(RUN.sample, RUN.system),
        "spread": figures.sample_spread(RUN.sample, RUN.system),
        "weights": figures.weights_spread(RUN.weights, RUN.system, experts),
        "consistency": figures.expert_consistency(consistency, RUN.system, limit=0.1),
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


def test_no_title_is_fixed_each_is_the_finding_of_its_data():
    options = {
        name: signature(getattr(room, name)).parameters
        for room in (figures, series_figures)
        for name in room.__all__
        if name.islower()
    }
    titles = {name: own["title"].default for name, own in options.items() if "title" in own}
    assert {name: title for name, title in titles.items() if title} == {}
    assert len(titles) > 15


def test_every_figure_can_be_drawn(made):
    for figure in made.values():
        assert figure.png().startswith(b"\x89PNG")


def test_neither_title_nor_note_runs_into_what_is_drawn(made):
    for name, figure in made.items():
        figure.png()
        renderer = figure.canvas.get_renderer()
        heading, note = figure._suptitle, figure._supxlabel
        for axes in figure.axes:
            box = axes.get_tightbbox(renderer)
            assert box.y1 <= heading.get_window_extent(renderer).y0 + 2, name
            assert note is None or box.y0 >= note.get_window_extent(renderer).y1 - 2, name


def test_a_chinese_reader_meets_no_english_no_code_and_no_loose_unit_in_a_figure(made):
    own = [
        "8家企业，剔除1家（P9: another product）。",
        "most",
    ]  # a reason and a factor of the toy, told as they were given
    assert misread(made) == own


def seen(figure: figures.ClaimFigure) -> np.ndarray:
    """Pixels about in the colour of each level, the key left out."""
    for key in [*figure.legends, *filter(None, (axes.get_legend() for axes in figure.axes))]:
        key.remove()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = np.asarray(canvas.buffer_rgba())[..., :3].astype(float)
    colours = [255 * np.array(to_rgb(LEVEL_COLOURS[Level(level)])) for level in SHARES]
    return np.array([(np.abs(drawn - one).max(axis=2) < 48).sum() for one in colours])


@pytest.mark.parametrize("name", ["thresholds", "ladder", "scores"])
def test_marks_of_levels_at_one_place_are_seen_inside_one_another(name):
    plain = toy_system(comparators=[])

    def drawn(levels: list[str]) -> np.ndarray:
        """Each level where the last of them stands."""
        values = RUN.thresholds.assign(lower=np.nan, upper=np.nan, interval="none", attainment=0.5)
        place = values[values["level"] == levels[-1]].set_index("indicator")["value"]
        values["value"] = values["proposed"] = values["indicator"].map(place)
        own = values[values["level"].isin(levels)]
        if name == "thresholds":
            return seen(figures.thresholds_on_sample(RUN.sample, plain, own))
        if name == "ladder":
            return seen(figures.proposal_ladder(own, plain))
        same = RUN.evaluation.assign(
            **{f"Y_{level}": 50.0 if level in levels else -999.0 for level in SHARES}
        )
        figure = figures.level_scores(same.assign(level="none"), cuts=dict.fromkeys(SHARES, 40))
        figure.axes[0].set_xlim(0, 109)
        return seen(figure)

    alone = np.array([drawn([level])[place] for place, level in enumerate(SHARES)])
    assert (drawn(["I", "II", "III"]) >= 0.25 * alone).all()


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


def test_described_indicators_are_among_the_shares_of_each_indicator(made):
    row = made["promises"].data.set_index("level").loc["III"]
    everyone = RUN.thresholds.query("level == 'III'")["attainment"]
    assert row["indicator_median"] == everyone.median()
    assert row["indicator_highest"] == everyone.max()
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


def stability_table() -> pd.DataFrame:
    base = {"kind": "indicator", "weight": 0.3, "lower_plant": "P1", "lower_change": "II -> III"}
    rows = [
        {**base, "name": "energy", "lower": 0.1, "upper": 0.9},
        {**base, "name": "dust", "lower": 0.25, "upper": 0.35},
        {**base, "name": "g", "kind": "group", "lower": 0.0, "upper": 1.0},
    ]
    return pd.DataFrame(rows).assign(upper_plant="", upper_change="")


def test_the_weight_with_the_least_room_stands_on_top_and_ends_name_who_flips():
    figure = figures.weight_stability(stability_table(), RUN.system)
    assert figure.data["name"].tolist() == ["dust", "energy"]
    assert any("P1 II → III" in text for text in texts(figure))
    assert figures.weight_stability(stability_table(), RUN.system, kind="group").data["name"].tolist() == [
        "g"
    ]


def test_groups_stand_above_indicators_where_both_are_drawn():
    figure = figures.weight_stability(stability_table(), RUN.system, kind="both")
    assert figure.data["kind"].tolist() == ["group", "indicator", "indicator"]
    assert figure.data["name"].tolist()[1:] == ["dust", "energy"]
    assert any("group" in text for text in texts(figure))


def test_the_closest_tipping_points_come_first_and_directions_without_one_are_left_blank():
    rows = [
        {"indicator": "energy", "level": "I", "tighter_spread": 0.2, "looser_spread": np.nan},
        {"indicator": "dust", "level": "II", "tighter_spread": np.nan, "looser_spread": 0.01},
        {"indicator": "energy", "level": "II", "tighter_spread": 0.0, "looser_spread": np.nan},
        {"indicator": "dust", "level": "III", "tighter_spread": np.nan, "looser_spread": np.nan},
    ]
    names = {f"{side}_{what}": "" for side in ("tighter", "looser") for what in ("plant", "change")}
    distances = {"tighter_distance": 0.5, "looser_distance": 0.001}
    figure = figures.tipping_points(pd.DataFrame(rows).assign(**names, **distances), RUN.system)
    assert figure.data[["indicator", "level"]].to_numpy().tolist() == [
        ["energy", "II"],
        ["dust", "II"],
        ["energy", "I"],
    ]
    assert figure.data["closest"].tolist() == [0.0, 0.01, 0.2]
    assert figure.png()


def test_no_tipping_point_at_all_can_be_drawn():
    nothing = {
        "tighter_distance": [np.nan],
        "looser_distance": [np.nan],
        "tighter_spread": [np.nan],
        "looser_spread": [np.nan],
        "tighter_plant": [""],
        "looser_plant": [""],
    }
    changes = {"tighter_change": [""], "looser_change": [""]}
    table = pd.DataFrame({"indicator": ["energy"], "level": ["I"], **nothing, **changes})
    assert figures.tipping_points(table, RUN.system).png()


def test_the_cut_is_swept_over_all_levels():
    sweep = pd.DataFrame(
        {"I": [2, 1], "II": [1, 1], "III": [1, 1], "none": [0, 1], "changed": [1, 0]}, index=[80, 85]
    )
    assert figures.cut_sweep(sweep, cut=85).data.columns.tolist() == ["I", "II", "III", "none"]


def test_the_spread_of_shares_is_set_against_the_promise():
    draws = pd.DataFrame(
        {"I": np.linspace(0, 0.1, 101), "II": np.linspace(0, 0.4, 101), "III": np.linspace(0, 1, 101)}
    )
    data = figures.share_distribution(draws, promised=SHARES).data.set_index("level")
    assert data.loc["III", ["promised", "p05", "p50", "p95"]].tolist() == pytest.approx(
        [0.5, 0.05, 0.5, 0.95]
    )


def test_a_cell_without_a_standard_is_a_gap():
    cover = pd.DataFrame({"process": ["a"], "aspect": ["air"], "state": ["aged"], "numbers": ["GB 1; GB 2"]})
    data = series_figures.standards_map(cover, processes={"a": "A", "b": "B"}, aspects=["air", "water"]).data
    assert data["state"].tolist() == ["aged", "missing", "missing", "missing"]


def test_savings_have_one_panel_per_quantity():
    effects = pd.DataFrame(
        {
            "process": ["A", "A"],
            "quantity": ["dust", "energy"],
            "unit": ["t", "kgce"],
            "value": [1.0, 2.0],
            "lower": [0.5, 1.0],
            "upper": [2.0, 3.0],
        }
    )
    names = {"A": Words("甲", "A")}
    assert len(series_figures.savings(effects, names).axes) == 2
    assert "SYNTHETIC DATA" not in texts(series_figures.savings(effects, names))
    assert "SYNTHETIC DATA" in texts(series_figures.savings(effects, names, synthetic=True))


def test_old_values_looser_than_the_law_are_positive_in_both_directions():
    old = pd.DataFrame(
        {
            "label": ["dust", "use"],
            "label_zh": ["粉尘", "利用率"],
            "level": ["I", "II"],
            "value": [12.0, 80.0],
            "limit": [10.0, 100.0],
            "unit": ["mg", "%"],
        }
    ).assign(better=["lower", "higher"], status="RECALLED_H")
    assert series_figures.staleness(old).data["relative"].tolist() == pytest.approx([0.2, 0.2])


def test_disagreement_is_the_difference_from_the_weight_used():
    experts = pd.DataFrame({"E1": [0.4, 0.1, 0.1, 0.4]}, index=list(RUN.system.ids))
    data = figures.disagreement_map(experts, RUN.weights, RUN.system).data
    assert data.loc["energy", "E1"] == pytest.approx(10.0)
    assert data.sum().tolist() == pytest.approx([0.0], abs=1e-9)


@pytest.mark.parametrize(("blank", "said"), [(np.nan, True), (0.25, False)])
def test_an_expert_whose_judgements_give_no_weight_is_a_blank_column_that_is_explained(blank, said):
    experts = pd.DataFrame({"E1": [0.4, 0.1, 0.1, 0.4], "E2": blank}, index=list(RUN.system.ids))
    figure = figures.disagreement_map(experts, RUN.weights, RUN.system)
    assert any("Blank:" in text for text in texts(figure)) == said


def test_promises_beyond_the_sample_are_marked_where_they_are_known():
    joint = pd.DataFrame({"level": ["I"], "target": [0.05], "marginal_share": [0.4], "attainment": [0.05]})
    plain = figures.promise_gap(joint)
    known = figures.promise_gap(joint.assign(cross_validated=[0.0], industry=[0.1]))
    note = "".join(texts(known)).replace("\n", " ")
    assert "all plants of the industry" in note
    assert "industry" not in "".join(texts(plain))
    assert known.png()
