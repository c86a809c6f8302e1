"""Diakoulaki, Mavrotas and Papayannakis (1995), doi:10.1016/0305-0548(94)00059-H."""

import numpy as np

from methodology.weights import critic

FIRMS = np.array(
    [
        [61, 1.08, 4.33],
        [20.7, 0.26, 4.34],
        [16.3, 1.98, 2.53],
        [9, 3.29, 1.65],
        [5.4, 2.77, 2.33],
        [4, 4.12, 1.21],
        [-6.1, 3.52, 2.10],
        [-34.6, 3.31, 0.98],
    ]
)


def test_eight_firms_give_the_printed_weights():
    np.testing.assert_allclose(critic(FIRMS), [0.20222554, 0.48090173, 0.31687273], atol=5e-9)


def test_turning_a_column_and_its_direction_changes_nothing():
    turned = FIRMS * [1, -1, 1]
    np.testing.assert_allclose(critic(turned, better=["higher", "lower", "higher"]), critic(FIRMS))
    assert np.abs(critic(turned) - critic(FIRMS)).max() > 0.05
