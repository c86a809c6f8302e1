import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from methodology.indicators import IndicatorSystem
from methodology.sample import correct, reached_by_calibration, reached_by_norm
from methodology.thresholds import thresholds_table


def decimals(low, high, places):
    return st.integers(low * 10**places, high * 10**places).map(lambda k: k / 10**places)


def system_of(direction, coefficient, addend, factor):
    words = {
        "group": "g",
        "name_zh": "能",
        "name_en": "n",
        "definition": "d",
        "boundary": "b",
        "unit": "kgce/t",
    }
    source = {"source": "S", "status": "ASSUMED", "target": ["x"]}
    return IndicatorSystem.model_validate(
        {
            "id": "tiny",
            "name_zh": "小",
            "name_en": "Tiny",
            "functional_unit": "1 t",
            "sources": {"S": {"title": "t", "status": "ASSUMED"}},
            "groups": [{"id": "g", "name_zh": "组", "name_en": "G", "weight": 1.0, "status": "ASSUMED"}],
            "indicators": [
                {"id": "x", "direction": direction, "weight": 1.0, "kind": "quantitative", **words}
            ],
            "attributes": {"a": "%", "b": "yes|no"},
            "corrections": [
                {"id": "slope", "addend": f"{coefficient}*min(5, max(0, 62-a))", **source},
                {
                    "id": "step",
                    "attribute": "b",
                    "table": {"yes": addend, "no": 0},
                    "levels": ["III"],
                    **source,
                },
                {"id": "times", "where": {"b": "yes"}, "factor": factor, **source},
            ],
        }
    )


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(decimals(300, 420, 1), decimals(55, 65, 2), st.sampled_from(["yes", "no", ""])),
        min_size=4,
        max_size=25,
    ),
    st.sampled_from(["lower", "higher"]),
    decimals(0, 5, 2),
    decimals(-20, 20, 2),
    st.sampled_from([1.0, 1.1, 0.9, 1.25]),
    st.sampled_from(["attainment", "harrell-davis"]),
)
def test_adding_to_the_threshold_and_subtracting_from_the_value_give_every_plant_the_same(
    rows, direction, coefficient, addend, factor, method
):
    system = system_of(direction, coefficient, addend, factor)
    cells = pd.DataFrame(rows, columns=["x", "a", "b"], index=[f"P{k}" for k in range(len(rows))])
    found = correct(cells, system, missing="uncorrected")
    thresholds = thresholds_table(
        found.sample, system, shares={"I": 0.05, "II": 0.2, "III": 0.5}, method=method
    )
    norm = reached_by_norm(found, system, thresholds)
    calibration = reached_by_calibration(found, system, thresholds)
    pd.testing.assert_frame_equal(norm, calibration)
    kept = correct(cells, system)
    pd.testing.assert_frame_equal(
        reached_by_norm(kept, system, thresholds), reached_by_calibration(kept, system, thresholds)
    )
