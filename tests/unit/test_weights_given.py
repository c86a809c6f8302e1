"""Weights that a group states are taken as they are, and refused whole when they are none."""

from types import SimpleNamespace

import pytest
from evidence_toys import toy_system

from methodology.errors import MethodError
from methodology.parameters import Parameters
from methodology.parameters.model import WeightChoices
from methodology.weights import derive_weights

SYSTEM = toy_system()
EVEN = {name: 1 / len(SYSTEM.ids) for name in SYSTEM.ids}


def _derived(weights: dict[str, float]):
    given = [{"indicator": name, "weight": weight} for name, weight in weights.items()]
    return derive_weights(SYSTEM, None, None, WeightChoices(method="given", decimals=6, given=given))


def test_they_are_published_as_stated_and_add_up():
    found = _derived(EVEN).published
    assert found["weight"].tolist() == pytest.approx(list(EVEN.values()), abs=1e-6)
    assert sum(found["weight"]) == pytest.approx(1)
    assert found.groupby("group")["local_weight"].sum().tolist() == pytest.approx(
        [1] * found["group"].nunique()
    )


def test_a_group_may_weigh_nothing():
    first = SYSTEM.indicators[0]
    alone = dict.fromkeys(SYSTEM.ids, 0.0) | {first.id: 1.0}
    found = _derived(alone).published.set_index("indicator")
    assert found["weight"][first.id] == 1
    assert found["local_weight"].drop(first.id).tolist() == [0.0] * (len(found) - 1)


def test_every_fault_is_named_at_once():
    first, second, *_ = SYSTEM.ids
    given = [SimpleNamespace(indicator=name, weight=0.3) for name in (first, first, "absent")]
    choices = SimpleNamespace(
        **WeightChoices(method="equal").model_dump() | {"method": "given", "given": given}
    )
    with pytest.raises(MethodError) as caught:
        derive_weights(SYSTEM, None, None, choices)
    told = str(caught.value)
    for fault in (
        "no indicator 'absent'",
        f"{second!r} has no weight",
        f"{first!r} is given twice",
        "sum to 0.9",
    ):
        assert fault in told


def test_the_method_without_weights_is_refused_before_anything_runs():
    with pytest.raises(ValueError, match="one line per indicator"):
        Parameters(system="toy", why="no weights at all", weights={"method": "given"})
