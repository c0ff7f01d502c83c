"""An independent program for the same rules: row at a time, Decimal, no SQL, no pandas.

Written from contract.md and domain.md; the tests compare its every figure with the engine's.
"""
