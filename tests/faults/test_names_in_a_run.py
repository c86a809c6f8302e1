"""Plants with real names, in twelve places: no file that a command writes holds one of them, and no answer."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image
from toy_runs import execute_run

from methodology.errors import DataError
from methodology.parameters import Project, load_run
from methodology.pseudonyms import make_key

ROOT = Path(__file__).resolve().parents[2]
WORDS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒"
PLANTS = [f"江南{word}钢铁有限公司" for word in WORDS]
FREE = {
    "works": "滨河{}炼铁厂",
    "contact": "联系人:张小{}",
    "location": "东城区{}字路",
    "remark": "老厂搬迁{}期",
}
BEGINNINGS = ("江南", "滨河", "张小", "东城区", "老厂搬迁")
"""What all names and texts of the table begin with: enough of them to be found cut or split."""
pytestmark = pytest.mark.slow


def named_project(root: Path) -> Project:
    """The shipped project with named plants; cells that are impossible give the first stage something to say."""
    for part in ("params", "notebooks", "data"):
        shutil.copytree(ROOT / part, root / part)
    folder = root / "data" / "samples" / "ironmaking"
    table = pd.read_csv(folder / "plants.csv", dtype=str, keep_default_na=False)
    table["plant"] = PLANTS
    for name, text in FREE.items():
        table[name] = [text.format(word) for word in WORDS]
    table.loc[7, "fuel_ratio"] = "0.512"
    table.to_csv(folder / "plants.csv", index=False, encoding="utf-8", lineterminator="\n")
    make_key(folder / "iron.key")
    more = "key: iron.key\nignore: [contact, location, remark]\n"
    with (folder / "sample.yaml").open("a", encoding="utf-8", newline="\n") as sidecar:
        sidecar.write(more)
    return Project(root)


def words_of(name: str, data: bytes):
    """Text of a file by other means than the guard's own."""
    if name.endswith((".docx", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from words_of(member, archive.read(member))
    elif name.endswith(".parquet"):
        metadata = pq.read_schema(io.BytesIO(data)).metadata or {}
        yield b" ".join([*metadata, *metadata.values()]).decode("utf-8", errors="ignore")
        frame = pd.read_parquet(io.BytesIO(data)).reset_index()
        yield frame.select_dtypes(exclude="number").to_csv()
    elif name.endswith(".png"):
        with Image.open(io.BytesIO(data)) as picture:
            yield str(picture.info)
    elif name.endswith((".ipynb", ".json")):
        yield json.dumps(json.loads(data), ensure_ascii=False)
    else:
        text = data.decode("utf-8", errors="ignore")
        yield text
        yield re.sub(r"<[^>]*>", "", unescape(text))


SWEEP = """why: Exercises the search for names in a test.
systems: [ironmaking]
parameters: {thresholds.share_I: [0.05, 0.1], sensitivity.draws: [200]}
"""
QUICK = ("--set", "sensitivity.draws=2000", "--set", "sensitivity.sobol_n=32", "--runs", "runs")


def left_out(plants) -> str:
    named = ", ".join(f"{{plant: {plant}, reason: idle for most of the year}}" for plant in plants)
    return f"sample: {{exclude: [{named}]}}\n"


def told(project: Project, *words: str) -> tuple[int, str]:
    """Exit code and answer of a command; every answer is kept as a file, to be searched with the rest."""
    done = subprocess.run(
        [sys.executable, "-m", "methodology.cli", *words],
        cwd=project.root,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=900,
    )
    folder = project.root / "told"
    folder.mkdir(exist_ok=True)
    answer = f"{done.stdout}\n{done.stderr}"
    (folder / f"{len(list(folder.iterdir())):02}_{words[0]}.txt").write_text(answer, encoding="utf-8")
    return done.returncode, answer


def test_nothing_that_commands_write_or_say_of_named_plants_holds_a_name(tmp_path):
    project = named_project(tmp_path / "project")
    run, sample = "params/runs/ironmaking.yaml", "data/samples/ironmaking"
    (project.root / "fan.yaml").write_text(SWEEP, encoding="utf-8")
    with (project.root / run).open("a", encoding="utf-8", newline="\n") as choices:
        choices.write(left_out(PLANTS[2:3]))
    code, answer = told(project, "run", run, *QUICK)
    assert code == 0, answer
    (folder,) = (path.parent for path in project.root.glob("runs/ironmaking/*/manifest.json"))
    assert told(project, "propose", str(folder))[0] == 0
    proposal = str(project.root / "drafts" / "ironmaking" / "01" / "proposal.json")
    for words in (
        ("evaluate", proposal, sample),
        ("outcome", proposal, sample),
        ("diff", str(folder), str(folder)),
    ):
        assert told(project, *words)[0] == 0
    assert told(project, "sweep", "fan.yaml", "--runs", "runs")[0] == 0
    assert told(project, "runs", "list")[0] == 0
    few = yaml.safe_load(left_out(PLANTS[3:]))["sample"]["exclude"]
    failed, answer = told(project, "run", run, "--set", f"sample.exclude={json.dumps(few)}", *QUICK)
    assert failed == 1, answer
    places = [project.root / name for name in ("runs", "drafts", "told")]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert {".docx", ".xlsx", ".ipynb", ".parquet", ".html", ".csv", ".jsonl", ".txt", ".json", ".yaml"} <= {
        path.suffix for path in files
    }
    found = {
        f"{path.relative_to(tmp_path).as_posix()}: {word}"
        for path in files
        for text in (path.name, *words_of(path.name, path.read_bytes()))
        for word in BEGINNINGS
        if word in text
    }
    assert found == set()
    key = (project.root / sample / "iron.key").read_text(encoding="ascii").strip()
    assert not any(key.encode() in path.read_bytes() for path in files)
    (code,) = (item.plant for item in load_run(folder / "parameters.yaml").sample.exclude)
    assert re.fullmatch(r"P\d\d", code)


@pytest.mark.parametrize(
    "change",
    [
        {"sample.yaml": "title_zh: 江南甲钢铁等企业\n"},
        {"sample.yaml": "note: collected by 张小甲\n"},
        {"江南甲钢铁.csv": "x\n"},
    ],
)
def test_a_sample_that_names_a_plant_beside_its_table_makes_no_run(tmp_path, change):
    project = named_project(tmp_path / "project")
    folder = project.sample_folder("ironmaking")
    for name, text in change.items():
        kept = (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else ""
        kept = "\n".join(
            line for line in kept.splitlines() if not line.startswith(text.partition(":")[0] + ":")
        )
        (folder / name).write_text(f"{kept}\n{text}", encoding="utf-8", newline="\n")
    run = load_run(project.root / "params" / "runs" / "ironmaking.yaml")
    with pytest.raises(DataError, match="name") as caught:
        execute_run(run, runs_dir=tmp_path / "runs", project=project)
    assert not any(word in str(caught.value) for word in BEGINNINGS)
    assert not (tmp_path / "runs").exists()
