"""The catalogue has every message the package tells, in Chinese that a reader can take."""

import ast
import re
from pathlib import Path
from string import Formatter

import pydantic_core
import yaml
from babel.messages.pofile import read_po
from messages import ROOT, messages, unread

from methodology.languages import CATALOGUE, retold, speaking

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
    written = _everything_written()
    left = {message: _unwritten(message, written) for message in set(CHINESE) - told}
    assert {message: pieces for message, pieces in left.items() if pieces} == {}, (
        "entries nothing tells any more"
    )


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


def _everything_written() -> str:
    """Texts of the code, of the shipped data, and of the libraries whose messages are told: pydantic and libyaml."""
    constants = (
        node.value
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    data = ROOT.parent
    shipped = (*(data / "data" / "reference").glob("*.csv"), *(data / "params" / "systems").glob("*.yaml"))
    libraries = (Path(yaml.__file__).parent, Path(pydantic_core.__file__).parent)
    compiled = (path for folder in libraries for path in folder.iterdir() if path.suffix in (".so", ".pyd"))
    return "\0".join(
        (
            "Dictionary",  # short enough for a compiler to leave no text of it
            *constants,
            *(path.read_text(encoding="utf-8") for path in shipped),
            *(path.read_bytes().decode("latin-1") for path in compiled),
        )
    )


def _unwritten(message: str, written: str) -> list[str]:
    """
    Pieces of a message that nobody writes, in one go or in two.

    A finding or remark that is worded anew would else be told in English, and nobody would see it.
    """
    pieces = re.split(r"\{\w+[^}]*\}|(?<=[.:;?,)]) | \(|\) ", message)
    found = [piece for piece in (piece.strip(" .:;?") for piece in pieces) if len(piece) > 6]
    return [piece for piece in found if not _is_written(piece, written)]


def _is_written(piece: str, written: str) -> bool:
    words = piece.split(" ")
    halves = ((" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words)))
    return any(one in written and other in written for one, other in halves)
