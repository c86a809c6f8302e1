"""The evidence as a web site that needs no server and no network."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from methodology.errors import StageError
from methodology.evidence.chapters import chapters
from methodology.evidence.contents import RunContents
from methodology.evidence.drawn import Drawn
from methodology.evidence.front import DOCUMENTS, front_page
from methodology.evidence.imports import without_grammar
from methodology.evidence.notebooks import page_of

_log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()
"""Sphinx keeps its directives and roles in globals of the process."""
_TEXTS = frozenset({".css", ".html", ".js"})


def _import_sphinx() -> None:
    with without_grammar():
        import matplotlib.textpath  # noqa: F401
        import myst_nb.sphinx_ext  # noqa: F401
        import sphinx.application
        import sphinx.builders.html  # noqa: F401

        import methodology.evidence.house_sphinx  # noqa: F401


def build_site(contents: RunContents, drawn: Mapping[str, Drawn], target: Path) -> Path:
    """
    Render a front page, the pages made from results and, where the set has them, the executed notebooks.

    Parameters
    ----------
    contents : RunContents
        Of the set the site belongs to.
    drawn : mapping
        Figures of the pages.
    target : Path
        Folder to write; it holds the Word file, the workbook and the JSON file of the set beside `site/`.

    Returns
    -------
    Path
        `site/index.html` below `target`.

    Raises
    ------
    StageError
        If Sphinx cannot build; its own words are in the message.
    """
    _import_sphinx()
    pages, others = [page_of(path) for path in contents.notebooks], chapters(contents, drawn)
    sources = {f"{page.name}.ipynb": json.dumps(page.content) for page in pages}
    sources |= {f"{name}.md": text for name, text in others.items()}
    sources["index.md"] = front_page(contents, pages, others, drawn)
    with (
        tempfile.TemporaryDirectory(prefix="workbench-site-", ignore_cleanup_errors=True) as work,
        _one_at_a_time,
    ):
        built = _render(Path(work), contents, sources)
        _strip(built)
        (built / "_images").mkdir(exist_ok=True)
        for figure in drawn.values():
            (built / "_images" / f"{figure.name}.png").write_bytes(figure.png)
        for name in DOCUMENTS:
            shutil.copy(target / name, built / name)
        shutil.copytree(built, target / "site")
    return target / "site" / "index.html"


def _render(work: Path, contents: RunContents, sources: Mapping[str, str]) -> Path:
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    source, built = work / "source", work / "html"
    source.mkdir()
    for name, text in sources.items():
        (source / name).write_text(text, encoding="utf-8", newline="\n")
    said = io.StringIO()
    try:
        with patch_docutils(), docutils_namespace(), _quiet_sphinx():
            app = Sphinx(
                source, None, built, work / "doctrees", "html", _settings(contents), status=None, warning=said
            )
            app.build(force_all=True)
    except Exception as fault:
        raise StageError(
            f"The evidence site could not be built: {fault}\n{said.getvalue()}".rstrip()
        ) from fault
    if app.statuscode or not (built / "index.html").is_file():
        raise StageError(f"The evidence site could not be built.\n{said.getvalue()}".rstrip())
    if said.getvalue():
        _log.info("Sphinx said: %s", said.getvalue())
    return built


def _settings(contents: RunContents) -> dict[str, Any]:
    system = contents.system
    return {
        "extensions": ["myst_nb", "methodology.evidence.house_sphinx"],
        "project": f"{system.name_zh} {system.name_en}",
        "html_title": f"{system.name_zh} {system.name_en}",
        "html_theme": "house",
        "html_theme_options": {
            "run": contents.run,
            "status": system.status,
            "mark": contents.mark,
            "banner": contents.made_up,
        },
        "html_math_renderer": "drawn",
        "html_search_language": "workbench",
        "html_show_search_summary": False,
        "html_copy_source": False,
        "html_use_index": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
        "html_permalinks_icon": "#",
        "language": "en",
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "nb_code_prompt_show": "Code",
        "nb_code_prompt_hide": "Code",
        "myst_enable_extensions": ["dollarmath"],
        "myst_heading_anchors": 3,
        "pygments_style": "friendly",
        "suppress_warnings": ["mystnb.unknown_mime_type", "myst.xref_missing", "myst.header"],
    }


def _strip(built: Path) -> None:
    """Remove what only a rebuild would read, and what differs from build to build and from system to system."""
    for name in (".buildinfo", ".buildinfo.bak", "objects.inv"):
        (built / name).unlink(missing_ok=True)
    for path in built.rglob("*.map"):
        path.unlink()
    shutil.rmtree(built / "_sources", ignore_errors=True)
    for path in built.rglob("*"):
        if path.suffix in _TEXTS:
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))


@contextmanager
def _quiet_sphinx() -> Iterator[None]:
    """Let Sphinx set up its logging and take it away again, with the environment as it was."""
    logger = logging.getLogger("sphinx")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    environment = dict(os.environ)
    try:
        yield
    finally:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)
        for name in set(os.environ) - set(environment):
            del os.environ[name]
