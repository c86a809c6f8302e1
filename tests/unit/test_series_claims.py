"""Figures and tables of the series say what they are handed, with the sign of what is recalled or assumed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from drawn_texts import misread, texts
from series_toys import RELATIONS, iron, steel, works
from test_series_abroad import BASES, NOTHING, value
from test_series_effect import EFFECTS

from methodology import series
from methodology.parameters.model import GivenValue, Release
from methodology.series import figures as series_figures
from methodology.series import tables as series_tables
from methodology.series.savings import savings
from methodology.series.scenarios import (
    scenario_attainment,
    scenario_levels,
    scenario_standards,
    scenario_values,
)
from methodology.series.what_if import level_counts, value_sweep, what_if


@pytest.fixture(scope="module")
def members():
    return [iron(comparators=[value("mandatory_limit", 50, unit="kgce/t")]), steel(), works()]


@pytest.fixture(scope="module")
def standards(members):
    return series.calibrate_series(members)


@pytest.fixture(scope="module")
def names(members):
    return series.labels(members)


@pytest.fixture(scope="module")
def drawn(members, standards, names):
    own, systems = standards["marginal"], [member.system for member in members]
    limits = [value("mandatory_limit", 50), value("eu_bat_ael", (1, 15), "daily"), value("jp_standard", 40)]
    from series_toys import indicator, system

    stack = [system("stack", [indicator("dust", unit="mg/m3", weight=1.0, comparators=limits)])]
    abroad = series.foreign_values(stack, BASES, NOTHING)
    both = scenario_standards({"run": members[0], "again": members[0]})
    sweep = value_sweep(own[0], "energy", "II")
    return {
        "levels": series_figures.series_levels(series.levels_across([*own, *standards["joint"]]), names),
        "sums": series_figures.parts_against_whole(series.sums_of_parts(own, RELATIONS)),
        "abroad": series_figures.values_abroad(abroad, stack),
        "shifts": series_figures.scenario_values(
            scenario_values(both, against="run"), systems[0], against="run"
        ),
        "kept": series_figures.scenario_attainment(scenario_attainment(both)),
        "sweep": series_figures.value_sweep(
            sweep, systems[0], indicator="energy", level="II", proposed=40.0, asked=50.0
        ),
    }


def test_every_figure_carries_its_claim_and_its_data_and_can_be_drawn(drawn):
    for figure in drawn.values():
        assert figure.claim.replace(" ", "") in "".join(texts(figure)).replace("\n", "").replace(" ", "")
        assert len(figure.data)
        assert figure.png().startswith(b"\x89PNG")


def test_a_chinese_reader_meets_no_english_no_code_and_no_loose_unit_in_a_figure(drawn):
    assert misread(drawn) == ["again", "again"]  # the scenario of these tests, told as it was given


def test_words_of_the_shipped_relations_units_and_strata_are_told_in_chinese(standards, names):
    relation, unit = "fresh water of the process chain", "million m3/a"
    sums = series.sums_of_parts(standards["marginal"], RELATIONS).assign(relation=relation, unit=unit)
    levels = series.levels_across(standards["marginal"]).assign(stratum="region=key")
    told = {
        "sums": series_figures.parts_against_whole(sums),
        "levels": series_figures.series_levels(levels, names),
    }
    assert misread(told) == []


def test_the_asked_value_is_drawn_beside_the_proposed_one(drawn):
    (axes,) = drawn["sweep"].axes
    upright = [line for line in axes.lines if len(set(line.get_xdata())) == 1]
    assert [(line.get_xdata()[0], line.get_linestyle()) for line in upright] == [(40.0, "--"), (50.0, ":")]


def test_promises_of_one_standard_stand_together(drawn):
    data = drawn["levels"].data
    assert data["system"].tolist() == ["iron", "iron", "steel", "steel", "works", "works"]
    assert data["promise"].tolist() == ["marginal", "joint"] * 3


def test_values_on_another_basis_are_hollow(drawn):
    lines = [line for axes in drawn["abroad"].axes for line in axes.lines if len(line.get_xdata())]
    faces = {tuple(map(float, np.atleast_1d(line.get_xdata()))): line.get_markerfacecolor() for line in lines}
    assert faces[(1.0, 15.0)] == "white"
    assert faces[(40.0,)] != "white"


def test_scenarios_that_do_the_same_lie_on_the_line(drawn):
    assert (drawn["shifts"].data["shift"] == 0).all()


def test_the_industry_is_told_with_its_interval(standards, names):
    table = series_tables.industry_levels(
        series.plants_at_levels(standards["marginal"], draws=50, seed=1), names
    )
    assert "of 20" in table.iloc[1]["known plants"]
    assert table.iloc[1]["in the sample"] == "4 of 10"
    assert any("synthetic" in line for line in table.legend)


def test_assumed_savings_carry_their_sign(standards, names):
    saved = savings(standards["marginal"], EFFECTS, draws=50, seed=1)
    table = series_tables.savings_overview(saved, names)
    assert table["saved"].str.endswith("‡").all()
    assert any(line.startswith("‡") and "assumed" in line for line in table.legend)


def test_room_is_told_per_promise_and_what_turns_it(standards):
    sums = {name: series.sums_of_parts(own, RELATIONS) for name, own in standards.items()}
    assert len(series_tables.room_left(sums)) == 6
    assert (
        series_tables.turning_ratios(sums["marginal"])["turns if all ratios were"] == "0.0 % smaller"
    ).all()


def test_recalled_laws_and_previous_values_carry_their_sign(standards, members):
    stale = series.staleness(standards["marginal"])
    table = series_tables.staleness_overview(stale, [member.system for member in members])
    assert table["law"].tolist() == ["50†, the norm"] * 3
    assert table["previous is"].tolist() == ["not looser", "not looser", "looser than the law"]


def test_values_abroad_are_marked_as_common_or_told_why_not(drawn):
    from series_toys import indicator, system

    limits = [value("mandatory_limit", 50), value("eu_bat_ael", (1, 15), "daily"), value("jp_standard", 40)]
    stack = [system("stack", [indicator("dust", unit="mg/m3", weight=1.0, comparators=limits)])]
    table = series_tables.values_abroad(series.foreign_values(stack, BASES, NOTHING), stack)
    row = table.iloc[0]
    assert (row["China"], row["EU"], row["Japan"]) == ("50† limit", "1-15†", "40† =")
    assert row["not comparable because"] == "EU: averaging time: mean of a day against mean of an hour"


def test_tables_without_rows_say_so(names):
    nothing = pd.DataFrame(columns=["plants", "stratum", "system", "known_capacity", "known"])
    assert series_tables.sibling_words(series.same_words([]), []).legend == (
        "every id means the same everywhere",
    )
    assert series_tables.strata_left_out(nothing, []).legend == ("every stratum is represented",)
    assert series_tables.moved_plants(pd.DataFrame(columns=["plant"])).legend == ("no plant moves",)


def test_every_other_table_is_complete(standards, names, members):
    own, systems = standards["marginal"], [member.system for member in members]
    assert len(series_tables.series_values({"marginal": series.values_across(own)}, systems)) == 6
    assert (
        series_tables.sibling_values(series.same_values(own, RELATIONS), names)["they"].tolist()
        == ["agree"] * 3
    )
    joined = series.works_levels(own, whole="works")
    assert len(series_tables.parts_and_whole({"sample": series.parts_and_whole(joined, whole="works")})) == 3
    summary = series.previous_index(own, whole="works").summary()
    assert len(series_tables.previous_levels(summary)) == 2
    change = what_if(own[0], cut=50.0)
    assert series_tables.changed_levels(level_counts({"cut": change})).loc["cut", "moved"] == "1"
    assert series_tables.moved_plants(change.moved).index.tolist() == ["P2"]


def test_scenarios_are_told_with_what_they_change_and_why(members):
    from dataclasses import dataclass, field

    @dataclass
    class Told:
        name: str = "joint"
        base: str = ""
        why: str = "because"
        changes: dict = field(default_factory=lambda: {"thresholds.promise": ("marginal", "joint")})

    table = series_tables.scenarios_overview([Told()])
    assert table["changes"].tolist() == ["point that is proposed: each indicator alone → the whole standard"]
    many = tuple(GivenValue(indicator=name, I=1, II=2, III=3) for name in "abcd")
    released = (Release(indicator="dust", level="II", reason="nobody reaches it"),)
    listed = Told(changes={"thresholds.given": ((), many), "proposal.looser": ((), released)})
    assert series_tables.scenarios_overview([listed])["changes"].tolist() == [
        "values as given: – → 4 entries; values allowed to be looser than the index: – → dust, Level II: "
        "nobody reaches it"
    ]
    both = scenario_standards({"run": members[0], "again": members[0]})
    levels, kept = scenario_levels(both, against="run"), scenario_attainment(both)
    assert series_tables.scenario_levels(levels, kept, against="run")["industry at II"].tolist() == [
        "40.0 %",
        "40.0 %",
    ]
    values = series_tables.scenario_values(scenario_values(both, against="run"), members[0].system)
    assert values.loc["Energy*", "run"] == "20 | 40 | 60"
