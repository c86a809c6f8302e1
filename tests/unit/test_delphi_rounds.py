"""Rounds of a Delphi as a panel lives them: forms out, forms back, the next form with what the panel said."""

import openpyxl
import pytest
from shipped import ROOT
from typer.testing import CliRunner

from methodology.cli.app import app
from methodology.errors import JudgementError
from methodology.forms.expert_form_layout import (
    ANSWER_COLUMN,
    BUDGET,
    CODE_ROW,
    FEEDBACK,
    FIRST_COLUMN,
    PAIRWISE,
    ROUND_ROW,
    blocks,
)
from methodology.forms.expert_form_matrix import HEADS, OUTSIDE
from methodology.forms.expert_form_writing import write_expert_form
from methodology.forms.judgement_tables import read_expert_forms, read_judgements
from methodology.indicators import load_system
from methodology.tables import rounds_overview
from methodology.weights.consensus import delphi, feedback

SYSTEM = load_system(ROOT / "params" / "systems" / "ironmaking.yaml")
GROUPS = blocks(SYSTEM, BUDGET)[0]
PANEL = ROOT / "data" / "judgements" / "ironmaking"


def answered(path, code, first, *, turn=None):
    """A form sent back: `first` points on the first group, the rest on the second; of a round if one is named."""
    book = openpyxl.load_workbook(path)
    book[PAIRWISE].cell(CODE_ROW + 1, ANSWER_COLUMN + 1).value = code
    if turn is not None:
        book[BUDGET].cell(ROUND_ROW + 1, ANSWER_COLUMN + 1).value = turn
    for row, points in ((GROUPS.first, first), (GROUPS.first + 1, 100 - first)):
        book[BUDGET].cell(row + 1, FIRST_COLUMN + 1).value = points
    book.save(path)
    return path


@pytest.fixture
def first_round(tmp_path):
    folder = tmp_path / "experts"
    folder.mkdir()
    for code, points in (("E1", 80), ("E2", 50), ("E3", 40)):
        write_expert_form(SYSTEM, folder / f"{code} round 1.xlsx")
        answered(folder / f"{code} round 1.xlsx", code, points)
    return folder


def next_round(folder, output):
    return CliRunner().invoke(
        app, ["template", "ironmaking", "--after", str(folder), "-o", str(output)], catch_exceptions=True
    )


def test_the_form_of_the_next_round_shows_the_own_points_beside_the_panels(first_round, tmp_path):
    done = next_round(first_round, tmp_path / "second")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "second").iterdir()) == ["E1.xlsx", "E2.xlsx", "E3.xlsx"]
    book = openpyxl.load_workbook(tmp_path / "second" / "E1.xlsx")
    assert book[PAIRWISE].cell(CODE_ROW + 1, ANSWER_COLUMN + 1).value == "E1"
    assert book[BUDGET].cell(ROUND_ROW + 1, ANSWER_COLUMN + 1).value == 2
    rows = [
        [book[FEEDBACK].cell(GROUPS.first + k + 1, FIRST_COLUMN + j + 1).value for j in range(len(HEADS) + 1)]
        for k in (0, 1)
    ]
    assert rows == [[80, 45, 50, 65, OUTSIDE], [20, 35, 50, 55, OUTSIDE]]


def test_the_forms_of_both_rounds_lie_in_one_folder_and_tell_whether_the_panel_settled(first_round, tmp_path):
    next_round(first_round, tmp_path / "second")
    for code, points in (("E1", 55), ("E2", 50), ("E3", 48)):
        answered(tmp_path / "second" / f"{code}.xlsx", code, points).rename(first_round / f"{code} 2.xlsx")
    panel = read_judgements(first_round, SYSTEM)
    assert panel.experts["expert"].tolist() == ["E1", "E2", "E3"]
    nodes = delphi(panel.budget).nodes.set_index("round")
    assert nodes["settled"].tolist() == [False, True]
    assert feedback(panel.budget, "E1").set_index("item").loc[GROUPS.items[0], "yours"] == 55


@pytest.mark.parametrize("turn", [1, 2])
def test_two_forms_under_one_code_are_two_people_unless_they_are_of_two_rounds(tmp_path, turn):
    for name in ("a.xlsx", "b.xlsx"):
        write_expert_form(SYSTEM, tmp_path / name)
    forms = [answered(tmp_path / "a.xlsx", "E1", 30), answered(tmp_path / "b.xlsx", "E1", 70, turn=turn)]
    if turn == 1:
        with pytest.raises(JudgementError, match=r"code E1 is also in a\.xlsx"):
            read_expert_forms(forms, SYSTEM)
    else:
        assert read_expert_forms(forms, SYSTEM).budget["round"].value_counts().nunique() == 1


def test_there_is_no_next_round_where_nobody_gave_points_or_a_folder_is_in_the_way(first_round, tmp_path):
    assert "exists" in str(next_round(first_round, first_round).exception)
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "pairwise.csv").write_bytes((PANEL / "pairwise.csv").read_bytes())
    assert "Nobody gave points in 'bare'" in str(next_round(bare, tmp_path / "third").exception)
    assert not (tmp_path / "third").exists()


def test_the_table_of_rounds_names_what_is_open_and_shows_the_agreement_in_both_languages():
    shown = rounds_overview(delphi(read_judgements(PANEL, SYSTEM).budget), SYSTEM)
    assert shown["round"].tolist() == ["1", "2"] * 7
    assert next(name for name in shown.index if name) == "the groups"
    first = shown["verdict"].iloc[0]
    assert "a first round has nothing to be compared with" in first
    assert "首轮，尚无可比" in first.zh
    assert all(0 <= float(w) <= 1 for w in shown["Kendall's W"])
    ids = {item.id for item in (*SYSTEM.groups, *SYSTEM.indicators)}
    assert not {word for text in shown["verdict"] for word in text.replace(",", " ").split()} & ids
    assert rounds_overview(delphi(None), SYSTEM).legend == ("nobody shared out points",)
