import numpy as np
import pandas as pd
import pytest

from methodology.errors import DataError, ParameterError
from methodology.indicators import IndicatorSystem, as_sample
from methodology.thresholds import (
    planning_table,
    quantile_threshold,
    strata_side_by_side,
    worst_case_table,
)
from methodology.thresholds.order_statistics import rank_interval
from methodology.thresholds.strata import coverage_table, stratum_weights, thresholds_by_stratum
from methodology.thresholds.table import thresholds_table

SHARES = {"I": 0.05, "II": 0.20, "III": 0.50}
SAMPLE = pd.DataFrame(
    {"size": ["large", "large", "small", "small"], "capacity": ["10", "20", "1", "2"]},
    index=["P1", "P2", "P3", "P4"],
)
REGISTER = pd.DataFrame(
    {"size": ["large"] * 4 + ["small"] * 6, "capacity": [10, 20, 30, 40, 1, 2, 3, 4, 5, 5]}
)


def tiny(*directions):
    words = {
        "group": "g",
        "name_zh": "能",
        "name_en": "n",
        "definition": "d",
        "boundary": "b",
        "unit": "kg/t",
    }
    weight = 1 / len(directions)
    return IndicatorSystem.model_validate(
        {
            "id": "tiny",
            "name_zh": "小",
            "name_en": "Tiny",
            "functional_unit": "1 t",
            "sources": {},
            "groups": [{"id": "g", "name_zh": "组", "name_en": "G", "weight": 1.0, "status": "ASSUMED"}],
            "indicators": [
                {"id": f"x{k}", "direction": d, "weight": weight, "kind": "quantitative", **words}
                for k, d in enumerate(directions)
            ],
        }
    )


def test_coverage_counts_plants_and_capacity():
    found = coverage_table(SAMPLE, REGISTER, ["size"]).set_index("stratum")
    assert found.loc["large", ["plants", "known", "share", "weight"]].tolist() == [2, 4, 0.5, 2.0]
    assert found.loc["small", "capacity_share"] == pytest.approx(3 / 20)
    assert found.loc["all", ["plants", "known", "capacity", "known_capacity"]].tolist() == [4, 10, 33, 120]


def test_coverage_without_capacities_says_nothing_about_them():
    found = coverage_table(SAMPLE[["size"]], REGISTER[["size"]], ["size"])
    assert found["capacity_share"].isna().all()
    assert found["share"].notna().all()


def test_weights_add_up_to_the_known_plants():
    weights = stratum_weights(SAMPLE, REGISTER, ["size"])
    assert weights.to_dict() == {"P1": 2.0, "P2": 2.0, "P3": 3.0, "P4": 3.0}


def test_an_uncovered_stratum_is_refused_or_spread_over_the_others():
    register = pd.concat([REGISTER, pd.DataFrame({"size": ["tiny"] * 5})], ignore_index=True)
    with pytest.raises(DataError, match=r"strata tiny \(5 plants\)"):
        stratum_weights(SAMPLE, register, ["size"])
    weights = stratum_weights(SAMPLE, register, ["size"], uncovered="spread")
    assert weights.tolist() == [3.0, 3.0, 4.5, 4.5]
    table = coverage_table(SAMPLE, register, ["size"]).set_index("stratum")
    assert table.loc["tiny", "plants"] == 0
    assert np.isnan(table.loc["tiny", "weight"])


def test_several_attributes_make_one_stratum():
    sample = SAMPLE.assign(region=["a", "b", "a", "b"])
    register = REGISTER.assign(region=["a", "b"] * 5)
    weights = stratum_weights(sample, register, ["region", "size"])
    assert weights.to_dict() == {"P1": 2.0, "P2": 2.0, "P3": 3.0, "P4": 3.0}


def test_a_sample_that_the_register_does_not_know_is_refused():
    with pytest.raises(DataError, match="stratum 'large' holds 2 plants of the sample, the register knows 1"):
        coverage_table(SAMPLE, REGISTER.iloc[3:], ["size"])
    with pytest.raises(DataError, match="stratum 'large' holds 2 plants"):
        stratum_weights(SAMPLE, REGISTER.iloc[3:], ["size"])


def test_plants_without_a_stratum_are_named():
    with pytest.raises(DataError, match=r"'size' is empty for 1 plants \(P2\)"):
        coverage_table(SAMPLE.assign(size=["large", " ", "small", "small"]), REGISTER, ["size"])
    with pytest.raises(DataError, match="no column region; it has size, capacity"):
        coverage_table(SAMPLE, REGISTER, ["region"])


def test_post_stratified_thresholds_undo_a_lopsided_sample():
    rng = np.random.default_rng(1)
    population = pd.DataFrame({"x0": np.r_[rng.normal(50, 2, 40), rng.normal(80, 2, 60)]})
    register = population.assign(size=["large"] * 40 + ["small"] * 60)
    chosen = register.iloc[[*range(30), *range(40, 52)]]
    weights = stratum_weights(chosen, register, ["size"])
    system = tiny("lower")
    plain = thresholds_table(chosen, system, shares=SHARES).set_index("level")["value"]
    fair = thresholds_table(chosen, system, shares=SHARES, weights=weights).set_index("level")["value"]
    truth = quantile_threshold(population["x0"], 0.5)
    assert abs(fair["III"] - truth) < 2 < abs(plain["III"] - truth)


@pytest.mark.parametrize("population", [7, 8, 10])
def test_worst_cases_put_every_missing_plant_on_one_side(population):
    values = [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    shares = {"I": 0.2, "II": 0.5, "III": 0.9}
    table = worst_case_table(pd.DataFrame({"x0": values}), tiny("lower"), shares, population)
    for row in table.itertuples():
        for found, dreamt in ((row.lower, -1e9), (row.upper, 1e9)):
            whole = quantile_threshold([*values, *[dreamt] * (population - len(values))], shares[row.level])
            assert found == whole or (np.isnan(found) and whole == dreamt)


def test_a_census_leaves_no_worst_case():
    census = pd.DataFrame({"x0": [1.0, 2, 3, 4]})
    table = worst_case_table(census, tiny("lower"), SHARES, 4)
    assert (table["lower"] == table["upper"]).all()
    assert set(table["missing"]) == {0}
    with pytest.raises(ParameterError, match="4 plants and the population 3"):
        worst_case_table(census, tiny("lower"), SHARES, 3)


def test_the_worst_case_table_covers_every_indicator_in_its_direction():
    cells = pd.DataFrame({"x0": [1.0, 2, 3, 4, 5, 6], "x1": [1.0, 2, 3, 4, 5, 6]})
    table = worst_case_table(cells, tiny("lower", "higher"), SHARES, 8).set_index(["indicator", "level"])
    assert table.loc[("x0", "III"), ["lower", "upper"]].tolist() == [2.0, 4.0]
    assert table.loc[("x1", "III"), ["lower", "upper"]].tolist() == [3.0, 5.0]
    assert np.isnan(table.loc[("x0", "I"), "lower"])


def test_hidden_values_stay_open_in_the_worst_case():
    table = worst_case_table(pd.DataFrame({"x0": ["<2", "<2", 3, 4, 5, 6]}), tiny("lower"), SHARES, 6)
    assert table["lower"].isna().tolist() == [True, True, False]
    assert table["upper"].tolist() == [2.0, 2.0, 3.0]


def test_each_stratum_is_calibrated_by_itself_and_small_ones_are_skipped_with_a_reason():
    cells = pd.DataFrame({"x0": [1.0, 2, 3, 10, 20, 30, 99], "size": [*"aaabbb", "c"]})
    found = thresholds_by_stratum(cells, tiny("lower"), ["size"], shares=SHARES)
    assert list(found.tables) == ["a", "b"]
    assert found.tables["b"]["value"].tolist() == [10.0, 10.0, 20.0]
    assert found.skipped == {"c": "1 plants; at least 3 are asked for"}


def test_a_stratum_in_which_nobody_states_an_indicator_is_skipped_with_the_fault():
    cells = pd.DataFrame({"x0": [1.0, 2, 3, None, None, None], "size": [*"aaabbb"]})
    found = thresholds_by_stratum(cells, tiny("lower"), ["size"], shares=SHARES)
    assert "none of 3 plants states 'x0'" in found.skipped["b"]


def test_planning_names_the_fewest_plants_for_each_statement():
    table = planning_table(None, SHARES).set_index(["level", "statement"])["plants"]
    assert [table[level, "limits on both sides"] for level in SHARES] == [72, 17, 6]
    assert [table[level, "a limit on the strict side"] for level in SHARES] == [59, 14, 5]
    assert table["I", "at least 3 plants at or beyond the value"] == 41


def test_planning_says_that_no_number_is_enough():
    table = planning_table(40, SHARES).set_index(["level", "statement"])
    row = table.loc[("I", "at least 3 plants at or beyond the value")]
    assert row["plants"] is pd.NA
    assert row["answer"].endswith("no sample of 40 plants is enough")
    unknown = planning_table(None, SHARES, disclosure_minimum=200, largest=1000)
    assert "more than 1000 plants" in " ".join(unknown["answer"])


def test_planning_for_a_width_gives_the_first_size_that_has_it():
    told = "an interval no wider than 20% of the plants"
    table = planning_table(80, SHARES, width=0.2).set_index(["level", "statement"])["plants"]
    plants = table["II", told]

    def width(n):
        found = rank_interval(n, 0.2, population=80)
        return np.inf if found.strict is None else (found.loose - found.strict) / n

    assert width(plants) <= 0.2
    assert all(width(n) > 0.2 for n in range(1, plants))


def test_strata_stand_beside_all_plants_and_the_weighted_ones():
    system, table = _strata_case()
    register = pd.DataFrame({"size": ["large"] * 10 + ["small"] * 40})
    found = strata_side_by_side(table, system, SHARES, ["size", "absent"], register=register)
    wide = found[found["level"] == "II"].set_index("method")["value"]
    assert wide["all plants"] == 4.0
    assert wide["size: large (10 plants)"] == 2.0
    assert wide["size: small (10 plants)"] == 12.0
    assert wide["all, weighted to the register"] == 10.0
    alone = strata_side_by_side(table, system, SHARES, ["size"], minimum=11)
    assert set(alone["method"]) == {"all plants", "size: large", "size: small"}
    assert alone[alone["value"].isna()]["note"].str.contains("10 plants; at least 11").all()


def _strata_case():
    system = tiny("lower")
    cells = {"x0": [*range(1, 11), *range(11, 21)], "size": ["large"] * 10 + ["small"] * 10}
    frame = pd.DataFrame(cells, index=pd.Index([f"P{k:02d}" for k in range(20)], name="plant"))
    return system, as_sample(frame, system)
