"""Vector instructions in the machine code of the function that counts levels, for each kind of processor.

python benchmarks/machine_code.py [TARGET ...]

numba compiles for a target in a process of its own, as `NUMBA_CPU_NAME` says; nothing of it is run. For ARM, LLVM gets
the module as numba hands it over before optimising, because numba itself compiles for the kind of machine it runs on.
"""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

AVX2 = "+avx2,+bmi,+bmi2,+lzcnt,+fma,+f16c"
TARGETS = {
    "x86-64-v2": "+sse4.2,+ssse3",
    "haswell": AVX2,
    "znver4": f"{AVX2},+avx512f,+avx512bw,+avx512vl,+avx512dq,+avx512cd",
    "neoverse-n1": "",
    "apple-m1": "",
}
"""Processors as LLVM calls them, and the features that numba has to be told of."""
ARM = {"neoverse-n1": "aarch64-unknown-linux-gnu", "apple-m1": "arm64-apple-macosx"}
ADDS = re.compile(r"\bv?paddusw\b.*|\buqadd\b.*\.8h.*|\buqadd\.8h\b.*")
COMPARES = re.compile(r"\bv?pcmp\w*w\b.*|\bcm(?:gt|ge|hi|hs)\b.*\.8h.*|\bcm(?:gt|ge|hi|hs)\.8h\b.*")
WIDTHS = {"zmm": 512, "ymm": 256, "xmm": 128, "8h": 128}


class Found(NamedTuple):
    """Saturating additions and compares of 16-bit numbers, and the bits that the widest addition takes at once."""

    adds: int
    compares: int
    width: int


def instructions(target: str) -> Found:
    """What the machine code for a target holds."""
    told = {"NUMBA_OPT": "0"} if target in ARM else _named(target)
    with tempfile.TemporaryDirectory() as cache:
        emitted = _python("--emit", target, **told, NUMBA_CACHE_DIR=cache)
    adds = ADDS.findall(emitted)
    widest = max((bits for line in adds for name, bits in WIDTHS.items() if name in line), default=0)
    return Found(len(adds), len(COMPARES.findall(emitted)), widest)


def _named(target: str) -> dict[str, str]:
    return {"NUMBA_CPU_NAME": target, "NUMBA_CPU_FEATURES": TARGETS[target]}


def _python(*arguments: str, **told: str) -> str:
    command = [sys.executable, "-W", "ignore", __file__, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        signature = Path(folder) / "signature"
        signature.write_bytes(_signature())
        done = subprocess.run(
            [*command, str(signature)], env={**os.environ, **told}, capture_output=True, text=True
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def _signature() -> bytes:
    """Types of what the counting function is called with, as a simulation on this machine has them."""
    from methodology.runs.kernels.rehearsal import simulate
    from methodology.sensitivity import kernel

    counting: Any = kernel.count_chunk
    if not counting.signatures:
        simulate()
    return pickle.dumps(counting.signatures[0])


def _emit(target: str, signature: Any) -> str:
    """In a process of its own: compile, and give the assembly."""
    from methodology.sensitivity import kernel

    counting: Any = kernel.count_chunk
    counting.compile(signature)
    if target not in ARM:
        return str(counting.inspect_asm(signature))
    return _for_arm(counting.inspect_llvm(signature), target)


def _for_arm(text: str, target: str) -> str:
    from llvmlite import binding

    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    kept = [line for line in text.splitlines() if not line.startswith(("target triple", "target datalayout"))]
    module = binding.parse_assembly("\n".join(kept))
    module.triple = ARM[target]
    machine = binding.Target.from_triple(ARM[target]).create_target_machine(cpu=target, opt=3)
    module.data_layout = str(machine.target_data)
    tuning = binding.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = True
    builder = binding.create_pass_builder(machine, tuning)
    for _ in range(2):  # numba optimises its modules twice as well
        builder.getModulePassManager().run(module, builder)
    return str(machine.emit_assembly(module))


def main() -> None:
    """Print a row per target."""
    if sys.argv[1:2] == ["--emit"]:
        print(_emit(sys.argv[2], pickle.loads(Path(sys.argv[3]).read_bytes())))
        return
    print("| target | saturating adds | compares | bits |\n|---|---|---|---|")
    for target in sys.argv[1:] or TARGETS:
        found = instructions(target)
        print(f"| {target} | {found.adds} | {found.compares} | {found.width} |", flush=True)


if __name__ == "__main__":
    main()
