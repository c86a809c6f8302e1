"""What a run tells while it goes on: events, and three ways to show them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import monotonic
from typing import IO, Any, Literal

Kind = Literal[
    "plan", "waiting", "start", "cell", "reused", "done", "failed", "evidence", "published", "unchanged"
]


@dataclass(frozen=True)
class Event:
    """
    One step of a run.

    Attributes
    ----------
    kind : str
        What happened; `plan` announces a stage of the run, `unchanged` that the whole run is up to date.
    seconds : float
        Duration of a finished stage; with `plan`, what it took last time (0 if unknown).
    """

    kind: Kind
    system: str
    stage: str = ""
    cell: int = 0
    cells: int = 0
    seconds: float = 0.0
    message: str = ""


Listener = Callable[[Event], None]


def ignore(_: Event) -> None:
    """Listen to nothing."""


@contextmanager
def listener(how: str = "auto", stream: IO[str] | None = None) -> Iterator[Listener]:
    """
    A listener for the command line, on stderr.

    Parameters
    ----------
    how : {"auto", "quiet", "json"}
        A live display (plain lines where stderr is no terminal), only failures, or one JSON object per line.
    """
    out = stream or sys.stderr
    if how == "json":
        yield lambda event: print(json.dumps(_filled(event), ensure_ascii=False), file=out, flush=True)
    elif how == "quiet":
        yield lambda event: _line(event, out) if event.kind == "failed" else None
    elif not out.isatty():
        yield lambda event: None if event.kind in ("plan", "cell") else _line(event, out)
    else:
        with _Display(out) as display:
            yield display.hear


def _filled(event: Event) -> dict[str, Any]:
    return {name: value for name, value in asdict(event).items() if value}


def _line(event: Event, out: IO[str]) -> None:
    took = f" ({event.seconds:.1f} s)" if event.seconds else ""
    parts = [event.system, event.stage, f"{event.kind}{took}", event.message]
    out.write("  ".join(part for part in parts if part) + "\n")  # at once, or lines of two stages run together
    out.flush()


class _Display:
    """One bar per system: stage, cell, elapsed and remaining time."""

    def __init__(self, out: IO[str]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            TextColumn("{task.fields[system]:<24}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[state]:<34}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=Console(file=out),
        )
        self._tasks: dict[str, Any] = {}
        self._stages: dict[str, dict[str, float]] = {}
        self._expected: dict[tuple[str, str], float] = {}
        self._began: dict[tuple[str, str], float] = {}

    def __enter__(self) -> _Display:
        self._progress.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._progress.stop()

    def hear(self, event: Event) -> None:
        """Take one event in."""
        system, stage = event.system, event.stage
        if system not in self._tasks:
            self._tasks[system] = self._progress.add_task("", system=system, state="", left="", total=None)
            self._stages[system] = {}
        if event.kind == "plan":
            self._stages[system][stage] = 0.0
            self._expected[system, stage] = event.seconds
        elif event.kind == "start":
            self._began[system, stage] = monotonic()
        elif event.kind == "cell":
            self._stages[system][stage] = (event.cell - 1) / max(event.cells, 1)
        elif event.kind in ("done", "reused"):
            self._stages[system][stage] = 1.0
        self._show(event)

    def _show(self, event: Event) -> None:
        done = self._stages[event.system]
        state = f"{event.stage} {event.kind}"
        if event.kind == "cell":
            state = f"{event.stage} cell {event.cell}/{event.cells}"
        finished = event.kind in ("published", "unchanged", "failed")
        total = max(len(done), 1)
        self._progress.update(
            self._tasks[event.system],
            state=state.strip(),
            left="" if finished else self._left(event.system),
            total=total,
            completed=total if event.kind in ("published", "unchanged") else sum(done.values()),
        )
        if event.kind == "failed":
            self._progress.console.print(f"{event.system}: {event.message}", markup=False, highlight=False)

    def _left(self, system: str) -> str:
        """Remaining time from what each stage took last time; nothing is shown where that is unknown."""
        left = 0.0
        for stage, share in self._stages[system].items():
            expected = self._expected.get((system, stage), 0.0)
            if share < 1.0 and not expected:
                return ""
            began = self._began.get((system, stage))
            gone = monotonic() - began if began else 0.0
            left += 0.0 if share >= 1.0 else max(expected - gone, 0.0)
        return f"{left:4.0f} s left"
