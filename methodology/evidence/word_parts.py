"""Paragraphs, tables and pictures of a Word document, the way Chinese standards set them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

LATIN, EAST_ASIAN, HEADING_EAST_ASIAN = "Times New Roman", "宋体", "黑体"
TEXT_WIDTH_CM = 17.0
_NOT_IN_XML = re.compile("[^\\t\\n\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_THEME_FONTS = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


def new_document() -> Any:
    """An A4 document whose styles name a Latin and an East Asian font."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
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
        Widths in proportion; the table fills the text width.
    right : sequence of int
        Columns set to the right.
    """
    made = document.add_table(rows=1 + len(rows), cols=len(header), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _narrow_margins(made)
    scale = TEXT_WIDTH_CM / sum(widths)
    grid = [Cm(width * scale) for width in widths]
    for column, width in zip(made._tbl.tblGrid.gridCol_lst, grid, strict=True):
        column.w = width
    below: list[Sequence[str | None]] = [*rows, [""] * len(header)]
    for line, (row, texts) in enumerate(zip(made._tbl.tr_lst, [header, *rows], strict=True)):
        _keep_whole(row, repeat=line == 0)
        for place, (cell, text) in enumerate(zip(row.tc_lst, texts, strict=True)):
            cell.width = grid[place]
            if text is None or below[line][place] is None:
                cell.get_or_add_tcPr().append(
                    _element("w:vMerge", val="continue" if text is None else "restart")
                )
            _fill(cell, text or "", bold=line == 0, right=line > 0 and place in right, size=size)
    return made


def _fill(cell: Any, text: str, *, bold: bool, right: bool, size: float) -> None:
    """Write a cell by its XML: python-docx would search the whole table for every cell."""
    properties = cell.p_lst[0].get_or_add_pPr()
    properties.append(_element("w:spacing", before="0", after="0"))
    if right:
        properties.append(_element("w:jc", val="right"))
    run = cell.p_lst[0].add_r()
    style = run.get_or_add_rPr()
    if bold:
        style.append(_element("w:b"))
    style.append(_element("w:sz", val=str(round(2 * size))))
    run.text = clean(text).replace(" %", "\u00a0%")


def _narrow_margins(made: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w="60", type="dxa"))
    made._tbl.tblPr.append(margins)


def _keep_whole(row: Any, *, repeat: bool) -> None:
    properties = row.get_or_add_trPr()
    properties.append(_element("w:cantSplit"))
    if repeat:
        properties.append(_element("w:tblHeader"))


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def picture(document: Any, png: bytes, caption: str) -> None:
    """A figure across the text width, no higher than a page, with its claim below."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        ratio = image.height / image.width
    width = min(TEXT_WIDTH_CM, 22.0 / ratio)
    document.add_picture(io.BytesIO(png), width=Cm(width))
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    paragraph(document, caption, style="Caption", centred=True)
