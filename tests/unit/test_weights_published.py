"""The weights that every shipped system publishes: what is printed is what is used, and it adds up."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from shipped import SERIES
from weighed_runs import weighed

from methodology.evaluation.scoring import weight_vector
from methodology.indicators.display import total
from methodology.results import Results
from methodology.tables import weights_overview
from methodology.weights import derive_weights, methods_side_by_side
from methodology.weights.derive import METHODS


@pytest.mark.parametrize("name", SERIES)
def test_the_weights_of_a_run_add_up_to_their_group_and_to_1(name):
    weights = weighed(name).weights
    table = weights.published
    assert total(table["weight"]) == 1
    whole = weights.table.groupby("group")["weight"].sum()
    for group, own in table.groupby("group"):
        assert total(own["weight"]) == round(total(own["weight"]), 3)
        assert abs(float(total(own["weight"])) - whole[group]) < 0.001
    assert all(Decimal(repr(weight)) == round(Decimal(repr(weight)), 3) for weight in table["weight"])


@pytest.mark.parametrize("name", SERIES)
def test_every_other_method_adds_up_too(name):
    own = weighed(name)
    found = methods_side_by_side(own.system, own.judgements, own.sample, own.run.weights)
    assert set(found.tables) | set(found.refused) == set(METHODS)
    assert {"ahp", "best-worst", "budget", "entropy", "critic", "equal", "system"} <= set(found.tables)
    assert all(total(table["weight"]) == 1 for table in found.tables.values())


def test_the_weights_of_ironmaking_are_rounded_once():
    own = weighed("ironmaking")
    printed = own.weights.published.set_index("indicator")["weight"]
    exact = own.weights.table.set_index("indicator")["weight"]
    energy = [name for name in own.system.ids if own.system[name].group == "en"]
    assert total(printed[energy]) == round(Decimal(repr(float(exact[energy].sum()))), 3)
    assert np.abs(printed - exact).max() < 0.001


def test_the_decision_reads_the_printed_decimals_back_exactly(tmp_path):
    own = weighed("pelletizing")
    results = Results(tmp_path)
    results.save("weights", own.weights.published)
    vector = weight_vector(own.system, results.load("weights"))
    assert sum(vector) == 1
    assert [float(weight) for weight in vector] == own.weights.published["weight"].tolist()
    assert all(1000 % weight.denominator == 0 for weight in vector)


def percentages(column):
    return [Decimal(text.removesuffix(" %")) for text in column]


@pytest.mark.parametrize("decimals", [3, 4])
def test_a_table_of_weights_prints_numbers_that_add_up(decimals):
    own = weighed("ironmaking")
    choices = own.run.weights.model_copy(update={"decimals": decimals})
    weights = derive_weights(own.system, own.judgements, own.sample, choices)
    shown = weights_overview(weights.published, own.system, weights.expert_weights)
    assert sum(percentages(shown["weight"])) == 100
    for group, rows in shown.groupby("group"):
        assert sum(percentages(rows["weight"])) == percentages(rows["group weight"])[0], group
