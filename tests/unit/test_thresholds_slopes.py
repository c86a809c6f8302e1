"""Between which slopes a quantile regression lies whatever silent plants hold: exact, and only wider for less said."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methodology.thresholds.quantile_regression import slope_range

SHARES = [0.05, 0.2, 0.5]
ENDS = (0.0, 30.0)


def plants(seed, n):
    """Values and covariates, in random order."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(*ENDS, n)
    return 200 - rng.uniform(-4, 4) * x + 20 * rng.standard_normal(n), x


def solved(y, x, shares=SHARES):
    """The same slope by a linear program, which takes another way to it."""
    from scipy.optimize import linprog

    n, k = len(y), len(shares)
    lines = np.kron(np.eye(k), np.ones((n, 1)))
    both = np.eye(n * k)
    equations = np.hstack([np.tile(x, k)[:, None], lines, both, -both])
    costs = np.concatenate([np.zeros(1 + k), np.repeat(shares, n), 1 - np.repeat(shares, n)])
    bounds = [(None, None)] * (1 + k) + [(0, None)] * (2 * n * k)
    return linprog(costs, A_eq=equations, b_eq=np.tile(y, k), bounds=bounds).x[0]


@pytest.mark.parametrize("shares", [[0.3], SHARES, [0.45, 0.77, 0.93]])
@pytest.mark.parametrize("seed", range(5))
def test_where_all_is_told_it_is_the_slope_a_linear_program_finds(seed, shares) -> None:
    y, x = plants(seed, 23)
    assert slope_range(y, x, shares) == pytest.approx((solved(y, x, shares),) * 2, rel=1e-7)


@pytest.mark.parametrize("seed", range(6))
def test_no_answer_of_silent_plants_gives_a_slope_outside_and_some_give_the_ends(seed) -> None:
    y, x = plants(seed, 16)
    low, high = slope_range(y[2:], x[2:], SHARES, silent=x[:2])
    tried = {low: set(), high: set()}
    for slope, found in tried.items():  # beside the line of each plant, seen along the slope looked for
        beside = np.sort(y[2:] - slope * x[2:])
        places = [beside[0] - 50, *(beside[1:] + beside[:-1]) / 2, *beside, beside[-1] + 50]
        for answers in product(places, repeat=2):
            whole = np.concatenate([answers + slope * x[:2], y[2:]])
            found.update(slope_range(whole, x, SHARES))
    every = tried[low] | tried[high]
    assert low - 1e-9 <= min(every)
    assert max(every) <= high + 1e-9
    assert min(every) == pytest.approx(low)
    assert max(every) == pytest.approx(high)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(10, 20), st.integers(0, 2), st.integers(0, 1), st.booleans())
def test_whoever_says_less_only_widens_the_range(seed, n, silent, lost, both) -> None:
    y, x = plants(seed, n)
    told = slope_range(y[silent:], x[silent:], SHARES, silent=x[:silent], unknown=[lost], ends=ENDS)
    one = silent + 1  # who falls silent leaves its covariate, or nothing
    less = slope_range(
        y[one:],
        x[one:],
        SHARES,
        silent=x[: silent if both else one],
        unknown=[lost + both],
        ends=ENDS,
    )
    assert less[0] <= told[0] + 1e-9
    assert told[1] - 1e-9 <= less[1]


@pytest.mark.parametrize("seed", range(4))
def test_a_plant_of_which_nothing_is_known_may_stand_anywhere(seed) -> None:
    y, x = plants(seed, 18)
    low, high = slope_range(y[1:], x[1:], SHARES, unknown=[1], ends=ENDS)
    every = [slope_range(y[1:], x[1:], SHARES, silent=[at]) for at in np.linspace(*ENDS, 31)]
    assert low == pytest.approx(min(found[0] for found in every))
    assert high == pytest.approx(max(found[1] for found in every))


def test_too_many_silent_plants_could_turn_it_to_anything() -> None:
    y, x = plants(1, 12)
    assert slope_range(y[6:], x[6:], SHARES, silent=x[:6]) == (-np.inf, np.inf)
