"""Lean (backflush) costing: standard costs, period close, variances, journal."""

__version__ = "0.1.0"
