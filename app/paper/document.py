"""What stands on a document, in words: the hosted page and the PDF of an invoice show the same `Document`.

Everything is text that is ready to be read: amounts have their currency, dates are days. Who composes it decides what is
said (`resources/*/paper.py`); who shows it decides only how it looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

LETTER_COUNTRIES: Final = frozenset({"CA", "CL", "CO", "CR", "DO", "GT", "MX", "PA", "PH", "PR", "SV", "US", "VE"})
"""Where letters are written on US Letter and not on A4 (Unicode's CLDR, `paperSize`)."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whom the document names: `heading` ("Bill to") and the lines of their name and address."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: a cell for each column, and what stands small below the first one."""

    cells: tuple[str, ...]
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below their headings. The first column takes what room the others leave; those stand to the right."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A line of the sums: `strong` for what the reader looks for."""

    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document from top to bottom."""

    title: str
    """What it is: "Invoice", "Credit note", "Quote"."""
    number: str
    """Empty where it has none yet."""
    created: int
    """Unix seconds: the date that the file itself bears."""
    sender: Party
    parties: tuple[Party, ...]
    facts: tuple[tuple[str, str], ...]
    """What the head says about it: ("Date due", "31 Jan 2022")."""
    headline: str
    """The one sentence to be read first: "$20.00 due 31 Jan 2022"."""
    table: Table
    totals: tuple[Total, ...]
    stamp: str = ""
    """The state where it matters to who holds it: "Paid", "Void"."""
    memo: str = ""
    """What the sender says to the reader, before the table."""
    more: tuple[Table, ...] = ()
    """Further tables, such as the payments made, behind the totals."""
    footer: str = ""
    link: tuple[str, str] | None = None
    """Where to go on: the words, and the URL behind them."""
    paper: Literal["A4", "Letter"] = "A4"


def paper_of(country: str | None) -> Literal["A4", "Letter"]:
    """The sheet that is usual in a country, "US" or "DE"."""
    return "Letter" if country in LETTER_COUNTRIES else "A4"
