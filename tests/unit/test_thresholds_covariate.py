"""Benchmark values that move with a covariate."""

from itertools import permutations

import numpy as np
import pytest

from methodology.errors import DataError
from methodology.thresholds import quantile_threshold
from methodology.thresholds.covariate import covariate_bands, covariate_curve, slope_test

SHARES = {"I": 0.05, "II": 0.20, "III": 0.50}
SCRAP = np.random.default_rng(7).uniform(3.0, 27.0, 30)
CARBON = 240 - 3 * SCRAP + 12 * np.random.default_rng(8).standard_normal(30)


def test_a_straight_relation_is_found_to_the_digits_that_are_published() -> None:
    curve = covariate_curve(240 - 3 * SCRAP, SCRAP, SHARES)
    (low, first), (high, last) = curve.points
    assert (last - first) / (high - low) == pytest.approx(-3.0)
    assert curve.addend(curve.reference) == pytest.approx(0.0)


def test_the_mirror_image_of_an_indicator_has_the_mirrored_curve() -> None:
    plain, mirrored = (
        covariate_curve(CARBON, SCRAP, SHARES),
        covariate_curve(-CARBON, SCRAP, SHARES, better="higher"),
    )
    assert mirrored.points == tuple((at, -addend) for at, addend in plain.points)


def test_beyond_the_plants_seen_the_value_stays_where_it_is() -> None:
    curve = covariate_curve(CARBON, SCRAP, SHARES)
    low, high = curve.points[0], curve.points[-1]
    assert curve.addend([low[0] - 50, high[0] + 50]).tolist() == [low[1], high[1]]
    assert low[0] <= SCRAP.min()
    assert high[0] >= SCRAP.max()


def test_as_many_plants_as_promised_reach_a_value_after_the_covariate_is_taken_off() -> None:
    curve = covariate_curve(CARBON, SCRAP, SHARES)
    adjusted = CARBON - curve.addend(SCRAP)
    for share in SHARES.values():
        own = quantile_threshold(adjusted, share) + curve.addend(SCRAP)
        assert (own + 1e-9 >= CARBON).sum() == np.ceil(share * 30)


def test_a_piecewise_form_bends_and_never_turns_round() -> None:
    bent = np.where(SCRAP < 12, 200.0, 200 - 6 * (SCRAP - 12))
    at, addends = np.transpose(covariate_curve(bent, SCRAP, SHARES, form="piecewise").points)
    slopes = np.diff(addends) / np.diff(at)
    assert len(slopes) == 3
    assert (slopes <= 0).all()
    assert abs(slopes[0]) < 0.2 * abs(slopes[-1])


def test_no_published_knot_or_slope_gives_a_plant_away() -> None:
    curve = covariate_curve(CARBON, SCRAP, SHARES, form="piecewise")
    knots = np.array([at for at, _ in curve.points])
    addends = np.array([addend for _, addend in curve.points])
    slopes = np.diff(addends) / np.diff(knots)
    assert knots.tolist() == np.round(knots).tolist()
    assert slopes == pytest.approx([float(f"{slope:.2g}") for slope in slopes], abs=1e-9)


def test_the_test_of_the_slope_counts_all_rearrangements_of_few_plants() -> None:
    scrap, carbon = np.array([1.0, 2, 3, 5, 8, 9]), np.array([9.0, 8, 7, 5, 6, 1])
    levels = sum((carbon <= quantile_threshold(carbon, share)).astype(float) for share in SHARES.values())
    strength = [abs(np.dot(levels, order)) for order in permutations(scrap - scrap.mean())]
    by_hand = np.mean(np.array(strength) >= abs(levels @ (scrap - scrap.mean())) - 1e-9)
    assert slope_test(carbon, scrap, SHARES) == pytest.approx(by_hand)


def test_a_slope_is_told_from_none() -> None:
    assert slope_test(CARBON, SCRAP, SHARES) < 0.001
    assert slope_test(np.random.default_rng(1).permutation(CARBON), SCRAP, SHARES) > 0.2


@pytest.mark.parametrize("form", ["linear", "piecewise"])
def test_where_all_plants_reach_the_same_levels_no_slope_is_worth_having(form) -> None:
    uneven = np.random.default_rng(1).normal(size=20)
    assert slope_test(np.full(20, 3.0), uneven, {"I": 0.05, "II": 0.2, "III": 0.5}, form=form) == 1.0


def test_under_no_relation_the_test_errs_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    found = [slope_test(rng.standard_normal(12), rng.standard_normal(12), SHARES, seed=k) for k in range(80)]
    assert np.mean(np.array(found) <= 0.1) <= 0.1 + 2.6 * np.sqrt(0.1 * 0.9 / 80)


def test_bands_hold_their_value_and_are_wider_for_fewer_plants() -> None:
    widths = []
    for plants in (12, 30):
        bands = covariate_bands(CARBON[:plants], SCRAP[:plants], SHARES, resamples=40)
        inside = (bands["lower"] <= bands["value"]) & (bands["value"] <= bands["upper"])
        assert inside.mean() > 0.9
        widths.append((bands["upper"] - bands["lower"])[bands["level"] == "III"].mean())
    assert widths[0] > widths[1]


def test_the_same_seed_gives_the_same_bands() -> None:
    one, other = (covariate_bands(CARBON, SCRAP, SHARES, resamples=5, seed=4) for _ in range(2))
    assert one.equals(other)


def test_plants_that_do_not_differ_are_refused_with_the_value_they_share() -> None:
    with pytest.raises(DataError, match="All 30 plants have the covariate 12"):
        covariate_curve(CARBON, np.full(30, 12.0), SHARES)
    with pytest.raises(DataError, match="30 values and 29 covariates"):
        covariate_curve(CARBON, SCRAP[1:], SHARES)
    with pytest.raises(DataError, match="3 values do not carry 1 slopes and 3 levels"):
        covariate_curve(CARBON[:3], SCRAP[:3], SHARES)


def test_a_slope_that_silent_plants_or_none_decide_is_refused_with_the_place() -> None:
    silent = CARBON.copy()
    silent[:12] = np.nan
    with pytest.raises(DataError, match=r"Between the covariates .* 18 plants .* 12 that do not could turn"):
        covariate_curve(silent, SCRAP, SHARES)
    steps = np.repeat([2.0, 14.0, 26.0], 10)
    places = ((0.0, 10.0, 28.0), 12.0)
    with pytest.raises(DataError, match=r"Between the covariates 0 and 10, 10 plants .* carry no slope"):
        covariate_curve(CARBON, steps, SHARES, form="piecewise", places=places)
    with pytest.raises(DataError, match="State its knots and reference"):
        covariate_curve(CARBON, np.where(SCRAP < 5, np.nan, SCRAP), SHARES)


def test_of_a_silent_plant_the_curve_is_the_strictest_and_the_loosest_is_told_beside() -> None:
    silent = CARBON.copy()
    silent[3] = np.nan
    curve = covariate_curve(silent, SCRAP, SHARES)
    low, high = (np.array([addend for _, addend in points]) for points in (curve.points, curve.loosest))
    assert [at for at, _ in curve.points] == [at for at, _ in curve.loosest]
    assert curve.reference in [at for at, _ in curve.points]
    assert (low <= high).all()
    assert (low < high).any()
    assert curve.addend(curve.reference) == 0
