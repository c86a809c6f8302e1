"""Make the synthetic samples again: `python -m synthetic [system ...]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from methodology.errors import WorkbenchError
from synthetic.making import make_series
from synthetic.writing import write


def main(arguments: list[str] | None = None) -> int:
    """Write the samples of the systems named, or of all."""
    reader = argparse.ArgumentParser(prog="python -m synthetic", description=__doc__)
    reader.add_argument("systems", nargs="*", help="system ids; all that have a recipe if none is given")
    reader.add_argument("--root", type=Path, default=Path(), help="folder of the repository")
    chosen = reader.parse_args(arguments)
    try:
        made = make_series(chosen.root)
        unknown = sorted(set(chosen.systems) - set(made))
        if unknown:
            sys.stderr.write(f"No recipe for {', '.join(unknown)}; there is one for {', '.join(made)}.\n")
            return 2
    except WorkbenchError as fault:
        sys.stderr.write(f"{fault}\n")
        return fault.exit_code
    for name in {"works": None} | dict.fromkeys(chosen.systems or made):
        write(chosen.root, made[name])
        sys.stdout.write(f"{name}: {len(made[name])} files\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
