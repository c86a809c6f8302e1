"""A text is told in the language that is spoken, and both languages come from one place."""

import subprocess
import sys

import pytest

from methodology import languages
from methodology.languages import Told, Words, both, current, say, speaking


def test_the_innermost_language_is_spoken_and_the_outer_one_comes_back():
    with speaking("zh"):
        with speaking("en"):
            assert say("none") == "none"
        assert (current(), say("none")) == ("zh", "无")


def test_chinese_comes_first_where_nobody_says_otherwise(monkeypatch):
    monkeypatch.delenv(languages.FIRST)
    assert current() == "zh"


def test_a_language_is_given_back_after_an_error():
    with pytest.raises(KeyError), speaking("zh"):
        say("Level {level}", other="I")
    assert current() == "en"


def test_places_take_texts_in_both_languages_and_levels_as_each_writes_them():
    told = both(lambda: say("{name} at Level {level}", name=Words("燃料比", "fuel ratio"), level="II"))
    assert told == Words("燃料比的Ⅱ级基准值", "fuel ratio at Level II")


def test_a_message_without_chinese_is_told_in_english():
    with speaking("zh"):
        assert say("nobody wrote this down") == "nobody wrote this down"


def test_the_catalogue_costs_nothing_until_chinese_is_spoken():
    code = (
        "import sys; from methodology.languages import say, speaking\n"
        "with speaking('en'): say('none')\n"
        "assert not any(name.split('.')[0] == 'babel' for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_told_text_is_its_english_and_is_said_in_either_language():
    text = Told("燃料比", "fuel ratio")
    assert text == "fuel ratio"
    assert {text: 1}["fuel ratio"] == 1
    with speaking("zh"):
        assert say(text) == "燃料比"
