"""Make and read the key of the pseudonyms: random bytes in a file of their own that only its owner can read."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from methodology.errors import DataError

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

    Parameters
    ----------
    path : Path
        A file that does not exist yet, with the ending `.key`.

    Raises
    ------
    DataError
        If the file exists, has another ending, or cannot be written there.
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
        raise DataError(
            f"{path.name} cannot be written in {path.parent.name!r}: {fault.strerror}."
        ) from fault
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
    Read a key of pseudonyms.

    Returns
    -------
    bytes
        At least 16 of them.

    Raises
    ------
    DataError
        If there is no such file, others may read it, or it holds no random bytes in hexadecimal. The message never
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
