"""One choice at a time, one plant or one expert left out: the callable decides, this room compares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from methodology.errors import MethodError

Outcome: TypeAlias = "float | Mapping[str, float] | pd.Series"


def one_at_a_time(
    run: Callable[[Mapping[str, Any]], Outcome], choices: Mapping[str, Sequence[Any]]
) -> pd.DataFrame:
    """
    Result of the run with each alternative of each choice, all other choices as they are.

    Parameters
    ----------
    run : callable
        Maps what differs, {path: value}, to a number or to numbers by name; {} is the run itself.
    choices : mapping of path to alternatives
        E.g. {"thresholds.method": ["attainment", "harrell-davis"]}.

    Returns
    -------
    DataFrame
        Columns factor, alternative, output, base, value, change; one row per alternative and output.

    Raises
    ------
    MethodError
        If a result is not finite, or outputs differ between alternatives.

    Examples
    --------
    >>> one_at_a_time(lambda changed: 10 * changed.get("a", 1), {"a": [1, 3]})["change"].tolist()
    [0.0, 20.0]
    """
    base = _outcome(run({}), "the run itself")
    rows = []
    for factor, alternatives in choices.items():
        for alternative in alternatives:
            place = f"{factor} = {alternative!r}"
            outcome = _outcome(run({factor: alternative}), place)
            _same_outputs(base, outcome, place)
            rows += [
                (factor, alternative, name, base[name], value, value - base[name])
                for name, value in outcome.items()
            ]
    return pd.DataFrame(rows, columns=["factor", "alternative", "output", "base", "value", "change"])


def tornado(
    run: Callable[[Mapping[str, Any]], Outcome], choices: Mapping[str, Sequence[Any]]
) -> pd.DataFrame:
    """
    How far each choice, changed alone, moves each output.

    Parameters
    ----------
    run, choices
        As in `one_at_a_time`.

    Returns
    -------
    DataFrame
        Columns output, factor, low, high (texts of the alternatives with the smallest and the largest result), at_low,
        at_high, base, span (largest move from the base); per output the widest span first.

    Examples
    --------
    >>> table = tornado(lambda c: c.get("a", 1) + 5 * c.get("b", 0), {"a": [0, 2], "b": [0, 1]})
    >>> table[["factor", "at_low", "at_high", "span"]].values.tolist()
    [['b', 1.0, 6.0, 5.0], ['a', 0.0, 2.0, 1.0]]
    """
    table = one_at_a_time(run, choices)
    rows = []
    for (output, factor), part in table.groupby(["output", "factor"], sort=False):
        low, high = part.loc[part["value"].idxmin()], part.loc[part["value"].idxmax()]
        rows.append(
            {
                "output": output,
                "factor": factor,
                "low": str(low["alternative"]),
                "high": str(high["alternative"]),
                "at_low": low["value"],
                "at_high": high["value"],
                "base": low["base"],
                "span": part["change"].abs().max(),
            }
        )
    columns = ["output", "factor", "low", "high", "at_low", "at_high", "base", "span"]
    ends = pd.DataFrame(rows, columns=columns)
    order = {output: place for place, output in enumerate(ends["output"].unique())}
    return (
        ends.assign(place=ends["output"].map(order))
        .sort_values(["place", "span"], ascending=[True, False], kind="stable")
        .drop(columns="place")
        .reset_index(drop=True)
    )


def leave_one_out(
    run: Callable[[Sequence[Any]], Outcome], members: Iterable[Any], *, kind: str = "plant"
) -> pd.DataFrame:
    """
    Result of the run without each member in turn: plants, experts, strata.

    Parameters
    ----------
    run : callable
        Maps the members kept to a number or to numbers by name.
    members : iterable
        Everyone, in order.
    kind : str
        Name of the column of members.

    Returns
    -------
    DataFrame
        Columns `kind` (who is left out), output, base, value, change; the largest change first within each output.

    Raises
    ------
    MethodError
        If there are fewer than two members or a result is not finite.

    Examples
    --------
    >>> table = leave_one_out(lambda kept: max(kept), [3, 9, 4])
    >>> table["plant"].tolist(), table["change"].tolist()
    ([9, 3, 4], [-5.0, 0.0, 0.0])
    """
    everyone = list(members)
    if len(everyone) < 2:
        raise MethodError(f"Leaving one {kind} out of {len(everyone)} leaves nobody; give at least two.")
    base = _outcome(run(everyone), "the run itself")
    rows = []
    for place, member in enumerate(everyone):
        outcome = _outcome(run(everyone[:place] + everyone[place + 1 :]), f"the run without {member!r}")
        _same_outputs(base, outcome, f"the run without {member!r}")
        rows += [(member, name, base[name], value, value - base[name]) for name, value in outcome.items()]
    table = pd.DataFrame(rows, columns=[kind, "output", "base", "value", "change"])
    keys = pd.DataFrame({"output": table["output"].map(list(base).index), "size": -table["change"].abs()})
    return table.loc[keys.sort_values(["output", "size"], kind="stable").index].reset_index(drop=True)


def _outcome(result: Outcome, place: str) -> dict[str, float]:
    numbers = dict(result.items()) if isinstance(result, Mapping | pd.Series) else {"": result}
    wrong = [name for name, value in numbers.items() if not np.isfinite(value)]
    if wrong:
        raise MethodError(
            f"{place} gives {numbers[wrong[0]]} for output {wrong[0]!r}. A comparison with it would say nothing."
        )
    return {str(name): float(value) for name, value in numbers.items()}


def _same_outputs(base: Mapping[str, float], outcome: Mapping[str, float], place: str) -> None:
    if set(base) != set(outcome):
        odd = ", ".join(sorted(map(repr, set(base) ^ set(outcome))))
        raise MethodError(f"{place} gives other outputs than the run itself: {odd} is not in both.")
