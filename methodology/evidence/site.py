"""The evidence as a web site that needs no server and no network: pages in two languages, and a search through them."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from methodology.evidence.build import SEARCHED
from methodology.evidence.chapters import chapters
from methodology.evidence.front import DOCUMENTS, front_page
from methodology.evidence.indicator_pages import indicator_pages
from methodology.evidence.markup import attribute, spoken, told
from methodology.evidence.notebooks import page_of
from methodology.evidence.pages import Page
from methodology.evidence.reference_pages import mentions, reference_pages
from methodology.evidence.weight_pages import weight_pages
from methodology.findings.contents import RunContents
from methodology.findings.drawn import Drawn
from methodology.languages import Words

THEME = Path(__file__).with_name("theme")
_LISTED = ("main", "notebooks", "reference")
"""Parts of the navigation; a page of any other chapter is listed below the page its chapter names."""
_RANKS = {"indicators": 0, "weights": 1, "reference": 3, "notebooks": 4}
"""Which pages a search shows first; what stands in all else comes between."""
_IN_A_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def build_site(contents: RunContents, drawn: Mapping[str, Drawn], target: Path) -> Path:
    """
    Render the front page, the pages made from results, those that explain, and the executed notebooks of the set.

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
        If a notebook cannot be read.
    """
    pages = site_pages(contents, drawn)
    with tempfile.TemporaryDirectory(prefix="workbench-site-", ignore_cleanup_errors=True) as work:
        built = Path(work) / "site"
        (built / "_images").mkdir(parents=True)
        _write_static(built / "_static")
        _write_pages(contents, pages, built)
        pictures = {f"{figure.name}.svg": figure.svg for figure in drawn.values()}
        pictures |= {f"{figure.name}_en.svg": figure.svg_en for figure in drawn.values() if figure.svg_en}
        for page in pages:
            pictures |= page.pictures
        for name, content in pictures.items():
            (built / "_images" / name).write_bytes(content)
        for name in DOCUMENTS:
            shutil.copy(target / name, built / name)
        shutil.copytree(built, target / "site")
    return target / "site" / "index.html"


def site_pages(contents: RunContents, drawn: Mapping[str, Drawn]) -> list[Page]:
    """Every page of the site, in the order of the navigation."""
    notebooks = [page_of(path, contents.named) for path in contents.notebooks]
    return [
        front_page(contents, notebooks, drawn),
        *indicator_pages(contents, drawn),
        *weight_pages(contents, drawn),
        *chapters(contents),
        *notebooks,
        *reference_pages(contents),
        Page(
            "search", Words("搜索", "Search"), '<p id="search-said"></p><ul id="search-results"></ul>', (), ""
        ),
    ]


def _write_pages(contents: RunContents, pages: Sequence[Page], built: Path) -> None:
    render, known = _template(contents, pages), mentions(contents)
    searched = []
    for page in pages:
        body, said = known.linked(page.html, page.name)
        _write(built / page.address, render(page, body))
        if page.name != "search":
            places = [[place, *dict.fromkeys(words)] for place, words in said]
            searched.append([page.address, _RANKS.get(page.chapter, 2), page.title, places])
    data = json.dumps(searched, ensure_ascii=False, separators=(",", ":")).translate(_IN_A_SCRIPT)
    _write(built / SEARCHED, f"const SEARCHED = {data};\n")


def single_page(page: Page, first: str) -> str:
    """A page that stands alone: style and switch inside it, nothing beside it."""
    style, script = (
        (THEME / "static" / name).read_text(encoding="utf-8") for name in ("house.css", "language.js")
    )
    told = {"page": page, "first": first, "style": Markup(style), "script": Markup(script)}  # noqa: S704 - our own
    return str(_environment().get_template("single.html").render(told)) + "\n"


def _environment() -> Environment:
    made = Environment(autoescape=True, loader=FileSystemLoader(THEME), undefined=StrictUndefined)
    made.globals["attribute"] = lambda name, zh, en: Markup(attribute(name, zh, en))  # noqa: S704 - escaped where it was written
    return made


def _template(contents: RunContents, pages: Sequence[Page]) -> Any:
    """What renders a page between navigation and turning of pages."""
    system = contents.system
    environment = _environment()
    environment.globals |= {
        "spoken": lambda zh, en: Markup(spoken(zh, en)),  # noqa: S704 - escaped where it was written
        "told": lambda text: Markup(told(text)),  # noqa: S704 - escaped where it was written
        "first": contents.language,
        "system": (system.name_zh, system.name_en),
        "status": ("征求意见稿", "draft") if system.status == "draft" else ("已发布", "published"),
        "run": contents.run,
        "mark": contents.mark,
        "banner": Markup("".join(f"<p>{told(sentence)}</p>" for sentence in contents.invented)),  # noqa: S704 - escaped where it was written
        "chapters": [[page for page in pages if page.chapter == chapter] for chapter in _LISTED],
        "inside": {page.name: [part for part in pages if part.chapter == page.name] for page in pages},
    }
    template = environment.get_template("page.html")

    def render(page: Page, body: str) -> str:
        order = [one for one in pages if one.chapter]
        at = order.index(page) if page in order else 0
        turning = {
            "before": order[at - 1] if at else None,
            "after": order[at + 1] if page in order and at + 1 < len(order) else None,
        }
        return str(template.render(page=page, body=Markup(body), **turning)) + "\n"  # noqa: S704 - escaped where it was written

    return render


def _write_static(folder: Path) -> None:
    from pygments.formatters import HtmlFormatter

    folder.mkdir()
    for path in sorted((THEME / "static").iterdir()):
        _write(folder / path.name, path.read_text(encoding="utf-8"))
    _write(folder / "pygments.css", HtmlFormatter(style="friendly").get_style_defs(".highlight") + "\n")


def _write(path: Path, text: str) -> None:
    """With the line ends of Unix, whatever those of the source."""
    path.write_text(text.replace("\r\n", "\n"), encoding="utf-8", newline="\n")
