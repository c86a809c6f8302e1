import math
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methodology.indicators import CellState
from methodology.sample.cell_reading import invisible_sign, read_level, read_quantity, read_words
from methodology.sample.description import Marks

UNMEASURED = (CellState.NOT_REPORTED, CellState.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (12.5, 12.5),
        (7, 7.0),
        ("12.5", 12.5),
        (" 12.5\t", 12.5),
        ("\u00a012.5\u200b", 12.5),
        ("１２．５", 12.5),
        ("\u3000-3.2", -3.2),
        ("−3.2", -3.2),
        ("+4", 4.0),
        ("1.2e3", 1200.0),
        (".5", 0.5),
        (0, 0.0),
    ],
)
def test_numbers_are_read_as_meant_whatever_their_disguise(cell, value):
    reading = read_quantity(cell)
    assert (reading.value, reading.state, reading.fault) == (value, CellState.MEASURED, "")


@pytest.mark.parametrize("cell", ["<5", "< 5", "＜5", "<5.0", " ＜ ５ "])
def test_a_value_below_a_stated_limit_keeps_the_limit(cell):
    reading = read_quantity(cell)
    assert (reading.value, reading.state) == (5.0, CellState.BELOW_LIMIT)


@pytest.mark.parametrize("cell", ["", "  ", None, "\u3000", "\u200b"])
def test_an_empty_cell_is_not_reported(cell):
    assert read_quantity(cell).state is CellState.NOT_REPORTED
    assert read_quantity(cell).fault == ""


@pytest.mark.parametrize("cell", ["n/a", "N/A", "不适用", "not applicable"])
def test_not_applicable_is_its_own_state(cell):
    assert read_quantity(cell).state is CellState.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("12,5", "comma"),
        ("1,234", "comma"),
        ("1,234.5", "separators of thousands"),
        ("1 234", "separators of thousands"),
        ("1_000", "separators of thousands"),
        ("1'234", "separators of thousands"),
        ("10-12", "range"),
        ("10～12", "range"),
        ("10至12", "range"),
        ("2024-03-12", "date"),
        ("3月12日", "date"),
        ("12-Mar", "date"),
        (date(2024, 3, 12), "date"),
        (datetime(2024, 3, 12), "date"),
        (time(3, 12), "date"),
        (">100", "inequality"),
        ("<=5", "inequality"),
        ("≤5", "inequality"),
        ("ND", "without '<'"),
        ("未检出", "without '<'"),
        ("<LOD", "without '<'"),
        ("5L", "without '<'"),
        ("385 kgce/t", "text after the number"),
        ("57.7%", "text after the number"),
        ("12.5¹", "text after the number"),
        ("约500", "approximate"),
        ("#DIV/0!", "error of the spreadsheet"),
        ("=1+1", "formula"),
        ("-", "'not reported' or 'not applicable'"),
        ("—", "'not reported' or 'not applicable'"),
        ("NA", "'not reported' or 'not applicable'"),
        ("/", "'not reported' or 'not applicable'"),
        ("none", "'not reported' or 'not applicable'"),
        (True, "TRUE/FALSE"),
        ("nan", "'not reported' or 'not applicable'"),
        ("inf", "not a number"),
        (math.inf, "finite"),
        ("<0", "below zero"),
        ("<-5", "below zero"),
        ("hello", "not a number"),
        ("1.2.3", "not a number"),
        ("९", "not a number"),
        ("0x1f", "text after the number"),
        ("9" * 5000, "finite"),
        ("a" * 5000, "not a number"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_by_name(cell, words):
    reading = read_quantity(cell)
    assert words in reading.fault
    assert reading.fix
    assert math.isnan(reading.value)


def test_a_percent_sign_is_read_only_in_a_column_of_percentages():
    assert read_quantity("57.7%", percent=True).value == 57.7
    assert read_quantity("57.7％", percent=True).value == 57.7
    assert read_quantity("57.7%").fault


def test_a_sample_may_declare_what_its_signs_mean():
    marks = Marks(not_reported=("-", "NA"), not_applicable=("/",))
    assert read_quantity("—", marks=marks).state is CellState.NOT_REPORTED
    assert read_quantity("—", marks=marks).fault == ""
    assert read_quantity("/", marks=marks).state is CellState.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("I", 1),
        ("ii", 2),
        ("Ⅲ", 3),
        ("Ⅱ级", 2),
        ("一级", 1),
        ("none", 4),
        ("无", 4),
        (2.0, 2),
        ("Level III", 3),
    ],
)
def test_described_levels_are_read_in_both_languages(cell, value):
    assert read_level(cell).value == value


@pytest.mark.parametrize("cell", ["IV", "5", "good", True, date(2024, 1, 1), "0.0301"])
def test_what_is_no_level_is_refused(cell):
    assert "not a level" in read_level(cell).fault


@pytest.mark.parametrize(
    "cell", ["=HYPERLINK(1)", "+1+1", "@SUM(A1)", "-2+3", "<script>", "a\x07b", "a\nb", "x" * 101]
)
def test_text_that_could_come_alive_elsewhere_is_refused(cell):
    assert read_words(cell)[1]


def test_plain_text_passes():
    assert read_words(" 一号 高炉 (No. 1) ") == ("一号 高炉 (No. 1)", "")
    assert read_words(7.0) == ("7", "")


@pytest.mark.parametrize("cell", ["1e-400", "<1e-400", "0.1e-330", "1e-310", "-2e-999"])
def test_a_number_that_would_become_zero_is_refused(cell):
    reading = read_quantity(cell)
    assert "too small to be kept" in reading.fault


@pytest.mark.parametrize("cell", ["0", "0.0", "0e-999", "0.000", "2.3e-308"])
def test_zero_and_what_is_just_large_enough_are_read(cell):
    assert read_quantity(cell).fault == ""


@given(st.text(max_size=60) | st.from_regex(r"[<＜]?[-+]?[0-9.,eE% _~/-]{1,30}[a-z%]?", fullmatch=True))
def test_any_cell_is_a_value_or_a_fault_with_its_remedy(cell):
    for reading in (read_quantity(cell), read_quantity(cell, percent=True), read_level(cell)):
        assert (reading.fault == "") == (reading.fix == "")
        assert reading.fault or not math.isinf(reading.value)
        assert reading.fault or math.isnan(reading.value) == (reading.state in UNMEASURED)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.text(max_size=200))
def test_ten_thousand_cells_are_values_or_faults(cell):
    for reading in (read_quantity(cell), read_level(cell)):
        assert (reading.fault == "") == (reading.fix == "")
    words, fault = read_words(cell)
    assert not (words and fault)
    assert invisible_sign(words) == ""
