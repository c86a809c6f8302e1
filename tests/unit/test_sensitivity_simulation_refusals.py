"""What a simulation of levels refuses, and that it says which value."""

from __future__ import annotations

import numpy as np
import pytest
from ladder_toys import LADDER, ladder

from methodology.errors import DataError, MethodError
from methodology.sensitivity import simulate_levels


def test_all_faults_of_the_arrays_are_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        simulate_levels(
            np.ones((2, 3)), np.ones((2, 3)), [0.5, 0.5], limiting=None, groups=["a"], draws=1, seed=1
        )
    message = str(caught.value)
    assert "thresholds" in message
    assert "weights" in message
    assert "groups" in message


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"weights": [0.4, 0.4]}, "sum to 0.8"),
        ({"weights": [1.5, -0.5]}, "weight is -0.5"),
        ({"better": ["lower", "less"]}, "'less'"),
        ({"limiting": [2]}, "position 2"),
        ({"limiting": [True]}, "mask of shape"),
        ({"threshold_cv": -0.1}, "-0.1"),
        ({"threshold_cv": [0.0, -0.2]}, "holds -0.2"),
        ({"threshold_cv": [0.0, np.inf]}, "holds inf"),
        ({"threshold_cv": [0.1, 0.2, 0.3, 0.4]}, "(4,)"),
        ({"values": [[-np.inf, 1.0]]}, "-inf"),
        ({"applicable": [[False, False]]}, "no weight is left"),
    ],
)
def test_an_input_at_fault_is_refused_with_its_value(changes: dict[str, object], says: str) -> None:
    given = {
        "values": [[1.0, 1.0]],
        "thresholds": ladder(2),
        "weights": [0.5, 0.5],
        "draws": 1,
        "seed": 1,
        **changes,
    }
    with pytest.raises(DataError, match=None) as caught:
        simulate_levels(**given)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"draws": 0}, "`draws` is 0"),
        ({"draws": 2.5}, "2.5"),
        ({"threads": 0}, "`threads`"),
        ({"weight_concentration": 0}, "concentration"),
        ({"weight_concentration": float("nan")}, "nan"),
        ({"cut": 120}, "120"),
        ({"level_one": "strict"}, "'strict'"),
    ],
)
def test_a_choice_out_of_range_is_refused_with_its_value(changes: dict[str, object], says: str) -> None:
    with pytest.raises(MethodError) as caught:
        simulate_levels(
            **{"values": [[1.0]], "thresholds": LADDER, "weights": [1.0], "draws": 1, "seed": 1, **changes}
        )
    assert says in str(caught.value)
