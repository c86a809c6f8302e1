"""The sentence over a figure of benchmark values says what that figure draws, whatever the numbers are."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from methodology import figures
from methodology.figures import claims
from methodology.parameters import Project

SYSTEM = {"dust": SimpleNamespace(name="Dust"), "energy": SimpleNamespace(name="Energy")}


def rules(*shares: float) -> pd.DataFrame:
    ours = [
        ("energy", level, share) for level, share in zip(["I", "II", "III"], (0.1, 0.2, 0.5), strict=True)
    ]
    return pd.DataFrame(
        [*ours, *(("energy", "ets", s) for s in shares)], columns=["indicator", "rule", "attainment"]
    )


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        (
            (0.05, 0.3, 0.6),
            "Of 3 values other regulators would set, 1 is reached by fewer plants than Level I, 1 by",
        ),
        (
            (0.1, 0.5),
            "Of 2 values other regulators would set, none are reached by fewer plants than Level I, none by",
        ),
        (
            (0.0, 0.05),
            "Of 2 values other regulators would set, 2 are reached by fewer plants than Level I, none by",
        ),
        ((), "No rule of another regulator gives a value here"),
    ],
)
def test_values_of_regulators_are_counted_on_both_sides_of_the_levels(shares, says):
    assert claims.other_plants(rules(*shares)).startswith(says)


@pytest.mark.parametrize(
    ("coverage", "says"),
    [
        ([0.96, 0.94, 0.80], "1 of 2 methods keeps 95.0 % in every case; normal falls to 80.0 %"),
        ([0.96, 0.94, 0.95], "All 2 methods keep 95.0 % in every case"),
        ([0.96, 0.90, 0.80], "None of 2 methods keeps 95.0 % in every case; normal falls to 80.0 %"),
        ([0.96, 0.90, 0.95], "1 of 2 methods keeps 95.0 % in every case; order falls to 90.0 %"),
    ],
)
def test_methods_that_keep_their_confidence_within_the_error_of_the_study_are_counted(coverage, says):
    study = pd.DataFrame(
        {"method": ["order", "order", "normal"], "coverage": coverage, "standard_error": 0.01}
    )
    assert claims.coverage_kept(study, 0.95) == says


def test_the_value_another_method_moves_most_is_named_with_its_direction():
    table = pd.DataFrame(
        {
            "indicator": ["dust", "dust", "energy", "energy"],
            "method": ["attainment", "normal"] * 2,
            "value": 1.0,
            "relative": [0.0, -0.2, 0.0, 0.1],
        }
    )

    def says(*relative: float) -> str:
        rows = table.assign(relative=list(relative))
        return claims.farthest_value(rows, SYSTEM, chosen="attainment", told="the method used", level="II")

    assert says(0, -0.2, 0, 0.1) == "Level II, up to 20 % from the method used: Dust, stricter with normal"
    assert says(0, -0.2, 0, 0.3) == "Level II, up to 30 % from the method used: Energy, looser with normal"
    assert says(0, 0, 0, 0) == "Every Level II value is the same as with the method used"
    assert says(0, np.nan, 0, np.nan) == "No other Level II value to set beside the method used"


@pytest.mark.parametrize(
    ("shifts", "says"),
    [
        ([0, 0, -0.4, 0.2, 0.1, 0.1], "“b” moves values farthest from “run”: 0.3 spans on average"),
        ([0, 0, -0.4, 0.2, 0.9, 0.1], "“c” moves values farthest from “run”: 0.5 spans on average"),
        ([0, 0, 0, 0, 0, 0], "No scenario moves a value away from “run”"),
        ([0, 0, 0.2, np.nan, np.nan, np.nan], "“b” moves values farthest from “run”: 0.2 spans on average"),
        ([0, 0, np.nan, np.nan, np.nan, np.nan], "No scenario to set beside “run”"),
    ],
)
def test_the_scenario_whose_values_lie_farthest_is_named(shifts, says):
    values = pd.DataFrame({"scenario": ["run", "run", "b", "b", "c", "c"], "shift": shifts})
    assert claims.farthest_scenario(values, "run").endswith(says)


@pytest.mark.parametrize(
    ("industry", "says"),
    [
        ([0.2, 0.38], "From sample to industry a share moves by up to 12 points: joint, Level II"),
        ([0.9, 0.38], "From sample to industry a share moves by up to 70 points: joint, Level I"),
        ([0.2, 0.5], "Every share of the sample is the same in the industry"),
        ([np.nan, np.nan], "Shares promised, and shares the sample keeps"),
    ],
)
def test_a_share_of_the_sample_is_held_against_the_industry(industry, says):
    table = pd.DataFrame({"scenario": "joint", "level": ["I", "II"], "sample": [0.2, 0.5]})
    assert claims.sample_to_industry(table.assign(industry=industry)) == says


@pytest.mark.parametrize(
    ("whole", "says"),
    [
        ([0.0, 0.1], "Level II: 40.0 % of the plants reach the median indicator, 10.0 % the whole standard"),
        ([0.8, 0.4], "Level I: 5.0 % of the plants reach the median indicator, 80.0 % the whole standard"),
        ([0.05, 0.4], "As many plants reach the whole standard as the median indicator, at every level"),
        ([np.nan, np.nan], "Share of plants that reaches each level"),
    ],
)
def test_a_promise_per_indicator_is_held_against_the_whole(whole, says):
    table = pd.DataFrame({"level": ["I", "II"], "indicator_median": [0.05, 0.4], "whole": whole})
    assert claims.whole_against_each(table) == says


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        ([0.05, 0.6], "For 20.0 % of the plants at Level II each indicator must let 60.0 % through"),
        ([0.9, 0.6], "For 5.0 % of the plants at Level I each indicator must let 90.0 % through"),
        ([0.05, 0.1], "To keep the promise for the whole, no indicator must be easier"),
        ([np.nan, 0.6], "at Level II each indicator must let 60.0 % through; Level I cannot be reached"),
        ([np.nan, np.nan], "No level can keep its promise for the whole standard"),
    ],
)
def test_how_easy_each_indicator_must_be_is_said_only_where_it_must(shares, says):
    joint = pd.DataFrame({"level": ["I", "II"], "target": [0.05, 0.2], "marginal_share": shares})
    assert claims.each_indicator(joint).endswith(says)


def test_the_key_of_methods_ends_inside_the_figure_whatever_the_methods_are_called():
    methods = [
        "attainment",
        "harrell-davis",
        "hyndman-fan-7",
        "hyndman-fan-8",
        "normal",
        "weibull",
        "mean-of-best",
    ]
    methods += ["mact-floor", "capacity_class: medium (23 plants)"]
    for names in (methods, methods[:-1], methods[:5]):
        values = pd.DataFrame({"indicator": "process_energy", "level": "II", "method": names, "value": 390.0})
        drawn = figures.threshold_methods(values, Project.around().system("ironmaking"), chosen="attainment")
        canvas = FigureCanvasAgg(drawn)
        canvas.draw()
        key = drawn.axes[0].get_legend()
        assert key.get_window_extent(canvas.get_renderer()).x1 <= drawn.bbox.x1
        assert "mact-floor" not in [text.get_text() for text in key.get_texts()]


@pytest.mark.parametrize("system", ["ironmaking", "sintering", "rolling", "coking"])
def test_no_text_of_the_weights_is_cut_at_the_edge(system):
    definitions = Project.around().system(system)
    members = [(item.group, item.id) for item in definitions.indicators]
    weights = pd.DataFrame(members, columns=["group", "indicator"]).assign(weight=round(1 / len(members), 3))
    drawn = figures.weights_spread(weights, definitions)
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    edge = drawn.bbox.x1
    beyond = [
        text.get_text()
        for axes in drawn.axes
        for text in axes.texts
        if text.get_window_extent(canvas.get_renderer()).x1 > edge
    ]
    assert beyond == []


@pytest.mark.parametrize(
    ("proposed", "says"),
    [
        ((0.1, 0.5), "it lets 40.0 %, 80.0 % through each indicator, and so does the proposed point"),
        (
            (0.1, 0.3),
            "through each indicator; the proposed point, within all bounds, puts 10.0 %, 30.0 % there",
        ),
    ],
)
def test_what_a_promise_costs_is_said_with_what_the_proposed_point_keeps(proposed, says):
    rows = [("marginal", "I", 0.95, 0.0, 0.0), ("marginal", "II", 0.8, 0.05, 0.05)]
    rows += [("joint", "I", 0.6, 0.1, 0.1), ("joint", "II", 0.2, 0.5, 0.4)]
    rows += [("proposed", "I", 0.6, proposed[0], 0.1), ("proposed", "II", 0.2, proposed[1], 0.4)]
    points = pd.DataFrame(rows, columns=["point", "level", "strictness", "attained", "admissible"])
    said = claims.choice_costs(points)
    assert said.startswith(
        "Kept by each indicator, the promise puts 0.0 %, 5.0 % of plants at Level I, II; kept by"
    )
    assert said.endswith(says)
    nobody = points.assign(attained=points["attained"].where(points["point"] != "marginal", 0.0))
    assert "the promise puts 0.0 % of plants at Level I, II; kept" in claims.choice_costs(nobody)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ((5.0, 5.0, 9.0, 1.0, 2.0, 3.0), "In 1 of 2 indicators two levels begin at the same value"),
        (
            (5.0, 7.0, 9.0, 1.0, 2.0, 3.0),
            "begin at the same value; 2 of 5 values have a side without a limit",
        ),
    ],
)
def test_levels_of_one_value_are_counted_or_else_values_without_a_limit(values, says):
    table = pd.DataFrame({"indicator": ["dust"] * 3 + ["energy"] * 3, "value": values, "upper": 10.0})
    table = table.assign(lower=[np.nan, np.nan, 1, 1, 1, np.nan], interval=["rank"] * 5 + ["none"])
    assert claims.values_shared(table).endswith(says)


@pytest.mark.parametrize(
    ("old", "says"),
    [
        ([("previous", "I", 4.0, True), ("previous", "II", 8.0, True), ("law", "", 1.0, True)],
         "Of 2 proposed values with one in the previous index 1 is stricter, 1 looser"),
        ([("previous", "I", 5.0, True), ("law", "", 1.0, True)],
         "Of 1 proposed values with one in the previous index none are stricter, none looser"),
        ([("previous", "I", 4.0, False), ("law", "", 4.0, True)],
         "Of 2 proposed values under a mandatory limit 2 are looser than it"),
        ([("other", "", 4.0, True)], "None of the 2 proposed values has one in force beside it"),
    ],
)  # fmt: skip
def test_proposed_values_are_held_against_what_is_in_force_on_their_basis(old, says):
    rows = [("proposed", "I", 5.0, True), ("proposed", "II", 7.0, True), *old]
    values = pd.DataFrame(rows, columns=["what", "level", "value", "same"]).assign(indicator="dust")
    assert claims.against_in_force(values, {"dust": SimpleNamespace(sign=1)}) == says
    turned = claims.against_in_force(values, {"dust": SimpleNamespace(sign=-1)})
    assert (turned == says) == ("1 looser" in says or "none" in says.casefold())
