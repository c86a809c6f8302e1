"""
The numbers of the series notebook, worked out again from the run folders of all systems.

The joint promise by plain loops: no code of the package but the parquet reader.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from evidence_weights import everywhere, faults_of
from series_pages import (
    BELOW_LIMIT,
    CODES,
    LABELS,
    LEVELS,
    MEASURED,
    NAMES,
    NOT_APPLICABLE,
    NOT_REPORTED,
    PROMISES,
    english,
    plants,
    register,
)
from shipped import ROOT, SERIES

from methodology import series
from methodology.evaluation import evaluate
from methodology.parameters import Project
from methodology.results import Results
from methodology.series.reading import read_member

MARGINAL = "thresholds.promise=marginal"
"""What these runs propose: the joint promise is counted by hand here, from what they read."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    """The run folders of the whole series, made in one call."""
    runs = tmp_path_factory.mktemp("runs")
    command = [sys.executable, "-c", "from methodology.cli import main; main()", "run"]
    files = [str(ROOT / "params" / "runs" / f"{name}.yaml") for name in SERIES]
    quick = ["--set", "sensitivity.draws=100", "--set", "sensitivity.sobol_n=16", "--set", MARGINAL]
    done = subprocess.run(
        [*command, *files, *quick, "--runs", str(runs), "--jobs", "2"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "8 of 8 runs are complete." in done.stdout
    return {name: next((runs / name).glob("*/results")).parent for name in SERIES}


@pytest.mark.slow
def test_the_series_works_with_the_weights_values_and_levels_of_the_runs(folders):
    for name, folder in folders.items():
        results, member = Results(folder), read_member(Project(ROOT), name)
        standard = member.standard("marginal")
        pd.testing.assert_frame_equal(results.load("weights"), member.weights, check_dtype=False)
        run = results.load("thresholds")
        kept = ["indicator", "level", "value", "lower", "upper", "attained", "n"]
        pd.testing.assert_frame_equal(run[kept], standard.calibrated[kept], check_dtype=False)
        levels = evaluate(member.sample, member.system, standard.calibrated, member.weights)["level"]
        assert results.load("evaluation")["level"].tolist() == levels.tolist()
        made = results.load("proposal")
        for entry, own in zip(made["indicators"], standard.proposal["indicators"], strict=True):
            for level in ("I", "II", "III"):
                assert entry["levels"][level]["proposed"] == own["levels"][level]["proposed"], (
                    name,
                    entry["id"],
                )


@pytest.mark.slow
def test_the_printed_marginal_values_are_the_proposed_values_of_the_runs(folders, values):
    for name, folder in folders.items():
        for entry in Results(folder).load("proposal")["indicators"]:
            if entry["kind"] == "quantitative":
                for level in ("I", "II", "III"):
                    printed = values[name, entry["name_en"]][f"marginal {level}"]
                    assert printed == pytest.approx(entry["levels"][level]["proposed"], abs=1e-9), entry["id"]


@pytest.mark.slow
def test_sensitivity_starts_from_the_scores_and_levels_of_each_run(folders):
    for name, folder in folders.items():
        results, reached = Results(folder), ["I", "II", "III"]
        levels, base = (
            results.load("evaluation"),
            results.load("sensitivity/choices").set_index("value").loc["as run"],
        )
        for place, level in enumerate(reached):
            assert base[f"mean_Y_{level}"] == pytest.approx(levels[f"Y_{level}"].mean(), abs=1e-3), name
            assert base[f"share_{level}"] == levels["level"].isin(reached[: place + 1]).mean(), name


@pytest.mark.slow
def test_nobody_reaches_a_level_in_the_runs_as_the_notebook_says(folders, shown):
    assert all(set(Results(folder).load("evaluation")["level"]) == {"none"} for folder in folders.values())
    member = read_member(Project(ROOT), "ironmaking")
    assert series.levels_across([member.standard("marginal")])["none"].tolist() == [30]


def reaches(item: dict, level: str, value: float, state: int, benchmark: float | None) -> bool:
    """One cell against one benchmark; below a limit it reaches what the limit itself does, if lower is cleaner."""
    if state >= NOT_REPORTED:
        return False
    if item["kind"] == "qualitative":
        return value <= CODES[level]
    if item["direction"] == "interval":
        low, high = item["target"]
        return round(max(low - value, value - high, 0), 9) <= benchmark
    if item["direction"] == "higher":
        return state == MEASURED and value >= benchmark
    return value <= benchmark


def cells_of(path: Path, system: str) -> pd.DataFrame:
    """A table of texts as values and states: 12.5, <5, empty and n/a; I, II, III and none."""
    texts = pd.read_csv(path, dtype=str, keep_default_na=False, index_col="plant")
    columns = {}
    for item in NAMES[system]["indicators"]:
        own = texts[item["id"]]
        numbers = own.str.lstrip("<").replace({**CODES, "none": 4, "": np.nan, "n/a": np.nan})
        columns[item["id"]] = pd.to_numeric(numbers)
        columns[f"state:{item['id']}"] = np.select(
            [own == "", own == "n/a", own.str.startswith("<")],
            [NOT_REPORTED, NOT_APPLICABLE, BELOW_LIMIT],
            MEASURED,
        )
    return pd.DataFrame(columns, index=texts.index)


def corrected_by_level(folder: Path) -> dict[tuple[str, str, str], float]:
    """Values that a level judges, where a correction is granted at some levels only; the others stand in the sample."""
    table = pd.read_csv(folder / "results" / "corrections.csv")
    if "level" not in table:
        return {}
    own = table[table["level"].isin(LEVELS)]
    return dict(
        zip(zip(own["plant"], own["indicator"], own["level"], strict=True), own["corrected"], strict=True)
    )


def levels_by_hand(
    system: str, folder: Path, values: dict, promise: str, table: pd.DataFrame | None = None
) -> dict[str, str]:
    """Level of every plant under the printed values and the weights of the run, corrected as each level is."""
    granted = {} if table is not None else corrected_by_level(folder)
    table = pd.read_parquet(folder / "results" / "sample.parquet") if table is None else table
    weights = pd.read_csv(folder / "results" / "weights.csv").set_index("indicator")
    items = NAMES[system]["indicators"]
    whole = weights.groupby("group")["weight"].sum()
    found = {}
    for plant, row in table.iterrows():
        states = {item["id"]: int(row[f"state:{item['id']}"]) for item in items}
        shares = {item["id"]: Fraction(str(weights.loc[item["id"], "weight"])) for item in items}
        applying = dict.fromkeys(whole.index, 0)
        for item in items:
            if states[item["id"]] != NOT_APPLICABLE:
                applying[item["group"]] += shares[item["id"]]
        total = sum(Fraction(str(round(whole[g], 9))) for g, part in applying.items() if part)
        found[plant] = "none"
        for level, cut in (("I", 85), ("II", 85), ("III", 100)):
            score, blocked = Fraction(0), False
            for item in items:
                if states[item["id"]] == NOT_APPLICABLE:
                    continue
                printed = values.get((system, item["name_en"]), {}).get(f"{promise} {level}")
                value = granted.get((plant, item["id"], level), row[item["id"]])
                good = reaches(item, level, value, states[item["id"]], printed)
                group = Fraction(str(round(whole[item["group"]], 9)))
                score += good * shares[item["id"]] / applying[item["group"]] * group / total
                blocked |= bool(item.get("limiting")) and not good
            if round(100 * float(score), 9) >= cut and (level == "III" or not blocked):
                found[plant] = level
                break
    return found


@pytest.fixture(scope="module")
def judged(folders, values) -> dict[str, dict[str, str]]:
    """System -> plant -> level under the printed joint values."""
    return {name: levels_by_hand(name, folder, values, "joint") for name, folder in folders.items()}


def stands_for(system: str, plant_ids: list[str]) -> tuple[pd.Series, pd.DataFrame]:
    """Known plants each plant speaks for, and the register, within the stratum of the run."""
    run = yaml.safe_load((ROOT / f"params/runs/{system}.yaml").read_text("utf-8"))
    attribute, _, only = run.get("sample", {}).get("stratum", "").partition("=")
    known, own = register(system), plants(system).loc[plant_ids]
    known = known[known[attribute] == only] if only else known
    strata = NAMES[system]["strata"]
    asked, sizes = own[strata].agg(" / ".join, axis=1), known[strata].agg(" / ".join, axis=1).value_counts()
    return asked.map(sizes / asked.value_counts()), known


@pytest.mark.slow
def test_plants_at_each_level_are_recounted_from_the_run_folders(judged, shown):
    table = shown("truth", "system", "promise")
    for system, found in judged.items():
        weights, known = stands_for(system, list(found))
        for place, level in enumerate(LEVELS):
            reached = pd.Series({p: own in LEVELS[: place + 1] for p, own in found.items()})
            mine = table[(table["system"].map(LABELS) == system) & (table["level or better"] == level)]
            (row,) = mine.to_dict("records")
            assert row["in the sample"] == f"{reached.sum()} of {len(reached)}", (system, level)
            estimate = len(known) * (weights * reached).sum() / weights.sum()
            printed, lower, upper, whole = map(float, re.findall(r"[\d.]+", row["known plants"]))
            assert printed == pytest.approx(estimate, abs=0.51), (system, level)
            assert whole == len(known)
            assert lower <= printed <= upper


@pytest.mark.slow
def test_the_truth_of_the_synthetic_works_is_counted_from_the_population(folders, shown, values):
    """The whole works have no correction that is computed, so their population can be judged as it stands."""
    system = "integrated_works"
    everyone = cells_of(ROOT / f"data/samples/{system}/population.csv", system)
    found = pd.Series(levels_by_hand(system, folders[system], values, "joint", everyone))
    table = shown("truth", "system", "promise")
    for place, level in enumerate(LEVELS):
        (row,) = table[(table["system"].map(LABELS) == system) & (table["level or better"] == level)].to_dict(
            "records"
        )
        assert int(row["truth"]) == found.isin(LEVELS[: place + 1]).sum(), level


@pytest.mark.slow
def test_works_whose_parts_and_whole_disagree_are_recounted_from_the_run_folders(judged, shown):
    speaking = {}
    for system, found in judged.items():
        own = plants(system).loc[list(found)]
        own = own[own["works"] != ""].sort_values("capacity", ascending=False, kind="stable")
        speaking[system] = {w: found[p] for p, w in own.drop_duplicates("works")["works"].items()}
    table = shown("all parts reach it", "works")
    for place, level in enumerate(LEVELS):
        good = LEVELS[: place + 1]
        counts = dict.fromkeys(("parts", "not whole", "whole", "not parts"), 0)
        for works, level_of_whole in speaking["integrated_works"].items():
            parts = [own[works] for s, own in speaking.items() if s != "integrated_works" and works in own]
            all_parts, whole = bool(parts) and all(part in good for part in parts), level_of_whole in good
            counts["parts"] += all_parts
            counts["not whole"] += all_parts and not whole
            counts["whole"] += whole
            counts["not parts"] += whole and bool(parts) and not all_parts
        (row,) = table[(table["works"] == "sample") & (table["level"] == level)].to_numpy().tolist()
        assert [int(cell) for cell in row[2:]] == list(counts.values()), level


ENERGY = {
    "rolling": "hot_rolling_energy",
    "integrated_works": "comprehensive_energy",
    **dict.fromkeys(
        ("sintering", "pelletizing", "coking", "ironmaking", "converter_steelmaking"), "process_energy"
    ),
    "electric_steelmaking": "process_energy",
}


def saved_by_hand(
    folder: Path, system: str, indicator: str, limit: float, *, gas: str = "", draws: int = 0
) -> tuple[float, np.ndarray]:
    """kt or million m3 a year (t of a pollutant), and its repetitions by a bootstrap of a finite population."""
    table = pd.read_parquet(folder / "results" / "sample.parquet")
    weights, known = stands_for(system, list(table.index))
    value, state = table[indicator], table[f"state:{indicator}"]
    over = (value - limit).clip(lower=0).where(state != BELOW_LIMIT, 0.0)
    over = over * table[gas].where(table[f"state:{gas}"] == MEASURED) / 1e6 if gas else over
    told = ((state <= BELOW_LIMIT) & over.notna()).to_numpy()
    tonnes = np.where(told, weights * table["attribute:capacity"].astype(float), 0.0)
    amount = np.where(told, tonnes * over.fillna(0.0), 0.0)
    scale = known["capacity"].sum() * (1 if gas else 1e-3)
    rng, size, repeated = np.random.default_rng(7), len(table), []
    for _ in range(draws):
        copies, rest = divmod(len(known), size)
        urn = np.concatenate([np.repeat(np.arange(size), copies), rng.choice(size, rest, replace=False)])
        drawn = rng.choice(urn, size, replace=False)
        repeated.append(scale * amount[drawn].sum() / tonnes[drawn].sum())
    return scale * amount.sum() / tonnes.sum(), np.array(repeated)


@pytest.fixture(scope="module")
def printed_savings(shown) -> Callable[[str, str], list[float]]:
    table = shown("saved", "saving")

    def pick(saving: str, system: str) -> list[float]:
        own = table[(table["saving"] == saving) & (table["promise"].map(PROMISES) == "joint")]
        (row,) = own[own["of"].map(LABELS) == system].to_dict("records")
        return list(map(float, re.findall(r"[\d.]+", row["saved"])))

    return pick


@pytest.mark.slow
@pytest.mark.parametrize("system", SERIES)
def test_energy_saved_is_recomputed_from_the_corrected_plants_of_the_run(
    folders, values, printed_savings, system
):
    limit = values[system, english(system, ENERGY[system])]["joint II"]
    total, drawn = saved_by_hand(folders[system], system, ENERGY[system], limit, draws=2000)
    printed, lower, upper = printed_savings("energy", system)
    assert printed == pytest.approx(total, rel=6e-3)
    width = np.quantile(drawn, 0.975) - np.quantile(drawn, 0.025)
    assert [lower, upper] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.08 * width)


@pytest.mark.slow
@pytest.mark.parametrize("system", ["sintering", "pelletizing"])
@pytest.mark.parametrize(
    ("saving", "ending"), [("particulate", "pm"), ("sulphur dioxide", "so2"), ("nitrogen oxides", "nox")]
)
def test_emissions_saved_are_concentration_times_gas_of_the_plants_of_the_run(
    folders, values, printed_savings, system, saving, ending
):
    """mg/m3 times m3/t is 1e-6 kg/t; times kt/a it is t/a."""
    indicator = f"{'head' if system == 'sintering' else 'roast'}_{ending}"
    limit = values[system, english(system, indicator)]["joint II"]
    total, drawn = saved_by_hand(
        folders[system], system, indicator, limit, gas="specific_gas_volume", draws=2000
    )
    printed, lower, upper = printed_savings(saving, system)
    assert printed == pytest.approx(total, rel=6e-3)
    width = np.quantile(drawn, 0.975) - np.quantile(drawn, 0.025)
    assert [lower, upper] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.08 * width)


@pytest.mark.slow
@pytest.mark.parametrize("system", SERIES)
def test_printed_weights_add_up_in_every_document_of_every_system(folders, system):
    places = dict(everywhere(folders[system]))
    assert len(places) == 13
    assert {name: faults_of(found) for name, found in places.items() if faults_of(found)} == {}
    used = sorted(map(Decimal, pd.read_csv(folders[system] / "results" / "weights.csv", dtype=str)["weight"]))
    assert {name for name, found in places.items() if sorted(weight for *_, weight in found) != used} == set()


@pytest.mark.slow
def test_no_notebook_of_any_run_prints_a_warning(folders):
    for folder in folders.values():
        for path in sorted((folder / "notebooks").glob("*.ipynb")):
            for cell in json.loads(path.read_text("utf-8"))["cells"]:
                streams = [o for o in cell.get("outputs", []) if o["output_type"] == "stream"]
                assert not [o for o in streams if o["name"] == "stderr"], (path, streams[0])
