"""Other plants under a proposal stand on the footing of that proposal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from methodology import chain
from methodology.cli.plants import evaluate_plants
from methodology.evaluation import evaluate
from methodology.parameters import Parameters, Project
from methodology.parameters.model import ThresholdChoices
from methodology.proposal import proposal_thresholds
from methodology.proposal.reading import proposal_weights, public
from methodology.sample import correct, read_sample

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("corrected", [True, False])
def test_plants_are_corrected_if_the_values_were(tmp_path, capsys, monkeypatch, corrected):
    monkeypatch.chdir(ROOT)
    project = Project.around(ROOT)
    system, folder = project.system("ironmaking"), project.sample_folder("ironmaking")
    sample = read_sample(folder, system)
    compared = correct(sample, system).sample if corrected else sample
    run = Parameters(
        system="ironmaking", why="a run made by a test", thresholds=ThresholdChoices(promise="joint")
    )
    choices = run.model_copy(update={"sample": run.sample.model_copy(update={"correction": corrected})})
    values = chain.calibrate(compared, system, system.weights, choices.thresholds, folds=0)
    record = choices.model_dump(mode="json")
    proposal = chain.propose(values, system.weights, compared, system, choices, record=record)
    path = tmp_path / "proposal.json"
    path.write_text(json.dumps(public(proposal) | {"run": "0" * 12}), encoding="utf-8")
    reports, plants = (tmp_path / "reports", sample.plants[:6]) if corrected else (None, sample.plants)
    sent = Path(shutil.copytree(folder, tmp_path / "sent"))
    rows = (folder / "plants.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (sent / "plants.csv").write_text("".join(rows[: len(plants) + 1]), encoding="utf-8", newline="")
    evaluate_plants(path, sent, reports)
    if reports is not None:
        assert {item.suffix for item in reports.iterdir()} == {".html", ".docx"}
        assert len(list(reports.iterdir())) == 2 * len(plants)
    said = capsys.readouterr().out
    weights = proposal_weights(proposal, system)
    judged = evaluate(compared.take(plants), system, proposal_thresholds(proposal, system), weights)
    wanted = judged["level"].value_counts()
    words = {"I": "Level I", "II": "Level II", "III": "Level III", "none": "none"}
    counts = ", ".join(f"{word} {wanted.get(level, 0)}" for level, word in words.items())
    assert f"plants per level: {counts}" in said
    assert f"header in row 1, {len(plants)} plants in rows 2-{len(plants) + 1}; no filled row" in said
