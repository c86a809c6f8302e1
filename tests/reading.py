"""What a reader of one language meets in a finished run and should not: the other language, code, loose units."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import unescape
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from xml.etree import ElementTree

import python_calamine
from docx import Document
from docx.oxml.ns import qn

from methodology.figures.made_up import made_up_line

_VOID = frozenset(
    {"br", "hr", "img", "input", "link", "meta", "path", "circle", "line", "rect", "wbr", "use", "col"}
)
_SILENT = frozenset({"script", "style", "pre", "code", "title", "math"})
_BLOCKS = frozenset({
    *("p", "td", "th", "li", "h1", "h2", "h3", "h4", "div", "dt", "dd", "tr", "figcaption", "summary", "button"),
    *("option", "label", "text", "caption", "small", "nav"),
})  # fmt: skip
MACHINE = frozenset({"proposal 拟定值", "weights 权重", "thresholds 基准值", "evaluation 评价"})
"""Sheets of a workbook that machines read."""
MADE_UP = {
    made_up_line({"synthetic": plants}, {"synthetic": experts})
    for plants in (False, True)
    for experts in (False, True)
}
"""The line at the foot of a figure, in both languages at once: a picture is passed on without its page."""
ANNEX = "This annex"
"""How the annex of a standard begins that repeats its table in English."""

HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"\b[a-z]{2,}(?: [a-z]{2,})+\b|^[a-z][a-z-]{3,}$", re.ASCII)
"""Two words of a sentence, or a word that stands alone, as settings of the code do."""
CODE = re.compile(
    r"(?<![\w/.@-])(?:[a-z][a-z0-9]*(?:_[A-Za-z0-9]+)+|"
    r"[a-z]{3,}\.(?!csv|ipynb|yaml|json|xlsx|docx|html|key|io)[a-z]{2,}[A-Za-z_]*)(?![\w/(.])"
    r"|(?:RECALLED|SEEN|ASSUMED|DERIVED)\w*",
    re.ASCII,
)
"""Ids, keys and codes of a status; names of files are none."""
HALF_WIDTH = re.compile(r"[一-鿿][,;:!?](?!//)|[,;:!?][一-鿿]|[一-鿿] ?\([^)]*|\([一-鿿]")
UNSET = re.compile(
    r"(?<![A-Za-z])(?:[mM]g/N?m3|k?m3(?!\w)|[CSN]O2(?!\w))|\d C(?![\w/])|(?<![A-Za-z])ug/", re.ASCII
)
"""Units and formulas of gases that are not set: m³, CO₂, °C, μg."""

PER_CENT = re.compile(r"\d%")
NUMERAL = re.compile(r"(?<![A-Za-z_])I{1,3}(?=[、级]|$)")
"""Levels in letters where a Chinese text has Ⅰ, Ⅱ, Ⅲ."""


class _Page(HTMLParser):
    """Texts of a page, block by block, as one language shows them."""

    def __init__(self, language: str) -> None:
        super().__init__(convert_charrefs=True)
        self.language, self.texts = language, []
        self._open: list[tuple[str, str, bool]] = []
        self._text = ""

    def handle_starttag(self, tag, attrs):
        if tag in _BLOCKS or tag == "br":
            self.close_block()
        said = dict(attrs)
        _, above, silent = self._open[-1] if self._open else ("", "", False)
        own = {"zh-CN": "zh", "en": "en"}.get(said.get("lang") or "", "") if tag != "html" else ""
        if tag not in _VOID:
            self._open.append((tag, own or above, silent or tag in _SILENT))
        if (own or above) in ("", self.language):
            self.texts += [said[name] for name in ("alt", f"data-{self.language}") if said.get(name)]

    def handle_endtag(self, tag):
        if tag in _BLOCKS:
            self.close_block()
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        _, language, silent = self._open[-1] if self._open else ("", "", False)
        self._text += data if language in ("", self.language) and not silent else ""

    def close_block(self):
        text, self._text = " ".join(self._text.split()), ""
        self.texts += [text] if text else []


def page(path: Path, language: str) -> list[str]:
    """Texts of a page of the site."""
    reader = _Page(language)
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close_block()
    return [text for text in reader.texts if not re.match(r"https?://", text)]


def drawing(path: Path) -> list[str]:
    """Texts drawn in a figure that is saved as SVG."""
    texts = ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 - made by the run read
    return [" ".join("".join(text.itertext()).split()) for text in texts]


def document(path: Path) -> list[str]:
    """Paragraphs and cells of a Word file up to its annex in English; English words behind a term are its own."""
    told = []
    for paragraph in Document(str(path)).element.body.iter(qn("w:p")):
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        if text.startswith(ANNEX):
            break
        told.append(re.sub(r"(?<=[一-鿿])　[a-z -]+$", "", text))
    return [text for text in told if HAN.search(text) or text[:1].islower()]


def workbook(path: Path) -> list[str]:
    """Cells of the sheets of a workbook that people read."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    rows = (
        row
        for name in book.sheet_names
        if name not in MACHINE
        for row in book.get_sheet_by_name(name).to_python()
    )
    return [cell for row in rows for cell in row if isinstance(cell, str) and cell.strip()]


def faults(folder: Path) -> Iterator[tuple[str, str, str]]:
    """File, what is wrong, and the text, of both readings of the site, of its figures, Word and the workbook."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".html":
            for language in ("zh", "en"):
                yield from judged(f"{path.name} {language}", page(path, language), chinese=language == "zh")
        elif path.suffix == ".svg":
            yield from judged(path.name, drawing(path), chinese=not path.stem.endswith("_en"))
        elif path.suffix == ".docx":
            yield from judged(path.name, document(path), chinese=True)
        elif path.suffix == ".xlsx":
            yield from judged(path.name, workbook(path), chinese=False)


def judged(name: str, texts: list[str], *, chinese: bool) -> Iterator[tuple[str, str, str]]:
    """What is wrong with texts that one language shows; what names made-up data in a figure is said in both at once."""
    rules = {"code": CODE, "unit": UNSET} | (
        {"English": ENGLISH, "half-width": HALF_WIDTH, "per cent": PER_CENT, "level": NUMERAL}
        if chinese
        else {}
    )
    for text in texts:
        for what, rule in rules.items() if text not in MADE_UP else ():
            if rule.search(text):
                yield name, what, text


SHARE = re.compile(r"(?<![\d.])\d+(?:\.(\d+))?(?=(?:\s?[|·–-]\s?[\d.]+)* %)")
_SHARES_ALONE = re.compile(r"(?:[\d.\s%–\-−|·/()（）~～<>]|of|家中|家|、|,|to)+")
"""A cell that holds shares, and counts beside them, and nothing else."""
_CHOSEN = re.compile(
    r"置信度[\d.]+ %|[\d.]+ % (?:confidence|interval|quantile)"
    r"|(?:测算值|移至|按|Calibrated |steps of |on the \w+ side to )[\d.]+[†‡]? %"
)
"""Levels of confidence, which are no result; values of an indicator in per cent, where a reason tells them."""


def uneven(path: Path, language: str, measured: Collection[str] = ()) -> Iterator[str]:
    """
    Columns of tables, and sentences, whose shares are not all written with as many decimals.

    `measured` are names of indicators in per cent: a sentence that names one tells its values, too.
    """
    for shares in _columns(path, language):
        if len({len(places) for cell in shares for places in SHARE.findall(cell)}) > 1:
            yield f"{path.name} {language}: {shares[:6]}"
    texts = page(path, language)
    for text in texts if not any(name in texts[:40] for name in measured) else []:
        found = SHARE.findall(_CHOSEN.sub("", text))
        if len(set(map(len, found))) > 1 and not any(name in text for name in measured):
            yield f"{path.name} {language}: {text}"


def _columns(path: Path, language: str) -> Iterator[list[str]]:
    """Cells of each column of a page that hold shares and nothing else."""
    text = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", "", path.read_text(encoding="utf-8"))
    other = {"zh": "en", "en": "zh-CN"}[language]
    text = re.sub(rf'(?s)<(span|div|p) lang="{other}"[^>]*>.*?</\1>', "", text)
    for table in re.findall(r"(?s)<table.*?</table>", text):
        rows = [
            re.findall(r"(?s)<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"(?s)<tr.*?</tr>", table)
        ]
        for column in zip_longest(*rows[1:], fillvalue=""):
            cells = [" ".join(unescape(re.sub("<[^>]+>", " ", cell)).split()) for cell in column]
            yield [cell for cell in cells if "%" in cell and _SHARES_ALONE.fullmatch(cell)]
