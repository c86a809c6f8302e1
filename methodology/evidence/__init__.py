"""The back door: a run becomes a site, a Word draft and a workbook."""

from methodology.evidence.build import build_evidence

__all__ = ["build_evidence"]
