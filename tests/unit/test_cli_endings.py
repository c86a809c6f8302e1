"""Whatever ends a command is a message in words and an exit code, never a traceback."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Event

import pytest
from shipped import ROOT

from methodology import pseudonyms
from methodology.cli import _command, plants, stopping
from methodology.cli.app import say
from methodology.cli.stopping import outcome_of
from methodology.errors import DataError, StageError


def raising(fault):
    def command():
        raise fault

    return command


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (DataError("The table is blue."), 2, "DataError: The table is blue."),
        (StageError("Stage 3 failed."), 1, "StageError: Stage 3 failed."),
        (OSError(errno.ENOSPC, "No space left", "a.txt"), 1, "The disk is full."),
        (PermissionError(errno.EACCES, "Denied", "a.txt"), 1, "may not be written"),
        (OSError("odd"), 1, "The operating system refused."),
        (MemoryError(), 1, "Memory ran out."),
        (KeyboardInterrupt(), 130, "Stopped on request"),
        (SystemExit(3), 3, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_each_kind_of_end_has_its_words_and_its_code(capfd, monkeypatch, fault, code, said):
    monkeypatch.setattr(stopping, "_told", Event())
    assert outcome_of(raising(fault)) == code
    err = capfd.readouterr().err
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "fault",
    [
        KeyError("clean"),
        TypeError("x"),
        UnicodeDecodeError("gbk", b"\xff", 0, 1, "bad"),
        RecursionError(),
        ZeroDivisionError(),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_of_ours_is_one_sentence_in_two_languages_and_a_report(capfd, monkeypatch, temporary, fault):
    monkeypatch.setattr(sys, "argv", ["workbench", "run", "a file.yaml"])
    assert outcome_of(raising(fault)) == 1
    err = capfd.readouterr().err
    assert len(err.splitlines()) == 2
    assert "Traceback" not in err
    assert type(fault).__name__ in err
    (report,) = temporary.iterdir()
    assert str(report) in err
    text = report.read_text(encoding="utf-8")
    assert "command:   workbench run 'a file.yaml'" in text
    assert "Traceback" in text
    assert "raise fault" in text


@pytest.mark.parametrize(
    "words", [["--help"], ["check", "data/samples/ironmaking", "--system", "ironmaking"]]
)
def test_who_is_no_longer_read_ends_in_silence_with_the_code_of_a_closed_pipe(words):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "methodology.cli", *words],
            cwd=ROOT,
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert (done.stderr, done.returncode) == ("", 141)


@pytest.mark.skipif(os.name == "nt", reason="a shell of Windows closes no stream")
def test_a_command_whose_streams_are_closed_does_its_work():
    command = f"{sys.executable} -m methodology.cli runs --runs nowhere <&- >&-"
    done = subprocess.run(command, shell=True, cwd=ROOT, stderr=subprocess.PIPE, text=True, timeout=60)  # noqa: S602
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENAMETOOLONG])
def test_a_path_that_cannot_be_is_said_in_a_line_or_two(capfd, number):
    assert outcome_of(raising(OSError(number, os.strerror(number), "x" * 5_000))) == 1
    said = capfd.readouterr().err
    assert "Check it." in said
    assert len(said) < 500


EARLY = """
import os, signal, sys, types
from methodology import cli

class Begun(types.ModuleType):
    def __getattr__(self, _):
        os.kill(os.getpid(), {number})

sys.modules["methodology.cli.stopping"] = Begun("stopping")
cli.main()
"""


@pytest.mark.skipif(os.name == "nt", reason="a process cannot send itself these signals there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_who_is_stopped_before_anything_was_imported_says_so(name):
    number = getattr(signal, name)
    code = EARLY.format(number=int(number))
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert answer.returncode == 128 + number
    assert answer.stderr == "Stopped on request before anything began. 尚未开始即按要求停止。\n"


def test_an_answer_steers_no_terminal_and_a_path_alone_stays_what_programs_open(capsys):
    say("note: 名\u202e.csv\x1b[31m, row 2\n注意：名\u202e.csv")
    say(Path("名\u202e"))
    assert capsys.readouterr().out == "note: 名\\u202e.csv\\x1b[31m, row 2\n注意：名\\u202e.csv\n名\u202e\n"


def test_a_form_or_key_for_which_there_is_no_room_is_not_left_in_half(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def half(_, target):
        Path(target).write_bytes(b"PK")
        full()

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(plants.shutil, "copyfile", half)
    with pytest.raises(DataError, match="No space left on device"):
        plants.write_template("ironmaking", tmp_path / "form.xlsx", experts=False)
    monkeypatch.setattr(pseudonyms.secrets, "token_hex", full)
    with pytest.raises(OSError, match="No space"):
        pseudonyms.make_key(tmp_path / "plants.key")
    assert list(tmp_path.glob("*.xlsx")) + list(tmp_path.glob("*.key")) == []


def test_a_report_that_cannot_be_written_is_replaced_by_the_line_at_fault(capfd, monkeypatch):
    def full(**_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(stopping.tempfile, "mkstemp", full)
    assert outcome_of(raising(ValueError("x"))) == 1
    assert "no file, for none could be written (test_cli_endings.py, line" in capfd.readouterr().err


def test_what_is_temporary_goes_with_the_command_however_it_ends(temporary):
    seen = []

    def command():
        seen.append(Path(tempfile.mkdtemp()))
        raise DataError("no")

    assert outcome_of(command) == 2
    assert not seen[0].exists()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "encoding"),
    [({"PYTHONIOENCODING": "gbk"}, "gbk"), ({"PYTHONUTF8": "0", "LC_ALL": "C"}, "utf-8")],
)
def test_messages_are_written_in_the_encoding_of_the_terminal(options, encoding):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "methodology.cli",
            "sweep",
            "params/sweeps/noise.yaml",
            "--scheduler",
            "http://否",
        ],
        cwd=ROOT,
        env=os.environ | options,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "is no address" in done.stderr.decode(encoding)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("params/runs/iron.yaml",), "Did you mean ironmaking.yaml?"),
        (
            ("params/runs/ironmaking.yaml", "--set", "sample.path=/a/b"),
            "The plants are chosen with sample.source.",
        ),
        (
            ("params/runs/ironmaking.yaml", "--set", "sample.source=/a/path"),
            "make a study: `workbench new FOLDER --system ID --plants PATH --experts PATH`",
        ),
        (("params/runs/ironmaking.yaml", "--set", "sample.stratum=large"), "Write e.g. size=large."),
        (("params/runs/ironmaking.yaml", "--set", "system=Iron Making"), "is no id (lower-case letters"),
        (
            ("params/runs/ironmaking.yaml", "--set", "system=con"),
            "Windows keeps for a device; add a word to it",
        ),
        (("params/runs/ironmaking.yaml", "--set", "sample.source=nul"), "Windows keeps for a device"),
        (("params/runs",), "'runs' in 'params' is a folder, not a file."),
        (("data/samples/ironmaking/plants.csv",), "holds one text or number, and not keys with values"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_a_mistake_is_answered_with_what_to_do_and_without_a_pattern(words, said, monkeypatch, capfd):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["workbench", "run", *words])
    assert outcome_of(_command) == 2
    told = capfd.readouterr().err
    assert said in told
    assert "pattern" not in told
    assert "^" not in told
