import numpy as np
import pytest

from methodology.errors import MethodError
from methodology.proposal.disclosure import dominant_share, guard, loosest_rank, loosest_ranks

BEST = np.array([2.11, 2.57, 3.33, 4.0, 5.0])
LOWER = {"sign": 1.0, "step": 0.1}


def test_enough_plants_at_or_beyond_a_value_leave_it_alone():
    found = guard(3.33, BEST, minimum=3, rule="withhold", **LOWER)
    assert (found.value, found.action, found.breach) == (3.33, "none", "")


def test_too_few_plants_are_named():
    found = guard(2.57, BEST, minimum=3, rule="withhold", **LOWER)
    assert found.breach == "2 of 5 plants stand at or beyond the value, fewer than 3"
    assert np.isnan(found.value)


def test_rounding_widens_to_the_first_step_that_enough_plants_reach():
    found = guard(2.57, BEST, minimum=3, rule="round", **LOWER)
    assert (found.value, found.action, found.step) == (3.4, "round", 0.1)


def test_where_higher_is_better_the_guard_widens_downwards():
    found = guard(99.0, np.array([-99.0, -98.44, -97.0]), sign=-1.0, minimum=2, rule="round", step=0.1)
    assert found.value == 98.4


def test_a_mean_of_the_best_takes_the_place_of_a_single_value():
    found = guard(2.11, BEST, minimum=3, rule="mean-of-k", **LOWER)
    assert (found.value, found.action) == (2.67, "mean-of-k")


def test_a_dominated_mean_takes_in_more_plants():
    merits = np.array([-10.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0])
    found = guard(10.0, merits, sign=-1.0, minimum=3, rule="mean-of-k", step=None)
    assert found.value == pytest.approx(20 / 11)
    assert guard(10.0, merits[:8], sign=-1.0, minimum=3, rule="mean-of-k", step=None).action == "withhold"


def test_a_sample_smaller_than_the_minimum_is_withheld():
    for rule in ("round", "mean-of-k"):
        assert guard(2.11, BEST[:2], minimum=3, rule=rule, **LOWER).action == "withhold"


def test_cells_that_prove_nothing_do_not_hide_a_plant():
    merits = np.array([2.0, np.inf, np.inf])
    assert guard(2.0, merits, minimum=2, rule="round", **LOWER).action == "withhold"
    assert guard(2.0, merits, minimum=2, rule="mean-of-k", **LOWER).action == "withhold"


def test_one_plant_more_than_in_the_earlier_draft_keeps_the_earlier_value():
    found = guard(4.0, BEST, minimum=3, rule="round", earlier=(4.2, 4), **LOWER)
    assert (found.value, found.action) == (4.2, "keep-earlier")
    assert guard(4.0, BEST, minimum=3, rule="round", earlier=(4.2, 2), **LOWER).action == "none"
    assert guard(4.0, BEST, minimum=3, rule="round", earlier=(4.0, 4), **LOWER).action == "none"
    assert guard(4.0, BEST, minimum=3, rule="round", earlier=(4.2, 5), **LOWER).action == "none"


def test_an_unknown_rule_is_refused():
    with pytest.raises(MethodError, match="mean-of-k, round, withhold"):
        guard(4.0, BEST, minimum=3, rule="hide", **LOWER)


def test_nothing_dominates_a_total_of_zero():
    assert dominant_share(np.zeros(3)) == 0.0


@pytest.mark.parametrize(
    ("merits", "k", "rank"),
    [
        ([1, 2, 3, 4, 5], 1, 5),
        ([1, 2, 3, 4, 5], 2, 4),
        ([1, 2, 3, 3, 3], 2, 2),
        ([1, 2, 3, 3, 3], 1, 5),
        ([1, 1, 1, 1], 2, 3),
        ([1, 2, 3, np.inf], 2, 3),
        ([1, 2, np.inf, np.inf], 2, 3),
        ([], 2, 0),
    ],
)
def test_the_loosest_rank_leaves_out_the_dirty_end_and_what_every_plant_reaches(merits, k, rank):
    assert loosest_rank(np.array(merits, dtype=float), k) == rank


def test_many_indicators_at_once_have_the_loosest_rank_of_each():
    columns = [[1, 2, 3, 3, 3], [1, 1, 1, 1], [1, 2, np.inf, np.inf], [], [4]]
    table = np.array([[*map(float, own), *[np.inf] * (5 - len(own))] for own in columns]).T
    k = np.array([2, 2, 2, 1, 3])
    found = loosest_ranks(table, [len(own) for own in columns], k)
    each = [loosest_rank(np.array(own, dtype=float), int(end)) for own, end in zip(columns, k, strict=True)]
    assert found.tolist() == each
