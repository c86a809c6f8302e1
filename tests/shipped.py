"""Where the repository stands, and the systems it ships."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERIES = (
    "sintering",
    "pelletizing",
    "coking",
    "ironmaking",
    "converter_steelmaking",
    "electric_steelmaking",
    "rolling",
    "integrated_works",
)
