"""Zavadskas and Podvezko (2016), doi:10.1142/S0219622016500036: entropy weights."""

import numpy as np

from methodology.weights import entropy

TABLE = [[3, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]]


def test_four_alternatives_give_the_printed_weights():
    np.testing.assert_allclose(entropy(TABLE), [0.1146, 0.1981, 0.4185, 0.2689], atol=5e-5)
