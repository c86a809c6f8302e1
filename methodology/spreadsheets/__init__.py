"""Bytes of workbooks and text tables become grids of cells."""
