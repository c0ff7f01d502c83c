"""How the teaching company's book in `data/` is made.

Open `simulation.py` first: the works, kanban by kanban, seeded; `python -m leancost.company.simulation` writes the
book. `troubles.py` says what went wrong in it, `handbook.py` tells it in
`docs/teaching-company.md`.
"""
