"""The register of what was set aside says who decided it, why, and what it did to the values."""

import numpy as np
import pytest
from sample_toys import HEADER, folder_with, toy_system

from methodology import chain, tables
from methodology.languages import speaking
from methodology.parameters import Parameters
from methodology.sample import read_sample
from methodology.thresholds import quantile_threshold

SYSTEM = toy_system()
ENERGY = [400.0, 402, 403, 405, 409, 412, 418, 424, 431, 440]
TABLE = "\n".join((HEADER, *(f"P{n},{value},{n + 2},{80 + n},II" for n, value in enumerate(ENERGY)))) + "\n"
BY = {"by": "the secretariat", "date": "2026-03-01"}


def register(tmp_path, table=TABLE, **sample):
    folder = folder_with(tmp_path, table)
    choices = {"system": "toy", "why": "a trial of the register", "sample": sample}
    parameters = Parameters.model_validate(choices)
    read = read_sample(folder, SYSTEM, choices=parameters.sample)
    return chain.set_aside_effects(read, folder, SYSTEM, parameters)


def change(values, without, share):
    """In standard deviations between the plants that are left: no zero of a scale, and no slip, stretches it."""
    return (quantile_threshold(without, share) - quantile_threshold(values, share)) / np.std(without, ddof=1)


def test_a_plant_left_out_stands_with_who_why_when_and_its_effect_on_the_value_it_moved_most(tmp_path):
    item = {"plant": "P0", "reason": "blown out in May", **BY}
    (row,) = register(tmp_path, exclude=[item]).to_dict("records")
    assert (row["plant"], row["indicator"], row["reason"]) == ("P0", "", "blown out in May")
    assert (row["by"], row["date"]) == ("the secretariat", "2026-03-01")
    dust = [2.0, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert row["most_moved"] == "dust"
    for level, share in (("I", 0.05), ("II", 0.2), ("III", 0.5)):
        assert row[level] == pytest.approx(change(dust, dust[1:], share)), level


def test_a_single_value_set_aside_moves_its_own_indicator_alone(tmp_path):
    item = {"plant": "P0", "indicator": "process_energy", "reason": "the meter was broken", **BY}
    (row,) = register(tmp_path, exclude=[item]).to_dict("records")
    assert (row["plant"], row["indicator"], row["by"]) == ("P0", "process_energy", "the secretariat")
    assert row["reason"] == "the meter was broken"
    assert row["most_moved"] == "process_energy"
    assert row["I"] == pytest.approx(change(ENERGY, ENERGY[1:], 0.05))


def test_a_value_outside_the_bounds_is_set_aside_by_the_rule_and_by_nobody(tmp_path):
    table = TABLE.replace("P0,400.0", "P0,40.0")
    (row,) = (
        register(tmp_path, table, exclude=[{"plant": "P9", "reason": "blown out in May"}])
        .query("plant == 'P0'")
        .to_dict("records")
    )
    assert (row["by"], row["date"]) == ("", "")
    assert "below the bound" in row["reason"]
    kept = ENERGY[1:9]
    assert row["I"] == pytest.approx(change([40.0, *kept], kept, 0.05))


def test_nothing_set_aside_is_an_empty_register_that_says_so(tmp_path):
    found = register(tmp_path)
    assert not len(found)
    for language, said in (("zh", "没有剔除任何数据"), ("en", "nothing was set aside")):
        with speaking(language):
            assert said in tables.render_text(tables.set_aside_register(found, SYSTEM))


def test_readers_see_the_whole_plant_or_the_value_and_no_figure_finer_than_one_digit(tmp_path):
    items = [
        {"plant": "P0", "reason": "blown out in May", **BY},
        {"plant": "P1", "indicator": "process_energy", "reason": "the meter was broken", **BY},
    ]
    with speaking("en"):
        table = tables.set_aside_register(register(tmp_path, exclude=items), SYSTEM)
    assert table["what"].tolist() == ["the whole plant", "Process energy"]
    assert set(table["decided by"]) == {"the secretariat"}
    shown = [text for text in table[["I", "II", "III"]].to_numpy().ravel() if text != "unchanged"]
    assert shown
    assert all(len(text.strip("+-").replace(".", "").strip("0")) == 1 for text in shown)


def test_a_slip_by_a_thousand_is_told_as_more_than_ten_spreads_and_not_as_a_number(tmp_path):
    table = TABLE.replace("P0,400.0", "P0,0.4")
    found = register(tmp_path, table, exclude=[{"plant": "P9", "reason": "blown out in May"}])
    with speaking("en"):
        shown = tables.set_aside_register(found, SYSTEM)
    assert shown.loc["P0", "I"] == "more than 10"


@pytest.mark.parametrize("slip", [250.5, 555.0])
def test_a_finding_stands_with_what_leaving_its_cell_out_would_do_to_the_values(tmp_path, slip):
    values = [slip, *ENERGY[1:]]
    sample = read_sample(folder_with(tmp_path, TABLE.replace("P0,400.0", f"P0,{slip}")), SYSTEM)
    found = chain.doubt_effects(sample, SYSTEM, Parameters(system="toy", why="a trial of it").thresholds)
    (row,) = found.query("plant == 'P0' and indicator == 'process_energy'").to_dict("records")
    assert row["most_moved"] == "process_energy"
    for level, share in (("I", 0.05), ("II", 0.2), ("III", 0.5)):
        assert row[level] == pytest.approx(change(values, values[1:], share)), level
    assert (row["I"] > 0.5) == (slip < 300)
    assert sample.values.loc["P0", "process_energy"] == slip
