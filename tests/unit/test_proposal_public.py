"""What may leave the house gives no plant away, for every shipped system under both promises."""

from __future__ import annotations

import copy
import json
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from test_chain_shipped_systems import PROMISES, SHIPPED, run_of, table_of
from test_proposal_document import comparator, level, made, make_system, thresholds

from methodology import chain
from methodology.indicators import Kind
from methodology.proposal.reading import public

COUNTS = re.compile(
    r"(?:but )?\d+ of (?:the )?\d+(?: \([\d.]+ %\))?|n = \d+|all \d+ reporting|but \d+|\d+ plants|steps of [\d.e-]+"
    r"|(?:lets|where|instead of) [\d.]+ %"
    r"|\d+家(?:（[\d.]+ %）)?|按[\d.e-]+(?:‡|的间隔|修约)|(?:达标率为?|而非)[\d.]+ %"
)
"""Counts and shares of plants, and steps: no figures of plants."""
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


@cache
def proposed(name, promise):
    run, system, sample, _ = run_of(name)
    rules = chain.Footing.of(run)
    choices = run.thresholds.model_copy(update={"promise": promise})
    tables = {kind: table_of(name, kind) for kind in PROMISES}
    chosen = run.model_copy(update={"thresholds": choices})
    return chain.propose(tables, system.weights, sample, system, chosen, footing=rules)


def reported(sample, indicator, minimum=3):
    """Stated figures of an indicator: those that fewer plants than the guard asks for report, and the others."""
    stated = sample.values[indicator.id][sample.states[indicator.id] <= 1].to_numpy(dtype=float)
    low, high = indicator.target or (0.0, 0.0)
    away = np.maximum(np.maximum(low - stated, stated - high), 0.0) if indicator.target else stated
    values, counts = np.unique(away, return_counts=True)
    return {float(value) for value in values[counts < minimum]}, {
        float(value) for value in values[counts >= minimum]
    }


def given_away(document, full, sample, system):
    """Figures of single plants, calibrated values and ends of intervals that a document prints."""
    found = []
    for entry, own in zip(document["indicators"], full["indicators"], strict=True):
        indicator = system[entry["id"]]
        if indicator.kind is Kind.QUALITATIVE:
            continue
        secret, heaped = reported(sample, indicator)
        for promise in full["promises"].values():
            secret |= {value for value in promise["calibrated"][entry["id"]].values() if value is not None}
        secret |= {own["levels"][name][end] for name in own["levels"] for end in ("lower", "upper")} - {None}
        secret -= heaped
        law = {
            end
            for item in indicator.comparators
            for end in (item.value if isinstance(item.value, tuple) else (item.value,))
        }
        shown = {
            value
            for made in document["promises"].values()
            for value in made["proposed"][entry["id"]].values()
        }
        shown |= {
            told[key]
            for told in entry["levels"].values()
            for key in ("calibrated", "lower", "upper", "proposed")
        }
        found += [(entry["id"], value) for value in shown if value in secret - law]
        texts = [
            text
            for told in entry["levels"].values()
            for text in [*told["flags"], told["reason"], told["reason_zh"], *map(str, told["reasons"])]
        ] + [
            item[key]
            for item in document["warnings"]
            if item["indicator"] == entry["id"]
            for key in ("en", "zh")
        ]
        known = law | {
            value
            for made in document["promises"].values()
            for value in made["proposed"][entry["id"]].values()
        }
        for text in texts:
            for item in indicator.comparators:
                text = text.replace(item.label, "")
            printed = {float(number) for number in NUMBER.findall(COUNTS.sub("", text))}
            found += [(entry["id"], number, text) for number in printed & (secret - known)]
        found += [(entry["id"], made) for made in document["promises"].values() if "calibrated" in made]
    return found


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("name", SHIPPED)
def test_no_number_of_an_indicator_is_the_figure_of_a_single_plant(name, promise):
    _, system, sample, _ = run_of(name)
    full = proposed(name, promise)
    json.dumps(full, allow_nan=False)
    assert given_away(public(full), full, sample, system) == []
    assert given_away(full, full, sample, system)


@pytest.mark.parametrize("place", ["calibrated", "upper", "proposed", "reason", "flags"])
def test_one_calibrated_value_put_back_is_found(place):
    _, system, sample, _ = run_of("ironmaking")
    full = proposed("ironmaking", "joint")
    document = copy.deepcopy(public(full))
    value, told = level(full, "coke_ratio", "II")["calibrated"], level(document, "coke_ratio", "II")
    text = f"plants tie at {value:g}"
    told[place] = {"reason": text, "flags": [text]}.get(place, value)
    assert given_away(document, full, sample, system)


def test_a_figure_in_a_warning_is_found():
    _, system, sample, _ = run_of("ironmaking")
    full = proposed("ironmaking", "joint")
    document = copy.deepcopy(public(full))
    value = level(full, "coke_ratio", "II")["calibrated"]
    said = {
        "indicator": "coke_ratio",
        "level": "II",
        "kind": "outside-interval",
        "en": f"at {value:g}",
        "zh": "",
    }
    document["warnings"].append(said)
    assert given_away(document, full, sample, system)


@pytest.fixture
def sample():
    k = np.arange(1, 21)
    table = pd.DataFrame({"x": 100.0 + k, "y": 60.0 + k, "q": ["I"] * 5 + ["II"] * 5 + ["III"] * 10})
    table.index = pd.Index([f"P{i:02d}" for i in k], name="plant")
    return table


FINE = {"step": 0.5}
ON_STEPS = thresholds(x=(103.0, 106.0, 112.0), y=(78.0, 75.0, 69.0))


def test_a_value_that_one_plant_reports_moves_a_step_to_the_loose_side(sample):
    document = made(sample, make_system(x=FINE, y=FINE), ON_STEPS)
    assert (level(document, "x", "II")["proposed"], level(document, "y", "II")["proposed"]) == (106.5, 74.5)
    assert level(document, "x", "II")["moves"] == ["figure"]
    assert "fewer than 3 plants report just this figure" in level(document, "x", "II")["reason"]


def test_it_moves_on_until_no_plant_reports_it(sample):
    at_each_step = sample.assign(x=100.0 + np.arange(1, 21) / 2)
    at_each_step.loc["P20", "x"] = 150.0
    document = made(at_each_step, make_system(x=FINE), thresholds(x=(101.5, 103.0, 106.0)))
    assert level(document, "x", "II")["proposed"] == 110.0
    assert level(document, "x", "II")["attained"] == 19


def test_a_value_that_enough_plants_report_stays(sample):
    heaped = sample.assign(x=sample["x"].replace({105.0: 106.0, 107.0: 106.0}))
    document = made(heaped, make_system(x=FINE), thresholds(x=(103.0, 106.0, 112.0)))
    assert level(document, "x", "II")["proposed"] == 106.0
    assert (
        level(made(sample, make_system(x=FINE), ON_STEPS, disclosure_minimum=1), "x", "II")["proposed"]
        == 106.0
    )


def test_law_may_set_the_figure_of_a_plant_and_turns_the_step_to_the_strict_side(sample):
    at_it = make_system([comparator(106.0, binds=["II"])], x=FINE)
    assert level(made(sample, at_it, ON_STEPS), "x", "II")["proposed"] == 106.0
    above = make_system([comparator(106.2, binds=["II"])], x=FINE)
    told = level(made(sample, above, ON_STEPS), "x", "II")
    assert (told["proposed"], told["attained"]) == (105.5, 5)
    assert "moved on the strict side" in told["reason"]


def test_the_end_of_a_scale_turns_the_step_to_the_strict_side_too(sample):
    to_zero = sample.assign(y=sample["y"] - 61)
    document = made(to_zero, make_system(y=FINE), thresholds(y=(17.0, 14.0, 0.0)))
    assert level(document, "y", "III")["proposed"] == 0.5


def test_where_no_step_leads_away_the_value_is_withheld():
    values = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": 5.0, "q": "I"}, index=["P1", "P2", "P3"])
    tight = make_system([comparator(3.2, binds=["III"])])
    document = made(values, tight, thresholds(x=(3.0, 3.0, 3.0), y=(5.0, 5.0, 5.0)), disclosure_minimum=3)
    told = level(document, "x", "III")
    assert (told["proposed"], told["disclosure"]) == (None, "withhold")
    assert "no step leads away" in told["reason"]


def test_the_public_wording_does_not_tell_a_moved_value_from_others(sample):
    on = public(made(sample, make_system(x=FINE), ON_STEPS))
    loose = sample.assign(x=sample["x"] - 0.2)
    beside = public(
        made(loose, make_system(x=FINE), thresholds(x=(102.8, 105.8, 111.8), y=(78.0, 75.0, 69.0)))
    )
    moved, plain = level(on, "x", "II"), level(beside, "x", "II")
    assert moved["moves"] is plain["moves"] is None
    assert moved["disclosure"] == plain["disclosure"]
    assert moved["reasons"] == plain["reasons"]
    assert "figure of too few plants" in plain["reason"]


def test_the_public_reasons_say_what_the_guard_did_without_a_figure(sample):
    told = level(public(made(sample, disclosure_minimum=4)), "x", "I")
    text = "fewer than 4 plants stand at or beyond the calibrated value; widened to the first step that 4 plants reach"
    assert text in told["reason"]
    assert "达到测算值的企业不足4家" in told["reason_zh"]
    assert "102.3" not in json.dumps(told, ensure_ascii=False)


def test_the_public_document_still_says_which_limits_exist(sample):
    table = thresholds().assign(lower=np.nan, upper=110.0, interval="order-statistic", confidence=0.96)
    told = level(public(made(sample, table=table)), "x", "II")
    assert (told["upper"], told["limits"]) == (None, ["upper"])


def test_remarks_lose_figures_and_keep_counts(sample):
    flag = "does not discriminate: 5 of 20 plants tie at 106.3; < 106.3: the value lies below the detection limit"
    told = level(public(made(sample, table=thresholds().assign(flag=flag))), "x", "II")
    assert told["flags"][0] == "does not discriminate: 5 of 20 plants tie at …"
    assert "106.3" not in json.dumps(told, ensure_ascii=False)


def test_a_reason_of_an_older_document_without_a_mark_stays_in_the_house(sample):
    document = made(sample)
    level(document, "x", "II")["reasons"] = [{"en": "Calibrated 105.3.", "zh": "测算值105.3。"}]
    assert level(public(document), "x", "II")["reason"] == ""
