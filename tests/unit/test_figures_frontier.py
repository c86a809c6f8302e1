"""The frontier is drawn from shares alone, and its table says where both promises lie."""

import io

import numpy as np
import pandas as pd
import pytest
from test_chain_joint import make_system, plants

from methodology import figures, tables
from methodology.chain import Footing, Setting, frontier
from methodology.figures.canvas import digest
from methodology.parameters.model import ThresholdChoices

MARKS = {"marginal": "o", "joint": "P", "proposed": "*"}
ENDS = ("expected_lower", "expected_upper")


@pytest.fixture(scope="module")
def found():
    system = make_system("abcd", limiting="a")
    return frontier(plants(names="abcd"), system, system.weights, resamples=30, seed=1)


@pytest.fixture(scope="module")
def elsewhere():
    """One whose point is chosen where neither promise lies."""
    strictness = {"strictness_I": 0.7, "strictness_II": 0.4, "strictness_III": 0.1}
    chosen = ThresholdChoices(promise="strictness", point_reason="the group chose it", **strictness)
    system, setting = make_system("abcd", limiting="a"), Setting(choices=chosen)
    return frontier(plants(names="abcd"), system, system.weights, resamples=5, seed=1, setting=setting)


def kept(table):
    """As the table comes back from a file."""
    return pd.read_csv(io.StringIO(table.to_csv(index=False)))


def test_it_is_drawn_from_its_files_as_from_what_was_computed(found):
    one = figures.calibration_frontier(found, found.points)
    again = figures.calibration_frontier(kept(found), kept(found.points))
    assert one.claim == again.claim
    assert digest(one.data) == digest(again.data)
    assert not one.plants


def test_no_value_and_no_plant_stands_in_its_data(found):
    sample = plants(names="abcd")
    told = {*found.columns, *found.points.columns}
    assert not told & {"plant", "value", "indicator"}
    numbers = np.concatenate([t.select_dtypes("number").to_numpy().ravel() for t in (found, found.points)])
    assert not np.isin(np.round(sample.to_numpy(), 6), np.round(numbers, 6)).any()
    assert np.nanmax(numbers) <= 1


def test_every_point_is_marked_where_it_lies(elsewhere):
    drawn = figures.calibration_frontier(elsewhere, elsewhere.points)
    for axes, level in zip(drawn.axes, ("I", "II", "III"), strict=True):
        marks = {
            line.get_marker(): (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
            for line in axes.lines
            if line.get_marker() in MARKS.values()
        }
        own = elsewhere.points[elsewhere.points["level"] == level].set_index("point")
        wanted = {mark: tuple(own.loc[name, ["strictness", "attained"]]) for name, mark in MARKS.items()}
        assert marks == wanted
        assert axes.get_title(loc="left") == f"Level {level}"
    assert len({tuple(row) for row in own[["strictness", "attained"]].to_numpy()}) == 3


def test_the_table_names_shares_and_not_strictness(found):
    text = tables.render_text(tables.frontier_overview(found.points))
    joint = found.points.query("point == 'joint' and level == 'II'").iloc[0]
    assert f"{100 * (1 - joint['strictness']):.1f} %" in text
    assert "whole industry" not in text
    assert "whole industry" in tables.render_text(
        tables.frontier_overview(found.points.assign(industry=0.25))
    )


@pytest.fixture(scope="module")
def of_known_plants():
    system, setting = make_system("abcd", limiting="a"), Setting(footing=Footing(population=55))
    return frontier(plants(names="abcd"), system, system.weights, resamples=30, seed=1, setting=setting)


def test_the_band_of_the_known_plants_lies_within_that_of_an_unlimited_industry(found, of_known_plants):
    one, both = (figures.calibration_frontier(own, own.points) for own in (found, of_known_plants))
    assert [len(axes.collections) for axes in one.axes] == [1] * 3
    assert [len(axes.collections) for axes in both.axes] == [2] * 3
    notes = [" ".join(text.get_text() for text in drawn.texts) for drawn in (one, both)]
    assert ["the 55 known plants" in " ".join(note.split()) for note in notes] == [False, True]


def test_the_table_tells_what_is_expected_of_the_known_plants_and_which_numbers_are_drawn(
    found, of_known_plants
):
    alone, text = (
        tables.render_text(tables.frontier_overview(own.points)) for own in (found, of_known_plants)
    )
    assert "drawn, and with an error of drawing: band" in alone
    assert "known plants" not in alone
    assert "known plants: the 55 of the industry" in text
    point = of_known_plants.points.query("point == 'proposed' and level == 'II'").iloc[0]
    shares = [f"{100 * point[name]:.1f}" for name in ("expected", *ENDS)]
    assert "{} % ({} – {} %)".format(*shares) in text


def test_a_frontier_of_an_older_run_is_drawn_and_told_without_what_it_does_not_know(found):
    fresh = [name for name in found if name.startswith("finite")]
    gone = [
        name
        for name in found.points
        if name in ("known", "finite_lower", "finite_upper") or "expected" in name
    ]
    older, points = pd.DataFrame(found).drop(columns=fresh), found.points.drop(columns=gone)
    assert (
        figures.calibration_frontier(older, points).claim
        == figures.calibration_frontier(found, found.points).claim
    )
    assert tables.frontier_overview(points).equals(tables.frontier_overview(found.points))
