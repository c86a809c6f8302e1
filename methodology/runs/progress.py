"""What a run tells while it goes on: events, and three ways to show them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import monotonic
from typing import IO, Any, Literal

from methodology.errors import ParameterError, harmless

Kind = Literal[
    "plan",
    "waiting",
    "start",
    "cell",
    "point",
    "reused",
    "done",
    "failed",
    "evidence",
    "published",
    "unchanged",
]

WAYS = ("auto", "quiet", "json")


@dataclass(frozen=True)
class Event:
    """
    One step of a run.

    Attributes
    ----------
    kind : str
        What happened; `plan` announces a stage of the run, `unchanged` that the whole run is up to date. `cell` says
        which cell of a notebook begins, `point` how many points of a sweep are done.
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
        A live display (plain lines where stderr is no terminal), only failures, or one JSON object per line. Why a run
        failed stands in the JSON alone: to people the command says it once, as its last words.

    Raises
    ------
    ParameterError
        If there is no such way.
    """
    if how not in WAYS:
        raise ParameterError(f"There is no way {how!r} to show progress. Choose one of {', '.join(WAYS)}.")
    out = stream or sys.stderr
    if how == "json":
        escaped = (
            not str(getattr(out, "encoding", None) or "utf-8").lower().startswith("utf")
        )  # whoever reads JSON
        yield lambda event: print(json.dumps(_filled(event), ensure_ascii=escaped), file=out, flush=True)
    elif how == "quiet":
        yield lambda event: _line(event, out) if event.kind == "failed" else None
    elif not out.isatty():
        yield _Lines(out).hear
    else:
        with _Display(out) as display:
            yield display.hear


def _filled(event: Event) -> dict[str, Any]:
    return {name: value for name, value in asdict(event).items() if value}


def _line(event: Event, out: IO[str]) -> None:
    took = f" ({event.seconds:.1f} s)" if event.seconds else ""
    message = "" if event.kind == "failed" else event.message
    parts = [event.system, event.stage, f"{event.kind}{took}", message]
    said = harmless("  ".join(part for part in parts if part), keep="\n\t")
    out.write(f"{said}\n")  # at once, or lines of two stages run together
    out.flush()


class _Lines:
    """Plain lines; of the points of a sweep one for each tenth, with the time that is left."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._pace = _Pace()
        self._tenth = 0

    def hear(self, event: Event) -> None:
        """Take one event in."""
        if event.stage == "sweep" and event.kind in ("plan", "point"):
            left = self._pace.left(event)
            tenth = 10 * event.cell // max(event.cells, 1)
            if event.kind == "plan" or tenth > self._tenth:
                done = f"{event.cell} of {event.cells} points  {left}".rstrip()
                print(f"{event.system}  sweep  {done}", file=self._out, flush=True)
            self._tenth = tenth
        elif event.kind not in ("plan", "cell"):
            _line(event, self._out)


class _Pace:
    """How long a sweep will go on, from the points done since it began."""

    def __init__(self) -> None:
        self._began, self._first = monotonic(), 0

    def left(self, event: Event) -> str:
        """Time left after an event; nothing until a point is done."""
        if event.kind == "plan":
            self._began, self._first = monotonic(), event.cell
        done = event.cell - self._first
        if done < 1:
            return ""
        return f"{(event.cells - event.cell) * (monotonic() - self._began) / done:4.0f} s left"


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
        self._pace = _Pace()

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
        if stage == "sweep" and event.cells:
            self._stages[system][stage] = event.cell / event.cells
        self._show(event)

    def _show(self, event: Event) -> None:
        done = self._stages[event.system]
        state = f"{event.stage} {event.kind}"
        if event.kind == "cell":
            state = f"{event.stage} cell {event.cell}/{event.cells}"
        elif event.stage == "sweep" and event.cells:
            state = f"sweep {event.cell}/{event.cells} points"
        finished = event.kind in ("published", "unchanged", "failed")
        total = max(len(done), 1)
        self._progress.update(
            self._tasks[event.system],
            state=state.strip(),
            left="" if finished else self._left(event),
            total=total,
            completed=total if event.kind in ("published", "unchanged") else sum(done.values()),
        )

    def _left(self, event: Event) -> str:
        """Remaining time from what each stage took last time; nothing is shown where that is unknown."""
        if event.stage == "sweep":
            return self._pace.left(event)
        left, system = 0.0, event.system
        for stage, share in self._stages[system].items():
            expected = self._expected.get((system, stage), 0.0)
            if share < 1.0 and not expected:
                return ""
            began = self._began.get((system, stage))
            gone = monotonic() - began if began else 0.0
            left += 0.0 if share >= 1.0 else max(expected - gone, 0.0)
        return f"{left:4.0f} s left"
