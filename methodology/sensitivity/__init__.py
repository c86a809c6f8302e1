"""Which choice moves the result, and how far until a level flips."""

from methodology.sensitivity.simulation import LevelSimulation, simulate_levels

__all__ = ["LevelSimulation", "simulate_levels"]
