"""The command `workbench`. Nothing heavy is imported before it can be stopped, nor before a command needs it."""

import os
import signal
import sys
from types import FrameType

__all__ = ["main"]

_EARLY = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def main() -> None:
    """Entry point: every end of a command is a message and an exit code, never a traceback."""
    for number in (getattr(signal, name) for name in _EARLY if hasattr(signal, name)):
        if number == signal.SIGINT or signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores a hang-up
            signal.signal(number, _stop_early)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever began us closed it
            setattr(sys, name, open(os.devnull, "r+", encoding="utf-8", newline="\n"))  # noqa: SIM115
    from methodology.cli.stopping import asked, outcome_of

    use_terminal()
    code = outcome_of(_command)
    if asked():  # what libraries tidy up at the end may wait for threads that are gone, and complain
        os._exit(code)
    sys.exit(code)


def use_terminal() -> None:
    """Write in the encoding of the terminal or pipe, e.g. code page 936; what it lacks is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _stop_early(number: int, _: FrameType | None) -> None:
    """Before anything was begun there is nothing to close."""
    os.write(2, unbuffered("Stopped on request before anything began. 尚未开始即按要求停止。\n"))
    os._exit(128 + number)


def unbuffered(text: str) -> bytes:
    """Bytes of a text for stderr past its buffer: a console of Windows takes them in its code page, a pipe in ours."""
    if os.name != "nt":
        return text.encode()
    encoding = os.device_encoding(2) or getattr(sys.stderr, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace")


def _command() -> object:
    from methodology.cli.app import app

    return app(standalone_mode=False)
