"""Hwang and Yoon (1981), Multiple Attribute Decision Making: the fighter aircraft (recalled figures)."""

import numpy as np

from methodology.weights import entropy

AIRCRAFT = [
    [2.0, 1500, 20000, 5.5, 5, 9],
    [2.5, 2700, 18000, 6.5, 3, 5],
    [1.8, 2000, 21000, 4.5, 7, 7],
    [2.2, 1800, 20000, 5.0, 5, 5],
]


def test_six_attributes_give_the_weights_printed_from_rounded_entropies():
    np.testing.assert_allclose(entropy(AIRCRAFT), [0.0649, 0.2055, 0.0133, 0.0829, 0.3570, 0.2764], atol=2e-3)
