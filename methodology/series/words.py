"""Words of the reference data that figures and tables of the series show: regions, aspects, savings, relations."""

from __future__ import annotations

from methodology.languages import later

REGION_WORDS = {
    "CN": later("China"),
    "EU": later("EU"),
    "US": later("US"),
    "JP": later("Japan"),
    "world": later("world"),
}
ASPECTS = {
    "cleaner-production": later("cleaner production"),
    "energy": later("energy"),
    "air": later("air"),
    "water": later("water"),
    "carbon": later("carbon"),
    "monitoring": later("monitoring"),
    "management": later("management"),
    "access": later("access"),
    "drafting": later("drafting"),
}
"""What the standards of a system are about."""
FIELD_WORDS = {
    "unit": later("unit"),
    "direction": later("direction"),
    "limiting": later("limiting mark"),
    "averaging": later("averaging"),
    "descriptions": later("described levels"),
}
"""In what the readings of one indicator differ."""
MEANS = (
    later("mean of a year"),
    later("mean of a year, corrected for the plant"),
    later("mean of an hour"),
    later("mean of an hour, kept in 95 % of hours"),
    later("mean of a day"),
    later("mean of test runs of some hours"),
    later("limit at any time"),
    later("mean of samples of some hours"),
    later("mean of samples of some hours, steady state"),
    later("volume of a month"),
)
"""Over which time a value is a mean, as `data/reference/bases.csv` says it."""
