"""SMAA-2 (Lahdelma and Salminen 2001, doi:10.1287/opre.49.3.444.11220): the case that has an exact answer."""

from __future__ import annotations

import numpy as np
import pytest

from methodology.sensitivity import smaa

DRAWS = 200_000
ROOM = 5 * 0.5 / np.sqrt(DRAWS)


@pytest.fixture(scope="module")
def result():
    return smaa(np.eye(3), draws=DRAWS, seed=7)


def test_of_three_unit_vectors_each_has_every_rank_with_probability_one_third(result):
    np.testing.assert_allclose(result.rank_acceptability, np.full((3, 3), 1 / 3), atol=ROOM)


def test_central_weights_are_eleven_eighteenths_and_seven_thirty_sixths(result):
    expected = np.full((3, 3), 7 / 36) + np.eye(3) * (11 / 18 - 7 / 36)
    np.testing.assert_allclose(result.central_weights, expected, atol=ROOM)


def test_at_its_central_weights_each_is_first_for_certain(result):
    assert result.confidence.tolist() == [1.0, 1.0, 1.0]


def test_a_dominated_alternative_is_never_first_and_has_no_central_weights():
    dominated = smaa([[1, 0], [0, 1], [0.1, 0.1]], draws=5000, seed=1)
    assert dominated.first[2] == 0
    assert np.isnan(dominated.central_weights[2]).all()
    assert np.isnan(dominated.confidence[2])


def test_error_of_measurement_lowers_confidence():
    shaken = smaa([[1.0, 0.0], [0.0, 1.0]], draws=20_000, seed=1, noise=0.3)
    spread = 0.3 * np.sqrt(2) * np.sqrt((shaken.central_weights[0] ** 2).sum())
    from scipy.stats import norm

    lead = shaken.central_weights[0] @ [1, -1]
    assert shaken.confidence[0] == pytest.approx(norm.cdf(lead / spread), abs=0.03)
    assert shaken.confidence[0] < 1
