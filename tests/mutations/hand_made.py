"""Faults somebody made by hand where a reader would be misled: (file, text, text at fault); the tests must see each."""

_M = "methodology"

HAND_MADE = (
    # What leaving out an expert or a plant moves: the published column could be 0 throughout.
    (
        f"{_M}/chain/robustness/leave_one_out.py",
        "float(shifts.max(initial=0.0)), float(shifts.max(initial=0.0))",
        "0.0, 0.0",
    ),
    # A 95 % interval for the industry that is one of 90 %.
    (f"{_M}/series/extrapolation.py", "tail = (1 - confidence) / 2", "tail = 1 - confidence"),
    # Drawn weights with two decimals.
    (f"{_M}/chain/robustness/repeated_chain.py", "WEIGHT_DECIMALS = 6", "WEIGHT_DECIMALS = 2"),
    # Bounds that the assumptions state.
    (f"{_M}/thresholds/flags.py", "OVERSHOOT = 0.10", "OVERSHOOT = 0.20"),
    (f"{_M}/thresholds/flags.py", "DISTINCT = 0.5", "DISTINCT = 0.17"),
    (f"{_M}/sample/doubtful_values.py", "LARGE_FACTOR = 2.0", "LARGE_FACTOR = 4.0"),
    (f"{_M}/sample/doubtful_values.py", "NEAR_SPREADS = 3.0", "NEAR_SPREADS = 1.0"),
    (f"{_M}/sample/doubtful_values.py", "FAR_SPREADS = 5.0", "FAR_SPREADS = 10.0"),
    # A value equal to the benchmark reaches it; limiting indicators bind at I and II.
    (
        f"{_M}/evaluation/attainment.py",
        "(merit <= limits[:, None, :], axis=0)",
        "(merit < limits[:, None, :], axis=0)",
    ),
    (f"{_M}/evaluation/decision.py", "enough if row == 2 else", "enough if row >= 1 else"),
    # A promise counts the plant that fulfils it; units left over go to the largest remainders; ties count once.
    (f"{_M}/thresholds/quantiles.py", "needed(share, ordered.size) - 1", "needed(share, ordered.size) - 2"),
    (
        f"{_M}/weights/rounding.py",
        "(-left[i], -round(exact[i] / total, _SAME), i)",
        "(left[i], -round(exact[i] / total, _SAME), i)",
    ),
    (f"{_M}/weights/consensus.py", "(items**3 - items) - raters * ties", "(items**3 - items)"),
)
