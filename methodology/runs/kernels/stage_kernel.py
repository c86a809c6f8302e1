"""Run the kernel of a stage: what a cell prints or displays is a result, standard error goes to the stage's log.

Started cold as `python -m methodology.runs.kernels.stage_kernel -f CONNECTION`, or in a process that `warm_parent`
has forked.
"""

from __future__ import annotations

import logging
import sys

from ipykernel.kernelapp import IPKernelApp
from traitlets import Bool


class StageKernel(IPKernelApp):
    """
    A kernel that takes nothing from the set-up of the user or the machine.

    Warnings, libraries' loggers and what C libraries write by themselves would otherwise stand in a cell, though they
    depend on the machine and on what the process did before. The streams of the process are the stage's log.
    """

    capture_fd_output = Bool(False)

    def init_io(self) -> None:
        """Forward what Python prints, and nothing else."""
        super().init_io()
        sys.stderr = sys.__stderr__
        logging.basicConfig(stream=sys.__stderr__, format="%(levelname)s %(name)s: %(message)s")

    def log_connection_info(self) -> None:
        """Say nothing of how a person would connect."""
        level, self.log_level = self.log_level, logging.CRITICAL
        super().log_connection_info()
        self.log_level = level

    def load_config_file(self, *_: object, **__: object) -> None:
        """Leave settings of the machine alone; those of the user are out of reach."""

    def init_code(self) -> None:
        """Leave start-up files of the machine alone."""
        if self.shell:
            self.shell.user_ns_hidden.update(self.shell.user_ns)


if __name__ == "__main__":
    StageKernel.launch_instance()
