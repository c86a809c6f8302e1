"""No name of a plant is published: choices are recoded, and a finished run is searched however its files are packed."""

import base64
import gzip
import html
import io
import json
import shutil
import zipfile
import zlib
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import toy_runs
from toy_runs import execute_run

from methodology.errors import DataError, StageError
from methodology.parameters import Parameters
from methodology.pseudonyms import make_key
from methodology.results.store import Store, read_manifest, write_json
from methodology.runs.discretion import refuse_names, without_names
from methodology.runs.drafts import propose
from methodology.runs.fingerprints import data_files
from methodology.runs.hashing import file_digest
from methodology.runs.planning import Plan, explain
from methodology.runs.provenance import write_crate
from methodology.runs.readable import readable
from methodology.runs.sealing import altered
from methodology.sample import read_sample

pytestmark = pytest.mark.usefixtures("shared_kernels")

SHIPPED = toy_runs.ROOT / "data" / "samples" / "coking"
NAMES = {
    f"P{n:02d}": f"江南{word}焦化有限公司"
    for n, word in enumerate("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉", start=1)
}
NAME, OTHER = NAMES["P01"], NAMES["P02"]


@pytest.fixture
def project(tmp_path):
    """A toy project whose sample is the shipped one with names in the place of codes, and a key."""
    project = toy_runs.make_project(tmp_path / "project")
    folder = project.sample_folder("toy")
    lines = (SHIPPED / "plants.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines[: len(NAMES) + 1]]
    table = "\n".join(",".join([NAMES.get(row[0], row[0]), *row[1:]]) for row in rows) + "\n"
    (folder / "plants.csv").write_text(table.replace("W05", "滨河焦化厂"), encoding="utf-8", newline="\n")
    make_key(folder / "toy.key")
    (folder / "sample.yaml").write_text("key: toy.key\n", encoding="utf-8", newline="\n")
    return project


def choices(**sample):
    return toy_runs.choices(sample=sample)


def code_of(project, name):
    system = project.system("toy")
    given = read_sample(
        project.sample_folder("toy"),
        system,
        choices=choices(exclude=[{"plant": name, "reason": "a reason"}]).sample,
    )
    (code,) = given.excluded["plant"]
    return code


def test_a_plant_that_is_excluded_by_name_is_recorded_by_its_code(project):
    given = choices(exclude=[{"plant": NAME, "reason": "idle for most of the year"}])
    recorded = without_names(given, project)
    assert recorded.sample.exclude[0].plant == code_of(project, NAME)
    assert NAME not in recorded.model_dump_json()
    assert without_names(recorded, project) == recorded


def test_by_name_or_by_code_it_is_the_same_run(project, tmp_path):
    by_name = choices(exclude=[{"plant": NAME, "reason": "idle for most of the year"}])
    by_code = choices(exclude=[{"plant": code_of(project, NAME), "reason": "idle for most of the year"}])
    store = Store(tmp_path / "runs")
    ids = [Plan(without_names(run, project), project, store).id for run in (by_name, by_code)]
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    "given",
    [
        {"sample": {"exclude": [{"plant": "P03", "reason": f"copied from {NAME}"}]}},
        {"sample": {"exclude": [{"plant": OTHER, "reason": "江南甲焦化停产一年"}]}},
        {"sample": {"stratum": f"works={NAME}"}},
        {"why": f"Without {NAME}, to see what it does."},
        {"why": "Without the plants of 滨河焦化厂."},
        {"sample": {"exclude": [{"plant": "江南焦化", "reason": "a slip of the pen"}]}},
    ],
)
def test_choices_that_say_a_name_are_refused_before_anything_is_written(project, tmp_path, given):
    content = toy_runs.choices().model_dump() | given
    with pytest.raises(DataError, match="cannot be recorded"):
        execute_run(Parameters.model_validate(content), runs_dir=tmp_path / "runs", project=project)
    assert not list((tmp_path / "runs").rglob("*.yaml"))
    with pytest.raises(DataError, match="cannot be recorded"):
        explain(Parameters.model_validate(content), runs_dir=tmp_path / "runs", project=project)


@pytest.mark.parametrize(
    ("sidecar", "said"),
    [
        ("title_en: Ours\n", "no neutral codes"),
        ("key: other.key\n", "no key file"),
        ("key: toy.key\nnote: 江南甲焦化\n", "names a plant"),
    ],
)
def test_a_sample_whose_names_would_get_out_is_refused_before_anything_is_written(
    project, tmp_path, sidecar, said
):
    (project.sample_folder("toy") / "sample.yaml").write_text(sidecar, encoding="utf-8", newline="\n")
    with pytest.raises(DataError, match=said) as caught:
        execute_run(toy_runs.choices(), runs_dir=tmp_path / "runs", project=project)
    assert "江南" not in str(caught.value)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("sidecar", ["public: true\nsource: a yearbook\n", "synthetic: true\n"])
def test_public_and_made_up_samples_are_not_searched(project, sidecar):
    (project.sample_folder("toy") / "sample.yaml").write_text(sidecar, encoding="utf-8", newline="\n")
    given = choices(exclude=[{"plant": NAME, "reason": f"{NAME} is idle"}])
    assert without_names(given, project) is given


def test_another_key_is_another_run_and_the_same_key_is_the_same(project, tmp_path):
    folder, store = project.sample_folder("toy"), Store(tmp_path / "runs")
    kept = tmp_path / "kept.key"
    shutil.copy2(folder / "toy.key", kept)

    def run_id():
        return Plan(toy_runs.choices(), project, store, toy_runs.STAGES).id

    first = run_id()
    (folder / "toy.key").unlink()
    make_key(folder / "toy.key")
    assert run_id() != first
    (folder / "sample.yaml").write_text(f"key: {kept.as_posix()}\n", encoding="utf-8", newline="\n")
    moved = run_id()
    shutil.copy2(kept, tmp_path / "again.key")
    (folder / "sample.yaml").write_text(f"key: {kept.as_posix()} \n", encoding="utf-8", newline="\n")
    assert moved != first  # the sidecar is another
    recorded = data_files(toy_runs.STAGES[0], toy_runs.choices(), project)
    assert not any(name.endswith(".key") for name in recorded)
    assert kept.read_text(encoding="ascii").strip() not in json.dumps(recorded)


REAL_STAGE = """from methodology import figures, tables
from methodology.parameters import Project, choices_of
from methodology.sample import check_sample, describe, read_sample
project = Project.around()
definitions, choices = project.system(system), choices_of("sample", globals())
place = project.sample_folder(source or system)
sample = read_sample(place, definitions, choices=choices)
problems, doubts = check_sample(place, definitions, choices=choices)
display(tables.excluded_plants(sample), tables.cell_notes(sample.notes, definitions))
display(tables.doubts(doubts, definitions))
inputs.save("sample", sample)
inputs.save("about", describe(place, choices, sample))"""


ONLY = toy_runs.STAGES[:1]


def everything_in(folder):
    for path in sorted(folder.rglob("*")):
        yield path.relative_to(folder).as_posix(), path.relative_to(folder).as_posix()
        if path.is_file():
            for place, text in readable(path.read_bytes()):
                yield f"{path.relative_to(folder).as_posix()} {place}", text


@pytest.mark.parametrize("name", ["江南甲焦化有限公司", "滨河焦化厂"])
def test_a_name_put_into_a_finished_run_makes_no_draft_although_its_record_was_written_to_fit(
    project, tmp_path, name
):
    given = {"project": project, "stages": ONLY, "evidence": toy_runs.toy_evidence}
    folder = execute_run(choices(), runs_dir=tmp_path / "runs", **given)
    page = folder / "public" / "site" / "index.html"
    page.write_text(f"<p>{name}</p>", encoding="utf-8")
    manifest = read_manifest(folder)
    manifest["evidence"]["public/site/index.html"] = file_digest(page)
    write_json(folder / "manifest.json", manifest)
    write_crate(folder, manifest)
    assert altered(folder, read_manifest(folder)) == {}
    with pytest.raises(StageError, match=r"site/index\.html") as caught:
        propose(folder, project=project, stages=ONLY)
    assert name not in str(caught.value)
    assert not list((project.root / "drafts").rglob("*"))


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-40], lambda data: data[:60] + b"\0" * 40 + data[100:]]
)
def test_a_damaged_archive_or_table_is_searched_as_the_text_it_is(damage):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", f"{NAME}")
    table = io.BytesIO()
    pq.write_table(pa.table({"a": ["x" * 100]}), table)
    for data in (out.getvalue(), table.getvalue()):
        assert isinstance(list(readable(damage(data))), list)
    assert NAME in " ".join(text for _, text in readable(out.getvalue()[:-40]))


def with_doubts(project):
    """The sample with cells that are impossible, so that the stage has something to say of plants."""
    table = project.sample_folder("toy") / "plants.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index("coal_consumption")
    for row in (1, 4):
        cells = lines[row].split(",")
        lines[row] = ",".join([*cells[:at], "990", *cells[at + 1 :]])
    table.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def test_a_run_of_named_plants_holds_none_of_their_names(project, tmp_path):
    with_doubts(project)
    toy_runs.write_notebook(project, "sample", REAL_STAGE)
    given = choices(exclude=[{"plant": OTHER, "reason": "idle for most of the year"}])
    folder = execute_run(given, runs_dir=tmp_path / "runs", project=project, stages=ONLY)
    said = dict(everything_in(folder))
    assert code_of(project, NAMES["P04"]) in said["notebooks/01_sample.ipynb "]
    assert [
        place
        for place, text in everything_in(folder)
        for name in (*NAMES.values(), "滨河焦化厂")
        if name in text
    ] == []
    assert len(pd.read_parquet(folder / "results" / "sample.parquet")) == len(NAMES) - 1


def test_a_stage_that_says_a_name_makes_no_run(project, tmp_path):
    body = f"""{REAL_STAGE}
import csv
with open(place / "plants.csv", encoding="utf-8") as table:
    print(next(csv.DictReader(table))["plant"])"""
    toy_runs.write_notebook(project, "sample", body)
    with pytest.raises(StageError, match=r"notebooks/01_sample\.ipynb, cell 5") as caught:
        execute_run(toy_runs.choices(), runs_dir=tmp_path / "runs", project=project, stages=ONLY)
    assert not any(name in str(caught.value) for name in NAMES.values())
    assert not (tmp_path / "runs" / "toy").exists()


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def png(kind, content):
    chunk = len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk


def parquet(frame, metadata=None):
    table = pa.Table.from_pandas(frame)
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, **(metadata or {})}), file)
    return file.getvalue()


def cell(output):
    content = {"cells": [{"cell_type": "code", "source": "1", "outputs": [output]}], "nbformat": 4}
    return json.dumps(content).encode()


def remarked():
    """An archive with a remark at one of its members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        about = zipfile.ZipInfo("a.xml")
        about.comment = NAME.encode()
        archive.writestr(about, "")
    return file.getvalue()


B64 = base64.b64encode
SVG = f"<svg><title>{NAME}</title></svg>".encode()
SPLIT = f"<w:t>{NAME[:3]}</w:t></w:r><w:r><w:t>{NAME[3:]}</w:t>"
PLANTED = {
    "parameters.yaml": f"why: without {NAME}\n".encode(),
    "parameters2.yaml": f'why: "without {json.dumps(NAME)[1:-1]}"\n'.encode(),
    "manifest.json": json.dumps({"why": NAME}).encode(),
    "ro-crate-metadata.json": quote(f"{{'@id': '#data/{NAME}.csv'}}").encode(),
    "notebooks/01_sample.ipynb": cell({"text": [f"{NAME}\n"]}),
    "notebooks/02_weights.ipynb": cell({"image/png": B64(png(b"tEXt", f"Title\0{NAME}".encode())).decode()}),
    "results/notes.csv": f"plant,what\n{NAME},flagged\n".encode(),
    "results/excluded.csv": f"plant,reason\nP01,as {NAME} says\n".encode("utf-16"),
    "results/about.json": json.dumps({"title_zh": f"{NAME}等"}, ensure_ascii=False).encode(),
    "results/sample.parquet": parquet(pd.DataFrame({"works": [NAME, "b"]})),
    "results/index.parquet": parquet(pd.DataFrame({"a": [1.0]}, index=[NAME])),
    "results/column.parquet": parquet(pd.DataFrame({NAME: [1.0]})),
    "results/metadata.parquet": parquet(pd.DataFrame({"a": [1.0]}), {"origin": NAME}),
    "public/site/index.html": f"<p>{html.escape(NAME)}</p>".encode(),
    "public/site/entities.html": "".join(f"&#{ord(sign)};" for sign in NAME).encode(),
    "public/site/hex.html": "".join(f"&#x{ord(sign):x};" for sign in NAME).encode(),
    "public/site/pieces.html": f"<b>{NAME[:2]}</b>{NAME[2:]}".encode(),
    "public/site/spaced.html": f"{NAME[:2]}\u200b{NAME[2:]}".encode(),
    "public/site/data.html": b"<img src='data:image/svg+xml;base64," + B64(SVG) + b"'>",
    "public/site/searchindex.js": f'Search.setIndex("{json.dumps(NAME)[1:-1]}")'.encode(),
    "public/site/objects.inv": b"# Sphinx inventory version 2\n# zlib.\n" + zlib.compress(NAME.encode()),
    "public/site/figure.svg": SVG,
    "public/site/figure.png": png(b"zTXt", b"Title\0\0" + zlib.compress(NAME.encode())),
    "public/site/link.html": f"<a href='plants/{quote(NAME)}.html'>P01</a>".encode(),
    "public/site/attribute.html": "<p title='{}'>".format("".join(f"&#{ord(s)};" for s in NAME)).encode(),
    "public/site/exif.png": png(b"eXIf", b"MM\0*" + NAME.encode()),
    "results/excel.csv": f"plant,reason\n{NAME},flagged\n".encode("gbk"),
    "results/wide.txt": NAME.encode("utf-32"),
    "public/site/page.html.gz": gzip.compress(NAME.encode()),
    "public/standard.docx": zipped(**{"word/document.xml": SPLIT}),
    "public/core.docx": zipped(**{"docProps/core.xml": f"<dc:title>{NAME}</dc:title>"}),
    "public/alt.docx": zipped(**{"word/document.xml": f'<wp:docPr id="1" descr="{NAME}"/>'}),
    "public/member.docx": zipped(**{f"word/media/{NAME}.png": b""}),
    "public/remark.docx": remarked(),
    "public/nested.docx": zipped(
        **{"word/embeddings/book.xlsx": zipped(**{"xl/sharedStrings.xml": f"<t>{NAME}</t>"})}
    ),
    "internal/proposal.xlsx": zipped(**{"xl/workbook.xml": f'<sheet name="{NAME[:6]}有限公司"/>'}),
    "internal/strings.xlsx": zipped(**{"xl/sharedStrings.xml": f"<si><t>{NAME}</t></si>"}),
    "internal/stem.txt": "江南甲焦化".encode(),
    "internal/works.txt": "滨河焦化厂".encode(),
}


@pytest.mark.parametrize("file", PLANTED)
def test_a_name_is_found_wherever_it_is_planted(project, tmp_path, file):
    path = tmp_path / "run" / file
    path.parent.mkdir(parents=True)
    path.write_bytes(PLANTED[file])
    (tmp_path / "run" / "clean.csv").write_text("plant\nP01\n", encoding="utf-8", newline="\n")
    with pytest.raises(StageError) as caught:
        refuse_names(tmp_path / "run", toy_runs.choices(), project)
    said = str(caught.value)
    assert file in said
    assert "clean.csv" not in said
    assert not any(name in said for name in (NAME, "江南甲焦化", "滨河焦化厂"))


@pytest.mark.parametrize("table", ["data/reference/register_toy.csv", "data/samples/toy/population.csv"])
def test_plants_of_the_register_and_of_the_industry_are_looked_for_too(project, tmp_path, table):
    path = project.root / table
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("plant,capacity\n关外焦化股份有限公司,100\n", encoding="utf-8", newline="\n")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "page.html").write_text("关外焦化", encoding="utf-8", newline="\n")
    with pytest.raises(StageError, match=r"page\.html"):
        refuse_names(tmp_path / "run", toy_runs.choices(), project)


def test_a_file_that_is_called_like_a_plant_is_found_and_not_named(project, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / f"{NAME}.csv").write_text(NAME, encoding="utf-8", newline="\n")
    with pytest.raises(StageError, match="the name of a file or folder") as caught:
        refuse_names(tmp_path / "run", toy_runs.choices(), project)
    assert NAME not in str(caught.value)


def test_words_of_the_workbench_and_noise_of_pictures_are_no_names(project, tmp_path):
    folder = project.sample_folder("toy")
    table = (folder / "plants.csv").read_text(encoding="utf-8").splitlines()
    words = ["Normal", "search", "达标率", "基准值", "python", "heading"]
    table = [f"{table[0]},remark", *(f"{line},{words[n % 6]}" for n, line in enumerate(table[1:]))]
    (folder / "plants.csv").write_text("\n".join(table) + "\n", encoding="utf-8", newline="\n")
    (folder / "sample.yaml").write_text("key: toy.key\nignore: [remark]\n", encoding="utf-8", newline="\n")
    run = tmp_path / "run"
    run.mkdir()
    (run / "page.html").write_text(
        "<p>Normal search 达标率 基准值 Heading python</p>", encoding="utf-8", newline="\n"
    )
    refuse_names(run, toy_runs.choices(), project)


def test_damaged_files_are_searched_as_far_as_they_can_be(tmp_path):
    assert list(readable(b"\x1f\x8b rubbish")) == []
    assert NAME in "".join(text for _, text in readable(b"\xff\x00" + NAME.encode() + b"\xfe"))
    bomb = NAME.encode()
    for _ in range(9):
        bomb = gzip.compress(bomb)
    assert list(readable(bomb)) == []
