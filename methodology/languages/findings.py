"""Findings about what was sent, told in Chinese beside the English: `check` lists them for whoever has to mend a table.

The rooms that find them write English; what they write is said here once more so that `retold` knows its Chinese. A
test finds every piece of it in the code that writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import islice

from methodology.errors import MOST_OF_A_KIND, Problem
from methodology.languages import later, matching, retold, say, speaking
from methodology.languages.key_findings import MORE_FINDINGS
from methodology.languages.remarks import REMARKS

FINDINGS = (
    later("{cell} is too large to be kept as a finite number."),
    later("{cell} is too small to be kept as a number."),
    later("{cell} is an error of the spreadsheet."),
    later("{cell} is a formula kept as text."),
    later("{cell} is an inequality other than '<'."),
    later("{cell} says 'below the limit' without '<' and the limit."),
    later("{cell} is a date."),
    later("{cell} is a range (or a date)."),
    later("{cell} holds separators of thousands."),
    later("{cell} holds a comma that may be a decimal comma or a separator of thousands."),
    later("{cell} is approximate."),
    later("{cell} is a limit in words."),
    later("{cell} is a fraction or a date."),
    later("Write '<' and the limit if nothing was detected, e.g. <1.0; else the value that was measured."),
    later("Write a decimal number, e.g. 0.333."),
    later("{cell} has text after the number."),
    later("{cell} can be read as {one} (comma of thousands) or as {other} (decimal comma)."),
    later("{cell} can be read as {one} (point of thousands) or as {other} (decimal point)."),
    later("{cell} is not a finite number."),
    later("{cell} is what the number format of the cell shows, and {stored} is stored."),
    later("{cell} is shown as a percentage, and the column is not in %."),
    later("{cell} is not a level."),
    later("{cell} is a tick or TRUE/FALSE, not a number."),
    later("{cell} can mean 'not reported' or 'not applicable'."),
    later("{cell} is not a number."),
    later("{cell} is below zero or nothing."),
    later("{cell} is not one of the choices."),
    later("{cell} lies outside {low} to {high}."),
    later("cell {address} holds {what}."),
    later("a formula whose result was never computed"),
    later("a raised or lowered sign, which joins the number or the name before it"),
    later("something that is struck out"),
    later("Mend the formula, or leave the cell empty if not reported."),
    later("Enter its result as a number."),
    later("Write a number, or e.g. <5 for below 5."),
    later("Write '<' and the detection limit, e.g. <1.0."),
    later("Spreadsheets turn 3-12 into a date: format the column as a number and enter the value again."),
    later("Give one value: the mean of the year, weighted by output."),
    later("Write the digits without commas, e.g. 1234.5."),
    later("Write a decimal point and no separators, e.g. 12.5 or 1234."),
    later("Write a decimal point and no separators."),
    later("Write the digits without gaps."),
    later("Give the value of the year."),
    later("Keep the number alone; state the unit in the header, e.g. {example}."),
    later("Keep the number alone; choose the unit from the list in its row."),
    later("Enter the value, or leave the cell empty."),
    later(
        "Set the format of the cell to a plain number and enter what is meant; state the unit in the header."
    ),
    later("Mend the format of the cell, or the unit of the column."),
    later("Write I, II, III or none."),
    later("Enter the value, or leave it empty."),
    later(
        "Leave the cell empty for not reported, write n/a for not applicable, 0 for zero; or declare the sign "
        "under {key} in {file}."
    ),
    later("Write e.g. 12.5, <5, n/a, or leave the cell empty."),
    later("Check the power of ten, or write the number without one."),
    later("State the detection limit, e.g. <1.0."),
    later("Mend the formula or the text, enter the value, or leave the cell empty if not reported."),
    later("Ask the plant; leave the cell empty until it answers."),
    later("Write plain words."),
    later("Enter its value."),
    later("an attribute cannot lie below a limit."),
    later("Corrections read it."),
    later("{count} more cells of this column are at fault."),
    later("the unit {given} in {where} cannot be converted to {wanted}."),
    later("the unit {given} in {where} is per tonne of {product}; asked is one {wanted}."),
    later("the header"),
    later("the column says {stated} in its header and {beside} in {file}."),
    later("State one of them."),
    later("the row below"),
    later(
        "read in {unit}, none of {count} values lies within {low} to {high} {wanted}; read in {other}, "
        "{inside} do."
    ),
    later(
        "read in {unit}, none of {count} values lies within {low} to {high} {wanted}; read as stored, without "
        "the format of the cells, {inside} do."
    ),
    later("State in the header the unit that the values are in, or mend the format of the cells."),
    later("Restate the values, or mend the unit."),
    later("State the values in {unit}. ({listed})"),
    later("State the unit in the header: [%], or [1] for a share of 1."),
    later(
        "no value is larger than 1 and no unit is stated: {one} can be read as {same} % or, with the sign "
        "left out, as {large} %."
    ),
    later(
        "{shares} of {count} values are not larger than 1, the others are like a hundred times as much, and "
        "no unit is stated: {one} can be read as {same} % or, with the sign left out, as {large} %."
    ),
    later("column {letter} holds data and has no header."),
    later("The header is merged over several columns."),
    later("Give every column its own header, or delete its cells."),
    later("{header} is neither an indicator nor an attribute of the system."),
    later("Did you mean {name}? To leave the column out, list it under {key} in {file}."),
    later(
        "Use an indicator id, or its name in the questionnaire. To leave the column out, list it under {key} "
        "in {file}."
    ),
    later("column {letter} names {name} again, after column {first}."),
    later("Keep one of the two columns."),
    later("there is no column of plant ids."),
    later("the column of indicator {name} is missing."),
    later("Add it; leave its cells empty where nothing was reported."),
    later("{cell} stands above the table and is not read as the unit of a column."),
    later("State units in the header, in a row below it, or under {key} in {file}."),
    later("the column is hidden and is read."),
    later("the sheet is hidden and is not read."),
    later("{cell} reads like a summary or a note, not a plant."),
    later("Delete the row; if it is a plant, list it under {key} in {file}."),
    later("each figure of the row is the {word} of the other rows: a summary, not a plant."),
    later("mean"),
    later("total"),
    later("least"),
    later("largest"),
    later("the row names columns: a second table, or a page whose heading differs from the first."),
    later("Keep one table with one header in the sheet."),
    later("Keep one table with one header in the sheet, or move other figures to another sheet."),
    later("the row holds {figures} figures and stands above the header in row {row}."),
    later("the row has data and no plant id."),
    later("the row has data and no plant id (its cell is merged)."),
    later("Give the plant an id in every row, or delete the row."),
    later("the plant id holds {what}."),
    later("{cell} is no plant id."),
    later("Write a short text, e.g. P01."),
    later("plant {plant} stands in row {row} already."),
    later("plant {plant} stands in row {row} already, for {year}."),
    later("plant {plant} differs from that in row {row} by a blank, a leading zero or a year alone."),
    later(
        "If it is one plant, keep one row, with years in a column {year}; if two, list both under {key} in "
        "{file}."
    ),
    later("the names of columns stand below one another in column {letter}."),
    later(
        "Give each plant a row: copy the table and paste it transposed; or describe a long table by a mapping."
    ),
    later("Keep one row per plant and year, or give two units of one plant two ids."),
    later("plant {plant} stands in a hidden row and is read."),
    later("{cell} in the column {column} is no year."),
    later("Write e.g. 2024."),
    later("the cells {cells} are merged: one value stands for {count} plants."),
    later("the cells {cells} are merged: one value stands for {count} columns."),
    later("the cells {cells} are merged: one value stands for {count} questions."),
    later("{address}: {cell} stands beside the columns of the form."),
    later("Enter each value in the cell of its question, and clear other cells."),
    later("{address}: {cell} is not one of the choices."),
    later("Choose from the list, or clear the cell."),
    later("{count} filled rows are hidden and are read."),
    later("{address}: 0 is entered, and what is divided by it cannot be computed."),
    later("Mend the amount, or clear it if it is not known."),
    later("Undo the merge and enter the value of each plant, or leave cells empty if not reported."),
    later("the row is longer than the header by {more} filled cells."),
    later("the row is longer than the header by {more} filled cell."),
    later("A comma inside a cell (4,997) may have split it: write 4997, or put text in quotation marks."),
    later("the row ends after {found} of {needed} columns: it may have been cut off."),
    later("Complete it; write the commas of empty cells too."),
    later("the row is one cell, {cell}: another sign separates its values than in the header."),
    later("Separate all rows alike, or save the table as .xlsx."),
    later("there is no plant below the header."),
    later("Add the plants."),
    later("the example row of the questionnaire is left out."),
    later("the row {why} and is not read."),
    later("the row {why} and is not read (rows {rows})."),
    later("numbers the columns"),
    later("the plant stands in {file} already."),
    later("Keep one of the two, or give two units of one plant two ids."),
    later("the plant {plant} is also in {file}."),
    later("Give two units two names; keep one form of each."),
    later("{address}: {finding}"),
    later("{cell} is no amount."),
    later("Enter a number; 0 for none, empty for not known."),
    later("{cell} is below zero."),
    later("Enter the amount without a sign; 0 for none."),
    later("{cell} is entered and marked as not applicable."),
    later("Clear one of the two."),
    later("{name} applies to every plant of the system."),
    later("Enter the value, or leave it empty if not reported."),
    later("marks a limit, and no limit is entered."),
    later("marks a limit, and the cell above is empty."),
    later("Enter the limit."),
    later("Enter the limit above."),
    later("{name} has no detection limit."),
    later("Enter the value itself."),
    later("the name of the plant holds no name or code."),
    later("Write a name or code, e.g. P01."),
    later("holds {what}."),
    later("{count} rows of the form are gone: {listed}."),
    later("Fill in the form as it was sent; leave its rows."),
    later("the column {head} is gone."),
    later("the column {head} stands twice."),
    later("Fill in the form as it was sent; leave its columns."),
    later("the row {code} stands twice in the form, first in {sheet}."),
    later("Send one form per plant, in a file of its own."),
    later("Choose from the list."),
    later("They differ by more than rounding and {share} %."),
    later("Mend the value or the raw data (often a unit), or clear the value."),
    later("Enter the value or leave it empty, or mend the equipment."),
    later("Write n/a, or mend the equipment."),
    later("It is physically impossible or a slip of reporting."),
    later("Ask the plant; until then a run sets the cell aside ({listed})."),
    later("Ask the plant."),
    later("Declare {key} in the system."),
    later("Where 0 means that nothing was reported, declare it under {key} in {file}."),
    later("{count} cell read as shown, in % ({unit}): formatted as percentages: 35 % is stored as 0.35."),
    later("{count} cells read as shown, in % ({unit}): formatted as percentages: 35 % is stored as 0.35."),
    later("converted from {given} to {wanted}: unit in {where}."),
    later("read as {encoding}; UTF-8 is safer."),
    later(
        "{file}: the sheets {listed} look alike. Name one in {sidecar} ({key}), or put all plants below one "
        "header in one sheet."
    ),
    later(
        "{file}: {sheet} is not the only sheet with plants: {listed} holds some below fewer names of columns. "
        "Name the sheet to read in {sidecar} ({key}), or put all plants below one header in one sheet."
    ),
    later("{file} is protected by a password. Save it without one."),
    later(
        "{file} is damaged and cannot be read as a workbook ({why}). Open it in a spreadsheet program and "
        "save it again as .xlsx."
    ),
    later("{file} is empty. Put a header row and at least one plant into it."),
    later("{listed} The same in {count} more places: {places}."),
    later("{listed} The same in {count} more place: {places}."),
    later("{listed} The same in {count} more places."),
    later("below a limit"),
    later("{count} questionnaires"),
    later("{count} files"),
    later("{listed} The same in {count} more places: rows {rows}."),
    later("{listed} The same in {count} more place: rows {rows}."),
    later(
        "{file}: none of the first {count} rows names a column of the system {system}. The header row needs "
        "{plant} and the indicators ({some}), by id or by name. {command} writes a blank table."
    ),
    later(
        "{file}: none of the first {count} rows of the sheets {listed} names a column of the system "
        "{system}. The header row needs {plant} and the indicators ({some}), by id or by name. {command} "
        "writes a blank table."
    ),
    later("{file} holds zero bytes and is no text table. Save it as .xlsx, or as CSV in UTF-8."),
    later(
        "{file}, line {line}: read as GB18030 the text holds the sign {sign}, which no script has; it may be "
        "in Big5 or another code. Save the table again as .xlsx, or as 'CSV UTF-8'."
    ),
    later(
        "{file}, line {line}: the bytes are neither UTF-8 nor {encoding} text. Save the table again as "
        ".xlsx, or as 'CSV UTF-8'."
    ),
    later(
        "{file}, row {row}: {listed}. A quotation mark is opened and not closed, or stands inside a cell: "
        'write it twice ("") or leave it out.'
    ),
    later(
        "{file} is a web page or XML that only bears the name of a table. Open it in a spreadsheet program "
        "and save it as .xlsx."
    ),
    later("plant id {cell} holds control characters or angle brackets."),
    later("plant id {cell} begins with {sign}, which a spreadsheet runs as a formula."),
    later("plant id {cell} holds the invisible sign {sign}."),
    later(
        "{named} of {plants} plant ids are no neutral codes such as P07 or 企业01, and nothing says that they "
        "may be published. Evidence is public. {listed}"
    ),
    later("should be above {limit} (given: {given})"),
    later("should be at least {limit} (given: {given})"),
    later("should be below {limit} (given: {given})"),
    later("should be at most {limit} (given: {given})"),
    later("should be one of {listed} (given: {given})"),
    later("should have at most {limit} signs (given: {given})"),
    later("should be a number (given: {given})"),
    later("should be a whole number (given: {given})"),
    later("should be true or false (given: {given})"),
    later("should be a text (given: {given})"),
    later("should be one of {listed}"),
    later("should be a list (given: {given})"),
    later("should be a list"),
    later("should be a number"),
    later("should be a whole number"),
    later("should be true or false"),
    later("should be a text"),
    later("is not a known key."),
    later("Did you mean {name}?"),
)
_GIVEN = re.compile(r"(.+) \(given: (.+)\)", re.S)
_NOT_YAML = re.compile(r"(.+?)(?:: the value)? is not plain YAML: (?:line (\d+): )?(.+)\.", re.S)
_MORE = re.compile(r"(.+?\.) (The same in \d+ more places?.*)", re.S)
_SEVERITY = re.compile(r"\[(error|warn|info)] (.+)", re.S)
_SEVERITIES = {"error": later("error"), "warn": later("doubtful"), "info": later("unusual")}


def in_chinese(finding: Problem) -> str:
    """
    A finding with its place in Chinese; '' where nobody has said it in Chinese.

    Examples
    --------
    >>> in_chinese(Problem("'5 ppm' has text after the number.", file="a.xlsx", row=7, fix="Enter its value."))
    "a.xlsx，第7行：'5 ppm'的数字后面还有文字。请填数值。"
    """
    unread = _NOT_YAML.fullmatch(finding.what)
    if unread:
        file, line, what = unread.groups()
        finding = replace(finding, what=what, file=finding.file or file, line=int(line) if line else None)
    with speaking("zh"):
        severity, what = _with_severity(finding.what)
        sentences = [what, *(_retold(text) for text in (finding.why, finding.fix) if text)]
        if not what:
            return ""
        place = "，".join(_places(finding))
        return f"{place}{'：' * bool(place)}{severity}{''.join(sentences)}"


def all_in_chinese(findings: Iterable[Problem]) -> list[str]:
    """The faults of an input in Chinese below a heading, as far as they are known in it; no line where none is."""
    told = dict.fromkeys(filter(None, map(in_chinese, islice(findings, MOST_OF_A_KIND))))
    return ["中文：", *(f"  - {line}" for line in told)] if told else []


def note_in_chinese(finding: Problem) -> str:
    """A doubt as a note in Chinese; '' where nobody has said it in Chinese."""
    with speaking("zh"):
        told = in_chinese(finding)
        return say("note: {finding}", finding=told) if told else ""


def _with_severity(what: str) -> tuple[str, str]:
    """How grave a finding is, and what it is; '' where its Chinese is not known."""
    found = _SEVERITY.fullmatch(what)
    if not found:
        return "", _retold(what)
    told = _retold(found[2]) or _retold(found[2].removesuffix("."))
    return f"【{say(_SEVERITIES[found[1]])}】", f"{told}。" if told and told[-1:] != "。" else told


def _retold(text: str) -> str:
    """A text in Chinese; '' where no finding or remark reads like it."""
    more = _MORE.fullmatch(text)
    first = _retold(more[1]) if more else ""
    if more and first:
        return first.removesuffix("。") + "。" + retold(f"- {more[2]}").removeprefix("-").strip()
    for whole in (text, f"{text}.", text.removesuffix(".")):
        told = retold(whole) if any(pattern.fullmatch(whole) for pattern in _known()) else whole
        if told != whole:
            return told
    given = _GIVEN.fullmatch(text)
    told = _retold(given[1]) if given else ""
    return say("{what} (given: {given})", what=told, given=given[2]) if given and told else ""


@cache
def _known() -> list[re.Pattern[str]]:
    """Whole findings and remarks as patterns: a text of which only a part is known stays English."""
    known = (*FINDINGS, *MORE_FINDINGS, *REMARKS)
    return [matching(message) for message in known]


def _places(finding: Problem) -> Iterable[str]:
    """Where a finding stands, part by part."""
    if finding.file:
        yield retold(finding.file)
    if finding.sheet:
        yield say("sheet {sheet}", sheet=finding.sheet)
    if finding.row is not None:
        yield say("row {row}", row=finding.row)
    if finding.column:
        yield say("column {column}", column=finding.column)
    if finding.plant:
        yield say("plant {plant}", plant=finding.plant)
    if finding.line is not None:
        yield say("line {line}", line=finding.line)
    if finding.key:
        yield finding.key
