"""The id of a run names what decides its bytes, and nothing else."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from toy_runs import (
    BODIES,
    STAGES,
    choices,
    copy_project,
    execute_run,
    make_project,
    toy_evidence,
    write_notebook,
)

from methodology.errors import StageError
from methodology.parameters import Project
from methodology.results.stages import STAGES as REAL_STAGES
from methodology.runs import environment as environment_module
from methodology.runs import fingerprints
from methodology.runs import manifest as manifest_module
from methodology.runs.environment import deciding, environment, installed, required_packages
from methodology.runs.fingerprints import (
    PACKAGE,
    execution_digest,
    making_digest,
    recipe,
    remembered_imports,
    run_id,
)
from methodology.runs.hashing import digest, text_digest
from methodology.sample import read_sample

pytestmark = pytest.mark.usefixtures("shared_kernels")

ROOT = Path(__file__).resolve().parents[2]
ONE = STAGES[:1]


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project")


def _id(project):
    recipes = {stage.name: recipe(stage, choices(), project) for stage in STAGES}
    return run_id(recipes, choices().model_dump(mode="json"))


@pytest.fixture
def package(tmp_path):
    """A copy of the package that may be edited."""
    leave_out = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(PACKAGE, tmp_path / "copy" / "methodology", ignore=leave_out)


def _append(path, text):
    path.write_bytes(path.read_bytes() + text.encode())


@pytest.mark.parametrize(
    "file",
    [
        "documents/standard.py",
        "documents/standard.yaml",
        "evidence/front.py",
        "evidence/theme",
        "runs/manifest.py",
        "tables/proposal.py",
    ],
)
def test_code_that_makes_documents_and_records_is_in_the_id(package, file):
    before = making_digest(package)
    path = package / file
    _append(
        next(entry for entry in sorted(path.rglob("*")) if entry.is_file()) if path.is_dir() else path, "\n"
    )
    assert making_digest(package) != before


@pytest.mark.parametrize(
    "file",
    [
        "runs/kernels/papermill_engine.py",
        "runs/kernels/cold.py",
        "runs/kernels/declared_reads.py",
        "runs/one_run.py",
    ],
)
def test_code_that_executes_notebooks_is_in_every_recipe(package, file):
    before = execution_digest(package)
    _append(package / file, "\n")
    assert execution_digest(package) != before


@pytest.mark.parametrize("file", ["cli/app.py", "runs/listing.py", "runs/sweeps/sweep.py"])
def test_code_that_decides_no_byte_of_a_run_is_not_in_its_id(package, file):
    before = making_digest(package), execution_digest(package)
    _append(package / file, "\n")
    assert (making_digest(package), execution_digest(package)) == before


def test_both_digests_of_code_change_the_id(project, monkeypatch):
    ids = {_id(project)}
    monkeypatch.setattr(fingerprints, "execution_digest", lambda: "0" * 64)
    ids.add(_id(project))
    monkeypatch.setattr(fingerprints, "making_digest", lambda: "0" * 64)
    ids.add(_id(project))
    assert len(ids) == 3


def test_an_upgrade_of_the_evidence_makes_new_documents_from_the_same_results(project, tmp_path, monkeypatch):
    runs = {"runs_dir": tmp_path / "runs", "project": project, "stages": ONE, "evidence": toy_evidence}
    first = execute_run(choices(), **runs)
    for module in (fingerprints, manifest_module):
        monkeypatch.setattr(module, "making_digest", lambda: "0" * 64)
    heard = []
    second = execute_run(choices(), progress=heard.append, **runs)
    assert second != first
    assert [event.kind for event in heard if event.kind in ("reused", "start", "evidence")] == [
        "reused",
        "evidence",
    ]


@pytest.fixture
def lying_about(tmp_path, monkeypatch):
    """Distributions that lie about: put their metadata on the path."""

    def put(*names):
        folder = tmp_path / "site-packages"
        for name in names:
            (folder / f"{name}.dist-info").mkdir(parents=True)
            (folder / f"{name}.dist-info" / "METADATA").write_text(f"Name: {name.rpartition('-')[0]}\n")
        monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
        _forget()

    yield put
    monkeypatch.undo()
    _forget()


def _forget():
    for kept in (installed, required_packages, environment):
        kept.cache_clear()


def test_an_installer_or_a_plug_in_that_lies_about_does_not_change_the_id(project, lying_about):
    before = _id(project)
    lying_about(
        "pip-99.0", "uv-99.0", "setuptools-99.0", "wheel-99.0", "pytest_xdist-99.0", "jupyterlab-99.0"
    )
    assert _id(project) == before


def test_another_version_of_what_is_required_changes_the_id(project, lying_about):
    before = _id(project)
    lying_about("numpy-99.0")
    assert environment()["packages"]["numpy"] == "99.0"
    assert _id(project) != before


def test_packages_are_those_that_requirements_reach_and_no_installer():
    packages = required_packages()
    assert {"numpy", "pandas", "papermill", "nbclient", "llvmlite"} <= packages.keys()
    assert not packages.keys() & {"pip", "uv", "setuptools", "wheel", "pytest", "ruff", "jupyterlab"}
    assert "absent" not in packages.values()


def test_what_metadata_says_is_what_the_sources_say(monkeypatch):
    stated = required_packages()
    monkeypatch.setattr(environment_module, "__file__", str(Path(sys.prefix) / "a" / "b" / "c.py"))
    required_packages.cache_clear()
    try:
        assert required_packages() == stated or not installed().get(environment_module.DISTRIBUTION)
    finally:
        required_packages.cache_clear()


def test_a_patch_of_python_decides_nothing_a_minor_version_does():
    here = environment()
    assert deciding(here | {"python": "3.11.2"}) == deciding(here | {"python": "3.11.7"})
    assert deciding(here | {"python": "3.12.7"}) != deciding(here | {"python": "3.11.7"})
    for other in ({"machine": "arm64"}, {"platform": "win32"}):
        assert deciding(here | other) != deciding(here)


EFFECTS = "../data/reference/effects.csv"


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        (f"open({EFFECTS!r}).read()", "effects.csv"),
        (f"import pandas\npandas.read_csv({EFFECTS!r})", "effects.csv"),
        (f"import pathlib\npathlib.Path({EFFECTS!r}).read_bytes()", "effects.csv"),
        (f"import os\nos.read(os.open({EFFECTS!r}, os.O_RDONLY), 9)", "effects.csv"),
        (f"try:\n    open({EFFECTS!r})\nexcept OSError:\n    pass", "effects.csv"),
        (
            f"import threading\nt = threading.Thread(target=open, args=({EFFECTS!r},))\nt.start()\nt.join()",
            "effects.csv",
        ),
        ("import os\nos.symlink(os.path.abspath('../data/reference/effects.csv'), 'l')\nopen('l')", "'l'"),
        ("open('../data/samples/other/plants.csv')", "other/plants.csv"),
        ("open('06_proposal.ipynb')", "06_proposal.ipynb"),
        ("open('/etc/hostname')", "hostname"),
        ("import os\nos.system('cat /etc/hostname')", "starts the program"),
        ("import subprocess\nsubprocess.run(['cat', '/etc/hostname'])", "starts the program"),
    ],
)
@pytest.mark.skipif(not Path("/etc/hostname").is_file(), reason="reads a file that Linux has")
def test_a_stage_that_reads_what_it_does_not_declare_fails_and_names_it(project, tmp_path, cell, named):
    reference = project.root / "data" / "reference"
    reference.mkdir(exist_ok=True)
    (reference / "effects.csv").write_text("saving\n1\n")
    (project.root / "data" / "samples" / "other").mkdir()
    (project.root / "data" / "samples" / "other" / "plants.csv").write_text("plant\n")
    write_notebook(project, "sample", f"{cell}\n{BODIES['sample']}")
    with pytest.raises(StageError, match="01_sample") as caught:
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=ONE)
    assert named in str(caught.value)
    assert "declare" in str(caught.value)


def test_a_stage_may_read_what_it_declares_and_what_it_wrote_itself(project, tmp_path):
    cell = """
import pathlib, tempfile
print(pathlib.Path('../data/samples/toy/plants.csv').read_text(), pathlib.Path('../params/systems/toy.yaml').stat())
own = pathlib.Path(tempfile.mkdtemp()) / 'own.txt'
own.write_text('own')
print(own.read_text())
"""
    write_notebook(project, "sample", cell + BODIES["sample"])
    assert execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=ONE).is_dir()


def test_the_earlier_draft_is_declared_by_the_stage_that_reads_it(project):
    (proposal,) = (stage for stage in REAL_STAGES if stage.name == "proposal")
    draft = project.root / "drafts" / "toy" / "02" / "proposal.json"
    draft.parent.mkdir(parents=True)
    draft.write_text("{}")
    compared = choices(proposal={"earlier_draft": 2})
    assert "drafts/toy/02/proposal.json" in fingerprints.data_files(proposal, compared, project)
    assert "drafts/toy/02/proposal.json" not in fingerprints.data_files(proposal, choices(), project)


def _with_crlf(folder):
    for path in folder.rglob("*"):
        if path.is_file() and b"\0" not in path.read_bytes():
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def test_a_copy_with_the_line_ends_of_windows_has_the_same_id_and_the_same_results(project, tmp_path):
    other = copy_project(project, tmp_path / "windows")
    _with_crlf(other.root)
    assert b"\r\n" in (other.root / "data" / "samples" / "toy" / "plants.csv").read_bytes()
    assert _id(other) == _id(project)
    made = [
        execute_run(choices(), runs_dir=tmp_path / f"runs-{place.root.name}", project=place, stages=ONE)
        for place in (project, other)
    ]
    manifests = [json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in made]
    for part in ("run", "inputs", "notebooks", "outputs"):
        assert manifests[0][part] == manifests[1][part]


def test_code_with_the_line_ends_of_windows_has_the_same_digests(package):
    before = making_digest(package), execution_digest(package)
    _with_crlf(package)
    assert (making_digest(package), execution_digest(package)) == before


def test_a_sample_with_the_line_ends_of_windows_is_the_same_sample(tmp_path):
    system = Project(ROOT).system("ironmaking")
    folder = ROOT / "data" / "samples" / "ironmaking"
    other = shutil.copytree(folder, tmp_path / "ironmaking")
    _with_crlf(other)
    first, second = read_sample(folder, system), read_sample(other, system)
    pd.testing.assert_frame_equal(first.values, second.values)
    pd.testing.assert_frame_equal(first.attributes, second.attributes)


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_line_ends_are_normalised_wherever_they_fall_and_only_in_texts(tmp_path, size):
    unix, windows, binary = (tmp_path / name for name in ("unix", "windows", "binary"))
    unix.write_bytes(b"a" * size + b"\nb\n\n")
    windows.write_bytes(b"a" * size + b"\r\nb\r\n\r\n")
    assert text_digest(unix) == text_digest(windows) == digest(unix.read_bytes())
    binary.write_bytes(b"\0\r\n")
    assert text_digest(binary) == digest(b"\0\r\n")


def test_every_committed_kind_of_binary_file_is_declared_one():
    declared = (ROOT / ".gitattributes").read_text()
    assert "* text=auto eol=lf" in declared.splitlines()
    for suffix in ("parquet", "png", "xlsx", "docx"):
        assert f"*.{suffix} binary" in declared.splitlines()


def _forgotten(file, package):
    """What a process that starts with a record of imports finds out about a package."""
    fingerprints._KNOWN_IMPORTS.clear()
    fingerprints._reached.cache_clear()
    fingerprints._code_digest.cache_clear()
    fingerprints._read.cache_clear()
    with remembered_imports(file):
        return fingerprints.code_digest(["from toy import near"], package)


@pytest.mark.parametrize("damage", ["emptied", "edited", "another version", "list", "garbage", "digits"])
def test_a_record_of_imports_that_is_not_as_this_code_wrote_it_is_a_miss(tmp_path, damage):
    package, file = tmp_path / "toy", tmp_path / "imports.json"
    package.mkdir()
    for name, text in (("__init__", ""), ("near", "from toy import far"), ("far", "x = 1")):
        (package / f"{name}.py").write_text(text)
    before = _forgotten(file, package)
    assert _forgotten(file, package) == before
    content = json.loads(file.read_text())
    if damage == "emptied":
        content["imports"] = {key: [] for key in content["imports"]}
    elif damage == "edited":
        content["imports"]["more"] = ["toy.none"]
    elif damage == "another version":
        content["imports"] = {key: [] for key in content["imports"]}
        content |= {"made_by": "0" * 64, "seal": digest(content["imports"])}
    text = {"list": "[1,2]", "garbage": "{", "digits": "1" * 5000}.get(damage) or json.dumps(content)
    file.write_text(text)
    assert _forgotten(file, package) == before
    (package / "far.py").write_text("x = 22")
    file.write_text(text)
    assert _forgotten(file, package) != before
