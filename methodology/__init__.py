"""Benchmark values and weights of cleaner-production standards, with their evidence."""

__version__ = "0.1.0"
