"""Everything readers get from a run, in one call: one set for the house, one that may leave it."""

from __future__ import annotations

import json
import pickle
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from methodology.indicators import IndicatorSystem
from methodology.parameters import Project

if TYPE_CHECKING:
    from methodology.evidence.secrets import Secrets
    from methodology.findings.contents import RunContents
    from methodology.findings.drawn import Drawn

SEARCHED = "search_data.js"
"""What the search looks through: the texts of pages that are inspected themselves."""
_SHIPPED = frozenset({SEARCHED, "assumptions.html", "terms.html"})
"""Files that say the same in every run of this installation, or what other files say."""
SETS = ("public", "internal")
DRAWN = ".drawn"
"""Where figures lie in the folder of a run between the steps of its evidence."""
WITHOUT_FIGURES = ("standard.docx", "proposal.xlsx")
"""Documents of a set that need no figure."""
_HALVES = (slice(0, None, 2), slice(1, None, 2))


def build_evidence(
    folder: Path, system: IndicatorSystem | None = None, *, project: Project | None = None
) -> dict[str, Path]:
    """
    Write both sets of evidence of a run; the same run gives the same bytes.

    Parameters
    ----------
    folder : Path
        Run folder with `results/` and executed `notebooks/`; the sets are written into it.
    system : IndicatorSystem, optional
        The indicator system of the run; read from the project when not given.
    project : Project, optional
        Where the system is read; by default the project that holds `folder`, or the working directory.

    Returns
    -------
    dict
        `public`, `internal`: folders with `site/`, standard.docx, explanation.docx, proposal.xlsx, proposal.json. The
        internal set is marked on every page and sheet.

    Raises
    ------
    DataError
        If results are missing.
    StageError
        If a document cannot be written, or if a file of the public set would print one plant's figure or a value read
        off the plants; what stood there before stays.
    """
    contents, public, secrets = _read(folder, system, project)
    drawn = _draw(public, secrets)
    with tempfile.TemporaryDirectory(prefix="workbench-evidence-", ignore_cleanup_errors=True) as work:
        for name, own in zip(SETS, (public, contents), strict=True):
            _write_set(own, drawn, Path(work) / name)
        _search(Path(work), drawn, secrets)
        for name in SETS:
            _put(Path(work) / name, contents.folder / name)
    return {name: contents.folder / name for name in SETS}


@dataclass(frozen=True)
class EvidenceOf:
    """
    The evidence of runs of a project: built at once, or in steps, each of tasks that may be done side by side.

    Examples
    --------
    >>> [len(tasks) for tasks in EvidenceOf(Project.around()).steps]
    [2, 2]
    """

    project: Project
    system: IndicatorSystem | None = None

    def __call__(self, folder: Path) -> dict[str, Path]:
        """Build it; see `build_evidence`."""
        return build_evidence(folder, self.system, project=self.project)

    @property
    def steps(self) -> tuple[tuple[Callable[[Path], None], ...], ...]:
        """
        The same of a run that has none yet: half of the figures each, then a set each. `DRAWN` is left behind.

        The internal set takes longer, so the documents in it that need no figure are written with the figures.
        """
        halves = tuple(partial(_draw_half, half, self.system, self.project) for half in range(len(_HALVES)))
        return halves, tuple(partial(_write_one, name, self.system, self.project) for name in SETS)


def _draw_half(half: int, system: IndicatorSystem | None, project: Project, folder: Path) -> None:
    contents, public, secrets = _read(folder, system, project)
    (folder / DRAWN).mkdir(exist_ok=True)
    (folder / DRAWN / str(half)).write_bytes(pickle.dumps(_draw(public, secrets, _HALVES[half])))
    _write_plain(contents, WITHOUT_FIGURES[half], folder / DRAWN)


def _write_one(name: str, system: IndicatorSystem | None, project: Project, folder: Path) -> None:
    contents, public, secrets = _read(folder, system, project)
    halves = [(folder / DRAWN / str(half)).read_bytes() for half in range(len(_HALVES))]
    drawn = {key: one for half in halves for key, one in pickle.loads(half).items()}  # noqa: S301 - written a step before
    with tempfile.TemporaryDirectory(prefix="workbench-evidence-", ignore_cleanup_errors=True) as work:
        if name == SETS[0]:
            _write_set(public, drawn, Path(work) / name)
            _search(Path(work), drawn, secrets)
        else:
            _write_set(contents, drawn, Path(work) / name, folder / DRAWN)
        _put(Path(work) / name, folder / name)


def _read(
    folder: Path, system: IndicatorSystem | None, project: Project | None
) -> tuple[RunContents, RunContents, Secrets]:
    """What a run holds, what of it may leave the house, and what may not."""
    from methodology.evidence.secrets import read_secrets
    from methodology.findings.contents import read_run

    contents = read_run(Path(folder), system, project=project)
    secrets = read_secrets(contents.folder, contents.system, contents.proposal)
    return contents, contents.public(secrets.gives_away), secrets


def _draw(public: RunContents, secrets: Secrets, only: slice = slice(None)) -> dict[str, Drawn]:
    from methodology.evidence.guard import inspect_table
    from methodology.findings.drawn import draw

    return draw(public, partial(inspect_table, secrets=secrets), only)


def _search(work: Path, drawn: Mapping[str, Drawn], secrets: Secrets) -> None:
    from methodology.evidence.guard import search

    claims = [claim for figure in drawn.values() for claim in (figure.claim, figure.claim_en)]
    search(work, searched(work / SETS[0]), secrets.excusing(claims))


def _put(made: Path, place: Path) -> None:
    """Put a finished set in the place of what stood there."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(made, place)


def make_ready() -> None:
    """Import what `build_evidence` will: while a run is made, there is time for it before there are results."""
    from methodology.documents import explanation, standard, workbook  # noqa: F401
    from methodology.evidence import guard, secrets, site  # noqa: F401
    from methodology.findings import contents, drawn  # noqa: F401


def _write_set(
    contents: RunContents, drawn: Mapping[str, Drawn], target: Path, ready: Path | None = None
) -> None:
    """Write a set, with documents that need no figure from `ready` where they stand there."""
    from methodology.documents.explanation import write_explanation
    from methodology.evidence.site import build_site

    target.mkdir()
    for name in WITHOUT_FIGURES:
        if ready is None:
            _write_plain(contents, name, target)
        else:
            shutil.copyfile(ready / name, target / name)
    write_explanation(contents, drawn, target / "explanation.docx")
    marked = {"marking": contents.mark} if contents.mark else {}
    text = json.dumps({**marked, **contents.proposal}, ensure_ascii=False, indent=2, allow_nan=False)
    (target / "proposal.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    build_site(contents, drawn, target)


def _write_plain(contents: RunContents, name: str, target: Path) -> None:
    """Write one of the documents that need no figure."""
    from methodology.documents.standard import write_standard
    from methodology.documents.workbook import write_workbook

    (write_standard, write_workbook)[WITHOUT_FIGURES.index(name)](contents, target / name)


def searched(folder: Path) -> list[Path]:
    """Files of the public set that a run decides, one of those that are the same file in two places."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    own = [path for path in files if path.parent.name != "_static" and path.name not in _SHIPPED]
    return list({(path.suffix, path.read_bytes()): path for path in reversed(own)}.values())[::-1]
