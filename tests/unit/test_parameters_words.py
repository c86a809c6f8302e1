"""What choices are called where readers meet them."""

from methodology.parameters import Parameters
from methodology.parameters.loading import section_class
from methodology.parameters.model import STAGES
from methodology.parameters.words import CHOICES, choice_in_words


def test_every_choice_of_a_run_has_a_name_in_english_and_chinese():
    paths = {f"{stage}.{name}" for stage in STAGES for name in section_class(stage).model_fields}
    paths |= set(Parameters.model_fields) - set(STAGES)
    assert paths | {"weights"} == set(CHOICES)
    for path in paths:
        chinese, english = choice_in_words(path)
        assert english != path
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
        assert not set(chinese) & set(",;:()")
