"""What a run tells: one JSON object per line, plain lines, only failures, or a live display."""

from __future__ import annotations

import io
import json

import pytest

from methodology.runs.progress import Event, listener

EVENTS = [
    Event("plan", "toy", "sample", seconds=2.0),
    Event("plan", "toy", "weights", seconds=3.0),
    Event("start", "toy", "sample"),
    Event("cell", "toy", "sample", cell=2, cells=4),
    Event("done", "toy", "sample", seconds=2.5),
    Event("reused", "toy", "weights"),
    Event("published", "toy", message="[b]abc[/b]"),
    Event("plan", "other", "sample"),
    Event("start", "other", "sample"),
    Event("failed", "other", message="In [3]: no [x] judgement"),
]


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def _shown(how, stream=None):
    stream = stream or io.StringIO()
    with listener(how, stream) as hears:
        for event in EVENTS:
            hears(event)
    return stream.getvalue()


def test_json_has_one_object_per_event():
    found = [json.loads(line) for line in _shown("json").splitlines()]
    assert len(found) == len(EVENTS)
    assert found[3] == {"kind": "cell", "system": "toy", "stage": "sample", "cell": 2, "cells": 4}


def test_quiet_tells_failures_only():
    assert _shown("quiet").splitlines() == ["other  failed  In [3]: no [x] judgement"]


def test_without_a_terminal_stages_are_plain_lines():
    lines = _shown("auto").splitlines()
    assert "toy  sample  done (2.5 s)" in lines
    assert "toy  weights  reused" in lines
    assert not any("cell" in line or "plan" in line for line in lines)


def test_on_a_terminal_every_system_has_a_bar_and_failures_stay_readable():
    text = _shown("auto", _Terminal())
    assert "toy" in text
    assert "published" in text
    assert "In [3]: no [x] judgement" in text


def test_the_remaining_time_is_shown_only_where_it_is_known(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    stream = _Terminal()
    with listener("auto", stream) as hears:
        for event in EVENTS[:4]:
            hears(event)
    assert "s left" in stream.getvalue()
    stream = _Terminal()
    with listener("auto", stream) as hears:
        for event in EVENTS[7:9]:
            hears(event)
    assert "s left" not in stream.getvalue()


@pytest.mark.parametrize("how", ["auto", "json", "quiet"])
def test_nothing_is_written_when_nothing_happens(how):
    stream = io.StringIO()
    with listener(how, stream):
        pass
    assert stream.getvalue() == ""
