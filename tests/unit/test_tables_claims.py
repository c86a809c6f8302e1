import json
import math

import pandas as pd
from evidence_toys import SHARES, level_counts, toy_tables

from methodology import tables
from methodology.indicators.display import number
from methodology.languages import say, speaking
from methodology.tables.comparisons import STANDING
from methodology.thresholds import planning_table

RUN = toy_tables()


def text_of(table) -> str:
    return tables.render_text(table)


def test_the_four_states_are_counted_one_by_one():
    table = tables.sample_overview(RUN.sample, RUN.system)
    assert table.loc["Dust", ["measured", "below limit", "not reported", "not applicable"]].tolist() == list(
        "5210"
    )
    assert table.loc["Slag use", "not applicable"] == "1"
    assert table.loc["Audit", "median"] == "II"


def test_no_overview_of_the_sample_shows_the_figure_of_one_plant():
    shown = text_of(tables.sample_overview(RUN.sample, RUN.system))
    assert "380" not in shown
    assert "450" not in shown


def test_a_limit_that_does_not_exist_is_said_with_the_number_of_plants():
    table = tables.thresholds_overview(RUN.thresholds, RUN.system)
    assert table["interval"].iloc[0].endswith("no lower limit exists with n = 8")
    assert "no lower limit" not in table["note"].iloc[0]


def test_only_plants_within_four_steps_are_listed_and_the_others_counted():
    names = " ".join(item.id for item in RUN.system.indicators)
    steps = pd.DataFrame(
        [("P01", "II", "I", 80.0, 85.0, 4, names), ("P02", "none", "III", 10.0, 85.0, 5, names)],
        columns=["plant", "level", "to", "score", "needed", "changes", "indicators"],
    )
    table = tables.next_steps_overview(steps, RUN.system)
    assert list(table.index) == ["P01"]
    assert table.legend == ("1 more plants are more than 4 indicators away",)


def test_other_readings_of_silence_stand_in_one_row_per_level():
    silence = pd.DataFrame(
        [
            ("I", "reached", 0.5, 2),
            ("I", "imputed", 0.25, 1),
            ("II", "reached", 0.75, 3),
            ("II", "imputed", 0.5, 2),
        ],
        columns=["level", "reading", "share", "plants"],
    )
    table = tables.silence_overview(silence)
    assert table.loc["Level I", ["reached", "imputed"]].tolist() == ["50.0 % (2)", "25.0 % (1)"]
    assert len(table) == 2


def test_described_indicators_have_no_interval():
    shown = text_of(tables.thresholds_overview(RUN.thresholds, RUN.system))
    assert "Audit" not in shown
    assert "1 qualitative" in shown


def test_no_table_prints_more_digits_than_an_engineer_would():
    noisy = RUN.thresholds.assign(value=lambda table: table["value"] * (1 + 1e-13) / 3)
    words = text_of(tables.thresholds_overview(noisy, RUN.system)).split()
    assert max(len(word.replace(".", "")) for word in words if word.replace(".", "").isdigit()) <= 4


def test_described_indicators_are_among_the_lowest_and_highest_of_each_indicator_alone():
    easy = RUN.thresholds.copy()
    easy.loc[easy["indicator"] == "audit", "attainment"] = 0.987
    table = tables.promises_side_by_side(easy, dict.fromkeys(SHARES, 0.0), promised=SHARES)
    assert table.loc["Level I", "lowest - highest"].endswith("98.7 %")


def test_both_promises_stand_side_by_side():
    row = tables.promises_side_by_side(
        RUN.thresholds, {"I": 0.0, "II": 0.25, "III": 0.5}, promised=SHARES
    ).loc["Level II"]
    assert row["promised"] == "20.0 %"
    assert row["the whole standard"] == "25.0 %"


def test_plants_are_listed_from_the_best_level_with_what_blocks_them():
    table = tables.evaluation_overview(RUN.evaluation, RUN.system)
    assert table.index[0] == "P1"
    assert table.loc["P2", "blocked by"] == "Energy"
    assert tables.evaluation_overview(RUN.evaluation).loc["P2", "blocked by"] == "energy"


def test_proposed_values_are_written_to_the_step_of_their_indicator():
    table = tables.proposed_values(RUN.proposal, RUN.system)
    step_half = [table.loc["Dust", level] for level in ("I", "II", "III")]
    assert all(len(value.split(".")[1]) == 1 for value in step_half)
    assert table.loc["Audit", "I"] == "described"


def test_a_withheld_value_is_called_so():
    indicators = [
        {
            **entry,
            "levels": {k: v | {"proposed": None, "attainment": None} for k, v in entry["levels"].items()},
        }
        for entry in RUN.proposal["indicators"]
    ]
    table = tables.proposed_values({**RUN.proposal, "indicators": indicators}, RUN.system)
    assert table.loc["Energy*", "I"] == "withheld"


def test_proposed_values_are_judged_against_comparators_on_their_own_basis_only():
    table = tables.proposal_comparisons(RUN.proposal, RUN.system, repeat=True).set_index("comparator")
    assert table.loc["the limit", STANDING].startswith("stricter")
    assert table.loc["foreign", STANDING] == "shown, not compared"
    assert table.loc["the limit", "value"] == "480†"
    assert table.loc["foreign", "value"] == "300-350‡"


def test_every_comparator_is_listed_with_basis_source_status_and_the_levels_it_binds():
    proposal = json.loads(json.dumps(RUN.proposal))
    for level in ("I", "II"):
        proposal["indicators"][0]["levels"][level]["comparators"][0]["relation"] = "binds"
    table = tables.proposal_comparisons(proposal, RUN.system)
    assert table["source"].tolist() == [
        "MEM (recalled)",
        "MEM (read)",
        "MEM (assumed)",
    ]
    assert table["binds"].tolist() == ["I, II", "", ""]


def test_a_proposal_becomes_one_row_per_indicator_and_level():
    rows = tables.proposal_rows(RUN.proposal)
    assert len(rows) == 12
    assert rows["proposed"].dtype == float
    assert math.isnan(rows.set_index(["indicator", "level"]).loc[("energy", "I"), "lower"])


def test_the_plants_least_sure_of_their_level_come_first():
    table = tables.fragile_plants(level_counts(list(RUN.sample.plants)), most=3)
    assert len(table) == 3
    assert table.index[0] == "P7"


def test_weights_are_shown_with_the_range_of_the_experts():
    experts = pd.DataFrame(
        {"E1": [0.2, 0.2, 0.2, 0.4], "E2": [0.4, 0.1, 0.1, 0.4]}, index=list(RUN.system.ids)
    )
    row = tables.weights_overview(RUN.weights, RUN.system, experts).loc["Energy*"]
    assert (row["weight"], row["within group"], row["experts"]) == ("30.0 %", "50.0 %", "20.0 % - 40.0 %")


def test_a_number_is_never_written_as_minus_zero():
    assert number(-0.0001, step=0.1) == "0.0"
    assert number(-1.5) == "−1.5"


def test_plants_that_keep_one_level_are_counted_and_not_listed():
    draws = pd.DataFrame(
        {"I": [5, 10, 0], "II": [5, 0, 0], "III": 0, "none": [0, 0, 10]}, index=["P1", "P2", "P3"]
    )
    table = tables.fragile_plants(draws)
    assert table.index.tolist() == ["P1"]
    assert any("2 of 3 plants keep one level" in line for line in table.legend)


def test_the_choice_that_leads_a_value_is_the_one_with_the_largest_share():
    rows = [
        ("dust", "I", "share", 0.9),
        ("dust", "I", "cut", 0.1),
        ("dust", "II", "share", 0.2),
        ("dust", "II", "cut", 0.8),
    ]
    rows += [("dust", "III", "share", 0.0), ("dust", "III", "cut", 0.0)]
    table = tables.value_choices(pd.DataFrame(rows, columns=["indicator", "level", "factor", "shapley"]))
    assert table.index.tolist() == ["share", "cut"]
    assert table[["leads at I", "leads at II", "leads at III"]].to_numpy().tolist() == [
        ["1", "0", "0"],
        ["0", "1", "0"],
    ]
    assert any("of 3 values 1 move under no alternative" in line for line in table.legend)


def test_notes_on_cells_name_the_plant_or_all_and_explain_their_signs():
    notes = pd.DataFrame(
        [
            ("P1", "dust", "set aside", "below the bound of 1‡ mg/m3"),
            ("", "energy", "converted", "unit in the header"),
        ],
        columns=["plant", "indicator", "what", "reason"],
    )
    table = tables.cell_notes(notes, RUN.system)
    assert table.index.tolist() == ["P1", "all"]
    assert any(line.startswith("‡") for line in table.legend)
    assert tables.cell_notes(notes.iloc[:0], RUN.system).legend == ("every cell is taken as it was stated",)


def test_strata_say_how_many_of_how_many_and_what_has_no_register():
    coverage = pd.DataFrame(
        {"stratum": ["large", "x"], "plants": [4, 7], "known": [16, math.nan]}
        | {"share": [0.25, math.nan], "capacity_share": [0.244, math.nan]}
    )
    table = tables.strata_covered(coverage, RUN.system)
    assert table["plants"].tolist() == ["4 of 16", "7"]
    assert table["share of capacity"].tolist() == ["24.4 %", "–"]


def test_the_table_of_weights_says_how_far_each_moves_without_one_expert():
    own = RUN.system.weights[["group", "indicator", "weight", "local_weight"]]
    bare = own.set_index("indicator")[["weight"]]
    assert "without one expert" not in tables.weights_overview(own, RUN.system, stability=bare)
    judged = bare.assign(without_lowest=0.2, without_highest=0.3)
    table = tables.weights_overview(own, RUN.system, stability=judged)
    assert set(table["without one expert"]) == {"20.0 % - 30.0 %"}
    assert any(line.startswith("without one expert") for line in table.legend)


def test_weights_taken_over_from_the_system_carry_the_sign_of_their_status():
    own = RUN.system.weights[["group", "indicator", "weight", "local_weight"]]
    table = tables.weights_overview(own, RUN.system)
    assert table["weight"].str.endswith("‡").all()
    assert any(line.startswith("‡") for line in table.legend)
    moved = own.assign(weight=own["weight"].to_numpy()[::-1] * 0.9)
    assert not tables.weights_overview(moved, RUN.system)["weight"].str.contains("‡").any()


def test_a_plan_says_per_level_how_many_plants_carry_a_statement_or_that_none_do():
    plan = planning_table(80, SHARES)
    table = tables.planning_overview(plan)
    for row in plan.itertuples():
        assert table.loc[row.statement, f"Level {row.level}"] == str(row.plants)
    short = tables.planning_overview(planning_table(40, SHARES))
    assert short.loc["at least 3 plants at or beyond the value", "Level I"] == "–"
    assert len(short.legend) == len(table.legend) + 1


def test_a_plan_on_two_industries_says_for_which_each_number_is_counted():
    table = tables.planning_overview(planning_table(None, SHARES), planning_table(80, SHARES))
    strict = table.loc["a limit on the strict side"].set_index("counted for")
    assert strict.loc["an industry of any size"].tolist() == ["59", "14", "5"]
    assert strict.loc["an industry of 80 plants"].tolist() == ["42", "13", "5"]


def test_a_study_is_read_by_share_and_size_with_the_mean_over_the_rest():
    study = pd.DataFrame(
        {
            "population": ["lognormal", "contaminated", "lognormal"],
            "share": [0.2, 0.2, 0.05],
            "n": [8, 8, 20],
            "method": ["bootstrap-bca", "bootstrap-bca", "order-statistic"],
            "coverage": [0.9, 0.8, 0.95],
        }
    )
    table = tables.study_by_size(study, "coverage").reset_index()
    assert table.to_numpy().tolist() == [["5.0 %", "20", "–", "95.0 %"], ["20.0 %", "8", "85.0 %", "–"]]
    assert [head.zh for head in table.columns[2:]] == ["自助法（BCa）", "次序统计量"]
    split = tables.study_by_size(study, "coverage", by="population").reset_index()
    assert split[["lognormal", "contaminated"]].to_numpy().tolist() == [["95.0 %", "–"], ["90.0 %", "80.0 %"]]


def test_values_that_another_sample_moves_most_are_ranked_by_the_spread_between_plants_whatever_the_zero():
    """A temperature in K has a wider range relative to its value in no unit but its own."""
    rows = {"level": "I", "p05": [10.0, 90.0], "p50": 0.0, "p95": [30.0, 96.0], "between": [40.0, 2.0]}
    spread = pd.DataFrame({"indicator": ["energy", "dust"], "value": [20.0, 93.0], **rows})
    shifted = spread.assign(**{name: spread[name] + 273.15 for name in ("value", "p05", "p95")})
    for table in (
        tables.threshold_spreads(spread, RUN.system),
        tables.threshold_spreads(shifted, RUN.system),
    ):
        assert list(table["in spreads"]) == ["3", "0.5"]
        assert table.index[0].startswith("Dust")


def test_choices_are_named_in_words_and_estimates_carry_their_interval():
    columns = ["output", "rank", "factor", "shapley", "lower", "upper"]
    exact = pd.DataFrame([("share_I", 1, "thresholds.share_I", 0.625, 0.625, 0.625)], columns=columns)
    guess = pd.DataFrame([("share_I", 1, "evaluation.cut", 0.625, 0.5, 1.2)], columns=columns)
    table = tables.leading_choices({"one": exact, "two": guess}, [("evaluation.level_one", "limiting")])
    assert list(table["first"]) == [
        "share of plants at Level I 62 %",
        "score that Levels I and II need 62 % (50–100)",
    ]
    assert any("reading of the Level I rule: limiting indicators alone" in line for line in table.legend)


def test_choices_that_are_not_varied_are_listed_in_both_languages_with_the_reason():
    table = tables.untried_choices({"proposal.disclosure_minimum": "it acts later"})
    assert say(table.index[0]) == "fewest plants behind a published value"
    assert table.iloc[0].tolist() == ["it acts later"]
    with speaking("zh"):
        assert say(table.index[0]) == "公布数值所需最少企业数"
        assert say(table.legend[0]).startswith("此处未变动的选择：1项；")
