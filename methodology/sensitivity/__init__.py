"""Which choice moves the result, and how far until a level flips."""

from methodology.sensitivity.dependence import dirichlet_sampler
from methodology.sensitivity.factorial import combinations_of, factorial_effects
from methodology.sensitivity.shapley import shapley_effects
from methodology.sensitivity.simulation import LevelSimulation, simulate_levels
from methodology.sensitivity.sizes import between_plants, magnitudes
from methodology.sensitivity.smaa import level_confidence
from methodology.sensitivity.sobol import sobol_indices
from methodology.sensitivity.sweeps import cut_sweep, limiting_sweep
from methodology.sensitivity.tipping import threshold_tipping, tipping_points
from methodology.sensitivity.weight_stability import weight_stability

__all__ = [
    "LevelSimulation",
    "between_plants",
    "combinations_of",
    "cut_sweep",
    "dirichlet_sampler",
    "factorial_effects",
    "level_confidence",
    "limiting_sweep",
    "magnitudes",
    "shapley_effects",
    "simulate_levels",
    "sobol_indices",
    "threshold_tipping",
    "tipping_points",
    "weight_stability",
]
