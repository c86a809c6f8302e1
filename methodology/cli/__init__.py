"""The command `workbench`. Nothing heavy is imported before a command needs it, and nothing at all before it can be stopped."""

import sys

from methodology.cli.endings import outcome_of

__all__ = ["main"]


def main() -> None:
    """Entry point: every end of a command is a message and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(outcome_of(_command))


def _command() -> object:
    from methodology.cli.app import app

    return app(standalone_mode=False)
