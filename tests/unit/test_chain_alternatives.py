"""Every choice changed alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from methodology import chain
from methodology.errors import ParameterError
from methodology.parameters import Parameters, Project
from methodology.sample import read_sample

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def case():
    project = Project.around(ROOT)
    system = project.system("ironmaking")
    run = Parameters(system="ironmaking", why="a run made by a test").model_copy(
        update={"weights": Parameters.model_fields["weights"].default.model_copy(update={"method": "system"})}
    )
    return run, read_sample(project.sample_folder("ironmaking"), system), system


def test_the_shipped_alternatives_are_choices_the_model_knows(case):
    found = chain.load_alternatives(ROOT / "params" / "alternatives.yaml", case[0])
    assert found
    assert "marginal" not in found["thresholds.promise"]


@pytest.mark.parametrize(
    "text",
    [
        "thresholds.shareI: [0.1]\n",
        "thresholds.share_I: [2]\n",
        "thresholds.share_I: 0.1\n",
        "no.such: [1]\n",
    ],
)
def test_an_alternative_no_run_can_have_is_refused_on_load(case, tmp_path, text):
    path = tmp_path / "alternatives.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError):
        chain.load_alternatives(path, case[0])


def test_the_run_itself_comes_first_and_moves_nobody(case):
    run, sample, system = case
    effects = chain.one_at_a_time(run, {}, sample, system, None)
    assert list(effects["choice"]) == [""]
    assert effects.loc[0, "moved"] == 0


def test_the_joint_promise_moves_plants_and_a_refused_choice_says_why(case):
    run, sample, system = case
    tried = {"thresholds.promise": ["joint"], "weights.method": ["ahp"]}
    effects = chain.one_at_a_time(run, tried, sample, system, None).set_index("choice")
    assert effects.loc["thresholds.promise", "moved"] > 0
    assert "judgements" in effects.loc["weights.method", "refused"]


def test_a_tornado_row_spans_the_run_and_its_alternatives(case):
    run, sample, system = case
    effects = chain.one_at_a_time(run, {"thresholds.share_II": [0.1, 0.4]}, sample, system, None)
    table, base = chain.tornado_table(effects, "mean_Y_II")
    row = table.iloc[0]
    assert row["at_low"] < base < row["at_high"]
    assert (row["low"], row["high"]) == ("0.1", "0.4")
