"""Drafts and runs made by a program, with digests that fit: compared and commented on, or refused in one message."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from evidence_toys import toy_run
from hostile_json import forged
from proposal_toys import proposal_of
from trees import tree_of

from methodology.cli.drafting import comments_on, write_diff
from methodology.errors import DataError, WorkbenchError
from methodology.indicators import Sample
from methodology.indicators.plain_yaml import as_yaml
from methodology.parameters import Project
from methodology.results.results import Results
from methodology.runs.hashing import file_digest
from methodology.runs.proposals import read_proposal
from methodology.runs.received_tables import received_sample

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261129
COUNTS = [pytest.param(100, id="some"), pytest.param(2_000, id="many", marks=pytest.mark.slow)]


@pytest.fixture(autouse=True)
def in_project(monkeypatch):
    monkeypatch.chdir(ROOT)


def sound():
    """A proposal with the names and reasons that forms and pages repeat."""
    system = Project(ROOT).system("ironmaking")
    made = proposal_of(system) | {"names": {"zh": system.name_zh, "en": system.name_en}}
    for entry in made["indicators"]:
        item = system[entry["id"]]
        entry["names"] = {"zh": item.name_zh, "en": item.name_en}
        for level in entry["levels"].values():
            level |= {"reason": "Rounded.", "reason_zh": "修约。"}
    return made


def draft(folder: Path, content: bytes) -> Path:
    """A draft whose record holds the digest of what it holds."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "proposal.json").write_bytes(content)
    record = {
        "system": "ironmaking",
        "draft": int(folder.name),
        "run": "0123456789ab",
        "date": "2026-01-01",
        "files": {"proposal.json": file_digest(folder / "proposal.json")},
    }
    (folder / "draft.yaml").write_text(as_yaml(record), encoding="utf-8", newline="\n")
    return folder


@pytest.mark.parametrize("count", COUNTS)
def test_no_forged_draft_ends_in_another_error_when_it_is_compared_or_commented_on(tmp_path, count):
    first = draft(tmp_path / "drafts" / "01", json.dumps(sound()).encode())
    out, done = tmp_path / "out", 0
    for text in forged(sound(), count, SEED):
        other = draft(tmp_path / "drafts" / "02", text)
        before = tree_of(tmp_path)
        out.mkdir()
        commands = [
            partial(write_diff, first, other, out / "one.html"),
            partial(write_diff, other, first, out / "other.html"),
            partial(comments_on, other, [], out / "form.xlsx"),
        ]
        for command in commands:
            done += _ends_well(command)
        shutil.rmtree(out)
        assert tree_of(tmp_path) == before
    assert count / 50 < done < 3 * count


def _ends_well(command):
    """Whether a command did its work; a refusal is one message of reasonable length."""
    said = ""
    try:
        command()
    except WorkbenchError as fault:
        said = str(fault)
    assert len(said) < 20_000
    return not said


@pytest.mark.parametrize(
    "change",
    [{"run": "../../../elsewhere"}, {"run": 5}, {"system": "../x"}, {"parameters": {"evaluation": None}}],
)
def test_a_proposal_that_leads_elsewhere_is_followed_nowhere(tmp_path, change):
    one = draft(tmp_path / "01", json.dumps(sound()).encode())
    other = draft(tmp_path / "02", json.dumps(sound() | change).encode())
    with pytest.raises(WorkbenchError):
        write_diff(one, other, tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize("run", ["", "ironmaking", "我的 研究", "0123456789ab"])
def test_a_proposal_of_no_run_or_of_the_laboratory_is_read(tmp_path, run):
    made = draft(tmp_path / "01", json.dumps(sound() | {"run": run}).encode())
    assert read_proposal(made / "proposal.json").run == run


@pytest.mark.parametrize("run", ["..", ".", "a/b", "a\\b", "C:x", ".hidden", "x\n", "x" * 201])
def test_a_run_whose_name_is_no_folders_is_refused(tmp_path, run):
    made = draft(tmp_path / "01", json.dumps(sound() | {"run": run}).encode())
    with pytest.raises(DataError, match=r"proposal\.json, run"):
        read_proposal(made / "proposal.json")


def test_a_proposal_that_turns_a_direction_is_compared_with_none(tmp_path):
    turned = sound()
    turned["indicators"][0] |= {"direction": "higher", "unit": "t"}
    one = draft(tmp_path / "01", json.dumps(sound()).encode())
    other = draft(tmp_path / "02", json.dumps(turned).encode())
    for pair in ((one, other), (other, one)):
        with pytest.raises(DataError, match="contradicts the system"):
            write_diff(*pair, tmp_path / "x.html")


@pytest.fixture
def run(tmp_path):
    """A run whose plants may be anything."""
    folder = toy_run(tmp_path / "run")
    sample = Results(folder).load("sample")
    assert isinstance(received_sample(folder), Sample)
    return folder, sample


def _packed(folder, table):
    table.to_parquet(folder / "results" / "sample.parquet", compression="zstd")


def _long(folder, table):
    table["attribute:remark"] = ["x" * 10_000_000] * len(table)
    table.to_parquet(folder / "results" / "sample.parquet", compression=None)


def _texts(folder, table):
    table.astype({table.columns[0]: str}).to_parquet(folder / "results" / "sample.parquet", compression=None)


def _states(folder, table):
    name = next(column for column in table.columns if column.startswith("state:"))
    table[name] = 9
    table.to_parquet(folder / "results" / "sample.parquet", compression=None)


def _flood(folder, _):
    (folder / "results" / "notes.csv").write_text("a,b\n" * 2_000_000, encoding="utf-8")


def _cells(folder, _):
    (folder / "results" / "notes.csv").write_text("," * 1_000_000, encoding="utf-8")


def _link(folder, _):
    path = folder / "results" / "sample.parquet"
    path.rename(folder.parent / "elsewhere.parquet")
    path.symlink_to(folder.parent / "elsewhere.parquet")


def _text(folder, _):
    (folder / "results" / "sample.parquet").write_bytes(b"PAR1 or so")


@pytest.mark.parametrize("change", [_packed, _long, _texts, _states, _flood, _cells, _link, _text])
def test_plants_of_a_received_run_are_read_within_bounds_or_refused(run, change):
    folder, _ = run
    change(folder, pd.read_parquet(folder / "results" / "sample.parquet"))
    with pytest.raises(DataError) as caught:
        received_sample(folder)
    assert len(str(caught.value)) < 500
