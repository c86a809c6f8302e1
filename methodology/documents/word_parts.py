"""Paragraphs, tables, pictures and fields of a Word document."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

TWIPS_PER_CM = 1440 / 2.54
HIGHEST_CM = 22.0
"""Height of a picture: a page holds it with its caption."""
MOST_HELD = 12
"""Rows of one thing that are kept on one page; more would leave the page before them empty."""
SHORT = 40
"""Characters of the longest row of a table that is one thing as a whole, if it has no more rows than that."""
_MARGINS = '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
_NOT_IN_XML = re.compile("[^\\t\\n\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
SUPER = "\ue000"
"""Behind it, to the end of the line, a cell is raised: the mark of a note to the table."""


def paragraph(
    document: Any, text: str, *, style: str = "Normal", centred: bool = False, size: float = 0
) -> Any:
    """One paragraph; control signs that XML forbids are left out."""
    made = document.add_paragraph(style=style)
    run = made.add_run(clean(text))
    if size:
        run.font.size = Pt(size)
    if centred:
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return made


def clean(text: object) -> str:
    """Text without the signs that XML cannot hold."""
    return _NOT_IN_XML.sub("", str(text))


def run_xml(text: str, look: str = "") -> str:
    """A run of text as XML, its line breaks kept."""
    lines = escape(clean(text).replace(" %", "\u00a0%")).replace("\t", " ").split("\n")
    words = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{words}</w:r>"


def field_xml(code: str, shown: str, look: str = "") -> str:
    """A field with what it shows until it is brought up to date."""
    props = f"<w:rPr>{look}</w:rPr>" if look else ""
    begin, apart, end = (
        f'<w:r>{props}<w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )
    instruction = f'<w:r>{props}<w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
    return f"{begin}{instruction}{apart}{run_xml(shown, look)}{end}"


def marked_xml(inside: str, name: str, number: int) -> str:
    """Runs that a reference can point at."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{inside}<w:bookmarkEnd w:id="{number}"/>'


def place_xml(document: Any, runs: str, *, style: str, layout: str = "") -> None:
    """A paragraph made of runs of XML."""
    named = document.styles[style].style_id
    made = f'<w:p {nsdecls("w", "m")}><w:pPr><w:pStyle w:val="{named}"/>{layout}</w:pPr>{runs}</w:p>'
    document.element.body.insert_element_before(parse_xml(made), "w:sectPr")


def text_width(document: Any) -> float:
    """Width of the text in cm."""
    section = document.sections[-1]
    return float((section.page_width - section.left_margin - section.right_margin) / Cm(1))


@dataclass(frozen=True)
class Grid:
    """
    What a table holds and how it is set.

    Attributes
    ----------
    header, rows : sequences of texts
        A cell that is None continues the cell above it.
    widths : sequence of float
        Widths in proportion; the table fills the width of the text.
    centred : sequence of int
        Columns set in the middle.
    notes : sequence of str
        Notes in a last row across the table, as standards print them.
    size : float
        Of the letters, in points.
    look : str
        More properties of the letters.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    widths: Sequence[float]
    centred: Sequence[int] = ()
    notes: Sequence[str] = ()
    size: float = 9
    look: str = ""


def table(document: Any, told: Grid) -> Any:
    """Write a grid whose header repeats on every page and whose columns keep their widths."""
    header, rows, widths = told.header, told.rows, told.widths
    scale = text_width(document) / sum(widths)
    grid = [round(width * scale * TWIPS_PER_CM) for width in widths]
    sides, look = dict.fromkeys(told.centred, "center"), f'<w:sz w:val="{round(2 * told.size)}"/>{told.look}'
    below: list[Sequence[str | None]] = [*rows, [""] * len(header)]
    body, held = [], _held(told)
    for line, texts in enumerate([header, *rows]):
        cells = "".join(
            _cell(
                text,
                grid[place],
                look,
                side="center" if line == 0 else sides.get(place, ""),
                spans=below[line][place] is None,
                held=line in held,
            )
            for place, text in enumerate(texts)
        )
        body.append(
            f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if line == 0 else ''}</w:trPr>{cells}</w:tr>"
        )
    if told.notes:
        span = f'<w:gridSpan w:val="{len(grid)}"/>'
        body.append(
            f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(chr(10).join(told.notes), sum(grid), look, more=span)}</w:tr>"
        )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    made = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(grid)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblBorders>{_frame()}</w:tblBorders><w:tblLayout w:type="fixed"/>{_MARGINS}'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(body)}</w:tbl>"
    )
    document.element.body.insert_element_before(made, "w:sectPr")
    return made


def _held(told: Grid) -> set[int]:
    """Rows that stay on the page of the next: the header, those of one thing or small table, the last before notes."""
    begins = [place for place, row in enumerate(told.rows) if row[0] is not None]
    if max((len("".join(filter(None, row))) for row in told.rows), default=0) <= SHORT:
        begins = begins[:1] if len(told.rows) <= MOST_HELD else begins
    held = {0, len(told.rows)} if told.notes else {0}
    for first, after in pairwise([*begins, len(told.rows)]):
        if after - first <= MOST_HELD:
            held.update(range(first + 1, after))
    return held


def _frame() -> str:
    """A heavy line around, light ones within."""
    weights = dict.fromkeys(("top", "left", "bottom", "right"), 12) | dict.fromkeys(("insideH", "insideV"), 4)
    return "".join(
        f'<w:{side} w:val="single" w:sz="{weight}" w:space="0"/>' for side, weight in weights.items()
    )


def _cell(
    text: str | None, width: int, look: str, *, side: str = "", spans: bool = False, held: bool = False,
    more: str = "",
) -> str:  # fmt: skip
    """One cell as XML; a thousand cells built by python-docx would take a second."""
    merge = '<w:vMerge w:val="continue"/>' if text is None else '<w:vMerge w:val="restart"/>' if spans else ""
    jc = f'<w:jc w:val="{side}"/>' if side else ""
    keep = "<w:keepNext/>" if held else ""
    mark = "" if text else f"<w:rPr>{look}</w:rPr>"  # or an empty cell is as high as a line of the text
    lines = escape(clean(text or "").replace(" %", "\u00a0%")).replace("\t", " ").split("\n")
    words = "<w:br/>".join(_line(line, look) for line in lines)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{more}{merge}<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
        f'{keep}<w:spacing w:before="0" w:after="0"/>{jc}{mark}</w:pPr><w:r><w:rPr>{look}</w:rPr>{words}</w:r></w:p>'
        "</w:tc>"
    )


def _line(line: str, look: str) -> str:
    text, _, raised = line.partition(SUPER)
    words = f'<w:t xml:space="preserve">{text}</w:t>'
    if not raised:
        return words
    high = f'<w:rPr>{look}<w:vertAlign w:val="superscript"/></w:rPr><w:t>{raised}</w:t>'
    return f"{words}</w:r><w:r>{high}</w:r><w:r><w:rPr>{look}</w:rPr>"


def head_and_foot(section: Any, above: str) -> None:
    """Write on every page of a section: a mark at its head, the number of the page at its foot."""
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    run = head.add_run(clean(above))
    run.font.size = Pt(9)
    head.alignment, foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
    number = field_xml("PAGE", "1", '<w:sz w:val="18"/>')
    for part in parse_xml(f"<w:p {nsdecls('w')}>{number}</w:p>"):
        foot._p.append(part)


def pages_from_one(section: Any, kind: str) -> None:
    """Count the pages of a section from one, as numbers (decimal) or as Roman numerals (upperRoman)."""
    for old in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(old)
    made = parse_xml(f'<w:pgNumType {nsdecls("w")} w:fmt="{kind}" w:start="1"/>')
    margins = section._sectPr.find(qn("w:pgMar"))
    margins.addnext(made)


def picture(document: Any, png: bytes, described: str, *, last: bool = True) -> None:
    """
    A figure across the text width, no higher than a page, with a description for those who cannot see it.

    The last of its parts stays with what follows, its caption; between two others a page may end.
    """
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        ratio = image.height / image.width
    width = min(text_width(document), HIGHEST_CM / ratio)
    document.add_picture(io.BytesIO(png), width=Cm(width))
    document.inline_shapes[-1]._inline.docPr.set("descr", clean(described))
    own = document.paragraphs[-1]
    own.alignment, own.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, last
    own.runs[-1].font.size = Pt(1)  # or white as high as a line would part two of them
