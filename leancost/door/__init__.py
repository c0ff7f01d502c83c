"""What does a person type in a notebook?

One object a noun of the field: `Book`, `Period`, `StandardCosts`, and `Explanation` of `explain/`. Each is frozen,
shows itself as text and as HTML, and holds what can be done with it. Open `book.py` first: all begins with
`leancost.open`.
"""
