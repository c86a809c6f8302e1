"""What the choice of weights does to the levels of plants, benchmark values held fixed."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from methodology.chain.calibration import calibrate
from methodology.evaluation import evaluate
from methodology.indicators import IndicatorSystem, Level, Sample
from methodology.parameters import Footing, Parameters


def levels_by_weights(
    sample: Sample,
    system: IndicatorSystem,
    tables: Mapping[str, pd.DataFrame],
    parameters: Parameters,
    *,
    chosen: str,
) -> pd.DataFrame:
    """
    Decide the levels of the sample under each table of weights.

    Benchmark values are calibrated once, for the joint promise with the chosen weights: under the marginal promise
    nearly every plant reaches no level, and nothing could move.

    Parameters
    ----------
    tables : mapping of name -> weights table
        The chosen one among them.
    chosen : str
        Name of the weights the values are calibrated with.

    Returns
    -------
    DataFrame indexed by name
        Columns I, II, III, none (plants at each level), moved (plants whose level differs from the chosen weights').
    """
    rule = parameters.evaluation
    joint = parameters.thresholds.model_copy(update={"method": "attainment", "below_limit": "as-limit"})
    values = calibrate(
        sample,
        system,
        tables[chosen],
        joint,
        promise="joint",
        footing=Footing.of(parameters, folds=0),
    )
    levels = pd.DataFrame(
        {
            name: evaluate(sample, system, values, table, level_one=rule.level_one, cut=rule.cut)["level"]
            for name, table in tables.items()
        }
    )
    counts = levels.apply(lambda column: column.value_counts()).T
    counts = counts.reindex(columns=[str(level) for level in Level]).fillna(0).astype(int)
    return counts.assign(moved=levels.ne(levels[chosen], axis=0).sum()).rename_axis("weights")
