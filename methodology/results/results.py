"""`Results`: the only way in which notebooks hand tables to one another."""

from __future__ import annotations

import dataclasses
import filecmp
import json
import os
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import DataError
from methodology.indicators import Sample
from methodology.indicators.comparators import DEVICES
from methodology.results import session
from methodology.results.csv_text import from_csv, to_csv
from methodology.results.stages import writer_of

_NAME = re.compile(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)?")
_STATE, _ATTRIBUTE, _LEVEL, _YEAR = "state:", "attribute:", "level:", "year:"
_HELD = frozenset({"weights", "weights_methods", "thresholds", "evaluation"})
"""Tables with a schema; the others need not have it loaded."""
_IN_PARQUET = frozenset({"values", "states", "attributes", "by_level", "years"})


class Results:
    """
    The folder `results/` of one run, or of a session in JupyterLab.

    Parameters
    ----------
    folder : str or Path
        The folder that holds `results/`, as in the `parameters` cell of every notebook.

    Notes
    -----
    Same table, same bytes: CSV is UTF-8 with shortest exact floats, Parquet is uncompressed, JSON keeps its order.
    Every file appears whole or not at all. The tables of the design are held against their schemas both ways.
    In JupyterLab a folder of sessions fills itself, see `methodology.results.session`.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._in_session = session.is_session(self.folder)
        if self._in_session:
            session.take_newest_run(self.folder)

    def __repr__(self) -> str:
        return f"Results({str(self.folder)!r})"

    @property
    def run(self) -> str:
        """Id of the run: the name of its folder."""
        return self.folder.resolve().name

    def path(self, name: str) -> Path:
        """
        File that holds `name`, e.g. `results/sensitivity/sobol.csv` for `sensitivity/sobol`.

        Raises
        ------
        DataError
            If `name` is not made of lower-case words.
        """
        if not _NAME.fullmatch(name) or DEVICES & set(name.split("/")):
            raise DataError(
                f"{name!r} is no name for a table. Use lower-case words, e.g. 'weights' or 'sensitivity/levels'."
            )
        suffix = {"sample": ".parquet", "proposal": ".json"}.get(name, ".csv")
        return self.folder / "results" / f"{name}{suffix}"

    def save(self, name: str, table: pd.DataFrame | Sample | dict[str, Any]) -> Path:
        """
        Write a table; return its file.

        Raises
        ------
        DataError
            If the table is not as its schema says, all faults at once, or of a kind that cannot be written.
        """
        path = self.path(name)
        if isinstance(table, Sample):
            return self._save_sample(path, table)
        if isinstance(table, dict):
            text = json.dumps(table, ensure_ascii=False, indent=2, allow_nan=False, default=_plain)
            return self._write(path.with_suffix(".json"), f"{text}\n".encode())
        if not isinstance(table, pd.DataFrame):
            raise DataError(f"{name!r} is a {type(table).__name__}; save a DataFrame, a Sample or a dict.")
        return self._write(path, to_csv(_checked(name, table)).encode())

    def load(self, name: str) -> Any:
        """
        Read a table back: a `Sample` for 'sample', a dict for JSON, otherwise a DataFrame with a plain index.

        Raises
        ------
        DataError
            If the stage that writes it has not run here, or the file is not as its schema says.
        """
        path = self._found(name)
        if not path.is_file() and self._in_session:
            session.compute(self.folder, self._file(path))
            path = self._found(name)
        if not path.is_file():
            raise DataError(self._missing(path))
        if path.suffix == ".parquet":
            return self._load_sample(path)
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return json.loads(text)
        return _checked(name, from_csv(text))

    def _found(self, name: str) -> Path:
        """The file that holds `name`, or would: not every stage writes tables alone."""
        path = self.path(name)
        other = path.with_suffix(".json")
        promised = writer_of(self._file(other)) is not None and writer_of(self._file(path)) is None
        return other if not path.is_file() and (other.is_file() or promised) else path

    def _file(self, path: Path) -> str:
        return path.relative_to(self.folder / "results").as_posix()

    def _write(self, path: Path, content: bytes) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(content)
        return self._replace(part, path)

    def _replace(self, part: Path, path: Path) -> Path:
        changed = self._in_session and not (path.is_file() and filecmp.cmp(part, path, shallow=False))
        os.replace(part, path)
        if changed:
            session.forget_followers(self.folder, self._file(path))
        return path

    def _missing(self, path: Path) -> str:
        file = self._file(path)
        stage = writer_of(file)
        advice = f"Run {stage.notebook.removesuffix('.ipynb')} first." if stage else "No stage promises it."
        return f"There is no results/{file} in {self.folder.name!r} yet. {advice}"

    def _save_sample(self, path: Path, sample: Sample) -> Path:
        parts = [
            sample.values.astype(float),
            sample.states.astype("int8").add_prefix(_STATE),
            sample.attributes.reindex(sample.values.index).apply(_one_type).add_prefix(_ATTRIBUTE),
            *(own.add_prefix(f"{_LEVEL}{level}:") for level, own in sample.by_level.items()),
        ]
        for year, own in sorted(sample.years.items()):
            cells = [own.values.astype(float), own.states.astype("int8").add_prefix(_STATE)]
            whole = pd.concat(cells, axis=1).reindex(sample.values.index)
            whole = whole.fillna(dict.fromkeys(own.states.add_prefix(_STATE), -1))
            parts.append(whole.add_prefix(f"{_YEAR}{year}:"))
        frame = pd.concat(parts, axis=1).rename_axis("plant")
        for field in dataclasses.fields(sample):
            extra = getattr(sample, field.name)
            if field.name not in _IN_PARQUET and isinstance(extra, pd.DataFrame):
                self.save(field.name, extra)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        frame.to_parquet(part, engine="pyarrow", compression=None)
        return self._replace(part, path)

    def _load_sample(self, path: Path) -> Sample:
        frame = pd.read_parquet(path, engine="pyarrow")
        yearly = [column for column in frame.columns if str(column).startswith(_YEAR)]
        years = {int(column.split(":")[1]) for column in yearly}
        kept = {year: _of_year(frame, f"{_YEAR}{year}:") for year in sorted(years)}
        frame = frame.drop(columns=yearly)
        states = [column for column in frame.columns if str(column).startswith(_STATE)]
        attributes = [column for column in frame.columns if str(column).startswith(_ATTRIBUTE)]
        own = [column for column in frame.columns if str(column).startswith(_LEVEL)]
        extra = {
            field.name: self.load(field.name)
            for field in dataclasses.fields(Sample)
            if field.name not in _IN_PARQUET and self.path(field.name).is_file()
        }
        return Sample(
            values=frame.drop(columns=states + attributes + own),
            states=frame[states].rename(columns=lambda name: name.removeprefix(_STATE)),
            attributes=frame[attributes].rename(columns=lambda name: name.removeprefix(_ATTRIBUTE)),
            by_level=_by_level(frame[own]),
            years=MappingProxyType(kept),
            **extra,
        )


def _of_year(frame: pd.DataFrame, prefix: str) -> Sample:
    """The plants that have a row in one year, without attributes."""
    cells = frame[[column for column in frame.columns if column.startswith(prefix)]]
    cells = cells.rename(columns=lambda name: name.removeprefix(prefix))
    states = cells[[column for column in cells.columns if column.startswith(_STATE)]]
    present = (states != -1).any(axis=1)
    values = cells.drop(columns=states.columns)[present]
    names = {column: column.removeprefix(_STATE) for column in states.columns}
    return Sample(
        values, states[present].rename(columns=names).astype("int8"), pd.DataFrame(index=values.index)
    )


def _checked(name: str, table: pd.DataFrame) -> pd.DataFrame:
    if name not in _HELD:
        return table
    from methodology.results.schemas import check

    flat = table if isinstance(table.index, pd.RangeIndex) else table.reset_index()
    return check(name, flat, f"results/{name}.csv")


def _by_level(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Columns `level:III:indicator`, taken apart by level."""
    parts: dict[str, list[str]] = {}
    for column in frame.columns:
        parts.setdefault(str(column).split(":")[1], []).append(column)
    return {
        level: frame[names].rename(columns=lambda name: str(name).split(":", 2)[2])
        for level, names in parts.items()
    }


def _one_type(column: pd.Series) -> pd.Series:
    """Attributes of mixed types become text, which Parquet can hold."""
    if column.dtype != object:
        return column
    return column.map(lambda value: None if pd.isna(value) else str(value)).astype("str")


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray | tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
