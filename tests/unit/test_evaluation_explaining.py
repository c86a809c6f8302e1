"""The shortest way up of a plant, and what holds it."""

import numpy as np
import pandas as pd

from methodology.evaluation import explain_all, explanations
from methodology.indicators import IndicatorSystem


def make_system(*rows):
    described = {level: {"zh": level, "en": level} for level in ("I", "II", "III")}
    filled = []
    for row in rows:
        basic = {
            "group": "g",
            "name_zh": row["id"],
            "name_en": row["id"],
            "kind": "quantitative",
            "unit": "1",
        }
        basic |= {"direction": "lower", "definition": "d", "boundary": "b", "weight": 1 / len(rows)}
        if row.get("kind") == "qualitative":
            basic |= {"levels": described}
        filled.append(basic | row)
    content = {"id": "made", "name_zh": "例", "name_en": "made", "functional_unit": "t", "sources": {}}
    content["groups"] = [{"id": "g", "name_zh": "g", "name_en": "g", "weight": 1, "status": "ASSUMED"}]
    return IndicatorSystem.model_validate(content | {"indicators": filled})


def thresholds_of(**values):
    rows = [
        (n, lv, v) for n, three in values.items() for lv, v in zip(("I", "II", "III"), three, strict=True)
    ]
    return pd.DataFrame(rows, columns=["indicator", "level", "value"])


def weights_of(**weights):
    return pd.DataFrame({"indicator": list(weights), "weight": list(weights.values())})


def table(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.Index([f"P{k}" for k in range(1, n + 1)], name="plant"))


FOUR = make_system({"id": "a", "limiting": True}, {"id": "b"}, {"id": "c"}, {"id": "d"})
FOUR_LIMITS = thresholds_of(**dict.fromkeys("abcd", (10, 20, 30)))
FOUR_WEIGHTS = weights_of(a=0.1, b=0.4, c=0.3, d=0.2)


def explained(cells, **more):
    plants = table(**{name: [cell] for name, cell in zip("abcd", cells, strict=True)})
    return explanations(plants, FOUR, FOUR_LIMITS, FOUR_WEIGHTS, **more)[0]


def test_a_blocking_limiting_indicator_is_named_with_its_distance():
    found = explained(["25", "5", "5", "5"])
    assert (found.level, found.to, found.blocking) == ("III", "II", ("a",))
    (row,) = found.changes.to_dict("records")
    assert (row["indicator"], row["reason"], row["reach"], row["change"]) == ("a", "limiting", "II", 5)
    assert row["relative"] == 0.25


def test_the_score_is_met_by_the_fewest_indicators():
    found = explained(["10", "15", "15", "15"])
    assert (found.level, found.to, found.score, found.needed) == ("II", "I", 10.0, 85.0)
    assert found.changes["indicator"].tolist() == ["b", "c", "d"]


def test_of_equally_small_sets_the_easiest_is_named():
    found = explained(["10", "10", "11", "19"], cut=60)
    assert found.to == "I"
    assert found.changes["indicator"].tolist() == ["c"]
    easier_d = explained(["10", "10", "19", "11"], cut=60)
    assert easier_d.changes["indicator"].tolist() == ["d"]


def test_an_unreported_cell_is_named_last_and_without_a_change():
    found = explained(["10", "10", "", "19"], cut=60)
    assert found.changes["indicator"].tolist() == ["d"]
    silent = explained(["10", "10", "", ""], cut=60)
    assert silent.changes["state"].tolist() == ["not reported"]
    assert np.isnan(silent.changes["change"].item())


def test_the_way_past_a_level_is_taken_where_it_is_shorter():
    found = explained(["20", "20", "20", "35"], cut=95)  # III lacks d; so does II
    assert (found.level, found.to) == ("none", "III")
    shorter = explained(["20", "35", "20", "35"], cut=75)  # III lacks b and d, II only b
    assert (shorter.to, shorter.changes["indicator"].tolist()) == ("II", ["b"])


def test_the_newer_reading_asks_the_rest_to_reach_two():
    newer = {"level_one": "limiting-and-rest-at-two"}
    found = explained(["10", "10", "10", "25"], cut=80, **newer)
    assert found.to == "I"
    (row,) = found.changes.to_dict("records")
    assert (row["indicator"], row["reason"], row["reach"], row["change"]) == ("d", "rest at II", "II", 5)


def test_what_improves_anyway_is_asked_for_more_before_another_indicator_is():
    newer = {"level_one": "limiting-and-rest-at-two"}
    found = explained(["10", "10", "15", "25"], cut=70, **newer)  # Y_I 50: d must reach II; to I it gives 70
    (row,) = found.changes.to_dict("records")
    assert (row["indicator"], row["reason"], row["reach"]) == ("d", "rest at II and score", "I")


def test_a_plant_at_level_one_needs_nothing():
    found = explained(["1", "1", "1", "1"])
    assert (found.level, found.to, len(found.changes)) == ("I", "", 0)


def test_what_does_not_apply_never_has_to_improve():
    found = explained(["n/a", "15", "10", "n/a"])
    assert found.changes["indicator"].tolist() == ["b"]


def test_all_plants_are_explained_in_one_table():
    plants = table(a=["25", "1"], b=["5", "1"], c=["5", "1"], d=["5", "1"])
    out = explain_all(plants, FOUR, FOUR_LIMITS, FOUR_WEIGHTS)
    assert out["to"].tolist() == ["II", ""]
    assert out["changes"].tolist() == [1, 0]
    assert out["limiting"].tolist() == ["a", ""]
