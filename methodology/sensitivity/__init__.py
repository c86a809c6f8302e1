"""Which choice moves the result, and how far until a level flips."""

from methodology.sensitivity.shapley import shapley_effects
from methodology.sensitivity.simulation import simulate_levels
from methodology.sensitivity.sobol import sobol_indices
from methodology.sensitivity.tipping import cut_sweep, limiting_sweep, tipping_points
from methodology.sensitivity.weight_stability import weight_stability

__all__ = [
    "cut_sweep",
    "limiting_sweep",
    "shapley_effects",
    "simulate_levels",
    "sobol_indices",
    "tipping_points",
    "weight_stability",
]
