"""Random standards that decide levels in exact fractions, apart from the package."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import lcm

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem, Sample, as_sample

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
