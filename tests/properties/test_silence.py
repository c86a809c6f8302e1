"""What a plant gains by saying less: nothing."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from test_chain_properties import cells, judged, standard

from methodology.chain import joint_thresholds
from methodology.chain.common_share import common_shares
from methodology.chain.joint import imputed, read_targets, silence_brackets
from methodology.chain.sorted_sample import spread_on
from methodology.parameters import Footing

TARGETS = {"I": 0.1, "II": 0.3, "III": 0.6}
KINDS = ["any", "cleanest", "dirtiest"]


def made(seed):
    rng = np.random.default_rng(seed)
    system = standard(rng, [f"i{k}" for k in range(int(rng.integers(2, 7)))])
    sample = cells(rng, system, int(rng.integers(12, 36)))
    sample[system.ids[0]] = sample[system.ids[0]].astype(object)
    return rng, system, sample


def blanked(rng, sample, system, kind):
    """The sample with one more unreported cell: any, or one of the cleanest or dirtiest of its indicator."""
    told = [(p, i) for p in sample.index for i in system.ids if str(sample.loc[p, i]) not in ("", "n/a")]
    plant, name = told[int(rng.integers(len(told)))]
    if kind != "any":
        numbers = pd.to_numeric(sample[name], errors="coerce").dropna()
        if len(numbers):
            clean = (system[name].better == "lower") == (kind == "cleanest")
            plant = numbers.idxmin() if clean else numbers.idxmax()
    out = sample.copy()
    out.loc[plant, name] = ""
    return out


def room(spread, row, share):
    """Whether each indicator has more plants behind the value of a share than plants that do not report it."""
    return bool((spread.asked_ranks(share) > spread.unreported(row))[spread.free].all())


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 2**32), st.sampled_from(KINDS), st.sampled_from([1, 3]), st.booleans())
def test_one_cell_reported_less_loosens_no_value_for_others(seed, kind, minimum, by_level):
    rng, system, sample = made(seed)
    both, footing = [sample, blanked(rng, sample, system, kind)], Footing(minimum=minimum)
    if by_level:
        both = [judged(np.random.default_rng(seed), system, one) for one in both]
    told, silent = (spread_on(one, system, system.weights, footing) for one in both)
    before, after = (common_shares(one, read_targets(TARGETS)) for one in (told, silent))
    for row in range(3):
        assert after.levels[row].share <= before.levels[row].share
        if room(silent, row, after.levels[row].share):
            assert (after.limits[row] <= before.limits[row])[told.free].all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32))
def test_several_plants_together_gain_nothing_either(seed):
    rng, system, sample = made(seed)
    less = sample
    for _ in range(4):
        less = blanked(rng, less, system, "any")
    before, after = (
        joint_thresholds(one, system, system.weights, targets=TARGETS, folds=0).marginal_share
        for one in (sample, less)
    )
    assert all(after[level] <= before[level] for level in before)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32))
def test_where_everything_is_reported_every_reading_of_silence_is_the_same(seed):
    _, system, sample = made(seed)
    whole = sample.replace("", "n/a")
    whole[system.ids[0]] = range(len(whole))
    table = silence_brackets(spread_on(whole, system, system.weights, Footing()), read_targets(TARGETS))
    assert (table.groupby("level")[["share", "plants"]].nunique() == 1).all(axis=None)


def test_an_imputed_cell_stands_where_its_plant_stands_in_the_others():
    rng = np.random.default_rng(1)
    system = standard(rng, ["a", "b", "c"])
    sample = pd.DataFrame({name: np.arange(10.0) for name in "abc"}, index=[f"P{k}" for k in range(10)])
    for name in "abc":
        if system[name].better == "higher":
            sample[name] = -sample[name]
    spread = spread_on(sample, system, system.weights, Footing())
    assert (imputed(spread.at(0))[:, :2] == spread.at(0).told[:, :2]).all()
