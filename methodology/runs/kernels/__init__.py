"""Kernels of a run: cold processes, and forks of a parent that has imported already."""
