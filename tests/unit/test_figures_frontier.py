"""The frontier is drawn from shares alone, and its table says where both promises lie."""

import io

import numpy as np
import pandas as pd
import pytest
from test_chain_joint import make_system, plants

from methodology import figures, tables
from methodology.chain import frontier
from methodology.figures.canvas import digest


@pytest.fixture(scope="module")
def found():
    system = make_system("abcd", limiting="a")
    return frontier(plants(names="abcd"), system, system.weights, resamples=30, seed=1)


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


def test_both_points_are_marked_where_they_lie(found):
    drawn = figures.calibration_frontier(found, found.points)
    for axes, level in zip(drawn.axes, ("I", "II", "III"), strict=True):
        marks = {
            (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
            for line in axes.lines
            if line.get_marker() in ("o", "D")
        }
        own = found.points[found.points["level"] == level]
        assert marks == set(zip(own["strictness"], own["attained"], strict=True))
        assert axes.get_title(loc="left") == f"Level {level}"


def test_the_table_names_shares_and_not_strictness(found):
    text = tables.render_text(tables.frontier_overview(found.points))
    joint = found.points.query("point == 'joint' and level == 'II'").iloc[0]
    assert f"{100 * (1 - joint['strictness']):.1f}".rstrip("0").rstrip(".") + " %" in text
    assert "whole industry" not in text
    assert "whole industry" in tables.render_text(
        tables.frontier_overview(found.points.assign(industry=0.25))
    )
