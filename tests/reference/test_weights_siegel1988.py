"""Siegel and Castellan (1988): three executives rank six applicants."""

import pytest

from methodology.weights import kendall_w

RANKS = [[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]


def test_six_applicants_give_the_printed_concordance():
    result = kendall_w(RANKS)
    assert result.w == pytest.approx(0.1619, abs=5e-5)
    assert result.chi2 == pytest.approx(2.4286, abs=5e-5)
    assert 0.75 < result.p < 0.85
