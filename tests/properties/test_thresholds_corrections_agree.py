import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from methodology.errors import DataError
from methodology.evaluation import reaches
from methodology.indicators import IndicatorSystem
from methodology.sample import correct
from methodology.thresholds.table import thresholds_table


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
    for missing in ("uncorrected", "not-reported"):
        found = correct(cells, system, missing=missing)
        try:
            table = thresholds_table(
                found.sample, system, shares={"I": 0.05, "II": 0.2, "III": 0.5}, method=method
            )
        except DataError:  # nobody states x at some level
            assert missing == "not-reported"
            continue
        limits = table.set_index("level")["value"]
        counts = table.set_index("level")["attained"]
        for level, own in found.terms.groupby("level"):
            stated = (own["reported"].to_numpy(), own["addend"].to_numpy(), own["factor"].to_numpy())
            value, addend, times = stated
            states = found.sample.at(level).states["x"].to_numpy()
            # what a norm does: it adds to the threshold of the plant (A-20: on the same grid)
            norm = reaches(np.round(value, 9), states, np.round(limits[level] * times + addend, 9), direction)
            own_values = found.sample.at(level).values["x"].to_numpy()
            assert norm.tolist() == reaches(own_values, states, limits[level], direction).tolist()
            assert norm.sum() == counts[level]
