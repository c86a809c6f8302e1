"""The form on which organisations comment on a draft, and the disposition table 意见汇总处理表, as workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from methodology.forms.comments import (
    ANSWERS,
    ASKED_ROW,
    CLAUSES,
    COLUMNS,
    DISPOSITIONS,
    FIRST_ROW,
    FORM,
    MARK_ROW,
    MORE,
    Comment,
    Draft,
)
from methodology.forms.styles import BASE, make_styles, print_across, write_table
from methodology.languages import NUMERALS
from methodology.results.outputs import repacked

_ASKED = ("提出单位 Organisation", "联系人 Contact", "日期 Date")
_LINES, _RULED = 200, 60
"""Lines whose clause and level are chosen from lists; those of them that a print has, for whoever writes by hand."""
_HEIGHT = 33
"""Points of a ruled line, room for handwriting; whole pixels, or the file would hold another number."""
_NARROW = 0.63
"""Columns of the disposition table beside those of the form: it has three more on the same paper."""


def write_form(draft: Draft, path: Path) -> None:
    """
    Write the form on which organisations comment on a draft.

    Parameters
    ----------
    path : Path
        An .xlsx file; the same draft gives the same bytes.
    """
    with _Workbook(path, f"征求意见表 Comment form: {draft.mark}") as book:
        styles = make_styles(book)
        sheet = book.add_worksheet(FORM)
        _head(sheet, styles, "征求意见表 Comment form", draft.mark)
        for row, text in enumerate(_ASKED, start=ASKED_ROW):
            sheet.write_string(row, 0, text, styles.bold)
            sheet.merge_range(row, 1, row, 2, "", styles.words)
        sheet.write_string(
            ASKED_ROW + 3,
            0,
            "章条与级从下拉列表选择；一行一条意见；没有意见时只填单位。 "
            "Choose clause and level from the lists; one comment a line; "
            "without comments fill in the organisation only.",
            styles.text,
        )
        write_table(sheet, FIRST_ROW - 1, *_columns(COLUMNS, [], styles))
        for column, (_, width) in enumerate(COLUMNS):
            sheet.set_column(
                column, column, width, styles.free
            )  # below the ruled lines too, what is typed is text
        for row in range(FIRST_ROW, FIRST_ROW + _RULED):
            for column in range(len(COLUMNS)):
                sheet.write_blank(row, column, None, styles.ruled)
            sheet.set_row(row, _HEIGHT)
        _lists(sheet, draft, 0, 1)
        _print(sheet, FIRST_ROW - 1, COLUMNS)
        _clauses(book.add_worksheet(CLAUSES), draft, styles)


def write_dispositions(comments: Sequence[Comment], draft: Draft, path: Path) -> None:
    """Write the disposition table as a workbook: every comment with room for what is decided of it."""
    columns = [(text, round(_NARROW * width)) for text, width in (*COLUMNS, *MORE)]
    with _Workbook(path, f"意见汇总处理表 Disposition of comments: {draft.mark}") as book:
        styles = make_styles(book)
        sheet = book.add_worksheet(DISPOSITIONS)
        _head(sheet, styles, "意见汇总处理表 Disposition of comments", draft.mark)
        write_table(sheet, FIRST_ROW - 1, *_columns(columns, [one.cells for one in comments], styles))
        last = FIRST_ROW + max(len(comments), 1) - 1
        place = len(COLUMNS) + 1
        sheet.data_validation(FIRST_ROW, place, last, place, {"validate": "list", "source": list(ANSWERS)})
        _print(sheet, FIRST_ROW - 1, columns)


class _Workbook:
    """A workbook that is made in memory and written when it is whole, without formulas, links or the time."""

    def __init__(self, path: Path, title: str) -> None:
        import xlsxwriter

        self.path, self.made = path, BytesIO()
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(self.made, plain)
        self.book.set_properties({"title": title, "created": datetime(2000, 1, 1)})

    def __enter__(self) -> Any:
        return self.book

    def __exit__(self, kind: object, fault: object, trace: object) -> None:
        if fault is None:
            self.book.close()
            # A height that counts as chosen would not grow with what is typed.
            chosen = f'ht="{_HEIGHT}" customHeight="1"'.encode()
            self.path.write_bytes(repacked(self.made.getvalue(), instead=(chosen, chosen.split()[0])))


def _columns(
    columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]], styles: Any
) -> tuple[list[str], Sequence[Sequence[str]], Any, list[int]]:
    return [text for text, _ in columns], rows, styles, [width for _, width in columns]


def _head(sheet: Any, styles: Any, title: str, mark: str) -> None:
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(MARK_ROW - 1, 0, mark, styles.text)


def _lists(sheet: Any, draft: Draft, clause: int, level: int) -> None:
    last = FIRST_ROW + _LINES - 1
    source = f"='{CLAUSES}'!$A$2:$A${len(draft.clauses) + 1}"
    sheet.data_validation(FIRST_ROW, clause, last, clause, {"validate": "list", "source": source})
    sheet.data_validation(
        FIRST_ROW, level, last, level, {"validate": "list", "source": list(NUMERALS.values())}
    )


def _clauses(sheet: Any, draft: Draft, styles: Any) -> None:
    rows = [(clause, *(values or ("", "", ""))) for clause, values in draft.clauses.items()]
    columns = (("章条 Clause", 40), *((f"{sign}级 Level {level}", 34) for level, sign in NUMERALS.items()))
    write_table(sheet, 0, *_columns(columns, rows, styles))
    _print(sheet, 0, columns)


def _print(sheet: Any, head: int, columns: Sequence[tuple[str, int]]) -> None:
    sheet.hide_gridlines(2)
    print_across(sheet, [width for _, width in columns], head=head, letters=BASE["font_size"])
    sheet.set_footer("&C&P / &N")
    sheet.freeze_panes(head + 1, 1)
