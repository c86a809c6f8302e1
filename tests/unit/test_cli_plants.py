"""What `workbench check` and `workbench map` say to whoever holds the data."""

from pathlib import Path

import openpyxl
import pytest
from test_expert_form import fill

from methodology.cli.plants import check_plants, write_mapping
from methodology.errors import DataError, JudgementError
from methodology.forms.expert_form_writing import write_expert_form
from methodology.indicators import Judgements, load_system
from methodology.sample import load
from synthetic.judgements import synthetic_judgements

ROOT = Path(__file__).resolve().parents[2]
IRON = ROOT / "data" / "samples" / "ironmaking" / "plants.csv"


def broken(folder, column, text):
    """The shipped plants, with one column of cells nobody can read."""
    lines = [line.split(",") for line in IRON.read_text(encoding="utf-8").splitlines()]
    at = lines[0].index(column)
    for cells in lines[1:]:
        cells[at] = text
    path = folder / "plants.csv"
    path.write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
    return path


def test_what_broke_thirty_cells_is_one_fault_with_their_rows(tmp_path, capsys):
    with pytest.raises(DataError) as caught:
        check_plants(broken(tmp_path, "fuel_ratio", "about 500"), "ironmaking")
    said = str(caught.value)
    assert "has 1 problem in 30 places" in said or "has 2 problems" in said
    assert "rows 3-" in said
    assert len(said.splitlines()) <= 3
    assert "30 plants in rows 2-31" in capsys.readouterr().out


def test_what_was_read_is_counted_and_errors_doubts_and_remarks_are_told_apart(capsys):
    check_plants(IRON, "ironmaking")
    lines = capsys.readouterr().out.splitlines()
    notes = [line for line in lines if line.startswith("note: ")]
    tags = {word: sum(f"[{word}]" in line for line in notes) for word in ("error", "warn", "info")}
    assert min(tags["error"], tags["warn"]) > 0
    words = {"error": "error 错误", "warn": "doubtful 可疑", "info": "unusual 异常"}
    told = ", ".join(f"{tags[word]} {said}" for word, said in words.items() if tags[word])
    assert f"no problem 没有问题, {len(notes)} notes 提示: {told}, as a sample" in lines[-1]
    states = load(IRON, load_system(ROOT / "params" / "systems" / "ironmaking.yaml")).sample.states
    counts = [int((states == state).sum().sum()) for state in (0, 1, 2, 3)]
    (read,) = [line for line in lines if line.startswith("read plants.csv: ")]
    names = ("measured", "below a limit", "not reported", "not applicable")
    assert read.endswith(
        "cells: " + ", ".join(f"{n} {name}" for n, name in zip(counts, names, strict=True)) + "."
    )


def test_a_copy_with_notes_is_written_on_the_way(tmp_path, capsys):
    with pytest.raises(DataError):
        check_plants(broken(tmp_path, "fuel_ratio", "about 500"), "ironmaking", tmp_path / "back.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "back.xlsx").worksheets[1]
    assert "approximate" in sheet.cell(2, 1 + [c.value for c in sheet[1]].index("fuel_ratio")).comment.text


def test_a_foreign_table_is_mapped_once_and_a_corrected_mapping_is_never_overwritten(tmp_path, capsys):
    table = tmp_path / "survey.csv"
    table.write_text("企业名称,工序能耗(kgce/t),备注\n甲,380,x\n", encoding="utf-8")
    write_mapping(table, "ironmaking", None)
    said = capsys.readouterr().out
    assert "process_energy <- '工序能耗(kgce/t)': likely" in said
    assert "not found: fuel_ratio" in said
    assert "not used: '备注'" in said
    (tmp_path / "mapping.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="never overwritten"):
        write_mapping(table, "ironmaking", None)
    assert (tmp_path / "mapping.yaml").read_text(encoding="utf-8") == "mine"


@pytest.fixture(scope="module")
def system():
    return load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


def test_an_expert_form_is_known_as_one_and_its_consistency_is_said_block_by_block(tmp_path, system, capsys):
    made = synthetic_judgements(system, experts=1)
    judged = Judgements(made.experts, made.pairwise, made.budget[made.budget["round"] == 1], made.best_worst)
    form = tmp_path / "expert.xlsx"
    write_expert_form(system, form)
    fill(form, system, judged, ["E1"], alone=True)
    check_plants(form, "ironmaking")
    said = capsys.readouterr().out
    assert "E1, pairwise, 一级指标 groups: consistency ratio 一致性比率 0." in said
    assert "no problem" in said


def test_an_expert_form_left_blank_is_refused_as_one(tmp_path, system):
    form = tmp_path / "expert.xlsx"
    write_expert_form(system, form)
    with pytest.raises(JudgementError, match="nothing is filled in"):
        check_plants(form, "ironmaking")
