"""What each level judges, and the values without their table."""

import numpy as np
import pandas as pd
import pytest
from threshold_toys import LEVEL_TEXT, SHARES, TWENTY, indicator, system_of

from methodology.errors import DataError
from methodology.evaluation.attainment import attainment
from methodology.sample import correct
from methodology.thresholds import level_grants
from methodology.thresholds.table import stated_columns, thresholds_table, value_matrix

STEP = {"id": "step", "target": ["x"], "attribute": "b", "table": {"yes": 2.0, "no": 0}}
STEP |= {"levels": ["III"], "source": "S", "status": "ASSUMED"}


def granted(numbers, told, **changes):
    """A sample of which the plants that say `yes` are 2 cleaner at Level III, and its system."""
    system = system_of(indicator("x"), corrections=[STEP | changes], attributes={"b": "yes|no"})
    index = pd.Index([f"P{k}" for k in range(len(numbers))], name="plant")
    return correct(pd.DataFrame({"x": numbers, "b": told}, index=index), system).sample, system


def test_a_correction_granted_at_one_level_only_moves_the_value_of_that_level_alone():
    # III judges 1 2 3 2 5: three of five plants reach 2; without the grant they would reach 3 only.
    sample, system = granted(["1", "2", "3", "4", "5", ""], ["no", "no", "no", "yes", "no", "yes"])
    table = thresholds_table(sample, system, shares={"I": 0.2, "II": 0.4, "III": 0.6})
    assert table[["value", "attained", "n"]].to_numpy().tolist() == [[1, 1, 5], [2, 2, 5], [2, 3, 5]]
    assert "read with step, granted at this level" in table.iloc[2]["flag"]
    assert not table.iloc[:2]["flag"].str.contains("granted").any()
    everywhere, other = granted(["1", "2"], ["no", "yes"], levels=["I", "II", "III"])
    assert not everywhere.by_level
    assert not thresholds_table(everywhere, other, shares=SHARES)["flag"].str.contains("granted").any()


def test_what_a_correction_of_one_level_changes_is_counted():
    sample, system = granted(["1", "2", "3", "4", "5", ""], ["no", "no", "no", "yes", "no", "yes"])
    table = thresholds_table(sample, system, shares={"I": 0.2, "II": 0.4, "III": 0.6})
    grants = level_grants(sample, system, table)
    assert grants[["indicator", "level", "corrections"]].to_numpy().tolist() == [["x", "III", "step"]]
    row = grants.iloc[0]
    assert (row["plants"], row["n"], row["value"]) == (1, 5, 2.0)
    assert (row["reached"], row["reached_without"], row["value_without"]) == (3, 2, 3.0)
    with pytest.raises(DataError, match="no value of 'x' at level III"):
        level_grants(sample, system, table[table["level"] != "III"])


@pytest.mark.parametrize("method", ["attainment", "hyndman-fan-7", "mean-of-best", "lognormal"])
def test_each_level_is_read_as_if_all_levels_granted_what_it_grants(method):
    told = ["yes" if k % 3 == 0 else "no" for k in range(20)]
    sample, system = granted([str(number) for number in TWENTY], told)
    own = thresholds_table(sample, system, shares=SHARES, method=method)
    for level in SHARES:
        alone = thresholds_table(sample.at(level), system, shares=SHARES, method=method)
        columns = ["value", "lower", "upper", "attained", "n"]
        picked = [table[table["level"] == level][columns] for table in (own, alone)]
        pd.testing.assert_frame_equal(*picked)
    counts = attainment(sample, system, own)
    assert counts["attained"].tolist() == own["attained"].tolist()


@pytest.mark.parametrize("method", ["attainment", "harrell-davis", "lognormal", "mean-of-best", "mact-floor"])
@pytest.mark.parametrize("below_limit", ["as-limit", "ros", "kaplan-meier", "half-limit"])
def test_the_values_alone_are_those_of_the_table(method, below_limit):
    system = system_of(indicator("x"), indicator("h", "higher"), indicator("q", levels=LEVEL_TEXT))
    cells = {"x": ["<2", "<3", *TWENTY[2:]], "h": [None, *TWENTY[1:]], "q": ["I", "II"] * 10}
    frame = pd.DataFrame(cells, index=[f"P{k:02d}" for k in range(20)])
    how = {"method": method, "below_limit": below_limit}
    alone = value_matrix(stated_columns(frame, system), system, SHARES, **how)
    table = thresholds_table(frame, system, shares=SHARES, **how).pivot(index="level", columns="indicator")[
        "value"
    ]
    assert np.isnan(alone[:, 2]).all()
    assert (alone[:, :2] == table.loc[list(SHARES), ["x", "h"]].to_numpy()).all()


@pytest.mark.parametrize(("cells", "told"), [([None] * 20, "states"), (["<5"] * 20, "only state a limit")])
def test_the_values_alone_are_refused_where_the_table_is(cells, told):
    system = system_of(indicator("h", "higher"))
    frame = pd.DataFrame({"h": cells}, index=[f"P{k:02d}" for k in range(20)])
    with pytest.raises(DataError, match=told) as refused:
        value_matrix(stated_columns(frame, system), system, SHARES)
    with pytest.raises(DataError) as whole:
        thresholds_table(frame, system, shares=SHARES)
    assert str(refused.value) == str(whole.value)
