"""How notebooks are found, copied, given parameters and executed.

Open `notebooks.py` first: what comes with the package. `execution.py` is the only place that runs papermill.
"""
