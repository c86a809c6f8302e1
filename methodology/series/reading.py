"""What the series reads: every member with its plants, judgements and register, and the tables siblings share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from methodology.chain import taken_apart, with_covariates
from methodology.errors import DataError, Problem, raise_problems
from methodology.forms import has_judgements, read_judgements
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.parameters import Parameters, Project, load_run
from methodology.parameters.loading import Scenario
from methodology.results import Results
from methodology.results.store import PARAMETERS
from methodology.sample import correct, describe, describe_panel, read_sample
from methodology.series.members import Member, Standard

REFERENCE = {
    "siblings": (
        "relation",
        "kind",
        "whole_system",
        "whole_indicator",
        "part_system",
        "part_indicator",
        "ratio",
    ),
    "effects": ("saving", "system", "indicator", "times", "per_product", "total", "scale", "scope"),
    "bases": ("basis", "averaging", "zh", "en"),
    "international": (
        "region",
        "system",
        "indicator",
        "label",
        "low",
        "high",
        "unit",
        "basis",
        "differs",
        "reason",
    ),
    "international_gaps": ("region", "aspect", "process", "reason"),
    "standards": (
        *("number", "title", "title_en", "region", "kind", "process", "aspect", "status"),
        *("year", "replaced_by"),
    ),
}
"""Tables of `data/reference/` and the columns they need."""
_SOURCED = {"siblings": "status", "effects": "status", "international": "status", "standards": "known"}
_NUMBERS = ("ratio", "scale", "low", "high", "year")
POPULATION = "population.csv"


def read_series(project: Project, systems: Iterable[str]) -> tuple[Member, ...]:
    """
    Read the members of the series as their runs would.

    Parameters
    ----------
    project : Project
        Holds params, samples, judgements and registers.
    systems : iterable of str
        Ids; each has a file in `params/runs/`.

    Returns
    -------
    tuple of Member
        In the order given.

    Raises
    ------
    DataError, ParameterError, JudgementError
        Whatever is at fault with one of them.
    """
    return tuple(read_member(project, name) for name in systems)


def read_member(project: Project, system: str) -> Member:
    """One member of the series, see `read_series`."""
    definitions = project.system(system)
    choices = load_run(project.place(f"params/runs/{system}.yaml"))
    return member_of(project, definitions, choices)


def read_standard(
    project: Project, system: str, *, promise: str = "joint", run: Path | None = None
) -> Standard:
    """
    The standard a run proposes, or would.

    Parameters
    ----------
    promise : {"joint", "marginal"}
    run : Path, optional
        Folder of a run: its plants and choices, and its proposed values where it proposes this promise; without one,
        the choices of `params/runs/`.

    Raises
    ------
    DataError, ParameterError, JudgementError
        Whatever is at fault with it.
    """
    if run is None:
        return read_member(project, system).standard(promise)
    member = member_of(project, project.system(system), load_run(run / PARAMETERS))
    results = Results(run)
    proposal = results.load("proposal")
    if proposal["promise"] != promise:
        return member.standard(promise)
    return Standard(member, promise, taken_apart(results.load("calibrated"))[promise], proposal)


def member_of(project: Project, system: IndicatorSystem, choices: Parameters) -> Member:
    """
    The plants, judgements and register behind one set of choices.

    Parameters
    ----------
    choices : Parameters
        Of a run or of a scenario.

    Returns
    -------
    Member
        Plants on the footing the choices ask for; `industry` where a synthetic population is known.
    """
    place = project.sample_folder(choices.sample.source, system.id)
    raw = read_sample(place, system, choices=choices.sample)
    system = with_covariates(system, raw, choices.sample)
    corrections = correct(raw, system)
    folder = project.judgements_folder(choices.weights.source, system.id)
    judgements = read_judgements(folder, system) if has_judgements(folder) else None
    about = describe(place, choices.sample, raw)
    return Member(
        parameters=choices,
        system=system,
        raw=raw,
        sample=corrections.sample if choices.sample.correction else raw,
        terms=corrections.terms if choices.sample.correction else corrections.terms.iloc[:0],
        judgements=judgements,
        population=about["population"],
        register=read_register(
            project, system.id, stratum=choices.sample.stratum, source=choices.sample.source
        ),
        industry=read_industry(project, system, choices),
        about=about,
        panel=describe_panel(folder, judgements),
    )


def scenario_members(project: Project, scenarios: Iterable[Scenario]) -> dict[str, Member]:
    """
    What each scenario judges, by its name.

    Raises
    ------
    DataError, JudgementError
        Whatever is at fault with the plants or judgements of one of them.
    """
    return {
        scenario.name: member_of(project, project.system(scenario.parameters.system), scenario.parameters)
        for scenario in scenarios
    }


def read_register(project: Project, system: str, *, stratum: str = "", source: str = "") -> pd.DataFrame:
    """
    All known plants of a system, without their values.

    Parameters
    ----------
    stratum : str
        `attribute=value` keeps one stratum.
    source : str
        The sample it is set beside, as `sample.source`.

    Returns
    -------
    DataFrame indexed by plant
        works, region, capacity_class, capacity (kt/a) and strata, as texts but for the capacity; empty where there is
        no register.
    """
    path = project.register(system, source)
    if not path.is_file():
        return pd.DataFrame()
    table = pd.read_csv(path, dtype=str, keep_default_na=False, index_col="plant")
    if "capacity" in table:
        table["capacity"] = pd.to_numeric(table["capacity"])
    return _inside(table, stratum)


def read_industry(project: Project, system: IndicatorSystem, choices: Parameters) -> Sample | None:
    """The whole synthetic population behind a sample, corrected as `system` says; None for real plants."""
    path = project.sample_folder(choices.sample.source, system.id) / POPULATION
    own = project.is_study and not choices.sample.source
    if own or not path.is_file():
        return None
    table = pd.read_csv(path, dtype=str, keep_default_na=False, index_col="plant")
    everyone = as_sample(table.drop(columns="sampled", errors="ignore"), system)
    everyone = everyone.take(_inside(everyone.attributes, choices.sample.stratum).index)
    return correct(everyone, system).sample if choices.sample.correction else everyone


def read_reference(project: Project, name: str) -> pd.DataFrame:
    """
    Read one of the tables that more than one system needs.

    Parameters
    ----------
    name : str
        File in `data/reference/`, without its ending.

    Returns
    -------
    DataFrame
        Texts; ratio, scale, low, high and year are numbers.

    Raises
    ------
    DataError
        If the file is missing, lacks a column, or a number has no status.
    """
    if name not in REFERENCE:
        raise DataError(f"There is no reference table {name!r}. Known: {', '.join(REFERENCE)}.")
    path = project.place(f"data/reference/{name}.csv")
    if not path.is_file():
        raise DataError(
            f"data/reference/{path.name} is missing; the series cannot be put together without it."
        )
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    raise_problems(DataError, f"{path.name} cannot be used.", _faults(table, name, path))
    for column in set(_NUMBERS) & set(table.columns):
        table[column] = pd.to_numeric(table[column])
    return table


def read_references(project: Project) -> dict[str, pd.DataFrame]:
    """All tables of `REFERENCE`, by name."""
    return {name: read_reference(project, name) for name in REFERENCE}


def _faults(table: pd.DataFrame, name: str, path: Path) -> list[Problem]:
    wanted = (*REFERENCE[name], *([_SOURCED[name]] if name in _SOURCED else []))
    absent = [column for column in wanted if column not in table]
    if absent:
        return [Problem(f"columns {', '.join(absent)} are missing.", file=path.name)]
    if name not in _SOURCED:
        return []
    bare = table.index[table[_SOURCED[name]].str.strip() == ""]
    fix = "Say how the number is known: SEEN, SEEN-2nd, RECALLED_H/M/L, DERIVED or ASSUMED."
    return [Problem("a number without status.", file=path.name, row=int(row) + 2, fix=fix) for row in bare]


def _inside(table: pd.DataFrame, stratum: str) -> pd.DataFrame:
    attribute, equals, value = stratum.partition("=")
    return table[table[attribute] == value] if equals else table
