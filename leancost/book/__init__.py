"""How a company's tables and runs are kept, opened and told apart.

Open `sources.py` first: a book, a folder or a workbook, made ready for its next run. `storage.py` is the book as a
file, `runs.py` the runs in it and what they hand on, `seals.py` the hashes that chain them, `earlier_rows.py` the rows
as a run saw them; `migration.py` and `migrations/` lead older books to the present schema.
"""
