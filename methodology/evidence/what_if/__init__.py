"""What if one value, one weight or the cut were different? What the instrument in the browser opens on, and where."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from methodology.chain import frontier_steps
from methodology.evaluation import level_basis
from methodology.evaluation.level_arrays import LevelInputs
from methodology.findings.contents import PROMISES
from methodology.indicators import LEVELS, IndicatorSystem, Kind, Sample
from methodology.indicators.display import label_zh, unit_of
from methodology.indicators.shown import is_attended
from methodology.languages import current
from methodology.proposal import proposal_thresholds
from methodology.proposal.bounds import IN_FORCE, REVISED, SHOWN
from methodology.results import Results

if TYPE_CHECKING:
    from methodology.evidence.what_if.widget import WhatIf
    from methodology.series.members import Standard

_OPENED = ("所打开的基准值", "the values opened on")
_STEPS = 200
_IN_A_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&`\u2028\u2029"}


def what_if_state(
    basis: LevelInputs,
    system: IndicatorSystem,
    *,
    base: str,
    run: str = "",
    proposal: Mapping[str, Any] | None = None,
    frontier: Mapping[str, list[dict[str, Any]]] | None = None,
) -> dict[str, Any]:
    """
    Judge in the browser what `evaluate` judges: everything a level is decided from, with names and ranges.

    Parameters
    ----------
    basis : LevelInputs
        From `level_basis`.
    system : IndicatorSystem
        Names, units, kinds and steps.
    base : str
        The run in `params/runs/` that a saved scenario starts from.
    run : str
        Id of the run whose standard this is.
    proposal : mapping, optional
        As proposal.json: values of the other promise to open on, and the law and indices in force.
    frontier : mapping, optional
        Steps to move along, from `methodology.chain.frontier_steps`.

    Returns
    -------
    dict
        For JSON: `judged`, the state that `decide` of what_if.js reads, and what is needed to show it.
    """
    told = np.isfinite(basis.thresholds).all(axis=1)
    return {
        "judged": judged_state(basis),
        "plants": [str(name) for name in basis.plants],
        "ids": list(system.ids),
        "names": [[item.name_zh, item.name_en] for item in system.indicators],
        "units": [unit_of(item) for item in system.indicators],
        "signs": [int(sign) for sign in basis.signs],
        "movable": [
            bool(all_three) and item.kind is Kind.QUANTITATIVE
            for item, all_three in zip(system.indicators, told, strict=True)
        ],
        "ranges": [_range(basis, place, item.step) for place, item in enumerate(system.indicators)],
        "base": base,
        "run": run,
        "starts": _starts(basis, proposal or {}),
        "in_force": _in_force(system, proposal or {}),
        "looser": [
            [one["indicator"], one["level"], one["reason"]]
            for one in _chosen(proposal, "proposal").get("looser", ())
        ],
        "first": _chosen(proposal).get("language") or current(),
        "frontier": {level: [_step(step) for step in steps] for level, steps in (frontier or {}).items()},
    }


def run_state(
    folder: Path, sample: Sample, system: IndicatorSystem, weights: pd.DataFrame, proposal: Mapping[str, Any]
) -> dict[str, Any]:
    """
    `what_if_state` of the values a run proposes.

    Parameters
    ----------
    folder : Path
        Folder of the run; its name is the run's id.
    sample, system, weights
        As the run judged them.
    proposal : mapping
        As proposal.json.
    """
    rule = _chosen(proposal, "evaluation")
    cut, level_one = rule.get("cut"), rule.get("level_one")
    basis = level_basis(sample, system, proposal_thresholds(proposal), weights, level_one=level_one, cut=cut)
    results, frontier = Results(folder), None
    if all(results.path(name).is_file() for name in ("frontier", "frontier_values")):
        curve, values = results.load("frontier"), results.load("frontier_values")
        frontier = frontier_steps(curve, values, system, basis.thresholds.T)
    return what_if_state(basis, system, base=system.id, run=results.run, proposal=proposal, frontier=frontier)


def _starts(basis: LevelInputs, proposal: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Values of the promises beside the one proposed, where every level of them is told."""
    chosen, found = str(proposal.get("promise", "")), []
    for name, own in proposal.get("promises", {}).items():
        table, values = basis.thresholds.T.copy(), own["proposed"]
        for place, indicator in enumerate(basis.indicators):
            told = [values.get(indicator, {}).get(str(level)) for level in LEVELS]
            if None not in told:
                table[:, place] = np.array(told, float) * basis.signs[place]
        if name != chosen:
            found.append({"promise": name, "name": PROMISES[name], "thresholds": _cells(table)})
    first = {
        "promise": chosen,
        "name": PROMISES.get(chosen, _OPENED),
        "thresholds": _cells(basis.thresholds.T),
    }
    return [first, *found]


def _chosen(proposal: Mapping[str, Any] | None, section: str = "") -> Mapping[str, Any]:
    """The choices of the run a proposal is of, or those of one stage; nothing where they are not told."""
    choices = (proposal or {}).get("parameters") or {}
    return (choices.get(section) or {}) if section else choices


def _in_force(system: IndicatorSystem, proposal: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """What law and earlier indices ask of each indicator at each level, smaller being stricter; None: nothing."""
    entries = {entry["id"]: entry["levels"] for entry in proposal.get("indicators", ())}
    bound = bool(_chosen(proposal, "proposal").get("bound_by_index", True))
    found = []
    for item in system.indicators:
        own: dict[str, dict[str, Any]] = {}
        for row, level in enumerate(LEVELS):
            for told in entries.get(item.id, {}).get(str(level), {}).get("comparators", ()):
                if told["relation"] != SHOWN and told["kind"] in IN_FORCE:
                    empty: dict[str, Any] = {"index": bound and told["kind"] == REVISED}
                    empty |= {
                        "name": [label_zh(told["label"]), told["label"]],
                        "limits": [None] * len(LEVELS),
                    }
                    limits = own.setdefault(told["label"], empty)["limits"]
                    limits[row] = float(np.max(np.array(told["value"], float) * item.sign))
        found.append(list(own.values()))
    return found


def judged_state(basis: LevelInputs) -> dict[str, Any]:
    """What `decide` of what_if.js reads, see there: whole numbers as texts, None where there is no number."""
    common = math.lcm(*(weight.denominator for weight in basis.fractions))
    return {
        "values": _cells(basis.level_values),
        "thresholds": _cells(basis.thresholds.T),
        "weights": [str(int(weight * common)) for weight in basis.fractions],
        "groups": basis.groups.tolist(),
        "limiting": basis.limiting.tolist(),
        "applies": basis.applicable.tolist(),
        "cuts": [[str(cut.numerator), str(cut.denominator)] for cut in basis.rule.cuts],
        "strict": basis.rule.strict,
    }


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    return {**step, "thresholds": _cells(np.array(step["thresholds"], float))}


def _cells(table: np.ndarray) -> list[Any]:
    cells = table.astype(object)
    cells[np.isnan(table)] = None
    return cells.tolist()  # type: ignore[no-any-return]


def _range(basis: LevelInputs, place: int, grid: float | None) -> list[float]:
    """Least and greatest value a slider offers, and its step, in the unit of the indicator."""
    seen = np.concatenate([basis.level_values[..., place].ravel(), basis.thresholds[place]])
    seen = seen[np.isfinite(seen)] * basis.signs[place]
    low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
    step = grid or 10.0 ** math.floor(math.log10(max(high - low, abs(high) / 10, 1e-9) / _STEPS) + 1)
    ends = (math.floor(low / step) * step, (math.ceil(high / step) + 1) * step, step)
    return [float(f"{end:.12g}") for end in ends]


def what_if_widget(standard: Standard, folder: Path | None = None) -> WhatIf | None:
    """
    Show the instrument in JupyterLab or Voilà; nothing where a notebook is executed without anybody before it.

    Parameters
    ----------
    standard : Standard
        As proposed.
    folder : Path, optional
        Folder of the run whose standard it is.
    """
    if not is_attended():
        return None
    from methodology.evidence.what_if.widget import WhatIf, close_to_visitors

    close_to_visitors()
    member = standard.member
    told = {**standard.proposal, "parameters": member.parameters.model_dump(mode="json")}
    place = folder or Path(standard.id)
    return WhatIf(state=run_state(place, member.sample, member.system, member.weights, told))


def module_text() -> str:
    """The instrument as one module of JavaScript."""
    return "\n".join(_text(name) for name in ("decide.js", "what_if.js"))


def style_text() -> str:
    """How the instrument looks."""
    return _text("what_if.css")


def _text(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def what_if_html(state: Mapping[str, Any]) -> str:
    """
    Write the instrument as part of a page that asks for nothing else.

    Parameters
    ----------
    state : mapping
        From `what_if_state`; its texts stay texts, whatever they hold.
    """
    data = json.dumps(state, ensure_ascii=False, allow_nan=False).translate(_IN_A_SCRIPT)
    return (
        f"<style>\n{style_text()}</style>\n"
        '<div id="instrument"><noscript><span lang="zh-CN">本页需要JavaScript。</span><span lang="en">This page needs '
        "JavaScript.</span></noscript></div>\n"
        f'<script type="application/json" id="instrument-state">{data}</script>\n'
        f'<script type="module">\n{module_text()}\n'
        'const opened = JSON.parse(document.getElementById("instrument-state").textContent);\n'
        'render({ model: { get: () => opened }, el: document.getElementById("instrument") });\n</script>'
    )
