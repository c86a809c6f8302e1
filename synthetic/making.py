"""From recipes on disk to the files of samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from methodology.indicators import load_system
from synthetic.plants import Population
from synthetic.population import make_population
from synthetic.recipe import load_recipe
from synthetic.reporting import report
from synthetic.works import load_works_recipe, make_works
from synthetic.writing import as_csv, files, register


@dataclass
class Series:
    """The repository's systems and recipes, and the populations made so far."""

    root: Path
    made: dict[str, Population] = field(default_factory=dict)

    @property
    def works(self) -> pd.DataFrame:
        """The works all systems share."""
        return make_works(load_works_recipe(self.root / "data" / "reference" / "works.yaml"))

    @property
    def ids(self) -> list[str]:
        """Systems that have a recipe, in alphabetical order."""
        return sorted(path.parent.name for path in self.root.glob("data/samples/*/recipe.yaml"))

    def population(self, system_id: str) -> Population:
        """Population of one system; what it is built from is made first."""
        if system_id not in self.made:
            system = load_system(self.root / "params" / "systems" / f"{system_id}.yaml")
            recipe = load_recipe(self.root / "data" / "samples" / system_id / "recipe.yaml", system)
            needed = {term.system for rule in recipe.built.values() for term in rule.terms}
            needed |= {rule.column for rule in recipe.attributes.values() if rule.standing}
            parts = {name: self.population(name) for name in sorted(needed)}
            self.made[system_id] = make_population(system, recipe, self.works, parts)
        return self.made[system_id]


def make_sample(root: Path, system_id: str, series: Series | None = None) -> dict[str, str]:
    """
    Path (below `root`, with slashes) and text of every generated file of one system.

    Parameters
    ----------
    root : Path
        The repository: reads `params/systems`, `data/samples/<system_id>/recipe.yaml`, `data/reference/works.yaml`.
    series : Series, optional
        Populations made so far.

    Returns
    -------
    dict
        Files of `data/samples/<system_id>/`, and the register of all plants in `data/reference/`.
    """
    series = series or Series(root)
    system = load_system(root / "params" / "systems" / f"{system_id}.yaml")
    recipe = load_recipe(root / "data" / "samples" / system_id / "recipe.yaml", system)
    population = series.population(system_id)
    texts = files(system, recipe, population, report(population, system, recipe))
    made = {f"data/samples/{system_id}/{name}": text for name, text in texts.items()}
    made[f"data/reference/register_{system_id}.csv"] = register(population, system)
    return made


def make_series(root: Path) -> dict[str, dict[str, str]]:
    """The generated files of every system that has a recipe, and of the works under the key `works`."""
    series = Series(root)
    made = {name: make_sample(root, name, series) for name in series.ids}
    made["works"] = {"data/reference/works.csv": as_csv(series.works, index=True)}
    return made
