"""What `check` finds is told in Chinese beside the English, place and remedy included."""

from __future__ import annotations

import os
import re

import pytest
from messages import ROOT
from sample_toys import HEADER, ROWS, toy_system

from methodology.cli.plants import notes_of
from methodology.cli.stopping import _in_chinese
from methodology.errors import DataError, Problem, UnitError
from methodology.indicators.loading import read_yaml
from methodology.languages import speaking
from methodology.languages.findings import in_chinese
from methodology.parameters import Project
from methodology.pseudonyms import make_key, read_key
from methodology.sample import account, check_sample, load
from methodology.sample.attribute_words import names_of
from methodology.sample.checking import Account, one_per_cause
from methodology.units.conversion import parse

SYSTEM = toy_system()
CELLS = (
    *(
        "约400",
        "400,5",
        "1,385",
        "400-410",
        "400kgce/t",
        "未检出",
        "≥400",
        "=A1",
        "2024-03-12",
        "#REF!",
        "-",
        "无此项",
    ),
    *("4 000", "<0", "1e400", "TRUE"),
)
LINES = (
    "合计,400,4,99,I",
    ",400,4,99,I",
    "A,401,5,98,II",
    "Z,401",
    "Z,401,5,98,II,7",
    "注：由企业填报,,,,",
    "P\u202e9,401,5,98,II",
    "Y,4000,0,98,II",
)
CHINESE = re.compile(r"[一-鿿]")


def findings(path):
    loaded = load(path, SYSTEM)
    problems, doubts = check_sample(loaded, SYSTEM, named=True)
    return one_per_cause([*problems, *doubts])


def test_faults_of_cells_and_rows_are_told_in_chinese_with_their_place(tmp_path):
    tables = [[*ROWS, f"D,{cell},4,99,I"] for cell in CELLS if "," not in cell]
    tables += [[*ROWS, f'D,"{cell}",4,99,I'] for cell in CELLS if "," in cell]
    tables += [[*ROWS, line] for line in LINES]
    for number, rows in enumerate(tables):
        path = tmp_path / f"{number}.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        found = findings(path)
        assert found, rows[-1]
        for finding in found:
            told = in_chinese(finding)
            assert CHINESE.search(told), finding
            assert not re.search(r"[a-z]{4,} [a-z]{2,} [a-z]{3,}", told), told
            assert f"第{finding.row}行" in told or finding.row is None


def test_a_finding_nobody_said_in_chinese_is_not_half_translated():
    assert in_chinese(Problem("the plant at the river has 12 plants; and more.", file="a.csv")) == ""


def test_severity_cause_and_places_of_a_finding_are_told():
    what = "[warn] looks like a lost minus sign (factor -1). The same in 2 more places: rows 3, 9."
    told = in_chinese(Problem(what, file="a.csv", row=2, column="dust", fix="Ask the plant."))
    assert told.startswith("a.csv，第2行，“dust”列：【可疑】")
    assert "lost" not in told
    assert told.endswith("另有2处相同：第3, 9行。请向企业核实。")


def test_what_stands_last_in_a_finding_is_told_without_the_full_stop_behind_it():
    told = in_chinese(Problem("[warn] 16 of 16 values equal those of plant 'P2'.", plant="P1"))
    assert told.endswith("与企业'P2'相同。")


def test_an_account_of_questionnaires_is_chinese_throughout():
    states = {"measured": 3, "below a limit": 1, "not reported": 0, "not applicable": 2}
    read = Account("12 questionnaires", "", "", "", {}, 12, 0, states)
    assert read.in_both[1] == "已读取12份问卷：12家企业；数据：实测3个、低于检出限1个、未填报0个、不适用2个。"


def test_notes_and_faults_of_a_command_are_printed_in_both_languages():
    problem = Problem("the column is hidden and is read.", file="a.xlsx", sheet="s", column="dust")
    told = (
        "注意：a.xlsx，工作表“s”，“dust”列：该列处于隐藏状态，已读取。",
        "note: a.xlsx, sheet 's', column 'dust': the column is hidden and is read.",
    )
    assert tuple(notes_of([problem], toy_system())) == told[::-1]
    with speaking("zh"):
        assert tuple(notes_of([problem], toy_system())) == told
    assert _in_chinese(DataError("a.xlsx has 1 problem.", [problem])) == [
        "中文：",
        "  - a.xlsx，工作表“s”，“dust”列：该列处于隐藏状态，已读取。",
    ]
    assert _in_chinese(DataError("a.xlsx has a problem.")) == []


def test_a_broken_relation_is_told_by_its_name_and_those_of_its_indicators():
    system = Project(ROOT.parent).system("ironmaking")
    ids = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
    for check in system.consistency_checks:
        if check.expression:
            what = f"[warn] {check.en}: {check.expression} (assumed) does not hold."
            english, note = notes_of([Problem(what, file="a.csv", row=2, fix="Ask the plant.")], system)
            zh, en = (
                ids.sub(lambda found, at=at: f"[{names_of(system)[found[0]][at]}]", check.expression)
                for at in (0, 1)
            )
            assert f"{check.zh}：{zh}（设定）不成立。请向企业核实。" in note
            assert f"{check.en}: {en} (assumed) does not hold" in english
            assert check.en not in note
            assert not ids.search(note + english)


@pytest.mark.parametrize(
    "what",
    ["a letter of the works has come to 12 plants.", "plant of a river that nobody has named", "'x' of us"],
)
def test_a_text_that_reads_like_a_short_message_is_not_half_translated(what):
    assert in_chinese(Problem(what, file="a.csv")) == ""


def test_a_fault_behind_the_address_of_its_cell_is_told():
    told = in_chinese(Problem("C5: '<5' is no amount.", file="a.xlsx", row=5, fix="Enter the limit."))
    assert told == "a.xlsx，第5行：C5：'<5'不是数量。请填检出限。"


@pytest.mark.parametrize("count", [1, 3])
def test_a_cause_with_many_places_is_still_told(count):
    cells = [
        Problem(f"'{n} ppm' has text after the number.", file="a.csv", row=n, column="dust")
        for n in range(count)
    ]
    (cause,) = one_per_cause(cells)
    assert "的数字后面还有文字。" in in_chinese(cause)


MAPPING = "id: plant\ncolumns:\n  process_energy: {column: energy}\n  dust: {column: dust}\nabsent: [furnace_class]\n"
KEYS = {
    "mapping.yaml": (
        MAPPING,
        MAPPING + "colums: {}\n",
        MAPPING.replace("absent", "ignore: 5\nabsent"),
        MAPPING.replace("id: plant\n", ""),
        MAPPING.replace("{column: dust}", "{column: dust, unit: a, unit_column: b}"),
        MAPPING.replace("{column: dust}", "{column: dust, weight: a}"),
        MAPPING.replace("{column: dust}", "{column: dust, over: most}"),
        MAPPING.replace("{column: energy}", "{column: process_energy, unit: furlong}") + "ignore: rest\n",
        MAPPING + "ignore: rest\nunits: {kg: {equals: 3 g, derivation: as said}}\n",
        MAPPING + "ignore: rest\nunits: {lb: {equals: much, derivation: as said}}\n",
        MAPPING + "system: steel\n",
    ),
    "sample.yaml": (
        "public: true\n",
        "populaton: 12\n",
        "population: many\n",
        "population: -1\n",
        "table: ../a.csv\n",
        "key: secret\n",
        "pseudonym_seed: 12345\n",
        "real_data: true\n",
        "system: steel\n",
        "synthetic: perhaps\n",
        "units: {process_energy: ppx}\n",
        "title_zh: [a]\n",
    ),
}


@pytest.mark.parametrize(("file", "text"), [(file, text) for file, texts in KEYS.items() for text in texts])
def test_faults_of_mappings_keys_and_descriptions_are_told_in_chinese(tmp_path, file, text):
    (tmp_path / "plants.csv").write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    (tmp_path / file).write_text(text, encoding="utf-8")
    problems, _ = check_sample(tmp_path, SYSTEM, named=True)
    assert problems
    for finding in problems:
        told = in_chinese(finding)
        assert CHINESE.search(told), finding
        assert not re.search(r"[a-z]{4,} [a-z]{2,} [a-z]{3,}", re.sub("`.*?`", "", told)), told


YAML = (
    *(
        "[1",
        "{a: 1",
        "a: b: c",
        "\tb: 1",
        "- 1\n a: 2",
        "'open",
        '"\\q"',
        "a: |0\n",
        "'a' b",
        "%FOO\n---\n1",
        "@a",
    ),
    *(
        "!!int 3",
        "*x",
        "&x 1\nb: *x",
        "? [1]\n: 2",
        "? true\n: 1",
        "b: 1\nb: 2",
        "1\n--- 2",
        "[" * 60,
        "1:30",
        "0777",
    ),
    *(
        "2024-02-30",
        "1" * 50,
        "1e999",
        "1.0e-999",
        "a\x01",
        '"a\\u202eb"',
        f"{'k' * 300}: 1",
        "[" + "1, " * 3000 + "]",
    ),
    *(
        "{a: [}",
        "a: ]",
        "- a\nb: 1",
        "a: !<x 1",
        "%YAML 9.9\n--- 1",
        "%YAML x\n--- 1",
        "? a\n  b\n: - c\n d",
        '"\\xzz"',
    ),
)
"""Mistakes of YAML, each put below a line of its own."""


@pytest.mark.parametrize("mistake", YAML, ids=lambda text: text[:12].encode("unicode_escape").decode())
def test_what_is_not_yaml_is_told_in_chinese_with_its_line(tmp_path, mistake):
    path = tmp_path / "run.yaml"
    nested = "\n".join(f"  {line}" for line in mistake.split("\n"))
    for text in (f"why: a\nc: {mistake}\n", f"why: a\nc:\n{nested}\n"):
        path.write_text(text, encoding="utf-8", newline="\n")
        try:
            read_yaml(path, error=DataError)
        except DataError as fault:
            head, told = _in_chinese(fault)
            assert head == "中文："
            assert re.match(r"  - run\.yaml，第\d+行：", told), told
            assert CHINESE.search(told.partition("：")[2]), told
            assert not re.search(r"[a-z]{4,} [a-z]{2,} [a-z]{3,}", told), told
            break
    else:
        pytest.fail("is plain YAML")


def _of_a_key(folder):
    """Every refusal of a key, and how it came about."""
    key = folder / "plants.key"
    yield lambda: read_key(key)
    make_key(key)
    yield lambda: make_key(key)
    key.chmod(0o644)
    yield lambda: read_key(key)
    key.chmod(0o600)
    for text in ("secret", "00" * 40, "0a1b2c", "零" * 30):
        key.write_text(text, encoding="utf-8", newline="\n")
        yield lambda: read_key(key)
    yield lambda: make_key(folder / "plants.txt")
    yield lambda: make_key(folder / "none" / "plants.key")


@pytest.mark.skipif(os.name == "nt", reason="modes of files are no rights there")
def test_every_refusal_of_a_key_is_told_in_chinese(tmp_path):
    for refused in _of_a_key(tmp_path):
        with pytest.raises(DataError) as caught:
            refused()
        assert _in_chinese(caught.value), caught.value


@pytest.mark.parametrize(
    "unit", ["mg/m3 6%O2", "%O", "mg/m3@293K", "ppmv", "furlong", "mg/furlong", "tons", "kgce/ton", "kg/q"]
)
def test_why_a_text_is_no_unit_is_told_in_chinese(unit):
    with pytest.raises(UnitError) as caught:
        parse(unit)
    assert _in_chinese(caught.value), caught.value


def test_a_file_that_is_no_yaml_file_is_told_in_chinese(tmp_path):
    for name, content in {
        "a.yaml": "",
        "b.yaml": "[1]",
        "c.yaml": "1",
        "d.yaml": "a: " + "b" * 1_000_001,
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8", newline="\n")
    (tmp_path / "e.yaml").mkdir()
    for name in ("a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml", "aa.yaml", "nothing.txt"):
        with pytest.raises(DataError) as caught:
            read_yaml(tmp_path / name, error=DataError)
        assert _in_chinese(caught.value), caught.value


def test_what_was_read_is_told_in_both_languages(tmp_path):
    path = tmp_path / "plants.csv"
    path.write_text("\n".join([HEADER, *ROWS, HEADER, "D,401,5,98,II"]) + "\n", encoding="utf-8")
    english, chinese = account(load(path, SYSTEM), SYSTEM, named=True).in_both
    assert english.startswith(
        "read plants.csv: header in row 1, 4 plants in rows 2-4, 6; rows 5 skipped: each"
    )
    assert chinese.startswith(
        "已读取plants.csv：表头在第1行，4家企业在第2-4, 6行；未读取第5行：重复表头；数据：实测"
    )


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("MJ/m3", "量的不是同一个量"),
        ("mg/m3@9%O2", "换算到另一基准氧含量属于折算"),
        ("mg/m3@25C", "工况写在单位旁边"),
        ("ppmv", "摩尔质量"),
        ("kgce/ton", "短吨（907.18 kg）或公吨（1000 kg）"),
        ("kgce/MT", "公吨（1000 kg）或百万吨"),
        ("kgce/t粗钢", "每吨"),
        ("kgce/担", "无法识别的是'担'"),
    ],
)
def test_why_a_unit_is_refused_is_told_in_chinese_to_the_end(tmp_path, unit, said):
    path = tmp_path / "plants.csv"
    rows = [HEADER.replace("process_energy", f"process_energy [{unit}]"), *ROWS]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    told = in_chinese(findings(path)[0])
    assert said in told
    assert not re.search(r"[a-z]{4,} [a-z]{2,}", told.replace("crude steel", "")), told


def test_new_faults_of_units_rows_and_ids_are_told_in_chinese(tmp_path):
    tables = {
        "列的名称": None,
        "下一行": [HEADER.replace("process_energy", "process_energy [kgce/t]"), ",GJ/t,,,", *ROWS],
        "只差空格": [HEADER, *ROWS, "0A,400,4,99,I", "00A,401,4,98,I"],
        "按kgce/t读，3个数值没有一个": [HEADER, "A,12,4,99,I", "B,13,5,98,I", "C,12.5,6,97,I"],
        "用文字写的限值": [HEADER, *ROWS, "D,401,低于5,98,I"],
        "分数或日期": [HEADER, *ROWS, "D,401,1/3,98,I"],
    }
    turned = zip(*(line.split(",") for line in (HEADER, *ROWS)), strict=True)
    tables = {**tables, "列的名称": [",".join(row) for row in turned]}
    for number, (said, rows) in enumerate(tables.items()):
        path = tmp_path / f"{number}.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        told = [in_chinese(finding) for finding in findings(path)]
        assert any(said in text for text in told), (said, told)
