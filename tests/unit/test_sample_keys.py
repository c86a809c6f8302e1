"""The key of the pseudonyms: made once, readable by its owner alone, never a number beside the names."""

import os
import stat

import pytest
from sample_toys import TABLE, folder_with, toy_system

from methodology.errors import DataError
from methodology.pseudonyms import key_fingerprint, make_key, read_key
from methodology.sample import read_sample

SYSTEM = toy_system()
POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of files exist on POSIX")
GOOD = "00112233445566778899aabbccddeeff"


def key_file(folder, content, mode=0o600):
    path = folder / "toy.key"
    path.write_text(content, encoding="ascii", newline="\n")
    path.chmod(mode)
    return path


def test_a_new_key_has_256_bits_and_no_two_are_alike(tmp_path):
    first, second = (read_key(make_key(tmp_path / f"{name}.key")) for name in "ab")
    assert len(first) == len(second) == 32
    assert first != second


@POSIX
def test_a_new_key_belongs_to_its_owner_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        path = make_key(tmp_path / "toy.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_exists_is_never_written_over(tmp_path):
    path = make_key(tmp_path / "toy.key")
    before = path.read_bytes()
    with pytest.raises(DataError, match="exists"):
        make_key(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["key.txt", "toy", ".key"])
def test_a_key_bears_the_ending_that_stays_out_of_the_repository(tmp_path, name):
    with pytest.raises(DataError, match=r"does not end in '\.key'"):
        make_key(tmp_path / name)


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o620])
def test_a_key_that_others_may_use_is_refused(tmp_path, mode):
    with pytest.raises(DataError, match=f"has mode {mode:o}"):
        read_key(key_file(tmp_path, GOOD, mode))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "0 bytes"),
        (GOOD[:30], "15 bytes"),
        ("00" * 32, "1 of them different"),
        ("123456789", "not hexadecimal"),
        ("open sesame, 32 letters of a word", "not hexadecimal"),
        ("ab" * 2000, "not hexadecimal"),
    ],
)
def test_what_can_be_guessed_is_refused_and_never_quoted(tmp_path, content, said):
    with pytest.raises(DataError, match=said) as caught:
        read_key(key_file(tmp_path, content))
    assert len(content) < 5 or content not in str(caught.value)


def test_a_missing_key_says_how_to_make_one(tmp_path):
    with pytest.raises(DataError, match=r"`workbench key toy\.key` makes one"):
        read_key(tmp_path / "toy.key")


def test_a_line_end_more_is_the_same_key(tmp_path):
    plain = read_key(key_file(tmp_path, GOOD))
    assert read_key(key_file(tmp_path, f" {GOOD.upper()}\r\n")) == plain


def test_a_fingerprint_names_a_key_and_does_not_hold_it(tmp_path):
    key = read_key(key_file(tmp_path, GOOD))
    assert key_fingerprint(key) == key_fingerprint(bytes(key))
    assert key_fingerprint(key) != key_fingerprint(key[::-1])
    assert GOOD not in key_fingerprint(key)


@pytest.mark.parametrize("seed", ["7", "0", "-5", "true", "'7'"])
def test_a_number_beside_the_names_is_refused_with_the_way_out(tmp_path, seed):
    with pytest.raises(DataError, match=r"write `key: plants\.key` instead"):
        read_sample(folder_with(tmp_path, TABLE, sidecar=f"pseudonym_seed: {seed}\n"), SYSTEM)


def test_a_key_written_into_the_sidecar_is_refused_and_not_repeated(tmp_path):
    with pytest.raises(DataError, match="never write the key itself") as caught:
        read_sample(folder_with(tmp_path, TABLE, sidecar=f"key: '{GOOD}'\n"), SYSTEM)
    assert GOOD not in str(caught.value)


def test_a_key_may_lie_outside_the_folder_of_the_sample(tmp_path):
    (tmp_path / "safe").mkdir()
    (tmp_path / "toy").mkdir()
    make_key(tmp_path / "safe" / "toy.key")
    folder = folder_with(
        tmp_path / "toy", TABLE.replace("A,", "武汉江岸钢铁,"), sidecar="key: ../safe/toy.key\n"
    )
    assert set(read_sample(folder, SYSTEM).plants) == {"P01", "P02", "P03"}


def test_public_without_a_source_and_public_with_a_key_are_refused(tmp_path):
    with pytest.raises(DataError, match="needs `source:`"):
        read_sample(folder_with(tmp_path, TABLE, sidecar="public: true\n"), SYSTEM)
    with pytest.raises(DataError, match="contradict"):
        read_sample(folder_with(tmp_path, TABLE, sidecar="public: true\nsource: s\nkey: a.key\n"), SYSTEM)
