"""Paragraphs, tables and pictures of a Word document, the way Chinese standards set them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

LATIN, EAST_ASIAN, HEADING_EAST_ASIAN = "Times New Roman", "宋体", "黑体"
TEXT_WIDTH_CM, TWIPS_PER_CM = 17.0, 1440 / 2.54
_MARGINS = '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
_NOT_IN_XML = re.compile("[^\\t\\n\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
SUPER = "\ue000"
"""Behind it, to the end of the line, a cell is raised: the mark of a note to the table."""
_THEME_FONTS = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


def new_document(*, landscape: bool = False) -> Any:
    """An A4 document whose styles name a Latin and an East Asian font."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    _style(document, "Normal", 10.5, EAST_ASIAN)
    _style(document, "Title", 20, HEADING_EAST_ASIAN)
    for depth, size in ((1, 14), (2, 12)):
        _style(document, f"Heading {depth}", size, HEADING_EAST_ASIAN)
    _style(document, "Caption", 9, HEADING_EAST_ASIAN)
    return document


def _style(document: Any, name: str, size: float, east_asian: str) -> None:
    style = document.styles[name]
    style.font.name, style.font.size, style.font.color.rgb = LATIN, Pt(size), RGBColor(0x22, 0x22, 0x22)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), east_asian)
    for attribute in _THEME_FONTS:
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    border = style.element.find(f".//{qn('w:pBdr')}")
    if border is not None:
        border.getparent().remove(border)


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


def table(
    document: Any,
    header: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    widths: Sequence[float],
    *,
    right: Sequence[int] = (),
    size: float = 8.5,
) -> Any:
    """
    A grid whose header repeats on every page and whose columns keep their widths.

    Parameters
    ----------
    header, rows : sequences of texts
        A cell that is None continues the cell above it.
    widths : sequence of float
        Widths in proportion; the table fills the width of the text.
    right : sequence of int
        Columns set to the right.
    """
    section = document.sections[0]
    scale = (section.page_width - section.left_margin - section.right_margin) / Cm(1) / sum(widths)
    grid = [round(width * scale * TWIPS_PER_CM) for width in widths]
    below: list[Sequence[str | None]] = [*rows, [""] * len(header)]
    body = []
    for line, texts in enumerate([header, *rows]):
        cells = "".join(
            _cell(
                text,
                grid[place],
                size,
                bold=line == 0,
                right=line > 0 and place in right,
                spans=below[line][place] is None,
            )
            for place, text in enumerate(texts)
        )
        body.append(
            f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if line == 0 else ''}</w:trPr>{cells}</w:tr>"
        )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    made = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/>{_MARGINS}</w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(body)}</w:tbl>"
    )
    document.element.body.insert_element_before(made, "w:sectPr")
    return made


def _cell(text: str | None, width: int, size: float, *, bold: bool, right: bool, spans: bool) -> str:
    """One cell as XML; a thousand cells built by python-docx would take a second."""
    merge = '<w:vMerge w:val="continue"/>' if text is None else '<w:vMerge w:val="restart"/>' if spans else ""
    side = '<w:jc w:val="right"/>' if right else ""
    look = f'{"<w:b/>" if bold else ""}<w:sz w:val="{round(2 * size)}"/>'
    lines = escape(clean(text or "").replace(" %", "\u00a0%")).replace("\t", " ").split("\n")
    words = "<w:br/>".join(_line(line, look) for line in lines)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merge}</w:tcPr><w:p><w:pPr>'
        f'<w:spacing w:before="0" w:after="0"/>{side}</w:pPr><w:r><w:rPr>{look}</w:rPr>{words}</w:r></w:p></w:tc>'
    )


def _line(line: str, look: str) -> str:
    text, _, raised = line.partition(SUPER)
    words = f'<w:t xml:space="preserve">{text}</w:t>'
    if not raised:
        return words
    high = f'<w:rPr>{look}<w:vertAlign w:val="superscript"/></w:rPr><w:t>{raised}</w:t>'
    return f"{words}</w:r><w:r>{high}</w:r><w:r><w:rPr>{look}</w:rPr>"


def head_and_foot(document: Any, above: str, below: str) -> None:
    """Write on every page: a mark at its head, what it belongs to and its number at its foot."""
    section = document.sections[0]
    head = section.header.paragraphs[0]
    run = head.add_run(clean(above))
    run.bold, run.font.size = True, Pt(9)
    head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{clean(below)}    ").font.size = Pt(8)
    for kind in ("begin", "", "end"):
        number = foot.add_run()
        number.font.size = Pt(8)
        part = (
            f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'
            if kind
            else f"<w:instrText {nsdecls('w')}>PAGE</w:instrText>"
        )
        number._r.append(parse_xml(part))
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER


def picture(document: Any, png: bytes, caption: str) -> None:
    """A figure across the text width, no higher than a page, with its claim below and as description."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        ratio = image.height / image.width
    width = min(TEXT_WIDTH_CM, 22.0 / ratio)
    document.add_picture(io.BytesIO(png), width=Cm(width))
    document.inline_shapes[-1]._inline.docPr.set("descr", clean(caption))
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    paragraph(document, caption, style="Caption", centred=True)
