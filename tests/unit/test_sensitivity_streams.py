"""Random streams: numpy's words, the right laws, machine code with and without a cache."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from methodology.sensitivity import streams
from methodology.sensitivity.seeds import child, generator, root

COUNT = 200_000


@pytest.fixture
def state():
    return streams.state_of(np.random.SeedSequence(20261122))


def test_words_are_those_of_numpys_sfc64(state):
    words = np.empty(1000, np.uint64)
    streams.fill_words(state, words)
    expected = np.random.SFC64(np.random.SeedSequence(20261122)).random_raw(1001)
    np.testing.assert_array_equal(words, expected[:1000])
    assert streams.next_word(state) == expected[1000]


def test_normals_follow_the_normal_law_far_into_the_tails(state):
    drawn = np.empty(5 * COUNT)
    streams.fill_normal(state, drawn)
    assert stats.kstest(drawn, "norm").pvalue > 1e-3
    for cut in (3.0, 3.6541528853610088, 4.0):
        expected = 2 * stats.norm.sf(cut) * drawn.size
        assert abs((np.abs(drawn) > cut).sum() - expected) < 5 * np.sqrt(expected)
    assert abs((drawn > 0).mean() - 0.5) < 5 * 0.5 / np.sqrt(drawn.size)


@pytest.mark.parametrize("shape", [1.0, 1.4, 3.3, 200.0])
def test_gammas_follow_the_gamma_law(state, shape):
    drawn = np.empty(COUNT)
    streams.fill_gamma(state, shape, drawn)
    assert stats.kstest(drawn, stats.gamma(shape).cdf).pvalue > 1e-3


@pytest.mark.parametrize("shapes", [[1.0, 1.0, 1.0], [0.2, 1.0, 4.8], [0.05, 0.45, 0.0, 30.0]])
def test_drawn_weights_have_the_moments_of_the_dirichlet_law(state, shapes):
    alpha = np.array(shapes)
    drawn = streams.draw_weights(state, alpha, (400, alpha.size, 512))
    weights = (drawn / drawn.sum(axis=1, keepdims=True)).transpose(0, 2, 1).reshape(-1, alpha.size)
    mean = alpha / alpha.sum()
    covariance = (np.diag(mean) - np.outer(mean, mean)) / (alpha.sum() + 1)
    room = 6 * np.sqrt(covariance.max() / len(weights))
    np.testing.assert_allclose(weights.mean(axis=0), mean, atol=room)
    np.testing.assert_allclose(np.cov(weights.T), covariance, atol=6 / np.sqrt(len(weights)) * 0.2)
    for j in np.flatnonzero(alpha):
        law = stats.beta(alpha[j], alpha.sum() - alpha[j])
        assert stats.kstest(weights[:50_000, j], law.cdf).pvalue > 1e-4


def test_children_of_a_seed_do_not_depend_on_who_asks_first():
    parent = root(5)
    assert child(parent, 3).generate_state(4).tolist() == child(root(5), 3).generate_state(4).tolist()
    assert child(parent, 3).generate_state(4).tolist() == parent.spawn(4)[3].generate_state(4).tolist()
    assert generator(5, 1).random() != generator(5, 2).random()


def test_a_generator_gives_a_new_child_at_every_call():
    source = np.random.default_rng(1)
    assert root(source).spawn_key != root(source).spawn_key


def test_machine_code_is_made_where_no_cache_can_be_written(tmp_path):
    package = tmp_path / "readonly.py"
    package.write_text(
        "import methodology.sensitivity.compiling as c\n"
        "import numba.core.caching as caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "source = c.compiled(lambda x: x + 1)\n"
        "assert source(1) == 2\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    answer = subprocess.run([sys.executable, str(package)], env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("module", ["kernel", "streams"])
def test_compiled_modules_borrow_nothing_that_their_cache_does_not_watch(module):
    source = Path(streams.__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    borrowed = {
        (node.module, name.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("methodology")
        for name in node.names
    }
    assert {place for place, _ in borrowed} == {"methodology.sensitivity.compiling"}
    assert {name for _, name in borrowed} <= {"compiled", "inner"}
