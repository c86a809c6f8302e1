"""UPLforOAR (2025), MIT licence: the US EPA's prediction limits, as its own tests print them."""

import pytest

from methodology.errors import DataError, MethodError, ParameterError
from methodology.thresholds import upper_prediction_limit
from methodology.thresholds.regulators import epa_distribution

RUNS = [1, 2, 1.5, 1.2, 3, 2.2, 0.2, 0.4, 0.7, 0.1, 0.2, 0.3, 1.1, 1.2, 1.3, 0.1, 0.1, 0.15, 0.16, 0.19, 1.8]


@pytest.mark.parametrize(
    ("form", "limit", "digits"),
    [
        ("normal", 2.20703524203375, 1e-13),
        ("lognormal", 4.80939868, 5e-9),
        ("skewed", 2.50184469, 5e-9),
        ("epa-as-coded", 4.80939868, 5e-9),
    ],
)
def test_limits_for_the_mean_of_three_runs(form, limit, digits) -> None:
    assert upper_prediction_limit(RUNS, form=form) == pytest.approx(limit, abs=digits)


def test_the_workbook_would_pick_the_lognormal_form() -> None:
    assert epa_distribution(RUNS) == "lognormal"


def test_the_skewed_form_refuses_what_its_code_cannot_answer() -> None:
    with pytest.raises(MethodError, match="99%"):
        upper_prediction_limit(RUNS, form="skewed", confidence=0.95)
    with pytest.raises(MethodError, match="4 to 340"):
        upper_prediction_limit([4.2, 5.1, 6.7], form="skewed")


def test_input_at_fault_is_named() -> None:
    with pytest.raises(DataError, match="positive"):
        upper_prediction_limit([0.0, 1.0, 2.0], form="lognormal")
    with pytest.raises(ParameterError, match="future is 0"):
        upper_prediction_limit(RUNS, future=0)
    with pytest.raises(ParameterError, match="form is 'gamma'"):
        upper_prediction_limit(RUNS, form="gamma")
