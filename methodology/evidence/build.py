"""Everything readers get from a run, in one call: one set for the house, one that may leave it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from methodology.findings.contents import RunContents
    from methodology.findings.drawn import Drawn
from methodology.indicators import IndicatorSystem
from methodology.parameters import Project

SEARCHED = "search_data.js"
"""What the search looks through: the texts of pages that are inspected themselves."""
_SHIPPED = frozenset({SEARCHED, "assumptions.html", "terms.html"})
"""Files that say the same in every run of this installation, or what other files say."""
SETS = ("public", "internal")


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
    from methodology.evidence.guard import inspect_table, search
    from methodology.evidence.secrets import read_secrets
    from methodology.findings.contents import read_run
    from methodology.findings.drawn import draw

    contents = read_run(Path(folder), system, project=project)
    secrets = read_secrets(contents.folder, contents.system, contents.proposal)
    public = contents.public(secrets.gives_away)
    drawn = draw(public, partial(inspect_table, secrets=secrets))
    with tempfile.TemporaryDirectory(prefix="workbench-evidence-", ignore_cleanup_errors=True) as work:
        for name, own in zip(SETS, (public, contents), strict=True):
            _write_set(own, drawn, Path(work) / name)
        claims = [claim for figure in drawn.values() for claim in (figure.claim, figure.claim_en)]
        search(Path(work), searched(Path(work) / "public"), secrets.excusing(claims))
        for name in SETS:
            shutil.rmtree(contents.folder / name, ignore_errors=True)
            shutil.copytree(Path(work) / name, contents.folder / name)
    return {name: contents.folder / name for name in SETS}


def make_ready() -> None:
    """Import what `build_evidence` will: while a run is made, there is time for it before there are results."""
    from methodology.documents import explanation, standard, workbook  # noqa: F401
    from methodology.evidence import guard, secrets, site  # noqa: F401
    from methodology.findings import contents, drawn  # noqa: F401


def _write_set(contents: RunContents, drawn: Mapping[str, Drawn], target: Path) -> None:
    from methodology.documents.explanation import write_explanation
    from methodology.documents.standard import write_standard
    from methodology.documents.workbook import write_workbook
    from methodology.evidence.site import build_site

    target.mkdir()
    write_standard(contents, target / "standard.docx")
    write_explanation(contents, drawn, target / "explanation.docx")
    write_workbook(contents, target / "proposal.xlsx")
    marked = {"marking": contents.mark} if contents.mark else {}
    text = json.dumps({**marked, **contents.proposal}, ensure_ascii=False, indent=2, allow_nan=False)
    (target / "proposal.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    build_site(contents, drawn, target)


def searched(folder: Path) -> list[Path]:
    """Files of the public set that a run decides, one of those that are the same file in two places."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    own = [path for path in files if path.parent.name != "_static" and path.name not in _SHIPPED]
    return list({(path.suffix, path.read_bytes()): path for path in reversed(own)}.values())[::-1]
