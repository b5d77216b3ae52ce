"""What a review looks like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const, Derived, Ref
from app.render.view import View
from app.resources.reviews.tables import Review


@view_of(Review)
class ReviewView(View):
    id = Attr()
    object = Const("review")
    billing_zip = Attr()
    charge = Ref()
    closed_reason = Attr()
    created = Attr()
    # Our choice: the customer's device is not known here, nor from where it reached the shop.
    ip_address = Const(None)
    ip_address_location = Const(None)
    livemode = Const(False)
    open = Attr()
    opened_reason = Attr()
    payment_intent = Ref(omit_null=True)
    reason = Derived(lambda row: row.closed_reason or row.opened_reason)
    session = Const(None)
