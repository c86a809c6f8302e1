"""Definitions, judgements, studies and mappings damaged by a program are read, or refused with one message."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
import yaml
from hostile_json import forged
from shipped import ROOT
from test_bad_samples_hostile import TABLE
from test_fuzzed_workbooks import damaged, is_a_sample_or_one_message

from methodology.chain.robustness.one_at_a_time import left_out, load_alternatives
from methodology.errors import WorkbenchError
from methodology.forms import read_judgements
from methodology.indicators import load_system
from methodology.parameters import Project, load_run
from methodology.parameters.loading import load_scenario
from methodology.runs.sweeps.design import load_sweep

COUNTS = [pytest.param(60, id="some"), pytest.param(10_000, id="many", marks=pytest.mark.slow)]
IRONMAKING = Project(ROOT).system("ironmaking")
STUDY = """system: us_steel_air
population: 40
why: Exercises the reader in a test.
confidential: plants
key: plants.key
synthetic: false
source: collected by nobody
units: {nox: kg/tCO2}
columns: {NOx: nox}
marks: {not_reported: ['-'], not_applicable: ['/']}
experts: {synthetic: true, panel: made up}
"""
FOREIGN = """a survey of mills,,,,,,,,,
works,year,kind,code,flow,NOx,flag,unit,SO2,CO [kg/tCO2],voc,heat,remark
A,2023,gas,3311,10,100,<,lb,4,5,1,20,x
A,2023,gas,3311,30,200,,kg,5,6,1,30,y
B,2023,gas,3312,10,150,,kg,6,7,-,40,z
C,2023,oil,9999,10,150,,kg,6,7,/,50,z
D,2023,gas,9999,10,155,,kg,<6,1.149,0,50,z
D,2022,gas,9999,10,155,,kg,<6,8,0,50,z
"""
MAPPING = """system: us_steel_air
header: [2]
id: [works]
year: year
keep: {kind: [gas, oil]}
columns:
  nox:
    {column: NOx, unit_column: unit, into: kg, over: sum, where: {kind: gas},
     per: {column: [heat, flow], unit: tCO2, over: sum}}
  so2: {column: SO2, unit: lb/tCO2, over: mean, weight: flow, below_limit: {flag: '<'}}
  co: {column: CO, over: mean}
  voc: {column: voc, unit: heap/tCO2, over: same}
  route: {column: code, codes: {mill: 331*, coking: ['4', '5']}, other: other, source: a list, over: same}
absent: [pm25]
ignore: rest
marks: {not_reported: ['-'], not_applicable: ['/']}
decimals: point
units:
  lb: {equals: 0.45359237 kg, derivation: pound}
  heap: {equals: 2.5 kg, derivation: a heap of the works}
"""


def alternatives(path: Path) -> None:
    left_out(path)
    load_alternatives(path, load_run(ROOT / "params" / "runs" / "ironmaking.yaml"))


READERS = {
    "systems/us_steel_air.yaml": load_system,
    "sweeps/noise.yaml": load_sweep,
    "alternatives.yaml": alternatives,
    "scenarios/census.yaml": lambda path: load_scenario("census", Project(path.parents[2])),
}


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "params", tmp_path / "params")
    return tmp_path


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", READERS)
def test_a_damaged_definition_is_read_or_refused_with_one_message(project, name, count):
    path, rng = project / "params" / name, random.Random(20261130)
    sound, refused = path.read_bytes(), 0
    for _ in range(count):
        path.write_bytes(damaged(rng, sound))
        try:
            READERS[name](path)
        except WorkbenchError as fault:
            refused += 1
            assert 0 < len(str(fault)) < 50_000  # noqa: PT017 - whatever it is, it can be read
    assert count / 4 < refused <= count


@pytest.mark.parametrize("count", COUNTS)
def test_a_damaged_table_of_judgements_is_read_or_refused_with_one_message(tmp_path, count):
    folder, rng = (
        shutil.copytree(ROOT / "data" / "judgements" / "ironmaking", tmp_path / "panel"),
        random.Random(1),
    )
    tables, refused = {path: path.read_bytes() for path in sorted(folder.glob("*.csv"))}, 0
    for number in range(count):
        path = rng.choice(list(tables))
        path.write_bytes(damaged(rng, tables[path]))
        try:
            read_judgements(folder, IRONMAKING)
        except WorkbenchError as fault:
            refused += 1
            assert 0 < len(str(fault)) < 50_000, number  # noqa: PT017
        path.write_bytes(tables[path])
    assert count / 4 < refused <= count


@pytest.mark.parametrize("count", COUNTS)
def test_a_damaged_study_is_a_sample_or_one_message(tmp_path, count):
    rng, named = random.Random(20261201), 0
    (tmp_path / "plants").mkdir()
    (tmp_path / "plants" / "plants.csv").write_text(TABLE, encoding="utf-8")
    for _ in range(count):
        (tmp_path / "study.yaml").write_bytes(damaged(rng, STUDY.encode()))
        named += "study.yaml" in is_a_sample_or_one_message(tmp_path / "plants")
    assert named > count / 4


@pytest.mark.parametrize("count", COUNTS)
def test_a_damaged_mapping_or_the_table_it_reads_is_a_sample_or_one_message(tmp_path, count):
    rng, named, read = random.Random(20261202), 0, 0
    forgeries = forged(yaml.safe_load(MAPPING), count, 20261203)
    (tmp_path / "sample.yaml").write_text("public: true\nsource: a test\n", encoding="utf-8")
    mapping, table = tmp_path / "mapping.yaml", tmp_path / "plants.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    table.write_text(FOREIGN, encoding="utf-8")
    assert is_a_sample_or_one_message(tmp_path) == ""
    for text in forgeries:
        damage = rng.choice([text, damaged(rng, MAPPING.encode()), MAPPING.encode()])
        mapping.write_bytes(damage)
        table.write_bytes(damaged(rng, FOREIGN.encode()) if rng.random() < 0.2 else FOREIGN.encode())
        said = is_a_sample_or_one_message(tmp_path)
        named += "mapping.yaml" in said
        read += not said
    assert named > count / 4
    assert read > count / 10
