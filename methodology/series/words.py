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
