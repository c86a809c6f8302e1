"""Marginals of the synthetic population pass through their anchors and stay within bounds."""

from __future__ import annotations

import numpy as np
import pytest

from methodology.indicators import Indicator
from synthetic.marginals import marginal, normal_scores, normal_shares, through_points
from synthetic.recipe import Knots


def indicator(shape: str, p10: float, p50: float, p90: float, low: float, high: float) -> Indicator:
    return Indicator(
        id="x",
        group="g",
        name_zh="某指标",
        name_en="x",
        kind="quantitative",
        unit="%",
        direction="higher",
        weight=1.0,
        definition="a/b",
        boundary="all",
        anchors={
            "p10": p10,
            "p50": p50,
            "p90": p90,
            "shape": shape,
            "source": ["MEM"],
            "status_median": "ASSUMED",
            "status_spread": "ASSUMED",
        },
        bounds={"low": low, "high": high},
    )


EVEN = (np.arange(4000) + 0.5) / 4000


@pytest.mark.parametrize(
    ("shape", "anchors", "bounds"),
    [
        ("normal", (366, 387, 413), (250, 560)),
        ("normal", (-27.5, -18.5, -9.5), (-45, 40)),
        ("lognormal", (0.25, 0.48, 0.95), (0.02, 5)),
        ("mixture", (2.2, 4.8, 9.2), (0.1, 200)),
        ("logit", (97.2, 99.5, 100), (0, 120)),
        ("logit", (18, 55, 86), (0, 100)),
        ("logit", (99.3, 99.82, 99.98), (80, 100)),
    ],
)
def test_quantiles_of_many_plants_are_the_anchors(shape, anchors, bounds):
    values = marginal(indicator(shape, *anchors, *bounds))(EVEN)
    assert np.quantile(values, [0.1, 0.5, 0.9]) == pytest.approx(anchors, rel=2e-3)
    assert bounds[0] <= values.min()
    assert values.max() <= bounds[1]


def test_a_marginal_never_falls_as_the_share_rises():
    for shape in ("normal", "lognormal", "mixture", "logit"):
        values = marginal(indicator(shape, 60, 82, 100, 0, 100))(EVEN)
        assert (np.diff(values) >= 0).all(), shape


def test_a_percentage_piles_up_at_one_hundred_where_its_best_tenth_reaches_it():
    values = marginal(indicator("logit", 97.2, 99.5, 100, 0, 100))(EVEN)
    assert np.mean(values == 100) == pytest.approx(0.1, abs=0.002)


def test_a_percentage_that_may_exceed_one_hundred_does_so_a_little():
    values = marginal(indicator("logit", 85, 98.5, 100, 0, 120))(EVEN)
    assert 100 < values.max() < 110


def test_the_worst_plants_of_a_crowded_percentage_are_bad_but_not_absurd():
    values = marginal(indicator("logit", 85, 98.5, 100, 0, 120))(EVEN)
    assert values.min() > 50


def test_further_knots_shape_the_tail_of_plants_not_retrofitted():
    knots = Knots(points=((0.96, 14), (0.99, 19)))
    values = marginal(indicator("mixture", 2.2, 4.8, 9.2, 0.1, 200), knots)(EVEN)
    assert np.quantile(values, 0.96) == pytest.approx(14, rel=1e-2)
    assert np.quantile(values, 0.5) == pytest.approx(4.8, rel=1e-3)


def test_three_points_give_the_two_piece_normal_distribution():
    values = through_points(np.array([normal_shares(np.array([2.0]))[0]]), [(0.1, 0), (0.5, 10), (0.9, 40)])
    assert values[0] == pytest.approx(10 + 2.0 * 30 / normal_scores(np.array([0.9]))[0])


def test_an_indicator_without_anchors_cannot_be_drawn():
    bare = indicator("normal", 1, 2, 3, 0, 4).model_copy(update={"anchors": None})
    with pytest.raises(ValueError, match="no anchors"):
        marginal(bare)
