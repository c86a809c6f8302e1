"""Collect the numbers a public set may not print: figures of plants, values read off them; and the innocent ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

from methodology.evidence.passages import CELLS, Field
from methodology.evidence.told_shares import told_shares
from methodology.findings.weighed import printed_by_methods
from methodology.indicators import LEVELS, CellState, IndicatorSystem, Kind
from methodology.indicators.display import benchmark, number, percent

COUNTED = frozenset(
    {
        *("weight", "local_weight", "group_weight", "decimals", "step", "parameters"),
        *("n", "plants", "known", "attained", "joint_plants", "joint_calibrated"),
        *("cross_validated", "crossed_lower", "crossed_upper", "missed_by", "strictness", "industry"),
        *("attainment", "joint_attainment", "calibrated_attainment"),
        *("confidence", "share", "targets", "whole", "unbounded"),
        *("lowest", "median", "highest", "promised"),
        *("indicator_lowest", "indicator_median", "indicator_highest"),
        *("reached I", "reached II", "reached III", "applies", "limiting"),
    }
)
"""Names of numbers that are weights, shares or counts, whatever indicator they stand with."""
FEWEST_DIGITS = 3
"""A shorter number in a text may be anything: 6 is an answer, a chapter and a count."""
_N = r"\d+(?:\.\d+)?"
_SHARES = re.compile(rf"(?<![A-Za-z0-9_.])(?:{_N}\s*\|\s*)*{_N}\s?%(?:\s?[(（]{_N}\s?[–～]\s?{_N}\s?%[)）])?")
"""One share, with the interval of it, or several with bars between them, before a per cent sign."""
_COUNTS = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:\.\d+)?\s?(?:家|项|个)")
"""A count of plants, values or percentage points."""
_TOKEN = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:\.\d+)?(?!\d|\.\d)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FREE = frozenset({"why", "why_mixed", "exclude", "given", "looser", "point_reason"})
"""Choices that are written by hand: a figure in them is nobody's excuse."""


@dataclass(frozen=True)
class Secrets:
    """
    What may not be printed, and what may although it looks the same.

    Attributes
    ----------
    system : IndicatorSystem
        Names and steps.
    values : mapping of name to set of float
        By indicator or attribute: figures of plants, values and limits read off them.
    innocent : mapping of indicator to set of str
        Numbers that may stand beside an indicator: proposed values on its grid, comparators, its definition.
    common : set of str
        Numbers anyone may print: weights, also by other methods, counts, choices, texts of the system.
    shares : set of str
        Numbers anyone may print before a per cent sign: k of n plants, of the industry, weights, confidences.
    steps : mapping of indicator to float
        The grid its values are published on.
    run : str
        Its id, which is no number even where it looks like one.
    """

    system: IndicatorSystem
    values: Mapping[str, frozenset[float]]
    innocent: Mapping[str, frozenset[str]]
    common: frozenset[str]
    shares: frozenset[str] = frozenset()
    steps: Mapping[str, float] = field(default_factory=dict)
    run: str = ""

    def excusing(self, claims: Iterable[str]) -> Secrets:
        """The same, where shares in these titles are excused: they were computed from data that hold no secret."""
        told = (
            token for claim in claims for part in _SHARES.findall(claim) for token in _TOKEN.findall(part)
        )
        return replace(self, shares=self.shares.union(told))

    @cached_property
    def forms(self) -> dict[str, frozenset[str]]:
        """Every way a secret is printed, with the names it belongs to."""
        found: dict[str, set[str]] = {}
        for name, values in self.values.items():
            for value in values:
                for text in _printed(value):
                    found.setdefault(text, set()).add(name)
        return {text: frozenset(names) for text, names in found.items()}

    @cached_property
    def anyones(self) -> frozenset[str]:
        """Numbers that are innocent where no indicator is named, the bounds of every indicator among them."""
        stated = (item.bounds for item in self.system.indicators if item.bounds)
        bounds = [end for one in stated for end in (one.low, one.high)]
        return self.common.union(*self.innocent.values(), *map(_spellings, bounds))

    @cached_property
    def named(self) -> dict[str, frozenset[str]]:
        """Indicators by every name a text may call them."""
        found: dict[str, set[str]] = {}
        for item in self.system.indicators:
            for name in (item.id, item.name_en, item.name_zh):
                found.setdefault(name, set()).add(item.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    def owners(self, text: str) -> frozenset[str]:
        """Indicators a text names; a name inside a longer one does not count."""
        names = [name for name in self.named if name in text]
        longest = [name for name in names if not any(name != other and name in other for other in names)]
        return frozenset().union(*(self.named[name] for name in longest))

    def row_owners(self, row: str) -> frozenset[str]:
        """Indicators a row of a table is of: those a cell is the name of, not those a remark in it mentions."""
        cells = [cell.strip() for cell in row.split(CELLS)]
        named = [
            cell for cell in cells if any(2 * len(name) >= len(cell) for name in self.named if name in cell)
        ]
        return frozenset().union(*map(self.owners, named))

    def said(self, text: str, owners: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Numbers of a text that are secrets, each with the name it belongs to."""
        text = _COUNTS.sub(" ", text.replace(self.run, "") if self.run else text)
        for part in _SHARES.findall(text):
            yield from self._found(part, owners, share=True)
        yield from self._found(_SHARES.sub(" ", text), owners, share=False)

    def _found(self, text: str, owners: frozenset[str], *, share: bool) -> Iterator[tuple[str, str]]:
        for token in _TOKEN.findall(text):
            for name in sorted(self._betrayed(token, owners, share=share)):
                yield token, name

    def _betrayed(self, token: str, owners: frozenset[str], *, share: bool) -> Iterable[str]:
        names = self.forms.get(token, frozenset()) if _digits(token) >= FEWEST_DIGITS else frozenset()
        if share:
            names = frozenset(name for name in names if self._unit(name) == "%")
        if not names or token in self.common or (share and token in self.shares):
            return ()
        beside = names & owners
        if beside and not any(token in self.innocent.get(name, ()) for name in owners):
            return beside
        return (
            name for name in names - owners if token not in self.anyones and not self._on_grid(token, name)
        )

    def stated(self, item: Field) -> Iterator[str]:
        """Indicators whose secret a named number is, however few digits it has."""
        if COUNTED.intersection((item.name, *item.place.split("."))):
            return
        text = _plain(item.value)
        for name in sorted(self.owners(item.owner)):
            same = item.value in self.values.get(name, ()) or name in self.forms.get(text, ())
            if same and text not in self.innocent.get(name, ()):
                yield name

    def gives_away(self, name: str, value: float, step: float | None) -> bool:
        """Whether a proposed value is a secret itself: off the published grid, and no comparator's."""
        if value not in self.values.get(name, ()) or _plain(value) in self.innocent.get(name, ()):
            return False
        return step is None or not _multiple(_plain(value), step)

    def _unit(self, name: str) -> str:
        return self.system[name].unit if name in self.system.ids else ""

    def _on_grid(self, token: str, name: str) -> bool:
        step = self.steps.get(name)
        return step is not None and _multiple(token, step)


def read_secrets(folder: Path, system: IndicatorSystem, proposal: Mapping[str, Any]) -> Secrets:
    """
    Collect what the public set of a run may not print.

    Parameters
    ----------
    folder : Path
        Run folder with results/sample.parquet, corrections.csv, thresholds.csv.
    system : IndicatorSystem
        Of the run.
    proposal : mapping
        The whole of proposal.json, calibrated values included.

    Returns
    -------
    Secrets
        Every stated figure of every plant, reported and corrected; every calibrated value and limit of an interval.

    Notes
    -----
    A-48. A figure that lies on the published grid or has few digits (25, 1200) cannot be told from a proposed value, a
    limit, a share or a count, so it is only looked for where a number has a name: in JSON and in workbooks.
    """
    results = folder / "results"
    values = _plants(pd.read_parquet(results / "sample.parquet"), system)
    for file, columns in (
        ("corrections.csv", ("reported", "corrected")),
        ("thresholds.csv", ("value", "lower", "upper")),
    ):
        if (results / file).is_file():
            _add(values, pd.read_csv(results / file), columns)
    for entry in proposal["indicators"]:
        own = values.setdefault(entry["id"], set())
        for stated in entry["levels"].values():
            own.update(stated[key] for key in ("calibrated", "lower", "upper") if stated.get(key) is not None)
    for promise in proposal.get("promises", {}).values():
        for name, levels in promise.get("calibrated", {}).items():
            values.setdefault(name, set()).update(value for value in levels.values() if value is not None)
    described = {item.id for item in system.indicators if item.kind is Kind.QUALITATIVE}
    kept = {name: frozenset(map(float, own)) for name, own in values.items() if name not in described}
    return Secrets(
        system,
        kept,
        _innocent(system, proposal, kept),
        _common(system, proposal) | printed_by_methods(results),
        _shares(proposal) | told_shares(results),
        _steps(system, proposal),
        str(proposal.get("run") or folder.resolve().name),
    )


def _plants(sample: pd.DataFrame, system: IndicatorSystem) -> dict[str, set[float]]:
    found: dict[str, set[float]] = {}
    for name in sample.columns:
        if name in system.ids:
            stated = sample[f"state:{name}"] <= CellState.BELOW_LIMIT
            found[name] = set(sample.loc[stated, name].dropna().astype(float))
        elif name.startswith("attribute:") and pd.api.types.is_numeric_dtype(sample[name]):
            found[name] = set(sample[name].dropna().astype(float)) - {0.0}
    return found


def _add(values: dict[str, set[float]], table: pd.DataFrame, columns: Iterable[str]) -> None:
    for column in columns:
        for name, value in zip(table["indicator"], table[column], strict=True):
            if pd.notna(value):
                values.setdefault(str(name), set()).add(float(value))


def proposed_values_of(proposal: Mapping[str, Any]) -> Iterator[tuple[str, str, float, float | None]]:
    """Indicator, level, value and step of everything proposed, under either promise and before a decision."""
    steps = {}
    for entry in proposal["indicators"]:
        for level, stated in entry["levels"].items():
            steps[entry["id"], level] = stated.get("step")
            if stated.get("proposed") is not None:
                yield entry["id"], level, float(stated["proposed"]), stated.get("step")
    more = [(one["indicator"], one["level"], one["before"]) for one in proposal.get("decisions", ())]
    for promise in proposal.get("promises", {}).values():
        for name, levels in promise.get("proposed", {}).items():
            more += [(name, level, value) for level, value in levels.items()]
    yield from ((*key, float(value), steps.get(tuple(key))) for *key, value in more if value is not None)


def _innocent(
    system: IndicatorSystem, proposal: Mapping[str, Any], secret: Mapping[str, frozenset[float]]
) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for item in system.indicators:
        own = found.setdefault(item.id, set())
        ends = (end for each in item.comparators for end in _ends(each.value))
        own.update(
            text for end in (*ends, *(item.target or ())) for text in (*_spellings(end), number(abs(end)))
        )
        own.update(_tokens(item.model_dump_json(exclude={"anchors", "bounds"})))
    for name, _, value, step in proposed_values_of(proposal):
        if value in secret.get(name, ()) and (step is None or not _multiple(_plain(value), step)):
            continue
        shown = benchmark(value, system[name])
        found[name].update({*_spellings(value), number(abs(value)), *_tokens(shown)})
    for correction in system.corrections:
        calibrated = correction.reference is not None
        told = (*chain.from_iterable((*correction.points, *correction.loosest)), correction.reference or 0.0)
        texts = set().union(_tokens(correction.model_dump_json()), *map(_spellings, told))
        # Knots of a calibrated curve lie on a round grid, whichever plants they meet.
        for name in (*correction.target, *([correction.attribute] if calibrated else [])):
            found.setdefault(name, set()).update(texts)
    return {name: frozenset(texts) for name, texts in found.items()}


def _common(system: IndicatorSystem, proposal: Mapping[str, Any]) -> frozenset[str]:
    """Numbers of the system's texts, of the choices, of weights and of counts."""
    chosen = _without_free_text(proposal.get("parameters") or {})
    parts = [*system.conventions, *system.sources.values(), *system.consistency_checks, *system.corrections]
    texts = [str(chosen), *(part.model_dump_json() for part in parts)]
    texts += [system.name_en, system.name_zh, system.note, system.functional_unit]
    found = {token for text in texts for token in _tokens(text)}
    found.update(f"{value:.0f}" for value in _counted(proposal, "") if value == int(value))
    found.update(f"{value:.{places}f}" for value in _weights(proposal) for places in range(2, 7))
    return frozenset(found)


def _without_free_text(chosen: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _without_free_text(value) if isinstance(value, Mapping) else value
        for key, value in chosen.items()
        if key not in _FREE
    }


def _shares(proposal: Mapping[str, Any]) -> frozenset[str]:
    """Shares of as many plants as there are, and every share and weight of the document, as percentages."""
    plants = int(proposal.get("plants") or max(entry.get("n") or 0 for entry in proposal["indicators"]))
    found = {part / whole for whole in range(1, plants + 1) for part in range(whole + 1)}
    found.update(_counted(proposal, ""))
    found.update(map(float, _weights(proposal)))
    levels = [entry["levels"] for entry in proposal["indicators"] if entry["kind"] == str(Kind.QUANTITATIVE)]
    for level in map(str, LEVELS):
        known = [told[level]["attainment"] for told in levels if told[level].get("attainment") is not None]
        found.update([median(known)] if known else [])
    targets = (proposal.get("parameters") or {}).get("thresholds", {})
    found.update(value for name, value in targets.items() if name.startswith("share_"))
    return frozenset(percent(value).removesuffix(" %") for value in found)


def _weights(proposal: Mapping[str, Any]) -> set[Decimal]:
    """Weights, their sums by group and their parts in them, exact and as printed."""
    decimals = int((proposal.get("parameters") or {}).get("weights", {}).get("decimals", 3))
    exact = [(entry["group"], Decimal(repr(float(entry["weight"])))) for entry in proposal["indicators"]]
    printed = [(group, weight.quantize(Decimal(1).scaleb(-decimals))) for group, weight in exact]
    found: set[Decimal] = set()
    for weights in (exact, printed):
        groups: dict[str, Decimal] = {}
        for group, weight in weights:
            groups[group] = groups.get(group, Decimal(0)) + weight
        found.update(groups.values(), (weight for _, weight in weights))
        found.update(weight / groups[group] for group, weight in weights if groups[group])
    return found


def _counted(value: Any, name: str) -> Iterator[float]:
    """Shares, weights and counts of a document."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _counted(item, name if name in COUNTED else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _counted(item, name)
    elif name in COUNTED and isinstance(value, int | float):
        yield float(value)


def _steps(system: IndicatorSystem, proposal: Mapping[str, Any]) -> dict[str, float]:
    found = {item.id: item.step for item in system.indicators if item.step}
    for name, _, _, step in proposed_values_of(proposal):
        if step and name not in found:
            found[name] = step
    return found


def _printed(value: float) -> set[str]:
    """A number at every precision it may be printed with, up to one place more than it has; signs are not looked at."""
    exact = Decimal(repr(abs(value)))
    most = max(0, -int(exact.as_tuple().exponent)) + 1
    found = {f"{abs(value):.{places}f}" for places in range(most + 1)}
    found |= {str(exact.quantize(Decimal(1).scaleb(-p), ROUND_HALF_UP)) for p in range(min(most, 8))}
    return {text for text in {*found, number(abs(value))} if _digits(text) >= FEWEST_DIGITS}


def _digits(token: str) -> int:
    """Significant digits; zeros at the end of a whole number say nothing."""
    whole = token.replace(".", "") if "." in token else token.rstrip("0")
    return len(whole.lstrip("0"))


def _plain(value: float) -> str:
    """A number without its sign, a power of ten, or zeros behind it."""
    return f"{Decimal(repr(abs(float(value)))).normalize():f}"


def _spellings(value: float) -> set[str]:
    """The same number with and without zeros behind it."""
    bare = abs(value)
    return {_plain(bare), *(text for places in range(5) if float(text := f"{bare:.{places}f}") == bare)}


def _multiple(token: str, step: float) -> bool:
    return Decimal(token) % Decimal(repr(float(step))) == 0


def _tokens(text: str) -> list[str]:
    return _NUMBER.findall(text)


def _ends(value: Any) -> tuple[float, ...]:
    return tuple(map(float, value)) if isinstance(value, tuple | list) else (float(value),)
