"""What a top-up looks like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const, Ref
from app.render.view import View
from app.resources.topups.tables import Topup


@view_of(Topup)
class TopupView(View):
    id = Attr()
    object = Const("topup")
    amount = Attr()
    balance_transaction = Ref()
    created = Attr()
    currency = Attr()
    description = Attr()
    expected_availability_date = Attr()
    failure_code = Attr()
    failure_message = Attr()
    livemode = Const(False)
    metadata = Attr("metadata_")
    source = Attr()
    statement_descriptor = Attr()
    status = Attr()
    transfer_group = Attr()
