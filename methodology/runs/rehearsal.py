"""What a first call costs, paid once by the parent of forked kernels: machine code that is read from its cache."""

from __future__ import annotations

import numpy as np


def simulate() -> None:
    """Load the machine code of the simulation, in this thread alone: a process with threads must not fork."""
    from methodology.sensitivity import simulate_levels

    simulate_levels(
        np.array([[1.0, 2.0], [2.0, 1.0]]),
        np.array([[1.0, 1.5, 2.0], [1.0, 1.5, 2.0]]),
        np.array([0.5, 0.5]),
        better=["lower", "lower"],
        groups=["a", "b"],
        limiting=[True, False],
        draws=2,
        weight_concentration=200.0,
        threshold_cv=np.array([0.05, 0.0]),
        measurement_cv=np.array([0.03, 0.0]),
        central_weights=True,
        seed=1,
        threads=1,
    )
