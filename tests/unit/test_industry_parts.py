"""Plants of the sample in every part of the industry: no small count follows from what is published."""

from itertools import product
from types import SimpleNamespace

import pandas as pd
import pytest
from shipped import ROOT

from methodology.findings.industry_parts import industry_parts, published_counts
from methodology.indicators import load_system

IRON = load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


def readings(told, total):
    """Every way in which the withheld counts may make up the rest of the total, as a reader would try them."""
    rest = total - sum(count for count in told if count is not None)
    withheld = sum(count is None for count in told)
    return [way for way in product(range(1, rest + 1), repeat=withheld) if sum(way) == rest]


@pytest.mark.parametrize("counts", [[4, 12, 1, 1, 11, 1], [1, 3, 5, 20], [2, 30], [1, 1, 8], [2, 3, 3, 9]])
def test_what_is_withheld_is_not_what_is_left_of_the_total(counts):
    told = published_counts(counts, 3)
    small = [place for place, count in enumerate(counts) if count < 3]
    assert all(told[place] is None for place in small)
    ways = readings(told, sum(counts))
    hidden = [place for place, count in enumerate(told) if count is None]
    for place in small:
        assert len({way[hidden.index(place)] for way in ways}) > 1


def test_nothing_is_withheld_where_no_part_is_small():
    assert published_counts([4, 0, 12], 3) == [4, 0, 12]


def test_parts_are_called_by_the_words_of_their_attributes_in_both_languages():
    rows = [("key / large", 4, 16.0), ("key / small", 1, 6.0), ("all", 5, float("nan"))]
    contents = SimpleNamespace(
        coverage=pd.DataFrame(rows, columns=["stratum", "plants", "known"]), system=IRON, parameters={}
    )
    parts = industry_parts(contents)
    assert [part.name.zh for part in parts] == ["重点区域 / 大型", "重点区域 / 小型", "合计"]
    assert [part.name.en for part in parts][-1] == "all parts"
    assert [(part.plants, part.known) for part in parts] == [(None, 16), (None, 6), (5, None)]
