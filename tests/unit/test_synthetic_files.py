"""Recipes are read strictly, and the committed files are what the generator makes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from methodology.errors import SystemDefinitionError
from methodology.indicators import load_system
from methodology.indicators.system import ConsistencyCheck
from synthetic import Recipe, load_recipe, make_series
from synthetic.__main__ import main
from synthetic.repair import broken
from synthetic.writing import number

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "data" / "samples" / "ironmaking" / "recipe.yaml"


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, str]]:
    return make_series(ROOT)


def ironmaking():
    return load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


def test_making_the_samples_again_gives_the_committed_bytes(made):
    for texts in made.values():
        for name, text in texts.items():
            assert (ROOT / name).read_bytes() == text.encode("utf-8"), name


def test_a_data_sheet_says_in_its_first_lines_that_the_plants_do_not_exist(made):
    for system, texts in made.items():
        if system != "works":
            sheet = texts[f"data/samples/{system}/DATASHEET.md"]
            assert "synthetic" in sheet[:300]
            assert "合成" in sheet
            assert "ASSUMED" in sheet


def test_every_sample_says_that_it_is_synthetic_and_how_to_make_it(made):
    for system, texts in made.items():
        if system != "works":
            sidecar = yaml.safe_load(texts[f"data/samples/{system}/sample.yaml"])
            assert sidecar["synthetic"] is True
            assert sidecar["generator"].endswith(system)
            assert sidecar["population"] == 80


def recipe_with(**changes: object) -> dict[str, object]:
    return yaml.safe_load(RECIPE.read_text(encoding="utf-8")) | changes


def test_an_unknown_key_of_a_recipe_is_refused(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(recipe_with(samples=3)), encoding="utf-8")
    with pytest.raises(SystemDefinitionError, match="samples"):
        load_recipe(path, ironmaking())


def test_all_names_a_recipe_has_wrong_are_told_at_once(tmp_path):
    path = tmp_path / "recipe.yaml"
    wrong = recipe_with(
        limits={"coast_house_pm": {1.0: 1.0}}, repairs=[{"check": "fe_balanc", "move": "ore_consumption"}]
    )
    path.write_text(yaml.safe_dump(wrong), encoding="utf-8")
    with pytest.raises(SystemDefinitionError, match=r"coast_house_pm.*fe_balanc"):
        load_recipe(path, ironmaking())


def test_an_attribute_is_drawn_in_exactly_one_way():
    with pytest.raises(ValueError, match="exactly one"):
        Recipe.model_validate(recipe_with(attributes={"region": {"choose": {"key": 1}, "share": 0.2}}))


def test_another_seed_gives_another_sample_and_the_same_seed_the_same(tmp_path):
    for folder in ("params/systems", "data/samples/sintering", "data/reference"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    first = make_series(tmp_path)
    assert first["sintering"] == make_series(tmp_path)["sintering"]
    path = tmp_path / "data" / "samples" / "sintering" / "recipe.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("seed: 20261", "seed: 7"), encoding="utf-8")
    plants = "data/samples/sintering/plants.csv"
    assert first["sintering"][plants] != make_series(tmp_path)["sintering"][plants]


def test_the_command_writes_only_the_systems_asked_for(tmp_path, capsys):
    for folder in ("params/systems", "data/samples/sintering", "data/samples/ironmaking", "data/reference"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "data/samples/ironmaking/plants.csv").unlink()
    assert main(["sintering", "--root", str(tmp_path)]) == 0
    assert not (tmp_path / "data/samples/ironmaking/plants.csv").exists()
    assert "sintering" in capsys.readouterr().out


def test_an_unknown_system_is_refused_with_those_there_are(tmp_path, capsys):
    for folder in ("params/systems", "data/samples/sintering", "data/reference"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    assert main(["sinter", "--root", str(tmp_path)]) == 2
    assert "sintering" in capsys.readouterr().err


def test_a_check_on_raw_quantities_cannot_be_counted():
    with pytest.raises(ValueError, match="raw"):
        broken(ConsistencyCheck(id="gas", raw="gas generated = used", severity="warn"), {})


def test_numbers_are_written_short_and_missing_ones_not_at_all():
    assert [number(v) for v in (1.0, 0.1 + 0.2, float("nan"), None, "key")] == ["1", "0.3", "", "", "key"]
