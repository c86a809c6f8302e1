"""The first thing a reviewer does with weights is to add them."""

from decimal import Decimal

import pandas as pd
import pytest
from evidence_toys import toy_run, toy_system, toy_tables
from evidence_weights import everywhere, faults_of, of_page

from methodology.evidence.build import build_evidence

PRINTED = {"energy": "0.301", "dust": "0.179", "slag_use": "0.120", "audit": "0.400"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    groups = [item.group for item in toy_system().indicators]
    table = pd.DataFrame(
        {"group": groups, "indicator": list(PRINTED), "weight": map(float, PRINTED.values())}
    )
    weights = table.assign(local_weight=table["weight"] / table.groupby("group")["weight"].transform("sum"))
    made = toy_run(tmp_path_factory.mktemp("runs") / "toy-run", run=toy_tables(weights=weights))
    build_evidence(made, toy_system())
    return made


def test_weights_add_up_to_one_and_to_their_group_wherever_they_are_printed(folder):
    places = dict(everywhere(folder))
    assert len(places) == 13
    assert {name: faults_of(found) for name, found in places.items()} == {name: [] for name in places}


def test_every_place_prints_the_same_weights(folder):
    for name, found in everywhere(folder):
        assert [weight for _, _, weight in found] == [Decimal(text) for text in PRINTED.values()], name


def test_a_weight_that_is_off_by_the_last_decimal_is_seen():
    assert faults_of(
        [("g", "0.600", Decimal("0.300")), ("g", "0.600", Decimal("0.299")), ("h", "", Decimal("0.401"))]
    ) == ["g"]
    assert faults_of([("g", "", Decimal("0.999"))]) == ["the whole"]


def test_the_weight_within_a_group_is_shown_as_the_quotient(folder):
    page = (folder / "public" / "site" / "weights.html").read_text(encoding="utf-8")
    assert of_page(folder / "public", "weights.html", "numbers")[0] == ("组Group", "0.600", Decimal("0.301"))
    assert '<td data-zh="组内权重" data-en="weight within its group">0.502</td>' in page
