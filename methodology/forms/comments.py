"""Comments on a draft 征求意见: form and disposition table 意见汇总处理表, written, read, and what is settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from methodology.errors import DataError, Problem, raise_problems
from methodology.forms.styles import BASE, Styles, make_styles, new_workbook, print_across, write_table
from methodology.indicators.display import decimal_of, unit_text
from methodology.indicators.display import number as printed
from methodology.languages import NUMERALS
from methodology.results.outputs import repacked
from methodology.spreadsheets.grid import LARGEST_FILE, Grid, is_empty
from methodology.spreadsheets.workbooks import read_workbook

FORM, DISPOSITIONS, CLAUSES = "意见 comments", "意见汇总处理表", "条款 clauses"
GENERAL = (
    "总体 The whole draft",
    "范围、术语 Scope and terms",
    "指标体系与权重 Indicator system and weights",
    "指标计算与修正 Calculation and corrections",
    "评价方法 Evaluation method",
    "附录 Annexes",
)
LEVELS = ("", *NUMERALS)
ANSWERS = ("采纳 Adopted", "部分采纳 Partly adopted", "未采纳 Not adopted")
COLUMNS = (
    ("章条 Clause", 34),
    ("级 Level", 10),
    ("意见 Comment", 48),
    ("建议改为 Proposed text or value", 26),
    ("理由 Reason", 40),
)
MORE = (
    ("提出单位 Organisation", 24),
    ("处理意见 Disposition", 22),
    ("处理理由 Reason for the disposition", 40),
)
FIRST_ROW, MARK_ROW, ASKED_ROW = 8, 2, 3
"""Rows of both workbooks: the first line, counted from 0; the mark, from 1; what is asked, from 0."""
_LONGEST = 2000
_SIGNS = {sign: level for level, sign in NUMERALS.items()}
_ASKED = ("提出单位 Organisation", "联系人 Contact", "日期 Date")
_HOW = (
    "章条与级从下拉列表选择；一行一条意见；没有意见时只填单位。 "
    "Choose clause and level from the lists; one comment a line; without comments fill in the organisation only."
)
_LINES, _RULED = 200, 60
"""Lines whose clause and level are chosen from lists; those of them that a print has, for whoever writes by hand."""
_HEIGHT = 33
"""Points of a ruled line, room for handwriting; whole pixels, or the file would hold another number."""
_NARROW = 0.63
"""Columns of the disposition table beside those of the form: it has three more on the same paper."""


@dataclass(frozen=True)
class Comment:
    """One comment of an organisation, and what was decided of it; empty texts where nothing is said."""

    clause: str
    level: str
    text: str
    wanted: str
    reason: str
    organisation: str = ""
    disposition: str = ""
    because: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """What a table says of it, its level by the sign that standards use."""
        return tuple(NUMERALS.get(text, text) if text == self.level else text for text in astuple(self))


@dataclass(frozen=True)
class Draft:
    """What a form says of the draft it belongs to, and the clauses that can be commented on."""

    title: str
    number: int
    check: str
    clauses: Mapping[str, tuple[str, ...]]
    """Clause -> values of Levels I, II, III as drafted; empty for a clause without values."""
    indicators: Mapping[str, str]
    """Clause -> id of its indicator."""

    @property
    def mark(self) -> str:
        """What a form is recognised by."""
        return f"{self.title} 征求意见稿第{self.number}稿 draft {self.number:02d} · 核对码 check code {self.check}"


def described(proposal: Mapping[str, Any], number: int, digest: str) -> Draft:
    """
    Describe a draft for its forms, by its `proposal.json` and number.

    The beginning of the digest of that file is the check code of the forms.
    """
    clauses: dict[str, tuple[str, ...]] = dict.fromkeys(GENERAL, ())
    indicators = {}
    for entry in proposal["indicators"]:
        clause = f"{entry['names']['zh']} {entry['names']['en']}"
        indicators[clause] = entry["id"]
        clauses[clause] = tuple(_drafted(entry, level) for level in LEVELS[1:])
    names = proposal["names"]
    return Draft(f"{names['zh']} {names['en']}", number, digest[:12], clauses, indicators)


def _drafted(entry: Mapping[str, Any], level: str) -> str:
    """What a draft says of an indicator at a level, as its table prints it."""
    described = (entry.get("descriptions") or {}).get(level)
    if described:
        return f"{described['zh']} {described['en']}"
    value = entry["levels"][level]["proposed"]
    step = min(filter(None, (told.get("step") for told in entry["levels"].values())), default=None)
    if value is None:
        return "—"
    low, high = entry.get("target") or (None, None)
    ends = (value,) if low is None else (low - value, high + value)
    return f"{'–'.join(printed(end, step=step) for end in ends)} {unit_text(entry['unit'])}".strip()


def read_forms(paths: Sequence[Path], draft: Draft) -> list[Comment]:
    """
    Read filled comment forms and disposition tables of a draft.

    Returns
    -------
    list of Comment
        In the order of the files and lines; a comment that stands in a form and in a disposition table counts once,
        with its disposition.

    Raises
    ------
    DataError
        If a file is no form of this draft, or a line cannot be used; names every file, line and column at once.
    """
    found: dict[tuple[str, ...], Comment] = {}
    problems: list[Problem] = []
    for path in paths:
        for comment in _file(path, draft, problems):
            own = astuple(comment)[:6]
            if own not in found or comment.disposition or comment.because:
                found[own] = comment
    raise_problems(DataError, "The comments cannot be used.", problems)
    return list(found.values())


def holds_dispositions(path: Path) -> bool:
    """Whether a workbook holds a disposition table, of whichever draft."""
    if path.stat().st_size > LARGEST_FILE:
        return False
    sheets = {grid.sheet for grid in read_workbook(path.read_bytes(), path.name)}
    return DISPOSITIONS in sheets and FORM not in sheets


def document_of(comments: Sequence[Comment]) -> Iterator[tuple[str, ...]]:
    """Word the disposition table line by line, numbered, for a document."""
    yield ("序号 No.", *(text for text, _ in (*COLUMNS, *MORE)))
    for number, comment in enumerate(comments, start=1):
        yield (str(number), *comment.cells)


def unanswered(
    comments: Iterable[Comment], draft: Draft, before: Mapping[str, Any], after: Mapping[str, Any] | None
) -> list[Problem]:
    """
    List the comments whose disposition is missing, gives no reason, or was promised and not kept.

    Parameters
    ----------
    before, after : mapping
        Proposals of the draft and of the newest draft after it; None if there is none yet.

    Returns
    -------
    list of Problem
        Empty if every comment has a disposition, every one not adopted its reason, and every adopted one changed the
        value or the weight it is about, or says why not.
    """
    faults = []
    for number, comment in enumerate(comments, start=1):
        what = ""
        if not comment.disposition:
            what, fix = "has no disposition 没有处理意见", f"Choose one of 请选择: {', '.join(ANSWERS)}."
        elif comment.because:
            continue
        elif comment.disposition == ANSWERS[2]:
            what = "is not adopted and no reason is given 未采纳，但没有处理理由"
            fix = "Give the reason. 请写明理由。"
        elif comment.clause not in draft.indicators:
            what = "is adopted, and nothing says what was changed 已采纳，但没有说明改了什么"
            fix = "Say in the reason what was changed, and where. 请在处理理由中写明修改之处。"
        elif after is None:
            what = "is adopted, and there is no later draft that could show it 已采纳，但还没有下一稿"
            fix = "Propose the next draft, or give the reason why nothing changes. 请提出下一稿，或写明不改的理由。"
        elif _same(comment, draft, before, after):
            what = "is adopted, and the newest draft says the same as before 已采纳，但最新一稿没有改动"
            fix = "Change the value, or give the reason why it stays. 请修改该值，或写明不改的理由。"
        if what:
            what = f"comment {number} on {comment.clause!r} {what}"
            faults.append(Problem(what, sheet=DISPOSITIONS, fix=fix))
    return faults


def _same(comment: Comment, draft: Draft, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a later draft has the values, or the value of the level, and the weight that the draft had."""
    own = draft.indicators[comment.clause]
    one, other = (
        next((entry for entry in proposal.get("indicators", ()) if entry["id"] == own), None)
        for proposal in (before, after)
    )
    if one is None or other is None:
        return one is other
    levels = [comment.level] if comment.level else LEVELS[1:]
    return one["weight"] == other["weight"] and all(
        one["levels"][level]["proposed"] == other["levels"][level]["proposed"] for level in levels
    )


def _file(path: Path, draft: Draft, problems: list[Problem]) -> Iterator[Comment]:
    if not path.is_file() or path.stat().st_size > LARGEST_FILE:
        what = f"is no file of at most {LARGEST_FILE:,} bytes"
        problems.append(Problem(what, file=path.name, fix="Give a filled comment form."))
        return
    grids = {grid.sheet: grid for grid in read_workbook(path.read_bytes(), path.name) if not grid.hidden}
    grid = grids.get(FORM) or grids.get(DISPOSITIONS)
    if grid is None:
        what, why = f"is no comment form: it has no sheet {FORM!r}", f"Its sheets: {', '.join(grids)}."
        fix = "Write a blank form with `workbench comments DRAFT -o FORM.xlsx`."
        problems.append(Problem(what, file=path.name, why=why, fix=fix))
    elif _text(grid, MARK_ROW - 1, 0) != draft.mark:
        what = f"belongs to {_text(grid, MARK_ROW - 1, 0)!r}, not to {draft.mark!r}"
        problems.append(grid.problem(what, MARK_ROW - 1, fix="Give the draft that the form was written for."))
    else:
        yield from _lines(grid, draft, problems)


def _lines(grid: Grid, draft: Draft, problems: list[Problem]) -> Iterator[Comment]:
    table = grid.sheet == DISPOSITIONS
    columns = [text for text, _ in ((*COLUMNS, *MORE) if table else COLUMNS)]
    organisation = "" if table else _text(grid, ASKED_ROW, 1)
    if not table and not organisation:
        problems.append(grid.problem("does not say who comments", ASKED_ROW, fix="Fill it in."))
    for row in range(FIRST_ROW, len(grid.rows)):
        texts = [_text(grid, row, column) for column in range(len(columns))]
        if not any(texts):
            continue
        texts[1] = _SIGNS.get(texts[1].removesuffix("级"), texts[1])
        comment = Comment(*texts)
        comment = comment if table else replace(comment, organisation=organisation)
        faults = list(_faults(comment, draft, texts, columns))
        problems += [grid.problem(what, row, column, fix=fix) for column, what, fix in faults]
        if not faults:
            yield comment


def _faults(
    comment: Comment, draft: Draft, texts: Sequence[str], columns: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    for text, column in zip(texts, columns, strict=True):
        if len(text) > _LONGEST:
            fix = f"Write at most {_LONGEST:,}, and the rest on another line."
            yield column, f"has {len(text):,} characters", fix
    if comment.clause not in draft.clauses:
        yield columns[0], f"{comment.clause[:60]!r} is no clause of this draft", "Choose one from the list."
    if comment.level not in LEVELS:
        yield columns[1], f"{comment.level[:60]!r} is no level", "Choose I, II or III, or leave it empty."
    if not comment.text:
        yield columns[2], "is empty", "Write the comment, or empty the line."
    if comment.disposition not in ("", *ANSWERS):
        fix = f"Choose one of {', '.join(ANSWERS)}."
        yield columns[-2], f"{comment.disposition[:60]!r} is no disposition", fix


def _text(grid: Grid, row: int, column: int) -> str:
    cell = grid.cell(row, column)
    if is_empty(cell):
        return ""
    return (format(decimal_of(cell).normalize(), "f") if isinstance(cell, float) else str(cell)).strip()


def write_form(draft: Draft, path: Path) -> None:
    """Write the form on which organisations comment on a draft, an .xlsx file; the same draft gives the same bytes."""
    title = "征求意见表 Comment form"
    with new_workbook(path, "", f"{title}: {draft.mark}", made_into=_growing) as book:
        styles = make_styles(book)
        sheet = book.add_worksheet(FORM)
        _head(sheet, title, draft.mark, styles)
        for row, text in enumerate(_ASKED, start=ASKED_ROW):
            sheet.write_string(row, 0, text, styles.bold)
            sheet.merge_range(row, 1, row, 2, "", styles.words)
        sheet.write_string(ASKED_ROW + 3, 0, _HOW, styles.text)
        _table(sheet, FIRST_ROW - 1, COLUMNS, [], styles)
        for column, (_, width) in enumerate(COLUMNS):  # below the ruled lines too, what is typed is text
            sheet.set_column(column, column, width, styles.free)
        for row in range(FIRST_ROW, FIRST_ROW + _RULED):
            for column in range(len(COLUMNS)):
                sheet.write_blank(row, column, None, styles.ruled)
            sheet.set_row(row, _HEIGHT)
        _lists(sheet, draft)
        _clauses(book.add_worksheet(CLAUSES), draft, styles)


def write_dispositions(comments: Sequence[Comment], draft: Draft, path: Path) -> None:
    """Write the disposition table as a workbook: every comment with room for what is decided of it."""
    title = "意见汇总处理表 Disposition of comments"
    columns = [(text, round(_NARROW * width)) for text, width in (*COLUMNS, *MORE)]
    with new_workbook(path, "", f"{title}: {draft.mark}", made_into=_growing) as book:
        styles = make_styles(book)
        sheet = book.add_worksheet(DISPOSITIONS)
        _head(sheet, title, draft.mark, styles)
        _table(sheet, FIRST_ROW - 1, columns, [one.cells for one in comments], styles)
        place, last = len(COLUMNS) + 1, FIRST_ROW + max(len(comments), 1) - 1
        sheet.data_validation(FIRST_ROW, place, last, place, {"validate": "list", "source": list(ANSWERS)})


def _head(sheet: Any, title: str, mark: str, styles: Styles) -> None:
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(MARK_ROW - 1, 0, mark, styles.text)


def _table(sheet: Any, head: int, columns: Sequence[tuple[str, int]], rows: Any, styles: Styles) -> None:
    write_table(sheet, head, [text for text, _ in columns], rows, styles, [width for _, width in columns])
    sheet.hide_gridlines(2)
    print_across(sheet, [width for _, width in columns], head=head, letters=BASE["font_size"])
    sheet.set_footer("&C&P / &N")
    sheet.freeze_panes(head + 1, 1)


def _growing(content: bytes) -> bytes:
    """A height that counts as chosen would not grow with what is typed; texts stand in another member and stay."""
    chosen = f'ht="{_HEIGHT}" customHeight="1"'.encode()

    def freed(name: str, member: bytes) -> bytes:
        return member.replace(chosen, chosen.split()[0]) if name.startswith("xl/worksheets/") else member

    return repacked(content, freed)


def _lists(sheet: Any, draft: Draft) -> None:
    source = f"='{CLAUSES}'!$A$2:$A${len(draft.clauses) + 1}"
    for column, choices in enumerate((source, list(NUMERALS.values()))):
        rows = (FIRST_ROW, column, FIRST_ROW + _LINES - 1, column)
        sheet.data_validation(*rows, {"validate": "list", "source": choices})


def _clauses(sheet: Any, draft: Draft, styles: Styles) -> None:
    rows = [(clause, *(values or ("", "", ""))) for clause, values in draft.clauses.items()]
    columns = (("章条 Clause", 40), *((f"{sign}级 Level {level}", 34) for level, sign in NUMERALS.items()))
    _table(sheet, 0, columns, rows, styles)
