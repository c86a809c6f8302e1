"""How often the band of the calibration frontier holds the curve of the population it was drawn from.

python benchmarks/frontier_band.py [SYSTEM ...] [--finite] [--samples 200] [--resamples 200] [--write]

Samples of as many plants as are shipped are drawn with replacement from the shipped population of each system; the band
of each level is held against the population's own curve, at every strictness at once. With `--finite` they are drawn
without replacement, and the band of an industry of as many plants is held against it. Nothing here is timed: the table
is the same on every machine of a kind.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from frontier import markdown

from methodology.chain import Setting, frontier_band_coverage
from methodology.parameters import Project
from methodology.series.reading import Member, read_member

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results"
SYSTEMS = (
    *("ironmaking", "sintering", "pelletizing", "coking"),
    *("converter_steelmaking", "electric_steelmaking", "rolling", "integrated_works"),
)
SEED = 5


def coverage(member: Member, samples: int, resamples: int, *, finite: bool) -> pd.DataFrame:
    """How often the band holds the curve of the population, per level."""
    if member.industry is None:
        raise SystemExit(f"{member.id}: no population is known.")
    plants = len(member.industry.plants)
    found = frontier_band_coverage(
        member.industry,
        member.system,
        member.system.weights,
        setting=Setting.of(member.parameters, population=plants if finite else None),
        size=len(member.sample.plants),
        samples=samples,
        resamples=resamples,
        seed=SEED,
    )
    found.insert(0, "system", member.id)
    return found.assign(population=plants, resamples=resamples).round(3)


def written(held: pd.DataFrame, *, finite: bool) -> str:
    """The table as Markdown, with what it says."""
    head, how = ("of a known industry", "without") if finite else ("of the frontier", "with")
    short = held[held["whole"] < held["stated"] - held["error"]]
    said = [
        f"Whole: share of {held['samples'].max()} samples, drawn {how} replacement, whose band holds the whole",
        "curve of the population; each: the same at one strictness; error: two standard errors of *whole*.",
        f"Below what is stated by more than its error: {len(short)} of {len(held)} levels.",
    ]
    return "\n\n".join([f"# The band {head}", "\n".join(said), markdown(held)]) + "\n"


def main() -> None:
    """Count, print, and write if asked; systems that are not asked for keep the rows they have."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("systems", nargs="*", default=SYSTEMS)
    parser.add_argument("--finite", action="store_true")
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    kept, table = RESULTS / f"frontier_band{'_finite' * chosen.finite}.csv", pd.DataFrame()
    if chosen.write and kept.is_file():
        table = pd.read_csv(kept)
    for name in chosen.systems:
        member = read_member(Project.around(ROOT), name)
        found = coverage(member, chosen.samples, chosen.resamples, finite=chosen.finite)
        print(found.to_string(index=False), flush=True)
        others = table[table["system"] != name] if len(table) else table
        table = pd.concat([others, found], ignore_index=True)
        if chosen.write:
            table = table.sort_values("system", key=lambda own: own.map(SYSTEMS.index), kind="stable")
            table.to_csv(kept, index=False)
            kept.with_suffix(".md").write_text(written(table, finite=chosen.finite), encoding="utf-8")


if __name__ == "__main__":
    main()
