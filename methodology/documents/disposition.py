"""The disposition table 意见汇总处理表 as a document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from methodology.documents.word_parts import Grid, paragraph, table
from methodology.documents.word_styles import new_document
from methodology.forms.comments import Comment, Draft, document_of
from methodology.results.outputs import written

_WIDTHS = (1.0, 3.2, 1.0, 5.0, 2.6, 4.0, 2.6, 2.2, 4.0)


def write_document(comments: Sequence[Comment], draft: Draft, path: Path) -> None:
    """Write the disposition table of a draft as a Word document; the same comments give the same bytes."""
    document = new_document(landscape=True)
    paragraph(document, "意见汇总处理表 Disposition of comments", style="Title", centred=True)
    paragraph(document, draft.mark, centred=True)
    head, *rows = document_of(comments)
    table(document, Grid(head, rows, _WIDTHS))
    core = document.core_properties
    core.title, core.author, core.comments = f"意见汇总处理表 {draft.mark}", "", ""
    written(document, path)
