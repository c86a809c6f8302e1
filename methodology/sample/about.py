"""What later stages and the evidence must know about a sample besides its cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from methodology.indicators import Sample
from methodology.sample.description import read_description


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
        title_zh, title_en, synthetic, year, source, status, note, population (0: unknown), stratum, corrected,
        plants, excluded. The population stated with the sample counts only for the sample as a whole: within a
        stratum it is unknown unless the run states it.
    """
    description, _ = read_description(place)
    stated = 0 if choices.stratum else description.population
    return {
        "title_zh": description.title_zh,
        "title_en": description.title_en,
        "synthetic": description.synthetic,
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
