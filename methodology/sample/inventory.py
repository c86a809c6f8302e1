"""Real plants out of an inventory in long form: one row per facility, substance and source.

The table itself is never part of the project; `sample.yaml` says how it is read, WORKBENCH_REAL_DATA where it lies.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, WorkbenchError, raise_problems
from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.sample.cell_reading import read_quantity, read_words, shown
from methodology.sample.description import Amount, Description, Inventory, Marks, Stratum
from methodology.sample.exclusion import FLAGGED
from methodology.sample.loaded import Loaded, codes_of
from methodology.sample.names import long_number, tells
from methodology.sample.reading import read_bytes
from methodology.sample.spreadsheets.grid import Grid
from methodology.sample.spreadsheets.text_tables import read_delimited

REAL_DATA = "WORKBENCH_REAL_DATA"


def read_inventory(folder: Path, system: IndicatorSystem, description: Description) -> Loaded:
    """
    Form indicators as amount over denominator, facility by facility.

    Parameters
    ----------
    folder : Path
        The sample folder, named in messages.
    description : Description
        With an `inventory` section: columns, substances, denominator, strata.

    Returns
    -------
    Loaded
        A facility without a row for a substance did not report it; that is never taken for zero. Facilities without
        denominator, or without any of the indicators, are excluded with that reason. Amounts of exactly zero are
        kept and flagged.

    Raises
    ------
    DataError
        If the real data are not there, or are not the inventory described. Faults of amounts are in what is returned.

    Notes
    -----
    Rests on A-96 (zero and unreported), A-97 (one source per substance) and A-98 (route from industry codes).
    """
    inventory = _plan(description, system)
    file = real_file(description.table, folder.name)
    wanted = {key_of_header(name) for name in (inventory.plant, inventory.substance, inventory.amount)}
    grid = read_delimited(read_bytes(file), file.name, lambda cell: key_of_header(cell) in wanted)
    table = _long_table(grid, inventory)
    amounts, faults = _amounts(table, grid.file, inventory, system, description.marks)
    known = Loaded(description, None, tuple(faults), system=system, texts=_other_texts(grid, inventory))
    if faults:
        return known
    codes, problems = codes_of(description, folder, sorted(table["plant"].unique()))
    return replace(
        known, sample=_sample(amounts, table, inventory, system), problems=tuple(problems), codes=codes
    )


def _other_texts(grid: Grid, inventory: Inventory) -> tuple[str, ...]:
    """Texts of facilities: their ids and all columns that say nothing about amounts."""
    read = {inventory.substance, inventory.amount, inventory.unit, inventory.source}
    read |= {stratum.column for stratum in inventory.strata.values()}
    known = {key_of_header(name) for name in read if name}
    header = grid.rows[0] if grid.rows else ()
    other = [at for at, name in enumerate(header) if key_of_header(name) not in known]
    found = {str(grid.cell(row, at)).strip() for row in range(1, len(grid.rows)) for at in other}
    return tuple(sorted(text for text in found if tells(text) or long_number(text)))


def real_file(name: str, sample: str) -> Path:
    """
    Find a file of the real data.

    Raises
    ------
    DataError
        If WORKBENCH_REAL_DATA is not set, or the file is not below it.
    """
    root = os.environ.get(REAL_DATA, "")
    if not root:
        raise DataError(
            f"The sample {sample!r} is made from real plants, whose data are not part of the project. Set the "
            f"environment variable {REAL_DATA} to the folder that holds {name!r}, or choose another system."
        )
    file = (Path(root) / name).resolve()
    if not file.is_relative_to(Path(root).resolve()):
        raise DataError(f"{name!r} leads out of the folder that {REAL_DATA} names.")
    if not file.is_file():
        raise DataError(f"The folder that {REAL_DATA} names holds no {name!r}. Check the variable.")
    return file


def _plan(description: Description, system: IndicatorSystem) -> Inventory:
    inventory = description.inventory
    if inventory is None or not description.table:
        raise DataError(
            "sample.yaml says `kind: inventory` and lacks `table:` or `inventory:`. Describe both."
        )
    wanted, given = set(system.ids), set(inventory.indicators)
    problems = [
        Problem(f"indicator {name!r} has no substance.", file="sample.yaml", column="inventory.indicators")
        for name in sorted(wanted - given)
    ]
    problems += [
        Problem(
            f"{name!r} is no indicator of {system.id!r}.", file="sample.yaml", column="inventory.indicators"
        )
        for name in sorted(given - wanted)
    ]
    raise_problems(DataError, "The description of the inventory does not fit the system.", problems)
    return inventory


def key_of_header(cell: object) -> str:
    """Header as it is compared."""
    return str(cell).strip().casefold()


def _long_table(grid: Grid, inventory: Inventory) -> pd.DataFrame:
    """The columns the plan names, as text, with the row of the spreadsheet each came from."""
    header = {key_of_header(cell): column for column, cell in enumerate(grid.rows[0])}
    roles = {"plant": inventory.plant, "substance": inventory.substance, "amount": inventory.amount}
    roles |= {"unit": inventory.unit} | ({"source": inventory.source} if inventory.source else {})
    roles |= {f"code_{name}": stratum.column for name, stratum in inventory.strata.items()}
    problems = [
        Problem(
            f"the column {name!r} is missing.", file=grid.file, row=1, column=name, fix="Check the table."
        )
        for name in dict.fromkeys(roles.values())
        if key_of_header(name) not in header
    ]
    raise_problems(DataError, f"{grid.file} is not the inventory that sample.yaml describes.", problems)
    content: dict[str, list[object]] = {
        role: [str(grid.cell(row, header[key_of_header(name)])).strip() for row in range(1, len(grid.rows))]
        for role, name in roles.items()
    }
    table = pd.DataFrame({"row": np.arange(2, len(grid.rows) + 1), **content})
    if "source" not in table:
        table["source"] = ""
    table["plant"] = table["plant"].str.removesuffix(".0")
    return table


def _of(table: pd.DataFrame, amount: Amount) -> pd.DataFrame:
    """Rows that state one substance, from the source that counts."""
    rows = table[table["substance"] == amount.substance]
    return rows[rows["source"] == amount.source] if amount.source else rows


def _amounts(
    table: pd.DataFrame, file: str, inventory: Inventory, system: IndicatorSystem, marks: Marks
) -> tuple[pd.DataFrame, list[Problem]]:
    """
    Amounts of every facility in the units that are divided.

    Returns
    -------
    table, problems
        One row per facility; columns are the indicators and `denominator`; NaN where there is no row.
    """
    wanted: dict[str, tuple[Amount, str]] = {
        name: (amount, system[name].unit.partition("/")[0]) for name, amount in inventory.indicators.items()
    }
    wanted["denominator"] = (inventory.denominator, inventory.denominator.unit)
    columns: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for name, (amount, unit) in wanted.items():
        values: dict[str, float] = {}
        for row in _of(table, amount).itertuples():
            plant = str(row.plant)
            value, fault, fix = _in_unit(str(row.amount), str(row.unit), unit, marks)
            if not fault and plant in values:
                fault = f"{amount.substance} is given twice for one facility."
                fix = "Name the source that counts under `inventory.indicators` in sample.yaml, or mend the table."
            if not fault and (not plant or read_words(plant)[1]):
                fault, fix = f"{shown(plant)} is no facility id.", "Write a short text."
            if fault:
                number = int(str(row.row))
                problems.append(Problem(fault, file, "", number, inventory.amount, plant, fix=fix))
            values[plant] = value
        columns[name] = pd.Series(values, dtype=float)
    return pd.DataFrame(columns), problems


def _in_unit(text: str, given: str, wanted: str, marks: Marks) -> tuple[float, str, str]:
    from methodology.units import convert

    reading = read_quantity(text, marks=marks)
    if (
        text.strip()
        and reading.state in (CellState.NOT_REPORTED, CellState.NOT_APPLICABLE)
        and not reading.fault
    ):
        return np.nan, "", ""  # a declared mark: the amount is not stated
    if reading.fault or reading.state is not CellState.MEASURED:
        return np.nan, f"{shown(text)} {reading.fault or 'is no amount'}.", reading.fix or "Mend the amount."
    if reading.value < 0:
        return np.nan, f"{shown(text)} is a negative amount.", "Mend the amount."
    try:
        return float(convert(reading.value, given, wanted)), "", ""
    except WorkbenchError as fault:
        return np.nan, f"the unit {given!r} cannot be converted to {wanted!r}.", str(fault).splitlines()[0]


def _sample(
    amounts: pd.DataFrame, table: pd.DataFrame, inventory: Inventory, system: IndicatorSystem
) -> Sample:
    everyone = sorted(table["plant"].unique())
    amounts = amounts.reindex(everyone)
    denominator = amounts["denominator"].where(amounts["denominator"] > 0)
    values = amounts[list(system.ids)].div(denominator, axis=0).rename_axis("plant")
    values.index = values.index.astype(object)
    reasons = {plant: _reason(inventory) for plant in values.index[denominator.isna()]}
    sources = " and ".join(sorted({a.source for a in inventory.indicators.values() if a.source}))
    silent = values.isna().all(axis=1) & denominator.notna()
    nothing = f"reports none of the indicators{' to ' + sources if sources else ''}"
    reasons |= dict.fromkeys(values.index[silent], nothing)
    kept = [plant for plant in values.index if plant not in reasons]
    states = values.notna().map(lambda known: int(CellState.MEASURED if known else CellState.NOT_REPORTED))
    zeros = [(plant, name) for name in system.ids for plant in kept if values.loc[plant, name] == 0]
    notes = [
        (p, n, FLAGGED, "an amount of exactly zero is stated; not the same as unreported") for p, n in zeros
    ]
    return Sample(
        values.loc[kept],
        states.loc[kept].astype(np.int8),
        _strata(table, inventory, kept),
        excluded=pd.DataFrame(list(reasons.items()), columns=["plant", "reason"], dtype=object),
        notes=pd.DataFrame(notes, columns=["plant", "indicator", "what", "reason"], dtype=object),
    )


def _reason(inventory: Inventory) -> str:
    base = inventory.denominator
    source = f" to {base.source}" if base.source else ""
    return f"reports no {base.substance}{source}, so nothing can be divided by it"


def _strata(table: pd.DataFrame, inventory: Inventory, plants: list[str]) -> pd.DataFrame:
    """Attributes read off the codes in the row of the denominator: the facility as it is when it is divided."""
    rows = _of(table, inventory.denominator).set_index("plant")
    return pd.DataFrame(
        {
            name: [_value_of(str(rows.loc[plant, f"code_{name}"]), stratum) for plant in plants]
            for name, stratum in inventory.strata.items()
        },
        index=pd.Index(plants, name="plant", dtype=object),
    )


def _value_of(code: str, stratum: Stratum) -> str:
    """Value whose longest listed beginning the code has."""
    hits = [
        (len(start), value)
        for value, starts in stratum.codes.items()
        for start in starts
        if code.startswith(start)
    ]
    return max(hits)[1] if hits else stratum.other
