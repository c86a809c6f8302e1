"""The synthetic industry: populations with known truth, and the samples drawn from them."""

from methodology.sample.synthetic.making import make_sample, make_series
from methodology.sample.synthetic.plants import Population
from methodology.sample.synthetic.population import make_population, true_quantiles
from methodology.sample.synthetic.recipe import Recipe, load_recipe
from methodology.sample.synthetic.reporting import Reported, report
from methodology.sample.synthetic.works import make_works

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
