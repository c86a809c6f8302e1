"""The list of standards around the series hangs together."""

from __future__ import annotations

import re
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


def test_chains_of_successors_end_in_force_and_never_go_back(standards):
    known = standards.set_index("number")
    for number in known.index[known["status"] == "superseded"]:
        seen = [number]
        while known.loc[seen[-1], "status"] == "superseded":
            following = known.loc[seen[-1], "replaced_by"]
            assert following not in seen, seen
            assert int(known.loc[following, "year"]) >= int(known.loc[seen[-1], "year"]), seen
            assert known.loc[following, "region"] == known.loc[number, "region"]
            seen.append(following)
        assert known.loc[seen[-1], "status"] == "in force"


def test_a_successor_covers_what_its_predecessor_did(standards):
    """In aspect, and in at least one process."""
    known = standards.set_index("number")
    for _, old in known[known["status"] == "superseded"].iterrows():
        new = known.loc[old["replaced_by"]]
        assert set(old["aspect"].split()) <= set(new["aspect"].split())
        assert set(old["process"].split()) <= set(new["process"].split())


def test_every_document_says_how_it_is_known_and_of_what_kind_it_is(standards):
    assert (standards["source"] != "").all()
    assert set(standards["kind"]) == {"standard", "policy"}
    numbered = standards["number"].str.match(r"(GB|HJ|DB|40 CFR)")
    assert (standards.loc[numbered, "kind"] == "standard").all()
    recalled = standards["source"] == "MEM"
    assert standards.loc[recalled, "known"].str.startswith("RECALLED").all()


def test_every_norm_a_system_cites_is_on_the_list(standards):
    cited = set()
    for name in SYSTEMS:
        text = (ROOT / "params" / "systems" / f"{name}.yaml").read_text(encoding="utf-8")
        cited |= set(re.findall(r"\b(?:GB|HJ)(?:/T)? [0-9.]+-(?:19|20)[0-9]{2}\b", text))
    assert len(cited) > 12
    assert cited <= set(standards["number"])


def test_what_is_known_of_a_document_is_no_better_than_its_source(standards):
    order = ["SEEN", "SEEN-2nd", "DERIVED", "RECALLED_H", "RECALLED_M", "RECALLED_L"]
    for name in SYSTEMS:
        sources = load_system(ROOT / "params" / "systems" / f"{name}.yaml").sources
        for row in standards[standards["source"].isin(set(sources) - {"MEM"})].itertuples():
            stated = sources[row.source].status.split(";")[0].split()[0]
            best = "RECALLED_H" if stated == "RECALLED" else stated
            if stated in {"SEEN", "SEEN-2nd", "RECALLED"}:
                assert order.index(row.known) >= order.index(best), row.number


def test_a_year_in_a_number_is_the_year_given(standards):
    stated = standards["number"].str.extract(r"(?:^GB|^HJ|^DB)[^-]*-(\d{4})$")[0]
    known = stated.notna()
    assert known.sum() > 20
    assert (stated[known] == standards.loc[known, "year"]).all()


def test_sources_are_keys_of_the_systems_or_files_of_ours(standards):
    keys = {
        key for name in SYSTEMS for key in load_system(ROOT / "params" / "systems" / f"{name}.yaml").sources
    }
    own = {"method reference", "systems reference", "cited by drafting groups", "ULECOKE24"}
    assert set(standards["source"]) <= keys | own


def test_every_process_has_an_air_standard_and_an_index_of_cleaner_production(standards):
    chinese = standards[standards["region"] == "CN"]
    for name in SYSTEMS - {"integrated_works", "coking"}:
        here = chinese[chinese["process"].str.split().map(lambda words, name=name: name in words)]
        assert {"air", "cleaner-production"} <= set(" ".join(here["aspect"]).split()), name
