"""How a period becomes a page, a workbook and a folder.

Open `reports.py` first: the folder, whole or not at all. `page.py` makes one page of the executed notebooks,
`sheets.py` the workbook to be printed.
"""
