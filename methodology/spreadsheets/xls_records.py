"""Failed formulas, formats, hidden rows and the size of the sheets of an .xls, from its records.

The reader gives failed formulas as empty cells; the records of the binary format ([MS-XLS], [MS-CFB]) still know.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from methodology.errors import DataError
from methodology.spreadsheets.archives import Meter
from methodology.spreadsheets.styles import BUILT_IN, PLAIN, Look, shows_plainly
from methodology.spreadsheets.workbook_xml import RAISED, STRUCK, Surface, refuse_twice

_END = 0xFFFFFFF8
"""Sector numbers from here on end a chain or mark sectors that hold no data."""
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_CELLS = frozenset({0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, 0x0006})
_MULTIPLE, _BOOL_OR_ERROR, _FORMULA = 0x00BD, 0x0205, 0x0006
_SECTORS, _MINI_SECTORS = (9, 12), (6,)
"""Powers of two that programs use for the sizes of sectors."""
_MOST_SHEETS = 1_000
_FORMAT, _STYLE, _MERGED = 0x041E, 0x00E0, 0x00E5
_FONT, _STRINGS, _CONTINUED, _STRING_CELL = 0x0031, 0x00FC, 0x003C, 0x00FD
_STRIKE = 0x0008
"""Option of a font."""
_NUMBERS = frozenset({0x0203, 0x027E, 0x0006})
_ROW, _COLUMN, _SHEET, _BEGIN, _STOP, _LOCKED = 0x0208, 0x007D, 0x0085, 0x0809, 0x000A, 0x002F


def inspect_xls(data: bytes, file: str) -> dict[str, Surface]:
    """Inspect every sheet of an .xls, by name; refused if its records are damaged, or it is protected by a password."""
    try:
        stream = _workbook_stream(data)
        if stream is None:
            raise DataError(
                f"{file} is protected by a password or holds no workbook. Save it as .xlsx without one."
            )
        meter = Meter(file)  # over all sheets: several may name one place
        sheets, styles = _sheets(stream, meter)
        marks, pieces = _fonts_and_texts(stream, meter)
        looks = [
            Look(code, font < len(marks) and marks[font] == STRUCK, indent) for code, font, indent in styles
        ]
        marked = _marked(marks, pieces, meter)
        return {
            name: _surface(stream, start, (file, name), meter, looks, marked)
            for name, start in sheets.items()
        }
    except (struct.error, LookupError, ValueError, OverflowError) as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(
            f"{file} is damaged: its records cannot be followed. Open it in a spreadsheet program and save it again "
            "as .xlsx."
        ) from fault


def _workbook_stream(data: bytes) -> bytes | None:
    """The stream of records out of the compound file, or None."""
    power, mini_power = struct.unpack_from("<HH", data, 30)
    if power not in _SECTORS or mini_power not in _MINI_SECTORS:
        raise ValueError("sectors of a size that no program uses")
    size, mini_size = 1 << power, 1 << mini_power
    fat = _allocation(data, size)
    first_directory, _, cutoff, first_mini = struct.unpack_from("<IIII", data, 48)
    directory = _chain(data, fat, first_directory, size, size)
    entries = {}
    for at in range(0, len(directory) - 127, 128):
        length = min(struct.unpack_from("<H", directory, at + 64)[0], 64)
        name = directory[at : at + max(0, length - 2)].decode("utf-16-le", "replace").casefold()
        start, extent = struct.unpack_from("<II", directory, at + 116)
        entries[name] = (start, extent)
    found = entries.get("workbook") or entries.get("book")
    if found is None:
        return None
    start, extent = found
    if extent >= cutoff:
        return _chain(data, fat, start, size, size)[:extent]
    container = _chain(data, fat, entries["root entry"][0], size, size)
    table = _chain(data, fat, first_mini, size, size)
    mini = struct.unpack(f"<{len(table) // 4}I", table)
    return _chain(container, mini, start, mini_size, 0)[:extent]


def _allocation(data: bytes, size: int) -> tuple[int, ...]:
    """The file allocation table, out of the sectors the header and its continuations name."""
    sectors = list(struct.unpack_from("<109I", data, 76))
    following, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        if following >= _END:
            break
        block = struct.unpack_from(f"<{size // 4}I", data, size + following * size)
        sectors.extend(block[:-1])
        following = block[-1]
        if len(sectors) > len(data) // size + len(block) + 109:
            raise IndexError("circular chain")
    parts = [data[size + s * size : size + (s + 1) * size] for s in sectors if s < _END]
    table = b"".join(parts)
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(data: bytes, table: tuple[int, ...], start: int, size: int, offset: int) -> bytes:
    """Sectors of a chain joined; a chain longer than its table runs in a circle."""
    parts: list[bytes] = []
    sector = start
    while sector < _END:
        if len(parts) > len(table):
            raise IndexError("circular chain")
        parts.append(data[offset + sector * size : offset + (sector + 1) * size])
        sector = table[sector]
    return b"".join(parts)


def _records(stream: bytes, at: int, meter: Meter) -> Iterator[tuple[int, bytes]]:
    """Records of one substream; those of embedded charts are left out."""
    depth = 0
    while at + 4 <= len(stream):
        meter.spend()
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BEGIN) - (kind == _STOP)
        if depth <= 1:
            yield kind, stream[at + 4 : at + 4 + length]
        if depth <= 0:
            return
        at += 4 + length


def _sheets(stream: bytes, meter: Meter) -> tuple[dict[str, int], list[tuple[str, int, int]]]:
    """Where each sheet begins; format of each style, '' where it shows numbers as they are stored, font and indent."""
    found, formats, styles = dict[str, int](), dict[int, str](BUILT_IN), list[tuple[int, int, int]]()
    for kind, record in _records(stream, 0, meter):
        if kind == _LOCKED:
            raise DataError(f"{meter.file} is protected by a password. Save it without one.")
        if kind == _SHEET:
            start, count, wide = struct.unpack_from("<IxxBB", record)
            name = _text(record[8:], count, wide)
            refuse_twice(meter.file, name, name in found or start in found.values())
            found[name] = start
            if len(found) > _MOST_SHEETS:
                raise DataError(f"{meter.file} holds more than {_MOST_SHEETS:,} sheets.")
        elif kind == _FORMAT:
            number, count, wide = struct.unpack_from("<HHB", record)
            formats[number] = _text(record[5:], count, wide)
        elif kind == _STYLE:
            font, number = struct.unpack_from("<HH", record)
            styles.append((number, font, record[8] & 0xF if len(record) > 8 else 0))
    codes = {number: code for number, code in formats.items() if not shows_plainly(code)}
    return found, [(codes.get(number, ""), font, indent) for number, font, indent in styles]


def _fonts_and_texts(stream: bytes, meter: Meter) -> tuple[list[str], list[bytes]]:
    """What each font says against reading its letters with the rest, and the records of the shared texts."""
    marks, pieces, open_ = list[str](), list[bytes](), False
    for kind, record in _records(stream, 0, meter):
        if kind == _FONT:
            options, lifted = struct.unpack_from("<2xH4xH", record)
            marks.append(RAISED if lifted else STRUCK if options & _STRIKE else "")
            if len(marks) == 4:
                marks.append("")  # number 4 does not exist
        open_ = kind == _STRINGS or (open_ and kind == _CONTINUED)
        if open_:
            pieces.append(record)
    return marks, pieces


def _marked(marks: list[str], pieces: list[bytes], meter: Meter) -> dict[int, str]:
    """Numbers of the shared texts that hold a raised, lowered or struck-out sign."""
    if not any(marks) or not pieces:
        return {}
    texts = _Texts(pieces)
    count = struct.unpack("<II", texts.take(8))[1]
    meter.spend(count)
    found = ((number, [marks[f] for f in texts.fonts() if f < len(marks)]) for number in range(count))
    return {number: max(of_text) for number, of_text in found if any(of_text)}


class _Texts:
    """Shared texts one after the other; a text goes on in the next record where one ends."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces, self.piece, self.at = pieces, 0, 0

    def take(self, count: int) -> bytes:
        """Bytes that are no letters."""
        found = b""
        while len(found) < count:
            if self.at >= len(self.pieces[self.piece]):
                self.piece, self.at = self.piece + 1, 0
            part = self.pieces[self.piece][self.at : self.at + count - len(found)]
            self.at += len(part)
            found += part
        return found

    def fonts(self) -> list[int]:
        """Fonts of the next text after its first letters; the text itself is passed over."""
        letters, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        wide = flags & 1
        while letters:
            left = (len(self.pieces[self.piece]) - self.at) >> wide
            if left <= 0:
                self.piece, self.at = self.piece + 1, 1
                wide = self.pieces[self.piece][0] & 1
                continue
            self.at += min(letters, left) << wide
            letters -= min(letters, left)
        found = struct.unpack(f"<{2 * runs}H", self.take(4 * runs))[1::2]
        self.take(extra)
        return list(found)


def _text(content: bytes, count: int, wide: int) -> str:
    return content[: 2 * count].decode("utf-16-le") if wide & 1 else content[:count].decode("latin-1")


def _surface(
    stream: bytes,
    start: int,
    place: tuple[str, str],
    meter: Meter,
    styles: list[Look],
    marked: dict[int, str],
) -> Surface:
    surface = Surface()
    for kind, record in _records(stream, start, meter):
        if kind in _CELLS or kind == _MULTIPLE:
            row, column = struct.unpack_from("<HH", record)
            last = struct.unpack_from("<H", record, len(record) - 2)[0] if kind == _MULTIPLE else column
            surface.reach(row, max(column, last), place)
            mark = marked.get(struct.unpack_from("<I", record, 6)[0], "") if kind == _STRING_CELL else ""
            fault = mark or _fault(kind, record)
            if fault:
                surface.errors[row, column] = fault
            for at, style in _styles(kind, record, column):
                code, struck, indent = styles[style] if style < len(styles) else PLAIN
                if indent:
                    surface.indents[row, at] = indent
                if struck:
                    surface.errors.setdefault((row, at), STRUCK)
                elif code and _is_number(kind, record):
                    surface.formats[row, at] = code
        elif kind == _MERGED:
            for number in range(struct.unpack_from("<H", record)[0]):
                top, bottom, left, right = struct.unpack_from("<4H", record, 2 + 8 * number)
                surface.merge(place, (top, left, bottom, right))
        elif kind == _ROW:
            _note_row(surface, *struct.unpack_from("<H10xI", record))
        elif kind == _COLUMN and struct.unpack_from("<H", record, 8)[0] & 1:
            first, final = struct.unpack_from("<HH", record)
            surface.hidden_columns.update(range(first, min(final, first + 255) + 1))
    return surface


def _note_row(surface: Surface, row: int, options: int) -> None:
    """What a row says of itself: whether it is hidden, and how deep it is grouped."""
    if options & 0x20:
        surface.hidden_rows.add(row)
    if options & 7:
        surface.outlines[row] = options & 7


def _is_number(kind: int, record: bytes) -> bool:
    """Whether a record of cells holds numbers."""
    return kind in (*_NUMBERS, _MULTIPLE) and not (kind == _FORMULA and record[12:14] == b"\xff\xff")


def _styles(kind: int, record: bytes, column: int) -> list[tuple[int, int]]:
    """Column and style of each cell in a record."""
    if kind == _MULTIPLE:
        return [
            (column + number, struct.unpack_from("<H", record, 4 + 6 * number)[0])
            for number in range((len(record) - 6) // 6)
        ]
    return [(column, struct.unpack_from("<H", record, 4)[0])]


def _fault(kind: int, record: bytes) -> str:
    if kind == _BOOL_OR_ERROR and record[7]:
        return _ERRORS.get(record[6], "an error")
    if kind == _FORMULA and record[12:14] == b"\xff\xff" and record[6] == 2:
        return _ERRORS.get(record[8], "an error")
    return ""
