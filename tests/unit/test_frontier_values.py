"""The values of every indicator along the frontier: the curve counts them, and a run can be told to take them."""

import json
import re
from fractions import Fraction
from itertools import pairwise
from math import ceil

import numpy as np
import pandas as pd
import pytest
from shipped import ROOT
from test_chain_joint import make_system, plants

from methodology import chain, tables
from methodology.chain import Footing, Setting, frontier, frontier_steps
from methodology.chain.frontier_values import STRICTNESS, VALUES, strictness_of
from methodology.evaluation import attainment_of_whole, evaluate, level_basis
from methodology.indicators.display import benchmark, percent
from methodology.parameters import Project
from methodology.parameters.model import ThresholdChoices
from methodology.results import Results
from methodology.series.reading import read_member

RIG = ("I", "II", "III")


@pytest.fixture(scope="module", params=["ironmaking", "coking"])
def drawn(request, tmp_path_factory):
    """A shipped system with its frontier, and the steps an instrument moves along, all through their files."""
    member = read_member(Project.around(ROOT), request.param)
    setting = Setting.of(member.parameters, folds=0)
    found = frontier(member.sample, member.system, member.weights, resamples=1, seed=1, setting=setting)
    standard = member.standard("joint").thresholds[["indicator", "level", "value"]]
    basis = level_basis(member.sample, member.system, standard, member.weights)
    kept = Results(tmp_path_factory.mktemp("kept"))
    for name, table in (("frontier", found), ("frontier_values", found.along)):
        kept.save(name, table)
    files = (kept.load("frontier"), kept.load("frontier_values"))
    return member, found, frontier_steps(*files, member.system, basis.thresholds.T), standard


def told(standard, values):
    """A thresholds table of one step, described indicators as in the standard."""
    step = values.set_index("indicator")
    new = {(name, level): step.loc[name, f"value_{level}"] for name in step.index for level in RIG}
    return standard.assign(
        value=[new.get((row.indicator, row.level), row.value) for row in standard.itertuples()]
    )


def some_steps(along, level):
    own = along[along["level"] == level]
    places = own["strictness"].unique()
    return [(place, own[own["strictness"] == place]) for place in places[:: len(places) // 5]]


@pytest.mark.parametrize("level", RIG)
def test_the_whole_standard_at_the_values_of_a_step_attains_what_the_curve_says(drawn, level):
    member, found, _, standard = drawn
    curve = found[found["level"] == level].set_index("strictness")["attained"]
    for place, values in some_steps(found.along, level):
        judged = evaluate(member.sample, member.system, told(standard, values), member.weights)
        assert attainment_of_whole(judged)[level] == curve[place]


def test_values_tighten_along_every_curve_and_no_level_is_looser_than_the_next(drawn):
    member, found, *_ = drawn
    signs = {item.id: -1 if item.better == "higher" else 1 for item in member.system.indicators}
    for (_, name), rows in found.along.groupby(["level", "indicator"]):
        merits = rows[VALUES].to_numpy() * signs[name]
        assert (np.diff(merits, axis=0) <= 0).all()
        assert (np.diff(merits, axis=1) >= 0).all()


def test_a_point_chosen_by_the_strictness_of_a_step_has_the_values_of_the_step(drawn):
    member, found, *_ = drawn
    footing = Footing.of(member.parameters, folds=0)
    for level in RIG:
        for _, values in some_steps(found.along, level)[1:]:
            first, second, third = values[STRICTNESS].iloc[0]
            point = {"strictness_I": first, "strictness_II": second, "strictness_III": third}
            choices = ThresholdChoices(promise="strictness", point_reason="a step", **point)
            table = chain.calibrate(
                member.sample, member.system, member.weights, choices, footing=footing
            ).set_index(["indicator", "level"])["value"]
            for row in values.itertuples():
                assert [table[row.indicator, one] for one in RIG] == [getattr(row, name) for name in VALUES]


def test_the_steps_of_an_instrument_are_plain_rise_in_strictness_and_never_repeat(drawn):
    member, found, steps, _ = drawn
    assert json.loads(json.dumps(steps, allow_nan=False)) == steps
    for place, level in enumerate(RIG):
        own = steps[level]
        assert len(own) > 20
        for looser, stricter in pairwise(own):
            assert looser["strictness"][place] < stricter["strictness"][place]
            assert looser["attained"] >= stricter["attained"]
            assert looser["thresholds"] != stricter["thresholds"]
        curve = found[found["level"] == level]["attained"]
        assert [own[0]["attained"], own[-1]["attained"]] == [curve.iloc[0], curve.iloc[-1]]
        assert np.shape(own[0]["thresholds"]) == (3, len(member.system.ids))


@pytest.mark.parametrize("plants_asked", [7, 13, 30, 80])
def test_a_strictness_read_back_lets_the_same_plants_through(plants_asked):
    system = make_system("a")
    sample = pd.DataFrame({"a": np.arange(plants_asked) + 100.0}, index=plants(n=plants_asked).index)
    along = frontier(sample, system, system.weights, resamples=1, setting=Setting(footing=Footing())).along
    own = along[along["level"] == "II"]
    for strictness, value in zip(own["strictness"], own["value_II"], strict=True):
        share = 1 - Fraction(f"{strictness:.9f}")
        assert (sample["a"] <= value).sum() == ceil(share * plants_asked)


def test_the_strictness_of_a_third_of_the_plants_is_rounded_to_the_side_that_keeps_them():
    assert 1 - Fraction(str(strictness_of(Fraction(1, 3)))) <= Fraction(1, 3)


def test_the_table_of_values_says_what_the_whole_attains_and_joins_levels_with_the_same_values(drawn):
    member, found, *_ = drawn
    table = tables.along_overview(found, found.along, member.system)
    text = table.reset_index()
    whole = text[:3].set_index("level")
    for level in RIG:
        curve = found[found["level"] == level].set_index("strictness")["attained"]
        assert whole.loc[level, "50 %"] == percent(curve[curve.index <= 0.5 + 1e-9].iloc[-1])
    joined = text["level"][3:].str.split(", ").map(len).sum()
    assert joined == 3 * found.along["indicator"].nunique()
    strict = found.along.query("level == 'III'").groupby("indicator")["value_III"].first()
    loosest = text[3:][text["level"][3:].str.contains("III")].iloc[0]
    first = next(item for item in member.system.indicators if item.name_en == text["indicator"][3])
    assert loosest["100 %"] == benchmark(strict[first.id], first)
    assert not re.search('lang="zh-CN">I', table._repr_html_())


def test_each_bound_has_its_column_and_left_out_plants_stand_beside_the_promise():
    costs = [{"bound": bound, "level": "I", "plants": 3, "attained": 0.1} for bound in ("no bound", "index")]
    table = tables.bounds_overview(costs, {"I": 0.05}, {"cross_validated": {"I": 0.04}})
    assert table.to_dict("records") == [
        {
            "wanted": "5.0 %",
            "promise alone": "3 (10.0 %)",
            "within the index": "3 (10.0 %)",
            "plants left out": "4.0 %",
        }
    ]
    assert "plants left out" not in tables.bounds_overview(costs, {"I": 0.05})


def test_values_that_a_group_gave_stay_along_every_curve_and_the_point_lies_on_it():
    system = make_system("abcd", limiting="a")
    given = [{"indicator": "a", "I": 90.0, "II": 95.0, "III": 104.0}]
    choices = ThresholdChoices(promise="values", given=given, point_reason="the group chose it")
    setting, sample = Setting(choices=choices), plants(n=30, names="abcd")
    found = frontier(sample, system, system.weights, resamples=2, setting=setting)
    assert set(found.along["indicator"]) == {"b", "c", "d"}
    for point in found.points.query("point == 'proposed'").itertuples():
        assert point.attained <= point.admissible  # one step of the common share may move several plants
    loosest = found.query("level == 'III' and strictness == 0")["unbounded"].item()
    assert (
        loosest == (sample["a"] <= 104).mean() < 1
    )  # however loose the others, nobody dirtier than what was given
    free = frontier(sample, system, system.weights, resamples=2)
    at = found.points.query("point == 'marginal'")["attained"].tolist()
    assert at == free.points.query("point == 'marginal'")["attained"].tolist()
    thresholds = np.full((3, 4), 100.0)
    thresholds[:, 0] = [90, 95, 104]
    steps = frontier_steps(found, found.along, system, thresholds)
    assert all(
        [row[0] for row in step["thresholds"]] == [90, 95, 104] for own in steps.values() for step in own
    )


def test_a_standard_whose_values_are_all_given_has_one_point_and_no_way():
    system = make_system("ab", limiting="a")
    given = [{"indicator": name, "I": 90.0, "II": 95.0, "III": 104.0} for name in "ab"]
    choices = ThresholdChoices(promise="values", given=given, point_reason="the group chose it")
    found = frontier(
        plants(names="ab"), system, system.weights, resamples=2, setting=Setting(choices=choices)
    )
    assert found.groupby("level")["attained"].nunique().eq(1).all()
    assert len(found.along) == 0
