"""A system nobody has set values for still gets its documents."""

from __future__ import annotations

import pandas as pd
from docx import Document

from methodology.evidence.explanation import _overview
from methodology.tables.overview import overview


def test_an_empty_table_is_said_to_be_empty():
    document = Document()
    _overview(document, overview([], ["indicator", "comparator"]))
    assert [paragraph.text for paragraph in document.paragraphs] == ["无 none"]
    assert not document.tables


def test_a_table_with_rows_is_written_as_a_grid():
    document = Document()
    _overview(document, overview([{"indicator": "NOx", "comparator": "limit"}], ["indicator", "comparator"]))
    assert len(document.tables) == 1
    assert pd.notna(document.tables[0].cell(1, 0).text)
