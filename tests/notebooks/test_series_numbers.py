"""The numbers of the series notebook, recomputed with pandas from samples, registers, systems and run folders."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from methodology.chain import series
from methodology.evaluation import evaluate
from methodology.parameters import Project
from methodology.runs import Results
from methodology.runs.series import read_member

ROOT = Path(__file__).resolve().parents[2]
SERIES = (
    "sintering",
    "pelletizing",
    "coking",
    "ironmaking",
    "converter_steelmaking",
    "electric_steelmaking",
    "rolling",
    "integrated_works",
)
NAMES = {name: yaml.safe_load((ROOT / f"params/systems/{name}.yaml").read_text("utf-8")) for name in SERIES}
LABELS = {f"{content['name_en']} {content['name_zh']}": name for name, content in NAMES.items()}


def tables_of(name: str) -> list[pd.DataFrame]:
    """Tables a committed notebook shows, cells as texts, blanks filled from above in the first columns."""
    content = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    found = []
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            text = "".join(output.get("data", {}).get("text/html", ""))
            if "overview" in text:
                found.append(_table(text))
    return found


def _table(text: str) -> pd.DataFrame:
    def cells(row: str) -> list[str]:
        return [html.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]

    head, *body = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    return pd.DataFrame([cells(row) for row in body], columns=cells(head))


@pytest.fixture(scope="module")
def shown() -> Callable[[str], pd.DataFrame]:
    """The table of the notebook that has a column of this name, repeated cells filled in."""
    found = tables_of("series")

    def pick(column: str, *repeated: str) -> pd.DataFrame:
        (table,) = [table for table in found if column in table.columns]
        table[list(repeated)] = table[list(repeated)].replace("", np.nan).ffill()
        return table

    return pick


def cells(system: str, column: str) -> pd.Series:
    """Numbers a sample states, without those outside the bounds; limits as the limit."""
    table = pd.read_csv(ROOT / f"data/samples/{system}/plants.csv", dtype=str, keep_default_na=False)
    (item,) = [item for item in NAMES[system]["indicators"] if item["id"] == column]
    values = pd.to_numeric(table.set_index("plant")[column].str.lstrip("<"), errors="coerce")
    return values[values.between(item["bounds"]["low"], item["bounds"]["high"])]


def plants(system: str) -> pd.DataFrame:
    table = pd.read_csv(ROOT / f"data/samples/{system}/plants.csv", dtype=str, keep_default_na=False)
    return table.set_index("plant").assign(capacity=lambda own: own["capacity"].astype(float))


def register(system: str) -> pd.DataFrame:
    table = pd.read_csv(ROOT / f"data/reference/register_{system}.csv", dtype=str, keep_default_na=False)
    return table.set_index("plant").assign(capacity=lambda own: own["capacity"].astype(float))


def amount(text: str, name: str) -> float:
    """A printed value; of an interval, how far it lies around the target."""
    low, dash, high = text.rstrip("‡").partition("–")
    if not dash:
        return float(text.replace("−", "-"))
    items = (i for c in NAMES.values() for i in c["indicators"])
    target = next(item["target"] for item in items if item["name_en"] == name)
    assert target[0] - float(low) == pytest.approx(float(high) - target[1])
    return round(float(high) - target[1], 9)


@pytest.fixture(scope="module")
def values(shown) -> dict[tuple[str, str], dict[str, float]]:
    """(system, English name) -> proposed value per promise and level, as the notebook prints them."""
    table = shown("marginal: I | II | III", "system")
    found = {}
    for row in table.to_dict("records"):
        name = re.sub(r"[*†‡]+$", "", row["indicator"])
        for promise in ("marginal", "joint"):
            numbers = [amount(text, name) for text in row[f"{promise}: I | II | III"].split(" | ")]
            for level, number in zip(("I", "II", "III"), numbers, strict=True):
                found.setdefault((LABELS[row["system"]], name), {})[f"{promise} {level}"] = number
    return found


def english(system: str, indicator: str) -> str:
    return next(item["name_en"] for item in NAMES[system]["indicators"] if item["id"] == indicator)


def test_every_quantitative_indicator_of_the_series_is_on_the_page(values):
    quantities = {
        (system, item["name_en"])
        for system, content in NAMES.items()
        for item in content["indicators"]
        if item["kind"] == "quantitative"
    }
    assert set(values) == quantities


def test_every_recalled_or_assumed_centre_carries_its_sign(shown):
    table = shown("marginal: I | II | III", "system")
    for row in table.itertuples():
        item = next(
            i
            for i in NAMES[LABELS[row.system]]["indicators"]
            if i["name_en"] == re.sub(r"[*†‡]+$", "", row.indicator)
        )
        status = item["anchors"]["status_median"]
        sign = "†" if status.startswith("RECALLED") else "‡" if status == "ASSUMED" else ""
        assert row.indicator == item["name_en"] + ("*" if item.get("limiting") else "") + sign


@pytest.mark.parametrize("level", ["I", "II", "III"])
def test_levels_are_ordered_in_every_printed_row(values, level):
    better = {(s, i["name_en"]): i["direction"] for s, c in NAMES.items() for i in c["indicators"]}
    order = ["I", "II", "III"]
    for key, row in values.items():
        sign = -1 if better[key] == "higher" else 1
        for promise in ("marginal", "joint"):
            looser = [row[f"{promise} {other}"] for other in order[order.index(level) :]]
            assert all(sign * row[f"{promise} {level}"] <= sign * other for other in looser), key


def test_parts_and_room_follow_from_the_printed_values_and_the_ratios(shown, values):
    siblings = pd.read_csv(ROOT / "data/reference/siblings.csv")
    units = {"carbon dioxide of the process chain": 0.001}
    for row in shown("room", "promise", "quantity").itertuples():
        own = siblings[siblings["relation"] == row.quantity]
        key = f"{row.promise} {row.level}"
        parts = sum(
            item.ratio * values[item.part_system, english(item.part_system, item.part_indicator)][key]
            for item in own.itertuples()
        ) * units.get(row.quantity, 1)
        whole = values["integrated_works", english("integrated_works", own["whole_indicator"].iloc[0])][key]
        assert float(row.parts.rstrip("‡")) == pytest.approx(parts, rel=1e-3)
        assert float(row.whole) == pytest.approx(whole)
        room = whole - parts - float(row.corrections.replace("−", "-"))
        assert float(row.room.replace("−", "-")) == pytest.approx(room, abs=2e-3 * whole)
        assert row.they == ("contradict" if room < 0 else "agree")


def test_strata_nobody_stands_for_are_those_of_the_registers(shown):
    expected = []
    for system in SERIES:
        strata, run = (
            NAMES[system]["strata"],
            yaml.safe_load((ROOT / f"params/runs/{system}.yaml").read_text()),
        )
        attribute, _, only = run.get("sample", {}).get("stratum", "").partition("=")
        known, asked = register(system), plants(system)
        if only:
            known, asked = known[known[attribute] == only], asked[asked[attribute] == only]
        here = set(asked[strata].agg(" / ".join, axis=1))
        counts = known[strata].agg(" / ".join, axis=1).value_counts()
        expected += [(system, name, int(n)) for name, n in sorted(counts.items()) if name not in here]
    table = shown("share of capacity", "system")
    found = [(LABELS[row.system], row.stratum, int(row._3)) for row in table.itertuples()]
    assert found == expected


@pytest.mark.parametrize(
    ("system", "indicator"),
    [
        ("sintering", "fresh_water"),
        ("coking", "fresh_water"),
        ("ironmaking", "fresh_water"),
        ("converter_steelmaking", "co2_intensity"),
        ("integrated_works", "comprehensive_energy"),
    ],
)
@pytest.mark.parametrize("promise", ["marginal", "joint"])
def test_savings_are_recomputed_from_plants_and_register(shown, values, system, indicator, promise):
    strata, known, own = NAMES[system]["strata"], register(system), plants(system)
    asked = own[strata].agg(" / ".join, axis=1)
    sizes = known[strata].agg(" / ".join, axis=1).value_counts()
    stands_for = asked.map(sizes / asked.value_counts())
    stated = cells(system, indicator)
    limit = values[system, english(system, indicator)][f"{promise} II"]
    tonnes = (stands_for * own["capacity"])[stated.index]
    total = known["capacity"].sum() * (tonnes * (stated - limit).clip(lower=0)).sum() / tonnes.sum() / 1000
    table = shown("saved", "saving")
    unit = {"fresh_water": "million m3/a", "co2_intensity": "ktCO2/a", "comprehensive_energy": "ktce/a"}[
        indicator
    ]
    (row,) = [
        row
        for row in table.to_dict("records")
        if (LABELS.get(row["of"]), row["promise"], row["unit"]) == (system, promise, unit)
    ]
    printed, lower, upper = map(float, re.findall(r"[\d.]+", row["saved"]))
    assert printed == pytest.approx(total, rel=6e-3)
    assert lower <= printed <= upper
    assert row["saved"].endswith("‡")


def test_processes_add_up_to_the_printed_sum(shown):
    table = shown("saved", "saving").assign(
        amount=lambda own: own["saved"].str.extract(r"^([\d.]+)")[0].astype(float)
    )
    for _, own in table.groupby(["saving", "promise"]):
        parts = own[
            ~own["of"].isin(["all processes", next(n for n, s in LABELS.items() if s == "integrated_works")])
        ]
        assert own.loc[own["of"] == "all processes", "amount"].iloc[0] == pytest.approx(
            parts["amount"].sum(), rel=6e-3
        )


def test_shares_that_reach_a_previous_value_are_counted_on_the_reported_plants(shown):
    table = shown("reach the previous", "system", "indicator")
    by_english = {content["name_en"]: name for name, content in NAMES.items()}
    strata = {"pelletizing": ("ore", "magnetite"), "electric_steelmaking": ("route", "all-scrap")}
    for row in table.to_dict("records"):
        system = by_english[row["system"]]
        item = next(i for i in NAMES[system]["indicators"] if i["name_en"] == row["indicator"].rstrip("*"))
        stated = cells(system, item["id"])
        if system in strata:
            attribute, only = strata[system]
            stated = stated[plants(system).loc[stated.index, attribute] == only]
        old = float(row["previous"].replace("−", "-"))
        reached = (stated >= old) if item["direction"] == "higher" else (stated <= old)
        assert float(row["reach the previous"].removesuffix(" %")) == pytest.approx(
            100 * reached.mean(), abs=0.051
        )


def test_old_values_called_looser_are_beyond_the_law_of_the_system(shown):
    table = shown("reach the previous", "system", "indicator")
    judged = table[table["law"] != ""]
    assert set(judged["previous is"].str.startswith("looser")) == {True, False}
    for row in judged.to_dict("records"):
        old, law = (float(re.match(r"−?[\d.]+", row[n])[0].replace("−", "-")) for n in ("previous", "law"))
        assert row["previous is"].startswith("looser") == (old > law)  # all of them: lower is cleaner


def test_levels_of_works_under_the_previous_values_are_recomputed(shown):
    """Every row of the index, works by works, by plain loops."""
    rows = [
        (system, item)
        for system in SERIES
        for item in NAMES[system]["indicators"]
        if len(
            [
                c
                for c in item.get("comparators", [])
                if c["kind"] == "index_2014" and c.get("comparable", True)
            ]
        )
        == 3
        and (system == "integrated_works" or item["id"] != "cp_audit_implementation_rate")
        and system != "electric_steelmaking"
    ]
    shares = {g["id"]: g["weight"] for g in NAMES["integrated_works"]["groups"]}
    weights = {
        id(item): shares[item["group"]] / [i["group"] for _, i in rows].count(item["group"])
        for _, item in rows
    }
    magnetite = set(plants("pelletizing").query("ore == 'magnetite'").index)
    speakers = {}
    for system in SERIES:
        own = plants(system)
        own = own[own["works"] != ""]
        if system == "pelletizing":
            own = own[own.index.isin(magnetite)]
        own = own.sort_values("capacity", ascending=False, kind="stable").drop_duplicates("works")
        speakers[system] = dict(zip(own["works"], own.index, strict=True))
    counts = dict.fromkeys(("I", "II", "III", "none"), 0)
    for works in speakers["integrated_works"]:
        counts[_level(works, rows, weights, speakers)] += 1
    (row,) = shown("mean Y_I").query("`judged by` == 'previous values'").to_dict("records")
    assert {level: int(row[level]) for level in counts} == counts


def _level(works, rows, weights, speakers) -> str:
    apply = [(system, item) for system, item in rows if works in speakers[system]]
    groups = {item["group"] for _, item in apply}
    for level, cut in (("I", 85), ("II", 85), ("III", 100)):
        score, blocked, whole = 0.0, False, 0.0
        for group in groups:
            mine = [(s, i) for s, i in apply if i["group"] == group]
            share = sum(weights[id(i)] for _, i in rows if i["group"] == group)
            whole += share
            for system, item in mine:
                value = cells(system, item["id"]).get(speakers[system][works])
                old = next(
                    c["value"]
                    for c in item["comparators"]
                    if c["kind"] == "index_2014" and c["level"] == level
                )
                good = value is not None and (value >= old if item["direction"] == "higher" else value <= old)
                score += share / len(mine) if good else 0
                blocked |= bool(item.get("limiting")) and not good
        if round(100 * score / whole, 6) >= cut and (level == "III" or not blocked):
            return level
    return "none"


def test_japanese_limits_are_printed_at_the_oxygen_of_the_chinese_ones(shown):
    table = shown("not comparable because", "process")
    row = table[table["indicator"].str.startswith("Sinter strand waste-gas NOx")].iloc[0]
    assert float(row["Japan"].rstrip("†")) == pytest.approx(451 * (21 - 16) / (21 - 15), abs=0.05)
    assert "limit at any time against mean of an hour" in row["not comparable because"]


def test_every_value_from_abroad_is_common_or_says_why_not(shown):
    for row in shown("not comparable because", "process").to_dict("records"):
        for region in ("EU", "US", "Japan", "world"):
            told = f"{region}: " in row["not comparable because"]
            assert not row[region] or told or row[region].endswith("="), row


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    """The run folders of the whole series, made in one call."""
    runs = tmp_path_factory.mktemp("runs")
    command = [sys.executable, "-c", "from methodology.cli import main; main()", "run"]
    files = [str(ROOT / "params" / "runs" / f"{name}.yaml") for name in SERIES]
    quick = ["--set", "sensitivity.draws=100", "--set", "sensitivity.sobol_n=16"]
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
        levels, base = results.load("evaluation"), results.load("sensitivity/choices").set_index("value").loc["as run"]
        for place, level in enumerate(reached):
            assert base[f"mean_Y_{level}"] == pytest.approx(levels[f"Y_{level}"].mean(), abs=1e-3), name
            assert base[f"share_{level}"] == levels["level"].isin(reached[: place + 1]).mean(), name


@pytest.mark.slow
def test_nobody_reaches_a_level_in_the_runs_as_the_notebook_says(folders, shown):
    assert all(set(Results(folder).load("evaluation")["level"]) == {"none"} for folder in folders.values())
    member = read_member(Project(ROOT), "ironmaking")
    assert series.levels_across([member.standard("marginal")])["none"].tolist() == [30]


# ---- The joint promise, worked out again from run folders by plain loops: no code of the package but the parquet reader.

LEVELS = ("I", "II", "III")
CODES = {"I": 1, "II": 2, "III": 3}
MEASURED, BELOW_LIMIT, NOT_REPORTED, NOT_APPLICABLE = range(4)


def reaches(item: dict, level: str, value: float, state: int, benchmark: float | None) -> bool:
    """One cell against one benchmark; what lies below a limit reaches what the limit itself reaches, if lower is cleaner."""
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


def levels_by_hand(
    system: str, folder: Path, values: dict, promise: str, table: pd.DataFrame | None = None
) -> dict[str, str]:
    """Level of every plant under the printed values and the weights of the run."""
    table = pd.read_parquet(folder / "results" / "sample.parquet") if table is None else table
    weights = pd.read_csv(folder / "results" / "weights.csv").set_index("indicator")
    items = NAMES[system]["indicators"]
    whole = weights.groupby("group")["weight"].sum()
    found = {}
    for plant, row in table.iterrows():
        states = {item["id"]: int(row[f"state:{item['id']}"]) for item in items}
        shares = {item["id"]: Fraction(str(weights.loc[item["id"], "weight"])) for item in items}
        applying = {name: 0 for name in whole.index}
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
                good = reaches(item, level, row[item["id"]], states[item["id"]], printed)
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
    **dict.fromkeys(("sintering", "pelletizing", "coking", "ironmaking", "converter_steelmaking"), "process_energy"),
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
        own = table[(table["saving"] == saving) & (table["promise"] == "joint")]
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
def test_no_notebook_of_any_run_prints_a_warning(folders):
    for folder in folders.values():
        for path in sorted((folder / "notebooks").glob("*.ipynb")):
            for cell in json.loads(path.read_text("utf-8"))["cells"]:
                streams = [o for o in cell.get("outputs", []) if o["output_type"] == "stream"]
                assert not [o for o in streams if o["name"] == "stderr"], (path, streams[0])


# ---- What needs no run.


def test_siblings_with_one_quantity_print_their_lowest_and_highest_value(shown, values):
    by_meaning = {}
    for system, content in NAMES.items():
        for item in content["indicators"]:
            if item["kind"] == "quantitative":
                key = (item["id"], item["unit"], item["definition"], item["boundary"])
                by_meaning.setdefault(key, []).append((system, item["name_en"]))
    groups = [uses for uses in by_meaning.values() if len(uses) > 1]
    pairs = pd.read_csv(ROOT / "data/reference/siblings.csv").query("kind == 'same'")
    for row in pairs.itertuples():
        pair = [(row.whole_system, row.whole_indicator), (row.part_system, row.part_indicator)]
        groups.append([(system, english(system, name)) for system, name in pair])
    expected = {
        (own[0][1], level): (min(v), max(v))
        for own in groups
        for level in LEVELS
        for v in [[values[key][f"joint {level}"] for key in own]]
    }
    table = shown("lowest", "quantity")
    found = {
        (row.quantity, row.level): tuple(float(re.match(r"[\d.]+", t)[0]) for t in (row.lowest, row.highest))
        for row in table.itertuples()
    }
    for key, ends in found.items():
        assert expected[key] == pytest.approx(ends, rel=1e-3), key
    assert len(found) == len(expected)


def test_words_that_differ_between_siblings_are_those_of_the_yaml(shown):
    uses: dict[str, dict[str, set]] = {}
    for content in NAMES.values():
        for item in content["indicators"]:
            fields = uses.setdefault(item["id"], {"unit": set(), "limiting": set(), "direction": set()})
            fields["unit"].add(item["unit"])
            fields["limiting"].add(bool(item.get("limiting", False)))
            fields["direction"].add(item["direction"])
    expected = {(name, field) for name, own in uses.items() for field, seen in own.items() if len(seen) > 1}
    table = shown("differs in", "indicator", "differs in")
    found = set(zip(table["indicator"], table["differs in"], strict=True))
    assert {pair for pair in found if pair[1] in {"unit", "limiting", "direction"}} == expected


def test_a_finding_turns_where_the_ratios_bring_parts_to_the_whole(shown):
    rooms = shown("room", "promise", "quantity")
    table = shown("turns if all ratios were", "quantity").set_index(["quantity", "level"])
    for row in rooms[rooms["promise"] == "joint"].itertuples():
        parts = float(row.parts.rstrip("‡")) + float(row.corrections.replace("−", "-"))
        change, word = float(row.whole) / parts - 1, "larger"
        if change < 0:
            change, word = -change, "smaller"
        told = table.loc[(row.quantity, row.level), "turns if all ratios were"]
        assert told.endswith(word), row
        assert float(told.split(" ")[0]) == pytest.approx(100 * change, abs=0.2), row


def test_items_to_propose_are_the_cells_of_the_list_that_are_not_covered(shown):
    """By sets: missing has no document, aged no young standard of its own, general only rules for all."""
    listed = pd.read_csv(ROOT / "data/reference/standards.csv", dtype=str, keep_default_na=False)
    listed = listed[listed["region"] == "CN"]
    fields = "cleaner-production energy air water carbon monitoring management access".split()
    expected = set()
    for system in SERIES:
        for field in fields:
            here = [
                d
                for d in listed.itertuples()
                if field in d.aspect.split() and (d.process == "all" or system in d.process.split())
            ]
            live = [d for d in here if d.status == "in force"]
            own = [d for d in live if d.process != "all"] or live
            firm = [d for d in own if d.kind == "standard"] or own
            if not here:
                expected.add(("draft", field, system))
            elif not live or max(int(d.year) for d in firm) < 2026 - 10:
                expected.add(("revise", field, system))
            elif all(d.process == "all" for d in live):
                expected.add(("consider", field, system))
    found = {
        (row["item"].split(". ")[1], row["aspect"], LABELS[name])
        for row in shown("documents").to_dict("records")
        for name in row["processes"].split(", ")
    }
    assert found == expected
