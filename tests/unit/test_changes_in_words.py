"""What changed between two runs is told by names of choices, indicators and levels, in both languages."""

import json

import pandas as pd
import pytest

from methodology.runs.changes_in_words import in_words
from methodology.runs.comparison import diff


def differing(**rows):
    return pd.DataFrame.from_dict(rows, orient="index", columns=["first", "second"])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results").mkdir()
    one = {"id": "fuel_ratio", "name_zh": "燃料比", "name_en": "Fuel ratio"}
    (tmp_path / "results" / "proposal.json").write_text(json.dumps({"indicators": [one]}), encoding="utf-8")
    return tmp_path


def test_choices_and_what_they_are_set_to_are_words(folder):
    changes = {
        "parameters": differing(
            **{"weights.method": ["ahp", "equal"], "thresholds.share_III": ["0.5", "0.6"]}
        )
    }
    told = in_words(changes, folder)["choices 选择"]
    assert told.to_dict("index") == {
        "权重来源 source of the weights": {"first": "AHP", "second": "等权 equal weights"},
        "Ⅲ级企业比例 share of plants at Level III": {"first": "0.5", "second": "0.6"},
    }


def test_values_are_told_by_indicator_and_level_and_plants_keep_their_keys(folder):
    changes = {
        "thresholds": differing(**{"fuel_ratio II, value": ["1", "2"]}),
        "levels": differing(**{"P_1.b, Y_I": ["80", "81"]}),
    }
    told = in_words(changes, folder)
    assert list(told["benchmark values 基准值"].index) == ["燃料比 Fuel ratio Ⅱ, value"]
    assert list(told["levels 等级"].index) == ["P_1.b, Y Ⅰ"]


def test_places_of_a_proposal_are_told_and_files_stay_files(folder):
    changes = {
        "proposal": differing(**{"indicators.0.levels.I.proposed": ["1", "2"], "indicators.7.n": ["3", "4"]}),
        "data": differing(**{"params/systems/toy.yaml": ["a", "b"]}),
    }
    told = in_words(changes, folder)
    assert list(told["proposal 拟定值"].index) == [
        "燃料比 Fuel ratio · Ⅰ · 拟定值 proposed",
        "indicators · 7 · n",
    ]
    assert list(told["data 数据"].index) == ["params/systems/toy.yaml"]


@pytest.mark.parametrize("text", ["", "[]", '{"indicators": [{"id": 1}]}', '{"indicators": 3}'])
def test_ids_are_shown_where_a_proposal_cannot_be_read(folder, text):
    (folder / "results" / "proposal.json").write_text(text, encoding="utf-8")
    told = in_words({"thresholds": differing(**{"fuel_ratio II, value": ["1", "2"]})}, folder)
    assert list(told["benchmark values 基准值"].index) == ["fuel_ratio Ⅱ, value"]


def test_two_drafts_differ_in_values_and_warnings_and_not_in_their_order_or_in_what_says_it_again(tmp_path):
    def draft(number, value, *warned):
        level = {"proposed": value, "reason": f"{value}", "reasons": [{"en": f"{value}"}]}
        one = {"id": "fuel_ratio", "name_zh": "燃料比", "name_en": "Fuel ratio", "levels": {"I": level}}
        warnings = [{"indicator": "fuel_ratio", "level": "I", "kind": "k", "en": text} for text in warned]
        more = {"warnings": warnings, "promises": {"joint": {"proposed": value}}}
        folder = tmp_path / f"{number:02d}"
        folder.mkdir()
        (folder / "draft.yaml").write_text("", encoding="utf-8")
        text = json.dumps({"system": "s", "run": number, "indicators": [one], **more})
        (folder / "proposal.json").write_text(text, encoding="utf-8")
        return folder

    first, same, other = draft(1, 520, "a", "b"), draft(2, 520, "b", "a"), draft(3, 521, "b")
    assert in_words(diff(first, same), same)["proposal 拟定值"].empty
    told = in_words(diff(first, other), other)["proposal 拟定值"]
    assert told.to_dict("index") == {
        "燃料比 Fuel ratio · Ⅰ · 拟定值 proposed": {"first": "520", "second": "521"},
        "燃料比 Fuel ratio · Ⅰ · 理由 reason": {"first": "520", "second": "521"},
        "燃料比 Fuel ratio Ⅰ, 须注意 warning": {"first": "a b", "second": "b"},
    }
