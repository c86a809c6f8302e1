"""YAML written by people is read once, plainly, and every fault of it has a line."""

from __future__ import annotations

import random
import re
import string

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped import ROOT

from methodology.errors import ParameterError
from methodology.indicators.plain_yaml import (
    DEEPEST,
    LARGEST_BYTES,
    MOST_ITEMS,
    PlainYamlError,
    as_yaml,
    parse_yaml,
)
from methodology.parameters import load_run

GOOD = "system: ironmaking\nwhy: Exercises the reader in a test.\n"


SHIPPED = [
    path for folder in ("params", "data", "methodology") for path in sorted((ROOT / folder).rglob("*.yaml"))
]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_file_says_the_same_as_to_the_library(path):
    text = path.read_text(encoding="utf-8")
    assert parse_yaml(text)[0] == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{? [a] : 1}", "a key is a list or mapping"),
        ("{? {a: 1} : 1}", "a key is a list or mapping"),
        ("{null: 1}", "a key is `None`"),
        ("{yes: 1}", "a key is `True`"),
        ("2024-13-45", "written like a date and is none"),
        ("2024-02-30 25:61:61", "written like a date and is none"),
        ("!!int x", "tags"),
        ("!!bool x", "tags"),
        ("!!float x", "tags"),
        ("!!timestamp x", "tags"),
        ("!!python/object/apply:os.system ['true']", "tags"),
        ("! x", "tags"),
        ("1" * 5000, "a number of 5,000 signs"),
        ("1:59:59", "another base than ten"),
        ("1" + ":59" * 3000, "a number of"),
        ("010", "another base than ten"),
        ("1.0e+400", "too large to be kept"),
        ("1.0e-400", "too small to be kept"),
        ("[" * 1500, f"nested deeper than {DEEPEST}"),
        ("{a: " * 20_000, f"nested deeper than {DEEPEST}"),
        ("[" + "a, " * (MOST_ITEMS + 1) + "]", "a list or mapping has more than 2,000 items"),
        ("{" + "".join(f"a{number}: 1, " for number in range(MOST_ITEMS + 1)) + "}", "more than 2,000 items"),
        ('"a\\0b"', "the invisible sign U+0000"),
        ('"a\\e[31m"', "the invisible sign U+001B"),
        ("a\u200fb", "the invisible sign U+200F"),
        ('"a\\uFFFFb"', "the invisible sign U+FFFF"),
        ('"a\\u202eb"', "the invisible sign U+202E"),
        ('"a\\ud800b"', "escape code"),
        ("&x 1\nb: *x", "aliases"),
        ("{b: 1, b: 2}", "'b' is given twice"),
        ("1\n--- 2", "a second document begins"),
        ("[1", "did not find expected"),
        ("a\tb: c: d", "not allowed"),
        ("a\x01b", "cannot hold"),
    ],
    ids=lambda value: value[:20].encode("unicode_escape").decode(),
)
def test_what_is_not_plain_is_one_message_with_its_line(tmp_path, value, said):
    path = tmp_path / "run.yaml"
    path.write_text(f"{GOOD}a: {value}\n", encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_run(path)
    text = str(caught.value)
    assert said in text
    assert text.startswith("run.yaml is not plain YAML: line ")
    assert len(text) < 300


@pytest.mark.parametrize(
    "value", ["!!int x", "[" * 1500, "1" * 5000, "2024-13-45", '"a\\0b"'], ids=lambda value: value[:12]
)
def test_what_is_typed_after_set_is_read_by_the_same_reader(tmp_path, value):
    path = tmp_path / "run.yaml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ParameterError, match="the value is not plain YAML"):
        load_run(path, [f"seed={value}"])


@pytest.mark.parametrize("value", ["5e-2", "5E-2", ".5e-1", "0.5e-01", "50.e-3", "+5e-2", "5.0e-2", "0.05"])
def test_a_number_may_be_written_with_its_power_of_ten(tmp_path, value):
    path = tmp_path / "run.yaml"
    path.write_text(f"{GOOD}thresholds: {{share_I: {value}}}\n", encoding="utf-8")
    assert load_run(path).thresholds.share_I == 0.05
    assert load_run(path, [f"thresholds.share_I={value}"]).thresholds.share_I == 0.05


def test_a_text_that_looks_like_a_power_of_ten_is_written_and_read_as_a_text():
    told = {"run": "12345678e901", "draft": "2e5", "sent": "-1.e+10"}
    assert parse_yaml(as_yaml(told))[0] == told
    assert parse_yaml("a: '5e-2'\nb: 5e-2kg\nc: 1234567e1234\n")[0] == {
        "a": "5e-2",
        "b": "5e-2kg",
        "c": "1234567e1234",
    }


def test_a_date_is_kept_as_its_text():
    assert parse_yaml("a: 2024-02-29\nb: 2001-12-14 21:59:43.10 -5\n")[0] == {
        "a": "2024-02-29",
        "b": "2001-12-14 21:59:43.10 -5",
    }


def test_a_file_of_more_than_a_megabyte_is_not_read():
    with pytest.raises(PlainYamlError, match="at most 1,000,000"):
        parse_yaml(" " * (LARGEST_BYTES + 1))


def test_nesting_is_refused_where_it_becomes_too_deep_and_not_at_the_end(monkeypatch):
    from methodology.indicators import plain_yaml

    taken = []
    before = plain_yaml._Reader._take
    monkeypatch.setattr(
        plain_yaml._Reader, "_take", lambda self, *what: (taken.append(1), before(self, *what))[1]
    )
    with pytest.raises(PlainYamlError, match="nested deeper"):
        parse_yaml("[" * 900_000)
    assert len(taken) == DEEPEST + 1


def test_a_file_is_parsed_once(tmp_path, monkeypatch):
    from methodology.indicators import loading

    count = []
    monkeypatch.setattr(loading, "parse_yaml", lambda text: (count.append(1), parse_yaml(text))[1])
    path = tmp_path / "run.yaml"
    path.write_text(GOOD, encoding="utf-8")
    load_run(path)
    assert len(count) == 1


def test_of_many_unknown_keys_a_few_are_compared_and_a_hundred_listed(tmp_path, monkeypatch):
    import difflib

    compared = []
    before = difflib.get_close_matches
    monkeypatch.setattr(
        difflib, "get_close_matches", lambda *words, **more: (compared.append(1), before(*words, **more))[1]
    )
    path = tmp_path / "run.yaml"
    path.write_text(GOOD + "".join(f"key_{number}: 1\n" for number in range(1_900)), encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_run(path)
    assert len(compared) <= 20
    lines = str(caught.value).splitlines()
    assert len(lines) == 102
    assert "1,800 more faults are not listed (1,900 in all read like: is not a known key.)" in lines[-1]
    assert "run.yaml, line 3, key_0: is not a known key." in lines[1]


def _plain(value):
    """Whether a value is one that files hold."""
    if isinstance(value, dict):
        return all(isinstance(key, str | int | float) and _plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_plain, value))
    return value is None or isinstance(value, bool | str | int | float)


def _never_anything_else(text):
    try:
        content, _ = parse_yaml(text)
    except PlainYamlError:
        return
    assert _plain(content)


SIGNS = "ab01.:-?![]{}&*#|>'\"%@`,~=<\n \t\\e_+xT/" + "\0\x07\x85\u202e\ufeff\ud800否"


@given(st.text(alphabet=SIGNS, max_size=60))
def test_any_text_is_plain_or_refused(text):
    _never_anything_else(text)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(string.printable, max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_what_is_written_is_read_back_or_refused_by_name(value):
    text = as_yaml(value)
    try:
        found = parse_yaml(text)[0]
    except PlainYamlError as fault:
        found, said = value, str(fault)
        refused = re.search("too small|too large|of .* signs|invisible sign", said)
        assert refused or not said, said
    assert found == value


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.text(alphabet=SIGNS, max_size=200))
def test_ten_thousand_texts_are_plain_or_refused(text):
    _never_anything_else(text)


@pytest.mark.slow
def test_ten_thousand_damaged_run_files_are_choices_or_one_message(tmp_path):
    rng = random.Random(20261128)
    whole = (ROOT / "params" / "runs" / "ironmaking.yaml").read_text(encoding="utf-8")
    whole += "sample:\n  exclude:\n  - {plant: P01, reason: closed in 2024}\nsensitivity: {draws: 200}\n"
    path = tmp_path / "run.yaml"
    longest = 0
    for _ in range(10_000):
        text = list(whole)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(text))
            text[at : at + rng.randint(0, 9)] = rng.choices(SIGNS.replace("\ud800", ""), k=rng.randint(0, 6))
        path.write_text("".join(text), encoding="utf-8")
        try:
            load_run(path)
        except ParameterError as refusal:
            longest = max(longest, len(str(refusal)))
    assert 0 < longest < 20_000
