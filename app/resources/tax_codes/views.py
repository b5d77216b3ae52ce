"""What a tax code looks like."""

from __future__ import annotations

from typing import Any

from app.domain.tax_codes import TAX_CODES, TaxCode
from app.render import view_of
from app.render.fields import Attr, Const
from app.render.view import VIEWS, View


@view_of(TaxCode)
class TaxCodeView(View):
    id = Attr()
    object = Const("tax_code")
    description = Attr()
    name = Attr()


def shown_tax_code(code: TaxCode) -> dict[str, Any]:
    """The tax code as the API shows it."""
    return VIEWS[TaxCode].make(code)


def expanded_tax_code(id: str) -> Any:
    """The object that the id names. Our choice: one that is not known here stays an id."""
    return shown_tax_code(TAX_CODES[id]) if id in TAX_CODES else id
