"""What a mandate looks like."""

from __future__ import annotations

from typing import Any

from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived, Ref
from app.render.view import View
from app.resources.mandates.tables import Mandate


def _of_type(type: str) -> Any:
    """The hash of a type of mandates, which those of the other type leave out."""

    def value(row: Mandate) -> Any:
        if (row.single_use is None) != (type == "multi_use"):
            return OMIT
        return row.single_use or {}

    return value


@view_of(Mandate)
class MandateView(View):
    id = Attr()
    object = Const("mandate")
    customer_acceptance = Attr()
    livemode = Const(False)
    multi_use = Derived(_of_type("multi_use"))
    payment_method = Ref()
    payment_method_details = Derived(lambda row: row.payment_method_details or {"card": {}, "type": "card"})
    single_use = Derived(_of_type("single_use"))
    status = Attr()
    type = Derived(lambda row: "multi_use" if row.single_use is None else "single_use")
