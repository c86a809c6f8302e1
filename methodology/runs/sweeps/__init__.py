"""Sweeps: one run per point of a grid, on processes or on a cluster."""
