"""Documents on paper: what can be read on the pages, whichever script it is in, and how the pages break."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.paper.document import Document, Line, Party, Table, Total, paper_of
from app.paper.pdf import to_pdf

COLUMNS = ("Description", "Qty", "Unit price", "Amount")
DOCUMENT = Document(
    title="Invoice", number="6F1A2B3C-0001", created=1640995200, sender=Party("", ("Billyard sandbox", "United States")),
    parties=(Party("Bill to", ("Jenny Rosen", "510 Townsend St", "San Francisco CA 94103")),),
    facts=(("Invoice number", "6F1A2B3C-0001"), ("Date due", "31 Jan 2022")), headline="$20.00 due 31 Jan 2022",
    table=Table(COLUMNS, (Line(("2 × Gold", "2", "$10.00", "$20.00"), ("01 Jan 2022 – 01 Feb 2022",)),)),
    totals=(Total("Subtotal", "$20.00"), Total("Amount due", "$20.00", strong=True)))


def read(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(to_pdf(document)))


def texts(document: Document) -> list[str]:
    """What stands on each page, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in read(document).pages]


def test_everything_of_the_document_can_be_read() -> None:
    full = replace(
        DOCUMENT, stamp="Paid", memo="Thank you!\nSee you soon.", footer="Registered in Ireland", link=("Pay online", "http://x.test/i"),
        more=(Table(("Payment", "Date", "Amount"), (Line(("Visa •••• 4242", "02 Jan 2022", "$20.00")),)),))
    (page,) = texts(full)
    for text in ("Invoice", "6F1A2B3C-0001", "Paid", "Billyard sandbox", "Bill to", "Jenny Rosen", "510 Townsend St",
                 "Date due", "$20.00 due 31 Jan 2022", "2 × Gold", "01 Jan 2022 – 01 Feb 2022", "Unit price", "$10.00",
                 "Subtotal", "Amount due", "Thank you!", "See you soon.", "Payment Date Amount Visa •••• 4242",
                 "Registered in Ireland", "Pay online", "Page 1 of 1"):
        assert text in page
    (link,) = read(full).pages[0]["/Annots"]
    assert link.get_object()["/A"]["/URI"] == "http://x.test/i"


def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    again = "import sys; from tests.paper.test_pdf import DOCUMENT, to_pdf; sys.stdout.buffer.write(to_pdf(DOCUMENT))"
    other = subprocess.run([sys.executable, "-c", again], cwd=Path(__file__).parents[2], capture_output=True, check=True)
    assert other.stdout == to_pdf(DOCUMENT)
    assert read(DOCUMENT).metadata.creation_date.timestamp() == 1640995200


@pytest.mark.parametrize("name", ["Zoë Ångström", "Nguyễn Thị Ánh", "Ελένη", "Анна Петрова", "山田太郎さん", "张伟",
                                  "김철수", "გიორგი", "שלום עולם", "محمد علي", "₹₩₪₫₱€"])
def test_names_print_in_any_script(name: str) -> None:
    (page,) = texts(replace(DOCUMENT, parties=(Party("Bill to", (name, "Street 1")),)))
    assert all(word in page for word in (*name.split(), "Street 1"))


def test_a_long_table_goes_on_below_its_headings() -> None:
    lines = tuple(Line((f"Item {number}", "1", "$1.00", "$1.00")) for number in range(1, 301))
    pages = texts(replace(DOCUMENT, table=Table(COLUMNS, lines)))
    assert len(pages) > 5 and pages[-1].endswith(f"Page {len(pages)} of {len(pages)}")
    assert all("Unit price" in page for page in pages[:-1])
    told = " ".join(pages)
    assert all(f"Item {number} 1 $1.00" in told for number in range(1, 301))


def test_a_row_that_is_longer_than_a_page_is_printed_whole() -> None:
    words = " ".join(f"word{number}" for number in range(1500))
    pages = texts(replace(DOCUMENT, table=Table(COLUMNS, (Line((words, "1", "$1.00", "$1.00")),))))
    assert len(pages) > 2
    told = " ".join(pages)
    assert all(f"word{number}" in told for number in range(1500))


def test_control_characters_and_endless_words_do_no_harm() -> None:
    (page,) = texts(replace(DOCUMENT, memo="a\tb\x07c " + "x" * 400))
    assert "a b c" in page and page.replace(" ", "").count("x" * 400) == 1


@pytest.mark.parametrize(("country", "width", "height"), [("US", 612, 792), ("DE", 595, 842), (None, 595, 842)])
def test_the_sheet_is_that_of_the_country(country: str | None, width: int, height: int) -> None:
    box = read(replace(DOCUMENT, paper=paper_of(country))).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (width, height)
