"""Answer a command about unchanged runs by digests alone, before a file is parsed or a model of its content is built.

What a command asks and every file that can decide which runs it means have one digest, taken of their bytes. Under it
stands which runs they were, once they were complete; these must stand there byte for byte as they were recorded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from methodology.errors import DataError
from methodology.indicators.plain_files import read_json
from methodology.languages import Language
from methodology.parameters.project import REGISTER, Project
from methodology.results.stages import STAGES
from methodology.results.store import CRATE, MANIFEST, PARAMETERS, Store, write_json
from methodology.runs.environment import DISTRIBUTION, installed, interpreter
from methodology.runs.hashing import PACKAGE, digest, entries_below, file_digest

if TYPE_CHECKING:
    from methodology.runs.schedule import Outcome

PLACES = tuple(
    sorted(
        {"notebooks", "plants.key", REGISTER}
        | {name.split("/")[0] for stage in STAGES for name in stage.files}
    )
)
"""Files and folders of a project that a run can read."""
_RECORD = (MANIFEST, PARAMETERS, CRATE)


class Complete(NamedTuple):
    """A complete run, and the language in which it speaks."""

    folder: Path
    language: Language


@dataclass(frozen=True)
class Question:
    """
    What a command asks, bound to the bytes of all that can decide the answer.

    Attributes
    ----------
    key : str
        Digest of both.
    read : frozenset of str
        Paths of the files whose bytes it holds.
    """

    store: Store
    project: Project
    key: str
    read: frozenset[str]

    def answer(self) -> list[Complete] | None:
        """The runs this meant before, in the order they were asked for; None if one is not there as it was."""
        with suppress(DataError, OSError, LookupError, TypeError, ValueError):
            kept = read_json(self._place)
            if kept["seal"] == digest([self.key, kept["runs"]]):
                runs = [
                    Complete(self.store.folder(run["system"], run["run"]), run["language"])
                    for run in kept["runs"]
                ]
                if all(_stands(found.folder, run) for found, run in zip(runs, kept["runs"], strict=True)):
                    return runs
        return None

    def keep(self, outcomes: Sequence[Outcome], again: Question | None) -> None:
        """
        Keep which runs were meant, if nothing was edited meanwhile and they read nothing but what was looked at.

        Parameters
        ----------
        again : Question or None
            The same question as things stand after the runs.
        """
        from methodology.runs.fingerprints import declared_files

        if again != self or any(outcome.folder is None for outcome in outcomes):
            return
        chosen = [outcome.parameters for outcome in outcomes]
        files = (declared_files(stage, one, self.project).values() for one in chosen for stage in STAGES)
        if not {str(path) for found in files for path in found} <= self.read:
            return
        with suppress(OSError):
            runs = [_kept(outcome) for outcome in outcomes]
            write_json(self._place, {"runs": runs, "seal": digest([self.key, runs])})

    @property
    def _place(self) -> Path:
        return self.store.cache / "printed" / f"asked-{self.key[:32]}.json"


def question(
    files: Sequence[Path], overrides: Sequence[str], project: Project, runs: Path
) -> Question | None:
    """What a command asks as things stand; None where a file cannot be read, or leads out of the project."""
    packages = {name: version for name, (version, _) in installed().items()}
    roots = dict.fromkeys((project.root, project.base))
    places = [root / name for root in roots for name in PLACES]
    requirements = [PACKAGE.parent / "pyproject.toml"]
    if DISTRIBUTION in installed():
        requirements += [installed()[DISTRIBUTION][1] / "METADATA"]
    try:
        found = dict(_bytes_below([*places, PACKAGE, *requirements, *files]))
    except OSError:
        return None
    said = [os.getcwd(), list(map(str, files)), list(overrides), [str(root) for root in roots], str(runs)]
    heard = {name: value for name, value in os.environ.items() if name.startswith("WORKBENCH_")}
    key = digest([said, heard, found, sys.version, sys.prefix, interpreter(), packages])
    return Question(Store(runs), project, key, frozenset(found))


def _bytes_below(places: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Path and digest of every file; byte code is left out, and what is absent or a folder is said to be so."""
    for place in places:
        if not place.is_dir():
            yield str(place), file_digest(place) if place.exists() else "absent"
            continue
        files, others = entries_below(place)
        for name in files:
            if "__pycache__/" not in name:
                yield f"{place}{os.sep}{name.replace('/', os.sep)}", file_digest(place / name)
        for name in others:
            if (place / name).is_symlink() or not (place / name).is_dir():
                raise OSError(f"{name} is no ordinary file")
            yield str(place / name), "empty"


def _kept(outcome: Outcome) -> dict[str, object]:
    folder = outcome.folder or Path()
    record = {name: file_digest(folder / name) for name in _RECORD}
    return {
        "system": folder.parent.name,
        "run": folder.name,
        "language": outcome.parameters.language,
        "record": record,
    }


def _stands(folder: Path, run: dict[str, dict[str, str]]) -> bool:
    """Whether a run has the record it had, and the files of that record, as they were, and no others."""
    there, strange = entries_below(folder)
    if strange or file_digest(folder / MANIFEST) != run["record"][MANIFEST]:
        return False
    manifest = read_json(folder / MANIFEST)
    wanted = manifest["outputs"] | manifest["evidence"] | run["record"]
    named = [manifest["system"], manifest["run"]] == [run["system"], run["run"]]
    same = named and set(there) == wanted.keys() and {*_RECORD} <= wanted.keys()
    return same and all(file_digest(folder / name) == value for name, value in wanted.items())
