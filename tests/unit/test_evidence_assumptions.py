"""Every assumption stands in both languages in one file, the Chinese of a paragraph before its English."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from methodology.evidence.notebooks import prose
from methodology.evidence.pages import indicator_address
from methodology.evidence.reference_pages import reference_pages
from methodology.languages import apart
from methodology.parameters import Project

TEXT = (Path(__file__).parents[2] / "docs" / "assumptions.md").read_text(encoding="utf-8")
HALF_WIDTH = re.compile(r"[一-鿿][,;:()!?]|[,;:!?(][一-鿿]|[一-鿿]\.(?!\d)")
_PARTS = re.split(r"^##? (A-\d+)?.*$", TEXT, flags=re.MULTILINE)
PARAGRAPHS = {
    number: body.strip().split("\n\n")
    for number, body in zip(_PARTS[1::2], _PARTS[2::2], strict=True)
    if number
}


def figures(text: str) -> set[str]:
    """Numbers of a text; 500万吨 is 5 Mt."""
    text = re.sub(r"(\d+)00万吨", r"\1 Mt", text)
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


def test_every_assumption_has_a_title_in_either_language():
    titles = re.findall(r"^##? (?:A-\d+ )?(.+)$", TEXT, re.MULTILINE)
    assert len(titles) > 100
    assert [title for title in titles if apart(title).same] == []


@pytest.mark.parametrize(("number", "paragraphs"), PARAGRAPHS.items(), ids=PARAGRAPHS)
def test_a_paragraph_of_an_assumption_has_its_sibling_with_the_same_numbers(number, paragraphs):
    assert len(paragraphs) % 2 == 0
    for zh, en in zip(paragraphs[::2], paragraphs[1::2], strict=True):
        assert figures(zh) == figures(en)
        assert HALF_WIDTH.search(re.sub(r"`[^`]*`", "", zh)) is None
        assert prose(f"{zh}\n\n{en}").count(" lang=") >= 2


def test_no_assumption_is_said_in_names_of_the_code():
    said = re.sub("`workbench [^`]+`", "", TEXT)
    assert re.findall(r"`[a-z_]+(?:\.[a-z_]+|_[a-z]+)+[^`]*`", said) == []
    assert [word for word in re.findall(r"`([a-z]+:?(?: [a-z]+)?)`", said) if word != "none"] == []


def test_a_source_names_every_indicator_whose_correction_it_gives():
    system = Project.around().system("electric_steelmaking")
    alone = tuple(item.model_copy(update={"comparators": ()}) for item in system.indicators)
    bare = system.model_copy(update={"indicators": alone})
    page, *_ = reference_pages(SimpleNamespace(system=bare, assumptions=""))
    assert bare.corrections
    for one in bare.corrections:
        row = page.html.split(f'id="source-{one.source}"')[1].split("</tr>")[0]
        assert all(indicator_address(target) in row for target in one.target), one.id
