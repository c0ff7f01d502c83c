"""Lean (backflush) costing: standard costs, period close, variances, journal."""

__version__ = "0.2.0"
