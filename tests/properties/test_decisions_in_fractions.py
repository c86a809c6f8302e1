"""Thousands of random standards, decided once more from their printed decimals with fractions and nothing else."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from fraction_standards import LEVELS, Standard

from methodology.evaluation import evaluate, level_basis
from methodology.evaluation.decision import decide
from methodology.sensitivity import simulate_levels


@pytest.mark.parametrize(
    "block", [0, *(pytest.param(later, marks=pytest.mark.slow) for later in range(1, 5))]
)
def test_levels_and_scores_of_four_hundred_standards_are_those_of_fractions(block):
    seen, at_cut, near = set(), 0, 0
    for seed in range(400 * block, 400 * (block + 1)):
        made = Standard(seed)
        expected = [made.decided(cells) for cells in made.cells]
        found = evaluate(made.sample, made.system, made.thresholds, made.table)
        assert found["level"].tolist() == [level for _, level in expected], seed
        points = found[["Y_I", "Y_II", "Y_III"]].to_numpy().tolist()
        assert points == [[float(score) for score in scores] for scores, _ in expected], seed
        assert all(first <= second <= third for first, second, third in points), seed
        seen |= {level for _, level in expected}
        cuts = [Fraction(str(score)) for score in made.scores]
        at_cut += sum(
            score == cut < 100 for scores, _ in expected for score, cut in zip(scores, cuts, strict=True)
        )
        near += sum(kind == "measured" for cells in made.cells for kind, _ in cells)
    assert seen == {"I", "II", "III", "none"}
    assert at_cut > 50
    assert near > 1000


@pytest.mark.parametrize("seeds", [range(60), pytest.param(range(60, 150), marks=pytest.mark.slow)])
def test_what_a_norm_grants_at_some_levels_only_is_decided_as_in_fractions_by_every_room(seeds):
    by_grant, moved = 0, 0
    for seed in seeds:
        made = Standard(seed)
        plain = [made.decided(cells)[1] for cells in made.cells]
        made.grant()
        expected = [made.decided(cells) for cells in made.cells]
        sample, system, table = made.judged, made.system, made.table
        found = evaluate(sample, system, made.thresholds, table)
        assert found["level"].tolist() == [level for _, level in expected], seed
        points = found[["Y_I", "Y_II", "Y_III"]].to_numpy().tolist()
        assert points == [[float(score) for score in scores] for scores, _ in expected], seed
        basis = level_basis(sample, system, made.thresholds, table)
        codes = [(*LEVELS, "none").index(level) for _, level in expected]
        given = {"groups": basis.groups, "limiting": basis.limiting, "applicable": basis.applicable}
        given |= {
            "level_values": basis.level_values,
            "level_one": basis.rule.level_one,
            "scores": made.scores,
        }
        counts = simulate_levels(
            basis.values, basis.thresholds, basis.weights, **given, draws=3, seed=seed
        ).level_counts
        assert counts.tolist() == (3 * np.eye(4, dtype=int)[codes]).tolist(), seed
        by_grant += bool(sample.by_level)
        moved += sum(before != after for before, (_, after) in zip(plain, expected, strict=True))
    assert by_grant > 0.65 * len(seeds)
    assert moved > 0.15 * len(seeds)


def improved(made: Standard, cell: tuple[str, Fraction | None], j: int) -> tuple[str, Fraction | None]:
    """A cleaner cell: another level, a smaller limit, a value at least as near to the clean end; silence is broken."""
    state, number = cell
    gain = made.step[j] * made.rng.choice((Fraction(1, 1000), 1, 3))
    if made.kinds[j] == "qualitative":
        return "level", Fraction(made.rng.randint(0, 3 if number is None else max(int(number) - 1, 0)))
    if number is None:
        return "measured", made._on(j, made.step[j] * made.rng.randint(0, 8))
    if made.kinds[j] == "higher":
        return state, number + gain
    if made.kinds[j] == "lower":
        return state, number - gain
    low, high = made.targets[j]
    return "measured", max(number - gain, high) if number > high else min(
        number + gain, low
    ) if number < low else number


def test_improving_any_cell_of_any_plant_never_lowers_its_level_or_a_score():
    worst = {"I": 0, "II": 1, "III": 2, "none": 3}
    moved = 0
    for seed in range(75):
        made = Standard(seed)
        before = evaluate(made.sample, made.system, made.thresholds, made.table)
        changes = [
            (p, j) for p, cells in enumerate(made.cells) for j in range(made.m) if cells[j][0] != "n/a"
        ]
        plants = made.cells
        made.cells = [
            [improved(made, cell, j) if k == j else cell for k, cell in enumerate(plants[p])]
            for p, j in changes
        ]
        after = evaluate(made.sample, made.system, made.thresholds, made.table)
        owner = [p for p, _ in changes]
        own = before.iloc[owner].reset_index(drop=True)
        assert (after["level"].map(worst) <= own["level"].map(worst)).all(), seed
        assert (after[["Y_I", "Y_II", "Y_III"]] >= own[["Y_I", "Y_II", "Y_III"]]).all().all(), seed
        moved += int((after["level"] != own["level"]).sum())
    assert moved > 50


@pytest.mark.parametrize("factor", [Fraction("0.0293076"), Fraction("3.6"), Fraction(1000), Fraction(1, 8)])
def test_a_change_of_unit_and_of_the_order_of_plants_changes_nothing(factor):
    """Values and benchmark values of every quantity in another unit; whatever lay on a benchmark value still does."""
    for seed in range(40):
        made = Standard(seed)
        before = evaluate(made.sample, made.system, made.thresholds, made.table)
        quantities = [
            n for n, kind in zip(made.names, made.kinds, strict=True) if kind in ("lower", "higher")
        ]
        sample, limits = made.sample[::-1].astype(object), made.thresholds

        def restated(cell: object) -> object:
            text = str(cell)
            number = text.removeprefix("<")
            if text in ("", "n/a"):
                return cell
            return ("<" if number != text else "") + str(float(number) * float(factor))

        sample[quantities] = sample[quantities].map(restated)
        restating = limits["indicator"].isin(quantities)
        limits.loc[restating, "value"] *= float(factor)
        after = evaluate(sample, made.system, limits, made.table)
        pd.testing.assert_frame_equal(after[::-1].reset_index(drop=True), before)


def test_the_simulation_without_noise_counts_the_levels_of_fractions():
    for seed in range(100):
        made = Standard(seed)
        expected = [(*LEVELS, "none").index(made.decided(cells)[1]) for cells in made.cells]
        system = made.system
        basis = level_basis(made.sample, system, made.thresholds, made.table)
        assert decide(basis.standing, basis.rule).tolist() == expected, seed
        counts = simulate_levels(
            basis.values, basis.thresholds, basis.weights, groups=basis.groups, limiting=basis.limiting,
            applicable=basis.applicable, level_one=basis.rule.level_one, scores=made.scores, draws=3, seed=seed,
        ).level_counts  # fmt: skip
        assert counts.tolist() == (3 * np.eye(4, dtype=int)[expected]).tolist(), seed
