"""From the sample to the industry: plants at levels, and what adoption would save."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from series_toys import ENERGY, WATER, indicator, iron, member, plants, steel, system

from methodology import figures, series
from methodology.chain import industry_coverage
from methodology.errors import ParameterError
from methodology.series import tables as series_tables
from methodology.series.extrapolation import extrapolation, limits
from methodology.series.savings import ALL, excess, savings

EFFECTS = pd.DataFrame(
    [
        ("energy", "iron", "energy", "", "kgce/t", "ktce/a", 0.001, "process", ""),
        ("energy", "steel", "energy", "", "kgce/t", "ktce/a", 0.001, "process", ""),
    ],
    columns=["saving", "system", "indicator", "times", "per_product", "total", "scale", "scope", "note"],
)


@pytest.fixture(scope="module")
def standards():
    return series.calibrate_series([iron(), steel()], promises=["marginal"])["marginal"]


def saved(standards, **how):
    return savings(standards, EFFECTS, draws=200, seed=3, **how).set_index("system")


def test_every_plant_beyond_the_level_moves_exactly_to_it(standards):
    table = saved(standards)
    # Beyond 40: 10 of 200 kt/a, 20, 30, 40, 50 and 60 of 100 kt/a; twice as many plants are known.
    assert table.loc["iron", "total"] == pytest.approx(2 * (10 * 200 + (20 + 30 + 40 + 50 + 60) * 100) / 1000)
    assert table.loc["iron", "beyond"] == 0.4
    assert table.loc["iron", "now"] == pytest.approx(2 * (150 * 200 + 400 * 100) / 1000)


def test_processes_are_added_up(standards):
    table = saved(standards)
    parts = table.loc[["iron", "steel"], "total"].sum()
    assert table.loc[ALL, "total"] == pytest.approx(parts)
    assert np.isnan(table.loc[ALL, "now"])


def test_a_looser_level_saves_less(standards):
    totals = [saved(standards, level=level).loc["iron", "total"] for level in ("I", "II", "III")]
    assert totals == sorted(totals, reverse=True)


def test_the_interval_holds_the_estimate_and_repeats_bit_for_bit(standards):
    table = saved(standards)
    assert (table["lower"] <= table["total"]).all()
    assert (table["total"] <= table["upper"]).all()
    pd.testing.assert_frame_equal(table, saved(standards))


def test_the_stream_of_a_system_does_not_depend_on_its_siblings(standards):
    alone = saved(standards[:1])
    assert alone.loc["iron", "upper"] == saved(standards).loc["iron", "upper"]


def test_a_complete_survey_leaves_no_doubt_about_who_was_asked():
    one = iron()
    census = replace(one, register=one.raw.attributes[["works", "size", "capacity"]])
    table = saved(series.calibrate_series([census], promises=["marginal"])["marginal"])
    assert table.loc["iron", ["lower", "upper"]].tolist() == pytest.approx([table.loc["iron", "total"]] * 2)


def test_energy_of_both_signs_has_no_total_of_today():
    items = [indicator("energy", limiting=True), indicator("water", unit="m3/t")]
    both = member(system("iron", items), plants({"energy": [v - 50 for v in ENERGY], "water": WATER}))
    table = saved(series.calibrate_series([both], promises=["marginal"])["marginal"])
    assert np.isnan(table.loc["iron", "now"])
    assert table.loc["iron", "total"] == pytest.approx(44)  # the differences are those of iron()


def test_a_cell_below_its_limit_is_beyond_nothing_and_silence_is_left_out():
    items = [indicator("energy", limiting=True, weight=1.0)]
    cells = ["<90", "", *ENERGY[2:]]
    own = member(system("iron", items), plants({"energy": cells}))
    (standard,) = series.calibrate_series([own], promises=["marginal"])["marginal"]
    beyond, _ = excess(own.sample, standard, EFFECTS.iloc[0].to_dict(), "II")
    assert beyond[0] == 0
    assert np.isnan(beyond[1])


def test_a_concentration_times_a_volume_of_gas_is_an_amount_per_tonne():
    items = [indicator("dust", unit="mg/m3", limiting=True), indicator("gas", unit="m3/t")]
    own = member(system("iron", items), plants({"dust": ENERGY, "gas": [2000.0] * 10}))
    effect = EFFECTS.iloc[0].to_dict() | {"indicator": "dust", "times": "gas", "per_product": "kg/t"}
    (standard,) = series.calibrate_series([own], promises=["marginal"])["marginal"]
    beyond, now = excess(own.sample, standard, effect, "II")
    assert beyond.tolist() == pytest.approx([0, 0, 0, 0, *(0.02 * n for n in range(1, 7))])
    assert now[0] == pytest.approx(0.02)


def test_units_that_do_not_cancel_are_refused():
    own = iron()
    effect = EFFECTS.iloc[0].to_dict() | {"times": "water"}
    (standard,) = series.calibrate_series([own], promises=["marginal"])["marginal"]
    with pytest.raises(ParameterError, match="no amount per t"):
        excess(own.sample, standard, effect, "II")


def test_an_unknown_level_is_refused(standards):
    with pytest.raises(ParameterError, match="no level 'IV'"):
        saved(standards, level="IV")


def test_plants_of_a_thin_stratum_stand_for_more_plants():
    one = iron()
    large = one.register[one.register["size"] == "large"]
    known = pd.concat([one.register, large.rename(index=lambda name: f"{name}+")])
    weights = extrapolation(replace(one, register=known), draws=1, seed=1).weights
    assert weights[:5] == pytest.approx(4)
    assert weights[5:] == pytest.approx(2)


def test_a_system_without_a_register_says_nothing_of_the_industry():
    with pytest.raises(ParameterError, match="no register"):
        extrapolation(replace(iron(), register=pd.DataFrame()), draws=10, seed=1)


def test_plants_at_levels_are_weighted_up_and_counted_where_the_truth_is_known(standards):
    table = series.plants_at_levels(standards, draws=100, seed=1)
    rows = table[table["system"] == "iron"].set_index("level")
    assert rows["plants"].to_dict() == {"I": 1, "II": 4, "III": 6}
    assert rows["estimate"].to_dict() == pytest.approx({"I": 2, "II": 8, "III": 12})
    assert rows["truth"].to_dict() == {"I": 1, "II": 4, "III": 6}
    assert (rows["lower"] <= rows["estimate"]).all()


def test_coverage_is_told_system_by_system_with_the_whole_last():
    coverage = series.series_coverage([iron(), steel()])
    totals = series.coverage_totals(coverage)
    assert totals["stratum"].tolist() == ["iron", "steel"]
    assert totals["share"].tolist() == [0.5, 0.5]


def test_coverage_of_the_series_is_that_of_each_member():
    own = iron()
    coverage = series.series_coverage([own, steel()])
    one = industry_coverage(own.sample, own.system, own.register)
    pd.testing.assert_frame_equal(
        coverage[coverage["system"] == "iron"].drop(columns="system").reset_index(drop=True), one
    )


def test_a_member_without_a_register_is_listed_and_estimates_nothing():
    bare = replace(steel(), register=pd.DataFrame(), industry=None)
    coverage = series.series_coverage([iron(), bare])
    totals = series.coverage_totals(coverage)
    assert totals["share"].isna().tolist() == [False, True]
    standards = series.calibrate_series([iron(), bare], promises=["marginal"])["marginal"]
    table = series.plants_at_levels(standards, draws=20, seed=1).set_index(["system", "level"])
    assert table.loc[("steel", "I"), "known"] == 0
    assert table.loc["steel", ["estimate", "lower", "upper", "truth"]].isna().all(axis=None)
    assert table.loc["iron", "estimate"].notna().all()
    shown = series_tables.industry_levels(table.reset_index(), {"iron": "Iron 铁", "steel": "Steel 钢"})
    assert "no register" in shown["known plants"].tolist()
    assert "10, no register" in [text.get_text() for text in figures.strata_coverage(totals).axes[0].texts]


def test_savings_of_both_promises_stand_beside_each_other():
    both = series.calibrate_series([iron(), steel()])
    table = series.savings_by_promise(both, EFFECTS, draws=50, seed=1)
    assert table["promise"].unique().tolist() == ["marginal", "joint"]
    drawn = series.drawn_savings(table, promise="joint")
    assert drawn["process"].tolist() == ["iron", "steel", ALL]
    assert drawn[["quantity", "unit"]].drop_duplicates().to_numpy().tolist() == [["energy", "ktce/a"]]


@pytest.mark.parametrize(("confidence", "ends"), [(0.95, (2.5, 97.5)), (0.9, (5, 95)), (0.5, (25, 75))])
def test_an_interval_leaves_half_of_the_error_on_either_side(confidence, ends):
    assert limits(np.arange(101.0), confidence) == pytest.approx(ends)
