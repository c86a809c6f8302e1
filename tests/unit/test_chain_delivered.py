"""Promise against outcome: what a later sample reaches of an earlier proposal, and which values to revise."""

import json
import re
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from proposal_toys import plants_of, proposal_of
from shipped import ROOT

from methodology import chain
from methodology.chain.delivered import expected_range, promise_outcome, to_revise
from methodology.cli.drafting import proposal_in
from methodology.cli.plants import outcome_of_promise
from methodology.errors import DataError, ParameterError
from methodology.evaluation import evaluate
from methodology.indicators.display import fixed, percent
from methodology.parameters import Project
from methodology.proposal import proposal_thresholds
from methodology.proposal.reading import proposal_weights, public
from methodology.series.reading import read_member
from methodology.tables.proposal import outcome_overview, outcome_sentences

RARE = Fraction(5, 100)


def orders(reached, earlier, later):
    """Of all orders of earlier and later plants, in how many k later ones are before the `reached`-th earlier one."""
    found = [0] * (later + 1)
    for places in combinations(range(earlier + later), earlier):
        found[places[reached - 1] - (reached - 1)] += 1
    return found


@pytest.mark.parametrize(("earlier", "later"), [(5, 4), (4, 6), (6, 6)])
def test_the_range_is_that_of_all_orders_of_earlier_and_later_plants(earlier, later):
    confidence = 1 - 2 * RARE
    for reached in range(earlier + 1):
        low, high = 0, later
        if reached:
            low = _first(orders(reached, earlier, later), RARE)
        if reached < earlier:
            high = _first(orders(reached + 1, earlier, later), 1 - RARE)
        assert expected_range(reached, earlier, later, confidence) == (low, high)


def _first(ways, share):
    total = sum(ways)
    return next(k for k in range(len(ways)) if Fraction(sum(ways[: k + 1]), total) >= share)


def test_the_range_holds_as_many_later_plants_as_it_says_whatever_their_distribution():
    rng = np.random.default_rng(4)
    held = []
    for _ in range(3000):
        earlier, later = np.sort(rng.standard_cauchy(20)), rng.standard_cauchy(25)
        low, high = expected_range(4, 20, 25, Fraction(9, 10))
        held.append(low <= (later <= earlier[3]).sum() <= high)
    assert np.mean(held) >= 0.9 - 0.02


@pytest.fixture(scope="module")
def proposed():
    return proposal_of_member("ironmaking")


def proposal_of_member(name):
    member = read_member(Project.around(ROOT), name)
    system, run = member.system, member.parameters
    tables = chain.calibrate_both(
        member.sample, system, system.weights, run.thresholds, footing=chain.Footing.of(run)
    )
    document = chain.propose(
        tables, system.weights, member.sample, system, run, record=run.model_dump(mode="json"), corrected=True
    )
    return member, document


def test_what_is_reached_is_a_recount(proposed):
    member, document = proposed
    system, later = member.system, member.industry
    out = promise_outcome(public(document), later, system)
    values, weights = proposal_thresholds(document, system), proposal_weights(document, system)
    levels = evaluate(later, system, values, weights)["level"]
    whole = out[out["indicator"] == ""].set_index("level")
    assert whole["plants"].to_dict() == {
        "I": (levels == "I").sum(),
        "II": levels.isin(["I", "II"]).sum(),
        "III": (levels != "none").sum(),
    }
    assert whole["promised_plants"].to_dict() == document["joint_plants"]
    own = out[(out["indicator"] == "fuel_ratio") & (out["level"] == "II")].iloc[0]
    reached = later.values["fuel_ratio"] <= own["value"]
    assert (own["plants"], own["n"]) == (reached.sum(), later.values["fuel_ratio"].notna().sum())
    stated = next(entry for entry in document["indicators"] if entry["id"] == "fuel_ratio")
    assert own["promised"] == stated["levels"]["II"]["attainment"]


def test_the_outcome_of_the_shipped_works_sets_the_share_reached_beside_the_one_promised():
    member, document = proposal_of_member("integrated_works")
    out = promise_outcome(document, member.industry, member.system)
    values, weights = (read(document, member.system) for read in (proposal_thresholds, proposal_weights))
    later = evaluate(member.industry, member.system, values, weights)["level"]
    for row, one in enumerate(out[out["indicator"] == ""].itertuples()):
        assert one.promised == document["joint_attainment"][one.level]
        assert one.reached == later.isin(["I", "II", "III"][: row + 1]).mean()
        assert one.fewest <= one.plants <= one.most or one.finding != "as promised"
    calibrated = [entry for entry in document["indicators"] if entry["kind"] == "quantitative"]
    own = out[out["indicator"].isin([entry["id"] for entry in calibrated])]
    assert len(own) == 3 * len(calibrated)
    assert own[["promised", "reached", "fewest", "most"]].notna().all().all()
    np.testing.assert_allclose(own["drift"], own["reached"] - own["promised"])


def test_promise_and_outcome_of_the_shipped_works_are_told_level_by_level_with_the_drift_of_every_value():
    member, document = proposal_of_member("integrated_works")
    out = promise_outcome(document, member.industry, member.system)
    told = outcome_sentences(out)
    assert len(told) == 4
    for row, told_in in zip(out[out["indicator"] == ""].itertuples(), told, strict=False):
        own = out[(out["indicator"] != "") & (out["level"] == row.level)]
        shares = [
            row.promised,
            row.reached,
            *own["promised"].agg(["min", "max"]),
            *own["reached"].agg(["min", "max"]),
        ]
        for text in told_in:
            assert re.findall(r"[\d.]+ %", text) == [percent(share) for share in shares]
    shown = outcome_overview(out, member.system)
    signs = {0.0: "+", 1.0: "−"}
    wanted = [f"{signs[float(one < 0)]}{fixed(100 * abs(one), 1)}" for one in out["drift"]]
    assert shown["drift"].tolist() == wanted
    assert {text[0] for text in wanted} == {"+", "−"}


def test_the_public_proposal_says_the_same_as_the_internal_one(proposed):
    member, document = proposed
    told = [promise_outcome(one, member.industry, member.system) for one in (document, public(document))]
    pd.testing.assert_frame_equal(*told)


def test_the_same_plants_keep_every_promise(proposed):
    member, document = proposed
    out = promise_outcome(document, member.sample, member.system)
    assert (out["finding"] == "as promised").all()
    assert to_revise(out).empty


def test_values_that_drifted_are_listed_and_those_most_missed_come_first(proposed):
    member, document = proposed
    system = member.system
    cells = member.industry
    drifted = cells.values.copy()
    drifted["fuel_ratio"] *= 1.2
    drifted["hot_blast_temperature"] += 500
    from dataclasses import replace

    apart = to_revise(promise_outcome(document, replace(cells, values=drifted), system))
    found = apart.set_index(["indicator", "level"])["finding"]
    assert found["fuel_ratio", "III"] == "reached by fewer"
    assert found["hot_blast_temperature", "I"] == "reached by more"
    assert (apart["reached"] - apart["promised"]).is_monotonic_increasing


def test_a_value_that_was_withheld_or_has_no_count_promises_nothing():
    system = Project.around(ROOT).system("ironmaking")
    document = proposal_of(system)
    document["indicators"][1]["levels"]["I"] |= {"proposed": None}
    document["indicators"][2]["levels"]["II"].pop("attained")
    document.pop("joint_plants")
    out = promise_outcome(document, plants_of(system), system).set_index(["indicator", "level"])
    names = [entry["id"] for entry in document["indicators"]]
    for key in ((names[1], "I"), (names[2], "II"), ("", "III")):
        assert out.loc[key, "finding"] == "cannot be told", key
        assert np.isnan(out.loc[key, "promised"])


@pytest.mark.parametrize("confidence", [0, 1, 1.5, "often", True])
def test_a_confidence_that_is_none_is_refused(proposed, confidence):
    member, document = proposed
    with pytest.raises(ParameterError, match="confidence is"):
        promise_outcome(document, member.sample, member.system, confidence=confidence)


def test_the_command_says_what_came_out_in_both_languages(proposed, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    _, document = proposed
    path = tmp_path / "proposal.json"
    path.write_text(json.dumps(public(document) | {"run": "0" * 12}), encoding="utf-8")
    outcome_of_promise(path, Project.around(ROOT).sample_folder("ironmaking"))
    said = capsys.readouterr().out
    assert "whole standard" in said
    assert "Nothing to revise. 没有需要复核的基准值。" in said
    assert "values, 0 are reached by fewer plants and 0 by more" in said


@pytest.mark.parametrize("place", ["draft", "run/results"])
def test_the_folder_of_a_draft_or_of_a_run_stands_for_its_proposal(proposed, tmp_path, place):
    (tmp_path / place).mkdir(parents=True)
    if place == "draft":
        (tmp_path / place / "draft.yaml").write_text("")
    file = tmp_path / place / "proposal.json"
    file.write_text(json.dumps(public(proposed[1]) | {"run": "0" * 12}), encoding="utf-8")
    assert proposal_in(tmp_path / place.partition("/")[0]) == proposal_in(file) == file


def test_another_systems_plants_are_refused(proposed, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    path = tmp_path / "proposal.json"
    path.write_text(json.dumps(public(proposed[1]) | {"run": "0" * 12}), encoding="utf-8")
    with pytest.raises(DataError, match="sintering"):
        outcome_of_promise(path, Project.around(ROOT).sample_folder("sintering"))
