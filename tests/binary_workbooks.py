"""Workbooks of the binary format .xls, made record by record; used by several tests."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

BEGIN = struct.pack("<HHHII", 0x600, 5, 0xDBB, 0x7CC, 0x600)


def record(kind: int, body: bytes = b"") -> bytes:
    """One record of a stream."""
    return struct.pack("<HH", kind, len(body)) + body


def of_texts(texts: Sequence[str], count: int) -> bytes:
    """The record of shared texts, and how often cells name them."""
    spelt = b"".join(struct.pack("<HB", len(text), 1) + text.encode("utf-16-le") for text in texts)
    return record(0xFC, struct.pack("<II", count, len(texts)) + spelt)


def write_binary(path: Path, globals_: bytes, cells: bytes) -> Path:
    """A workbook of one sheet `a` in a compound file."""
    named_length = 4 + 4 + 1 + 1 + 1 + 1 + 1
    start = 4 + len(BEGIN) + len(globals_) + named_length + 4
    named = record(0x85, struct.pack("<IBBBB", start, 0, 0, 1, 0) + b"a")
    stream = record(0x809, BEGIN) + globals_ + named + record(0xA)
    stream += record(0x809, BEGIN) + cells + record(0xA)
    stream = stream.ljust(4096, b"\0")  # shorter streams stand elsewhere in the file
    stream += b"\0" * (-len(stream) % 512)
    count = len(stream) // 512
    tables = (count + 1) // 126 + 1
    chain = [*range(1, count), -2, -2, *[-3] * tables]
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIiIIiIiI", head, 40, 0, tables, count, 0, 4096, -2, 0, -2, 0)
    places = [count + 1 + number for number in range(tables)]
    struct.pack_into("<109i", head, 76, *places, *[-1] * (109 - tables))
    entries = b""
    for name, kind, child, first, size in (("Root Entry", 5, 1, -2, 0), ("Workbook", 2, -1, 0, len(stream))):
        spelt = (name + "\0").encode("utf-16-le")
        tail = struct.pack("<HBBiii", len(spelt), kind, 1, -1, -1, child)
        entries += (spelt.ljust(64, b"\0") + tail).ljust(116, b"\0") + struct.pack("<iIi", first, size, 0)
    table = struct.pack(f"<{128 * tables}i", *chain, *[-1] * (128 * tables - len(chain)))
    path.write_bytes(bytes(head) + stream + entries.ljust(512, b"\0") + table)
    return path


def binary_table(
    path: Path, rows: Sequence[Sequence[object]], *, epoch_1904: bool = False, dates: int = -1
) -> Path:
    """A table of texts and numbers; the numbers of one column may be shown as dates."""
    texts = list(dict.fromkeys(cell for row in rows for cell in row if isinstance(cell, str) and cell))
    cells = b""
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            style = 1 if column == dates else 0
            if isinstance(cell, str):
                number = texts.index(cell) if cell else -1
                cells += record(0xFD, struct.pack("<HHHI", at, column, style, number)) if cell else b""
            else:
                cells += record(0x203, struct.pack("<HHHd", at, column, style, float(cell)))
    styles = b"".join(record(0xE0, struct.pack("<HH16x", 0, shown)) for shown in (0, 14))
    count = sum(isinstance(cell, str) for row in rows for cell in row)
    return write_binary(
        path, record(0x22, struct.pack("<H", epoch_1904)) + styles + of_texts(texts, count), cells
    )
