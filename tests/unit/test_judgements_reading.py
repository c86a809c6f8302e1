from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from methodology.errors import JudgementError
from methodology.forms.judgement_tables import judgement_files, read_judgements
from methodology.indicators import load_system
from methodology.sample.about import PANEL, describe_panel
from methodology.weights import ahp
from methodology.weights.hierarchy import hierarchy_weights
from synthetic.judgements import SIDECAR, main, synthetic_judgements

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(path.name for path in (ROOT / "data" / "judgements").iterdir() if path.is_dir())
EXPERTS = "expert,field,weight\nE1,energy,1\nE2,water,2\n"
CHOICES = SimpleNamespace(
    aggregation="AIJ", priority="eigenvector", random_index="saaty-1980", consistency_limit=0.1
)
GOOD = "expert,node,a,b,value\nE1,rm,burden_fe_grade,ore_consumption,1/3\nE2,rm,burden_fe_grade,ore_consumption,2\n"


@pytest.fixture(scope="module")
def system():
    return load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def faults(folder, system):
    with pytest.raises(JudgementError) as caught:
        read_judgements(folder, system)
    return caught.value.problems


def test_fractions_weights_and_fields_are_read(folder, system):
    judgements = read_judgements(folder(pairwise=GOOD, experts=EXPERTS), system)
    assert judgements.pairwise["value"].tolist() == [1 / 3, 2.0]
    assert judgements.experts["weight"].tolist() == [1.0, 2.0]
    assert len(judgements.budget) == len(judgements.best_worst) == 0


def test_experts_who_are_not_listed_count_once(folder, system):
    judgements = read_judgements(folder(pairwise=GOOD), system)
    assert judgements.experts.to_dict("list") == {
        "expert": ["E1", "E2"],
        "field": ["", ""],
        "weight": [1.0, 1.0],
    }


def test_printed_decimals_become_the_fraction_they_stand_for(folder, system):
    judgements = read_judgements(folder(pairwise=GOOD.replace("1/3", "0.333")), system)
    assert judgements.pairwise["value"].iloc[0] == 1 / 3


def test_an_empty_folder_says_what_belongs_there(folder, system):
    with pytest.raises(
        JudgementError, match=r"pairwise\.csv, budget\.csv, best_worst\.csv nor a filled form"
    ):
        read_judgements(folder(experts=EXPERTS), system)


def test_faults_of_all_files_come_at_once_with_file_row_and_column(folder, system):
    found = faults(
        folder(
            pairwise=GOOD + "E1,rm,burden_fe_grade,coke_ratio,12\nE9,xx,a,b,3\n",
            budget="expert,round,node,item,points\nE1,1,rm,burden_fe_grade,40\nE1,0,rm,ore_consumption,-3\n",
            experts=EXPERTS + "E2,air,0\n",
        ),
        system,
    )
    places = {(problem.file, problem.row, problem.column) for problem in found}
    assert {
        ("pairwise.csv", 4, "b"),
        ("pairwise.csv", 4, "value"),
        ("pairwise.csv", 5, "expert"),
        ("pairwise.csv", 5, "node"),
        ("budget.csv", 2, "points"),
        ("budget.csv", 3, "round"),
        ("budget.csv", 3, "points"),
        ("experts.csv", 4, "expert"),
        ("experts.csv", 4, "weight"),
    } <= places


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("E1,rm,ore_consumption,burden_fe_grade,3", "twice, first in row 2"),
        ("E1,en,fuel_ratio,fuel_ratio,1", "compared with itself"),
        ("E1,en,process_energy,fuel_ratio,2", "leaves coke_ratio of 'en' unconnected with process_energy"),
        ("E1,en,process_energy,fuel_ratio,=1+1", "'=1[+]1' is no comparison"),
        ("E1,groups,en,rm,0", "'0' is no comparison"),
        ("张三,rm,burden_fe_grade,ore_consumption,3", "no pseudonym"),
    ],
)
def test_a_pairwise_row_at_fault_is_named(folder, system, row, words):
    found = faults(folder(pairwise=GOOD + row + "\n"), system)
    assert any(problem.row == 4 and pd.Series([str(problem)]).str.contains(words).all() for problem in found)


def test_points_must_add_up_to_a_hundred(folder, system):
    text = "expert,round,node,item,points\nE1,1,rm,burden_fe_grade,40\nE1,1,rm,ore_consumption,50\n"
    assert "add up to 90, not 100" in str(faults(folder(budget=text), system)[0])
    fixed = read_judgements(folder(budget=text.replace(",50", ",60")), system)
    assert fixed.budget["points"].tolist() == [40, 60]
    twice = text.replace("ore_consumption,50", "burden_fe_grade,60")
    assert "given points twice" in str(faults(folder(budget=twice), system)[0])


BEST_WORST = (
    "expert,node,best,worst,item,best_to_other,other_to_worst\n"
    "E1,en,process_energy,coke_ratio,process_energy,1,4\n"
    "E1,en,process_energy,coke_ratio,fuel_ratio,2,3\n"
    "E1,en,process_energy,coke_ratio,coke_ratio,4,1\n"
)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("process_energy,1,4", "process_energy,2,4", "compared with itself it is 1, not '2'"),
        ("coke_ratio,4,1", "coke_ratio,5,1", "twice and differently: 5 and 4"),
        ("fuel_ratio,2,3", "fuel_ratio,0.5,3", "'0.5' is no comparison"),
        ("coke_ratio,fuel_ratio,2,3", "coke_ratio,process_energy,1,4", "says nothing about fuel_ratio"),
        (
            "process_energy,coke_ratio,fuel_ratio",
            "fuel_ratio,coke_ratio,fuel_ratio",
            "more than one best or worst",
        ),
        ("process_energy,coke_ratio,", "coke_ratio,coke_ratio,", "both best and worst"),
    ],
)
def test_a_best_worst_judgement_at_fault_is_named(folder, system, old, new, words):
    assert len(read_judgements(folder(best_worst=BEST_WORST), system).best_worst) == 3
    found = faults(folder(best_worst=BEST_WORST.replace(old, new)), system)
    assert any(words in str(problem) for problem in found)


def test_a_missing_column_is_named(folder, system):
    found = faults(folder(pairwise="expert,node,a,b\nE1,rm,x,y\n"), system)
    assert "column 'value' is missing" in str(found[0])
    assert "is empty" in str(faults(folder(pairwise="\n"), system)[0])


def test_semicolons_and_the_mark_of_excel_are_understood(tmp_path, system):
    (tmp_path / "pairwise.csv").write_bytes(b"\xef\xbb\xbf" + GOOD.replace(",", ";").encode())
    assert read_judgements(tmp_path, system).pairwise["value"].tolist() == [1 / 3, 2.0]


def test_what_is_written_is_read_back(tmp_path, system):
    made = synthetic_judgements(system, seed=5, experts=3)
    for name, text in judgement_files(made).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    back = read_judgements(tmp_path, system)
    for kind in ("experts", "pairwise", "budget", "best_worst"):
        pd.testing.assert_frame_equal(getattr(back, kind), getattr(made, kind), check_dtype=False)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_judgements_are_those_the_generator_makes(name):
    system = load_system(ROOT / "params" / "systems" / f"{name}.yaml")
    for file, text in (judgement_files(synthetic_judgements(system)) | {PANEL: SIDECAR}).items():
        assert (ROOT / "data" / "judgements" / name / file).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_panels_say_that_nobody_was_asked(name):
    system = load_system(ROOT / "params" / "systems" / f"{name}.yaml")
    place = ROOT / "data" / "judgements" / name
    panel = describe_panel(place, read_judgements(place, system))
    assert (panel["synthetic"], panel["experts"]) == (True, 7)


def test_a_panel_of_ones_own_is_no_synthetic_one_and_nobody_is_no_panel(tmp_path):
    assert describe_panel(tmp_path, None) == {
        "title_zh": "",
        "title_en": "",
        "synthetic": False,
        "date": "",
        "panel": "",
        "source": "",
        "status": "",
        "experts": 0,
    }
    (tmp_path / PANEL).write_text("synthetic: perhaps\n", encoding="utf-8", newline="\n")
    with pytest.raises(JudgementError, match="perhaps"):
        describe_panel(tmp_path, None)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_panels_have_one_expert_who_contradicts_himself(name):
    system = load_system(ROOT / "params" / "systems" / f"{name}.yaml")
    judgements = read_judgements(ROOT / "data" / "judgements" / name, system)
    panel = hierarchy_weights(judgements, system, CHOICES)
    over = panel.consistency[panel.consistency["consistency_ratio"] > 0.1]
    assert over[["expert", "node"]].to_numpy().tolist() == [["E7", "groups"]]
    assert over["consistency_ratio"].iloc[0] > (0.2 if name == "ironmaking" else 0.15)
    draft = system.weights["weight"].to_numpy()
    assert abs(panel.table["weight"].to_numpy() - draft).max() < 0.05


def test_the_generator_writes_the_files_of_one_system(tmp_path, capsys):
    (tmp_path / "params" / "systems").mkdir(parents=True)
    source = ROOT / "params" / "systems" / "ironmaking.yaml"
    (tmp_path / "params" / "systems" / "ironmaking.yaml").write_bytes(source.read_bytes())
    assert main(["ironmaking", "--root", str(tmp_path)]) == 0
    written = tmp_path / "data" / "judgements" / "ironmaking"
    assert sorted(path.name for path in written.iterdir()) == [
        "best_worst.csv",
        "budget.csv",
        "experts.csv",
        "judgements.yaml",
        "pairwise.csv",
    ]
    assert "ironmaking" in capsys.readouterr().out


def test_a_panel_of_one_is_consistent_unless_made_contrary(system):
    made = synthetic_judgements(system, experts=2)
    rows = made.pairwise[(made.pairwise["expert"] == "E1") & (made.pairwise["node"] == "en")]
    items = ["process_energy", "fuel_ratio", "coke_ratio"]
    matrix = pd.DataFrame(float("nan"), index=items, columns=items)
    for row in rows.itertuples():
        matrix.loc[row.a, row.b] = row.value
    assert ahp(matrix).consistency_ratio < 0.1
