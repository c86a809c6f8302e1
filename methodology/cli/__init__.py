"""The command `workbench`. Nothing heavy is imported before it can be stopped, nor before a command needs it."""

import os
import signal
import sys
from types import FrameType

__all__ = ["main"]


def main() -> None:
    """Entry point: every end of a command is a message and an exit code, never a traceback."""
    signal.signal(signal.SIGINT, _stop_early)
    from methodology.cli.endings import outcome_of

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(outcome_of(_command))


def _stop_early(number: int, _: FrameType | None) -> None:
    """Before anything was begun there is nothing to close."""
    os.write(2, "Stopped on request before anything began. 尚未开始即按要求停止。\n".encode())
    os._exit(128 + number)


def _command() -> object:
    from methodology.cli.app import app

    return app(standalone_mode=False)
