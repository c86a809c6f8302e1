"""Workbooks are zip archives from strangers: what is unpacked and parsed is measured while it is read."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

from methodology.errors import DataError

LARGEST_UNPACKED = 100_000_000
MOST_MEMBERS = 2_000
MOST_TAGS = 6_000_000
"""Tags of one workbook, opening and closing: a million cells have no more."""
DEEPEST = 100
LONGEST_TAG = 1_000_000
"""Bytes of one tag with its attributes, or of one remark."""
_PIECE = 1 << 16
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def safe_members(data: bytes, file: str) -> dict[str, bytes]:
    """Unpack a workbook within bounds; refused if it is damaged, encrypted, or would unpack to more than 100 MB."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _refuse_bombs(members, file)
            found: dict[str, bytes] = {}
            left = LARGEST_UNPACKED
            for member in members:
                if not member.is_dir():
                    found[member.filename] = _unpacked(archive, member, left, file)
                    left -= len(found[member.filename])
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(
            f"{file} is damaged: its archive cannot be unpacked ({fault}). Open it in a spreadsheet program and "
            "save it again as .xlsx."
        ) from fault
    except RuntimeError as fault:  # zipfile's way to say that a password is needed
        raise DataError(f"{file} is protected by a password. Save it without one.") from fault


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int, file: str) -> bytes:
    """Content of one part, never more than `most`: the sizes an archive states are its sender's claims."""
    pieces: list[bytes] = []
    with archive.open(member) as stream:
        while piece := stream.read(_PIECE):
            most -= len(piece)
            if most < 0:
                raise _too_large(file, LARGEST_UNPACKED - most)
            pieces.append(piece)
    return b"".join(pieces)


def _too_large(file: str, unpacked: int) -> DataError:
    return DataError(
        f"{file} would unpack to {unpacked / 1e6:,.0f} MB; at most {LARGEST_UNPACKED / 1e6:,.0f} MB are read. "
        "Delete pictures and unused sheets, or save the table alone."
    )


def _refuse_bombs(members: list[zipfile.ZipInfo], file: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS:
        raise DataError(f"{file} holds {len(members):,} parts; a workbook has at most {MOST_MEMBERS:,}.")
    if unpacked > LARGEST_UNPACKED:
        raise _too_large(file, unpacked)
    if any(member.compress_type not in _COMPRESSIONS for member in members):
        raise DataError(f"{file} is packed in a way no spreadsheet program uses. Save it again as .xlsx.")
    names = [member.filename for member in members]
    if not all(names):
        raise DataError(f"{file} holds a part without a name and is not a sound workbook. Save it again.")
    if len(set(names)) < len(names):
        raise DataError(
            f"{file} holds two parts of the same name and is not a sound workbook. Save it again."
        )


def packed_again(members: dict[str, bytes]) -> bytes:
    """An archive of exactly `members`: what was measured is what is read, whatever the headers claimed."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return copy.getvalue()


class Meter:
    """How much of one workbook has been parsed, over all its parts."""

    def __init__(self, file: str, most: int = MOST_TAGS) -> None:
        self.file = file
        self._left = most

    def spend(self, count: int = 1) -> None:
        """Count what is about to be parsed; refused if it is more than any sample needs."""
        self._left -= count
        if self._left < 0:
            raise DataError(
                f"{self.file} holds more cells and formats than any sample needs. Save the table alone in a new file, "
                "without formats far from it."
            )


class XmlReader:
    """One pass over a part: subclasses take what `start`, `end` and `characters` tell, names without prefixes."""

    def __init__(self, meter: Meter) -> None:
        self.file, self.meter = meter.file, meter

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Hear that an element begins."""

    def end(self, tag: str) -> None:
        """Hear that an element ends."""

    def characters(self, text: str) -> None:
        """Hear a piece of text."""

    def parse(self, content: bytes) -> None:
        """
        Read a part.

        Raises
        ------
        DataError
            If it is not well-formed, holds a document type (and with it perhaps an entity bomb), has more or longer
            tags than any sample needs, or is nested deeper.
        """
        self.meter.spend(content.count(b"<"))
        parser = expat.ParserCreate()
        parser.buffer_text = True
        self.listen(parser)
        parser.StartDoctypeDeclHandler = self._refuse_type
        try:
            for at in range(0, len(content), _PIECE):
                parser.Parse(content[at : at + _PIECE], False)
                if at + _PIECE - parser.CurrentByteIndex > LONGEST_TAG:
                    raise DataError(
                        f"{self.file} holds a tag or remark of more than {LONGEST_TAG / 1e6:g} MB."
                    )
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as fault:  # the latter two of an unknown encoding
            if isinstance(fault, DataError):
                raise
            raise DataError(
                f"{self.file} is damaged: a sheet is not well-formed ({fault}). Open it in a spreadsheet program and "
                "save it again as .xlsx."
            ) from fault

    def listen(self, parser: expat.XMLParserType) -> None:
        """Say what the parser calls."""
        start, end, names, depth = self.start, self.end, _Names(), 0

        def opened(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self.refuse_deep(depth)
            start(names[tag], attributes)

        def closed(tag: str) -> None:
            nonlocal depth
            depth -= 1
            end(names[tag])

        parser.StartElementHandler, parser.EndElementHandler = opened, closed
        parser.CharacterDataHandler = self.characters

    def refuse_deep(self, depth: int) -> None:
        """Refuse elements within elements that no workbook needs."""
        if depth > DEEPEST:
            raise DataError(
                f"{self.file} holds elements nested deeper than {DEEPEST}, which no workbook needs."
            )

    def _refuse_type(self, *_: object) -> None:
        raise DataError(
            f"{self.file} holds a document type declaration, which no workbook needs. Save it again as .xlsx."
        )


class _Names(dict[str, str]):
    """Names without their prefixes, each worked out once."""

    def __missing__(self, name: str) -> str:
        return self.setdefault(name, local(name))


def local(name: str) -> str:
    """Name of an element or attribute without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name
