"""Intervals, methods, regulators and strata are drawn as far as they exist."""

import numpy as np
import pandas as pd
import pytest
from drawn_texts import texts
from evidence_toys import toy_tables

from methodology import figures
from methodology.indicators import Kind
from methodology.parameters import Project

RUN = toy_tables()


def test_looser_is_right_whatever_the_direction_of_an_indicator():
    values = pd.DataFrame(
        {
            "indicator": ["energy", "energy", "slag_use", "slag_use"],
            "level": "II",
            "method": ["attainment", "normal"] * 2,
            "value": [400.0, 440.0, 98.0, 88.2],
        }
    )
    data = figures.threshold_methods(values, RUN.system, chosen="attainment").data
    assert data.loc[data["method"] == "normal", "relative"].tolist() == pytest.approx([0.1, 0.1])


def test_methods_that_give_no_value_are_not_drawn():
    values = pd.DataFrame(
        {"indicator": "energy", "level": "II", "method": ["attainment", "gamma"], "value": [400.0, np.nan]}
    )
    assert set(figures.threshold_methods(values, RUN.system, chosen="attainment").data["method"]) == {
        "attainment"
    }


def test_only_the_indicators_on_which_methods_differ_most_are_drawn():
    system = Project.around().system("ironmaking")
    names = [item.id for item in system.indicators if item.kind is Kind.QUANTITATIVE]
    rows = [(name, "II", "attainment", 100.0) for name in names]
    rows += [(name, "II", "normal", 100.0 + place) for place, name in enumerate(names)]
    values = pd.DataFrame(rows, columns=["indicator", "level", "method", "value"])
    figure = figures.threshold_methods(values, system, chosen="attainment")
    assert list(dict.fromkeys(figure.data["indicator"])) == names[-6:]
    told = " ".join(" ".join(texts(figure)).split())
    assert f"{len(names) - 6} more indicators differ by {len(names) - 7}.0 % at most" in told


def test_coverage_has_one_panel_per_population_and_share():
    columns = ["population", "n", "share", "method", "coverage", "standard_error"]
    rows = [(p, n, s, m, 0.95, 0.01) for p in "ab" for n in (8, 20) for s in (0.05, 0.2) for m in ("x", "y")]
    figure = figures.coverage_of_intervals(pd.DataFrame(rows, columns=columns))
    assert [axes.get_title(loc="left").strip() for axes in figure.axes] == [
        f"{p} · share {s} %" for p in "ab" for s in (5, 20)
    ]


def test_the_sample_is_set_against_the_register():
    coverage = pd.DataFrame(
        {
            "stratum": ["large", "all"],
            "plants": [3, 5],
            "known": [4, 20],
            "share": [0.75, 0.25],
            "capacity_share": 0.5,
        }
    )
    assert "3 of 4" in texts(figures.strata_coverage(coverage))


def rules_of_two():
    return pd.DataFrame(
        [("energy", "eu-ets", 400.0, 0.125), ("energy", "eu-bat-ael", np.nan, np.nan)],
        columns=["indicator", "rule", "value", "attainment"],
    )


def test_regulators_without_a_value_have_no_mark():
    figure = figures.regulators_beside(rules_of_two(), RUN.thresholds, RUN.system)
    assert list(figure.data["rule"]) == ["I", "II", "III", "eu-ets"]
    assert figure.png()


def test_a_figure_of_methods_without_any_says_so():
    empty = pd.DataFrame(columns=["indicator", "level", "method", "value"]).astype({"value": float})
    figure = figures.threshold_methods(empty, RUN.system, chosen="attainment")
    assert "no indicator has such values" in texts(figure)
    assert figure.png()


def test_rules_of_nothing_are_drawn_empty():
    assert figures.regulators_beside(rules_of_two()[:0], RUN.thresholds, RUN.system).png()
