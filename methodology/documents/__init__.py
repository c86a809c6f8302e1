"""The Word draft, its explanation and the workbook of a run."""
