"""Works that the plants of all systems share: their technology and their place in the draw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError

from methodology.errors import SystemDefinitionError
from methodology.indicators.comparators import Model, Status, Text
from methodology.indicators.loading import problems_of, read_yaml


class WorksRecipe(Model):
    """How many works there are and where."""

    seed: int
    works: int = Field(ge=10, le=999)
    key_region_share: float = Field(ge=0, le=1)
    status: Status
    notes: tuple[Text, ...] = ()


def load_works_recipe(path: Path) -> WorksRecipe:
    """Load the recipe of the works."""
    try:
        return WorksRecipe.model_validate(read_yaml(path))
    except ValidationError as fault:
        message = f"{path.name} is not a valid recipe of works."
        raise SystemDefinitionError(message, problems_of(fault, path.name)) from fault


def make_works(recipe: WorksRecipe) -> pd.DataFrame:
    """
    The works of the synthetic industry.

    Returns
    -------
    DataFrame indexed by works id
        region : key or other; technology : standard normal, larger is newer; draw : permanent random number in
        (0, 1): every system samples the plants with the smallest ones, so samples overlap in the same works.
    """
    rng = np.random.default_rng(np.random.SeedSequence(recipe.seed))
    names = [f"W{number:02d}" for number in range(1, recipe.works + 1)]
    key = rng.permutation(recipe.works) < round(recipe.key_region_share * recipe.works)
    return pd.DataFrame(
        {
            "region": np.where(key, "key", "other"),
            "technology": rng.standard_normal(recipe.works).round(4),
            "draw": rng.uniform(size=recipe.works).round(6),
        },
        index=pd.Index(names, name="works"),
    )
