"""The indicator systems of the series: complete, dated, sourced, in both languages."""

from __future__ import annotations

import re

import pandas as pd
import pytest
import yaml
from reading import HALF_WIDTH, UNSET
from shipped import ROOT, SERIES

from methodology.findings.corrections import _term
from methodology.indicators import LEVELS, Direction, IndicatorSystem, Kind, Level, load_system
from methodology.languages import by_line
from methodology.units import convert, parse
from methodology.units.table import known_unit

FILES = sorted((ROOT / "params" / "systems").glob("*.yaml"))


@pytest.fixture(params=FILES, ids=[path.stem for path in FILES])
def system(request) -> IndicatorSystem:
    return load_system(request.param)


@pytest.fixture(params=SERIES)
def sibling(request) -> IndicatorSystem:
    return load_system(ROOT / "params" / "systems" / f"{request.param}.yaml")


def has_chinese(text: str) -> bool:
    return any("一" <= character <= "鿿" for character in text)


def has_latin(text: str) -> bool:
    return any(character.isascii() and character.isalpha() for character in text)


def test_the_file_is_named_after_the_system(system):
    assert (ROOT / "params" / "systems" / f"{system.id}.yaml").is_file()


def test_all_eight_systems_of_the_series_are_there():
    assert set(SERIES) <= {path.stem for path in FILES}


def test_every_system_calls_itself_a_draft(sibling):
    assert sibling.status == "draft"
    assert "raft" in sibling.note
    head = (ROOT / "params" / "systems" / f"{sibling.id}.yaml").read_text(encoding="utf-8")[:400]
    assert "not a published standard" in head


def test_ids_are_unique_over_indicators_groups_and_attributes(system):
    names = [*system.ids, *system.attributes]
    assert len(names) == len(set(names))
    assert len({group.id for group in system.groups}) == len(system.groups)


def test_weights_sum_to_one_in_all_and_within_each_group(system):
    weights = system.weights
    assert weights["weight"].sum() == pytest.approx(1.0, abs=1e-12)
    for _, local in weights.groupby("group")["local_weight"]:
        assert local.sum() == pytest.approx(1.0, abs=1e-12)


def test_every_unit_parses_and_comparable_comparators_convert_to_it(system):
    for indicator in system.indicators:
        parse(indicator.unit)
        for comparator in indicator.comparators:
            parse(comparator.unit)
            if comparator.comparable or comparator.before_corrections or comparator.binds:
                convert(1.0, comparator.unit, indicator.unit)
    units = [unit for unit in system.attributes.values() if unit != "text" and "|" not in unit]
    assert all(known_unit(unit) for unit in units)


def test_bounds_contain_anchors_and_anchors_are_in_order(sibling):
    for indicator in sibling.indicators:
        if indicator.kind is Kind.QUALITATIVE:
            continue
        assert indicator.anchors is not None, indicator.id
        assert indicator.bounds is not None, indicator.id
        a, b = indicator.anchors, indicator.bounds
        assert b.low <= a.p10 < a.p50 < a.p90 <= b.high, indicator.id


def test_every_comparator_is_dated_sourced_and_has_a_status(system):
    for indicator in system.indicators:
        for comparator in indicator.comparators:
            assert comparator.year is not None, (indicator.id, comparator.label)
            assert 1960 < comparator.year <= 2026
            assert comparator.source in system.sources
            assert comparator.status
            assert comparator.basis


def test_a_comparator_that_cannot_be_compared_says_why(system):
    for indicator in system.indicators:
        for comparator in indicator.comparators:
            if not comparator.comparable:
                assert comparator.note, (indicator.id, comparator.label)


def test_a_binding_comparator_says_why_it_binds(system):
    for indicator in system.indicators:
        for comparator in indicator.comparators:
            if comparator.binds:
                assert comparator.note, (indicator.id, comparator.label)
                assert comparator.kind in {"mandatory_limit", "energy_norm"}


def test_hourly_and_daily_values_are_never_compared_as_equals_of_an_annual_mean(sibling):
    for indicator in sibling.indicators:
        for comparator in indicator.comparators:
            if "hourly" in comparator.basis or "daily" in comparator.basis:
                assert not comparator.comparable or comparator.binds, (indicator.id, comparator.label)


def test_only_sources_in_use_are_listed(sibling):
    text = (ROOT / "params" / "systems" / f"{sibling.id}.yaml").read_text(encoding="utf-8")
    body = text.split("\nconventions:", 1)[1]
    used = {convention.source for convention in sibling.conventions}
    for key in sibling.sources:
        assert key in body or key in used, key


def test_everything_named_is_named_in_chinese_and_in_english(system):
    named = [system, *system.groups, *system.indicators, *system.outlets, *system.quantities]
    for item in named:
        assert has_chinese(item.name_zh), item.id
        assert has_latin(item.name_en), item.id
        assert not has_chinese(item.name_en), item.id
    for check in system.consistency_checks:
        assert has_chinese(check.zh), check.id
        assert has_latin(check.en), check.id


def test_every_indicator_of_the_series_is_explained_in_sentences(sibling):
    for item in (*sibling.indicators, *(q for q in sibling.quantities if q.explained)):
        assert item.explained is not None, item.id
        assert has_chinese(item.explained.zh), item.id
        assert item.explained.zh.endswith("。"), item.id
        assert item.explained.en.endswith("."), item.id
        assert not has_chinese(item.explained.en), item.id


def test_described_levels_are_described_in_both_languages(sibling):
    for indicator in sibling.indicators:
        if indicator.kind is Kind.QUALITATIVE:
            assert indicator.levels is not None
            for level in LEVELS:
                assert has_chinese(indicator.levels[level].zh)
                assert has_latin(indicator.levels[level].en)
                assert not re.search(r"\d%", indicator.levels[level].zh), "5 %, as computed shares are set"


def test_chinese_of_checks_has_the_signs_of_its_script(system):
    assert [check.zh for check in system.consistency_checks if HALF_WIDTH.search(check.zh)] == []


def test_corrections_titles_and_quantities_are_told_with_units_set(system):
    terms = [
        _term(item, system, language) for item in system.corrections if item.computable for language in (0, 1)
    ]
    names = [name for one in system.quantities for name in (one.name_zh, one.name_en)]
    titles = [by_line(one.title).zh for one in system.sources.values()]
    assert [text for text in terms + names if UNSET.search(text)] == []
    assert [text for text in titles if has_chinese(text) and re.search(r"[一-鿿]\(", text)] == []


def test_described_indicators_are_coded_lower_is_better_in_levels(sibling):
    for indicator in sibling.indicators:
        if indicator.kind is Kind.QUALITATIVE:
            assert (indicator.direction, indicator.unit) == (Direction.LOWER, "level")
            assert indicator.shares is not None
            assert sum(indicator.shares.values()) == pytest.approx(1.0)


def test_every_quantitative_indicator_has_a_rounding_step_finer_than_its_spread(sibling):
    for indicator in sibling.indicators:
        if indicator.kind is Kind.QUANTITATIVE:
            assert indicator.anchors is not None
            assert indicator.step is not None, indicator.id
            assert indicator.step <= (indicator.anchors.p90 - indicator.anchors.p10) / 8, indicator.id


def test_strata_are_attributes_to_choose_from(sibling):
    for name in sibling.strata:
        assert "|" in sibling.attributes[name]


def test_words_that_corrections_and_comparators_ask_for_are_words_of_the_attribute(sibling):
    for correction in sibling.corrections:
        asked = dict(correction.where)
        for name, word in asked.items():
            assert word in sibling.attributes[name].split("|"), correction.id
        if correction.table:
            assert set(correction.table) == set(sibling.attributes[correction.attribute].split("|"))
    for indicator in sibling.indicators:
        for comparator in indicator.comparators:
            for name, word in comparator.where.items():
                assert word in sibling.attributes[name].split("|"), comparator.label


def test_reporting_errors_are_those_of_the_catalogue_and_hit_indicators_that_exist(sibling):
    catalogue = pd.read_csv(ROOT / "data" / "reference" / "reporting_errors.csv", dtype=str)
    for error in sibling.reporting_errors:
        assert error.error in set(catalogue["id"])
        assert set(error.affects) <= set(sibling.ids)


def test_every_system_has_limiting_indicators_of_energy_or_emission_and_of_law(sibling):
    assert "legal_compliance" in sibling.limiting
    assert {sibling[name].group for name in sibling.limiting} >= {"mg", "po"}


def test_group_ids_are_those_of_the_series(sibling):
    assert [group.id for group in sibling.groups] == ["pe", "en", "wa", "rm", "cu", "po", "gh", "pr", "mg"]


def test_the_level_of_a_norm_is_a_level_of_the_standard(sibling):
    for indicator in sibling.indicators:
        for comparator in indicator.comparators:
            if comparator.kind in {"energy_norm", "index_2014"}:
                assert comparator.level in (Level.I, Level.II, Level.III)


def test_every_number_of_a_system_of_the_series_has_a_source_and_a_status(sibling):
    """Read off the YAML itself, so that no default fills a gap."""
    content = yaml.safe_load((ROOT / "params" / "systems" / f"{sibling.id}.yaml").read_text(encoding="utf-8"))
    for group in content["groups"]:
        assert group["status"], group["id"]
    for convention in sibling.conventions:
        assert convention.status, convention.id
        assert convention.source in content["sources"], convention.id
    for part in ("corrections", "consistency_checks"):
        for item in content[part]:
            assert item["status"], item["id"]
            assert item["source"] in content["sources"], item["id"]
    for item in content["correlations"]:
        assert item["status"], item
    for item in content["indicators"]:
        for comparator in item.get("comparators", []):
            assert comparator["status"], comparator["label"]
            assert comparator["source"] in content["sources"], comparator["label"]
        if "anchors" in item:
            assert set(item["anchors"]["source"]) <= set(content["sources"]), item["id"]
            assert item["anchors"]["status_median"], item["id"]
            assert item["anchors"]["status_spread"], item["id"]
        assert item.get("bounds", {"status": "-"})["status"], item["id"]
        for number, status in (
            ("step", "step_status"),
            ("target", "target_status"),
            ("shares", "shares_status"),
        ):
            assert number not in item or item[status], (item["id"], number)
        if item.get("censoring", {}).get("typical_lod") is not None:
            assert item["censoring"]["status"], item["id"]


FACTORS = pd.read_csv(ROOT / "data" / "reference" / "factors.csv", dtype=str, keep_default_na=False).to_dict(
    "records"
)
VINTAGE = re.compile(r"(19|20)\d\d\b|not checked|\bof no (year|edition)\b")
"""A year or an edition, or in so many words that it is not known, or that there is none."""


@pytest.mark.parametrize("factor", FACTORS, ids=[factor["id"] for factor in FACTORS])
def test_every_conversion_factor_has_a_source_a_status_and_a_vintage(factor):
    sources = {key for path in FILES for key in load_system(path).sources}
    assert factor["source"] in sources
    assert re.fullmatch(r"SEEN|SEEN-2nd|RECALLED_[HML]|DERIVED|ASSUMED", factor["status"])
    assert VINTAGE.search(factor["vintage"])
    assert bool(factor["value"]) == bool(factor["unit"])
    assert has_chinese(factor["zh"])
    assert has_latin(factor["en"])


def test_the_vintage_of_a_factor_stands_beside_its_value_in_the_systems_that_use_it(sibling):
    for convention in sibling.conventions:
        assert VINTAGE.search(convention.vintage), convention.id
