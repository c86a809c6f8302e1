"""Davies (1967), Statistical Methods in Research and Production: yields of dyestuff; and the US EPA's stove runs."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from methodology.indicators import load_system
from methodology.thresholds import benchmarks_over_years, upper_prediction_limit
from methodology.thresholds.hierarchical import hierarchical_lognormal

YIELDS = np.array(
    [
        *([1545, 1440, 1440, 1520, 1580], [1540, 1555, 1490, 1560, 1495], [1595, 1550, 1605, 1510, 1560]),
        *([1445, 1440, 1595, 1465, 1545], [1595, 1630, 1515, 1635, 1625], [1520, 1455, 1450, 1480, 1445]),
    ],
    dtype=float,
)
POOLED = 0.00342
"""Lognormal, all runs independent, 99 % for the mean of three: UPLforOAR (2025), Bayesian-UPL."""
SYSTEM = load_system(Path(__file__).parents[2] / "params" / "systems" / "ironmaking.yaml")
"""Of which one indicator says that lower is better; the stoves' hydrogen chloride is none of it."""
RUNS = (
    Path(os.environ.get("WORKBENCH_REAL_DATA", "") or "/nowhere")
    / "epa_hcl"
    / "blast_furnace_stove_hcl_runs.csv"
)


def on_a_grid(groups: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Both spreads, mean and precision of the centre, and mass, on a grid: centre and plants have closed forms."""
    n, means = np.array([len(g) for g in groups]), np.array([g.mean() for g in groups])
    left = sum(((g - g.mean()) ** 2).sum() for g in groups)
    between, within = np.meshgrid(np.linspace(-8, 4, 601), np.linspace(-3, 2, 501), indexing="ij")
    b, w = np.exp(between), np.exp(within)
    variance = b[..., None] ** 2 + w[..., None] ** 2 / n
    precision = (1 / variance).sum(-1)
    centre = (means / variance).sum(-1) / precision
    log = -0.5 * (
        np.log(variance).sum(-1) + np.log(precision) + ((means - centre[..., None]) ** 2 / variance).sum(-1)
    )
    log += between - np.log1p(b**2) - (n.sum() - len(n)) * within - left / (2 * w**2)
    return between, within, centre, precision, np.exp(log - log.max())


def exact_posterior(groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Medians and 95 % intervals of the two spreads."""
    between, within, _, _, mass = on_a_grid(groups)
    ends = [0.025, 0.5, 0.975]
    both = ((mass.sum(1), between[:, 0]), (mass.sum(0), within[0]))
    found = [np.exp(np.interp(ends, np.cumsum(m) / m.sum(), at)) for m, at in both]
    return found[0], found[1]


def exact_future(groups: list[np.ndarray], share: float, runs: int, draws: int = 400_000) -> float:
    """What the mean of some runs of a plant not asked yet stays below with a probability, drawn from the grid."""
    between, within, centre, precision, mass = (part.ravel() for part in on_a_grid(groups))
    rng = np.random.default_rng(1)
    at = rng.choice(mass.size, size=draws, p=mass / mass.sum())
    plant = centre[at] + rng.standard_normal(draws) / np.sqrt(precision[at])
    plant += np.exp(between[at]) * rng.standard_normal(draws)
    values = plant[:, None] + np.exp(within[at])[:, None] * rng.standard_normal((draws, runs))
    return float(np.quantile(np.exp(values).mean(axis=1), share))


def same(groups: list[np.ndarray]) -> None:
    values = np.exp(np.concatenate(groups))
    plants = np.repeat([str(k) for k in range(len(groups))], [len(g) for g in groups])
    fitted = hierarchical_lognormal(values, plants, draws=4000)
    between, within = exact_posterior(groups)
    assert fitted.converged
    assert np.quantile(fitted.within, [0.025, 0.5, 0.975]) == pytest.approx(within, rel=0.02)
    assert np.quantile(fitted.between, [0.5, 0.975]) == pytest.approx(between[1:], rel=0.05)


def test_the_sampler_agrees_with_integration_on_the_dyestuff_batches() -> None:
    assert YIELDS.var(axis=1, ddof=1).mean() == pytest.approx(2451.25)
    between = YIELDS.mean(axis=1).var(ddof=1) - 2451.25 / 5
    assert between == pytest.approx(1764.05)
    same(list((YIELDS - 1527.5) / 50))


def test_the_sampler_agrees_with_integration_on_unequal_numbers_of_runs() -> None:
    rng = np.random.default_rng(6)
    same([rng.standard_normal() + 0.5 * rng.standard_normal(size) for size in (2, 3, 3, 5, 8, 12)])


@pytest.mark.skipif(not RUNS.is_file(), reason="WORKBENCH_REAL_DATA is not set")
def test_stove_runs_of_the_us_epa_have_the_published_means_and_a_limit_above_the_pooled_one() -> None:
    table = pd.read_csv(RUNS)
    means = table.groupby("sources")["emissions"].agg(["mean", "count"]).sort_values("mean")
    assert means["mean"].round(6).tolist() == [0.000603, 0.000805, 0.001240, 0.003051]
    assert means["count"].tolist() == [12, 3, 18, 3]
    groups = [np.log(own.to_numpy()) for _, own in table.groupby("sources")["emissions"]]
    same(groups)
    fitted = hierarchical_lognormal(table["emissions"], table["sources"], draws=4000)
    found = fitted.predictive(0.99, future=3)
    assert found == pytest.approx(exact_future(groups, 0.99, 3), rel=0.08)
    assert found > 7 * POOLED
    assert upper_prediction_limit(table["emissions"], form="lognormal", future=3, confidence=0.99) < POOLED


@pytest.mark.skipif(not RUNS.is_file(), reason="WORKBENCH_REAL_DATA is not set")
def test_order_statistics_of_four_stoves_stand_beside_the_model_and_bracket_its_median() -> None:
    table = pd.read_csv(RUNS).rename(columns={"sources": "plant", "emissions": "value"})
    (row,) = benchmarks_over_years(
        {"stove_so2": table.assign(below_limit=False)}, SYSTEM, {"III": 0.5}, confidence=0.85
    ).itertuples()
    means = np.exp(np.log(table["value"]).groupby(table["plant"]).mean())
    assert (row.plants, row.values) == (4, 36)
    assert (row.counted_lower, row.counted_upper) == (means.min(), means.max())
    assert row.counted_lower < row.value < row.counted_upper
    assert row.r_hat < 1.01
    assert row.note == "beyond what is possible: not lognormal"  # of the borrowed indicator
