"""Plants are published under pseudonyms: stable for one key, which is made, read and never shown."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from methodology.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from methodology.indicators import IndicatorSystem, Sample

SUFFIX = ".key"
"""Ending of a key file; `.gitignore` leaves such files out of the repository."""
SHORTEST = 16
"""Bytes: 128 bits, more than can be tried out."""
_MADE = 32
_LARGEST_FILE = 1_000
_FEWEST_DIFFERENT = 8
"""Different bytes among random ones; one in a million million keys of 16 bytes has fewer."""


def make_key(path: Path) -> Path:
    """
    Make a new key of pseudonyms and write it, in hexadecimal, to a file of mode 600.

    Refused if the file exists, does not end in `.key`, or cannot be written there.
    """
    _refuse_ending(path.name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        handle = os.open(path, flags, 0o600)
    except FileExistsError:
        raise DataError(
            f"{path.name} exists. A new key gives every plant another code; choose another name, or keep the old key."
        ) from None
    except OSError as fault:
        what = f"{path.name} cannot be written in {path.parent.name!r}: {fault.strerror}."
        raise DataError(what) from fault
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as stream:
            stream.write(secrets.token_hex(_MADE) + "\n")
    except OSError:
        path.unlink()
        raise
    with suppress(NotImplementedError):
        path.chmod(0o600)  # whatever the umask was
    return path


def read_key(path: Path) -> bytes:
    """
    Read a key of pseudonyms: at least 16 bytes.

    Refused if there is no such file, others may read it, or it holds no random bytes in hexadecimal. The message never
    quotes what the file holds.
    """
    make = f"`workbench key {path.name}` makes one."
    try:
        if not path.is_file():
            raise DataError(
                f"There is no key file {path.name!r} where `key:` in sample.yaml says. Copy it there from whoever "
                f"published the plants before, so that codes stay the same. For a new sample: {make}"
            )
        status = path.stat()
        if os.name == "posix" and status.st_mode & 0o077:
            raise DataError(
                f"The key file {path.name!r} has mode {status.st_mode & 0o777:o}: others on this machine may use it. "
                f"Who has the key and a list of names knows every code. Run `chmod 600` on it."
            )
        content = path.read_bytes() if status.st_size <= _LARGEST_FILE else b"-"
    except OSError as fault:
        raise DataError(f"The key file {path.name!r} cannot be read: {fault.strerror}.") from fault
    try:
        key = bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        raise DataError(f"{path.name!r} is no key: it is not hexadecimal. {make}") from None
    if len(key) < SHORTEST or len(set(key)) < _FEWEST_DIFFERENT:
        raise DataError(
            f"The key in {path.name!r} can be guessed: it has {len(key)} bytes, {len(set(key))} of them different; "
            f"{SHORTEST} random bytes are the least. {make}"
        )
    return key


def key_fingerprint(key: bytes) -> str:
    """
    Name a key without giving it away: a keyed digest, the same for the same key.

    Notes
    -----
    A digest of names and codes themselves would tell the codes of few plants: all orders of five names are soon tried.
    """
    return hmac.new(key, b"workbench: key of pseudonyms", hashlib.sha256).hexdigest()


def _refuse_ending(name: str) -> None:
    if not name.endswith(SUFFIX) or name == SUFFIX:
        raise DataError(
            f"{name!r} does not end in {SUFFIX!r}. Name it e.g. plants{SUFFIX}: such files stay out of the repository."
        )


CODE = re.compile(r"^[A-Z]{1,3}-?\d{1,5}$")
"""What the code of a plant or an expert looks like where it is given out here, e.g. P07, E1."""


_WORD = (
    r"(?:plant|works|mill|facility|site|unit|furnace|company|enterprise|sample|no\.?"
    r"|企业|工厂|钢厂|厂|样本|样品|单位|公司|高炉|转炉|电炉|焦炉|编号)"
)
_ONE = r"[A-Za-z甲乙丙丁戊己庚辛壬癸]"
_NEUTRAL = re.compile(
    rf"(?:[A-Za-z]{{0,3}}|{_WORD})[-_ .#]?\d{{1,5}}[A-Za-z]?(?:[-_.]\d{{1,4}})?[#号]?{_WORD}?"
    rf"|{_WORD}[-_ .#]?{_ONE}|{_ONE}[-_ ]?{_WORD}?",
    re.I,
)


def is_code(plant: str) -> bool:
    """
    Whether a plant id is a neutral code: a letter or a general word and a number, or one of them alone.

    Examples
    --------
    >>> [is_code(plant) for plant in ("P07", "企业01", "12", "A", "武钢", "Red Steel", "91420000177")]
    [True, True, True, True, False, False, False]
    """
    return _NEUTRAL.fullmatch(unicodedata.normalize("NFKC", plant).strip()) is not None


def pseudonyms(plants: Iterable[str], key: bytes) -> dict[str, str]:
    """
    Give each plant a code that does not depend on the order of the table.

    Parameters
    ----------
    plants : iterable of str
        Names or ids, each once.
    key : bytes
        At least 16, as `read_key` gives them. Who knows key and names knows the codes.

    Returns
    -------
    dict from plant to code
        P01, P02, ... in the order of keyed digests (HMAC-SHA-256); the same for the same plants and key. A plant
        added later shifts the codes behind it (A-95).

    Raises
    ------
    DataError
        If the key is no bytes or too short.

    Examples
    --------
    >>> key = bytes(range(16))
    >>> pseudonyms(["Red Steel", "Blue Iron"], key) == pseudonyms(["Blue Iron", "Red Steel"], key)
    True
    """
    if not isinstance(key, bytes) or len(key) < SHORTEST:
        given = f"{len(key)} bytes" if isinstance(key, bytes) else type(key).__name__
        raise DataError(
            f"A key of pseudonyms is at least {SHORTEST} random bytes; this one is {given}. Fewer can be tried out. "
            f"`workbench key FILE{SUFFIX}` makes one."
        )
    names = sorted(set(plants), key=lambda name: hmac.new(key, name.encode(), hashlib.sha256).digest())
    width = max(2, len(str(len(names))))
    prefix = "P"
    while any(re.fullmatch(rf"{prefix}\d+", name) for name in names):
        prefix += "P"  # a code may never be another plant's id
    return {name: f"{prefix}{number:0{width}d}" for number, name in enumerate(names, start=1)}


def pseudonymise(
    sample: Sample, system: IndicatorSystem, codes: Mapping[str, str], *, keep: Iterable[str] = ()
) -> Sample:
    """
    Replace plants by their codes everywhere, in the order of the codes.

    `keep` names free-text attributes that name nobody; all others are dropped.
    """
    unknown = [plant for plant in sample.plants if plant not in codes]
    if unknown:
        raise DataError(f"{len(unknown)} plants have no pseudonym, the first of them {unknown[0]!r}.")
    free = [name for name, kind in system.attributes.items() if kind == "text" and name not in set(keep)]
    order = sorted(sample.plants, key=lambda plant: codes[plant])
    taken = sample.take(order)
    from pandas import Index  # of use for samples with names alone

    index = Index([codes[plant] for plant in order], name="plant", dtype=object)
    told = taken.attributes
    return replace(
        taken,
        values=taken.values.set_axis(index),
        states=taken.states.set_axis(index),
        attributes=told.drop(columns=free, errors="ignore").set_axis(index) if len(told.columns) else told,
        excluded=_recoded(sample.excluded, codes),
        notes=_recoded(sample.notes, codes),
        origins=_recoded(sample.origins, codes),
        years={year: pseudonymise(part, system, codes, keep=keep) for year, part in taken.years.items()},
    )


def _recoded(table: pd.DataFrame, codes: Mapping[str, str]) -> pd.DataFrame:
    recoded = table.assign(plant=[codes.get(plant, "") for plant in table["plant"]])
    return recoded.sort_values("plant", kind="stable", ignore_index=True)


def refuse_real_names(sample: Sample, system: IndicatorSystem, *, texts: bool = True) -> None:
    """
    Refuse a sample that still says who its plants are: by its ids, or by free-text attributes (`texts`).

    Names are counted, not quoted.
    """
    named = [plant for plant in (*sample.plants, *sample.excluded["plant"]) if not is_code(str(plant))]
    if named:
        raise DataError(unnamed(len(named), len(sample.plants) + len(sample.excluded)))
    free = [n for n in sample.attributes.columns if system.attributes.get(str(n)) == "text"]
    if free and texts:
        raise DataError(
            f"The free-text attributes {', '.join(map(repr, free))} may name a plant. Evidence is public: leave them "
            "out of what is published."
        )


def unnamed(named: int, plants: int) -> str:
    """What is wrong with a sample that bears names, and the three ways out."""
    return (
        f"{named} of {plants} plant ids are no neutral codes such as P07 or 企业01, and nothing says that they may be "
        "published. Evidence is public. Either give the sample a key: `workbench key plants.key` in its folder and "
        "`key: plants.key` in its sample.yaml, and plants are published as P01, P02, ...; or declare there `public: "
        "true` with `source:`, where names and figures are published already; or write codes for the names."
    )
