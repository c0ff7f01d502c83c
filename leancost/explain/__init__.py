"""Why this figure: what it was made of, led back to the rows it comes from.

Open `flow.py` first: WIP, usage and variances of a flow; `standard_cost.py` for a standard cost. `terms.py` says what a
figure taken apart is, `workings.py` gives the tables that the rules of the run have left.
"""
