"""One warm parent for the runs of many tests, as one `workbench run` of many systems has it: importing is paid once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from methodology.runs import schedule
from methodology.runs.kernels.cold import ColdKernels, kernel_environment
from methodology.runs.kernels.forked import ForkedKernels, can_fork


class KeptKernels(ForkedKernels):
    """Kernels that outlive a run; each notebook has its own process all the same."""

    def prepare(self, modules: list[str]) -> None:
        super().prepare([name for name in modules if name not in self._modules])

    def close(self) -> None:
        """The next run goes on with them."""

    def end(self) -> None:
        """No run goes on with them."""
        super().close()


Kept = dict[object, KeptKernels]
"""Kernels by their environment and cores."""


@contextmanager
def kept_kernels(kept: Kept) -> Iterator[None]:
    """Runs of this process share a parent as long as they have the same environment and cores."""
    start = schedule._start

    def started(name: str, cores: int) -> ColdKernels:
        if name == "cold" or not can_fork():
            return start(name, cores)
        key = tuple(sorted(kernel_environment(Path("/"), cores).items()))
        if key not in kept:
            kept[key] = KeptKernels(cores=cores)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedule, "_start", started)
        yield
