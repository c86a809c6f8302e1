"""The catalogue has every message the package tells, in Chinese that a reader can take."""

import ast
import re
from string import Formatter

from babel.messages.pofile import read_po
from messages import ROOT, messages, unread

from methodology.languages import CATALOGUE, retold, speaking
from methodology.languages.remarks import REMARKS

with CATALOGUE.open("rb") as file:
    ENTRIES = [entry for entry in read_po(file) if entry.id]
CHINESE = {str(entry.id): str(entry.string) for entry in ENTRIES}
WRITTEN = CATALOGUE.read_text(encoding="utf-8")
HALF_WIDTH = re.compile(r"[一-鿿][,;:()!?]|[,;:!?(][一-鿿]|[一-鿿]\.(?!\d)")


def places(text: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name}


def test_catalogue_and_code_have_the_same_messages():
    told = set(messages())
    assert told - set(CHINESE) == set(), "messages without Chinese"
    assert set(CHINESE) - told == set(), "entries that nothing tells any more"


def test_no_entry_stands_twice_or_is_doubtful():
    ids = re.findall(r"^msgid (.+)$", WRITTEN, flags=re.MULTILINE)
    assert len(ids) == len(set(ids))
    assert not any(entry.fuzzy for entry in ENTRIES)


def test_every_message_can_be_read_off_the_code():
    assert unread() == []


def test_both_languages_have_the_same_places():
    english = {message: {place for place in places(message) if place[0] != "verb"} for message in CHINESE}
    assert {message: places(text) for message, text in CHINESE.items()} == english


def test_chinese_sentences_have_chinese_punctuation():
    assert [text for text in CHINESE.values() if HALF_WIDTH.search(text)] == []


def test_chinese_is_chinese_where_there_are_words_to_tell():
    words = {message: re.sub(r"\{\w+[^}]*\}", "", text) for message, text in CHINESE.items()}
    latin = re.compile(r"[a-z]{4,}")
    assert [
        text for text in words.values() if latin.search(re.sub("Hyndman-Fan|R-hat|kgce|dscf", "", text))
    ] == []


def test_no_text_names_a_key_of_the_code():
    assert [
        text for pair in CHINESE.items() for text in pair if re.search(r"\b[a-z]+_[a-z_]+\b(?![^{]*\})", text)
    ] == []


def test_a_remark_of_a_stage_is_told_in_chinese_with_its_numbers():
    with speaking("zh"):
        assert retold("no upper limit exists with n = 12; none computed") == "n = 12时不存在上限；未计算"


def test_a_remark_nobody_wrote_down_stays_as_it_is():
    with speaking("zh"):
        assert retold("a sentence of a plant's own") == "a sentence of a plant's own"


def test_every_remark_is_one_that_the_code_writes():
    """A stage that words a remark anew would else be told in English, and nobody would see it."""
    files = [path for path in ROOT.rglob("*.py") if path.name != "remarks.py" and "cli" not in path.parts]
    constants = (
        node.value
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    shipped = (
        *(ROOT.parent / "data" / "reference").glob("*.csv"),
        *(ROOT.parent / "params").glob("systems/*.yaml"),
    )
    reference = (path.read_text(encoding="utf-8") for path in shipped)
    written = "\0".join([*constants, *reference])
    pieces = {piece.strip(" .:;") for text in REMARKS for piece in re.split(r"\{\w+\}", text)}
    assert sorted(piece for piece in pieces if len(piece) > 6 and not _written(piece, written)) == []


def _written(piece: str, written: str) -> bool:
    """Whether a piece is written in one go, or sentence by sentence."""
    parts = [part for whole in re.split(r"[.:;] ", piece) for part in [whole.strip()] if len(part) > 6]
    return all(part in written for part in parts)
