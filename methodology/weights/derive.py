"""Derive the weights of a run by the method it chose; two sets become one: convex, multiplicative, game-theoretic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import pandas as pd

from methodology.errors import MethodError, Problem, WorkbenchError, raise_problems
from methodology.indicators import IndicatorSystem, Judgements, Sample
from methodology.indicators.shown import table_html
from methodology.languages import Words
from methodology.weights.from_sample import FromData, data_weights, equal_weights
from methodology.weights.hierarchy import ASKED, HierarchyResult, hierarchy_weights
from methodology.weights.rounding import publish, with_local_weights

Combination = Literal["convex", "multiplicative", "game"]
_SINGULAR = 1e-12


def convex(experts: Any, data: Any, share: float) -> Any:
    """
    `share` of the first set and the rest of the second.

    Raises
    ------
    MethodError
        If the share is not between 0 and 1.

    Examples
    --------
    >>> print(convex(np.array([0.6, 0.4]), np.array([0.2, 0.8]), 0.75).round(3))
    [0.5 0.5]
    """
    if not 0 <= share <= 1:
        raise MethodError(f"The experts' share is {share}; it lies between 0 and 1.")
    return share * experts + (1 - share) * data


def multiplicative(experts: Any, data: Any) -> Any:
    """
    Product of both sets, brought back to sum 1: what either calls nothing weighs nothing.

    Raises
    ------
    MethodError
        If no item has weight in both.

    Examples
    --------
    >>> print(multiplicative(np.array([0.5, 0.5]), np.array([0.2, 0.8])))
    [0.2 0.8]
    """
    product = experts * data
    total = float(product.sum())
    if not total > 0:
        raise MethodError(
            "The product of the two sets of weights is 0 everywhere: no item has weight in both."
        )
    return product / total


def game_theoretic(*sources: Any) -> tuple[Any, np.ndarray]:
    """
    The mix of several sets of weights that stands least far from each of them.

    Parameters
    ----------
    sources : arrays or Series of shape (n,)
        Two or more sets that sum to 1.

    Returns
    -------
    weights, coefficients
        Shape (n,), and the share of each source; both sum to 1.

    Raises
    ------
    MethodError
        If there are fewer than two sources.

    Notes
    -----
    Coefficients a solve sum_l a_l (w_k . w_l) = w_k . w_k for every k, and are scaled to sum 1 [1]_. A source with a
    negative coefficient takes no part: its absolute value would reward it for lying apart. Identical sources share
    equally (A-38).

    References
    ----------
    .. [1] the game-theoretic combination weighting of Chinese evaluation practice 博弈论组合赋权; recalled, primary
       source not read

    Examples
    --------
    >>> weights, shares = game_theoretic(np.array([0.6, 0.4]), np.array([0.3, 0.7]))
    >>> print(weights.round(4), shares.round(4))
    [0.4074 0.5926] [0.358 0.642]
    """
    if len(sources) < 2:
        raise MethodError(f"A game needs at least two sets of weights; {len(sources)} given.")
    rows = np.array([np.asarray(source, dtype=float) for source in sources])
    products = rows @ rows.T
    active = np.arange(len(rows))
    while True:
        block = products[np.ix_(active, active)]
        coefficients = np.linalg.lstsq(block, np.diag(block), rcond=_SINGULAR)[0]
        if (coefficients >= -_SINGULAR).all():
            break
        active = np.delete(active, int(np.argmin(coefficients)))
    shares = np.zeros(len(rows))
    shares[active] = np.maximum(coefficients, 0.0) / np.maximum(coefficients, 0.0).sum()
    mixed = shares @ rows
    return (pd.Series(mixed, index=sources[0].index) if isinstance(sources[0], pd.Series) else mixed), shares


def combine(
    experts: pd.DataFrame, data: pd.DataFrame, how: Combination, *, share: float = 0.5
) -> pd.DataFrame:
    """
    Blend two weight tables within every group; groups keep the weights of the first.

    Parameters
    ----------
    experts, data : DataFrame
        Columns group, indicator, weight, local_weight, the same indicators in both.
    how : {"convex", "multiplicative", "game"}
        How local weights are blended.
    share : float
        Share of `experts` in a convex combination.

    Returns
    -------
    DataFrame
        As weights.csv, in the order of `experts`.

    Raises
    ------
    MethodError
        If `how` is unknown, the tables name different indicators, or a product vanishes in a group.
    """
    if how not in ("convex", "multiplicative", "game"):
        raise MethodError(f"There is no combination {how!r}. Choose convex, multiplicative or game.")
    other = data.set_index("indicator")["local_weight"]
    if set(other.index) != set(experts["indicator"]):
        raise MethodError("The two tables of weights do not name the same indicators.")
    table = experts.copy()
    for group, rows in experts.groupby("group", sort=False):
        first = rows["local_weight"].to_numpy(dtype=float)
        second = other[rows["indicator"]].to_numpy(dtype=float)
        total = float(rows["weight"].sum())
        try:
            local = _blend(first, second, how, share)
        except MethodError as error:
            raise MethodError(f"Group {group!r}: {error}") from error
        table.loc[rows.index, "local_weight"] = local
        table.loc[rows.index, "weight"] = total * local
    return table


def _blend(first: np.ndarray, second: np.ndarray, how: str, share: float) -> np.ndarray:
    if how == "convex":
        return np.asarray(convex(first, second, share))
    if how == "multiplicative":
        return np.asarray(multiplicative(first, second))
    return np.asarray(game_theoretic(first, second)[0])


JUDGING = ("aggregation", "priority", "random_index", "consistency_limit")
"""Choices that decide what a panel says; no other source of weights reads any."""
Source: TypeAlias = tuple[pd.DataFrame, HierarchyResult | None, tuple[str, ...]]
READING_PLANTS = ("entropy", "critic", "pca")
METHODS = (*ASKED, *READING_PLANTS, "equal", "system")
_FIELDS = (*JUDGING, "combine_with", "combination", "expert_share", "decimals")
_SHOWN = (
    *(Words("一级指标", "group"), Words("指标", "indicator")),
    *(Words("权重", "weight"), Words("组内权重", "weight within its group")),
)
SLACK = 1e-6
"""How far stated weights may miss 1: they were rounded when they were written down."""


@dataclass(frozen=True)
class WeightsResult:
    """
    The weights of a run and their sources.

    Attributes
    ----------
    published : DataFrame
        As weights.csv: group, indicator, weight, local_weight; rounded so that weights sum to exactly that of their
        group, and groups to exactly 1.
    table : DataFrame
        The same before rounding.
    sources : DataFrame indexed by indicator
        Weights of the whole of every source and of the combination, side by side.
    panel : HierarchyResult or None
        What lies behind judged weights.
    notes : tuple of str
        Decisions taken on the way.
    """

    published: pd.DataFrame
    table: pd.DataFrame
    sources: pd.DataFrame
    panel: HierarchyResult | None
    notes: tuple[str, ...]

    def _repr_html_(self) -> str:
        rows = self.published[["group", "indicator", "weight", "local_weight"]].itertuples(
            index=False, name=None
        )
        return table_html(Words("权重", "Weights"), _SHOWN, rows)

    @property
    def consistency(self) -> pd.DataFrame:
        """One row per expert and node: expert, node, consistency_ratio, excluded; empty without judgements."""
        empty = pd.DataFrame(columns=["expert", "node", "consistency_ratio", "excluded"])
        return self.panel.consistency if self.panel else empty

    @property
    def patterns(self) -> pd.DataFrame:
        """One row per expert, node and item, as `HierarchyResult.experts`; empty without judgements."""
        columns = ["expert", "node", "item", "weight", "consistency_ratio", "excluded"]
        return self.panel.experts if self.panel else pd.DataFrame(columns=columns)

    @property
    def expert_weights(self) -> pd.DataFrame | None:
        """Weights of the whole each expert alone would give, (indicators, experts); None without judgements."""
        return self.panel.expert_weights if self.panel else None

    @property
    def stability(self) -> pd.DataFrame:
        """Published weights, with the range over experts and over panels without one of them where anybody judged."""
        weight = self.published.set_index("indicator")[["weight"]]
        return self.panel.spread.assign(weight=weight["weight"]) if self.panel else weight


def derive_weights(
    system: IndicatorSystem, judgements: Judgements | None, sample: Sample | pd.DataFrame | None, choices: Any
) -> WeightsResult:
    """
    Weights by the method of a run, with everything behind them.

    Parameters
    ----------
    system : IndicatorSystem
        Groups, indicators, draft weights.
    judgements : Judgements or None
        Needed by ahp, best-worst and budget.
    sample : Sample, table of cells or None
        Needed by entropy, critic and pca, and by a combination with them.
    choices : object
        The weights section of `Parameters`, or any object with its fields.

    Returns
    -------
    WeightsResult
        Published and unrounded table, sources side by side, notes.

    Raises
    ------
    MethodError
        If the method is unknown, lacks its input, or finds no weights.
    JudgementError
        If judgements are missing or at fault.
    """
    return blended(system, choices, partial(source, system, judgements, sample, choices))


def blended(system: IndicatorSystem, choices: Any, find: Callable[[str], Source]) -> WeightsResult:
    """`derive_weights` from sources that `find` gives by method, as `source` does: whoever asks often may keep them."""
    table, panel, notes = find(choices.method)
    sources = {choices.method: table}
    if choices.combine_with != "none":
        other, _, more = find(choices.combine_with)
        table = combine(table, other, choices.combination, share=choices.expert_share)
        sources |= {choices.combine_with: other, "combined": table}
        notes += more
    columns = {name: source.set_index("indicator")["weight"] for name, source in sources.items()}
    return WeightsResult(
        published=publish(table, choices.decimals),
        table=table,
        sources=pd.DataFrame(columns).loc[list(system.ids)],
        panel=panel,
        notes=notes,
    )


def source(
    system: IndicatorSystem,
    judgements: Judgements | None,
    sample: Sample | pd.DataFrame | None,
    choices: Any,
    method: str,
) -> Source:
    """Table before rounding, panel and notes of one method; of `choices` only what `JUDGING` names is read."""
    if method == "system":
        return system.weights, None, ()
    if method == "equal":
        return equal_weights(system), None, ()
    if method == "given":
        return _given_weights(system, choices.given), None, ()
    if method in ASKED:
        if judgements is None:
            raise MethodError(
                f"{method!r} needs judgements of experts, and there are none for {system.id!r}."
            )
        panel = hierarchy_weights(judgements, system, choices, method=method)
        return panel.table, panel, panel.notes
    if method not in METHODS:
        raise MethodError(f"There is no method {method!r} for weights. Choose one of {', '.join(METHODS)}.")
    if sample is None:
        raise MethodError(f"{method!r} reads the sample, and none is given.")
    table, notes = data_weights(sample, system, cast(FromData, method))
    return table, None, notes


@dataclass(frozen=True)
class SideBySide:
    """
    Every method on the same judgements and sample.

    Attributes
    ----------
    weights : DataFrame (indicators, methods)
        Weights of the whole.
    tables : dict
        The table of weights.csv by method, published.
    refused : dict
        Why a method gave none.
    """

    weights: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    refused: dict[str, str]

    @property
    def table(self) -> pd.DataFrame:
        """As weights_methods.csv: the tables one below the other, the method in front; of one group: its members."""
        return pd.concat(self.tables, names=["method"]).reset_index("method").reset_index(drop=True)


def methods_side_by_side(
    system: IndicatorSystem,
    judgements: Judgements | None,
    sample: Sample | pd.DataFrame | None,
    choices: Any,
    *,
    methods: Iterable[str] = METHODS,
) -> SideBySide:
    """
    Run every method alone, so that the choice among them can be seen.

    Parameters
    ----------
    system, judgements, sample, choices
        As for `derive_weights`; the method and the combination of `choices` are not read.
    methods : iterable of str
        Which.

    Returns
    -------
    SideBySide
        `.weights`, `.tables`, and `.refused` for methods that give no weights here.
    """
    tables, refused = {}, {}
    fields = {name: getattr(choices, name) for name in _FIELDS} | {"combine_with": "none"}
    for method in methods:
        try:
            alone = SimpleNamespace(**fields, method=method)
            tables[method] = derive_weights(system, judgements, sample, alone).published
        except WorkbenchError as error:
            refused[method] = str(error)
    columns = {method: table.set_index("indicator")["weight"] for method, table in tables.items()}
    return SideBySide(pd.DataFrame(columns, index=list(system.ids)), tables, refused)


def _given_weights(system: IndicatorSystem, given: Sequence[Any]) -> pd.DataFrame:
    """Weights as stated, brought to a sum of exactly one."""
    names = [item.indicator for item in given]
    total = sum(item.weight for item in given)
    faults = [f"there is no indicator {name!r}" for name in dict.fromkeys(names) if name not in system.ids]
    faults += [f"{name!r} has no weight" for name in system.ids if name not in names]
    faults += [f"{name!r} is given twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if abs(total - 1) > SLACK:
        faults.append(f"the weights sum to {total:.6f}, not to 1")
    raise_problems(MethodError, "weights.given cannot be used.", [Problem(fault) for fault in faults])
    weights = pd.Series({item.indicator: item.weight / total for item in given})[list(system.ids)]
    table = pd.DataFrame({"group": [item.group for item in system.indicators], "indicator": list(system.ids)})
    table["weight"] = weights.to_numpy()
    return with_local_weights(table)
