"""The numbers of the series notebook, recomputed with pandas from samples, registers and systems."""

from __future__ import annotations

import re

import pandas as pd
import pytest
import yaml
from series_pages import LABELS, LEVELS, NAMES, PROMISES, called, cells, english, plants, register
from shipped import ROOT, SERIES

from methodology.chain import with_covariates
from methodology.indicators.display import unit_text
from methodology.parameters import Project, load_run
from methodology.sample import correct, read_sample


def test_every_quantitative_indicator_of_the_series_is_on_the_page(values):
    quantities = {
        (system, item["name_en"])
        for system, content in NAMES.items()
        for item in content["indicators"]
        if item["kind"] == "quantitative"
    }
    assert set(values) == quantities


def test_every_recalled_or_assumed_centre_carries_its_sign(shown):
    table = shown("each indicator alone: I | II | III", "system")
    for row in table.itertuples():
        item = next(
            i
            for i in NAMES[LABELS[row.system]]["indicators"]
            if i["name_en"] == re.sub(r"[*†‡]+$", "", row.indicator)
        )
        status = item["anchors"]["status_median"]
        sign = "†" if status.startswith("RECALLED") else "‡" if status == "ASSUMED" else ""
        assert row.indicator == item["name_en"] + ("*" if item.get("limiting") else "") + sign


def judged(system: str, indicator: str) -> pd.Series:
    """Reported values, on the footing of the covariate that a run lets them move with."""
    stated, parameters = cells(system, indicator), load_run(ROOT / f"params/runs/{system}.yaml")
    if indicator not in {item.indicator for item in parameters.sample.covariates}:
        return stated
    project = Project(ROOT)
    raw = read_sample(project.sample_folder("", system), project.system(system), choices=parameters.sample)
    moved = correct(raw, with_covariates(project.system(system), raw, parameters.sample)).sample
    assert not moved.values[indicator].equals(raw.values[indicator])
    return moved.values[indicator].loc[stated.index]


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
        key = f"{PROMISES[row.promise]} {row.level}"
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
        expected += [
            (system, called(strata, own), int(n)) for own, n in sorted(counts.items()) if own not in here
        ]
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
    stated = judged(system, indicator)
    limit = values[system, english(system, indicator)][f"{promise} II"]
    tonnes = (stands_for * own["capacity"])[stated.index]
    total = known["capacity"].sum() * (tonnes * (stated - limit).clip(lower=0)).sum() / tonnes.sum() / 1000
    table = shown("saved", "saving")
    unit = {"fresh_water": "million m³/a", "co2_intensity": "ktCO₂/a", "comprehensive_energy": "ktce/a"}[
        indicator
    ]
    (row,) = [
        row
        for row in table.to_dict("records")
        if (LABELS.get(row["of"]), PROMISES[row["promise"]], row["unit"]) == (system, promise, unit)
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
    strata = {"pelletizing": ("ore", "magnetite")}
    for row in table.to_dict("records"):
        system = LABELS[row["system"]]
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
    """A row is headed by what the first of its systems calls the indicator."""
    uses: dict[tuple[str, str], dict[str, list[str]]] = {}
    for system, content in NAMES.items():
        for item in content["indicators"]:
            mark = "limiting" if item.get("limiting", False) else "not limiting"
            readings = {
                "unit": unit_text(item["unit"]),
                "limiting mark": mark,
                "direction": item["direction"],
            }
            for field, reading in readings.items():
                uses.setdefault((item["id"], field), {}).setdefault(reading, []).append(system)
    expected = {
        (english(users[0], name), field, reading): users
        for (name, field), own in uses.items()
        if len(own) > 1
        for reading, users in own.items()
    }
    table = shown("differs in", "indicator", "differs in")
    found = {
        (row["indicator"], row["differs in"], row["reading"]): [
            LABELS[s] for s in row["in the systems"].split(", ")
        ]
        for row in table.to_dict("records")
        if row["differs in"] in {"unit", "limiting mark", "direction"}
    }
    assert found == expected


def test_a_finding_turns_where_the_ratios_bring_parts_to_the_whole(shown):
    rooms = shown("room", "promise", "quantity")
    table = shown("turns if all ratios were", "quantity").set_index(["quantity", "level"])
    for row in rooms[rooms["promise"].map(PROMISES) == "joint"].itertuples():
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
    fields = ["cleaner-production", "energy", "air", "water", "carbon", "monitoring", "management", "access"]
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
        (row["item"].split(". ")[1], row["aspect"].replace(" ", "-"), LABELS[name])
        for row in shown("documents").to_dict("records")
        for name in row["processes"].split(", ")
    }
    assert found == expected
