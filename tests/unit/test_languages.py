"""A text is told in the language that is spoken, and both languages come from one place."""

import subprocess
import sys

import pytest
from shipped import ROOT

from methodology import languages
from methodology.indicators import load_system
from methodology.indicators.loading import read_yaml
from methodology.languages import Told, Words, both, by_line, current, say, speaking


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("按2024年数据测算。\nCalibrated on 2024.", ("按2024年数据测算。", "Calibrated on 2024.")),
        ("环大气〔2019〕35号\nDocument 环大气[2019]35号 (secondary page)", None),
        ("采用 GB 28663", ("采用 GB 28663", "采用 GB 28663")),
        ("第一行。\n第二行。", ("第一行。\n第二行。", "第一行。\n第二行。")),
        ("a first line\nand another", ("a first line\nand another",) * 2),
        ("", ("", "")),
    ],
)
def test_what_a_person_wrote_is_in_one_language_or_in_two_lines(text, told):
    assert by_line(text) == (told or tuple(text.split("\n")))


def _written() -> dict[str, str]:
    """Every text of the shipped choices and systems that a person wrote and a reader meets, by its place."""
    found = {}
    for folder in ("runs", "scenarios", "sweeps"):
        for path in sorted((ROOT / "params" / folder).glob("*.yaml")):
            content = read_yaml(path)
            found[f"{folder}/{path.stem} why"] = content["why"]
            for item in content.get("proposal", {}).get("looser", ()):
                found[f"{folder}/{path.stem} {item['indicator']} {item['level']}"] = item["reason"]
    for path in sorted((ROOT / "params" / "systems").glob("*.yaml")):
        system = load_system(path)
        found[f"{path.stem} note"] = system.note
        found |= {f"{path.stem} {key}": source.title for key, source in system.sources.items()}
        for item in system.indicators:
            if not item.applies and item.applicability != "always":
                found[f"{path.stem} {item.id}"] = item.applicability
    return found


@pytest.mark.parametrize(("place", "text"), _written().items(), ids=_written())
def test_what_is_shipped_in_the_words_of_a_person_is_in_both_languages(place, text):
    zh, en = by_line(text)
    assert zh != en, place
    assert any("\u4e00" <= sign <= "\u9fff" for sign in zh)
