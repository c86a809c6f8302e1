"""An empty Word document set as Chinese standards are: A4, styles, numbered headings, zh-CN."""

from __future__ import annotations

from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

LATIN, SONG, HEI = "Times New Roman", "宋体", "黑体"
DEPTHS = 3
"""Levels of numbered clauses."""
NUMBERED = 77
"""Number of the list that counts clauses."""
_THEME_FONTS = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")
_CENTRED: dict[str, Any] = {
    "space_before": Pt(6),
    "space_after": Pt(14),
    "alignment": WD_ALIGN_PARAGRAPH.CENTER,
}
_APART: dict[str, Any] = {**_CENTRED, "page_break_before": True}
"""Foreword, annexes and bibliography each begin a page (GB/T 1.1)."""
_STYLES: tuple[tuple[str, float, str, dict[str, Any]], ...] = (
    ("Normal", 10.5, SONG, {"space_after": Pt(0)}),
    ("Body Text", 10.5, SONG, {"first_line_indent": Pt(21), "space_after": Pt(3)}),
    ("Title", 22, HEI, {"space_after": Pt(6), "alignment": WD_ALIGN_PARAGRAPH.CENTER}),
    ("Heading 1", 12, HEI, {"space_before": Pt(12), "space_after": Pt(8)}),
    ("Heading 2", 10.5, HEI, {"space_before": Pt(8), "space_after": Pt(4)}),
    ("Heading 3", 10.5, HEI, {"space_before": Pt(6), "space_after": Pt(3)}),
    ("Caption", 10.5, HEI, {"space_before": Pt(6), "space_after": Pt(4), "alignment": WD_ALIGN_PARAGRAPH.CENTER}),
    ("Front", 15, HEI, _APART),
    ("Unlisted", 15, HEI, _CENTRED),
    ("Annex", 12, HEI, _APART),
    ("Lead", 10.5, SONG, {"first_line_indent": Pt(21), "space_after": Pt(3), "keep_with_next": True}),
    ("Formula", 10.5, SONG, {"space_before": Pt(4), "space_after": Pt(4), "keep_with_next": True}),
    ("Where", 9, SONG, {"left_indent": Pt(21), "space_after": Pt(1)}),
    ("toc 1", 10.5, SONG, {"space_after": Pt(4)}),
)  # fmt: skip
_OUTLINE = {"Front": 0, "Annex": 0}
"""Headings without a number that a contents list takes up."""


def new_document(*, landscape: bool = False) -> Any:
    """An A4 document in Chinese whose styles name a Latin and an East Asian font."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin, section.right_margin = Cm(2.3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    for name, size, east_asian, layout in _STYLES:
        _style(document, name, size, east_asian, layout)
    for name, depth in _OUTLINE.items():
        level = parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{depth}"/>')
        document.styles[name].element.get_or_add_pPr().append(level)
    _numbered_headings(document)
    _language(document)
    return document


def _style(document: Any, name: str, size: float, east_asian: str, layout: dict[str, Any]) -> None:
    known = {style.name for style in document.styles}
    style = (
        document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    style.font.name, style.font.size, style.font.color.rgb = LATIN, Pt(size), RGBColor(0, 0, 0)
    style.font.bold = style.font.italic = False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), east_asian)
    for attribute in _THEME_FONTS:
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    border = style.element.find(f".//{qn('w:pBdr')}")
    if border is not None:
        border.getparent().remove(border)
    for key, value in layout.items():
        setattr(style.paragraph_format, key, value)
    if name.startswith(("Heading", "Front", "Annex", "Unlisted", "Caption")):
        style.paragraph_format.keep_with_next = True


def _numbered_headings(document: Any) -> None:
    """Clauses are counted by Word, so that a clause put in between renumbers those behind it."""
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading{depth + 1}"/>'
        f'<w:suff w:val="space"/><w:lvlText w:val="{".".join(f"%{n + 1}" for n in range(depth + 1))} "/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
        for depth in range(DEPTHS)
    )
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{NUMBERED}"><w:multiLevelType w:val="multilevel"/>'
            f"{levels}</w:abstractNum>"
        ),
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{NUMBERED}"><w:abstractNumId w:val="{NUMBERED}"/></w:num>')
    )
    for depth in range(DEPTHS):
        counted = document.styles[f"Heading {depth + 1}"].element.get_or_add_pPr().get_or_add_numPr()
        counted.get_or_add_ilvl().val, counted.get_or_add_numId().val = depth, NUMBERED


def _language(document: Any) -> None:
    """Chinese; its Latin letters and numbers as English, or LibreOffice breaks lines within a number."""
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for language in defaults.findall(qn("w:lang")):
        defaults.remove(language)
    defaults.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'))
    document.core_properties.language = "zh-CN"
    document.settings.element.append(parse_xml(f'<w:updateFields {nsdecls("w")} w:val="true"/>'))
