"""The random books reach every row of what events post, every kind of unused quantity and variance, and every case that
can occur in data: counted from the rows of a book and what the oracle makes of them.
"""

import os

from tests.books.reach import NOT_IN_DATA, RULINGS, reach

SAMPLE = max(60, int(os.environ.get("LEANCOST_BOOKS", "0")))


POSTING_ROWS = """
picking line: material_issue
picking line: material_return
transfer pick yes, receipt no: material_issue
emptied supermarket unit: material_issue
process job: conversion
process job: product_receipt
transfer pick no, receipt yes: product_receipt by breakdown
transfer pick no, receipt yes: material_return
transfer pick no, receipt yes: product_receipt under itself
service_receipts: service
service_invoices: service
indirect: surcharge on material_issue
indirect: surcharge on material_return
indirect: surcharge on conversion
indirect: surcharge on service
indirect: input_unit on material_issue
indirect: input_unit on material_return
indirect: rate on conversion
indirect: output_unit on product_receipt
new standard: revaluation
transfer pick yes, receipt yes: nothing
transfer pick no, receipt no: nothing
unused item: handling_unit
unused item: in_process
unused item: semi_finished
unused item: finished
unused service: handling_unit
unused service: in_process
unused service: semi_finished
unused service: finished
variance: price of item
variance: quantity of item
variance: lot_size of item
variance: substitution of item
variance: rounding of item
variance: price of service
variance: quantity of service
variance: price of cost_category
variance: quantity of cost_category
variance: lot_size of cost_category
variance: price of costing_sheet_node
variance: quantity of costing_sheet_node
variance: lot_size of costing_sheet_node
variance: substitution of costing_sheet_node
""".strip().splitlines()


def test_random_books_reach_every_posting_and_case() -> None:
    postings, reached = reach(SAMPLE)
    assert [name for name in (*POSTING_ROWS, *RULINGS) if not postings[name]] == []
    assert [number for number in range(1, 51) if number not in NOT_IN_DATA and not reached[number]] == []
    assert not reached.keys() & NOT_IN_DATA.keys()
    assert [name for name in postings if name.endswith("expected") or name.endswith("on nothing")] == []
