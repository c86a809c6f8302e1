"""The command a new user types, on what is shipped: a whole run folder, true figures, the same bits again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from shipped import ROOT

from methodology.parameters import Project

LEVELS = ["I", "II", "III"]
MEASURED, BELOW_LIMIT = 0, 1
COLUMNS = {
    "thresholds": [
        *("indicator", "level", "value", "lower", "upper", "interval", "confidence", "attained", "n"),
        *("attainment", "unit", "direction", "flag"),
    ],
    "weights": ["group", "indicator", "weight", "local_weight"],
    "evaluation": ["plant", "Y_I", "Y_II", "Y_III", "level", "limiting_failed"],
}


@pytest.fixture(scope="module")
def first(run_shipped):
    return run_shipped("joint")


@pytest.fixture(scope="module")
def folder(first):
    return Path(first.stdout.strip().splitlines()[-1])


def _table(folder, name):
    return pd.read_csv(folder / "results" / f"{name}.csv", keep_default_na=False, na_values=[""])


def test_the_last_line_is_the_run_folder_below_a_table_of_proposed_values(first, folder):
    assert folder.is_dir()
    for words in ("高炉燃料比", "kgce/t", "Ⅲ", "Level I has the value of level II"):
        assert words in first.stdout


def test_the_run_folder_holds_what_the_design_promises(folder):
    for name in ("parameters.yaml", "manifest.json", "ro-crate-metadata.json"):
        assert (folder / name).stat().st_size > 200, name
    for which in ("public", "internal"):
        names = {path.name for path in (folder / which).iterdir()}
        assert names == {"site", "standard.docx", "explanation.docx", "proposal.xlsx", "proposal.json"}
    assert len(list(folder.glob("notebooks/*.ipynb"))) == 6
    assert len(pd.read_parquet(folder / "results" / "sample.parquet")) >= 30
    assert list(folder.glob("results/sensitivity/*.csv"))


def test_every_indicator_group_and_expert_has_a_page_with_its_chapters(folder):
    system = Project.around(ROOT).system("ironmaking")
    parts = {"proposed", "plants", "meaning", "bounds", "corrections", "methods"}
    parts |= {"compared", "effect", "history", "origin"}
    for item in system.indicators:
        assert chapters_of(folder, f"indicator-{item.id}") == parts, item.id
    for group in system.groups:
        wanted = {"members", "methods", "judged", "cells", "bounds", "effect", "origin"}
        assert chapters_of(folder, f"group-{group.id}") == wanted
    experts = pd.read_csv(folder / "results" / "weights" / "experts.csv")["expert"].unique()
    assert len(experts) == 7
    for expert in experts:
        wanted = {"pattern", "methods", "consistency", "without", "cells", "origin"}
        assert chapters_of(folder, f"expert-{expert.lower()}") == wanted


def chapters_of(folder, name):
    """Headings of an internal page by their place."""
    page = folder / "internal" / "site" / f"{name.replace('_', '-')}.html"
    return set(re.findall(r'<h2 id="([a-z]+)"', page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", COLUMNS)
def test_tables_have_the_columns_of_the_design_in_order(folder, name):
    assert list(_table(folder, name).columns) == COLUMNS[name]


def test_level_one_is_stricter_than_two_and_two_than_three_for_every_indicator(folder):
    table = _table(folder, "thresholds")
    values = table.pivot(index="indicator", columns="level", values="value")[LEVELS]
    lower = table.groupby("indicator")["direction"].first().eq("lower").reindex(values.index)
    steps = values.diff(axis=1).iloc[:, 1:]
    assert (steps[lower] >= 0).all(axis=None)
    assert (steps[~lower] <= 0).all(axis=None)
    made = json.loads((folder / "results" / "proposal.json").read_text(encoding="utf-8"))
    for item in made["indicators"]:
        if item["kind"] == "quantitative":
            proposed = [item["levels"][level]["proposed"] for level in LEVELS]
            assert proposed == sorted(proposed, reverse=item["direction"] == "higher"), item["id"]


def test_weights_sum_to_one_over_the_whole_and_in_every_group(folder):
    weights = _table(folder, "weights")
    assert weights["weight"].sum() == pytest.approx(1, abs=1e-12)
    assert weights.groupby("group")["local_weight"].sum().to_numpy() == pytest.approx(1, abs=1e-12)


def test_scores_do_not_fall_from_level_one_to_three(folder):
    table = _table(folder, "evaluation")
    assert len(table) == 30
    assert (table["Y_I"] <= table["Y_II"]).all()
    assert (table["Y_II"] <= table["Y_III"]).all()


def test_printed_attainment_equals_a_recount_from_the_sample(folder):
    """Recounted on the cells as they lie on disk, with pandas alone."""
    sample = pd.read_parquet(folder / "results" / "sample.parquet")
    table = _table(folder, "thresholds")
    for row in table.itertuples():
        cells, states = sample[row.indicator], sample[f"state:{row.indicator}"]
        stated = states.isin([MEASURED, BELOW_LIMIT])
        lower = row.direction == "lower"
        reached = cells.le(row.value) if lower else cells.ge(row.value) & states.eq(MEASURED)
        assert (int((reached & stated).sum()), int(stated.sum())) == (row.attained, row.n), row
    assert table["attainment"].to_numpy() == pytest.approx(table["attained"] / table["n"], abs=1e-15)


def test_the_whole_standard_is_shown_beside_the_marginal_shares(first, folder):
    levels = _table(folder, "evaluation")["level"]
    made = json.loads((folder / "results" / "proposal.json").read_text(encoding="utf-8"))
    assert set(made["joint_attainment"]) == set(LEVELS)
    assert "整套标准，按拟定值" in first.stdout
    promises = _table(folder, "promises").set_index(["promise", "level"])
    reached = [levels.isin(LEVELS[: place + 1]).mean() for place in range(3)]
    assert promises.loc[made["promise"], "whole_share"].tolist() == pytest.approx(reached, abs=1e-12)


def test_sensitivity_starts_from_the_weights_values_and_levels_of_the_run(folder):
    """It derives them itself, so that it need not wait for the stages that do."""
    levels = _table(folder, "evaluation")
    base = _table(folder, "sensitivity/choices").set_index("value").loc["as run"]
    for place, level in enumerate(LEVELS):
        assert base[f"mean_Y_{level}"] == pytest.approx(levels[f"Y_{level}"].mean(), abs=1e-3)
        assert base[f"share_{level}"] == levels["level"].isin(LEVELS[: place + 1]).mean()


def test_the_same_command_again_executes_nothing_and_prints_the_same_folder(first, run_shipped):
    again = run_shipped("joint", "--progress", "json")
    events = [json.loads(line) for line in again.stderr.splitlines() if line.startswith("{")]
    assert again.stdout.strip().splitlines()[-1] == first.stdout.strip().splitlines()[-1]
    assert "start" not in {event["kind"] for event in events}


def test_cold_kernels_repeat_the_run_and_its_evidence_bit_for_bit(folder, workbench):
    assert len(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["evidence"]) > 50
    done = workbench("verify", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "identical bit for bit" in done.stdout + done.stderr
