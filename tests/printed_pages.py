"""What a reader of a printed document stumbles over: stray headings, empty pages, the other language."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import numpy as np
import pytest
from PIL import Image
from reading import ANNEX, ENGLISH

needs_a_printer = pytest.mark.skipif(
    None in map(shutil.which, ("soffice", "pdftotext", "pdftoppm")), reason="no LibreOffice to print with"
)
DOTS = 40
"""Per inch of the pictures on which is seen how far down a page goes."""
MARGIN = 2.2
"""In cm, above and below the text; a header or the number of the page stands in it."""
INK = 200
"""Grey below which a dot is ink."""
SHORT = 1 / 3
OPENS = re.compile(r"^(?:目次|前言|参考文献|附录\s?[A-H]|1\s+\S)")
"""What begins a page of its own, so that the one before it may be short."""
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*|(?:表|图)\s?[A-H\d.]+|附录\s?[A-H])\s*")
_HEADINGS = ("Heading 1", "Heading 2", "Heading 3", "Annex", "Front", "Unlisted")


@dataclass(frozen=True)
class Page:
    """Lines of a printed page without header and number, and how far down it goes, from 0 to 1."""

    lines: list[str]
    filled: float


def printed(path: Path, home: Path) -> list[Page]:
    """Pages of a document as LibreOffice prints them."""
    where = f"-env:UserInstallation={home.as_uri()}"
    command = ["soffice", "--headless", where, "--convert-to", "pdf", "--outdir", str(home), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    pdf = str(home / f"{path.stem}.pdf")
    told = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True).stdout.decode()
    drawn = subprocess.run(
        ["pdftoppm", "-gray", "-r", str(DOTS), pdf], check=True, capture_output=True
    ).stdout
    heads = {
        " ".join("".join(p.text for p in one.header.paragraphs).split())
        for one in docx.Document(str(path)).sections
    }
    found = []
    for text, picture in zip(told.split("\f"), _pictures(drawn), strict=False):
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        lines = [line for line in lines if line not in heads and not re.fullmatch(r"[\dIVX]+", line)]
        found.append(Page(lines, _filled(picture)))
    return found


def _pictures(told: bytes) -> Iterator[np.ndarray]:
    """Pictures that stand one behind the other."""
    stream = io.BytesIO(told)
    while stream.tell() < len(told):
        start = stream.tell()
        _, size, _ = (stream.readline() for _ in range(3))
        width, height = map(int, size.split())
        end = stream.tell() + width * height
        yield np.asarray(Image.open(io.BytesIO(told[start:end])))
        stream.seek(end)


def _filled(picture: np.ndarray) -> float:
    edge = round(MARGIN / 2.54 * DOTS)
    inked = np.flatnonzero((picture[edge:-edge] < INK).any(axis=1))
    return float(inked.max() + 1) / (len(picture) - 2 * edge) if len(inked) else 0.0


def page_faults(path: Path, home: Path) -> Iterator[tuple[int, str, str]]:
    """Page, what is wrong and where, of a document in Chinese; the cover and an annex in English stand apart."""
    pages, document = printed(path, home), docx.Document(str(path))
    headings = {_bare(p.text) for p in document.paragraphs if p.style.name in _HEADINGS}
    headings |= {
        _bare(p.text) for p in document.paragraphs if p.style.name == "Caption" and p.text[0] == "表"
    }
    english = False
    for place, (page, after) in enumerate(zip(pages, [*pages[1:], None], strict=True), start=1):
        last = page.lines[-1] if page.lines else ""
        if _bare(last) in headings and not re.search(r"\.{4}", last):
            yield place, "ends with a heading", last
        opened = after is None or bool(after.lines and OPENS.match(after.lines[0]))
        if page.filled < SHORT and not opened:
            yield place, "is less than a third full", last
        for line in page.lines if place > 1 or len(document.sections) == 1 else ():
            english = (english or line.startswith(ANNEX)) and not line.startswith("参考文献")
            if ENGLISH.search(line) and not english and not re.match(r"\d+\.\d+ ", line):
                yield place, "is not in Chinese", line


def _bare(line: str) -> str:
    """A heading without its number and blanks."""
    return re.sub(r"\s", "", _NUMBER.sub("", line.replace("\u3000", " ").strip()))
