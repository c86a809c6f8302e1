"""The command `workbench`. Nothing heavy is imported before a command needs it."""

from methodology.cli.app import main

__all__ = ["main"]
