"""The drawing of plants as dots is the same on every processor."""

import re

import numpy as np
import pandas as pd
from evidence_toys import toy_system

from methodology.evidence.dots import dots_svg
from methodology.figures.made_up import EXPERTS, PLANTS, made_up_line
from methodology.indicators import Kind
from methodology.indicators.words import SYNTHETIC


def test_plants_of_one_value_stand_in_the_order_of_the_sample():
    names = [f"P{k:02d}" for k in range(60)]
    values = pd.Series(np.where(np.arange(60) % 2, 400.0, 390.0), index=names)
    indicator = next(item for item in toy_system().indicators if item.kind == "quantitative")
    drawn = dots_svg(values, pd.Series(0, index=names), indicator, {})
    shown = [part[:3] for part in drawn.split("<title>")[1:]]
    assert shown == names[::2] + names[1::2]


def test_a_drawing_of_made_up_plants_says_so_at_its_foot_and_one_of_real_plants_nothing():
    indicator = next(item for item in toy_system().indicators if item.kind == "quantitative")
    plants = pd.Series([390.0, 400.0], index=["P1", "P2"]), pd.Series(0, index=["P1", "P2"])
    line = made_up_line({"synthetic": True}, {"synthetic": True})
    plain, marked = dots_svg(*plants, indicator, {}), dots_svg(*plants, indicator, {}, line=line)
    assert PLANTS in marked
    assert EXPERTS in marked
    assert SYNTHETIC not in plain
    heights = [int(re.search(r'viewBox="0 0 \d+ (\d+)"', drawn)[1]) for drawn in (plain, marked)]
    at = int(re.search(rf'y="(\d+)"[^>]*>{SYNTHETIC}', marked)[1])
    assert heights[0] + 9 < at < heights[1]


def test_numbers_are_drawn_over_the_lines_of_other_values_and_a_plant_without_a_level_says_so():
    energy = toy_system()["energy"]
    drawn = dots_svg(pd.Series([380.0, 420.0]), pd.Series(0, index=[0, 1]), energy, {"I": 399, "II": 401})
    assert drawn.rindex('class="value') < drawn.index('class="level-I"')
    described = next(item for item in toy_system().indicators if item.kind is Kind.QUALITATIVE)
    drawn = dots_svg(pd.Series([1.0, 4.0]), pd.Series(0, index=[0, 1]), described, {})
    assert 'lang="zh-CN"' in drawn
    assert "未达级" in drawn
    assert "none" not in drawn.replace(">none</text>", "")
