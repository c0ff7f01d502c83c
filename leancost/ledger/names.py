"""Names and texts as ledger programs take them: account names, tags of hledger, strings of beancount."""

import unicodedata
from typing import Final
from urllib.parse import quote, unquote

PLAIN: Final = frozenset(" _-./#+*&'=<>\"!?@$~")
"""Marks that mean nothing in a comment of hledger; letters and digits of any script do not either."""


def account_name(root: str, main_account: str) -> str:
    """A main account as both programs take it: letters, digits and `-XX` for every other byte of UTF-8.

    A name that would not begin with a capital or a digit, or begins with X, gets an X in front.
    """
    name = "".join(
        letter if letter.isascii() and letter.isalnum() else "".join(f"-{byte:02X}" for byte in letter.encode())
        for letter in main_account
    )
    begins = name[:1].isdigit() or name[:1].isupper()
    return f"{root}:{name if begins and name[0] != 'X' else 'X' + name}"


def main_account_of(account: str) -> str:
    """The main account that `account_name` made the name from."""
    name = account.partition(":")[2]
    return unquote(name.removeprefix("X").replace("-", "%"))


def tag_text(text: str) -> str:
    """The text as the value of an hledger tag: `%XX` for what could end it, be a date or not be seen."""
    return "".join(
        letter if letter in PLAIN or unicodedata.category(letter)[0] in "LMN" else quote(letter, safe="")
        for letter in text
    )


def quoted(text: str) -> str:
    """The text as a string of beancount, on one line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
