"""Workbooks are zip archives from strangers: nothing is unpacked before its size is known."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

from methodology.errors import DataError

LARGEST_UNPACKED = 100_000_000
MOST_MEMBERS = 2_000
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def safe_members(data: bytes, file: str) -> dict[str, bytes]:
    """
    Unpack a workbook within bounds.

    Raises
    ------
    DataError
        If the archive is damaged, encrypted, or would unpack to more than 100 MB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _refuse_bombs(members, file)
            return {member.filename: archive.read(member) for member in members if not member.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(
            f"{file} is damaged: its archive cannot be unpacked ({fault}). Open it in a spreadsheet program and "
            "save it again as .xlsx."
        ) from fault
    except RuntimeError as fault:  # zipfile's way to say that a password is needed
        raise DataError(f"{file} is protected by a password. Save it without one.") from fault


def _refuse_bombs(members: list[zipfile.ZipInfo], file: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS:
        raise DataError(f"{file} holds {len(members):,} parts; a workbook has at most {MOST_MEMBERS:,}.")
    if unpacked > LARGEST_UNPACKED:
        raise DataError(
            f"{file} would unpack to {unpacked / 1e6:,.0f} MB; at most {LARGEST_UNPACKED / 1e6:,.0f} MB are read. "
            "Delete pictures and unused sheets, or save the table alone."
        )
    if any(member.compress_type not in _COMPRESSIONS for member in members):
        raise DataError(f"{file} is packed in a way no spreadsheet program uses. Save it again as .xlsx.")
    names = [member.filename for member in members]
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


def new_parser(file: str) -> expat.XMLParserType:
    """A parser that refuses document types, and with them every entity bomb."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise DataError(
            f"{file} holds a document type declaration, which no workbook needs. Save it again as .xlsx."
        )

    parser.StartDoctypeDeclHandler = refuse
    return parser


def parse_xml(parser: expat.XMLParserType, content: bytes, file: str) -> None:
    """
    Run `parser` over one part.

    Raises
    ------
    DataError
        If the part is not well-formed.
    """
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise DataError(
            f"{file} is damaged: a sheet is not well-formed ({fault}). Open it in a spreadsheet program and save "
            "it again as .xlsx."
        ) from fault


def local(name: str) -> str:
    """Name of an element or attribute without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name
