"""What a table was measured on: processors, what they call themselves, and the instruction set that is compiled for."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from llvmlite import binding
from numba.core import config

_SETS = {"avx512bw": "AVX-512", "avx2": "AVX2", "neon": "NEON", "sse4.2": "SSE4"}


def machine() -> str:
    """
    Name the machine.

    Examples
    --------
    >>> machine().split()[1]
    'processors'
    """
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    called = names[0] if names else platform.processor() or platform.machine()
    return f"{os.cpu_count()} processors ({called}, for the compiler {binding.get_host_cpu_name()}, {code()})"


def code() -> str:
    """Instruction set that this process compiles for."""
    named = getattr(config, "CPU_FEATURES", None)
    features = (
        binding.get_host_cpu_features()
        if named is None
        else dict.fromkeys(named.replace("+", "").split(","), True)
    )
    return next((name for feature, name in _SETS.items() if features.get(feature)), platform.machine())
