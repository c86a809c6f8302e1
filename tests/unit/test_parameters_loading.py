"""From YAML, `--set` and cells to `Parameters`."""

from __future__ import annotations

import pytest

from methodology.errors import ParameterError
from methodology.parameters import choices_of, load_run, parameters_for

GOOD = "system: ironmaking\nwhy: a run made by a test\n"


def _file(tmp_path, text):
    path = tmp_path / "run.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_run_file_states_only_what_differs(tmp_path):
    run = load_run(_file(tmp_path, GOOD + "thresholds: {share_I: 0.1}\n"))
    assert run.thresholds.share_I == 0.1
    assert run.thresholds.share_II == 0.2


def test_an_override_is_typed_by_the_model(tmp_path):
    run = load_run(_file(tmp_path, GOOD), ["sensitivity.draws=500", "sample.correction=false"])
    assert run.sensitivity.draws == 500
    assert run.sample.correction is False


def test_all_faults_come_at_once_with_their_lines(tmp_path):
    text = GOOD + "seed: seven\nthresholds:\n  share_1: 0.1\n  share_II: x\n"
    with pytest.raises(ParameterError) as caught:
        load_run(_file(tmp_path, text))
    places = {(problem.key, problem.line) for problem in caught.value.problems}
    assert places == {("seed", 3), ("thresholds.share_1", 5), ("thresholds.share_II", 6)}
    assert "share_I" in str(caught.value)


def test_what_was_typed_with_set_is_not_blamed_on_the_file(tmp_path):
    with pytest.raises(ParameterError) as caught:
        load_run(_file(tmp_path, GOOD + "seed: seven\n"), ["thresholds.share_I=5"])
    first, second = sorted(str(problem) for problem in caught.value.problems)
    assert first.startswith("--set, thresholds.share_I: ")
    assert second.startswith("run.yaml, line 3, seed: ")


def test_a_rule_of_several_choices_speaks_for_itself(tmp_path):
    with pytest.raises(ParameterError, match="expert_reason") as caught:
        load_run(_file(tmp_path, GOOD + "thresholds: {method: bat-ael}\n"))
    assert "Value error" not in str(caught.value)


@pytest.mark.parametrize(
    ("there", "asked", "hint"),
    [
        (["run", "other"], "rum", " Did you mean run.yaml?"),
        (["ironmaking", "coking", "sintering"], "ironmakin", " Did you mean ironmaking.yaml?"),
        (["run_a", "run_b"], "run_c", " Did you mean run_b.yaml or run_a.yaml?"),
        (["rolling"], "ironmaking_run", ""),
    ],
)
def test_a_misspelt_file_is_answered_with_the_nearest_or_those_equally_near(tmp_path, there, asked, hint):
    for name in there:
        (tmp_path / f"{name}.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_run(tmp_path / f"{asked}.yaml")
    assert str(caught.value).endswith(f"'{asked}.yaml' in {tmp_path.name!r} does not exist.{hint}")


def test_a_misspelt_key_is_answered_with_the_nearest_alone(tmp_path):
    file = tmp_path / "run.yaml"
    file.write_text(GOOD + "sensitivity: {drawz: 3}\n", encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_run(file)
    assert "sensitivity.drawz: is not a known key. Did you mean sensitivity.draws?" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "why: no system is named here\nsystem: ../../etc\n",
        GOOD + "sample: {source: ../secrets}\n",
        GOOD + "seed: true\n",
        GOOD + "seed: 1\nseed: 2\n",
        GOOD + "thresholds: &a {share_I: 0.1}\nevaluation: *a\n",
        GOOD + "seed: !!python/object/apply:os.system ['true']\n",
        GOOD + "thresholds: {share_I: 0.5, share_II: 0.2}\n",
        GOOD + "thresholds: {share_I: .nan}\n",
        "- a list\n",
        "system: ironmaking\n",
    ],
)
def test_hostile_or_invalid_run_files_are_refused(tmp_path, text):
    with pytest.raises(ParameterError):
        load_run(_file(tmp_path, text))


@pytest.mark.parametrize(
    "override", ["thresholds.share_I", "=1", "a b=1", "thresholds.share_I=[", "seed.x=1"]
)
def test_an_override_of_another_form_is_refused(tmp_path, override):
    with pytest.raises(ParameterError):
        load_run(_file(tmp_path, GOOD + "seed: 1\n"), [override])


def test_a_run_file_that_is_not_there_is_an_error_of_the_input(tmp_path):
    with pytest.raises(ParameterError, match="nowhere"):
        load_run(tmp_path / "nowhere.yaml")


def test_a_huge_run_file_is_refused_unread(tmp_path):
    with pytest.raises(ParameterError, match="at most"):
        load_run(_file(tmp_path, GOOD + "#" * 2_100_000))


def test_what_a_notebook_is_handed_becomes_the_same_choices(tmp_path):
    run = load_run(_file(tmp_path, GOOD + "sample:\n  exclude:\n  - {plant: P01, reason: closed in 2024}\n"))
    assert choices_of("sample", parameters_for(run, "sample")) == run.sample


def test_a_cell_with_a_wrong_type_is_refused():
    with pytest.raises(ParameterError, match="share_I"):
        choices_of("thresholds", {"share_I": "0.1"})
