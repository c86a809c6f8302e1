"""Jupyter's managers of our kernels; apart, because a run has other things to begin with than importing Jupyter."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from methodology.errors import StageError

KERNEL = "methodology.runs.kernels.stage_kernel"


class OwnInterpreter(KernelSpecManager):
    """Knows one kernel, the running interpreter; a kernelspec in the user's home cannot stand in for it."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The spec of this interpreter, whatever the name."""
        return KernelSpec(
            argv=[sys.executable, "-P", "-m", KERNEL, "-f", "{connection_file}"],
            display_name=kernel_name,
            language="python",
        )


class ForkedProvisioner(LocalProvisioner):
    """Starts kernels by asking the parent they are forked from; in all else a local kernel."""

    warm: Any
    imports: list[str]

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork instead of starting `cmd`; the child reads the same arguments."""
        launcher = cmd.index(KERNEL)
        order = {
            "modules": self.imports,
            "argv": cmd[launcher:],
            "cwd": str(kwargs["cwd"]),
            "environment": kwargs["env"],
            "log": kwargs["stdout"].name,
        }
        try:
            self.process = kernel = self.warm.start(order)
        except (ConnectionError, OSError) as fault:
            raise RuntimeError(f"Kernel did not start: {fault}") from fault
        self.pid = self.pgid = kernel.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002 - the base class's signature
        """Kill and reap at once."""
        if self.process:
            self.process.kill()


def manager_of(connection: Path) -> AsyncKernelManager:
    """A manager whose kernel has not been started."""
    return AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=OwnInterpreter(), connection_file=str(connection)
    )


def fork_instead(manager: AsyncKernelManager, warm: Any, imports: Sequence[str]) -> None:
    """Have the kernel of a manager forked from a parent, once that has the modules its notebook imports."""
    manager.kernel_id = Path(manager.connection_file).stem
    spec = manager.kernel_spec
    if spec is None:
        raise StageError("The running interpreter has no kernel.")
    provisioner = ForkedProvisioner(kernel_id=manager.kernel_id, kernel_spec=spec, parent=manager)
    provisioner.warm = warm
    provisioner.imports = list(imports)
    manager.provisioner = provisioner
