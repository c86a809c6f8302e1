"""Plants are published under pseudonyms: stable for one key, and no text that names them goes along."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from methodology.errors import DataError
from methodology.indicators import IndicatorSystem, Sample

CODE = re.compile(r"^[A-Z]{1,3}-?\d{1,5}$")
"""What a published plant id looks like, e.g. P07."""


def pseudonyms(plants: Iterable[str], key: str | int, *, prefix: str = "P") -> dict[str, str]:
    """
    Give each plant a code that does not depend on the order of the table.

    Parameters
    ----------
    plants : iterable of str
        Names or ids, each once.
    key : str or int
        Orders the codes. Who knows key and names knows the codes: keep the key of confidential data out of the
        repository.

    Returns
    -------
    dict from plant to code
        P01, P02, ... in the order of keyed digests (HMAC-SHA-256); the same for the same plants and key. A plant
        added later shifts the codes behind it (A-95).

    Examples
    --------
    >>> pseudonyms(["Red Steel", "Blue Iron"], key=7) == pseudonyms(["Blue Iron", "Red Steel"], key=7)
    True
    """
    names = sorted(
        set(plants), key=lambda name: hmac.new(str(key).encode(), name.encode(), hashlib.sha256).digest()
    )
    width = max(2, len(str(len(names))))
    while any(re.fullmatch(rf"{prefix}\d+", name) for name in names):
        prefix += "P"  # a code may never be another plant's id
    return {name: f"{prefix}{number:0{width}d}" for number, name in enumerate(names, start=1)}


def pseudonymise(
    sample: Sample, system: IndicatorSystem, codes: Mapping[str, str], *, keep: Iterable[str] = ()
) -> Sample:
    """
    Replace plants by their codes everywhere, in the order of the codes.

    Parameters
    ----------
    codes : mapping from plant to code
        As from `pseudonyms`.
    keep : iterable of str
        Free-text attributes that name nobody; all others are dropped.

    Raises
    ------
    DataError
        If a plant has no code.
    """
    unknown = [plant for plant in sample.plants if plant not in codes]
    if unknown:
        raise DataError(f"{len(unknown)} plants have no pseudonym, the first of them {unknown[0]!r}.")
    free = [name for name, kind in system.attributes.items() if kind == "text" and name not in set(keep)]
    order = sorted(sample.plants, key=lambda plant: codes[plant])
    taken = sample.take(order)
    index = pd.Index([codes[plant] for plant in order], name="plant", dtype=object)
    return replace(
        taken,
        values=taken.values.set_axis(index),
        states=taken.states.set_axis(index),
        attributes=taken.attributes.drop(columns=free, errors="ignore").set_axis(index)
        if len(taken.attributes.columns)
        else taken.attributes,
        excluded=_recoded(sample.excluded, codes),
        notes=_recoded(sample.notes, codes),
    )


def _recoded(table: pd.DataFrame, codes: Mapping[str, str]) -> pd.DataFrame:
    recoded = table.assign(plant=[codes.get(plant, "") for plant in table["plant"]])
    return recoded.sort_values("plant", kind="stable", ignore_index=True)


def refuse_real_names(sample: Sample, system: IndicatorSystem) -> None:
    """
    Refuse to publish a sample that still says who its plants are.

    Raises
    ------
    DataError
        If a plant id is not a code such as P07, or a free-text attribute is still there.
    """
    named = [
        str(plant) for plant in (*sample.plants, *sample.excluded["plant"]) if not CODE.match(str(plant))
    ]
    if named:
        raise DataError(
            f"{len(named)} of {len(sample.plants) + len(sample.excluded)} plant ids are no codes (the first: "
            f"{named[0]!r}). Evidence is public: give `pseudonym_seed:` in sample.yaml, or use ids such as P07."
        )
    free = [n for n in sample.attributes.columns if system.attributes.get(str(n)) == "text"]
    if free:
        raise DataError(
            f"The free-text attributes {', '.join(map(repr, free))} may name a plant. Evidence is public: leave them "
            "out of what is published."
        )
