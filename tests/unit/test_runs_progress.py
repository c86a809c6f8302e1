"""What a run tells: one JSON object per line, plain lines, only failures, or a live display."""

from __future__ import annotations

import io
import json
import re

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
    assert _shown("quiet").splitlines() == ["other  failed"]


@pytest.mark.parametrize("stream", [io.StringIO(), _Terminal()], ids=["lines", "terminal"])
def test_why_a_run_failed_is_left_to_the_last_words_of_the_command(stream):
    text = _shown("auto", stream)
    assert "failed" in text
    assert "no [x] judgement" not in text
    assert "no [x] judgement" in _shown("json")


def test_without_a_terminal_stages_are_plain_lines():
    lines = _shown("auto").splitlines()
    assert "toy  sample  done (2.5 s)" in lines
    assert "toy  weights  reused" in lines
    assert not any("cell" in line or "plan" in line for line in lines)


def test_on_a_terminal_every_system_has_a_bar():
    text = _shown("auto", _Terminal())
    assert "toy" in text
    assert "published" in text


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


SWEEP = [
    Event("plan", "noise", "sweep", cell=100, cells=1000),
    *(Event("point", "noise", "sweep", cell=done, cells=1000) for done in range(101, 1001)),
    Event("published", "noise", "sweep", message="1000"),
]


@pytest.mark.parametrize("stream", [io.StringIO(), _Terminal()], ids=["lines", "terminal"])
def test_a_sweep_shows_how_many_points_are_done_and_how_long_it_will_take(stream):
    with listener("auto", stream) as hears:
        for event in SWEEP[:202]:
            hears(event)
    text = stream.getvalue()
    assert re.search("30[01]( of |/)1000 points", text)
    assert "s left" in text


def test_without_a_terminal_a_sweep_says_a_line_for_each_tenth():
    stream = io.StringIO()
    with listener("auto", stream) as hears:
        for event in SWEEP:
            hears(event)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "noise  sweep  100 of 1000 points"
    assert [line.split(" of ")[0].split()[-1] for line in lines[1:-1]] == [str(100 * n) for n in range(2, 11)]
