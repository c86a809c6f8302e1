"""The shipped run, made the ordinary way and in an environment stripped of all a machine usually has: the same bytes.

What differs at once: place of the project (blanks and Chinese characters, no git), working folder, home (empty, not to
be written), folder for temporary files (deep), locale, time zone, terminal, umask, hash seed, fonts, settings of
matplotlib, instruction sets of BLAS, numpy, the C library and the compiler, kernels and jobs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from shipped import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.stripped,
    pytest.mark.skipif(os.name != "posix", reason="strips what a POSIX machine has"),
]
RUN = "params/runs/ironmaking.yaml"
MAIN = "from methodology.cli import main; main()"
PARTS = ("data", "docs", "methodology", "notebooks", "params")
NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'
SETTINGS = (
    "figure.dpi: 200\nfont.family: monospace\nlines.linewidth: 4\nmathtext.fontset: cm\nno.such.key: 1\n"
)
OF_THIS_TIME = re.compile(
    r"with a (?:cold|forked) kernel|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+\d\d:\d\d|Z)?"
)
DESCRIBED = ("manifest.json", "ro-crate-metadata.json")
OF_THE_MOMENT = frozenset(
    {"created", "ended", "seconds", "kernel", "reused", "cores", "commit", "clean", "softwareVersion"}
)
"""Keys of the manifest that say when, how fast and from which checkout a run was made."""


def workbench(
    *words: str, cwd: Path, environment: dict[str, str], umask: int = -1
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *words],
        cwd=cwd,
        env=environment,
        umask=umask,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("stripped")


@pytest.fixture(scope="module")
def usual(place) -> Path:
    """The run as a user makes it here: warm kernels, two jobs, all that this machine has."""
    ordinary = os.environ | {"PYTHONPATH": str(ROOT)}
    done = workbench(
        "run", RUN, "--jobs", "2", "--runs", str(place / "usual"), cwd=ROOT, environment=ordinary
    )
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def copy(place) -> Path:
    """The project elsewhere, as from an archive."""
    root = place / "清洁 生产 (copy)"
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part)
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy2(ROOT / name, root)
    return root


@pytest.fixture(scope="module")
def bare(place, copy) -> dict[str, str]:
    """Environment variables of the bare machine, and the folders they name."""
    home, settings, deep = place / "home", place / "settings", place / ("deep" * 25)
    for folder in (home, settings, deep):
        folder.mkdir()
    (settings / "matplotlibrc").write_text(SETTINGS, encoding="utf-8")
    (place / "fonts.conf").write_text(NO_FONTS, encoding="utf-8")
    home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(copy),
        "PYTHONHASHSEED": "random",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C",
        "LC_ALL": "C",
        "TZ": "America/St_Johns",
        "HOME": str(home),
        "TMPDIR": str(deep),
        "COLUMNS": "40",
        "TERM": "dumb",
        "FONTCONFIG_FILE": str(place / "fonts.conf"),
        "MPLCONFIGDIR": str(settings),
        "MPL_IGNORE_SYSTEM_FONTS": "1",
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4",
        "NUMBA_CPU_NAME": "generic",
    }


@pytest.fixture(scope="module")
def made_bare(place, copy, bare) -> subprocess.CompletedProcess[str]:
    words = ("run", str(copy / RUN), "--jobs", "1", "--runs", str(place / "bare"))
    return workbench(*words, cwd=place, environment=bare, umask=0o077)


@pytest.fixture(scope="module")
def stripped(made_bare) -> Path:
    return Path(made_bare.stdout.strip().splitlines()[-1])


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def timeless(content: Any) -> Any:
    """A manifest or crate without its times and the kind of kernel, nor the digest of a manifest, which holds both."""
    if isinstance(content, dict):
        dropped = OF_THE_MOMENT | {"identifier"} if content.get("@id") == "manifest.json" else OF_THE_MOMENT
        return {name: timeless(value) for name, value in content.items() if name not in dropped}
    if isinstance(content, list):
        return [timeless(value) for value in content]
    return OF_THIS_TIME.sub("<time>", content) if isinstance(content, str) else content


def test_the_run_has_the_same_id(usual, stripped):
    assert stripped.name == usual.name


def test_every_file_of_the_run_is_the_same_byte_by_byte(usual, stripped):
    assert files(stripped) == files(usual)
    assert len(files(usual)) > 50
    different = {
        name
        for name in files(usual) - set(DESCRIBED)
        if (stripped / name).read_bytes() != (usual / name).read_bytes()
    }
    assert different == set()


@pytest.mark.parametrize("name", DESCRIBED)
def test_records_differ_in_times_only(usual, stripped, name):
    one, other = (json.loads((folder / name).read_text(encoding="utf-8")) for folder in (usual, stripped))
    assert timeless(one) == timeless(other)


def test_nothing_is_said_between_lines_of_progress(made_bare):
    lines = made_bare.stderr.splitlines()
    assert lines
    assert [line for line in lines if not line.startswith("ironmaking")] == []
    assert "warnings" not in made_bare.stderr


def test_home_settings_and_temporary_folder_are_left_as_they_were(place, stripped):
    assert list((place / "home").iterdir()) == []
    assert [path.name for path in (place / "settings").iterdir()] == ["matplotlibrc"]
    assert list((place / ("deep" * 25)).iterdir()) == []


def test_the_bare_machine_verifies_the_ordinary_run(usual, copy, bare):
    done = workbench("verify", str(usual), "--jobs", "2", cwd=copy, environment=bare, umask=0o077)
    assert "identical bit for bit" in done.stdout + done.stderr
