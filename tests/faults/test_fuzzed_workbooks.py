"""Workbooks damaged by a program are samples or one message, and so are the files beside them."""

from __future__ import annotations

import random

import pytest
from test_bad_samples_hostile import SYSTEM, TABLE, good_workbook, packed

from methodology.errors import DataError
from methodology.sample import check_sample, read_sample

SIDECAR = (
    "title_en: A test\nsystem: us_steel_air\npopulation: 40\nunits: {nox: kg/tCO2}\ncolumns: {NOx: nox}\n"
    "ignore: [note]\nmarks: {not_reported: ['-'], not_applicable: ['/']}\nattributes: {size: small|large}\n"
)
SIGNS = "<>/=\"' aA0.9&;:-[]{}\n\x01\u202e否"


def damaged(rng, content):
    data = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data) or 1)
        data[at : at + rng.randint(0, 12)] = "".join(rng.choices(SIGNS, k=rng.randint(0, 8))).encode()
    return bytes(data)


def is_a_sample_or_one_message(place):
    """Read a sample; what was said if it is refused."""
    said = ""
    try:
        read_sample(place, SYSTEM)
    except DataError as refusal:
        said = str(refusal)
        assert 0 < len(said) < 50_000
    problems, _ = check_sample(place, SYSTEM)
    assert all(str(problem) for problem in problems)
    return said


def fuzz_workbooks(folder, rounds, seed):
    rng, members = random.Random(seed), good_workbook()
    for number in range(rounds):
        part = rng.choice(sorted(members))
        path = packed(folder / "p.xlsx", members | {part: damaged(rng, members[part])})
        if number % 4 == 0:
            path.write_bytes(damaged(rng, path.read_bytes()))
        is_a_sample_or_one_message(path)


def fuzz_folders(folder, rounds, seed):
    rng = random.Random(seed)
    for _ in range(rounds):
        (folder / "plants.csv").write_bytes(
            damaged(rng, TABLE.encode()) if rng.random() < 0.5 else TABLE.encode()
        )
        (folder / "sample.yaml").write_bytes(damaged(rng, SIDECAR.encode()))
        is_a_sample_or_one_message(folder)


def test_some_damaged_workbooks_are_samples_or_one_message(tmp_path):
    fuzz_workbooks(tmp_path, 20, 20261128)


def test_hundreds_of_damaged_tables_and_sidecars_are_samples_or_one_message(tmp_path):
    fuzz_folders(tmp_path, 300, 20261128)


@pytest.mark.slow
def test_ten_thousand_damaged_workbooks_are_samples_or_one_message(tmp_path, monkeypatch):
    from methodology.spreadsheets import calamine_process, workbooks

    # in this process: ten thousand interpreters take an hour, and the process apart has tests of its own
    monkeypatch.setattr(
        workbooks,
        "answers",
        lambda contents: [workbooks.json.loads(calamine_process.answer(content)) for content in contents],
    )
    fuzz_workbooks(tmp_path, 10_000, 1)


@pytest.mark.slow
def test_ten_thousand_damaged_tables_and_sidecars_are_samples_or_one_message(tmp_path):
    fuzz_folders(tmp_path, 10_000, 1)


def test_a_name_in_an_archive_that_is_no_text_is_one_message(tmp_path):
    path = packed(tmp_path / "p.xlsx", good_workbook() | {"é.xml": b"<a/>"})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\x80\x80"))
    assert "damaged" in is_a_sample_or_one_message(path)
