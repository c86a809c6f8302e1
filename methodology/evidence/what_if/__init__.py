"""What if one value, one weight or the cut were different? What the instrument in the browser opens on, and where."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from methodology.evaluation import level_basis
from methodology.evaluation.level_arrays import LevelInputs
from methodology.indicators import IndicatorSystem, Kind
from methodology.indicators.display import unit_of

if TYPE_CHECKING:
    from methodology.evidence.what_if.widget import WhatIf
    from methodology.series.members import Standard

_FRONT_ENDS = frozenset({"JPY_SESSION_NAME", "VOILA_BASE_URL"})
"""Set for a kernel by JupyterLab and by Voilà, and by nothing that executes notebooks unattended."""
_STEPS = 200
_IN_A_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&`\u2028\u2029"}


def what_if_state(basis: LevelInputs, system: IndicatorSystem, *, base: str, run: str = "") -> dict[str, Any]:
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

    Returns
    -------
    dict
        For JSON: `judged`, the state that `decide` of what_if.js reads, and what is needed to show it.
    """
    known = np.isfinite(basis.thresholds).all(axis=1)
    kinds = [indicator.kind is Kind.QUANTITATIVE for indicator in system.indicators]
    return {
        "judged": judged_state(basis),
        "plants": [str(name) for name in basis.plants],
        "ids": list(system.ids),
        "names": [f"{item.name_zh} {item.name_en}" for item in system.indicators],
        "units": [unit_of(item) for item in system.indicators],
        "signs": [int(sign) for sign in basis.signs],
        "movable": [bool(kind and all_three) for kind, all_three in zip(kinds, known, strict=True)],
        "ranges": [_range(basis, place, item.step) for place, item in enumerate(system.indicators)],
        "base": base,
        "run": run,
    }


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


def what_if_widget(standard: Standard) -> WhatIf | None:
    """
    Show the instrument in JupyterLab or Voilà; nothing where a notebook is executed without anybody before it.

    Parameters
    ----------
    standard : Standard
        As proposed; its run is the one named like its system.
    """
    if not _FRONT_ENDS & os.environ.keys():
        return None
    from methodology.evidence.what_if.widget import WhatIf

    member = standard.member
    rule = member.parameters.evaluation
    basis = level_basis(
        member.sample,
        member.system,
        standard.thresholds,
        member.weights,
        level_one=rule.level_one,
        cut=rule.cut,
    )
    return WhatIf(state=what_if_state(basis, member.system, base=standard.id))


def what_if_html(state: Mapping[str, Any]) -> str:
    """
    Write the instrument as part of a page that asks for nothing else.

    Parameters
    ----------
    state : mapping
        From `what_if_state`; its texts stay texts, whatever they hold.
    """
    here = Path(__file__).parent
    module, style = ((here / name).read_text(encoding="utf-8") for name in ("what_if.js", "what_if.css"))
    data = json.dumps(state, ensure_ascii=False, allow_nan=False).translate(_IN_A_SCRIPT)
    return (
        f"<style>\n{style}</style>\n"
        f'<div id="instrument"><noscript>本页需要JavaScript。 This page needs JavaScript.</noscript></div>\n'
        f'<script type="application/json" id="instrument-state">{data}</script>\n'
        f'<script type="module">\n{module}\n'
        'const opened = JSON.parse(document.getElementById("instrument-state").textContent);\n'
        'render({ model: { get: () => opened }, el: document.getElementById("instrument") });\n</script>'
    )
