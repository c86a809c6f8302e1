"""Samples of several years: the model and the count stand side by side."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_chain_joint import make_system

from methodology import tables
from methodology.indicators import as_sample
from methodology.thresholds import benchmarks_over_years, quantile_threshold, threshold_interval
from methodology.thresholds.hierarchical import hierarchical_lognormal

SYSTEM = make_system("abc", higher="b", qualitative="c")
SHARES = {"I": 0.05, "II": 0.2, "III": 0.5}
RNG = np.random.default_rng(3)
LEVELS = np.exp(2 + 0.5 * RNG.standard_normal(10))


def years(many: int = 3, scale: float = 1.0) -> pd.DataFrame:
    values = scale * np.repeat(LEVELS, many) * np.exp(0.2 * RNG.standard_normal(10 * many))
    plants = np.repeat([f"P{k}" for k in range(10)], many)
    return pd.DataFrame({"plant": plants, "year": 2024, "value": values, "below_limit": False})


TABLE = years()
FOUND = benchmarks_over_years({"a": TABLE, "b": TABLE, "c": TABLE}, SYSTEM, SHARES, draws=600).set_index(
    ["indicator", "level"]
)


def test_a_row_holds_what_the_model_and_the_count_give() -> None:
    fitted = hierarchical_lognormal(TABLE["value"], TABLE["plant"], draws=600)
    means = np.exp(np.log(TABLE["value"]).groupby(TABLE["plant"]).mean())
    row = FOUND.loc["a", "II"]
    assert tuple(row[["value", "lower", "upper"]]) == fitted.benchmark(0.2)
    assert row["counted"] == quantile_threshold(means, 0.2)
    assert (row["plants"], row["values"]) == (10, 30)
    assert np.isnan(FOUND.loc["a", "I"]["counted_lower"])


def test_plants_of_strata_are_pooled_and_told_apart() -> None:
    names = {f"P{k}": "old" if k < 5 else "new" for k in range(10)}
    apart = TABLE.assign(value=TABLE["value"] * TABLE["plant"].map(names).map({"old": 9.0, "new": 1.0}))
    one = benchmarks_over_years({"a": apart}, SYSTEM, SHARES, draws=400)
    two = benchmarks_over_years(
        {"a": apart.assign(stratum=apart["plant"].map(names))}, SYSTEM, SHARES, draws=400
    )
    fitted = hierarchical_lognormal(apart["value"], apart["plant"], strata=names, draws=400)
    assert two["value"].tolist() == [fitted.benchmark(share)[0] for share in SHARES.values()]
    assert two["between"].iloc[0] < one["between"].iloc[0]


def test_years_of_a_sample_carry_the_strata_of_their_plants() -> None:
    cells = pd.DataFrame({"a": [1.0, 2.0], "b": 1.0, "c": "I"}, index=pd.Index(["P0", "P1"], name="plant"))
    attributes = pd.DataFrame({"ore": ["rich", None], "class": ["large", "small"]}, index=cells.index)
    sample = replace(as_sample(cells, SYSTEM), attributes=attributes)
    assert sample.yearly("a", ["ore", "class", "age"])["stratum"].tolist() == ["rich / large", " / small"]
    assert "stratum" not in sample.yearly("a", ["age"])


@pytest.mark.parametrize("hidden", [["P1"], ["P1", "P4"]])
@pytest.mark.parametrize(("name", "better"), [("a", "lower"), ("b", "higher")])
def test_the_count_holds_whatever_hides_below_a_detection_limit(name, better, hidden):
    """A plant with one value below its limit may be as clean as nothing; where higher is better it proves nothing."""
    table = TABLE.assign(below_limit=TABLE["plant"].isin(hidden) & ~TABLE["plant"].duplicated())
    row = benchmarks_over_years({name: table}, SYSTEM, SHARES, draws=200).set_index("level").loc["III"]
    high = np.exp(np.log(TABLE["value"]).groupby(TABLE["plant"]).mean())
    low = high.where(~high.index.isin(hidden), 0.0)
    assert row["counted"] == quantile_threshold(high if better == "lower" else low, 0.5, better=better)
    assert row["counted_upper"] == threshold_interval(high, 0.5).upper
    least = threshold_interval(low, 0.5).lower
    assert row["counted_lower"] == least or (least == 0 and np.isnan(row["counted_lower"]))
    assert (least == 0) == (len(hidden) == 2)


def test_described_indicators_and_single_years_have_no_row() -> None:
    assert set(FOUND.index.get_level_values("indicator")) == {"a", "b"}
    single = benchmarks_over_years({"a": years(1)}, SYSTEM, SHARES)
    assert single.empty
    assert "each plant has one value" in tables.render_text(tables.over_years_overview(single, SYSTEM))


def test_higher_is_better_is_read_from_the_other_end() -> None:
    assert FOUND.loc["b", "I"]["value"] > FOUND.loc["b", "III"]["value"]
    assert FOUND.loc["b", "I"]["predicted"] > FOUND.loc["b", "III"]["predicted"]


def test_what_no_logarithm_can_be_taken_of_is_named_and_the_others_stay() -> None:
    found = benchmarks_over_years({"a": years(scale=-1.0), "b": TABLE}, SYSTEM, SHARES, draws=200)
    assert found.query("indicator == 'a'")["note"].str.contains("needs positive values").all()
    assert found.query("indicator == 'b'")["value"].notna().all()
    assert "needs positive values" in tables.render_text(tables.over_years_overview(found, SYSTEM))


def test_chains_that_do_not_agree_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("methodology.thresholds.hierarchical.CONVERGED", 0.5)
    found = benchmarks_over_years({"a": TABLE}, SYSTEM, SHARES, draws=200)
    assert found["note"].str.contains("do not agree").all()


def test_a_value_beyond_what_is_possible_is_called_so() -> None:
    content = SYSTEM.model_dump(mode="json")
    content["indicators"][0]["bounds"] = {
        "low": 7.0,
        "high": 9.0,
        "meaning": "a made-up range",
        "status": "ASSUMED",
    }
    found = benchmarks_over_years({"a": TABLE}, SYSTEM.model_validate(content), SHARES, draws=600).set_index(
        "level"
    )
    assert found["note"].to_dict() == {
        level: "" if 7.0 <= value <= 9.0 else "beyond what is possible: not lognormal"
        for level, value in found["value"].items()
    }
    assert found["note"].any()
