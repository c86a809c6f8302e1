"""What stands beside a sample: its description, its panel, and the register of all known plants of the industry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from methodology.errors import DataError, JudgementError, Problem, raise_problems
from methodology.indicators import Judgements, Sample
from methodology.indicators.loading import problems_of, read_yaml
from methodology.parameters.project import EXPERTS, STUDY
from methodology.sample.description import Model, Panel, Study, read_description
from methodology.spreadsheets.grid import LARGEST_FILE

PANEL = "judgements.yaml"
"""The sidecar of a folder of judgements."""


def describe_panel(place: Path, judgements: Judgements | None) -> dict[str, Any]:
    """
    Say who judged: how many experts, and whether they exist.

    Parameters
    ----------
    place : Path
        Folder of the judgements; `judgements.yaml` in it describes the panel, or `experts` in `study.yaml`.
    judgements : Judgements or None
        As read; None where nobody was asked.

    Returns
    -------
    dict
        title_zh, title_en, synthetic, date, panel, source, status, experts.

    Raises
    ------
    JudgementError
        If the description is at fault.
    """
    sidecar, study = place / PANEL, place.parent / STUDY
    kind: type[Model] = Panel
    if not sidecar.is_file() and place.name == EXPERTS and study.is_file():
        sidecar, kind = study, Study
    panel: Any = Panel()
    if sidecar.is_file():
        content = read_yaml(sidecar, error=JudgementError)
        try:
            panel = kind.model_validate(content)
        except ValidationError as fault:
            problems = problems_of(fault, sidecar.name, kind.model_fields, stated=content)
            raise_problems(JudgementError, "The panel is not described as it should be.", problems)
    panel = panel.experts if isinstance(panel, Study) else panel
    return panel.model_dump() | {"experts": 0 if judgements is None else len(judgements.experts)}


def describe(place: Path, choices: Any, sample: Sample) -> dict[str, Any]:
    """
    Say where a sample comes from and how much of the industry it holds.

    Parameters
    ----------
    place : Path
        Folder of the sample.
    choices : object
        Section `sample` of the parameters: population, stratum, correction.
    sample : Sample
        Plants kept.

    Returns
    -------
    dict
        title_zh, title_en, synthetic, public, year, source, status, note, population (0: unknown), stratum, corrected,
        plants, excluded. The population stated with the sample counts only for the sample as a whole: within a
        stratum it is unknown unless the run states it.
    """
    description, _ = read_description(place)
    stated = 0 if choices.stratum else description.population
    return {
        "title_zh": description.title_zh,
        "title_en": description.title_en,
        "synthetic": description.synthetic,
        "public": description.public,
        "year": description.year,
        "source": description.source,
        "status": description.status,
        "note": description.note,
        "population": choices.population or stated,
        "stratum": choices.stratum,
        "corrected": choices.correction,
        "plants": len(sample.plants),
        "excluded": len(sample.excluded),
    }


def read_register(path: Path) -> pd.DataFrame | None:
    """
    Read a register of plants.

    Parameters
    ----------
    path : Path
        CSV with one row per known plant: plant, strata, capacity.

    Returns
    -------
    DataFrame or None
        None where no register is known.

    Raises
    ------
    DataError
        If it is too large, has no column `plant`, or lists a plant twice.
    """
    if not path.is_file():
        return None
    if path.stat().st_size > LARGEST_FILE:
        raise DataError(f"{path.name} has {path.stat().st_size} bytes; at most {LARGEST_FILE} are read.")
    try:
        table = pd.read_csv(path, dtype={"plant": str}, keep_default_na=True)
    except (ValueError, pd.errors.ParserError) as fault:
        raise DataError(f"{path.name} is not a table: {fault}.") from fault
    if "plant" not in table:
        raise DataError(f"{path.name} has no column 'plant'. Its columns: {', '.join(table.columns)}.")
    twice = table["plant"][table["plant"].duplicated()].unique()
    problems = [Problem("is listed more than once", file=path.name, plant=str(name)) for name in twice]
    raise_problems(DataError, "The register of plants cannot be used.", problems)
    return table
