"""Workbooks (.xlsx, .xls, .ods) through python-calamine, behind bounds and with failed formulas named."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    ZipError,
)

from methodology.errors import DataError
from methodology.sample.archives import packed_again, safe_members
from methodology.sample.binary import inspect_xls
from methodology.sample.grid import Grid, refuse_large
from methodology.sample.inspection import Surface, inspect_ods, inspect_xlsx

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin like a workbook, whatever the file is called."""
    return data.startswith((_ZIP, _OLE))


def read_workbook(data: bytes, file: str) -> list[Grid]:
    """
    Read every visible worksheet.

    Parameters
    ----------
    data : bytes
        Content of the file; its kind is told from it, not from its name.

    Returns
    -------
    list of Grid
        In the order of the tabs. Formulas are given by the result last computed and never evaluated.

    Raises
    ------
    DataError
        If the file is damaged, protected, of another kind, or larger than any sample.
    """
    source, surfaces = _inspected(data, file)
    try:
        with CalamineWorkbook.from_filelike(source) as workbook:
            return [_grid(workbook, name, file, surfaces.get(name, Surface())) for name in _visible(workbook)]
    except PasswordError as fault:
        raise DataError(f"{file} is protected by a password. Save it without one.") from fault
    except (CalamineError, ZipError, OSError, ValueError) as fault:
        if isinstance(fault, DataError):
            raise
        raise _damaged(file, fault) from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":  # how a fault of the Rust reader arrives
            raise
        raise _damaged(file, fault) from fault


def _damaged(file: str, fault: BaseException) -> DataError:
    return DataError(
        f"{file} cannot be read as a workbook ({fault}). Open it in a spreadsheet program and save it again as "
        ".xlsx."
    )


def _inspected(data: bytes, file: str) -> tuple[BytesIO, Mapping[str, Surface]]:
    """The bytes that may be read, and what the reader will not say about each sheet."""
    if data.startswith(_OLE):
        return BytesIO(data), inspect_xls(data, file)
    members = safe_members(data, file)
    if "content.xml" in members:
        return packed_again(members), inspect_ods(members["content.xml"], file)
    if "xl/workbook.xml" in members:
        return packed_again(members), inspect_xlsx(members, file)
    raise DataError(
        f"{file} is an archive, but neither an .xlsx nor an .ods workbook. Save the table as .xlsx or CSV."
    )


def _visible(workbook: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _grid(workbook: CalamineWorkbook, name: str, file: str, surface: Surface) -> Grid:
    sheet = workbook.get_sheet_by_name(name)
    refuse_large(file, sheet.total_height, sheet.total_width, sheet=name)
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    merged = tuple((a[0], a[1], b[0], b[1]) for a, b in sheet.merged_cell_ranges or ())
    return Grid(
        file,
        name,
        tuple(tuple(row) for row in rows),
        errors=surface.errors,
        merged=merged,
        hidden_rows=frozenset(surface.hidden_rows),
        hidden_columns=frozenset(surface.hidden_columns),
    )
