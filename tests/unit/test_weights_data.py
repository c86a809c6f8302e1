import numpy as np
import pandas as pd
import pytest

from methodology.errors import DataError, MethodError
from methodology.weights import critic, entropy
from methodology.weights.from_sample import principal_component

TABLE = pd.DataFrame({"coke": [350.0, 380, 365, 402], "gas": [96.0, 99, 97, 91], "flat": [5.0] * 4})


@pytest.mark.parametrize("method", [entropy, critic])
def test_a_constant_column_weighs_nothing(method):
    weights = method(TABLE)
    assert weights["flat"] == 0
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(weights[["coke", "gas"]], method(TABLE[["coke", "gas"]]))


def test_binary_dust_is_no_spread():
    dusty = TABLE.assign(flat=[0.3, 0.1 + 0.2, 0.3, 0.3])
    assert critic(dusty)["flat"] == 0
    assert entropy(dusty, scale="range")["flat"] == 0
    assert principal_component(dusty[["coke", "flat"]])["flat"] == 0


@pytest.mark.parametrize("method", [entropy, critic, principal_component])
def test_a_table_that_tells_no_plants_apart_is_refused(method):
    with pytest.raises(MethodError, match=r"(?s)flat.*Use equal weights"):
        method(TABLE[["flat"]])


@pytest.mark.parametrize("method", [entropy, critic, principal_component])
def test_missing_cells_are_named_unless_allowed(method):
    gaps = TABLE[["coke"]].assign(ore=[1600.0, 1650, 1610, 1700])
    gaps.iloc[2, 0] = np.nan
    with pytest.raises(DataError, match=r"column 'coke': no value for 1 of 4 plants \(2\)"):
        method(gaps)
    assert method(gaps, missing="available").sum() == pytest.approx(1)


def test_the_available_plants_of_each_column_are_used():
    gaps = TABLE[["coke", "gas"]].copy()
    gaps.loc[4] = [np.nan, 93.0]
    full = entropy(TABLE[["coke"]].assign(other=[1.0, 2, 3, 4]))
    partial = entropy(gaps[["coke"]].assign(other=[1.0, 2, 3, 4, np.nan]), missing="available")
    np.testing.assert_allclose(partial, full)


def test_faults_of_a_table_come_at_once():
    bad = pd.DataFrame({"a": [1, "much", 3], "b": [np.inf, 2, 3], "c": [1, np.nan, np.nan]})
    with pytest.raises(DataError) as caught:
        critic(bad)
    assert len(caught.value.problems) == 4
    with pytest.raises(DataError, match="more than once"):
        critic(pd.DataFrame(np.eye(3), columns=["a", "a", "b"]))
    with pytest.raises(DataError, match="has no column"):
        critic(pd.DataFrame(index=[0, 1]))
    with pytest.raises(MethodError, match="refuse or available"):
        critic(TABLE, missing="zero")


def test_negative_values_have_no_entropy_of_shares_but_one_of_ranges():
    energy = pd.DataFrame({"converter": [-30.0, -12, 5, -20], "water": [1.0, 2, 3, 5]})
    with pytest.raises(MethodError, match=r"negative values \(converter\)"):
        entropy(energy)
    assert entropy(energy, scale="range", better="lower").sum() == pytest.approx(1)


def test_entropy_of_ranges_reads_the_direction_and_that_of_shares_does_not():
    skewed = pd.DataFrame({"a": [1.0, 1, 1, 9], "b": [1.0, 4, 6, 9]})
    both = [entropy(skewed, scale="range", better=better)["a"] for better in ("higher", "lower")]
    assert both[0] != pytest.approx(both[1])
    assert entropy(skewed, better="lower")["a"] == entropy(skewed, better="higher")["a"]
    with pytest.raises(MethodError, match="share or range"):
        entropy(skewed, scale="log")


def test_nothing_is_added_inside_the_logarithm():
    zeros = pd.DataFrame({"a": [0.0, 0, 1], "b": [1.0, 1, 2]})
    divergence = np.array([1.0, 1 + sum(p * np.log(p) for p in (0.25, 0.25, 0.5)) / np.log(3)])
    np.testing.assert_allclose(entropy(zeros), divergence / divergence.sum(), rtol=1e-14)


@pytest.mark.parametrize("better", ["up", ["lower"], {"coke": "lower"}])
def test_a_direction_that_fits_no_column_is_refused(better):
    with pytest.raises(MethodError, match="better"):
        critic(TABLE, better=better)


def test_critic_of_a_single_varying_column_is_one():
    assert critic(TABLE[["coke", "flat"]]).tolist() == [1, 0]


def test_critic_of_columns_that_repeat_each_other_is_refused():
    with pytest.raises(MethodError, match="nothing to weigh"):
        critic(pd.DataFrame({"a": [1.0, 2, 3], "b": [2.0, 4, 6]}))


@pytest.mark.parametrize("other", [[2.0, 4.0, 8.0], [5.0, 5.0, 5.0]])
def test_critic_says_that_columns_repeat_each_other_and_not_that_they_tell_nothing(other):
    """Repeating columns tell the plants apart; constant ones do not, and are another reason."""
    table = pd.DataFrame({"energy": [1.0, 2.0, 4.0], "carbon": [3.0, 6.0, 12.0], "third": other})
    with pytest.raises(MethodError, match="repeat each other: they tell the plants apart") as refusal:
        critic(table)
    assert ("'third'" in str(refusal.value)) == (len(set(other)) > 1)
    still = pd.DataFrame({"energy": [5.0, 5.0, 5.0], "carbon": [3.0, 3.0, 3.0]})
    with pytest.raises(MethodError, match=r"no column of .* tells the plants apart"):
        critic(still)


def test_correlations_of_too_few_shared_plants_count_as_none():
    apart = pd.DataFrame({"a": [1.0, 2, 4, np.nan, np.nan], "b": [np.nan, np.nan, 1.0, 2, 5]})
    stretched = [np.std([0, 1 / 3, 1], ddof=1), np.std([0, 0.25, 1], ddof=1)]
    np.testing.assert_allclose(critic(apart, missing="available"), np.array(stretched) / sum(stretched))


def test_loadings_of_both_signs_are_no_weights():
    opposed = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 2.1, 2.9, 4], "c": [4.0, 3, 2.2, 1]})
    with pytest.raises(MethodError, match=r"Loadings of c are negative \(−0.58\)"):
        principal_component(opposed)
    weights = principal_component(opposed, better={"a": "higher", "b": "higher", "c": "lower"})
    assert (weights > 0.3).all()
    assert weights.sum() == pytest.approx(1)


def test_two_columns_in_full_conflict_are_refused_without_a_warning():
    with pytest.raises(MethodError, match="not weights"):
        principal_component(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [4.0, 3, 2, 1]}))


def test_a_component_that_does_not_stand_out_is_refused():
    square = pd.DataFrame({"a": [1.0, 1, -1, -1], "b": [1.0, -1, 1, -1]})
    with pytest.raises(MethodError, match="stands out"):
        principal_component(square)


@pytest.mark.parametrize("table", [None, 3.0, [1.0, 2.0]])
@pytest.mark.parametrize("method", [entropy, critic])
def test_what_has_no_rows_and_columns_is_refused(method, table):
    with pytest.raises(DataError, match="one row per plant"):
        method(table)
