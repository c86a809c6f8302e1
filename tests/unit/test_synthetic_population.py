"""Synthetic populations keep what their data sheets promise."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from shipped import ROOT, SERIES

from methodology.indicators import CellState, Direction, IndicatorSystem, Kind, Sample, as_sample, load_system
from synthetic import load_recipe, make_works
from synthetic.repair import broken
from synthetic.works import WorksRecipe


def system_of(name: str) -> IndicatorSystem:
    return load_system(ROOT / "params" / "systems" / f"{name}.yaml")


@cache
def table(name: str, file: str = "population.csv") -> pd.DataFrame:
    path = ROOT / "data" / "samples" / name / file
    return pd.read_csv(path, dtype=str, keep_default_na=False, index_col="plant")


@cache
def population(name: str) -> Sample:
    return as_sample(table(name), system_of(name))


@cache
def sampled(name: str) -> Sample:
    return as_sample(table(name, "plants.csv"), system_of(name))


@pytest.mark.parametrize("name", SERIES)
def test_medians_are_near_the_anchors(name):
    found = population(name)
    recipe = load_recipe(ROOT / "data/samples" / name / "recipe.yaml", system_of(name))
    for indicator in system_of(name).indicators:
        if indicator.kind is Kind.QUALITATIVE or indicator.anchors is None:
            continue
        anchors = indicator.anchors
        spread = anchors.p90 - anchors.p10
        moved = indicator.id in {r.move for r in recipe.repairs}
        mixed = indicator.id in recipe.stratified or indicator.id in recipe.built or moved
        median = found.values[indicator.id].median()
        assert abs(median - anchors.p50) <= (0.2 if mixed else 0.05) * spread, (indicator.id, median)


@pytest.mark.parametrize("name", SERIES)
def test_rank_correlations_are_near_the_listed_ones_where_there_are_no_strata(name):
    system, found = system_of(name), population(name).values.rank().corr()
    recipe = load_recipe(ROOT / "data/samples" / name / "recipe.yaml", system)
    free = set(system.ids) - set(recipe.stratified) - set(recipe.built)
    free -= {absence.indicator for absence in recipe.absences}
    for pair in system.correlations:
        if {pair.a, pair.b} <= free:
            assert found.loc[pair.a, pair.b] == pytest.approx(pair.rho, abs=0.15), (pair.a, pair.b)


@pytest.mark.parametrize("name", SERIES)
def test_errors_of_physics_do_not_happen_in_the_population(name):
    system, values = system_of(name), population(name).values
    columns = {column: values[column].to_numpy() for column in values}
    for check in system.consistency_checks:
        if check.parsed and set(check.parsed.names) <= set(columns):
            wrong = int(broken(check, columns).sum())
            assert wrong == 0 if check.severity == "error" else wrong <= 4, (check.id, wrong)


@pytest.mark.parametrize("name", SERIES)
def test_no_true_value_lies_outside_its_bounds(name):
    values = population(name).values
    for indicator in system_of(name).indicators:
        if indicator.bounds:
            known = values[indicator.id].dropna()
            assert known.between(indicator.bounds.low, indicator.bounds.high).all(), indicator.id


@pytest.mark.parametrize("name", SERIES)
def test_truth_is_the_attainment_quantile_of_the_population_recounted(name):
    system, found = system_of(name), population(name)
    truth = pd.read_csv(ROOT / "data" / "samples" / name / "truth.csv")
    comparable = found.comparable(system)
    for row in truth.itertuples():
        column = comparable[row.indicator].dropna()
        lower = system[row.indicator].direction is not Direction.HIGHER
        reach = (column <= row.value + 1e-7) if lower else (column >= row.value)
        better = (column < row.value - 1e-7) if lower else (column > row.value)
        wanted = int(np.ceil(round(row.share * len(column), 9)))
        assert row.plants == len(column)
        assert better.sum() < wanted <= reach.sum(), (row.indicator, row.share)


@pytest.mark.parametrize("name", SERIES)
def test_the_sample_is_thirty_plants_of_the_population(name):
    everyone, plants = table(name), table(name, "plants.csv")
    assert len(plants) == 30
    assert len(everyone) == 80
    assert list(everyone.index[:30]) == list(plants.index)
    assert set(everyone["sampled"][:30]) == {"yes"}
    assert set(everyone["sampled"][30:]) == {"no"}


@pytest.mark.parametrize("name", SERIES)
def test_the_sample_has_unreported_cells_and_cells_below_a_limit(name):
    states = sampled(name).states.to_numpy()
    assert 0.02 < np.mean(states == CellState.NOT_REPORTED) < 0.06
    assert (states == CellState.BELOW_LIMIT).sum() >= 2


def test_some_systems_have_cells_that_do_not_apply():
    with_some = [n for n in SERIES if (sampled(n).states == CellState.NOT_APPLICABLE).to_numpy().any()]
    assert {"ironmaking", "coking", "rolling"} <= set(with_some)


@pytest.mark.parametrize("name", SERIES)
def test_reported_cells_are_true_unless_listed_as_errors_or_on_another_basis(name):
    system, true, told = system_of(name), population(name), sampled(name)
    errors = pd.read_csv(ROOT / "data" / "samples" / name / "errors.csv")
    listed = set(zip(errors["plant"], errors["indicator"], strict=True))
    other = {t for c in system.corrections if c.value for t in c.target}
    for column in told.values:
        for plant in told.plants:
            if told.states.loc[plant, column] != CellState.MEASURED or (plant, column) in listed:
                continue
            if column in other and told.attributes.loc[plant, "o2_basis"] == "measured":
                assert told.values.loc[plant, column] < true.values.loc[plant, column]
                continue
            assert told.values.loc[plant, column] == true.values.loc[plant, column], (plant, column)


@pytest.mark.parametrize("name", SERIES)
def test_a_cell_below_a_limit_is_truly_below_it(name):
    true, told = population(name), sampled(name)
    for column in told.values:
        for plant in told.plants[told.states[column] == CellState.BELOW_LIMIT]:
            assert true.values.loc[plant, column] < told.values.loc[plant, column]


@pytest.mark.parametrize("name", SERIES)
def test_half_of_the_sampled_plants_could_reach_level_three(name):
    """No benchmark value can help a plant with an empty cell or a description below level III."""
    system, told = system_of(name), sampled(name)
    described = [i.id for i in system.indicators if i.kind is Kind.QUALITATIVE]
    complete = (told.states != CellState.NOT_REPORTED).all(axis=1)
    assert (complete & (told.values[described] < 4).all(axis=1)).sum() >= 15


@pytest.mark.parametrize("name", SERIES)
def test_a_register_lists_every_plant_of_the_population_with_its_strata(name):
    register = pd.read_csv(ROOT / "data" / "reference" / f"register_{name}.csv", index_col="plant", dtype=str)
    everyone = table(name)
    assert list(register.index) == list(everyone.index)
    for stratum in system_of(name).strata:
        assert list(register[stratum]) == list(everyone[stratum])


def test_furnaces_without_top_pressure_recovery_are_below_class_three():
    plants = table("ironmaking")
    without = plants[plants["top_pressure_recovery"] == "none"]
    assert set(without["blast_furnace_class"]) == {"none"}
    assert set(without["trt_power"]) == {"n/a"}
    assert set(plants.drop(without.index)["trt_power"]) & {"n/a"} == set()


def test_works_energy_is_built_from_its_processes():
    works = table("integrated_works").set_index("works")["comparable_energy"].astype(float)
    iron = table("ironmaking").set_index("works")["process_energy"].astype(float)
    both = pd.concat([works, iron], axis=1, join="inner")
    assert len(both) == 80
    assert both.corr(method="spearman").iloc[0, 1] > 0.4


def test_a_works_and_its_furnaces_use_their_gas_alike():
    works = table("integrated_works").set_index("works")["bfg_utilisation"].astype(float)
    iron = table("ironmaking").set_index("works")["bfg_utilisation"].astype(float)
    assert (works.sort_index() == iron.sort_index()).all()


def test_processes_of_one_works_are_alike_in_age():
    classes = {
        name: population(name).values.iloc[:, 0].set_axis(table(name)["works"])
        for name in ("sintering", "ironmaking", "converter_steelmaking")
    }
    both = pd.concat([c[c.index != ""] for c in classes.values()], axis=1, join="inner")
    correlations = both.corr(method="spearman").to_numpy()
    assert correlations[np.triu_indices(3, 1)].min() > 0.3


def test_samples_of_processes_meet_in_the_same_works():
    homes = {name: set(table(name, "plants.csv")["works"]) - {""} for name in SERIES}
    assert homes["ironmaking"] == homes["sintering"] == homes["integrated_works"]
    assert len(homes["coking"] & homes["ironmaking"]) >= 15


def test_works_are_the_same_whatever_their_number_of_readings():
    recipe = WorksRecipe(seed=3, works=20, key_region_share=0.5, status="ASSUMED")
    assert make_works(recipe).equals(make_works(recipe))
    assert (make_works(recipe)["region"] == "key").sum() == 10
