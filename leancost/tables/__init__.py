"""What may stand in a table, and how it lies in CSV files and workbooks; no database.

Open `declaration.py` first, with `tables.csv` beside it: every table and column, in and out, is declared there once.
`cells.py` says what is wrong with a cell, `hints.py` what to write instead. How a folder is read: `source_files.py`,
`table_shape.py`; a workbook: `workbook.py`, written by `workbook_form.py`.
"""
