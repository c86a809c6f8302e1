"""A value that moves with a covariate means the same in every room: each plant meets its own value."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from pydantic import ValidationError

from methodology import chain, figures, tables
from methodology.cli import plants
from methodology.errors import DataError
from methodology.evaluation import evaluate, reaches
from methodology.findings.corrections import correction_notes
from methodology.indicators import CellState, IndicatorSystem
from methodology.indicators.comparators import Comparator
from methodology.indicators.words import level_word
from methodology.parameters import Parameters, Project
from methodology.parameters.loading import load_run, load_scenario
from methodology.parameters.model import Covariate, SampleChoices
from methodology.proposal import proposal_thresholds
from methodology.proposal.reading import proposal_weights, public
from methodology.runs.proposals import Proposal, read_proposal, refuse_contradiction
from methodology.sample import correct, read_sample
from methodology.series.reading import read_member, scenario_members
from methodology.thresholds.table import thresholds_table

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Project(ROOT)
SHARES = {"I": 0.05, "II": 0.20, "III": 0.50}
PLAIN = PROJECT.system("converter_steelmaking")
RAW = read_sample(PROJECT.sample_folder("converter_steelmaking"), PLAIN)
CHOICES = load_run(ROOT / "params/runs/converter_steelmaking.yaml").sample
SYSTEM = chain.with_covariates(PLAIN, RAW, CHOICES)
SAMPLE = correct(RAW, SYSTEM).sample
VALUES = thresholds_table(SAMPLE, SYSTEM, shares=SHARES)


def own_values(level: str) -> pd.Series:
    """Value of each plant at a level, by the clause as printed."""
    (curve,) = SYSTEM.calibrated
    stated = VALUES.set_index(["indicator", "level"])["value"]["co2_intensity", level]
    at, addends = zip(*curve.points, strict=True)
    return stated + pd.Series(np.interp(RAW.values["scrap_ratio"], at, addends), index=RAW.plants)


@pytest.mark.parametrize("level", SHARES)
def test_a_plant_reaches_a_level_where_its_report_reaches_its_own_value(level) -> None:
    stated = VALUES.set_index(["indicator", "level"])["value"]["co2_intensity", level]
    reached = reaches(SAMPLE.values["co2_intensity"], SAMPLE.states["co2_intensity"], stated, "lower")
    stated = (RAW.states["co2_intensity"] <= CellState.BELOW_LIMIT) & (
        RAW.states["scrap_ratio"] == CellState.MEASURED
    )
    wanted = (RAW.values["co2_intensity"] <= own_values(level) + 1e-9) & stated
    assert reached.tolist() == wanted.tolist()


def test_no_other_indicator_moves() -> None:
    others = [name for name in SYSTEM.ids if name != "co2_intensity"]
    plain = correct(RAW, PLAIN).sample
    assert SAMPLE.values[others].equals(plain.values[others])
    assert SAMPLE.states[others].equals(plain.states[others])


def test_a_plant_that_is_silent_about_the_covariate_counts_as_not_reported() -> None:
    states = RAW.states.copy()
    states.loc[RAW.plants[0], "scrap_ratio"] = CellState.NOT_REPORTED
    silent = RAW.__class__(RAW.values, states, attributes=RAW.attributes)
    assert correct(silent, SYSTEM).sample.states.loc[RAW.plants[0], "co2_intensity"] == CellState.NOT_REPORTED


def test_what_a_run_records_gives_the_same_curve_again() -> None:
    record = json.loads(json.dumps(SYSTEM.calibrated_record()))
    again = chain.system_of_run(PLAIN, {"covariates": record})
    assert again.calibrated == SYSTEM.calibrated
    assert correct(RAW, again).sample.values.equals(SAMPLE.values)
    assert chain.system_of_run(PLAIN, {}).corrections == PLAIN.corrections


def test_other_plants_are_judged_by_the_curve_of_the_proposal_and_by_no_new_one(
    tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(ROOT)
    run = Parameters(system=PLAIN.id, why="a run made by a test", sample=CHOICES)
    record = run.model_dump(mode="json")
    proposal = chain.propose(VALUES, SYSTEM.weights, SAMPLE, SYSTEM, run, record=record)
    path = tmp_path / "proposal.json"
    path.write_text(json.dumps(public(proposal) | {"run": "0" * 12}), encoding="utf-8")
    few = tmp_path / "few"
    few.mkdir()
    lines = (ROOT / "data/samples/converter_steelmaking/plants.csv").read_text(encoding="utf-8").splitlines()
    (few / "plants.csv").write_text("\n".join(lines[:8]), encoding="utf-8")
    sidecar = (ROOT / "data/samples/converter_steelmaking/sample.yaml").read_text(encoding="utf-8")
    (few / "sample.yaml").write_text(sidecar, encoding="utf-8")
    _, system, judged = plants._on_one_footing(path, few)
    assert system.calibrated == SYSTEM.calibrated
    assert judged.values.equals(SAMPLE.take(SAMPLE.plants[:7]).values)
    plants.evaluate_plants(path, few)
    table = evaluate(
        judged, SYSTEM, proposal_thresholds(proposal, SYSTEM), proposal_weights(proposal, SYSTEM)
    )
    counts = ", ".join(
        f"{level_word(name)} {(table['level'] == name).sum()}" for name in ("I", "II", "III", "none")
    )
    assert f"plants per level: {counts}" in capsys.readouterr().out


def test_a_received_proposal_whose_covariate_is_unknown_is_refused(tmp_path) -> None:
    run = Parameters(system=PLAIN.id, why="a run made by a test", sample=CHOICES)
    document = public(
        chain.propose(VALUES, SYSTEM.weights, SAMPLE, SYSTEM, run, record=run.model_dump(mode="json"))
    )
    document["covariates"][0]["attribute"] = "moon_phase"
    path = tmp_path / "proposal.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    read = read_proposal(path)
    assert isinstance(read, Proposal)
    with pytest.raises(DataError, match="'moon_phase'"):
        refuse_contradiction(read, PLAIN, path.name)
    document["covariates"][0]["form"] = "cubic"
    document["covariates"][0]["points"] = [[0.0, float("1e300")], [1.0]]
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataError, match=r"covariates\.0\.points") as fault:
        read_proposal(path)
    assert "covariates.0.form" in str(fault.value)


def test_the_clause_is_a_formula_in_both_languages_and_gives_the_term_of_a_plant() -> None:
    contents = SimpleNamespace(system=SYSTEM, about={"corrected": True})
    zh, en = correction_notes(contents)["co2_intensity"]
    assert "−3 × ([Scrap ratio] − 12)" in en
    assert "−3 × ([转炉废钢比] − 12)" in zh
    assert "超出范围的按端点计算" in zh
    assert np.interp(20, *zip(*SYSTEM.calibrated[0].points, strict=True)) == -3 * (20 - 12)


def test_every_fault_of_every_covariate_is_told_at_once() -> None:
    wrong = [
        *(("nonsense", "scrap_ratio"), ("converter_class", "scrap_ratio"), ("lime", "process_energy")),
        *(("primary_pm", "scrap_ratio"), ("fresh_water", "steel_grade"), ("scrap_ratio", "scrap_ratio")),
    ]
    choices = SampleChoices(covariates=tuple(Covariate(indicator=name, by=by) for name, by in wrong))
    with pytest.raises(DataError) as fault:
        chain.with_covariates(PLAIN, RAW, choices)
    told = str(fault.value)
    for part in (
        "'nonsense'",
        "no plain number",
        "corrected itself",
        "mandatory limit",
        "'steel_grade'",
        "itself",
    ):
        assert part in told


def test_every_value_whose_silent_plants_could_turn_its_slope_is_named_at_once() -> None:
    names, states = ("co2_intensity", "fresh_water"), RAW.states.copy()
    states.loc[RAW.plants[:20], list(names)] = CellState.NOT_REPORTED
    silent = RAW.__class__(RAW.values, states, attributes=RAW.attributes)
    choices = SampleChoices(covariates=tuple(Covariate(indicator=name, by="scrap_ratio") for name in names))
    with pytest.raises(DataError) as fault:
        chain.with_covariates(PLAIN, silent, choices)
    assert [problem.column for problem in fault.value.problems] == list(names)
    assert all("could turn the slope" in str(problem) for problem in fault.value.problems)


def test_a_run_that_compares_plants_as_they_report_cannot_move_its_values() -> None:
    with pytest.raises(ValidationError, match="correction: false"):
        SampleChoices(correction=False, covariates=CHOICES.covariates)
    with pytest.raises(ValidationError, match="co2_intensity is given twice"):
        SampleChoices(covariates=CHOICES.covariates * 2)


@pytest.mark.parametrize(
    ("stated", "fault"),
    [
        ({"knots": (0, 28)}, "given together"),
        ({"reference": 12}, "given together"),
        ({"knots": (28, 0), "reference": 12}, "knots rise"),
        ({"knots": (0, 28), "reference": 30}, "between the outer ones"),
        ({"knots": (0, 10, 28), "reference": 12}, "a linear form has two knots"),
        ({"knots": (0, 28), "reference": 12, "form": "piecewise"}, "a piecewise one more"),
    ],
)
def test_places_of_a_curve_that_make_none_are_refused(stated, fault) -> None:
    with pytest.raises(ValidationError, match=fault):
        Covariate(indicator="co2_intensity", by="scrap_ratio", **stated)


def test_it_is_said_who_gains_and_who_loses_and_whether_chance_would_do_the_same() -> None:
    effects = chain.covariate_effects(SAMPLE, SYSTEM, SHARES)
    flat = effects.set_index("level")["flat"]
    stated = (SAMPLE.states["co2_intensity"] <= CellState.BELOW_LIMIT).to_numpy()
    for row in effects.itertuples():
        before = (RAW.values["co2_intensity"] <= flat[row.level])[stated]
        after = (RAW.values["co2_intensity"] <= own_values(row.level) + 1e-9)[stated]
        assert (row.reached_flat, row.reached) == (before.sum(), after.sum())
        assert (row.gained, row.lost) == ((after & ~before).sum(), (before & ~after).sum())
    assert (effects["p_value"] < 0.01).all()
    assert (
        effects.set_index("level").loc["III", "flat"]
        == thresholds_table(
            correct(RAW, PLAIN).sample.take(RAW.plants[RAW.states["co2_intensity"] <= CellState.BELOW_LIMIT]),
            PLAIN,
            shares=SHARES,
        )
        .set_index(["indicator", "level"])
        .loc[("co2_intensity", "III"), "value"]
    )
    text = tables.render_text(tables.covariates_overview(effects, SYSTEM))
    assert "below 0.001" in text or "0.00" in text
    assert "no value moves" in tables.render_text(
        tables.covariates_overview(chain.covariate_effects(SAMPLE, PLAIN, SHARES), PLAIN)
    )


def test_the_figure_draws_the_lines_of_its_data_and_stays_inside() -> None:
    lines = chain.covariate_lines(SAMPLE, SYSTEM, SHARES, resamples=10)
    (drawn,) = figures.values_along_covariates(lines, SAMPLE, SYSTEM)
    assert drawn.plants
    for axes, level in zip(drawn.axes, SHARES, strict=True):
        own = lines[lines["level"] == level]
        drawn_lines = [line.get_ydata().tolist() for line in axes.lines]
        assert own["value"].tolist() in drawn_lines
        assert own["flat"].tolist() in drawn_lines
        (band,) = (shape for shape in axes.collections if isinstance(shape, PolyCollection))
        heights = set(band.get_paths()[0].vertices[:, 1])
        assert {*own["lower"], *own["upper"]} <= heights
    assert figures.values_along_covariates(lines.iloc[:0], SAMPLE, PLAIN) == []


def test_the_shipped_run_of_converters_ships_with_one() -> None:
    member = read_member(PROJECT, "converter_steelmaking")
    assert [c.target for c in member.system.calibrated] == [("co2_intensity",)]
    assert member.sample.values.equals(SAMPLE.values)
    industry = member.industry.values["co2_intensity"]
    assert industry.notna().sum() > 60


def test_the_shipped_run_of_electric_steelmaking_judges_both_routes_by_values_that_move() -> None:
    member = read_member(PROJECT, "electric_steelmaking")
    assert set(member.sample.attributes["route"]) == {"all-scrap", "hot-metal"}
    curves = {curve.target[0]: curve for curve in member.system.calibrated}
    assert set(curves) == {"smelting_electricity", "co2_intensity"}
    for curve in curves.values():
        assert curve.attribute == "hot_metal_pct"
        (_, all_scrap), *_, (_, most_hot_metal) = curve.points
        assert all_scrap > 0 > most_hot_metal
    effects = chain.covariate_effects(member.sample, member.system, SHARES).query("level == 'III'")
    assert len(effects) == 2
    assert (effects["p_value"] < 0.01).all()
    assert (effects["gained"] == effects["lost"]).all()
    assert (effects["gained"] > 0).all()


def test_the_other_way_to_judge_electric_furnaces_is_a_scenario_without_a_covariate() -> None:
    (member,) = scenario_members(PROJECT, [load_scenario("all_scrap", PROJECT)]).values()
    assert member.system.calibrated == ()
    assert len(member.sample.plants) < len(read_member(PROJECT, "electric_steelmaking").sample.plants)


@pytest.mark.parametrize("step", [None, 5.0])
def test_a_value_that_moves_is_no_looser_than_the_index_for_any_plant_of_the_sample(step) -> None:
    indicator = PLAIN["co2_intensity"]
    loosest = float(np.nanmax(own_values("III")))
    index = {"kind": "index_2014", "label": "old", "value": loosest - 20, "unit": indicator.unit}
    index |= {"basis": "annual", "source": "IDX14", "status": "SEEN-2nd", "level": "III"}
    held = indicator.model_copy(update={"comparators": (Comparator.model_validate(index),), "step": step})
    others = tuple(held if item.id == held.id else item for item in PLAIN.indicators)
    plain = IndicatorSystem.model_validate(
        PLAIN.model_dump() | {"indicators": [o.model_dump() for o in others]}
    )
    system = chain.with_covariates(plain, RAW, CHOICES)
    run = Parameters(system="converter_steelmaking", why="an index that binds", sample=CHOICES)
    sample, footing = correct(RAW, system).sample, chain.Footing.of(run)
    tables = chain.calibrate_both(sample, system, system.weights, run.thresholds, footing=footing)
    document = chain.propose(tables, system.weights, sample, system, run, footing=footing)
    levels = next(entry for entry in document["indicators"] if entry["id"] == held.id)["levels"]
    told = levels["III"]
    (curve,) = system.calibrated
    assert max(told["proposed"] + addend for _, addend in curve.points) <= loosest - 20 + 1e-9
    assert step is None or told["proposed"] % step == 0
    assert [one["proposed"] for one in levels.values()] == sorted(one["proposed"] for one in levels.values())
    assert "for any plant of the sample" in told["reason"]
    added = max(addend for _, addend in curve.points)
    assert system[held.id].loosened == max(addend for _, addend in curve.loosest) > added > 0
