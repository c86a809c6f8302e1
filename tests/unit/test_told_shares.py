"""What the public set tells of the industry and of variance is excused before a per cent sign, and no more."""

import pandas as pd
import pytest
from evidence_toys import toy_run, toy_tables

from methodology.evidence.secrets import read_secrets
from methodology.evidence.told_shares import told_shares

RUN = toy_tables()
TABLES = {
    "coverage": pd.DataFrame(
        {"stratum": ["all", "small"], "share": [0.374, 0.222], "capacity_share": [0.411, 0.333]}
    ),
    "frontier_points": pd.DataFrame(
        {"point": ["proposed", "joint"], "lower": [0.011, 0.777], "upper": [0.301, 0.888]}
    ),
    "sensitivity/influence": pd.DataFrame(
        {"output": ["share_II", "share_II", "share_I"], "shapley": [0.822, 0.101, 0.955]}
    ),
}
TOLD = {"37.4", "41.1", "1.1", "30.1", "82.2"}


@pytest.fixture
def folder(tmp_path):
    made = toy_run(tmp_path / "toy-run")
    for name, table in TABLES.items():
        path = made / "results" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        table.to_csv(path, index=False)
    return made


def test_only_what_is_told_is_excused(folder):
    assert told_shares(folder / "results") == TOLD


def test_a_run_without_these_tables_excuses_nothing(tmp_path):
    assert told_shares(tmp_path) == set()


@pytest.mark.parametrize(("share", "found"), [("82.2 %", []), ("95.5 %", [("95.5", "slag_use")])])
def test_a_share_that_has_the_digits_of_a_plant_is_excused_where_it_is_told(folder, share, found):
    secrets = read_secrets(folder, RUN.system, RUN.proposal)
    both = {name: values | {82.2, 95.5} for name, values in secrets.values.items() if name == "slag_use"}
    own = type(secrets)(RUN.system, both, secrets.innocent, secrets.common, secrets.shares, secrets.steps)
    assert list(own.said(f"The first explains {share}.", frozenset({"slag_use"}))) == found
