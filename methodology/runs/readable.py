"""Extract all text of a file, however it is packed, for the search for names."""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

Text = tuple[str, str]
"""Place in the file, '' for the whole of it, and text."""
DEEPEST = 4
"""Archives in archives, and encodings in encodings, that are opened."""
LARGEST = 256_000_000
"""Bytes that are inflated at most."""
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}|\\n|\s){10,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SOFT = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_PNG = b"\x89PNG\r\n\x1a\n"
_INVENTORY = b"# Sphinx inventory"
_BINARY = (b"\xff\xd8\xff", b"GIF8", b"wOFF", b"wOF2", b"\x00\x01\x00\x00", b"OTTO", b"RIFF")
"""Beginnings of pictures and fonts, whose noise would spell short words by chance."""


def readable(data: bytes, *, depth: int = 0) -> Iterator[Text]:
    """
    Yield every text in the content of a file.

    Parameters
    ----------
    data : bytes
        Text of any kind, an archive (.docx, .xlsx, .zip), a Parquet table, a picture, or anything compressed.

    Yields
    ------
    place, text
        Members of archives, columns of tables and what was encoded come after the text they stand in. A text comes as
        it is, and again without tags, entities and escapes, so that a word that is spelled in pieces is seen as one.
    """
    if depth > DEEPEST:
        return
    if data[:4] in (b"PK\x03\x04", b"PAR1"):
        try:
            yield from _archive(data, depth) if data.startswith(b"PK") else _parquet(data)
        except Exception:  # whoever sent it may have damaged it; then what can be read is the text it is
            yield from _text(data.decode("utf-8", errors="ignore"), depth)
    elif data[:2] == b"\x1f\x8b":
        yield from _inflated(data, depth, window=31)
    elif data.startswith(_PNG):
        yield from _picture(data, depth)
    elif data.startswith(_INVENTORY):
        yield from _inventory(data, depth)
    elif not data.startswith(_BINARY):
        for encoding in _encodings(data):
            yield from _text(data.decode(encoding, errors="ignore"), depth)


def _encodings(data: bytes) -> list[str]:
    """What a text may be written in: one that is no UTF-8 comes from a program of Windows, in its Chinese code page."""
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return ["utf-32"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    with suppress(UnicodeDecodeError):
        data.decode()
        return ["utf-8"]
    with suppress(UnicodeDecodeError):  # nothing but text: noise would spell short words by chance
        data.decode("gb18030")
        return ["utf-8", "gb18030"]
    return ["utf-8"]


def _text(text: str, depth: int) -> Iterator[Text]:
    """A text, its plain form, and what is encoded in it; encoded parts are taken out, as they spell words by chance."""
    packed: list[bytes] = []

    def take(match: re.Match[str]) -> str:
        found = _decoded(match[0])
        if found is None:
            return match[0]
        packed.append(found)
        return " "

    rest = _BASE64.sub(take, text)
    yield "", rest
    for plain in {_plain(rest, tags=""), _plain(rest, tags=r"\g<0>")} - {rest}:  # attributes hold links
        yield "", plain
    for found in packed:
        yield from readable(found, depth=depth + 1)


def _decoded(match: str) -> bytes | None:
    """What a run of base64 holds; None if it is a word, a digest or a path: text that only looks like it."""
    joined = re.sub(r"\\n|\s", "", match)
    if len(joined) < 40 or re.fullmatch(r"[0-9a-f]+|[a-zA-Z/]+", joined):
        return None
    with suppress(binascii.Error, ValueError):
        return base64.b64decode(joined + "=" * (-len(joined) % 4), validate=True)
    return None


def _plain(text: str, *, tags: str = "") -> str:
    """Text without entities, percent signs and escapes of JSON and JavaScript, and with something else for tags."""
    text = _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
    text = html.unescape(_TAG.sub(tags, html.unescape(text) if "&lt;" in text or "&amp;" in text else text))
    return _SOFT.sub("", unquote(text) if "%" in text else text)


def _archive(data: bytes, depth: int) -> Iterator[Text]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield "list of members", "\n".join(archive.namelist())
        remarks = (
            archive.comment,
            *(part for about in archive.infolist() for part in (about.comment, about.extra)),
        )
        yield "comment", b"\n".join(remarks).decode("utf-8", errors="ignore")
        left = LARGEST
        for name in archive.namelist():
            with archive.open(name) as member:
                content = member.read(left)
            left -= len(content)
            for place, text in readable(content, depth=depth + 1):
                yield f"{name}{', ' + place if place else ''}", text


def _parquet(data: bytes) -> Iterator[Text]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(data))
    yield "names of columns", "\n".join(table.column_names)
    for key, value in (table.schema.metadata or {}).items():
        yield f"metadata {key.decode(errors='ignore')}", _plain(value.decode("utf-8", errors="ignore"))
    for name in table.column_names:
        column = table[name]
        if not (pa.types.is_floating(column.type) or pa.types.is_boolean(column.type)):
            yield f"column {name}", "\n".join(str(value) for value in column.unique().to_pylist())


def _inflated(data: bytes, depth: int, *, window: int = 15) -> Iterator[Text]:
    with suppress(zlib.error):
        yield from readable(zlib.decompressobj(window).decompress(data, LARGEST), depth=depth + 1)


def _inventory(data: bytes, depth: int) -> Iterator[Text]:
    head, _, packed = data.partition(b"zlib.\n")
    yield "", head.decode("utf-8", errors="ignore")
    yield from _inflated(packed, depth)


def _picture(data: bytes, depth: int) -> Iterator[Text]:
    """Texts beside the points of a PNG; what is drawn cannot be read back."""
    at = len(_PNG)
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        chunk = data[at + 8 : at + 8 + size]
        if kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"):
            yield "text of the picture", chunk.decode("utf-8", errors="ignore")
            parts = chunk.split(b"\0", 1)
            tail = parts[-1].lstrip(b"\0\1")
            yield from _inflated(tail, depth)
        at += size + 12


def notebook_cells(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each cell of a notebook, counted from 1, so that a finding can say where; none if it is no notebook."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        for number, cell in enumerate(json.loads(data)["cells"], start=1):
            yield number, json.dumps(cell, ensure_ascii=False).encode()
