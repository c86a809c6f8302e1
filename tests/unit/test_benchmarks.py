"""What only a benchmark shows, held fast: vector instructions on every kind of processor, memory, sweeps on Dask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="measured on Linux")]


def printed(script: str, *arguments: str) -> str:
    command = [sys.executable, str(FOLDER / script), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}
    done = subprocess.run(command, cwd=FOLDER.parent, env=environment, capture_output=True, text=True)
    assert not done.returncode, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(("target", "bits"), [("haswell", 256), ("znver4", 512), ("neoverse-n1", 128)])
def test_levels_are_counted_in_vectors_on_every_kind_of_processor(target: str, bits: int) -> None:
    """AVX2, AVX-512 and NEON: sums of 16 bits that saturate, and compares as wide."""
    *_, row = printed("machine_code.py", target).strip().splitlines()
    name, adds, compares, width = (cell.strip() for cell in row.strip("|").split("|"))
    assert (name, int(width)) == (target, bits)
    assert int(adds) >= 8
    assert int(compares) >= 8


def test_a_million_draws_of_a_thousand_plants_stay_below_a_gigabyte() -> None:
    _, megabytes = map(float, printed("simulation.py", "--large").split())
    assert megabytes < 1000


def test_a_sweep_gives_the_same_table_on_dask_and_on_a_pool() -> None:
    told = printed("sweeps.py", "--points", "8", "--workers", "2")
    assert "What limits" in told
    assert "All wrote the same table" in told
