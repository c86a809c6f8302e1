"""A system with a fault is refused, with every fault named."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from methodology.errors import SystemDefinitionError
from methodology.indicators import Level, load_system
from methodology.indicators.comparators import Comparator

ROOT = Path(__file__).parents[2]
SMALL = {
    "id": "ninth",
    "name_zh": "第九",
    "name_en": "Ninth",
    "functional_unit": "t",
    "sources": {"MEM": {"title": "memory", "status": "RECALLED"}},
    "groups": [{"id": "en", "name_zh": "能源", "name_en": "Energy", "weight": 1.0, "status": "ASSUMED"}],
    "indicators": [
        {
            "id": "energy",
            "group": "en",
            "name_zh": "能耗",
            "name_en": "Energy",
            "kind": "quantitative",
            "unit": "kgce/t",
            "direction": "lower",
            "weight": 1.0,
            "definition": "E/P",
            "boundary": "all",
        }
    ],
}


def load(tmp_path: Path, content: object):
    path = tmp_path / "ninth.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return load_system(path)


def changed(**indicator: object) -> dict:
    content = copy.deepcopy(SMALL)
    content["indicators"][0] |= indicator
    return content


def test_a_ninth_system_needs_one_file(tmp_path):
    system = load(tmp_path, SMALL)
    assert system.ids == ("energy",)
    assert system.rule is not None
    assert system.weights["weight"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"unit": "kgc/t"}, "unknown unit 'kgc/t' (near: kgce/t"),
        ({"group": "xx"}, "unknown group 'xx'"),
        ({"weight": 0.5}, "sum to 0.5000, not 1"),
        ({"target": [1, 2]}, "`target` goes with `direction: interval`"),
        ({"kind": "qualitative"}, "describes levels I, II and III"),
        ({"colour": "red"}, "colour"),
        ({"id": "Energy"}, "is no id (lower-case letters"),
        ({"weight": float("nan")}, "weight"),
    ],
)
def test_a_fault_is_named(tmp_path, change, said):
    with pytest.raises(SystemDefinitionError) as caught:
        load(tmp_path, changed(**change))
    assert said in str(caught.value)


def test_bounds_must_contain_the_anchors(tmp_path):
    anchors = {
        "p10": 1,
        "p50": 2,
        "p90": 30,
        "shape": "normal",
        "source": ["MEM"],
        "status_median": "ASSUMED",
        "status_spread": "ASSUMED",
    }
    with pytest.raises(SystemDefinitionError, match="bounds do not contain the anchors"):
        load(tmp_path, changed(anchors=anchors, bounds={"low": 0, "high": 20}))


def test_a_number_without_a_listed_source_is_refused(tmp_path):
    comparator = {
        "kind": "energy_norm",
        "label": "norm",
        "value": 400,
        "unit": "kgce/t",
        "basis": "annual",
        "source": "GB",
        "status": "SEEN",
        "year": 2025,
    }
    with pytest.raises(SystemDefinitionError, match="unknown source 'GB'"):
        load(tmp_path, changed(comparators=[comparator]))


def test_a_correction_that_reads_an_unknown_column_is_refused(tmp_path):
    correction = {"id": "c", "target": ["energy"], "addend": "2*grade", "source": "MEM", "status": "ASSUMED"}
    with pytest.raises(SystemDefinitionError, match="unknown attribute 'grade'"):
        load(tmp_path, SMALL | {"corrections": [correction]})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n- b\n", "list"),
        ("id: a\nid: b\n", "given twice"),
        ("a: &x 1\nb: *x\n", "aliases"),
        ("a: !!python/object/apply:os.system ['true']\n", "plain YAML"),
        ("a: [1\n", "plain YAML"),
    ],
)
def test_a_file_that_is_no_plain_mapping_is_refused(tmp_path, text, said):
    with pytest.raises(SystemDefinitionError, match=said):
        load(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SystemDefinitionError, match=r"'tenth\.yaml' in .* does not exist"):
        load_system(tmp_path / "tenth.yaml")


def comparator(**changes: object) -> Comparator:
    return Comparator.model_validate(
        {
            "kind": "energy_norm",
            "label": "norm",
            "value": 415,
            "unit": "kgce/t",
            "basis": "annual",
            "source": "MEM",
            "status": "ASSUMED",
            "year": 2025,
        }
        | changes
    )


def test_a_comparator_for_a_stratum_applies_only_there():
    special = comparator(where={"region": "key"})
    assert special.applies({"region": "key"})
    assert not special.applies({"region": "other"})
    assert not special.applies()


def test_a_base_value_applies_to_corrected_values_only():
    base = comparator(comparable=False, before_corrections=True, binds=[Level.III])
    assert base.applies(corrected=True)
    assert not base.applies()


def test_a_system_is_frozen(tmp_path):
    system = load(tmp_path, SMALL)
    with pytest.raises(ValueError, match="frozen"):
        system.id = "other"


def test_a_file_that_was_edited_is_read_again(tmp_path):
    before = load(tmp_path, SMALL)
    after = load(tmp_path, changed(name_en="Energy of the whole works"))
    assert before["energy"].name_en == "Energy"
    assert after["energy"].name_en == "Energy of the whole works"
    assert load_system(str(tmp_path / "ninth.yaml")) == after
