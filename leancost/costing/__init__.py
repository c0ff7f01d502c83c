"""What the rules make of the tables: the checklist, standard costs, WIP transactions, the run.

Open `five_steps.py` first: the run itself, in the order of the source. Python is only the foreman: each rule is a
SELECT in `leancost/rules`, run by `workspace.py` on an in-memory database. A period is divided into runs in
`backflush.py`; what a close or a calculation refuses is decided in `checks.py`.
"""
