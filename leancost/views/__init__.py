"""How a period is read by people: figures, tables, charts and controls.

Open `results.py` first: a period out of stored runs or as a preview. `figures.py` sums it, `ledger.py` shows what
stands behind the sums, `setup.py` the set-up. Only `charts.py` draws, and only `widgets.py` has controls.
"""
