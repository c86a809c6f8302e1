"""Thousands of random standards, decided once more from their printed decimals with fractions and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import lcm

import numpy as np
import pandas as pd
import pytest

from methodology.evaluation import evaluate, level_basis
from methodology.evaluation.decision import decide
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.sensitivity import simulate_levels

LEVELS = ("I", "II", "III")
READINGS = ("limiting", "limiting-and-rest-at-two")
KINDS = ("lower", "higher", "interval", "qualitative")
SCORES = ((85, 85, 100), (85, 85, 100), (85, 85, 100), (90, 80, 100), (85, 85, 95), (84.9, 85.1, 99.9))


def split(rng: random.Random, total: int, parts: int) -> list[int]:
    """`total` as a sum of `parts` positive whole numbers."""
    marks = sorted(rng.sample(range(1, total), parts - 1))
    return [b - a for a, b in zip([0, *marks], [*marks, total], strict=True)]


def decimal(number: Fraction) -> str:
    """A decimal of at most six places, as an author prints it."""
    return f"{float(number):.6f}".rstrip("0").rstrip(".")


class Standard:
    """Everything in fractions of printed decimals; floats and text are made from them only to call the package."""

    def __init__(self, seed: int) -> None:
        rng = self.rng = random.Random(seed)
        parts = rng.choice((10, 20, 40))
        self.groups: list[int] = []
        self.weights: list[Fraction] = []
        self.floats: list[float] = []
        shares = split(rng, parts, rng.randint(1, 4))
        for group, share in enumerate(shares):
            local = rng.choice((10, 20, 3, 6))
            for piece in split(rng, local, rng.randint(1, min(4, local))):
                self.groups.append(group)
                self.weights.append(Fraction(share, parts) * Fraction(piece, local))
                self.floats.append(self._as_float(Fraction(share, parts), Fraction(piece, local)))
        self.shares = [Fraction(share, parts) for share in shares]
        self.m = len(self.weights)
        self.kinds = [rng.choice(KINDS) for _ in range(self.m)]
        self.limiting = [rng.random() < 0.25 for _ in range(self.m)]
        self.reading, self.scores = rng.choice(READINGS), rng.choice(SCORES)
        self.step = [Fraction(1, rng.choice((1, 10, 100, 8))) for _ in range(self.m)]
        self.limits = [self._limits(j) for j in range(self.m)]
        self.targets = [
            (Fraction(rng.randint(10, 20), 10), Fraction(rng.randint(20, 30), 10)) for _ in range(self.m)
        ]
        self.cells = [self._plant() for _ in range(rng.randint(2, 6))]
        self.grants: dict[tuple[int, int], tuple[int, ...]] = {}

    def _as_float(self, share: Fraction, local: Fraction) -> float:
        """The weight of the whole as scripts make it: product of two floats, or a sum of tenths like 0.1 + 0.2."""
        whole = share * local
        product = float(share) * float(local)
        tenths = sum([0.1] * int(whole * 10)) if (whole * 10).denominator == 1 else product
        return self.rng.choice((float(whole), product, tenths))

    def _limits(self, j: int) -> list[Fraction]:
        """I, II, III from strict to loose on the scale `smaller is cleaner`; ties are frequent."""
        first = self.rng.randint(0, 4)
        second = first + self.rng.randint(0, 3)
        return [self.step[j] * n for n in (first, second, second + self.rng.randint(0, 3))]

    def _plant(self) -> list[tuple[str, Fraction | None]]:
        """Cells (state, number); numbers often lie on a benchmark value, or one thousandth of a step beside it."""
        ease = self.rng.choice((0, 0, 1, 2))
        silent = self.rng.choice(range(len(self.shares))) if self.rng.random() < 0.3 else None
        short = self._short_of(ease)
        if short:
            return [self._cell(j, ease + 1 if j in short else ease, False, sure=True) for j in range(self.m)]
        cells = [self._cell(j, ease, self.groups[j] == silent) for j in range(self.m)]
        if all(state == "n/a" for state, _ in cells):
            cells[0] = ("", None)
        return cells

    def _short_of(self, ease: int) -> tuple[int, ...]:
        """Up to three indicators that weigh exactly what a score lets a plant fail; for half of the plants none."""
        if self.rng.random() < 0.5:
            return ()
        spare = 1 - Fraction(str(self.scores[ease])) / 100
        unit = lcm(spare.denominator, *(weight.denominator for weight in self.weights))
        whole = [int(weight * unit) for weight in self.weights]
        sets = [
            chosen
            for size in (1, 2, 3)
            for chosen in combinations(range(self.m), size)
            if sum(whole[j] for j in chosen) == spare * unit
        ]
        return self.rng.choice(sets) if sets else ()

    def _cell(self, j: int, ease: int, silent: bool, *, sure: bool = False) -> tuple[str, Fraction | None]:
        """A cell that mostly reaches level `ease` and no better one; `sure`: always, and 3 is none."""
        if sure and self.kinds[j] == "qualitative":
            return "level", Fraction(ease)
        if sure:
            return "measured", self._on(
                j, self.limits[j][ease] if ease < 3 else self.limits[j][2] + self.step[j]
            )
        if silent or self.rng.random() < 0.06:
            return "n/a", None
        if self.rng.random() < 0.05:
            return "", None
        if self.kinds[j] == "qualitative":
            return "level", Fraction(self.rng.choice((ease, ease, ease, self.rng.randint(0, 3))))
        level = ease if self.rng.random() < 0.75 else self.rng.randint(0, 2)
        nudge = self.rng.choice((0, 0, 0, 0, -1, 1)) * self.step[j] / 1000
        if self.rng.random() < 0.15:
            nudge = self.step[j] * self.rng.randint(-3, 8)
        state = "below" if self.rng.random() < 0.08 else "measured"
        return state, self._on(j, self.limits[j][level] + nudge)

    def _on(self, j: int, merit: Fraction) -> Fraction:
        """The value whose distance to the clean end is `merit`."""
        if self.kinds[j] == "higher":
            return 7 - merit
        if self.kinds[j] != "interval":
            return merit
        low, high = self.targets[j]
        if merit < 0:
            return (low + high) / 2
        return high + merit if self.rng.random() < 0.5 else low - merit

    # ------------------------------------------------------------------ decided in fractions

    def granted(self, cell: tuple[str, Fraction | None], j: int, level: int) -> tuple[str, Fraction | None]:
        """A cell once what this level grants the plant is taken off its value."""
        steps = self.grants.get((id(cell), j), (0, 0, 0))[level]
        clean = -1 if self.kinds[j] == "lower" else 1
        return cell if cell[1] is None or not steps else (cell[0], cell[1] + clean * steps * self.step[j])

    def grant(self) -> None:
        """Let a norm grant some plants up to three steps at some levels only, of plain numbers; also less than none."""
        levels = self.rng.choice(((0,), (2,), (0, 2), (1,), (0, 1), (1, 2)))
        for j in range(self.m):
            if self.kinds[j] in ("lower", "higher") and self.rng.random() < 0.6:
                for cells in self.cells:
                    steps = self.rng.choice((0, 1, 2, 3, -1))
                    self.grants[id(cells[j]), j] = tuple(
                        steps if level in levels else 0 for level in range(3)
                    )

    def reaches(self, cell: tuple[str, Fraction | None], j: int, level: int) -> bool:
        """Cumulative: what reaches I reaches II, also where a grant at I is none at II."""
        return any(self._reaches(self.granted(cell, j, own), j, own) for own in range(level + 1))

    def _reaches(self, cell: tuple[str, Fraction | None], j: int, level: int) -> bool:
        state, number = cell
        if number is None:
            return False
        if self.kinds[j] == "qualitative":
            return number <= level
        limit = self.limits[j][level]
        if self.kinds[j] == "lower":
            return number <= limit
        if state == "below":
            return False
        if self.kinds[j] == "higher":
            return number >= 7 - limit
        low, high = self.targets[j]
        return max(low - number, number - high, Fraction(0)) <= limit

    def decided(self, cells: list[tuple[str, Fraction | None]]) -> tuple[list[Fraction], str]:
        points = [self._score(cells, level) for level in range(3)]
        cut = [Fraction(str(score)) for score in self.scores]
        applies = [j for j in range(self.m) if cells[j][0] != "n/a"]

        def limiting_reach(level: int) -> bool:
            return all(self.reaches(cells[j], j, level) for j in applies if self.limiting[j])

        rest = self.reading == "limiting" or all(self.reaches(cells[j], j, 1) for j in applies)
        if points[0] >= cut[0] and limiting_reach(0) and rest:
            return points, "I"
        if points[1] >= cut[1] and limiting_reach(1):
            return points, "II"
        return points, "III" if points[2] >= cut[2] else "none"

    def _score(self, cells: list[tuple[str, Fraction | None]], level: int) -> Fraction:
        reached = total = Fraction(0)
        for group, share in enumerate(self.shares):
            applying = [j for j in range(self.m) if self.groups[j] == group and cells[j][0] != "n/a"]
            if applying:
                whole = sum(self.weights[j] for j in applying)
                total += share
                reached += (
                    share * sum(self.weights[j] for j in applying if self.reaches(cells[j], j, level)) / whole
                )
        return 100 * reached / total

    # ------------------------------------------------------------------ what the package is given

    @property
    def names(self) -> list[str]:
        return [f"i{j}" for j in range(self.m)]

    @property
    def system(self) -> IndicatorSystem:
        described = {level: {"zh": level, "en": level} for level in LEVELS}
        rows = []
        for j, name in enumerate(self.names):
            inside = sum(w for w, g in zip(self.weights, self.groups, strict=True) if g == self.groups[j])
            row = {"id": name, "group": f"g{self.groups[j]}", "name_zh": name, "name_en": name, "unit": "1"}
            row |= {"definition": "d", "boundary": "b", "limiting": self.limiting[j], "kind": "quantitative"}
            row |= {"direction": self.kinds[j], "weight": float(self.weights[j] / inside)}
            if self.kinds[j] == "qualitative":
                row |= {"kind": "qualitative", "direction": "lower", "levels": described}
            if self.kinds[j] == "interval":
                row |= {"target": tuple(float(end) for end in self.targets[j])}
            rows.append(row)
        groups = [
            {"id": f"g{k}", "name_zh": "x", "name_en": "x", "weight": float(share), "status": "ASSUMED"}
            for k, share in enumerate(self.shares)
        ]
        rule = {"scores": dict(zip(LEVELS, self.scores, strict=True)), "level_one": self.reading}
        content = {"id": "made", "name_zh": "例", "name_en": "made", "functional_unit": "t", "sources": {}}
        content |= {
            "groups": groups,
            "indicators": rows,
            "rule": rule | {"source": "s", "status": "recalled"},
        }
        return IndicatorSystem.model_validate(content)

    @property
    def sample(self) -> pd.DataFrame:
        texts = [[self._text(*cell, order) for cell in cells] for order, cells in enumerate(self.cells)]
        table = pd.DataFrame(texts, columns=self.names, index=[f"P{k}" for k in range(len(texts))])
        return table[self.rng.sample(self.names, self.m)]

    @property
    def judged(self) -> Sample:
        """The sample, with what each level judges of the cells that are granted something at some levels only."""
        plain = as_sample(self.sample, self.system)
        granted = [name for j, name in enumerate(self.names) if any(key[1] == j for key in self.grants)]
        tables = {}
        for level, name in enumerate(LEVELS):
            values = {
                column: [
                    np.nan if number is None else float(decimal(number))
                    for _, number in (
                        self.granted(cells[self.names.index(column)], self.names.index(column), level)
                        for cells in self.cells
                    )
                ]
                for column in granted
            }
            tables[name] = pd.DataFrame(values, index=plain.plants)
        return replace(plain, by_level=tables if granted else {})

    def _text(self, state: str, number: Fraction | None, order: int) -> object:
        if number is None:
            return state
        if state == "level":
            return (*LEVELS, "none")[int(number)]
        if state == "below":
            return f"<{decimal(number)}"
        return float(decimal(number)) if order % 2 else decimal(number)

    @property
    def thresholds(self) -> pd.DataFrame:
        rows = [
            (name, level, float(decimal(7 - limit if kind == "higher" else limit)))
            for name, kind, limits in zip(self.names, self.kinds, self.limits, strict=True)
            for level, limit in zip(LEVELS, limits, strict=True)
            if kind != "qualitative"
        ]
        self.rng.shuffle(rows)
        return pd.DataFrame(rows, columns=["indicator", "level", "value"])

    @property
    def table(self) -> pd.DataFrame:
        rows = list(zip(self.names, self.floats, strict=True))
        self.rng.shuffle(rows)
        return pd.DataFrame(rows, columns=["indicator", "weight"])


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


def test_what_a_norm_grants_at_some_levels_only_is_decided_as_in_fractions_by_every_room():
    by_grant, moved = 0, 0
    for seed in range(300):
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
    assert by_grant > 200
    assert moved > 50


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
    for seed in range(150):
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
    assert moved > 100


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
    for seed in range(200):
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
