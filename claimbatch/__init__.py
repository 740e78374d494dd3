"""claimbatch: claim grades for OCR Cambridge Technicals with spreadsheets, in batches, offline."""

__version__ = "0.1.0"
