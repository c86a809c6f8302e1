"""Random streams: numpy's words, the right laws, machine code with and without a cache."""

from __future__ import annotations

import ast
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from methodology.evaluation.level_arrays import level_inputs
from methodology.sensitivity import alias, kernel, random_streams
from methodology.sensitivity.plan import rank_laws
from methodology.sensitivity.seeds import child, generator, root

DRAWS = kernel.LANES
NOTHING = np.zeros((0, DRAWS))


def started(chunk: int, shapes: np.ndarray | None = None) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Streams of one chunk, and the weights drawn from them."""
    parts = tuple(random_streams.empty_streams(DRAWS))
    given = np.zeros(0) if shapes is None else shapes
    weights = np.zeros((given.size, DRAWS))
    random_streams.start_chunk(random_streams.key_of(root(20261122)), chunk, parts, given, weights)
    return parts, weights


def drawn_weights(shapes: list[float], chunks: int) -> np.ndarray:
    """Gammas of many chunks; (m, n)."""
    return np.concatenate([started(chunk, np.array(shapes))[1] for chunk in range(chunks)], axis=1)


def drawn_normals(chunks: int) -> np.ndarray:
    found = []
    for chunk in range(chunks):
        out = np.empty((3, 50, DRAWS))
        random_streams.fill_thresholds(
            started(chunk)[0], np.zeros((50, 3)), np.tile([1.0, 0.0, 0.0], (50, 1)), out
        )
        found.append(out[0].ravel())
    return np.concatenate(found)


@pytest.mark.parametrize("chunk", [0, 7])
def test_every_generator_gives_numpys_words_of_sfc64_from_a_state_of_its_own(chunk):
    (wide, spare, words), _ = started(chunk)
    key = random_streams.key_of(root(20261122))
    states = []
    for number in range(random_streams.WIDE + 1):
        source = np.random.SFC64()
        third = (int(key[2]) + chunk * 2 * random_streams.WIDE + number) % 2**64
        state = np.array([key[0], key[1], third, 1], np.uint64)
        source.state = {
            "bit_generator": "SFC64", "state": {"state": state}, "has_uint32": 0, "uinteger": 0,
        }  # fmt: skip
        ahead = source.random_raw(12)
        states.append(source.state["state"]["state"].copy())
        if number < random_streams.WIDE:
            assert words[number : 12 * random_streams.WIDE : random_streams.WIDE].tolist() == ahead.tolist()
    np.testing.assert_array_equal(wide.reshape(4, -1).T, states[:-1])
    np.testing.assert_array_equal(spare, states[-1])
    assert len({tuple(state) for state in states}) == len(states)


def test_no_two_chunks_share_a_word():
    words = np.concatenate([started(chunk, np.ones(1))[0][2].copy() for chunk in range(50)])
    assert np.unique(words).size == words.size


def test_normals_follow_the_normal_law_far_into_the_tails():
    drawn = drawn_normals(20)
    assert stats.kstest(drawn, "norm").pvalue > 1e-3
    for cut in (3.0, 3.6541528853610088, 4.0):
        expected = 2 * stats.norm.sf(cut) * drawn.size
        assert abs((np.abs(drawn) > cut).sum() - expected) < 5 * np.sqrt(expected)
    assert abs((drawn > 0).mean() - 0.5) < 5 * 0.5 / np.sqrt(drawn.size)


def test_the_layers_of_the_ziggurat_have_one_area():
    edges, densities = random_streams._EDGES, random_streams._DENSITIES
    areas = edges[1:-1] * np.diff(densities)[1:]
    tail = edges[1] * densities[1] + math.sqrt(math.pi / 2) * math.erfc(edges[1] / math.sqrt(2))
    np.testing.assert_allclose(areas, tail, rtol=1e-9)
    np.testing.assert_allclose(densities, np.exp(-0.5 * edges**2), rtol=1e-14)


@pytest.mark.parametrize("shape", [0.02, 0.5, 1.0, 1.4, 3.3, 200.0, 1e6])
def test_gammas_follow_the_gamma_law(shape):
    drawn = drawn_weights([shape], 200)[0]
    assert stats.kstest(drawn, stats.gamma(shape).cdf).pvalue > 1e-3
    for probability in (1e-4, 1e-3, 1 - 1e-3, 1 - 1e-4):
        expected = drawn.size * probability
        below = (drawn <= stats.gamma(shape).ppf(probability)).sum()
        assert abs(below - expected) < 5 * np.sqrt(drawn.size * probability * (1 - probability))


@pytest.mark.parametrize("shape", [1.0, 3.3, 200.0])
def test_what_gives_a_gamma_at_once_would_pass_the_exact_test_too(shape):
    d, surely = shape - 1 / 3, random_streams.surely_gamma.py_func
    for y in np.linspace(-0.5, 4.0, 2001).tolist():
        rejected = -d * (4.5 * y**2 + 1 - (1 + y) ** 3 + 3 * math.log1p(y))
        assert not surely(y, math.exp(-rejected) + 1e-12, d)
        assert surely(y, 1 - 1.05 * rejected - 1e-12, d) or abs(y) > 0.2
    assert not surely(-0.500001, 0.0, d)


@pytest.mark.parametrize("shape", [1.0, 3.3, 200.0, 1e6])
def test_what_gives_no_gamma_at_once_would_fail_the_exact_test_too(shape):
    d, never = shape - 1 / 3, random_streams.surely_none.py_func
    found = 0
    for y in np.linspace(-0.99, 4.0, 2001).tolist():
        rejected = -d * (4.5 * y**2 + 1 - (1 + y) ** 3 + 3 * math.log1p(y))
        assert not never(y, math.exp(-rejected), d)
        found += never(y, 1 - 0.9 * rejected, d)
    assert found > 50 or shape > 1000


@pytest.mark.parametrize("shapes", [[1.0, 1.0, 1.0], [0.2, 1.0, 4.8], [0.05, 0.45, 0.0, 30.0]])
def test_drawn_weights_have_the_moments_of_the_dirichlet_law(shapes):
    alpha = np.array(shapes)
    drawn = drawn_weights(shapes, 200)
    weights = (drawn / drawn.sum(axis=0)).T
    mean = alpha / alpha.sum()
    covariance = (np.diag(mean) - np.outer(mean, mean)) / (alpha.sum() + 1)
    room = 6 * np.sqrt(covariance.max() / len(weights))
    np.testing.assert_allclose(weights.mean(axis=0), mean, atol=room)
    np.testing.assert_allclose(np.cov(weights.T), covariance, atol=6 / np.sqrt(len(weights)) * 0.2)
    for j in np.flatnonzero(alpha):
        law = stats.beta(alpha[j], alpha.sum() - alpha[j])
        assert stats.kstest(weights[:50_000, j], law.cdf).pvalue > 1e-4


def cut_laws(values: np.ndarray, thresholds: np.ndarray, deviation: float):
    m = values.shape[1]
    inputs = level_inputs(values, thresholds, np.full(m, 1 / m))
    return rank_laws(inputs, np.full((m, 3), deviation))


def parts_of(table: np.ndarray) -> np.ndarray:
    """Mass of each answer of an alias table in whole parts of 2**32."""
    size = table.size
    mass = np.zeros(size, np.int64)
    for column, entry in enumerate(table.tolist()):
        own = (entry >> 32) // size
        mass[column] += own
        mass[entry & 0xFFFFFFFF] += 2**32 // size - own
    return mass


@pytest.mark.parametrize(("plants", "columns"), [(3, 64), (63, 64), (64, 128)])
def test_a_table_has_a_column_for_none_to_all_plants_and_at_least_sixty_four(plants, columns):
    values = np.arange(float(plants))[:, None]
    assert cut_laws(values, np.array([[1.0, 2.0, 3.0]]), 0.5).cuts.tables.shape == (3, columns)


def test_the_series_of_the_normal_law_stand_at_every_eighth_up_to_seven_and_end_there():
    np.testing.assert_allclose(alias._SERIES[:, 0], stats.norm.cdf(np.arange(57) / 8), rtol=0, atol=2**-34)


@pytest.mark.parametrize(("plants", "deviation"), [(7, 0.5), (60, 3.0), (500, 0.02), (500, 40.0), (3, 1e300)])
def test_alias_tables_hold_the_normal_law_in_whole_parts(plants, deviation):
    rng = np.random.default_rng(plants)
    values = rng.normal(10, 2, (plants, 2)).round(1)
    thresholds = np.array([[8.0, 10.0, 12.5], [7.9, 9.0, 50.0]])
    laws = cut_laws(values, thresholds, deviation)
    assert laws.cuts.noisy.tolist() == [[level, j] for level in range(3) for j in range(2)]
    for (level, j), table in zip(laws.cuts.noisy, laws.cuts.tables, strict=True):
        reaching = np.sort(values[:, j])
        below = stats.norm.cdf((reaching - thresholds[j, level]) / deviation) * 2**32
        expected = np.diff(np.concatenate([[0.0], below, [2.0**32]]))
        mass = parts_of(table)
        assert mass.sum() == 2**32
        np.testing.assert_allclose(mass[: plants + 1], expected, atol=2)
        assert (mass[plants + 1 :] == 0).all()


def test_cuts_follow_their_alias_tables():
    rng = np.random.default_rng(4)
    laws = cut_laws(rng.normal(10, 2, (40, 1)), np.array([[9.0, 10.0, 11.0]]), 0.8)
    cuts = np.empty((3, DRAWS), np.int16)
    seen = np.zeros(41)
    for chunk in range(200):
        random_streams.fill_cuts(started(chunk)[0], tuple(laws.cuts), cuts)
        assert (np.diff(cuts, axis=0) >= 0).all()
        seen += np.bincount(cuts[0], minlength=41)
    expected = parts_of(laws.cuts.tables[0])[:41] / 2**32 * seen.sum()
    common = expected > 10
    assert common.sum() > 10
    found = stats.chisquare(
        np.append(seen[common], seen[~common].sum()), np.append(expected[common], expected[~common].sum())
    )
    assert found.pvalue > 1e-3


def test_the_functions_of_basic_operations_are_those_of_the_library():
    points = np.concatenate([np.linspace(-745, 50, 4001), np.linspace(-1, 1, 401)])
    own = np.array([random_streams._exponential(x) for x in points])
    np.testing.assert_allclose(own, np.exp(points), rtol=4e-16, atol=5e-324)
    positive = np.concatenate([np.geomspace(1e-300, 1e300, 4001), np.linspace(0.5, 2, 401)])
    np.testing.assert_allclose(
        [random_streams._logarithm(x) for x in positive], np.log(positive), rtol=1e-15, atol=2e-16
    )
    z = np.linspace(-8, 8, 2001)
    laws = cut_laws(z[:, None], np.array([[0.0, 0.0, 0.0]]), 1.0)
    reached = np.cumsum(parts_of(laws.cuts.tables[0]))[: z.size]
    np.testing.assert_allclose(reached, np.round(stats.norm.cdf(z) * 2**32), atol=1)


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


@pytest.mark.parametrize("module", [alias, kernel, random_streams])
def test_compiled_modules_borrow_nothing_that_their_cache_does_not_watch(module):
    source = Path(module.__file__).read_text(encoding="utf-8")
    borrowed = {
        (node.module, name.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("methodology")
        for name in node.names
    }
    assert {place for place, _ in borrowed} == {"methodology.sensitivity.compiling"}
    assert {name for _, name in borrowed} <= {"compiled", "inner"}
