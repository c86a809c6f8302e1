"""Corrections that a norm grants to plants: their terms, and the corrected values."""
