"""The copula of the synthetic population: listed correlations, one technology factor, exact in the sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from methodology.indicators import load_system
from synthetic.copula import (
    TECHNOLOGY,
    correlated_scores,
    even_shares,
    nearest_correlation,
    ranks,
    target_correlations,
)
from synthetic.marginals import normal_scores
from synthetic.recipe import load_recipe

ROOT = Path(__file__).parents[2]
N = 80
GIVEN = normal_scores((np.arange(N) + 0.5) / N)[:, None]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_sample_correlation_of_scores_is_the_target_to_rounding():
    target = np.array([[1, 0.5, -0.3], [0.5, 1, 0.2], [-0.3, 0.2, 1]])
    scores = correlated_scores(GIVEN, target, rng())
    assert np.corrcoef(scores.T) == pytest.approx(target, abs=1e-12)


def test_given_scores_keep_their_order():
    scores = correlated_scores(GIVEN, np.array([[1, 0.5], [0.5, 1]]), rng())
    assert (ranks(scores[:, 0]) == ranks(GIVEN[:, 0])).all()


def test_what_follows_two_given_columns_agrees_with_how_those_are_correlated():
    second = 0.9 * GIVEN[:, 0] + rng(3).standard_normal(N) * 0.3
    target = np.array([[1, 0.1, 0.6], [0.1, 1, 0.6], [0.6, 0.6, 1]])
    scores = correlated_scores(np.column_stack([GIVEN[:, 0], second]), target, rng())
    found = np.corrcoef(scores.T)
    assert found[0, 1] == pytest.approx(np.corrcoef(GIVEN[:, 0], second)[0, 1])
    assert found[2, :2] == pytest.approx([0.6, 0.6], abs=0.02)


def test_contradicting_correlations_become_the_nearest_that_can_be():
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    mended = nearest_correlation(impossible)
    assert np.linalg.eigvalsh(mended).min() > 0
    assert np.diag(mended) == pytest.approx(1)
    assert np.sign(mended[0, 1]) == 1


def test_a_possible_matrix_is_left_alone():
    matrix = np.array([[1, 0.3], [0.3, 1]])
    assert nearest_correlation(matrix) is matrix


def test_shares_hold_one_plant_in_each_nth_part():
    shares = even_shares(rng().standard_normal((N, 3)), rng())
    assert (np.sort(np.floor(shares * N), axis=0) == np.arange(N)[:, None]).all()


def test_newer_technology_is_cleaner_whatever_the_direction_of_the_indicator():
    system = load_system(ROOT / "params/systems/ironmaking.yaml")
    recipe = load_recipe(ROOT / "data/samples/ironmaking/recipe.yaml", system)
    with_technology = target_correlations(system, recipe.loadings)[TECHNOLOGY]
    assert with_technology["process_energy"] < 0 < with_technology["trt_power"]
    assert with_technology["blast_furnace_class"] < 0


def test_listed_pairs_reach_their_rank_correlation_in_the_target():
    system = load_system(ROOT / "params/systems/ironmaking.yaml")
    recipe = load_recipe(ROOT / "data/samples/ironmaking/recipe.yaml", system)
    target = target_correlations(system, recipe.loadings)
    for pair in system.correlations:
        rank = 6 / np.pi * np.arcsin(target.loc[pair.a, pair.b] / 2)
        assert rank == pytest.approx(pair.rho, abs=0.07), (pair.a, pair.b)
