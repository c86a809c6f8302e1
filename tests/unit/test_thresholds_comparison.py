import numpy as np
import pandas as pd
import pytest

from methodology.errors import ParameterError
from methodology.indicators import IndicatorSystem
from methodology.thresholds import (
    methods_side_by_side,
    quantile_threshold,
    regulators_side_by_side,
    upper_prediction_limit,
)
from methodology.thresholds.regulators import lognormal_variability_factor

SHARES = {"I": 0.05, "II": 0.20, "III": 0.50}
VALUES = np.random.default_rng(1).lognormal(3, 0.4, 30)


def tiny(**more):
    words = {
        "group": "g",
        "name_zh": "能",
        "name_en": "n",
        "definition": "d",
        "boundary": "b",
        "unit": "kg/t",
    }
    row = {"id": "x", "direction": "lower", "weight": 1.0, "kind": "quantitative", **words, **more}
    return IndicatorSystem.model_validate(
        {
            "id": "tiny",
            "name_zh": "小",
            "name_en": "Tiny",
            "functional_unit": "1 t",
            "sources": {"S": {"title": "t", "status": "ASSUMED"}},
            "groups": [{"id": "g", "name_zh": "组", "name_en": "G", "weight": 1.0, "status": "ASSUMED"}],
            "indicators": [row],
        }
    )


MIXTURE = {
    "p10": 1,
    "p50": 2,
    "p90": 3,
    "shape": "mixture",
    "source": ["S"],
    "status_median": "ASSUMED",
    "status_spread": "ASSUMED",
}


def test_every_method_stands_beside_the_others_with_its_own_attainment():
    table = methods_side_by_side(pd.DataFrame({"x": VALUES}), tiny(), SHARES).set_index(["method", "level"])
    for method in ("attainment", "harrell-davis", "lognormal", "mean-of-best"):
        for level, share in SHARES.items():
            value = quantile_threshold(VALUES, share, method=method)
            assert table.loc[(method, level), "value"] == pytest.approx(value)
            assert table.loc[(method, level), "attained"] == (value >= VALUES).sum()
    assert table.loc[("attainment", "II"), "wanted"] == 6


def test_a_method_that_does_not_hold_has_a_reason_instead_of_a_value():
    table = methods_side_by_side(pd.DataFrame({"x": VALUES}), tiny(anchors=MIXTURE), SHARES)
    row = table.set_index(["method", "level"]).loc[("gamma", "I")]
    assert np.isnan(row["value"])
    assert row["attained"] is pd.NA
    assert "a mixture of populations has no smooth fit" in row["note"]


def test_values_below_a_limit_are_compared_by_every_treatment():
    cells = ["<5"] * 4 + [float(f"{5.5 + 0.7 * k:.1f}") for k in range(26)]
    table = methods_side_by_side(pd.DataFrame({"x": cells}), tiny(), SHARES).set_index(["method", "level"])
    for treatment in ("lognormal-mle", "ros", "kaplan-meier", "half-limit"):
        assert np.isfinite(table.loc[(treatment, "III"), "value"])
    assert np.isnan(table.loc[("lognormal", "III"), "value"])
    assert "some values lie below a limit" in table.loc[("lognormal", "III"), "note"]


def test_regulators_read_the_best_plants_their_own_way():
    table = regulators_side_by_side(pd.DataFrame({"x": VALUES}), tiny()).set_index("rule")
    best = np.sort(VALUES)
    assert table.loc["eu-ets", "value"] == pytest.approx(best[:3].mean())
    expected = upper_prediction_limit(best[:4], future=1, confidence=0.99)
    assert table.loc["us-mact-floor", "value"] == pytest.approx(expected)
    assert table.loc["us-mact-floor", "attained"] == (expected >= VALUES).sum()


def test_regulators_are_mirrored_where_higher_is_better():
    up = regulators_side_by_side(pd.DataFrame({"x": -VALUES}), tiny(direction="higher"))
    down = regulators_side_by_side(pd.DataFrame({"x": VALUES}), tiny())
    up, down = up.set_index("rule")["value"], down.set_index("rule")["value"]
    for rule in ("eu-ets", "us-mact-floor"):
        assert up[rule] == pytest.approx(-down[rule])
    assert np.isnan(up["us-effluent"])


def test_the_effluent_rule_is_a_mean_times_a_variability_factor():
    table = regulators_side_by_side(pd.DataFrame({"x": VALUES}), tiny()).set_index("rule")
    best = np.sort(VALUES)[:4]
    factor = lognormal_variability_factor(best.std(ddof=1) / best.mean())
    assert table.loc["us-effluent", "value"] == pytest.approx(best.mean() * factor)
    percent = regulators_side_by_side(pd.DataFrame({"x": VALUES - VALUES.min()}), tiny()).set_index("rule")
    assert percent.loc["us-effluent", "note"] == "a variability factor is for positive emissions"


def test_a_rule_without_a_formula_asks_for_its_expert():
    table = regulators_side_by_side(pd.DataFrame({"x": VALUES}), tiny()).set_index("rule")
    assert np.isnan(table.loc["eu-bat-ael", "value"])
    assert "an expert states rank and reason" in table.loc["eu-bat-ael", "note"]


def test_regulators_say_when_the_best_plants_prove_nothing():
    cells = ["<3"] * 30
    table = regulators_side_by_side(pd.DataFrame({"x": cells}), tiny(direction="higher"))
    assert table["value"].isna().all()
    table = table[table["rule"] != "eu-bat-ael"]
    assert table["note"].str.contains("proves nothing").all()
    alone = regulators_side_by_side(pd.DataFrame({"x": [4.0]}), tiny()).set_index("rule")
    assert alone.loc["us-mact-floor", "note"] == "fewer than 2 plants"


def test_an_unknown_method_is_refused():
    with pytest.raises(ParameterError, match="method is 'median'"):
        methods_side_by_side(pd.DataFrame({"x": VALUES}), tiny(), SHARES, methods=["median"])
