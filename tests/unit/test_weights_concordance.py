"""Kendall's W against another program's test of Friedman, ties included."""

import numpy as np
import pytest
from scipy.stats import friedmanchisquare

from methodology.weights import kendall_w


@pytest.mark.parametrize("seed", range(12))
def test_concordance_with_ties_is_that_of_the_test_of_friedman(seed):
    rng = np.random.default_rng(seed)
    raters, items = rng.integers(3, 9), rng.integers(3, 8)
    scores = rng.integers(0, 4, size=(raters, items))
    scores[0] = np.arange(items)  # one of them orders all items
    found, theirs = kendall_w(scores), friedmanchisquare(*scores.T)
    assert found.chi2 == pytest.approx(theirs.statistic)
    assert found.p == pytest.approx(theirs.pvalue)
    assert found.w == pytest.approx(theirs.statistic / (raters * (items - 1)))
