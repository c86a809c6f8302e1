"""Identify the environment of a run, as far as it decides the bytes: Python, system, kind of processor, packages.

Packages are those the project's own requirements reach, whatever else lies in the same environment: an installer, a
plug-in or a newer pip decides nothing. Python counts by its minor version, whose patches change no result. The C
library decides last bits of functions such as exp, zlib how pictures and documents are packed. Processors of one kind
are held to the same arithmetic by the environment of the kernels, whose code is part of every recipe.
"""

from __future__ import annotations

import platform
import re
import sys
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

DISTRIBUTION = "cleaner-production-workbench"
_SHOWS_ONLY = frozenset({"anywidget", "jupyterlab"})
"""Required, and no output depends on it nor on what only it requires."""
_INSTALLERS = frozenset({"pip", "setuptools", "uv", "wheel"})
_REQUIRED = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^]]*)])?[^;]*(?:;(.*))?", re.DOTALL)
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")
_ABSENT = "absent"
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}


def normalised(name: str) -> str:
    """Name of a distribution as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def installed() -> dict[str, tuple[str, Path]]:
    """Version and metadata folder of every distribution that can be imported; the first on the path counts."""
    found: dict[str, tuple[str, Path]] = {}
    for place in sys.path:
        folder = Path(place or ".")
        for entry in sorted(folder.glob("*.dist-info")) if folder.is_dir() else ():
            name, _, version = entry.name.removesuffix(".dist-info").rpartition("-")
            found.setdefault(normalised(name), (version, entry))
    return found


def _requirements(metadata: Path) -> Iterator[str]:
    """`Requires-Dist` of a distribution: the headers end at the first empty line."""
    with (metadata / "METADATA").open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.rstrip("\r\n"):
                return
            if line.startswith("Requires-Dist:"):
                yield line.partition(":")[2].strip()


def _own_requirements() -> list[str]:
    """What the workbench requires: as the source tree states it, or as it was installed."""
    source = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if source.is_file():
        project = tomllib.loads(source.read_text(encoding="utf-8")).get("project", {})
        if normalised(str(project.get("name", ""))) == DISTRIBUTION:
            return list(project.get("dependencies", ()))
    own = installed().get(DISTRIBUTION)
    return list(_requirements(own[1])) if own else []


def _reads(requirement: str, extras: frozenset[str]) -> tuple[str, frozenset[str]] | None:
    """Name and extras a requirement asks for; None if its marker does not hold here."""
    match = _REQUIRED.fullmatch(requirement)
    if match is None:
        return None
    name, wanted, marker = match.groups()
    if marker:
        named = {normalised(extra) for extra in _EXTRA.findall(marker)}
        if named and not named & extras:
            return None
        if not (named and _EXTRA.fullmatch(marker.strip())) and not _holds(marker, tuple(sorted(extras))):
            return None
    return normalised(name), frozenset(
        normalised(extra) for extra in (wanted or "").split(",") if extra.strip()
    )


@cache
def _holds(marker: str, extras: tuple[str, ...]) -> bool:
    from packaging.markers import Marker

    read = Marker(marker)
    return any(read.evaluate({"extra": extra}) for extra in (*extras, ""))


@cache
def required_packages() -> dict[str, str]:
    """Version of every distribution the project's requirements reach, by name."""
    found: dict[str, str] = {}
    none: frozenset[str] = frozenset()
    waiting = [read for line in _own_requirements() if (read := _reads(line, none))]
    waiting = [read for read in waiting if read[0] not in _SHOWS_ONLY]
    seen = set()
    while waiting:
        name, extras = asked = waiting.pop()
        if asked in seen or name in _INSTALLERS:
            continue
        seen.add(asked)
        found[name], metadata = installed().get(name, (_ABSENT, None))
        if metadata is not None:
            waiting += [read for line in _requirements(metadata) if (read := _reads(line, extras))]
    return dict(sorted(found.items()))


def interpreter() -> dict[str, Any]:
    """Interpreter, platform and kind of processor a run executes in; no host, no user, no path."""
    machine = platform.machine().lower()
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "platform": sys.platform,
        "machine": _MACHINES.get(machine, machine),
        "libc": " ".join(platform.libc_ver()).strip(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


@cache
def environment() -> dict[str, Any]:
    """What a run executes in: interpreter, platform, kind of processor, and packages."""
    return interpreter() | {"packages": required_packages()}


def deciding(described: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an environment that decides the bytes of a run."""
    names = ("implementation", "platform", "machine", "libc", "zlib", "packages")
    minor = ".".join(str(described["python"]).split(".")[:2])
    return {"python": minor, **{name: described[name] for name in names}}
