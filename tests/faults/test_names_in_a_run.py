"""A whole run of plants with real names, in twelve places: no file of it holds one of them."""

import io
import json
import re
import shutil
import zipfile
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from methodology.errors import DataError
from methodology.evidence import build_evidence
from methodology.parameters import Project, load_run
from methodology.runs.schedule import execute_run
from methodology.sample import make_key

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
        frame = pd.read_parquet(io.BytesIO(data)).reset_index()
        yield frame.select_dtypes(exclude="number").to_csv()
    elif name.endswith((".ipynb", ".json")):
        yield json.dumps(json.loads(data), ensure_ascii=False)
    else:
        text = data.decode("utf-8", errors="ignore")
        yield text
        yield re.sub(r"<[^>]*>", "", unescape(text))


def test_no_file_of_a_run_of_named_plants_holds_a_name(tmp_path):
    project = named_project(tmp_path / "project")
    run = load_run(
        project.root / "params" / "runs" / "ironmaking.yaml",
        [
            "sensitivity.draws=2000",
            "sensitivity.sobol_n=32",
            f"sample.exclude=[{{plant: {PLANTS[2]}, reason: idle for most of the year}}]",
        ],
    )
    folder = execute_run(
        run,
        runs_dir=tmp_path / "runs",
        project=project,
        evidence=lambda place: build_evidence(place, project=project),
    )
    files = [path for path in (tmp_path / "runs").rglob("*") if path.is_file()]
    assert len(files) > 60
    found = {
        f"{path.relative_to(tmp_path).as_posix()}: {word}"
        for path in files
        for text in (path.name, *words_of(path.name, path.read_bytes()))
        for word in BEGINNINGS
        if word in text
    }
    assert found == set()
    key = (project.root / "data" / "samples" / "ironmaking" / "iron.key").read_text(encoding="ascii").strip()
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
