"""The drawing of plants as dots is the same on every processor."""

import numpy as np
import pandas as pd
from evidence_toys import toy_system

from methodology.evidence.dots import dots_svg


def test_plants_of_one_value_stand_in_the_order_of_the_sample():
    names = [f"P{k:02d}" for k in range(60)]
    values = pd.Series(np.where(np.arange(60) % 2, 400.0, 390.0), index=names)
    indicator = next(item for item in toy_system().indicators if item.kind == "quantitative")
    drawn = dots_svg(values, pd.Series(0, index=names), indicator, {})
    shown = [part[:3] for part in drawn.split("<title>")[1:]]
    assert shown == names[::2] + names[1::2]
