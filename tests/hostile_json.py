"""JSON as somebody might forge it: a sound document with one or a few places changed, reproducibly."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

DIGEST = "0" * 64
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 3.7, 1e308, -0.0, 10**30, 10**400),
    *(
        "",
        " ",
        "x",
        "../../x",
        "/etc/passwd",
        "C:\\x",
        "..",
        ".",
        "a/../b",
        "NUL",
        "con.csv",
        "a\\b",
        "a\u202eb",
    ),
    *(
        "\x00",
        "\n",
        "\x1b[31m",
        "\ud800",
        "é",
        "北",
        "x" * 10_000,
        DIGEST,
        "0" * 12,
        "nan",
        "1e999",
        "{{7*7}}",
    ),
    *(
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59+00:00",
        "2026-01-01",
        "lower",
        "higher",
        "sideways",
        "I",
    ),
    *([], {}, [[]], [None], {"": ""}, {"a": {}}, {"../x": DIGEST}, {"results/x.csv": "y"}, [{}] * 50),
)
RAW = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"\x00",
    b"[" * 3000,
    b'{"a":' * 3000,
    b"1" * 5000,
    b"NaN",
    b'{"a":1,"a":2}',
)


def forged(document: Any, count: int, seed: int) -> Iterator[bytes]:
    """`count` documents: most with a few places changed, some with bytes changed, a few that are something else."""
    chance = random.Random(seed)
    sound = json.dumps(document, ensure_ascii=False).encode()
    for _ in range(count):
        kind = chance.random()
        if kind < 0.05:
            yield chance.choice(RAW)
        elif kind < 0.15:
            yield _spoilt(sound, chance)
        else:
            other = copy.deepcopy(document)
            for _ in range(chance.randint(1, 3)):
                _change(other, chance)
            yield json.dumps(other).encode()


def _spoilt(sound: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(sound))
    how = chance.randrange(3)
    if how == 0:
        return sound[:place]
    if how == 1:
        return sound[:place] + bytes([chance.randrange(256)]) + sound[place + 1 :]
    return sound[:place] + sound[place : place + chance.randrange(40)] + sound[place:]


def _change(document: Any, chance: random.Random) -> None:
    """Change one place of a document, wherever it lies."""
    nodes = [document]
    for node in nodes:
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        nodes += [child for child in children if isinstance(child, dict | list)]
    node = chance.choice([found for found in nodes if found] or [document])
    value = copy.deepcopy(chance.choice(VALUES))
    if isinstance(node, list):
        place = chance.randrange(len(node)) if node else 0
        node[place : place + 1] = [value] * chance.randrange(3)
        return
    key = chance.choice(list(node) or ["x"])
    how = chance.randrange(5)
    if how == 0:
        node.pop(key, None)
    elif how == 1:
        node[chance.choice([text for text in VALUES if isinstance(text, str)])] = node.pop(key, None)
    elif how == 2:
        node["extra"] = value
    elif how == 3 and isinstance(node.get(key), dict | list):
        _change(node[key], chance)
    else:
        node[key] = value
