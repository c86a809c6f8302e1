"""The synthetic industry: populations with known truth, and the samples drawn from them."""

from synthetic.making import make_sample, make_series
from synthetic.plants import Population
from synthetic.population import make_population, true_quantiles
from synthetic.recipe import Recipe, load_recipe
from synthetic.reporting import Reported, report
from synthetic.works import make_works

__all__ = [
    "Population",
    "Recipe",
    "Reported",
    "load_recipe",
    "make_population",
    "make_sample",
    "make_series",
    "make_works",
    "report",
    "true_quantiles",
]
