"""A book whose every name is an attempt: to run, to be computed, to leave its folder, to turn a line round."""

from pathlib import Path

from tests.books.two_months import two_months
from tests.support.commands import write_folder
from tests.support.rows import Book

SCRIPT = "<script>document.title='ran'</script><img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://198.51.100.1/","x")'
PATH = "../../x"
NASTY = 'a"; import os; os.system("touch ran") #\\ \' \n{x} {{y}} %s $(touch ran) `touch ran`'
FLOW = PATH + '"""; __import__("os").system("touch ran") #\\\n{x}'
ATTEMPTS = {
    "SHEET": SCRIPT,
    "BOX": FORMULA,
    "FLOW": FLOW,
    "STD": NASTY,
    "Small": "../../" + SCRIPT,
    "MAT": "@SUM(1+1)*cmd|' /C calc'!A0",
    "CUT": "${jndi:x} {{7*7}} {% raw %} $(id) `id` %s %n",
    "LABOH": "'; DROP TABLE items; --",
    "MAKE": "-1+1\n+2\t*bold* _x_ [a](javascript:alert(1)) | ``` $x$ &lt;b&gt; &amp;",
    "KR-BOX": 'quote" \\ back\\" \\n',
    "P1": "; comment: [2020-01-01] date:2020-01-01",
    "9003": "a:b  c;(d)",
}


def hostile_book() -> Book:
    """Two months in which every name is an attempt."""
    book = two_months()
    for rows in book.values():
        for line in rows:
            for name, value in line.items():
                line[name] = ATTEMPTS.get(value, value)
    return book


def hostile_folder(place: Path) -> Path:
    """The book as a folder; quotes doubled as CSV wants them."""
    doubled = {
        table: [{name: value.replace('"', '""') for name, value in line.items()} for line in rows]
        for table, rows in hostile_book().items()
    }
    return write_folder(doubled, place)
