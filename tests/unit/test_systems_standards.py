"""The list of standards around the series hangs together."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from methodology.indicators import load_system

ROOT = Path(__file__).parents[2]
ASPECTS = {
    "drafting",
    "cleaner-production",
    "energy",
    "air",
    "water",
    "carbon",
    "monitoring",
    "management",
    "access",
}
SYSTEMS = {path.parent.name for path in ROOT.glob("data/samples/*/recipe.yaml")}


@pytest.fixture(scope="module")
def standards() -> pd.DataFrame:
    path = ROOT / "data" / "reference" / "standards.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_every_document_is_listed_once_with_title_year_and_status(standards):
    assert standards["number"].is_unique
    for column in ("number", "title", "title_en", "process", "aspect", "year", "known"):
        assert (standards[column] != "").all(), column
    assert set(standards["status"]) <= {"in force", "superseded", "unknown"}
    assert standards["known"].str.fullmatch(r"SEEN|SEEN-2nd|RECALLED_[HML]|DERIVED").all()
    assert standards["year"].astype(int).between(1960, 2026).all()


def test_processes_and_aspects_are_words_of_the_map(standards):
    for cell in standards["process"]:
        assert cell == "all" or set(cell.split()) <= SYSTEMS, cell
    for cell in standards["aspect"]:
        assert set(cell.split()) <= ASPECTS, cell


def test_a_superseded_document_names_a_successor_that_is_listed(standards):
    gone = standards[standards["status"] == "superseded"]
    assert set(gone["replaced_by"]) <= set(standards["number"])
    assert (standards.loc[standards["status"] != "superseded", "replaced_by"] == "").all()


def test_a_year_in_a_number_is_the_year_given(standards):
    stated = standards["number"].str.extract(r"(?:^GB|^HJ|^DB)[^-]*-(\d{4})$")[0]
    known = stated.notna()
    assert known.sum() > 20
    assert (stated[known] == standards.loc[known, "year"]).all()


def test_sources_are_keys_of_the_systems_or_files_of_ours(standards):
    keys = {
        key for name in SYSTEMS for key in load_system(ROOT / "params" / "systems" / f"{name}.yaml").sources
    }
    own = {"", "method reference", "systems reference", "cited by drafting groups", "ULECOKE24"}
    assert set(standards["source"]) <= keys | own


def test_every_process_has_an_air_standard_and_an_index_of_cleaner_production(standards):
    chinese = standards[standards["region"] == "CN"]
    for name in SYSTEMS - {"integrated_works", "coking"}:
        here = chinese[chinese["process"].str.split().map(lambda words, name=name: name in words)]
        assert {"air", "cleaner-production"} <= set(" ".join(here["aspect"]).split()), name
