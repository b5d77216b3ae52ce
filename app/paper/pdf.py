"""A `Document` as a PDF: a sheet with the head, the table over as many pages as it takes, the sums.

The same document gives the same bytes, on every machine and every day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app.paper.document import Document, Line, Party, Table

MEDIA_TYPE: Final = "application/pdf"

_Color = tuple[int, int, int]

_INK: Final[_Color] = (26, 31, 54)
_GREY: Final[_Color] = (94, 104, 125)
_RULE: Final[_Color] = (218, 223, 230)
_ACCENT: Final[_Color] = (11, 96, 76)

# Millimetres.
_MARGIN: Final = 18.0
_BOTTOM: Final = 24.0
_GAP: Final = 5.0
_PADDING: Final = 1.7
_HAIRLINE: Final = 0.2


@dataclass(frozen=True, slots=True)
class _Type:
    """How text is set; `size` in points."""

    size: float
    bold: bool = False
    color: _Color = _INK

    @property
    def leading(self) -> float:
        """From one line to the next, in millimetres."""
        return self.size * 1.42 * 25.4 / 72


_BODY: Final = _Type(9.5)
_STRONG: Final = _Type(9.5, bold=True)
_QUIET: Final = _Type(8, color=_GREY)

_UNPRINTABLE: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\ufeff]")


def to_pdf(document: Document) -> bytes:
    """The bytes of the PDF file."""
    return _Sheet(document).draw()


class _Sheet:
    """The pages of one document while they are drawn, from top to bottom."""

    def __init__(self, document: Document) -> None:
        # The library and its fonts are read when the first PDF is asked for: a server that is never asked stays small.
        from fpdf import FPDF

        from app.paper.fonts import FAMILY, add_fonts

        self.document, self.family = document, FAMILY
        pdf = self.pdf = FPDF(format=document.paper, unit="mm")
        add_fonts(pdf, _texts(document))
        # Figures of one width stand below each other; joined letters could not be searched for.
        pdf.set_text_shaping(True, features={"liga": False, "tnum": True})
        pdf.set_creation_date(datetime.fromtimestamp(document.created, UTC))
        pdf.set_title(f"{document.title} {document.number}".strip())
        pdf.set_author(document.sender.lines[0] if document.sender.lines else "")
        pdf.set_lang("en")
        pdf.set_margins(_MARGIN, _MARGIN)
        pdf.set_auto_page_break(False)
        pdf.set_line_width(_HAIRLINE)
        pdf.c_margin = 0
        pdf.add_page()

    def draw(self) -> bytes:
        document = self.document
        self._head()
        self._parties((document.sender, *document.parties))
        self._headline()
        self._table(document.table)
        self._totals()
        for table in document.more:
            self._space(_GAP)
            self._table(table)
        if document.footer:
            self._space(_GAP)
            self._paragraph(document.footer, _QUIET)
        self._number_pages()
        return bytes(self.pdf.output())

    # The parts

    def _head(self) -> None:
        document, pdf = self.document, self.pdf
        top = pdf.get_y()
        self._put(document.title, _MARGIN, pdf.epw, _Type(24, bold=True))
        if document.stamp:
            self._stamp(document.stamp, top)
        pdf.set_y(top + 15)
        left = _MARGIN + _GAP + max((self._width(label, _STRONG) for label, _ in document.facts), default=0)
        for label, value in document.facts:
            self._put(label, _MARGIN, left - _MARGIN, _STRONG)
            for text in self._wrapped(value, pdf.w - _MARGIN - left, _BODY):
                self._put(text, left, pdf.w - _MARGIN - left, _BODY)
                self._space(_BODY.leading)
        self._space(_GAP)

    def _stamp(self, text: str, top: float) -> None:
        pdf, type = self.pdf, _Type(11, bold=True, color=_ACCENT)
        width = self._width(text, type) + 8
        left = pdf.w - _MARGIN - width
        pdf.set_draw_color(*_ACCENT)
        pdf.set_line_width(0.4)
        pdf.rect(left, top + 2, width, 8, round_corners=True, corner_radius=1.5)
        pdf.set_line_width(_HAIRLINE)
        pdf.set_y(top + 2 + (8 - type.leading) / 2)
        self._put(text, left, width, type, align="C")

    def _parties(self, parties: tuple[Party, ...]) -> None:
        pdf = self.pdf
        top = bottom = pdf.get_y()
        width = (pdf.epw - _GAP * (len(parties) - 1)) / len(parties)
        for place, party in enumerate(parties):
            pdf.set_y(top)
            # Who has no heading is headed by the own name.
            for index, text in enumerate(filter(None, (party.heading, *party.lines))):
                type = _BODY if index else _STRONG
                for each in self._wrapped(text, width, type):
                    self._put(each, _MARGIN + place * (width + _GAP), width, type)
                    self._space(type.leading)
            bottom = max(bottom, pdf.get_y())
        pdf.set_y(bottom + _GAP * 1.6)

    def _headline(self) -> None:
        document = self.document
        self._paragraph(document.headline, _Type(17, bold=True))
        if document.link is not None:
            words, url = document.link
            type = _Type(_BODY.size, bold=True, color=_ACCENT)
            self._put(words, _MARGIN, self._width(words, type), type, link=url)
            self._space(type.leading)
        if document.memo:
            self._space(_GAP / 2)
            self._paragraph(document.memo, _BODY)
        self._space(_GAP)

    def _table(self, table: Table) -> None:
        widths = self._widths(table)
        # Headings do not stand alone at the end of a page.
        if self._room() < 4 * _BODY.leading:
            self.pdf.add_page()
        self._columns(table, widths)
        for line in table.lines:
            self._line(table, line, widths)

    def _widths(self, table: Table) -> list[float]:
        """The first column takes what the others leave, which are as wide as what stands in them."""
        rest = []
        for place in range(1, len(table.columns)):
            longest = {len(cell): cell for cell in (line.cells[place] for line in table.lines)}.values()
            rest.append(_GAP + max(14.0, self._width(table.columns[place], _QUIET),
                                   *(self._width(cell, _BODY) for cell in longest)))
        return [self.pdf.epw - sum(rest), *rest]

    def _columns(self, table: Table, widths: list[float]) -> None:
        self._row(table.columns, widths, _QUIET)
        self._space(_QUIET.leading + 1)
        self._rule(_INK)

    def _row(self, cells: Sequence[str], widths: list[float], type: _Type) -> None:
        x = _MARGIN
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            self._put(cell, x, width, type, align="R" if place else "L")
            x += width

    def _line(self, table: Table, line: Line, widths: list[float]) -> None:
        """A row: on one page where it can be, else over as many as it needs."""
        width = widths[0] - _GAP
        texts = [(each, _BODY) for each in self._wrapped(line.cells[0], width, _BODY)]
        for detail in line.details:
            texts += [(each, _QUIET) for each in self._wrapped(detail, width, _QUIET)]
        height = sum(type.leading for _, type in texts) + 2 * _PADDING
        if self._room() < min(height, self.pdf.eph - _BOTTOM):
            self._turn(table, widths)
        self._space(_PADDING)
        for index, (text, type) in enumerate(texts):
            if self._room() < type.leading:
                self._turn(table, widths)
            self._row((text, *line.cells[1:]) if index == 0 else (text,), widths if index == 0 else [width], type)
            self._space(type.leading)
        self._space(_PADDING)
        self._rule(_RULE)

    def _turn(self, table: Table, widths: list[float]) -> None:
        self.pdf.add_page()
        self._columns(table, widths)

    def _totals(self) -> None:
        pdf, totals = self.pdf, self.document.totals
        width = max([75.0, *(self._width(total.label, _STRONG) + self._width(total.amount, _STRONG) + _GAP
                             for total in totals)])
        height = _BODY.leading + 2.2
        self._space(1)
        if self._room() < min(height * len(totals), pdf.eph / 2):
            pdf.add_page()
        for place, total in enumerate(totals):
            if self._room() < height:
                pdf.add_page()
            left = pdf.w - _MARGIN - width
            if place:
                self._rule(_RULE, left)
            self._space(1.1)
            for text, align in ((total.label, "L"), (total.amount, "R")):
                self._put(text, left, width, _STRONG if total.strong else _BODY, align=align)
            self._space(height - 1.1)

    def _number_pages(self) -> None:
        document, pdf = self.document, self.pdf
        about = " · ".join(filter(None, (document.number, document.headline)))
        for page in range(1, len(pdf.pages) + 1):
            pdf.page = page
            pdf.set_y(pdf.h - _BOTTOM + 8)
            self._rule(_RULE)
            self._space(1.5)
            self._put(self._wrapped(about, pdf.epw - 30, _QUIET)[0], _MARGIN, pdf.epw, _QUIET)
            self._put(f"Page {page} of {len(pdf.pages)}", _MARGIN, pdf.epw, _QUIET, align="R")

    # What they are made of

    def _paragraph(self, text: str, type: _Type) -> None:
        for each in self._wrapped(text, self.pdf.epw, type):
            if self._room() < type.leading:
                self.pdf.add_page()
            self._put(each, _MARGIN, self.pdf.epw, type)
            self._space(type.leading)

    def _put(self, text: str, x: float, width: float, type: _Type, *, align: str = "L", link: str = "") -> None:
        """One line of text at the present height, which stays."""
        pdf, y = self.pdf, self.pdf.get_y()
        self._set(type)
        # A colour is set in a graphics state of its own, and the font that a line with other scripts begins with is lost
        # with it: each line says again what it is set in.
        pdf.current_font_is_set_on_page = False
        pdf.set_text_color(*type.color)
        pdf.set_xy(x, y)
        pdf.cell(width, type.leading, _printable(text), align=align, link=link)
        pdf.set_y(y)

    def _wrapped(self, text: str, width: float, type: _Type) -> list[str]:
        text = _printable(text)
        # Most texts are short, and breaking lines takes longer than measuring them.
        if "\n" not in text and self._width(text, type) <= width:
            return [text]
        lines = self.pdf.multi_cell(width, type.leading, text, dry_run=True, output="LINES", align="L")
        return list(lines)  # type: ignore[arg-type]

    def _width(self, text: str, type: _Type) -> float:
        self._set(type)
        return self.pdf.get_string_width(_printable(text))

    def _set(self, type: _Type) -> None:
        self.pdf.set_font(self.family, "B" if type.bold else "", type.size)

    def _rule(self, color: _Color, left: float = _MARGIN) -> None:
        pdf = self.pdf
        pdf.set_draw_color(*color)
        pdf.line(left, pdf.get_y(), pdf.w - _MARGIN, pdf.get_y())

    def _space(self, height: float) -> None:
        self.pdf.set_y(self.pdf.get_y() + height)

    def _room(self) -> float:
        """What is left of the page."""
        return self.pdf.h - _BOTTOM - self.pdf.get_y()


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text)


def _texts(document: Document) -> Iterator[str]:
    """All that will be printed."""
    yield from (document.title, document.number, document.headline, document.stamp, document.memo, document.footer)
    for party in (document.sender, *document.parties):
        yield from (party.heading, *party.lines)
    for fact in document.facts:
        yield from fact
    for table in (document.table, *document.more):
        yield from table.columns
        for line in table.lines:
            yield from (*line.cells, *line.details)
    for total in document.totals:
        yield from (total.label, total.amount)
    yield from document.link or ()
    yield "Page of 0123456789 ·"
