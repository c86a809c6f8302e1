"""Single cells, moved through the calibration of the run itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_chain_joint import make_system, plants

from methodology import tables
from methodology.chain import robustness
from methodology.chain.robustness import single_cells as module
from methodology.indicators import as_sample
from methodology.parameters import Parameters, Project
from methodology.parameters.model import Exclusion, SampleChoices
from methodology.sample import correct, read_sample

SYSTEM = make_system("abcd", limiting="a", higher="d")
CELLS = plants(n=11, names="abcd", seed=4).astype(object)
CELLS.iloc[3, 1] = CELLS.iloc[9, 1] = CELLS.iloc[5, 3] = ""
WEIGHTS = {"method": "system"}
LEVELS = ["I", "II", "III"]


def run(promise: str) -> Parameters:
    content = {
        "system": "made",
        "why": "a run made by a test",
        "weights": WEIGHTS,
        "thresholds": {"promise": promise},
    }
    return Parameters.model_validate(content)


def outcomes(cells: pd.DataFrame) -> robustness.Outcomes:
    return robustness.Outcomes(as_sample(cells, SYSTEM), SYSTEM, None)


def blanked(plant: str, name: str) -> pd.DataFrame:
    cells = CELLS.copy()
    cells.loc[plant, name] = ""
    return cells


@pytest.fixture(scope="module", params=["marginal", "joint"])
def promise(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def found(promise) -> pd.DataFrame:
    return robustness.cell_influence(run(promise), outcomes(CELLS))


def values(cells: pd.DataFrame, promise: str) -> np.ndarray:
    return outcomes(cells).decided(run(promise)).values


def test_values_are_those_of_the_run(found, promise) -> None:
    told = found.pivot(index="level", columns="indicator", values="value").loc[LEVELS, list("abcd")]
    assert (told.to_numpy() == values(CELLS, promise)).all()


def test_no_blank_of_any_cell_moves_a_value_farther_than_the_cell_that_is_named(found, promise) -> None:
    base, between = values(CELLS, promise), CELLS.replace("", np.nan).astype(float).std(ddof=1).to_numpy()
    moves = {
        (plant, name): (values(blanked(plant, name), promise) - base) / between
        for plant in CELLS.index
        for name in CELLS.columns
        if CELLS.loc[plant, name] != ""
    }
    for row in found.itertuples():
        place = LEVELS.index(row.level), list("abcd").index(row.indicator)
        own = {cell: float(np.round(moved[place], 12)) for cell, moved in moves.items()}
        assert abs(row.shift) == pytest.approx(max(abs(move) for move in own.values()))
        assert row.moving == sum(move != 0 for move in own.values())
        if row.plant:
            sign = -1 if row.indicator == "d" else 1
            assert own[row.plant, row.cell] * sign == pytest.approx(row.shift)
            assert values(blanked(row.plant, row.cell), promise)[place] == pytest.approx(row.without)


def test_a_marginal_value_stands_as_many_wrong_cells_as_it_says_and_no_more() -> None:
    table = robustness.cell_influence(run("marginal"), outcomes(CELLS)).set_index(["indicator", "level"])
    for level, end, worst in (("II", "clean", -1e6), ("III", "dirty", 1e6)):
        wrong = int(table.loc[("a", level), end])
        for many, beyond in ((wrong - 1, False), (wrong, True)):
            cells = CELLS.copy()
            order = CELLS["a"].astype(float).sort_values(ascending=end == "dirty").index
            cells.loc[order[:many], "a"] = [worst] * many
            value = values(cells, "marginal")[LEVELS.index(level), 0]
            assert bool(abs(value) > 1e5) == beyond


@pytest.mark.parametrize(("level", "end", "worst"), [("II", "clean", -1e6), ("III", "dirty", 1e6)])
def test_plants_with_one_and_the_same_figure_do_not_make_a_value_fall_earlier(level, end, worst) -> None:
    tied = CELLS.copy()
    tied["a"] = [1, 2, 2, 2, 5, 5, 5, 5, 6, 7, 8]
    table = robustness.cell_influence(run("marginal"), outcomes(tied)).set_index(["indicator", "level"])
    wrong = int(table.loc[("a", level), end])
    broken = {}
    for many in (wrong - 1, wrong):
        cells = tied.copy()
        places = range(many) if end == "dirty" else range(len(cells) - many, len(cells))
        cells.iloc[list(places), 0] = worst
        broken[many] = bool(abs(values(cells, "marginal")[LEVELS.index(level), 0]) > 1e5)
    assert broken == {wrong - 1: False, wrong: True}


def test_a_silent_cell_is_resolved_either_way_by_calibrating_again(promise) -> None:
    doubts = robustness.resolved_doubts(run(promise), outcomes(CELLS))
    assert set(doubts["doubt"]) == {"not reported"}
    assert len(doubts) == 2 * 3
    assert (doubts["shift"].abs().diff().dropna() <= 1e-12).all()
    base, between = values(CELLS, promise), CELLS.replace("", np.nan).astype(float).std(ddof=1).to_numpy()
    for row in doubts.itertuples():
        column = CELLS[row.indicator].replace("", np.nan).astype(float)
        clean = (row.way == "as clean as any") != (row.indicator == "d")
        cells = CELLS.copy()
        cells.loc[row.plant, row.indicator] = column.min() if clean else column.max()
        moved = (values(cells, promise) - base) / between * np.array([1, 1, 1, -1])
        assert row.moved == (np.abs(moved) > 1e-9).sum()
        assert abs(row.shift) == pytest.approx(np.abs(moved).max())


def test_a_likely_slip_is_set_aside_by_calibrating_without_its_cell(promise) -> None:
    wide = plants(n=30, names="abcd", seed=4).astype(object)
    slip = wide.index[7]
    wide.loc[slip, "b"] = wide.loc[slip, "b"] / 1000
    doubts = robustness.resolved_doubts(run(promise), outcomes(wide))
    (row,) = doubts.query("way == 'set aside'").itertuples()
    assert (row.plant, row.indicator) == (slip, "b")
    without = wide.copy()
    without.loc[slip, "b"] = ""
    between = wide.astype(float).std(ddof=1).to_numpy()
    moved = (values(without, promise) - values(wide, promise)) / between
    assert row.moved == (np.abs(moved) > 1e-9).sum()
    assert row.moved or promise == "joint"
    assert abs(row.shift) == pytest.approx(np.abs(moved).max())


def test_a_plant_that_the_run_left_out_is_taken_back_alone(promise) -> None:
    left = CELLS.index[2]
    everyone = as_sample(CELLS, SYSTEM)
    kept = replace(
        everyone.take([name for name in CELLS.index if name != left]),
        excluded=pd.DataFrame({"plant": [left, "P99"], "reason": ["data in dispute", "another stratum"]}),
    )
    without = robustness.Outcomes(kept, SYSTEM, None)
    doubts = robustness.resolved_doubts(run(promise), without, everyone)
    (row,) = doubts.query("way == 'kept'").itertuples()
    between = CELLS.drop(index=left).replace("", np.nan).astype(float).std(ddof=1).to_numpy()
    order = [*(name for name in CELLS.index if name != left), left]
    moved = (values(CELLS.loc[order], promise) - without.decided(run(promise)).values) / between
    assert (row.doubt, row.plant) == ("data in dispute", left)
    assert row.moved == (np.abs(moved) > 1e-9).sum()
    assert abs(row.shift) == pytest.approx(np.abs(moved).max())


def test_a_single_value_that_the_run_set_aside_is_taken_back_under_its_own_reason(promise) -> None:
    plant, everyone = CELLS.index[6], as_sample(CELLS, SYSTEM)
    note = {"plant": plant, "indicator": "c", "what": "set aside", "reason": "read off the wrong meter"}
    cells = blanked(plant, "c")
    without = robustness.Outcomes(replace(as_sample(cells, SYSTEM), notes=pd.DataFrame([note])), SYSTEM, None)
    doubts = robustness.resolved_doubts(run(promise), without, everyone)
    (row,) = doubts[(doubts["plant"] == plant) & (doubts["indicator"] == "c")].itertuples()
    between = cells.replace("", np.nan).astype(float).std(ddof=1).to_numpy()
    moved = (values(CELLS, promise) - values(cells, promise)) / between
    assert (row.doubt, row.way, row.moved) == (
        "read off the wrong meter",
        "kept",
        (np.abs(moved) > 1e-9).sum(),
    )
    assert abs(row.shift) == pytest.approx(np.abs(moved).max())
    assert row.moved or promise == "joint"


def test_asking_is_worth_what_an_answer_is_expected_to_narrow() -> None:
    # two silent cells, values 1 2 3 at share 1/3: the value is the 2nd of 5, between the cleanest and the 2nd
    told = np.array([1.0, 2.0, 3.0])
    assert module._bracket(told, 1 / 3, 2) == 1.0
    # with one answer more: 2nd of 5 again; an answer of 1, 2 or 3 leaves the brackets (1, 1), (1, 2), (1, 2)
    assert module._narrowing(told, 1 / 3, 2) == pytest.approx(1.0 - (0 + 1 + 1) / 3)


def test_plants_are_asked_in_the_order_of_their_worth_and_only_those_that_are_silent(promise) -> None:
    asked = robustness.worth_asking(run(promise), outcomes(CELLS))
    assert set(asked["plant"]) == {CELLS.index[3], CELLS.index[9], CELLS.index[5]}
    assert (asked["narrowing"].diff().dropna() <= 0).all()
    assert asked.set_index("plant").loc[CELLS.index[3], "most"] == "b"
    whole = robustness.worth_asking(run(promise), outcomes(plants(n=11, names="abcd", seed=4)))
    assert whole.empty
    assert "no cell is silent" in tables.render_text(tables.worth_asking_overview(whole, SYSTEM))


def test_of_too_many_cells_those_nearest_to_a_value_are_blanked_and_it_is_said(
    monkeypatch, promise, found
) -> None:
    monkeypatch.setattr(module, "MOST_CELLS", 20)
    few = robustness.cell_influence(run(promise), outcomes(CELLS))
    assert set(few["looked_at"]) == {20}
    assert set(found["looked_at"]) == {41}
    none = robustness.resolved_doubts(run(promise), outcomes(CELLS)).head(0)
    assert "each of 20 cells" in tables.render_text(tables.single_cells_overview(few, none, SYSTEM))


def test_one_table_names_plants_cells_doubts_and_how_far_they_move() -> None:
    table = robustness.cell_influence(run("joint"), outcomes(CELLS))
    doubts = robustness.resolved_doubts(run("joint"), outcomes(CELLS))
    shown = tables.single_cells_overview(table, doubts, SYSTEM)
    sizes = [float(text[1:]) for text in shown["moves"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == pytest.approx(max(table["shift"].abs().max(), doubts["shift"].abs().max()), abs=0.005)
    assert len(shown) <= 15
    text = tables.render_text(shown)
    assert "as dirty as any" in text
    assert "stands" in text
    assert len(tables.single_cells_overview(table.head(0), doubts.head(0), SYSTEM)) == 0


def test_a_doubtful_cell_that_is_set_aside_stands_once_with_its_doubt() -> None:
    table = robustness.cell_influence(run("joint"), outcomes(CELLS))
    most = table.loc[table["shift"].abs().idxmax()]
    doubt = {"doubt": "likely slip", "plant": most["plant"], "indicator": most["cell"], "way": "set aside"}
    doubt |= {
        "moved": 3,
        "most": most["indicator"],
        "level": most["level"],
        "shift": most["shift"],
        "levels": 1,
    }
    shown = tables.single_cells_overview(table, pd.DataFrame([doubt]), SYSTEM).reset_index()
    assert (shown["doubt"] != "").sum() == 1
    own = shown[(shown["of plant"] == most["plant"]) & (shown["the cell"] == SYSTEM[most["cell"]].name)]
    assert own["if it were"].tolist() == ["set aside"]


def test_a_resolved_doubt_names_the_value_that_it_moves_farthest(promise) -> None:
    doubts = robustness.resolved_doubts(run(promise), outcomes(CELLS))
    for row in doubts[doubts["moved"] > 0].itertuples():
        cells = CELLS.copy()
        told = pd.to_numeric(cells[row.indicator], errors="coerce")
        clean = (row.way == "as clean as any") == (row.indicator != "d")
        cells.loc[row.plant, row.indicator] = told.min() if clean else told.max()
        moved = values(cells, promise) != values(CELLS, promise)
        assert moved[LEVELS.index(row.level), list("abcd").index(row.most)]
    assert (doubts.query("moved == 0")["most"] == "").all()


def test_plants_left_out_by_name_are_read_again_on_the_footing_of_the_run() -> None:
    project = Project(Path(__file__).resolve().parents[2])
    place, system = project.sample_folder("ironmaking"), project.system("ironmaking")
    choices = SampleChoices(exclude=(Exclusion(plant="P03", reason="data in dispute"),))
    everyone = robustness.with_excluded(place, system, choices)
    kept = correct(read_sample(place, system, choices=choices), system).sample
    assert set(everyone.plants) - set(kept.plants) == {"P03"}
    assert everyone.take(kept.plants).values.equals(kept.values)
    assert robustness.with_excluded(place, system, SampleChoices()) is None
