"""Everything readers get from a run, in one call."""

from __future__ import annotations

from pathlib import Path

from methodology.indicators import IndicatorSystem
from methodology.parameters import Project


def build_evidence(
    folder: Path, system: IndicatorSystem | None = None, *, project: Project | None = None
) -> dict[str, Path]:
    """
    Write the site, the Word draft and the workbook of a run; the same run gives the same bytes.

    Parameters
    ----------
    folder : Path
        Run folder with `results/` and executed `notebooks/`; documents are written into it.
    system : IndicatorSystem, optional
        The indicator system of the run; read from the project when not given.
    project : Project, optional
        Where the system is read; by default the project that holds `folder`, or the working directory.

    Returns
    -------
    dict
        `site`, `docx`, `xlsx`: what was written.

    Raises
    ------
    DataError
        If results are missing.
    StageError
        If a document cannot be written.
    """
    from methodology.evidence.contents import read_run
    from methodology.evidence.site import build_site
    from methodology.evidence.word import write_word
    from methodology.evidence.workbook import write_workbook

    contents = read_run(Path(folder), system, project=project)
    return {
        "docx": write_word(contents, contents.folder / "proposal.docx"),
        "xlsx": write_workbook(contents, contents.folder / "proposal.xlsx"),
        "site": build_site(contents),
    }


def prepare() -> None:
    """Import what the evidence needs; a runner calls it while kernels work, so that nobody waits for it."""
    import docx  # noqa: F401
    import xlsxwriter  # noqa: F401

    from methodology.evidence.site import prepare as prepare_site

    prepare_site()
