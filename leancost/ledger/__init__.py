"""How the journal is said in the languages of ledger programs.

Open `journal.py` first: the journal of a period or a run as CSV, hledger and beancount.
"""
