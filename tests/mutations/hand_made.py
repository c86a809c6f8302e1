"""Faults somebody made by hand where a reader would be misled: (file, text, text at fault); the tests must see each."""

HAND_MADE = (
    # What left-out experts and plants do: the published column could be 0 throughout.
    (
        "methodology/chain/robustness/leave_one_out.py",
        "float(shifts.max(initial=0.0)), float(shifts.max(initial=0.0))",
        "0.0, 0.0",
    ),
    # A 95 % interval for the industry that is one of 90 %.
    ("methodology/series/extrapolation.py", "tail = (1 - confidence) / 2", "tail = 1 - confidence"),
    # Drawn weights with two decimals.
    ("methodology/chain/robustness/repetition.py", "WEIGHT_DECIMALS = 6", "WEIGHT_DECIMALS = 2"),
    # Bounds that the assumptions state.
    ("methodology/thresholds/flags.py", "OVERSHOOT = 0.10", "OVERSHOOT = 0.20"),
    ("methodology/thresholds/flags.py", "DISTINCT = 0.5", "DISTINCT = 0.17"),
    ("methodology/sample/doubtful_values.py", "LARGE_FACTOR = 2.0", "LARGE_FACTOR = 4.0"),
    ("methodology/sample/doubtful_values.py", "NEAR_SPREADS = 3.0", "NEAR_SPREADS = 1.0"),
    ("methodology/sample/screens.py", "FAR_SPREADS = 5.0", "FAR_SPREADS = 10.0"),
    # A value equal to the benchmark reaches it.
    (
        "methodology/evaluation/attainment.py",
        "(merit <= limits[:, None, :], axis=0)",
        "(merit < limits[:, None, :], axis=0)",
    ),
)
