"""A plant that is named in the own files of a study stays unpublished: they are words of somebody, not of ours."""

from pathlib import Path

import pytest

from methodology.errors import StageError
from methodology.parameters import Parameters, Project
from methodology.runs.discretion import refuse_names
from methodology.runs.new_study import new_study

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data" / "samples" / "coking"


@pytest.mark.parametrize(("text", "found"), [("示范甲炼焦厂的数值", True), ("干熄焦改造", False)])
def test_an_own_system_of_a_study_excuses_words_and_no_plant(tmp_path, text, found):
    """A comparator that is labelled with a plant would be published; a remark that is a word of the system is none."""
    plants = tmp_path / "sent.csv"
    head, *rows = (SHIPPED / "plants.csv").read_text(encoding="utf-8").splitlines()
    rows = [
        f"示范{word}炼焦厂,{row.partition(',')[2]},干熄焦改造"
        for word, row in zip("甲乙丙丁戊己", rows, strict=False)
    ]
    plants.write_text("\n".join([f"{head},remark", *rows]) + "\n", encoding="utf-8", newline="\n")
    shipped = Project(ROOT)
    new_study(tmp_path / "study", "coking", plants=[plants], project=shipped)
    stated = (tmp_path / "study" / "study.yaml").read_text(encoding="utf-8")
    (tmp_path / "study" / "study.yaml").write_text(
        f"{stated}\nignore: [remark]\n", encoding="utf-8", newline="\n"
    )
    own = shipped.place("params/systems/coking.yaml").read_text(encoding="utf-8")
    system = tmp_path / "study" / "params" / "systems" / "coking.yaml"
    system.write_text(own.replace("\nnote: ", f"\nnote: {text} ", 1), encoding="utf-8", newline="\n")
    assert text in system.read_text(encoding="utf-8")
    run = tmp_path / "run"
    run.mkdir()
    (run / "page.html").write_text(f"<p>{text}</p>", encoding="utf-8", newline="\n")
    given = Parameters.model_validate({"system": "coking", "why": "searched in a test"})
    if found:
        with pytest.raises(StageError, match=r"page\.html"):
            refuse_names(run, given, Project(tmp_path / "study"))
    else:
        refuse_names(run, given, Project(tmp_path / "study"))
