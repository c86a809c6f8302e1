import numpy as np
import pandas as pd
import pytest
from threshold_toys import LEVEL_TEXT, SHARES, TWENTY, anchors, indicator, system_of, table_of

from methodology.errors import DataError, ParameterError
from methodology.evaluation.attainment import attainment
from methodology.indicators import Sample, as_sample
from methodology.thresholds import quantile_threshold, threshold_interval
from methodology.thresholds.table import COLUMNS, thresholds_table


def test_rows_follow_the_system_and_columns_the_design():
    found = thresholds_table(
        pd.DataFrame({"b": TWENTY, "a": TWENTY}), system_of(indicator("a"), indicator("b")), shares=SHARES
    )
    assert tuple(found.columns) == COLUMNS
    assert list(found["indicator"]) == ["a", "a", "a", "b", "b", "b"]
    assert list(found["level"]) == ["I", "II", "III"] * 2


def test_values_and_limits_are_those_of_the_plain_functions():
    values = np.random.default_rng(1).lognormal(3, 0.4, 30)
    for interval in ("order-statistic", "finite-population", "lognormal", "bootstrap-bca"):
        found = table_of({"a": values}, interval=interval, population=80)
        known = 80 if interval == "finite-population" else None
        for level, share in SHARES.items():
            row, expected = (
                found.loc[("a", level)],
                threshold_interval(values, share, method=interval, population=known),
            )
            ends = [np.nan if end is None else end for end in (expected.lower, expected.upper)]
            np.testing.assert_allclose([row["lower"], row["upper"]], ends)
            np.testing.assert_allclose(row["confidence"], expected.confidence)
            assert row["interval"] == interval


def test_a_higher_is_better_indicator_is_mirrored():
    up = table_of({"a": TWENTY}, system_of(indicator("a", "higher")))
    down = table_of({"a": [-x for x in TWENTY]})
    assert (up["value"] == -down["value"]).all()
    np.testing.assert_array_equal(up["lower"], -down["upper"])
    np.testing.assert_array_equal(up["upper"], -down["lower"])
    assert up.loc[("a", "I"), "flag"] == "no upper limit exists with n = 20"


def test_plants_that_do_not_state_the_indicator_are_not_among_n():
    found = table_of({"a": [*TWENTY, None, "n/a", ""]})
    assert (found["n"] == 20).all()
    assert found.loc[("a", "II"), "attained"] == 4


def test_attained_is_recounted_as_the_evaluation_counts():
    rng = np.random.default_rng(2)
    cells = pd.DataFrame(
        {
            "low": [f"<{x:.0f}" if x < 8 else f"{x:.1f}" for x in rng.lognormal(2.5, 0.5, 40)],
            "high": [f"{x:.0f}" for x in rng.normal(90, 4, 40)],
            "target": [f"{x:.1f}" for x in rng.normal(8, 1, 40)],
            "kind": rng.choice(["I", "II", "III", "none", ""], 40),
        }
    )
    system = system_of(
        indicator("low"),
        indicator("high", "higher"),
        indicator("target", "interval", target=[7.5, 8.5]),
        indicator("kind", levels=LEVEL_TEXT),
    )
    for method in ("attainment", "harrell-davis", "lognormal", "mean-of-best"):
        found = thresholds_table(cells, system, shares=SHARES, method=method)
        counted = attainment(as_sample(cells, system), system, found)
        for column in ("attained", "n", "attainment"):
            np.testing.assert_array_equal(found[column], counted[column])


def test_a_qualitative_indicator_keeps_its_described_levels():
    found = table_of({"q": ["I", "II", "II", "none", None]}, system_of(indicator("q", levels=LEVEL_TEXT)))
    assert found["value"].tolist() == [1, 2, 3]
    assert found["attained"].tolist() == [1, 3, 3]
    assert set(found["n"]) == {4}
    assert set(found["flag"]) == {"qualitative"}
    assert set(found["interval"]) == {"none"}
    assert set(found["unit"]) == {"level"}
    assert found[["lower", "upper", "confidence"]].isna().all(axis=None)


def test_a_value_below_the_detection_limit_is_told_as_such():
    cells = ["<5"] * 6 + [float(k) for k in range(6, 20)]
    found = table_of({"a": cells})
    assert found.loc[("a", "I"), "value"] == 5.0
    assert "< 5: the value lies below the detection limit" in found.loc[("a", "I"), "flag"]
    assert "the value lies below" not in found.loc[("a", "III"), "flag"]
    assert found.loc[("a", "I"), "attained"] == 6


def test_a_measured_value_among_stated_limits_is_no_answer_below_the_limit():
    # `<12` is dirtier than the two plants measured at 3 and 5, which carry Level I by themselves.
    cells = [3.0, 5.0, "<12", *(float(k) for k in range(13, 33))]
    row = table_of({"a": cells}).loc[("a", "I")]
    assert row["value"] == 5.0
    assert "detection" not in row["flag"]
    tied = table_of({"a": [3.0, 5.0, "<5", *(float(k) for k in range(13, 33))]}).loc[("a", "I")]
    assert "the value lies below" not in tied["flag"]


def test_a_limit_among_values_below_the_detection_limit_does_not_exist():
    cells = ["<5"] * 6 + [float(k) for k in range(6, 20)]
    row = table_of({"a": cells}).loc[("a", "II")]
    assert np.isnan(row["lower"])
    assert "no lower limit: it lies among values below a detection limit" in row["flag"]
    assert row["upper"] == 8.0


def test_the_strict_limit_grants_hidden_values_the_best_case():
    # Read at its limit, `<50` would be the dirtiest plant; it may as well be the cleanest.
    plain = table_of({"a": [*TWENTY, 50.0]}).loc[("a", "III")]
    hidden = table_of({"a": [*TWENTY, "<50"]}).loc[("a", "III")]
    assert (plain["lower"], hidden["lower"]) == (6.0, 5.0)
    assert plain["upper"] == hidden["upper"]


def test_a_limit_proves_nothing_where_higher_is_better():
    found = table_of({"a": [*TWENTY, "<3", "<2"]}, system_of(indicator("a", "higher")))
    assert set(found["n"]) == {22}
    assert found.loc[("a", "III"), "value"] == 10.0
    with pytest.raises(DataError, match="level III of 'a' rests on plants that only state a limit"):
        table_of({"a": [9.0, 8.0, "<3", "<3", "<3"]}, system_of(indicator("a", "higher")))


@pytest.mark.parametrize("below", ["lognormal-mle", "ros", "kaplan-meier", "half-limit"])
def test_the_treatment_of_limits_is_named_in_the_flag(below):
    cells = ["<5"] * 4 + [5.5 + 0.7 * k for k in range(26)]
    found = table_of({"a": cells}, below_limit=below)
    assert f"4 values below a limit: {below}" in found.loc[("a", "III"), "flag"]
    assert found.loc[("a", "III"), "value"] == pytest.approx(13, abs=3)


def test_a_mixture_gets_no_smooth_fit_and_says_so():
    system = system_of(indicator("a", anchors=anchors("mixture")))
    found = table_of({"a": TWENTY}, system, method="lognormal", interval="lognormal")
    plain = table_of({"a": TWENTY}, system)
    assert found["value"].tolist() == plain["value"].tolist()
    assert set(found["interval"]) == {"order-statistic"}
    flag = found.loc[("a", "II"), "flag"]
    assert "attainment instead of lognormal: a mixture of populations has no smooth fit" in flag
    assert "order statistics instead of lognormal" in flag


def test_percentages_that_end_at_100_get_no_unbounded_fit():
    system = system_of(indicator("a", "higher", anchors=anchors("logit")))
    found = table_of({"a": [80.0 + k for k in range(20)]}, system, method="gamma")
    assert "no unbounded fit" in found.loc[("a", "I"), "flag"]


def test_values_that_change_their_sign_get_no_logarithms():
    found = table_of({"a": [x - 8 for x in TWENTY]}, method="lognormal", interval="lognormal")
    flag = found.loc[("a", "III"), "flag"]
    assert "values change their sign: no logarithms, no ratios" in flag
    assert "attainment instead of lognormal: values are not all positive" in flag


def test_values_piled_at_100_do_not_discriminate():
    cells = [100.0] * 9 + [99.0 - k for k in range(21)]
    found = table_of({"a": cells}, system_of(indicator("a", "higher")))
    assert "does not discriminate: 9 of 30 plants tie at 100" in found.loc[("a", "I"), "flag"]
    assert "same value as level I: the levels are not told apart" in found.loc[("a", "II"), "flag"]
    assert "tie" not in found.loc[("a", "III"), "flag"]


def test_heaped_values_are_named():
    found = table_of({"a": [float(k % 5) for k in range(30)]})
    assert "heaped: 5 different values among 30 plants" in found.loc[("a", "I"), "flag"]


@pytest.mark.parametrize(("tied", "told"), [(2, False), (3, True), (4, True)])
def test_a_tie_is_named_from_a_tenth_of_the_plants_beyond_the_promise_on(tied, told):
    values = [1.0] * tied + [2.0 + k for k in range(20 - tied)]  # one of 20 is promised
    flag = table_of({"a": values}).loc[("a", "I"), "flag"]
    assert ("does not discriminate" in flag) is told


@pytest.mark.parametrize(("different", "told"), [(4, True), (9, True), (10, False), (11, False)])
def test_values_are_heaped_below_half_as_many_different_ones_as_plants(different, told):
    values = [float(k % different) + 1 for k in range(20)]
    assert ("heaped" in table_of({"a": values}).loc[("a", "III"), "flag"]) is told


def test_a_corrector_that_is_scored_as_well_is_named_on_both_sides_in_words():
    correction = {"id": "c", "target": ["a"], "addend": "2*b", "source": "S", "status": "ASSUMED"}
    system = system_of(
        indicator("a", name_en="Fuel"),
        indicator("b", "higher", name_en="Ore grade"),
        corrections=[correction],
    )
    found = table_of({"a": TWENTY, "b": TWENTY}, system)
    assert "corrected by Ore grade, which is scored as well" in found.loc[("a", "III"), "flag"]
    assert "corrects Fuel and is scored as well: counted twice" in found.loc[("b", "III"), "flag"]


def test_a_method_that_breaks_the_attainment_promise_says_so():
    found = table_of({"a": TWENTY}, method="mean-of-best")
    assert "reached by 2 of 20 plants, 4 are wanted" in found.loc[("a", "II"), "flag"]
    assert "mean of the best plants" in found.loc[("a", "II"), "flag"]


def test_a_value_outside_the_possible_range_is_flagged():
    system = system_of(indicator("a", bounds={"low": 4, "high": 30}))
    assert "outside the possible range 4 to 30" in table_of({"a": TWENTY}, system).loc[("a", "I"), "flag"]


def test_equal_weights_change_nothing_but_the_name_of_the_interval():
    cells = {"a": ["<3", *TWENTY[2:]], "b": TWENTY[1:]}
    system = system_of(indicator("a"), indicator("b", "higher"))
    plain = table_of(cells, system)
    weighted = table_of(cells, system, weights=pd.Series(2.5, [f"P{k:02d}" for k in range(19)]))
    for column in ("value", "lower", "upper", "confidence", "attained"):
        np.testing.assert_array_equal(plain[column], weighted[column])
    assert set(weighted["interval"]) == {"effective-ranks"}
    assert "effective n = 19.0" in weighted.loc[("a", "I"), "flag"]


def test_a_plant_that_stands_for_many_moves_the_value_toward_itself():
    weights = pd.Series(1.0, [f"P{k:02d}" for k in range(20)])
    weights["P00"] = 30.0
    found = table_of({"a": TWENTY}, weights=weights)
    assert found["value"].tolist() == [1.0, 1.0, 1.0]


def test_weights_that_cannot_be_used_are_refused():
    with pytest.raises(DataError, match=r"2 of 20 plants have no positive weight \(P00, P01\)"):
        table_of({"a": TWENTY}, weights=pd.Series(1.0, [f"P{k:02d}" for k in range(2, 20)]))
    with pytest.raises(ParameterError, match="'harrell-davis' does not take plant weights"):
        table_of(
            {"a": TWENTY}, method="harrell-davis", weights=pd.Series(1.0, [f"P{k:02d}" for k in range(20)])
        )


def test_every_indicator_nobody_states_is_named_at_once():
    with pytest.raises(DataError, match=r"states 'a'[\s\S]*states 'b'"):
        table_of({"a": [None] * 3, "b": ["", "n/a", ""], "c": [1, 2, 3]})


def test_choices_at_fault_are_named():
    with pytest.raises(ParameterError, match="rise from I to III"):
        thresholds_table(
            pd.DataFrame({"a": TWENTY}), system_of(indicator("a")), shares={"I": 0.5, "II": 0.2, "III": 0.05}
        )
    with pytest.raises(ParameterError, match="give I, II and III"):
        thresholds_table(pd.DataFrame({"a": TWENTY}), system_of(indicator("a")), shares={"I": 0.5})
    for choice in (
        {"method": "x"},
        {"interval": "x"},
        {"below_limit": "x"},
        {"confidence": 2},
        {"population": 0.5},
    ):
        with pytest.raises(ParameterError, match=next(iter(choice))):
            table_of({"a": TWENTY}, **choice)
    with pytest.raises(ParameterError, match="needs `population`"):
        table_of({"a": TWENTY}, interval="finite-population")


def test_a_sample_is_taken_as_it_is():
    frame = pd.DataFrame({"a": TWENTY})
    system = system_of(indicator("a"))
    sample = as_sample(frame, system)
    assert isinstance(sample, Sample)
    pd.testing.assert_frame_equal(
        thresholds_table(sample, system, shares=SHARES), thresholds_table(frame, system, shares=SHARES)
    )


TEN = {"x": [f"{k}" for k in (3, 5, 4, 9, 8, 7, 20, 11, 30, 12)] * 2}


def test_an_experts_reading_needs_a_reason_and_prints_it():
    with pytest.raises(ParameterError, match="its reason is its only evidence"):
        table_of(TEN, method="bat-ael", reason=" ")
    expert = table_of(TEN, method="bat-ael", reason="bag filters in steady operation")
    counted = table_of(TEN)
    assert expert["value"].tolist() == counted["value"].tolist()
    assert expert["flag"].str.contains("expert reading: bag filters in steady operation").all()


def test_a_prediction_limit_of_few_plants_is_held_at_the_next_level():
    more = {"x": [*TEN["x"], "2"]}
    table = table_of(more, method="mact-floor").droplevel(0)
    assert quantile_threshold([float(x) for x in more["x"]], 0.05, method="mact-floor") > table["value"]["I"]
    assert table["value"]["I"] == table["value"]["II"] < table["value"]["III"]
    assert table["flag"].str.contains("prediction limit of one more plant").all()
    alone = table_of(TEN, method="mact-floor").droplevel(0)
    assert "attainment instead of mact-floor: the best share of 20 plants is one plant" in alone["flag"]["I"]


def test_an_interpolated_interval_says_what_does_not_exist():
    table = table_of(TEN, interval="interpolated").droplevel(0)
    plain = threshold_interval([float(x) for x in TEN["x"]], 0.2, method="interpolated")
    assert (table.loc["II", "lower"], table.loc["II", "upper"]) == (plain.lower, plain.upper)
    assert "no lower limit exists with n = 20" in table.loc["I", "flag"]
    limits = table_of({"x": ["<3", *TEN["x"]]}, interval="interpolated")
    assert set(limits["interval"]) == {"order-statistic"}


def test_a_value_outside_the_interval_of_its_share_says_so():
    table = table_of(TEN, method="mean-of-best", interval="finite-population", population=20)
    outside = (table["value"] < table["lower"]) | (table["value"] > table["upper"])
    assert outside.any()
    assert (table["flag"].str.contains("lies outside the interval") == outside).all()
