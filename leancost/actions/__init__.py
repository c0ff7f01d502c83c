"""What a command changes in a book, or tests in it: one file a command.

Open `close.py` first; then `calculate.py`, `reverse.py`, `verify.py` (with `run_again.py`), `diff.py` and `merge.py`.
What an import may still change is held against the closed runs by `closed_rows.py`, `taken_dates.py`,
`taken_figures.py`, `late_flows.py` and `staying.py`.
"""
